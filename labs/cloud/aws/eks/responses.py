"""EKS's operations: each is a method of the backend, or a part of EKS that is not emulated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model
from moto.eks.models import eks_backends

from labs.cloud.aws.eks.addons import EksBackend
from labs.cloud.aws.eks.errors import InvalidParameterException, NotEmulated

PAGE = 100  # results of one answer when maxResults is not given

# Lists: what the answer calls them.
LISTS = {
    "list_clusters": "clusters",
    "list_nodegroups": "nodegroups",
    "list_fargate_profiles": "fargateProfileNames",
    "list_addons": "addons",
    "list_access_entries": "accessEntries",
    "list_access_policies": "accessPolicies",
    "list_associated_access_policies": "associatedAccessPolicies",
    "list_pod_identity_associations": "associations",
    "list_updates": "updateIds",
    "describe_addon_versions": "addons",
    "describe_cluster_versions": "clusterVersions",
}
GAPS = {
    "insight": "cluster insights, which look into the Kubernetes API",
    "capabilit": "EKS Capabilities, which run in a control plane",
    "anywhere": "EKS Anywhere subscriptions",
    "certificate_authorit": "choosing a cluster's certificate authorities",
    "register_cluster": "connecting clusters that run elsewhere",
    "identity_provider": "signing in to Kubernetes through an OpenID Connect provider",
    "cancel_update": "cancelling updates, which are done at once here",
}


class EksResponse(BaseResponse):
    """EKS's operations. `_operations` below adds the methods."""

    def __init__(self) -> None:
        super().__init__(service_name="eks")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> EksBackend:
        """This Region's."""
        backend: EksBackend = eks_backends[self.current_account][self.region]
        return backend

    @property
    def given(self) -> dict[str, Any]:
        """The call's parameters that have a value."""
        return {name: _without_nulls(value) for name, value in self.params.items() if value is not None}

    def create_cluster(self) -> ActionResult:
        """The backend's, told who asks."""
        return ActionResult(
            self.backend.create_cluster(self.given, self.backend.around.principal(self.access_key))
        )

    def list_clusters(self) -> ActionResult:
        """Names."""
        return _page("clusters", sorted(self.backend.clusters), self.given)

    def list_identity_provider_configs(self) -> ActionResult:
        """None: they cannot be made here."""
        self.backend.cluster(self.given["clusterName"])
        return ActionResult({"identityProviderConfigs": []})


def _without_nulls(value: Any) -> Any:
    """A null is as if nothing had been said, at any depth."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _page(name: str, found: list[Any], given: dict[str, Any]) -> ActionResult:
    token, most = given.get("nextToken") or "0", int(given.get("maxResults") or PAGE)
    if not token.isdecimal() or len(token) > 9:
        raise InvalidParameterException(message="Invalid nextToken provided in the request")
    end = int(token) + most
    answer: dict[str, Any] = {name: found[int(token) : end]}
    return ActionResult(answer | ({"nextToken": str(end)} if end < len(found) else {}))


def _one(name: str) -> Callable[[EksResponse], ActionResult]:
    return lambda response: ActionResult(getattr(response.backend, name)(response.given))


def _many(name: str) -> Callable[[EksResponse], ActionResult]:
    return lambda response: _page(
        LISTS[name], getattr(response.backend, name)(response.given), response.given
    )


def _gap(what: str) -> Callable[[EksResponse], ActionResult]:
    def refuse(response: EksResponse) -> ActionResult:
        raise NotEmulated(what)

    return refuse


def _operations() -> None:
    """Give the response class a method for each operation of EKS."""
    from moto.core.utils import camelcase_to_underscores

    for operation in get_service_model("eks").operation_names:
        name = camelcase_to_underscores(operation)
        if name in vars(EksResponse):
            continue
        gap = next((what for part, what in GAPS.items() if part in name), None)
        if gap is None and not hasattr(EksBackend, name):
            gap = "this part of EKS"
        setattr(
            EksResponse,
            name,
            _gap(f"{operation}: {gap}") if gap else _many(name) if name in LISTS else _one(name),
        )


_operations()


def paths() -> dict[str, Any]:
    """moto's url_paths for every operation; names in them may be ARNs, with slashes of their own."""
    model = get_service_model("eks")
    roots = {model.operation_model(name).http["requestUri"].split("/")[1] for name in model.operation_names}
    patterns = [f"/{root}{rest}" for root in sorted(roots) for rest in ("", "/(?P<rest>.+)")]
    return {f"{{0}}{pattern}$": EksResponse.dispatch for pattern in patterns}

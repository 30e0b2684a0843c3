"""Capacity providers: who provides the machines under a task. In which shares is `controllers.capacity`'s."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup, autoscaling_backends
from moto.ecs.exceptions import EcsClientException, ECSException, InvalidParameterException
from moto.ecs.models import CapacityProvider, Cluster

from labs.cloud.aws.ecs.definitions import DefinitionBackend
from labs.cloud.aws.ecs.errors import NotEmulated
from labs.cloud.aws.ecs.model import FARGATE_PROVIDERS

PROVIDER_NAME = re.compile(r"(?!aws|ecs|fargate)[A-Za-z0-9_-]{1,255}", re.IGNORECASE)
MOST_IN_STRATEGY = 20  # [API CapacityProviderStrategyItem]
MOST_BASE, MOST_WEIGHT = 100_000, 1000
NOT_FOUND = "The specified capacity provider was not found. Specify a valid name or ARN and try again."


class CapacityBackend(DefinitionBackend):
    """Capacity providers of one Region, and their place in clusters."""

    capacity_providers: dict[str, CapacityProvider]

    def create_cluster(
        self,
        cluster_name: str,
        tags: Any = None,
        cluster_settings: Any = None,
        configuration: dict[str, Any] | None = None,
        capacity_providers: list[str] | None = None,
        default_capacity_provider_strategy: list[dict[str, Any]] | None = None,
        service_connect_defaults: dict[str, str] | None = None,
    ) -> Cluster:
        """With capacity providers that exist, and a strategy of theirs."""
        names = self._provider_names(capacity_providers or ())
        strategy = default_capacity_provider_strategy or []
        self.check_strategy(strategy, names)
        return super().create_cluster(
            cluster_name, tags, cluster_settings, configuration, names,
            [_complete(item) for item in strategy], service_connect_defaults,
        )  # fmt: skip

    def create_provider(self, parameters: Mapping[str, Any]) -> CapacityProvider:
        """CreateCapacityProvider, for an Auto Scaling group."""
        name = parameters.get("name") or ""
        if parameters.get("managedInstancesProvider"):
            raise NotEmulated("Amazon ECS Managed Instances (managedInstancesProvider)")
        if not PROVIDER_NAME.fullmatch(name):
            raise EcsClientException(
                "The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters "
                '(upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", '
                '"ecs", or "fargate".'
            )
        if name in self.capacity_providers:
            raise EcsClientException(
                "The specified capacity provider already exists. To change the configuration of an existing capacity "
                "provider, update the capacity provider."
            )
        given = parameters.get("autoScalingGroupProvider") or {}
        group = self.scaling_group(given.get("autoScalingGroupArn") or "")
        if group is None:
            raise EcsClientException("The specified Auto Scaling group ARN is invalid.")
        _check_scaling(given, group)
        details = {"managedDraining": "ENABLED", **given, "autoScalingGroupArn": group.arn}
        details["managedScaling"] = dict(given.get("managedScaling") or {})
        provider = CapacityProvider(
            self.account_id, self.region_name, name, details, list(parameters.get("tags") or [])
        )
        self.capacity_providers[name] = provider
        return provider

    def update_provider(self, parameters: Mapping[str, Any]) -> CapacityProvider:
        """UpdateCapacityProvider: scaling, termination protection, draining."""
        provider = self._own_provider(parameters.get("name") or "")
        given = parameters.get("autoScalingGroupProvider") or {}
        current = provider.auto_scaling_group_provider
        merged = {
            **current,
            **given,
            "managedScaling": current["managedScaling"] | (given.get("managedScaling") or {}),
        }
        _check_scaling(merged, self.scaling_group(current["autoScalingGroupArn"]))
        provider.auto_scaling_group_provider = merged
        provider.update_status = "UPDATE_COMPLETE"
        return provider

    def delete_provider(self, reference: str) -> CapacityProvider:
        """DeleteCapacityProvider; refused while a cluster uses it."""
        provider = self._own_provider(reference)
        if any(provider.name in (cluster.capacity_providers or ()) for cluster in self._live_clusters()):
            raise EcsClientException(
                "The specified capacity provider is in use and cannot be removed. Disassociate it from its clusters "
                "and try again."
            )
        del self.capacity_providers[provider.name]
        provider.status, provider.update_status = "INACTIVE", "DELETE_COMPLETE"
        return provider

    def find_providers(self, references: Iterable[str]) -> tuple[list[Any], list[dict[str, str]]]:
        """DescribeCapacityProviders: those asked for, or all, Fargate's two among them."""
        prefix = f"arn:aws:ecs:{self.region_name}:{self.account_id}:capacity-provider/"
        known: dict[str, Any] = {
            name: {"capacityProviderArn": prefix + name, "name": name, "status": "ACTIVE", "tags": []}
            for name in FARGATE_PROVIDERS
        } | self.capacity_providers
        asked = list(references) or list(known)
        found = [known[name] for each in asked if (name := each.removeprefix(prefix)) in known]
        missing = [each for each in asked if each.removeprefix(prefix) not in known]
        return found, [
            {"arn": each if each.startswith("arn:") else prefix + each, "reason": "MISSING"}
            for each in missing
        ]

    def associate_providers(self, parameters: Mapping[str, Any]) -> Cluster:
        """PutClusterCapacityProviders: the cluster's providers and its default strategy, both replaced."""
        cluster = self._active_cluster(parameters.get("cluster"))
        names = self._provider_names(parameters.get("capacityProviders") or [])
        strategy = parameters.get("defaultCapacityProviderStrategy") or []
        removed = set(cluster.capacity_providers or ()) - set(names)
        used = {
            item["capacityProvider"]
            for service in self._services_of(cluster)
            if service.status != "INACTIVE"
            for item in service.properties.get("capacityProviderStrategy") or ()
        }
        if removed & used:
            raise ECSException(
                "ResourceInUseException", "The specified capacity provider is in use and cannot be removed."
            )
        if strategy:
            self.check_strategy(strategy, names)
        cluster.capacity_providers = names
        cluster.default_capacity_provider_strategy = [_complete(item) for item in strategy]
        for instance in self.container_instances.get(cluster.name, {}).values():
            group = getattr(instance.machine, "autoscaling_group", None)
            instance.capacity_provider = self.provider_of(cluster, group.arn) if group else None
        return cluster

    def check_strategy(self, strategy: Sequence[Mapping[str, Any]], associated: Iterable[str]) -> None:
        """Raise InvalidParameterException for a strategy that AWS refuses; `associated`: the cluster's providers."""
        names = [item.get("capacityProvider") for item in strategy]
        if len(names) > MOST_IN_STRATEGY:
            raise InvalidParameterException(
                f"The capacity provider strategy can have at most {MOST_IN_STRATEGY} capacity providers."
            )
        if any(name not in FARGATE_PROVIDERS and name not in self.capacity_providers for name in names):
            raise InvalidParameterException(NOT_FOUND)
        if len(set(names)) < len(names):
            raise InvalidParameterException("The capacity provider strategy names a capacity provider twice.")
        if not set(names) <= set(associated):
            raise InvalidParameterException(
                "The specified capacity provider strategy cannot contain a capacity provider that is not associated "
                "with the cluster. Associate the capacity provider with the cluster and try again."
            )
        if len({name in FARGATE_PROVIDERS for name in names}) > 1:
            raise InvalidParameterException(
                "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups "
                "and Fargate providers. Specify one or the other and try again."
            )
        if any(
            not 0 <= (item.get("base") or 0) <= MOST_BASE or not 0 <= (item.get("weight") or 0) <= MOST_WEIGHT
            for item in strategy
        ):
            raise InvalidParameterException(
                f"base must be between 0 and {MOST_BASE} and weight between 0 and {MOST_WEIGHT}."
            )
        if sum(bool(item.get("base")) for item in strategy) > 1:
            raise InvalidParameterException(
                "The capacity provider strategy cannot contain more than one capacity provider with a base value."
            )
        if len(names) > 1 and not any(item.get("weight") for item in strategy):
            raise InvalidParameterException(
                "The capacity provider strategy must contain at least one capacity provider with a weight greater than 0."
            )

    def scaling_group(self, reference: str) -> FakeAutoScalingGroup | None:
        """The Auto Scaling group of this ARN or name."""
        groups = autoscaling_backends[self.account_id][self.region_name].autoscaling_groups
        return next((group for group in groups.values() if reference in (group.arn, group.name)), None)

    def provider_of(self, cluster: Cluster, group_arn: str) -> str | None:
        """The cluster's provider whose instances come from this Auto Scaling group."""
        return next(
            (
                provider.name
                for provider in self.capacity_providers.values()
                if provider.name in (cluster.capacity_providers or ())
                and provider.auto_scaling_group_provider["autoScalingGroupArn"] == group_arn
            ),
            None,
        )

    def managed_scaling(self, name: str | None) -> bool:
        """Whether the provider starts instances when tasks find no room."""
        provider = self.capacity_providers.get(name or "")
        return (
            provider is not None
            and provider.auto_scaling_group_provider["managedScaling"]["status"] == "ENABLED"
        )

    def _own_provider(self, reference: str) -> CapacityProvider:
        name = reference.rpartition("/")[2]
        if name in FARGATE_PROVIDERS:
            raise EcsClientException(
                "The specified capacity provider is reserved and cannot be changed or deleted."
            )
        if name not in self.capacity_providers:
            raise EcsClientException(NOT_FOUND)
        return self.capacity_providers[name]

    def _provider_names(self, references: Iterable[str]) -> list[str]:
        names = [reference.rpartition("/")[2] for reference in references]
        if any(name not in FARGATE_PROVIDERS and name not in self.capacity_providers for name in names):
            raise InvalidParameterException(NOT_FOUND)
        return list(dict.fromkeys(names))

    def _live_clusters(self) -> list[Cluster]:
        return [cluster for cluster in self.clusters.values() if cluster.status == "ACTIVE"]


def _check_scaling(given: Mapping[str, Any], group: FakeAutoScalingGroup | None) -> None:
    scaling = given.get("managedScaling") or {}
    if given.get("managedTerminationProtection") == "ENABLED" and not (
        scaling.get("status") == "ENABLED"
        and group is not None
        and group.new_instances_protected_from_scale_in
    ):
        raise EcsClientException(
            "The managed termination protection setting for the capacity provider is invalid. To enable managed "
            "termination protection for a capacity provider, managed scaling must be enabled and the Auto Scaling "
            "group must have instance protection from scale in enabled."
        )


def _complete(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "capacityProvider": item["capacityProvider"],
        "weight": item.get("weight") or 0,
        "base": item.get("base") or 0,
    }

"""Who asks the registry: a password that ECR gave out, or a download's ticket, and what its owner may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.ecr.models import ecr_backends
from werkzeug.datastructures import Authorization
from werkzeug.wrappers import Request

from labs.cloud.aws.ecr.backend import EcrBackend
from labs.cloud.registry.errors import RegistryError

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime


class Access:
    """Passwords, tickets and permissions."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime

    def knows(self, authorization: str) -> bool:
        """Whether an Authorization header carries a password that this registry gave out and that still counts."""
        given = Authorization.from_header(authorization)
        if given is None or given.type != "basic":
            return False
        return EcrBackend.tickets.read(given.password or "") is not None

    def backend(self, request: Request, name: str, action: str, digest: str | None) -> EcrBackend:
        """The account and Region that the request's password, or the ticket of a download URL, opens."""
        if "ticket" in request.args and request.method in ("GET", "HEAD"):
            claims = EcrBackend.tickets.read(request.args["ticket"])
            expected = {"use": "download", "repository": name, "digest": digest}
            if claims is None or expected.items() - claims.items():
                raise RegistryError("DENIED", "The download URL is not valid any more.")
            with self._runtime.lock:
                return ecr_backends[claims["account"]][claims["region"]]
        claims = self.claims(request, "registry")
        denial = self.denial(claims, action, name)
        if denial is not None:
            raise RegistryError("DENIED", denial)
        with self._runtime.lock:
            return ecr_backends[claims["account"]][claims["region"]]

    def denial(self, claims: dict[str, str], action: str, name: str) -> str | None:
        """None when the owner of a password may do ECR's `action` on the repository, else AWS's message."""
        repository = f"arn:aws:ecr:{claims['region']}:{claims['account']}:repository/{name}"
        with self._runtime.lock:
            return self._runtime.authorizer.key_denial(claims["caller"], f"ecr:{action}", repository)

    def claims(self, request: Request, use: str) -> dict[str, str]:
        """What the request's password says of its owner. Raises RegistryError."""
        given = request.authorization
        if given is None or given.type != "basic":
            raise RegistryError("UNAUTHORIZED", "Not Authorized")
        claims = EcrBackend.tickets.read(given.password or "") if given.username == "AWS" else None
        if claims is None or claims.get("use") != use:
            raise RegistryError(
                "UNAUTHORIZED", "Your authorization token has expired. Reauthenticate and try again."
            )
        return claims

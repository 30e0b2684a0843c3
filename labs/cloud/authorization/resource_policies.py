"""The policies that resources carry themselves: repositories, secrets, buckets. Callers hold the cloud's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime


def policy_of(runtime: Runtime, resource: str) -> str | None:
    """The JSON policy of the resource with that ARN; None when it has none or does not exist."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return None
    _, _, service, region, _, name = parts
    match service:
        case "ecr":
            return _repository(runtime.account_id, region, name.removeprefix("repository/"))
        case "s3":
            return _bucket(runtime.account_id, name.partition("/")[0])
        case "secretsmanager":
            return _secret(runtime.account_id, region, resource)
    return None


def _backend(backends: Any, account_id: str, region: str) -> Any | None:
    """The Region's backend, without making one for a Region that AWS does not have."""
    return backends[account_id][region] if region in backends[account_id].regions else None


def _repository(account_id: str, region: str, name: str) -> str | None:
    from moto.ecr.models import ecr_backends

    backend = _backend(ecr_backends, account_id, region)
    repository = backend.repositories.get(name) if backend else None
    return repository.policy if repository else None


def _bucket(account_id: str, name: str) -> str | None:
    from moto.s3.models import s3_backends

    bucket = s3_backends[account_id]["aws"].buckets.get(name)
    return bucket.policy.decode() if bucket and bucket.policy else None


def _secret(account_id: str, region: str, arn: str) -> str | None:
    from moto.secretsmanager.models import secretsmanager_backends

    backend = _backend(secretsmanager_backends, account_id, region)
    secrets = backend.secrets.values() if backend else ()
    return next((secret.policy for secret in secrets if getattr(secret, "arn", None) == arn), None)

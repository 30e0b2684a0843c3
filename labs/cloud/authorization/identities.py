"""Who asks, and which policies speak of him: read from the IAM and STS of the cloud. Callers hold its lock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from moto.iam.models import IAMBackend, iam_backends
from moto.sts.models import AssumedRole, sts_backends

from labs.cloud.authorization.conditions import Context
from labs.cloud.authorization.policy import Policy, Principal


@dataclass(frozen=True)
class Identity:
    """A principal with the policies that are his, and the condition keys that describe him."""

    principal: Principal
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: Policy | None = None
    context: Context = field(default_factory=dict)


def of_access_key(account_id: str, access_key_id: str) -> Identity | None:
    """Whose key this is: a user's or a role session's; None for a key of neither."""
    assumed = assumed_role(access_key_id)
    if assumed is not None and assumed.account_id != account_id:
        return Identity(Principal(assumed.arn, assumed.account_id, assumed.role_arn))
    if assumed is not None:
        return _of_session(account_id, assumed.role_arn, assumed.arn, assumed)
    for user in iam_backends[account_id]["aws"].users.values():
        if any(key.access_key_id == access_key_id for key in user.access_keys):
            return _of_user(user)
    return None


def assumed_role(access_key_id: str) -> AssumedRole | None:
    """The session of that key, in whichever account its role is."""
    for partitions in list(sts_backends.values()):
        if found := partitions["aws"].get_assumed_role_from_access_key(access_key_id):
            return found
    return None


def of_arn(account_id: str, arn: str) -> Identity:
    """The identity behind the ARN of a user, a role or a role's session; one that does not exist has no policy."""
    _, _, service, _, account, resource = [*arn.split(":", 5), *[""] * 6][:6]
    iam: IAMBackend = iam_backends[account_id]["aws"]
    if account != account_id:
        return Identity(Principal(arn, account))
    kind, _, name = resource.partition("/")
    if service == "sts" and kind == "assumed-role":
        role = _role_named(iam, name.partition("/")[0])
        return _of_session(account_id, role.arn if role else "", arn)
    if kind == "role":
        return _of_session(account_id, arn, arn)
    user = next((user for user in iam.users.values() if user.arn == arn), None)
    return _of_user(user) if user else Identity(Principal(arn, account))


def of_source(account_id: str, arn: str) -> Identity | None:
    """The identity of a user, group or role for the policy simulator; None when there is none of that ARN."""
    iam: IAMBackend = iam_backends[account_id]["aws"]
    for group in iam.groups.values():
        if group.arn == arn:
            return Identity(Principal(arn, account_id), tuple(_attached(iam, group)))
    known = {holder.arn for holder in (*iam.users.values(), *iam.roles.values())}
    return of_arn(account_id, arn) if arn in known else None


def role_of_arn(account_id: str, role_arn: str) -> Any | None:
    """moto's role of that ARN."""
    return next((r for r in iam_backends[account_id]["aws"].roles.values() if r.arn == role_arn), None)


def _role_named(iam: IAMBackend, name: str) -> Any | None:
    return next((role for role in iam.roles.values() if role.name == name), None)


def _of_user(user: Any) -> Identity:
    iam: IAMBackend = iam_backends[user.account_id]["aws"]
    groups = [group for group in iam.groups.values() if user in group.users]
    boundary = getattr(user, "permissions_boundary_arn", None)
    context = {
        "aws:username": (user.name,),
        "aws:userid": (user.id,),
        "aws:principaltype": ("User",),
        "aws:principalarn": (user.arn,),
        "aws:principalaccount": (user.account_id,),
    }
    return Identity(
        Principal(user.arn, user.account_id),
        tuple(policy for holder in (user, *groups) for policy in _attached(iam, holder)),
        _boundary(iam, boundary),
        context=context | _tags(user.tags or []),
    )


def _of_session(account_id: str, role_arn: str, arn: str, assumed: AssumedRole | None = None) -> Identity:
    iam: IAMBackend = iam_backends[account_id]["aws"]
    role = role_of_arn(account_id, role_arn)
    principal = Principal(arn, account_id, role_arn or None)
    if role is None:  # deleted since, or never there
        return Identity(principal)
    context = {
        "aws:userid": (assumed.user_id if assumed else role.id,),
        "aws:principaltype": ("AssumedRole",),
        "aws:principalarn": (role.arn,),
        "aws:principalaccount": (account_id,),
    }
    return Identity(
        principal,
        tuple(_attached(iam, role)),
        _boundary(iam, role.permissions_boundary_arn),
        Policy.read(assumed.policy) if assumed and assumed.policy else None,
        context | _tags(role.tags or []),
    )


def _attached(iam: IAMBackend, holder: Any) -> Iterable[Policy]:
    """The inline and managed policies of a user, a group or a role."""
    for document in holder.policies.values():
        yield Policy.read(document)
    for policy in holder.managed_policies.values():
        yield _managed(policy)


def _boundary(iam: IAMBackend, arn: str | None) -> Policy | None:
    if not arn:
        return None
    # A boundary that was deleted allows nothing any more.
    return _managed(iam.managed_policies[arn]) if arn in iam.managed_policies else Policy(())


def _managed(policy: Any) -> Policy:
    return Policy.read(next((v.document for v in policy.versions if v.is_default), None))


def _tags(tags: Iterable[dict[str, str]]) -> dict[str, tuple[str]]:
    return {f"aws:principaltag/{tag['Key'].lower()}": (tag["Value"],) for tag in tags}

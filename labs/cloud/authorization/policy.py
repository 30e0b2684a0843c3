"""Policy evaluation as AWS does it, pure: `(request, policies) → decision with its reason`.

An explicit deny anywhere wins; what nothing allows is denied. Inside one account a resource's own policy may
allow by itself; between accounts both sides must allow. Boundaries and session policies only ever limit.
[IAM User Guide: Policy evaluation logic]
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from functools import lru_cache
from typing import Any

from labs.cloud.authorization.conditions import Context, as_list, meets
from labs.cloud.authorization.patterns import Variables, matches, matches_arn

Statement = Mapping[str, Any]
VERSION_WITH_VARIABLES = "2012-10-17"


class Kind(Enum):
    """Where a policy comes from, in the words of AWS's denials."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    TRUST = "role trust policy"


@dataclass(frozen=True)
class Policy:
    """Statements that were read from one JSON document."""

    statements: tuple[Statement, ...]
    variables: bool = True  # version 2012-10-17 has policy variables

    @staticmethod
    def read(document: str | None) -> Policy:
        """The policy of a JSON document; one that cannot be read allows nothing and denies nothing."""
        return _read(document or "")


@lru_cache(maxsize=1024)
def _read(document: str) -> Policy:
    try:
        content = json.loads(document)
    except (ValueError, RecursionError):
        return Policy(())
    if not isinstance(content, dict):
        return Policy(())
    statements = content.get("Statement") or []
    statements = statements if isinstance(statements, list) else [statements]
    return Policy(
        tuple(statement for statement in statements if isinstance(statement, dict)),
        content.get("Version") == VERSION_WITH_VARIABLES,
    )


@dataclass(frozen=True)
class Principal:
    """Who asks: a user, a role's session, or an AWS service."""

    arn: str  # of the user or of the session; of a service its name (ecs-tasks.amazonaws.com)
    account: str = ""
    role_arn: str | None = None  # the role behind a session


@dataclass(frozen=True)
class Request:
    """One action on one resource. `context` has lower-case keys."""

    action: str
    resource: str
    principal: Principal
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """Allowed, or denied by `kind`: explicitly, or because nothing of that kind allows."""

    allowed: bool
    kind: Kind = Kind.IDENTITY
    explicit: bool = False

    @property
    def because(self) -> str:
        """The end of AWS's message, with `{action}` to fill in."""
        if self.explicit:
            article = "the" if self.kind is Kind.TRUST else "an" if self.kind is Kind.IDENTITY else "a"
            return f"with an explicit deny in {article} {self.kind.value}"
        return f"because no {self.kind.value} allows the {{action}} action"


ALLOWED = Decision(True)


class Named(IntEnum):
    """How closely a Principal element names who asks."""

    NOT = 0
    ACCOUNT = 1  # leaves the choice to the account's own policies
    ROLE = 2  # its sessions stay inside their boundary and session policy
    SELF = 3


def evaluate(
    request: Request,
    identity: Sequence[Policy],
    resource: Sequence[Policy] = (),
    boundary: Policy | None = None,
    session: Policy | None = None,
    *,
    same_account: bool = True,
) -> Decision:
    """Whether `request` is allowed, and if not, by which kind of policy."""
    limits = [(Kind.BOUNDARY, boundary), (Kind.SESSION, session)]
    layers = [
        (Kind.IDENTITY, identity),
        (Kind.RESOURCE, resource),
        *((kind, [policy]) for kind, policy in limits if policy is not None),
    ]
    for kind, policies in layers:
        if any(_concerned(policies, request, "Deny", named=kind is Kind.RESOURCE)):
            return Decision(False, kind, explicit=True)
    by_resource = max(_concerned(resource, request, "Allow", named=True), default=Named.NOT)
    if not same_account and by_resource is Named.NOT:
        return Decision(False, Kind.RESOURCE)
    if same_account and by_resource is Named.SELF:
        return ALLOWED
    if not (same_account and by_resource is Named.ROLE) and not any(_concerned(identity, request, "Allow")):
        return Decision(False, Kind.IDENTITY)
    for kind, policy in limits:
        if policy is not None and not any(_concerned([policy], request, "Allow")):
            return Decision(False, kind)
    return ALLOWED


def trusted(request: Request, trust: Policy) -> Named | Decision:
    """How a role's trust policy names who asks; a denial when it names him not, or to deny."""
    if any(_concerned([trust], request, "Deny", named=True)):
        return Decision(False, Kind.TRUST, explicit=True)
    named = max(_concerned([trust], request, "Allow", named=True), default=Named.NOT)
    return named or Decision(False, Kind.TRUST)


def _concerned(
    policies: Iterable[Policy], request: Request, effect: str, named: bool = False
) -> Iterable[Named]:
    """For each statement of that effect that applies: how closely it names who asks."""
    variables = _Variables(request.context)
    for policy in policies:
        known: Variables | None = variables if policy.variables else None
        for statement in policy.statements:
            if statement.get("Effect") != effect:
                continue
            closeness = _names(statement, request.principal, effect) if named else Named.SELF
            if closeness and _applies(statement, request, known, needs_resource=not named):
                yield closeness


class _Variables:
    """The values of `${…}` in a request: those of its context that have exactly one value."""

    def __init__(self, context: Context):
        self._context = context

    def __call__(self, key: str) -> str | None:
        values = self._context.get(key.lower(), ())
        return values[0] if len(values) == 1 else None


def _applies(
    statement: Statement, request: Request, variables: Variables | None, needs_resource: bool
) -> bool:
    return (
        _element(statement, "Action", lambda p: matches(p, request.action, case=False), required=True)
        and _element(
            statement, "Resource", lambda p: _covers(p, request.resource, variables), required=needs_resource
        )
        and meets(statement.get("Condition"), request.context, variables)
    )


def _covers(pattern: str, resource: str, variables: Variables | None) -> bool:
    # A call that concerns no single resource is judged on "*", which only "*" covers.
    return pattern == "*" or (resource != "*" and matches_arn(pattern, resource, variables))


def _element(statement: Statement, name: str, covers: Any, required: bool) -> bool:
    """Whether Action or NotAction (Resource or NotResource) covers what is asked."""
    if name in statement:
        return any(covers(pattern) for pattern in as_list(statement[name]))
    if f"Not{name}" in statement:
        return not any(covers(pattern) for pattern in as_list(statement[f"Not{name}"]))
    return not required


def _names(statement: Statement, principal: Principal, effect: str) -> Named:
    if "NotPrincipal" in statement:
        # Documented for Deny; with Allow it would open the resource to everybody, so it allows nobody here.
        closest = _closest(statement["NotPrincipal"], principal)
        return Named.SELF if effect == "Deny" and closest is Named.NOT else Named.NOT
    return _closest(statement.get("Principal"), principal)


def _closest(element: Any, principal: Principal) -> Named:
    """How closely a Principal element names `principal`."""
    if element == "*":
        element = {"AWS": "*"}
    if not isinstance(element, dict):
        return Named.NOT
    if not principal.account:  # an AWS service
        return Named.SELF if principal.arn in as_list(element.get("Service", [])) else Named.NOT
    return max((_close(text, principal) for text in as_list(element.get("AWS", []))), default=Named.NOT)


def _close(text: str, principal: Principal) -> Named:
    if text == principal.arn:
        return Named.SELF
    if text == "*":
        return Named.ROLE if principal.role_arn else Named.SELF
    if text == principal.role_arn:
        return Named.ROLE
    if text == principal.account or (
        text.startswith("arn:") and text.endswith(f":iam::{principal.account}:root")
    ):
        return Named.ACCOUNT
    return Named.NOT

"""The judge of the running cloud: brings the pure evaluation what IAM, STS and the resources' policies say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from labs.cloud.authorization import identities
from labs.cloud.authorization.identities import Identity
from labs.cloud.authorization.policy import (
    Decision,
    Named,
    Policy,
    Principal,
    Request,
    evaluate,
    trusted,
)
from labs.cloud.authorization.resource_policies import policy_of

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime

LEARNER = "learner"  # the user that the cloud's own key belongs to: the account's administrator


class Authorizer:
    """Says what a principal may do. Every caller holds the cloud's lock."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self.administrators = {
            f"arn:aws:iam::{runtime.account_id}:user/{LEARNER}",
            f"arn:aws:iam::{runtime.account_id}:root",
        }

    def denial(
        self, principal_arn: str, action: str, resource: str, context: Mapping[str, str] | None = None
    ) -> str | None:
        """None when allowed, else AWS's message. `context` are condition keys of the request."""
        if principal_arn in self.administrators:
            return None
        identity = identities.of_arn(self._runtime.account_id, principal_arn)
        return self.judge(identity, action, resource, {k: (v,) for k, v in (context or {}).items()})

    def judge(
        self, identity: Identity, action: str, resource: str, context: Mapping[str, Sequence[str]]
    ) -> str | None:
        """None when `identity` may do `action` on `resource`, else AWS's message."""
        now = self._runtime.clock.now()
        known = {
            "aws:currenttime": (now.isoformat(),),
            "aws:epochtime": (str(int(now.timestamp())),),
            **identity.context,
            **{key.lower(): tuple(values) for key, values in context.items()},
        }
        request = Request(action, resource, identity.principal, known)
        found = policy_of(self._runtime, resource)
        decision = self._decide(request, identity, [Policy.read(found)] if found else [])
        return None if decision.allowed else refusal_text(identity.principal, action, resource, decision)

    def _decide(self, request: Request, identity: Identity, resource: list[Policy]) -> Decision:
        if identity.principal.account == self._runtime.account_id:
            return evaluate(request, identity.policies, resource, identity.boundary, identity.session)
        # What another account allows its people cannot be seen from here: only this side is judged.
        everything = Policy(({"Effect": "Allow", "Action": "*", "Resource": "*"},))
        return evaluate(request, [everything], resource, same_account=False)

    def trusts(self, role_arn: str, service: str) -> bool:
        """Whether the role exists and its trust policy lets an AWS service (ecs-tasks.amazonaws.com) assume it."""
        role = identities.role_of_arn(self._runtime.account_id, role_arn)
        if role is None:
            return False
        request = Request("sts:AssumeRole", role_arn, Principal(service))
        return isinstance(trusted(request, Policy.read(role.assume_role_policy_document)), Named)

    def assumption_denial(
        self, identity: Identity | None, role_arn: str, context: Mapping[str, Sequence[str]]
    ) -> str | None:
        """None when `identity` (None: the administrator) may assume the role, else AWS's message.

        A trust policy that names him is enough inside an account; one that names his account leaves the
        choice to his own policies. The administrator is held by trust policies as AWS holds him.
        """
        action = "sts:AssumeRole"
        administrator = identity is None
        if identity is None:
            account = self._runtime.account_id
            identity = Identity(Principal(f"arn:aws:iam::{account}:user/{LEARNER}", account))
        role = identities.role_of_arn(self._runtime.account_id, role_arn)
        if role is None:
            return f"User: {identity.principal.arn} is not authorized to perform: {action} on resource: {role_arn}"
        known = {**identity.context, **{key.lower(): tuple(values) for key, values in context.items()}}
        request = Request(action, role_arn, identity.principal, known)
        named = trusted(request, Policy.read(role.assume_role_policy_document))
        if isinstance(named, Decision):
            return refusal_text(identity.principal, action, role_arn, named)
        if administrator:
            return None
        # What the trust policy gives is as if the role's own policy named him.
        giving = {"Effect": "Allow", "Action": action, "Resource": role_arn, "Principal": {"AWS": "*"}}
        decision = evaluate(
            replace(request, context=known),
            identity.policies,
            [Policy((giving,))] if named > Named.ACCOUNT else [],
            identity.boundary,
            identity.session,
        )
        return None if decision.allowed else refusal_text(identity.principal, action, role_arn, decision)


def refusal_text(principal: Principal, action: str, resource: str, decision: Decision) -> str:
    """AWS's words for a denial [IAM User Guide: Troubleshoot access denied error messages]."""
    because = decision.because.format(action=action)
    where = "" if decision.kind.name == "TRUST" else f" on resource: {resource}"
    return f"User: {principal.arn} is not authorized to perform: {action}{where} {because}"

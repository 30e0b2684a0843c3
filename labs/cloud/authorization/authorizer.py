"""The judge of the running cloud: brings the pure evaluation what IAM, STS and the resources' policies say."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from labs.cloud.authorization import identities
from labs.cloud.authorization.actions import questions
from labs.cloud.authorization.identities import Identity
from labs.cloud.authorization.policy import (
    Decision,
    Kind,
    Named,
    Policy,
    Principal,
    Request,
    evaluate,
    trusted,
)
from labs.cloud.authorization.resources import Names, policy_of, tags_of

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime

LONGEST_DETAILS = 65_536  # bytes of a decoded message
PARTIQL = frozenset(("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"))
LEARNER = "learner"  # the user that the cloud's own key belongs to: the account's administrator


@dataclass(frozen=True)
class Denial:
    """What was denied to whom, and AWS's message for it."""

    principal: str
    action: str
    resource: str
    explicit: bool
    message: str

    def encoded(self) -> str:
        """The details as EC2 hides them in its message, for DecodeAuthorizationMessage."""
        details = {
            "allowed": False,
            "explicitDeny": self.explicit,
            "matchedStatements": {"items": []},
            "failures": {"items": []},
            "context": {
                "principal": {"arn": self.principal},
                "action": self.action,
                "resource": self.resource,
                "conditions": {"items": []},
            },
        }
        return base64.urlsafe_b64encode(zlib.compress(json.dumps(details).encode())).decode()


def decode(text: str) -> str:
    """The JSON that `Denial.encoded` hid. Raises ValueError."""
    unpacker = zlib.decompressobj()
    try:
        return unpacker.decompress(base64.urlsafe_b64decode(text), LONGEST_DETAILS).decode()
    except zlib.error as error:
        raise ValueError("not encoded here") from error


class Authorizer:
    """Says what a principal may do. Every caller holds the cloud's lock."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._names = Names(runtime.account_id)
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
        known = {key: (value,) for key, value in (context or {}).items()}
        denial = self._judge(identity, action, resource, known)
        return denial.message if denial else None

    def key_denial(self, access_key_id: str, action: str, resource: str) -> str | None:
        """As `denial`, for the owner of an access key."""
        if access_key_id == self._runtime.credentials.access_key_id:
            return None
        identity = identities.of_access_key(self._runtime.account_id, access_key_id)
        if identity is None:  # deleted since
            return "The security token included in the request is invalid."
        denial = self._judge(identity, action, resource, {})
        return denial.message if denial else None

    def _judge(
        self, identity: Identity, action: str, resource: str, context: Mapping[str, Sequence[str]]
    ) -> Denial | None:
        now = self._runtime.clock.now()
        known = {
            "aws:currenttime": (now.isoformat(),),
            "aws:epochtime": (str(int(now.timestamp())),),
            **identity.context,
            **{key.lower(): tuple(values) for key, values in context.items()},
        }
        service = action.partition(":")[0]
        for key, value in tags_of(self._runtime.account_id, resource).items():
            known[f"aws:resourcetag/{key.lower()}"] = known[f"{service}:resourcetag/{key.lower()}"] = (value,)
        request = Request(action, resource, identity.principal, known)
        found = policy_of(self._runtime.account_id, resource)
        decision = self._decide(request, identity, [Policy.read(found)] if found else [])
        return None if decision.allowed else _denial(identity.principal, action, resource, decision)

    def call_denial(
        self,
        access_key_id: str,
        service: str,
        operation: str,
        parameters: Mapping[str, Any],
        region: str,
        context: Mapping[str, Sequence[str]],
    ) -> Denial | None:
        """None when the key's owner may make this call. `service` is the service model's name."""
        runtime = self._runtime
        if (service, operation) == ("sts", "GetCallerIdentity"):  # allowed even where it is denied
            return None
        administrator = access_key_id == runtime.credentials.access_key_id
        assumes = (service, operation) == ("sts", "AssumeRole")
        if administrator and not assumes:
            return None
        identity = None if administrator else identities.of_access_key(runtime.account_id, access_key_id)
        if not administrator and identity is None:
            raise LookupError("a verified key that is nobody's")
        if assumes:
            external = parameters.get("ExternalId")
            known = {**context, **({"sts:ExternalId": (str(external),)} if external else {})}
            return self._assumption_denial(identity, str(parameters.get("RoleArn", "")), known)
        assert identity is not None
        if service == "dynamodb" and operation in PARTIQL:  # the tables are in the statements' text
            who, action = identity.principal.arn, f"dynamodb:{operation}"
            why = "because the local cloud judges no PartiQL: use GetItem, Query, PutItem and their like"
            text = f"User: {who} is not authorized to perform: {action} {why}"
            return Denial(who, action, "*", explicit=False, message=text)
        own = identity.principal.account == runtime.account_id
        if not own and (service, operation) == ("ecr", "GetAuthorizationToken"):
            return None  # it has no resource here: only the caller's own account could refuse it
        for asked in questions(service, operation, parameters, region, runtime.account_id, self._names):
            denial = self._judge(identity, asked.action, asked.resource, {**context, **asked.context})
            if denial is not None:
                return denial
        return None

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

    def _assumption_denial(
        self, identity: Identity | None, role_arn: str, context: Mapping[str, Sequence[str]]
    ) -> Denial | None:
        """None when `identity` (None: the administrator) may assume the role.

        A trust policy that names him is enough inside an account; one that names his account leaves the
        choice to his own policies. The administrator is held by trust policies as AWS holds him.
        """
        action = "sts:AssumeRole"
        administrator = identity is None
        if identity is None:
            account = self._runtime.account_id
            identity = Identity(Principal(f"arn:aws:iam::{account}:user/{LEARNER}", account))
        if _account(role_arn) not in ("", self._runtime.account_id):
            return self._foreign_assumption_denial(None if administrator else identity, role_arn, context)
        role = identities.role_of_arn(self._runtime.account_id, role_arn)
        if role is None:
            text = f"User: {identity.principal.arn} is not authorized to perform: {action} on resource: {role_arn}"
            return Denial(identity.principal.arn, action, role_arn, explicit=False, message=text)
        known = {**identity.context, **{key.lower(): tuple(values) for key, values in context.items()}}
        request = Request(action, role_arn, identity.principal, known)
        named = trusted(request, Policy.read(role.assume_role_policy_document))
        if isinstance(named, Decision):
            return _denial(identity.principal, action, role_arn, named)
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
        return None if decision.allowed else _denial(identity.principal, action, role_arn, decision)

    def _foreign_assumption_denial(
        self, identity: Identity | None, role_arn: str, context: Mapping[str, Sequence[str]]
    ) -> Denial | None:
        """None when `identity` (None: the administrator) may assume a role of another account.

        What that account's trust policy says cannot be seen from here: it is taken to let this account in, so
        that a lesson may call as somebody else's role. Here such a role may do what resource policies grant it.
        """
        if identity is None:
            return None
        action = "sts:AssumeRole"
        known = {**identity.context, **{key.lower(): tuple(values) for key, values in context.items()}}
        request = Request(action, role_arn, identity.principal, known)
        giving = {"Effect": "Allow", "Action": action, "Resource": role_arn, "Principal": {"AWS": "*"}}
        decision = evaluate(
            request,
            identity.policies,
            [Policy((giving,))],
            identity.boundary,
            identity.session,
            same_account=False,
        )
        return None if decision.allowed else _denial(identity.principal, action, role_arn, decision)


def _account(role_arn: str) -> str:
    """The account of a role's ARN; "" for what is no ARN of a role."""
    found = re.fullmatch(r"arn:aws:iam::(\d{12}):role/.+", role_arn)
    return found[1] if found else ""


def _denial(principal: Principal, action: str, resource: str, decision: Decision) -> Denial:
    """With AWS's words [IAM User Guide: Troubleshoot access denied error messages]."""
    because = decision.because.format(action=action)
    where = "" if decision.kind is Kind.TRUST else f" on resource: {resource}"
    text = f"User: {principal.arn} is not authorized to perform: {action}{where} {because}"
    return Denial(principal.arn, action, resource, decision.explicit, text)

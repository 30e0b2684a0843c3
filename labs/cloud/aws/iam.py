"""IAM where moto falls short: the policy simulator, permissions boundaries of users, AWS's policies read once.

The simulator asks the same evaluation that judges every call (`labs/cloud/authorization`). It does not say which
statement decided (MatchedStatements is empty).
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterator, Sequence
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam import models, urls
from moto.iam.exceptions import NoSuchEntity
from moto.iam.models import AWSManagedPolicy, IAMBackend, User
from moto.iam.responses import IamResponse

from labs.cloud.authorization import identities
from labs.cloud.authorization.authorizer import LEARNER
from labs.cloud.authorization.identities import Identity
from labs.cloud.authorization.policy import Kind, Policy, Principal, Request, Statement, evaluate
from labs.cloud.runtime import Runtime

PARTITION = "aws"  # the only one here: the local cloud has neither China nor GovCloud
MOST_RESULTS = 100  # in one answer when MaxItems is not given; [API SimulatePrincipalPolicy]


class Response(IamResponse):
    """IAM's operations that differ from moto's."""

    def simulate_custom_policy(self) -> ActionResult:
        """What the given policies alone would say."""
        return self._simulate(Identity(self._caller()))

    def simulate_principal_policy(self) -> ActionResult:
        """What a user, group or role may do, with further policies if any are given."""
        source = self._get_param("PolicySourceArn")
        identity = identities.of_source(self.current_account, source)
        if identity is None:
            raise NoSuchEntity(f"Entity {source} cannot be found.")
        return self._simulate(identity)

    def _caller(self) -> Principal:
        arn = self._get_param("CallerArn") or f"arn:aws:iam::{self.current_account}:root"
        return identities.of_arn(self.current_account, arn).principal

    def _simulate(self, identity: Identity) -> ActionResult:
        policies = [*identity.policies, *map(Policy.read, self._get_param("PolicyInputList") or ())]
        boundaries = [
            Policy.read(text) for text in self._get_param("PermissionsBoundaryPolicyInputList") or ()
        ]
        boundary = boundaries[0] if boundaries else identity.boundary
        resource_policy = self._get_param("ResourcePolicy")
        resource = [Policy.read(resource_policy)] if resource_policy else []
        context = dict(identity.context)
        for entry in self._get_param("ContextEntries") or ():
            values = tuple(str(value) for value in entry.get("ContextKeyValues") or ())
            context[str(entry.get("ContextKeyName", "")).lower()] = values
        limits = [boundary] if boundary else []
        missing = sorted(
            {key for key in _keys([*policies, *limits, *resource]) if key.lower() not in context}
        )
        results = []
        for action in self._get_param("ActionNames") or ():
            for arn in self._get_param("ResourceArns") or ["*"]:
                request = Request(action, arn, identity.principal, context)
                decision = evaluate(request, policies, resource, boundary)
                result: dict[str, Any] = {
                    "EvalActionName": action,
                    "EvalResourceName": arn,
                    "EvalDecision": "allowed"
                    if decision.allowed
                    else "explicitDeny"
                    if decision.explicit
                    else "implicitDeny",
                    "MatchedStatements": [],
                    "MissingContextValues": missing,
                }
                if boundary:
                    kept = decision.allowed or decision.kind is not Kind.BOUNDARY
                    result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": kept}
                results.append(result)
        return self._page(results)

    def _page(self, results: Sequence[dict[str, Any]]) -> ActionResult:
        marker = str(self._get_param("Marker") or "0")
        start = int(marker) if marker.isdecimal() and len(marker) < 10 else 0
        end = start + int(self._get_param("MaxItems") or MOST_RESULTS)
        more = end < len(results)
        answer: dict[str, Any] = {"EvaluationResults": results[start:end], "IsTruncated": more}
        return ActionResult(answer | ({"Marker": str(end)} if more else {}))

    def get_user(self) -> ActionResult:
        """moto's; the cloud's own key belongs to the learner, who is not among IAM's users."""
        if self._get_param("UserName") or self.backend.get_user_from_access_key_id(self.get_access_key()):
            return super().get_user()
        return ActionResult({"User": User(self.current_account, self.region, LEARNER)})

    def create_user(self) -> ActionResult:
        """moto's, with its permissions boundary."""
        result = super().create_user()
        if arn := self._get_param("PermissionsBoundary"):
            self._limit(arn)
        return result

    def put_user_permissions_boundary(self) -> ActionResult:
        """The policy becomes the user's boundary."""
        self._limit(self._get_param("PermissionsBoundary"))
        return EmptyResult()

    def delete_user_permissions_boundary(self) -> ActionResult:
        """The user has no boundary any more."""
        self._limit(None)
        return EmptyResult()

    def _limit(self, arn: str | None) -> None:
        user = self.backend.get_user(self._get_param("UserName"))
        if arn is not None:
            self.backend.get_policy(arn)  # a boundary must exist
        user.permissions_boundary_arn = arn
        user.permissions_boundary = arn and {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": arn,
        }


def _keys(policies: Sequence[Policy]) -> Iterator[str]:
    """The condition keys that policies ask for."""
    statements: Iterator[Statement] = (statement for policy in policies for statement in policy.statements)
    for statement in statements:
        conditions = statement.get("Condition")
        for keys in conditions.values() if isinstance(conditions, dict) else ():
            yield from keys if isinstance(keys, dict) else ()


@functools.cache
def _aws_policies() -> list[AWSManagedPolicy]:
    return [
        AWSManagedPolicy.from_data(name, "aws", PARTITION, data)
        for name, data in json.loads(models.aws_managed_policies_data).items()
    ]


def _own_aws_policies(backend: IAMBackend) -> list[AWSManagedPolicy]:
    """AWS's policies, for one account to attach. moto reads them all anew for each account and after each reset."""
    own = []
    for policy in map(copy.copy, _aws_policies()):
        policy.account_id, policy.tags = backend.account_id, {}
        policy.versions = [copy.copy(version) for version in policy.versions]
        own.append(policy)
    return own


def install(runtime: Runtime) -> None:
    """Make moto's IAM this one."""
    # moto looks for an access key in every partition, and makes a backend in each to look into.
    models.PARTITION_NAMES = [PARTITION]
    IAMBackend._init_aws_policies = _own_aws_policies
    urls.url_paths = dict.fromkeys(urls.url_paths, Response.dispatch)

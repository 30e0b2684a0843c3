"""What a role may do by its own policies, and who may take it on, as challenges judge it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from labs.cloud.authorization.policy import Policy, Principal, Request, evaluate
from labs.inventory.answers import document, several

if TYPE_CHECKING:
    from labs.session import CourseSession


def policies(session: CourseSession, role: str) -> tuple[str, ...]:
    """The documents of a role's policies, inline and attached; of a role that does not exist, none."""
    iam, name = session.client("iam"), role.rpartition("/")[2]
    try:
        inline = iam.list_role_policies(RoleName=name)["PolicyNames"] if name else []
    except iam.exceptions.NoSuchEntityException:
        return ()
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] if name else []
    documents = [
        *(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in inline),
        *(
            iam.get_policy_version(
                PolicyArn=policy["PolicyArn"],
                VersionId=iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"],
            )["PolicyVersion"]["Document"]
            for policy in attached
        ),
    ]
    return tuple(json.dumps(document(each)) for each in documents)


def trusts(session: CourseSession, role: str, service: str) -> bool:
    """Whether the service may take on the role; a role that does not exist, nobody."""
    iam, name = session.client("iam"), role.rpartition("/")[2]
    try:
        found = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] if name else {"Statement": []}
    except iam.exceptions.NoSuchEntityException:
        return False
    return any(
        each["Effect"] == "Allow"
        and isinstance(each.get("Principal"), dict)
        and service in several(each["Principal"].get("Service", ()))
        for each in several(document(found)["Statement"])
    )


def allow(documents: Iterable[str], action: str, resource: str, **context: str) -> bool:
    """Whether these policies allow the action on the resource; `context` has IAM's keys, with _ for their colon."""
    keys = {key.replace("_", ":", 1).lower(): [value] for key, value in context.items()}
    request = Request(action, resource, Principal("arn:aws:iam::123456789012:role/any"), keys)
    return evaluate(request, [Policy.read(document) for document in documents]).allowed

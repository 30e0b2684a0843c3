"""IAM: the roles of the lab, which get the rights that it needs and no more, and what hands them to instances."""

from __future__ import annotations

from labs.real.operations.model import CAPITALS, Named, Params, Table, at, change, delete, make, refuse
from labs.real.operations.policies import foreign_trust, listed, statements

MANAGED_POLICIES = frozenset(
    {
        "service-role/AmazonECSTaskExecutionRolePolicy",
        "service-role/AmazonEC2ContainerServiceforEC2Role",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEKSClusterPolicy",
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonEKSFargatePodExecutionRolePolicy",
    }
)
"""AWS's managed policies that the lab's roles need; rights beyond them are written inline."""


def _powerful_policy(request: Params) -> str | None:
    owner, _, name = request.get("PolicyArn", "").partition(":policy/")
    return None if owner.endswith(":iam::aws") and name in MANAGED_POLICIES else "managed policy"


def _broad_policy(request: Params) -> str | None:
    """An inline policy that allows whole services' worth of rights, or everything but a few."""
    for statement in statements(request.get("PolicyDocument")):
        actions = listed(statement.get("Action", "*"))  # NotAction and no Action are as broad
        if statement.get("Effect") == "Allow" and any(map(_is_broad, actions)):
            return "broad policy"
    return None


def _is_broad(action: str) -> bool:
    """Rights over every service, or over a whole family of those that hand out rights."""
    service, _, verb = action.lower().partition(":")
    wild = {"*", "?"}
    return bool(wild & set(service)) or (
        service in ("iam", "sts", "organizations") and bool(wild & set(verb))
    )


ROLE = Named("iam:role", at("RoleName"))
PROFILE = Named("iam:instance-profile", at("InstanceProfileName"))

IAM: Table = {
    "CreateRole": make(
        "iam:role",
        CAPITALS,
        "Role.Arn",
        at("RoleName"),
        forbids=foreign_trust("AssumeRolePolicyDocument"),
    ),
    **change("AttachRolePolicy", ROLE, forbids=_powerful_policy),
    **change("PutRolePolicy", ROLE, forbids=_broad_policy),
    **change("UpdateAssumeRolePolicy", ROLE, forbids=foreign_trust("PolicyDocument")),
    **change("DetachRolePolicy DeleteRolePolicy", ROLE),
    "CreateInstanceProfile": make(
        "iam:instance-profile", CAPITALS, "InstanceProfile.Arn", at("InstanceProfileName")
    ),
    **change("AddRoleToInstanceProfile RemoveRoleFromInstanceProfile", PROFILE, ROLE),
    "DeleteInstanceProfile": delete("iam:instance-profile", at("InstanceProfileName")),
    **refuse("CreateUser CreateAccessKey PutUserPolicy AttachUserPolicy", "people"),
    "DeleteRole": delete("iam:role", at("RoleName")),
}

"""The EKS notebook's ground, cluster and nodes under the guard of a real account.

Access entries, add-ons and associations are left to the local cloud, which has them: moto alone has not, and of
AWS's managed policies it knows only one here.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from labs.chapters import challenge
from labs.chapters.eks import ground
from labs.lab import Lab
from labs.real.operations import TABLE
from labs.real.operations.iam import MANAGED_POLICIES
from labs.session import CourseSession

ELSEWHERE = {
    "CreateAccessEntry",
    "AssociateAccessPolicy",
    "CreateAddon",
    "CreatePodIdentityAssociation",
}


def test_the_guard_lets_the_ground_be_laid_and_built_upon(
    connect: Callable[..., CourseSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab(connect())
    attached = {policy for _, policies in ground.ROLES.values() for policy in policies}
    assert attached <= MANAGED_POLICIES
    monkeypatch.setattr(ground, "ROLES", {name: (who, ()) for name, (who, _) in ground.ROLES.items()})
    ground.create_roles(lab)
    ground.create_network(lab)
    eks, ec2, iam = (lab.session.client(name) for name in ("eks", "ec2", "iam"))
    ours = [{"Name": "tag:Name", "Values": [ground.NAME]}]
    eks.create_cluster(
        name=ground.NAME,
        roleArn=iam.get_role(RoleName="eks-cluster")["Role"]["Arn"],
        resourcesVpcConfig={
            "subnetIds": [each["SubnetId"] for each in ec2.describe_subnets(Filters=ours)["Subnets"]]
        },
        accessConfig={"authenticationMode": "API"},
    )
    for name in ("eks-night", "eks-payments"):
        for part in challenge(name).solution:
            part(lab)
        assert challenge(name).check(lab.session).state == "passed"
    ground.delete_cluster(lab)
    ground.delete_roles(lab)
    assert eks.list_clusters()["clusters"] == []
    left = {role["RoleName"] for role in iam.list_roles()["Roles"]}
    assert not left & ground.ROLES.keys()
    assert TABLE["eks"].keys() >= ELSEWHERE

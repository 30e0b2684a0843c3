"""What AWS's services may do on the notebook's behalf."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

MANAGED = "arn:aws:iam::aws:policy/"
TASKS, INSTANCES, PODS = "ecs-tasks.amazonaws.com", "ec2.amazonaws.com", "pods.eks.amazonaws.com"


def create(lab: Lab, name: str, who: str, policies: Iterable[str] = ()) -> None:
    """A role that this service takes on, with these of AWS's policies."""
    iam = lab.session.client("iam")
    actions = ["sts:AssumeRole", "sts:TagSession"] if who == PODS else "sts:AssumeRole"
    statement = {"Effect": "Allow", "Principal": {"Service": who}, "Action": actions}
    with unless_it_exists():
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )
    for policy in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=MANAGED + policy)


def create_execution(lab: Lab, name: str) -> None:
    """The role by which ECS pulls an image and writes logs."""
    create(lab, name, TASKS, ["service-role/AmazonECSTaskExecutionRolePolicy"])


def delete(lab: Lab, *names: str) -> None:
    """Delete roles with whatever rights they were given on the way."""
    iam = lab.session.client("iam")
    for name in names:
        with unless_it_is_gone():
            for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
                iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
            for inline in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                iam.delete_role_policy(RoleName=name, PolicyName=inline)
            iam.delete_role(RoleName=name)


def create_instance_profile(lab: Lab, name: str) -> None:
    """A profile by which EC2 instances wear a role of the same name, which lets them join a cluster of ECS."""
    iam = lab.session.client("iam")
    create(lab, name, INSTANCES, ["service-role/AmazonEC2ContainerServiceforEC2Role"])
    with unless_it_exists():
        iam.create_instance_profile(InstanceProfileName=name)
    if not iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]:
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)


def delete_instance_profile(lab: Lab, name: str) -> None:
    """Delete the profile by which instances wear the role of the same name, then the role."""
    iam = lab.session.client("iam")
    with unless_it_is_gone():
        profile = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
        for role in profile["Roles"]:
            iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
        iam.delete_instance_profile(InstanceProfileName=name)
    delete(lab, name)

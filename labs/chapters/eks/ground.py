"""What the notebook stands on, and taking it away. Everything is called `eks`, or starts with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from labs.chapters import ground
from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

NAME = "eks"
MANAGED = "arn:aws:iam::aws:policy/"
# On a real account the course lets services take its roles on, nobody else: people come from the machine they work on.
PEOPLE = "ec2.amazonaws.com"
PODS = "pods.eks.amazonaws.com"
# role → who takes it on, and AWS's policies for it
ROLES = {
    "eks-cluster": ("eks.amazonaws.com", ("AmazonEKSClusterPolicy",)),
    "eks-nodes": (
        "ec2.amazonaws.com",
        ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"),
    ),
    "eks-fargate": ("eks-fargate-pods.amazonaws.com", ("AmazonEKSFargatePodExecutionRolePolicy",)),
    "eks-orders": (PODS, ()),
    "eks-reviews": (PODS, ()),
    "eks-baker": (PEOPLE, ()),
    "eks-auditor": (PEOPLE, ()),
}
PATIENCE = {"Delay": 1, "MaxAttempts": 1800}


def create_roles(lab: Lab) -> None:
    """Create the roles: the control plane's, the nodes', the pods', and two for people."""
    iam = lab.session.client("iam")
    for name, (who, policies) in ROLES.items():
        actions = ["sts:AssumeRole", "sts:TagSession"] if who == PODS else "sts:AssumeRole"
        statement = {"Effect": "Allow", "Principal": {"Service": who}, "Action": actions}
        with unless_it_exists():
            iam.create_role(
                RoleName=name,
                AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
            )
        for policy in policies:
            iam.attach_role_policy(RoleName=name, PolicyArn=MANAGED + policy)


def create_network(lab: Lab) -> None:
    """Create a VPC with a public and a private subnet in each of two zones, tagged as the ALB controller looks for."""
    ec2 = lab.session.client("ec2")
    vpc, routes = ground.create_network(lab, NAME, "10.5.0.0/16")
    for number, zone in enumerate(ground.zones(lab)):
        for first, side in ((0, "elb"), (100, "internal-elb")):
            tags = [{"Key": f"kubernetes.io/role/{side}", "Value": "1"}]
            ground.create_subnet(lab, NAME, vpc, f"10.5.{first + number}.0/24", zone=zone, tags=tags)
    public = [
        {"Name": "tag:Name", "Values": [NAME]},
        {"Name": "tag:kubernetes.io/role/elb", "Values": ["1"]},
    ]
    subnets = ec2.describe_subnets(Filters=public)["Subnets"]
    for subnet in subnets:
        ec2.modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    ground.lead_out(lab, routes, subnets)


def delete_cluster(lab: Lab) -> None:
    """Delete node groups and Fargate profiles, each waited for, then the cluster with all that goes with it."""
    eks = lab.session.client("eks")
    with unless_it_is_gone():
        for group in eks.list_nodegroups(clusterName=NAME)["nodegroups"]:
            eks.delete_nodegroup(clusterName=NAME, nodegroupName=group)
        for group in eks.list_nodegroups(clusterName=NAME)["nodegroups"]:
            eks.get_waiter("nodegroup_deleted").wait(
                clusterName=NAME, nodegroupName=group, WaiterConfig=PATIENCE
            )
        for profile in eks.list_fargate_profiles(clusterName=NAME)["fargateProfileNames"]:
            eks.delete_fargate_profile(clusterName=NAME, fargateProfileName=profile)
            eks.get_waiter("fargate_profile_deleted").wait(
                clusterName=NAME, fargateProfileName=profile, WaiterConfig=PATIENCE
            )
        eks.delete_cluster(name=NAME)
        eks.get_waiter("cluster_deleted").wait(name=NAME, WaiterConfig=PATIENCE)


def delete_roles(lab: Lab) -> None:
    """Delete the roles."""
    iam = lab.session.client("iam")
    for name, (_, policies) in ROLES.items():
        for policy in policies:
            with unless_it_is_gone():
                iam.detach_role_policy(RoleName=name, PolicyArn=MANAGED + policy)
        with unless_it_is_gone():
            iam.delete_role(RoleName=name)


def delete_network(lab: Lab) -> None:
    """Delete the VPC and what is in it."""
    ground.delete_network(lab, NAME)

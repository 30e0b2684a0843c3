"""What the notebook stands on, and taking it away. Everything is called `eks`, or starts with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.chapters.ground import network, roles
from labs.checks.model import unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

NAME = "eks"
# On a real account the course lets services take its roles on, nobody else: people come from the machine they work on.
PEOPLE = roles.INSTANCES
# role → who takes it on, and AWS's policies for it
ROLES = {
    "eks-cluster": ("eks.amazonaws.com", ("AmazonEKSClusterPolicy",)),
    "eks-nodes": (
        roles.INSTANCES,
        ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"),
    ),
    "eks-fargate": ("eks-fargate-pods.amazonaws.com", ("AmazonEKSFargatePodExecutionRolePolicy",)),
    "eks-orders": (roles.PODS, ()),
    "eks-reviews": (roles.PODS, ()),
    "eks-baker": (PEOPLE, ()),
    "eks-auditor": (PEOPLE, ()),
}
PATIENCE = {"Delay": 1, "MaxAttempts": 1800}


def create_roles(lab: Lab) -> None:
    """Create the roles: the control plane's, the nodes', the pods', and two for people."""
    for name, (who, policies) in ROLES.items():
        roles.create(lab, name, who, policies)


def create_network(lab: Lab) -> None:
    """Create a VPC with a public and a private subnet in each of two zones, tagged as the ALB controller looks for."""
    ec2 = lab.session.client("ec2")
    vpc, routes = network.create_vpc(lab, NAME, "10.5.0.0/16")
    for number, zone in enumerate(network.zones(lab)):
        subnet = network.create_subnet(lab, NAME, vpc, f"10.5.{number}.0/24", zone=zone, tags=_side("elb"))
        ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
        network.lead_out(lab, routes, subnet)
        network.create_subnet(
            lab, NAME, vpc, f"10.5.{number + 100}.0/24", zone=zone, tags=_side("internal-elb")
        )


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
    roles.delete(lab, *ROLES)


def delete_network(lab: Lab) -> None:
    """Delete the VPC and what is in it."""
    network.delete(lab, NAME)


def _side(load_balancers: str) -> list[dict[str, str]]:
    """The tag by which the controller knows a subnet for these load balancers."""
    return [{"Key": f"kubernetes.io/role/{load_balancers}", "Value": "1"}]

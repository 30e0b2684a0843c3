"""What the notebook stands on, and taking it away. Everything is called `eks`, or starts with it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

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
INTERFACES_GONE = 600.0  # seconds that AWS may take to remove the control plane's network interfaces


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
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    tags = [{"Key": "Name", "Value": NAME}]
    if not ec2.describe_vpcs(Filters=ours)["Vpcs"]:
        ec2.create_vpc(CidrBlock="10.5.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
    [vpc] = ec2.describe_vpcs(Filters=ours)["Vpcs"]
    if not ec2.describe_internet_gateways(Filters=ours)["InternetGateways"]:
        ec2.create_internet_gateway(TagSpecifications=[{"ResourceType": "internet-gateway", "Tags": tags}])
    [gateway] = ec2.describe_internet_gateways(Filters=ours)["InternetGateways"]
    if not gateway["Attachments"]:
        ec2.attach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc["VpcId"])
    if not ec2.describe_route_tables(Filters=ours)["RouteTables"]:
        ec2.create_route_table(
            VpcId=vpc["VpcId"], TagSpecifications=[{"ResourceType": "route-table", "Tags": tags}]
        )
    [routes] = ec2.describe_route_tables(Filters=ours)["RouteTables"]
    with unless_it_exists():
        ec2.create_route(
            RouteTableId=routes["RouteTableId"],
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=gateway["InternetGatewayId"],
        )
    usual = [{"Name": "zone-type", "Values": ["availability-zone"]}]
    zones = ec2.describe_availability_zones(Filters=usual)["AvailabilityZones"]
    for number, zone in enumerate(zones[:2]):
        for first, side in ((0, "elb"), (100, "internal-elb")):
            with unless_it_exists():
                ec2.create_subnet(
                    VpcId=vpc["VpcId"],
                    CidrBlock=f"10.5.{first + number}.0/24",
                    AvailabilityZone=zone["ZoneName"],
                    TagSpecifications=[
                        {
                            "ResourceType": "subnet",
                            "Tags": [*tags, {"Key": f"kubernetes.io/role/{side}", "Value": "1"}],
                        }
                    ],
                )
    public = [*ours, {"Name": "tag:kubernetes.io/role/elb", "Values": ["1"]}]
    for subnet in ec2.describe_subnets(Filters=public)["Subnets"]:
        ec2.modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})
        with unless_it_exists():
            ec2.associate_route_table(RouteTableId=routes["RouteTableId"], SubnetId=subnet["SubnetId"])


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
    """Wait for the last network interface to go, then delete the VPC and what is in it."""
    ec2 = lab.session.client("ec2")
    ours = {"Name": "tag:Name", "Values": [NAME]}
    for vpc in ec2.describe_vpcs(Filters=[ours])["Vpcs"]:
        here = {"Name": "vpc-id", "Values": [vpc["VpcId"]]}
        deadline = time.monotonic() + INTERFACES_GONE
        while ec2.describe_network_interfaces(Filters=[here])["NetworkInterfaces"]:
            if time.monotonic() > deadline:
                break  # AWS says itself, below, what still stands in the way
            time.sleep(1)
        for subnet in ec2.describe_subnets(Filters=[here])["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        for routes in ec2.describe_route_tables(Filters=[here, ours])["RouteTables"]:
            ec2.delete_route_table(RouteTableId=routes["RouteTableId"])
        attached = {"Name": "attachment.vpc-id", "Values": [vpc["VpcId"]]}
        for gateway in ec2.describe_internet_gateways(Filters=[attached])["InternetGateways"]:
            ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc["VpcId"])
        ec2.delete_vpc(VpcId=vpc["VpcId"])
    for gateway in ec2.describe_internet_gateways(Filters=[ours])["InternetGateways"]:
        ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])

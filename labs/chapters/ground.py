"""What several notebooks stand on: a network, an image, the role that starts tasks; and taking them away.

Everything carries the chapter's name. Each function creates what is absent, or deletes what is there: it can run twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
INTERFACES_GONE = 600.0  # seconds that AWS may take to remove the network interfaces of what was stopped


def create_network(lab: Lab, name: str, block: str) -> tuple[str, str]:
    """A VPC with a way out to the internet; the ids of the VPC and of the route table that leads out."""
    ec2 = lab.session.client("ec2")
    ours = [{"Name": "tag:Name", "Values": [name]}]
    if not ec2.describe_vpcs(Filters=ours)["Vpcs"]:
        ec2.create_vpc(CidrBlock=block, TagSpecifications=_tagged("vpc", name))
    [vpc] = ec2.describe_vpcs(Filters=ours)["Vpcs"]
    if not ec2.describe_internet_gateways(Filters=ours)["InternetGateways"]:
        ec2.create_internet_gateway(TagSpecifications=_tagged("internet-gateway", name))
    [gateway] = ec2.describe_internet_gateways(Filters=ours)["InternetGateways"]
    if not gateway["Attachments"]:
        ec2.attach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc["VpcId"])
    if not ec2.describe_route_tables(Filters=ours)["RouteTables"]:
        ec2.create_route_table(VpcId=vpc["VpcId"], TagSpecifications=_tagged("route-table", name))
    [routes] = ec2.describe_route_tables(Filters=ours)["RouteTables"]
    with unless_it_exists():
        ec2.create_route(
            RouteTableId=routes["RouteTableId"],
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=gateway["InternetGatewayId"],
        )
    return str(vpc["VpcId"]), str(routes["RouteTableId"])


def zones(lab: Lab) -> list[str]:
    """The first two Availability Zones; Local and Wavelength Zones left out."""
    usual = [{"Name": "zone-type", "Values": ["availability-zone"]}]
    found = lab.session.client("ec2").describe_availability_zones(Filters=usual)["AvailabilityZones"]
    return [zone["ZoneName"] for zone in found[:2]]


def create_subnet(
    lab: Lab, name: str, vpc: str, block: str, *, zone: str | None = None, tags: Iterable[dict[str, str]] = ()
) -> None:
    """A subnet of that block, in a zone of AWS's choice when None."""
    placed = {"AvailabilityZone": zone} if zone else {}
    with unless_it_exists():
        lab.session.client("ec2").create_subnet(
            VpcId=vpc, CidrBlock=block, TagSpecifications=_tagged("subnet", name, tags), **placed
        )


def lead_out(lab: Lab, routes: str, subnets: Iterable[dict[str, Any]]) -> None:
    """Make subnets public: they take the route table that leads to the internet."""
    for subnet in subnets:
        with unless_it_exists():
            lab.session.client("ec2").associate_route_table(RouteTableId=routes, SubnetId=subnet["SubnetId"])


def delete_network(lab: Lab, name: str) -> None:
    """Wait for the last network interface to go, then delete the VPC and what is in it."""
    ec2 = lab.session.client("ec2")
    ours = {"Name": "tag:Name", "Values": [name]}
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


def create_execution_role(lab: Lab, role: str) -> None:
    """The role by which ECS pulls an image and writes logs."""
    iam = lab.session.client("iam")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    with unless_it_exists():
        iam.create_role(
            RoleName=role,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )
    iam.attach_role_policy(RoleName=role, PolicyArn=EXECUTION_POLICY)


def delete_execution_role(lab: Lab, role: str) -> None:
    """Delete that role."""
    iam = lab.session.client("iam")
    with unless_it_is_gone():
        iam.detach_role_policy(RoleName=role, PolicyArn=EXECUTION_POLICY)
    with unless_it_is_gone():
        iam.delete_role(RoleName=role)


def push_products(lab: Lab, repository: str) -> None:
    """A repository that holds the image of the shop's catalogue, pushed unless there is one."""
    ecr = lab.session.client("ecr")
    with unless_it_exists():
        ecr.create_repository(repositoryName=repository)
    [found] = ecr.describe_repositories(repositoryNames=[repository])["repositories"]
    if not ecr.list_images(repositoryName=repository)["imageIds"]:
        lab.push(lab.build("products"), found["repositoryUri"])


def deregister(lab: Lab, families: Iterable[str]) -> None:
    """Deregister every active revision of these families."""
    ecs = lab.session.client("ecs")
    for family in families:
        for definition in ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]:
            ecs.deregister_task_definition(taskDefinition=definition)


def _tagged(kind: str, name: str, tags: Iterable[dict[str, str]] = ()) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}, *tags]}]

"""A VPC and its subnets, found again by the name that they carry."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

from labs.chapters.ground import security_groups
from labs.chapters.ground.waiting import until
from labs.checks.model import unless_it_exists

if TYPE_CHECKING:
    from labs.lab import Lab


def create(lab: Lab, name: str, block: str) -> str:
    """A VPC with a public subnet in each of two zones; the VPC's id."""
    vpc, routes = create_vpc(lab, name, block)
    for zone, part in zip(zones(lab), IPv4Network(block).subnets(new_prefix=24), strict=False):
        lead_out(lab, routes, create_subnet(lab, name, vpc, str(part), zone=zone))
    return vpc


def create_vpc(lab: Lab, name: str, block: str) -> tuple[str, str]:
    """A VPC with a way out to the internet; the ids of the VPC and of the route table that leads out."""
    ec2 = lab.session.client("ec2")
    ours = _named(name)
    if not vpc_ids(lab, name):
        ec2.create_vpc(CidrBlock=block, TagSpecifications=_tagged("vpc", name))
    vpc = vpc_id(lab, name)
    if not ec2.describe_internet_gateways(Filters=ours)["InternetGateways"]:
        ec2.create_internet_gateway(TagSpecifications=_tagged("internet-gateway", name))
    [gateway] = ec2.describe_internet_gateways(Filters=ours)["InternetGateways"]
    if not gateway["Attachments"]:
        ec2.attach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc)
    if not ec2.describe_route_tables(Filters=ours)["RouteTables"]:
        ec2.create_route_table(VpcId=vpc, TagSpecifications=_tagged("route-table", name))
    [routes] = ec2.describe_route_tables(Filters=ours)["RouteTables"]
    with unless_it_exists():
        ec2.create_route(
            RouteTableId=routes["RouteTableId"],
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=gateway["InternetGatewayId"],
        )
    return vpc, str(routes["RouteTableId"])


def zones(lab: Lab) -> list[str]:
    """The first two Availability Zones; Local and Wavelength Zones left out."""
    usual = [{"Name": "zone-type", "Values": ["availability-zone"]}]
    found = lab.session.client("ec2").describe_availability_zones(Filters=usual)["AvailabilityZones"]
    return [zone["ZoneName"] for zone in found[:2]]


def create_subnet(
    lab: Lab, name: str, vpc: str, block: str, *, zone: str | None = None, tags: Iterable[dict[str, str]] = ()
) -> str:
    """A subnet of that block, in a zone of AWS's choice when None; its id."""
    ec2 = lab.session.client("ec2")
    placed = {"AvailabilityZone": zone} if zone else {}
    with unless_it_exists():
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=block, TagSpecifications=_tagged("subnet", name, tags), **placed
        )
    this = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "cidr-block", "Values": [block]}]
    [subnet] = ec2.describe_subnets(Filters=this)["Subnets"]
    return str(subnet["SubnetId"])


def lead_out(lab: Lab, routes: str, subnet: str) -> None:
    """Make a subnet public: it takes the route table that leads to the internet."""
    with unless_it_exists():
        lab.session.client("ec2").associate_route_table(RouteTableId=routes, SubnetId=subnet)


def vpc_ids(lab: Lab, name: str) -> list[str]:
    """The VPC of that name, if there is one."""
    return [vpc["VpcId"] for vpc in lab.session.client("ec2").describe_vpcs(Filters=_named(name))["Vpcs"]]


def vpc_id(lab: Lab, name: str) -> str:
    """The VPC of that name."""
    [vpc] = vpc_ids(lab, name)
    return vpc


def subnet_ids(lab: Lab, name: str) -> list[str]:
    """The subnets of that name."""
    subnets = lab.session.client("ec2").describe_subnets(Filters=_named(name))["Subnets"]
    return [subnet["SubnetId"] for subnet in subnets]


def delete(lab: Lab, name: str) -> None:
    """Delete the VPC with all that is in it, also what a learner added; wait for its last network interface to go."""
    ec2 = lab.session.client("ec2")
    for vpc in vpc_ids(lab, name):
        _delete_vpc(ec2, vpc)
    for gateway in ec2.describe_internet_gateways(Filters=_named(name))["InternetGateways"]:
        ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])


def _delete_vpc(ec2: Any, vpc: str) -> None:
    here = [{"Name": "vpc-id", "Values": [vpc]}]
    endpoints = [
        each["VpcEndpointId"]
        for each in ec2.describe_vpc_endpoints(Filters=here)["VpcEndpoints"]
        if not each["State"].lower().startswith("delet")  # those that go are listed for a while
    ]
    if endpoints:
        ec2.delete_vpc_endpoints(VpcEndpointIds=endpoints)
    until(lambda: not ec2.describe_network_interfaces(Filters=here)["NetworkInterfaces"])
    security_groups.delete(ec2, vpc)
    for subnet in ec2.describe_subnets(Filters=here)["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for routes in ec2.describe_route_tables(Filters=here)["RouteTables"]:
        if not any(each.get("Main") for each in routes["Associations"]):  # the main one goes with the VPC
            ec2.delete_route_table(RouteTableId=routes["RouteTableId"])
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    for gateway in ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]:
        ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc)
    ec2.delete_vpc(VpcId=vpc)


def _named(name: str) -> list[dict[str, Any]]:
    return [{"Name": "tag:Name", "Values": [name]}]


def _tagged(kind: str, name: str, tags: Iterable[dict[str, str]] = ()) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}, *tags]}]

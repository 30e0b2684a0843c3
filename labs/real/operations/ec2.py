"""EC2: the network of the lab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from labs.real.ledger import TAG_KEYS, Resource
from labs.real.operations.model import CAPITALS, Named, Params, Table, TagShape, at, change, delete, make
from labs.real.resources import Aws


def _specification(resource_type: str) -> TagShape:
    """EC2's: a list of specifications, one for each type of resource that the call makes."""

    def shape(request: Params, tags: Mapping[str, str]) -> dict[str, Any]:
        given: Iterable[Params] = request.get("TagSpecifications", ())
        own = [
            tag for one in given if one.get("ResourceType") == resource_type for tag in one.get("Tags", ())
        ]
        others = [one for one in given if one.get("ResourceType") != resource_type]
        return {
            "TagSpecifications": [*others, {"ResourceType": resource_type, **CAPITALS({"Tags": own}, tags)}]
        }

    return shape


def _of_association(aws: Aws, request: Params) -> list[Resource]:
    wanted = [{"Name": "association.route-table-association-id", "Values": [request["AssociationId"]]}]
    tables = aws("ec2").describe_route_tables(Filters=wanted)["RouteTables"]
    return [Resource("ec2:route-table", table["RouteTableId"]) for table in tables]


def _by_name(request: Params) -> str | None:
    """A security group's name is not its own: each VPC has a "default"."""
    return "unnamed" if "GroupName" in request else None


EC2_KINDS = {
    "vpc": "ec2:vpc",
    "subnet": "ec2:subnet",
    "sg": "ec2:security-group",
    "rtb": "ec2:route-table",
    "igw": "ec2:internet-gateway",
}


def _ec2_resources(prefix: str) -> Named:
    return Named(
        EC2_KINDS[prefix],
        lambda request: [id_ for id_ in request["Resources"] if id_.rpartition("-")[0] == prefix],
    )


def _odd_tagging(request: Params) -> str | None:
    """EC2's CreateTags takes anything: other kinds than the lab's, and the course's own tags, stay out of reach."""
    if any(id_.rpartition("-")[0] not in EC2_KINDS for id_ in request.get("Resources", ())):
        return "unnamed"
    return "course tags" if any(tag.get("Key") in TAG_KEYS for tag in request.get("Tags", ())) else None


VPC = Named("ec2:vpc", at("VpcId"))
SUBNET = Named("ec2:subnet", at("SubnetId"))
SECURITY_GROUP = Named("ec2:security-group", at("GroupId"))
ROUTE_TABLE = Named("ec2:route-table", at("RouteTableId"))
GATEWAY = Named("ec2:internet-gateway", at("InternetGatewayId"))

EC2: Table = {
    "CreateVpc": make("ec2:vpc", _specification("vpc"), "Vpc.VpcId"),
    "CreateSubnet": make("ec2:subnet", _specification("subnet"), "Subnet.SubnetId", uses=(VPC,)),
    "CreateSecurityGroup": make(
        "ec2:security-group", _specification("security-group"), "GroupId", uses=(VPC,)
    ),
    "CreateRouteTable": make(
        "ec2:route-table", _specification("route-table"), "RouteTable.RouteTableId", uses=(VPC,)
    ),
    "CreateInternetGateway": make(
        "ec2:internet-gateway", _specification("internet-gateway"), "InternetGateway.InternetGatewayId"
    ),
    **change("CreateTags", *map(_ec2_resources, EC2_KINDS), forbids=_odd_tagging),
    **change("ModifyVpcAttribute", VPC),
    **change("ModifySubnetAttribute", SUBNET),
    **change("AttachInternetGateway DetachInternetGateway", GATEWAY, VPC),
    **change("CreateRoute ReplaceRoute DeleteRoute", ROUTE_TABLE),
    **change("AssociateRouteTable", ROUTE_TABLE, SUBNET),
    **change("DisassociateRouteTable", changes_behind=_of_association),
    **change(
        "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress "
        "RevokeSecurityGroupIngress RevokeSecurityGroupEgress",
        SECURITY_GROUP,
        forbids=_by_name,
    ),
    "DeleteVpc": delete("ec2:vpc", at("VpcId")),
    "DeleteSubnet": delete("ec2:subnet", at("SubnetId")),
    "DeleteSecurityGroup": delete("ec2:security-group", at("GroupId"), forbids=_by_name),
    "DeleteRouteTable": delete("ec2:route-table", at("RouteTableId")),
    "DeleteInternetGateway": delete("ec2:internet-gateway", at("InternetGatewayId")),
}

"""EC2: the network of the lab, and the few small instances on which ECS runs tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from labs.real.ledger import TAG_KEYS, Resource
from labs.real.operations.model import (
    CAPITALS,
    Named,
    Params,
    Table,
    TagShape,
    at,
    change,
    delete,
    make,
    without,
)
from labs.real.resources.model import Aws


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
    "vpce": "ec2:vpc-endpoint",
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


def _odd_endpoint(request: Params) -> str | None:
    """Endpoints lead to AWS's own services in this Region: others have an owner who must agree, or a price."""
    kind, service = request.get("VpcEndpointType", "Gateway"), request.get("ServiceName", "")
    known = kind in ("Gateway", "Interface") and service.startswith(_AWS_SERVICES) and ".vpce." not in service
    odd = {"SubnetConfigurations", "ServiceNetworkArn", "ResourceConfigurationArn", "ServiceRegion"}
    return None if known and not odd & set(request) else "parameter"


_AWS_SERVICES = ("com.amazonaws.", "aws.")  # not those of a Marketplace seller or of another account

INSTANCE_TYPES = frozenset({"t3.micro", "t3.small", "t3.medium"})
INSTANCES = 3
"""At a time: what the notebook needs."""
STANDARD = {"CreditSpecification": {"CpuCredits": "standard"}}
"""T3 instances are "unlimited" where nothing is said: what they burst beyond their credits would be paid for."""
_OF_INSTANCES = frozenset(
    {
        "MinCount",
        "MaxCount",
        "ImageId",
        "InstanceType",
        "SubnetId",
        "SecurityGroupIds",
        "UserData",
        "IamInstanceProfile",
        "TagSpecifications",
        "ClientToken",
        "DryRun",
    }
)


def _odd_instance(request: Params) -> str | None:
    """Small ones, in a subnet of the run's; nothing that would stay behind or keep them from ending."""
    fit = (
        set(request) <= _OF_INSTANCES
        and request.get("InstanceType") in INSTANCE_TYPES
        and "SubnetId" in request
    )
    return None if fit else "instance"


_OF_TEMPLATES = frozenset({"ImageId", "InstanceType", "IamInstanceProfile", "UserData", "NetworkInterfaces"})
_OF_INTERFACES = frozenset({"DeviceIndex", "AssociatePublicIpAddress", "Groups"})


def _odd_template(request: Params) -> str | None:
    """The same for what a group starts; its subnets are the group's."""
    data = request.get("LaunchTemplateData", {})
    fit = (
        set(data) <= _OF_TEMPLATES
        and data.get("InstanceType") in INSTANCE_TYPES
        and all(set(interface) <= _OF_INTERFACES for interface in data.get("NetworkInterfaces", ()))
    )
    return None if fit else "instance"


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
    "CreateVpcEndpoint": make(
        "ec2:vpc-endpoint",
        _specification("vpc-endpoint"),
        "VpcEndpoint.VpcEndpointId",
        uses=(
            VPC,
            Named("ec2:subnet", at("SubnetIds")),
            Named("ec2:security-group", at("SecurityGroupIds")),
            Named("ec2:route-table", at("RouteTableIds")),
        ),
        forbids=_odd_endpoint,
    ),
    "RunInstances": make(
        "ec2:instance",
        _specification("instance"),
        "Instances[].InstanceId",
        uses=(
            SUBNET,
            Named("ec2:security-group", at("SecurityGroupIds")),
            Named("iam:instance-profile", at("IamInstanceProfile.[Name, Arn][?@]")),
        ),
        sets=STANDARD,
        at_most=INSTANCES,
        wanted=lambda request: int(request.get("MaxCount", 1)),
        forbids=_odd_instance,
    ),
    "CreateLaunchTemplate": make(
        "ec2:launch-template",
        _specification("launch-template"),
        "LaunchTemplate.LaunchTemplateName",
        at("LaunchTemplateName"),
        uses=(
            Named("ec2:security-group", at("LaunchTemplateData.NetworkInterfaces[].Groups[]")),
            Named("iam:instance-profile", at("LaunchTemplateData.IamInstanceProfile.[Name, Arn][?@]")),
        ),
        sets={"LaunchTemplateData": STANDARD},
        forbids=_odd_template,
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
    "TerminateInstances": delete("ec2:instance", at("InstanceIds")),
    "DeleteLaunchTemplate": delete(
        "ec2:launch-template", at("LaunchTemplateName"), forbids=without("LaunchTemplateId")
    ),
    "DeleteVpcEndpoints": delete("ec2:vpc-endpoint", at("VpcEndpointIds")),
    "DeleteVpc": delete("ec2:vpc", at("VpcId")),
    "DeleteSubnet": delete("ec2:subnet", at("SubnetId")),
    "DeleteSecurityGroup": delete("ec2:security-group", at("GroupId"), forbids=_by_name),
    "DeleteRouteTable": delete("ec2:route-table", at("RouteTableId")),
    "DeleteInternetGateway": delete("ec2:internet-gateway", at("InternetGatewayId")),
}

"""AWS::EC2::VPC, Subnet, InternetGateway and VPCGatewayAttachment."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from labs.cloud.cloudformation.resource import Context
from labs.cloud.cloudformation.resources.base import Change, Properties, until_accepted
from labs.cloud.cloudformation.resources.ec2 import IN_USE, Ec2Type
from labs.cloud.cloudformation.resources.schema import (
    BOOLEAN,
    INTEGER,
    STRING,
    TAGS,
    Structure,
    direct,
    own,
    unemulated,
)


class Switched(Ec2Type):
    """A type of which some properties are switches, that the API turns one at a time after the creation."""

    switches: ClassVar[Mapping[str, bool]]  # property → its value where none is given

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        for switch in self.switches:
            if switch in p:
                self._switch(context, physical_id, switch, p[switch])

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        for switch, default in self.switches.items():
            if change.touches(switch):
                self._switch(context, physical_id, switch, change.new.get(switch, default))
        self.retag(context, physical_id, change)

    def _switch(self, context: Context, physical_id: str, name: str, value: bool) -> None:
        raise NotImplementedError


class Vpc(Switched):
    """Ref: the id."""

    name = "AWS::EC2::VPC"
    kind = "vpc"
    fixed = frozenset({"CidrBlock", "InstanceTenancy", "Ipv4IpamPoolId", "Ipv4NetmaskLength"})
    gone = frozenset({"InvalidVpcID.NotFound"})
    switches: ClassVar = {"EnableDnsSupport": True, "EnableDnsHostnames": False}

    def properties(self) -> Structure:
        return (
            direct(CidrBlock=STRING, InstanceTenancy=STRING, Ipv4IpamPoolId=STRING, Ipv4NetmaskLength=INTEGER)
            | own(EnableDnsHostnames=BOOLEAN, EnableDnsSupport=BOOLEAN, Tags=TAGS)
            | unemulated("VpcEncryptionControl")
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {**self.api(p), **self.tags(context, p)}
        return str(self.client(context).create_vpc(**given)["Vpc"]["VpcId"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        client = self.client(context)
        vpc = client.describe_vpcs(VpcIds=[physical_id])["Vpcs"][0]
        mine = [{"Name": "vpc-id", "Values": [physical_id]}]
        default = [{"Name": "group-name", "Values": ["default"]}]
        groups = client.describe_security_groups(Filters=mine + default)["SecurityGroups"]
        lists = client.describe_network_acls(Filters=mine)["NetworkAcls"]
        return {
            "VpcId": physical_id,
            "CidrBlock": vpc["CidrBlock"],
            "CidrBlockAssociations": [
                entry["AssociationId"] for entry in vpc.get("CidrBlockAssociationSet", [])
            ],
            "Ipv6CidrBlocks": [
                entry["Ipv6CidrBlock"] for entry in vpc.get("Ipv6CidrBlockAssociationSet", [])
            ],
            "DefaultSecurityGroup": groups[0]["GroupId"] if groups else "",
            "DefaultNetworkAcl": next((acl["NetworkAclId"] for acl in lists if acl["IsDefault"]), ""),
        }

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        client = self.client(context)
        until_accepted(context, lambda: client.delete_vpc(VpcId=physical_id), IN_USE, "the VPC to be unused")

    def _switch(self, context: Context, physical_id: str, name: str, value: bool) -> None:
        self.client(context).modify_vpc_attribute(VpcId=physical_id, **{name: {"Value": value}})


class Subnet(Switched):
    """Ref: the id."""

    name = "AWS::EC2::Subnet"
    kind = "subnet"
    fixed = frozenset(
        {"AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "Ipv6Native", "OutpostArn", "VpcId"}
    )
    gone = frozenset({"InvalidSubnetID.NotFound"})
    switches: ClassVar = dict.fromkeys(
        ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation", "EnableDns64"), False
    )

    def properties(self) -> Structure:
        return (
            direct(
                required=("VpcId",),
                VpcId=STRING,
                AvailabilityZone=STRING,
                AvailabilityZoneId=STRING,
                CidrBlock=STRING,
                Ipv6CidrBlock=STRING,
                Ipv6Native=BOOLEAN,
                OutpostArn=STRING,
            )
            | own(
                MapPublicIpOnLaunch=BOOLEAN,
                AssignIpv6AddressOnCreation=BOOLEAN,
                EnableDns64=BOOLEAN,
                Tags=TAGS,
            )
            | unemulated(
                "EnableLniAtDeviceIndex",
                "Ipv4IpamPoolId",
                "Ipv4NetmaskLength",
                "Ipv6IpamPoolId",
                "Ipv6NetmaskLength",
                "PrivateDnsNameOptionsOnLaunch",
            )
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {**self.api(p), **self.tags(context, p)}
        return str(self.client(context).create_subnet(**given)["Subnet"]["SubnetId"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        client = self.client(context)
        subnet = client.describe_subnets(SubnetIds=[physical_id])["Subnets"][0]
        mine = [{"Name": "association.subnet-id", "Values": [physical_id]}]
        lists = client.describe_network_acls(Filters=mine)["NetworkAcls"]
        associations = [
            entry["NetworkAclAssociationId"]
            for acl in lists
            for entry in acl["Associations"]
            if entry["SubnetId"] == physical_id
        ]
        return {
            "SubnetId": physical_id,
            "VpcId": subnet["VpcId"],
            "CidrBlock": subnet["CidrBlock"],
            "AvailabilityZone": subnet["AvailabilityZone"],
            "AvailabilityZoneId": subnet.get("AvailabilityZoneId", ""),
            "OutpostArn": subnet.get("OutpostArn", ""),
            "Ipv6CidrBlocks": [
                entry["Ipv6CidrBlock"] for entry in subnet.get("Ipv6CidrBlockAssociationSet", [])
            ],
            "NetworkAclAssociationId": associations[0] if associations else "",
        }

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        client = self.client(context)
        until_accepted(
            context, lambda: client.delete_subnet(SubnetId=physical_id), IN_USE, "the subnet to be unused"
        )

    def _switch(self, context: Context, physical_id: str, name: str, value: bool) -> None:
        self.client(context).modify_subnet_attribute(SubnetId=physical_id, **{name: {"Value": value}})


class InternetGateway(Ec2Type):
    """Ref: the id."""

    name = "AWS::EC2::InternetGateway"
    kind = "internet-gateway"
    gone = frozenset({"InvalidInternetGatewayID.NotFound"})

    def properties(self) -> Structure:
        return own(Tags=TAGS)

    def make(self, context: Context, p: Properties) -> str:
        answer = self.client(context).create_internet_gateway(**self.tags(context, p))
        return str(answer["InternetGateway"]["InternetGatewayId"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"InternetGatewayId": physical_id}

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_internet_gateway(InternetGatewayId=physical_id)


class VpcGatewayAttachment(Ec2Type):
    """Ref: "IGW|" and the VPC. VPN gateways are not emulated, so the internet gateway is required."""

    name = "AWS::EC2::VPCGatewayAttachment"
    fixed = frozenset({"VpcId"})
    gone = frozenset({"Gateway.NotAttached", "InvalidInternetGatewayID.NotFound", "InvalidVpcID.NotFound"})

    def properties(self) -> Structure:
        return direct(required=("VpcId", "InternetGatewayId"), VpcId=STRING, InternetGatewayId=STRING) | (
            unemulated("VpnGatewayId")
        )

    def make(self, context: Context, p: Properties) -> str:
        self.client(context).attach_internet_gateway(**self.api(p))
        return f"IGW|{p['VpcId']}"

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"AttachmentType": "IGW"}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        self.remove(context, physical_id, change.old)
        self.make(context, change.new)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        client, busy = self.client(context), IN_USE  # public addresses that are still mapped
        given = self.api(p)
        until_accepted(
            context,
            lambda: client.detach_internet_gateway(**given),
            busy,
            "the public addresses to be released",
        )


TYPES = (Vpc, Subnet, InternetGateway, VpcGatewayAttachment)

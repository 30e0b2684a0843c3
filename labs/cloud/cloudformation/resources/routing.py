"""AWS::EC2::RouteTable, Route, SubnetRouteTableAssociation, NatGateway, EIP and VPCEndpoint: the ways out of a VPC."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context, ReplacementNeeded
from labs.cloud.cloudformation.resources.base import PATIENCE, Change, Properties, until_accepted
from labs.cloud.cloudformation.resources.ec2 import IN_USE, Ec2Type
from labs.cloud.cloudformation.resources.schema import (
    BOOLEAN,
    INTEGER,
    JSON,
    STRING,
    TAGS,
    ListOf,
    Structure,
    direct,
    from_api,
    own,
    unemulated,
)


class RouteTable(Ec2Type):
    """Ref: the id."""

    name = "AWS::EC2::RouteTable"
    kind = "route-table"
    fixed = frozenset({"VpcId"})
    gone = frozenset({"InvalidRouteTableID.NotFound"})

    def properties(self) -> Structure:
        return direct(required=("VpcId",), VpcId=STRING) | own(Tags=TAGS)

    def make(self, context: Context, p: Properties) -> str:
        given = {**self.api(p), **self.tags(context, p)}
        return str(self.client(context).create_route_table(**given)["RouteTable"]["RouteTableId"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"RouteTableId": physical_id}

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        client = self.client(context)
        until_accepted(
            context,
            lambda: client.delete_route_table(RouteTableId=physical_id),
            IN_USE,
            "the route table to be unused",
        )


class Route(Ec2Type):
    """Ref: the table and the destination. Another target replaces the route in place."""

    name = "AWS::EC2::Route"
    DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
    fixed = frozenset({"RouteTableId", *DESTINATIONS})
    gone = frozenset({"InvalidRoute.NotFound", "InvalidRouteTableID.NotFound"})

    def properties(self) -> Structure:
        return from_api(
            "ec2",
            "CreateRouteRequest",
            required=("RouteTableId",),
            without=("DryRun",),
        )

    def make(self, context: Context, p: Properties) -> str:
        self.client(context).create_route(**self.api(p))
        return f"{p['RouteTableId']}|{self._destination(p)}"

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"CidrBlock": self._destination(p)}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        self.client(context).replace_route(**self.api(change.new))

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_route(**self.api(p, "RouteTableId", *self.DESTINATIONS))

    def _destination(self, p: Properties) -> str:
        return next((p[name] for name in self.DESTINATIONS if name in p), "")


class SubnetRouteTableAssociation(Ec2Type):
    """Ref: the id of the association."""

    name = "AWS::EC2::SubnetRouteTableAssociation"
    fixed = frozenset({"RouteTableId", "SubnetId"})
    gone = frozenset({"InvalidAssociationID.NotFound"})

    def properties(self) -> Structure:
        return direct(required=("RouteTableId", "SubnetId"), RouteTableId=STRING, SubnetId=STRING)

    def make(self, context: Context, p: Properties) -> str:
        return str(self.client(context).associate_route_table(**self.api(p))["AssociationId"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Id": physical_id}

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).disassociate_route_table(AssociationId=physical_id)


class NatGateway(Ec2Type):
    """Created once it is available, deleted once it is. Ref: the id."""

    name = "AWS::EC2::NatGateway"
    kind = "natgateway"
    gone = frozenset({"NatGatewayNotFound"})

    def properties(self) -> Structure:
        return (
            direct(
                required=("SubnetId",),
                AllocationId=STRING,
                ConnectivityType=STRING,
                PrivateIpAddress=STRING,
                SecondaryAllocationIds=ListOf(STRING),
                SecondaryPrivateIpAddressCount=INTEGER,
                SecondaryPrivateIpAddresses=ListOf(STRING),
                SubnetId=STRING,
            )
            | own(Tags=TAGS)
            | unemulated("AvailabilityMode", "AvailabilityZoneAddresses", "MaxDrainDurationSeconds", "VpcId")
        )

    def immutable(self) -> frozenset[str]:
        return frozenset(self.schema.members) - {"Tags"}

    def make(self, context: Context, p: Properties) -> str:
        given = {**self.api(p), **self.tags(context, p)}
        return str(self.client(context).create_nat_gateway(**given)["NatGateway"]["NatGatewayId"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        context.wait(
            lambda: self._state(context, physical_id) == "available",
            "the NAT gateway to be available",
            PATIENCE,
        )

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        answer = self.client(context).describe_nat_gateways(NatGatewayIds=[physical_id])
        addresses = answer["NatGateways"][0].get("NatGatewayAddresses") or [{}]
        return {"NatGatewayId": physical_id, "EniId": addresses[0].get("NetworkInterfaceId", "")}

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_nat_gateway(NatGatewayId=physical_id)
        context.wait(
            lambda: self._state(context, physical_id) == "deleted", "the NAT gateway to be deleted", PATIENCE
        )

    def _state(self, context: Context, gateway: str) -> str:
        found = self.exists(
            lambda: self.client(context).describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"]
        )
        return found[0]["State"] if found else "deleted"


class Eip(Ec2Type):
    """Ref: the address."""

    name = "AWS::EC2::EIP"
    kind = "elastic-ip"
    fixed = frozenset({"Address", "Domain", "NetworkBorderGroup"})
    gone = frozenset({"InvalidAddress.NotFound", "InvalidAllocationID.NotFound"})

    def properties(self) -> Structure:
        return (
            direct(Address=STRING, Domain=STRING, NetworkBorderGroup=STRING, PublicIpv4Pool=STRING)
            | own(InstanceId=STRING, Tags=TAGS)
            | unemulated("IpamPoolId", "TransferAddress")
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {"Domain": "vpc", **self.api(p), **self.tags(context, p)}
        return str(self.client(context).allocate_address(**given)["PublicIp"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        if "InstanceId" in p:
            self.client(context).associate_address(
                AllocationId=self._describe(context, physical_id)["AllocationId"], InstanceId=p["InstanceId"]
            )

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {
            "PublicIp": physical_id,
            "AllocationId": self._describe(context, physical_id)["AllocationId"],
        }

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        if change.touches("PublicIpv4Pool"):
            raise ReplacementNeeded
        address = self._describe(context, physical_id)
        if change.touches("InstanceId"):
            if "AssociationId" in address:
                self.client(context).disassociate_address(AssociationId=address["AssociationId"])
            self.finish(context, physical_id, change.new)
        self.retag(context, address["AllocationId"], change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        client, address = self.client(context), self._describe(context, physical_id)
        if "InstanceId" in p and "AssociationId" in address:
            client.disassociate_address(AssociationId=address["AssociationId"])
        until_accepted(
            context,
            lambda: client.release_address(AllocationId=address["AllocationId"]),
            frozenset({"InvalidIPAddress.InUse"}),
            "the address to be unused",
        )

    def _describe(self, context: Context, address: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.client(context).describe_addresses(PublicIps=[address])["Addresses"][
            0
        ]
        return found


class VpcEndpoint(Ec2Type):
    """Ref: the id."""

    name = "AWS::EC2::VPCEndpoint"
    kind = "vpc-endpoint"
    fixed = frozenset({"ServiceName", "VpcEndpointType", "VpcId"})
    gone = frozenset({"InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"})
    LISTS = ("RouteTableIds", "SecurityGroupIds", "SubnetIds")

    def properties(self) -> Structure:
        return (
            direct(
                required=("VpcId", "ServiceName"),
                VpcId=STRING,
                ServiceName=STRING,
                VpcEndpointType=STRING,
                IpAddressType=STRING,
                PolicyDocument=JSON,
                PrivateDnsEnabled=BOOLEAN,
                RouteTableIds=ListOf(STRING),
                SecurityGroupIds=ListOf(STRING),
                SubnetIds=ListOf(STRING),
            )
            | own(Tags=TAGS)
            | unemulated("DnsOptions", "ResourceConfigurationArn", "ServiceNetworkArn", "ServiceRegion")
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {**self.api(p), **self.tags(context, p)}
        return str(self.client(context).create_vpc_endpoint(**given)["VpcEndpoint"]["VpcEndpointId"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        context.wait(
            lambda: self._state(context, physical_id) == "available",
            "the endpoint to be available",
            PATIENCE,
        )

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        found = self._describe(context, physical_id)
        return {
            "Id": physical_id,
            "CreationTimestamp": str(found.get("CreationTimestamp", "")),
            "DnsEntries": [
                f"{entry.get('HostedZoneId', '')}:{entry['DnsName']}" for entry in found.get("DnsEntries", [])
            ],
            "NetworkInterfaceIds": found.get("NetworkInterfaceIds", []),
        }

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        given = self.api(
            {
                name: value
                for name, value in change.new.items()
                if name in change.names and name not in self.LISTS
            }
        )
        for name in self.LISTS:
            old, new = change.old.get(name, []), change.new.get(name, [])
            if added := [item for item in new if item not in old]:
                given[f"Add{name}"] = added
            if removed := [item for item in old if item not in new]:
                given[f"Remove{name}"] = removed
        if given:
            self.client(context).modify_vpc_endpoint(VpcEndpointId=physical_id, **given)
        self.retag(context, physical_id, change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        if self._state(context, physical_id) != "deleted":
            self.client(context).delete_vpc_endpoints(VpcEndpointIds=[physical_id])
        context.wait(
            lambda: self._state(context, physical_id) == "deleted", "the endpoint to be deleted", PATIENCE
        )

    def _state(self, context: Context, endpoint: str) -> str:
        found = self.exists(lambda: self._describe(context, endpoint)) or {}
        return str(found.get("State", "deleted")).lower()

    def _describe(self, context: Context, endpoint: str) -> Mapping[str, Any]:
        found = self.client(context).describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
        return found[0] if found else {}


TYPES = (RouteTable, Route, SubnetRouteTableAssociation, NatGateway, Eip, VpcEndpoint)

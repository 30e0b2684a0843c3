"""Subnets: in use they stay, and a deleted one leaves its route table."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.cloud.conftest import RunningCloud


def test_a_subnet_with_an_interface_is_not_deleted(cloud: RunningCloud) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    with pytest.raises(ClientError) as refused:
        ec2.delete_subnet(SubnetId=subnet)
    assert refused.value.response["Error"]["Code"] == "DependencyViolation"
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    ec2.delete_subnet(SubnetId=subnet)
    with pytest.raises(ClientError, match=subnet):
        ec2.describe_subnets(SubnetIds=[subnet])


def test_a_deleted_subnet_leaves_its_route_table(cloud: RunningCloud) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    gone, stays = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.2.{number}.0/24")["Subnet"]["SubnetId"]
        for number in (0, 1)
    )
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    for subnet in (gone, stays):
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    ec2.delete_subnet(SubnetId=gone)
    described = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
    assert [association.get("SubnetId") for association in described["Associations"]] == [stays]

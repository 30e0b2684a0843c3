"""Who reaches whom: decisions over written networks, and what is read out of a running cloud's EC2."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from labs.cloud.network_paths import (
    ANYWHERE,
    AclEntry,
    Endpoint,
    NatGateway,
    Network,
    Permission,
    Place,
    Route,
    SecurityGroup,
    Subnet,
    Vpc,
)

LOCAL = Route("local", "10.0.0.0/16")
PUBLIC = Subnet("vpc-1", "10.0.0.0/24", (LOCAL, Route("igw-1", ANYWHERE)))
PRIVATE = Subnet("vpc-1", "10.0.1.0/24", (LOCAL,))
WITH_NAT = Subnet("vpc-1", "10.0.2.0/24", (LOCAL, Route("nat-1", ANYWHERE)))
TASKS = SecurityGroup(inbound=(Permission(ports=(8080, 8080), group="sg-front"),))
SHOP = Network(
    vpcs={"vpc-1": Vpc("sg-default"), "vpc-2": Vpc()},
    subnets={
        "public": PUBLIC,
        "private": PRIVATE,
        "with-nat": WITH_NAT,
        "far": Subnet("vpc-2", "10.9.0.0/24"),
    },
    groups={
        "sg-default": SecurityGroup(inbound=(Permission("-1", group="sg-default"),)),
        "sg-front": SecurityGroup(inbound=(Permission(ports=(80, 80), block=ANYWHERE),)),
        "sg-tasks": TASKS,
        "sg-shut": SecurityGroup(outbound=()),
        "sg-https": SecurityGroup(inbound=(Permission(ports=(443, 443), block="10.0.0.0/16"),)),
    },
    nat_gateways={"nat-1": NatGateway("public")},
    internet_gateways={"igw-1": "vpc-1"},
)


def out(
    subnet: str, *groups: str, network: Network = SHOP, public_ip: bool = False, service: str = "ecr.api"
) -> str | None:
    return network.way_out(Place(subnet, groups or ("sg-tasks",)), public_ip, service)


def changed(network: Network, kind: str, **items: Any) -> Network:
    return replace(network, **{kind: {**getattr(network, kind), **items}})


# To AWS services


def test_a_public_subnet_needs_a_public_address() -> None:
    assert out("public", public_ip=True) is None
    assert "assignPublicIp is DISABLED" in (out("public") or "")


def test_a_private_subnet_has_no_way_out_even_with_an_address() -> None:
    assert "no route to 0.0.0.0/0" in (out("private", public_ip=True) or "")


def test_a_detached_internet_gateway_leads_nowhere() -> None:
    network = changed(SHOP, "internet_gateways", **{"igw-1": None})
    assert "not attached to vpc-1" in (out("public", network=network, public_ip=True) or "")


def test_a_nat_gateway_is_a_way_out_when_it_stands_in_a_public_subnet() -> None:
    assert out("with-nat") is None
    for gateway, why in (
        (NatGateway("private"), "no route to an internet gateway"),
        (NatGateway("public", public=False), "private NAT gateway"),
    ):
        assert why in (out("with-nat", network=changed(SHOP, "nat_gateways", **{"nat-1": gateway})) or "")
    assert "does not exist any more" in (out("with-nat", network=replace(SHOP, nat_gateways={})) or "")


def test_what_is_not_followed_is_said() -> None:
    subnet = replace(PRIVATE, routes=(LOCAL, Route("tgw-1", ANYWHERE)))
    assert "tgw-1, which the local cloud does not follow" in (
        out("private", network=changed(SHOP, "subnets", private=subnet)) or ""
    )


def test_outbound_rules_count() -> None:
    assert "sg-shut do not allow port 443" in (out("public", "sg-shut", public_ip=True) or "")
    assert out("public", "sg-shut", "sg-tasks", public_ip=True) is None


@pytest.mark.parametrize(
    ("acl", "why"),
    [
        ((), "does not let port 443 out"),
        ((AclEntry(100, True, True),), "answers in"),
        ((AclEntry(90, False, True, "6", ANYWHERE, (443, 443)), AclEntry(100, True, True)), "443 out"),
    ],
)
def test_network_acls_are_stateless_and_ordered(acl: tuple[AclEntry, ...], why: str) -> None:
    network = changed(SHOP, "subnets", public=replace(PUBLIC, acl=acl))
    assert why in (out("public", network=network, public_ip=True) or "")


def test_an_interface_endpoint_replaces_the_internet() -> None:
    endpoint = Endpoint("vpc-1", "ecr.api", True, ("private",), ("sg-https",))
    network = changed(SHOP, "endpoints", **{"vpce-1": endpoint})
    assert out("private", network=network) is None
    assert out("private", network=network, service="ecr.dkr") is not None
    shut = changed(network, "endpoints", **{"vpce-1": replace(endpoint, groups=("sg-tasks",))})
    assert "the inbound rules of sg-tasks do not allow port 443" in (out("private", network=shut) or "")
    # The service's name leads to the endpoint, so that an internet gateway does not help.
    assert "vpce-1" in (out("public", network=shut, public_ip=True) or "")


def test_without_private_dns_an_endpoint_is_not_found() -> None:
    endpoint = Endpoint("vpc-1", "ecr.api", True, ("private",), ("sg-https",), private_dns=False)
    assert out("private", network=changed(SHOP, "endpoints", **{"vpce-1": endpoint})) is not None
    named = changed(SHOP, "endpoints", **{"vpce-1": replace(endpoint, private_dns=True)})
    nameless = changed(named, "vpcs", **{"vpc-1": Vpc("sg-default", hostnames=False)})
    assert out("private", network=nameless) is not None
    deaf = changed(named, "vpcs", **{"vpc-1": Vpc("sg-default", resolves=False)})
    assert "enableDnsSupport" in (out("private", network=deaf) or "")


def test_an_s3_gateway_endpoint_works_where_its_route_is() -> None:
    routed = replace(PRIVATE, routes=(LOCAL, Route("vpce-3", prefix_list="pl-s3")))
    network = changed(SHOP, "endpoints", **{"vpce-3": Endpoint("vpc-1", "s3", False)})
    assert out("private", network=network, service="s3") is not None
    network = changed(network, "subnets", private=routed)
    assert out("private", network=network, service="s3") is None
    assert out("private", network=network, service="dynamodb") is not None
    only_s3 = SecurityGroup(outbound=(Permission(ports=(443, 443), prefix_list="pl-s3"),))
    network = changed(network, "groups", **{"sg-s3": only_s3})
    assert out("private", "sg-s3", network=network, service="s3") is None
    assert out("public", "sg-s3", network=network, public_ip=True, service="logs") is not None


def test_what_a_request_goes_to_first() -> None:
    def first(subnet: str, service: str, network: Network) -> str | None:
        return network.leads_to(Place(subnet, ("sg-tasks",)), service)

    endpoint = Endpoint("vpc-1", "ecr.api", True, ("private",), ("sg-shut",))
    network = changed(SHOP, "endpoints", **{"vpce-1": endpoint, "vpce-3": Endpoint("vpc-1", "s3", False)})
    routed = replace(WITH_NAT, routes=(*WITH_NAT.routes, Route("vpce-3", prefix_list="pl-s3")))
    network = changed(network, "subnets", **{"with-nat": routed})
    assert first("public", "ecr.api", network) == "vpce-1", "also where it leads nowhere"
    assert first("public", "ecr.dkr", network) == "igw-1"
    assert first("with-nat", "logs", network) == "nat-1"
    assert first("with-nat", "s3", network) == "vpce-3"
    assert first("private", "logs", network) is None
    nameless = changed(network, "vpcs", **{"vpc-1": Vpc("sg-default", hostnames=False)})
    assert first("public", "ecr.api", nameless) == "igw-1"


def test_the_reason_is_in_the_learners_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_LANG", "fr")
    assert "n’a pas de route vers 0.0.0.0/0" in (out("private") or "")


def test_an_unknown_subnet_is_a_reason() -> None:
    assert "does not exist" in (out("nowhere") or "")


# From a load balancer to a task

FRONT = Place("public", ("sg-front",))


def test_a_group_is_let_in_by_its_name() -> None:
    assert SHOP.between(FRONT, Place("private", ("sg-tasks",)), 8080) is None
    assert "port 9000" in (SHOP.between(FRONT, Place("private", ("sg-tasks",)), 9000) or "")
    stranger = Place("public", ("sg-default",))
    assert "from sg-default" in (SHOP.between(stranger, Place("private", ("sg-tasks",)), 8080) or "")


def test_a_block_lets_in_whole_subnets() -> None:
    groups = {"sg-block": SecurityGroup(inbound=(Permission(block="10.0.0.0/24"),))}
    network = changed(SHOP, "groups", **groups)
    assert network.between(FRONT, Place("private", ("sg-block",)), 80) is None
    assert network.between(Place("with-nat", ("sg-front",)), Place("private", ("sg-block",)), 80) is not None


def test_without_groups_the_default_one_holds() -> None:
    assert SHOP.between(Place("public"), Place("private"), 8080) is None
    assert SHOP.between(FRONT, Place("private"), 8080) is not None


def test_udp_rules_do_not_open_tcp_ports() -> None:
    network = changed(SHOP, "groups", **{"sg-udp": SecurityGroup((Permission("udp", block=ANYWHERE),))})
    assert network.between(FRONT, Place("private", ("sg-udp",)), 8080) is not None


def test_a_load_balancers_own_outbound_rules_count() -> None:
    assert "outbound rules of sg-shut" in (
        SHOP.between(Place("public", ("sg-shut",)), Place("private", ("sg-tasks",)), 8080) or ""
    )


def test_network_acls_watch_borders_between_subnets_only() -> None:
    closed = changed(SHOP, "subnets", private=replace(PRIVATE, acl=()))
    assert "network ACL of private" in (closed.between(FRONT, Place("private", ("sg-tasks",)), 8080) or "")
    assert closed.between(Place("private", ("sg-front",)), Place("private", ("sg-tasks",)), 8080) is None


def test_vpcs_are_apart() -> None:
    assert "different VPCs" in (SHOP.between(FRONT, Place("far", ("sg-tasks",)), 8080) or "")


# Out of a running cloud's EC2


def test_the_shop_of_the_lab_is_reachable() -> None:
    import boto3
    from moto import mock_aws
    from moto.core import DEFAULT_ACCOUNT_ID

    from labs.cloud.aws.ec2.snapshot import read

    with mock_aws():
        ec2 = boto3.client("ec2", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet, inner = (
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")["Subnet"]["SubnetId"]
            for number in (0, 1)
        )
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, GatewayId=gateway)
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        front, tasks = (
            ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
            for name in ("front", "tasks")
        )
        ec2.authorize_security_group_ingress(
            GroupId=tasks,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 8080,
                    "ToPort": 8080,
                    "UserIdGroupPairs": [{"GroupId": front}],
                }
            ],
        )
        network = read(DEFAULT_ACCOUNT_ID, "us-east-1")
        here, there = Place(subnet, (tasks,)), Place(inner, (tasks,))
        assert network.way_out(here, True, "ecr.api") is None
        assert network.way_out(there, True, "ecr.api") is not None
        assert network.between(Place(inner, (front,)), here, 8080) is None
        assert network.between(Place(inner, (front,)), here, 80) is not None

        ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName="com.amazonaws.us-east-1.s3",
            VpcEndpointType="Gateway",
            RouteTableIds=[
                each["RouteTableId"]
                for each in ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
                    "RouteTables"
                ]
                if each["RouteTableId"] != table
            ],
        )
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName="com.amazonaws.us-east-1.ecr.api",
            VpcEndpointType="Interface",
            SubnetIds=[inner],
            SecurityGroupIds=[tasks],
        )
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        network = read(DEFAULT_ACCOUNT_ID, "us-east-1")
        assert network.way_out(there, False, "s3") is None
        assert "vpce-" in (network.way_out(there, False, "ecr.api") or "")
        ec2.authorize_security_group_ingress(
            GroupId=tasks,
            IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
            ],
        )
        assert read(DEFAULT_ACCOUNT_ID, "us-east-1").way_out(there, False, "ecr.api") is None

        acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
        [old] = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [inner]}])[
            "NetworkAcls"
        ]
        [kept] = [each for each in old["Associations"] if each["SubnetId"] == inner]
        ec2.replace_network_acl_association(AssociationId=kept["NetworkAclAssociationId"], NetworkAclId=acl)
        network = read(DEFAULT_ACCOUNT_ID, "us-east-1")
        assert "network ACL" in (network.way_out(there, False, "s3") or "")

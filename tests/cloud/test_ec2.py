"""Subnets: in use they stay, and a deleted one leaves its route table."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.cloud.running import RunningCloud


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


def test_blocks_lose_the_bits_of_a_host(cloud: RunningCloud) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.1.7/16")["Vpc"]
    more = ec2.associate_vpc_cidr_block(VpcId=vpc["VpcId"], CidrBlock="10.10.1.7/16")["CidrBlockAssociation"]
    subnet = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.9.1.1/24")["Subnet"]
    assert (vpc["CidrBlock"], more["CidrBlock"], subnet["CidrBlock"]) == (
        "10.9.0.0/16", "10.10.0.0/16", "10.9.1.0/24",
    )  # fmt: skip
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        ec2.create_vpc(CidrBlock="10.9/x")


def test_the_default_network_is_open_as_on_aws(cloud: RunningCloud) -> None:
    ec2 = cloud.client("ec2")
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    here = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    [table] = ec2.describe_route_tables(Filters=here)["RouteTables"]
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc["VpcId"]]}]
    [gateway] = ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]
    routes = {route["DestinationCidrBlock"]: route["GatewayId"] for route in table["Routes"]}
    assert routes == {vpc["CidrBlock"]: "local", "0.0.0.0/0": gateway["InternetGatewayId"]}


def test_a_default_security_group_lets_its_members_in(cloud: RunningCloud) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    [group] = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    [rule] = group["IpPermissions"]
    assert (rule["IpProtocol"], rule["IpRanges"]) == ("-1", [])
    assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [group["GroupId"]]
    ec2.delete_vpc(VpcId=vpc)


def test_run_instances_starts_as_many_as_it_may(cloud: RunningCloud) -> None:
    ec2, iam = cloud.client("ec2"), cloud.client("iam")
    iam.create_instance_profile(InstanceProfileName="fleet")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    made = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=3, InstanceType="t3.micro", IamInstanceProfile={"Name": "fleet"}
    )["Instances"]
    ids = [instance["InstanceId"] for instance in made]
    found = ec2.describe_instances(InstanceIds=ids)["Reservations"][0]["Instances"]
    assert len(found) == 3
    assert {each["IamInstanceProfile"]["Arn"].rpartition("/")[2] for each in found} == {"fleet"}
    subnets = {subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]}
    assert {each["SubnetId"] for each in found} <= subnets
    assert len({each["PrivateIpAddress"] for each in found}) == 3
    ec2.terminate_instances(InstanceIds=ids)


def test_run_instances_has_limits(cloud: RunningCloud) -> None:
    ec2 = cloud.client("ec2")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    for least, most, code in ((3, 2, "InvalidParameterValue"), (1, 101, "InstanceLimitExceeded")):
        with pytest.raises(ClientError) as refused:
            ec2.run_instances(ImageId=image, MinCount=least, MaxCount=most, InstanceType="t3.micro")
        assert refused.value.response["Error"]["Code"] == code


def test_a_launch_template_gives_its_profile(cloud: RunningCloud) -> None:
    ec2, iam = cloud.client("ec2"), cloud.client("iam")
    iam.create_instance_profile(InstanceProfileName="templated")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    data = {"ImageId": image, "InstanceType": "t3.micro", "IamInstanceProfile": {"Name": "templated"}}
    ec2.create_launch_template(LaunchTemplateName="templated", LaunchTemplateData=data)
    made = ec2.run_instances(MinCount=2, MaxCount=2, LaunchTemplate={"LaunchTemplateName": "templated"})[
        "Instances"
    ]
    ids = [instance["InstanceId"] for instance in made]
    found = ec2.describe_instances(InstanceIds=ids)["Reservations"][0]["Instances"]
    assert [each["IamInstanceProfile"]["Arn"].rpartition("/")[2] for each in found] == ["templated"] * 2
    ec2.terminate_instances(InstanceIds=ids)


def test_a_nat_gateway_gives_back_its_interface_and_address(cloud: RunningCloud) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)["NatGateway"]["NatGatewayId"]
    found = ec2.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"][0]
    assert found["ConnectivityType"] == "public"
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    ec2.release_address(AllocationId=allocation)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
    with pytest.raises(ClientError, match="NatGatewayNotFound"):
        ec2.delete_nat_gateway(NatGatewayId="nat-0")


def test_an_instance_takes_its_interface_with_it(cloud: RunningCloud) -> None:
    ec2 = cloud.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    instance = ec2.run_instances(ImageId=image, InstanceType="t3.small", MinCount=1, MaxCount=1)["Instances"][
        0
    ]
    mine = [{"Name": "attachment.instance-id", "Values": [instance["InstanceId"]]}]
    assert len(ec2.describe_network_interfaces(Filters=mine)["NetworkInterfaces"]) == 1
    for _ in range(2):
        ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    assert ec2.describe_network_interfaces(Filters=mine)["NetworkInterfaces"] == []


def test_a_rule_that_names_a_group_keeps_its_description(cloud: RunningCloud) -> None:
    ec2 = cloud.client("ec2")
    group = ec2.create_security_group(GroupName="described", Description="rules")["GroupId"]
    pair = {"GroupId": group, "Description": "from the ovens"}
    permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [pair]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    mine = [{"Name": "group-id", "Values": [group]}]
    rules = ec2.describe_security_group_rules(Filters=mine)["SecurityGroupRules"]
    assert [rule.get("Description") for rule in rules if not rule["IsEgress"]] == ["from the ovens"]
    ec2.delete_security_group(GroupId=group)


def test_an_endpoint_without_a_type_is_a_gateway_and_can_go(cloud: RunningCloud) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[table]
    )["VpcEndpoint"]
    assert made["VpcEndpointType"] == "Gateway"

    def routes() -> list[str]:
        [found] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return [route.get("GatewayId", "") for route in found["Routes"]]

    assert made["VpcEndpointId"] in routes()
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    assert made["VpcEndpointId"] not in routes()

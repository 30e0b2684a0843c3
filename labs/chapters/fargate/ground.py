"""What the notebook stands on, and taking it away. Everything is called `fargate`, or starts with it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

NAME = "fargate"
ROLE = "fargate-execution"
EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
LOG_GROUP = "/ecs/fargate"
REPOSITORY = "fargate/products"
FAMILIES = (
    "fargate-oven",
    "fargate-deaf",
    "fargate-trial",
    "fargate-photos",
    "fargate-reviews",
    "fargate-labels",
    "fargate-advice",
)
PATIENCE = {"Delay": 1, "MaxAttempts": 300}
INTERFACES_GONE = 300.0  # seconds that AWS may take to remove a stopped task's network interface


def create_cluster(lab: Lab) -> None:
    """Create the cluster with both of Fargate's capacity providers; ECS hands out an existing one again."""
    lab.session.client("ecs").create_cluster(clusterName=NAME, capacityProviders=["FARGATE", "FARGATE_SPOT"])


def create_role(lab: Lab) -> None:
    """Create the role by which ECS pulls the image and writes the logs, and the place for these."""
    iam, logs = lab.session.client("iam"), lab.session.client("logs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    with unless_it_exists():
        iam.create_role(
            RoleName=ROLE,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=EXECUTION_POLICY)
    with unless_it_exists():
        logs.create_log_group(logGroupName=LOG_GROUP)


def push_image(lab: Lab) -> None:
    """Create the repository and push an image that holds Python, unless it has one."""
    ecr = lab.session.client("ecr")
    with unless_it_exists():
        ecr.create_repository(repositoryName=REPOSITORY)
    [repository] = ecr.describe_repositories(repositoryNames=[REPOSITORY])["repositories"]
    if not ecr.list_images(repositoryName=REPOSITORY)["imageIds"]:
        lab.push(lab.build("products"), repository["repositoryUri"])


def create_network(lab: Lab) -> None:
    """Create a VPC with a public subnet in each of two zones."""
    ec2 = lab.session.client("ec2")
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    tags = [{"Key": "Name", "Value": NAME}]
    if not ec2.describe_vpcs(Filters=ours)["Vpcs"]:
        ec2.create_vpc(CidrBlock="10.4.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
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
        with unless_it_exists():
            ec2.create_subnet(
                VpcId=vpc["VpcId"],
                CidrBlock=f"10.4.{number}.0/24",
                AvailabilityZone=zone["ZoneName"],
                TagSpecifications=[{"ResourceType": "subnet", "Tags": tags}],
            )
    for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]:
        with unless_it_exists():
            ec2.associate_route_table(RouteTableId=routes["RouteTableId"], SubnetId=subnet["SubnetId"])


def delete_services(lab: Lab) -> None:
    """Delete services and tasks, the cluster, and deregister the task definitions."""
    ecs = lab.session.client("ecs")
    with unless_it_is_gone():
        services = ecs.list_services(cluster=NAME)["serviceArns"]
        for service in services:
            ecs.delete_service(cluster=NAME, service=service, force=True)
        if services:
            ecs.get_waiter("services_inactive").wait(cluster=NAME, services=services, WaiterConfig=PATIENCE)
        tasks = ecs.list_tasks(cluster=NAME)["taskArns"]
        for task in tasks:
            ecs.stop_task(cluster=NAME, task=task)
        if tasks:
            ecs.get_waiter("tasks_stopped").wait(cluster=NAME, tasks=tasks, WaiterConfig=PATIENCE)
        ecs.delete_cluster(cluster=NAME)
    for family in FAMILIES:
        for definition in ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]:
            ecs.deregister_task_definition(taskDefinition=definition)


def delete_the_rest(lab: Lab) -> None:
    """Delete the repository with its image, the role and the logs."""
    ecr, iam, logs = (lab.session.client(name) for name in ("ecr", "iam", "logs"))
    with unless_it_is_gone():
        ecr.delete_repository(repositoryName=REPOSITORY, force=True)
    with unless_it_is_gone():
        iam.detach_role_policy(RoleName=ROLE, PolicyArn=EXECUTION_POLICY)
    with unless_it_is_gone():
        iam.delete_role(RoleName=ROLE)
    with unless_it_is_gone():
        logs.delete_log_group(logGroupName=LOG_GROUP)


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

"""What the notebook stands on, and taking it away. Everything is called `containers`, or starts with it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

NAME = "containers"
ROLE = "containers-execution"
EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
FAMILIES = ("containers-pinned", "containers-kneading", "containers-oven", "containers-greedy")
REPOSITORIES = ("containers/products", "containers/orders")
WORKSHOP = Path("workshop")  # in the notebook's folder
INTERFACES_GONE = 300.0  # seconds that AWS may take to remove a stopped task's network interface

HASTY = """\
FROM python:3.12
ARG PAYMENT_TOKEN
WORKDIR /app
COPY . .
RUN apt-get update && apt-get install -y build-essential
RUN pip install -r requirements.txt
USER root
ENTRYPOINT python app.py
"""


def write_workshop(lab: Lab) -> None:
    """Put a Dockerfile written in haste into the workshop, unless the learner has one there."""
    WORKSHOP.mkdir(exist_ok=True)
    if not (WORKSHOP / "Dockerfile").exists():
        (WORKSHOP / "Dockerfile").write_text(HASTY, encoding="utf-8")


def create_cluster(lab: Lab) -> None:
    """Create the cluster; ECS hands out an existing one again."""
    lab.session.client("ecs").create_cluster(clusterName=NAME)


def create_role(lab: Lab) -> None:
    """Create the role by which ECS may pull the images."""
    iam = lab.session.client("iam")
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


def create_network(lab: Lab) -> None:
    """Create a VPC with one public subnet."""
    ec2 = lab.session.client("ec2")
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    tags = [{"Key": "Name", "Value": NAME}]

    if not ec2.describe_vpcs(Filters=ours)["Vpcs"]:
        ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
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
    with unless_it_exists():
        ec2.create_subnet(
            VpcId=vpc["VpcId"],
            CidrBlock="10.1.0.0/24",
            TagSpecifications=[{"ResourceType": "subnet", "Tags": tags}],
        )
    [subnet] = ec2.describe_subnets(Filters=ours)["Subnets"]
    with unless_it_exists():
        ec2.associate_route_table(RouteTableId=routes["RouteTableId"], SubnetId=subnet["SubnetId"])


def push_products(lab: Lab) -> None:
    """Create the repository of the catalogue's image and push it, unless it holds one."""
    ecr = lab.session.client("ecr")
    with unless_it_exists():
        ecr.create_repository(repositoryName="containers/products")
    [repository] = ecr.describe_repositories(repositoryNames=["containers/products"])["repositories"]
    if not ecr.list_images(repositoryName="containers/products")["imageIds"]:
        lab.push(lab.build("products"), repository["repositoryUri"])


def delete_tasks(lab: Lab) -> None:
    """Stop the tasks, deregister their definitions, delete the cluster."""
    ecs = lab.session.client("ecs")
    with unless_it_is_gone():
        running = ecs.list_tasks(cluster=NAME)["taskArns"]
        for task in running:
            ecs.stop_task(cluster=NAME, task=task)
        if running:
            patience = {"Delay": 1, "MaxAttempts": 180}
            ecs.get_waiter("tasks_stopped").wait(cluster=NAME, tasks=running, WaiterConfig=patience)
        ecs.delete_cluster(cluster=NAME)
    for family in FAMILIES:
        for definition in ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]:
            ecs.deregister_task_definition(taskDefinition=definition)


def delete_repositories(lab: Lab) -> None:
    """Delete the repositories and their images."""
    ecr = lab.session.client("ecr")
    for name in REPOSITORIES:
        with unless_it_is_gone():
            ecr.delete_repository(repositoryName=name, force=True)


def delete_role(lab: Lab) -> None:
    """Delete the execution role."""
    iam = lab.session.client("iam")
    with unless_it_is_gone():
        iam.detach_role_policy(RoleName=ROLE, PolicyArn=EXECUTION_POLICY)
    with unless_it_is_gone():
        iam.delete_role(RoleName=ROLE)


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


def delete_workshop(lab: Lab) -> None:
    """Delete the workshop's files, and the folder unless the learner keeps something else there."""
    for name in ("Dockerfile", ".dockerignore"):
        (WORKSHOP / name).unlink(missing_ok=True)
    if WORKSHOP.is_dir() and not any(WORKSHOP.iterdir()):
        WORKSHOP.rmdir()

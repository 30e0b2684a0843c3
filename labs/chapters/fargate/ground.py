"""What the notebook stands on, and taking it away. Everything is called `fargate`, or starts with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.chapters import ground
from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

NAME = "fargate"
ROLE = "fargate-execution"
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


def create_cluster(lab: Lab) -> None:
    """Create the cluster with both of Fargate's capacity providers; ECS hands out an existing one again."""
    lab.session.client("ecs").create_cluster(clusterName=NAME, capacityProviders=["FARGATE", "FARGATE_SPOT"])


def create_role(lab: Lab) -> None:
    """Create the role by which ECS pulls the image and writes the logs, and the place for these."""
    ground.create_execution_role(lab, ROLE)
    with unless_it_exists():
        lab.session.client("logs").create_log_group(logGroupName=LOG_GROUP)


def push_image(lab: Lab) -> None:
    """Create the repository and push an image that holds Python, unless it has one."""
    ground.push_products(lab, REPOSITORY)


def create_network(lab: Lab) -> None:
    """Create a VPC with a public subnet in each of two zones."""
    vpc, routes = ground.create_network(lab, NAME, "10.4.0.0/16")
    for number, zone in enumerate(ground.zones(lab)):
        ground.create_subnet(lab, NAME, vpc, f"10.4.{number}.0/24", zone=zone)
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    ground.lead_out(lab, routes, lab.session.client("ec2").describe_subnets(Filters=ours)["Subnets"])


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
    ground.deregister(lab, FAMILIES)


def delete_the_rest(lab: Lab) -> None:
    """Delete the repository with its image, the role and the logs."""
    with unless_it_is_gone():
        lab.session.client("ecr").delete_repository(repositoryName=REPOSITORY, force=True)
    ground.delete_execution_role(lab, ROLE)
    with unless_it_is_gone():
        lab.session.client("logs").delete_log_group(logGroupName=LOG_GROUP)


def delete_network(lab: Lab) -> None:
    """Delete the VPC and what is in it."""
    ground.delete_network(lab, NAME)

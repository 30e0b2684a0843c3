"""What the notebook stands on, and taking it away. Everything is called `fargate`, or starts with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.chapters.ground import cluster, images, network, roles, signals

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


def create_cluster(lab: Lab) -> None:
    """Create the cluster with both of Fargate's capacity providers; ECS hands out an existing one again."""
    lab.session.client("ecs").create_cluster(clusterName=NAME, capacityProviders=["FARGATE", "FARGATE_SPOT"])


def create_role(lab: Lab) -> None:
    """Create the role by which ECS pulls the image and writes the logs, and the place for these."""
    roles.create_execution(lab, ROLE)
    signals.create_log_group(lab, LOG_GROUP)


def push_image(lab: Lab) -> None:
    """Create the repository and push an image that holds Python, unless it has one."""
    images.push_products(lab, REPOSITORY)


def create_network(lab: Lab) -> None:
    """Create a VPC with a public subnet in each of two zones."""
    network.create(lab, NAME, "10.4.0.0/16")


def delete_services(lab: Lab) -> None:
    """Delete services and tasks, the cluster, and deregister the task definitions."""
    cluster.delete(lab, NAME)
    cluster.deregister(lab, FAMILIES)


def delete_the_rest(lab: Lab) -> None:
    """Delete the repository with its image, the role and the logs."""
    images.delete(lab, REPOSITORY)
    roles.delete(lab, ROLE)
    signals.delete_log_groups(lab, LOG_GROUP)


def delete_network(lab: Lab) -> None:
    """Delete the VPC and what is in it."""
    network.delete(lab, NAME)

"""What the notebook stands on, and taking it away. Everything is called `containers`, or starts with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from labs.chapters.ground import cluster, images, network, roles
from labs.checks.model import unless_it_exists

if TYPE_CHECKING:
    from labs.lab import Lab

NAME = "containers"
ROLE = "containers-execution"
FAMILIES = ("containers-pinned", "containers-kneading", "containers-oven", "containers-greedy")
REPOSITORIES = ("containers/products", "containers/orders")
WORKSHOP = Path("workshop")  # in the notebook's folder

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
    roles.create_execution(lab, ROLE)


def create_network(lab: Lab) -> None:
    """Create a VPC with one public subnet."""
    vpc, routes = network.create_vpc(lab, NAME, "10.1.0.0/16")
    network.lead_out(lab, routes, network.create_subnet(lab, NAME, vpc, "10.1.0.0/24"))


def push_products(lab: Lab) -> None:
    """Create the repository of the catalogue's image and push it, unless it holds one."""
    ecr = lab.session.client("ecr")  # in full: several challenges show these lines as part of their solution
    with unless_it_exists():
        ecr.create_repository(repositoryName="containers/products")
    [repository] = ecr.describe_repositories(repositoryNames=["containers/products"])["repositories"]
    if not ecr.list_images(repositoryName="containers/products")["imageIds"]:
        lab.push(lab.build("products"), repository["repositoryUri"])


def delete_tasks(lab: Lab) -> None:
    """Stop the tasks, deregister their definitions, delete the cluster."""
    cluster.delete(lab, NAME)
    cluster.deregister(lab, FAMILIES)


def delete_repositories(lab: Lab) -> None:
    """Delete the repositories and their images."""
    images.delete(lab, *REPOSITORIES)


def delete_role(lab: Lab) -> None:
    """Delete the execution role."""
    roles.delete(lab, ROLE)


def delete_network(lab: Lab) -> None:
    """Delete the VPC and what is in it."""
    network.delete(lab, NAME)


def delete_workshop(lab: Lab) -> None:
    """Delete the workshop's files, and the folder unless the learner keeps something else there."""
    for name in ("Dockerfile", ".dockerignore"):
        (WORKSHOP / name).unlink(missing_ok=True)
    if WORKSHOP.is_dir() and not any(WORKSHOP.iterdir()):
        WORKSHOP.rmdir()

"""What the five stacks stand on, and taking it away with whatever was built to mend them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.chapters.ground import cluster, entrance, images, network, roles, security_groups, signals
from labs.chapters.ground.waiting import PATIENCE
from labs.chapters.troubleshooting.stacks import LOG_GROUP, NAME, REPOSITORY, ROLE, STACKS, name_of

if TYPE_CHECKING:
    from labs.lab import Lab

PRIVATE = f"{NAME}-private"
ENTRANCE, TASKS = f"{NAME}-alb", f"{NAME}-tasks"


def create_cluster(lab: Lab) -> None:
    """The cluster, the role that most towns start their tasks with, and the place for the logs."""
    lab.session.client("ecs").create_cluster(clusterName=NAME)
    roles.create_execution(lab, ROLE)
    signals.create_log_group(lab, LOG_GROUP)


def push_image(lab: Lab) -> None:
    """The one image of all towns."""
    images.push_products(lab, REPOSITORY)


def create_network(lab: Lab) -> None:
    """In each of two zones a public subnet and one that leads nowhere; who may enter where."""
    vpc = network.create(lab, NAME, "10.6.0.0/16")
    for number, zone in enumerate(network.zones(lab)):
        network.create_subnet(lab, PRIVATE, vpc, f"10.6.{number + 10}.0/24", zone=zone)
    security_groups.create(lab, vpc, entrance=ENTRANCE, tasks=TASKS, ports=(1024, 65535))


def create_load_balancer(lab: Lab) -> None:
    """One load balancer for all towns; without a town's name it answers 404."""
    balancer = entrance.create(lab, NAME, ENTRANCE)
    entrance.listen(lab, balancer, {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}})


def delete_services(lab: Lab) -> None:
    """Delete services and tasks, the cluster, and deregister the task definitions."""
    cluster.delete(lab, NAME)
    cluster.deregister(lab, map(name_of, STACKS))


def delete_load_balancer(lab: Lab) -> None:
    """Delete the load balancer, then every target group of the notebook's VPC."""
    entrance.delete(lab, NAME)


def delete_the_rest(lab: Lab) -> None:
    """Delete the repository with its image, the roles with whatever rights they got, and the logs."""
    images.delete(lab, REPOSITORY)
    roles.delete(lab, *{stack.role for stack in STACKS.values()})
    signals.delete_log_groups(lab, LOG_GROUP)


def delete_nat_gateways(lab: Lab) -> None:
    """Delete the NAT gateways with which a subnet was given a way out, and the addresses that they held."""
    ec2 = lab.session.client("ec2")
    ours = [{"Name": "vpc-id", "Values": network.vpc_ids(lab, NAME)}]
    found = ec2.describe_nat_gateways(Filters=ours)["NatGateways"] if ours[0]["Values"] else []
    gateways = [gateway for gateway in found if gateway["State"] not in ("deleting", "deleted")]
    for gateway in gateways:
        ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    for gateway in gateways:  # one holds its address until it is gone
        ec2.get_waiter("nat_gateway_deleted").wait(
            NatGatewayIds=[gateway["NatGatewayId"]], WaiterConfig=PATIENCE
        )
        for address in gateway["NatGatewayAddresses"]:
            if "AllocationId" in address:
                ec2.release_address(AllocationId=address["AllocationId"])


def delete_network(lab: Lab) -> None:
    """Delete the VPC and what is in it: endpoints, route tables and security groups, also those of the mends."""
    network.delete(lab, NAME)

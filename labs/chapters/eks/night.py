"""A node group on Spot that grows between two bounds: judged by its configuration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters.eks.ground import NAME
from labs.checks.model import Challenge, unless_it_exists
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

GROUP = "eks-night"
LEAST, MOST = 1, 5  # nodes

say = Texts(
    {
        "title": {"fr": "des nœuds pour la nuit", "en": "nodes for the night"},
        "status": {
            "fr": "le groupe de nœuds n’est pas prêt : il est {status}",
            "en": "the node group is not ready: it is {status}",
        },
        "demand": {
            "fr": "les nœuds sont payés au prix fort, celui de la capacité à la demande",
            "en": "the nodes are paid at the full price, that of on-demand capacity",
        },
        "least": {
            "fr": "le groupe garde {found} nœud(s) quand il n’y a rien à faire, au lieu de {wanted}",
            "en": "the group keeps {found} node(s) when there is nothing to do, instead of {wanted}",
        },
        "most": {
            "fr": "le groupe s’arrête de grandir à {found} nœuds, au lieu de {wanted}",
            "en": "the group stops growing at {found} nodes, instead of {wanted}",
        },
        "zones": {
            "fr": "si une zone tombe, tous les nœuds de la nuit tombent avec elle",
            "en": "if one zone fails, every night node fails with it",
        },
        "hint_1": {
            "fr": "Un groupe de nœuds a un type de capacité, des bornes, et des sous-réseaux. L’appel est create_nodegroup.",
            "en": "A node group has a capacity type, bounds, and subnets. The call is create_nodegroup.",
        },
        "hint_2": {
            "fr": "capacityType choisit le marché, scalingConfig les bornes. Le nombre voulu doit tenir entre les deux.",
            "en": "capacityType picks the market, scalingConfig the bounds. The desired number must lie between them.",
        },
        "hint_3": {
            "fr": 'capacityType vaut "SPOT", scalingConfig {{"minSize": 1, "maxSize": 5, "desiredSize": 1}}, et subnets '
            "contient un sous-réseau de chaque zone.",
            "en": 'capacityType is "SPOT", scalingConfig {{"minSize": 1, "maxSize": 5, "desiredSize": 1}}, and subnets '
            "holds a subnet of each zone.",
        },
        "solution": {
            "fr": "Plusieurs types d’instances donnent à Spot plus d’endroits où trouver de la place.",
            "en": "Several instance types give Spot more places to find room.",
        },
    }
)


@dataclass(frozen=True)
class Group:
    """A managed node group: its status, market, bounds, and the number of zones that it spans."""

    status: str
    capacity: str
    least: int
    most: int
    zones: int


def look(session: CourseSession) -> Group | None:
    """Read the node group; None when there is none, or no cluster."""
    eks, ec2 = session.client("eks"), session.client("ec2")
    try:
        found = eks.describe_nodegroup(clusterName=NAME, nodegroupName=GROUP)["nodegroup"]
    except eks.exceptions.ResourceNotFoundException:
        return None
    sizes = found["scalingConfig"]
    subnets = ec2.describe_subnets(SubnetIds=found["subnets"])["Subnets"]
    zones = len({subnet["AvailabilityZone"] for subnet in subnets})
    return Group(found["status"], found["capacityType"], sizes["minSize"], sizes["maxSize"], zones)


def attempted(found: Group | None) -> bool:
    """Whether the node group exists."""
    return found is not None


def problems(found: Group) -> Iterator[str]:
    """Ready, on Spot, within the bounds asked for, in more than one zone."""
    if found.status != "ACTIVE":
        yield say("status", status=found.status)
    if found.capacity != "SPOT":
        yield say("demand")
    if found.least != LEAST:
        yield say("least", found=found.least, wanted=LEAST)
    if found.most != MOST:
        yield say("most", found=found.most, wanted=MOST)
    if found.zones < 2:
        yield say("zones")


def create_group(lab: Lab) -> None:
    """Create the node group on Spot."""
    ec2, eks, iam = (lab.session.client(name) for name in ("ec2", "eks", "iam"))
    public = [
        {"Name": "tag:Name", "Values": ["eks"]},
        {"Name": "tag:kubernetes.io/role/elb", "Values": ["1"]},
    ]
    subnets = ec2.describe_subnets(Filters=public)["Subnets"]
    with unless_it_exists():
        eks.create_nodegroup(
            clusterName="eks",
            nodegroupName="eks-night",
            capacityType="SPOT",
            instanceTypes=["t3.medium", "t3a.medium"],
            scalingConfig={"minSize": 1, "maxSize": 5, "desiredSize": 1},
            subnets=[subnet["SubnetId"] for subnet in subnets],
            nodeRole=iam.get_role(RoleName="eks-nodes")["Role"]["Arn"],
        )
    eks.get_waiter("nodegroup_active").wait(
        clusterName="eks", nodegroupName="eks-night", WaiterConfig={"Delay": 1, "MaxAttempts": 1800}
    )


CHALLENGE = Challenge("eks-night", attempted, problems, say, (create_group,), look=look)

"""The shop but for its front: what the lab builds by hand in its first five steps, and three services behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.utils.capture import capture_output

from labs.chapters.ground import cluster, network, security_groups
from labs.chapters.ground.waiting import PATIENCE
from labs.checks import STEPS
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

CLUSTER = "frenchbakery"
FAMILIES = ("start-oven", "start-baguettes")
BEHIND = ("products", "orders", "reviews")  # the services that the front end calls

say = Texts(
    {
        "foundations": {
            "fr": "Les images, le réseau, l’équilibreur de charge, la table…",
            "en": "The images, the network, the load balancer, the table…",
        },
        "back": {
            "fr": "Le catalogue, les commandes, les avis…",
            "en": "The catalogue, the orders, the reviews…",
        },
    }
)


def build_foundations(lab: Lab) -> None:
    """Everything that comes before the lab's services; not their long report, which would hide the shop."""
    print(say("foundations"))
    with capture_output(stderr=False):
        lab.catch_up("services")


def open_the_back(lab: Lab) -> None:
    """Create the services behind the front end, a task each, unless they are there; wait for them."""
    print(say("back"))
    ecs, elbv2 = lab.session.client("ecs"), lab.session.client("elbv2")
    subnets = network.subnet_ids(lab, CLUSTER)
    group = security_groups.group_id(lab, network.vpc_id(lab, CLUSTER), f"{CLUSTER}-tasks")
    for name in BEHIND:
        if cluster.has(lab, CLUSTER, name):
            continue
        [target] = elbv2.describe_target_groups(Names=[f"{CLUSTER}-{name}"])["TargetGroups"]
        ecs.create_service(
            cluster=CLUSTER,
            serviceName=name,
            taskDefinition=f"{CLUSTER}-{name}",
            launchType="FARGATE",
            desiredCount=1,
            healthCheckGracePeriodSeconds=60,
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": subnets,
                    "securityGroups": [group],
                    "assignPublicIp": "ENABLED",
                }
            },
            loadBalancers=[
                {"targetGroupArn": target["TargetGroupArn"], "containerName": name, "containerPort": 8080}
            ],
        )
    ecs.get_waiter("services_stable").wait(cluster=CLUSTER, services=BEHIND, WaiterConfig=PATIENCE)


def take_everything_away(lab: Lab) -> None:
    """The lab's own clean-up, and the definitions of this notebook's task."""
    cluster.deregister(lab, FAMILIES)
    for part in STEPS["clean"].solution:
        part(lab)

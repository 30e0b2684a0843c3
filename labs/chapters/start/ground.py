"""The shop but for its front: what the lab builds by hand in its first five steps, and three services behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.chapters import ground
from labs.checks import STEPS

if TYPE_CHECKING:
    from labs.lab import Lab

CLUSTER = "frenchbakery"
FAMILIES = ("start-oven", "start-baguettes")
BEHIND = ("products", "orders", "reviews")  # the services that the front end calls


def build_foundations(lab: Lab) -> None:
    """Everything that comes before the lab's services: repositories, images, cluster, network, task definitions."""
    lab.catch_up("services")


def open_the_back(lab: Lab) -> None:
    """Create the services behind the front end, a task each, unless they are there; wait for them."""
    ec2, ecs, elbv2 = (lab.session.client(name) for name in ("ec2", "ecs", "elbv2"))
    ours = [{"Name": "tag:Name", "Values": [CLUSTER]}]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
    tasks = [{"Name": "group-name", "Values": [f"{CLUSTER}-tasks"]}]
    [group] = ec2.describe_security_groups(Filters=tasks)["SecurityGroups"]
    known = ecs.describe_services(cluster=CLUSTER, services=BEHIND)["services"]
    there = {service["serviceName"] for service in known if service["status"] == "ACTIVE"}
    for name in BEHIND:
        if name in there:
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
                    "securityGroups": [group["GroupId"]],
                    "assignPublicIp": "ENABLED",
                }
            },
            loadBalancers=[
                {"targetGroupArn": target["TargetGroupArn"], "containerName": name, "containerPort": 8080}
            ],
        )
    ecs.get_waiter("services_stable").wait(
        cluster=CLUSTER, services=BEHIND, WaiterConfig={"Delay": 1, "MaxAttempts": 600}
    )


def take_everything_away(lab: Lab) -> None:
    """The lab's own clean-up, and the definitions of this notebook's task."""
    ground.deregister(lab, FAMILIES)
    for part in STEPS["clean"].solution:
        part(lab)

"""What the notebook stands on, and taking it away. Everything is called `operations`, or starts with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.chapters.ground import cluster, entrance, images, network, roles, security_groups, signals
from labs.checks.model import unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

NAME = "operations"
ROLE = "operations-execution"
REPOSITORY = "operations/products"
BALANCER_GROUP, TASKS_GROUP = "operations-alb", "operations-tasks"
PORT = 8080
FAMILIES = tuple(
    f"operations-{name}"
    for name in (
        "planner",
        "reviews",
        "secrets",
        "reader",
        "writer",
        "traced",
        "payments",
        "labels",
        "orders",
    )
)
TOPIC = "operations-alarms"
RULE = "operations-events"
ALARMS = ("operations-planner", "operations-errors")
GROUPS = (
    "/operations/planner",
    "/operations/payments",
    "/aws/events/operations",
    "/aws/ecs/containerinsights/operations/performance",
)
DATABASE = "operations/database"
PARAMETERS = ("/operations/opening", "/operations/recipe", "/operations/printer-key")
ROLES = (ROLE, "operations-reader", "operations-labels", "operations-orders")
FIRST_SIZE = 1024, 4096  # CPU units and MiB of the reviews: far too much, as the learner finds out
USUAL_MINUTE = 60  # seconds


def create_cluster(lab: Lab) -> None:
    """Create the cluster; ECS hands out an existing one again."""
    lab.session.client("ecs").create_cluster(clusterName=NAME)


def create_role(lab: Lab) -> None:
    """Create the role by which ECS pulls images and writes logs."""
    roles.create_execution(lab, ROLE)


def push_image(lab: Lab) -> None:
    """Create the repository and push an image that holds Python and boto3, unless it has one."""
    images.push_products(lab, REPOSITORY)


def create_network(lab: Lab) -> None:
    """Create a VPC with a public subnet in each of two zones, and who may talk to whom in it."""
    vpc = network.create(lab, NAME, "10.7.0.0/16")
    security_groups.create(lab, vpc, entrance=BALANCER_GROUP, tasks=TASKS_GROUP, ports=(PORT, PORT))


def create_load_balancer(lab: Lab) -> None:
    """Create the entrance of the notebook's service: load balancer, target group, listener."""
    balancer = entrance.create(lab, NAME, BALANCER_GROUP)
    vpc = network.vpc_id(lab, NAME)
    targets = entrance.create_target_group(lab, NAME, vpc, port=PORT, path="/healthz")
    entrance.listen(lab, balancer, {"Type": "forward", "TargetGroupArn": targets})


def create_reviews(lab: Lab) -> None:
    """Create a service that does next to nothing in a large task, unless it is there."""
    cluster.run_waiting(
        lab,
        NAME,
        "reviews",
        role=ROLE,
        repository=REPOSITORY,
        subnets=network.subnet_ids(lab, NAME),
        size=FIRST_SIZE,
        count=1,
        healthCheck={"command": ["CMD", "python", "--version"], "interval": 5},
    )


def delete_services(lab: Lab) -> None:
    """Delete services and tasks, the cluster, and deregister the task definitions."""
    cluster.delete(lab, NAME)
    cluster.deregister(lab, FAMILIES)


def delete_load_balancer(lab: Lab) -> None:
    """Delete the load balancer, then its target group."""
    entrance.delete(lab, NAME)


def delete_signals(lab: Lab) -> None:
    """Delete alarms, the rule of events, the topic and the logs; the cloud's minutes last a minute again."""
    cloudwatch, logs, sns = (lab.session.client(name) for name in ("cloudwatch", "logs", "sns"))
    alarms = cloudwatch.describe_alarms(AlarmNames=list(ALARMS))["MetricAlarms"]
    if alarms:
        cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in alarms])
    signals.delete_rules(lab, RULE)
    for topic in sns.list_topics()["Topics"]:
        if topic["TopicArn"].endswith(f":{TOPIC}"):
            sns.delete_topic(TopicArn=topic["TopicArn"])
    signals.delete_log_groups(lab, *GROUPS)
    with unless_it_is_gone():
        logs.delete_resource_policy(policyName=NAME)
    if lab.session.world == "local":
        from labs.cloud import client

        client.set_pace(USUAL_MINUTE)


def delete_the_rest(lab: Lab) -> None:
    """Delete the secret and the parameters, the repository with its images, and the roles."""
    with unless_it_is_gone():
        lab.session.client("secretsmanager").delete_secret(SecretId=DATABASE, ForceDeleteWithoutRecovery=True)
    lab.session.client("ssm").delete_parameters(Names=list(PARAMETERS))
    images.delete(lab, REPOSITORY)
    roles.delete(lab, *ROLES)


def delete_network(lab: Lab) -> None:
    """Delete the VPC and what is in it, once the last network interface is gone."""
    network.delete(lab, NAME)

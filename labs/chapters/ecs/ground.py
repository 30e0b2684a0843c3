"""What the notebook stands on, and taking it away. Everything is called `ecs`, or starts with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labs.chapters.ground import cluster, images, network, roles, signals
from labs.chapters.ground.waiting import PATIENCE

if TYPE_CHECKING:
    from labs.lab import Lab

NAME = "ecs"
EXECUTION_ROLE = "ecs-execution"
INSTANCE_ROLE = "ecs-instance"
MADE_ROLES = ("ecs-oven", "ecs-events")  # by the notebook and its challenges, with inline policies only
LOG_GROUP = "/ecs/tasks"
REPOSITORY = "ecs/products"
PARAMETER = "/ecs/recipe"
PRIVATE = "ecs-private"
RULES = ("ecs-morning", "ecs-dawn")
NIGHT = "ecs-night"
FAMILIES = (
    "ecs-bread",
    "ecs-trial",
    "ecs-crumb",
    "ecs-mode",
    "ecs-reader",
    "ecs-cellar",
    "ecs-labels",
    NIGHT,
    "ecs-steam",
    "ecs-recipe",
    "ecs-vault",
    "ecs-dough",
)
NIGHT_TAG = "1.1"  # nobody ever pushed it
NIGHT_PROGRAM = "import os\nprint('baking', os.environ['LOAVES'], 'loaves')"


def create_cluster(lab: Lab) -> None:
    """Create the cluster with both of Fargate's capacity providers; ECS hands out an existing one again."""
    lab.session.client("ecs").create_cluster(clusterName=NAME, capacityProviders=["FARGATE", "FARGATE_SPOT"])


def create_roles(lab: Lab) -> None:
    """Create the role by which ECS starts tasks, that of the container instances, and the place for logs."""
    roles.create_execution(lab, EXECUTION_ROLE)
    roles.create_instance_profile(lab, INSTANCE_ROLE)
    signals.create_log_group(lab, LOG_GROUP)


def push_image(lab: Lab) -> None:
    """Create the repository and push an image that holds Python, unless it has one."""
    images.push_products(lab, REPOSITORY)


def create_network(lab: Lab) -> None:
    """Create a VPC with a public subnet in each of two zones, and one subnet without any way out."""
    vpc = network.create(lab, NAME, "10.3.0.0/16")
    network.create_subnet(lab, PRIVATE, vpc, "10.3.8.0/24", zone=network.zones(lab)[0])
    # An interface endpoint answers under the service's own name only where the VPC has names at all.
    lab.session.client("ec2").modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})


def store_recipe(lab: Lab) -> None:
    """Keep the recipe in Parameter Store."""
    lab.session.client("ssm").put_parameter(
        Name=PARAMETER, Value="60 h of levain", Type="String", Overwrite=True
    )


def register_night(lab: Lab) -> None:
    """Register the definition with two faults that a challenge asks to mend, unless the family exists."""
    ecs, ecr, iam = (lab.session.client(name) for name in ("ecs", "ecr", "iam"))
    if ecs.list_task_definitions(familyPrefix=NIGHT)["taskDefinitionArns"]:
        return
    [repository] = ecr.describe_repositories(repositoryNames=[REPOSITORY])["repositories"]
    ecs.register_task_definition(
        family=NIGHT,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=iam.get_role(RoleName=EXECUTION_ROLE)["Role"]["Arn"],
        containerDefinitions=[
            {
                "name": "night",
                "image": f"{repository['repositoryUri']}:{NIGHT_TAG}",
                "command": ["python", "-c", NIGHT_PROGRAM],
                "environment": [{"name": "LOAF", "value": "200"}],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": LOG_GROUP,
                        "awslogs-region": lab.session.region_name,
                        "awslogs-stream-prefix": "night",
                    },
                },
            }
        ],
    )


def delete_rules(lab: Lab) -> None:
    """Delete the rules, so that they start no more tasks."""
    signals.delete_rules(lab, *RULES)


def delete_cluster(lab: Lab) -> None:
    """Delete the service, stop the tasks, end the instances, delete the cluster, deregister the definitions."""
    cluster.empty(lab, NAME)
    ec2 = lab.session.client("ec2")
    machines = _machines(ec2)
    if machines:
        ec2.terminate_instances(InstanceIds=machines)
        ec2.get_waiter("instance_terminated").wait(InstanceIds=machines, WaiterConfig=PATIENCE)
    cluster.delete(lab, NAME)
    cluster.deregister(lab, FAMILIES)


def delete_roles(lab: Lab) -> None:
    """Delete the roles, with the rights that were added to them on the way."""
    roles.delete(lab, EXECUTION_ROLE, *MADE_ROLES)
    roles.delete_instance_profile(lab, INSTANCE_ROLE)


def delete_the_rest(lab: Lab) -> None:
    """Delete the repository with its image, the recipe and the logs."""
    images.delete(lab, REPOSITORY)
    lab.session.client("ssm").delete_parameters(Names=[PARAMETER])
    signals.delete_log_groups(lab, LOG_GROUP)


def delete_network(lab: Lab) -> None:
    """Delete the VPC and what is in it, the endpoints among it."""
    network.delete(lab, NAME)


def _machines(ec2: Any) -> list[str]:
    """The ids of the notebook's instances that are not ended."""
    found = ec2.describe_instances(
        Filters=[
            {"Name": "tag:Name", "Values": [NAME]},
            {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]},
        ]
    )
    return [machine["InstanceId"] for group in found["Reservations"] for machine in group["Instances"]]

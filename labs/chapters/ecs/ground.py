"""What the notebook stands on, and taking it away. Everything is called `ecs`, or starts with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from labs.chapters import ground
from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

NAME = "ecs"
EXECUTION_ROLE = "ecs-execution"
INSTANCE_ROLE = "ecs-instance"
INSTANCE_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
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
NIGHT_PROGRAM = "import os\nprint('baking', os.environ['LOAVES'], 'loaves')"
PATIENCE = {"Delay": 1, "MaxAttempts": 600}


def create_cluster(lab: Lab) -> None:
    """Create the cluster with both of Fargate's capacity providers; ECS hands out an existing one again."""
    lab.session.client("ecs").create_cluster(clusterName=NAME, capacityProviders=["FARGATE", "FARGATE_SPOT"])


def create_roles(lab: Lab) -> None:
    """Create the role by which ECS starts tasks, that of the container instances, and the place for logs."""
    iam = lab.session.client("iam")
    ground.create_execution_role(lab, EXECUTION_ROLE)
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    with unless_it_exists():
        iam.create_role(
            RoleName=INSTANCE_ROLE,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
    iam.attach_role_policy(RoleName=INSTANCE_ROLE, PolicyArn=INSTANCE_POLICY)
    with unless_it_exists():
        iam.create_instance_profile(InstanceProfileName=INSTANCE_ROLE)
    if not iam.get_instance_profile(InstanceProfileName=INSTANCE_ROLE)["InstanceProfile"]["Roles"]:
        iam.add_role_to_instance_profile(InstanceProfileName=INSTANCE_ROLE, RoleName=INSTANCE_ROLE)
    with unless_it_exists():
        lab.session.client("logs").create_log_group(logGroupName=LOG_GROUP)


def push_image(lab: Lab) -> None:
    """Create the repository and push an image that holds Python, unless it has one."""
    ground.push_products(lab, REPOSITORY)


def create_network(lab: Lab) -> None:
    """Create a VPC with a public subnet in each of two zones, and one subnet without any way out."""
    ec2 = lab.session.client("ec2")
    vpc, routes = ground.create_network(lab, NAME, "10.3.0.0/16")
    for number, zone in enumerate(ground.zones(lab)):
        ground.create_subnet(lab, NAME, vpc, f"10.3.{number}.0/24", zone=zone)
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    ground.lead_out(lab, routes, ec2.describe_subnets(Filters=ours)["Subnets"])
    ground.create_subnet(lab, PRIVATE, vpc, "10.3.8.0/24", zone=ground.zones(lab)[0])
    # An interface endpoint answers under the service's own name only where the VPC has names at all.
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})


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
                "image": f"{repository['repositoryUri']}:1.1",
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
    events = lab.session.client("events")
    for rule in RULES:
        with unless_it_is_gone():
            targets = [target["Id"] for target in events.list_targets_by_rule(Rule=rule)["Targets"]]
            if targets:
                events.remove_targets(Rule=rule, Ids=targets)
            events.delete_rule(Name=rule)


def delete_cluster(lab: Lab) -> None:
    """Delete the service, stop the tasks, end the instances, delete the cluster, deregister the definitions."""
    ecs, ec2 = lab.session.client("ecs"), lab.session.client("ec2")
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
        for instance in ecs.list_container_instances(cluster=NAME)["containerInstanceArns"]:
            ecs.deregister_container_instance(cluster=NAME, containerInstance=instance, force=True)
    machines = _machines(ec2)
    if machines:
        ec2.terminate_instances(InstanceIds=machines)
        ec2.get_waiter("instance_terminated").wait(InstanceIds=machines, WaiterConfig=PATIENCE)
    with unless_it_is_gone():
        ecs.delete_cluster(cluster=NAME)
    ground.deregister(lab, FAMILIES)


def delete_roles(lab: Lab) -> None:
    """Delete the roles, with the rights that were added to them on the way."""
    iam = lab.session.client("iam")
    for role in (EXECUTION_ROLE, *MADE_ROLES):
        with unless_it_is_gone():
            for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                iam.delete_role_policy(RoleName=role, PolicyName=policy)
    for role in MADE_ROLES:
        with unless_it_is_gone():
            iam.delete_role(RoleName=role)
    ground.delete_execution_role(lab, EXECUTION_ROLE)
    with unless_it_is_gone():
        iam.remove_role_from_instance_profile(InstanceProfileName=INSTANCE_ROLE, RoleName=INSTANCE_ROLE)
    with unless_it_is_gone():
        iam.delete_instance_profile(InstanceProfileName=INSTANCE_ROLE)
    with unless_it_is_gone():
        iam.detach_role_policy(RoleName=INSTANCE_ROLE, PolicyArn=INSTANCE_POLICY)
    with unless_it_is_gone():
        iam.delete_role(RoleName=INSTANCE_ROLE)


def delete_the_rest(lab: Lab) -> None:
    """Delete the repository with its image, the recipe and the logs."""
    with unless_it_is_gone():
        lab.session.client("ecr").delete_repository(repositoryName=REPOSITORY, force=True)
    lab.session.client("ssm").delete_parameters(Names=[PARAMETER])
    with unless_it_is_gone():
        lab.session.client("logs").delete_log_group(logGroupName=LOG_GROUP)


def delete_network(lab: Lab) -> None:
    """Delete the endpoints, then the VPC and what is in it."""
    ec2 = lab.session.client("ec2")
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [NAME]}])["Vpcs"]:
        here = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        endpoints = [
            each["VpcEndpointId"] for each in ec2.describe_vpc_endpoints(Filters=here)["VpcEndpoints"]
        ]
        if endpoints:
            ec2.delete_vpc_endpoints(VpcEndpointIds=endpoints)
    ground.delete_network(lab, NAME)


def _machines(ec2: Any) -> list[str]:
    """The ids of the notebook's instances that are not ended."""
    found = ec2.describe_instances(
        Filters=[
            {"Name": "tag:Name", "Values": [NAME]},
            {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]},
        ]
    )
    return [machine["InstanceId"] for group in found["Reservations"] for machine in group["Instances"]]

"""Friday evening's release. Reading this file takes the fun out of Monday morning."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from labs.chapters.ground import cluster, entrance, network, roles, security_groups
from labs.chapters.troubleshooting.ground import PRIVATE, TASKS
from labs.chapters.troubleshooting.stacks import (
    CPU,
    LISTENS,
    LOG_GROUP,
    MEMORY,
    NAME,
    REPOSITORY,
    ROLE,
    STACKS,
    Stack,
    name_of,
)
from labs.checks.model import unless_it_exists
from labs.learner import Texts
from labs.view.display import Shown

if TYPE_CHECKING:
    from labs.lab import Lab

DOMAIN = "frenchbakery.example"

say = Texts(
    {
        "released": {
            "fr": "Publiées : {towns}. Chaque ville a sa définition de tâche, son service et son groupe cible.",
            "en": "Released: {towns}. Each town has its task definition, its service and its target group.",
        }
    }
)


def release(lab: Lab) -> Shown:
    """Create the service of every town that has none."""
    for priority, (town, stack) in enumerate(STACKS.items(), start=1):
        _release(lab, town, stack, priority)
    text = say("released", towns=", ".join(STACKS))
    return Shown(text, f"<p>✔ {escape(text)}</p>")


def _release(lab: Lab, town: str, stack: Stack, priority: int) -> None:
    ecs = lab.session.client("ecs")
    if cluster.has(lab, NAME, town):
        return
    if stack.role != ROLE:
        roles.create(lab, stack.role, roles.TASKS)  # it is allowed nothing
    target = _target_group(lab, town, stack, priority)
    definition = ecs.register_task_definition(**_definition(lab, town, stack))["taskDefinition"]
    group = security_groups.group_id(lab, network.vpc_id(lab, NAME), TASKS)
    ecs.create_service(
        cluster=NAME,
        serviceName=town,
        taskDefinition=definition["taskDefinitionArn"],
        launchType="FARGATE",
        desiredCount=1,
        healthCheckGracePeriodSeconds=15,  # a quarter of a vCPU starts slowly
        deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100},  # one task at a time
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": network.subnet_ids(lab, NAME if stack.public else PRIVATE),
                "securityGroups": [group],
                "assignPublicIp": "ENABLED" if stack.public else "DISABLED",
            }
        },
        loadBalancers=[{"targetGroupArn": target, "containerName": town, "containerPort": stack.port}],
    )


def _definition(lab: Lab, town: str, stack: Stack) -> dict[str, Any]:
    ecr, iam = lab.session.client("ecr"), lab.session.client("iam")
    [repository] = ecr.describe_repositories(repositoryNames=[REPOSITORY])["repositories"]
    container = {
        "name": town,
        "image": f"{repository['repositoryUri']}:1.0",
        "environment": [{"name": "PORT", "value": str(LISTENS)}],
        "portMappings": [{"containerPort": stack.port}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": LOG_GROUP,
                "awslogs-region": lab.session.region_name,
                "awslogs-stream-prefix": town,
            },
        },
    }
    return {
        "family": name_of(town),
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": CPU,
        "memory": MEMORY,
        "executionRoleArn": iam.get_role(RoleName=stack.role)["Role"]["Arn"],
        "containerDefinitions": [container | ({"memory": stack.memory} if stack.memory else {})],
    }


def _target_group(lab: Lab, town: str, stack: Stack, priority: int) -> str:
    """The town's target group, and the rule that leads its address there."""
    elbv2 = lab.session.client("elbv2")
    vpc = network.vpc_id(lab, NAME)
    arn = entrance.create_target_group(lab, name_of(town), vpc, port=stack.port, path=stack.path)
    [balancer] = elbv2.describe_load_balancers(Names=[NAME])["LoadBalancers"]
    [listener] = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    with unless_it_exists():
        elbv2.create_rule(
            ListenerArn=listener["ListenerArn"],
            Priority=priority,
            Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": [f"{town}.{DOMAIN}"]}}],
            Actions=[{"Type": "forward", "TargetGroupArn": arn}],
        )
    return arn

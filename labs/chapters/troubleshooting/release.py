"""Friday evening's release. Reading this file takes the fun out of Monday morning."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from labs.chapters.troubleshooting import ground
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
CHECK = {  # shorter than AWS's defaults: a lesson does not wait for minutes
    "HealthCheckIntervalSeconds": 5,
    "HealthCheckTimeoutSeconds": 2,
    "HealthyThresholdCount": 2,
    "UnhealthyThresholdCount": 2,
}

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
    known = ecs.describe_services(cluster=NAME, services=[town])["services"]
    if any(service["status"] == "ACTIVE" for service in known):
        return
    if stack.role != ROLE:
        _role(lab, stack.role)
    target = _target_group(lab, town, stack, priority)
    definition = ecs.register_task_definition(**_definition(lab, town, stack))["taskDefinition"]
    subnets = ground.named(lab, NAME if stack.public else ground.PRIVATE)
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
                "subnets": [subnet["SubnetId"] for subnet in subnets],
                "securityGroups": [ground.group(lab, ground.TASKS)],
                "assignPublicIp": "ENABLED" if stack.public else "DISABLED",
            }
        },
        loadBalancers=[{"targetGroupArn": target, "containerName": town, "containerPort": stack.port}],
    )


def _role(lab: Lab, name: str) -> None:
    """A role that tasks may be started with, and that is allowed nothing."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    with unless_it_exists():
        lab.session.client("iam").create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
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
    with unless_it_exists():
        elbv2.create_target_group(
            Name=name_of(town),
            Protocol="HTTP",
            Port=stack.port,
            VpcId=ground.vpc_id(lab),
            TargetType="ip",
            HealthCheckPath=stack.path,
            **CHECK,
        )
    [target] = elbv2.describe_target_groups(Names=[name_of(town)])["TargetGroups"]
    arn = str(target["TargetGroupArn"])
    elbv2.modify_target_group_attributes(
        TargetGroupArn=arn, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}]
    )
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

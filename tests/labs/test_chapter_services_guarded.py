"""The services notebook under the guard of a real account, as far as its stack.

Running tasks and deleting the network are left to the local cloud: moto alone starts no task, and keeps the
association of a subnet that is gone.
It would also list AWS's own parameters once one is read: the image of the instances is not looked up here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

import aws_lab
import aws_lab_parts
import pytest
from aws_lab import Account

from labs.chapters import chapter
from labs.chapters.ground import roles
from labs.chapters.services import ground
from labs.lab import Lab
from labs.real.teardown.effects import Patience, carry_out
from labs.real.teardown.plan import plan
from labs.real.teardown.survey import survey
from labs.session import CourseSession

Everything = dict[str, dict[str, dict[str, str]]]
SERVICE = "service/services/window"


@pytest.fixture
def before(account: Account) -> Everything:
    """What the account holds before the notebook."""
    return aws_lab.everything(account)


@pytest.fixture
def lab(connect: Callable[..., CourseSession], before: Everything) -> Lab:
    """The notebook's ground, laid through the guard; its first service without tasks."""
    lab = Lab(connect())
    for part in (ground.create_cluster, ground.create_role, ground.create_network, ground.create_entrance):
        part(lab)
    ecs, network = lab.session.client("ecs"), {"subnets": subnets(lab), "securityGroups": [tasks_group(lab)]}
    ecs.register_task_definition(
        family="services-window",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "window", "image": "window"}],
    )
    ecs.create_service(
        cluster=ground.NAME,
        serviceName=ground.WINDOW,
        taskDefinition="services-window",
        desiredCount=0,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )
    return lab


def subnets(lab: Lab) -> list[str]:
    ours = [{"Name": "tag:Name", "Values": [ground.NAME]}]
    return [each["SubnetId"] for each in lab.session.client("ec2").describe_subnets(Filters=ours)["Subnets"]]


def tasks_group(lab: Lab) -> str:
    named = [{"Name": "group-name", "Values": [ground.TASKS]}]
    [group] = lab.session.client("ec2").describe_security_groups(Filters=named)["SecurityGroups"]
    return str(group["GroupId"])


def scale(lab: Lab) -> None:
    """What scales the service: a policy with alarms of AWS's own, a plan, and a limit that an alarm guards."""
    scaling, alarms = (lab.session.client(name) for name in ("application-autoscaling", "cloudwatch"))
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": SERVICE,
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=6)
    tracking = {
        "TargetValue": 60.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    }
    scaling.put_scaling_policy(
        **target,
        PolicyName="services-cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=tracking,
    )
    scaling.put_scheduled_action(
        **target,
        ScheduledActionName="saturday",
        Schedule="cron(0 5 ? * SAT *)",
        ScalableTargetAction={"MinCapacity": 4},
    )
    alarms.put_metric_alarm(
        AlarmName="services-errors",
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_Target_5XX_Count",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
    )


def pool(lab: Lab) -> None:
    """A group of instances, from none to four, as a capacity provider of the cluster."""
    ec2, ecs, groups = (lab.session.client(name) for name in ("ec2", "ecs", "autoscaling"))
    roles.create_instance_profile(lab, ground.POOL)
    interface = {"DeviceIndex": 0, "AssociatePublicIpAddress": True, "Groups": [tasks_group(lab)]}
    ec2.create_launch_template(
        LaunchTemplateName=ground.POOL,
        LaunchTemplateData=aws_lab_parts.started(
            ground.POOL,
            UserData=base64.b64encode(b"#!/bin/bash").decode(),
            NetworkInterfaces=[interface],
        ),
    )
    groups.create_auto_scaling_group(
        **aws_lab_parts.group(ground.POOL, ground.POOL, subnets(lab), DesiredCapacity=2)
    )
    [made] = groups.describe_auto_scaling_groups(AutoScalingGroupNames=[ground.POOL])["AutoScalingGroups"]
    ecs.create_capacity_provider(
        name=ground.POOL,
        autoScalingGroupProvider={
            "autoScalingGroupArn": made["AutoScalingGroupARN"],
            "managedScaling": {"status": "ENABLED", "targetCapacity": 100},
            "managedTerminationProtection": "ENABLED",
        },
    )
    ecs.put_cluster_capacity_providers(
        cluster=ground.NAME, capacityProviders=[ground.POOL], defaultCapacityProviderStrategy=[]
    )


def test_the_guard_lets_the_notebook_through_and_its_ground_be_cleared(lab: Lab, account: Account) -> None:
    scale(lab)
    pool(lab)
    assert len(account.client("ec2").describe_instances()["Reservations"]) == 1
    for part in chapter("services").clean:
        if part is not ground.delete_network:
            part(lab)
    left = {resource.kind for resource in survey(lab.session.aws, lab.session.guard.ledger).mine}
    assert {kind for kind in left if not kind.startswith("ec2:")} == {"ecs:task-definition"}  # deregistered
    assert "ec2:launch-template" not in left


def test_a_notebook_that_was_left_halfway_is_taken_away(
    lab: Lab, account: Account, before: Everything
) -> None:
    scale(lab)
    pool(lab)
    for step in plan(survey(lab.session.aws, lab.session.guard.ledger).mine):
        assert carry_out(step, lab.session.aws, Patience(sleep=lambda seconds: None)) is None, str(step)
    assert survey(lab.session.aws, lab.session.guard.ledger).empty
    assert aws_lab.everything(account) == before
    assert account.client("cloudwatch").describe_alarms()["MetricAlarms"] == []

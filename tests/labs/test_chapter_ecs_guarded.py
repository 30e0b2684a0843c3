"""The tasks notebook under the guard of a real account.

Running tasks and deleting the network are left to the local cloud: moto alone starts no task, and keeps the
association of a subnet that is gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import aws_lab
import aws_lab_parts
import pytest
from aws_lab import Account

from labs.chapters import challenge, chapter
from labs.chapters.ecs import ground, vault
from labs.lab import Lab
from labs.real.teardown.effects import Patience, carry_out
from labs.real.teardown.plan import plan
from labs.real.teardown.survey import survey
from labs.session import CourseSession

Everything = dict[str, dict[str, dict[str, str]]]


@pytest.fixture
def before(account: Account) -> Everything:
    """What the account holds before the notebook."""
    return aws_lab.everything(account)


@pytest.fixture
def lab(connect: Callable[..., CourseSession], before: Everything) -> Lab:
    """The notebook's ground, laid through the guard."""
    lab = Lab(connect())
    for part in chapter("ecs").prepare:
        if part is ground.push_image:  # it needs a container engine here
            lab.session.client("ecr").create_repository(repositoryName=ground.REPOSITORY)
        else:
            part(lab)
    return lab


def place(lab: Lab, account: Account) -> None:
    """Container instances, one of which is marked."""
    ec2, ecs = lab.session.client("ec2"), lab.session.client("ecs")
    ours = [{"Name": "tag:Name", "Values": [ground.NAME]}]
    subnets = ec2.describe_subnets(Filters=ours)["Subnets"]
    for subnet, count in zip(subnets, (2, 1), strict=True):
        started = ec2.run_instances(
            **aws_lab_parts.machine(
                subnet["SubnetId"],
                ground.INSTANCE_ROLE,
                MinCount=count,
                MaxCount=count,
                UserData="#!/bin/bash\necho ECS_CLUSTER=ecs >> /etc/ecs/ecs.config\n",
                TagSpecifications=[
                    {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": ground.NAME}]}
                ],
            )
        )["Instances"]
        for instance in started:
            wood = aws_lab.join(account, ground.NAME, instance["InstanceId"])
    attributes = [{"name": "oven", "value": "wood", "targetId": wood}]
    ecs.put_attributes(cluster=ground.NAME, attributes=attributes)


def react(session: CourseSession) -> None:
    """A rule that starts a task at an event, and the event."""
    aws_lab.without_moto(session, "events.PutEvents")  # it lacks a library to carry them on
    ecs, events, iam = (session.client(name) for name in ("ecs", "events", "iam"))
    [cluster] = ecs.describe_clusters(clusters=[ground.NAME])["clusters"]
    definition = ecs.describe_task_definition(taskDefinition=ground.NIGHT)["taskDefinition"]
    pattern = json.dumps({"source": ["frenchbakery"]})
    events.put_rule(Name="ecs-morning", ScheduleExpression="cron(0 4 * * ? *)", EventPattern=pattern)
    target = {
        "Id": "bread",
        "Arn": cluster["clusterArn"],
        "RoleArn": iam.get_role(RoleName="ecs-events")["Role"]["Arn"],
        "EcsParameters": {"TaskDefinitionArn": definition["taskDefinitionArn"]},
    }
    events.put_targets(Rule="ecs-morning", Targets=[target])
    entry = {"Source": "frenchbakery", "DetailType": "oven hot", "Detail": "{}"}
    events.put_events(Entries=[entry])


def use_all(lab: Lab, account: Account) -> None:
    for name in ("ecs-labels", "ecs-dawn"):
        for part in challenge(name).solution:
            part(lab)
        assert challenge(name).check(lab.session).state == "passed"
    vault.let_ecs_read(lab)
    vault.build_doors(lab)
    place(lab, account)
    react(lab.session)


def test_the_guard_lets_the_notebook_through_and_its_ground_be_cleared(lab: Lab, account: Account) -> None:
    use_all(lab, account)
    for part in chapter("ecs").clean:
        if part is ground.delete_network:
            ec2 = lab.session.client("ec2")
            endpoints = ec2.describe_vpc_endpoints()["VpcEndpoints"]
            ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"] for endpoint in endpoints])
        else:
            part(lab)
    left = {resource.kind for resource in survey(lab.session.aws, lab.session.guard.ledger).mine}
    assert left == {
        "ecs:task-definition",  # deregistered
        "ec2:vpc",
        "ec2:subnet",
        "ec2:route-table",
        "ec2:internet-gateway",
    }


def test_a_notebook_that_was_left_halfway_is_taken_away(
    lab: Lab, account: Account, before: Everything
) -> None:
    use_all(lab, account)
    for step in plan(survey(lab.session.aws, lab.session.guard.ledger).mine):
        assert carry_out(step, lab.session.aws, Patience(sleep=lambda seconds: None)) is None, str(step)
    assert survey(lab.session.aws, lab.session.guard.ledger).empty
    assert aws_lab.everything(account) == before

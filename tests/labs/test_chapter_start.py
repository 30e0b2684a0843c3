"""Notebook 00: its challenges untouched, wrong and solved; a shop without its front, laid twice and taken away."""

from __future__ import annotations

from typing import Any

import pytest

from labs.chapters import challenge, chapter
from labs.chapters.start import crowd, night, order, oven
from labs.chapters.start.ground import CLUSTER, FAMILIES
from labs.chapters.start.night import Night
from labs.chapters.start.oven import Batch
from labs.chapters.start.services import Service
from labs.lab import Lab

pytest_plugins = ["lasting_lab"]

NAMES = [each.name for each in chapter("start").challenges]


def judged(module: Any, found: Any) -> str:
    return "; ".join(module.problems(found))


@pytest.mark.parametrize("module", [order, crowd, night, oven])
def test_nothing_there_is_not_attempted(module: Any) -> None:
    assert not module.attempted(None)


@pytest.mark.parametrize(
    ("module", "found", "words"),
    [
        (order, [1, 12], ""),
        (order, [13], ""),
        (order, [0, 11], "only 11 croissant(s)"),
        (crowd, Service(3, 3, 3), ""),
        (crowd, Service(2, 2, 2), "wants 2 task(s) instead of 3"),
        (crowd, Service(4, 4, 4), "wants 4 task(s) instead of 3"),
        (crowd, Service(3, 1, 1), "wants 3 tasks, 1 run(s)"),
        (crowd, Service(3, 3, 2), "2 of 3 tasks"),
        (night, Night(0, 0), ""),
        (night, Night(None, 0), "is gone"),
        (night, Night(1, 0), "still wants 1"),
        (night, Night(0, 1), "1 task(s) of reviews still run(s)"),
        (oven, Batch("STOPPED", 0, "", "🥖🥖"), ""),
        (oven, Batch("RUNNING", None, "", "🥖"), "has not finished"),
        (oven, Batch("STOPPED", 1, "", "🥖"), "did not leave with exit code 0 (1)"),
        (oven, Batch("STOPPED", None, "CannotPullContainerError", ""), "(CannotPullContainerError)"),
        (oven, Batch("STOPPED", 0, "", "🥐🥐"), "no baguette"),
        (oven, Batch("STOPPED", 0, "", None), "sends no log to CloudWatch"),
    ],
)
def test_judgements(module: Any, found: Any, words: str) -> None:
    assert module.attempted(found)
    assert (judged(module, found) == "") == (words == "")
    assert words in judged(module, found)


def states(lab: Lab) -> dict[str, str]:
    return {name: challenge(name).check(lab.session).state for name in NAMES}


def test_from_an_empty_cloud_to_an_empty_cloud(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    untouched = dict.fromkeys(NAMES, "not_attempted")
    assert states(lab) == untouched
    lab.clean_up("start")  # of what is not there
    capsys.readouterr()
    lab.prepare("start")
    assert len(capsys.readouterr().out.splitlines()) == 2, (
        "the foundations are laid without their long report"
    )
    lab.prepare("start")
    assert states(lab) == untouched

    ecs = lab.session.client("ecs")
    ecs.update_service(cluster=CLUSTER, service="products", desiredCount=2)
    ecs.update_service(cluster=CLUSTER, service="reviews", desiredCount=2)
    assert states(lab) == untouched | {"start-crowd": "failed", "start-night": "failed"}

    for _ in range(2):
        for name in NAMES:
            for part in challenge(name).solution:
                part(lab)
    assert states(lab) == dict.fromkeys(NAMES, "passed")

    ecs.delete_service(cluster=CLUSTER, service="reviews", force=True)
    outcome = challenge("start-night").check(lab.session)
    assert outcome.state == "failed", "a deleted service is not a closed one"
    assert "gone" in outcome.reasons[0]

    for _ in range(2):
        lab.clean_up("start")
        assert lab.check("clean").text.startswith("✔")
        assert not [
            arn
            for family in FAMILIES
            for arn in ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]
        ]
    assert states(lab) == untouched


def bake(lab: Lab, *others: dict[str, Any], **logging: Any) -> None:
    """Run the batch of baguettes another way than the solution does."""
    ec2, ecs = lab.session.client("ec2"), lab.session.client("ecs")
    products = ecs.describe_task_definition(taskDefinition="frenchbakery-products")["taskDefinition"]
    image = {"image": products["containerDefinitions"][0]["image"]}
    baker = {"name": "baker", "command": ["python", "-c", "print('🥖')"], **image, **logging}
    ecs.register_task_definition(
        family="start-baguettes",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="512",
        memory="1024",
        executionRoleArn=products["executionRoleArn"],
        containerDefinitions=[baker, *(image | each for each in others)],
    )
    ours = [{"Name": "tag:Name", "Values": [CLUSTER]}]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
    [task] = ecs.run_task(
        cluster=CLUSTER,
        taskDefinition="start-baguettes",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
    )["tasks"]
    ecs.get_waiter("tasks_stopped").wait(
        cluster=CLUSTER, tasks=[task["taskArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )


def test_baguettes_may_be_baked_in_another_way(lab: Lab) -> None:
    lab.catch_up("services")
    bake(lab)
    assert "sends no log" in lab.check("start-oven").text
    where = {"awslogs-group": "/ecs/frenchbakery", "awslogs-region": lab.session.region_name}
    log = {"logDriver": "awslogs", "options": where | {"awslogs-stream-prefix": "another/prefix"}}
    helper = {"name": "helper", "essential": False, "command": ["python", "-c", "pass"]}
    bake(lab, helper, logConfiguration=log)
    assert lab.check("start-oven").text.startswith("✔")
    lab.clean_up("start")

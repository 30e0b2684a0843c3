"""The lab's steps 8 to 11 and the challenges of both of its notebooks, against the local cloud."""

from __future__ import annotations

import pytest

from labs.chapters import challenge, chapter
from labs.checks import STEPS
from labs.cloud import client
from labs.lab import Lab

pytest_plugins = ["lasting_lab"]


def state(lab: Lab, name: str) -> str:
    return (
        STEPS[name].check(lab._inventory()).state
        if name in STEPS
        else challenge(name).check(lab.session).state
    )


def reasons(lab: Lab, name: str) -> str:
    return "; ".join(STEPS[name].check(lab._inventory()).reasons)


def solve(lab: Lab, name: str) -> None:
    """Twice: a solution can run again."""
    for _ in range(2):
        for part in (STEPS.get(name) or challenge(name)).solution:
            part(lab)


STEPS_8_AND_9 = ["scaling", "release", "alarm", "stack"]
PATIENCE = pytest.mark.timeout(400)  # seconds: one story a test, for every part of it stands on the last


@PATIENCE
def test_the_shop_made_by_hand_from_its_opening_to_its_end(lab: Lab) -> None:
    challenges = [each.name for name in ("lab", "operate") for each in chapter(name).challenges]
    assert {state(lab, name) for name in (*STEPS_8_AND_9, *challenges)} == {"not_attempted"}
    lab.prepare("operate")
    assert {state(lab, name) for name in (*STEPS_8_AND_9, *challenges)} == {"not_attempted"}
    for name in challenges[:-1]:
        if name != "operate-mended":
            solve(lab, name)
            assert state(lab, name) == "passed", name

    scaling = lab.session.client("application-autoscaling")
    products = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/frenchbakery/products",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**products, MinCapacity=1, MaxCapacity=1)
    found = reasons(lab, "scaling")
    assert "may go down to 1 task" in found
    assert "cannot grow" in found
    assert "no policy follows a metric" in found
    for part in STEPS["scaling"].solution:
        part(lab)
    assert state(lab, "scaling") == "passed"
    assert client.pace() == 60

    for part in STEPS["release"].solution:
        part(lab)
    assert reasons(lab, "release") == ""
    assert state(lab, "release") == "passed"
    for part in challenge("operate-mended").solution:
        part(lab)
    assert state(lab, "operate-mended") == "passed"
    assert state(lab, "release") == "passed"

    # The challenge's alarm is one of the shop's, but not the one that is wanted here.
    assert "no alarm counts the errors" in reasons(lab, "alarm")
    solve(lab, "alarm")
    assert state(lab, "alarm") == "passed"

    # What the steps left is named, and does not outlive the shop.
    lab.session.client("logs").delete_log_group(logGroupName="/ecs/frenchbakery")
    left = reasons(lab, "clean")
    assert "scalable targets (orders, products)" in left
    assert "frenchbakery-orders-sick, frenchbakery-shop-errors" in left

    for _ in range(2):
        lab.clean_up("operate")
        assert state(lab, "clean") == "passed"
    assert lab.session.client("cloudwatch").describe_alarms()["MetricAlarms"] == []


@PATIENCE
def test_the_shop_as_a_stack_from_its_creation_to_its_end(lab: Lab) -> None:
    create, open_ = STEPS["stack"].solution
    create(lab)
    assert "the stack’s service orders asks for no task" in reasons(lab, "stack")
    lab.session.client("logs").put_retention_policy(logGroupName="/ecs/frenchbakery", retentionInDays=30)
    outcome = challenge("operate-retention").check(lab.session)
    assert outcome.reasons[-1:] == (
        "the log group says 30, the stack’s template says 7: somebody went past the stack",
    )
    lab.session.client("logs").put_retention_policy(logGroupName="/ecs/frenchbakery", retentionInDays=7)
    open_(lab)
    assert reasons(lab, "stack") == ""
    assert state(lab, "operate-retention") == "not_attempted"
    solve(lab, "operate-retention")
    assert state(lab, "operate-retention") == "passed"
    assert state(lab, "stack") == "passed"
    for _ in range(2):
        lab.clean_up("operate")
        assert state(lab, "clean") == "passed"
    assert repr(lab.diagram()) == "Diagram: nothing yet"
    assert lab.session.client("cloudformation").describe_stacks()["Stacks"] == []


def test_catching_up_makes_what_others_stand_on_and_nothing_else(lab: Lab) -> None:
    foundation = [name for name, step in STEPS.items() if step.foundation]
    assert foundation[:7] == list(STEPS)[:7]
    assert foundation[7:] == ["clean"]

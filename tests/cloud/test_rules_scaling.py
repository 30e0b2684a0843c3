"""RULES 21 to 23, pure and under an injected clock; and the whole path, at a fast pace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.cloud.controllers.alarm_evaluation import ALARM, Condition, Datum, evaluate
from labs.cloud.controllers.scaling.decisions import (
    HIGH_POINTS,
    LOW_POINTS,
    LOW_SHARE,
    Decision,
    Facts,
    Last,
    Proposal,
    Step,
    StepScaling,
    TargetTracking,
    decide,
)
from tests.cloud.running import RunningCloud, wait_for
from tests.cloud.stack import Stack

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def tracking(value: float, *, low: bool = False, policy: str = "cpu", target: float = 50) -> Proposal:
    return Proposal(policy, f"{policy}-alarm", TargetTracking(target), value, low=low)


def facts(desired: int, **changes: object) -> Facts:
    settings: dict[str, object] = {"least": 1, "most": 10, "minute": 1000.0}
    return Facts(desired, **(settings | changes))  # type: ignore[arg-type]


def desired(decision: Decision | None) -> int | None:
    return decision.desired if decision else None


def test_rule_21_three_high_points_of_three_or_fifteen_low_ones_of_fifteen() -> None:
    assert (HIGH_POINTS, LOW_POINTS, LOW_SHARE) == (3, 15, 0.9)
    high = Condition("GreaterThanThreshold", 50, HIGH_POINTS, HIGH_POINTS)
    low = Condition("LessThanThreshold", 50 * LOW_SHARE, LOW_POINTS, LOW_POINTS)
    for condition, beyond, within in ((high, 60.0, 50.0), (low, 44.0, 45.0)):
        points = [Datum(NOON + timedelta(minutes=index), within) for index in range(2)]
        enough = [Datum(NOON + timedelta(minutes=2 + index), beyond) for index in range(condition.periods)]
        assert evaluate(condition, points + enough, "OK").state == ALARM
        assert evaluate(condition, points + enough[:-1] + points[:1], "OK").state == "OK"


def test_rule_21_the_desired_count_brings_the_metric_to_the_target() -> None:
    assert desired(decide(facts(2), [tracking(75.0)])) == 3
    assert desired(decide(facts(3), [tracking(100.0)])) == 6
    assert desired(decide(facts(6), [tracking(20.0, low=True)])) == 3
    flapping = decide(facts(2), [tracking(40.0, low=True)])  # one task would have 80 %
    assert flapping is not None and flapping.reason == "AutoScalingAnticipatedFlapping"


def test_rule_22_after_scaling_out_only_a_larger_scale_out_does_not_wait() -> None:
    last = Last("out", 1000, 300, before=2)
    assert desired(decide(facts(3, minute=1002.0, last=last), [tracking(70.0)])) is None
    assert desired(decide(facts(3, minute=1002.0, last=last), [tracking(100.0)])) == 4  # 2 tasks at 100 %
    assert desired(decide(facts(3, minute=1005.0, last=last), [tracking(70.0)])) == 5


def test_rule_22_after_scaling_in_the_next_waits_but_a_scale_out_does_not_and_ends_the_wait() -> None:
    last = Last("in", 1000, 300, before=8)
    falling, rising = tracking(20.0, low=True), tracking(75.0)
    assert desired(decide(facts(4, minute=1004.9, last=last), [falling])) is None
    out = decide(facts(4, minute=1002.0, last=last), [rising])
    assert out is not None and out.desired == 6 and out.last is not None and out.last.direction == "out"
    assert desired(decide(facts(6, minute=1003.0, last=out.last), [falling])) == 3
    assert desired(decide(facts(4, minute=1005.0, last=last), [falling])) == 2


def test_rule_23_missing_data_changes_nothing() -> None:
    for condition in (
        Condition("GreaterThanThreshold", 50, HIGH_POINTS, HIGH_POINTS),
        Condition("LessThanThreshold", 45, LOW_POINTS, LOW_POINTS),
    ):
        assert evaluate(condition, [None] * (condition.periods + 2), "OK").state == "INSUFFICIENT_DATA"
    assert decide(facts(3), []) is None


def test_rule_23_any_policy_scales_out_and_all_must_agree_to_scale_in() -> None:
    cpu, memory = tracking(75.0), tracking(10.0, low=True, policy="memory")
    assert desired(decide(facts(4, agreed=False), [cpu, memory])) == 6
    assert desired(decide(facts(4, agreed=False), [memory])) is None
    low = tracking(40.0, low=True, target=80)
    both = decide(facts(4, agreed=True), [memory, low])
    assert both is not None and (both.desired, both.proposal.policy) == (2, "cpu")  # the larger of 1 and 2
    step = Proposal("step", "low", StepScaling("ChangeInCapacity", (Step(None, 0, -1),), 20), 10.0)
    assert desired(decide(facts(4, agreed=False), [step, memory])) == 3  # step scaling waits for nobody


def test_rule_23_no_scale_in_during_a_deployment() -> None:
    blocked = decide(facts(4, deploying=True), [tracking(10.0, low=True)])
    assert blocked is not None and (blocked.desired, blocked.reason) == (
        None,
        "TargetServicePutResourceAsUnscalable",
    )
    assert desired(decide(facts(4, deploying=True), [tracking(75.0)])) == 6


PROPOSALS = st.lists(
    st.one_of(
        st.builds(tracking, st.floats(0, 500), low=st.booleans()),
        st.builds(
            lambda adjustment, value: Proposal(
                "step", "alarm", StepScaling("ChangeInCapacity", (Step(None, None, adjustment),), 50), value
            ),
            st.integers(-5, 5),
            st.floats(0, 500),
        ),
    ),
    max_size=4,
)
LASTS = st.none() | st.builds(
    Last, st.sampled_from(["out", "in"]), st.floats(990, 1000), st.integers(0, 600), before=st.integers(0, 20)
)


@given(
    st.integers(0, 20), st.integers(0, 10), st.integers(0, 10), LASTS, st.booleans(), st.booleans(), st.booleans(),
    st.booleans(), PROPOSALS,
)  # fmt: skip
def test_no_decision_leaves_the_limits_or_breaks_a_rule(
    now: int, least: int, more: int, last: Last | None, deploying: bool, agreed: bool, no_out: bool, no_in: bool,
    proposals: list[Proposal],
) -> None:  # fmt: skip
    situation = Facts(now, least, least + more, 1000.0, last, deploying, agreed, no_out, no_in)
    decision = decide(situation, proposals)
    if decision is None:
        return
    if decision.desired is None:
        assert decision.reason
        return
    assert least <= decision.desired <= least + more and decision.desired != now
    assert decision.last is not None
    if decision.desired > now:
        assert not no_out and decision.last.direction == "out"
    else:
        assert not (deploying or no_in) and decision.last.direction == "in"
        assert last is None or last.direction != "in" or not last.cooling(1000.0)
        assert agreed or not isinstance(decision.proposal.rule, TargetTracking)


# Busy while the file /tmp… says so: every task reads the same one, so a test turns the load on and off.
BUSY = """
import os, pathlib, time
flag = pathlib.Path(os.environ["FLAG"])
while True:
    end = time.monotonic() + 0.05
    while flag.exists() and time.monotonic() < end:
        pass
    time.sleep(0.05)
"""


def test_load_means_more_tasks_and_rest_means_fewer(
    hurried: RunningCloud, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stack = Stack(hurried)
    flag = tmp_path_factory.mktemp("load") / "busy"
    image = stack.image({"app/main.py": BUSY})
    check = {
        "command": ["CMD", "true"],
        "interval": 5,
    }  # without one it is healthy after 40 s only [RULES 10]
    environment = [{"name": "FLAG", "value": str(flag)}]
    container = stack.container(image=image, environment=environment, healthCheck=check)
    stack.serve("worker", count=1, definition=stack.define(container))
    stack.until_steady("worker")
    scaling, cloudwatch = hurried.client("application-autoscaling"), hurried.client("cloudwatch")
    place = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{stack.cluster}/worker",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**place, MinCapacity=1, MaxCapacity=2)
    made = scaling.put_scaling_policy(
        **place,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 50,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            "ScaleOutCooldown": 60,
            "ScaleInCooldown": 60,
        },
    )
    high = made["Alarms"][0]["AlarmName"]
    flag.touch()
    wait_for(lambda: stack.service("worker")["desiredCount"] == 2, what="two tasks")
    told = cloudwatch.describe_alarms(AlarmNames=[high])["MetricAlarms"][0]
    assert told["StateReason"].startswith("Threshold Crossed: 3 datapoints [")
    wait_for(lambda: stack.service("worker")["runningCount"] == 2, what="two running tasks")
    flag.unlink()
    wait_for(lambda: stack.service("worker")["desiredCount"] == 1, what="one task")
    activities = scaling.describe_scaling_activities(**place)["ScalingActivities"]
    assert [each["Description"] for each in activities] == [
        "Setting desired count to 1.",
        "Setting desired count to 2.",
    ]
    assert activities[1]["Cause"] == f"monitor alarm {high} in state ALARM triggered policy cpu"
    events = [
        event["text"]
        for event in hurried.control("GET", "/timeline")["events"]
        if event["kind"] == "service-scaled"
    ]
    assert "desired count 1 → 2" in events[0] and "50" in events[0]

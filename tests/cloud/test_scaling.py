"""What policies compute, and what the two limits do: pure."""

from __future__ import annotations

import pytest

from labs.cloud.aws.application_autoscaling.validation import (
    Invalid,
    NotEmulated,
    check_policy,
    check_resource,
)
from labs.cloud.controllers.scaling.decisions import (
    Facts,
    Proposal,
    Step,
    StepScaling,
    TargetTracking,
    decide,
)

# "How step scaling works": the documentation's own example, for a threshold of 60
OUT = (Step(0, 10, 0), Step(10, 20, 10), Step(20, None, 30))
IN = (Step(-10, 0, 0), Step(-20, -10, -10), Step(None, -20, -30))


@pytest.mark.parametrize(
    "value, steps, now, expected",
    [
        (60, OUT, 10, 10),
        (69.9, OUT, 10, 10),
        (70, OUT, 10, 11),
        (79, OUT, 11, 12),
        (80, OUT, 10, 13),
        (50, IN, 10, 9),
        (40, IN, 10, 7),
        (41, IN, 13, 12),
        (5, IN, 10, 7),
    ],
)
def test_steps_in_percent(value: float, steps: tuple[Step, ...], now: int, expected: int) -> None:
    assert StepScaling("PercentChangeInCapacity", steps, 60).capacity(now, value) == expected


@pytest.mark.parametrize(
    "now, percent, least, expected",
    [(10, 10, 0, 11), (1, 10, 0, 2), (1, -10, 0, 0), (27, 10, 0, 29), (27, -10, 0, 25), (10, 10, 4, 14), (10, -10, 4, 6), (0, 50, 3, 0)],
)  # fmt: skip
def test_percent_is_rounded_towards_zero_but_never_to_none(
    now: int, percent: int, least: int, expected: int
) -> None:
    rule = StepScaling("PercentChangeInCapacity", (Step(0, None, percent),), 50, least)
    assert rule.capacity(now, 60) == expected


def test_exact_capacity_and_no_step_at_all() -> None:
    assert StepScaling("ExactCapacity", (Step(0, None, 7),), 50).capacity(3, 50) == 7
    assert StepScaling("ChangeInCapacity", (Step(10, None, 2),), 50).capacity(3, 55) == 3
    assert StepScaling("ChangeInCapacity", (Step(None, 0, -9),), 50).capacity(3, 40) == 0


def out(desired: int, least: int = 2, most: int = 4) -> object:
    decision = decide(Facts(desired, least, most, 0.0), [Proposal("p", "a", TargetTracking(50), 75.0)])
    return decision and (decision.desired or decision.reason)


def down(desired: int, least: int = 2, most: int = 4) -> object:
    decision = decide(
        Facts(desired, least, most, 0.0), [Proposal("p", "a", TargetTracking(50), 10.0, low=True)]
    )
    return decision and (decision.desired or decision.reason)


def test_a_count_outside_the_limits_comes_back_by_the_right_alarm_only() -> None:
    """ECS Developer Guide, "Automatically scale your Amazon ECS service": considerations."""
    assert out(1) == 2  # from below the minimum up to it
    assert down(1) == "AlreadyAtMinCapacity"
    assert out(9) == "AlreadyAtMaxCapacity"
    assert down(9) == 2
    assert out(4) == "AlreadyAtMaxCapacity" and out(3) == 4


TRACKING = {
    "TargetValue": 50,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
}
STEPS = {
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
}


def steps(*bounds: tuple[float | None, float | None]) -> dict[str, object]:
    made = []
    for lower, upper in bounds:
        step: dict[str, object] = {"ScalingAdjustment": 1}
        step |= {} if lower is None else {"MetricIntervalLowerBound": lower}
        step |= {} if upper is None else {"MetricIntervalUpperBound": upper}
        made.append(step)
    return STEPS | {"StepAdjustments": made}


@pytest.mark.parametrize(
    "kind, configuration, words",
    [
        ("StepScaling", None, "is required"),
        ("Magic", {}, "enum value set"),
        ("TargetTrackingScaling", {}, "TargetValue"),
        ("TargetTrackingScaling", TRACKING | {"TargetValue": 0}, "greater than 0"),
        ("TargetTrackingScaling", TRACKING | {"TargetValue": "50"}, "number"),
        ("TargetTrackingScaling", TRACKING | {"CustomizedMetricSpecification": {"MetricName": "m"}}, "Exactly one"),
        ("TargetTrackingScaling", TRACKING | {"ScaleInCooldown": -1}, "ScaleInCooldown"),
        ("TargetTrackingScaling", {"TargetValue": 1, "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"}}, "Unsupported predefined"),
        ("TargetTrackingScaling", {"TargetValue": 1, "PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget"}}, "Resource label is required"),
        ("TargetTrackingScaling", {"TargetValue": 1, "CustomizedMetricSpecification": {"MetricName": "m"}}, "needs MetricName"),
        ("StepScaling", {"AdjustmentType": "Double"}, "enum value set"),
        ("StepScaling", steps(), "At least one"),
        ("StepScaling", steps((0, 10), (5, None)), "overlap"),
        ("StepScaling", steps((0, 10), (20, None)), "gap"),
        ("StepScaling", steps((10, 0)), "less than its upper"),
        ("StepScaling", steps((None, None), (0, 1)), "must have a lower"),
        ("StepScaling", STEPS | {"MinAdjustmentMagnitude": 2}, "MinAdjustmentMagnitude"),
    ],
)  # fmt: skip
def test_policies_that_aws_refuses(kind: str, configuration: dict[str, object] | None, words: str) -> None:
    given = {} if configuration is None else {f"{kind}PolicyConfiguration": configuration}
    with pytest.raises(Invalid, match=words):
        check_policy(kind, given)


def test_what_is_not_emulated_says_so() -> None:
    with pytest.raises(NotEmulated, match="predictive scaling"):
        check_policy("PredictiveScaling", {})
    with pytest.raises(NotEmulated, match="dynamodb"):
        check_resource("dynamodb", "table/t", "dynamodb:table:ReadCapacityUnits")
    with pytest.raises(Invalid, match="serviceNamespace"):
        check_resource("bakery", "service/a/b", None)
    with pytest.raises(Invalid, match="Unsupported service namespace"):
        check_resource("ecs", "service/only-one", "ecs:service:DesiredCount")

"""Notebook 06b's challenges judged without a cloud: untouched, wrong, solved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from labs.chapters.operate import mended, orders, pace, retention, sick
from labs.chapters.operate.mended import Served
from labs.chapters.operate.orders import Scaled
from labs.chapters.operate.pace import Rules
from labs.chapters.operate.retention import Kept
from labs.chapters.operate.sick import Watch
from labs.inventory import Alarm

LABEL = "app/frenchbakery/1/targetgroup/frenchbakery-orders/1"
FOLLOWED = ("ALBRequestCountPerTarget", LABEL, 50.0)
RULES = Rules(desired=2, least=100, most=150, breaker=True)
SERVED = Served(
    {"sha256:1": ("1.0",), "sha256:3": ("3.0",), "sha256:31": ("3.1",)},
    "sha256:31",
    "COMPLETED",
    {"baguette": 110, "baguette-aux-graines": 190},
)
DIMENSIONS = {"LoadBalancer": "app/frenchbakery/1", "TargetGroup": "targetgroup/frenchbakery-orders/1"}
ALARM = Alarm(
    "frenchbakery-orders-sick",
    "AWS/ApplicationELB/UnHealthyHostCount",
    DIMENSIONS,
    "missing",
    "Maximum",
    "GreaterThanOrEqualToThreshold",
    1.0,
    120,
)
WATCH = Watch(ALARM, DIMENSIONS)
KEPT = Kept("UPDATE_COMPLETE", 30, 30)


def judged(module: Any, found: Any) -> str:
    assert module.attempted(found)
    return "; ".join(module.problems(found))


@pytest.mark.parametrize("module", [orders, pace, mended, sick, retention])
def test_nothing_there_is_not_attempted(module: Any) -> None:
    assert not module.attempted(None)


def test_what_the_lab_itself_makes_is_no_attempt() -> None:
    assert not pace.attempted(replace(RULES, most=200))
    assert not mended.attempted(replace(SERVED, tags={"sha256:1": ("1.0",), "sha256:3": ("3.0",)}))
    assert not retention.attempted(Kept("UPDATE_COMPLETE", 7, 7))


@pytest.mark.parametrize(
    ("module", "found"),
    [
        (orders, Scaled((2, 6), (FOLLOWED,), LABEL)),
        (pace, RULES),
        (mended, SERVED),
        (sick, WATCH),
        (retention, KEPT),
    ],
)
def test_solved(module: Any, found: Any) -> None:
    assert judged(module, found) == ""


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Scaled((1, 6), (FOLLOWED,), LABEL), "from 1 to 6 tasks"),
        (Scaled((2, 6), (), LABEL), "nothing moves orders"),
        (
            Scaled((2, 6), (("ECSServiceAverageCPUUtilization", "", 50.0),), LABEL),
            "follows ECSServiceAverageCPU",
        ),
        (
            Scaled(
                (2, 6),
                ((FOLLOWED[0], "app/frenchbakery/1/targetgroup/frenchbakery-products/1", 50.0),),
                LABEL,
            ),
            "does not name the load balancer and the target group",
        ),
        (Scaled((2, 6), ((*FOLLOWED[:2], 20.0),), LABEL), "20 requests a minute instead of 50"),
    ],
)
def test_orders(found: Scaled, words: str) -> None:
    assert words in judged(orders, found)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (replace(RULES, least=50), "only 1 healthy task(s) of 2"),
        (replace(RULES, least=99, most=200), "up to 4 tasks for 2"),
        (replace(RULES, most=100), "no release of reviews could move"),
        (replace(RULES, most=149), "no release of reviews could move"),
        (replace(RULES, breaker=False), "lost its circuit breaker"),
    ],
)
def test_pace(found: Rules, words: str) -> None:
    assert words in judged(pace, found)


def test_other_percentages_that_come_to_the_same_pass() -> None:
    assert judged(pace, replace(RULES, least=51, most=199)) == ""
    assert judged(pace, replace(RULES, desired=4, most=125)) == ""


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (replace(SERVED, digest="sha256:1"), "does not serve the image tagged 3.1"),
        (replace(SERVED, digest=""), "does not serve the image tagged 3.1"),
        (replace(SERVED, state="IN_PROGRESS"), "not over: IN_PROGRESS"),
        (replace(SERVED, tags={"sha256:31": ("2.0", "3.1")}), "an image that was there already (2.0)"),
        (replace(SERVED, prices=None), "does not answer"),
        (replace(SERVED, prices={"baguette": 110}), "no longer on the shelf"),
        (replace(SERVED, prices={"baguette-aux-graines": 170}), "for 170 cents"),
    ],
)
def test_mended(found: Served, words: str) -> None:
    assert words in judged(mended, found)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"metric": "AWS/ApplicationELB/HealthyHostCount"}, "not the number of sick targets"),
        ({"metric": "AWS/NetworkELB/UnHealthyHostCount"}, "the alarm follows AWS/NetworkELB/UnHealthyHostCount"),
        ({"metric": "/"}, "the alarm follows ?"),
        ({"dimensions": {"LoadBalancer": "app/frenchbakery/1"}}, "no point will ever come"),
        ({"dimensions": {}}, "no point will ever come"),
        ({"dimensions": {**DIMENSIONS, "TargetGroup": "orders"}}, "no point will ever come"),
        ({"dimensions": {**DIMENSIONS, "LoadBalancer": "app/frenchbakery/2"}}, "no point will ever come"),
        ({"dimensions": {**DIMENSIONS, "TargetGroup": "targetgroup/frenchbakery-orders/2"}}, "no point will ever come"),
        ({"dimensions": {**DIMENSIONS, "TargetGroup": "targetgroup/frenchbakery-products/1"}},
         "looks at the target group frenchbakery-products"),
        ({"threshold": 2}, "would not set the alarm off"),
        ({"comparison": "GreaterThanThreshold"}, "would not set the alarm off"),
        ({"comparison": "LessThanThreshold"}, "when no target is sick"),
        ({"threshold": 0}, "when no target is sick"),
        ({"statistic": "SampleCount"}, "counts measurements"),
        ({"seconds": 60}, "wake somebody up"),
        ({"seconds": 600}, "waits 10 minutes"),
    ],
)  # fmt: skip
def test_sick(changes: dict[str, Any], words: str) -> None:
    assert words in judged(sick, replace(WATCH, alarm=replace(ALARM, **changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {"comparison": "GreaterThanThreshold", "threshold": 0},
        {"statistic": "Average"},
        {"missing": "breaching"},
    ],
)
def test_sick_in_another_way(changes: dict[str, Any]) -> None:
    assert judged(sick, replace(WATCH, alarm=replace(ALARM, **changes))) == ""


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Kept("UPDATE_ROLLBACK_COMPLETE", 7, 7), "has not taken the change: UPDATE_ROLLBACK_COMPLETE"),
        (Kept("UPDATE_COMPLETE", 7, 30), "the log group says 30, the stack’s template says 7"),
        (Kept("UPDATE_COMPLETE", 30, None), "the log group says None"),
        (Kept("UPDATE_COMPLETE", 14, 14), "kept for 14 days"),
        (Kept("UPDATE_COMPLETE", None, None), "kept for None days"),
    ],
)
def test_retention(found: Kept, words: str) -> None:
    assert words in judged(retention, found)


@pytest.mark.parametrize(
    ("body", "days"),
    [
        ("Resources:\n  G: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: !Ref Days}}", 30),
        (
            "Resources:\n  G: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: !Ref Weeks}}",
            retention.UNREAD,
        ),
        (
            "Resources:\n  G: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: !Sub '${Weeks}'}}",
            retention.UNREAD,
        ),
        ("Resources:\n  G: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: !Sub '${Days}'}}", 30),
        ("Resources:\n  G: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: 30}}", 30),
        (
            "Resources:\n  G: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: thirty}}",
            retention.UNREAD,
        ),
        ("Resources:\n  G: {Type: 'AWS::Logs::LogGroup'}", None),
        ("Resources:\n  T: {Type: 'AWS::DynamoDB::Table'}", None),
        ({"Resources": {"G": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}}}}, 7),
        (
            {
                "Resources": {
                    "G": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": {"Ref": "Days"}}}
                }
            },
            30,
        ),
    ],
)
def test_the_template_s_days(body: Any, days: int | str | None) -> None:
    assert retention._days(body, {"Days": "30"}) == days

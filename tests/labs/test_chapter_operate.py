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

FOLLOWED = ("ALBRequestCountPerTarget", "frenchbakery-orders", 50.0)
RULES = Rules(desired=2, least=100, most=150, breaker=True)
SERVED = Served({"sha256:1": ("1.0",), "sha256:3": ("3.0",), "sha256:31": ("3.1",)}, "sha256:31", "COMPLETED")
WATCH = Watch(
    "UnHealthyHostCount",
    {"LoadBalancer": "app/frenchbakery/1", "TargetGroup": "targetgroup/frenchbakery-orders/1"},
    "GreaterThanOrEqualToThreshold",
    1.0,
    120,
)
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
        (orders, Scaled((2, 6), (FOLLOWED,))),
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
        (Scaled((1, 6), (FOLLOWED,)), "from 1 to 6 tasks"),
        (Scaled((2, 6), ()), "nothing moves orders"),
        (Scaled((2, 6), (("ECSServiceAverageCPUUtilization", "", 50.0),)), "follows ECSServiceAverageCPU"),
        (Scaled((2, 6), ((FOLLOWED[0], "frenchbakery-products", 50.0),)), "another target group"),
        (Scaled((2, 6), ((*FOLLOWED[:2], 20.0),)), "20 requests a minute instead of 50"),
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
    ],
)
def test_mended(found: Served, words: str) -> None:
    assert words in judged(mended, found)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (replace(WATCH, metric="HealthyHostCount"), "not the number of sick targets"),
        (replace(WATCH, metric=""), "the alarm follows ?"),
        (replace(WATCH, dimensions={"LoadBalancer": "app/frenchbakery/1"}), "no point will ever come"),
        (replace(WATCH, dimensions={"LoadBalancer": "app/x/1", "TargetGroup": "orders"}), "no point will ever come"),
        (replace(WATCH, dimensions={**WATCH.dimensions, "TargetGroup": "targetgroup/frenchbakery-products/1"}),
         "looks at the target group frenchbakery-products"),
        (replace(WATCH, threshold=2), "would not set the alarm off"),
        (replace(WATCH, comparison="GreaterThanThreshold"), "would not set the alarm off"),
        (replace(WATCH, comparison="LessThanThreshold"), "would not set the alarm off"),
        (replace(WATCH, seconds=60), "wake somebody up"),
        (replace(WATCH, seconds=600), "waits 10 minutes"),
    ],
)  # fmt: skip
def test_sick(found: Watch, words: str) -> None:
    assert words in judged(sick, found)


def test_more_than_none_is_as_good_as_one() -> None:
    assert judged(sick, replace(WATCH, comparison="GreaterThanThreshold", threshold=0)) == ""


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
        ("Resources:\n  G: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: !Ref Days}}", None),
        ("Resources:\n  G: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: 30}}", 30),
        ("Resources:\n  G: {Type: 'AWS::Logs::LogGroup'}", None),
        ("Resources:\n  T: {Type: 'AWS::DynamoDB::Table'}", None),
        ({"Resources": {"G": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}}}}, 7),
    ],
)
def test_the_template_s_days(body: Any, days: int | None) -> None:
    assert retention._days(body) == days

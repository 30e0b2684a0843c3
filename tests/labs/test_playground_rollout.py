"""The roll-out viewer: the bounds hold at every moment, and what is drawn is what the local cloud's services do."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.facts import number
from labs.playgrounds import rollout
from labs.playgrounds.rollout.simulation import (
    BOOT,
    CHECK,
    CRASH,
    REGISTRATION_SECONDS,
    Kind,
    Setting,
    Story,
    unfold,
)
from labs.playgrounds.rollout.texts import say

START = {
    "desired": 4, "minimum": 100, "maximum": 200, "version": "good", "warm": 20, "grace": 0, "drain": 60,
    "breaker": True, "rollback": True,
}  # fmt: skip
SETTINGS = st.builds(
    Setting,
    desired=st.integers(1, 12),
    minimum=st.sampled_from([0, 25, 50, 75, 90, 100]),
    maximum=st.sampled_from([100, 110, 125, 150, 200]),
    version=st.sampled_from(["good", "crashes", "fails_check", "no_image"]),
    warm=st.sampled_from([0.0, 20.0, 60.0]),
    grace=st.sampled_from([0.0, 60.0, 240.0]),
    drain=st.sampled_from([0.0, 30.0, 300.0]),
    breaker=st.booleans(),
    rollback=st.booleans(),
)


def kinds(story: Story) -> list[Kind]:
    return [step.kind for step in story.steps]


def started(story: Story, version: str) -> int:
    return sum(s.count for s in story.steps if s.kind is Kind.START and s.version == version)


# The rules


@settings(max_examples=150, deadline=None)
@given(SETTINGS)
def test_rule_9_the_scheduler_keeps_between_floor_and_ceiling(setting: Setting) -> None:
    story = unfold(setting)
    assert story.highest <= max(story.facts.ceiling, setting.desired)
    if setting.version == "good" and story.failures == 0:  # nothing but the scheduler takes tasks away
        assert story.lowest >= min(story.facts.floor, setting.desired)


@settings(max_examples=100, deadline=None)
@given(SETTINGS)
def test_a_version_that_works_ends_complete_unless_nothing_can_move(setting: Setting) -> None:
    story = unfold(Setting(**{**vars(setting), "version": "good", "warm": 0.0}))
    stuck = story.facts.floor == story.facts.ceiling == setting.desired
    assert story.ended is (Kind.STUCK if stuck else Kind.COMPLETE)
    assert story.failures == 0
    if not stuck:
        last = story.frames[-1]
        assert (last.old, last.new, last.waiting, last.draining) == (0, setting.desired, 0, 0)


@settings(max_examples=100, deadline=None)
@given(SETTINGS, st.sampled_from(["crashes", "fails_check", "no_image"]))
def test_rule_14_15_a_bad_version_never_is_complete_and_is_rolled_back_if_asked_to(
    setting: Setting, version: Any
) -> None:
    story = unfold(Setting(**{**vars(setting), "version": version, "warm": 0.0}))
    if story.ended is Kind.STUCK:
        return
    assert Kind.COMPLETE not in kinds(story)
    assert (Kind.TRIP in kinds(story)) is setting.breaker
    if setting.breaker:
        assert story.failures >= story.threshold
        assert story.ended is (Kind.RETURNED if setting.rollback else Kind.STALL)
    else:
        assert story.ended is None


def test_rule_14_the_threshold_is_that_of_the_facts() -> None:
    share, least, most = (number(f"ecs_breaker_{name}") for name in ("share", "lowest", "highest"))
    for desired in (1, 4, 6, 7, 11, 20):
        assert unfold(Setting(desired)).threshold == min(most, max(least, -(-desired * share // 1)))


def test_the_health_checks_are_the_load_balancers_defaults() -> None:
    found = (CHECK.interval, CHECK.unhealthy_threshold, CHECK.healthy_threshold)
    names = ("target_check_interval", "target_unhealthy_threshold", "target_healthy_threshold")
    assert found == tuple(number(name) for name in names)


def test_the_defaults_start_all_then_drain_all_and_wait_for_the_deregistration_delay() -> None:
    story = unfold(Setting(drain=60))
    healthy = BOOT + REGISTRATION_SECONDS + CHECK.interval  # the first check comes before the task answers
    assert [(s.at, s.kind, s.version, s.count) for s in story.steps] == [
        (0, Kind.START, "new", 4),
        (healthy, Kind.HEALTHY, "new", 4),
        (healthy, Kind.DRAIN, "old", 4),
        (healthy + 60, Kind.GONE, "", 4),
        (healthy + 60, Kind.COMPLETE, "new", 0),
    ]
    assert (story.lowest, story.highest, story.short) == (4, 8, 0)


def test_rule_13_a_slow_version_is_stopped_without_a_grace_period_and_complete_with_one() -> None:
    assert unfold(Setting(warm=60)).ended is Kind.RETURNED
    assert unfold(Setting(warm=60, grace=200)).ended is Kind.COMPLETE


def test_rule_16_what_cannot_start_is_tried_again_ever_later() -> None:
    story = unfold(Setting(version="no_image", breaker=False))
    waits = [step.count for step in story.steps if step.kind is Kind.THROTTLE]
    assert waits[:5] == [5, 10, 20, 40, 80]
    crashing = unfold(Setting(version="crashes", breaker=False))
    assert Kind.THROTTLE not in kinds(crashing)
    assert crashing.failures > story.failures


def test_capacity_that_customers_miss_is_measured() -> None:
    half = unfold(Setting(minimum=50, maximum=100))
    assert half.lowest == 2 and half.short > BOOT
    none = unfold(Setting(minimum=0, maximum=100, version="crashes"))
    assert none.lowest == 0
    assert none.short >= BOOT + CRASH
    assert rollout.customers(none) == say("outage", time=rollout.duration(none.short))


# The same as the local cloud's controller


@pytest.mark.parametrize(
    "setting",
    [
        Setting(drain=30),
        Setting(desired=3, minimum=50, maximum=100, drain=30),
        Setting(desired=5, minimum=60, maximum=120, drain=10),
        Setting(desired=10, minimum=90, maximum=110, drain=10),
        Setting(version="crashes", drain=0),  # the bench lets drain what has ended, too
        Setting(desired=8, version="crashes", minimum=50, maximum=100, drain=0),
        Setting(version="no_image", drain=30),
        Setting(version="fails_check", drain=30),
        Setting(desired=6, version="fails_check", minimum=50, maximum=150, drain=10),
        Setting(version="fails_check", rollback=False, drain=10),
        Setting(version="fails_check", grace=90, drain=10),
        Setting(desired=1, minimum=50, maximum=150, drain=10),
    ],
    ids=str,
)
def test_it_goes_as_the_local_clouds_service_goes(setting: Setting) -> None:
    from tests.cloud.service_bench import Bench, Version

    checked = BOOT + REGISTRATION_SECONDS + CHECK.interval
    behaviours = {
        "good": Version(boot=BOOT, check=checked),
        "crashes": Version(boot=BOOT, check=checked, ends=BOOT + CRASH),
        "fails_check": Version(boot=BOOT, check=checked, target="unhealthy"),
        "no_image": Version(boot=BOOT, starts=False),
    }
    story = unfold(setting)
    bench = Bench(delay=setting.drain)
    switches = {"enable": setting.breaker, "rollback": setting.rollback}
    configuration = {
        "minimumHealthyPercent": setting.minimum,
        "maximumPercent": setting.maximum,
        "deploymentCircuitBreaker": switches,
    }
    bench.create(
        behaviours["good"],
        setting.desired,
        1,
        loadBalancers=bench.behind(bench.target_group()),
        deploymentConfiguration=configuration,
        healthCheckGracePeriodSeconds=int(setting.grace),
    )
    bench.until_steady()
    bench.mark()
    before = {task.id for task in bench.tasks}
    bench.update(behaviours[setting.version])
    new, began, failures, tripped = bench.service.primary, bench.clock.seconds, 0, False
    bench.look()
    while bench.clock.seconds - began < story.steps[-1].at + 15:
        bench.step()
        if not tripped:
            failures, tripped = max(failures, new.failed_tasks), new.failed
        if bench.service.primary.stable and not bench.service.primary.failed:
            break

    assert (bench.lowest, bench.highest) == (story.lowest, story.highest)
    assert failures == story.failures
    came = [task for task in bench.tasks if task.id not in before]
    assert len([t for t in came if t.deployment_id == new.id]) == started(story, "new")
    assert len([t for t in came if t.deployment_id != new.id]) == started(story, "old")
    ends = {Kind.COMPLETE: ("web", True), Kind.RETURNED: ("back", True), Kind.STALL: ("web", False)}
    if story.ended in ends:
        where, stable = ends[story.ended]
        primary = bench.service.primary
        assert (primary is new, primary.stable) == (where == "web", stable)
    if story.ended in (Kind.COMPLETE, Kind.RETURNED):
        assert bench.clock.seconds - began == pytest.approx(story.steps[-1].at, abs=12)
    stuck = any("was unable to stop or start" in message for message in bench.messages)
    assert stuck is (story.ended is Kind.STUCK)


def test_aws_own_words_are_those_of_the_local_cloud() -> None:
    from moto.ecs.exceptions import InvalidParameterException

    from labs.cloud.aws.ecs.service_validation import _maximum_percent
    from labs.cloud.controllers.services import events

    assert events.STUCK == rollout.STUCK_EVENT
    with pytest.raises(InvalidParameterException, match=rollout.REFUSAL):
        _maximum_percent({"minimumHealthyPercent": 100, "maximumPercent": 100}, daemon=False)


# What is shown


@pytest.fixture(params=["fr", "en"])
def tongue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COURSE_LANG", request.param)
    return str(request.param)


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({}, "done"),
        ({"minimum": 50, "maximum": 100}, "noticed"),
        ({"minimum": 100, "maximum": 100}, "refused"),
        ({"desired": 1, "minimum": 50, "maximum": 150}, "event"),
        ({"version": "crashes"}, "returned"),
        ({"version": "crashes", "rollback": False}, "stalled"),
        ({"version": "crashes", "breaker": False}, "endless"),
    ],
)
def test_the_outcome_is_told_and_drawn(tongue: str, changed: dict[str, Any], key: str) -> None:
    shown = rollout.show(START | changed)
    beginning = say.catalogue[key][tongue].split("{")[0]
    assert beginning in shown.text
    svg = shown.html[shown.html.index("<svg") : shown.html.index("</svg>") + 6]
    root = ElementTree.fromstring(svg)
    named = {element.get("id"): element.text for element in root}
    assert [bool(named[name]) for name in str(root.get("aria-labelledby")).split()] == [True, True]
    assert named["rollout-desc"] == shown.text


def test_a_slow_version_is_told_about_the_grace_period() -> None:
    assert "grace period" in rollout.show(START | {"warm": 60}).html
    assert "grace period" not in rollout.show(START | {"warm": 60, "grace": 200}).html


def test_every_step_has_its_words(tongue: str) -> None:
    for setting in (Setting(), Setting(version="no_image"), Setting(version="fails_check", rollback=False)):
        for step in unfold(setting).steps:
            assert "{" not in rollout.told(step)


def test_the_playground_starts_with_awss_defaults_and_shows_them_on_paper() -> None:
    playground = rollout.playground()
    assert playground.values == START
    data, _ = playground._repr_mimebundle_()
    assert "<svg" in data["text/html"] and "desiredCount" in data["text/html"]
    assert repr(playground.set(version="crashes")).startswith(
        "The new version is given up after 4 failed tasks"
    )

"""Auto scaling under load: whatever the load and the policy, the rules of alarms, cooldowns and limits hold."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.facts import number
from labs.fargate import hourly
from labs.playgrounds import scaling
from labs.playgrounds.scaling.simulation import (
    CAPACITY,
    LENGTH,
    START,
    Activity,
    Course,
    Setting,
    load,
    unfold,
)
from labs.playgrounds.scaling.texts import say

BEGIN = {
    "curve": "rush", "peak": 150, "kind": "tracking", "target": 50, "cooldown_out": 300, "cooldown_in": 300,
    "least": 2, "most": 10,
}  # fmt: skip
SETTINGS = st.builds(
    Setting,
    curve=st.sampled_from(["rush", "spike", "growth", "noisy"]),
    peak=st.floats(25, 400),
    kind=st.sampled_from(["tracking", "steps", "none"]),
    target=st.sampled_from([30.0, 50.0, 80.0, 95.0]),
    cooldown_out=st.sampled_from([0, 60, 300, 900]),
    cooldown_in=st.sampled_from([0, 60, 300, 900]),
    least=st.integers(1, 5),
    most=st.integers(5, 20),
)


def scaled(course: Course) -> list[Activity]:
    return [each for each in course.activities if each.after is not None]


@settings(max_examples=60, deadline=None)
@given(SETTINGS)
def test_counts_stay_within_the_limits_and_requests_are_lost_only_beyond_capacity(setting: Setting) -> None:
    course = unfold(setting)
    assert all(setting.least <= count <= setting.most for count in (*course.desired, *course.running))
    for asked, tasks, lost, cpu in zip(course.load, course.running, course.lost, course.cpu, strict=True):
        assert lost == pytest.approx(max(0, asked - tasks * CAPACITY) * 60)
        assert (lost > 0) <= (cpu == 100)
    assert course.task_minutes >= sum(course.running)


@settings(max_examples=60, deadline=None)
@given(SETTINGS)
def test_rule_21_no_decision_without_three_high_or_fifteen_low_points(setting: Setting) -> None:
    course = unfold(setting)
    high, low = int(number("scaling_out_points")), int(number("scaling_in_points"))
    for activity in scaled(course):
        upper, lower = course.conditions
        now = activity.minute + 1
        if activity.low:
            assert all(value < lower.threshold for value in course.cpu[max(0, now - low) : now])
            assert now >= low
        else:
            assert all(value > upper.threshold for value in course.cpu[now - high : now])


@settings(max_examples=60, deadline=None)
@given(SETTINGS)
def test_rule_22_scale_ins_keep_their_cooldown(setting: Setting) -> None:
    course, last = unfold(setting), None
    for activity in scaled(course):
        falling = (activity.after or 0) < activity.before
        if falling and last is not None:
            assert (activity.minute - last) * 60 >= setting.cooldown_in
        last = activity.minute if falling else None  # a scale-out ends the wait


def test_new_tasks_serve_later_and_are_paid_for_before() -> None:
    course = unfold(Setting())
    first = scaled(course)[0]
    assert course.desired[first.minute + 1] == first.after
    assert course.running[first.minute + START] == first.before
    assert course.running[first.minute + START + 1] == first.after
    assert course.task_minutes > sum(course.running)


def test_a_short_spike_is_over_before_the_help_serves() -> None:
    spike = unfold(Setting(curve="spike"))
    assert sum(spike.lost) > 0
    assert say("too_short", points=3) in scaling.remarks(spike)
    assert scaling.remarks(unfold(Setting(kind="none"))) == []


def test_a_maximum_that_is_too_low_loses_requests_and_is_told() -> None:
    course = unfold(Setting(peak=400, most=5))
    assert max(course.running) == 5
    assert say("ceiling", most=5) in scaling.remarks(course)
    assert {each.reason for each in course.activities} >= {"AlreadyAtMaxCapacity"}


def test_the_load_is_the_same_each_time_and_never_above_its_peak() -> None:
    for curve in ("rush", "spike", "growth", "noisy"):
        demand = load(curve, 200)  # type: ignore[arg-type]
        assert demand == load(curve, 200)  # type: ignore[arg-type]
        assert len(demand) == LENGTH
        assert 0 < min(demand) <= max(demand) <= 200


def test_the_bill_is_fargates() -> None:
    course = unfold(Setting(kind="none", least=3, most=3))
    cost = 3 * LENGTH / 60 * hourly(*scaling.TASK)
    assert course.task_minutes == 3 * LENGTH
    assert f"{cost:.3f} USD on Fargate" in scaling.spent(course)


@pytest.mark.parametrize("tongue", ["fr", "en"])
@pytest.mark.parametrize(
    "changed",
    [{}, {"curve": "spike"}, {"kind": "steps", "curve": "noisy"}, {"kind": "none"}, {"most": 3, "peak": 400}],
)
def test_it_is_told_and_drawn(tongue: str, changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_LANG", tongue)
    shown = scaling.show(BEGIN | changed)
    assert shown.text and shown.text in " ".join(shown.html.replace("</strong>", "").split("<strong>")[1:])
    svg = shown.html[shown.html.index("<svg") : shown.html.index("</svg>") + 6]
    named = {element.get("id"): element.text for element in ElementTree.fromstring(svg)}
    assert named["under-load-desc"] == shown.text
    drawn_up, drawn_down = svg.count('class="dot-bad"'), svg.count('class="dot-wait"')
    assert (drawn_up > 0, drawn_down > 0) == (
        (False, False) if changed.get("kind") == "none" else (True, True)
    )


def test_every_decision_has_its_words() -> None:
    reasons = {
        "AlreadyAtMaxCapacity", "AlreadyAtMinCapacity", "AlreadyAtDesiredCapacity", "AutoScalingAnticipatedFlapping"
    }  # fmt: skip
    for reason in reasons:
        assert scaling.decided(Activity(3, 70.0, 2, None, reason, False)).startswith("CPU at 70%: nothing, ")
    assert scaling.decided(Activity(3, 70.0, 2, 3, None, False)) == "CPU at 70%: 2 → 3 tasks"


def test_limits_that_aws_refuses_are_refused() -> None:
    assert "above the maximum" in repr(scaling.show(BEGIN | {"least": 8, "most": 4}))


def test_the_playground_starts_with_awss_cooldowns_and_shows_them_on_paper() -> None:
    playground = scaling.playground()
    assert playground.values == BEGIN
    data, _ = playground._repr_mimebundle_()
    assert "<svg" in data["text/html"] and "300\N{NO-BREAK SPACE}s" in data["text/html"]
    assert repr(playground.set(kind="none")).startswith("257,835 requests lost of 492,750 (")

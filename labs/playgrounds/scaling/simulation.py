"""A service under load, minute by minute: alarms and decisions are the local cloud's own, the load is the learner's. Pure.

At the end of each minute its datapoint is there; the alarms are evaluated, and what is on asks for another capacity.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from labs.cloud.controllers.alarm_evaluation import (
    ALARM,
    INSUFFICIENT_DATA,
    LOOK_BACK,
    Condition,
    Datum,
    evaluate,
)
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

Curve = Literal["rush", "spike", "growth", "noisy"]
Kind = Literal["tracking", "steps", "none"]

LENGTH = 120  # minutes
CAPACITY = 25.0  # requests a second that keep one task's CPU wholly busy
START = 1  # minutes until a new task serves
ZERO = datetime(2026, 1, 1, tzinfo=UTC)  # minutes are counted from anywhere
# Step scaling: (from, to) points of CPU beyond the high alarm's threshold → tasks more; and one fewer below the low one.
STEPS_OUT = (Step(0, 10, 1), Step(10, 25, 2), Step(25, None, 4))
STEPS_IN = (Step(None, 0, -1),)
LOW_DISTANCE = 20.0  # points of CPU between the two alarms of step scaling


@dataclass(frozen=True)
class Setting:
    """The load, the policy, and its limits. `target`: per cent of CPU; cooldowns in seconds."""

    curve: Curve = "rush"
    peak: float = 150.0  # requests a second
    kind: Kind = "tracking"
    target: float = 50.0
    cooldown_out: int = 300
    cooldown_in: int = 300
    least: int = 2
    most: int = 10


@dataclass(frozen=True)
class Activity:
    """At the end of minute `minute` a decision was taken, because of `value`: another count, or why none."""

    minute: int
    value: float
    before: int
    after: int | None
    reason: str | None
    low: bool


@dataclass(frozen=True)
class Course:
    """What happened, one entry a minute: load, CPU, tasks that serve, tasks wanted, lost requests."""

    setting: Setting
    conditions: tuple[Condition, ...]
    load: tuple[float, ...]
    cpu: tuple[float, ...]
    running: tuple[int, ...]
    desired: tuple[int, ...]
    states: tuple[tuple[str, ...], ...]  # by alarm; from the end of the minute on
    lost: tuple[float, ...]  # requests
    activities: tuple[Activity, ...]

    @property
    def task_minutes(self) -> int:
        """What Fargate bills: tasks that start are paid for too."""
        return sum(max(pair) for pair in zip(self.running, self.desired, strict=True))

    @property
    def requests(self) -> float:
        """All that came."""
        return sum(self.load) * 60


def load(curve: Curve, peak: float) -> list[float]:
    """Requests a second in each minute; the same each time."""
    quiet = 0.1
    chance = random.Random(7)  # noqa: S311  the same noise each time
    shapes = {
        "rush": lambda m: quiet + (1 - quiet) * _hill(m, 15, 35, 65, 80),
        "spike": lambda m: quiet + (1 - quiet) * _hill(m, 30, 31, 35, 36),
        "growth": lambda m: quiet + (1 - quiet) * m / LENGTH,
        "noisy": lambda m: min(1.0, max(0.05, 0.45 + 0.12 * math.sin(m / 9) + chance.gauss(0, 0.14))),
    }
    return [peak * shapes[curve](minute) for minute in range(LENGTH)]


def _hill(minute: float, foot: float, top: float, edge: float, end: float) -> float:
    """Up between `foot` and `top`, down between `edge` and `end`; from 0 to 1."""
    up = (minute - foot) / (top - foot)
    down = (end - minute) / (end - edge)
    return min(1.0, max(0.0, min(up, down)))


def unfold(setting: Setting) -> Course:
    """Two hours of it, from `least` tasks on. Needs least ≤ most."""
    conditions = _conditions(setting)
    demand = load(setting.curve, setting.peak)
    serving = wanted = setting.least
    starting: list[tuple[int, int]] = []  # (from which minute they serve, how many)
    last: Last | None = None
    states = [INSUFFICIENT_DATA] * len(conditions)
    cpu: list[float] = []
    running: list[int] = []
    desired: list[int] = []
    lost: list[float] = []
    told: list[tuple[str, ...]] = []
    activities: list[Activity] = []
    for minute, asked in enumerate(demand):
        serving += sum(count for ready, count in starting if ready == minute)
        running.append(serving)
        desired.append(wanted)
        cpu.append(
            min(100.0, asked / (serving * CAPACITY) * 100)
        )  # a busy CPU cannot say how much more is asked of it
        lost.append(max(0.0, asked - serving * CAPACITY) * 60)
        states = [_state(each, cpu, state) for each, state in zip(conditions, states, strict=True)]
        told.append(tuple(states))
        decision = _decide(setting, wanted, minute + 1, last, states, cpu[-1])
        if decision is None:
            continue
        activities.append(_activity(minute, cpu[-1], wanted, decision))
        if decision.desired is None:
            continue
        last, change = decision.last, decision.desired - wanted
        wanted = decision.desired
        if change > 0:
            starting.append((minute + 1 + START, change))
        else:
            serving, starting = _fewer(serving, starting, minute, -change)
    return Course(
        setting, conditions, tuple(demand), tuple(cpu), tuple(running), tuple(desired),
        tuple(zip(*told, strict=True)), tuple(lost), tuple(activities),
    )  # fmt: skip


def _fewer(
    serving: int, starting: list[tuple[int, int]], minute: int, count: int
) -> tuple[int, list[tuple[int, int]]]:
    """Take tasks away: those that do not serve yet first, as the scheduler does."""
    left = []
    for ready, number in starting:
        taken = min(number, count) if ready > minute else 0
        count -= taken
        left.append((ready, number - taken))
    return serving - count, left


def _conditions(setting: Setting) -> tuple[Condition, ...]:
    """The high and the low alarm: those that target tracking makes, or those that a learner would for steps."""
    low = setting.target * LOW_SHARE if setting.kind == "tracking" else setting.target - LOW_DISTANCE
    if setting.kind == "none":
        return ()
    return (
        Condition("GreaterThanThreshold", setting.target, HIGH_POINTS, HIGH_POINTS),
        Condition("LessThanThreshold", low, LOW_POINTS, LOW_POINTS),
    )


def _state(condition: Condition, cpu: list[float], current: str) -> str:
    span = condition.periods + LOOK_BACK
    known = [Datum(ZERO + timedelta(minutes=index), value) for index, value in enumerate(cpu)][-span:]
    return evaluate(condition, [*[None] * (span - len(known)), *known], current).state


def _decide(
    setting: Setting, wanted: int, minute: float, last: Last | None, states: list[str], value: float
) -> Decision | None:
    proposals = [
        proposal for state, proposal in zip(states, _proposals(setting, value), strict=True) if state == ALARM
    ]
    agreed = bool(states) and states[-1] == ALARM
    return decide(Facts(wanted, setting.least, setting.most, minute, last, agreed=agreed), proposals)


def _proposals(setting: Setting, value: float) -> list[Proposal]:
    """What the two alarms ask for when they are on."""
    cooldowns = setting.cooldown_out, setting.cooldown_in
    if setting.kind == "none":
        return []
    if setting.kind == "tracking":
        rule = TargetTracking(setting.target)
        return [Proposal("cpu", end, rule, value, *cooldowns, low=end == "low") for end in ("high", "low")]
    change = "ChangeInCapacity"
    return [
        Proposal("out", "high", StepScaling(change, STEPS_OUT, setting.target), value, *cooldowns),
        Proposal(
            "in", "low", StepScaling(change, STEPS_IN, setting.target - LOW_DISTANCE), value, *cooldowns
        ),
    ]


def _activity(minute: int, value: float, before: int, decision: Decision) -> Activity:
    low = decision.proposal.alarm == "low"
    return Activity(minute, value, before, decision.desired, decision.reason, low)

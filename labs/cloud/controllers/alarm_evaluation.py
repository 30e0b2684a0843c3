"""Whether an alarm's threshold is crossed, and how CloudWatch says so. Pure.

Sources: CloudWatch User Guide, "Evaluating an alarm", "Configuring how CloudWatch alarms treat missing data"
(its tables are tests here); the texts are those of AWS CLI examples and of alarms' histories.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
MISSING_TREATMENTS = ("breaching", "notBreaching", "ignore", "missing")
# More periods are looked at than an alarm needs, so that a point which comes late is not taken for a missing
# one. How many AWS takes depends on the period and is not documented; its examples show two.
LOOK_BACK = 2

COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}


@dataclass(frozen=True)
class Condition:
    """When an alarm goes off: `needed` of the last `periods` points are beyond the threshold."""

    comparison: str
    threshold: float
    periods: int
    needed: int
    missing: str = "missing"
    explicit: bool = False  # DatapointsToAlarm was given: the reason's wording differs

    def breaching(self, value: float) -> bool:
        """Whether one point is beyond the threshold."""
        return COMPARISONS[self.comparison][0](value, self.threshold)


@dataclass(frozen=True)
class Datum:
    """One period's value."""

    time: datetime
    value: float


@dataclass(frozen=True)
class Verdict:
    """The state to be in, with the points that it rests on (oldest first) and how many had to be made up."""

    state: str
    evaluated: tuple[Datum, ...] = ()
    filled: int = 0


def evaluate(condition: Condition, data: Sequence[Datum | None], current: str) -> Verdict:
    """The alarm's state from one value per period, oldest first, `periods` + LOOK_BACK of them; None is missing.

    Real points count before missing ones are made up: the newest `periods` points of the range are taken.
    """
    known = [datum for datum in data if datum is not None][-condition.periods :]
    breaching = [datum for datum in known if condition.breaching(datum.value)]
    filled = condition.periods - len(known)
    treated = filled if condition.missing == "breaching" else 0
    verdict = Verdict(OK, tuple(known), filled)
    if len(breaching) + treated >= condition.needed:
        return Verdict(ALARM, tuple(known), filled)
    if not filled or condition.missing in ("breaching", "notBreaching"):
        return verdict
    if not known:
        return Verdict(INSUFFICIENT_DATA if condition.missing == "missing" else current, (), filled)
    if len(breaching) < len(known):
        return verdict
    # Every point there is, is beyond the threshold, but there are too few of them.
    oldest = len(data) - next(index for index, datum in enumerate(data) if datum is not None)
    early = condition.missing == "ignore" or oldest < condition.needed
    return Verdict(current if early else ALARM, tuple(known), filled)


def reason(condition: Condition, verdict: Verdict) -> str:
    """StateReason."""
    if verdict.state == INSUFFICIENT_DATA:
        return f"Insufficient Data: {_count(condition.periods)} {'was' if condition.periods == 1 else 'were'} unknown."
    alarm = verdict.state == ALARM
    treatment = {"breaching": "Breaching", "notBreaching": "NonBreaching"}.get(condition.missing)
    missing = f"{verdict.filled} missing {'datapoint was' if verdict.filled == 1 else 'datapoints were'}"
    if not verdict.evaluated:
        periods = f"{verdict.filled} {'period' if verdict.filled == 1 else 'periods'}"
        return f"Threshold Crossed: no datapoints were received for {periods} and {missing} treated as [{treatment}]."
    telling = [datum for datum in verdict.evaluated if condition.breaching(datum.value) == alarm]
    values = ", ".join(f"{datum.value} ({datum.time:%d/%m/%y %H:%M:%S})" for datum in reversed(telling))
    verb = ("was" if len(telling) == 1 else "were") + ("" if alarm else " not")
    words = COMPARISONS[condition.comparison][1]
    crossed = f"[{values}] {verb} {words} the threshold ({condition.threshold})"
    if verdict.filled and treatment:
        return f"Threshold Crossed: {_count(len(telling))} {crossed} and {missing} treated as [{treatment}]."
    if not condition.explicit:
        return f"Threshold Crossed: {_count(len(telling))} {crossed}."
    needed = condition.needed if alarm else condition.periods - condition.needed + 1
    change = "OK -> ALARM" if alarm else "ALARM -> OK"
    return (
        f"Threshold Crossed: {len(telling)} out of the last {_count(condition.periods)} {crossed} "
        f"(minimum {_count(needed)} for {change} transition)."
    )


def reason_data(
    condition: Condition, verdict: Verdict, now: datetime, *, statistic: str, period: int, unit: str | None
) -> dict[str, Any]:
    """StateReasonData, before it becomes JSON."""
    data: dict[str, Any] = {"version": "1.0", "queryDate": stamp(now)}
    if verdict.evaluated:
        data["startDate"] = stamp(verdict.evaluated[0].time)
    if unit:
        data["unit"] = unit
    return data | {
        "statistic": statistic,
        "period": period,
        "recentDatapoints": [datum.value for datum in verdict.evaluated],
        "threshold": condition.threshold,
        "evaluatedDatapoints": [
            {"timestamp": stamp(datum.time), "value": datum.value} for datum in reversed(verdict.evaluated)
        ],
    }


def stamp(moment: datetime) -> str:
    """A time as CloudWatch writes it in JSON: 2026-11-21T04:00:00.000+0000."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}+0000"


def _count(number: int) -> str:
    return f"{number} datapoint" if number == 1 else f"{number} datapoints"

"""Alarms: AWS's tables for missing data, and its words. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from labs.cloud.controllers.alarm_evaluation import (
    ALARM,
    INSUFFICIENT_DATA,
    OK,
    Condition,
    Datum,
    Verdict,
    evaluate,
    reason,
    reason_data,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RETAIN = "retain"


def data(drawn: str) -> list[Datum | None]:
    """`0` is within the threshold, `X` beyond it, `-` missing; oldest first."""
    values = {"0": 10.0, "X": 60.0}
    return [
        Datum(NOON + timedelta(minutes=index), values[mark]) if mark in values else None
        for index, mark in enumerate(drawn.split())
    ]


# CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data": missing, ignore, breaching, notBreaching
THREE_OF_THREE = [
    ("0 - X - X", OK, OK, OK, OK),
    ("- - - - 0", OK, OK, OK, OK),
    ("- - - - -", INSUFFICIENT_DATA, RETAIN, ALARM, OK),
    ("0 X X - X", ALARM, ALARM, ALARM, ALARM),
    ("- - X - -", ALARM, RETAIN, ALARM, OK),
]
TWO_OF_THREE = [
    ("0 - X - X", ALARM, ALARM, ALARM, ALARM),
    ("0 0 X 0 X", ALARM, ALARM, ALARM, ALARM),
    ("0 - X - -", OK, OK, ALARM, OK),
    ("- - - - 0", OK, OK, ALARM, OK),
    ("- - - X -", ALARM, RETAIN, ALARM, OK),
]


@pytest.mark.parametrize(
    "needed, row", [(3, row) for row in THREE_OF_THREE] + [(2, row) for row in TWO_OF_THREE]
)
@pytest.mark.parametrize("current", [OK, ALARM, INSUFFICIENT_DATA])
def test_missing_data_as_in_awss_tables(needed: int, row: tuple[str, ...], current: str) -> None:
    drawn, *expected = row
    for treatment, state in zip(("missing", "ignore", "breaching", "notBreaching"), expected, strict=True):
        condition = Condition("GreaterThanThreshold", 50.0, 3, needed, treatment)
        found = evaluate(condition, data(drawn), current).state
        assert found == (current if state == RETAIN else state), (drawn, treatment)


def test_one_breaching_point_alone_is_not_enough_for_three() -> None:
    condition = Condition("GreaterThanThreshold", 50.0, 3, 3)
    assert evaluate(condition, data("- - - - X"), INSUFFICIENT_DATA).state == INSUFFICIENT_DATA
    assert evaluate(condition, data("- - - X X"), OK).state == OK


@pytest.mark.parametrize(
    "operator, at, above, below",
    [
        ("GreaterThanOrEqualToThreshold", ALARM, ALARM, OK),
        ("GreaterThanThreshold", OK, ALARM, OK),
        ("LessThanThreshold", OK, OK, ALARM),
        ("LessThanOrEqualToThreshold", ALARM, OK, ALARM),
    ],
)
def test_comparisons(operator: str, at: str, above: str, below: str) -> None:
    condition = Condition(operator, 50.0, 1, 1)
    for value, state in ((50.0, at), (50.1, above), (49.9, below)):
        assert evaluate(condition, [None, None, Datum(NOON, value)], OK).state == state


def told(condition: Condition, drawn: str, current: str = OK) -> str:
    return reason(condition, evaluate(condition, data(drawn), current))


def test_the_reason_is_in_awss_words() -> None:
    implicit = Condition("GreaterThanThreshold", 50.0, 3, 3)
    explicit = Condition("GreaterThanThreshold", 50.0, 3, 2, explicit=True)
    assert told(implicit, "0 0 X X X") == (
        "Threshold Crossed: 3 datapoints [60.0 (21/11/26 12:04:00), 60.0 (21/11/26 12:03:00), 60.0 (21/11/26 12:02:00)] "
        "were greater than the threshold (50.0)."
    )
    assert told(implicit, "0 0 X X 0") == (
        "Threshold Crossed: 1 datapoint [10.0 (21/11/26 12:04:00)] was not greater than the threshold (50.0)."
    )
    assert told(explicit, "0 0 X 0 X") == (
        "Threshold Crossed: 2 out of the last 3 datapoints [60.0 (21/11/26 12:04:00), 60.0 (21/11/26 12:02:00)] were "
        "greater than the threshold (50.0) (minimum 2 datapoints for OK -> ALARM transition)."
    )
    assert told(explicit, "0 0 X 0 0").endswith("(minimum 2 datapoints for ALARM -> OK transition).")
    assert told(implicit, "- - - - -") == "Insufficient Data: 3 datapoints were unknown."
    filled = Condition("LessThanThreshold", 5.0, 2, 2, "notBreaching")
    assert told(filled, "- - - -") == (
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [NonBreaching]."
    )


def test_the_reasons_data() -> None:
    condition = Condition("GreaterThanThreshold", 50.0, 1, 1)
    verdict = Verdict(ALARM, (Datum(NOON, 60.0),))
    assert reason_data(condition, verdict, NOON, statistic="Average", period=60, unit="Percent") == {
        "version": "1.0", "queryDate": "2026-11-21T12:00:00.000+0000", "startDate": "2026-11-21T12:00:00.000+0000",
        "unit": "Percent", "statistic": "Average", "period": 60, "recentDatapoints": [60.0], "threshold": 50.0,
        "evaluatedDatapoints": [{"timestamp": "2026-11-21T12:00:00.000+0000", "value": 60.0}],
    }  # fmt: skip

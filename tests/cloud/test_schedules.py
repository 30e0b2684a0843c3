"""Schedule expressions, and what is due when: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.cloud.schedule_expressions import At, Cron, Diary, Rate, parse

MONDAY = datetime(2026, 11, 23, 7, 59, 30, tzinfo=UTC)


def following(expression: str, moment: datetime = MONDAY, zone: str = "UTC", times: int = 1) -> list[str]:
    cron = parse(expression, zone)
    assert isinstance(cron, Cron)
    found = []
    for _ in range(times):
        after = cron.after(moment)
        assert after is not None
        moment = after
        found.append(f"{moment:%a %Y-%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    "expression, times",
    [
        ("cron(0 8 ? * MON-FRI *)", ["Mon 2026-11-23 08:00", "Tue 2026-11-24 08:00"]),
        ("cron(0/15 8-9 * * ? *)", ["Mon 2026-11-23 08:00", "Mon 2026-11-23 08:15"]),
        ("cron(30 22 ? * SAT,SUN *)", ["Sat 2026-11-28 22:30", "Sun 2026-11-29 22:30"]),
        ("cron(0 0 L * ? *)", ["Mon 2026-11-30 00:00", "Thu 2026-12-31 00:00"]),
        ("cron(0 0 ? * 6L *)", ["Fri 2026-11-27 00:00", "Fri 2026-12-25 00:00"]),
        ("cron(0 0 ? * 3#2 *)", ["Tue 2026-12-08 00:00", "Tue 2027-01-12 00:00"]),
        ("cron(0 0 15W AUG ? 2027)", ["Mon 2027-08-16 00:00"]),
        ("cron(0 0 29 2 ? *)", ["Tue 2028-02-29 00:00", "Sun 2032-02-29 00:00"]),
    ],
)
def test_cron(expression: str, times: list[str]) -> None:
    assert following(expression, times=len(times)) == times


def test_cron_in_a_time_zone_follows_its_summer() -> None:
    paris = "Europe/Paris"
    assert following("cron(0 8 * * ? *)", zone=paris) == ["Tue 2026-11-24 07:00"]
    assert following("cron(0 8 * * ? *)", MONDAY.replace(month=7), zone=paris) == ["Fri 2026-07-24 06:00"]


def test_cron_that_is_over_has_no_next_time() -> None:
    past = parse("cron(0 0 1 1 ? 2020)")
    assert isinstance(past, Cron) and past.after(MONDAY) is None


@pytest.mark.parametrize(
    "wrong",
    ["", "rate()", "rate(0 minutes)", "rate(1 minutes)", "rate(5 minute)", "rate(5 seconds)", "cron(0 8 * * *)",
     "cron(0 8 * * * *)", "cron(0 8 ? * ? *)", "cron(60 8 * * ? *)", "cron(0 8 32 * ? *)", "cron(0 8 ? * FRY *)",
     "cron(0/0 8 * * ? *)", "at(tomorrow)", "at(2026-13-01T00:00:00)", "cron(0 8 -1 * ? *)", "every day"],
)  # fmt: skip
def test_what_is_no_schedule_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError):
        parse(wrong)


def test_other_words() -> None:
    assert parse("rate(2 hours)") == Rate(120)
    assert parse("at(2026-12-24T08:00:00)", "Europe/Paris") == At(datetime(2026, 12, 24, 7, 0, tzinfo=UTC))
    with pytest.raises(ValueError, match="not a time zone"):
        parse("rate(1 day)", "Mars/Olympus")
    assert isinstance(parse("cron(0 8 * * ?)", year_optional=True), Cron)


@given(st.text(max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    for expression in (text, f"cron({text})", f"rate({text})", f"at({text})"):
        try:
            parse(expression)
        except ValueError:
            continue


def test_each_time_is_due_once() -> None:
    diary = Diary()
    schedules = {
        "rate": parse("rate(5 minutes)"),
        "once": At(MONDAY + timedelta(seconds=20)),
        "daily": parse("cron(0 8 * * ? *)"),
    }

    def due(seconds: float, position: float) -> list[object]:
        return list(diary.due(schedules, MONDAY + timedelta(seconds=seconds), position))

    assert due(0, 100) == []
    assert due(25, 104.9) == ["once"]
    assert due(29, 105) == ["rate"]  # the rate counts CloudWatch's minutes, whatever they last
    assert due(31, 105.1) == ["daily"]
    assert due(40, 109) == [] and due(50, 110) == ["rate"]
    schedules["rate"] = parse("rate(1 minute)")
    assert due(51, 110.1) == [] and due(52, 111.1) == ["rate"]
    del schedules["rate"]
    assert due(53, 200) == []

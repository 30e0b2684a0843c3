"""AWS's schedule expressions: `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)`, `at(2026-12-24T08:00:00)`. Pure.

Source: EventBridge User Guide, "Creating a rule that runs on a schedule" (cron's six fields, their values and
wildcards; one of the two days must be `?`); Application Auto Scaling User Guide, "Schedule recurring scaling
actions using cron expressions" (the year may be left out there).

A rate counts CloudWatch's minutes (labs.cloud.pace): it is a length of time, and follows a lesson's pace. cron
and at name a time of day, and keep to it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_RATE = re.compile(r"rate\((\d{1,6}) (minute|minutes|hour|hours|day|days)\)")
_AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
_CRON = re.compile(r"cron\(([^()]{1,200})\)")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
_YEARS = range(1970, 2200)
_FARTHEST = 366 * 8  # days to look ahead: 29 February can be eight years away


@dataclass(frozen=True)
class Rate:
    """Every so many minutes, from when it is made."""

    minutes: int


@dataclass(frozen=True)
class At:
    """Once."""

    moment: datetime


@dataclass(frozen=True)
class Cron:
    """At times of day, on days; the fields as they were written."""

    minutes: frozenset[int]
    hours: frozenset[int]
    day_of_month: str
    months: frozenset[int]
    day_of_week: str
    years: frozenset[int]
    zone: ZoneInfo

    def after(self, moment: datetime) -> datetime | None:
        """The first time after `moment`; None when there is none for years."""
        local = moment.astimezone(self.zone)
        for ahead in range(_FARTHEST):
            day = local.date() + timedelta(days=ahead)
            if day.year not in self.years or day.month not in self.months or not self._on(day):
                continue
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    found = datetime.combine(day, time(hour, minute), self.zone).astimezone(UTC)
                    if found > moment:
                        return found
        return None

    def _on(self, day: date) -> bool:
        return _day_of_month(self.day_of_month, day) and _day_of_week(self.day_of_week, day)


Schedule = Rate | At | Cron


def parse(expression: str, zone: str = "UTC", *, year_optional: bool = False) -> Schedule:
    """The schedule that an expression says. Raises ValueError."""
    try:
        place = ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"{zone} is not a time zone") from None
    if match := _RATE.fullmatch(expression):
        number, unit = int(match[1]), match[2]
        if number < 1 or (number == 1) == unit.endswith("s"):
            raise ValueError("one takes the singular, more the plural: rate(1 minute), rate(5 minutes)")
        return Rate(number * _MINUTES[unit.rstrip("s")])
    if match := _AT.fullmatch(expression):
        return At(datetime.fromisoformat(match[1]).replace(tzinfo=place).astimezone(UTC))
    if match := _CRON.fullmatch(expression):
        return _cron(match[1].upper().split(), place, year_optional)
    raise ValueError("expected rate(…), cron(…) or at(…)")


def _cron(fields: list[str], zone: ZoneInfo, year_optional: bool) -> Cron:
    if len(fields) == 5 and year_optional:
        fields = [*fields, "*"]
    if len(fields) != 6:
        raise ValueError("cron takes six fields: minutes, hours, day of month, month, day of week, year")
    minutes, hours, month_day, months, week_day, years = fields
    if (month_day == "?") == (week_day == "?"):
        raise ValueError("exactly one of day of month and day of week is ?")
    cron = Cron(
        _numbers(minutes, range(60)),
        _numbers(hours, range(24)),
        month_day,
        _numbers(months, range(1, 13), _MONTHS),
        week_day,
        _numbers(years, _YEARS),
        zone,
    )
    cron._on(date(2024, 1, 1))  # so that a wrong day is refused now
    return cron


def _numbers(field: str, allowed: range, names: Mapping[str, int] | None = None) -> frozenset[int]:
    """The numbers that a field stands for: lists, ranges and steps of them."""
    found: set[int] = set()
    for part in field.split(","):
        body, slash, step = part.partition("/")
        first, dash, last = body.partition("-")
        if body in ("*", "?"):
            low, high = allowed[0], allowed[-1]
        else:
            low = _number(first, names)
            high = _number(last, names) if dash else allowed[-1] if slash else low
        stride = _number(step, None) if slash else 1
        if low not in allowed or high not in allowed or stride < 1:
            raise ValueError(f"{part} is not a value of its field")
        found.update(range(low, high + 1, stride) if low <= high else (*range(low, allowed[-1] + 1), *range(allowed[0], high + 1)))  # fmt: skip
    return frozenset(found)


def _number(text: str, names: Mapping[str, int] | None) -> int:
    if names and text in names:
        return names[text]
    if not text.isascii() or not text.isdecimal() or len(text) > 4:
        raise ValueError(f"{text or 'nothing'} is not a number")
    return int(text)


def _day_of_month(field: str, day: date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    if field == "L":
        return day.day == length
    if field.endswith("W"):  # the weekday nearest to a day, in the same month
        nearest = date(day.year, day.month, min(_number(field[:-1], None), length))
        if nearest.weekday() == 5:
            nearest += timedelta(days=-1 if nearest.day > 1 else 2)
        elif nearest.weekday() == 6:
            nearest += timedelta(days=1 if nearest.day < length else -2)
        return day == nearest
    return day.day in _numbers(field, range(1, 32))


def _day_of_week(field: str, day: date) -> bool:
    number = day.isoweekday() % 7 + 1
    if field == "L":
        return number == 7
    if field.endswith("L"):  # the last such day of the month
        last = day.day > calendar.monthrange(day.year, day.month)[1] - 7
        return last and number == _number(field[:-1], _DAYS)
    if "#" in field:  # the n-th such day of the month
        wanted, _, which = field.partition("#")
        return number == _number(wanted, _DAYS) and (day.day - 1) // 7 + 1 == _number(which, None)
    return number in _numbers(field, range(1, 8), _DAYS)


@dataclass
class _Entry:
    schedule: Schedule
    due: float | datetime | None  # a position for a rate, a time for the others


class Diary:
    """What is due when. It sees schedules when they are shown to it, and says each time once."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, _Entry] = {}

    def due(self, schedules: Mapping[Hashable, Schedule], now: datetime, position: float) -> list[Hashable]:
        """Those of `schedules` whose time has come; `position` is CloudWatch's minute. Others are forgotten.

        A time that passed while nobody looked is due once; how often it was missed does not count.
        """
        self._entries = {key: entry for key, entry in self._entries.items() if key in schedules}
        found = []
        for key, schedule in schedules.items():
            entry = self._entries.get(key)
            if entry is None or entry.schedule != schedule:
                self._entries[key] = _Entry(schedule, _next(schedule, now, position))
                continue
            here: float | datetime = position if isinstance(schedule, Rate) else now
            if entry.due is not None and entry.due <= here:  # type: ignore[operator]
                found.append(key)
                done = isinstance(schedule, At)
                entry.due = None if done else _next(schedule, now, position)
        return found


def _next(schedule: Schedule, now: datetime, position: float) -> float | datetime | None:
    match schedule:
        case Rate(minutes):
            return position + minutes
        case At(moment):
            return moment
        case Cron():
            return schedule.after(now)

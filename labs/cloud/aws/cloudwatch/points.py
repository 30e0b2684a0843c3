"""Metrics' points and their statistics. Pure: no clock, no lock.

moto scans one flat list for every question and knows no percentiles. Here points lie by metric, in order of
time, and are aggregated into periods of CloudWatch's minutes (labs.cloud.pace).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from labs.cloud.pace import USUAL, Pace

KEPT = 5000  # points of one metric; AWS keeps one-minute points for 15 days
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")
STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


class Metric(NamedTuple):
    """What identifies a metric; the dimensions are sorted, and all of them count [CloudWatch concepts]."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Mapping[str, str] | None = None) -> Metric:
        """A metric with these dimensions."""
        return cls(namespace, name, tuple(sorted((dimensions or {}).items())))


@dataclass(frozen=True, slots=True)
class Point:
    """One sample set: what is known of the values that were measured around `time`.

    `values` are (value, how many times); None for a published statistic set, of which percentiles cannot be known.
    """

    time: datetime
    count: float
    total: float
    least: float
    most: float
    unit: str | None = None
    values: tuple[tuple[float, float], ...] | None = None

    @classmethod
    def of(cls, time: datetime, values: Iterable[float], unit: str | None = None) -> Point:
        """A point made of single values, of which there is at least one."""
        return cls.counted(time, [(value, 1.0) for value in values], unit)

    @classmethod
    def counted(cls, time: datetime, values: Iterable[tuple[float, float]], unit: str | None = None) -> Point:
        """A point made of (value, how many times) pairs, of which there is at least one."""
        pairs = tuple(values)
        return cls(
            time,
            sum(count for _, count in pairs),
            sum(value * count for value, count in pairs),
            min(value for value, _ in pairs),
            max(value for value, _ in pairs),
            unit,
            pairs,
        )


def supported(statistic: str) -> bool:
    """Whether `statistic` can be computed: the five simple ones and percentiles."""
    return statistic in STATISTICS or _PERCENTILE.fullmatch(statistic) is not None


def statistic(name: str, points: Iterable[Point]) -> float | None:
    """One statistic over all samples of `points`; None when it cannot be known.

    Percentiles of published statistic sets exist only when all values are the same [CloudWatch concepts,
    "Percentiles"].
    """
    points = list(points)
    count = sum(point.count for point in points)
    if not points or not count:
        return None
    match name:
        case "SampleCount":
            return count
        case "Sum":
            return sum(point.total for point in points)
        case "Average":
            return sum(point.total for point in points) / count
        case "Minimum":
            return min(point.least for point in points)
        case "Maximum":
            return max(point.most for point in points)
    return _percentile(float(name[1:]), points)


def _percentile(rank: float, points: list[Point]) -> float | None:
    """The value below or at which `rank` percent of the samples lie."""
    pairs: list[tuple[float, float]] = []
    for point in points:
        if point.values is not None:
            pairs.extend(point.values)
        elif point.least == point.most:
            pairs.append((point.least, point.count))
        else:
            return None
    wanted = rank / 100 * sum(count for _, count in pairs)
    passed = 0.0
    for value, count in sorted(pairs):
        passed += count
        if passed >= wanted - 1e-9:
            return value
    return None


class Points:
    """Every metric's points."""

    def __init__(self) -> None:
        self._points: dict[Metric, list[Point]] = {}
        self.version = 0  # grows with every point, so that who evaluates them knows whether to look again

    def add(self, metric: Metric, point: Point) -> None:
        """Put one point where its time belongs; the oldest goes when there are too many."""
        points = self._points.setdefault(metric, [])
        insort(points, point, key=lambda each: each.time)
        if len(points) > KEPT:
            del points[0]
        self.version += 1

    def metrics(self) -> list[Metric]:
        """What there is, in the order in which it came."""
        return list(self._points)

    def latest(self, metric: Metric) -> datetime:
        """The time of its newest point."""
        return self._points[metric][-1].time

    def between(self, metric: Metric, start: datetime, end: datetime) -> list[Point]:
        """The points from `start` to just before `end`."""
        points = self._points.get(metric, [])
        return points[
            bisect_left(points, start, key=lambda each: each.time) : bisect_left(
                points, end, key=lambda each: each.time
            )
        ]


class Periods:
    """Periods of `seconds` CloudWatch seconds, numbered; aligned as AWS aligns them, on multiples of their length."""

    def __init__(self, pace: Pace, seconds: int):
        self._pace = pace
        self._minutes = seconds / USUAL

    def number(self, moment: datetime) -> int:
        """The period in which `moment` lies."""
        return math.floor(self._pace.position(moment) / self._minutes + 1e-9)

    def start(self, number: int) -> datetime:
        """When a period begins, in real time."""
        return self._pace.moment(number * self._minutes)

    def sort(self, points: Iterable[Point]) -> dict[int, list[Point]]:
        """The points by period, oldest first."""
        sorted_: dict[int, list[Point]] = {}
        for point in points:
            sorted_.setdefault(self.number(point.time), []).append(point)
        return sorted_

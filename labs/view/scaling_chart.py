"""The panels that tell of auto scaling: datapoints against thresholds, alarm states, counts of tasks.

A playground draws with them what a policy would do, `labs.view.scaling` what one did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labs.cloud.controllers.alarm_evaluation import ALARM, INSUFFICIENT_DATA, Condition
from labs.learner import Texts, language
from labs.view.chart import Chart, Panel, amounts
from labs.view.numbers import decimal

METRIC, LANE, COUNTS = 130, 15, 96  # heights of the panels, and of one alarm's lane
SIGNS = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": "≥",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
}
SMALL, LARGE, MANY = 2.0, 3.0, 70  # sizes of a datapoint, and how many of them have to be small
BAND = 54  # between two panels: the moments of the one and the name of the next

say = Texts(
    {
        "metric_axis": {"fr": "{metric} : les points de mesure", "en": "{metric}: the datapoints"},
        "above": {"fr": "au-dessus de {threshold}", "en": "above {threshold}"},
        "below": {"fr": "en dessous de {threshold}", "en": "below {threshold}"},
        "within": {"fr": "entre les seuils", "en": "between the thresholds"},
        "alarm_axis": {"fr": "Les alarmes", "en": "The alarms"},
        "in_alarm": {"fr": "ALARM", "en": "ALARM"},
        "no_data": {"fr": "INSUFFICIENT_DATA", "en": "INSUFFICIENT_DATA"},
        "count_axis": {"fr": "Tâches", "en": "Tasks"},
        "running": {"fr": "en marche", "en": "running"},
        "desired": {"fr": "voulues", "en": "desired"},
        "least": {"fr": "min. {count}", "en": "min. {count}"},
        "most": {"fr": "max. {count}", "en": "max. {count}"},
    }
)

Steps = Sequence[tuple[float, float]]  # (from when, how many)


@dataclass(frozen=True)
class Track:
    """An alarm over time: its condition, and (from when, state)."""

    condition: Condition
    states: Sequence[tuple[float, str]]

    @property
    def high(self) -> bool:
        """Whether it goes off above its threshold."""
        return self.condition.comparison.startswith("Greater")


@dataclass(frozen=True)
class Metric:
    """What the alarms watch: name and unit, and (moment, value) of each datapoint."""

    name: str
    unit: str
    points: Steps

    def written(self, value: float) -> str:
        """A value with its unit."""
        number = decimal(round(value, 1))
        if not self.unit:
            return number
        return f"{number}%" if language() == "en" and self.unit == "%" else f"{number}\u00a0{self.unit}"


def metric_panel(
    chart: Chart, top: float, sides: tuple[float, float], end: float, metric: Metric, tracks: Sequence[Track]
) -> float:
    """The datapoints, those beyond a threshold marked by shape and colour; the panel's bottom."""
    chart.text(8, top + 12, say("metric_axis", metric=metric.name), "strong")
    legend = _marks(metric, tracks) if tracks else ()
    for x, (key, kind, shape) in zip((8, 190, 372), legend, strict=False):
        chart.dot(x + 5, top + 30, kind, shape, 4)
        chart.text(x + 16, top + 34, key)
    values = [value for _, value in metric.points] + [track.condition.threshold for track in tracks]
    highest = max(values, default=0) or 1.0
    most = 104.0 if metric.unit == "%" and highest <= 100 else highest * 1.1
    panel = Panel(*sides, top + 46, top + 46 + METRIC, end, most)
    chart.axes(panel, amounts(most), lambda value: f"{value:g}")
    for track in tracks:
        chart.level(
            panel, track.condition.threshold, "bad" if track.high else "wait", "8 4" if track.high else "3 4"
        )
    chart.names(panel, [(t.condition.threshold, metric.written(t.condition.threshold)) for t in tracks])
    size = SMALL if len(metric.points) > MANY else LARGE
    for moment, value in metric.points:
        kind, shape = _mark(value, tracks)
        chart.dot(panel.x(moment), panel.y(value), kind, shape, size if shape == "round" else 1.3 * size)
    return panel.bottom


def alarm_lanes(
    chart: Chart, top: float, sides: tuple[float, float], end: float, tracks: Sequence[Track]
) -> float:
    """When each alarm was in ALARM, or had too little data; the last lane's bottom."""
    chart.text(8, top + 12, say("alarm_axis"), "strong")
    chart.legend(190, top + 12, chart.width, [("bad", "/", say("in_alarm")), ("plain", ".", say("no_data"))])
    y = top + 24
    for track in tracks:
        panel = Panel(*sides, y, y + LANE, end, 1)
        for state, kind, hatch in ((ALARM, "bad", "/"), (INSUFFICIENT_DATA, "plain", ".")):
            spans = [(moment, 0.0, float(found == state)) for moment, found in track.states]
            chart.area(panel, spans, kind, hatch)
        chart.baseline(panel)
        chart.text(sides[1] + 7, y + LANE - 3, _condition(track.condition))
        y += LANE + 7
    return y - 7


def count_panel(
    chart: Chart,
    top: float,
    sides: tuple[float, float],
    end: float,
    desired: Steps,
    running: Steps,
    bounds: tuple[int, int],
) -> float:
    """Desired and running tasks between their bounds; the panel's bottom."""
    chart.text(8, top + 12, say("count_axis"), "strong")
    chart.swatch(146, top + 8, "compute", "")
    chart.text(158, top + 12, say("running"))
    chart.stroke(246, top + 8, "plain")
    chart.text(276, top + 12, say("desired"))
    least, most = bounds
    highest = max(most, *(count for _, count in (*desired, *running)))
    panel = Panel(*sides, top + 24, top + 24 + COUNTS, end, highest * 1.1)
    chart.axes(panel, amounts(highest), lambda value: f"{value:g}")
    chart.area(panel, [(moment, 0, count) for moment, count in running], "compute")
    for value in {least, most}:
        chart.level(panel, value, "leave", "3 4")
    chart.names(panel, [(least, say("least", count=least)), (most, say("most", count=most))])
    chart.staircase(panel, desired, "plain")
    return panel.bottom


def _condition(condition: Condition) -> str:
    """When an alarm goes off, short: "> 50"."""
    return f"{SIGNS[condition.comparison]} {decimal(round(condition.threshold, 2))}"


def _mark(value: float, tracks: Sequence[Track]) -> tuple[str, str]:
    """Colour and shape of a datapoint: beyond a high alarm's threshold, beyond a low one's, or neither."""
    beyond = [track for track in tracks if track.condition.breaching(value)]
    if any(track.high for track in beyond):
        return "bad", "up"
    return ("wait", "down") if beyond else ("plain", "round")


def _marks(metric: Metric, tracks: Sequence[Track]) -> list[tuple[str, str, str]]:
    """The legend of the datapoints."""
    marks = []
    for high, key, kind, shape in ((True, "above", "bad", "up"), (False, "below", "wait", "down")):
        found = [track.condition.threshold for track in tracks if track.high is high]
        if found:
            threshold = min(found) if high else max(found)
            marks.append((say(key, threshold=metric.written(threshold)), kind, shape))
    return [*marks, (say("within"), "plain", "round")]

"""Two hours of a service under load, drawn: load and capacity, datapoints and thresholds, alarms, tasks."""

from __future__ import annotations

from labs.playgrounds.scaling.simulation import CAPACITY, LENGTH, Course
from labs.playgrounds.scaling.texts import say
from labs.view.chart import MINUTE, Chart, Panel, amounts
from labs.view.scaling_chart import BAND, Metric, Track, alarm_lanes, count_panel, metric_panel

WIDTH = 600
SIDES = (40.0, 500.0)  # of every panel
LOAD = 110  # height of the first one
END = float(LENGTH * MINUTE)


def picture(course: Course, words: str) -> str:
    """The SVG element; `words` is its text twin."""
    chart = Chart(WIDTH, "under-load")
    bottom = _load(chart, course)
    points = [(_at(minute + 0.5), value) for minute, value in enumerate(course.cpu)]
    tracks = [
        Track(
            condition, [(0.0, states[0]), *((_at(minute + 1), state) for minute, state in enumerate(states))]
        )
        for condition, states in zip(course.conditions, course.states, strict=True)
    ]
    gap = BAND - 24
    bottom = metric_panel(chart, bottom + gap, SIDES, END, Metric(say("cpu"), "%", points), tracks)
    if tracks:
        bottom = alarm_lanes(chart, bottom + gap, SIDES, END, tracks)
    desired = [(_at(minute), count) for minute, count in enumerate(course.desired)]
    running = [(_at(minute), count) for minute, count in enumerate(course.running)]
    bounds = (course.setting.least, course.setting.most)
    bottom = count_panel(chart, bottom + (gap if not tracks else 14), SIDES, END, desired, running, bounds)
    return chart.drawn(bottom + 28, say("alt"), words)


def _load(chart: Chart, course: Course) -> float:
    chart.text(8, 20, say("load_axis"), "strong")
    entries = [("good", "", say("served")), ("bad", "/", say("lost"))]
    chart.legend(190, 20, WIDTH, entries)
    chart.stroke(345, 16, "plain", "5 3")
    chart.text(375, 20, say("capacity"))
    capacity = [(_at(minute), count * CAPACITY) for minute, count in enumerate(course.running)]
    highest = max(*course.load, 1.0)
    panel = Panel(*SIDES, 34, 34 + LOAD, END, highest * 1.1)
    chart.axes(panel, amounts(highest), lambda value: f"{value:g}")
    pairs = list(zip(course.load, capacity, strict=True))
    chart.area(panel, [(at, 0, min(asked, can)) for asked, (at, can) in pairs], "good")
    chart.area(panel, [(at, min(asked, can), asked) for asked, (at, can) in pairs], "bad", "/")
    chart.staircase(panel, capacity, "plain", "5 3")
    return panel.bottom


def _at(minute: float) -> float:
    return minute * MINUTE

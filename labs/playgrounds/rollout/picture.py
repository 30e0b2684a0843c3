"""A roll-out drawn: tasks between floor and ceiling, what drains, and the failures that the breaker counts."""

from __future__ import annotations

from labs.playgrounds.rollout.simulation import Frame, Kind, Step, Story
from labs.playgrounds.rollout.texts import say
from labs.view.chart import Chart, Panel, amounts

WIDTH = 600
LEFT, RIGHT = 40, 500
KINDS = {"old": ("network", "-"), "new": ("good", ""), "waiting": ("wait", "/"), "draining": ("leave", ".")}
TASKS, DRAINING, FAILURES = 170, 40, 56  # heights of the panels
MOST_STEPS = 40  # told one by one
BAND = 54  # between two of them: the moments and the next one's name


def moments(story: Story) -> list[list[Step]]:
    """The steps, those together that are too near each other to be numbered apart."""
    apart = story.until * 18 / (RIGHT - LEFT)
    groups: list[list[Step]] = []
    for step in story.steps[:MOST_STEPS]:
        if groups and step.at - groups[-1][0].at < apart:
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def picture(story: Story, words: str) -> str:
    """The SVG element; `words` is its text twin."""
    chart = Chart(WIDTH, "rollout")
    entries = [(kind, hatch, say(name)) for name, (kind, hatch) in KINDS.items()]
    top = chart.legend(8, 22, WIDTH - 8, entries) + 40
    chart.text(8, top - 14, say("tasks_axis"), "strong")
    top += 12
    most = max(story.facts.ceiling, story.highest, 1)
    tasks = Panel(LEFT, RIGHT, top, top + TASKS, story.until, most * 1.08)
    _tasks(chart, tasks, story)
    for number, group in enumerate(moments(story), 1):
        chart.badge(tasks.x(group[0].at), tasks.top - 10, str(number))
    bottom = tasks.bottom
    if most_draining := max(frame.draining for frame in story.frames):
        panel = Panel(LEFT, RIGHT, bottom + BAND, bottom + BAND + DRAINING, story.until, most_draining)
        chart.text(8, panel.top - 14, say("draining_axis"), "strong")
        spans = [(frame.at, 0, frame.draining) for frame in story.frames]
        chart.area(panel, spans, *KINDS["draining"])
        chart.axes(panel, (0, most_draining), _whole)
        bottom = panel.bottom
    if story.failures:
        bottom = _failures(chart, story, bottom)
    return chart.drawn(bottom + 28, say("alt"), words)


def _tasks(chart: Chart, panel: Panel, story: Story) -> None:
    layers = {"old": lambda f: (0, f.old), "new": lambda f: (f.old, f.old + f.new), "waiting": _waiting}
    chart.axes(panel, amounts(panel.y_end), _whole)
    for name, layer in layers.items():
        chart.area(panel, [(frame.at, *layer(frame)) for frame in story.frames], *KINDS[name])
    floor, ceiling = story.facts.floor, story.facts.ceiling
    chart.level(panel, ceiling, "plain", "8 4")
    chart.level(panel, floor, "bad", "3 4")
    if floor == ceiling:
        chart.names(panel, [(floor, say("floor_and_ceiling", count=floor))])
    else:
        chart.names(panel, [(floor, say("floor", count=floor)), (ceiling, say("ceiling", count=ceiling))])


def _waiting(frame: Frame) -> tuple[int, int]:
    healthy = frame.old + frame.new
    return healthy, healthy + frame.waiting


def _failures(chart: Chart, story: Story, bottom: float) -> float:
    """How many failures of the new version were counted, as a staircase, against the threshold."""
    counted = [(0.0, 0)] + [
        (step.at, step.count) for step in story.steps if step.kind is Kind.FAIL and step.version == "new"
    ]
    breaker = story.setting.breaker
    most = max(story.failures, story.threshold if breaker else 0)
    panel = Panel(LEFT, RIGHT, bottom + BAND, bottom + BAND + FAILURES, story.until, most * 1.08)
    chart.text(8, panel.top - 14, say("failures_axis"), "strong")
    chart.axes(panel, amounts(most, 3), _whole)
    if breaker:
        chart.level(panel, story.threshold, "bad", "8 4")
        chart.names(panel, [(story.threshold, say("threshold", count=story.threshold))])
    chart.staircase(panel, counted, "plain")
    return panel.bottom


def _whole(value: float) -> str:
    return f"{value:g}"

"""Playground: a service under load, with a scaling policy that the learner sets.

`simulation` unfolds it with the local cloud's own alarms and decisions, `picture` draws it; here are controls and words.
"""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from labs.cloud.controllers.scaling.decisions import HIGH_POINTS, LOW_POINTS
from labs.facts import facts, number
from labs.fargate import hourly
from labs.playgrounds.controls import Choice, Range
from labs.playgrounds.scaling.picture import picture
from labs.playgrounds.scaling.simulation import (
    CAPACITY,
    LENGTH,
    START,
    STEPS_OUT,
    Activity,
    Course,
    Setting,
    unfold,
)
from labs.playgrounds.scaling.texts import say
from labs.view.chart import MINUTE, duration
from labs.view.display import Shown
from labs.view.numbers import decimal, grouped

if TYPE_CHECKING:
    from labs.playgrounds.widget import Playground, Settings

TASK = (256, 512)  # CPU units and MiB: Fargate's smallest
CURVES = ("rush", "spike", "growth", "noisy")
KINDS = ("tracking", "steps", "none")


def show(settings: Settings) -> Shown:
    """Two hours of it: in words, drawn, and decision by decision."""
    setting = Setting(
        curve=settings["curve"],
        peak=settings["peak"],
        kind=settings["kind"],
        target=settings["target"],
        cooldown_out=int(settings["cooldown_out"]),
        cooldown_in=int(settings["cooldown_in"]),
        least=int(settings["least"]),
        most=int(settings["most"]),
    )
    if setting.least > setting.most:
        text = say("wrong_limits", least=setting.least, most=setting.most)
        return Shown(text, f"<p>{escape(text)}</p>")
    course = unfold(setting)
    outcome = served(course)
    told = " ".join((outcome, spent(course)))
    html = (
        f"<p><strong>{escape(outcome)}</strong> {escape(spent(course))}</p>"
        + "".join(f"<p>{escape(remark)}</p>" for remark in (*remarks(course), *_rules(course)))
        + picture(course, told)
        + _decisions(course)
        + f"<p><small>{escape(_assumed())}</small></p>"
    )
    return Shown(told, html)


def served(course: Course) -> str:
    """Whether customers got their pages."""
    lost, requests = sum(course.lost), course.requests
    fewest, highest = min(course.running), max(course.running)
    key = "between" if fewest < highest else "so_many" if highest > 1 else "so_many_one"
    tasks = say(key, fewest=fewest, highest=highest)
    if not lost:
        return say("kept", tasks=tasks)
    share = decimal(max(0.1, lost / requests * 100), 1)
    minutes = sum(1 for each in course.lost if each)
    return say(
        "lost_some", lost=grouped(lost), requests=grouped(requests), share=share, minutes=minutes, tasks=tasks
    )


def spent(course: Course) -> str:
    """What Fargate asks for it, and for the maximum all the time."""
    price = hourly(*TASK) / 60
    return say(
        "spent",
        minutes=course.task_minutes,
        cost=decimal(course.task_minutes * price, 3),
        always=decimal(course.setting.most * LENGTH * price, 3),
    )


def remarks(course: Course) -> list[str]:
    """What is worth understanding in this setting."""
    setting, found = course.setting, []
    if any(course.lost) and setting.kind != "none":
        if setting.curve == "spike":
            found.append(say("too_short", points=HIGH_POINTS))
        elif max(course.cpu) >= 100:
            found.append(say("flat_out"))
    if any(lost and count == setting.most for lost, count in zip(course.lost, course.running, strict=True)):
        found.append(say("ceiling", most=setting.most))
    return found


def playground() -> Playground:
    """The playground, with a morning rush and the cooldowns that AWS starts with."""
    from labs.playgrounds.widget import Playground

    controls = (
        Choice(
            name="curve", label=say("curve"), value="rush", options=[(each, say(each)) for each in CURVES]
        ),
        Range(name="peak", label=say("peak"), value=150, least=25, most=400, step=5, unit=say("rate")),
        Choice(
            name="kind", label=say("kind"), value="tracking", options=[(each, say(each)) for each in KINDS]
        ),
        Range(name="target", label=say("target"), value=50, least=30, most=95, step=5, unit="%"),
        _cooldown("cooldown_out"),
        _cooldown("cooldown_in"),
        Range(name="least", label=say("least"), value=2, least=1, most=20),
        Range(name="most", label=say("most"), value=10, least=1, most=20),
    )
    return Playground("scaling", say("title"), controls, show)


def _cooldown(name: str) -> Range:
    return Range(
        name=name, label=say(name), value=number("scaling_cooldown"), least=0, most=900, step=30, unit="s"
    )


def _rules(course: Course) -> list[str]:
    setting = course.setting
    if setting.kind == "none":
        return []
    high, low = course.conditions
    steps = ", ".join(say("one_step", lower=f"{s.lower:g}", count=s.adjustment) for s in STEPS_OUT)
    rules = say(
        f"rules_{setting.kind}",
        high=HIGH_POINTS,
        low=LOW_POINTS,
        target=decimal(high.threshold),
        lower=decimal(low.threshold),
        steps=steps,
    )
    return [rules]


def decided(activity: Activity) -> str:
    """One decision in words."""
    value = decimal(round(activity.value))
    if activity.after is None:
        return say("blocked", value=value, reason=say(str(activity.reason)))
    return say("out", value=value, before=activity.before, after=activity.after)


def _decisions(course: Course) -> str:
    """Each decision; of the same refusal minute after minute, the first."""
    rows = ""
    for _, same in groupby(course.activities, key=lambda each: each.reason or each.minute):
        activity = next(same)
        at = duration((activity.minute + 1) * MINUTE)
        rows += (
            "<tr><td style='text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;padding:.1em .5em'>"
            f"{escape(at)}</td><td style='text-align:left'>{escape(decided(activity))}</td></tr>"
        )
    if not rows:
        return ""
    return (
        f"<details><summary>{escape(say('decisions'))}</summary>"
        f"<div style='max-height:20em;overflow:auto'><table>{rows}</table></div></details>"
    )


def _assumed() -> str:
    source = facts()["fargate_vcpu_hour"].reference
    return say("assumed", capacity=f"{CAPACITY:g}", start=START, source=source)

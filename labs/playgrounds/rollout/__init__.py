"""Playground: a rolling deployment, with what the learner sets between floor and ceiling.

`simulation` unfolds it with the local cloud's own decisions, `picture` draws it; here are the controls and the words.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from labs.facts import number
from labs.playgrounds.controls import Check, Choice, Range
from labs.playgrounds.rollout.picture import MOST_STEPS, moments, picture
from labs.playgrounds.rollout.simulation import (
    BOOT,
    CHECK,
    CRASH,
    REGISTRATION_SECONDS,
    Kind,
    Setting,
    Step,
    Story,
    unfold,
)
from labs.playgrounds.rollout.texts import say
from labs.view.chart import duration
from labs.view.display import Shown
from labs.view.numbers import decimal

if TYPE_CHECKING:
    from labs.playgrounds.widget import Playground, Settings

# AWS's own words: to UpdateService, and in a service's events
REFUSAL = "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
STUCK_EVENT = (
    "was unable to stop or start tasks during a deployment because of the service deployment configuration. "
    "Update the minimumHealthyPercent or maximumPercent value and try again."
)
FEW_STEPS = 12  # shown at once
VERSIONS = ("good", "crashes", "fails_check", "no_image")


def show(settings: Settings) -> Shown:
    """How the deployment goes: in one line, drawn, and step by step."""
    story = unfold(
        Setting(
            desired=int(settings["desired"]),
            minimum=int(settings["minimum"]),
            maximum=int(settings["maximum"]),
            version=settings["version"],
            warm=settings["warm"],
            grace=settings["grace"],
            drain=settings["drain"],
            breaker=settings["breaker"],
            rollback=settings["rollback"],
        )
    )
    told = " ".join((outcome(story), customers(story)))
    late = story.setting.version == "good" and story.failures
    remarks = [say("late", warm=duration(story.setting.warm))] if late else []
    html = (
        f"<p><strong>{escape(outcome(story))}</strong> {escape(customers(story))}</p>"
        + "".join(f"<p>{escape(remark)}</p>" for remark in (*remarks, bounds(story)))
        + picture(story, told)
        + _steps(story)
        + f"<p><small>{escape(_assumed())}</small></p>"
    )
    return Shown(told, html)


def outcome(story: Story) -> str:
    """How it ends."""
    setting, time = story.setting, duration(story.steps[-1].at)
    if story.ended is Kind.STUCK:
        refused = setting.minimum == setting.maximum
        why = say("refused", message=REFUSAL) if refused else say("event", message=STUCK_EVENT)
        return f"{say('stuck', count=story.facts.ceiling)} {why}"
    if story.ended is Kind.COMPLETE:
        return say("done", time=time)
    if story.ended is Kind.RETURNED:
        return say("returned", failures=story.failures, time=time)
    if story.ended is Kind.STALL:
        return say("stalled", failures=story.failures)
    endless = story.failures and not setting.breaker
    return say("endless" if endless else "unfinished", failures=story.failures, time=duration(story.until))


def customers(story: Story) -> str:
    """What they notice."""
    desired = story.setting.desired
    if not story.short:
        return say("unnoticed", desired=desired)
    key = "noticed" if story.lowest else "outage"
    return say(key, time=duration(story.short), lowest=story.lowest, desired=desired)


def bounds(story: Story) -> str:
    """How floor, ceiling and threshold come about."""
    setting = story.setting
    return say(
        "bounds",
        desired=setting.desired,
        minimum=setting.minimum,
        maximum=setting.maximum,
        floor=story.facts.floor,
        ceiling=story.facts.ceiling,
        share=decimal(number("ecs_breaker_share")),
        least=f"{number('ecs_breaker_lowest'):g}",
        most=f"{number('ecs_breaker_highest'):g}",
        threshold=story.threshold,
    )


def playground() -> Playground:
    """The playground, with the settings that AWS starts a service with and a version that works."""
    from labs.playgrounds.widget import Playground

    controls = (
        Range(name="desired", label=say("desired"), value=4, least=1, most=20),
        _percent("minimum", number("ecs_minimum_healthy_percent"), 0, 100),
        _percent("maximum", number("ecs_maximum_percent"), 100, 200),
        Choice(
            name="version",
            label=say("version"),
            value="good",
            options=[(name, say(name)) for name in VERSIONS],
        ),
        _seconds("warm", 20, most=180, step=5),
        _seconds("grace", number("ecs_grace_period"), most=400),
        _seconds("drain", 60, most=300),
        Check(name="breaker", label=say("breaker"), value=True),
        Check(name="rollback", label=say("rollback"), value=True),
    )
    return Playground("rollout", say("title"), controls, show)


def _percent(name: str, value: float, least: int, most: int) -> Range:
    return Range(name=name, label=say(name), value=value, least=least, most=most, step=5, unit="%")


def _seconds(name: str, value: float, most: int, step: int = 10) -> Range:
    return Range(name=name, label=say(name), value=value, least=0, most=most, step=step, unit="s")


def _steps(story: Story) -> str:
    cell = "<td style='text-align:{};vertical-align:top;white-space:{};padding:.1em .5em'>{}</td>"
    rows = "".join(
        "<tr>"
        + cell.format("right", "nowrap", number if not index else "")
        + cell.format("right", "nowrap", escape(duration(step.at)))
        + cell.format("left", "normal", escape(told(step)))
        + "</tr>"
        for number, group in enumerate(moments(story), 1)
        for index, step in enumerate(group)
    )
    more = f"<p>{escape(say('later'))}</p>" if len(story.steps) > MOST_STEPS or story.ended is None else ""
    opened = " open" if len(story.steps) <= FEW_STEPS else ""
    return (
        f"<details{opened}><summary>{escape(say('steps'))}</summary>"
        f"<div style='max-height:20em;overflow:auto'><table>{rows}</table>{more}</div></details>"
    )


def told(step: Step) -> str:
    """One step in words."""
    key = f"step_{step.kind.value}"
    one = step.count == 1 and step.kind in (Kind.START, Kind.HEALTHY, Kind.DRAIN, Kind.STOP)
    version = say(f"of_{step.version}") if step.version else ""
    return say(f"{key}_one" if one else key, version=version, count=step.count, time=duration(step.count))


def _assumed() -> str:
    return say(
        "assumed",
        boot=duration(BOOT),
        first=duration(REGISTRATION_SECONDS),
        interval=duration(CHECK.interval),
        passes=CHECK.healthy_threshold,
        crash=duration(CRASH),
    )

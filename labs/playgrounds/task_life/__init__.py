"""A task's life cycle: choose what happens, see every state, who waits for whom, and what DescribeTasks says then."""

from __future__ import annotations

import json
import signal
from contextlib import suppress
from html import escape
from typing import Any

from labs.cloud.controllers import task_texts
from labs.cloud.task_words import KILLED
from labs.facts import number
from labs.playgrounds.controls import Check, Choice, Control, Range
from labs.playgrounds.task_life.picture import draw
from labs.playgrounds.task_life.story import EVENTS, Case, Life, live
from labs.playgrounds.task_life.texts import say
from labs.playgrounds.widget import Playground, Settings
from labs.view.display import Shown

LEFT = "text-align:start;vertical-align:top"
FACTS = {
    "drain": "deregistration_delay",
    "default": "ecs_stop_timeout",
    "most": "fargate_longest_stop_timeout",
    "warning": "fargate_spot_warning",
    "retries": "ecs_health_retries",
    "interval": "ecs_health_interval",
    "kept": "ecs_stopped_tasks_kept",
}


def show(settings: Settings) -> Shown:
    """The life of the task that the settings describe."""
    case = chosen(settings)
    life = live(case)
    if life is None:
        told = say(f"impossible-{case.event}")
        return Shown(told, f"<p>✘ {escape(told)}</p>")
    line = _line(life)
    remarks = "".join(f"<li>{escape(text)}</li>" for text in [*_seen(life), *_remarks(life)])
    answer = json.dumps(life.described(), indent=2)
    return Shown(
        line,
        "<div style='display:flex;flex-wrap:wrap;gap:0.4em 1.6em'>"
        f"<div style='flex:0 1 460px'>{draw(life, line)}</div>"
        f"<div style='flex:1 1 18em;min-width:0'><strong>{escape(say('answer'))}</strong>"
        f"<pre style='white-space:pre-wrap;overflow-wrap:anywhere;font-size:0.85em'>{escape(answer)}</pre></div></div>"
        f"<p style='font-size:0.9em;margin:0.3em 0'>{escape(say('schematic'))}</p>"
        f"<ul style='margin:0.6em 0;padding-inline-start:1.3em'>{remarks}</ul>{_table(life)}",
    )


def playground() -> Playground:
    """A program that does not listen, stopped by hand."""
    return Playground("task-life", say("title"), controls(), show)


def controls() -> tuple[Control, ...]:
    """What the learner changes."""
    return (
        Choice(
            name="happens",
            label=say("happens"),
            value="stop",
            options=[(event, say(event)) for event in EVENTS],
        ),
        Choice(
            name="capacity",
            label=say("capacity"),
            value="fargate",
            options=[(key, say(key)) for key in ("fargate", "ec2")],
        ),
        Choice(
            name="owner",
            label=say("owner"),
            value="balanced",
            options=[(key, say(key)) for key in ("alone", "service", "balanced")],
        ),
        Check(name="listens", label=say("listens"), value=False),
        Range(
            name="timeout",
            label=say("timeout"),
            value=number("ecs_stop_timeout"),
            least=2,
            most=number("fargate_longest_stop_timeout"),
            unit="s",
        ),
        Range(name="code", label=say("code"), value=1, least=0, most=255),
    )


def chosen(settings: Settings) -> Case:
    """The case that the settings describe."""
    return Case(
        settings["happens"],
        fargate=settings["capacity"] == "fargate",
        service=settings["owner"] != "alone",
        balanced=settings["owner"] == "balanced",
        listens=settings["listens"],
        code=int(settings["code"]),
        timeout=int(settings["timeout"]),
    )


def _line(life: Life) -> str:
    states = " → ".join(life.states)
    if life.ending is None:
        return say("goes_on", states=states)
    code = life.ending.exit_code
    return say(
        "line",
        states=states,
        code=life.ending.code,
        reason=life.ending.reason.rstrip("."),
        exit=say("no_code") if code is None else code,
    )


def _table(life: Life) -> str:
    """The phases as text: what the drawing shows, and what goes on in each."""
    head = "".join(
        f"<th scope='col' style='{LEFT}'>{escape(text)}</th>"
        for text in (f"{say('state')} ({say('desired')})", say("does"))
    )
    rows = "".join(
        f"<tr><th scope='row' style='{LEFT};white-space:nowrap'><code style='white-space:nowrap'>{phase.state}</code><br>"
        f"<small>({phase.desired})</small></th><td style='{LEFT}'>{escape(_filled(phase.does, life))}</td></tr>"
        for phase in life.phases
    )
    return f"<table style='font-size:0.95em'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _filled(key: str, life: Life) -> str:
    """A text of the phases or remarks, with the case's numbers and AWS's limits."""
    code = life.case.code
    limits: dict[str, Any] = {name: f"{number(fact):g}" for name, fact in FACTS.items()}
    return say(
        key,
        timeout=life.case.timeout,
        killed=KILLED,
        code=code,
        number=code - 128,
        name=_signal(code - 128),
        **limits,
    )


def _signal(value: int) -> str:
    """The signal's name in brackets, where it has one."""
    with suppress(ValueError):
        return f" ({signal.Signals(value).name})"
    return ""


def _seen(life: Life) -> list[str]:
    """What the local cloud's own story would say of the container."""
    known: dict[str, Any] = {"name": "shop", "group": say("group")}
    ending, event = life.ending, life.case.event
    found = []
    if event == "container-check":
        found = ["container-unhealthy", *(["standalone-unhealthy"] if ending is None else [])]
    elif event == "memory":
        found = ["container-out-of-memory"]
    elif event == "exit" and life.case.code:
        found = ["container-failed"]
    if life.signalled and not life.case.listens:
        found.append("container-killed")
    return [
        task_texts.say(
            key,
            failures=f"{number('ecs_health_retries'):g}",
            limit="512 MiB",
            code=life.case.code,
            timeout=life.case.timeout,
            **known,
        )
        for key in found
    ]


def _remarks(life: Life) -> list[str]:
    return [_filled(key, life) for key in life.remarks]

"""Playground: edit a lifecycle policy and let days pass; which images of a realistic repository go, and why.

The rules are the local cloud's own (`labs.cloud.registry`): what is shown here is what a preview would answer.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING

from labs.cloud.registry.lifecycle import ARCHIVE, EXPIRE, PULLED, TRANSITION, TRANSITIONED, Reason, Verdict
from labs.cloud.registry.lifecycle_policy import InvalidPolicy
from labs.facts import number
from labs.learner import language
from labs.playgrounds.controls import Editor, Range
from labs.playgrounds.lifecycle.fates import Fate, fates
from labs.playgrounds.lifecycle.repository import NOW, START
from labs.playgrounds.lifecycle.texts import say
from labs.view.display import Shown

if TYPE_CHECKING:
    from labs.playgrounds.widget import Playground, Settings

LONGEST = 365  # days


def show(settings: Settings) -> Shown:
    """The fate of every image, and the storage before and after; or ECR's refusal."""
    text, later = settings["policy"], settings["later"]
    try:
        found = fates(text, later)
    except InvalidPolicy as error:
        return _refusal(text, error)
    told = summary(found)
    lines = [
        say("line", image=fate.kept.name, outcome=_outcome(fate.verdict), why=_by_rule(fate))
        for fate in found
    ]
    return Shown("\n".join([told, *lines]), f"<p><strong>{escape(told)}</strong></p>{_table(found, later)}")


def summary(found: Collection[Fate]) -> str:
    """How many images go, and what is paid for storage before and after. An archived image is paid for as well."""
    actions = [fate.verdict.action for fate in found]
    before = sum(fate.kept.megabytes for fate in found) / 1000
    after = sum(fate.kept.megabytes for fate in found if fate.verdict.action != EXPIRE) / 1000
    price = number("ecr_gb_month")
    return say(
        "summary",
        gone=actions.count(EXPIRE),
        archived=actions.count(TRANSITION),
        left=actions.count(None),
        before=_figure(before),
        after=_figure(after),
        cost_before=_figure(before * price),
        cost_after=_figure(after * price),
    )


def refusal(error: InvalidPolicy) -> str:
    """The message that boto3 shows when ECR refuses the policy."""
    return (
        "An error occurred (InvalidParameterException) when calling the PutLifecyclePolicy operation: "
        "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: "
        f"'Lifecycle policy validation failure: {error}'"
    )


def _refusal(text: str, error: InvalidPolicy) -> Shown:
    lines = [refusal(error)]
    try:
        json.loads(text)
    except json.JSONDecodeError as place:
        lines.append(say("syntax", line=place.lineno, column=place.colno))
    except RecursionError:
        pass
    body = "".join(
        f"<p style='margin:.4em 0;font-family:var(--jp-code-font-family, monospace)'>{escape(line)}</p>"
        for line in lines
    )
    html = (
        "<div style='border-left:5px solid #cf222e;padding:.5em .9em;"
        "background:color-mix(in srgb, #cf222e 9%, var(--jp-layout-color0, #ffffff))'>"
        f"<strong><span aria-hidden='true'>✘</span> {escape(say('refused'))}</strong>{body}</div>"
    )
    return Shown("\n".join(lines), html)


def _outcome(verdict: Verdict) -> str:
    if verdict.action:
        return say(verdict.action)
    return say("archived" if verdict.image.storage_class == ARCHIVE else "stay")


def _why(fate: Fate) -> str:
    verdict, rule = fate.verdict, fate.verdict.rule
    if rule is None or verdict.reason is Reason.LISTED:
        return say("unselected" if rule is None else "listed")
    if verdict.rank is not None:
        why = say("rank", rank=verdict.rank, count=rule.count)
    else:
        moment = {PULLED: "pulled_moment", TRANSITIONED: "archived_moment"}.get(
            rule.count_type, "pushed_moment"
        )
        why = say("age", days=_days(verdict.days or 0), moment=say(moment), count=rule.count)
    if not fate.others:
        return why
    return say("out_of_reach", why=why, others=", ".join(map(str, fate.others)), rule=rule.priority)


def _by_rule(fate: Fate) -> str:
    rule, why = fate.verdict.rule, _why(fate)
    return say("by_rule", rule=rule.priority, why=why) if rule else why


COLOURS = {"expire": "#cf222e", "transition": "#9a6700", None: "#1a7f37"}
SYMBOLS = {"expire": "✘", "transition": "↓", None: "✔"}


def _table(found: Iterable[Fate], later: float) -> str:
    heads = ("image", "pushed", "pulled", "size", "outcome", "rule", "why")
    head = "".join(
        f"<th scope='col' style='{_CELL};text-align:start'>{escape(say(key))}</th>" for key in heads
    )
    rows = "".join(_row(fate, later) for fate in found)
    return f"<table style='border-collapse:collapse;font-size:.92em'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


_CELL = "padding:.22em .7em;border-bottom:1px solid var(--jp-border-color2, #d0d7de);text-align:start;vertical-align:top"


def _row(fate: Fate, later: float) -> str:
    kept, verdict = fate.kept, fate.verdict
    colour, symbol = COLOURS[verdict.action], SYMBOLS[verdict.action]
    outcome = (
        f"<strong style='white-space:nowrap;color:color-mix(in srgb, {colour} 60%, var(--jp-ui-font-color1, #1f2328))'>"
        f"<span aria-hidden='true'>{symbol}</span> {escape(_outcome(verdict))}</strong>"
    )
    cells = (
        f"<code style='font-size:1em;white-space:nowrap'>{escape(kept.label)}</code> {escape(kept.note)}",
        escape(_ago(kept.image.pushed_at, later)),
        escape(_ago(kept.image.last_pulled_at, later)),
        escape(say("megabytes", size=kept.megabytes or "<1")),
        outcome,
        str(verdict.rule.priority) if verdict.rule else "–",
        escape(_why(fate)),
    )
    first, *middle, last = cells
    inside = "".join(
        f"<td style='{_CELL}{wrap}'>{cell}</td>"
        for cell, wrap in ((first, ""), *((cell, ";white-space:nowrap") for cell in middle), (last, ""))
    )
    shade = f" style='background:color-mix(in srgb, {colour} 7%, transparent)'" if verdict.action else ""
    return f"<tr{shade}>{inside}</tr>"


def _ago(moment: datetime | None, later: float) -> str:
    if moment is None:
        return say("never")
    days = (NOW - moment) / timedelta(days=1) + later
    return say("ago", days=f"{days:.0f}" if days >= 1 else "<1")


def _days(value: float) -> str:
    return _figure(value, 1).removesuffix(",0").removesuffix(".0")


def _figure(value: float, digits: int = 2) -> str:
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if language() == "fr" else text


def playground() -> Playground:
    """The playground, with three rules that are worth taking apart."""
    from labs.playgrounds.widget import Playground

    controls = (
        Editor(name="policy", label=say("policy"), value=START, rows=21),
        Range(name="later", label=say("later"), value=0, least=0, most=LONGEST, unit=say("days")),
    )
    return Playground("lifecycle", say("title"), controls, show)

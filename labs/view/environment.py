"""The environment report: what the course found on this machine, as a table without private folders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from labs.learner import Texts
from labs.view.display import Shown

if TYPE_CHECKING:
    from labs.doctor import Finding

say = Texts(
    {
        "title": {"fr": "Votre environnement", "en": "Your environment"},
        "ready": {"fr": "tout est prêt", "en": "all is ready"},
        "problems": {"fr": "à régler : {topics}", "en": "to fix: {topics}"},
        "topic": {"fr": "Sujet", "en": "Topic"},
        "found": {"fr": "Constat", "en": "Found"},
        "advice": {"fr": "À savoir, à faire", "en": "To know, to do"},
        "ok": {"fr": "en ordre", "en": "in order"},
        "problem": {"fr": "problème", "en": "problem"},
        "line": {"fr": "{left} : {right}", "en": "{left}: {right}"},
    }
)

MARKS = {"ok": ("✔", "#1a7f37"), "advice": ("●", "#9a6700"), "problem": ("✘", "#cf222e")}
PATH = re.compile(r"(?<![\w.~:/])/(?:[^/\s()]+/)+(?P<name>[^/\s()]+)")


def shorten(text: str) -> str:
    """The text with the home folder as `~` and other folders as `…/name`: what may be shown to others."""
    text = re.sub(re.escape(str(Path.home())) + r"(?=/|\b)", "~", text) if Path.home().name else text
    return PATH.sub(r"…/\g<name>", text)


def environment(findings: Iterable[Finding]) -> Shown:
    """One row per finding; the compared line says only whether something must be mended."""
    findings = list(findings)
    problems = [finding.topic for finding in findings if finding.state == "problem"]
    verdict = say("problems", topics=", ".join(problems)) if problems else say("ready")
    header = "".join(
        f'<th scope="col" style="text-align:left">{escape(text)}</th>'
        for text in ("", say("topic"), say("found"), say("advice"))
    )
    return Shown(
        say("line", left=say("title"), right=verdict),
        f"<table><caption>{escape(say('title'))}</caption><thead><tr>{header}</tr></thead><tbody>"
        + "".join(_row(finding) for finding in findings)
        + "</tbody></table>",
    )


def _row(finding: Finding) -> str:
    mark, colour = MARKS[finding.state]
    label = say("problem" if finding.state == "problem" else "ok")
    cells = "".join(
        f'<td style="text-align:left">{escape(shorten(text))}</td>'
        for text in (finding.found, finding.advice)
    )
    return (
        f'<tr><td><span role="img" aria-label="{escape(label)}" style="color:{colour}">{mark}</span></td>'
        f'<th scope="row" style="text-align:left">{escape(finding.topic)}</th>{cells}</tr>'
    )

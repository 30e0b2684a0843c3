"""How a check's outcome, a hint and a solution look."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from labs.learner import Texts
from labs.view.display import Shown

if TYPE_CHECKING:
    from labs.checks import Outcome
    from labs.checks.model import Exercise

say = Texts(
    {
        "passed": {"fr": "réussi", "en": "passed"},
        "failed": {"fr": "à revoir", "en": "to fix"},
        "not_attempted": {"fr": "pas encore commencé", "en": "not attempted yet"},
        "unsupported": {"fr": "sans réponse dans ce monde", "en": "no answer in this world"},
        "colon": {"fr": "{left} : {right}", "en": "{left}: {right}"},
        "hint": {"fr": "Indice {number} sur {count}", "en": "Hint {number} of {count}"},
        "solution": {"fr": "Une solution", "en": "A solution"},
    }
)

SYMBOLS = {"passed": "✔", "failed": "✘", "not_attempted": "○", "unsupported": "?"}
COLOURS = {"passed": "#1a7f37", "failed": "#cf222e", "not_attempted": "#6b7280", "unsupported": "#9a6700"}
NOTE = "#2f6fdb"


def _card(colour: str, symbol: str, heading: str, body: str) -> str:
    return (
        f'<div role="status" style="border-left:5px solid {colour};padding:.5em .9em;margin:.3em 0;'
        f'background:color-mix(in srgb, {colour} 9%, var(--jp-layout-color0, #ffffff))">'
        f'<strong><span aria-hidden="true">{symbol}</span> {escape(heading)}</strong>{body}</div>'
    )


def outcome(exercise: Exercise, found: Outcome) -> Shown:
    """The state in a word and a symbol, and the reasons."""
    heading = say("colon", left=exercise.say("title"), right=say(found.state))
    lines = [f"{SYMBOLS[found.state]} {heading}", *(f"  - {reason}" for reason in found.reasons)]
    items = "".join(f"<li>{escape(reason)}</li>" for reason in found.reasons)
    body = f'<ul style="margin:.3em 0 0">{items}</ul>' if items else ""
    return Shown("\n".join(lines), _card(COLOURS[found.state], SYMBOLS[found.state], heading, body))


def hint(exercise: Exercise, number: int, count: int) -> Shown:
    """One hint."""
    heading, text = say("hint", number=number, count=count), exercise.say(f"hint_{number}")
    body = f'<div style="margin-top:.3em">{escape(text)}</div>'
    return Shown(say("colon", left=heading, right=text), _card(NOTE, "☞", heading, body))


def solution(exercise: Exercise) -> Shown:
    """What the step's code does, and the code, ready to be copied into a cell."""
    heading, text, code = say("solution"), exercise.say("solution"), exercise.code()
    body = (
        f'<div style="margin:.3em 0">{escape(text)}</div>'
        f'<pre style="overflow-x:auto"><code>{escape(code)}</code></pre>'
    )
    return Shown(f"{say('colon', left=heading, right=text)}\n\n{code}", _card(NOTE, "✎", heading, body))

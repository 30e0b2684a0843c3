"""Questions as Markdown, for where widgets do not run: a notebook not yet run, GitHub, paper.

Never dependent on the learner's record or on chance: notebooks are compared with what they showed before.
"""

from __future__ import annotations

from collections.abc import Iterable

from labs.learner import Language
from quiz.model import AnyQuestion, ChoiceQuestion, MatchingQuestion, OpenQuestion, OrderingQuestion
from quiz.presentation import shuffled
from quiz.widget_texts import say

LETTERS = "ABCDEF"
SEED = 0  # of the order in print: the same for everybody


def printed(question: AnyQuestion, title: str, lang: Language) -> str:
    """The question with its options, steps or targets, and nothing that tells the answer."""
    parts = [f"**{title}** — {question.scenario(lang)}"]
    match question:
        case OpenQuestion():
            pass
        case ChoiceQuestion(options=options, keys=keys):
            shown = [options[place].text(lang) for place in shuffled(question, SEED).order]
            lettered = zip(LETTERS, shown, strict=False)
            parts += [
                say(f"choose_{len(keys)}", lang),
                _list(f"{letter}. {text}" for letter, text in lettered),
            ]
        case OrderingQuestion(steps=steps):
            shown = [steps[place].text(lang) for place in shuffled(question, SEED).order]
            parts += [say("order_printed", lang), _list(shown)]
        case MatchingQuestion(targets=targets, items=items):
            shown = [targets[place](lang) for place in shuffled(question, SEED).order]
            choices = " · ".join(f"*{text}*" for text in shown)
            parts += [say("match_printed", lang, targets=choices), _list(item.text(lang) for item in items)]
    return "\n\n".join(parts)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)

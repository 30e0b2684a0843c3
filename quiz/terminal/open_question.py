"""An open question in the terminal: an answer of several lines, and what was found in it."""

from __future__ import annotations

from collections.abc import Iterable

from labs.learner import Language
from quiz.model import Idea, OpenQuestion, WrongIdea
from quiz.sitting import Outcome
from quiz.terminal.desk import Read
from quiz.widget_texts import say as card


def read_answer(read: Read) -> str | None:
    """The lines up to an empty one; None when the input has ended before anything was written."""
    lines: list[str] = []
    while True:
        try:
            line = read()
        except EOFError:
            return "\n".join(lines) or None
        if not line.strip():
            return "\n".join(lines)
        lines.append(line)


def heading(outcome: Outcome, lang: Language) -> str:
    """The verdict and its explanation."""
    explanation = outcome.explanation(lang) if outcome.explanation else ""
    return f"{card(outcome.verdict, lang).upper()}\n{explanation}"


def feedback(question: OpenQuestion, outcome: Outcome, lang: Language) -> str:
    """The verdict, the ideas behind it, a model answer, and why tempting solutions are wrong."""
    tempting = [idea for idea in question.rubric.rejected if idea not in outcome.contradicted]
    sections = (
        ("found", outcome.found),
        ("missing", outcome.missing),
        ("contradicted", outcome.contradicted),
    )
    parts = [
        heading(outcome, lang),
        *(f"{card(title, lang)}\n{_listed(ideas, lang)}" for title, ideas in sections if ideas),
        f"{card('model_answer', lang)}\n{question.model_answer(lang)}",
    ]
    if tempting:
        parts.append(f"{card('tempting', lang)}\n{_listed(tempting, lang)}")
    return "\n" + "\n\n".join(parts)


def _listed(ideas: Iterable[Idea], lang: Language) -> str:
    return "\n".join(
        f"- {idea.label(lang)}" + (f" — {idea.why(lang)}" if isinstance(idea, WrongIdea) else "")
        for idea in ideas
    )

"""The quiz: a bank of questions, a grader of open answers, and what a learner sees of them.

In a notebook: `import quiz`, then `quiz.ask("central-registry")` or `quiz.chapter()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quiz.widgets import Chapter, QuestionCard

__all__ = ["ask", "chapter"]


def ask(id: str) -> QuestionCard:
    """The card of one question, in the learner's language. Raises `quiz.widgets.UnknownQuestion`."""
    from quiz import widgets  # widgets take a second to import, which the terminal does not owe

    return widgets.ask(id)


def chapter() -> Chapter:
    """The cards of all the chapter's questions, in order."""
    from quiz import widgets

    return widgets.chapter()

"""What the cards of choice, ordering and matching questions share: an order shown, and a mark on every part.

The page knows only positions as shown; the bank's places, which would tell the right order of steps, stay here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from quiz.model import ClosedQuestion
from quiz.presentation import Layout, shuffled
from quiz.sitting import Outcome, Part
from quiz.widget_texts import say
from quiz.widgets.card import NotAnAnswer, QuestionCard


class Mark(TypedDict):
    """What a page shows of one part: an icon by its tone, a word, and the reason."""

    tone: Literal["right", "wrong", "missed", "other"]
    word: str
    why: str


class ClosedCard(QuestionCard):
    """One closed question: once marked it is closed, until the learner asks to answer again."""

    question: ClosedQuestion

    @property
    def layout(self) -> Layout:
        """The order shown: the same until the question has been answered once more."""
        return shuffled(self.question, self.seed)

    def _content(self) -> dict[str, Any]:
        return {
            "once": True,
            "submit": say("submit_closed", self.lang),
            "again": say("answer_again", self.lang),
            "contest_label": say("contest_closed", self.lang),
        }

    def _told(self, outcome: Outcome) -> dict[str, Any]:
        right = sum(part.right for part in outcome.parts)
        return {
            "summary": self._summary(outcome, right),
            "marks": self._marks(outcome),
            "sources": self._sources(),
        }

    def _summary(self, outcome: Outcome, right: int) -> str:
        return say("parts_right", self.lang, right=right, total=len(outcome.parts))

    def _marks(self, outcome: Outcome) -> list[Mark]:
        """In the order in which the page shows the parts."""
        return [self._mark(outcome.parts[place]) for place in self._places()]

    def _places(self) -> Sequence[int]:
        """The bank's places of the parts, in the order shown."""
        return self.layout.order

    def _mark(self, part: Part) -> Mark:
        raise NotImplementedError


def positions(answer: Any, size: int) -> list[int]:
    """The positions in an answer from the page, each of 0 to size - 1 at most once. Raises NotAnAnswer."""
    if not isinstance(answer, list) or not all(type(place) is int and 0 <= place < size for place in answer):
        raise NotAnAnswer
    if len(set(answer)) < len(answer):
        raise NotAnAnswer
    return answer

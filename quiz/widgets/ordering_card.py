"""The card of an ordering question."""

from __future__ import annotations

from typing import Any

from quiz.model import OrderingQuestion
from quiz.sitting import Outcome, Part
from quiz.widget_texts import say
from quiz.widgets.card import NotAnAnswer
from quiz.widgets.closed_card import ClosedCard, Mark, positions


class OrderingCard(ClosedCard):
    """Steps to put in order. The answer holds positions of the order first shown."""

    question: OrderingQuestion
    words = ("up", "down", "solution")

    def _content(self) -> dict[str, Any]:
        steps = [self.question.steps[place].text(self.lang) for place in self.layout.order]
        moved = say("moved", self.lang, total=len(steps), step="{step}", place="{place}")
        return super()._content() | {"steps": steps, "how": say("how_to_order", self.lang), "moved": moved}

    def _blank(self) -> list[int]:
        return list(range(len(self.question.steps)))

    def _response(self, answer: Any) -> tuple[int, ...]:
        order = positions(answer, len(self.question.steps))
        if len(order) < len(self.question.steps):
            raise NotAnAnswer
        return tuple(self.layout.place(position) for position in order)

    def _told(self, outcome: Outcome) -> dict[str, Any]:
        return super()._told(outcome) | {"solution": [step.text(self.lang) for step in self.question.steps]}

    def _summary(self, outcome: Outcome, right: int) -> str:
        return say("steps_in_place", self.lang, right=right, total=len(outcome.parts))

    def _mark(self, part: Part) -> Mark:
        why = part.rationale(self.lang)
        if part.right:
            return Mark(tone="right", word=say("in_place", self.lang), why=why)
        return Mark(tone="wrong", word=say("belongs", self.lang, place=part.expected + 1), why=why)

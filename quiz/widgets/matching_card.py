"""The card of a matching question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quiz.model import MatchingQuestion
from quiz.sitting import Part
from quiz.widget_texts import say
from quiz.widgets.card import NotAnAnswer
from quiz.widgets.closed_card import ClosedCard, Mark


class MatchingCard(ClosedCard):
    """Items that each go with one target. The answer holds, for each item, the position of a target as shown."""

    question: MatchingQuestion
    words = ("pick",)

    def _content(self) -> dict[str, Any]:
        return super()._content() | {
            "items": [item.text(self.lang) for item in self.question.items],
            "targets": [self.question.targets[place](self.lang) for place in self.layout.order],
            "how": say("how_to_match", self.lang),
            "empty": say("match_all", self.lang),
        }

    def _blank(self) -> list[int | None]:
        return [None] * len(self.question.items)

    def _response(self, answer: Any) -> tuple[int, ...]:
        targets = range(len(self.question.targets))
        if not isinstance(answer, list) or len(answer) != len(self.question.items):
            raise NotAnAnswer
        if not all(type(position) is int and position in targets for position in answer):
            raise NotAnAnswer
        return tuple(self.layout.place(position) for position in answer)

    def _places(self) -> Sequence[int]:
        return range(len(self.question.items))

    def _mark(self, part: Part) -> Mark:
        why = part.rationale(self.lang)
        if part.right:
            return Mark(tone="right", word=say("right_match", self.lang), why=why)
        target = self.question.targets[part.expected](self.lang)
        return Mark(tone="wrong", word=say("goes_with", self.lang, target=target), why=why)

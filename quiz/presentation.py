"""In which order a closed question is shown: decided by a seed, never stored, never part of a response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from quiz.model import ChoiceQuestion, ClosedQuestion, MatchingQuestion, OrderingQuestion


@dataclass(frozen=True)
class Layout:
    """The places of the bank in the order shown: `order[2]` is the place of what stands third."""

    order: tuple[int, ...]

    def place(self, shown: int) -> int:
        """The place in the bank of what is shown at `shown` (from 0)."""
        return self.order[shown]

    def shown(self, place: int) -> int:
        """Where (from 0) the bank's `place` is shown."""
        return self.order.index(place)


def shuffled(question: ClosedQuestion, seed: int) -> Layout:
    """The order of the options, the steps, or the targets of a matching question.

    The same question and seed give the same order on every machine. Steps are never shown already in order.
    """
    rng = Random(f"{seed} {question.id}")  # noqa: S311 - a lay-out, no secret
    order = list(range(len(_shown(question))))
    in_order = tuple(order)
    while True:
        rng.shuffle(order)
        if not isinstance(question, OrderingQuestion) or tuple(order) != in_order:
            return Layout(tuple(order))


def _shown(question: ClosedQuestion) -> Sequence[object]:
    match question:
        case ChoiceQuestion(options=options):
            return options
        case OrderingQuestion(steps=steps):
            return steps
        case MatchingQuestion(targets=targets):
            return targets

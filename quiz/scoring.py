"""What an answer to a closed question is worth: pure, the same everywhere.

A response names places in the question as the bank holds it, whatever order was shown:

- choice: the set of the places chosen;
- ordering: the places of the steps, in the learner's order;
- matching: for each item, the place of the target chosen, or None.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import combinations

from quiz.model import ChoiceQuestion, ClosedQuestion, MatchingQuestion, OrderingQuestion
from quiz.open_answer.rubric import Grade

Response = Set[int] | Sequence[int | None]


@dataclass(frozen=True)
class Score:
    """The verdict, and the credit between 0 and 1. An exam counts only `correct`: it gives no partial credit."""

    verdict: Grade
    credit: float


def score(question: ClosedQuestion, response: Response) -> Score:
    """Mark a response. Raises ValueError when it is not one to this question."""
    match question:
        case ChoiceQuestion():
            credit = _choice(question, response)
        case OrderingQuestion():
            credit = _ordering(question, response)
        case MatchingQuestion():
            credit = _matching(question, response)
    return Score("correct" if credit == 1 else "partial" if credit > 0 else "incorrect", credit)


def _choice(question: ChoiceQuestion, response: Response) -> float:
    """Right options less wrong ones, as a share of the keys: ticking everything is worth nothing.

    An answer of fewer options than asked is allowed in practice; one of more is not.
    """
    places = set(range(len(question.options)))
    if not isinstance(response, Set) or not response <= places or len(response) > len(question.keys):
        raise ValueError("not a choice of this question's options")
    right = len(response & question.keys)
    return max(0.0, (right - len(response - question.keys)) / len(question.keys))


def _ordering(question: OrderingQuestion, response: Response) -> float:
    """How much better than chance the order of the pairs is: Kendall's tau, never below 0."""
    places = range(len(question.steps))
    if isinstance(response, Set) or sorted(p for p in response if p is not None) != list(places):
        raise ValueError("not an order of this question's steps")
    pairs = list(combinations([place for place in response if place is not None], 2))
    return max(0.0, sum(1 if a < b else -1 for a, b in pairs) / len(pairs))


def _matching(question: MatchingQuestion, response: Response) -> float:
    """The share of items at their target."""
    if isinstance(response, Set) or len(response) != len(question.items):
        raise ValueError("not a target for each of this question's items")
    if any(place is not None and not 0 <= place < len(question.targets) for place in response):
        raise ValueError("not a target of this question")
    hits = sum(place == item.match for place, item in zip(response, question.items, strict=True))
    return hits / len(question.items)

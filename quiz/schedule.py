"""Spaced repetition: when a question is due again, by FSRS (the library `fsrs`, its default parameters).

A right answer is rated Good, one worth at least half Hard, anything less Again (Easy would need the learner's own
opinion). Steps of minutes are left out, so that every interval is whole days and "due today" means something; fuzz is
off, so that the same answers give the same days.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from quiz.clock import Time

if TYPE_CHECKING:
    from fsrs import Rating, Scheduler

HARD_FROM = 0.5  # credit


@dataclass(frozen=True)
class ReviewCard:
    """What the record keeps of a question's schedule; `memory` is FSRS's own state as JSON."""

    question: str
    due: Time
    memory: str


def due(cards: Iterable[ReviewCard], now: datetime) -> list[ReviewCard]:
    """The cards due before the end of today (the day of `now`, in its time zone), the most overdue first."""
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return sorted((card for card in cards if card.due < tomorrow), key=lambda card: (card.due, card.question))


def review(card: ReviewCard | None, question: str, credit: float, now: datetime) -> ReviewCard:
    """The card after an answer worth `credit` at `now`; None makes the first card of the question.

    A memory that this version of FSRS cannot read begins anew: an answer is worth more than its schedule.
    """
    from fsrs import Card

    memory = Card(card_id=0, due=now)
    if card:
        with suppress(KeyError, TypeError, ValueError):
            memory = Card.from_json(card.memory)
    memory, _ = _scheduler().review_card(memory, _rating(credit), now)
    return ReviewCard(question, memory.due, json.dumps(memory.to_dict()))


def _rating(credit: float) -> Rating:
    from fsrs import Rating

    return Rating.Good if credit >= 1 else Rating.Hard if credit >= HARD_FROM else Rating.Again


@cache
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)

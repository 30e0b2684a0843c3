"""Spaced repetition: what is known comes back later and later, what is not comes back soon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.schedule import ReviewCard, due, review
from tests.quiz.banks import steady

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def reviewed(*credits: float) -> tuple[ReviewCard, list[timedelta]]:
    """The card after answers given each on the day it was due, and the intervals."""
    card, now, intervals = None, NOON, []
    for credit in credits:
        card = review(card, "q", credit, now)
        intervals.append(card.due - now)
        now = card.due
    assert card
    return card, intervals


def test_right_answers_come_back_later_and_later() -> None:
    _, intervals = reviewed(1, 1, 1, 1, 1)
    assert intervals == sorted(intervals)
    assert intervals[0] >= timedelta(days=1)
    assert intervals[-1] > timedelta(days=60)


def test_a_wrong_answer_comes_back_within_days() -> None:
    _, intervals = reviewed(1, 1, 1, 0)
    assert intervals[-1] <= timedelta(days=3) < timedelta(days=20) < intervals[-2]


@pytest.mark.parametrize("before", [(), (1,), (1, 1)])
def test_the_better_the_answer_the_longer_the_interval(before: tuple[float, ...]) -> None:
    again, hard, good = (reviewed(*before, credit)[1][-1] for credit in (0.4, 0.5, 1.0))
    assert again <= hard < good
    assert reviewed(*before, 0.99)[1][-1] == hard, "nearly right is not right"


@steady
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_the_same_answers_give_the_same_days_and_whole_ones(credits: list[float]) -> None:
    card, intervals = reviewed(*credits)
    assert reviewed(*credits) == (card, intervals)
    assert all(interval >= timedelta(days=1) and not interval.seconds for interval in intervals)


def test_due_is_what_falls_before_midnight_the_most_overdue_first() -> None:
    late, today, tomorrow = (
        ReviewCard(name, NOON + shift, "{}")
        for name, shift in (
            ("late", timedelta(days=-3)),
            ("today", timedelta(hours=11)),
            ("tomorrow", timedelta(hours=13)),
        )
    )
    assert due([tomorrow, today, late], NOON) == [late, today]


def test_today_is_the_learners_own_day() -> None:
    card = ReviewCard("q", NOON + timedelta(hours=13), "{}")  # 01:00 UTC tomorrow
    assert due([card], NOON.astimezone(timezone(timedelta(hours=-5)))) == [card]
    assert due([card], NOON) == []


@pytest.mark.parametrize("memory", ["nonsense", "{}", "[]", '{"card_id": "x"}'])
def test_a_memory_that_cannot_be_read_begins_anew(memory: str) -> None:
    assert review(ReviewCard("q", NOON, memory), "q", 1, NOON) == review(None, "q", 1, NOON)

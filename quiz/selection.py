"""Which questions to ask: pure functions of the bank, the record and a seeded random generator."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from random import Random
from typing import Protocol

from quiz.model import AnyQuestion, Domain, Era, Topic
from quiz.responses import kind


class Answered(Protocol):
    """What selection reads of an attempt in the record (oldest first)."""

    @property
    def question(self) -> str:
        """The question's id."""
        ...

    @property
    def verdict(self) -> str:
        """The verdict given."""
        ...


def topic_set(
    questions: Iterable[AnyQuestion],
    topic: Topic | None,
    count: int,
    rng: Random,
    attempts: Sequence[Answered] = (),
) -> list[AnyQuestion]:
    """Up to `count` questions of a topic (of all when None): first the unanswered, then those missed, then the others.

    Within each group the order is random. A question is missed when its last answer was not correct.
    """
    last = last_verdicts(attempts)
    pool = [question for question in questions if topic in (None, question.topic)]
    rng.shuffle(pool)
    pool.sort(key=lambda question: _urgency(last.get(question.id)))
    return pool[: max(count, 0)]


def custom(
    questions: Iterable[AnyQuestion],
    *,
    topics: Collection[Topic] = (),
    domains: Collection[Domain] = (),
    difficulty: Collection[int] = (),
    kinds: Collection[str] = (),
    era: Collection[Era] = (),
    unseen: bool = False,
    missed: bool = False,
    count: int | None = None,
    rng: Random,
    attempts: Sequence[Answered] = (),
) -> list[AnyQuestion]:
    """The questions that meet every condition given, in random order, `count` at most.

    An empty collection sets no condition. `unseen` and `missed` together take both: never answered, or last
    answered not correctly.
    """
    last = last_verdicts(attempts)
    wanted = _states(unseen, missed)
    pool = [
        question
        for question in questions
        if (not topics or question.topic in topics)
        and (not domains or question.domain in domains)
        and (not difficulty or question.difficulty in difficulty)
        and (not kinds or kind(question) in kinds)
        and (not era or question.era in era)
        and _urgency(last.get(question.id)) in wanted
    ]
    rng.shuffle(pool)
    return pool if count is None else pool[: max(count, 0)]


def last_verdicts(attempts: Iterable[Answered]) -> dict[str, str]:
    """The last verdict by question id."""
    return {attempt.question: attempt.verdict for attempt in attempts}


def _urgency(verdict: str | None) -> int:
    return 0 if verdict is None else 2 if verdict == "correct" else 1


def _states(unseen: bool, missed: bool) -> set[int]:
    return {state for state, wanted in enumerate((unseen, missed)) if wanted} or {0, 1, 2}

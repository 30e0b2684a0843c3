"""How ready the learner would be for an exam on containers: an estimate with its uncertainty, never a promise.

Only the first answer to each choice question of the exam's era counts (a second one measures memory), and of those the
latest 30 of each domain (learners improve). The share right in a domain is believed to be Beta(½ + right, ½ + wrong)
(Jeffreys); the number of right answers in a full form is then beta-binomial in each domain, their sum taken as normal.
The real exam asks about all of AWS: nothing here speaks of the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Protocol

from quiz.exams.forms import form
from quiz.exams.result import points, to_pass
from quiz.intervals import Z95, Interval
from quiz.model import DOMAINS, AnyQuestion, ChoiceQuestion, Domain

ENOUGH = 10  # first answers in each domain
LATEST = 30  # first answers of each domain that count


class Judged(Protocol):
    """What is read of an attempt in the record."""

    @property
    def question(self) -> str:
        """The question's id."""
        ...

    @property
    def verdict(self) -> str:
        """The verdict given."""
        ...


@dataclass(frozen=True)
class NotEnough:
    """Too few answers to say anything: how many more first answers each domain needs."""

    needed: Mapping[Domain, int]

    @property
    def total(self) -> int:
        """How many more in all."""
        return sum(self.needed.values())


@dataclass(frozen=True)
class Readiness:
    """The expected share of right answers in a full form, and the chance of reaching the score to pass.

    `share` and `interval` (95 %, of the result of one exam) go from 0 to 1; `points`, `low` and `high` are the same on
    the exam's scale, as `exams.result` estimates it; `answers` is how many first answers this rests on.
    """

    share: float
    interval: Interval
    points: int
    low: int
    high: int
    chance: float
    answers: int


def readiness(attempts: Iterable[Judged], questions: Mapping[str, AnyQuestion]) -> Readiness | NotEnough:
    """What the attempts (oldest first) say."""
    first = _first_answers(attempts, questions)
    needed = {domain: ENOUGH - len(first[domain]) for domain in DOMAINS if len(first[domain]) < ENOUGH}
    if needed:
        return NotEnough(needed)
    mean = variance = 0.0
    for domain, asked in form("full").quota.items():
        expected, spread = _beta_binomial(first[domain][-LATEST:], asked)
        mean, variance = mean + expected, variance + spread
    total = form("full").questions
    deviation = sqrt(variance)
    pass_mark = next(right for right in range(total + 1) if points(right / total) >= to_pass())
    chance = 1 - NormalDist(mean, deviation).cdf(pass_mark - 0.5)
    low, high = max(0.0, mean - Z95 * deviation) / total, min(total, mean + Z95 * deviation) / total
    return Readiness(
        share=mean / total,
        interval=Interval(low, high),
        points=points(mean / total),
        low=points(low),
        high=points(high),
        chance=chance,
        answers=sum(len(answers[-LATEST:]) for answers in first.values()),
    )


def _first_answers(
    attempts: Iterable[Judged], questions: Mapping[str, AnyQuestion]
) -> dict[Domain, list[bool]]:
    """By domain, whether the first answer to each question was correct, oldest first."""
    first: dict[Domain, list[bool]] = {domain: [] for domain in DOMAINS}
    seen = set()
    for attempt in attempts:
        question = questions.get(attempt.question)
        if isinstance(question, ChoiceQuestion) and question.era == "exam" and question.id not in seen:
            seen.add(question.id)
            first[question.domain].append(attempt.verdict == "correct")
    return first


def _beta_binomial(answers: Sequence[bool], asked: int) -> tuple[float, float]:
    """Mean and variance of the right answers among `asked` new ones."""
    a, b = sum(answers) + 0.5, len(answers) - sum(answers) + 0.5
    share = a / (a + b)
    return asked * share, asked * share * (1 - share) * (a + b + asked) / (a + b + 1)

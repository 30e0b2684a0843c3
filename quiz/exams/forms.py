"""The forms of the mock exam, and the questions drawn for them.

`full` has the length, time and domain weights of SAA-C03 (its exam guide, in `labs/facts.yaml`); `short` has the weights
alone. Both ask about containers only, whereas the real exam asks about all of AWS. The real exam also holds unscored
questions that nobody can tell apart: here every question counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import floor
from random import Random
from typing import Literal, get_args

from quiz.model import DOMAINS, AnyQuestion, ChoiceQuestion, Domain

FormName = Literal["full", "short"]
FORM_NAMES: tuple[FormName, ...] = get_args(FormName)
SHORT_QUESTIONS = 20
WEIGHTS: dict[Domain, str] = {  # the facts that state them
    "secure": "exam_domain_secure",
    "resilient": "exam_domain_resilient",
    "high-performing": "exam_domain_high_performing",
    "cost-optimised": "exam_domain_cost_optimized",
}


@dataclass(frozen=True)
class Form:
    """How long an exam is; `quota` says how many questions each domain gives."""

    name: FormName
    minutes: int
    quota: Mapping[Domain, int]

    @property
    def questions(self) -> int:
        """The number of questions."""
        return sum(self.quota.values())


@dataclass(frozen=True)
class Draw:
    """The questions drawn, in the order asked; `short_of` says where a domain had too few and others filled in."""

    questions: tuple[ChoiceQuestion, ...]
    short_of: Mapping[Domain, int]


class NotEnoughQuestions(ValueError):
    """The bank holds fewer exam questions (`have`) than the form needs (`need`)."""

    def __init__(self, have: int, need: int):
        super().__init__(f"{have} exam questions, {need} needed")
        self.have, self.need = have, need


@cache
def form(name: FormName) -> Form:
    """The form of that name. The short one keeps the real exam's pace of two minutes a question."""
    from labs.facts import number

    long, minutes = int(number("exam_questions")), int(number("exam_duration"))
    count = long if name == "full" else SHORT_QUESTIONS
    weights = {domain: number(fact) for domain, fact in WEIGHTS.items()}
    return Form(name, minutes * count // long, apportion(count, weights))


def apportion(seats: int, weights: Mapping[Domain, float]) -> dict[Domain, int]:
    """Share out `seats` by weight, by the method of largest remainders (Hamilton); ties go to the heavier weight."""
    whole = sum(weights.values())
    exact = {domain: seats * weight / whole for domain, weight in weights.items()}
    quota = {domain: floor(share) for domain, share in exact.items()}
    by_remainder = sorted(exact, key=lambda domain: (quota[domain] - exact[domain], -weights[domain]))
    for domain in by_remainder[: seats - sum(quota.values())]:
        quota[domain] += 1
    return quota


def draw(questions: Iterable[AnyQuestion], form: Form, rng: Random) -> Draw:
    """Draw a form's choice questions of the era "exam", each domain its quota.

    Where a domain has too few, questions of the others fill in. Raises NotEnoughQuestions.
    """
    pool = [q for q in questions if isinstance(q, ChoiceQuestion) and q.era == "exam"]
    if len(pool) < form.questions:
        raise NotEnoughQuestions(len(pool), form.questions)
    pool.sort(key=lambda question: question.id)  # the draw depends on the seed alone
    rng.shuffle(pool)
    drawn: list[ChoiceQuestion] = []
    short_of: dict[Domain, int] = {}
    for domain in DOMAINS:
        found = [question for question in pool if question.domain == domain][: form.quota[domain]]
        drawn += found
        if len(found) < form.quota[domain]:
            short_of[domain] = form.quota[domain] - len(found)
    taken = {question.id for question in drawn}
    drawn += [question for question in pool if question.id not in taken][: form.questions - len(drawn)]
    rng.shuffle(drawn)
    return Draw(tuple(drawn), short_of)

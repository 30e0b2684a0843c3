"""The readiness estimate: silent with few answers, honest about its uncertainty with many."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from statistics import mean

from quiz.exams.forms import form
from quiz.model import DOMAINS, Domain
from quiz.readiness import NotEnough, Readiness, readiness
from tests.quiz.banks import choice, exam_bank, open_question

BANK = exam_bank(40)


@dataclass
class Attempt:
    question: str
    verdict: str


def answers(right: int, of: int, domains: tuple[Domain, ...] = DOMAINS) -> list[Attempt]:
    return [
        Attempt(f"{domain}-{n}", "correct" if n < right else "partial")
        for domain in domains
        for n in range(of)
    ]


def ready(attempts: list[Attempt]) -> Readiness:
    estimate = readiness(attempts, BANK)
    assert isinstance(estimate, Readiness)
    return estimate


def test_with_no_answers_it_says_how_many_are_needed() -> None:
    estimate = readiness([], BANK)
    assert isinstance(estimate, NotEnough)
    assert (estimate.total, estimate.needed) == (40, dict.fromkeys(DOMAINS, 10))


def test_one_domain_left_out_is_enough_to_stay_silent() -> None:
    estimate = readiness(answers(10, 10)[:-3], BANK)
    assert estimate == NotEnough({"cost-optimised": 3})


def test_open_repeated_and_withdrawn_questions_do_not_count() -> None:
    bank = BANK | {"o": open_question("o"), "t": choice("t", era="today")}
    noise = [Attempt(id, "correct") for id in ("o", "t", "gone", "secure-0", "secure-0")]
    estimate = readiness(noise, bank)
    assert isinstance(estimate, NotEnough) and estimate.needed["secure"] == 9


def test_partly_correct_is_not_correct_and_the_first_answer_decides() -> None:
    missed = answers(0, 12)
    again = [Attempt(attempt.question, "correct") for attempt in missed]
    assert ready(missed + again) == ready(missed)
    assert ready(missed).share < 0.05


def test_extremes_stay_inside_the_scale() -> None:
    best, worst = ready(answers(10, 10)), ready(answers(0, 10))
    assert 0 <= worst.chance < 0.02
    assert 0.98 < best.chance <= 1
    assert best.interval.low < best.share < 1
    assert best.low <= best.points <= best.high <= 1000


def test_more_answers_narrow_the_interval() -> None:
    few, many = ready(answers(7, 10)), ready(answers(21, 30))
    assert many.interval.high - many.interval.low < few.interval.high - few.interval.low
    assert many.answers == 120


def test_only_the_latest_thirty_of_a_domain_count() -> None:
    learnt = [Attempt(f"{d}-{n}", "incorrect" if n < 10 else "correct") for d in DOMAINS for n in range(40)]
    assert ready(learnt).share > 0.95


def test_the_interval_holds_the_result_of_an_exam_about_as_often_as_it_says() -> None:
    rng = Random(4)
    held, chances, passed = [], [], []
    for _ in range(400):
        skill = {domain: rng.uniform(0.4, 0.95) for domain in DOMAINS}
        attempts = [
            Attempt(f"{d}-{n}", "correct" if rng.random() < skill[d] else "incorrect")
            for d in DOMAINS
            for n in range(20)
        ]
        estimate = ready(attempts)
        quota = form("full").quota
        right = sum(rng.random() < skill[d] for d, asked in quota.items() for _ in range(asked))
        held.append(estimate.interval.low <= right / 65 <= estimate.interval.high)
        chances.append(estimate.chance)
        passed.append(right >= 45)  # 723 points
    assert 0.92 <= mean(held) <= 0.99
    assert abs(mean(chances) - mean(passed)) < 0.06

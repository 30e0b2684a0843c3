"""Adaptive practice: simulated learners are found out, and asked what they can just about do."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from random import Random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.ability import (
    DIFFICULTY,
    FADING,
    ITEM_VARIANCE,
    NOVICE,
    TARGET,
    Abilities,
    Belief,
    chance,
    estimate,
    learn,
    pick,
)
from tests.quiz.banks import choice, steady

BANK = [choice(f"q-{n}", difficulty=n % 3 + 1) for n in range(120)]


@dataclass
class Attempt:
    question: str
    credit: float


class Learner:
    """Somebody of a true ability, before questions of true difficulties strewn around the author's."""

    def __init__(self, ability: float, seed: int):
        self.ability, self.rng = ability, Random(seed)
        self.difficulty = {
            q.id: DIFFICULTY[q.difficulty] + self.rng.gauss(0, sqrt(ITEM_VARIANCE)) for q in BANK
        }

    def credit(self, question) -> float:
        right = 1 / (1 + exp(self.difficulty[question.id] - self.ability))
        return float(self.rng.random() < right)

    def practise(self, answers: int) -> tuple[Abilities, list[float]]:
        abilities, credits, recent = Abilities(), [], []
        for _ in range(answers):
            question = pick(abilities, [each for each in BANK if each.id not in recent] or BANK, self.rng)
            credits.append(self.credit(question))
            abilities = learn(abilities, question, credits[-1])
            recent.append(question.id)
        return abilities, credits


@pytest.mark.parametrize(("answers", "wide"), [(5, 3.5), (10, 3.0), (40, 1.8)])
def test_the_interval_covers_the_true_ability_and_narrows(answers: int, wide: float) -> None:
    rng = Random(1)
    covered, widths = [], []
    for seed in range(200):
        truth = rng.gauss(0, sqrt(NOVICE.variance))
        low, high = Learner(truth, seed).practise(answers)[0].ability("ecs").interval
        covered.append(low <= truth <= high)
        widths.append(high - low)
    assert mean(covered) >= 0.92
    assert mean(widths) < wide, "before any answer it is 4.7"


def test_the_estimate_converges_on_the_true_ability() -> None:
    def error(answers: int) -> float:
        abilities = [-1.5, -0.5, 0.5, 1.5] * 15
        found = (Learner(a, n).practise(answers)[0].ability("ecs").mean for n, a in enumerate(abilities))
        return mean(abs(a - f) for a, f in zip(abilities, found, strict=True))

    few, many = error(5), error(80)
    assert many < 0.45
    assert many < 0.6 * few


def test_practice_settles_near_the_chance_aimed_at() -> None:
    credits = [credit for seed in range(60) for credit in Learner(0.5, seed).practise(60)[1][20:]]
    assert abs(mean(credits) - TARGET) < 0.06


def test_a_question_this_learner_finds_hard_is_found_out() -> None:
    abilities = Abilities()
    for _ in range(8):
        abilities = learn(abilities, BANK[1], 0)
        for other in BANK[4:10]:
            abilities = learn(abilities, other, 1)
    assert abilities.difficulty(BANK[1]).mean > DIFFICULTY[2] + 0.5
    assert chance(abilities, BANK[1]) < chance(abilities, BANK[100])


def test_topics_are_estimated_apart() -> None:
    abilities = learn(Abilities(), BANK[0], 1)
    assert abilities.ability("eks") == NOVICE
    assert abilities.ability("ecs").mean > 0


def test_a_learner_who_has_learnt_is_seen() -> None:
    questions = {q.id: q for q in BANK}
    wrong = [Attempt(q.id, 0) for q in BANK[:40]]
    right = [Attempt(q.id, 1) for q in BANK[40:80]]
    before, after = estimate(wrong, questions), estimate(wrong + right, questions)
    assert before.ability("ecs").interval[1] < 0 < after.ability("ecs").mean


def test_attempts_at_questions_that_are_gone_are_left_out() -> None:
    assert estimate([Attempt("gone", 1)], {}) == Abilities()


@steady
@given(st.lists(st.tuples(st.integers(0, 119), st.floats(0, 1)), max_size=30))
def test_beliefs_stay_finite_and_an_answer_moves_them_its_way(answers) -> None:
    abilities = Abilities()
    for place, credit in answers:
        question, before = BANK[place], abilities
        ability = before.ability("ecs")
        faded = Abilities({"ecs": Belief(ability.mean, ability.variance + FADING)}, before.items)
        expected = chance(faded, question)
        abilities = learn(before, question, credit)
        rise = abilities.ability("ecs").mean - before.ability("ecs").mean
        assert rise * (credit - expected) >= -1e-12
        assert 0 < abilities.difficulty(question).variance <= before.difficulty(question).variance
        assert 0 < abilities.ability("ecs").variance < NOVICE.variance + 0.2


def test_the_same_seed_picks_the_same_question_and_chance_varies_it() -> None:
    picks = [pick(Abilities(), BANK, Random(seed)) for seed in (1, 1, *range(20))]
    assert picks[0] == picks[1]
    assert 2 <= len({question.id for question in picks}) <= 5


def test_nothing_is_picked_from_nothing() -> None:
    assert pick(Abilities(), [], Random(0)) is None

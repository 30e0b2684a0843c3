"""Adaptive practice: how able the learner is in each topic, how hard each question is, and what to ask next.

The model is Rasch's (1960): an answer is right with probability 1 / (1 + exp(−(θ − b))), θ being the ability in the
question's topic and b the question's difficulty, both in logits. Each is a normal belief (mean, variance):

    θ ~ N(0, 1.2²)        b ~ N(−1, 0 or 1, 0.5²) for the author's difficulty 1, 2 or 3

With V = Var θ + Var b the chance of a right answer, uncertainty included, is p = σ(κ(θ − b)), σ being the logistic
function and κ = 1/√(1 + πV/8) (MacKay 1992). An answer worth y (the credit, 0 to 1) moves both beliefs, with
w = κ²p(1 − p):

    Var θ ← Var θ + 0.002                       a learner changes: old answers fade
    θ ← θ + Var θ · κ(y − p) / (1 + wV)         Var θ ← Var θ − Var θ² · w / (1 + wV)
    b ← b − Var b · κ(y − p) / (1 + wV)         Var b ← Var b − Var b² · w / (1 + wV)

which is Elo's rule with a step that shrinks as evidence grows, in Glicko's form (Glickman 1999; Elo in education:
Pelánek 2016). The covariance of θ and b is left out. Guessing is too: who knows nothing still gets some choice
questions right and looks a little abler than they are.

The question asked has a chance of success near 3 in 4, which keeps learners practising (Math Garden: Klinkenberg,
Straatemeier & van der Maas 2011); it is drawn among the nearest few, so that practice varies (Kingsbury & Zara 1989).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, pi, sqrt
from random import Random
from typing import Protocol

from quiz.intervals import Z95
from quiz.model import AnyQuestion, Topic

TARGET = 0.75  # chance of success
NEAREST = 5  # questions among which chance decides
FADING = 0.002  # squared logits per answer
DIFFICULTY = {1: -1.0, 2: 0.0, 3: 1.0}  # logits, by the author's difficulty
ITEM_VARIANCE = 0.5**2


@dataclass(frozen=True)
class Belief:
    """What is believed of an ability or a difficulty: a normal distribution, in logits."""

    mean: float
    variance: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % credible interval."""
        half = Z95 * sqrt(self.variance)
        return self.mean - half, self.mean + half


NOVICE = Belief(0.0, 1.2**2)


@dataclass(frozen=True)
class Abilities:
    """What the learner's answers say; topics and questions without answers are as the priors have them."""

    topics: Mapping[Topic, Belief] = field(default_factory=dict)
    items: Mapping[str, Belief] = field(default_factory=dict)

    def ability(self, topic: Topic) -> Belief:
        """The ability in a topic."""
        return self.topics.get(topic, NOVICE)

    def difficulty(self, question: AnyQuestion) -> Belief:
        """The difficulty of a question for this learner."""
        return self.items.get(question.id, Belief(DIFFICULTY[question.difficulty], ITEM_VARIANCE))


class Credited(Protocol):
    """What is read of an attempt in the record."""

    @property
    def question(self) -> str:
        """The question's id."""
        ...

    @property
    def credit(self) -> float:
        """From 0 to 1."""
        ...


def learn(abilities: Abilities, question: AnyQuestion, credit: float) -> Abilities:
    """The beliefs after an answer worth `credit` (0 to 1)."""
    ability, difficulty = abilities.ability(question.topic), abilities.difficulty(question)
    ability = Belief(ability.mean, ability.variance + FADING)
    slope = _slope(ability, difficulty)
    right = _right(ability, difficulty)
    weight = slope**2 * right * (1 - right)
    damping = 1 + weight * (ability.variance + difficulty.variance)
    surprise = slope * (credit - right) / damping

    def updated(belief: Belief, direction: int) -> Belief:
        mean = belief.mean + direction * belief.variance * surprise
        return Belief(mean, belief.variance - belief.variance**2 * weight / damping)

    return Abilities(
        {**abilities.topics, question.topic: updated(ability, 1)},
        {**abilities.items, question.id: updated(difficulty, -1)},
    )


def estimate(attempts: Iterable[Credited], questions: Mapping[str, AnyQuestion]) -> Abilities:
    """The beliefs after all attempts, oldest first; those at questions the bank no longer has are left out."""
    abilities = Abilities()
    for attempt in attempts:
        if question := questions.get(attempt.question):
            abilities = learn(abilities, question, attempt.credit)
    return abilities


def chance(abilities: Abilities, question: AnyQuestion) -> float:
    """The chance of a right answer, uncertainty included."""
    return _right(abilities.ability(question.topic), abilities.difficulty(question))


def pick(
    abilities: Abilities,
    questions: Sequence[AnyQuestion],
    rng: Random,
    target: float = TARGET,
) -> AnyQuestion | None:
    """One of the questions whose chance of success is nearest to `target`; None when there are none."""
    by_distance = sorted(
        questions, key=lambda question: (abs(chance(abilities, question) - target), question.id)
    )
    return rng.choice(by_distance[:NEAREST]) if by_distance else None


def _right(ability: Belief, difficulty: Belief) -> float:
    return 1 / (1 + exp(-_slope(ability, difficulty) * (ability.mean - difficulty.mean)))


def _slope(ability: Belief, difficulty: Belief) -> float:
    """MacKay's κ: what uncertainty takes from the difference."""
    return 1 / sqrt(1 + pi * (ability.variance + difficulty.variance) / 8)

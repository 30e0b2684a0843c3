"""Answers with a teacher's verdict, and how well the engine agrees with it."""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from labs.learner import Language
from quiz import bank
from quiz.intervals import wilson
from quiz.open_answer import grade

DATA = Path(__file__).parent / "data"
VERDICTS = ("incorrect", "partial", "correct")
TUNED_SHARE = 0.6  # of the development answers of each question; the others were held back


@dataclass(frozen=True)
class Labelled:
    """One answer and the verdict that it deserves."""

    id: str
    question: str
    lang: Language
    answer: str
    label: str
    kind: str


def read(name: str) -> list[Labelled]:
    """The answers of one file of the data folder."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [Labelled(**json.loads(line)) for line in lines]


def split(answers: Sequence[Labelled], share: float = TUNED_SHARE) -> tuple[list[Labelled], list[Labelled]]:
    """The tuned and the held-back answers: by hash of the id within each question, the same on every machine."""
    by_question: dict[str, list[Labelled]] = defaultdict(list)
    for answer in answers:
        by_question[answer.question].append(answer)
    tuned: list[Labelled] = []
    held_back: list[Labelled] = []
    for group in by_question.values():
        group.sort(key=lambda answer: hashlib.sha256(answer.id.encode()).hexdigest())
        count = round(len(group) * share)
        tuned += group[:count]
        held_back += group[count:]
    return tuned, held_back


def verdict(answer: Labelled) -> str:
    """The engine's verdict, as a score counts it: what it could not read is incorrect."""
    given = grade(bank.chapter()[answer.question], answer.answer, answer.lang).verdict
    return "incorrect" if given == "not_recognised" else given


Pairs = Sequence[tuple[str, str]]
"""(label, verdict) of each answer."""


def confusion(pairs: Pairs) -> list[list[int]]:
    """Rows: label; columns: verdict; both in the order of VERDICTS."""
    return [[sum(pair == (row, column) for pair in pairs) for column in VERDICTS] for row in VERDICTS]


def kappa(pairs: Pairs) -> float:
    """Cohen's kappa with quadratic weights: 1 for full agreement, 0 for chance."""
    table = confusion(pairs)
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    cells = [(i, j) for i in range(3) for j in range(3)]
    observed = sum((i - j) ** 2 * table[i][j] for i, j in cells)
    expected = sum((i - j) ** 2 * rows[i] * columns[j] for i, j in cells) / len(pairs)
    return 1 - observed / expected if expected else 1.0


def macro_f1(pairs: Pairs) -> float:
    """The mean over the verdicts of the harmonic mean of precision and recall."""
    scores = []
    for name in VERDICTS:
        hits = sum(label == given == name for label, given in pairs)
        total = sum(label == name for label, _ in pairs) + sum(given == name for _, given in pairs)
        scores.append(2 * hits / total if total else 1.0)
    return sum(scores) / len(scores)


def wrong_as_correct(pairs: Pairs) -> float:
    """The share of incorrect answers that are marked correct."""
    return _share(_errors(pairs, "incorrect", "correct"))


def correct_as_wrong(pairs: Pairs) -> float:
    """The share of correct answers that are marked incorrect or not recognised."""
    return _share(_errors(pairs, "correct", "incorrect"))


def _errors(pairs: Pairs, label: str, verdict: str) -> list[bool]:
    """For each answer with that label, whether it got that verdict."""
    return [given == verdict for deserved, given in pairs if deserved == label]


def _share(hits: list[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0


def interval(
    measure: Callable[[Pairs], float], pairs: Pairs, rounds: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """The 95 % interval of a measure: Wilson's for a share (a bootstrap of no errors is a point), else bootstrap."""
    if shares := {wrong_as_correct: ("incorrect", "correct"), correct_as_wrong: ("correct", "incorrect")}.get(
        measure
    ):
        errors = _errors(pairs, *shares)
        return wilson(sum(errors), len(errors))
    draw = random.Random(seed)
    values = sorted(measure(draw.choices(pairs, k=len(pairs))) for _ in range(rounds))
    return values[int(0.025 * rounds)], values[int(0.975 * rounds)]


def gap_interval(
    measure: Callable[[Pairs], float], one: Pairs, other: Pairs, rounds: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """The 95 % bootstrap interval of the difference of a measure between two groups."""
    draw = random.Random(seed)
    values = sorted(
        measure(draw.choices(one, k=len(one))) - measure(draw.choices(other, k=len(other)))
        for _ in range(rounds)
    )
    return values[int(0.025 * rounds)], values[int(0.975 * rounds)]

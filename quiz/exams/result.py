"""What a finished exam says: marked all-or-nothing, as the exam does.

AWS reports SAA-C03 on a scale from 100 to 1000 with 720 to pass, compensatory over the domains, and does not publish
how answers become points (equating differs from form to form). The estimate here is the straight line from 100 for
nothing right to 1000 for everything, so that 720 is 69 % right; its interval is Wilson's for the share, on that line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from quiz.exams.forms import FormName
from quiz.exams.state import ExamState
from quiz.intervals import Interval, wilson
from quiz.model import DOMAINS, TOPICS, AnyQuestion, ChoiceQuestion, Domain, Topic
from quiz.sitting import Outcome, judge

Key = TypeVar("Key", bound=str)


@dataclass(frozen=True)
class Tally:
    """How many of how many are right."""

    correct: int
    total: int

    @property
    def share(self) -> float:
        """Between 0 and 1 (0 for none at all)."""
        return self.correct / self.total if self.total else 0.0

    @property
    def interval(self) -> Interval:
        """The 95 % interval of the share."""
        return wilson(self.correct, self.total)


@dataclass(frozen=True)
class Reviewed:
    """One question of the exam beside its answer; `number` counts from 1. No answer is incorrect."""

    number: int
    question: ChoiceQuestion
    response: frozenset[int]
    flagged: bool
    outcome: Outcome

    @property
    def correct(self) -> bool:
        """Whether it counts."""
        return self.outcome.verdict == "correct"


@dataclass(frozen=True)
class ScaledScore:
    """An estimate on the exam's scale, with its 95 % interval and the points to pass."""

    points: int
    low: int
    high: int
    to_pass: int


@dataclass(frozen=True)
class ExamResult:
    """`scaled` only for the full form. `withdrawn`: ids of questions that the bank has changed since; not counted."""

    form: FormName
    tally: Tally
    scaled: ScaledScore | None
    by_domain: Mapping[Domain, Tally]
    by_topic: Mapping[Topic, Tally]
    reviewed: tuple[Reviewed, ...]
    withdrawn: tuple[str, ...]
    short_of: Mapping[Domain, int]
    taken: timedelta


def result(state: ExamState, questions: Mapping[str, AnyQuestion]) -> ExamResult:
    """Mark a finished exam. Raises ValueError while it is running: no feedback before the end."""
    if state.finished_at is None:
        raise ValueError("the exam is still running")
    reviewed, withdrawn = [], []
    for place, asked in enumerate(state.questions):
        question = asked.among(questions)
        if question is None:
            withdrawn.append(asked.id)
            continue
        response = state.responses[place]
        outcome = judge(question, response, "en")  # the parts carry both languages
        reviewed.append(Reviewed(place + 1, question, response, place in state.flags, outcome))
    tally = _tally(reviewed)
    return ExamResult(
        form=state.form,
        tally=tally,
        scaled=_scaled(tally) if state.form == "full" else None,
        by_domain=_grouped(reviewed, DOMAINS, lambda question: question.domain),
        by_topic=_grouped(reviewed, TOPICS, lambda question: question.topic),
        reviewed=tuple(reviewed),
        withdrawn=tuple(withdrawn),
        short_of=state.short_of,
        taken=state.finished_at - state.started_at,
    )


def _tally(reviewed: list[Reviewed]) -> Tally:
    return Tally(sum(entry.correct for entry in reviewed), len(reviewed))


def _grouped(
    reviewed: list[Reviewed], keys: tuple[Key, ...], key: Callable[[ChoiceQuestion], Key]
) -> dict[Key, Tally]:
    groups = {name: [entry for entry in reviewed if key(entry.question) == name] for name in keys}
    return {name: _tally(entries) for name, entries in groups.items() if entries}


def _scaled(tally: Tally) -> ScaledScore:
    low, high = tally.interval
    return ScaledScore(points(tally.share), points(low), points(high), to_pass())


def points(share: float) -> int:
    """The estimate in points for a share of right answers."""
    lowest, highest = _fact("exam_lowest_score"), _fact("exam_highest_score")
    return round(lowest + (highest - lowest) * share)


def to_pass() -> int:
    """The points to pass."""
    return _fact("exam_pass_score")


def _fact(key: str) -> int:
    from labs.facts import number

    return int(number(key))

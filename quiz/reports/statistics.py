"""What the attempts of the record say: pure statistics, in the order of the course and of the exam guide."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from quiz import schedule
from quiz.exams.result import ExamResult, Tally, result
from quiz.exams.state import ExamState
from quiz.model import DOMAINS, TOPICS, AnyQuestion, Domain, Topic
from quiz.readiness import NotEnough, Readiness, readiness
from quiz.schedule import ReviewCard
from quiz.selection import last_verdicts
from quiz.store import Attempt, Record

RECENT = 20  # answers in the moving share

Key = TypeVar("Key", bound=str)


@dataclass(frozen=True)
class Progress:
    """A topic or a domain: questions in the bank, those answered, those whose last answer was correct; all answers."""

    bank: int
    seen: int
    known: int
    answers: Tally


@dataclass(frozen=True)
class Day:
    """A day on which questions were answered (local date), and the share of the latest 20 answers at its end."""

    day: date
    answers: Tally
    recent: float


@dataclass(frozen=True)
class Summary:
    """Everything a report shows. Exams are the finished ones, oldest first, each with the time it began."""

    answers: Tally
    by_topic: Mapping[Topic, Progress]
    by_domain: Mapping[Domain, Progress]
    days: tuple[Day, ...]
    exams: tuple[tuple[datetime, ExamResult], ...]
    readiness: Readiness | NotEnough
    due: int
    contested: int


def of_record(record: Record, questions: Mapping[str, AnyQuestion], now: datetime) -> Summary:
    """The summary of a learner's record. Raises RecordError."""
    return summarise(record.attempts(), questions, now, record.exams(), record.cards())


def summarise(
    attempts: Sequence[Attempt],
    questions: Mapping[str, AnyQuestion],
    now: datetime,
    exams: Iterable[ExamState] = (),
    cards: Iterable[ReviewCard] = (),
) -> Summary:
    """Summarise attempts (oldest first); days are counted in the time zone of `now`.

    Attempts at questions that the bank no longer has count in the whole and over time alone.
    """
    known = [attempt for attempt in attempts if attempt.question in questions]
    finished = [(state.started_at, result(state, questions)) for state in exams if state.finished_at]
    return Summary(
        answers=_tally(attempts),
        by_topic=_progress(known, questions, TOPICS, lambda question: question.topic),
        by_domain=_progress(known, questions, DOMAINS, lambda question: question.domain),
        days=_days(attempts, now),
        exams=tuple(finished),
        readiness=readiness(known, questions),
        due=len(schedule.due((card for card in cards if card.question in questions), now)),
        contested=sum(attempt.contested for attempt in attempts),
    )


def _tally(attempts: Iterable[Attempt]) -> Tally:
    correct = [attempt.verdict == "correct" for attempt in attempts]
    return Tally(sum(correct), len(correct))


def _progress(
    attempts: Sequence[Attempt],
    questions: Mapping[str, AnyQuestion],
    keys: Sequence[Key],
    key: Callable[[AnyQuestion], Key],
) -> dict[Key, Progress]:
    groups: dict[Key, list[Attempt]] = {name: [] for name in keys}
    for attempt in attempts:
        groups[key(questions[attempt.question])].append(attempt)
    bank = [key(question) for question in questions.values()]
    progress = {}
    for name, group in groups.items():
        last = last_verdicts(group)
        known = sum(verdict == "correct" for verdict in last.values())
        progress[name] = Progress(bank.count(name), len(last), known, _tally(group))
    return progress


def _days(attempts: Sequence[Attempt], now: datetime) -> tuple[Day, ...]:
    by_day: dict[date, list[Attempt]] = {}
    for attempt in attempts:
        by_day.setdefault(attempt.answered_at.astimezone(now.tzinfo).date(), []).append(attempt)
    latest: deque[bool] = deque(maxlen=RECENT)
    days = []
    for day, group in sorted(by_day.items()):
        latest.extend(attempt.verdict == "correct" for attempt in group)
        days.append(Day(day, _tally(group), sum(latest) / len(latest)))
    return tuple(days)

"""From a judged answer to the learner's record, the same for cards, terminal and exams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from labs.learner import Language
from quiz import schedule
from quiz.clock import utc_now
from quiz.model import AnyQuestion
from quiz.responses import kind, to_text
from quiz.schedule import ReviewCard
from quiz.scoring import Response
from quiz.sitting import Outcome
from quiz.store import Answer, DamagedRecord, Mode, Record, RecordError, Reschedule
from quiz.widget_texts import say


@dataclass(frozen=True)
class Kept:
    """`attempt` is the id in the record (None when it could not be written); `notice` what the learner must know."""

    attempt: int | None
    notice: str = ""


def keep(
    record: Record,
    question: AnyQuestion,
    response: str | Response,
    lang: Language,
    outcome: Outcome,
    asked_at: datetime,
    *,
    mode: Mode = "practice",
    now: Callable[[], datetime] = utc_now,
) -> Kept:
    """Write an answer and its review card to the record; both are on the disk when this returns.

    `response` is the learner's text, the places of a closed question, or those as `responses.to_text` writes them.
    Never raises RecordError.
    """
    answer, reschedule = entry(
        question, response, lang, outcome, asked_at=asked_at, answered_at=now(), mode=mode
    )
    try:
        try:
            return Kept(record.add(answer, reschedule))
        except DamagedRecord as damaged:  # set aside: a new record begins
            return Kept(record.add(answer, reschedule), str(damaged))
    except RecordError as error:
        return Kept(None, say("not_recorded", lang, reason=error))


def entry(
    question: AnyQuestion,
    response: str | Response,
    lang: Language,
    outcome: Outcome,
    *,
    asked_at: datetime,
    answered_at: datetime,
    mode: Mode,
) -> tuple[Answer, Reschedule]:
    """An answer as the record takes it, and what it does to the question's review card."""
    answer = Answer(
        question=question.id,
        bank_version=question.version,
        lang=lang,
        kind=kind(question),
        mode=mode,
        answer=to_text(response),
        verdict=outcome.verdict,
        credit=outcome.credit,
        found=tuple(idea.id for idea in outcome.found),
        missing=tuple(idea.id for idea in outcome.missing),
        contradicted=tuple(idea.id for idea in outcome.contradicted),
        asked_at=asked_at,
    )

    def reschedule(card: ReviewCard | None) -> ReviewCard:
        return schedule.review(card, question.id, outcome.credit, answered_at)

    return answer, reschedule

"""From a graded answer to the learner's record, the same for cards and terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from labs.learner import Language
from quiz.model import OpenQuestion
from quiz.open_answer import Verdict
from quiz.store import Answer, DamagedRecord, Record, RecordError
from quiz.widget_texts import say


@dataclass(frozen=True)
class Kept:
    """`attempt` is the id in the record (None when it could not be written); `notice` what the learner must know."""

    attempt: int | None
    notice: str = ""


def keep(
    record: Record, question: OpenQuestion, answer: str, lang: Language, verdict: Verdict, asked_at: datetime
) -> Kept:
    """Write an answer to the record; it is on the disk when this returns. Never raises RecordError."""
    entry = Answer(
        question=question.id,
        bank_version=question.version,
        lang=lang,
        answer=answer,
        verdict=verdict.verdict,
        found=[idea.id for idea in verdict.found],
        missing=[idea.id for idea in verdict.missing],
        contradicted=[idea.id for idea in verdict.contradicted],
        asked_at=asked_at,
    )
    try:
        try:
            return Kept(record.add(entry))
        except DamagedRecord as damaged:  # set aside: a new record begins
            return Kept(record.add(entry), str(damaged))
    except RecordError as error:
        return Kept(None, say("not_recorded", lang, reason=error))

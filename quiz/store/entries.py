"""What the record holds, row by row."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

from labs.learner import Language
from quiz.clock import Time
from quiz.open_answer.rubric import Grade

Mode = Literal["practice", "exam", "review", "adaptive", "custom"]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer as it was given and graded.

    `answer` is the text of an open answer, or `responses.to_text` of a closed one; ideas are named by id (closed
    questions have none); `credit` goes from 0 to 1.
    """

    question: str
    bank_version: str
    lang: Language
    kind: str = "open"
    mode: Mode = "practice"
    answer: str
    verdict: Grade
    credit: Annotated[float, msgspec.Meta(ge=0, le=1)]
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    contradicted: tuple[str, ...] = ()
    asked_at: Time


@dataclass(frozen=True, kw_only=True)
class Attempt(Answer):
    """An answer in the record."""

    id: int
    answered_at: Time
    contested: bool
    comment: str


IDEAS = ("found", "missing", "contradicted")


def columns(answer: Answer, answered_at: datetime) -> dict[str, object]:
    """The row of an answer, by column."""
    ideas = {name: json.dumps(list(getattr(answer, name))) for name in IDEAS}
    times = {"asked_at": instant(answer.asked_at), "answered_at": instant(answered_at)}
    return vars(answer) | ideas | times | {"answer": text(answer.answer)}


def attempt(row: sqlite3.Row) -> Attempt:
    """The attempt of a row. Raises msgspec.MsgspecError for what this course never wrote."""
    values = dict(row)
    ideas = {name: msgspec.json.decode(values[name], type=tuple[str, ...]) for name in IDEAS}
    return msgspec.convert(values | ideas | {"contested": bool(values["contested"])}, Attempt)


def text(typed: str) -> str:
    """A text as SQLite takes it: half of a surrogate pair, from a terminal or a page, becomes a question mark."""
    return typed.encode("utf-8", "replace").decode("utf-8")


def instant(time: datetime) -> str:
    """A time as the record writes it: ISO 8601, UTC."""
    return time.astimezone(UTC).isoformat()

"""What the record holds, row by row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from labs.learner import Language

Mode = Literal["practice", "exam", "review", "adaptive", "custom"]
MODES: tuple[Mode, ...] = get_args(Mode)


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
    verdict: str
    credit: float
    found: Sequence[str] = ()
    missing: Sequence[str] = ()
    contradicted: Sequence[str] = ()
    asked_at: datetime


@dataclass(frozen=True, kw_only=True)
class Attempt(Answer):
    """An answer in the record."""

    id: int
    answered_at: datetime
    contested: bool
    comment: str


IDEAS = ("found", "missing", "contradicted")


def columns(answer: Answer, answered_at: datetime) -> dict[str, object]:
    """The row of an answer, by column."""
    ideas = {name: json.dumps(list(getattr(answer, name))) for name in IDEAS}
    times = {"asked_at": instant(answer.asked_at), "answered_at": instant(answered_at)}
    return vars(answer) | ideas | times


def attempt(row: sqlite3.Row) -> Attempt:
    """The attempt of a row."""
    values = dict(row)
    for name in IDEAS:
        values[name] = tuple(json.loads(values[name]))
    for name in ("asked_at", "answered_at"):
        values[name] = datetime.fromisoformat(values[name])
    return Attempt(**values | {"contested": bool(values["contested"])})


def instant(time: datetime) -> str:
    """A time as the record writes it: ISO 8601, UTC."""
    return time.astimezone(UTC).isoformat()

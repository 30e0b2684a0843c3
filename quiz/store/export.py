"""The record as JSON.

    {"format": "frenchbakery-course-record", "version": 2, "exported_at": …,
     "attempts": [{"id", "question", "bank_version", "lang", "kind", "mode", "answer", "verdict", "credit",
                   "found", "missing", "contradicted", "asked_at", "answered_at", "contested", "comment"}],
     "exams": [the state of each exam, see `quiz.exams.state.ExamState`],
     "cards": [{"question", "due", "memory"}]}

`version` is the schema's. `answer` is the text of an open answer, or the places (from 0) of a closed one; `credit` goes
from 0 to 1; `memory` is FSRS's own state; every time is ISO 8601 in UTC.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

import msgspec

from quiz.store import entries, schema
from quiz.store.entries import instant

FORMAT = "frenchbakery-course-record"


def everything(connection: sqlite3.Connection, now: datetime) -> dict[str, object]:
    """All rows of all tables. Raises msgspec.MsgspecError for what this course never wrote."""
    return {
        "format": FORMAT,
        "version": len(schema.MIGRATIONS),
        "exported_at": instant(now),
        "attempts": [_attempt(row) for row in connection.execute("SELECT * FROM attempt ORDER BY id")],
        "exams": [
            msgspec.json.decode(row["state"])
            for row in connection.execute("SELECT state FROM exam ORDER BY id")
        ],
        "cards": [
            dict(row) | {"memory": msgspec.json.decode(row["memory"])}
            for row in connection.execute("SELECT * FROM card ORDER BY question")
        ],
    }


def _attempt(row: sqlite3.Row) -> dict[str, object]:
    attempt = entries.attempt(row)
    answer = attempt.answer if attempt.kind == "open" else msgspec.json.decode(attempt.answer)
    times = {"asked_at": instant(attempt.asked_at), "answered_at": instant(attempt.answered_at)}
    return vars(attempt) | times | {"answer": answer}

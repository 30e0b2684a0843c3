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

import json
import sqlite3
from datetime import datetime

from quiz.store import schema
from quiz.store.entries import IDEAS, instant

FORMAT = "frenchbakery-course-record"


def everything(connection: sqlite3.Connection, now: datetime) -> dict[str, object]:
    """All rows of all tables."""
    return {
        "format": FORMAT,
        "version": len(schema.MIGRATIONS),
        "exported_at": instant(now),
        "attempts": [_attempt(row) for row in connection.execute("SELECT * FROM attempt ORDER BY id")],
        "exams": [
            json.loads(row["state"]) for row in connection.execute("SELECT state FROM exam ORDER BY id")
        ],
        "cards": [
            dict(row) | {"memory": json.loads(row["memory"])}
            for row in connection.execute("SELECT * FROM card ORDER BY question")
        ],
    }


def _attempt(row: sqlite3.Row) -> dict[str, object]:
    values = dict(row)
    decoded = {name: json.loads(values[name]) for name in IDEAS}
    answer = values["answer"] if values["kind"] == "open" else json.loads(values["answer"])
    return values | decoded | {"answer": answer, "contested": bool(values["contested"])}

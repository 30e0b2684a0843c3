"""The learner's record: every answer, its verdict, and whether the learner contests it; mock exams; review cards.

One SQLite file in the learner's home, shared by every kernel and terminal. An answer is on the disk before its feedback
is shown.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import msgspec

from labs.learner import home
from quiz.clock import utc_now
from quiz.exams.state import ExamState
from quiz.schedule import ReviewCard
from quiz.store import entries, export
from quiz.store.database import Database
from quiz.store.entries import Answer, Attempt, instant
from quiz.store.errors import UnknownExam

Reschedule = Callable[[ReviewCard | None], ReviewCard]
"""From the card in the record (None before the first answer) to the one after the answer."""


class Record:
    """The record in one file (the learner's own by default). Every method may raise RecordError."""

    def __init__(self, path: Path | None = None, now: Callable[[], datetime] = utc_now):
        self.path = path or _own_path()
        self._now = now
        self._database = Database(self.path, now)

    # Answers

    def add(self, answer: Answer, reschedule: Reschedule | None = None) -> int:
        """Write one answer, and its question's review card; the answer's id. When this returns, a power cut no
        longer loses either."""
        with self._database.transaction() as connection:
            return _insert(connection, answer, self._now(), reschedule)

    def attempts(self, question: str | None = None) -> list[Attempt]:
        """All attempts, or those at one question, oldest first."""
        return self._attempts("?1 IS NULL OR question = ?1", question)

    def contested(self) -> list[Attempt]:
        """The attempts whose verdict the learner contests, oldest first."""
        return self._attempts("contested")

    def _attempts(self, condition: str, *values: object) -> list[Attempt]:
        with self._database.transaction() as connection:
            query = f"SELECT * FROM attempt WHERE {condition} ORDER BY id"  # noqa: S608 - our own words
            return [entries.attempt(row) for row in connection.execute(query, values)]

    def contest(self, attempt: int, comment: str) -> None:
        """Note that the learner disagrees with the verdict. Raises KeyError for an unknown attempt."""
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE attempt SET contested = 1, comment = ? WHERE id = ?", (entries.text(comment), attempt)
            )
            if not changed.rowcount:
                raise KeyError(attempt)

    # Exams

    def save_exam(self, state: ExamState) -> ExamState:
        """Write a new exam. While another is running that one is given back, and nothing is written."""
        with self._database.transaction() as connection:
            if running := _running(connection):
                return running
            connection.execute(
                "INSERT INTO exam (id, started_at, finished_at, state) VALUES (?, ?, ?, ?)",
                (state.id, instant(state.started_at), *_changing(state)),
            )
            return state

    def change_exam(
        self,
        id: str,
        change: Callable[[ExamState], ExamState],
        answers: Callable[[ExamState], Iterable[tuple[Answer, Reschedule]]] = lambda state: (),
    ) -> ExamState:
        """Apply a transition to the exam as it is now, whoever changed it last, and write the result.

        When the transition finishes the exam, `answers` of it are added to the record with it, once. What the
        transition raises goes through and nothing is written. Raises UnknownExam.
        """
        with self._database.transaction() as connection:
            row = connection.execute("SELECT state FROM exam WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise UnknownExam(id)
            before = _exam(row)
            after = change(before)
            connection.execute(
                "UPDATE exam SET finished_at = ?, state = ? WHERE id = ?", (*_changing(after), id)
            )
            if after.finished_at and not before.finished_at:
                for answer, reschedule in answers(after):
                    _insert(connection, answer, after.finished_at, reschedule)
            return after

    def open_exam(self) -> ExamState | None:
        """The exam that is not handed in; its time may be over."""
        with self._database.transaction() as connection:
            return _running(connection)

    def exams(self) -> list[ExamState]:
        """All exams, oldest first."""
        with self._database.transaction() as connection:
            rows = connection.execute("SELECT state FROM exam ORDER BY started_at, id")
            return [_exam(row) for row in rows]

    # Review cards

    def cards(self) -> list[ReviewCard]:
        """The review cards of all questions answered."""
        with self._database.transaction() as connection:
            return [_card(row) for row in connection.execute("SELECT * FROM card ORDER BY question")]

    # As a whole

    def export(self) -> dict[str, object]:
        """Everything in the record, as JSON holds it (the shape is documented in `export`)."""
        with self._database.transaction() as connection:
            return export.everything(connection, self._now())

    def erase(self) -> list[Path]:
        """Delete the record, with damaged ones that were set aside; the files that were there."""
        return self._database.erase()

    def files(self) -> list[Path]:
        """The files that `erase` would delete."""
        return self._database.files()


def _own_path() -> Path:
    """The learner's own record. Where their home cannot be made, using the record says so: asking a question does not."""
    name = "record.sqlite"
    try:
        return home() / name
    except OSError as error:
        return Path(error.filename) / name


def _insert(
    connection: sqlite3.Connection, answer: Answer, answered_at: datetime, reschedule: Reschedule | None
) -> int:
    values = entries.columns(answer, answered_at)
    places = ", ".join(f":{name}" for name in values)
    insert = f"INSERT INTO attempt ({', '.join(values)}) VALUES ({places})"  # noqa: S608 - names of the dataclass
    attempt = connection.execute(insert, values).lastrowid
    if reschedule:
        row = connection.execute("SELECT * FROM card WHERE question = ?", (answer.question,)).fetchone()
        card = reschedule(_card(row) if row else None)
        connection.execute(
            "INSERT OR REPLACE INTO card (question, due, memory) VALUES (?, ?, ?)",
            (card.question, instant(card.due), card.memory),
        )
    return int(attempt or 0)


def _running(connection: sqlite3.Connection) -> ExamState | None:
    row = connection.execute("SELECT state FROM exam WHERE finished_at IS NULL").fetchone()
    return _exam(row) if row else None


def _changing(state: ExamState) -> tuple[str | None, str]:
    finished_at = instant(state.finished_at) if state.finished_at else None
    return finished_at, msgspec.json.encode(state).decode()


def _exam(row: sqlite3.Row) -> ExamState:
    return msgspec.json.decode(row["state"], type=ExamState)


def _card(row: sqlite3.Row) -> ReviewCard:
    return msgspec.convert(dict(row), ReviewCard)

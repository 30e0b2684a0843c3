"""The learner's record: every answer, its verdict, and whether the learner contests it.

One SQLite file in the learner's home, shared by every kernel and terminal. An answer is on the disk
before its feedback is shown. Not for network file systems: WAL needs shared memory.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from labs.learner import Language, Texts, home

say = Texts(
    {
        "damaged": {
            "fr": "Votre carnet de réponses était abîmé. Il est conservé ici : {aside}. Un nouveau carnet commence.",
            "en": "Your record of answers was damaged. It is kept here: {aside}. A new record begins.",
        },
        "too_new": {
            "fr": "Votre carnet de réponses vient d'une version plus récente du cours : mettez le cours à jour.",
            "en": "Your record of answers comes from a later version of the course: update the course.",
        },
        "unwritable": {
            "fr": "Votre carnet de réponses ne peut être ni lu ni écrit ({path}) : {reason}.",
            "en": "Your record of answers can be neither read nor written ({path}): {reason}.",
        },
    }
)

BUSY_SECONDS = 10  # how long to wait for another kernel's transaction, each of which takes milliseconds

# Version n of the schema is what the first n scripts make; released scripts are never edited.
MIGRATIONS = (
    """
    CREATE TABLE attempt (
        id           INTEGER PRIMARY KEY,
        question     TEXT NOT NULL,
        bank_version TEXT NOT NULL,               -- of the question, as it was asked
        lang         TEXT NOT NULL CHECK (lang IN ('fr', 'en')),
        answer       TEXT NOT NULL,
        verdict      TEXT NOT NULL,
        found        TEXT NOT NULL,               -- JSON lists of idea ids
        missing      TEXT NOT NULL,
        contradicted TEXT NOT NULL,
        asked_at     TEXT NOT NULL,               -- ISO 8601, UTC
        answered_at  TEXT NOT NULL,
        contested    INTEGER NOT NULL DEFAULT 0,
        comment      TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX attempt_question ON attempt (question, id);
    """,
)


class RecordError(Exception):
    """The record cannot be used; the text tells the learner why."""


class DamagedRecord(RecordError):
    """The file was damaged and has been set aside at `aside`: trying again starts a new record."""

    def __init__(self, aside: Path):
        super().__init__(say("damaged", aside=aside))
        self.aside = aside


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer as it was given and graded; ideas are named by id."""

    question: str
    bank_version: str
    lang: Language
    answer: str
    verdict: str
    found: Sequence[str]
    missing: Sequence[str]
    contradicted: Sequence[str]
    asked_at: datetime


@dataclass(frozen=True, kw_only=True)
class Attempt(Answer):
    """An answer in the record."""

    id: int
    answered_at: datetime
    contested: bool
    comment: str


def _now() -> datetime:
    return datetime.now(UTC)


class Record:
    """The record in one file (the learner's own by default). Every method may raise RecordError."""

    def __init__(self, path: Path | None = None, now: Callable[[], datetime] = _now):
        self.path = path or home() / "record.sqlite"
        self._now = now

    def add(self, answer: Answer) -> int:
        """Write one answer; its id. When this returns, a power cut no longer loses it."""
        with self._transaction() as database:
            cursor = database.execute(
                "INSERT INTO attempt (question, bank_version, lang, answer, verdict, found, missing, contradicted,"
                " asked_at, answered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    answer.question,
                    answer.bank_version,
                    answer.lang,
                    answer.answer,
                    answer.verdict,
                    *(json.dumps(list(ids)) for ids in (answer.found, answer.missing, answer.contradicted)),
                    answer.asked_at.astimezone(UTC).isoformat(),
                    self._now().astimezone(UTC).isoformat(),
                ),
            )
            return int(cursor.lastrowid or 0)

    def contest(self, attempt: int, comment: str) -> None:
        """Note that the learner disagrees with the verdict. Raises KeyError for an unknown attempt."""
        with self._transaction() as database:
            changed = database.execute(
                "UPDATE attempt SET contested = 1, comment = ? WHERE id = ?", (comment, attempt)
            )
            if not changed.rowcount:
                raise KeyError(attempt)

    def attempts(self, question: str | None = None) -> list[Attempt]:
        """All attempts, or those at one question, oldest first."""
        with self._transaction() as database:
            database.row_factory = sqlite3.Row
            rows = database.execute(
                "SELECT * FROM attempt WHERE ?1 IS NULL OR question = ?1 ORDER BY id", (question,)
            ).fetchall()
        return [_attempt(row) for row in rows]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection inside BEGIN IMMEDIATE: deferred ones fail when two kernels read, then write."""
        try:
            database = self._connect()
            try:
                database.execute("BEGIN IMMEDIATE")
                yield database
                database.execute("COMMIT")
            finally:
                database.close()  # rolls back what was not committed
        except sqlite3.Error as error:
            if _is_damage(error):
                raise DamagedRecord(self._set_aside()) from error
            raise RecordError(say("unwritable", path=self.path, reason=error)) from error
        except OSError as error:
            raise RecordError(say("unwritable", path=self.path, reason=error.strerror)) from error

    def _connect(self) -> sqlite3.Connection:
        self.path.touch(mode=0o600)
        database = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            if database.execute("PRAGMA user_version").fetchone()[0] != len(MIGRATIONS):
                with self._alone():
                    self._migrate(database)
            database.execute("PRAGMA synchronous = FULL")
        except BaseException:
            database.close()
            raise
        return database

    def _migrate(self, database: sqlite3.Connection) -> None:
        """Bring the schema up to date, under the lock: another kernel may just have done it."""
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise RecordError(say("too_new"))
        database.execute("PRAGMA journal_mode = WAL")
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            database.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")

    def _set_aside(self) -> Path:
        """Rename the damaged file, unless another kernel has already done so."""
        with self._alone():
            if not self._is_damaged():
                set_aside = self.path.parent.glob(f"{self.path.stem}.damaged-*{self.path.suffix}")
                return max(set_aside, default=self.path)
            stamp = self._now().strftime("%Y-%m-%d_%H-%M-%S.%f")
            aside = self.path.with_name(f"{self.path.stem}.damaged-{stamp}{self.path.suffix}")
            for ending in ("-wal", "-shm", ""):
                part = Path(f"{self.path}{ending}")
                if part.exists():
                    part.rename(f"{aside}{ending}")
            return aside

    def _is_damaged(self) -> bool:
        database = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            return database.execute("PRAGMA quick_check").fetchone() != ("ok",)
        except sqlite3.DatabaseError as error:
            return _is_damage(error)
        finally:
            database.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time changes the file as a whole."""
        handle = os.open(self.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _is_damage(error: sqlite3.Error) -> bool:
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _attempt(row: sqlite3.Row) -> Attempt:
    values = dict(row)
    for name in ("found", "missing", "contradicted"):
        values[name] = tuple(json.loads(values[name]))
    for name in ("asked_at", "answered_at"):
        values[name] = datetime.fromisoformat(values[name])
    return Attempt(**values | {"contested": bool(values["contested"])})

"""The file of the record: transactions, migrations, damage, erasure. Not for network file systems: WAL needs shared
memory."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from quiz.store import schema
from quiz.store.errors import DamagedRecord, RecordError
from quiz.store.texts import say

BUSY_SECONDS = 10  # how long to wait for another kernel's transaction, each of which takes milliseconds
ENDINGS = ("-wal", "-shm", "")  # the files of a database; the main one last


class Database:
    """One SQLite file shared by kernels and terminals. Every method may raise RecordError."""

    def __init__(self, path: Path, now: Callable[[], datetime]):
        self.path = path
        self._now = now

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection inside BEGIN IMMEDIATE: deferred ones fail when two kernels read, then write."""
        try:
            connection = self._connect()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            finally:
                connection.close()  # rolls back what was not committed
        except sqlite3.Error as error:
            if _is_damage(error):
                raise DamagedRecord(self.set_aside()) from error
            raise RecordError(say("unwritable", path=self.path, reason=error)) from error
        except msgspec.MsgspecError as error:  # somebody edited the file
            raise RecordError(say("not_understood", path=self.path, reason=error)) from error
        except OSError as error:
            raise RecordError(say("unwritable", path=self.path, reason=error.strerror)) from error

    def _connect(self) -> sqlite3.Connection:
        self.path.touch(mode=0o600)
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            if _version(connection) != len(schema.MIGRATIONS):
                with self._alone():
                    _migrate(connection)
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
        return connection

    def set_aside(self) -> Path:
        """Rename the damaged file, unless another kernel has already done so; where it is now."""
        with self._alone():
            if not self._is_damaged():
                return max(self._aside("*"), default=self.path)
            stamp = self._now().astimezone(UTC).strftime("%Y-%m-%d_%H-%M-%S.%f")
            aside = self.path.with_name(f"{self.path.stem}.damaged-{stamp}{self.path.suffix}")
            for ending in ENDINGS:
                part = Path(f"{self.path}{ending}")
                if part.exists():
                    part.rename(f"{aside}{ending}")
            return aside

    def files(self) -> list[Path]:
        """Every file of the record that exists, with those set aside; the lock is none of them."""
        main = [Path(f"{self.path}{ending}") for ending in ENDINGS]
        return [file for file in (*main, *self._aside("*")) if file.exists()]

    def erase(self) -> list[Path]:
        """Delete the files of the record; those that were there. Raises RecordError while another kernel writes.

        A record that cannot be emptied first (the disk is full, a later course wrote it) is deleted all the same. What another kernel writes between the emptying and the deletion, a few milliseconds, is erased with the rest.
        """
        if self.path.exists() and not self._is_damaged():
            self._empty()
        try:
            with self._alone():
                erased = self.files()
                for file in erased:
                    file.unlink()
                return erased
        except OSError as error:
            raise RecordError(say("unwritable", path=self.path, reason=error.strerror)) from error

    def _empty(self) -> None:
        """Delete all rows, so that a kernel that has the file open sees none."""
        try:
            with self.transaction() as connection:
                for table in ("attempt", "exam", "card"):
                    connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own tables
        except RecordError as error:
            if _primary_code(error.__cause__) == sqlite3.SQLITE_BUSY:
                raise

    def _aside(self, stamp: str) -> list[Path]:
        pattern = f"{self.path.stem}.damaged-{stamp}{self.path.suffix}"
        return [file for ending in ENDINGS for file in self.path.parent.glob(pattern + ending)]

    def _is_damaged(self) -> bool:
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            return connection.execute("PRAGMA quick_check").fetchone() != ("ok",)
        except sqlite3.DatabaseError as error:
            return _is_damage(error)
        finally:
            connection.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time changes the file as a whole."""
        handle = os.open(self.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date, under the lock: another kernel may just have done it."""
    version = _version(connection)
    if version > len(schema.MIGRATIONS):
        raise RecordError(say("too_new"))
    connection.execute("PRAGMA journal_mode = WAL")
    for number, script in enumerate(schema.MIGRATIONS[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")


def _is_damage(error: sqlite3.Error) -> bool:
    return _primary_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _primary_code(error: BaseException | None) -> int:
    """SQLite's result code, without what it adds in the higher bytes; 0 for other errors."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF

"""The record keeps every answer it has acknowledged: across kernels, kills, damage and course updates."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quiz import store
from quiz.store import Answer, DamagedRecord, Record, RecordError

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from quiz.store import Answer, Record

record = Record(Path(sys.argv[1]))
name, count = sys.argv[2], int(sys.argv[3])
for number in range(count):
    answer = Answer(question="q", bank_version="1", lang="fr", answer=f"{name}-{number}", verdict="correct",
                    found=("a",), missing=(), contradicted=(), asked_at=datetime.now(UTC))
    record.add(answer)
    print(f"{name}-{number}", flush=True)
"""


def answer(**changes: object) -> Answer:
    values = {
        "question": "central-registry",
        "bank_version": "abc",
        "lang": "fr",
        "answer": "ECR, « privé » \N{SHORTCAKE}",
        "verdict": "partial",
        "found": ("ecr",),
        "missing": ("private", "iam"),
        "contradicted": (),
        "asked_at": NOON - timedelta(minutes=2),
    }
    return Answer(**values | changes)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "record.sqlite", now=lambda: NOON)


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, path, name, str(count)], stdout=subprocess.PIPE, text=True
    )


def test_an_answer_comes_back_as_it_went_in(record: Record) -> None:
    number = record.add(answer())
    (attempt,) = record.attempts()
    assert attempt == store.Attempt(
        **vars(answer()), id=number, answered_at=NOON, contested=False, comment=""
    )


def test_attempts_can_be_asked_for_one_question(record: Record) -> None:
    record.add(answer())
    record.add(answer(question="expire-images"))
    record.add(answer(verdict="correct"))
    assert [attempt.verdict for attempt in record.attempts("central-registry")] == ["partial", "correct"]
    assert len(record.attempts()) == 3


def test_contesting_keeps_the_verdict_and_the_comment(record: Record) -> None:
    first, second = record.add(answer()), record.add(answer())
    record.contest(second, "<b>J'ai dit</b> ; DROP TABLE attempt")
    kept = {
        attempt.id: (attempt.verdict, attempt.contested, attempt.comment) for attempt in record.attempts()
    }
    assert kept[first] == ("partial", False, "")
    assert kept[second] == ("partial", True, "<b>J'ai dit</b> ; DROP TABLE attempt")
    with pytest.raises(KeyError):
        record.contest(999, "")


def test_the_default_record_is_in_the_learners_home_and_private(course_home: Path) -> None:
    Record().add(answer())
    path = course_home / "record.sqlite"
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_write_reaches_the_disk_before_it_is_acknowledged(record: Record) -> None:
    with record._transaction() as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert database.execute("PRAGMA synchronous").fetchone() == (2,)


def test_two_kernels_write_at_once_and_lose_nothing(record: Record) -> None:
    writers = [writer(record.path, name, 150) for name in ("a", "b")]
    assert [process.wait(timeout=90) for process in writers] == [0, 0]
    for process in writers:
        process.communicate()
    texts = sorted(attempt.answer for attempt in record.attempts())
    assert texts == sorted(f"{name}-{number}" for name in ("a", "b") for number in range(150))


@pytest.mark.parametrize("after", [1, 7, 40])
def test_kill_9_loses_nothing_acknowledged(record: Record, after: int) -> None:
    process = writer(record.path, "k", 100_000)
    acknowledged = [process.stdout.readline().strip() for _ in range(after)]
    process.kill()
    rest, _ = process.communicate(timeout=30)
    acknowledged += rest.splitlines()
    kept = [attempt.answer for attempt in record.attempts()]
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) - len(acknowledged) in (0, 1), "at most the one whose acknowledgement was cut off"
    assert record.add(answer())


def test_a_kill_inside_a_transaction_leaves_no_trace(record: Record) -> None:
    record.add(answer())
    code = (
        "import os, sys; from pathlib import Path; from quiz.store import Record\n"
        "with Record(Path(sys.argv[1]))._transaction() as database:\n"
        "    database.execute('DELETE FROM attempt'); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, record.path], check=False).returncode == -9
    assert len(record.attempts()) == 1


def test_two_first_kernels_create_one_record(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    writers = [writer(path, str(number), 1) for number in range(4)]
    assert [process.wait(timeout=60) for process in writers] == [0] * 4
    for process in writers:
        process.communicate()
    assert len(Record(path).attempts()) == 4


def test_a_migration_keeps_what_was_there(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    record.add(answer())
    later = (
        *store.MIGRATIONS,
        "ALTER TABLE attempt ADD COLUMN seconds REAL; UPDATE attempt SET seconds = 1.5;",
    )
    monkeypatch.setattr(store, "MIGRATIONS", later)
    with record._transaction() as database:
        assert database.execute("SELECT answer, seconds FROM attempt").fetchall() == [(answer().answer, 1.5)]
        assert database.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_failed_migration_changes_nothing(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    record.add(answer())
    monkeypatch.setattr(
        store, "MIGRATIONS", (*store.MIGRATIONS, "DELETE FROM attempt; SELECT * FROM nowhere;")
    )
    with pytest.raises(RecordError, match="nowhere"):
        record.attempts()
    monkeypatch.undo()
    assert len(record.attempts()) == 1


def test_a_record_of_a_later_course_is_refused_and_left_alone(record: Record) -> None:
    record.add(answer())
    with record._transaction() as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(RecordError, match="update the course"):
        record.add(answer())
    assert sqlite3.connect(record.path).execute("SELECT count(*) FROM attempt").fetchone() == (1,)


def _not_a_database(path: Path) -> None:
    path.write_bytes(b"these are not the pages you are looking for" * 100)


def _scribbled_over(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [_not_a_database, _scribbled_over])
def test_a_damaged_record_is_set_aside_whole_and_a_new_one_begins(record: Record, damage) -> None:
    for _ in range(50):
        record.add(answer())
    damage(record.path)
    content = record.path.read_bytes()
    with pytest.raises(DamagedRecord, match="kept here") as error:
        record.add(answer())
    assert error.value.aside.read_bytes() == content
    assert error.value.aside.parent == record.path.parent
    assert record.add(answer()) == 1
    assert [attempt.answer for attempt in record.attempts()] == [answer().answer]


def test_a_second_kernel_does_not_set_the_new_record_aside(record: Record) -> None:
    record.add(answer())
    _not_a_database(record.path)
    with pytest.raises(DamagedRecord) as error:
        record.add(answer())
    record.add(answer())
    assert record._set_aside() == error.value.aside, "called late, it finds that the work is done"
    assert len(record.attempts()) == 1


@pytest.mark.parametrize("obstacle", ["folder", "no parent"])
def test_an_unusable_place_is_explained(tmp_path: Path, obstacle: str) -> None:
    path = tmp_path / "absent" / "record.sqlite" if obstacle == "no parent" else tmp_path
    with pytest.raises(RecordError, match=str(tmp_path)):
        Record(path).add(answer())


def test_a_lock_held_for_too_long_is_explained(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    record.add(answer())
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.05)
    with record._transaction(), pytest.raises(RecordError, match="locked"):
        record.add(answer())

"""The record keeps every answer it has acknowledged: across kernels, kills, damage and course updates."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quiz import exams, store
from quiz.schedule import ReviewCard
from quiz.store import Answer, DamagedRecord, Record, RecordError, database, schema
from tests.quiz.banks import exam_bank

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from quiz.store import Answer, Record

record = Record(Path(sys.argv[1]))
name, count = sys.argv[2], int(sys.argv[3])
for number in range(count):
    answer = Answer(question="q", bank_version="1", lang="fr", answer=f"{name}-{number}", verdict="correct", credit=1,
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
        "credit": 0.5,
        "kind": "open",
        "mode": "practice",
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
    with record._database.transaction() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_two_kernels_write_at_once_and_lose_nothing(record: Record) -> None:
    writers = [writer(record.path, name, 300) for name in ("a", "b")]
    assert [process.wait(timeout=90) for process in writers] == [0, 0]
    for process in writers:
        process.communicate()
    texts = sorted(attempt.answer for attempt in record.attempts())
    assert texts == sorted(f"{name}-{number}" for name in ("a", "b") for number in range(300))


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
        "with Record(Path(sys.argv[1]))._database.transaction() as connection:\n"
        "    connection.execute('DELETE FROM attempt'); os.kill(os.getpid(), 9)"
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
        *schema.MIGRATIONS,
        "ALTER TABLE attempt ADD COLUMN seconds REAL; UPDATE attempt SET seconds = 1.5;",
    )
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    with record._database.transaction() as connection:
        assert connection.execute("SELECT answer, seconds FROM attempt").fetchone()[:] == (
            answer().answer,
            1.5,
        )
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 3


def test_a_failed_migration_changes_nothing(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    record.add(answer())
    monkeypatch.setattr(
        schema, "MIGRATIONS", (*schema.MIGRATIONS, "DELETE FROM attempt; SELECT * FROM nowhere;")
    )
    with pytest.raises(RecordError, match="nowhere"):
        record.attempts()
    monkeypatch.undo()
    assert len(record.attempts()) == 1


def test_a_record_of_a_later_course_is_refused_and_left_alone(record: Record) -> None:
    record.add(answer())
    with record._database.transaction() as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(RecordError, match="update the course"):
        record.add(answer())
    assert sqlite3.connect(record.path).execute("SELECT count(*) FROM attempt").fetchone() == (1,)


def _unwritable(record: Record) -> None:
    connect = record._database._connect

    def full() -> sqlite3.Connection:
        connection = connect()
        connection.execute("PRAGMA query_only = ON")
        return connection

    record._database._connect = full  # type: ignore[method-assign]


def _of_a_later_course(record: Record) -> None:
    with record._database.transaction() as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize("obstacle", [_unwritable, _of_a_later_course])
def test_a_record_that_cannot_be_emptied_can_be_erased(record: Record, obstacle) -> None:
    record.add(answer())
    obstacle(record)
    with pytest.raises(RecordError):
        record.add(answer())
    assert record.path in record.erase()
    assert record.files() == []


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE attempt SET found = 'nonsense'",
        "UPDATE attempt SET found = '5'",
        "UPDATE attempt SET asked_at = 'x'",
        "UPDATE attempt SET asked_at = '2026-01-01T00:00:00'",
        "UPDATE attempt SET verdict = 'brilliant'",
        "UPDATE attempt SET credit = 'much'",
        "UPDATE attempt SET credit = 9e999",
        "UPDATE attempt SET comment = x'00ff'",
        "UPDATE attempt SET kind = 'choice', answer = 'nonsense'",
        "UPDATE card SET memory = 'nonsense'",
        "UPDATE card SET due = 'soon'",
        "UPDATE card SET due = '2026-01-01'",
        "INSERT INTO exam VALUES ('a', '2026-01-01T00:00:00+00:00', NULL, '{}')",
    ],
)
def test_a_row_that_the_course_did_not_write_is_told(record: Record, edit: str) -> None:
    record.add(answer(), lambda card: ReviewCard("central-registry", NOON, "{}"))
    with record._database.transaction() as connection:
        connection.execute(edit)
    with pytest.raises(RecordError, match=re.escape(str(record.path))):
        for read in (record.attempts, record.cards, record.exams, record.export):
            read()
    assert record.path in record.erase()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.responses[0]", [99]),
        ("$.responses[0]", [0, 1, 2, 3]),
        ("$.responses", []),
        ("$.current", 65),
        ("$.started_at", "2026-11-21T12:00:00"),
        ("$.form", "endless"),
    ],
)
def test_an_edited_exam_is_told(record: Record, path: str, value: object) -> None:
    record.save_exam(exams.start(exam_bank(20).values(), "full", 1, NOON))
    with record._database.transaction() as connection:
        connection.execute("UPDATE exam SET state = json_set(state, ?, json(?))", (path, json.dumps(value)))
    with pytest.raises(RecordError, match="did not write"):
        record.exams()
    with pytest.raises(RecordError, match="did not write"):
        record.open_exam()


def test_half_a_character_does_not_cost_the_answer(record: Record) -> None:
    number = record.add(answer(answer="ECR \ud83d"))
    record.contest(number, "\udcff yes")
    (attempt,) = record.attempts()
    assert (attempt.answer, attempt.comment) == ("ECR ?", "? yes")


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
    assert record._database.set_aside() == error.value.aside, "called late, it finds that the work is done"
    assert len(record.attempts()) == 1


@pytest.mark.parametrize("obstacle", ["folder", "no parent"])
def test_an_unusable_place_is_explained(tmp_path: Path, obstacle: str) -> None:
    path = tmp_path / "absent" / "record.sqlite" if obstacle == "no parent" else tmp_path
    with pytest.raises(RecordError, match=str(tmp_path)):
        Record(path).add(answer())


def test_a_home_that_cannot_be_made_is_explained_when_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file" / "below"))
    with pytest.raises(RecordError, match=str(tmp_path)):
        Record().add(answer())
    assert Record().files() == []


def test_a_lock_held_for_too_long_is_explained(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    record.add(answer())
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with record._database.transaction(), pytest.raises(RecordError, match="locked"):
        record.add(answer())


# What version 1 of the course released, to the letter: a learner's file of then must open for ever.
SCHEMA_1 = """
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
    PRAGMA user_version = 1;
    PRAGMA journal_mode = WAL;
"""


def test_a_record_of_the_first_release_opens_with_everything_in_it(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    old = sqlite3.connect(path)
    old.executescript(SCHEMA_1)
    times = ("2026-11-01T10:00:00+00:00", "2026-11-01T10:02:00+00:00")
    for verdict in ("correct", "partial", "incorrect", "not_recognised"):
        row = ("expire-images", "abc", "fr", "« É »", verdict, '["a"]', "[]", '["b"]', *times, 1, "non")
        old.execute(f"INSERT INTO attempt VALUES (NULL{', ?' * len(row)})", row)
    old.commit()
    old.close()
    record = Record(path)
    attempts = record.attempts()
    assert [(a.verdict, a.credit) for a in attempts] == [
        ("correct", 1.0),
        ("partial", 0.5),
        ("incorrect", 0.0),
        ("not_recognised", 0.0),
    ]
    first = attempts[0]
    assert (first.answer, first.found, first.contradicted, first.comment) == ("« É »", ("a",), ("b",), "non")
    assert (first.kind, first.mode, first.contested) == ("open", "practice", True)
    assert first.answered_at == datetime(2026, 11, 1, 10, 2, tzinfo=UTC)
    assert (record.exams(), record.cards()) == ([], [])
    record.add(answer())
    assert len(record.attempts()) == 5


def test_an_answer_and_its_review_card_are_written_together(record: Record) -> None:
    seen: list[ReviewCard | None] = []

    def reschedule(card: ReviewCard | None) -> ReviewCard:
        seen.append(card)
        return ReviewCard("central-registry", NOON + timedelta(days=len(seen)), "{}")

    record.add(answer(), reschedule)
    record.add(answer(), reschedule)
    assert seen == [None, ReviewCard("central-registry", NOON + timedelta(days=1), "{}")]
    assert record.cards() == [ReviewCard("central-registry", NOON + timedelta(days=2), "{}")]


def test_a_card_that_fails_takes_its_answer_back(record: Record) -> None:
    with pytest.raises(ZeroDivisionError):
        record.add(answer(), lambda card: ReviewCard(str(1 / 0), NOON, "{}"))
    assert record.attempts() == []


def test_only_contested_verdicts_are_shown_to_a_teacher(record: Record) -> None:
    record.add(answer())
    record.contest(record.add(answer(verdict="incorrect")), "but I said it")
    assert [(a.verdict, a.comment) for a in record.contested()] == [("incorrect", "but I said it")]


def test_the_export_holds_everything_as_json(record: Record) -> None:
    record.add(answer(), lambda card: ReviewCard("central-registry", NOON, '{"stability": 2.5}'))
    record.add(answer(kind="matching", answer="[1, null]", verdict="partial", mode="custom"))
    state = exams.start(exam_bank(8).values(), "short", 1, NOON)
    record.save_exam(state)
    exported = json.loads(json.dumps(record.export()))
    assert (exported["format"], exported["version"]) == ("frenchbakery-course-record", len(schema.MIGRATIONS))
    assert [entry["answer"] for entry in exported["attempts"]] == [answer().answer, [1, None]]
    assert exported["attempts"][0]["missing"] == ["private", "iam"]
    assert set(exported["attempts"][0]) == set(vars(record.attempts()[0]))
    assert exported["exams"][0]["deadline"] == "2026-11-21T12:40:00Z"
    assert exported["cards"] == [
        {"question": "central-registry", "due": NOON.isoformat(), "memory": {"stability": 2.5}}
    ]


def test_erasing_leaves_no_file_and_no_word(record: Record) -> None:
    record.add(answer(answer="a very private thought"))
    _not_a_database(record.path)
    with pytest.raises(DamagedRecord):
        record.attempts()
    record.add(answer(answer="a very private thought"))
    reader = sqlite3.connect(record.path)  # another kernel, whose connection keeps the WAL
    reader.execute("SELECT * FROM attempt").fetchall()
    record.add(answer(answer="a very private thought"))
    erased = record.erase()
    assert {file.name.split(".", 1)[1][:7] for file in erased} >= {"sqlite", "sqlite-", "damaged"}
    left = [file for file in record.path.parent.iterdir() if file.suffix != ".lock"]
    assert left == []
    reader.close()
    assert record.attempts() == [], "and a new record begins"


def test_erasing_while_another_kernel_writes_is_refused(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.add(answer())
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with record._database.transaction(), pytest.raises(RecordError, match="locked"):
        record.erase()
    assert len(record.attempts()) == 1


def test_a_damaged_record_can_be_erased(record: Record) -> None:
    _not_a_database(record.path)
    assert record.erase() == [record.path]
    assert record.files() == []


def test_two_kernels_sit_one_exam_and_lose_no_answer(record: Record) -> None:
    state = exams.start(exam_bank(20).values(), "full", 1, datetime.now(UTC))
    record.save_exam(state)
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from quiz import exams; from quiz.store import Record\n"
        "record = Record(Path(sys.argv[1]))\n"
        "for place in range(int(sys.argv[3]), 65, 2):\n"
        "    record.change_exam(sys.argv[2], lambda s: exams.respond(s, place, {1}, datetime.now(UTC)))\n"
    )
    sitters = [
        subprocess.Popen([sys.executable, "-c", code, record.path, state.id, str(start)]) for start in (0, 1)
    ]
    assert [sitter.wait(timeout=90) for sitter in sitters] == [0, 0]
    (sat,) = record.exams()
    assert sat.responses == ({1},) * 65


def test_an_unknown_exam_cannot_change(record: Record) -> None:
    with pytest.raises(store.UnknownExam):
        record.change_exam("none", lambda state: state)

"""A mock exam in the record: nothing acknowledged is lost, time is honest, two kernels do not undo each other."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from quiz.clock import SteadyClock
from quiz.examination import Examination, ExamRunning
from quiz.exams import Finished, TimeUp
from quiz.store import Record, RecordError
from tests.quiz.banks import exam_bank
from tests.quiz.examples import NOON, Clock

BANK = exam_bank(8)

SITTER = """
import sys
from pathlib import Path
from quiz.examination import Examination
from quiz.store import Record
from tests.quiz.banks import exam_bank

exam = Examination.start(Record(Path(sys.argv[1])), exam_bank(8), "short", 5, "en")
for place in range(20):
    exam.respond(place, {1})
    print(place, flush=True)
"""


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "record.sqlite")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def start(record: Record, clock: Clock) -> Examination:
    return Examination.start(record, BANK, "short", 5, "en", clock)


def resume(record: Record, clock: Clock) -> Examination:
    exam = Examination.resume(record, BANK, "en", clock)
    assert exam
    return exam


def test_every_event_is_in_the_record_when_it_returns(record: Record, clock: Clock) -> None:
    exam = start(record, clock)
    exam.respond(0, {1})
    exam.flag(3, True)
    exam.visit(7)
    kept = record.open_exam()
    assert kept == exam.state
    assert (kept.responses[0], kept.flags, kept.current) == ({1}, {3}, 7)


@pytest.mark.parametrize("after", [1, 4, 9])
def test_a_killed_kernel_loses_no_answer(record: Record, after: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SITTER, record.path],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    acknowledged = [process.stdout.readline() for _ in range(after)]
    process.kill()
    rest, _ = process.communicate(timeout=30)
    count = len(acknowledged) + len(rest.splitlines())
    exam = Examination.resume(record, BANK, "en")
    assert exam and not exam.finished
    assert exam.state.responses[:count] == ({1},) * count
    exam.respond(19, {0})


def test_a_new_kernel_resumes_with_the_time_that_is_left(record: Record, clock: Clock) -> None:
    start(record, clock).respond(0, {1})
    clock.time += timedelta(minutes=15)
    exam = resume(record, clock)
    assert exam.remaining <= timedelta(minutes=25)
    assert exam.remaining > timedelta(minutes=24)


def test_time_over_while_away_ends_the_exam_at_its_deadline(record: Record, clock: Clock) -> None:
    start(record, clock).respond(0, {1})
    clock.time += timedelta(days=2)
    exam = resume(record, clock)
    assert exam.finished and exam.state.finished_at == NOON + timedelta(minutes=40)
    assert record.open_exam() is None
    assert [attempt.answered_at for attempt in record.attempts()] == [NOON + timedelta(minutes=40)]
    with pytest.raises(TimeUp):
        exam.respond(1, {1})
    assert Examination.resume(record, BANK, "en", clock) is None


def test_a_late_answer_is_refused_and_the_exam_handed_in(record: Record, clock: Clock) -> None:
    exam = start(record, clock)
    exam.respond(0, {1})
    clock.time += timedelta(minutes=41)
    with pytest.raises(TimeUp):
        exam.respond(1, {2})
    assert exam.finished
    assert record.exams()[0].responses[:2] == ({1}, frozenset())


def test_a_clock_set_back_while_the_kernel_was_dead_gives_no_time(record: Record, clock: Clock) -> None:
    exam = start(record, clock)
    clock.time += timedelta(minutes=30)
    exam.tick()
    clock.time -= timedelta(hours=5)
    assert resume(record, clock).remaining <= timedelta(minutes=10)


def test_a_clock_set_back_while_the_kernel_lives_goes_on() -> None:
    wall, passed = Clock(), [100.0]
    clock = SteadyClock(None, wall, lambda: passed[0])
    wall.time += timedelta(minutes=10)
    passed[0] += 600
    assert clock() == NOON + timedelta(minutes=10)
    wall.time -= timedelta(hours=3)
    passed[0] += 60
    assert clock() == NOON + timedelta(minutes=11)
    wall.time += timedelta(hours=4)  # the machine slept, and the clock is right again
    assert clock() == NOON + timedelta(hours=1, minutes=10)


def test_only_one_exam_runs(record: Record, clock: Clock) -> None:
    first = start(record, clock)
    with pytest.raises(ExamRunning) as error:
        start(record, clock)
    assert error.value.state == first.state
    first.finish()
    clock.time += timedelta(seconds=1)
    assert start(record, clock).state == record.open_exam()


def test_two_kernels_do_not_undo_each_other(record: Record, clock: Clock) -> None:
    one = start(record, clock)
    other = resume(record, clock)
    one.respond(0, {1})
    other.respond(1, {2})
    one.flag(2, True)
    assert one.state.responses[:2] == ({1}, {2})
    other.finish()
    with pytest.raises(Finished):
        one.respond(3, {1})
    assert one.finished


def test_handing_in_puts_the_answers_into_the_record_once(record: Record, clock: Clock) -> None:
    exam = start(record, clock)
    exam.respond(0, {1})
    exam.respond(4, {0})
    assert record.attempts() == [], "nothing that could be feedback before the end"
    exam.finish()
    with pytest.raises(Finished):
        exam.finish()
    attempts = record.attempts()
    assert [attempt.question for attempt in attempts] == [exam.state.questions[p].id for p in (0, 4)]
    assert {attempt.mode for attempt in attempts} == {"exam"}
    assert {card.question for card in record.cards()} == {attempt.question for attempt in attempts}
    assert {attempt.verdict for attempt in attempts} == {
        entry.outcome.verdict for entry in exam.result.reviewed if entry.response
    }


def test_an_exam_erased_meanwhile_is_no_longer_there(record: Record, clock: Clock) -> None:
    exam = start(record, clock)
    record.erase()
    with pytest.raises(KeyError):
        exam.respond(0, {1})


def test_a_record_that_cannot_be_written_is_told(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(RecordError):
        start(Record(tmp_path / "absent" / "record.sqlite"), clock)

"""The mock exam as the kernel sees it: what the page sends, what it is told, and what it must not be told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import quiz
from quiz.model import DOMAINS, ChoiceQuestion
from quiz.presentation import shuffled
from quiz.store import Record, RecordError
from quiz.widgets import UnknownCondition
from quiz.widgets.mock_exam import Exam
from tests.quiz.examples import Clock, choice_question

BANK = {
    question.id: question
    for question in (
        choice_question(
            *((5, (1, 4)) if n % 4 == 0 else (4, (n % 4,))),
            id=f"q{n}", domain=DOMAINS[n % 4], topic="ecr" if n % 2 else "ecs", scenario={"fr": f"S{n} (fr)", "en": f"S{n} (en)"},
        )
        for n in range(80)
    )
}  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def record(tmp_path: Path, clock: Clock) -> Record:
    return Record(tmp_path / "record.sqlite", now=clock)


@pytest.fixture
def new(record: Record, clock: Clock) -> Callable[..., Exam]:
    """Another widget on the same record, as in another kernel."""

    def make(form: str = "short", bank: dict[str, ChoiceQuestion] = BANK, lang: str = "en") -> Exam:
        return Exam(form, bank, lang=lang, record=record, now=clock, seed=lambda: 7)  # type: ignore[arg-type]

    return make


def send(exam: Exam, kind: str, **more: object) -> None:
    exam._handle_custom_msg({"kind": kind, **more}, [])


def begun(new: Callable[..., Exam], **options: object) -> Exam:
    exam = new(**options)
    send(exam, "begin")
    return exam


def question(exam: Exam, place: int) -> ChoiceQuestion:
    assert exam._exam
    return BANK[exam._exam.state.questions[place].id]


def right(exam: Exam, place: int) -> list[int]:
    asked = question(exam, place)
    return sorted(shuffled(asked, 7).shown(key) for key in asked.keys)


def answer(exam: Exam, place: int, response: object) -> None:
    send(exam, "respond", place=place, response=response, serial=place + 1)


def test_the_first_screen_tells_the_rules_and_begins_only_when_told(new, record: Record) -> None:
    exam = new()
    assert exam.state == "start"
    assert "20 questions, 40 minutes" in exam.screen["lines"][0]
    assert record.open_exam() is None
    for kind in ("clock", "visit", "finish", "review", "another", "respond"):
        send(exam, kind, place=0, response=[0], serial=1)
    assert exam.state == "start"
    send(exam, "begin")
    assert exam.state == "question"
    assert exam.screen["title"] == "Question 1 of 20"
    assert record.open_exam() is not None


def test_the_clock_gives_the_seconds_to_the_deadline(new, clock: Clock) -> None:
    exam = begun(new)
    assert exam.clock["seconds"] == pytest.approx(40 * 60, abs=1)
    clock.time += timedelta(minutes=13)
    send(exam, "clock")
    assert exam.clock["seconds"] == pytest.approx(27 * 60, abs=1)


def test_nothing_that_tells_a_key_reaches_the_page_before_the_end(new) -> None:
    exam = begun(new)
    seen = ""
    for place in range(20):
        send(exam, "visit", place=place)
        answer(exam, place, right(exam, place))
        seen += str(exam.get_state())
    send(exam, "review")
    seen += str(exam.get_state())
    for secret in ("because", "'marks'", "rationale", "'tone'", "'correct':", "reviewed'"):
        assert secret not in seen.replace(str(exam.content), "")
    assert "because" not in str(exam.content)
    send(exam, "finish")
    assert "because" in str(exam.get_state())


def test_an_answer_is_in_the_record_before_the_page_hears_that_it_is_kept(new, record: Record) -> None:
    exam = begun(new)
    seen: list[tuple[int, frozenset[int]]] = []

    def note(change: dict) -> None:
        kept = record.open_exam()
        assert kept
        seen.append((change["new"]["serial"], kept.responses[0]))

    exam.observe(note, "progress")
    answer(exam, 0, right(exam, 0))
    assert seen == [(1, question(exam, 0).keys)]
    assert exam.progress["questions"][0] == {"state": "answered", "flagged": False}


def test_a_question_shows_its_answer_when_the_learner_comes_back(new) -> None:
    exam = begun(new)
    answer(exam, 0, [1])
    assert exam.progress["response"] == [1], "a page reloaded now would show it"
    send(exam, "visit", place=5)
    assert (exam.screen["place"], exam.progress["response"]) == (5, [])
    send(exam, "visit", place=0)
    assert exam.progress["response"] == [1]


def test_half_an_answer_is_incomplete(new) -> None:
    exam = begun(new)
    double = next(place for place in range(20) if len(question(exam, place).keys) == 2)
    send(exam, "visit", place=double)
    assert exam.screen["choose"] == 2
    answer(exam, double, [0])
    assert exam.progress["questions"][double]["state"] == "incomplete"
    answer(exam, double, [])
    assert exam.progress["questions"][double]["state"] == "unanswered"


@pytest.mark.parametrize(
    "message",
    [
        None,
        "finish",
        {},
        {"kind": "respond"},
        {"kind": "respond", "place": 0, "response": [0, 1, 2], "serial": 1},
        {"kind": "respond", "place": 0, "response": [9], "serial": 1},
        {"kind": "respond", "place": 99, "response": [0], "serial": 1},
        {"kind": "respond", "place": -1, "response": [0], "serial": 1},
        {"kind": "respond", "place": 0, "response": "0", "serial": 1},
        {"kind": "flag", "place": 99, "on": True},
        {"kind": "visit", "place": 99},
        {"kind": "visit", "place": "1"},
        {"kind": "another"},
        {"kind": "begin"},
    ],
    ids=str,
)
def test_what_the_page_cannot_have_meant_changes_nothing(new, record: Record, message: object) -> None:
    exam = begun(new)
    before = record.open_exam()
    exam._handle_custom_msg(message, [])
    after = record.open_exam()
    assert after == before
    assert exam.state == "question"


def test_flags_are_kept(new) -> None:
    exam = begun(new)
    send(exam, "flag", place=3, on=True)
    assert exam.progress["questions"][3]["flagged"]
    send(exam, "flag", place=3, on=False)
    assert not exam.progress["questions"][3]["flagged"]


def test_a_new_kernel_resumes_where_the_old_one_died_with_the_time_that_is_left(new, clock: Clock) -> None:
    exam = begun(new)
    answer(exam, 0, [1])
    send(exam, "flag", place=0, on=True)
    send(exam, "visit", place=2)
    clock.time += timedelta(minutes=30)

    again = new()
    assert again.state == "start"
    assert again.screen["running"]
    assert "1 of 20" in again.screen["lines"][0]
    assert "10 min left" in again.screen["lines"][1]
    send(again, "resume")
    assert (again.state, again.screen["place"]) == ("question", 2)
    assert again.progress["questions"][0] == {"state": "answered", "flagged": True}
    assert again.clock["seconds"] == pytest.approx(600, abs=1)


def test_what_another_kernel_did_counts_and_what_it_handed_in_is_over(new) -> None:
    exam = begun(new)
    other = new()
    send(other, "resume")
    answer(other, 0, right(other, 0))
    answer(exam, 1, right(exam, 1))
    assert [entry["state"] for entry in exam.progress["questions"][:2]] == ["answered", "answered"]
    send(other, "finish")
    answer(exam, 2, right(exam, 2))
    assert exam.state == "result"
    assert exam.screen["lines"][0].startswith("Right answers: 2 of 20")


def test_the_other_form_waits_for_the_running_one(new) -> None:
    begun(new)
    other = new("full")
    assert other.screen["running"]
    assert other.screen["title"] == "Mock exam, short form"
    assert "full form" in other.screen["lines"][-1]
    send(other, "begin")
    assert other.screen["running"], "the running one is offered"
    send(other, "resume")
    assert other.screen["title"] == "Question 1 of 20"


def test_time_up_hands_in_with_the_answers_given(new, clock: Clock, record: Record) -> None:
    exam = begun(new)
    answer(exam, 0, right(exam, 0))
    clock.time += timedelta(minutes=41)
    answer(exam, 1, right(exam, 1))
    assert exam.state == "result"
    assert "Time ran out: the exam ended by itself, with your answers." in exam.screen["lines"]
    assert exam.screen["headline"]["score"] == "5%"
    assert not exam.clock["running"]
    assert len(record.attempts()) == 1


@pytest.mark.parametrize("kind", ["clock", "review", "finish"])
def test_time_up_shows_the_result_whatever_the_page_asks(new, clock: Clock, kind: str) -> None:
    exam = begun(new)
    clock.time += timedelta(hours=1)
    send(exam, kind)
    assert exam.state == "result"


def test_time_up_while_away_shows_the_result_at_once(new, clock: Clock) -> None:
    begun(new)
    clock.time += timedelta(days=1)
    back = new()
    assert back.state == "result"
    send(back, "another")
    assert back.state == "start"
    assert not back.screen["running"]


def test_the_result_reviews_every_question_with_answer_key_and_reasons(new, record: Record) -> None:
    exam = begun(new)
    for place in range(10):
        answer(exam, place, right(exam, place))
    wrong = next(n for n in range(4) if n not in right(exam, 10))
    answer(exam, 10, [wrong])
    send(exam, "flag", place=10, on=True)
    send(exam, "finish")
    screen = exam.screen
    assert screen["headline"]["score"] == "50%"
    assert "between 30% and 70%" in screen["headline"]["label"]
    assert screen["lines"][0].startswith("Right answers: 10 of 20")
    assert [table["title"] for table in screen["tables"]] == ["By exam domain", "By topic"]
    assert len(screen["reviewed"]) == 20
    first, tenth, last = screen["reviewed"][0], screen["reviewed"][10], screen["reviewed"][19]
    assert first["word"] == "Correct"
    assert (tenth["word"], tenth["flagged"], tenth["marks"][wrong]["tone"]) == ("Incorrect", True, "wrong")
    assert last["word"] == "Not answered"
    for entry in screen["reviewed"]:
        for text, mark in zip(entry["options"], entry["marks"], strict=True):
            assert mark["why"] == text.replace("option", "because")
    assert {attempt.mode for attempt in record.attempts()} == {"exam"}
    assert len(record.attempts()) == 11


def test_the_last_result_can_be_seen_again(new, clock: Clock) -> None:
    exam = new()
    assert not exam.screen["last"]
    send(exam, "last")
    assert exam.state == "start"
    send(exam, "begin")
    answer(exam, 0, right(exam, 0))
    send(exam, "finish")
    before = exam.screen
    clock.time += timedelta(days=3)
    later = new("full")
    assert later.screen["last"]
    send(later, "last")
    assert {**later.screen, "turn": 0} == {**before, "turn": 0}
    send(later, "another")
    assert later.state == "start"


def test_a_record_that_cannot_be_read_is_told_on_the_first_screen(new, monkeypatch, record: Record) -> None:
    def fail() -> None:
        raise RecordError("the disk is gone")

    monkeypatch.setattr(record, "open_exam", fail)
    exam = new()
    assert (exam.state, exam.screen["notice"]) == ("start", "the disk is gone")


def test_the_full_form_gives_an_estimate_called_one(new) -> None:
    exam = begun(new, form="full")
    assert exam.screen["title"] == "Question 1 of 65"
    assert exam.clock["seconds"] == pytest.approx(130 * 60, abs=1)
    send(exam, "finish")
    assert exam.screen["headline"]["score"] == "100 points"
    assert "estimate" in exam.screen["headline"]["label"]
    assert "720" in exam.screen["headline"]["label"]


def test_too_small_a_bank_is_told(new) -> None:
    exam = begun(new, bank=dict(list(BANK.items())[:5]))
    assert exam.state == "start"
    assert exam.screen["notice"] == "The bank holds 5 exam questions; 20 are needed."


def test_a_question_changed_meanwhile_does_not_count(new) -> None:
    exam = begun(new)
    first = question(exam, 0)
    changed = BANK | {first.id: choice_question(id=first.id)}
    again = new(bank=changed)
    send(again, "resume")
    assert (again.screen["options"], again.screen["place"]) == ([], 0)
    answer(again, 0, [0])
    send(again, "finish")
    assert "Questions changed since then, not counted: 1." in again.screen["lines"]
    assert len(again.screen["reviewed"]) == 19


def test_a_record_that_cannot_be_written_is_told_and_the_screen_stays(
    new, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = begun(new)

    def fail(*args: object) -> None:
        raise RecordError("the disk is full")

    monkeypatch.setattr(exam._record, "change_exam", fail)
    answer(exam, 0, [0])
    assert exam.screen["notice"] == "the disk is full"
    assert exam.progress["questions"][0]["state"] == "unanswered"


def test_an_exam_erased_meanwhile_begins_anew(new, record: Record) -> None:
    exam = begun(new)
    record.erase()
    answer(exam, 0, [0])
    assert exam.state == "start"
    assert not exam.screen["running"]


@pytest.mark.parametrize("form", ["short", "full"])
def test_where_widgets_do_not_run_the_rules_are_text_the_same_for_everybody(new, form: str) -> None:
    exam = new(form)
    before, _ = exam._repr_mimebundle_()
    send(exam, "begin")
    after, _ = new(form)._repr_mimebundle_()
    assert before["text/plain"] == after["text/plain"] == f"Exam('{form}')"
    assert before["text/markdown"] == after["text/markdown"]
    assert "course quiz exam" in before["text/markdown"]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_exam_is_in_one_language(new, lang: str) -> None:
    exam = begun(new, lang=lang)
    other = {"fr": "en", "en": "fr"}[lang]
    send(exam, "finish")
    assert f"({other})" not in str(exam.get_state())


def test_an_unknown_form_is_refused(new) -> None:
    with pytest.raises(UnknownCondition, match="full, short"):
        new("medium")


@pytest.mark.parametrize(("lang", "word"), [("fr", "Format court"), ("en", "Short form")])
def test_the_forms_are_shown_beside_the_real_exam(monkeypatch, lang: str, word: str) -> None:
    monkeypatch.setenv("COURSE_LANG", lang)
    text = quiz.exam_forms()._repr_markdown_()
    assert word in text
    assert "| Questions | 65 | 65 | 20 |" in text
    assert "| Minutes | 130 | 130 | 40 |" in text
    assert "Exam Guide" in text
    assert repr(quiz.exam_forms()) == "ExamForms()"

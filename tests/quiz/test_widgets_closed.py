"""The cards of choice, ordering and matching questions as the kernel sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from quiz.model import ChoiceQuestion, ClosedQuestion
from quiz.presentation import shuffled
from quiz.scoring import score
from quiz.store import Record
from quiz.widget_texts import say
from quiz.widgets import card as cards
from quiz.widgets.closed_card import ClosedCard
from quiz.widgets.sets import card
from tests.quiz.examples import NOON, choice_question, matching_question, ordering_question

QUESTIONS: list[ClosedQuestion] = [
    choice_question(),
    choice_question(5, (0, 3)),
    ordering_question(),
    matching_question(),
]


@pytest.fixture(autouse=True)
def _no_drafts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "_drafts", {})


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "record.sqlite", now=lambda: NOON)


def make(question: ClosedQuestion, record: Record) -> ClosedCard:
    made = card(question, lang="en", record=record, now=lambda: NOON)
    assert isinstance(made, ClosedCard)
    return made


def right(made: ClosedCard) -> list[int]:
    """The right answer, as the page would send it."""
    question = made.question
    if isinstance(question, ChoiceQuestion):
        return sorted(made.layout.shown(key) for key in question.keys)
    if hasattr(question, "steps"):
        return [made.layout.shown(place) for place in range(len(question.steps))]
    return [made.layout.shown(item.match) for item in question.items]


def send(made: ClosedCard, message: object) -> None:
    made._handle_custom_msg(message, [])


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
def test_the_right_answer_is_correct_and_recorded_in_the_bank_s_places(
    question: ClosedQuestion, record: Record
) -> None:
    made = make(question, record)
    send(made, {"kind": "submit", "answer": right(made)})
    assert made.feedback["verdict"] == "correct"
    assert {mark["tone"] for mark in made.feedback["marks"]} <= {"right", "other"}
    (attempt,) = record.attempts()
    assert (attempt.verdict, attempt.credit, attempt.id) == ("correct", 1.0, made.feedback["attempt"])


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
def test_before_the_answer_the_page_knows_neither_key_nor_rationale(
    question: ClosedQuestion, record: Record
) -> None:
    made = make(question, record)
    sent = str(made.get_state())
    assert "because" not in sent
    assert "correct" not in str({**made.content, "how": ""}).replace("Correct", "")
    if not isinstance(question, ChoiceQuestion):
        assert made.answer != right(made)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
def test_every_part_is_explained_in_the_order_shown(question: ClosedQuestion, record: Record) -> None:
    made = make(question, record)
    made.submit(right(made))
    reasons = [mark["why"] for mark in made.feedback["marks"]]
    assert sorted(reasons) == [f"because {n} (en)" for n in range(len(reasons))]
    if isinstance(question, ChoiceQuestion):
        shown = [text.replace("option", "because") for text in made.content["options"]]
        assert reasons == shown


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
@pytest.mark.parametrize(
    "answer",
    [
        None,
        "0",
        {},
        [],
        [9],
        [-1],
        [True],
        ["0"],
        [0, 0],
        [0.0],
        [[0]],
        [None] * 4,
        [0, 1, 2, 3, 4, 5],
        [0, 1, 2],
    ],
    ids=str,
)
def test_what_the_page_cannot_have_meant_is_ignored(
    question: ClosedQuestion, record: Record, answer: object
) -> None:
    made = make(question, record)
    send(made, {"kind": "submit", "answer": answer})
    assert made.feedback == {}
    assert record.attempts() == []


def test_a_choice_marks_each_option_by_what_the_learner_did(record: Record) -> None:
    made = make(choice_question(5, (0, 3)), record)
    chosen = [made.layout.shown(0), made.layout.shown(1)]
    made.submit(chosen)
    by_place = {made.layout.place(position): mark for position, mark in enumerate(made.feedback["marks"])}
    assert [by_place[place]["tone"] for place in range(5)] == ["right", "wrong", "other", "missed", "other"]
    assert by_place[3]["word"] == say("key_left", "en")
    assert made.feedback["summary"] == "Right answers found: 1 of 2."
    assert record.attempts()[0].answer == "[0, 1]"


def test_fewer_options_than_asked_may_be_sent_in_practice(record: Record) -> None:
    made = make(choice_question(5, (0, 3)), record)
    made.submit([made.layout.shown(0)])
    assert made.feedback["verdict"] == "partial"


def test_an_order_half_right_says_where_each_step_belongs(record: Record) -> None:
    question = ordering_question()
    made = make(question, record)
    answer = right(made)
    answer[0], answer[1] = answer[1], answer[0]
    made.submit(answer)
    assert made.feedback["verdict"] == score(question, (1, 0, 2, 3)).verdict == "partial"
    words = {
        made.content["steps"][position]: mark["word"] for position, mark in enumerate(made.feedback["marks"])
    }
    assert words["step 0 (en)"] == "Its place: 1"
    assert words["step 2 (en)"] == "In its place"
    assert made.feedback["solution"] == [f"step {n} (en)" for n in range(4)]
    assert record.attempts()[0].answer == "[1, 0, 2, 3]"


def test_a_wrong_match_names_the_right_target(record: Record) -> None:
    made = make(matching_question(), record)
    answer = right(made)
    answer[2] = made.layout.shown(0)
    made.submit(answer)
    assert [mark["tone"] for mark in made.feedback["marks"]] == ["right", "right", "wrong", "right"]
    assert made.feedback["marks"][2]["word"] == "Wrong. It goes with: target 2 (en)"
    assert record.attempts()[0].answer == "[0, 1, 0, 0]"


def test_the_order_shown_stays_until_the_question_has_been_answered(record: Record) -> None:
    question = choice_question(6, (0, 1))
    first = make(question, record)
    assert make(question, record).content["options"] == first.content["options"]
    first.submit(right(first))
    assert first.layout == shuffled(question, 0), "a card keeps its order"
    assert make(question, record).layout == shuffled(question, 1)


def test_a_draft_is_kept_when_the_cell_is_run_again_but_not_once_it_was_sent(record: Record) -> None:
    question = choice_question()
    first = make(question, record)
    first.answer = [2]
    second = make(question, record)
    assert second.answer == [2]
    second.submit([2])
    assert make(question, record).answer == []


def test_answering_again_takes_the_verdict_away_and_is_another_attempt(record: Record) -> None:
    made = make(choice_question(), record)
    made.submit([0])
    send(made, {"kind": "again"})
    assert (made.answer, made.feedback.get("verdict")) == ([], None)
    made.submit(right(made))
    assert [attempt.verdict for attempt in record.attempts()][-1] == "correct"
    assert len(record.attempts()) == 2


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_word_is_in_one_language(question: ClosedQuestion, record: Record, lang) -> None:
    made = card(question, lang=lang, record=record)
    assert isinstance(made, ClosedCard)
    made.submit(right(made))
    other = {"fr": "en", "en": "fr"}[lang]
    assert f"({other})" not in str({**made.content, **made.feedback})


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
def test_the_text_form_has_every_option_and_is_the_same_for_everybody(
    question: ClosedQuestion, record: Record
) -> None:
    made = make(question, record)
    before = made.text
    assert "because" not in before
    assert f"The {question.__struct_config__.tag} scenario (en)" in before
    parts = {"choice": "option", "ordering": "step", "matching": "item"}[str(question.__struct_config__.tag)]
    assert all(f"{parts} {n} (en)" in before for n in range(4))
    made.submit(right(made))
    assert make(question, record).text == before
    assert repr(made) == f"QuestionCard({question.id!r})"


def test_the_steps_are_not_printed_in_the_right_order(record: Record) -> None:
    text = make(ordering_question(), record).text
    places = [text.index(f"step {n} (en)") for n in range(4)]
    assert places != sorted(places)

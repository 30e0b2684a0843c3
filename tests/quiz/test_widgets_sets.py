"""What a notebook calls: one question, a topic's, a set of conditions, one after another, what is due."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import quiz
from quiz import ability, bank
from quiz.model import ChoiceQuestion
from quiz.store import Record, RecordError
from quiz.widgets import QuestionCard, QuestionSet, Series, TooFewQuestions, UnknownCondition, UnknownQuestion
from quiz.widgets import card as cards
from quiz.widgets.sets import card
from tests.quiz.examples import choice_question, judge_by_first_word, open_question

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _home(course_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "_drafts", {})


def ids(shown: QuestionSet) -> list[str]:
    return [entry.question.id for entry in shown.cards]


def answer(shown: QuestionCard, right: bool = True) -> None:
    """Answer a choice question, rightly or not."""
    assert isinstance(shown.question, ChoiceQuestion)
    places = sorted(shown.question.keys if right else set(range(4)) - shown.question.keys)
    shown.submit([shown.layout.shown(place) for place in places[: len(shown.question.keys)]])  # type: ignore[attr-defined]


def test_ask_gives_the_bank_s_question_with_the_real_grader() -> None:
    shown = quiz.ask("central-registry")
    assert shown.content["title"] == f"Question 2 of {len(bank.chapter())}"
    shown.submit("Amazon ECR, with private repositories.")
    assert shown.feedback["verdict"] == "correct"
    assert Record().attempts()[0].bank_version == shown.question.version


def test_any_question_of_the_bank_can_be_shown_and_printed() -> None:
    for entry in bank.load().values():
        shown = card(entry, lang="fr")
        assert shown.text.startswith("**Une question\u00a0: ")
        assert entry.scenario("fr") in shown.text


def test_a_topic_gives_three_questions_and_those_not_yet_answered_first() -> None:
    first = quiz.ask("containers")
    assert len(first.cards) == 3
    assert {entry.question.topic for entry in first.cards} == {"containers"}
    assert ids(quiz.ask("containers")) == ids(first), "the same as long as nothing is answered"
    done = next(entry for entry in first.cards if isinstance(entry.question, ChoiceQuestion))
    answer(done)
    assert done.question.id not in ids(quiz.ask("Containers"))


def test_a_topic_s_text_does_not_depend_on_the_record() -> None:
    before = quiz.ask("containers", count=4)
    for entry in before.cards:
        if isinstance(entry.question, ChoiceQuestion):
            answer(entry)
    after = quiz.ask("containers", count=4)
    assert ids(after) != ids(before)
    data = [shown._repr_mimebundle_() for shown in (before, after)]
    for mime in ("text/plain", "text/markdown"):
        assert data[0][mime] == data[1][mime]
    assert data[0]["text/plain"] == "QuestionSet('containers', 4)"
    assert data[0]["text/markdown"].count("**Question ") == 4


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("registry", r"“registry”.*central-registry"),
        ("fargte", "Did you mean: fargate"),
        ("zzzz", "containers, ecr"),
    ],
)
def test_an_unknown_name_is_answered_with_near_ones(name: str, hint: str) -> None:
    with pytest.raises(UnknownQuestion, match=hint):
        quiz.ask(name)


def test_errors_are_in_the_learner_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_LANG", "fr")
    with pytest.raises(UnknownQuestion, match="Pensiez-vous à"):
        quiz.ask("fargte")


@pytest.mark.parametrize("count", [0, -1, 10_000])
def test_a_topic_cannot_give_more_than_it_has(count: int) -> None:
    with pytest.raises(ValueError, match=r"at least one question|Questions found"):
        quiz.ask("ecr", count=count)


def test_the_chapter_has_every_question_in_the_bank_s_order() -> None:
    assert ids(quiz.chapter()) == list(bank.chapter())


def test_practice_keeps_to_its_conditions() -> None:
    shown = quiz.practice(topic="containers", domain=["secure", "resilient"], difficulty=2, count=3)
    assert len(shown.cards) == 3
    for entry in shown.cards:
        question = entry.question
        assert (question.topic, question.difficulty) == ("containers", 2)
        assert question.domain in ("secure", "resilient")
    answer(quiz.practice(kind="choice", count=1).cards[0])
    assert Record().attempts()[0].mode == "custom"


def test_practice_of_what_was_missed() -> None:
    with pytest.raises(TooFewQuestions):
        quiz.practice(missed=True)
    wrong = card(next(entry for entry in bank.load().values() if isinstance(entry, ChoiceQuestion)))
    answer(wrong, right=False)
    assert ids(quiz.practice(missed=True)) == [wrong.question.id]


@pytest.mark.parametrize(
    "condition", [{"topic": "ec2"}, {"domain": "security"}, {"difficulty": 4}, {"kind": "essay"}]
)
def test_an_unknown_condition_is_named_with_those_that_exist(condition: dict[str, object]) -> None:
    with pytest.raises(UnknownCondition, match=next(iter(condition))):
        quiz.practice(**condition)


def test_a_damaged_record_is_told_once_and_asking_goes_on() -> None:
    Record().attempts()
    Record().path.write_bytes(b"not a database" * 100)
    shown = quiz.ask("containers")
    assert "kept here" in shown.children[0].value
    assert len(quiz.ask("containers").children) == len(shown.children) - 1


def test_a_set_counts_answers() -> None:
    open_ones = [
        card(open_question(id=id), judge=judge_by_first_word, lang="en") for id in ("first", "second")
    ]
    shown = QuestionSet(open_ones, "'two'", "text")
    assert shown._standing.value == "Answered: 0 of 2. Correct: 0."
    open_ones[0].submit("partial")
    open_ones[0].submit("correct")
    open_ones[1].submit("incorrect")
    assert shown._standing.value == "Answered: 2 of 2. Correct: 1."


def press_next(series: Series) -> None:
    assert series.card
    series.card._handle_custom_msg({"kind": "next"}, [])


def test_a_series_goes_on_only_after_an_answer_and_says_when_it_is_over() -> None:
    waiting = iter([choice_question(id="one"), choice_question(id="two")])
    series = Series(lambda card: next(waiting, None), "'test'", "text", empty="nothing", total=2)
    assert series.card and series.card.content["title"] == "Question 1 of 2"
    press_next(series)
    assert series.card.question.id == "one", "not answered yet"
    answer(series.card)
    press_next(series)
    assert series.card.content["title"] == "Question 2 of 2"
    assert series._standing.value == "So far: 1 of 1 correct."
    answer(series.card, right=False)
    for _ in range(2):
        press_next(series)
    assert series.card.feedback["last"]
    assert series.card.feedback["notice"] == "That was the last one. Correct: 1 of 2."
    assert series.card.feedback["verdict"] == "incorrect", "the verdict stays"


def test_nothing_is_due_before_anything_was_answered() -> None:
    assert quiz.review().children[0].value.startswith("Nothing to review yet")


def test_review_asks_what_is_due_and_plans_it_anew() -> None:
    question = next(entry for entry in bank.load().values() if isinstance(entry, ChoiceQuestion))
    answer(card(question), right=True)
    due = Record().cards()[0]
    waiting = quiz.review()
    assert waiting.card is None
    assert due.due.astimezone().date().isoformat() in waiting.children[0].value

    database = Record()._database
    with database.transaction() as connection:
        connection.execute("UPDATE card SET due = ?", (LONG_AGO.isoformat(),))
    series = quiz.review()
    assert series.card and series.card.question.id == question.id
    answer(series.card)
    assert Record().attempts()[-1].mode == "review"
    assert Record().cards()[0].due > LONG_AGO
    press_next(series)
    assert series.card.feedback["last"]


def test_adaptive_practice_follows_the_learner_s_level(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[ability.Abilities] = []
    real = ability.pick

    def pick(level: ability.Abilities, questions, rng, target=ability.TARGET):
        seen.append(level)
        return real(level, [entry for entry in questions if isinstance(entry, ChoiceQuestion)], rng)

    monkeypatch.setattr(ability, "pick", pick)
    series = quiz.adaptive("containers")
    assert series.card and series.card.question.topic == "containers"
    first = series.card.question.id
    answer(series.card)
    press_next(series)
    assert series.card.question.id != first
    assert seen[1].ability("containers").mean > seen[0].ability("containers").mean
    assert Record().attempts()[0].mode == "adaptive"
    with pytest.raises(UnknownCondition):
        quiz.adaptive("nothing")


def test_texts_of_series_and_practice_are_the_same_for_everybody() -> None:
    shown = [quiz.review(), quiz.adaptive("ecr"), quiz.practice(topic="containers")]
    assert [repr(entry) for entry in shown] == [
        "Series('review')",
        "Series('adaptive', 'ecr')",
        "QuestionSet('practice')",
    ]
    for entry in shown:
        assert "Shift+Enter" in entry._repr_mimebundle_()["text/markdown"]


def test_the_report_shows_sentences_a_picture_and_tables() -> None:
    empty = quiz.report()
    assert empty._repr_html_().startswith("<p>No answers yet")
    answer(card(next(entry for entry in bank.load().values() if isinstance(entry, ChoiceQuestion))))
    html = quiz.report()._repr_html_()
    assert "<svg" in html
    assert html.count("<table") >= 3
    assert repr(quiz.report()) == repr(empty) == "Report()"


def test_a_report_without_a_record_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Record) -> None:
        raise RecordError("<b>no disk</b>")

    monkeypatch.setattr(Record, "attempts", fail)
    assert quiz.report()._repr_html_() == "<p>&lt;b&gt;no disk&lt;/b&gt;</p>"


def test_importing_the_quiz_does_not_import_widgets() -> None:
    code = "import sys, quiz; sys.exit('ipywidgets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_quiz_lists_what_a_notebook_calls() -> None:
    assert set(quiz.__all__) <= set(dir(quiz))
    with pytest.raises(AttributeError, match="frobnicate"):
        quiz.frobnicate  # noqa: B018

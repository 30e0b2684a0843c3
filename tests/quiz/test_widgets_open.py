"""The card of an open question as the kernel sees it, and what every card has: record, drafts, contest."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from quiz.model import Text
from quiz.store import DamagedRecord, Record
from quiz.widget_texts import say
from quiz.widgets import card as cards
from quiz.widgets.card import TEXT_LIMIT, WORDS
from quiz.widgets.open_card import OpenCard
from tests.quiz.examples import NOON, Clock, both, judge_by_first_word, open_question

QUESTION = open_question(id="central-registry", scenario=both("Where do the images go?"))


@pytest.fixture(autouse=True)
def _no_drafts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "_drafts", {})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def record(tmp_path: Path, clock: Clock) -> Record:
    return Record(tmp_path / "record.sqlite", now=clock)


@pytest.fixture
def card(record: Record, clock: Clock) -> OpenCard:
    return OpenCard(
        QUESTION, title="Question 2 of 9", lang="en", record=record, judge=judge_by_first_word, now=clock
    )


def send(card: OpenCard, message: object) -> None:
    """As the page does, through the comm's own entrance."""
    card._handle_custom_msg(message, [])


def test_a_new_card_asks_in_its_language_and_says_nothing_yet(card: OpenCard) -> None:
    assert card.content["title"] == "Question 2 of 9"
    assert card.content["scenario"] == "Where do the images go? (en)"
    assert (card.answer, card.feedback, card.contest, card.verdict) == ("", {}, {}, None)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_word_of_a_card_is_in_one_language(record: Record, lang) -> None:
    card = OpenCard(QUESTION, judge=judge_by_first_word, lang=lang, record=record)
    other = {"fr": "en", "en": "fr"}[lang]
    for told in ("correct", "partial", "incorrect", "not_recognised"):
        card.submit(told)
        words = {**card.content, **card.feedback}
        assert f"({other})" not in str(words)
        for key, value in card.content.items():
            if key in (*WORDS, *OpenCard.words):
                assert value == say(key, lang)
        assert card.feedback["title"] == say(told, lang)


def test_an_answer_is_graded_recorded_and_explained(card: OpenCard, record: Record, clock: Clock) -> None:
    clock.time += timedelta(minutes=3)
    send(card, {"kind": "submit", "answer": "partial ECR, but public"})
    assert card.feedback["verdict"] == "partial"
    assert (card.feedback["title"], card.feedback["summary"]) == ("Partly correct", "because (en)")
    assert card.feedback["found"] == [{"label": "ecr (en)", "why": ""}]
    assert card.feedback["missing"] == [{"label": "private (en)", "why": ""}]
    assert card.feedback["contradicted"] == [{"label": "public (en)", "why": "everyone reads it (en)"}]
    assert card.feedback["model_answer"] == "Amazon ECR. (en)"
    assert [wrong["label"] for wrong in card.feedback["tempting"]] == ["hub (en)", "tar (en)"]
    assert card.answer == "partial ECR, but public"

    (attempt,) = record.attempts()
    assert (attempt.question, attempt.lang, attempt.answer) == ("central-registry", "en", card.answer)
    assert (attempt.verdict, attempt.found, attempt.missing) == ("partial", ("ecr",), ("private",))
    assert (attempt.asked_at, attempt.answered_at) == (NOON, NOON + timedelta(minutes=3))
    assert attempt.id == card.feedback["attempt"]


def test_an_answer_not_recognised_gives_nothing_away_until_the_learner_gives_up(
    card: OpenCard, record: Record
) -> None:
    send(card, {"kind": "reveal"})
    assert card.feedback == {}, "nothing was answered"
    card.submit("not_recognised")
    assert card.feedback["summary"] == say("say_it_otherwise", "en")
    assert card.feedback["reveal"]
    sent = str(card.get_state())
    for secret in ("Amazon ECR.", "private (en)", "hub (en)", "because (en)", "What is Amazon ECR?"):
        assert secret not in sent

    attempt = card.feedback["attempt"]
    send(card, {"kind": "reveal"})
    assert card.feedback["model_answer"] == "Amazon ECR. (en)"
    assert [idea["label"] for idea in card.feedback["missing"]] == ["ecr (en)", "private (en)"]
    assert (card.feedback["verdict"], card.feedback["attempt"]) == ("not_recognised", attempt)
    assert len(record.attempts()) == 1


def test_giving_up_is_only_for_what_was_not_recognised(card: OpenCard) -> None:
    card.submit("partial")
    before = card.feedback
    send(card, {"kind": "reveal"})
    assert card.feedback == before


def test_a_wrong_service_is_explained_once(card: OpenCard) -> None:
    card.submit("incorrect")
    assert [wrong["label"] for wrong in card.feedback["contradicted"]] == ["hub (en)"]
    assert [wrong["label"] for wrong in card.feedback["tempting"]] == ["tar (en)"]


def test_the_answer_is_on_disk_before_the_feedback_shows(card: OpenCard, record: Record) -> None:
    seen: list[int] = []
    card.observe(lambda change: seen.append(len(record.attempts())), "feedback")
    card.submit("correct")
    assert seen == [1]


def test_a_second_answer_is_a_second_attempt_asked_when_the_first_was_answered(
    card: OpenCard, record: Record, clock: Clock
) -> None:
    clock.time += timedelta(minutes=1)
    card.submit("incorrect")
    clock.time += timedelta(minutes=1)
    card.submit("correct")
    first, second = record.attempts()
    assert (first.verdict, second.verdict) == ("incorrect", "correct")
    assert second.asked_at == first.answered_at


@pytest.mark.parametrize(
    "message",
    [
        None,
        "submit",
        {},
        {"kind": "submit"},
        {"kind": "submit", "answer": 3},
        {"kind": "submit", "answer": "  \n"},
        {"kind": "contest", "attempt": "1", "comment": ""},
        {"kind": "close"},
    ],
)
def test_what_the_page_cannot_have_meant_is_ignored(card: OpenCard, record: Record, message: object) -> None:
    send(card, message)
    assert card.feedback == {}
    assert record.attempts() == []


def test_an_answer_is_cut_at_the_limit(card: OpenCard, record: Record) -> None:
    card.submit("x" * (TEXT_LIMIT + 5))
    assert record.attempts()[0].answer == "x" * TEXT_LIMIT


def test_a_verdict_can_be_contested(card: OpenCard, record: Record) -> None:
    card.submit("incorrect")
    send(card, {"kind": "contest", "attempt": card.feedback["attempt"], "comment": "I <b>said</b> ECR"})
    assert card.contest["done"]
    (attempt,) = record.attempts()
    assert (attempt.contested, attempt.comment) == (True, "I <b>said</b> ECR")
    card.submit("correct")
    assert card.contest == {}, "the new verdict has not been contested"


def test_contesting_an_attempt_that_is_not_there_says_so(card: OpenCard) -> None:
    card.contest_verdict(999)
    assert card.contest["done"] is False
    assert card.contest["text"]


def test_without_a_record_the_answer_is_still_marked(tmp_path: Path) -> None:
    card = OpenCard(
        QUESTION, judge=judge_by_first_word, lang="en", record=Record(tmp_path / "absent" / "record.sqlite")
    )
    card.submit("correct")
    assert card.feedback["verdict"] == "correct"
    assert card.feedback["attempt"] is None
    assert "not recorded" in card.feedback["notice"]


def test_a_damaged_record_is_replaced_and_the_answer_kept(card: OpenCard, record: Record) -> None:
    record.path.write_bytes(b"not a database" * 100)
    card.submit("correct")
    assert "kept here" in card.feedback["notice"]
    assert [attempt.id for attempt in record.attempts()] == [card.feedback["attempt"]]


def test_a_record_that_stays_damaged_does_not_hide_the_verdict(card: OpenCard, monkeypatch) -> None:
    def add(answer: object, reschedule: object) -> int:
        raise DamagedRecord(Path("aside"))

    monkeypatch.setattr(card._record, "add", add)
    card.submit("partial")
    assert card.feedback["verdict"] == "partial"
    assert card.feedback["attempt"] is None


def test_a_grader_that_fails_is_told_and_the_text_stays(card: OpenCard, record: Record) -> None:
    with pytest.raises(ArithmeticError):
        card.submit("crash")
    assert card.answer == "crash"
    assert "error" in card.feedback
    assert record.attempts() == []


def test_a_new_card_knows_how_the_last_attempt_went(card: OpenCard, record: Record) -> None:
    card.submit("incorrect")
    card.submit("partial")
    again = OpenCard(QUESTION, judge=judge_by_first_word, lang="en", record=record)
    assert again.content["previous"] == "Last time, on 2026-11-21: Partly correct"
    assert again.verdict == "partial"
    assert again.feedback == {}


def test_a_record_out_of_order_is_told_at_once_and_does_not_prevent_asking(record: Record) -> None:
    record.path.write_bytes(b"not a database" * 100)
    card = OpenCard(QUESTION, judge=judge_by_first_word, lang="en", record=record)
    assert "kept here" in card.content["previous"]
    card.submit("correct")
    assert len(record.attempts()) == 1


def test_running_the_cell_again_keeps_the_draft_but_not_an_answer_that_was_sent(record: Record) -> None:
    def card() -> OpenCard:
        return OpenCard(QUESTION, judge=judge_by_first_word, lang="en", record=record)

    first = card()
    first.answer = "half a thou"
    second = card()
    assert second.answer == "half a thou"
    second.submit("correct")
    assert card().answer == ""


def test_the_same_verdict_twice_is_shown_twice(tmp_path: Path) -> None:
    card = OpenCard(QUESTION, judge=judge_by_first_word, record=Record(tmp_path / "absent" / "record.sqlite"))
    shown: list[str] = []
    card.observe(lambda change: shown.append(change.new["verdict"]), "feedback")
    card.submit("partial")
    card.submit("partial")
    assert shown == ["partial", "partial"]


def test_where_widgets_do_not_run_the_text_says_what_to_do(card: OpenCard) -> None:
    data, _ = card._repr_mimebundle_()
    assert data["text/plain"] == repr(card) == "QuestionCard('central-registry')"
    assert "Where do the images go? (en)" in data["text/markdown"]
    assert "course quiz --question central-registry" in data["text/markdown"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_the_version_changes_with_wording_and_marking() -> None:
    reworded = msgspec.structs.replace(QUESTION, model_answer=msgspec.convert(both("ECR"), Text))
    assert QUESTION.version == msgspec.structs.replace(QUESTION).version
    assert QUESTION.version != reworded.version

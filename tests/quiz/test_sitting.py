"""One question, from lay-out to judgement to record."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz import bank
from quiz.presentation import shuffled
from quiz.recording import keep
from quiz.responses import from_text, kind, to_text
from quiz.sitting import judge, review
from quiz.store import Record
from tests.quiz.banks import choice, matching, open_question, ordering, steady

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
CLOSED = (choice("c", keys=(0, 2), options=5), ordering("s"), matching("m"))


@steady
@given(st.sampled_from(CLOSED), st.integers())
def test_a_layout_shows_every_place_once(question, seed: int) -> None:
    layout = shuffled(question, seed)
    assert sorted(layout.order) == list(range(len(layout.order)))
    assert shuffled(question, seed) == layout
    assert all(layout.place(layout.shown(place)) == place for place in layout.order)


@steady
@given(st.integers())
def test_steps_are_never_shown_in_order(seed: int) -> None:
    assert shuffled(ordering("s"), seed).order != (0, 1, 2)


def test_every_order_of_options_comes_up_evenly() -> None:
    first = [shuffled(choice("c"), seed).order[0] for seed in range(400)]
    assert all(70 < first.count(place) < 130 for place in range(4))


def test_two_questions_of_one_exam_are_not_shuffled_alike() -> None:
    assert len({shuffled(choice(f"q-{n}"), 7).order for n in range(30)}) > 10


@pytest.mark.parametrize(
    ("question", "response", "text"),
    [
        (CLOSED[0], frozenset({2, 0}), "[0, 2]"),
        (CLOSED[0], frozenset(), "[]"),
        (CLOSED[1], (2, 0, 1), "[2, 0, 1]"),
        (CLOSED[2], (1, None, 0), "[1, null, 0]"),
        (open_question("o"), "« ECR »", "« ECR »"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_response_comes_back_from_its_text(question, response, text: str) -> None:
    assert to_text(response) == text
    assert from_text(question, text) == response


@pytest.mark.parametrize("text", ["{}", '["a"]', "[null]", "nonsense", "3"])
def test_a_text_that_is_no_response_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_text(CLOSED[0], text)


def test_kinds_are_named_as_in_the_bank() -> None:
    assert [kind(q) for q in (open_question("o"), *CLOSED)] == ["open", "choice", "ordering", "matching"]


@pytest.mark.parametrize(
    ("question", "response", "verdict", "credit", "right"),
    [
        (CLOSED[0], {0, 2}, "correct", 1.0, [True] * 5),
        (CLOSED[0], {0}, "partial", 0.5, [True, True, False, True, True]),
        (CLOSED[0], {1, 3}, "incorrect", 0.0, [False, False, False, False, True]),
        (CLOSED[1], (0, 1, 2), "correct", 1.0, [True] * 3),
        (CLOSED[1], (0, 2, 1), "partial", 1 / 3, [True, False, False]),
        (CLOSED[2], (1, 0, 1), "correct", 1.0, [True] * 3),
        (CLOSED[2], (1, None, 0), "partial", 1 / 3, [True, False, False]),
    ],
    ids=str,
)
def test_a_closed_answer_is_judged_part_by_part(question, response, verdict, credit, right) -> None:
    outcome = judge(question, response, "en")
    assert (outcome.verdict, outcome.credit) == (verdict, pytest.approx(credit))
    assert [part.right for part in outcome.parts] == right
    assert all(part.rationale for part in outcome.parts)


@pytest.mark.parametrize("question", CLOSED, ids=["choice", "ordering", "matching"])
def test_no_answer_at_all_can_be_reviewed(question) -> None:
    assert all(not part.given for part in review(question, ()))


def test_an_open_answer_is_judged_by_its_rubric() -> None:
    question = bank.chapter()["central-registry"]
    good, bad = judge(question, "Amazon ECR, private", "en"), judge(question, "Docker Hub", "en")
    assert (good.verdict, good.credit, bad.credit) == ("correct", 1.0, 0.0)
    assert good.explanation and good.found and not good.parts
    assert [idea.id for idea in bad.contradicted]


@pytest.mark.parametrize(("question", "response"), [(CLOSED[0], "A"), (open_question("o"), {0})])
def test_an_answer_of_the_other_kind_is_refused(question, response) -> None:
    with pytest.raises(ValueError):
        judge(question, response, "en")


def test_an_answer_is_kept_with_its_kind_mode_credit_and_review_card(tmp_path: Path) -> None:
    record = Record(tmp_path / "record.sqlite", now=lambda: NOON)
    outcome = judge(CLOSED[0], {0}, "fr")
    kept = keep(record, CLOSED[0], {0}, "fr", outcome, NOON, mode="custom", now=lambda: NOON)
    (attempt,) = record.attempts("c")
    assert (kept.attempt, kept.notice) == (attempt.id, "")
    assert (attempt.kind, attempt.mode, attempt.credit, attempt.answer) == ("choice", "custom", 0.5, "[0]")
    assert [card.question for card in record.cards()] == ["c"]


def test_a_response_that_is_already_text_is_kept_as_it_is(tmp_path: Path) -> None:
    record = Record(tmp_path / "record.sqlite")
    keep(record, CLOSED[1], "[2, 0, 1]", "en", judge(CLOSED[1], (2, 0, 1), "en"), NOON)
    assert record.attempts()[0].answer == "[2, 0, 1]"


def test_a_record_out_of_order_does_not_stop_the_feedback(tmp_path: Path) -> None:
    kept = keep(Record(tmp_path / "no" / "r.sqlite"), CLOSED[0], {0}, "en", judge(CLOSED[0], {0}, "en"), NOON)
    assert kept.attempt is None and "not recorded" in kept.notice


def test_a_damaged_record_is_set_aside_and_the_answer_kept(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    path.write_bytes(b"no database" * 500)
    kept = keep(Record(path), CLOSED[0], {0}, "en", judge(CLOSED[0], {0}, "en"), NOON)
    assert kept.attempt == 1 and "damaged" in kept.notice

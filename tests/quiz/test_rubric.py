"""The marking scheme, case by case."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from quiz.model import Rubric
from quiz.open_answer.rubric import Claims, Marking, mark


def idea(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "label": {"fr": id, "en": id}, "any_of": [id], **more}


WHY = {"why": {"fr": "non", "en": "no"}}
SCHEME = {
    "required": [idea("a"), idea("b", any_of=["b", "c + d"])],
    "helpful": [idea("h")],
    "rejected": [idea("r", **WHY)],
    "undoing": [idea("u", **WHY)],
    "harmful": [idea("x", **WHY)],
}


def marking(stated: str, denied: str = "", said: str = "", **changes: Any) -> Marking:
    proposed = frozenset(stated.split())
    claims = Claims(proposed | frozenset(said.split()), proposed, frozenset(denied.split()))
    return mark(msgspec.convert(SCHEME | changes, Rubric), claims)


@pytest.mark.parametrize(
    ("stated", "denied", "said", "verdict"),
    [
        ("a b", "", "", "correct"),
        ("a c d", "", "", "correct"),
        ("a", "", "b", "correct"),
        ("a c", "", "", "partial"),
        ("a", "", "", "partial"),
        ("h", "", "", "partial"),
        ("", "", "", "incorrect"),
        ("r", "", "", "incorrect"),
        ("", "r", "", "incorrect"),
        ("a b", "r", "", "correct"),
        ("a b", "", "r", "correct"),
        ("a b r", "", "", "partial"),
        ("a r", "", "", "incorrect"),
        ("a b x", "", "", "partial"),
        ("a b u", "", "", "incorrect"),
        ("a", "b", "", "incorrect"),
        ("a", "c", "", "partial"),
    ],
)
def test_verdict(stated: str, denied: str, said: str, verdict: str) -> None:
    assert marking(stated, denied, said).verdict == verdict


def test_at_least_some() -> None:
    required = [idea("a"), idea("b"), idea("c")]
    assert marking("a", required=required, at_least=2).verdict == "partial"
    assert marking("a c", required=required, at_least=2).verdict == "correct"
    assert marking("a c", "b", required=required, at_least=2).verdict == "correct"


def test_a_complement_is_wrong_alone_only() -> None:
    rejected = [idea("r", complement=True, **WHY)]
    assert marking("a b r", rejected=rejected) == marking("a b")
    assert marking("a r", rejected=rejected).verdict == "incorrect"
    assert marking("r", rejected=rejected).contradicted


def test_caring_for_neither_of_a_right_and_a_wrong_solution_is_incorrect() -> None:
    assert marking("a b r same-thing").verdict == "incorrect"
    assert marking("a b same-thing").verdict == "correct"


def test_names_what_was_found_missing_and_contradicted() -> None:
    result = marking("a h r", "b")
    assert [idea.id for idea in result.found] == ["a", "h"]
    assert result.missing == ()
    assert [idea.id for idea in result.contradicted] == ["b", "r"]
    assert [idea.id for idea in marking("h").missing] == ["a", "b"]

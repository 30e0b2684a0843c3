"""The second solving: each key was confirmed by somebody who had seen neither key nor rationale.

`quiz/review.yaml` records, for each question, the fingerprint of what was solved and how it came out. A question
that changes afterwards has another fingerprint and must be solved again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from quiz.checking.findings import Finding
from quiz.model import (
    AnyQuestion,
    ChoiceQuestion,
    MatchingQuestion,
    OpenQuestion,
    OrderingQuestion,
    Slug,
    Written,
)

FILE = Path(__file__).parents[1] / "review.yaml"


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the second solving of one question came out."""

    fingerprint: Written
    solved: Annotated[str, msgspec.Meta(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
    outcome: Literal["agreed", "rewritten"]
    """Agreed at once; or rewritten after a disagreement, and then agreed by another solver."""
    note: str = ""
    """What was unclear or wrong before."""


Reviews = Mapping[Slug, Review]


def load(file: Path = FILE) -> Reviews:
    """The reviews by question id. Raises msgspec.DecodeError for a file that is not one of reviews."""
    return msgspec.yaml.decode(file.read_bytes(), type=dict[str, Review])


def fingerprint(question: AnyQuestion) -> str:
    """Which wording and key was solved: a digest that rationales, tags and sources do not change."""
    return hashlib.sha256(msgspec.json.encode([_solved(question), _key(question)])).hexdigest()[:12]


def sheet(question: AnyQuestion) -> dict[str, Any]:
    """What the second solver sees: everything but key and rationale. Steps are sorted by their text."""
    return {"id": question.id, "type": type(question).__struct_config__.tag, **_solved(question)}


def _solved(question: AnyQuestion) -> dict[str, Any]:
    shown: dict[str, Any] = {"scenario": question.scenario}
    match question:
        case ChoiceQuestion():
            shown["options"] = [option.text for option in question.options]
        case OrderingQuestion():
            shown["steps"] = sorted((step.text for step in question.steps), key=lambda text: text.en)
        case MatchingQuestion():
            shown["targets"] = question.targets
            shown["items"] = [item.text for item in question.items]
    return shown


def _key(question: AnyQuestion) -> Any:
    match question:
        case ChoiceQuestion():
            return sorted(question.keys)
        case OrderingQuestion():
            return [step.text for step in question.steps]
        case MatchingQuestion():
            return [item.match for item in question.items]
        case OpenQuestion():
            return [idea.label for idea in question.rubric.required]


def check(questions: Sequence[AnyQuestion], reviews: Reviews) -> Iterator[Finding]:
    """Questions without a second solving, or changed since; reviews of questions that are gone."""
    for question in questions:
        review = reviews.get(question.id)
        if review is None:
            yield Finding(question.id, "not_reviewed")
        elif review.fingerprint != fingerprint(question):
            yield Finding(question.id, "changed_since_review")
    known = {question.id for question in questions}
    for id in reviews:
        if id not in known:
            yield Finding("", "review_of_nothing", {"id": id})

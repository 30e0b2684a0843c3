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

from labs.learner import Language
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
from quiz.open_answer import grade
from quiz.scoring import Response, score

FILE = Path(__file__).parents[1] / "review.yaml"


Outcome = Literal["agreed", "rewritten"]
HEAD = "Made by `course bank review`: which wording and key of each question a second solver confirmed, and when."


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the second solving of one question came out."""

    fingerprint: Written
    solved: Annotated[str, msgspec.Meta(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
    outcome: Outcome
    """Agreed at once; or reworded after a first solving, and then agreed again by another solver."""


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
            shown["steps"] = [question.steps[place].text for place in steps_shown(question)]
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


def steps_shown(question: OrderingQuestion) -> list[int]:
    """The places of the steps in the order of the sheet: by their English text, which gives nothing away."""
    return sorted(range(len(question.steps)), key=lambda place: question.steps[place].text.en)


def agrees(question: AnyQuestion, answer: object, lang: Language = "en") -> bool:
    """Whether a solver's answer is the key. `answer`: places as on the sheet, or the text of an open answer.

    Raises ValueError when it is not an answer to this question.
    """
    if isinstance(question, OpenQuestion):
        if not isinstance(answer, str):
            raise ValueError(answer)
        return grade(question, answer, lang).verdict == "correct"
    if not isinstance(answer, list) or not all(isinstance(place, int) for place in answer):
        raise ValueError(answer)
    match question:
        case ChoiceQuestion():
            response: Response = set(answer)
        case OrderingQuestion():
            shown = steps_shown(question)
            if sorted(answer) != sorted(shown):
                raise ValueError(answer)
            response = [shown[place] for place in answer]
        case MatchingQuestion():
            response = answer
    return score(question, response).verdict == "correct"


def recorded(reviews: Reviews, questions: Sequence[AnyQuestion], month: str) -> dict[Slug, Review]:
    """The reviews with those of the questions that a second solver has just confirmed, in the order of ids.

    A question that has changed since an earlier review was rewritten.
    """
    made = dict(reviews)
    for question in questions:
        digest = fingerprint(question)
        earlier = reviews.get(question.id)
        if earlier and earlier.fingerprint == digest:
            continue
        outcome: Outcome = "rewritten" if earlier else "agreed"
        made[question.id] = Review(fingerprint=digest, solved=month, outcome=outcome)
    return dict(sorted(made.items()))


def save(reviews: Reviews, file: Path = FILE) -> None:
    """Write the record."""
    text = f"# {HEAD}\n" + msgspec.yaml.encode(reviews).decode()
    file.write_text(text, encoding="utf-8")


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

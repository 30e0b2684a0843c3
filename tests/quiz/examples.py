"""Small questions of every kind for tests of what shows them; each text says its language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from quiz.model import AnyQuestion, ChoiceQuestion, MatchingQuestion, OpenQuestion, OrderingQuestion, Text
from quiz.open_answer.rubric import Grade
from quiz.sitting import Outcome

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


def both(text: str) -> dict[str, str]:
    return {"fr": f"{text} (fr)", "en": f"{text} (en)"}


def question(type: str, **fields: Any) -> AnyQuestion:
    common = {
        "id": f"an-{type}-question",
        "domain": "secure",
        "task": "1.2",
        "topic": "ecr",
        "difficulty": 1,
        "covers": ["ecr-registries"],
        "bloom": "apply",
        "sources": [{"title": "What is Amazon ECR?", "checked": "2026-11"}],
        "scenario": both(f"The {type} scenario"),
    }
    return msgspec.convert({"type": type, **common, **fields}, AnyQuestion)


def idea(id: str, **more: object) -> dict[str, object]:
    return {"id": id, "label": both(id), "any_of": ["concept"], **more}


def open_question(**fields: Any) -> OpenQuestion:
    rubric = {
        "required": [idea("ecr"), idea("private")],
        "rejected": [idea("hub", why=both("limits")), idea("tar", why=both("no layers"))],
        "harmful": [idea("public", why=both("everyone reads it"))],
    }
    made = question("open", **{"model_answer": both("Amazon ECR."), "rubric": rubric, **fields})
    assert isinstance(made, OpenQuestion)
    return made


def choice_question(options: int = 4, keys: tuple[int, ...] = (2,), **fields: Any) -> ChoiceQuestion:
    made = question(
        "choice",
        **{
            "options": [
                {"text": both(f"option {n}"), "correct": n in keys, "rationale": both(f"because {n}")}
                for n in range(options)
            ],
            **fields,
        },
    )
    assert isinstance(made, ChoiceQuestion)
    return made


def ordering_question() -> OrderingQuestion:
    steps = [{"text": both(f"step {n}"), "rationale": both(f"because {n}")} for n in range(4)]
    made = question("ordering", steps=steps)
    assert isinstance(made, OrderingQuestion)
    return made


def matching_question() -> MatchingQuestion:
    items = [{"text": both(f"item {n}"), "match": n % 3, "rationale": both(f"because {n}")} for n in range(4)]
    made = question("matching", targets=[both(f"target {n}") for n in range(3)], items=items)
    assert isinstance(made, MatchingQuestion)
    return made


def judge_by_first_word(question: OpenQuestion, answer: str, lang: str) -> Outcome:
    """An open answer's verdict is its first word, "correct" when it is none."""
    if answer.startswith("crash"):
        raise ArithmeticError("no verdict")
    ideas = {entry.id: entry for entry in question.rubric.ideas}

    def outcome(verdict: Grade, found: str = "", missing: str = "", contradicted: str = "") -> Outcome:
        lists = [tuple(ideas[id] for id in ids.split()) for ids in (found, missing, contradicted)]
        because = msgspec.convert(both("because"), Text)
        return Outcome(verdict, 1.0 if verdict == "correct" else 0.0, because, *lists)

    match answer.split()[0]:
        case "partial":
            return outcome("partial", found="ecr", missing="private", contradicted="public")
        case "incorrect":
            return outcome("incorrect", missing="ecr private", contradicted="hub")
        case "not_recognised":
            return outcome("not_recognised", missing="ecr private")
        case _:
            return outcome("correct", found="ecr private")

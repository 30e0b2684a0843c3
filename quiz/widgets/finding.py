"""From what a learner typed to questions; what cannot be found is said in their language, with near names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import Any, cast

from quiz import bank
from quiz.model import DOMAINS, KINDS, TOPICS, AnyQuestion, Topic
from quiz.widget_texts import say

DIFFICULTIES = (1, 2, 3)


class UnknownQuestion(LookupError):
    """No question or topic has this name; the text suggests some that exist."""


class UnknownCondition(ValueError):
    """A condition of a set names no topic, domain, difficulty or kind; the text lists those that exist."""


class TooFewQuestions(ValueError):
    """The bank holds fewer questions than asked for; the text says how many."""


def as_topic(name: str) -> Topic | None:
    """The topic of that name, if it is one."""
    return cast(Topic, name.lower()) if name.lower() in TOPICS else None


def question(id: str) -> AnyQuestion:
    """The question of that id. Raises UnknownQuestion."""
    if id in bank.chapter():
        return bank.chapter()[id]  # without reading the rest of the bank
    try:
        return bank.load()[id]
    except KeyError:
        raise UnknownQuestion(_unknown(id)) from None


def _unknown(name: str) -> str:
    names = [*TOPICS, *bank.load()]
    near = [known for known in names if len(name) > 2 and name.lower() in known][:3]
    near = near or get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    problem = say("unknown_question", id=name)
    hint = say("near_names", near=", ".join(near)) if near else ""
    return " ".join(part for part in (problem, hint, say("known_topics", topics=", ".join(TOPICS))) if part)


def conditions(**given: Any) -> dict[str, tuple[Any, ...]]:
    """The conditions of a custom set, each one value or several, as tuples. Raises UnknownCondition."""
    known: dict[str, Sequence[Any]] = {
        "topic": TOPICS, "domain": DOMAINS, "difficulty": DIFFICULTIES, "kind": KINDS,
    }  # fmt: skip
    checked = {}
    for name, value in given.items():
        values = () if value is None else tuple(value) if _several(value) else (value,)
        for one in values:
            if one not in known[name]:
                listed = ", ".join(str(entry) for entry in known[name])
                raise UnknownCondition(say("unknown_condition", name=name, value=one, known=listed))
        checked[name] = values
    return checked


def _several(value: Any) -> bool:
    return isinstance(value, Collection) and not isinstance(value, str)


def enough(found: Iterable[AnyQuestion], count: int | None) -> list[AnyQuestion]:
    """The questions found, if there are any, and `count` of them when a count was asked for. Raises TooFewQuestions."""
    questions = list(found)
    if count is not None and count < 1:
        raise ValueError(say("count_too_small", count=count))
    if not questions or (count is not None and len(questions) < count):
        raise TooFewQuestions(say("too_few", have=len(questions), want=count or 1))
    return questions

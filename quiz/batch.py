"""Marks a file of answers, line by line: every line that comes in goes out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from labs.learner import LANGUAGES
from quiz.bank import Bank
from quiz.model import OpenQuestion
from quiz.open_answer import Verdict, grade
from quiz.texts import say

FIELDS = ("question", "lang", "answer")


@dataclass(frozen=True)
class MarkedLine:
    """One line of the output; `problem` tells the learner what was wrong with it, with its number."""

    text: str
    problem: str | None = None


class _LineError(ValueError):
    """A line that cannot be marked."""


def mark_lines(lines: Iterable[str], bank: Bank) -> Iterator[MarkedLine]:
    """The marked lines, in order. Blank lines are dropped.

    A line that is no JSON object comes out as `{"line": …, "error": …}`, another bad one as itself with "error".
    """
    for number, line in enumerate(lines, 1):
        line = line.removeprefix("\ufeff") if number == 1 else line
        if not line.strip():
            continue
        entry: dict[str, Any] = {"line": line.rstrip("\r\n")}
        try:
            entry = _entry(line)
            entry |= _fields(_verdict(entry, bank))
        except _LineError as error:
            problem = say("line", number=number, problem=error)
            yield MarkedLine(_written(entry | {"error": problem}), problem)
        else:
            yield MarkedLine(_written(entry))


def _entry(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _LineError(say("not_json", reason=error)) from error
    if not isinstance(entry, dict):
        raise _LineError(say("not_object"))
    return entry


def _verdict(entry: dict[str, Any], bank: Bank) -> Verdict:
    for field in FIELDS:
        if field not in entry:
            raise _LineError(say("no_field", field=field))
        if not isinstance(entry[field], str):
            raise _LineError(say("not_text", field=field))
    question = bank.get(entry["question"])
    if not isinstance(question, OpenQuestion):
        known = [id for id, each in bank.items() if isinstance(each, OpenQuestion)]
        raise _LineError(say("unknown_question", id=entry["question"], known=", ".join(known)))
    if entry["lang"] not in LANGUAGES:
        raise _LineError(say("unknown_lang", name=entry["lang"]))
    return grade(question, entry["answer"], entry["lang"])


def _fields(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict.verdict,
        "found": [idea.id for idea in verdict.found],
        "missing": [idea.id for idea in verdict.missing],
        "contradicted": [idea.id for idea in verdict.contradicted],
    }


def _written(entry: dict[str, Any]) -> str:
    text = json.dumps(entry, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: legal in JSON, not in UTF-8
        return json.dumps(entry)
    return text

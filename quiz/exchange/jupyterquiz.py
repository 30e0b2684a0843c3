"""The JSON of jupyterquiz, whose cards show a question's text as HTML: texts are escaped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape, unescape
from typing import Any

from quiz.exchange.plain import ExchangeError, Line, Loss, Plain, slug
from quiz.exchange.texts import say

TYPES = {"multiple_choice", "many_choice"}


def write(questions: Sequence[Plain]) -> tuple[str, list[Loss]]:
    """The file's text, and what it could not hold."""
    losses: list[Loss] = []
    written = []
    for question in questions:
        if question.kind != "choice":
            losses.append(Loss(question.id, "other_kind", {"kind": question.kind}))
            continue
        losses += [Loss(question.id, "no_id"), Loss(question.id, "no_tags")]
        written.append(
            {
                "question": escape(question.text, quote=False),
                "type": "multiple_choice" if question.keys == 1 else "many_choice",
                "answers": [
                    {
                        "answer": escape(line.text, quote=False),
                        "correct": line.correct,
                        "feedback": escape(line.rationale, quote=False),
                    }
                    for line in question.lines
                ],
            }
        )
    return json.dumps(written, ensure_ascii=False, indent=2) + "\n", losses


def read(text: str) -> tuple[list[Plain], list[Loss]]:
    """The questions of a file, and what could not be read. Raises ExchangeError for what is not jupyterquiz's JSON."""
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ExchangeError(str(error)) from error
    if not isinstance(entries, list):
        raise ExchangeError(say("not_list"))
    questions: list[Plain] = []
    losses: list[Loss] = []
    for number, entry in enumerate(entries, 1):
        try:
            stem = unescape(str(entry["question"]))
            id = slug(stem, [question.id for question in questions])
            if entry["type"] not in TYPES:
                losses.append(Loss(id, "question_type", {"kind": entry["type"]}))
                continue
            lines = tuple(_line(answer) for answer in entry["answers"])
        except (KeyError, TypeError, AttributeError) as error:
            problem = f"{type(error).__name__} {error}"
            raise ExchangeError(say("bad_entry", number=number, problem=problem)) from error
        if not any(line.correct for line in lines):
            losses.append(Loss(id, "no_key"))
            continue
        questions.append(Plain(id, "choice", stem, lines))
    return questions, losses


def _line(answer: dict[str, Any]) -> Line:
    text = answer["answer"] if "answer" in answer else answer["code"]
    return Line(
        unescape(str(text)), unescape(str(answer.get("feedback", ""))), correct=bool(answer["correct"])
    )

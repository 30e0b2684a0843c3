"""Cards for the browser's tests, imported by their notebooks; the English texts are hostile."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from typing import Any

import msgspec

from labs.learner import home
from quiz import sitting
from quiz.clock import utc_now
from quiz.model import DOMAINS, AnyQuestion, OpenQuestion, Text
from quiz.sitting import Outcome
from quiz.store import Record
from quiz.widgets.mock_exam import Exam
from quiz.widgets.sets import Series
from quiz.widgets.sets import card as make

HOSTILE = "<img src=x onerror='window.hacked = true'>"


def both(fr: str, en: str) -> dict[str, str]:
    return {"fr": fr, "en": f"{en} {HOSTILE}"}


def option(text: str, correct: bool = False) -> dict[str, Any]:
    return {"text": both(text, text), "correct": correct, "rationale": both("Parce que.", f"Why {text}.")}


def question(type: str, **fields: Any) -> AnyQuestion:
    common = {
        "id": f"{type}-example",
        "domain": "secure",
        "task": "1.2",
        "topic": "ecr",
        "difficulty": 1,
        "covers": ["ecr-registries"],
        "bloom": "apply",
        "sources": [{"title": f"What is Amazon ECR? {HOSTILE}", "checked": "2026-11"}],
        "scenario": both("Où vont les images ?", "Where do the images go?"),
    }
    return msgspec.convert({"type": type, **common, **fields}, AnyQuestion)


OPEN = question(
    "open",
    model_answer=both("Amazon ECR.", "Amazon ECR."),
    rubric={
        "required": [{"id": "ecr", "label": both("ECR", "a managed registry"), "any_of": ["ecr"]}],
        "rejected": [
            {
                "id": "hub",
                "label": both("Docker Hub", "Docker Hub"),
                "any_of": ["hub"],
                "why": both("Pas d'IAM.", "No IAM."),
            }
        ],
    },
)
ONE = question("choice", options=[option("alpha", True), *map(option, ("beta", "gamma", "delta"))])
TWO = question(
    "choice",
    id="two-example",
    options=[option("alpha", True), option("beta", True), *map(option, ("gamma", "delta", "epsilon"))],
)
ORDERING = question(
    "ordering",
    steps=[
        {"text": both(t, t), "rationale": both("Parce que.", f"Why {t}.")} for t in ("push", "pull", "run")
    ],
)
MATCHING = question(
    "matching",
    targets=[both("froid", "green"), both("chaud", "red")],
    items=[
        {"text": both(t, t), "match": n % 2, "rationale": both("Parce que.", f"Why {t}.")}
        for n, t in enumerate(("grass", "blood", "leaf"))
    ],
)
QUESTIONS = {"open": OPEN, "one": ONE, "two": TWO, "ordering": ORDERING, "matching": MATCHING}
EXAM = {
    f"exam-{n}": question(
        "choice",
        id=f"exam-{n}",
        domain=DOMAINS[n % 4],
        scenario=both(f"Cas {n}", f"Case {n}"),
        options=[option("alpha", True), *map(option, ("beta", "gamma", "delta"))],
    )
    for n in range(30)
}


def judge(question: OpenQuestion, answer: Any, lang: Any) -> Outcome:
    """The verdict that an open answer begins with; `slow` takes longer than a page waits in silence."""
    if not isinstance(question, OpenQuestion):
        return sitting.judge(question, answer, lang)
    told = answer.split()[0]
    if told == "slow":
        time.sleep(9)
        told = "correct"
    required, rejected = question.rubric.required, question.rubric.rejected
    return Outcome(
        told,
        float(told == "correct"),
        Text(fr="Parce que.", en=f"Because. {HOSTILE}"),
        found=required if told == "correct" else (),
        missing=() if told == "correct" else required,
        contradicted=rejected if told == "incorrect" else (),
    )


def card(kind: str = "open", lang: str = "en") -> Any:
    """A card in `lang`, with the learner's own record."""
    return make(
        QUESTIONS[kind],
        title="Question 2 of 9" if lang == "en" else "Question 2 sur 9",
        lang=lang,
        judge=judge,
    )


def series() -> Series:
    """Two questions, one after another."""
    waiting = iter([ONE, TWO])
    return Series(lambda card: next(waiting, None), "'example'", "text", empty="", total=2, lang="en")


class Hurry:
    """The exam's clock; a test lets minutes pass."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.passed


hurry = Hurry()


def exam(record: str = "record") -> Exam:
    """A mock exam of hostile questions, always the same; one runs at a time in each record."""
    kept = Record(home() / f"{record}.sqlite", now=hurry)
    return Exam("short", EXAM, lang="en", record=kept, now=hurry, seed=lambda: 7)


def note_kernel() -> None:
    """Write down which process this kernel is: a test kills it."""
    (home() / "kernel.pid").write_text(str(os.getpid()))

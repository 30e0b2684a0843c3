"""A card for the browser's tests, imported by their notebooks: its verdict is the answer's first word."""

from __future__ import annotations

import time

import msgspec

from quiz.model import OpenQuestion, Text
from quiz.open_answer import Verdict
from quiz.widgets import QuestionCard

HOSTILE = "<img src=x onerror='window.hacked = true'>"

QUESTION = msgspec.convert(
    {
        "id": "central-registry",
        "domain": "secure",
        "task": "2.1",
        "topic": "ecr",
        "difficulty": 1,
        "covers": ["ecr-registries"],
        "bloom": "apply",
        "sources": [{"title": "What is Amazon ECR?", "checked": "2026-11"}],
        "type": "open",
        "scenario": {"fr": "Où vont les images ?", "en": f"Where do the images go? {HOSTILE}"},
        "model_answer": {"fr": "Amazon ECR.", "en": f"Amazon ECR. {HOSTILE}"},
        "rubric": {
            "required": [
                {
                    "id": "ecr",
                    "label": {"fr": "ECR", "en": f"a managed registry {HOSTILE}"},
                    "any_of": ["ecr"],
                }
            ],
            "rejected": [
                {
                    "id": "hub",
                    "label": {"fr": "Docker Hub", "en": "Docker Hub"},
                    "any_of": ["hub"],
                    "why": {"fr": "Pas d'IAM.", "en": f"No IAM. {HOSTILE}"},
                }
            ],
        },
    },
    OpenQuestion,
)


def grade(question: OpenQuestion, answer: str, lang: str) -> Verdict:
    """The verdict that the answer begins with; `slow` takes longer than a page waits in silence."""
    told = answer.split()[0]
    if told == "slow":
        time.sleep(10)
        told = "correct"
    required, rejected = question.rubric.required, question.rubric.rejected
    return Verdict(
        verdict=told,
        found=required if told == "correct" else (),
        missing=() if told == "correct" else required,
        contradicted=rejected if told == "incorrect" else (),
        explanation=Text(fr="Parce que.", en=f"Because. {HOSTILE}"),
    )


def card(lang: str = "en") -> QuestionCard:
    """A card in `lang`, with the learner's own record."""
    return QuestionCard(QUESTION, grade=grade, number=2, total=9, lang=lang)

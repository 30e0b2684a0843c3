"""Loads the question bank: every YAML file of the folder `bank/`, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from quiz.model import OpenQuestion

FOLDER = Path(__file__).parent / "bank"


class BankError(ValueError):
    """A question that cannot be used; the text names file, question and field."""


class Bank(Mapping[str, OpenQuestion]):
    """The questions by id, in the order of the files."""

    def __init__(self, questions: Mapping[str, OpenQuestion]):
        self._questions = dict(questions)

    def __getitem__(self, id: str) -> OpenQuestion:
        return self._questions[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._questions)

    def __len__(self) -> int:
        return len(self._questions)


@cache
def load(folder: Path = FOLDER) -> Bank:
    """Every question of the folder. Raises BankError for the first one that is not valid."""
    questions: dict[str, OpenQuestion] = {}
    for file in sorted(folder.glob("*.yaml")):
        for entry in _entries(file):
            question = _question(entry, file)
            if question.id in questions:
                raise BankError(f"{file.name}: question {question.id}: this id is already taken")
            questions[question.id] = question
    return Bank(questions)


def _entries(file: Path) -> list[Any]:
    try:
        entries = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise BankError(f"{file.name}: not valid YAML: {error}") from error
    if not isinstance(entries, list):
        raise BankError(f"{file.name}: expected a list of questions")
    return entries


def _question(entry: Any, file: Path) -> OpenQuestion:
    name = entry.get("id", "without id") if isinstance(entry, dict) else entry
    try:
        question = msgspec.convert(entry, OpenQuestion)
    except msgspec.ValidationError as error:
        raise BankError(f"{file.name}: question {name}: {error}") from error
    rubric = question.rubric
    if rubric.needed > len(rubric.required):
        raise BankError(f"{file.name}: question {name}: rubric.at_least: more than the ideas required")
    ids = [idea.id for idea in rubric.ideas]
    for id in ids:
        if ids.count(id) > 1:
            raise BankError(f"{file.name}: question {name}: rubric: idea {id} appears twice")
    return question

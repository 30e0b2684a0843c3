"""The question bank: every YAML file of the folder `bank/`, checked as it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from quiz.model import CHOICES, AnyQuestion, ChoiceQuestion, MatchingQuestion, OpenQuestion

FOLDER = Path(__file__).parent / "bank"
CHAPTER = "chapter.yaml"  # the nine scenario questions of the chapter


class BankError(ValueError):
    """A question that cannot be used; the text names file, question and field."""


class Bank(Mapping[str, AnyQuestion]):
    """The questions by id: the chapter's first, then file by file.

    A file is read when it is first needed, so that a learner does not wait for 250 questions to answer one of
    the chapter. Raises BankError for the first question that is not valid.
    """

    def __init__(self, folder: Path):
        self._files = sorted(folder.glob("*.yaml"), key=lambda file: (file.name != CHAPTER, file.name))
        self._read: dict[Path, dict[str, AnyQuestion]] = {}

    def __getitem__(self, id: str) -> AnyQuestion:
        likely_first = sorted(
            self._files, key=lambda file: file.name != CHAPTER and not id.startswith(file.stem)
        )
        for file in likely_first:
            if id in (questions := self._questions(file)):
                return questions[id]
        raise KeyError(id)

    def __iter__(self) -> Iterator[str]:
        for file in self._files:
            yield from self._questions(file)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _questions(self, file: Path) -> dict[str, AnyQuestion]:
        if file not in self._read:
            taken = {id for known in self._read.values() for id in known}
            questions: dict[str, AnyQuestion] = {}
            for question in read(file):
                if isinstance(question, BankError):
                    raise question
                if question.id in taken | questions.keys():
                    raise BankError(f"{file.name}: question {question.id}: this id is already taken")
                questions[question.id] = question
            self._read[file] = questions
        return self._read[file]


@cache
def load(folder: Path = FOLDER) -> Bank:
    """The questions of the folder."""
    return Bank(folder)


@cache
def chapter() -> dict[str, OpenQuestion]:
    """The chapter's nine scenario questions, which a learner answers in their own words."""
    return {
        question.id: question for question in read(FOLDER / CHAPTER) if isinstance(question, OpenQuestion)
    }


def read(file: Path) -> Iterator[AnyQuestion | BankError]:
    """Each question of a file, or what is wrong with it: one bad question does not hide the next."""
    try:
        entries = _entries(file)
    except BankError as error:
        yield error
        return
    for entry in entries:
        try:
            yield _question(entry, file)
        except BankError as error:
            yield error


def _entries(file: Path) -> list[Any]:
    try:
        entries = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise BankError(f"{file.name}: not valid YAML: {error}") from error
    if not isinstance(entries, list):
        raise BankError(f"{file.name}: expected a list of questions")
    return entries


def _question(entry: Any, file: Path) -> AnyQuestion:
    name = entry.get("id", "without id") if isinstance(entry, dict) else entry
    try:
        question: AnyQuestion = msgspec.convert(entry, AnyQuestion)
    except msgspec.ValidationError as error:
        raise BankError(f"{file.name}: question {name}: {error}") from error
    if problem := _problem(question):
        raise BankError(f"{file.name}: question {name}: {problem}")
    return question


def _problem(question: AnyQuestion) -> str | None:
    """What the types alone do not say."""
    match question:
        case OpenQuestion(rubric=rubric):
            if rubric.needed > len(rubric.required):
                return "rubric.at_least: more than the ideas required"
            ids = [idea.id for idea in rubric.ideas]
            if twice := next((id for id in ids if ids.count(id) > 1), None):
                return f"rubric: idea {twice} appears twice"
        case ChoiceQuestion(options=options, keys=keys):
            allowed = CHOICES[len(options)]
            if len(keys) not in allowed:
                return f"options: {len(keys)} of {len(options)} are correct, expected {allowed}"
        case MatchingQuestion(targets=targets, items=items):
            if any(item.match >= len(targets) for item in items):
                return "items: a match beyond the targets"
    return None

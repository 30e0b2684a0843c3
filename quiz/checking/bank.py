"""All checks of a bank in one go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from labs import facts
from quiz import bank, syllabus
from quiz.checking import bias, coverage, review, similarity, sources, wording
from quiz.checking.findings import Finding
from quiz.model import AnyQuestion, ChoiceQuestion, Domain


def read(folder: Path) -> tuple[list[AnyQuestion], list[Finding]]:
    """The valid questions of a folder, and what is wrong with the others."""
    questions: dict[str, AnyQuestion] = {}
    findings: list[Finding] = []
    for file in sorted(folder.glob("*.yaml")):
        for question in bank.read(file):
            if isinstance(question, bank.BankError):
                findings.append(Finding("", "invalid", {"problem": question}))
            elif question.id in questions:
                findings.append(Finding(question.id, "id_taken"))
            else:
                questions[question.id] = question
    return list(questions.values()), findings


def exam_weights() -> dict[Domain, float]:
    """Each domain's share of the exam in per cent."""
    return {domain: facts.number(key) for domain, key in coverage.WEIGHTS.items()}


def check(
    questions: Sequence[AnyQuestion],
    today: date,
    reviews: review.Reviews | None,
    known: Mapping[str, facts.Fact],
) -> Iterator[Finding]:
    """Everything to mend. `reviews` is None for a bank that keeps no record of a second solving."""
    for question in questions:
        yield from wording.languages(question)
        yield from wording.typography(question)
        yield from wording.number_to_choose(question)
        yield from wording.facts(question, known)
        yield from sources.check(question, today)
    yield from similarity.check(questions)
    yield from bias.check([question for question in questions if isinstance(question, ChoiceQuestion)])
    yield from coverage.check(questions, syllabus.points(), exam_weights())
    if reviews is not None:
        yield from review.check(questions, reviews)

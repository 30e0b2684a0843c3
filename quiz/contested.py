"""What a teacher reads of a contested verdict: pure."""

from __future__ import annotations

from collections.abc import Mapping

from labs.learner import Language
from quiz.model import AnyQuestion, ChoiceQuestion, MatchingQuestion, OpenQuestion, OrderingQuestion
from quiz.responses import from_text
from quiz.store import Attempt

NONE = "–"


def entry(attempt: Attempt, questions: Mapping[str, AnyQuestion]) -> dict[str, object]:
    """One line for a file; the scenario is None when the bank no longer has the question."""
    question = questions.get(attempt.question)
    return {
        "id": attempt.id,
        "question": attempt.question,
        "bank_version": attempt.bank_version,
        "lang": attempt.lang,
        "scenario": question.scenario(attempt.lang) if question else None,
        "answer": in_words(attempt, question),
        "verdict": attempt.verdict,
        "credit": attempt.credit,
        "comment": attempt.comment,
        "answered_at": attempt.answered_at.isoformat(),
    }


def in_words(attempt: Attempt, question: AnyQuestion | None) -> str:
    """The answer as the learner saw it; places as they are kept when the bank has changed the question since."""
    if question is None or isinstance(question, OpenQuestion) or question.version != attempt.bank_version:
        return attempt.answer
    places = [place for place in from_text(question, attempt.answer) if not isinstance(place, str)]
    return "; ".join(_parts(question, places, attempt.lang))


def _parts(question: AnyQuestion, places: list[int | None], lang: Language) -> list[str]:
    chosen = sorted(place for place in places if place is not None)
    match question:
        case ChoiceQuestion(options=options):
            return [options[place].text(lang) for place in chosen]
        case OrderingQuestion(steps=steps):
            return [steps[place].text(lang) for place in places if place is not None]
        case MatchingQuestion(items=items, targets=targets):
            return [
                f"{item.text(lang)} → {NONE if place is None else targets[place](lang)}"
                for item, place in zip(items, places, strict=True)
            ]
    return []

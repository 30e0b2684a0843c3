"""What a teacher reads of a contested verdict: pure."""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import category

from labs.learner import Language
from quiz.model import AnyQuestion, ChoiceQuestion, MatchingQuestion, OpenQuestion, OrderingQuestion
from quiz.responses import from_text
from quiz.sitting import judge
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
    try:
        response = from_text(question, attempt.answer)
        judge(question, response, attempt.lang)
    except ValueError:  # no answer to this question: the record was edited
        return attempt.answer
    places = [place for place in response if not isinstance(place, str)]
    return "; ".join(_parts(question, places, attempt.lang))


def printable(text: str) -> str:
    """The text for a terminal: characters that would steer it (escape sequences) or turn the direction of writing are
    written out, as in \\x1b."""
    return "".join(
        ascii(character)[1:-1] if character != "\n" and category(character) in ("Cc", "Cf") else character
        for character in text
    )


def _parts(question: AnyQuestion, places: list[int | None], lang: Language) -> list[str]:
    match question:
        case ChoiceQuestion(options=options):
            return [options[place].text(lang) for place in sorted(p for p in places if p is not None)]
        case OrderingQuestion(steps=steps):
            return [steps[place].text(lang) for place in places if place is not None]
        case MatchingQuestion(items=items, targets=targets):
            return [
                f"{item.text(lang)} → {NONE if place is None else targets[place](lang)}"
                for item, place in zip(items, places, strict=True)
            ]
    return []

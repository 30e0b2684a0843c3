"""One question answered: the same judgement for cards and terminal, with what the learner may read of it."""

from __future__ import annotations

from dataclasses import dataclass

from labs.learner import Language
from quiz import scoring
from quiz.model import (
    AnyQuestion,
    ChoiceQuestion,
    ClosedQuestion,
    Idea,
    MatchingQuestion,
    OpenQuestion,
    OrderingQuestion,
    Text,
)
from quiz.open_answer import Verdict, grade
from quiz.open_answer.rubric import Grade
from quiz.scoring import Response

OPEN_CREDIT: dict[Grade, float] = {"correct": 1.0, "partial": 0.5, "incorrect": 0.0, "not_recognised": 0.0}


@dataclass(frozen=True)
class Part:
    """One option, step or item of a closed question beside what the learner made of it.

    choice: `given` and `expected` are 1 (chosen, a key) or 0; ordering: positions from 0; matching: places of
    targets, `given` None where no target was chosen.
    """

    place: int
    text: Text
    rationale: Text
    given: int | None
    expected: int

    @property
    def right(self) -> bool:
        """Whether the learner treated this part rightly."""
        return self.given == self.expected


@dataclass(frozen=True)
class Outcome:
    """The judgement of one answer: `credit` from 0 to 1; ideas of an open answer, or parts of a closed question.

    An exam counts only the verdict "correct".
    """

    verdict: Grade
    credit: float
    explanation: Text | None = None
    found: tuple[Idea, ...] = ()
    missing: tuple[Idea, ...] = ()
    contradicted: tuple[Idea, ...] = ()
    parts: tuple[Part, ...] = ()


def judge(question: AnyQuestion, response: str | Response, lang: Language) -> Outcome:
    """Judge an answer: a text for an open question, places of the bank for a closed one.

    Raises ValueError when the response is not one to this question.
    """
    if isinstance(question, OpenQuestion):
        if not isinstance(response, str):
            raise ValueError("an open question is answered by a text")
        return of_verdict(grade(question, response, lang))
    if isinstance(response, str):
        raise ValueError("a closed question is answered by places")
    score = scoring.score(question, response)
    return Outcome(score.verdict, score.credit, parts=review(question, response))


def of_verdict(verdict: Verdict) -> Outcome:
    """The outcome of a graded open answer."""
    return Outcome(
        verdict.verdict,
        OPEN_CREDIT[verdict.verdict],
        verdict.explanation,
        verdict.found,
        verdict.missing,
        verdict.contradicted,
    )


def review(question: ClosedQuestion, response: Response) -> tuple[Part, ...]:
    """Every option, step or item in the bank's order with the learner's choice; an empty response chose nothing."""
    match question:
        case ChoiceQuestion(options=options):
            return tuple(
                Part(place, option.text, option.rationale, int(place in response), int(option.correct))
                for place, option in enumerate(options)
            )
        case OrderingQuestion(steps=steps):
            given = {place: position for position, place in enumerate(response)}
            return tuple(
                Part(place, step.text, step.rationale, given.get(place), place)
                for place, step in enumerate(steps)
            )
        case MatchingQuestion(items=items):
            chosen = list(response) or [None] * len(items)
            return tuple(
                Part(place, item.text, item.rationale, chosen[place], item.match)
                for place, item in enumerate(items)
            )

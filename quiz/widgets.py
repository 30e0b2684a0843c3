"""Question cards for notebooks: written answer in, verdict and reasons out.

The page only draws (`static/card.js`); answer, verdict and record are the kernel's, so that a
reloaded page shows the card as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from labs.learner import Language, language
from quiz import bank, open_answer
from quiz.model import Idea, OpenQuestion, WrongIdea
from quiz.open_answer import Verdict
from quiz.recording import keep
from quiz.store import Record, RecordError
from quiz.widget_texts import say

STATIC = Path(__file__).parent / "static"
ANSWER_LIMIT = 1200  # characters: four long sentences
CARD_WORDS = [
    "label",
    "keys",
    "submit",
    "again",
    "empty",
    "grading",
    "silent",
    "found",
    "missing",
    "contradicted",
    "model_answer",
    "tempting",
    "contest",
    "contest_label",
    "contest_send",
]

_drafts: dict[
    str, str
] = {}  # by question: running a cell again makes a new card, which goes on with the text

Grader = Callable[[OpenQuestion, str, Language], Verdict]


class UnknownQuestion(LookupError):
    """No question has this id; the text lists those that exist."""


def _now() -> datetime:
    return datetime.now(UTC)


class QuestionCard(anywidget.AnyWidget):
    """One open question. `answer` is what the learner has written so far, `feedback` the last verdict."""

    _esm = STATIC / "card.js"
    _css = STATIC / "card.css"
    content = traitlets.Dict().tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    feedback = traitlets.Dict().tag(sync=True)
    contest = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        question: OpenQuestion,
        *,
        grade: Grader,
        number: int = 1,
        total: int = 1,
        lang: Language | None = None,
        record: Record | None = None,
        now: Callable[[], datetime] = _now,
    ):
        self.question = question
        self.lang: Language = lang or language()
        self._record = record or Record()
        self._grade = grade
        self._now = now
        self._asked_at = now()
        self._turn = 0
        self.verdict, previously = self._before()
        words: dict[str, Any] = {key: say(key, self.lang) for key in CARD_WORDS}
        words |= {
            "lang": self.lang,
            "limit": ANSWER_LIMIT,
            "title": say("title", self.lang, number=number, total=total),
            "scenario": question.scenario(self.lang),
            "previous": previously,
        }
        super().__init__(content=words, answer=_drafts.get(question.id, ""))
        self.observe(lambda change: _drafts.update({question.id: change.new}), "answer")
        self.on_msg(self._receive)

    def submit(self, answer: str) -> None:
        """Grade an answer, write it to the record, then show the verdict (also without a record)."""
        answer = answer[:ANSWER_LIMIT]
        if not answer.strip():
            return
        self.answer = answer
        try:
            verdict = self._grade(self.question, answer, self.lang)
        except Exception:
            self._show({"error": say("grading_failed", self.lang)})
            raise
        kept = keep(self._record, self.question, answer, self.lang, verdict, self._asked_at)
        self._asked_at = self._now()
        self.verdict = verdict.verdict
        self.contest = {}
        _drafts.pop(self.question.id, None)
        self._show(self._feedback(verdict) | {"attempt": kept.attempt, "notice": kept.notice})

    def contest_verdict(self, attempt: int, comment: str = "") -> None:
        """Note in the record that the learner disagrees with a verdict."""
        try:
            self._record.contest(attempt, comment[:ANSWER_LIMIT])
        except (RecordError, KeyError) as error:
            self.contest = {"done": False, "text": str(error)}
        else:
            self.contest = {"done": True, "text": say("contested", self.lang)}

    def _receive(self, _: object, message: Any, buffers: object) -> None:
        """What the page sends. Anything else is ignored: any script of the page could have sent it."""
        match message:
            case {"kind": "submit", "answer": str(answer)}:
                self.submit(answer)
            case {"kind": "contest", "attempt": int(attempt), "comment": str(comment)}:
                self.contest_verdict(attempt, comment)

    def _show(self, feedback: dict[str, Any]) -> None:
        self._turn += 1  # the page waits for a change, and the same verdict twice would be none
        self.feedback = feedback | {"turn": self._turn}

    def _feedback(self, verdict: Verdict) -> dict[str, Any]:
        wrong = [idea for idea in self.question.rubric.rejected if idea not in verdict.contradicted]
        return {
            "verdict": verdict.verdict,
            "title": say(verdict.verdict, self.lang),
            "summary": verdict.explanation(self.lang),
            "found": self._shown(verdict.found),
            "missing": self._shown(verdict.missing),
            "contradicted": self._shown(verdict.contradicted),
            "model_answer": self.question.model_answer(self.lang),
            "tempting": self._shown(wrong),
        }

    def _shown(self, ideas: Iterable[Idea]) -> list[dict[str, str]]:
        return [
            {
                "label": idea.label(self.lang),
                "why": idea.why(self.lang) if isinstance(idea, WrongIdea) else "",
            }
            for idea in ideas
        ]

    def _before(self) -> tuple[str | None, str]:
        """The last verdict in the record, and what the card says of it (or of a record out of order)."""
        try:
            attempts = self._record.attempts(self.question.id)
        except RecordError as error:
            return None, str(error)
        if not attempts:
            return None, ""
        last = attempts[-1]
        day = last.answered_at.astimezone().date().isoformat()
        return last.verdict, say("previous", self.lang, day=day, verdict=say(last.verdict, self.lang))

    @property
    def text(self) -> str:
        """The question in Markdown and how to answer it, for where widgets do not run."""
        title, scenario = self.content["title"], self.content["scenario"]
        return say("text_form", self.lang, title=title, scenario=scenario, id=self.question.id)

    def __repr__(self) -> str:
        return f"QuestionCard({self.question.id!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The card; and, where widgets do not run, its text."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/plain": repr(self), "text/markdown": self.text}, metadata


class Chapter(ipywidgets.VBox):
    """Cards one below the other, under a line that says how many are answered and correct."""

    def __init__(self, cards: list[QuestionCard]):
        self.cards = cards
        self._standing = ipywidgets.Label()
        super().__init__([self._standing, *cards])
        for card in cards:
            card.observe(lambda change: self._count(), "feedback")
        self._count()

    def _count(self) -> None:
        verdicts = [card.verdict for card in self.cards if card.verdict]
        self._standing.value = say(
            "standing", answered=len(verdicts), total=len(self.cards), correct=verdicts.count("correct")
        )

    def __repr__(self) -> str:
        return f"Chapter({len(self.cards)} questions)"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The cards; and, where widgets do not run, their questions as text."""
        data = super()._repr_mimebundle_(**kwargs)
        return data | {
            "text/plain": repr(self),
            "text/markdown": "\n\n".join(card.text for card in self.cards),
        }


def ask(id: str) -> QuestionCard:
    """The card of one question, in the learner's language. Raises UnknownQuestion."""
    questions = bank.chapter()
    if id not in questions:
        raise UnknownQuestion(say("unknown_question", id=id, known=", ".join(questions)))
    number = list(questions).index(id) + 1
    return QuestionCard(questions[id], grade=open_answer.grade, number=number, total=len(questions))


def chapter() -> Chapter:
    """The cards of all the chapter's questions, in order."""
    return Chapter([ask(id) for id in bank.chapter()])

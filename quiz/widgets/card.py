"""What every question card has: draft, submission, record, verdict, contest.

The page only draws (`static/card.js`). Answer, verdict and record are the kernel's, so that a reloaded page shows the
card as it was; before the verdict the page knows no key.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

import anywidget
import traitlets

from labs.learner import Language, language
from quiz import sitting
from quiz.clock import utc_now
from quiz.model import AnyQuestion
from quiz.recording import keep
from quiz.responses import kind
from quiz.scoring import Response
from quiz.sitting import Outcome
from quiz.store import Attempt, Mode, Record, RecordError
from quiz.widget_texts import say
from quiz.widgets.bundle import STATIC, bundle
from quiz.widgets.printed import printed

TEXT_LIMIT = 1200  # characters: four long sentences
WORDS = ["submit", "again", "grading", "silent", "contest", "contest_send", "sources"]

Judge = Callable[[Any, Any, Language], Outcome]

_drafts: dict[tuple[str, int], Any] = {}
"""Unsent answers by question and attempts before: running a cell again makes a new card, which goes on with them."""


class NotAnAnswer(ValueError):
    """What the page sent cannot have been meant as an answer to this question."""


class QuestionCard(anywidget.AnyWidget):
    """One question. `answer` is the learner's so far, as the page shows it; `feedback` the last verdict.

    `follow` is called when the learner asks for the next question; without it the card does not offer one.
    """

    _esm = bundle("cards.js")
    _css = STATIC / "quiz.css"
    content = traitlets.Dict().tag(sync=True)
    answer = traitlets.Any().tag(sync=True)
    feedback = traitlets.Dict().tag(sync=True)
    contest = traitlets.Dict().tag(sync=True)

    words: ClassVar[tuple[str, ...]] = ()
    """Keys of the kind's own words."""

    def __init__(
        self,
        question: AnyQuestion,
        *,
        title: str = "",
        lang: Language | None = None,
        record: Record | None = None,
        mode: Mode = "practice",
        follow: Callable[[], None] | None = None,
        judge: Judge = sitting.judge,
        now: Callable[[], datetime] = utc_now,
    ):
        self.question = question
        self.lang: Language = lang or language()
        self.title = title or say("one_question", self.lang, topic=say(question.topic, self.lang))
        self.outcome: Outcome | None = None
        self._record = record or Record()
        self._mode: Mode = mode
        self._follow = follow
        self._judge = judge
        self._now = now
        self._asked_at = now()
        self._turn = 0
        before, notice = self._before()
        self.verdict = before[-1].verdict if before else None
        self.seed = len(before)
        previous = notice or (self._previously(before[-1]) if before else "")
        content: dict[str, Any] = {key: say(key, self.lang) for key in [*WORDS, *self.words]}
        content |= {
            "kind": kind(question),
            "lang": self.lang,
            "limit": TEXT_LIMIT,
            "title": self.title,
            "scenario": question.scenario(self.lang),
            "previous": previous,
            "next": say("next_question", self.lang) if follow else "",
        }
        content |= self._content()
        super().__init__(content=content, answer=_drafts.get(self._draft, self._blank()))
        self.observe(lambda change: _drafts.update({self._draft: change.new}), "answer")
        self.on_msg(self._receive)

    # What the kinds differ in

    def _content(self) -> dict[str, Any]:
        """What the page needs to draw the question, beyond what every card has."""
        raise NotImplementedError

    def _blank(self) -> Any:
        """The answer before any."""
        raise NotImplementedError

    def _response(self, answer: Any) -> str | Response:
        """The answer in the bank's terms. Raises NotAnAnswer."""
        raise NotImplementedError

    def _told(self, outcome: Outcome) -> dict[str, Any]:
        """What the page shows of the outcome, beyond the verdict."""
        raise NotImplementedError

    # What the learner does

    def submit(self, answer: Any) -> None:
        """Judge an answer, write it to the record, then show the verdict (also without a record)."""
        try:
            response = self._response(answer)
        except NotAnAnswer:
            return
        self.answer = answer
        try:
            outcome = self._judge(self.question, response, self.lang)
        except Exception:
            self._show({"error": say("grading_failed", self.lang)})
            raise
        kept = keep(
            self._record, self.question, response, self.lang, outcome, self._asked_at,
            mode=self._mode, now=self._now,
        )  # fmt: skip
        self._asked_at = self._now()
        self.outcome, self.verdict = outcome, outcome.verdict
        self.contest = {}
        _drafts.pop(self._draft, None)
        verdict = {"verdict": outcome.verdict, "title": say(outcome.verdict, self.lang)}
        self._show(verdict | self._told(outcome) | {"attempt": kept.attempt, "notice": kept.notice})

    def again(self) -> None:
        """Take the verdict away and let the learner answer afresh."""
        self.answer = self._blank()
        self._show({})

    def end(self, text: str) -> None:
        """Say below the verdict that no question follows, and why."""
        self._follow = None
        self._show(self.feedback | {"notice": text, "last": True})

    def contest_verdict(self, attempt: int, comment: str = "") -> None:
        """Note in the record that the learner disagrees with a verdict."""
        try:
            self._record.contest(attempt, comment[:TEXT_LIMIT])
        except (RecordError, KeyError) as error:
            self.contest = {"done": False, "text": str(error)}
        else:
            self.contest = {"done": True, "text": say("contested", self.lang)}

    def _receive(self, _: object, message: Any, buffers: object) -> None:
        """What the page sends. Anything else is ignored: any script of the page could have sent it."""
        match message:
            case {"kind": "submit", "answer": answer}:
                self.submit(answer)
            case {"kind": "again"}:
                self.again()
            case {"kind": "contest", "attempt": int(attempt), "comment": str(comment)}:
                self.contest_verdict(attempt, comment)
            case {"kind": "next"} if self._follow and self.outcome:
                self._follow()

    def _show(self, feedback: dict[str, Any]) -> None:
        self._turn += 1  # the page waits for a change, and the same verdict twice would be none
        self.feedback = feedback | {"turn": self._turn}

    @property
    def _draft(self) -> tuple[str, int]:
        return self.question.id, self.seed

    def _before(self) -> tuple[list[Attempt], str]:
        """The attempts in the record, and what to say of a record out of order."""
        try:
            return self._record.attempts(self.question.id), ""
        except RecordError as error:
            return [], str(error)

    def _previously(self, last: Attempt) -> str:
        day = last.answered_at.astimezone().date().isoformat()
        return say("previous", self.lang, day=day, verdict=say(last.verdict, self.lang))

    def _sources(self) -> list[str]:
        sources = self.question.sources
        return [say("source", self.lang, title=source.title, month=source.checked) for source in sources]

    @property
    def text(self) -> str:
        """The question in Markdown and how to answer it, for where widgets do not run."""
        how = say("how_to_run", self.lang, command=f"course quiz --question {self.question.id}")
        return f"{printed(self.question, self.title, self.lang)}\n\n{how}"

    def __repr__(self) -> str:
        return f"QuestionCard({self.question.id!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The card; and, where widgets do not run, its text."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/plain": repr(self), "text/markdown": self.text}, metadata

"""The card of a question answered in the learner's own words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from quiz import judge
from quiz.model import Idea, OpenQuestion, WrongIdea
from quiz.sitting import Outcome
from quiz.widget_texts import say
from quiz.widgets.card import TEXT_LIMIT, NotAnAnswer, QuestionCard


class OpenCard(QuestionCard):
    """One open question: an answer that is not recognised gives nothing away unless the learner gives up."""

    question: OpenQuestion
    words = (
        "label", "keys", "empty", "found", "missing", "contradicted", "model_answer", "tempting", "contest_label",
        "reveal", "comment",
    )  # fmt: skip

    def _content(self) -> dict[str, Any]:
        return {"once": False}

    def _blank(self) -> str:
        return ""

    def _response(self, answer: Any) -> str:
        if not isinstance(answer, str) or not answer.strip():
            raise NotAnAnswer
        return answer[:TEXT_LIMIT]

    def submit(self, answer: Any) -> None:
        """Judge an answer, write it to the record, then show the verdict."""
        super().submit(answer[:TEXT_LIMIT] if isinstance(answer, str) else answer)
        outcome = self.outcome
        if outcome and outcome.verdict != "not_recognised" and self.feedback.get("verdict"):
            said = judge.comment(self.question, self.answer, outcome.verdict, self.lang)
            if said:  # after the verdict, which does not wait for it
                self._show(self.feedback | {"comment": said.text})

    def reveal(self) -> None:
        """Show what was expected, after an answer that was not recognised."""
        if self.outcome and self.verdict == "not_recognised":
            kept = {key: self.feedback[key] for key in ("verdict", "title", "attempt", "notice")}
            self._show(kept | self._everything(self.outcome))

    def _receive(self, sender: object, message: Any, buffers: object) -> None:
        match message:
            case {"kind": "reveal"}:
                self.reveal()
            case _:
                super()._receive(sender, message, buffers)

    def _told(self, outcome: Outcome) -> dict[str, Any]:
        if outcome.verdict == "not_recognised":
            nothing = dict.fromkeys(("found", "missing", "contradicted", "tempting", "sources"), ())
            return nothing | {
                "summary": say("say_it_otherwise", self.lang),
                "model_answer": "",
                "reveal": True,
            }
        return self._everything(outcome)

    def _everything(self, outcome: Outcome) -> dict[str, Any]:
        wrong = [idea for idea in self.question.rubric.rejected if idea not in outcome.contradicted]
        return {
            "summary": outcome.explanation(self.lang) if outcome.explanation else "",
            "found": self._shown(outcome.found),
            "missing": self._shown(outcome.missing),
            "contradicted": self._shown(outcome.contradicted),
            "model_answer": self.question.model_answer(self.lang),
            "tempting": self._shown(wrong),
            "sources": self._sources(),
        }

    def _shown(self, ideas: Iterable[Idea]) -> list[dict[str, str]]:
        return [
            {
                "label": idea.label(self.lang),
                "why": idea.why(self.lang) if isinstance(idea, WrongIdea) else "",
            }
            for idea in ideas
        ]

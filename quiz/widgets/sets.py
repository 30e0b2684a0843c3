"""Several cards: one below the other, or one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from quiz.model import AnyQuestion, ChoiceQuestion, MatchingQuestion, OpenQuestion, OrderingQuestion
from quiz.widget_texts import say
from quiz.widgets.card import QuestionCard
from quiz.widgets.choice_card import ChoiceCard
from quiz.widgets.matching_card import MatchingCard
from quiz.widgets.open_card import OpenCard
from quiz.widgets.ordering_card import OrderingCard


def card(question: AnyQuestion, **options: Any) -> QuestionCard:
    """The card of a question; the options are those of QuestionCard."""
    match question:
        case OpenQuestion():
            return OpenCard(question, **options)
        case ChoiceQuestion():
            return ChoiceCard(question, **options)
        case OrderingQuestion():
            return OrderingCard(question, **options)
        case MatchingQuestion():
            return MatchingCard(question, **options)


class QuestionSet(ipywidgets.VBox):
    """Cards one below the other, under a line that says how many are answered and correct.

    `name` is the set's in its text form, which never depends on the learner's record; `text` its Markdown.
    """

    def __init__(self, cards: Sequence[QuestionCard], name: str, text: str, notice: str = ""):
        self.cards = list(cards)
        self.name, self.text = name, text
        self._standing = ipywidgets.Label()
        notes = [ipywidgets.Label(notice)] if notice else []
        super().__init__([*notes, self._standing, *self.cards])
        for one in self.cards:
            one.observe(lambda change: self._count(), "feedback")
        self._count()

    def _count(self) -> None:
        verdicts = [one.verdict for one in self.cards if one.verdict]
        self._standing.value = say(
            "standing", answered=len(verdicts), total=len(self.cards), correct=verdicts.count("correct")
        )

    def __repr__(self) -> str:
        return f"QuestionSet({self.name})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The cards; and, where widgets do not run, text."""
        return super()._repr_mimebundle_(**kwargs) | {"text/plain": repr(self), "text/markdown": self.text}


class Series(ipywidgets.VBox):
    """One card after another: `choose` gives the next question, None when there is none left.

    `choose` is called with the card just answered (None at first), as soon as there is one.
    """

    def __init__(
        self,
        choose: Callable[[QuestionCard | None], AnyQuestion | None],
        name: str,
        text: str,
        *,
        empty: str,
        total: int | None = None,
        **options: Any,
    ):
        self.card: QuestionCard | None = None
        self.name, self.text = name, text
        self._choose, self._total, self._options = choose, total, options
        self._number = self._correct = 0
        self._standing = ipywidgets.Label()
        super().__init__()
        self._next()
        if self.card is None:
            self._standing.value = empty
            self.children = [self._standing]

    def _next(self) -> None:
        question = self._choose(self.card)
        if self.card and self.card.verdict == "correct":
            self._correct += 1
        if question is None:
            if self.card:
                self.card.end(say("series_over", number=self._number, correct=self._correct))
            return
        self._standing.value = say("series_so_far", number=self._number, correct=self._correct)
        self._number += 1
        topic = say(question.topic)
        title = say("title_in_series", number=self._number, topic=topic)
        if self._total:
            title = say("title", number=self._number, total=self._total)
        self.card = card(question, title=title, follow=self._next, **self._options)
        self.children = [self._standing, self.card] if self._number > 1 else [self.card]

    def __repr__(self) -> str:
        return f"Series({self.name})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The cards; and, where widgets do not run, text."""
        return super()._repr_mimebundle_(**kwargs) | {"text/plain": repr(self), "text/markdown": self.text}

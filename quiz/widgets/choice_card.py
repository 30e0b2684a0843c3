"""The card of a choice question; its pieces also draw the questions of an exam."""

from __future__ import annotations

from typing import Any

from labs.learner import Language
from quiz.model import ChoiceQuestion
from quiz.presentation import Layout
from quiz.sitting import Outcome, Part
from quiz.widget_texts import say
from quiz.widgets.card import NotAnAnswer
from quiz.widgets.closed_card import ClosedCard, Mark, positions


def shown(question: ChoiceQuestion, layout: Layout, lang: Language) -> dict[str, Any]:
    """What a page needs to draw the options: nothing that tells the keys but how many there are."""
    choose = len(question.keys)
    return {
        "options": [question.options[place].text(lang) for place in layout.order],
        "choose": choose,
        "how": say(f"choose_{choose}", lang),
        "empty": say("choose_first", lang),
        "chosen": say("chosen", lang, choose=choose, chosen="{chosen}"),
        "too_many": say("too_many", lang, choose=choose, chosen="{chosen}"),
    }


def response(question: ChoiceQuestion, layout: Layout, answer: Any) -> frozenset[int]:
    """The bank's places of the options chosen on the page. Raises NotAnAnswer."""
    chosen = positions(answer, len(question.options))
    if len(chosen) > len(question.keys):
        raise NotAnAnswer
    return frozenset(layout.place(position) for position in chosen)


def mark(part: Part, lang: Language) -> Mark:
    """What is shown of one option once the question is marked."""
    match part.given, part.expected:
        case 1, 1:
            tone, word = "right", "key_chosen"
        case 0, 1:
            tone, word = "missed", "key_left"
        case 1, 0:
            tone, word = "wrong", "wrong_chosen"
        case _:
            tone, word = "other", "wrong_left"
    return Mark(tone=tone, word=say(word, lang), why=part.rationale(lang))  # type: ignore[typeddict-item]


class ChoiceCard(ClosedCard):
    """One of four options, or two or three of five or six."""

    question: ChoiceQuestion

    def _content(self) -> dict[str, Any]:
        return super()._content() | shown(self.question, self.layout, self.lang)

    def _blank(self) -> list[int]:
        return []

    def _response(self, answer: Any) -> frozenset[int]:
        chosen = response(self.question, self.layout, answer)
        if not chosen:
            raise NotAnAnswer
        return chosen

    def _summary(self, outcome: Outcome, right: int) -> str:
        keys = len(self.question.keys)
        if keys == 1:
            return ""
        found = sum(part.given == part.expected == 1 for part in outcome.parts)
        return say("keys_found", self.lang, found=found, keys=keys)

    def _mark(self, part: Part) -> Mark:
        return mark(part, self.lang)

"""A closed question in the terminal: lettered options, an answer in letters or numbers, a rationale for each option."""

from __future__ import annotations

import re
from string import ascii_uppercase

from labs.learner import Language
from quiz.model import ChoiceQuestion, ClosedQuestion, MatchingQuestion, OrderingQuestion
from quiz.presentation import Layout
from quiz.scoring import Response
from quiz.sitting import Outcome, Part
from quiz.terminal.texts import say
from quiz.widget_texts import say as card

NOTHING = "-"  # an item without a target
MARKS = {True: "✓", False: "✗"}


class NotAnAnswer(ValueError):
    """What was typed is no answer to this question; the text tells the learner what would be."""


def shown(question: ClosedQuestion, layout: Layout, lang: Language) -> str:
    """The options under the question, and how to answer."""
    match question:
        case ChoiceQuestion(options=options, keys=keys):
            texts = [options[place].text for place in layout.order]
            how = card(f"choose_{len(keys)}", lang)
        case OrderingQuestion(steps=steps):
            texts = [steps[place].text for place in layout.order]
            how = say("how_to_order", lang)
        case MatchingQuestion(targets=targets, items=items):
            texts = [targets[place] for place in layout.order]
            listed = "\n".join(f"  {number}. {item.text(lang)}" for number, item in enumerate(items, 1))
            how = f"{listed}\n{say('how_to_match', lang, nothing=NOTHING)}"
    lettered = "\n".join(
        f"  {letter}. {text(lang)}" for letter, text in zip(ascii_uppercase, texts, strict=False)
    )
    return f"{lettered}\n{how}"


def parse(question: ClosedQuestion, layout: Layout, line: str, lang: Language) -> Response:
    """The places meant by "A C", "ac" or "1, 3". Raises NotAnAnswer."""
    shown_at = _positions(line, len(layout.order), isinstance(question, MatchingQuestion), lang)
    places = [None if position is None else layout.place(position) for position in shown_at]
    match question:
        case ChoiceQuestion(keys=keys):
            chosen = frozenset(place for place in places if place is not None)
            if len(chosen) != len(keys):
                raise NotAnAnswer(say("choose_exactly", lang, chosen=len(chosen), choose=len(keys)))
            return chosen
        case OrderingQuestion():
            if len(set(places)) != len(layout.order) or len(places) != len(layout.order):
                raise NotAnAnswer(say("each_once", lang, count=len(layout.order)))
        case MatchingQuestion(items=items):
            if len(places) != len(items):
                raise NotAnAnswer(say("one_each", lang, count=len(items), nothing=NOTHING))
    return tuple(places)


def feedback(question: ClosedQuestion, layout: Layout, outcome: Outcome, lang: Language) -> str:
    """The verdict, and each option with what it deserved and why."""
    if isinstance(question, ChoiceQuestion):
        parts = [outcome.parts[place] for place in layout.order]
    else:
        parts = list(outcome.parts)
    lines = [_explained(question, layout, part, lang) for part in parts]
    sources = "\n".join(
        f"- {card('source', lang, title=source.title, month=source.checked)}" for source in question.sources
    )
    worth = "" if outcome.verdict != "partial" else say("worth", lang, percent=round(100 * outcome.credit))
    heading = f"{card(outcome.verdict, lang).upper()}{worth}"
    return "\n".join(["", heading, *lines, "", card("sources", lang), sources])


def _explained(question: ClosedQuestion, layout: Layout, part: Part, lang: Language) -> str:
    match question:
        case ChoiceQuestion():
            key = "key" if part.expected else "wrong"
            judged = card(f"{key}_{'chosen' if part.given else 'left'}", lang)
            mark = MARKS[bool(part.expected)]
            start = f"{mark} {ascii_uppercase[layout.shown(part.place)]}. {part.text(lang)} ({judged})"
        case OrderingQuestion():
            start = f"{MARKS[part.right]} {part.expected + 1}. {part.text(lang)}"
        case MatchingQuestion(targets=targets):
            start = f"{MARKS[part.right]} {part.text(lang)} → {targets[part.expected](lang)}"
    return f"{start}\n    {part.rationale(lang)}"


def _positions(line: str, count: int, may_be_nothing: bool, lang: Language) -> list[int | None]:
    letters = ascii_uppercase[:count]
    numbers = [str(number) for number in range(1, count + 1)]
    positions: list[int | None] = []
    for token in re.findall(r"\d+|\w|[^\s,;.\w]", line.upper()):
        if may_be_nothing and token == NOTHING:
            positions.append(None)
        elif token in letters:
            positions.append(letters.index(token))
        elif token in numbers:
            positions.append(numbers.index(token))
        else:
            raise NotAnAnswer(say("unknown_letter", lang, typed=token, last=letters[-1]))
    return positions

"""Checks that a bank gives nothing away: lengths and places of keys, words that only distractors have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from labs.learner import LANGUAGES, Language
from quiz.checking.findings import Finding
from quiz.model import ChoiceQuestion

LONGER = 1.5  # a key this many times longer than every distractor gives itself away
LONGEST_SHARE = 0.40  # of questions where the key is the longest; 0.25 by chance with four options
DEVIATIONS = 3  # standard deviations from an equal share that a place may be off
ABSOLUTE: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"\b(toujours|jamais|aucune? |uniquement|seulement|forcément|impossible)\b", re.IGNORECASE
    ),
    "en": re.compile(r"\b(always|never|none|only|solely|necessarily|impossible)\b", re.IGNORECASE),
}


@dataclass(frozen=True)
class Lengths:
    """How often the key is the longest option, over the questions with one key."""

    questions: int
    longest: int

    @property
    def share(self) -> float:
        """0 when there are no questions."""
        return self.longest / self.questions if self.questions else 0.0


def single(questions: Iterable[ChoiceQuestion]) -> list[ChoiceQuestion]:
    """Those with one key."""
    return [question for question in questions if len(question.keys) == 1]


def lengths(questions: Sequence[ChoiceQuestion], lang: Language) -> Lengths:
    """Over the questions with one key."""
    ones = single(questions)
    return Lengths(len(ones), sum(_excess(question, lang) > 1 for question in ones))


def _excess(question: ChoiceQuestion, lang: Language) -> float:
    """The key's length over that of the longest distractor."""
    key = max(len(o.text(lang)) for o in question.options if o.correct)
    return key / max(len(o.text(lang)) for o in question.options if not o.correct)


def positions(questions: Sequence[ChoiceQuestion]) -> Counter[int]:
    """How often the key stands at each place, over the questions with one key of four."""
    return Counter(place for question in single(questions) for place in question.keys)


def check(questions: Sequence[ChoiceQuestion]) -> Iterator[Finding]:
    """Everything that would let a learner guess without reading."""
    for question in questions:
        for lang in LANGUAGES:
            if len(question.keys) == 1 and (excess := _excess(question, lang)) > LONGER:
                yield Finding(question.id, "long_key", {"language": lang, "excess": f"{excess:.1f}"})
            absolute = [bool(ABSOLUTE[lang].search(o.text(lang))) for o in question.options]
            wrong = [found for found, o in zip(absolute, question.options, strict=True) if not o.correct]
            if any(absolute) and wrong.count(True) == sum(absolute) and wrong.count(True) > len(wrong) / 2:
                yield Finding(question.id, "absolute_words", {"language": lang})
    for lang in LANGUAGES:
        measured = lengths(questions, lang)
        if measured.share > LONGEST_SHARE:
            yield Finding("", "longest_share", {"language": lang, "share": round(100 * measured.share)})
    places = positions(questions)
    total = places.total()
    for place in range(4):
        expected = total / 4
        if abs(places[place] - expected) > DEVIATIONS * sqrt(total * 0.25 * 0.75):
            values = {"place": "abcd"[place], "count": places[place], "expected": round(expected)}
            yield Finding("", "key_positions", values)

"""Checks of one question's words: both languages, French typography, the number of options to choose, facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from labs.facts import Fact
from labs.learner import LANGUAGES, Language
from quiz.checking.findings import Finding
from quiz.model import AnyQuestion, ChoiceQuestion, MatchingQuestion, OpenQuestion, OrderingQuestion, Text

FUNCTION_WORDS: dict[Language, frozenset[str]] = {
    "fr": frozenset(
        re.findall(r"\w+", "le la les un une des du de et est que qui dans pour sur avec ne pas par aux ce")
    ),
    "en": frozenset(
        re.findall(r"\w+", "the a an of and is that which in for with not by to it this from must are be")
    ),
}
SHORTEST_JUDGED = 8  # words: shorter texts may be names of services alone
CLEAR_MARGIN = 2  # function words more of one language than of the other
UNSPACED = re.compile(
    r"[^\s\u00a0\u202f«:/?!;(][?!;»](?!\w)|\w:(?=\s|$)|«(?![\u00a0\u202f])|[ ][?!;»]| :(?=\s|$)"
)
IN_WORDS: dict[Language, tuple[str, ...]] = {  # from one on
    "fr": ("une?", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    "en": ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}
NUMBERS: dict[int, dict[Language, str]] = {2: {"fr": "DEUX", "en": "TWO"}, 3: {"fr": "TROIS", "en": "THREE"}}


def texts(question: AnyQuestion) -> Iterator[tuple[str, Text]]:
    """Every text of a question that a learner reads, with its place."""
    yield "scenario", question.scenario
    match question:
        case OpenQuestion():
            yield "model_answer", question.model_answer
            for idea in question.rubric.ideas:
                yield f"rubric: {idea.id}", idea.label
            for wrong in (*question.rubric.rejected, *question.rubric.undoing, *question.rubric.harmful):
                yield f"rubric: {wrong.id}: why", wrong.why
        case ChoiceQuestion():
            for number, option in enumerate(question.options, 1):
                yield f"option {number}", option.text
                yield f"option {number}: rationale", option.rationale
        case OrderingQuestion():
            for number, step in enumerate(question.steps, 1):
                yield f"step {number}", step.text
                yield f"step {number}: rationale", step.rationale
        case MatchingQuestion():
            for number, target in enumerate(question.targets, 1):
                yield f"target {number}", target
            for number, item in enumerate(question.items, 1):
                yield f"item {number}", item.text
                yield f"item {number}: rationale", item.rationale


def languages(question: AnyQuestion) -> Iterator[Finding]:
    """A text that stands in one language only, or in the other one's place."""
    for place, text in texts(question):
        if text.fr == text.en and len(text.fr.split()) >= SHORTEST_JUDGED:
            yield Finding(question.id, "same_text", {"place": place})
        for lang in LANGUAGES:
            if _likely_language(text(lang)) not in (lang, None):
                yield Finding(question.id, "wrong_language", {"place": place, "language": lang})


def _likely_language(text: str) -> Language | None:
    words = re.findall(r"[\w’']+", text.lower())
    if len(words) < SHORTEST_JUDGED:
        return None
    counts = {lang: sum(word in known for word in words) for lang, known in FUNCTION_WORDS.items()}
    if abs(counts["fr"] - counts["en"]) < CLEAR_MARGIN:
        return None
    return max(counts, key=lambda lang: counts[lang])


def typography(question: AnyQuestion) -> Iterator[Finding]:
    """Straight apostrophes in either language; in French, spaces that may break before « : ; ! ? »."""
    for place, text in texts(question):
        for lang in LANGUAGES:
            if re.search(r"\w'\w", text(lang)):
                yield Finding(question.id, "straight_apostrophe", {"place": place, "language": lang})
        if found := UNSPACED.search(text.fr):
            start = max(0, found.start() - 12)
            yield Finding(
                question.id, "french_space", {"place": place, "words": text.fr[start : found.end()]}
            )


def number_to_choose(question: AnyQuestion) -> Iterator[Finding]:
    """As in the exam, the text says how many options to choose when it is more than one."""
    if not isinstance(question, ChoiceQuestion):
        return
    for lang in LANGUAGES:
        scenario = question.scenario(lang)
        stated = [number for number, words in NUMBERS.items() if re.search(rf"\b{words[lang]}\b", scenario)]
        if stated != ([len(question.keys)] if len(question.keys) > 1 else []):
            yield Finding(question.id, "number_to_choose", {"language": lang, "number": len(question.keys)})


def facts(question: AnyQuestion, known: Mapping[str, Fact]) -> Iterator[Finding]:
    """A fact that is not in the facts file, or whose number the question does not state."""
    for key in question.facts:
        if key not in known:
            yield Finding(question.id, "unknown_fact", {"fact": key})
            continue
        value = known[key].value
        if isinstance(value, dict):
            continue
        for lang in LANGUAGES:
            shown = f"{value:g}".replace(".", "," if lang == "fr" else ".")
            read = " ".join(text(lang) for _, text in texts(question))
            if not re.search(_number(value, lang), read, re.IGNORECASE):
                yield Finding(question.id, "fact_not_stated", {"fact": key, "value": shown, "language": lang})


def _number(value: float, lang: Language) -> str:
    """A pattern of the number in digits or, up to ten, in words."""
    digits = re.escape(f"{value:g}".replace(".", "," if lang == "fr" else "."))
    pattern = rf"(?<![\d.,]){digits}(?!\d|[.,]\d)"
    if value in range(1, len(IN_WORDS[lang]) + 1):
        pattern += rf"|\b{IN_WORDS[lang][int(value) - 1]}\b"
    return pattern

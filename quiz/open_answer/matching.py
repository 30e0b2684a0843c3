"""Where an answer mentions which concept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from quiz.open_answer import cues
from quiz.open_answer.spelling import Spelling
from quiz.open_answer.thesaurus import Form, Phrase, Thesaurus, load
from quiz.open_answer.tokens import SENTENCE_ENDS, Token

MOST_FILLERS = 3  # skipped between two words of a phrase
WIDEST_GAP = 6  # words that `..` stands for
WIDEST_FORM = 24  # words from the first to the last phrase of an `a & b` form
MOST_GUESSES = 150  # spelling corrections tried in one answer: bounds the time of a very long one

NOT_IN_A_GAP = SENTENCE_ENDS | {";", ":"} | cues.NOT_IN_A_GAP


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `start` to `end` (excluded)."""

    start: int
    end: int

    def covers(self, other: Span) -> bool:
        """Whether the other lies inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether they share a token."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where an answer expresses a concept; the first span carries the polarity."""

    concept: str
    spans: tuple[Span, ...]
    is_name: bool

    @property
    def head(self) -> Span:
        """The span whose polarity counts."""
        return self.spans[0]


class _Index:
    """The thesaurus by the words that may begin each phrase, so that an answer tries few of them."""

    def __init__(self, thesaurus: Thesaurus):
        self.thesaurus = thesaurus
        self._first: dict[str, frozenset[str]] = {}
        self.spelling = Spelling(thesaurus.atoms, thesaurus.distinct | thesaurus.fillers | cues.WORDS)
        self.phrases: dict[str, set[Phrase]] = defaultdict(set)
        for concept in thesaurus.concepts.values():
            for form in concept.forms:
                for phrase in (*form.phrases, *form.excluded):
                    self._add(phrase)
            for phrase in concept.is_not:
                self._add(phrase)
        self.forms: dict[Phrase, list[tuple[str, Form]]] = defaultdict(list)
        for concept in thesaurus.concepts.values():
            for form in concept.forms:
                self.forms[form.phrases[0]].append((concept.id, form))

    def _add(self, phrase: Phrase) -> None:
        for atom in self._beginnings(phrase):
            self.phrases[atom].add(phrase)

    def _beginnings(self, phrase: Phrase) -> frozenset[str]:
        atoms: set[str] = set()
        for element in phrase.elements:
            for alternative in element.alternatives:
                atoms |= self._class_beginnings(alternative[1:]) if alternative[0] == "@" else {alternative}
            if not element.optional:
                break
        return frozenset(atoms)

    def _class_beginnings(self, name: str) -> frozenset[str]:
        if name not in self._first:
            self._first[name] = frozenset()  # a class that refers to itself would never end
            phrases = self.thesaurus.classes[name]
            self._first[name] = frozenset(atom for phrase in phrases for atom in self._beginnings(phrase))
        return self._first[name]


@cache
def index() -> _Index:
    """The index of the course's thesaurus, built once."""
    return _Index(load())


class Reading:
    """One answer, read against the thesaurus."""

    def __init__(self, tokens: tuple[Token, ...], using: _Index | None = None):
        self.tokens = tokens
        self._index = using or index()
        self._fillers = self._index.thesaurus.fillers
        self._thought = _thoughts(tokens)
        self._memory: dict[tuple[str, int], int] = {}
        self._atoms = self._read_words()
        self._found = self._find_phrases()

    def _read_words(self) -> list[frozenset[str]]:
        spelling, guesses, seen = self._index.spelling, 0, set()
        atoms = []
        for token in self.tokens:
            if not token.is_word:
                atoms.append(frozenset[str]())
                continue
            if token.text not in seen:
                seen.add(token.text)
                guesses += not spelling.exact(token.text)
            atoms.append(spelling.atoms(token.text, may_guess=guesses <= MOST_GUESSES))
        return atoms

    def _find_phrases(self) -> dict[Phrase, list[Span]]:
        found: dict[Phrase, list[Span]] = defaultdict(list)
        for start, atoms in enumerate(self._atoms):
            for phrase in {phrase for atom in atoms for phrase in self._index.phrases.get(atom, ())}:
                end = self._end(phrase, 0, start)
                if end is not None:
                    found[phrase].append(Span(start, end))
        return found

    def _end(self, phrase: Phrase, place: int, position: int) -> int | None:
        """Where the phrase from that place on ends if it is read from that token; None if it is not there."""
        if place == len(phrase.elements):
            return position
        element = phrase.elements[place]
        if element.is_gap:
            return self._end_after_gap(phrase, place + 1, position)
        for start in self._starts(position, skipping=place > 0):
            for alternative in element.alternatives:
                end = self._element_end(alternative, start)
                if end is not None:
                    last = self._end(phrase, place + 1, end)
                    if last is not None:
                        return last
        return self._end(phrase, place + 1, position) if element.optional else None

    def _starts(self, position: int, skipping: bool) -> Iterator[int]:
        for start in range(position, min(position + 1 + MOST_FILLERS * skipping, len(self.tokens))):
            yield start
            if self.tokens[start].text not in self._fillers:
                return

    def _end_after_gap(self, phrase: Phrase, place: int, position: int) -> int | None:
        for start in range(position, min(position + WIDEST_GAP + 1, len(self.tokens))):
            end = self._end(phrase, place, start)
            if end is not None:
                return end
            if self.tokens[start].text in NOT_IN_A_GAP:
                return None
        return None

    def _element_end(self, alternative: str, position: int) -> int | None:
        if alternative[0] != "@":
            return position + 1 if alternative in self._atoms[position] else None
        key = (alternative, position)
        if key not in self._memory:
            ends = [
                end
                for phrase in self._index.thesaurus.classes[alternative[1:]]
                if (end := self._end(phrase, 0, position)) is not None
            ]
            self._memory[key] = max(ends, default=-1)
        return self._memory[key] if self._memory[key] >= 0 else None

    def mentions(self) -> list[Mention]:
        """Every mention of every concept, in the order of the answer."""
        mentions = [
            Mention(concept, spans, form.is_name)
            for phrase, places in self._found.items()
            for concept, form in self._index.forms.get(phrase, ())
            for place in places
            if (spans := self._completed(form, place)) and not self._means_otherwise(concept, place)
        ]
        return sorted(
            set(mentions), key=lambda mention: (mention.head.start, mention.head.end, mention.concept)
        )

    def _completed(self, form: Form, head: Span) -> tuple[Span, ...] | None:
        spans = [head]
        for phrase in form.phrases[1:]:
            nearest = self._nearest(phrase, spans)
            if nearest is None:
                return None
            spans.append(nearest)
        if any(self._nearest(phrase, [head], overlapping=True) for phrase in form.excluded):
            return None
        return tuple(spans)

    def _nearest(self, phrase: Phrase, spans: list[Span], overlapping: bool = False) -> Span | None:
        head = spans[0]
        thought = self._thought[head.start]
        candidates = [
            span
            for span in self._found.get(phrase, ())
            if self._thought[span.start] == thought
            and max(span.end, head.end) - min(span.start, head.start) <= WIDEST_FORM
            and (overlapping or not any(span.overlaps(other) for other in spans))
        ]
        return min(candidates, key=lambda span: abs(span.start - head.start), default=None)

    def _means_otherwise(self, concept: str, place: Span) -> bool:
        phrases = self._index.thesaurus.concepts[concept].is_not
        return any(
            span.start <= place.start < span.end for phrase in phrases for span in self._found.get(phrase, ())
        )


def _thoughts(tokens: tuple[Token, ...]) -> list[int]:
    """For each token, the number of its thought: a sentence, with those after it that refer back ("Then it …")."""
    numbers: list[int] = []
    for i, token in enumerate(tokens):
        starts = i == 0 or token.sentence != tokens[i - 1].sentence
        resumes = token.text in cues.CONTINUING and tokens[i - 1].text == "."
        numbers.append((numbers[-1] + (starts and not resumes)) if numbers else 0)
    return numbers

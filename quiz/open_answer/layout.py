"""An answer as the rules of polarity see it: words, where concepts are mentioned, sentences and clauses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from labs.learner import Language
from quiz.open_answer import cues
from quiz.open_answer.matching import Mention
from quiz.open_answer.tokens import SENTENCE_ENDS, Token

FARTHEST = 40  # words: no cue reaches farther either way, which bounds the time of a long answer
LONGEST_TERM = 6  # words: a longer description is a sentence with its own negation
STRONG_BREAKS = SENTENCE_ENDS | {";", ":", "(", ")"}
CLAUSE_BREAKS = STRONG_BREAKS | {",", "but", "mais", "because", "car", "so", "donc"}

Phrases = Collection[tuple[str, ...]]


class Layout:
    """The words of an answer and what lies where. Places are indices of words; clauses are ranges of places."""

    def __init__(self, tokens: Sequence[Token], mentions: Iterable[Mention], lang: Language):
        self.words = [token.text for token in tokens]
        self.sentences = [token.sentence for token in tokens]
        # "on" is a subject in French only
        self.subjects = cues.SUBJECTS - {"on"} if lang == "en" else cues.SUBJECTS
        mentions = list(mentions)
        spans = {span for mention in mentions for span in mention.spans}
        self.mentioned = {i for span in spans for i in range(span.start, span.end)}
        self.named = {
            i for mention in mentions if mention.is_name for i in range(mention.head.start, mention.head.end)
        }
        """Places of terms of the trade, as against descriptions."""
        terms = {
            span
            for mention in mentions
            for span in mention.spans
            if mention.is_name or span.end - span.start <= LONGEST_TERM
        }
        self.in_terms = {
            i for span in terms if span.end - span.start > 1 for i in range(span.start, span.end)
        }
        """Places inside terms, whose words of negation belong to them ("no new privileges")."""
        self.idle = self.places_of(cues.IDIOMS) | set(self._asked()) | set(self._nouns(lang))
        """Words of negation that deny nothing here."""

    def _asked(self) -> Iterator[int]:
        """The negation of a question that asserts: "Isn't that what X is for?"."""
        start = 0
        for i, word in enumerate(self.words):
            if word in SENTENCE_ENDS:
                opening = self.words[start : start + 5]
                if word == "?" and opening and opening[0] in cues.AUXILIARIES:
                    yield from (start + j for j, other in enumerate(opening) if other in cues.NOT and j)
                start = i + 1

    def _nouns(self, lang: Language) -> Iterator[int]:
        """Nouns spelt as a French verb of hiding: "une règle de cache", "the cache"."""
        for i, word in enumerate(self.words):
            if word in cues.HOMONYMS and (
                lang == "en" or (i > 0 and self.words[i - 1] in cues.BEFORE_A_NOUN)
            ):
                yield i

    def clauses(self) -> Iterator[range]:
        """The clauses, in order, without the marks and words that part them."""
        first = 0
        for i, word in enumerate([*self.words, "."]):
            if word in CLAUSE_BREAKS:
                if i > first:
                    yield range(first, i)
                first = i + 1

    def until_break(self, start: int) -> range:
        """From there to the next comma or stronger break."""
        farthest = min(start + FARTHEST, len(self.words))
        ends = (i for i in range(start, farthest) if self.words[i] in STRONG_BREAKS or self.words[i] == ",")
        return range(start, next(ends, farthest))

    def before(self, place: int) -> range:
        """The places shortly before."""
        return range(max(0, place - FARTHEST), place)

    def before_in_sentence(self, place: int) -> list[int]:
        """The places shortly before in the same sentence."""
        return [i for i in self.before(place) if self.sentences[i] == self.sentences[place]]

    def around_in_sentence(self, place: int) -> list[int]:
        """The places near in the same sentence, on both sides."""
        near = range(max(0, place - FARTHEST), min(place + FARTHEST, len(self.words)))
        return [i for i in near if self.sentences[i] == self.sentences[place]]

    def places_of(self, phrases: Phrases, within: range | None = None) -> set[int]:
        """Every place that one of the phrases covers."""
        return {
            covered
            for place, phrase in self._occurrences(phrases, within or range(len(self.words)))
            for covered in range(place, place + len(phrase))
        }

    def cues(self, phrases: Phrases) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The cues from left to right, the longest at each place; idle ones and parts of terms are left out."""
        covered_to = 0
        occurrences: dict[int, tuple[str, ...]] = {}
        for place, phrase in self._occurrences(phrases, range(len(self.words))):
            if len(phrase) > len(occurrences.get(place, ())):
                occurrences[place] = phrase
        for place, phrase in sorted(occurrences.items()):
            if place >= covered_to and place not in self.idle and place not in self.in_terms:
                yield place, phrase
                covered_to = place + len(phrase)

    def _occurrences(self, phrases: Phrases, within: range) -> Iterator[tuple[int, tuple[str, ...]]]:
        longest = max(map(len, phrases))
        for i in within:
            for length in range(1, min(longest, within.stop - i) + 1):
                phrase = tuple(self.words[i : i + length])
                if phrase in phrases:
                    yield i, phrase


def begins(word: str, stems: tuple[str, ...]) -> bool:
    """Whether the word begins with one of the stems."""
    return word.startswith(stems)

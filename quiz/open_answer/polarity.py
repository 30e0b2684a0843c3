"""Whether a mention is asserted, denied (or set aside), or neither."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum

from labs.learner import Language
from quiz.open_answer import cues
from quiz.open_answer.cues import Reach
from quiz.open_answer.matching import Mention, Span
from quiz.open_answer.tokens import SENTENCE_ENDS, Token

STRONG_BREAKS = SENTENCE_ENDS | {":", "(", ")"}


class Polarity(Enum):
    """What an answer does with a concept that it mentions."""

    ASSERTED = "asserted"
    DENIED = "denied"  # or set aside: named only to be turned down
    OBSERVED = "observed"  # something is said about it, which is not to propose it ("EC2 needs patching")
    NEUTRAL = "neutral"  # named in a question, a concession, a reason against something else


class Polarities:
    """The polarity of every token of an answer, given its mentions."""

    def __init__(self, tokens: Sequence[Token], mentions: Iterable[Mention], lang: Language = "fr"):
        # "on" is a subject in French only
        self._subjects = cues.SUBJECTS - {"on"} if lang == "en" else cues.SUBJECTS
        self._words = [token.text for token in tokens]
        self._sentences = [token.sentence for token in tokens]
        self._spans = {span for mention in mentions for span in mention.spans}
        self._mentioned = {i for span in self._spans for i in range(span.start, span.end)}
        self._used = {i for span in self._spans if span.end - span.start > 1 for i in range(span.start, span.end)}
        self._idle = self._places_of(cues.IDIOMS)  # words of negation that deny nothing here
        size = len(self._words)
        self._negated = [False] * size
        self._turned = [0] * size  # how many denying verbs cover the token
        self._neutral = [False] * size
        self._observed = [False] * size
        self._overruled = [False] * size  # denied from a distance: by a predicate or a reference
        self._read_denials()
        self._read_comparisons()
        self._read_judgements()
        self._read_references()
        self._read_asides()
        self._read_observations()

    def of(self, mention: Mention) -> Polarity:
        """The polarity of the mention's head; neutral if its other parts disagree with it."""
        polarity = self._of_span(mention.head)
        parts = {self._of_span(span) for span in mention.spans}
        if Polarity.NEUTRAL in parts or (Polarity.DENIED in parts and len(parts) > 1):
            return Polarity.NEUTRAL
        return polarity

    def _of_span(self, span: Span) -> Polarity:
        # what reaches the first word of a term covers it; a cue inside the term ("no new privileges") belongs to it
        if self._is_denied(span.start):
            return Polarity.DENIED
        if self._neutral[span.start]:
            return Polarity.NEUTRAL
        return Polarity.OBSERVED if self._observed[span.start] else Polarity.ASSERTED

    def _is_denied(self, i: int) -> bool:
        return ((self._negated[i] + self._turned[i]) % 2 == 1) != self._overruled[i]

    # -- denials to the right ------------------------------------------------------------------

    def _read_denials(self) -> None:
        for place, phrase in self._cues({**cues.SETTING_ASIDE, **cues.NEGATIONS, **cues.DENYING_VERBS}):
            if phrase[-1] in cues.NEED_NE and len(phrase) == 1 and not self._beside_ne(place):
                continue
            start = place + 1  # the rest of the cue may belong to what is denied ("not care about servers")
            if phrase in cues.DENYING_VERBS:
                for i in self._reached(start, cues.DENYING_VERBS[phrase]):
                    self._turned[i] += 1
            else:
                reach = cues.SETTING_ASIDE.get(phrase) or self._reach_of_negation(phrase, start)
                for i in self._reached(start, reach):
                    self._negated[i] = True

    def _cues(self, phrases: Mapping[tuple[str, ...], Reach]) -> Iterable[tuple[int, tuple[str, ...]]]:
        """Cues from left to right, the longest at each place, leaving out those that belong to a term."""
        longest = max(map(len, phrases))
        place = 0
        while place < len(self._words):
            for length in range(longest, 0, -1):
                phrase = tuple(self._words[place : place + length])
                if phrase in phrases and place not in self._idle and place not in self._used:
                    yield place, phrase
                    place += length - 1
                    break
            place += 1

    def _beside_ne(self, place: int) -> bool:
        near = self._words[max(0, place - 5) : place + 4]
        return "ne" in near or "n" in near

    def _reach_of_negation(self, phrase: tuple[str, ...], start: int) -> Reach:
        """A bare negation reaches far before a name or a verb of choosing, less far before another verb."""
        reach = cues.NEGATIONS[phrase]
        if reach is not Reach.CLAUSE:
            return reach
        following = self._words[start : start + 3]
        chooses = any(_begins(word, cues.CHOOSING) for word in following)
        names = any(i in self._mentioned for i in range(start, min(start + 2, len(self._words))))
        return Reach.CLAUSE if chooses or names else Reach.PHRASE

    def _reached(self, start: int, reach: Reach) -> Iterable[int]:
        content = False  # whether the denial has met something that it can deny
        passed = 0
        for i in range(start, len(self._words)):
            word = self._words[i]
            if self._ends_reach(i, reach, content, passed):
                return
            yield i
            if i in self._mentioned:
                content = True
                if reach is Reach.WORD and i + 1 not in self._mentioned:
                    return
            passed += word not in cues.ARTICLES
            if reach is Reach.WORD and passed >= 1 and not content:
                return

    def _ends_reach(self, i: int, reach: Reach, content: bool, passed: int) -> bool:
        word = self._words[i]
        following = self._words[i + 1] if i + 1 < len(self._words) else ""
        if word in STRONG_BREAKS:
            return True
        if word == ",":
            return not (following in cues.ALTERNATIVES or self._is_enumeration(i + 1))
        if word in cues.CONTRASTS and not (word in ("rather", "plutot") and following in ("than", "que", "qu")):
            return True
        if word in cues.REASONS and word not in ("as", "ou", "en"):
            return passed > 0
        if content and (word in self._subjects or self._is_fresh_verb(i)):
            return True
        if word in cues.AND:
            stays = {*cues.ARTICLES} if reach is Reach.CLAUSE else {"de", "d"}
            return following not in stays and (
                following in cues.PREPOSITIONS | cues.ARTICLES | self._subjects | cues.CONTRASTS
                or _begins(following, cues.CHOOSING)
            )
        return reach is Reach.PHRASE and content and word in cues.PREPOSITIONS

    def _is_fresh_verb(self, i: int) -> bool:
        """An imperative or infinitive that starts another statement: "rather than EC2 use Fargate"."""
        return self._words[i] in {"use", "utiliser", "utilisez", "utilisons", "choose", "pick", "choisir", "prendre", "go", "opter", "prefer"}

    def _is_enumeration(self, i: int) -> bool:
        """Whether the list goes on: "not S3, EFS or Docker Hub"."""
        for j in range(i, min(i + 6, len(self._words))):
            if self._words[j] in cues.ALTERNATIVES:
                return True
            if j not in self._mentioned and self._words[j] not in cues.ARTICLES and self._words[j] != ",":
                return False
        return False

    # -- comparisons and replacements ----------------------------------------------------------

    def _read_comparisons(self) -> None:
        for i, word in enumerate(self._words):
            before = self._words[max(0, i - 5) : i]
            if word in cues.THAN and any(w in cues.COMPARATIVES for w in before[-3:]) and "no" not in before:
                self._deny(self._reached(i + 1, Reach.CLAUSE))
            elif word in cues.PREFERRED_TO and self._prefers_before(i):
                self._deny(self._reached(i + 1, Reach.CLAUSE))
            elif any(_begins(word, verbs) for verbs, _ in cues.REPLACING):
                stop = next(stops for verbs, stops in cues.REPLACING if _begins(word, verbs))
                self._deny_until(i + 1, stop)
            elif word in {"from", "de", "d"} and before and _begins(before[-1], cues.LEAVING_FROM):
                self._deny_until(i + 1, frozenset({"to", "a", "vers", "into"}))

    def _prefers_before(self, i: int) -> bool:
        """Whether "prefer X" stands before this "to", "à" or "over", with nothing but X between."""
        named = False
        for j in range(i - 1, max(-1, i - 9), -1):
            word = self._words[j]
            if j in self._mentioned:
                named = True
            elif named and _begins(word, ("prefer",) if self._words[i] != "over" else cues.PREFERRING):
                return True
            elif word not in cues.ARTICLES and word not in cues.PREPOSITIONS:
                return False
        return False

    def _deny_until(self, start: int, stops: frozenset[str]) -> None:
        for end in range(start, min(start + 9, len(self._words))):
            if self._words[end] in STRONG_BREAKS:
                return
            if self._words[end] in stops and any(i in self._mentioned for i in range(start, end)):
                self._deny(range(start, end))
                return

    def _deny(self, places: Iterable[int]) -> None:
        for i in places:
            self._negated[i] = True

    # -- denials to the left: "X is not the right choice", "X would be overkill" ---------------

    def _read_judgements(self) -> None:
        for first, last in self._clauses():
            judged = self._judged(first, last)
            if judged is None:
                continue
            subject = [i for i in range(first, judged) if i in self._mentioned]
            if subject:
                for i in subject:
                    self._overruled[i] = not self._is_denied(i)
                for i in range(judged, last):
                    self._negated[i] = False
            elif any(word in cues.REFERENCES | {"c", "they", "ce"} for word in self._words[first:judged]):
                self._overrule_clause_before(first)

    def _judged(self, first: int, last: int) -> int | None:
        """Where an unfavourable predicate starts in the clause."""
        unfavourable = self._places_of(cues.UNFAVOURABLE, first, last)
        for i in range(first, last):
            word = self._words[i]
            if word in ("not", "pas", "never", "jamais", "nor", "ni") and i not in self._idle:
                predicate = self._words[i + 1 : last]
                is_positive_again = any(j in unfavourable for j in range(i + 1, last))
                if (
                    i > first
                    and not is_positive_again
                    and self._words[i - 1] not in cues.ARTICLES
                    and any(_begins(w, cues.FAVOURABLE) for w in predicate[:5])
                    and not any(j in self._mentioned for j in range(i + 1, min(i + 4, last)))
                    and not any(w in ("need", "besoin", "have") for w in predicate[:2])
                ):
                    return i
                if is_positive_again:
                    return None
            if i in unfavourable and i not in self._used and any(w in cues.COPULAS for w in self._words[max(first, i - 4) : i]):
                return i
        return None

    def _clauses(self) -> Iterable[tuple[int, int]]:
        first = 0
        for i, word in enumerate([*self._words, "."]):
            ends = word in STRONG_BREAKS or word == "," or word in {"but", "mais", "because", "car", "so", "donc"}
            if ends:
                if i > first:
                    yield first, i
                first = i + 1

    # -- denials by reference: "Fargate? Surely not." "… so I would not go that way" -----------

    def _read_references(self) -> None:
        for first, last in self._clauses():
            clause = self._words[first:last]
            if tuple(clause) in cues.REFUSALS and first > 0 and self._words[first - 1] in SENTENCE_ENDS:
                if self._words[first - 1] == "?":
                    self._overrule_clause_before(first)
                continue
            for i in range(first, last):
                if self._words[i] not in ("not", "pas", "never", "jamais", "avoid", "evite", "eviter") or i in self._idle:
                    continue
                after = range(i + 1, last)
                refers = any(self._words[j] in cues.REFERENCES for j in range(first, min(last, i + 5)))
                chooses = any(_begins(self._words[j], cues.CHOOSING) for j in [*range(max(first, i - 2), i), *after[:3]])
                if refers and chooses and not any(j in self._mentioned for j in range(first, last)):
                    self._overrule_clause_before(first)
                    break

    def _overrule_clause_before(self, first: int) -> None:
        """Deny what the nearest earlier clause with a mention asserts, within two sentences."""
        if first == 0:
            return
        sentence = self._sentences[first - 1]
        seen = False
        for i in range(first - 1, -1, -1):
            if self._sentences[i] < sentence - 1:
                return
            if self._words[i] in STRONG_BREAKS | {",", "mais", "but"} and seen:
                return
            if i in self._mentioned:
                seen = True
                if not self._is_denied(i):
                    self._overruled[i] = not self._overruled[i]

    # -- neither asserted nor denied -------------------------------------------------------------

    def _read_asides(self) -> None:
        sentence_of_end = {self._sentences[i]: i for i, word in enumerate(self._words) if word in SENTENCE_ENDS}
        last_sentence = self._sentences[-1] if self._sentences else 0
        for sentence, end in sentence_of_end.items():
            if self._words[end] == "?" and (sentence < last_sentence or self._words[self._first_of(sentence)] in cues.WHY):
                self._set_neutral(range(self._first_of(sentence), end))
        concessions = {**dict.fromkeys(cues.CONCESSIONS, Reach.CLAUSE), **dict.fromkeys(cues.OTHERWISE, Reach.CLAUSE)}
        for place, phrase in self._cues(concessions):
            self._set_neutral(self._until_break(place + len(phrase)))
        for i, word in enumerate(self._words):
            if word in cues.REASON_STARTS and self._only_denied_before(i):
                self._set_neutral(self._until_break(i + 1))
            elif word in {"but", "mais", "cependant", "however"}:
                self._hedge_before(i)

    def _first_of(self, sentence: int) -> int:
        return self._sentences.index(sentence)

    def _until_break(self, start: int) -> range:
        for end in range(start, len(self._words)):
            if self._words[end] in STRONG_BREAKS or self._words[end] == ",":
                return range(start, end)
        return range(start, len(self._words))

    def _only_denied_before(self, i: int) -> bool:
        """Whether the sentence so far denies something and asserts nothing: what follows is why not."""
        before = [j for j in range(i - 1, -1, -1) if self._sentences[j] == self._sentences[i] and j in self._mentioned]
        return bool(before) and all(self._is_denied(j) or self._neutral[j] for j in before)

    def _hedge_before(self, i: int) -> None:
        """"One could use X, but …": X is not what is asserted."""
        sentence = self._sentences[i]
        before = [j for j in range(i) if self._sentences[j] == sentence]
        if any(_begins(self._words[j], cues.MIGHT) for j in before):
            self._set_neutral(j for j in before)

    def _set_neutral(self, places: Iterable[int]) -> None:
        for i in places:
            self._neutral[i] = True

    # -- said of something, not proposed -------------------------------------------------------

    def _read_observations(self) -> None:
        last_mention = max(self._mentioned, default=-1)
        for first, last in self._clauses():
            cue = self._subject_of_negation(first, last)
            if cue is not None:
                self._observe(range(first, cue))
            elif last_mention >= last and self._complains(first, last):
                self._observe(range(first, last))

    def _subject_of_negation(self, first: int, last: int) -> int | None:
        """The place of "not" in "X does not …": it says something of X."""
        for i in range(first + 1, last):
            if self._words[i] in ("not", "pas", "never", "jamais") and i not in self._idle:
                verb = {*self._words[max(first, i - 3) : i]}
                speaks_of_us = verb & self._subjects
                return i if verb & cues.AUXILIARIES and not speaks_of_us else None
        return None

    def _complains(self, first: int, last: int) -> bool:
        """Whether "with X somebody would have to …" or "X requires …": a burden that another solution will lift."""
        words = self._words[first:last]
        if any(word in cues.WITH for word in words[:2]):
            return any(word in cues.OBLIGATIONS for word in words)
        start = next((i for i in range(first, min(first + 3, last)) if i in self._mentioned), None)
        return start is not None and any(_begins(word, cues.BURDENS) for word in self._words[start + 1 : start + 5])

    def _observe(self, places: Iterable[int]) -> None:
        for i in places:
            self._observed[i] = True

    # -- helpers -----------------------------------------------------------------------------------

    def _places_of(self, phrases: Collection[tuple[str, ...]], first: int = 0, last: int | None = None) -> set[int]:
        places: set[int] = set()
        longest = max(map(len, phrases))
        end = len(self._words) if last is None else last
        for i in range(first, end):
            for length in range(1, longest + 1):
                if i + length <= end and tuple(self._words[i : i + length]) in phrases:
                    places.update(range(i, i + length))
        return places


def _begins(word: str, stems: tuple[str, ...]) -> bool:
    return word.startswith(stems)

"""Which words of the thesaurus a typed word stands for, slips included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import OSA

SHORTEST_CORRECTED = 5  # letters: shorter words (and so every acronym) must be spelt right
TWO_SLIPS_FROM = 9
KEPT_FIRST_LETTER = 6  # up to this length another first letter makes another word


class Spelling:
    """Looks typed words up among the atoms (`word` or `prefix*`) of the thesaurus.

    `known` holds words that are never slips: those of polarity, and ordinary words close to one of the thesaurus.
    """

    def __init__(self, atoms: Iterable[str], known: frozenset[str]):
        self._known = known
        self._words: set[str] = set()
        self._prefixes: dict[str, list[str]] = defaultdict(list)
        for atom in atoms:
            if atom.endswith("*"):
                self._prefixes[atom[:2]].append(atom[:-1])
            else:
                self._words.add(atom)
        self._long_words = [word for word in self._words if len(word) >= SHORTEST_CORRECTED]
        stems = [stem for group in self._prefixes.values() for stem in group]
        self._long_stems = [stem for stem in stems if len(stem) >= SHORTEST_CORRECTED]
        self._exact: dict[str, frozenset[str]] = {}
        self._guessed: dict[str, frozenset[str]] = {}

    def exact(self, word: str) -> frozenset[str]:
        """The atoms that the word is or begins with."""
        atoms = {f"{stem}*" for stem in self._prefixes.get(word[:2], ()) if word.startswith(stem)}
        if word in self._words:
            atoms.add(word)
        return frozenset(atoms)

    def guess(self, word: str) -> frozenset[str]:
        """The atoms that the word is a slip for: the nearest ones only; none for short or known words."""
        if len(word) < SHORTEST_CORRECTED or word in self._known or any(c.isdigit() for c in word):
            return frozenset()
        allowed = slips_allowed(word)
        nearest: dict[int, set[str]] = defaultdict(set)
        for candidate in self._long_words:
            if abs(len(candidate) - len(word)) <= allowed and _may_start(word, candidate):
                distance = OSA.distance(word, candidate, score_cutoff=allowed)
                nearest[distance].add(candidate)
        for stem in self._long_stems:
            if len(stem) <= len(word) + 1 and _may_start(word, stem):
                nearest[_distance_to_stem(word, stem)].add(f"{stem}*")
        for distance in range(1, allowed + 1):
            if nearest[distance]:
                return frozenset(nearest[distance])
        return frozenset()

    def atoms(self, word: str, may_guess: bool = True) -> frozenset[str]:
        """The atoms of a typed word. Remembered: answers repeat words."""
        if word not in self._exact:
            self._remember(self._exact, word, self.exact(word))
        found = self._exact[word]
        if word in found or not may_guess:  # "elastik" begins as `elasti*` does, and may still mean "elastic"
            return found
        if word not in self._guessed:
            self._remember(self._guessed, word, self.guess(word))
        guessed = self._guessed[word]
        if not found:
            return guessed
        longest = max(map(len, found))  # "autooscale" begins as `auto*` does, and is a slip for `autoscal*`
        return found | {atom for atom in guessed if not atom.endswith("*") or len(atom) > longest}

    @staticmethod
    def _remember(memory: dict[str, frozenset[str]], word: str, atoms: frozenset[str]) -> None:
        if len(memory) > 20_000:  # words come from outside: keep memory bounded
            memory.clear()
        memory[word] = atoms


def slips_allowed(word: str) -> int:
    """How many slips a word of that length may hold and still be recognised."""
    if len(word) < SHORTEST_CORRECTED:
        return 0
    return 2 if len(word) >= TWO_SLIPS_FROM else 1


def is_slip_for(word: str, other: str) -> bool:
    """Whether one word may be the other one, mistyped."""
    allowed = min(slips_allowed(word), slips_allowed(other))
    return (
        _may_start(word, other) and allowed > 0 and OSA.distance(word, other, score_cutoff=allowed) <= allowed
    )


def _may_start(word: str, candidate: str) -> bool:
    return word[0] == candidate[0] or min(len(word), len(candidate)) > KEPT_FIRST_LETTER


def _distance_to_stem(word: str, stem: str) -> int:
    """The distance of the stem to the beginning of the word that is nearest to it; a short stem allows one slip."""
    allowed = slips_allowed(stem)
    lengths = {min(len(word), len(stem) + shift) for shift in (-1, 0, 1)}
    distance = min(OSA.distance(word[:length], stem, score_cutoff=allowed) for length in lengths)
    return distance if distance <= allowed else len(stem)

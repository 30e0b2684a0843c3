"""Regular expressions that a caller gives: matched only if Python's matcher cannot take long over them. Pure.

Python's matcher goes back on its choices, and holds the interpreter's lock meanwhile: `(a+)+b` needs seconds to
refuse thirty letters. So the ways in which a text could be matched are counted before: a choice counts as one way
where the next letter decides it ("one-unambiguous" expressions), and else as many as there are to try.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any

LONGEST_PATTERN = 1000  # characters
USUAL_TEXT = 64  # characters that every accepted pattern can be asked about
MOST_STEPS = 20_000_000  # of the matcher: less than a second

_LETTERS = "".join(map(chr, range(512)))  # what a pattern without \u, \U and \N can name one by one
_ALL = frozenset(_LETTERS)
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_ONE = (_constants.LITERAL, _constants.NOT_LITERAL, _constants.ANY, _constants.IN)
_NO_WIDTH = (_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT)

Letters = frozenset[str]


class Costly(ValueError):
    """Why the expression is not matched."""


def check(pattern: str) -> None:
    """Raise Costly for a pattern that is not to be matched, re.error for what is no pattern."""
    _check(pattern, USUAL_TEXT)


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text fits. Raises as `check` does, and Costly for a text too long for this pattern."""
    _check(pattern, len(text))
    return re.fullmatch(pattern, text) is not None


def _check(pattern: str, length: int) -> None:
    if len(pattern) > LONGEST_PATTERN:
        raise Costly(f"it is longer than {LONGEST_PATTERN} characters")
    try:
        count = _Count(pattern, length)
        ways = count.ways(list(count.tree), frozenset())
    except (OverflowError, RecursionError):
        raise Costly("its repetitions are too large or too deep") from None
    if ways * (length + 1) > MOST_STEPS:
        raise Costly(
            f"a text of {length} characters could be matched in too many ways, as by repetitions within repetitions "
            "or repeated alternatives"
        )


class _Count:
    """Of the ways in which a text of that length can be matched."""

    def __init__(self, pattern: str, length: int):
        self.tree = _parser.parse(pattern)
        self._length = length
        self._named = pattern.isascii() and not re.search(r"\\[uUN]", pattern)

    def ways(self, items: Sequence[Any], follow: Letters) -> int:
        """For a sequence, of which the letters in `follow` may come next. An assertion is tried, and then is over."""
        ways = tried = 1
        for at, item in enumerate(items):
            after = self._first(items[at + 1 :], follow)
            if item[0] in (_constants.ASSERT, _constants.ASSERT_NOT):
                tried += self.ways(list(item[1][1]), _ALL)
            else:
                ways = min(ways * self._ways(item, after), MOST_STEPS + 1)
        return min(ways * tried, MOST_STEPS + 1)

    def _ways(self, item: Any, follow: Letters) -> int:
        kind, content = item
        if kind in _REPEATS:
            least, most, body = content
            return self._repeated(least, most, body, follow)
        if kind is _constants.BRANCH:
            options = [list(option) for option in content[1]]
            ways = [self.ways(option, follow) for option in options]
            firsts = [self._first(option, follow) for option in options]
            decided = sum(map(len, firsts)) == len(frozenset().union(*firsts))
            return max(ways) if decided else sum(ways)
        inner = _inner(item)
        return 1 if inner is None else sum(self.ways(part, follow) for part in inner)

    def _repeated(self, least: int, most: int, body: Any, follow: Letters) -> int:
        items = list(body)
        if most > 1 and body.getwidth()[0] == 0:
            raise Costly("it repeats what may be empty")
        count = min(int(most), self._length)
        if count < 1:
            return 1
        first = self._first(items, follow)
        once = self.ways(items, follow | first if most > 1 else follow)
        ends = 1 if not first & follow else max(count - int(least), 0) + 1
        if once == 1:
            return ends
        return int(min(once ** min(count, MOST_STEPS.bit_length()) * ends, MOST_STEPS + 1))

    def _first(self, items: Sequence[Any], follow: Letters) -> Letters:
        """The letters with which the sequence, and what follows where it may be empty, can begin."""
        for at, item in enumerate(items):
            kind, content = item
            if kind in _NO_WIDTH:
                continue
            if kind in _ONE:
                return self._letters(item)
            rest = self._first(items[at + 1 :], follow)
            if kind in _REPEATS:
                begun = self._first(list(content[2]), rest)
                return begun | rest if content[0] == 0 else begun
            options = [list(option) for option in content[1]] if kind is _constants.BRANCH else _inner(item)
            if options is None:  # a reference to a group: whatever that was
                return _ALL
            return frozenset().union(*(self._first(option, rest) for option in options))
        return follow

    def _letters(self, item: Any) -> Letters:
        """What one sign of a pattern stands for, with and without regard to case."""
        if not self._named:
            return _ALL
        sign = _parser.SubPattern(self.tree.state, [item])
        cases = (re.DOTALL, re.DOTALL | re.IGNORECASE)
        patterns = [_compiler.compile(sign, flags) for flags in cases]
        return frozenset(found[0] for pattern in patterns for found in pattern.finditer(_LETTERS))


def _inner(item: Any) -> list[list[Any]] | None:
    """What a group holds, as its alternatives; None for what is no group."""
    kind, content = item
    if kind is _constants.SUBPATTERN:
        return [list(content[3])]
    if kind is _constants.ATOMIC_GROUP:
        return [list(content)]
    if kind is _constants.GROUPREF_EXISTS:
        return [list(part or ()) for part in content[1:]]
    return None

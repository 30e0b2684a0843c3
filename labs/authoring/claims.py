"""Prices and limits stated in prose, and whether `labs/facts.yaml` knows them.

A price is an amount of money. A limit is a number beside words such as “at most” or « par défaut », or a measure
(a time, a size, a share) in a sentence that has such words. The facts that bear it out have the same number in the
same kind of unit; a source that tells a story with numbers of its own says so with the cell tag `own-numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from labs.facts import Fact

_SIZE = {"mib": 1, "mio": 1, "mb": 1, "mo": 1, "gib": 1024, "gio": 1024, "gb": 1024, "go": 1024}
_SIZE |= {"tb": 1024**2, "to": 1024**2, "tib": 1024**2, "tio": 1024**2}
_TIME = {"s": 1, "second": 1, "seconde": 1, "minute": 60, "min": 60, "hour": 3600, "heure": 3600, "h": 3600}
_TIME |= {"day": 86_400, "jour": 86_400, "week": 604_800, "semaine": 604_800}
_TIME |= {"month": 2_592_000, "mois": 2_592_000, "year": 31_536_000, "an": 31_536_000, "année": 31_536_000}
_UNITS: Mapping[str, tuple[str, float]] = {
    **{name: ("size", factor) for name, factor in _SIZE.items()},
    **{name: ("time", factor) for name, factor in _TIME.items()},
    **dict.fromkeys(("usd", "$", "dollar"), ("money", 1)),
    **dict.fromkeys(("cent", "centime", "¢"), ("money", 0.01)),
    **dict.fromkeys(("%", "per cent", "percent", "pour cent"), ("share", 1)),
    **dict.fromkeys(("vcpu",), ("cpu", 1)),
}
"""A unit as written, in the singular → its kind, and how many of that kind's base unit it makes. AWS writes GB and
means GiB, so the two are one."""

_ENGLISH = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty hundred"
_FRENCH = "deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente quarante cinquante soixante cent"
_SPELLED = dict(
    zip(
        (*_ENGLISH.split(), *_FRENCH.split()),
        2 * (*range(2, 13), 15, 20, 30, 40, 50, 60, 100),
        strict=True,
    )
)

_GROUPED = r"[1-9]\d{0,2}(?:[\u202f\u00a0]\d{3})+|[1-9]\d{0,2}(?:,\d{3})+"
_DIGITS = rf"(?:{_GROUPED})(?![\d.,]\d)|\d+(?:[.,]\d+)?"
_UNIT = "|".join(
    sorted(
        (re.escape(unit) + ("s?" if unit[-1].isalpha() and len(unit) > 2 else "") for unit in _UNITS),
        key=len,
        reverse=True,
    )
)
_NUMBER = re.compile(
    rf"(?i)(?P<currency>[$])?(?<![\w.,/–−-])(?P<number>{_DIGITS}|\b(?:{'|'.join(_SPELLED)})\b)"
    rf"(?:[\s\u00a0\u202f-]?(?P<unit>{_UNIT})(?![\w/]))?"
)
_LIMIT_BEFORE = (
    r"at most|at least|up to|no more than|never more than|more than|not exceed|limit(?: is| of)?|maximum(?: of| is)?"
    r"|minimum(?: of| is)?|quota(?: of| is)?|defaults? (?:to|is)|within(?: the)?|stops? at"
    r"|au plus|au moins|au maximum|au minimum|jusqu’à|pas plus de|jamais plus de|plus de|limite(?: est)?(?: de| à)?"
    r"|maximum de|minimum de|quota de|par défaut,?|plafonne à|dans les|s’arrête à"
)
_LIMIT_AFTER = r"at most|at least|by default|or more|or less|au plus|au moins|au maximum|au minimum|par défaut|maximum|minimum"
_BESIDE = re.compile(rf"(?i)(?:\b(?:{_LIMIT_BEFORE})[\s\u00a0*]+$)|(?:^[\s\u00a0*]*(?:{_LIMIT_AFTER})\b)")
_LIMIT = re.compile(rf"(?i)\b(?:{_LIMIT_BEFORE}|{_LIMIT_AFTER})(?!\w)")
_NOT_PROSE = re.compile(
    r"(?ms)^(?P<fence>```|~~~).*?^(?P=fence)|`+[^`]*`+|\]\([^)]*\)|<[^>]+>|https?://\S+|^#{1,6} .*?$"
)
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n\s*\n|\n\s*[-*|]\s|\|")


@dataclass(frozen=True)
class Claim:
    """A price or a limit as a text states it: `kind` is that of its unit, empty for what is merely counted."""

    text: str
    value: float
    kind: str


def claims(markdown: str) -> Iterator[Claim]:
    """The prices and limits of a text."""
    prose = _NOT_PROSE.sub(" ", re.sub(r"(?m)^>\s?", "", markdown))
    for sentence in _SENTENCE.split(prose):
        flat = re.sub(r"[\n *]+", " ", sentence)
        limited = bool(_LIMIT.search(flat))
        for found in _NUMBER.finditer(flat):
            claim = _claim(found)
            beside = any(map(_BESIDE.search, (flat[: found.start()], flat[found.end() :])))
            if claim.kind == "money" or beside or (limited and claim.kind):
                yield claim


def unsourced(markdown: str, facts: Iterable[Fact]) -> Iterator[str]:
    """The prices and limits of a text that no fact states."""
    stated = {claim for fact in facts for claim in _stated(fact)}
    kinds = {"money", "size", "time", "share", "cpu"}
    for claim in claims(markdown):
        wanted = {(round(claim.value, 9), kind) for kind in ([claim.kind] if claim.kind else [*kinds, ""])}
        if not wanted & stated:
            yield claim.text


def _claim(found: re.Match[str]) -> Claim:
    unit = (found["unit"] or found["currency"] or "").lower()
    if unit == "cents" and found["number"].lower() in _FRENCH.split():  # « deux cents » is a number
        return Claim(found[0].strip(), _value(found["number"]) * 100, "")
    kind, factor = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s")) or ("", 1)
    return Claim(found[0].strip(), _value(found["number"]) * factor, kind)


def _value(number: str) -> float:
    if number.lower() in _SPELLED:
        return _SPELLED[number.lower()]
    grouped = re.fullmatch(_GROUPED, number)
    return float(re.sub(r"\D", "", number) if grouped else number.replace(",", "."))


def _stated(fact: Fact) -> Iterator[tuple[float, str]]:
    """(value in its kind's base unit, kind) for each number of a fact; a table's sizes come in MiB and CPU units."""
    if isinstance(fact.value, dict):
        yield from ((float(memory), "size") for sizes in fact.value.values() for memory in sizes)
        yield from ((units / 1024, "cpu") for units in fact.value)
        return
    unit = fact.unit.lower()
    first = unit.split()[0]
    kind, factor = (
        ("share", 1.0)
        if unit.startswith("per cent")
        else _UNITS.get(first) or _UNITS.get(first.removesuffix("s")) or ("", 1.0)
    )
    yield round(fact.value * factor, 9), kind

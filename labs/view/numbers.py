"""Numbers as the learner's language writes them."""

from __future__ import annotations

from labs.learner import Language, language


def decimal(value: float, digits: int | None = None, lang: Language | None = None) -> str:
    """With `digits` decimals, or as many as it has when None: 0.25 is "0,25" in French."""
    text = f"{value:g}" if digits is None else f"{value:.{digits}f}"
    return text.replace(".", ",") if (lang or language()) == "fr" else text


def grouped(value: float) -> str:
    """A whole number in groups of three digits: 27,000, or 27 000 in French."""
    text = f"{value:,.0f}"
    return text.replace(",", "\u202f") if language() == "fr" else text

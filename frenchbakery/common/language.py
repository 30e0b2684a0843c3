"""Which language to answer in."""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
DEFAULT: Language = "en"
COOKIE = "frenchbakery_lang"

Text = dict[Language, str]
"""One text in both languages."""


def language(request: Request) -> Language:
    """`?lang=`, else the choice kept in a cookie, else the best of Accept-Language, else English."""
    for choice in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if choice in LANGUAGES:
            return choice
    return preferred(request.headers.get("accept-language", ""))


def preferred(accept_language: str) -> Language:
    """The language with the highest weight in an Accept-Language header (RFC 9110, 12.5.4).

    >>> preferred("de, fr-CA;q=0.8, en;q=0.7")
    'fr'
    """
    weights: dict[Language, float] = {}
    for part in accept_language.split(","):
        tag, _, parameter = part.partition(";")
        code = tag.strip().lower().partition("-")[0]
        if code in LANGUAGES:
            weights.setdefault(code, _weight(parameter))
    best = max(weights, key=lambda code: weights[code], default=DEFAULT)
    return best if weights.get(best, 0) > 0 else DEFAULT


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0

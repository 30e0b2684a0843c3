"""Wildcards and variables of policies: `*` any characters, `?` one, `${key}` a value of the request.

[IAM User Guide: IAM JSON policy elements: Resource; Policy variables]. Matched in at most pattern × text steps,
so that no policy can keep the cloud busy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

ANY, ONE = object(), object()  # the wildcards * and ?

_TOKEN = re.compile(r"\$\{([^}]*)\}|(.)", re.DOTALL)
_DEFAULT = re.compile(r"([^,]+?)\s*(?:,\s*'([^']*)'\s*)?")
_LITERAL = {"*", "?", "$"}  # ${*}, ${?} and ${$} mean the character itself

Variables = Callable[[str], str | None]


def matches(pattern: str, text: str, variables: Variables | None = None, case: bool = True) -> bool:
    """Whether `text` is what `pattern` describes. `variables` is None where `${` has no meaning.

    A variable without a value and without a default matches nothing.
    """
    if pattern == "*":
        return True
    if not case:
        pattern, text = pattern.lower(), text.lower()
    if variables is None or "${" not in pattern:
        return _glob(_plain(pattern), text)
    tokens = _tokens(pattern, variables)
    return tokens is not None and _glob(
        [t.lower() if isinstance(t, str) and not case else t for t in tokens], text
    )


def substitute(text: str, variables: Variables) -> str | None:
    """`text` with its variables filled in and no wildcards meant; None when one has no value."""
    if "${" not in text:
        return text
    tokens = _tokens(text, variables)
    if tokens is None:
        return None
    return "".join(token if isinstance(token, str) else "*" if token is ANY else "?" for token in tokens)


def matches_arn(pattern: str, arn: str, variables: Variables | None = None) -> bool:
    """Match each of an ARN's six parts on its own; a pattern that ends early with `*` covers the rest."""
    parts = _split(pattern)
    if len(parts) < 6:
        return parts[-1].endswith("*") and matches(pattern, arn, variables)
    of_arn = arn.split(":", 5)
    return len(of_arn) == 6 and all(
        matches(part, value, variables) for part, value in zip(parts, of_arn, strict=True)
    )


def _split(pattern: str) -> list[str]:
    """The pattern's six parts; colons inside `${…}` separate nothing."""
    parts, depth = [""], 0
    for position, character in enumerate(pattern):
        depth += pattern.startswith("${", position) - (depth > 0 and character == "}")
        if character == ":" and not depth and len(parts) < 6:
            parts.append("")
        else:
            parts[-1] += character
    return parts


@lru_cache(maxsize=4096)
def _plain(pattern: str) -> tuple[object, ...]:
    return tuple(ANY if c == "*" else ONE if c == "?" else c for c in pattern)


def _tokens(pattern: str, variables: Variables) -> list[object] | None:
    tokens: list[object] = []
    for name, character in _TOKEN.findall(pattern):
        if character:
            tokens.extend(_plain(character))
        elif name in _LITERAL:
            tokens.append(name)
        else:
            key = _DEFAULT.fullmatch(name.strip())
            value = variables(key[1]) if key else None
            if value is None and key:
                value = key[2]
            if value is None:
                return None
            tokens.extend(value)
    return tokens


def _glob(tokens: Sequence[object], text: str) -> bool:
    position = at = 0
    star = mark = -1
    while position < len(text):
        if at < len(tokens) and (tokens[at] is ONE or tokens[at] == text[position]):
            position, at = position + 1, at + 1
        elif at < len(tokens) and tokens[at] is ANY:
            star, mark = at, position
            at += 1
        elif star >= 0:  # the last * takes one character more
            mark += 1
            position, at = mark, star + 1
        else:
            return False
    return all(token is ANY for token in tokens[at:])

"""A response as the record keeps it: the learner's text, or JSON of places (canonical, whatever order was shown).

choice: a sorted list of places; ordering: the places of the steps in the learner's order; matching: for each item the
place of its target, or null.
"""

from __future__ import annotations

import json
from collections.abc import Set

import msgspec

from quiz.model import AnyQuestion, ChoiceQuestion, OpenQuestion
from quiz.scoring import Response


def to_text(response: str | Response) -> str:
    """The text to keep.

    >>> to_text({2, 0})
    '[0, 2]'
    """
    if isinstance(response, str):
        return response
    return json.dumps(sorted(response) if isinstance(response, Set) else list(response))


def from_text(question: AnyQuestion, text: str) -> str | Response:
    """The response that was kept as `text`. Raises ValueError when it is none to such a question."""
    if isinstance(question, OpenQuestion):
        return text
    if isinstance(question, ChoiceQuestion):
        return msgspec.json.decode(text, type=frozenset[int])
    return msgspec.json.decode(text, type=tuple[int | None, ...])


def kind(question: AnyQuestion) -> str:
    """The question's type as the bank writes it: open, choice, ordering or matching."""
    return str(question.__struct_config__.tag)

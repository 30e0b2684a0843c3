"""What a question of the bank is: frozen, and checked when it is read.

Loading stays fast (a learner waits for the first answer), so the models are msgspec structs. A field that a
model does not know is an error: a misspelt one is seen.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

import msgspec

from labs.learner import Language

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Written = Annotated[str, msgspec.Meta(min_length=1)]
Domain = Literal["secure", "resilient", "high-performing", "cost-optimised"]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same words in both languages of the course."""

    fr: Written
    en: Written

    def __call__(self, lang: Language) -> str:
        """The text in that language."""
        return self.fr if lang == "fr" else self.en


class Idea(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something an answer may say: any of several concepts of the thesaurus; `a + b` needs both."""

    id: Slug
    label: Text
    any_of: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]

    @property
    def alternatives(self) -> tuple[frozenset[str], ...]:
        """Sets of concept ids: the idea is there when all concepts of one set are."""
        return tuple(frozenset(part.strip() for part in choice.split("+")) for choice in self.any_of)


class WrongIdea(Idea, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tempting idea that is wrong here, and why."""

    why: Text
    complement: bool = False
    """Wrong only as the whole answer: beside everything required it does no harm (scanning, backups)."""


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The marking scheme of one question."""

    required: Annotated[tuple[Idea, ...], msgspec.Meta(min_length=1)]
    at_least: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """How many of the required ideas suffice; all of them when None."""
    helpful: tuple[Idea, ...] = ()
    """Ideas worth part of the credit on their own."""
    rejected: tuple[WrongIdea, ...] = ()
    """Wrong as *the* solution; beside everything required, a separate harm."""
    undoing: tuple[WrongIdea, ...] = ()
    """Claims that undo what makes the required idea work."""
    harmful: tuple[WrongIdea, ...] = ()
    """Claims that do separate harm: they cap the answer at partial."""

    @property
    def needed(self) -> int:
        """The number of required ideas that make an answer complete."""
        return self.at_least or len(self.required)

    @property
    def ideas(self) -> tuple[Idea, ...]:
        """Every idea of the scheme."""
        return (*self.required, *self.helpful, *self.rejected, *self.undoing, *self.harmful)


class OpenQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A scenario that the learner answers in one to four sentences of their own."""

    id: Slug
    domain: Domain
    task: Annotated[str, msgspec.Meta(pattern=r"^[1-4]\.[1-5]$")]
    """The exam guide's task statement, such as 2.1."""
    topic: Slug
    difficulty: Annotated[int, msgspec.Meta(ge=1, le=3)]
    source: Written
    """The AWS page (title) that the model answer rests on."""
    scenario: Text
    model_answer: Text
    rubric: Rubric

    @property
    def version(self) -> str:
        """Which wording and marking scheme an answer was given to: a digest of the question."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:12]

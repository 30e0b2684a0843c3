"""What a question of the bank is: frozen, and checked when it is read.

Loading stays fast (a learner waits for the first answer), so the models are msgspec structs. A field that a
model does not know is an error: a misspelt one is seen.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal, get_args

import msgspec

from labs.learner import Language

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Written = Annotated[str, msgspec.Meta(min_length=1)]
Domain = Literal["secure", "resilient", "high-performing", "cost-optimised"]
Topic = Literal["containers", "ecr", "ecs", "fargate", "eks", "operations"]
"""What a question is about; each topic has its notebook."""
Bloom = Literal["remember", "understand", "apply", "analyze", "evaluate", "create"]
"""What the question asks of the mind (Bloom's taxonomy as revised in 2001)."""
Era = Literal["exam", "today"]
"""Whether SAA-C03's guide expects it, or AWS moved on since: an exam form draws only from the first."""
KINDS = ("open", "choice", "ordering", "matching")
"""The tags of the kinds of questions."""
DOMAINS: tuple[Domain, ...] = get_args(Domain)
TOPICS: tuple[Topic, ...] = get_args(Topic)
CHOICES = {4: (1,), 5: (2, 3), 6: (2, 3)}
"""How many options are right, by the number of options, as in the exam."""


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


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A page that the right answer rests on."""

    title: Written
    """As AWS prints it, after the guide's name: "Amazon ECR User Guide: Image scanning"."""
    checked: Annotated[str, msgspec.Meta(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
    """The month in which somebody last read it for this question."""
    url: Annotated[str, msgspec.Meta(pattern=r"^https://")] | None = None


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type"):
    """What every question has."""

    id: Slug
    domain: Domain
    task: Annotated[str, msgspec.Meta(pattern=r"^[1-4]\.[1-5]$")]
    """The exam guide's task statement, such as 2.1."""
    topic: Topic
    covers: Annotated[tuple[Slug, ...], msgspec.Meta(min_length=1)]
    """Points of the syllabus (`syllabus.yaml`)."""
    difficulty: Annotated[int, msgspec.Meta(ge=1, le=3)]
    bloom: Bloom
    era: Era = "exam"
    sources: Annotated[tuple[Source, ...], msgspec.Meta(min_length=1)]
    facts: tuple[str, ...] = ()
    """Keys of labs/facts.yaml: the limits and prices that the question states."""
    scenario: Text
    """The situation and what is asked (the stem)."""

    @property
    def version(self) -> str:
        """Which wording and marking scheme an answer was given to: a digest of the question."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:12]


class OpenQuestion(Question, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="open"):
    """A scenario that the learner answers in one to four sentences of their own."""

    model_answer: Text
    rubric: Rubric


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One option of a choice question: a key, or a distractor."""

    text: Text
    correct: bool = False
    rationale: Text
    """Why it is right, or why somebody may believe so and is wrong."""


class ChoiceQuestion(Question, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="choice"):
    """One option of four, or two or three of five or six."""

    options: Annotated[tuple[Option, ...], msgspec.Meta(min_length=4, max_length=6)]

    @property
    def keys(self) -> frozenset[int]:
        """The places of the right options."""
        return frozenset(place for place, option in enumerate(self.options) if option.correct)


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One step of an ordering question."""

    text: Text
    rationale: Text
    """Why it stands there."""


class OrderingQuestion(Question, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="ordering"):
    """Steps to put in order; the bank holds them in the right one."""

    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=3, max_length=6)]


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One item of a matching question."""

    text: Text
    match: Annotated[int, msgspec.Meta(ge=0)]
    """The place of its target."""
    rationale: Text


class MatchingQuestion(Question, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="matching"):
    """Items that each belong to one target; a target may take several items, or none."""

    targets: Annotated[tuple[Text, ...], msgspec.Meta(min_length=2, max_length=6)]
    items: Annotated[tuple[Item, ...], msgspec.Meta(min_length=3, max_length=6)]


ClosedQuestion = ChoiceQuestion | OrderingQuestion | MatchingQuestion
AnyQuestion = OpenQuestion | ClosedQuestion

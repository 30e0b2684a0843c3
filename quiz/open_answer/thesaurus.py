"""The bilingual thesaurus: which words express which concept.

Data: `thesaurus/*.yaml`. A *class* is a named set of phrases used inside other phrases; a *concept* is what
rubrics refer to. The language of the phrases:

- `lifecycle policy`    these words in this order; articles, prepositions and the like between them are skipped
- `delet*`              any word that begins so
- `az|zone`             one or the other; `@image`: any phrase of that class or any form of that concept
- `own?`                may be absent
- `run .. root`         the second within a few words of the first
- `@delete & @image`    both in one sentence and near each other, in any order; the first one carries the polarity
- `… & !@script`        not if the third is there, too
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

FOLDER = Path(__file__).parent / "thesaurus"
GAP = ".."


class _Concept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A concept as it is written in the data."""

    names: tuple[str, ...] = ()
    """Terms of the trade: a product, a feature, their long forms."""
    says: tuple[str, ...] = ()
    """Plain words that describe it."""
    is_not: tuple[str, ...] = ()
    """Phrases inside which its forms mean something else."""
    implies: tuple[str, ...] = ()
    """Concepts that it asserts as well."""
    denied_means: str | None = None
    """The concept that its denial asserts ("no servers")."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    classes: dict[str, tuple[str, ...]] = {}
    concepts: dict[str, _Concept] = {}
    fillers: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: alternatives (literal words, `prefix*`, `@class`), or a gap."""

    alternatives: tuple[str, ...]
    optional: bool = False

    @property
    def is_gap(self) -> bool:
        """Whether this stands for a few unknown words."""
        return self.alternatives == (GAP,)


@dataclass(frozen=True, slots=True, eq=False)  # one object per written phrase: compared by identity, so fast
class Phrase:
    """Elements that follow each other."""

    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One way to express a concept: phrases that stand near each other, and phrases that must not."""

    phrases: tuple[Phrase, ...]
    excluded: tuple[Phrase, ...]
    is_name: bool


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept, ready to be matched."""

    id: str
    forms: tuple[Form, ...]
    is_not: tuple[Phrase, ...]
    implies: tuple[str, ...]
    denied_means: str | None


@dataclass(frozen=True)
class Thesaurus:
    """Everything the engine knows about words."""

    classes: dict[str, tuple[Phrase, ...]]
    concepts: dict[str, Concept]
    atoms: frozenset[str]
    """Every literal word and `prefix*` of the phrases."""
    fillers: frozenset[str]
    """Words that may stand between the words of a phrase."""
    distinct: frozenset[str]
    """Ordinary words that are never a slip for a word of the thesaurus."""


class ThesaurusError(ValueError):
    """A phrase or reference that makes no sense; the text names file and entry."""


@cache
def load(folder: Path = FOLDER) -> Thesaurus:
    """The thesaurus of that folder. Raises ThesaurusError."""
    written = _File()
    for file in sorted(folder.glob("*.yaml")):
        try:
            # the base loader: every scalar is text ("on", "no" and 2 are words here)
            data: Any = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 (safe)
            part = msgspec.convert(data, _File)
        except (yaml.YAMLError, msgspec.ValidationError) as error:
            raise ThesaurusError(f"{file.name}: {error}") from error
        names = [*part.classes, *part.concepts, *written.classes, *written.concepts]
        if taken := {name for name in names if names.count(name) > 1}:
            raise ThesaurusError(f"{file.name}: defined twice: {', '.join(sorted(taken))}")
        written = _File(
            written.classes | part.classes,
            written.concepts | part.concepts,
            written.fillers + part.fillers,
            written.distinct + part.distinct,
        )
    return _compiled(written)


@cache
def parse(phrase: str) -> Phrase:
    """A phrase of the data as elements."""
    elements = []
    for word in phrase.split():
        if word == GAP:
            elements.append(Element((GAP,)))
        else:
            elements.append(Element(tuple(word.rstrip("?").split("|")), optional=word.endswith("?")))
    return Phrase(tuple(elements))


def _form(written: str, is_name: bool) -> Form:
    parts = [part.strip() for part in written.split("&")]
    return Form(
        tuple(parse(part) for part in parts if not part.startswith("!")),
        tuple(parse(part[1:]) for part in parts if part.startswith("!")),
        is_name,
    )


def _compiled(written: _File) -> Thesaurus:
    concepts = {
        id: Concept(
            id,
            (*(_form(f, True) for f in entry.names), *(_form(f, False) for f in entry.says)),
            tuple(parse(phrase) for phrase in entry.is_not),
            entry.implies,
            entry.denied_means,
        )
        for id, entry in written.concepts.items()
    }
    classes = {id: tuple(parse(phrase) for phrase in phrases) for id, phrases in written.classes.items()}
    for (
        id,
        concept,
    ) in concepts.items():  # a phrase may refer to a concept as to a class: its one-phrase forms
        classes[id] = tuple(
            form.phrases[0] for form in concept.forms if len(form.phrases) == 1 and not form.excluded
        )
        for other in (*concept.implies, *([concept.denied_means] if concept.denied_means else [])):
            if other not in concepts:
                raise ThesaurusError(f"concept {id}: refers to the unknown concept {other}")
    phrases = [phrase for group in classes.values() for phrase in group]
    for concept in concepts.values():
        phrases += [p for form in concept.forms for p in (*form.phrases, *form.excluded)] + list(
            concept.is_not
        )
    atoms = {
        atom
        for phrase in phrases
        for element in phrase.elements
        for atom in element.alternatives
        if atom != GAP
    }
    if unknown := {atom for atom in atoms if atom.startswith("@") and atom[1:] not in classes}:
        raise ThesaurusError(f"unknown classes: {', '.join(sorted(unknown))}")
    return Thesaurus(
        classes,
        concepts,
        frozenset(atom for atom in atoms if not atom.startswith("@")),
        frozenset(written.fillers),
        frozenset(written.distinct),
    )

"""One question in one language: what the formats hold between them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from labs.learner import LANGUAGES, Language
from quiz.exchange.texts import say
from quiz.model import AnyQuestion, ChoiceQuestion, MatchingQuestion, OpenQuestion, OrderingQuestion

Kind = Literal["choice", "ordering", "matching", "open"]
LISTED = ("covers", "facts")  # tags that may occur several times
REQUIRED = ("domain", "task", "topic", "covers", "difficulty", "bloom", "sources")


class ExchangeError(ValueError):
    """A file that cannot be read; the text says where and why, in the learner's language."""


@dataclass(frozen=True)
class Loss:
    """Something that did not fit: `key` names the text of `quiz.exchange.texts`; `question` is "" for the file."""

    question: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def message(self, lang: Language | None = None) -> str:
        """The loss in words."""
        return say(self.key, lang, **self.values)


@dataclass(frozen=True)
class Line:
    """An option, a step or an item. `match` is the place of an item's target; `correct` is for options."""

    text: str
    rationale: str = ""
    correct: bool = False
    match: int = 0


@dataclass(frozen=True)
class Plain:
    """`lines` are options, the steps in the right order, or items; `notes` the marking scheme of an open question."""

    id: str
    kind: Kind
    text: str
    lines: tuple[Line, ...] = ()
    targets: tuple[str, ...] = ()
    model_answer: str = ""
    notes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def keys(self) -> int:
        """How many options are right."""
        return sum(line.correct for line in self.lines)


def of(question: AnyQuestion, lang: Language) -> Plain:
    """The question in that language."""
    common: dict[str, Any] = {"id": question.id, "text": question.scenario(lang), "tags": tags(question)}
    match question:
        case ChoiceQuestion(options=options):
            lines = tuple(Line(o.text(lang), o.rationale(lang), correct=o.correct) for o in options)
            return Plain(kind="choice", lines=lines, **common)
        case OrderingQuestion(steps=steps):
            lines = tuple(Line(step.text(lang), step.rationale(lang)) for step in steps)
            return Plain(kind="ordering", lines=lines, **common)
        case MatchingQuestion(targets=targets, items=items):
            lines = tuple(Line(item.text(lang), item.rationale(lang), match=item.match) for item in items)
            return Plain(kind="matching", lines=lines, targets=tuple(t(lang) for t in targets), **common)
        case OpenQuestion(model_answer=answer, rubric=rubric):
            notes = tuple(
                f"{say(part, lang)} {idea.label(lang)}"
                for part, ideas in (("expected", rubric.required), ("rejected", rubric.rejected))
                for idea in ideas
            )
            return Plain(kind="open", model_answer=answer(lang), notes=notes, **common)


def tags(question: AnyQuestion) -> tuple[str, ...]:
    """Everything that a question is filed under, as "key:value"."""
    single = {
        "type": type(question).__struct_config__.tag,
        **{
            name: getattr(question, name)
            for name in ("domain", "task", "topic", "difficulty", "bloom", "era")
        },
    }
    return (
        *(f"{name}:{value}" for name, value in single.items()),
        *(f"{name}:{value}" for name in LISTED for value in getattr(question, name)),
        *(f"source:{source.checked}:{source.title}" for source in question.sources),
    )


def slug(text: str, taken: Sequence[str] = ()) -> str:
    """An id made of the first words of a text, that is not among those taken."""
    words = re.findall(r"[a-z0-9]+", text.lower())[:6]
    wanted = base = "-".join(words) or "question"
    number = 2
    while wanted in taken:
        wanted, number = f"{base}-{number}", number + 1
    return wanted


def entries(read: Mapping[Language, Sequence[Plain]]) -> tuple[list[dict[str, Any]], list[Loss]]:
    """Bank entries of what was read in one or both languages, joined by id; and what they still lack.

    An entry without everything that the bank needs is a draft: `course bank check` names the fields to fill in.
    """
    by_id: dict[str, dict[Language, Plain]] = {}
    for lang in LANGUAGES:
        for question in read.get(lang, ()):
            by_id.setdefault(question.id, {})[lang] = question
    made, losses = [], []
    for id, versions in by_id.items():
        shapes = {
            (q.kind, len(q.lines), len(q.targets), *(line.correct for line in q.lines))
            for q in versions.values()
        }
        if len(shapes) > 1:
            losses.append(Loss(id, "languages_differ"))
            continue
        entry = _entry(id, versions)
        made.append(entry)
        missing = [name for name in REQUIRED if name not in entry]
        missing += [lang for lang in LANGUAGES if lang not in versions]
        if next(iter(versions.values())).kind == "open":
            missing.append("rubric")
        if missing:
            losses.append(Loss(id, "to_fill_in", {"fields": ", ".join(missing)}))
    return made, losses


def _entry(id: str, versions: Mapping[Language, Plain]) -> dict[str, Any]:
    one = next(iter(versions.values()))

    def text(part: Any) -> dict[str, str]:
        return {lang: part(question) for lang, question in versions.items()}

    def line(place: int) -> dict[str, Any]:
        return {
            "text": text(lambda q: q.lines[place].text),
            "rationale": text(lambda q: q.lines[place].rationale),
        }

    entry: dict[str, Any] = {
        "id": id,
        "type": one.kind,
        **_filed(one.tags),
        "scenario": text(lambda q: q.text),
    }
    lines = range(len(one.lines))
    match one.kind:
        case "choice":
            entry["options"] = [line(n) | ({"correct": True} if one.lines[n].correct else {}) for n in lines]
        case "ordering":
            entry["steps"] = [line(n) for n in lines]
        case "matching":
            entry["targets"] = [text(lambda q, n=n: q.targets[n]) for n in range(len(one.targets))]
            entry["items"] = [line(n) | {"match": one.lines[n].match} for n in lines]
        case "open":
            entry["model_answer"] = text(lambda q: q.model_answer)
    return entry


def _filed(tags: Sequence[str]) -> dict[str, Any]:
    filed: dict[str, Any] = {}
    for tag in tags:
        name, _, value = tag.partition(":")
        if name in LISTED:
            filed.setdefault(name, []).append(value)
        elif name == "source":
            checked, _, title = value.partition(":")
            filed.setdefault("sources", []).append({"title": title, "checked": checked})
        elif name == "difficulty" and value.isdigit():
            filed[name] = int(value)
        elif name in ("domain", "task", "topic", "bloom", "era"):
            filed[name] = value
    return filed

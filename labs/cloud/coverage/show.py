"""The coverage table as a terminal shows it, and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from labs.cloud.coverage import Level, Service
from labs.cloud.coverage.texts import say
from labs.learner import Language, language

if TYPE_CHECKING:
    from rich.table import Table

COLOURS = {
    Level.faithful: "green",
    Level.partly: "yellow",
    Level.kept: "yellow",
    Level.moto: "cyan",
    Level.absent: "red",
}
PAGE_HEAD = """# What the local cloud does of AWS

*Written by `course cloud coverage --markdown`; a test keeps it fresh, others ask a running cloud whether it is true.*
In French: `course cloud coverage` in a French terminal.
"""

Line = tuple[str, Level, str]  # operations or feature, level, note


def lines(service: Service, level: Level | None, lang: Language | None = None) -> Iterator[Line]:
    """What is said of one service, in the order of levels; operations of which nothing is to add share a line."""
    lang = lang or language()
    for each in Level if level is None else (level,):
        together: dict[str, list[str]] = {}
        for row in service.operations:
            if row.level is each:
                together.setdefault(row.note.get(lang, ""), []).append(row.operation)
        for note, names in sorted(together.items(), key=lambda pair: (pair[0] == "", pair[1])):
            yield ", ".join(names), each, note
        for row in service.features:
            if row.level is each:
                yield f"{row.operation}: {row.feature[lang]}", each, row.note.get(lang, "")
        if service.rest is each:
            yield say("rest", lang), each, say("rest note", lang)
        if each is Level.partly and service.resource_types:
            types = ", ".join(service.resource_types)
            yield f"{say('types', lang)}: {types}", each, say("types note", lang)


def legend(lang: Language | None = None) -> Iterator[tuple[Level, str]]:
    """Each level and what it means."""
    return ((level, say(f"{level} means", lang)) for level in Level)


def tables(chosen: Sequence[Service], level: Level | None) -> Iterator[Table]:
    """What a terminal shows: what the levels mean, then a table for each service; nothing when no row matches."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    found = []
    for service in chosen:
        rows = list(lines(service, level))
        if not rows:
            continue
        table = Table(
            title=f"\n[bold]{service.name}[/] ({service.key})",
            title_justify="left",
            title_style="",
            expand=True,
            box=SIMPLE_HEAD,
        )
        table.add_column(say("operation"), ratio=5, overflow="fold")
        table.add_column(say("level"), no_wrap=True)
        table.add_column(say("note"), ratio=5)
        for names, which, note in rows:
            table.add_row(names, f"[{COLOURS[which]}]{say(which)}[/]", note)
        found.append(table)
    if not found:
        return
    meaning = Table(
        box=None, show_header=False, title=f"[bold]{say('title')}[/]", title_justify="left", title_style=""
    )
    for which, means in legend():
        name = say(which) if say(which) == which else f"{say(which)} ({which})"
        meaning.add_row(f"[{COLOURS[which]}]{name}[/]", means)
    yield meaning
    yield from found


def page(chosen: Sequence[Service], level: Level | None = None) -> str:
    """The table as Markdown, in English."""
    parts = [PAGE_HEAD, "| level | meaning |", "|---|---|"]
    parts += [f"| **{which}** | {means} |" for which, means in legend("en")]
    parts.append(f"\n{say('others', 'en')}: {say('others note', 'en')}")
    for service in chosen:
        rows = list(lines(service, level, "en"))
        if rows:
            parts += [f"\n## {service.name} (`{service.key}`)\n", "| operation | level | what to know |"]
            parts.append("|---|---|---|")
            parts += [f"| {_cell(names)} | {which} | {_cell(note)} |" for names, which, note in rows]
    return "\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")

"""`course report` and `course record`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quiz.cli_common import fail, record_errors, spoken
from quiz.texts import say

if TYPE_CHECKING:
    from quiz.store import Record

record_app = typer.Typer(name="record", help=say("record_help"), no_args_is_help=True)

Lang = Annotated[str | None, typer.Option(help=say("lang"))]


def report(html: Annotated[Path | None, typer.Option(help=say("html"))] = None, lang: Lang = None) -> None:
    """Print the learner's progress; write it as a page too."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from quiz import bank, reports
    from quiz.clock import utc_now
    from quiz.reports import tables
    from quiz.store import Record

    language, now, console = spoken(lang), utc_now().astimezone(), Console()
    with record_errors():
        summary = reports.of_record(Record(), bank.load(), now)
        for line in tables.headlines(summary, language):
            console.print(Text(line))
        for table in tables.tables(summary, language):
            drawn = Table(title=Text(table.title), title_justify="left")
            for place, column in enumerate(table.columns):
                drawn.add_column(Text(column), justify="right" if place else "left")
            for row in table.rows:
                drawn.add_row(*(Text(cell) for cell in row))
            console.print(drawn)
        if html:
            html.write_text(reports.html(summary, language, now), encoding="utf-8")
            typer.echo(say("written", language, path=html))


@record_app.command("export", help=say("export_help"))
def export(
    file: Annotated[str, typer.Argument(help=say("export_file"))] = "-",
) -> None:
    """Write the record as JSON (the shape is `quiz.store.export`'s)."""
    from quiz.store import Record

    with record_errors():
        text = json.dumps(Record().export(), ensure_ascii=False, indent=2) + "\n"
        if file == "-":
            typer.echo(text, nl=False)
        else:
            Path(file).write_text(text, encoding="utf-8")
            typer.echo(say("written", path=file))


@record_app.command("erase", help=say("erase_help"))
def erase(
    yes: Annotated[bool, typer.Option("--yes", help=say("yes"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("dry_run"))] = False,
) -> None:
    """Delete the record, after a question."""
    from quiz.store import Record

    record = Record()
    if not record.files():
        typer.echo(say("nothing_to_erase"))
        return
    attempts, exams = _size(record)
    files = record.files()  # reading a damaged record has set it aside
    typer.echo(
        say("would_erase", attempts=attempts, exams=exams, files="\n".join(f"  {file}" for file in files))
    )
    if dry_run:
        return
    if not yes and not _agreed():
        typer.echo(say("not_erased"))
        raise typer.Exit(1)
    with record_errors():
        record.erase()
    typer.echo(say("erased"))


def _agreed() -> bool:
    """Whether the learner types the word, in their language; the end of the input is a no."""
    try:
        typed: str = typer.prompt(say("sure"), default="", show_default=False)
    except typer.Abort:
        return False
    return typed.strip().lower() == say("sure_word")


def _size(record: Record) -> tuple[object, object]:
    """How many answers and exams there are; a question mark when the record cannot be read."""
    from quiz.store import RecordError

    try:
        return len(record.attempts()), len(record.exams())
    except RecordError:
        return say("unreadable"), say("unreadable")


@record_app.command("contest", help=say("contest_help"))
def contest(
    comment: Annotated[str, typer.Argument(help=say("comment"))] = "",
    attempt: Annotated[int | None, typer.Option(help=say("attempt"))] = None,
) -> None:
    """Contest a verdict."""
    from quiz.store import Record

    record = Record()
    with record_errors():
        found = [entry for entry in record.attempts() if attempt in (None, entry.id)]
        if not found:
            fail(say("no_attempt"))
        record.contest(found[-1].id, comment)
    typer.echo(say("contested", id=found[-1].id, question=found[-1].question))


@record_app.command("contested", help=say("contested_help"))
def contested(
    output: Annotated[Path | None, typer.Option(help=say("contested_output"))] = None, lang: Lang = None
) -> None:
    """Show contested verdicts."""
    from quiz import bank
    from quiz.contested import NONE, entry, printable
    from quiz.store import Record
    from quiz.widget_texts import say as card

    language = spoken(lang)
    with record_errors():
        entries = [entry(attempt, bank.load()) for attempt in Record().contested()]
        for shown in entries:
            words = {
                "day": str(shown["answered_at"])[:10],
                "verdict": card(str(shown["verdict"]), language),
                "scenario": shown["scenario"] or NONE,
                "answer": str(shown["answer"]).replace("\n", "\n    "),
                "comment": shown["comment"] or NONE,
            }
            line = say("contested_entry", language, id=shown["id"], question=shown["question"], **words)
            typer.echo(printable(line))
        if not entries:
            typer.echo(say("none_contested", language))
        if output:
            lines = (json.dumps(shown, ensure_ascii=False) + "\n" for shown in entries)
            output.write_text("".join(lines), encoding="utf-8")
            typer.echo(say("written", language, path=output))

"""`course grade`, and the other commands of the quiz: `quiz`, `report`, `record`."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, TextIO

import typer

from quiz import quiz_cli, record_cli
from quiz.cli_common import fail
from quiz.texts import say

app = typer.Typer()
app.add_typer(quiz_cli.app)
app.add_typer(record_cli.record_app)
app.command("report", help=say("report_help"))(record_cli.report)

PROGRESS_EVERY = 100  # answers


@app.command("grade", help=say("grade_help"))
def grade_file(
    file: Annotated[str, typer.Argument(help=say("file"))],
    output: Annotated[Path | None, typer.Option(help=say("output"))] = None,
) -> None:
    """Mark every line of a JSONL file; bad lines are kept, named on stderr, and make the exit code 1."""
    if output and output.exists() and Path(file).exists() and output.samefile(file):
        fail(say("same_file"))
    try:
        with _input(file) as lines, _output(output) as target:
            bad = _mark(lines, target)
    except BrokenPipeError:  # `| head`: the command line ends this quietly
        raise
    except OSError as error:
        fail(say("no_file", path=error.filename or file, reason=error.strerror))
    raise typer.Exit(1 if bad else 0)


def _input(file: str) -> AbstractContextManager[TextIO]:
    """The lines to mark. Bytes that are not UTF-8 are replaced: they spoil their line, not the run."""
    if file != "-":
        return Path(file).open(encoding="utf-8", errors="replace")
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    return nullcontext(sys.stdin)


def _output(path: Path | None) -> AbstractContextManager[TextIO]:
    if path:
        return path.open("w", encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    return nullcontext(sys.stdout)


def _mark(lines: TextIO, target: TextIO) -> int:
    """Write the marked lines as they come; the number of bad ones."""
    from quiz import bank
    from quiz.batch import mark_lines

    bad = 0
    counting = sys.stderr.isatty() and target is not sys.stdout
    for count, line in enumerate(mark_lines(lines, bank.load()), 1):
        target.write(line.text + "\n")
        if line.problem:
            bad += 1
            typer.echo(line.problem, err=True)
        if counting and count % PROGRESS_EVERY == 0:
            typer.echo(say("progress", count=count) + "\r", err=True, nl=False)
    target.flush()
    return bad

"""`course bank export` and `course bank import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from labs.learner import Language, language
from quiz.exchange.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quiz.exchange.plain import Loss, Plain

FormatName = Annotated[str | None, typer.Option("--format", help=say("format_help"), show_default=False)]
Force = Annotated[bool, typer.Option("--force", help=say("force_help"))]


def export_command(
    output: Annotated[Path, typer.Argument(help=say("output_help"))],
    form: FormatName = None,
    lang: Annotated[Language | None, typer.Option(help=say("lang_help"), show_default=False)] = None,
    topic: Annotated[list[str] | None, typer.Option(help=say("topic_help"), show_default=False)] = None,
    force: Force = False,
) -> None:
    """Write the questions of the bank in one language, and say what the format could not hold."""
    from quiz import bank
    from quiz.exchange import formats, plain

    spoken = lang or language()
    _spare(output, force)
    questions = [
        plain.of(question, spoken)
        for question in bank.load().values()
        if not topic or question.topic in topic
    ]
    if not questions:
        _fail(say("nothing"))
    try:
        content, losses = formats.of(output, form).write(questions, spoken)
        output.write_bytes(content)
    except (plain.ExchangeError, OSError) as error:
        _fail(str(error))
    left_out = {loss.question for loss in losses if loss.key == "other_kind"}
    typer.echo(say("exported", count=len(questions) - len(left_out), path=output))
    _tell(losses)


def import_command(
    output: Annotated[Path, typer.Argument(help=say("output_help"))],
    fr: Annotated[Path | None, typer.Option(help=say("fr_help"), show_default=False)] = None,
    en: Annotated[Path | None, typer.Option(help=say("en_help"), show_default=False)] = None,
    form: FormatName = None,
    force: Force = False,
) -> None:
    """Write what one or two files hold as a draft of bank entries, and say what could not be read."""
    import yaml

    from quiz.exchange import formats, plain

    if not fr and not en:
        _fail(say("nothing_to_import"))
    _spare(output, force)
    read: dict[Language, Sequence[Plain]] = {}
    losses: list[Loss] = []
    files: tuple[tuple[Language, Path | None], ...] = (("fr", fr), ("en", en))
    for lang, path in files:
        if path is None:
            continue
        try:
            read[lang], lost = formats.read(path, form)
        except plain.ExchangeError as error:
            _fail(str(error))
        except OSError as error:
            _fail(say("no_file", path=path, reason=error.strerror))
        losses += lost
    entries, incomplete = plain.entries(read)
    text = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=110)
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        _fail(say("no_file", path=output, reason=error.strerror))
    typer.echo(say("imported", count=len(entries), path=output))
    _tell(losses + incomplete)


def _tell(losses: Sequence[Loss]) -> None:
    """The losses, the same one of many questions in one line."""
    if not losses:
        return
    typer.echo(say("lost"))
    questions: dict[str, list[str]] = {}
    for loss in losses:
        questions.setdefault(loss.message(), []).append(loss.question)
    for message, ids in questions.items():
        named = f"{ids[0]} : {message}" if len(ids) == 1 else say("times", message=message, count=len(ids))
        typer.echo(f"- {named}")


def _spare(path: Path, force: bool) -> None:
    if path.exists() and not force:
        _fail(say("exists", path=path))


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)

"""`course bank`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quiz.checking.texts import say
from quiz.exchange.cli import export_command, import_command
from quiz.exchange.texts import say as say_exchange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from quiz.checking.review import Reviews
    from quiz.model import AnyQuestion

app = typer.Typer(name="bank", help=say("bank_help"), no_args_is_help=True)


app.command("export", help=say_exchange("export_help"))(export_command)
app.command("import", help=say_exchange("import_help"))(import_command)


@app.command("check", help=say("check_help"))
def check_command(
    folder: Annotated[Path | None, typer.Argument(help=say("folder"), show_default=False)] = None,
) -> None:
    """Print what the bank covers and what is to be mended; exit 1 when something is."""
    from datetime import UTC, datetime

    import msgspec
    from rich.console import Console

    from labs.facts import facts
    from quiz import bank
    from quiz.checking import bank as checking
    from quiz.checking import review
    from quiz.checking.findings import Finding

    own = folder is None
    folder = folder or bank.FOLDER
    if not any(folder.glob("*.yaml")):
        typer.echo(say("no_folder", path=folder), err=True)
        raise typer.Exit(2)
    questions, findings = checking.read(folder)
    reviews = None
    try:
        reviews = review.load() if own else None
    except (OSError, msgspec.DecodeError) as error:
        findings.append(Finding("", "no_review_file", {"problem": error}))
    findings += checking.check(questions, datetime.now(UTC).date(), reviews, facts())
    console = Console(highlight=False, markup=False)
    _summary(console, questions, reviews)
    for finding in findings:
        typer.echo(f"{finding.question}: {finding.message()}" if finding.question else finding.message())
    typer.echo(say("to_mend", count=len(findings)) if findings else say("clean"))
    raise typer.Exit(1 if findings else 0)


@app.command("sheet", help=say("sheet_help"))
def sheet_command(
    output: Annotated[Path, typer.Argument(help=say("sheet_output"))],
    question: Annotated[list[str] | None, typer.Option(help=say("only"), show_default=False)] = None,
) -> None:
    """Write what a second solver may see."""
    import msgspec

    from quiz import bank
    from quiz.checking import review

    chosen = [each for each in bank.load().values() if not question or each.id in question]
    try:
        output.write_bytes(msgspec.json.format(msgspec.json.encode([review.sheet(each) for each in chosen])))
    except OSError as error:
        typer.echo(f"{output}: {error.strerror}", err=True)
        raise typer.Exit(2) from None
    typer.echo(say("sheet_written", count=len(chosen), path=output))


@app.command("review", help=say("review_help"))
def review_command(
    answers: Annotated[Path, typer.Argument(help=say("answers_file"))],
    file: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Note the questions that a second solver confirms; name the others."""
    import json
    from datetime import UTC, datetime

    from quiz import bank
    from quiz.checking import review

    file = file or review.FILE
    questions = bank.load()
    confirmed, disagreements = [], 0
    try:
        lines = answers.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        typer.echo(f"{answers}: {error.strerror}", err=True)
        raise typer.Exit(2) from None
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            question = questions[entry["id"]]
            agreed = review.agrees(question, entry["answer"], entry.get("lang", "en"))
        except (ValueError, KeyError, TypeError, AttributeError):
            typer.echo(say("bad_answer", line=number), err=True)
            raise typer.Exit(2) from None
        if agreed:
            confirmed.append(question)
        else:
            disagreements += 1
            typer.echo(say("disagreement", id=question.id))
    known = review.load(file) if file.exists() else {}
    review.save(review.recorded(known, confirmed, f"{datetime.now(UTC):%Y-%m}"), file)
    typer.echo(say("confirmed", count=len(confirmed), others=disagreements))
    raise typer.Exit(1 if disagreements else 0)


def _summary(console: Console, questions: Sequence[AnyQuestion], reviews: Reviews | None) -> None:
    from collections import Counter

    from rich.table import Table

    from labs.learner import LANGUAGES, language
    from quiz import syllabus
    from quiz.checking import bank as checking
    from quiz.checking import bias, coverage
    from quiz.model import ChoiceQuestion

    lang = language()
    kinds = Table(say("kind"), say("count"), title=say("questions"))
    for kind, count in Counter(_kind(question) for question in questions).most_common():
        kinds.add_row(kind, str(count))
    kinds.add_row("", str(len(questions)))
    console.print(kinds)

    domains = Table(say("domain"), say("count"), say("share"), say("weight"))
    weights = checking.exam_weights()
    for domain, share in coverage.shares(questions).items():
        count = sum(question.domain == domain for question in questions)
        domains.add_row(domain, str(count), f"{share:.0f} %", f"{weights[domain]:.0f} %")
    console.print(domains)

    covered = coverage.counts(questions)
    points = Table(say("point"), "", say("count"), title=say("coverage"))
    for topic, titles in syllabus.points().items():
        points.add_section()
        points.add_row(topic, "", str(sum(question.topic == topic for question in questions)))
        for point, title in titles.items():
            points.add_row(f"  {point}", title(lang), str(covered[point]))
    console.print(points)

    choices = [question for question in questions if isinstance(question, ChoiceQuestion)]
    french, english = (round(100 * bias.lengths(choices, code).share) for code in LANGUAGES)
    places = bias.positions(choices)
    console.print(
        say("bias", fr=french, en=english, places=", ".join(str(places[place]) for place in range(4)))
    )
    if reviews:
        outcomes = Counter(review.outcome for review in reviews.values())
        typer.echo(say("reviewed", agreed=outcomes["agreed"], rewritten=outcomes["rewritten"]))


def _kind(question: AnyQuestion) -> str:
    """choice 1/4, choice 2/5, ordering, matching, open."""
    from quiz.model import ChoiceQuestion

    kind = str(type(question).__struct_config__.tag)
    if isinstance(question, ChoiceQuestion):
        return f"{kind} {len(question.keys)}/{len(question.options)}"
    return kind

"""The commands of `course lab`; what they need of AWS is loaded when they run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from labs.real.teardown.texts import say

if TYPE_CHECKING:
    from rich.console import Console

    from labs.real.ledger import Ledger, Run
    from labs.real.teardown.survey import Survey
    from labs.session import CourseSession

app = typer.Typer(name="lab", help=say("help"), no_args_is_help=True)

RunOption = Annotated[str | None, typer.Option("--run", help=say("run option"))]
ProfileOption = Annotated[str | None, typer.Option("--profile", help=say("profile option"))]


def _console() -> Console:
    from rich.console import Console

    # Names and AWS's answers may hold square brackets, which rich would take for its own markup.
    return Console(highlight=False, soft_wrap=True, markup=False)


@contextmanager
def _looking(console: Console) -> Iterator[None]:
    """Show that AWS is being asked; where it does not answer, say so and end instead of a traceback."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        with console.status(say("looking")):
            yield
    except (BotoCoreError, ClientError) as error:
        console.print(say("no answer", error=error))
        raise typer.Exit(2) from None


def _all_ledgers() -> list[Ledger]:
    """Those of real accounts, and that of the local cloud while it runs."""
    from labs.cloud import client
    from labs.real.ledger import folder, ledgers

    local: list[Ledger] = []
    with suppress(client.CloudError):
        endpoint = client.environment()["AWS_ENDPOINT_URL"]
        local = [led for led in ledgers(client.cloud_home() / "ledger") if led.run.endpoint == endpoint]
    return [*ledgers(folder()), *local]


def _choose(name: str | None) -> Ledger:
    """The ledger of the run with that name (or its only one beginning so); the only open run when None."""
    found = _all_ledgers()
    if name is None:
        chosen = [ledger for ledger in found if not ledger.record.closed] or found[-1:]
    else:
        chosen = [ledger for ledger in found if ledger.run.id == name] or [
            ledger for ledger in found if ledger.run.id.startswith(name)
        ]
    if len(chosen) == 1:
        return chosen[0]
    console = _console()
    if not chosen:
        console.print(say("no run") if name is None else say("no such run", run=name))
        raise typer.Exit(0 if name is None else 2)
    console.print(say("which run"))
    for ledger in chosen:
        console.print(f"  {_place(ledger.run)}")
    raise typer.Exit(2)


def _place(run: Run) -> str:
    return say("place", run=run.id, world=say(run.world), account=run.account, region=run.region)


def _open(run: Run, profile: str | None) -> CourseSession:
    from labs.session import ConnectError, reconnect

    try:
        return reconnect(run, profile)
    except ConnectError as error:
        _console().print(str(error))
        raise typer.Exit(2) from None


def _open_lost(
    account: str | None, region: str | None, run: str | None, profile: str | None
) -> CourseSession:
    """A session for a run whose ledger is lost: with a ledger made anew from tags."""
    from labs.real.ledger import Run
    from labs.session import REAL

    if not (account and region and run):
        _console().print(say("lost"))
        raise typer.Exit(2)
    return _open(Run(run, REAL, account, region), profile)


@app.command("list", help=say("list help"))
def list_runs() -> None:
    """Print every run that this machine knows."""
    from rich.table import Table

    table = Table()
    for name in ("run", "world", "account", "region", "made", "state"):
        table.add_column(say(f"column {name}"), no_wrap=name == "run")
    for ledger in _all_ledgers():
        record, run = ledger.record, ledger.run
        state = say("clean") if record.closed else say("open")
        table.add_row(run.id, say(run.world), run.account, run.region, str(len(record.made)), state)
    _console().print(table)


@app.command(help=say("teardown help"))
def teardown(
    run: RunOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("dry run option"))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=say("yes option"))] = False,
    by_tag: Annotated[bool, typer.Option("--by-tag", help=say("by tag option"))] = False,
    account: Annotated[str | None, typer.Option("--account", help=say("account option"))] = None,
    region: Annotated[str | None, typer.Option("--region", help=say("region option"))] = None,
    profile: ProfileOption = None,
) -> None:
    """Delete what a run made, after showing it and asking."""
    from rich.text import Text

    from labs.real.teardown.effects import Patience, carry_out
    from labs.real.teardown.plan import plan
    from labs.real.teardown.survey import adopt, survey

    console = _console()
    session = _open_lost(account, region, run, profile) if account else _open(_choose(run).run, profile)
    aws, ledger = session.aws, session.guard.ledger
    console.print(_place(ledger.run))
    with _looking(console):
        if by_tag:
            adopt(aws, ledger)
        there = survey(aws, ledger)
    steps = plan(there.mine)
    _left_alone(there, console)
    if not steps:
        console.print(say("nothing to delete"))
    for step in steps:
        if dry_run or step.action.do is not None:
            console.print(f"  {step}")
    if dry_run:
        raise typer.Exit
    if steps and not yes:
        typed = typer.prompt(say("confirm", account=ledger.run.account), default="", show_default=False)
        if typed.strip() != ledger.run.account:
            console.print(say("not confirmed"))
            raise typer.Exit(1)
    patience, failed = Patience(), set()
    for number, step in enumerate(steps, 1):
        if step.action.do is None and step.resource in failed:
            continue  # it is not going
        with console.status(Text(str(step))):
            problem = carry_out(step, aws, patience)
        if problem:
            failed.add(step.resource)
        mark = Text("✗", "red") if problem else Text("✓", "green")
        console.print(mark, f"{number}/{len(steps)} {step}" + (f": {problem}" if problem else ""))
    raise typer.Exit(_verify(session, console))


@app.command("verify-empty", help=say("verify help"))
def verify_empty(run: RunOption = None, profile: ProfileOption = None) -> None:
    """Ask every service whether anything of a run is left; exit code 1 if so."""
    console = _console()
    session = _open(_choose(run).run, profile)
    console.print(_place(session.guard.run))
    raise typer.Exit(_verify(session, console))


def _verify(session: CourseSession, console: Console) -> int:
    from rich.table import Table

    from labs.real.resources import KINDS
    from labs.real.teardown.survey import survey

    with _looking(console):
        there = survey(session.aws, session.guard.ledger)
    left = there.mine | there.only_tagged | there.only_written
    table = Table(say("column kind"), say("column gone"), say("column left"), title=say("report"))
    for kind in KINDS:
        counts = [sum(resource.kind == kind for resource in group) for group in (there.gone, left)]
        if any(counts) or kind in there.unseen:
            table.add_row(kind, str(counts[0]), "?" if kind in there.unseen else str(counts[1]))
    console.print(table)
    for resource in sorted(there.mine):
        console.print(f"  {resource}")
    _left_alone(there, console)
    if there.unseen:
        console.print(say("unseen", kinds=", ".join(there.unseen)))
    if not there.empty:
        console.print(say("left", count=len(left)))
        return 1
    if not session.guard.ledger.record.closed:
        session.guard.ledger.close()
    console.print(say("empty"))
    if session.world == "real":
        console.print(say("service roles"))
    return 0


def _left_alone(there: Survey, console: Console) -> None:
    for heading, resources in (("only tagged", there.only_tagged), ("only written", there.only_written)):
        if resources:
            console.print(say(heading))
            for resource in sorted(resources):
                console.print(f"  {resource}")

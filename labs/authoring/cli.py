"""`course notebooks`: build and check the notebooks; make one of the working copy new again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from labs.authoring.texts import say
from labs.learner import LANGUAGES, Language
from labs.workspace import NOTEBOOKS, UnknownNotebook, find, reset

if TYPE_CHECKING:
    from labs.authoring import source
    from labs.authoring.build import BuildError, Progress

app = typer.Typer(name="notebooks", help=say("help"), no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(help=say("names_help"), show_default=False)]
JOBS = min(
    os.cpu_count() or 1, 4
)  # notebooks at a time; each has a kernel, a cloud and the tasks of its lesson
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help=say("jobs_help"))]
Result = TypeVar("Result")
Lang = Annotated[Language | None, typer.Option("--lang", help=say("lang_help"), show_default=False)]


@app.command("build", help=say("build_help"))
def build_command(
    names: Names = None,
    lang: Lang = None,
    solved: Annotated[bool, typer.Option("--solved", help=say("solved_help"))] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help=say("fresh_help"))] = False,
    jobs: Jobs = JOBS,
) -> None:
    """Build the notebooks; exit 1 when a source breaks a rule or does not run."""
    from labs.authoring import build, source

    sources = _sources(names)
    faults: list[object] = []
    sound = []
    for path in sources:
        problems = source.problems(source.read(path), f"src/{path.name}")
        faults += problems
        sound += [] if problems else [path]
    engine = solved and _engine_answers()

    def one(path: Path, code: Language, progress: Progress) -> str:
        file = f"{code}/{path.stem}"
        if solved:
            build.run(path, code, solved=True, with_engine=engine, progress=progress)
            return say("solved_ok" if engine else "solved_no_engine", file=file)
        built = build.build(path, code, notebooks=NOTEBOOKS, fresh=fresh, progress=progress)
        return say("written" if built.changed else "unchanged", file=file)

    for result in _each(one, sound, (lang,) if lang else LANGUAGES, jobs):
        if isinstance(result, build.BuildError):
            faults.append(result)
        else:
            typer.echo(result)
    _finish(faults)


@app.command("check", help=say("check_help"))
def check_command(
    names: Names = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help=say("rebuild_help"))] = False,
    jobs: Jobs = JOBS,
) -> None:
    """Check the committed notebooks; exit 1 when there is something to mend."""
    from labs.authoring import build, check

    sources = _sources(names)
    faults: list[object] = list(check.check(sources, NOTEBOOKS))
    if not names:
        faults += check.orphans(NOTEBOOKS)

    def one(path: Path, code: Language, progress: Progress) -> list[source.Problem]:
        return list(check.rebuilt(path, code, progress, NOTEBOOKS))

    for result in _each(one, sources, LANGUAGES, jobs) if rebuild and not faults else ():
        faults += [result] if isinstance(result, build.BuildError) else result
    _finish(faults)
    typer.echo(say("all_well", count=len(sources) * len(LANGUAGES)))


@app.command("reset", help=say("reset_help"))
def reset_command(
    name: Annotated[str, typer.Argument(help=say("name_help"))],
    lang: Lang = None,
) -> None:
    """Replace one notebook of the working copy, keeping a dated backup."""
    try:
        backup = reset(name, lang=lang, notebooks=NOTEBOOKS)
    except UnknownNotebook as error:
        _unknown(error)
    typer.echo(say("reset_done", name=name, backup=backup) if backup else say("reset_was_absent", name=name))


def _sources(names: list[str] | None) -> list[Path]:
    """The sources that are meant, in order. Exits when a name is unknown."""
    folder = NOTEBOOKS / "src"
    known = sorted(path.stem for path in folder.glob("*.py"))
    try:
        wanted = sorted({find(name, known) for name in names}) if names else known
    except UnknownNotebook as error:
        _unknown(error)
    return [folder / f"{name}.py" for name in wanted]


def _unknown(error: UnknownNotebook) -> None:
    typer.echo(say("unknown_notebook", name=error.name, known=", ".join(error.known)), err=True)
    raise typer.Exit(2)


def _each(
    one: Callable[[Path, Language, Progress], Result],
    sources: Sequence[Path],
    languages: Sequence[Language],
    jobs: int,
) -> Iterator[Result | BuildError]:
    """Run every notebook, `jobs` at a time, each with a bar on the error stream; the results in order.

    Each has a kernel and a cloud of its own, so that they share nothing but the machine.
    """
    from concurrent.futures import ThreadPoolExecutor

    from rich import progress
    from rich.console import Console

    from labs.authoring.build import BuildError

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
    )

    def run(path: Path, code: Language) -> Result | BuildError:
        task = bars.add_task(say("running", file=f"{code}/{path.stem}"), total=None)
        try:
            return one(path, code, lambda done, total: bars.update(task, completed=done, total=total))
        except BuildError as error:
            return error
        finally:
            bars.remove_task(task)

    with (
        progress.Progress(*columns, console=Console(stderr=True), transient=True) as bars,
        ThreadPoolExecutor(jobs) as pool,
    ):
        waiting = [pool.submit(run, path, code) for path in sources for code in languages]
        yield from (each.result() for each in waiting)


def _engine_answers() -> bool:
    import docker

    try:
        client = docker.from_env(timeout=10)
        client.ping()
    except docker.errors.DockerException:
        return False
    client.close()
    return True


def _finish(faults: list[object]) -> None:
    """Say every fault; exit 1 if there is one."""
    for fault in faults:
        typer.echo(str(fault), err=True)
    if faults:
        typer.echo(say("some_problems", count=len(faults)), err=True)
        raise typer.Exit(1)

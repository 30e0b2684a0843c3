"""`course notebooks`: build and check the notebooks; make one of the working copy new again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labs.authoring.texts import say
from labs.learner import LANGUAGES, Language
from labs.workspace import NOTEBOOKS, UnknownNotebook, find, reset

if TYPE_CHECKING:
    from labs.authoring.build import Progress

app = typer.Typer(name="notebooks", help=say("help"), no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(help=say("names_help"), show_default=False)]
Lang = Annotated[Language | None, typer.Option("--lang", help=say("lang_help"), show_default=False)]


@app.command("build", help=say("build_help"))
def build_command(
    names: Names = None,
    lang: Lang = None,
    solved: Annotated[bool, typer.Option("--solved", help=say("solved_help"))] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help=say("fresh_help"))] = False,
) -> None:
    """Build the notebooks; exit 1 when a source breaks a rule or does not run."""
    from labs.authoring import build, source

    sources = _sources(names)
    faults: list[object] = []
    for path in sources:
        if problems := source.problems(source.read(path), f"src/{path.name}"):
            faults += problems
            continue
        for code in (lang,) if lang else LANGUAGES:
            file = f"{code}/{path.stem}"
            try:
                with _progress(file) as progress:
                    if solved:
                        engine = _engine_answers()
                        build.run(path, code, solved=True, with_engine=engine, progress=progress)
                        typer.echo(say("solved_ok" if engine else "solved_no_engine", file=file))
                    else:
                        built = build.build(path, code, notebooks=NOTEBOOKS, fresh=fresh, progress=progress)
                        typer.echo(say("written" if built.changed else "unchanged", file=file))
            except build.BuildError as error:
                faults.append(error)
    _finish(faults)


@app.command("check", help=say("check_help"))
def check_command(
    names: Names = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help=say("rebuild_help"))] = False,
) -> None:
    """Check the committed notebooks; exit 1 when there is something to mend."""
    from labs.authoring import build, check

    sources = _sources(names)
    faults: list[object] = list(check.check(sources, NOTEBOOKS))
    if not names:
        faults += check.orphans(NOTEBOOKS)
    for path in sources if rebuild and not faults else ():
        for lang in LANGUAGES:
            try:
                with _progress(f"{lang}/{path.stem}") as progress:
                    faults += check.rebuilt(path, lang, progress, NOTEBOOKS)
            except build.BuildError as error:
                faults.append(error)
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


@contextmanager
def _progress(file: str) -> Iterator[Progress]:
    """A bar on the error stream that goes away when the notebook has run."""
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say("running", file=file), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


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

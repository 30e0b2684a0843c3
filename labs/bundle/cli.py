"""`course bundle`: the course for a room without internet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from labs.bundle.texts import say
from labs.learner import home

if TYPE_CHECKING:
    from labs.bundle.targets import Target
    from labs.bundle.wheels import Wheel

app = typer.Typer()

KNOWN = "linux-x86_64, linux-aarch64, macos-arm64, macos-x86_64"  # labs.bundle.targets.PLATFORMS, which loads slowly


@app.command(help=say("help"))
def bundle(
    out: Annotated[Path | None, typer.Option("--out", help=say("out_help"), show_default=False)] = None,
    platform: Annotated[
        list[str] | None, typer.Option(help=say("platform_help", known=KNOWN), show_default=False)
    ] = None,
    python: Annotated[list[str] | None, typer.Option(help=say("python_help"), show_default=False)] = None,
    make_zip: Annotated[bool, typer.Option("--zip", help=say("zip_help"))] = False,
    site: Annotated[bool, typer.Option("--site", help=say("site_help"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("dry_run_help"))] = False,
) -> None:
    """Find the wheels of every target, then fetch them and lay the course beside them."""
    from labs.bundle import build, wheels
    from labs.site.folder import MadeFolder, NotOurs

    targets = _targets(platform, python)
    folder = MadeFolder((out or home() / "bundle").resolve(), build.MARKER)
    if folder.path == build.COURSE or build.COURSE in folder.path.parents:
        _stop(say("inside", folder=folder.path))
    try:
        if not dry_run:
            folder.begin()  # before the work, so that a wrong folder is told at once
        with _status() as status:
            resolved = _resolve(targets, status)
            if dry_run:
                _tell_plan(resolved)
                return
            for target, found in resolved.items():
                done: list[str] = []
                wheels.fetch(
                    found, target, folder.path / build.WHEELS, _counting(status, target, found, done)
                )
            status(say("copying"))
            pages = _site() if site else None
            names = build.assemble(folder, resolved, course=build.COURSE, site=pages)
            status(say("zipping") if make_zip else "")
            packed = build.archive(folder.path, names) if make_zip else None
    except NotOurs as error:
        _stop(say("not_ours", folder=error.folder))
    except wheels.BundleError as error:
        _stop(str(error))
    except OSError as error:
        _stop(say("cannot_write", reason=error))
    size = _megabytes(sum((folder.path / name).stat().st_size for name in names))
    told = "; ".join(str(target) for target in targets)
    typer.echo(say("made", folder=folder.path, files=len(names), size=size, targets=told))
    if packed:
        typer.echo(say("zipped", file=packed, size=_megabytes(packed.stat().st_size)))


def _targets(platforms: list[str] | None, pythons: list[str] | None) -> list[Target]:
    from labs.bundle import targets

    for name in platforms or []:
        if name not in targets.PLATFORMS:
            _stop(say("bad_platform", name=name, known=KNOWN))
    for name in pythons or []:
        if not (found := re.fullmatch(r"3\.(\d{1,2})", name)) or int(found[1]) < 11:
            _stop(say("bad_python", name=name))
    try:
        here = targets.here()
    except LookupError as error:
        if not platforms:
            _stop(say("unknown_machine", name=error, known=KNOWN))
        here = targets.Target(platforms[0], "3.11")
    return list(targets.every(platforms or [here.platform], pythons or [here.python]))


def _resolve(targets: list[Target], status: Callable[[str], None]) -> dict[Target, dict[str, Wheel]]:
    from labs.bundle import build, wheels

    wanted, constraints = build.requirements(build.COURSE), build.COURSE / "constraints.txt"
    resolved = {}
    for target in targets:

        def looking(name: str, target: Target = target) -> None:
            status(say("resolving", target=target, name=name))

        looking("")
        resolved[target] = wheels.resolve(wanted, constraints, target, looking)
    return resolved


def _counting(
    status: Callable[[str], None], target: Target, found: dict[str, Wheel], done: list[str]
) -> Callable[[str], None]:
    def fetching(name: str) -> None:
        done.append(name)
        status(say("fetching", target=target, done=len(done), total=len(found), name=name))

    return fetching


def _tell_plan(resolved: dict[Target, dict[str, Wheel]]) -> None:
    from labs.bundle import build, wheels

    sizes = wheels.sizes(wheel for found in resolved.values() for wheel in found.values())
    for target, found in resolved.items():
        known = [sizes[wheel.file] for wheel in found.values()]
        line = say("plan", target=target, count=len(found), size=_megabytes(sum(filter(None, known))))
        unknown = known.count(None)
        typer.echo(f"{line} {say('plan_unknown', count=unknown)}" if unknown else line)
    course = sum((build.COURSE / file).stat().st_size for file in build.course_files(build.COURSE))
    total = _megabytes(sum(filter(None, sizes.values())))
    typer.echo(say("plan_total", wheels=len(sizes), size=total, course=_megabytes(course)))


def _site() -> dict[str, bytes]:
    from labs.bundle.wheels import BundleError
    from labs.site import build

    try:
        return build.make(build.read())
    except build.SiteError as error:
        raise BundleError(str(error)) from error


@contextmanager
def _status() -> Iterator[Callable[[str], None]]:
    """One line on the error stream that says what is being done, and goes away."""
    from rich.console import Console

    with Console(stderr=True).status("") as shown:
        yield lambda text: shown.update(text)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}"


def _stop(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)

"""`course start`: open the learner's working copy in JupyterLab, in their language."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from labs import learner, start_jupyterlab
from labs.start_texts import say

app = typer.Typer()

ENDINGS = (signal.SIGTERM, signal.SIGHUP)  # told to end; the terminal's window was closed
AGAIN_SECONDS = 5  # between two Ctrl+C that mean it


@app.command(help=say("help"))
def start(
    lang: Annotated[learner.Language | None, typer.Option(help=say("lang"))] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help=say("no_browser"))] = True,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help=say("port"))] = None,
) -> None:
    """Refresh the working copy, start the local cloud, run JupyterLab until it ends, stop the cloud."""
    from labs.cloud.client import CloudError

    if lang is not None:
        os.environ["COURSE_LANG"] = lang
    try:
        with _only_window(learner.home()) as only:
            if only:
                if lang is not None:
                    learner.choose_language(lang)
                _run(browser, port)
            else:
                _show_the_other(browser)
    except start_jupyterlab.DidNotStart as error:
        _fail(say("did_not_start", log=start_jupyterlab.log_file(), tail=error))
    except CloudError as error:
        _fail(str(error))
    except OSError as error:
        _fail(say("unusable", reason=error))


def _run(browser: bool, port: int | None) -> None:
    from labs import workspace
    from labs.cloud import client

    refreshed = workspace.refresh()
    for name, beside in refreshed.kept.items():
        typer.echo(say("kept", name=name, beside=beside))
    typer.echo(say("starting", folder=refreshed.folder))
    note = start_jupyterlab.home() / "cloud-started-here"
    cloud_stays, failed = _started_by_hand(note), False
    server = start_jupyterlab.Server(refreshed.folder, learner.language(), browser=browser, port=port)
    try:
        for ending in ENDINGS:
            signal.signal(ending, _end)
        if not cloud_stays:
            note.write_text(client.start().started_at)
        failed = _until_told(server.process, say("open", address=server.address()))
    except _Ended:
        pass
    finally:
        _end_undisturbed()
        server.stop()
        if not cloud_stays:
            client.stop()
    with suppress(OSError):  # of a terminal that is gone
        typer.echo(say("stopped_cloud_stays" if cloud_stays else "stopped", home=learner.home()))
    if failed:
        raise typer.Exit(1)


def _started_by_hand(note: Path) -> bool:
    """Whether a cloud was there before the course, and so stays after it.

    `note` tells a cloud started by hand from one that a killed `course start` left behind.
    """
    from labs.cloud import client

    found = client.status()
    return found is not None and not (note.exists() and note.read_text() == found.started_at)


def _until_told(server: subprocess.Popen[bytes], greeting: str) -> bool:
    """Greet, then wait until JupyterLab ends, or the learner says so: one Ctrl+C is easily hit by mistake, two are not.

    Whether JupyterLab ended by a failure.
    """
    asked = float("-inf")
    while True:
        try:
            if greeting:
                typer.echo(greeting)
                greeting = ""
            code = server.wait()
            typer.echo(say("ended", log=start_jupyterlab.log_file()))
            return code != 0
        except KeyboardInterrupt:
            if not sys.stdin.isatty() or time.monotonic() - asked < AGAIN_SECONDS:
                typer.echo("\n" + say("stopping"))
                return False
            asked = time.monotonic()
            typer.echo("\n" + say("again", seconds=AGAIN_SECONDS))


class _Ended(Exception):
    """The course was told to end by a signal."""


def _end(number: int, frame: FrameType | None) -> NoReturn:
    _end_undisturbed()
    raise _Ended


def _end_undisturbed() -> None:
    """What follows must not be cut short: half of it would go on running."""
    for ending in (signal.SIGINT, *ENDINGS):
        # Not SIG_IGN: of a signal that has come and waits its turn, Python would complain.
        signal.signal(ending, lambda number, frame: None)


def _show_the_other(browser: bool) -> None:
    """The course is open already: two JupyterLabs on the same notebooks would overwrite each other."""
    address = start_jupyterlab.first_address()
    if address is None:
        typer.echo(say("opening_elsewhere"))
        return
    typer.echo(say("already_open", address=address))
    if browser:
        webbrowser.open(address)


@contextmanager
def _only_window(home: Path) -> Iterator[bool]:
    """Whether no other `course start` works on this course folder; the claim ends with this process."""
    with (home / "open.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass  # a network disk without locks: go on without
        yield True


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)

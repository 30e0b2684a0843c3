"""`course doctor`: is this machine ready, and what to do about each problem."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from labs import learner
from labs.doctor_texts import say

State = Literal["ok", "advice", "problem"]

app = typer.Typer()

NEEDED_PYTHON = (3, 11)
NEEDED_DISK_MIB = 1024
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smbfs", "smb3", "fuse.sshfs"})
REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: its state, what was found, and what to do about it ("" when nothing)."""

    topic: str
    state: State
    found: str
    advice: str = ""


def examine() -> Iterator[Finding]:
    """Look at one thing after the other; no check raises, and none changes anything."""
    yield _python()
    yield _packages()
    yield _engine()
    yield _local_cloud()
    yield _language()
    yield _home()


def _finding(topic: str, state: State, found: str, advice: str = "", **values: Any) -> Finding:
    return Finding(say(topic), state, found, say(advice, **values) if advice else "")


def _python() -> Finding:
    found = f"{sys.version.split()[0]} ({sys.executable})"
    if sys.version_info < NEEDED_PYTHON:
        return _finding("python", "problem", found, "python_old", needed=".".join(map(str, NEEDED_PYTHON)))
    return _finding("python", "ok", found)


def _pinned() -> dict[str, str]:
    """Package → version that was tested, from constraints.txt."""
    lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==", 1) for line in lines if "==" in line and not line.startswith("#"))


def _packages() -> Finding:
    """Only what is installed is compared: the test tools may be absent."""
    try:
        pinned = _pinned()
    except OSError:
        return _finding("packages", "advice", say("unknown"), "packages_no_constraints")
    differing, count = [], 0
    for name, tested in pinned.items():
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        count += 1
        if installed != tested:
            differing.append(f"{name} {installed} ≠ {tested}")
    if differing:
        return _finding(
            "packages", "advice", ", ".join(differing[:4]), "packages_differ", count=len(differing)
        )
    return _finding("packages", "ok", say("packages_ok", count=count))


def _engine() -> Finding:
    import docker

    try:
        client = docker.from_env(timeout=3)
        version = client.version()
        client.close()
    except (docker.errors.DockerException, OSError) as error:
        if "Permission denied" in str(error):
            return _finding("engine", "advice", say("engine_none"), "engine_forbidden")
        if shutil.which("docker"):
            return _finding("engine", "advice", say("engine_none"), "engine_asleep")
        return _finding("engine", "ok", say("engine_none"), "engine_optional")
    return _finding("engine", "ok", f"Docker Engine {version['Version']}")


def _local_cloud() -> Finding:
    from labs.cloud import client

    status = client.status()
    if status is None:
        return _finding("cloud", "advice", say("cloud_stopped"), "cloud_start")
    return _finding("cloud", "ok", say("cloud_running", endpoint=status.endpoint, engine=status.engine))


def _language() -> Finding:
    lang = learner.language()
    return _finding("language", "ok", {"fr": "français", "en": "English"}[lang], "language_change")


def _file_system(path: Path) -> str:
    """The kind of file system that holds `path` ("" when unknown)."""
    import psutil

    holders = [
        part
        for part in psutil.disk_partitions(all=True)
        if path.is_relative_to(Path(part.mountpoint).resolve())
    ]
    return max(holders, key=lambda part: len(part.mountpoint)).fstype if holders else ""


def _home() -> Finding:
    try:
        folder = learner.home().resolve()
        free = shutil.disk_usage(folder).free // 2**20
    except OSError as error:
        return _finding("home", "problem", str(error), "home_unusable")
    if not os.access(folder, os.W_OK):
        return _finding("home", "problem", str(folder), "home_unusable")
    if _file_system(folder) in NETWORK_FILE_SYSTEMS:  # SQLite's write-ahead log is not safe there
        return _finding("home", "problem", str(folder), "home_network")
    if free < NEEDED_DISK_MIB:
        return _finding("home", "problem", f"{folder} ({free} MiB)", "home_full", needed=NEEDED_DISK_MIB)
    return _finding("home", "ok", str(folder))


@app.command(help=say("help"))
def doctor(as_json: Annotated[bool, typer.Option("--json", help=say("json"))] = False) -> None:
    """Print every finding; exit with 1 when something must be mended."""
    findings = list(examine())
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        _show(findings)
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(1)


def _show(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    marks = {"ok": ("✔", "green"), "advice": ("●", "yellow"), "problem": ("✘", "bold red")}
    table = Table(title=say("title"), show_lines=False, title_justify="left")
    for column in ("", say("column_topic"), say("column_found"), say("column_advice")):
        table.add_column(column, overflow="fold")
    for finding in findings:
        mark, style = marks[finding.state]
        table.add_row(Text(mark, style), Text(finding.topic), Text(finding.found), Text(finding.advice))
    Console().print(table)

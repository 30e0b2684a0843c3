"""The limits of a process as its control group states them (cgroups(7) of the Linux manual), version 1 or 2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from labs.learner import Texts
from labs.view.display import Shown
from labs.view.numbers import decimal

ROOT = Path("/")
UNLIMITED = 2**60  # bytes; version 1 writes "no limit" as a number about as large as it can

say = Texts(
    {
        "text": {
            "fr": "Limites d’un processus : mémoire, processeur, nombre de processus",
            "en": "Limits of a process: memory, processor, number of processes",
        },
        "here": {"fr": "ce cahier", "en": "this notebook"},
        "recorded": {
            "fr": "un conteneur limité (relevé sur une autre machine)",
            "en": "a limited container (recorded on another machine)",
        },
        "no_linux": {
            "fr": "Cette machine n’est pas sous Linux : seul le relevé est montré.",
            "en": "This machine does not run Linux: only the record is shown.",
        },
        "memory": {"fr": "mémoire", "en": "memory"},
        "cpu": {"fr": "processeur", "en": "processor"},
        "pids": {"fr": "processus", "en": "processes"},
        "none": {"fr": "aucune limite", "en": "no limit"},
        "mib": {"fr": "{value} Mio", "en": "{value} MiB"},
        "cpus": {"fr": "{value} vCPU", "en": "{value} vCPU"},
    }
)


@dataclass(frozen=True)
class Limits:
    """None: no limit."""

    memory: int | None  # bytes
    cpu: float | None  # processors' worth of time
    pids: int | None


# `read` of `docker run --memory 512m --cpus 0.25 --pids-limit 100`, Docker Engine 20.10, November 2026.
RECORDED = Limits(512 * 2**20, 0.25, 100)


def read(pid: int | str = "self", root: Path = ROOT) -> Limits | None:
    """The limits of a process: the tightest of its group and the groups around it. None where there are no groups."""
    try:
        lines = (root / "proc" / str(pid) / "cgroup").read_text().splitlines()
    except OSError:
        return None
    memory: list[int] = []
    cpu: list[float] = []
    pids: list[int] = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        for folder in _groups(root / "sys/fs/cgroup", controllers, path):
            memory += _numbers(folder / "memory.max") + _numbers(folder / "memory.limit_in_bytes")
            pids += _numbers(folder / "pids.max")
            if len(quota := _numbers(folder / "cpu.max")) == 2:  # version 2: quota and period
                cpu.append(quota[0] / quota[1])
            if v1 := _numbers(folder / "cpu.cfs_quota_us"):
                cpu += [v1[0] / period for period in _numbers(folder / "cpu.cfs_period_us")]
    return Limits(
        min((each for each in memory if each < UNLIMITED), default=None),
        min(cpu, default=None),
        min(pids, default=None),
    )


def limits(root: Path = ROOT) -> Shown:
    """The notebook's own limits beside those of a container, recorded."""
    found = read(root=root)
    columns = (
        [(say("recorded"), RECORDED)]
        if found is None
        else [(say("here"), found), (say("recorded"), RECORDED)]
    )
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title, _ in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(say(name))}</th>'
        + "".join(f"<td>{escape(_written(name, one))}</td>" for _, one in columns)
        + "</tr>"
        for name in ("memory", "cpu", "pids")
    )
    note = f"<p>{escape(say('no_linux'))}</p>" if found is None else ""
    return Shown(
        say("text"), f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>{note}"
    )


def _written(name: str, found: Limits) -> str:
    value = getattr(found, name)
    if value is None:
        return say("none")
    if name == "memory":
        return say("mib", value=decimal(value / 2**20))
    return say("cpus", value=decimal(value)) if name == "cpu" else str(value)


def _groups(mounts: Path, controllers: str, path: str) -> Iterator[Path]:
    """The folders of a group and of those around it: `memory:/a/b` → memory/a/b, memory/a, memory."""
    mount = mounts / controllers.removeprefix("name=")
    folder = mount / path.strip("/")
    yield from (each for each in (folder, *folder.parents) if each == mount or mount in each.parents)


def _numbers(file: Path) -> list[int]:
    """The numbers in a file; none where it says "max", -1 (no limit) or does not exist."""
    try:
        words = file.read_text().split()
    except OSError:
        return []
    return [int(word) for word in words] if all(word.isdigit() for word in words) else []

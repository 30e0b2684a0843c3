"""Which wheels a machine needs, and where they come from: pip finds and fetches them, this makes sure of the whole.

pip judges `; sys_platform == "darwin"` by the machine it runs on, whatever platform it fetches for. So its answer is
completed here, by the same markers as they would be judged on the machine that the bundle is for.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from labs.bundle.targets import Target
from labs.bundle.texts import say

Progress = Callable[[str], None]
PipRunner = Callable[[Sequence[str], Progress], None]

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|Max retries|Temporary failure|ProxyError|SSLError"
)
NO_WHEEL = re.compile(r"No matching distribution found for (\S+)")
TAKEN_UP = re.compile(
    r"Collecting ([\w.-]+)|Processing \S*?([^/\s-]+)-[^/\s]+\.whl"
)  # by name; a file of this machine
HEAD_SECONDS = 15


class BundleError(Exception):
    """The bundle cannot be made; the text says why and what to do."""


@dataclass(frozen=True)
class Wheel:
    """One wheel that a target needs. `address` is where pip found it: it is never written down or shown."""

    name: str
    version: str
    file: str
    requires: tuple[str, ...]
    address: str = ""


def missing(requirements: Iterable[str], wheels: Mapping[str, Wheel], target: Target) -> list[str]:
    """Whatever the requirements lead to on the target, by the wheels' own metadata, that no wheel is there for."""
    environment = target.markers()
    lacking: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        wanted, extra = waiting.pop()
        if wanted.marker and not wanted.marker.evaluate({**environment, "extra": extra}):
            continue
        name = canonicalize_name(wanted.name)
        if name not in wheels:
            lacking.setdefault(name, f"{wanted.name}{wanted.specifier}")
            continue
        for each in ("", *sorted(wanted.extras)):
            if (name, each) not in seen:
                seen.add((name, each))
                waiting += [(Requirement(text), each) for text in wheels[name].requires]
    return sorted(lacking.values())


def resolve(
    requirements: Sequence[str],
    constraints: Path,
    target: Target,
    progress: Progress = lambda line: None,
    pip: PipRunner | None = None,
) -> dict[str, Wheel]:
    """Every wheel that the target needs, by name; nothing is fetched but metadata. Raises BundleError."""
    found: dict[str, Wheel] = {}
    wanted = list(requirements)
    options: list[str] = []
    while wanted:
        new = _report(wanted, [*options, f"--constraint={constraints}"], target, progress, pip or run_pip)
        if not new.keys() - found.keys():
            raise BundleError(say("no_wheel", name=", ".join(wanted), target=target))
        found = new | found
        # What this machine’s own markers hid: one round by name, for its dependencies come with the next look.
        wanted, options = missing(requirements, found, target), ["--no-deps"]
    return found


def _report(
    requirements: Sequence[str], options: Sequence[str], target: Target, progress: Progress, pip: PipRunner
) -> dict[str, Wheel]:
    with tempfile.TemporaryDirectory(prefix="course-bundle-") as folder:
        wanted, report = Path(folder, "wanted.txt"), Path(folder, "report.json")
        wanted.write_text("\n".join(requirements) + "\n", encoding="utf-8")
        command = [
            "install",
            "--dry-run",
            "--ignore-installed",
            f"--report={report}",
            f"--target={folder}/none",
        ]
        command += ["--retries=1", f"--requirement={wanted}", *options, *target.pip_options()]
        try:
            pip(command, progress)
        except PipFailed as error:
            raise BundleError(error.explained(target)) from error
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {wheel.name: wheel for wheel in map(_wheel, found)}


def _wheel(entry: Mapping[str, Any]) -> Wheel:
    metadata, address = entry["metadata"], entry["download_info"]["url"]
    return Wheel(
        canonicalize_name(metadata["name"]),
        metadata["version"],
        unquote(PurePosixPath(urlsplit(address).path).name),
        tuple(metadata.get("requires_dist", ())),
        address,
    )


def fetch(
    wheels: Mapping[str, Wheel],
    target: Target,
    folder: Path,
    progress: Progress = lambda line: None,
    pip: PipRunner | None = None,
) -> None:
    """Bring the target's wheels into the folder; those that are there already stay. Raises BundleError."""
    with tempfile.TemporaryDirectory(prefix="course-bundle-") as scratch:
        wanted = Path(scratch, "wanted.txt")
        pins = sorted(f"{wheel.name}=={wheel.version}" for wheel in wheels.values())
        wanted.write_text("\n".join(pins) + "\n", encoding="utf-8")
        command = ["download", "--no-deps", f"--dest={folder}", f"--requirement={wanted}", "--retries=2"]
        try:
            (pip or run_pip)([*command, *target.pip_options()], progress)
        except PipFailed as error:
            raise BundleError(error.explained(target)) from error
    if absent := sorted(wheel.file for wheel in wheels.values() if not (folder / wheel.file).is_file()):
        raise BundleError(say("no_wheel", name=", ".join(absent), target=target))


class PipFailed(Exception):
    """pip ended with an error; the text is what it said."""

    def explained(self, target: Target) -> str:
        """Why, in the teacher's language."""
        told = str(self)
        if NETWORK.search(told):  # before the other: without a network pip finds no distribution either
            return say("no_network")
        if found := NO_WHEEL.search(told):
            return say("no_wheel", name=found[1], target=target)
        if "No module named pip" in told:
            return say("no_pip")
        errors = [line for line in told.splitlines() if line.startswith("ERROR")] or told.splitlines()[-5:]
        return say("pip_failed", reason="\n".join(errors))


def run_pip(arguments: Sequence[str], progress: Progress) -> None:
    """Run pip, passing each package that it takes up to `progress`. Raises PipFailed."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [*PIP, *arguments], stdout=subprocess.PIPE, stderr=errors, encoding="utf-8", errors="replace"
        )
        assert process.stdout is not None
        for line in process.stdout:
            if found := TAKEN_UP.match(line):
                progress(found[1] or found[2])
        if process.wait():
            errors.seek(0)
            raise PipFailed(errors.read())


def sizes(wheels: Iterable[Wheel]) -> dict[str, int | None]:
    """File name → bytes, as the wheels' hosts tell; None where one does not."""
    by_file = {wheel.file: wheel.address for wheel in wheels}
    with ThreadPoolExecutor(max_workers=8) as workers:
        return dict(zip(by_file, workers.map(_size, by_file.values()), strict=True))


def _size(address: str) -> int | None:
    try:
        with urlopen(Request(address, method="HEAD"), timeout=HEAD_SECONDS) as answer:  # noqa: S310 (pip's own finding)
            length = answer.headers.get("Content-Length")
    except (URLError, OSError, ValueError):
        return None
    return int(length) if length else None

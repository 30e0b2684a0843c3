"""What a container's program is on this machine: paths, ports and environment of a process instead of a container.

A process has neither the image's file system nor a network of its own. So absolute paths of the image and of
mounted volumes become their places on this machine, and the task's ports on localhost become the free ports that
the engine gave them: in the command, in the environment and in health checks; never inside the program.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from labs.cloud.engine.base import ContainerSpec, ExecFormatError

HOST_PATH = "/usr/local/bin:/usr/bin:/bin"
PYTHONS = {"python", "python3", f"python3.{sys.version_info.minor}"}
NOWHERE = "0"  # as PORT: any free port, to which nothing leads
LOCAL = re.compile(r"(?<![\w.-])(localhost|127\.0\.0\.1):(\d{1,5})(?!\d)")


@dataclass(frozen=True)
class Place:
    """Where a container's things are on this machine."""

    root: Path  # the unpacked image
    scratch: Path  # its home and its temporary files
    ports: Mapping[int, int]  # the task's container ports → loopback ports
    volumes: tuple[tuple[str, Path], ...] = ()  # path in the container → folder, longest path first

    def translate(self, word: str) -> str:
        """A word of a command, or a variable's value, for this machine."""
        word = LOCAL.sub(self._local, word)
        for path, folder in self.volumes:
            if word == path or word.startswith(f"{path.rstrip('/')}/"):
                return str(_inside(folder, word[len(path) :]))
        return word

    def file(self, word: str) -> str:
        """A word of a command: translated; an absolute path that the image has becomes its place here."""
        translated = self.translate(word)
        if translated == word and word.startswith("/") and len(word) > 1:
            inside = _inside(self.root, word)
            if inside.exists():
                return str(inside)
        return translated

    def folder(self, path: str) -> Path:
        """The working directory `path`."""
        translated = self.translate(path)
        return Path(translated) if translated != path else _inside(self.root, path)

    def _local(self, match: re.Match[str]) -> str:
        port = int(match[2])
        return f"127.0.0.1:{self.ports[port]}" if port in self.ports else match[0]


@dataclass(frozen=True)
class Program:
    """What is run for a container."""

    place: Place
    workdir: Path
    environment: Mapping[str, str]

    def words(self, command: Iterable[str]) -> list[str]:
        """A command of the container as this machine runs it. Raises ValueError for an empty one."""
        words = [self.place.file(word) for word in command]
        if not words:
            raise ValueError("no command specified")
        words[0] = _executable(words[0])
        return words


def program(spec: ContainerSpec, config: Mapping[str, object], place: Place) -> Program:
    """How `spec` runs from an image with that OCI configuration."""
    workdir = place.folder(spec.working_directory or str(config.get("WorkingDir") or "/"))
    return Program(place, workdir, _environment(spec, config, place))


def _environment(spec: ContainerSpec, config: Mapping[str, object], place: Place) -> dict[str, str]:
    """Nothing is inherited but where programs are: no secret of the learner's, no AWS setting of theirs."""
    image = dict(pair.partition("=")[::2] for pair in config.get("Env") or ())  # type: ignore[attr-defined]
    environment = {name: place.translate(value) for name, value in (image | dict(spec.environment)).items()}
    if "PYTHONPATH" in environment:
        paths = environment["PYTHONPATH"].split(":")
        environment["PYTHONPATH"] = ":".join(
            str(place.folder(path)) if path.startswith("/") else path for path in paths
        )
    environment |= {
        "PATH": f"{Path(sys.executable).parent}:{HOST_PATH}",
        "HOME": str(place.scratch),
        "TMPDIR": str(place.scratch / "tmp"),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",  # the unpacked layers are shared by every task of the image
        # Without these an SDK would look for the learner's own credentials.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for port, real in place.ports.items():
        environment[f"PORT_{port}"] = str(real)
    if spec.ports:
        environment |= {"HOST": "127.0.0.1", "PORT": _port(spec, config, environment.get("PORT"), place)}
    return environment


def _port(spec: ContainerSpec, config: Mapping[str, object], asked: str | None, place: Place) -> str:
    """What PORT says: where the program's own port is on this machine.

    Its own port is PORT's value, else what the image exposes for its command, else the first container port. When
    the task definition does not map that port nothing reaches the program, as in a container.
    """
    own = asked
    if own is None and spec.command is None and spec.entry_point is None:
        exposed = [str(port).partition("/")[0] for port in config.get("ExposedPorts") or ()]  # type: ignore[attr-defined]
        own = exposed[0] if len(exposed) == 1 else None
    if own is None or not own.isdecimal():
        return str(place.ports[spec.ports[0]])
    return str(place.ports.get(int(own), NOWHERE))


def command_of(spec: ContainerSpec, config: Mapping[str, object]) -> list[str]:
    """The words of the container's program. Docker's rule: a new entry point drops the image's command too."""
    image_entry, image_command = (_list(config.get(name)) for name in ("Entrypoint", "Cmd"))
    if spec.entry_point is not None:
        return [*spec.entry_point, *(spec.command or ())]
    return [*image_entry, *(spec.command if spec.command is not None else image_command)]


def refuse_other_processor(spec: ContainerSpec, image: Mapping[str, object], command: Iterable[str]) -> None:
    """Raise ExecFormatError when the image is for another processor than the task definition asks for."""
    made_for = image.get("architecture")
    if spec.architecture and made_for and made_for != spec.architecture:
        raise ExecFormatError(f"exec {next(iter(command), '')}: exec format error")


def stop_signal(spec: ContainerSpec, config: Mapping[str, object]) -> signal.Signals:
    """The signal that asks the program to end: the task definition's, the image's, else SIGTERM."""
    name = str(spec.stop_signal or config.get("StopSignal") or "SIGTERM")
    try:
        return (
            signal.Signals(int(name))
            if name.isdecimal()
            else signal.Signals[name if name.startswith("SIG") else f"SIG{name}"]
        )
    except (KeyError, ValueError):
        return signal.SIGTERM


def exit_code(returncode: int | None) -> int | None:
    """Docker's: 128 + n for a program that signal n ended."""
    return 128 - returncode if returncode is not None and returncode < 0 else returncode


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        return shlex.split(value)
    return [str(item) for item in value] if isinstance(value, list) else []


def _inside(root: Path, path: str) -> Path:
    """`path` of the container, on this machine; never outside `root`."""
    inside = Path(os.path.normpath("/" + path.lstrip("/"))).relative_to("/")
    return root / inside


def _executable(word: str) -> str:
    """What to run for the first word: any Python is this Python; else the image's file, else this machine's."""
    if Path(word).name in PYTHONS:
        return sys.executable
    if Path(word).is_absolute():
        return word
    return shutil.which(word, path=f"{Path(sys.executable).parent}:{HOST_PATH}") or word

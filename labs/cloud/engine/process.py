"""Containers as local processes, for machines without a Docker Engine.

The image is real (layers, configuration, digest); its command runs in its own session, from the unpacked
layers, with the host's Python. Nothing is isolated but the environment: same user, same files, same network.
So a program must listen on $HOST:$PORT rather than on its container port.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psutil

from labs.cloud.engine.base import ContainerSpec, PullError, Started, StartError, Status, Usage
from labs.cloud.engine.layers import BadLayer, unpack

if TYPE_CHECKING:
    from labs.cloud.registry.images import Image, Images

LISTEN_WITHIN = 5.0  # seconds after which a program that still does not listen on its PORT is told so
LONGEST_LINE = 256 * 1024  # bytes; CloudWatch's own limit for one event
DRAIN = 2.0  # seconds to read the last output of an ended program, should another still hold its pipe
NOT_RUN_CODE, NOT_FOUND_CODE, KILLED_CODE = 126, 127, 137  # exit codes, as Docker gives them
HOST_PATH = "/usr/local/bin:/usr/bin:/bin"
MARK = "COURSE_CONTAINER_OF"  # environment variable by which a sweep knows its processes
CONTAINER = "COURSE_CONTAINER"  # environment variable: which container the process belongs to
PYTHONS = {"python", "python3", f"python3.{sys.version_info.minor}"}


@dataclass
class _Process:
    """One running container."""

    spec: ContainerSpec
    popen: subprocess.Popen[bytes]
    addresses: Mapping[int, tuple[str, int]]
    stop_signal: signal.Signals
    root: Path  # the unpacked image
    scratch: Path
    workdir: Path
    environment: Mapping[str, str]
    started: float  # monotonic seconds
    ended: threading.Event = field(default_factory=threading.Event)  # its output is drained too
    listened: bool = False


class ProcessEngine:
    """Runs containers as process groups of this user."""

    name = "process"

    def __init__(self, home: Path, images: Images):
        self.on_change: Callable[[], None] = lambda: None
        self._images = images
        self._home = home / "engine"
        self._records = self._home / "processes"
        self._lock = threading.Lock()
        self._unpacking = threading.Lock()
        self._processes: dict[str, _Process] = {}
        self._ports: set[int] = set()  # given to containers that have not ended

    def start(self, spec: ContainerSpec, log: Callable[[bytes], None]) -> Started:
        """Unpack the image (once) and run its command. Raises PullError, StartError."""
        from labs.cloud.registry.images import ImageNotFound

        try:
            image = self._images.resolve(spec.image)
        except ImageNotFound as error:
            raise PullError(str(error)) from error
        root = self._unpacked(image)
        container_id = uuid4().hex
        scratch = self._home / "scratch" / container_id
        (scratch / "tmp").mkdir(parents=True)
        config = image.config.get("config") or {}
        addresses = {port: ("127.0.0.1", self._free_port()) for port in spec.ports}
        environment = self._environment(spec, config, root, scratch, addresses)
        workdir = _inside(root, spec.working_directory or str(config.get("WorkingDir") or "/"))
        try:
            workdir.mkdir(parents=True, exist_ok=True)
            popen = _run(_words(spec, config), root, workdir, environment)
        except (OSError, ValueError) as error:
            self._forget(addresses, scratch)
            raise StartError(f"failed to run {_words(spec, config)!r}: {error}") from error
        process = _Process(
            spec,
            popen,
            addresses,
            _stop_signal(spec, config),
            root,
            scratch,
            workdir,
            environment,
            time.monotonic(),
        )
        self._record(container_id, popen.pid)
        with self._lock:
            self._processes[container_id] = process
        threading.Thread(target=self._follow, args=(container_id, process, log), daemon=True).start()
        return Started(container_id, addresses, image.digest)

    def status(self, container_id: str) -> Status:
        """Whether the process runs; once it has ended, Docker's exit code and a hint when it never listened."""
        process = self._processes.get(container_id)
        if process is None:
            return Status(running=False, exit_code=None)
        running = not process.ended.is_set()
        if running and not process.listened:
            process.listened = all(_listens(address) for address in list(process.addresses.values())[:1])
        return Status(
            running, None if running else _exit_code(process.popen.returncode), reason=self._hint(process)
        )

    def stop(self, container_id: str, timeout: float) -> Status:
        """The stop signal, up to `timeout` seconds, then SIGKILL to everything the container started."""
        process = self._processes.get(container_id)
        if process is None:
            return Status(running=False, exit_code=None)
        self._signal(process, process.stop_signal)
        if not process.ended.wait(timeout):
            self._signal(process, signal.SIGKILL)
            process.ended.wait(5)
        status = self.status(container_id)
        with self._lock:
            self._processes.pop(container_id, None)
        return status

    def usage(self, container_id: str) -> Usage | None:
        """Of the program and all that it started, but for those that left its session."""
        process = self._processes.get(container_id)
        if process is None or process.ended.is_set():
            return None
        cpu, memory = 0.0, 0
        for pid in psutil.pids():
            with contextlib.suppress(psutil.Error, OSError):
                if os.getsid(pid) == process.popen.pid:
                    one = psutil.Process(pid)
                    with one.oneshot():
                        cpu += sum(one.cpu_times()[:4])  # its own and its ended children's, user and system
                        memory += one.memory_info().rss
        return Usage(cpu, memory)

    def execute(self, container_id: str, command: tuple[str, ...], timeout: float) -> int:
        """With the container's environment and folder; whatever still runs at the end is killed."""
        process = self._processes.get(container_id)
        if process is None or process.ended.is_set():
            return KILLED_CODE
        try:
            popen = _run(command, process.root, process.workdir, process.environment)
        except FileNotFoundError:
            return NOT_FOUND_CODE
        except (OSError, ValueError):
            return NOT_RUN_CODE
        try:
            popen.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{command[0]} did not end within {timeout:g} seconds") from None
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(popen.pid, signal.SIGKILL)
            popen.wait()
        return _exit_code(popen.returncode) or 0

    def reach(self, loopback_url: str) -> str:
        """The same URL: a process shares this machine's loopback."""
        return loopback_url

    def sweep(self) -> int:
        """Kill what an earlier cloud of this home left: by recorded pid and start time, and by the mark."""
        found = {process.pid: process for process in (*self._recorded(), *self._marked())}
        _kill(found.values())
        shutil.rmtree(self._home, ignore_errors=True)
        return len(found)

    def close(self) -> None:
        """Kill every container and remove their files."""
        with self._lock:
            processes = dict(self._processes)
        for process in processes.values():
            self._signal(process, signal.SIGKILL)
        for process in processes.values():
            process.ended.wait(5)
        _kill(self._marked())
        shutil.rmtree(self._home, ignore_errors=True)

    # Images

    def _unpacked(self, image: Image) -> Path:
        """The folder that holds the image's files; unpacked once per digest. Raises PullError."""
        root = self._home / "images" / image.digest.replace(":", "-")
        with self._unpacking:
            if not root.is_dir():
                partial = root.with_suffix(".partial")
                shutil.rmtree(partial, ignore_errors=True)
                partial.mkdir(parents=True)
                try:
                    unpack(image.layers, partial)
                except BadLayer as error:
                    raise PullError(f"failed to extract layer of {image.digest}: {error}") from error
                partial.rename(root)
        return root

    # Starting

    def _environment(
        self,
        spec: ContainerSpec,
        config: Mapping[str, object],
        root: Path,
        scratch: Path,
        addresses: Mapping[int, tuple[str, int]],
    ) -> dict[str, str]:
        """Nothing is inherited but where programs are: no secret of the learner's, no AWS setting of theirs."""
        image = dict(pair.partition("=")[::2] for pair in config.get("Env") or ())  # type: ignore[attr-defined]
        environment = image | dict(spec.environment)
        if "PYTHONPATH" in environment:
            paths = environment["PYTHONPATH"].split(":")
            environment["PYTHONPATH"] = ":".join(
                str(_inside(root, path)) if path.startswith("/") else path for path in paths
            )
        environment |= {
            "PATH": f"{Path(sys.executable).parent}:{HOST_PATH}",
            "HOME": str(scratch),
            "TMPDIR": str(scratch / "tmp"),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",  # the unpacked layers are shared by every task of the image
            # Without these an SDK would look for the learner's own credentials.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            MARK: str(self._home),
            CONTAINER: scratch.name,
        }
        for index, (port, (host, real)) in enumerate(addresses.items()):
            environment |= {"HOST": host, "PORT": str(real)} if index == 0 else {f"PORT_{port}": str(real)}
        return environment

    def _free_port(self) -> int:
        """A free loopback port that no other container was given."""
        while True:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port: int = probe.getsockname()[1]
            with self._lock:
                if port not in self._ports:
                    self._ports.add(port)
                    return port

    # Running

    def _follow(self, container_id: str, process: _Process, log: Callable[[bytes], None]) -> None:
        """Wait for the program's end, then clear up: as in a container, all that it started ends with it."""
        reader = threading.Thread(target=_read, args=(process.popen, log), daemon=True)
        reader.start()
        process.popen.wait()
        self._signal(process, signal.SIGKILL)
        _kill(self._marked(container_id))  # those that left its session
        reader.join(DRAIN)
        self._forget(process.addresses, process.scratch)
        (self._records / container_id).unlink(missing_ok=True)
        process.ended.set()
        self.on_change()

    def _signal(self, process: _Process, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if number == signal.SIGKILL:
                os.killpg(process.popen.pid, number)
            elif process.popen.poll() is None:
                os.kill(process.popen.pid, number)  # Docker signals the first process only

    def _forget(self, addresses: Mapping[int, tuple[str, int]], scratch: Path) -> None:
        with self._lock:
            self._ports -= {port for _, port in addresses.values()}
        shutil.rmtree(scratch, ignore_errors=True)

    def _hint(self, process: _Process) -> str | None:
        late = time.monotonic() - process.started > LISTEN_WITHIN or process.ended.is_set()
        if not process.addresses or process.listened or not late:
            return None
        (_, port), *_ = process.addresses.values()
        return (
            f"without a container engine, {process.spec.name} runs as a process and must listen on "
            f"$HOST:$PORT (here 127.0.0.1:{port}); it did not"
        )

    # What an earlier cloud left

    def _record(self, container_id: str, pid: int) -> None:
        self._records.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(psutil.Error):  # ended already
            record = {"pid": pid, "started": psutil.Process(pid).create_time()}
            (self._records / container_id).write_text(json.dumps(record))

    def _recorded(self) -> Iterable[psutil.Process]:
        for path in self._records.glob("*"):
            with contextlib.suppress(OSError, ValueError, KeyError, psutil.Error):
                record = json.loads(path.read_text())
                process = psutil.Process(record["pid"])
                if abs(process.create_time() - record["started"]) < 1:
                    yield from (process, *process.children(recursive=True))

    def _marked(self, container_id: str | None = None) -> Iterable[psutil.Process]:
        """Processes of this home's containers, or of one of them."""
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                environment = process.environ()
                if environment.get(MARK) == str(self._home) and container_id in (
                    None,
                    environment.get(CONTAINER),
                ):
                    yield process


def _run(
    command: Iterable[str], root: Path, workdir: Path, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """A command of the container, in a session of its own. Raises OSError, ValueError."""
    words = [_translate(word, root) for word in command]
    if not words:
        raise ValueError("no command specified")
    words[0] = _executable(words[0], root)
    return subprocess.Popen(
        words,
        cwd=workdir,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _kill(processes: Iterable[psutil.Process]) -> None:
    killed = list(processes)
    for process in killed:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(killed, timeout=5)


def _read(popen: subprocess.Popen[bytes], log: Callable[[bytes], None]) -> None:
    output = popen.stdout
    assert output is not None
    with output:
        for line in iter(lambda: output.readline(LONGEST_LINE), b""):
            log(line.rstrip(b"\r\n"))


def _words(spec: ContainerSpec, config: Mapping[str, object]) -> list[str]:
    """Docker's rule: a new entry point drops the image's command too."""
    image_entry, image_command = (_list(config.get(name)) for name in ("Entrypoint", "Cmd"))
    if spec.entry_point is not None:
        return [*spec.entry_point, *(spec.command or ())]
    return [*image_entry, *(spec.command if spec.command is not None else image_command)]


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        return shlex.split(value)
    return [str(item) for item in value] if isinstance(value, list) else []


def _inside(root: Path, path: str) -> Path:
    """`path` of the container, on this machine; never outside `root`."""
    inside = Path(os.path.normpath("/" + path.lstrip("/"))).relative_to("/")
    return root / inside


def _translate(word: str, root: Path) -> str:
    """An absolute path that the image has becomes its place on this machine."""
    if word.startswith("/") and len(word) > 1:
        inside = _inside(root, word)
        if inside.exists():
            return str(inside)
    return word


def _executable(word: str, root: Path) -> str:
    """What to run for the first word: any Python is this Python; else the image's file, else this machine's."""
    if Path(word).name in PYTHONS:
        return sys.executable
    if Path(word).is_absolute():
        return word if Path(word).exists() else str(Path("/", word))
    return shutil.which(word, path=f"{Path(sys.executable).parent}:{HOST_PATH}") or word


def _stop_signal(spec: ContainerSpec, config: Mapping[str, object]) -> signal.Signals:
    name = str(spec.stop_signal or config.get("StopSignal") or "SIGTERM")
    try:
        return (
            signal.Signals(int(name))
            if name.isdecimal()
            else signal.Signals[name if name.startswith("SIG") else f"SIG{name}"]
        )
    except (KeyError, ValueError):
        return signal.SIGTERM


def _exit_code(returncode: int | None) -> int | None:
    """Docker's: 128 + n for a program that signal n ended."""
    return 128 - returncode if returncode is not None and returncode < 0 else returncode


def _listens(address: tuple[str, int]) -> bool:
    try:
        with socket.create_connection(address, timeout=0.2):
            return True
    except OSError:
        return False

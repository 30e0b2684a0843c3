"""Containers as local processes, for machines without a Docker Engine.

The image is real (layers, configuration, digest); its command runs in its own session, from the unpacked
layers, with the host's Python. Nothing is isolated but the environment: same user, same files, same network.
So a program must listen on $HOST:$PORT rather than on its container port; memory is watched rather than
limited; users, capabilities, ulimits and read-only file systems are not enforced.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psutil

from labs.cloud.engine.base import (
    OUT_OF_MEMORY,
    ContainerSpec,
    PullError,
    Started,
    StartError,
    Status,
    Usage,
)
from labs.cloud.engine.layers import BadLayer, unpack
from labs.cloud.engine.memory import Limited, MemoryWatch
from labs.cloud.engine.program import (
    NOWHERE,
    Place,
    Program,
    command_of,
    exit_code,
    program,
    refuse_other_processor,
    stop_signal,
)

if TYPE_CHECKING:
    from labs.cloud.registry.images import Image, Images

LISTEN_WITHIN = 5.0  # seconds after which a program that still does not listen on its PORT is told so
PORT_TAKEN = b"address already in use"  # EADDRINUSE, in any program's words and case
LONGEST_LINE = 256 * 1024  # bytes; CloudWatch's own limit for one event
DRAIN = 2.0  # seconds to read the last output of an ended program, should another still hold its pipe
NOT_RUN_CODE, NOT_FOUND_CODE, KILLED_CODE = 126, 127, 137  # exit codes, as Docker gives them
MARK = "COURSE_CONTAINER_OF"  # environment variable by which a sweep knows its processes
CONTAINER = "COURSE_CONTAINER"  # environment variable: which container the process belongs to


@dataclass
class _Process:
    """One running container."""

    spec: ContainerSpec
    program: Program
    popen: subprocess.Popen[bytes]
    addresses: Mapping[int, tuple[str, int]]
    stop_signal: signal.Signals
    started: float  # monotonic seconds
    ended: threading.Event = field(default_factory=threading.Event)  # its output is drained too
    ended_at: float | None = None  # monotonic seconds
    listened: bool = False
    port_taken: bool = False  # as its output says
    oom_killed: bool = False

    @property
    def scratch(self) -> Path:
        """Its own folder, which goes with it."""
        return self.program.place.scratch

    @property
    def age(self) -> float:
        """Seconds that it has run, or did."""
        return (self.ended_at or time.monotonic()) - self.started


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
        self._ports: dict[str, dict[int, int]] = {}  # network → container port → loopback port
        self._memory = MemoryWatch(self._memory_used, self._out_of_memory)

    def start(self, spec: ContainerSpec, log: Callable[[bytes], None]) -> Started:
        """Unpack the image (once) and run its command. Raises PullError, StartError, ExecFormatError."""
        from labs.cloud.registry.images import ImageNotFound

        try:
            image = self._images.resolve(spec.image)
        except ImageNotFound as error:
            raise PullError(str(error)) from error
        config = image.config.get("config") or {}
        command = command_of(spec, config)
        refuse_other_processor(spec, image.config, command)
        container_id = uuid4().hex
        place = Place(
            self._unpacked(image),
            self._home / "scratch" / container_id,
            self._task_ports(spec),
            self._volumes(spec),
        )
        (place.scratch / "tmp").mkdir(parents=True)
        addresses = {port: ("127.0.0.1", place.ports[port]) for port in spec.ports}
        try:
            what = program(spec, config, place)
            what.workdir.mkdir(parents=True, exist_ok=True)
            popen = self._run(what, command, container_id)
        except (OSError, ValueError) as error:
            shutil.rmtree(place.scratch, ignore_errors=True)
            raise StartError(f"failed to run {command!r}: {error}") from error
        process = _Process(spec, what, popen, addresses, stop_signal(spec, config), time.monotonic())
        self._record(container_id, popen.pid)
        with self._lock:
            self._processes[container_id] = process
        if spec.memory_mib or spec.task_memory_mib:
            self._memory.add(Limited(container_id, spec.task_id, spec.memory_mib, spec.task_memory_mib))
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
        code = None if running else exit_code(process.popen.returncode)
        if process.oom_killed:
            return Status(running, code, True, OUT_OF_MEMORY)
        return Status(running, code, reason=self._hint(process))

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

    def release(self, task_id: str) -> None:
        """Its ports are free again; its volumes go."""
        with self._lock:
            for network in [key for key in self._ports if key.partition("/")[0] == task_id]:
                del self._ports[network]
        shutil.rmtree(self._home / "volumes" / task_id, ignore_errors=True)

    def usage(self, container_id: str) -> Usage | None:
        """Of the program and all that it started, but for those that left its session."""
        process = self._processes.get(container_id)
        if process is None or process.ended.is_set():
            return None
        cpu, memory = 0.0, 0
        for one in _members(process.popen.pid):
            with contextlib.suppress(psutil.Error), one.oneshot():
                cpu += sum(one.cpu_times()[:4])  # its own and its ended children's, user and system
                memory += one.memory_info().rss
        return Usage(cpu, memory)

    def execute(self, container_id: str, command: tuple[str, ...], timeout: float) -> int:
        """With the container's environment and folder; whatever still runs at the end is killed."""
        process = self._processes.get(container_id)
        if process is None or process.ended.is_set():
            return KILLED_CODE
        try:
            popen = self._run(process.program, command, container_id, subprocess.DEVNULL)
        except FileNotFoundError:
            return NOT_FOUND_CODE
        except (OSError, ValueError):
            return NOT_RUN_CODE
        try:
            popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{command[0]} did not end within {timeout:g} seconds") from None
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(popen.pid, signal.SIGKILL)
            popen.wait()
        return exit_code(popen.returncode) or 0

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

    def _run(
        self, what: Program, command: Iterable[str], container_id: str, output: int = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        """A command of the container, in a session of its own. Raises OSError, ValueError."""
        return subprocess.Popen(
            what.words(command),
            cwd=what.workdir,
            env={**what.environment, MARK: str(self._home), CONTAINER: container_id},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _task_ports(self, spec: ContainerSpec) -> Mapping[int, int]:
        """A free loopback port for each port of the container's network: the task's, when that is shared."""
        shared = spec.shared_ports is not None
        with self._lock:
            network = spec.task_id if shared else f"{spec.task_id}/{spec.name}"
            ports = self._ports.setdefault(network, {})
            taken = {real for others in self._ports.values() for real in others.values()}
            for port in spec.shared_ports if spec.shared_ports is not None else spec.ports:
                if port not in ports:
                    ports[port] = _free_port(taken)
                    taken.add(ports[port])
            return dict(ports)

    def _volumes(self, spec: ContainerSpec) -> tuple[tuple[str, Path], ...]:
        """The folders behind the container's mounts, made where they are not there yet."""
        found = []
        for mount in spec.mounts:
            owner = "kept" if mount.kept else f"volumes/{spec.task_id}"
            folder = self._home / owner / mount.volume
            folder.mkdir(parents=True, exist_ok=True)
            found.append((mount.path, folder))
        return tuple(sorted(found, key=lambda pair: -len(pair[0])))

    # Running

    def _follow(self, container_id: str, process: _Process, log: Callable[[bytes], None]) -> None:
        """Wait for the program's end, then clear up: as in a container, all that it started ends with it."""
        reader = threading.Thread(target=_read, args=(process, log), daemon=True)
        reader.start()
        process.popen.wait()
        process.ended_at = time.monotonic()
        self._signal(process, signal.SIGKILL)
        _kill(self._marked(container_id))  # those that left its session
        reader.join(DRAIN)
        self._memory.remove(container_id)
        shutil.rmtree(process.scratch, ignore_errors=True)
        (self._records / container_id).unlink(missing_ok=True)
        process.ended.set()
        self.on_change()

    def _signal(self, process: _Process, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if number == signal.SIGKILL:
                os.killpg(process.popen.pid, number)
            elif process.popen.poll() is None:
                os.kill(process.popen.pid, number)  # Docker signals the first process only

    def _hint(self, process: _Process) -> str | None:
        """Why nothing answers on its port, where that comes from being no container. A crash has other reasons."""
        if not process.addresses or process.listened or process.program.environment["PORT"] == NOWHERE:
            return None
        if process.age < LISTEN_WITHIN and not process.port_taken:
            return None
        (_, port), *_ = process.addresses.values()
        return (
            f"without a container engine, {process.spec.name} runs as a process and must listen on "
            f"$HOST:$PORT (here 127.0.0.1:{port}); it did not"
        )

    def _memory_used(self, container_ids: Iterable[str]) -> Mapping[str, int]:
        """Bytes by container: what its processes hold in memory."""
        with self._lock:
            sessions = {
                self._processes[one].popen.pid: one for one in container_ids if one in self._processes
            }
        used = dict.fromkeys(sessions.values(), 0)
        for one in _members(*sessions):
            with contextlib.suppress(psutil.Error, OSError):
                used[sessions[os.getsid(one.pid)]] += one.memory_info().rss
        return used

    def _out_of_memory(self, container_id: str) -> None:
        process = self._processes.get(container_id)
        if process is not None and not process.ended.is_set():
            process.oom_killed = True
            self._signal(process, signal.SIGKILL)

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


def _members(*sessions: int) -> Iterable[psutil.Process]:
    """The processes of these sessions."""
    for pid in psutil.pids():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getsid(pid) in sessions:
                yield psutil.Process(pid)


def _free_port(taken: set[int]) -> int:
    """A free loopback port that no other container was given."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in taken:
            return port


def _kill(processes: Iterable[psutil.Process]) -> None:
    killed = list(processes)
    for process in killed:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(killed, timeout=5)


def _read(process: _Process, log: Callable[[bytes], None]) -> None:
    output = process.popen.stdout
    assert output is not None
    with output:
        for line in iter(lambda: output.readline(LONGEST_LINE), b""):
            process.port_taken = process.port_taken or PORT_TAKEN in line.lower()
            log(line.rstrip(b"\r\n"))


def _listens(address: tuple[str, int]) -> bool:
    try:
        with socket.create_connection(address, timeout=0.2):
            return True
    except OSError:
        return False

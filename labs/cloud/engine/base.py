"""What an engine is: the one interface behind which containers run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"  # [DG stopped-task-error-codes]


@dataclass(frozen=True)
class Mount:
    """A volume as one container sees it."""

    volume: str  # its name: of the task, or of the cloud when `kept`
    path: str  # absolute, in the container
    read_only: bool = False
    kept: bool = False  # outlives the task, as a folder of a container instance does


@dataclass(frozen=True)
class Limit:
    """One ulimit."""

    name: str
    soft: int
    hard: int


@dataclass(frozen=True)
class ContainerSpec:
    """One container to start, as the task definition and its overrides describe it."""

    task_id: str
    name: str
    image: str  # the reference as written in the task definition
    entry_point: tuple[str, ...] | None  # None: the image's own
    command: tuple[str, ...] | None
    environment: Mapping[str, str]
    working_directory: str | None
    user: str | None
    ports: tuple[int, ...]  # container ports, TCP
    cpu_units: int | None  # the most it gets; 1024 units = one vCPU
    memory_mib: int | None  # at which it is killed
    shared_ports: tuple[int, ...] | None = None  # of the task, when its containers share one localhost
    cpu_shares: int | None = None  # its weight among those that compete for a processor
    memory_reservation_mib: int | None = None
    task_memory_mib: int | None = None  # of all containers of the task together
    architecture: str | None = None  # amd64 or arm64; None: whatever runs here
    mounts: tuple[Mount, ...] = ()
    tmpfs: Mapping[str, str] | None = None  # path → mount options
    ulimits: tuple[Limit, ...] = ()
    read_only_root: bool = False
    linux_add: tuple[str, ...] = ()
    linux_drop: tuple[str, ...] = ()
    init_process: bool = False
    shared_memory_mib: int | None = None
    privileged: bool = False
    interactive: bool = False
    terminal: bool = False
    hostname: str | None = None
    extra_hosts: Mapping[str, str] | None = None
    system_controls: Mapping[str, str] | None = None
    labels: Mapping[str, str] | None = None
    stop_signal: str | None = None  # None: the image's own, else SIGTERM


class PullError(Exception):
    """The image cannot be had; the text follows "CannotPullContainerError: " in stoppedReason."""


class StartError(Exception):
    """The container cannot be started; the text follows "CannotStartContainerError: " in stoppedReason."""


class ExecFormatError(Exception):
    """The container started and ended at once: its program is for another processor; the text is its output."""

    EXIT_CODE = 255


@dataclass(frozen=True)
class Started:
    """A container that was started: its id, the real socket behind each container port, the image's digest."""

    container_id: str
    addresses: Mapping[int, tuple[str, int]]
    image_digest: str


@dataclass(frozen=True)
class Status:
    """What a container does now. `reason` is for the learner, in words; None when there is nothing to say."""

    running: bool
    exit_code: int | None
    oom_killed: bool = False
    reason: str | None = None
    lost: bool = False  # what ran it does not answer any more


@dataclass(frozen=True)
class Usage:
    """What a running container uses."""

    cpu_seconds: float  # since it started; one vCPU kept busy for a second is one
    memory_bytes: int  # now, without file caches


class Engine(Protocol):
    """Runs containers. Every method may block and is never called under the cloud's lock."""

    name: str  # "process" or "docker"
    on_change: Callable[[], None]  # set by the cloud; the engine calls it when a container may have ended

    def start(self, spec: ContainerSpec, log: Callable[[bytes], None]) -> Started:
        """Pull the image and start the container; `log` gets whole lines of its output, without the newline.

        Raises PullError, StartError or ExecFormatError.
        """
        ...

    def status(self, container_id: str) -> Status:
        """What the container does now; not running with exit code None when the engine knows it no more."""
        ...

    def stop(self, container_id: str, timeout: float) -> Status:
        """Send the stop signal, wait up to `timeout` seconds, then kill; returns when it has ended."""
        ...

    def release(self, task_id: str) -> None:
        """Free what the containers of a task, which have all ended, shared: network, volumes."""
        ...

    def usage(self, container_id: str) -> Usage | None:
        """What the container uses; None when it does not run."""
        ...

    def execute(self, container_id: str, command: tuple[str, ...], timeout: float) -> int:
        """The exit code of a command that is run beside the container's program, in its environment.

        Docker's codes: 126 and 127 when the command cannot be run; 137 when the container does not run.
        Raises TimeoutError after `timeout` seconds.
        """
        ...

    def reach(self, loopback_url: str) -> str:
        """`http://127.0.0.1:<port>…` of this machine, as a container of this engine must write it."""
        ...

    def sweep(self) -> int:
        """Remove what an earlier cloud of this home left running (kill -9); how many containers that was."""
        ...

    def close(self) -> None:
        """Stop every container at once and free what the engine holds."""
        ...

"""Containers on a Docker Engine: isolated, limited, and killed when they use too much memory.

Images come from the cloud's own registry. Containers join the course's bridge network, publish their ports
on free ports of loopback (which works whether the engine shares this machine's network or not), and carry
labels by which a later cloud of the same home finds what a killed one left.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import docker
import requests
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.types import IPAMConfig, IPAMPool, LogConfig, Ulimit

from labs.cloud.engine.base import (
    OUT_OF_MEMORY,
    ContainerSpec,
    Mount,
    PullError,
    Started,
    StartError,
    Status,
    Usage,
)
from labs.cloud.engine.forwarder import Forwarder
from labs.cloud.engine.memory import Limited, MemoryWatch
from labs.cloud.engine.pause import PAUSE_IMAGE, pause_archive
from labs.cloud.engine.process import LONGEST_LINE
from labs.cloud.engine.program import command_of, refuse_other_processor
from labs.images.model import ENGINE_FREE_LABEL

if TYPE_CHECKING:
    from labs.cloud.registry.images import Image, Images

HOME_LABEL = "course.home"  # the cloud's folder
TASK_LABEL = "course.task"
CONTAINER_LABEL = "course.container"


NETWORK = "frenchbakery-course"
SUBNET = "169.254.170.0/24"
GATEWAY = "169.254.170.2"  # where ECS answers its tasks; see forwarder.py
VIRTUAL_MACHINE_HOST = (
    "host.docker.internal"  # this machine's loopback, seen from Docker Desktop's containers
)

ANSWERS_WITHIN = 2  # seconds: how long choosing an engine may take
CALL_TIMEOUT = 60  # seconds for one request to the engine
READERS = 16  # containers whose use is asked for at once: the engine takes a second for each answer
EXEC_POLL = 0.05  # seconds between two looks at a command that runs in a container
NOT_FOUND_CODE, KILLED_CODE = 127, 137  # exit codes: no such command; its container does not run
REMOVED_WITHIN = 30  # seconds from the end of a container; slow disks take their time
UNITS_PER_CPU = 1024
UNREACHABLE = "Cannot connect to the Docker Engine. Is it running?"
ENGINE_FREE = (
    "this image was built without a container engine: it holds no operating system and no Python. "
    "Build and push it again now that a Docker Engine is there."
)


def client() -> docker.DockerClient | None:
    """A client of this machine's Docker Engine (`DOCKER_HOST`, else the CLI's context); None when none answers."""
    try:
        docker.from_env(timeout=ANSWERS_WITHIN).ping()
        return docker.from_env(timeout=CALL_TIMEOUT)
    except (DockerException, requests.exceptions.RequestException, ValueError):
        return None


def connect(home: Path, images: Images, port: int) -> DockerEngine | None:
    """The engine for the cloud of that folder, whose API is on `port`; None when no Docker Engine answers."""
    found = client()
    return DockerEngine(home, images, port, found) if found else None


@dataclass
class _Running:
    """One container that was started. Once `ended` is set its output is drained and it is removed."""

    container_id: str
    ended: threading.Event = field(default_factory=threading.Event)
    status: Status = field(default_factory=lambda: Status(running=True, exit_code=None))
    oom_killed: bool = False  # by the engine here, for the task's limit


class DockerEngine:
    """Runs containers on a Docker Engine."""

    name = "docker"

    def __init__(self, home: Path, images: Images, port: int, found: docker.DockerClient):
        self.on_change: Callable[[], None] = lambda: None
        self._home = str(home.resolve())
        self._images = images
        self._port = port
        self._docker = found
        self._cpus = int(found.info()["NCPU"])
        self._lock = threading.Lock()  # of the dictionary below; never held while the engine is asked
        self._joining = threading.Lock()
        self._running: dict[str, _Running] = {}
        self._closed = False
        self._unreleased: set[str] = set()  # tasks whose remains an engine that did not answer still has
        self._networks: dict[str, str] = {}  # task → container whose network its containers share
        self._memory = MemoryWatch(self._memory_used, self._out_of_memory)
        self._forwarder: Forwarder | None = None
        self._in_virtual_machine = False

    def start(self, spec: ContainerSpec, log: Callable[[bytes], None]) -> Started:
        """Pull the image (once) and start the container. Raises PullError, StartError, ExecFormatError."""
        from labs.cloud.registry.images import ImageNotFound as NotInRegistry

        try:
            image = self._images.resolve(spec.image)
        except NotInRegistry as error:
            raise PullError(str(error)) from error
        if ENGINE_FREE_LABEL in ((image.config.get("config") or {}).get("Labels") or {}):
            raise StartError(ENGINE_FREE)
        refuse_other_processor(spec, image.config, command_of(spec, image.config.get("config") or {}))
        image_id = self._pulled(image)
        self._join()
        for task_id in list(self._unreleased):
            self.release(task_id)
        try:
            network = self._shared_network(spec)
            container = self._docker.containers.create(image_id, **self._options(spec, network))
        except (DockerException, requests.exceptions.RequestException) as error:
            raise StartError(_words(error)) from error
        container_id = str(container.id)
        running = _Running(container_id)
        try:
            # Attached before the start, so that no line is missed.
            output = self._docker.api.attach(
                container_id, stdout=True, stderr=True, stream=True, logs=False, demux=True
            )
            container.start()
            container.reload()
        except (DockerException, requests.exceptions.RequestException) as error:
            self._remove(container_id)
            raise StartError(_words(error)) from error
        with self._lock:
            self._running[container_id] = running
        threading.Thread(target=self._follow, args=(running, output, log), daemon=True).start()
        if self._closed:  # meanwhile; nobody else will end it
            self._end(container_id)
        if network and spec.task_memory_mib:  # the engine itself keeps the container's own limit
            self._memory.add(Limited(container_id, spec.task_id, None, spec.task_memory_mib))
        published = self._docker.api.inspect_container(network) if network else container.attrs
        addresses = {port: at for port, at in _addresses(published).items() if port in spec.ports}
        return Started(container_id, addresses, image.digest)

    def status(self, container_id: str) -> Status:
        """Whether the container runs; once it has ended, its exit code and whether memory was the cause."""
        with self._lock:
            running = self._running.get(container_id)
        return running.status if running else Status(running=False, exit_code=None)

    def stop(self, container_id: str, timeout: float) -> Status:
        """The stop signal, up to `timeout` seconds, then SIGKILL."""
        with self._lock:
            running = self._running.get(container_id)
        if running is None:
            return Status(running=False, exit_code=None)
        if not running.ended.is_set():
            with contextlib.suppress(DockerException, requests.exceptions.RequestException):
                self._docker.api.stop(container_id, timeout=math.ceil(timeout))
            running.ended.wait(REMOVED_WITHIN)
        with self._lock:
            self._running.pop(container_id, None)
        return running.status

    def release(self, task_id: str) -> None:
        """Remove the container that held the task's network, its volumes, and whatever is left of it.

        When the engine does not answer, that is done as soon as it starts a container again.
        """
        with self._lock:
            self._networks.pop(task_id, None)
        label = f"{TASK_LABEL}={task_id}"
        try:
            left = self._docker.containers.list(all=True, filters={"label": label}, ignore_removed=True)
        except (DockerException, requests.exceptions.RequestException):
            self._unreleased.add(task_id)
            return
        for container in left:
            self._remove(str(container.id))
        self._remove_volumes(label)
        self._unreleased.discard(task_id)

    def usage(self, container_id: str) -> Usage | None:
        """As the engine's control groups count it."""
        if not self.status(container_id).running:
            return None
        try:
            counted = self._docker.api.stats(container_id, stream=False, one_shot=True)
        except (DockerException, requests.exceptions.RequestException):
            return None
        return _usage(counted)

    def execute(self, container_id: str, command: tuple[str, ...], timeout: float) -> int:
        """Through the engine's exec; a command that takes too long is left to the container's end."""
        deadline = time.monotonic() + timeout
        try:
            made = self._docker.api.exec_create(container_id, list(command), stdout=False, stderr=False)["Id"]
            self._docker.api.exec_start(made, detach=True)
            while (result := self._docker.api.exec_inspect(made))["Running"] or result["ExitCode"] is None:
                if time.monotonic() >= deadline:
                    raise TimeoutError(f"{command[0]} did not end within {timeout:g} seconds")
                time.sleep(EXEC_POLL)
        except APIError as error:
            return NOT_FOUND_CODE if "executable file not found" in str(error) else KILLED_CODE
        except requests.exceptions.RequestException:
            return KILLED_CODE
        return int(result["ExitCode"])

    def reach(self, loopback_url: str) -> str:
        """The same service as containers see it: through the forwarder on the bridge. Raises StartError."""
        parts = urlsplit(loopback_url)
        if parts.hostname not in ("127.0.0.1", "localhost") or parts.port is None:
            return loopback_url
        self._join()
        if self._forwarder is None:
            return parts._replace(netloc=f"{VIRTUAL_MACHINE_HOST}:{parts.port}").geturl()
        with self._joining:
            self._forwarder.relay(parts.port)
        return parts._replace(netloc=f"{GATEWAY}:{parts.port}").geturl()

    def sweep(self) -> int:
        """Remove the containers that carry this home's label, and what belongs to them; how many there were."""
        left = self._docker.containers.list(
            all=True, filters={"label": f"{HOME_LABEL}={self._home}"}, ignore_removed=True
        )
        with ThreadPoolExecutor(max_workers=8) as pool:
            list(pool.map(self._end, [str(container.id) for container in left]))
        self._remove_volumes(f"{HOME_LABEL}={self._home}")
        self._remove_pulled()
        return len(left)

    def close(self) -> None:
        """Remove every container, the forwarder, and the network unless another cloud uses it."""
        self._closed = True
        with contextlib.suppress(DockerException, requests.exceptions.RequestException):
            self.sweep()
            for network in self._docker.networks.list(names=[NETWORK]):
                with contextlib.suppress(APIError):
                    network.remove()
        if self._forwarder:
            self._forwarder.close()
        self._docker.close()

    # Images

    def _pulled(self, image: Image) -> str:
        """The id of the image in the engine, pulled from the cloud's registry if it is not there.

        Raises PullError, or StartError when the engine does not answer.
        """
        try:
            with contextlib.suppress(ImageNotFound):
                return str(self._docker.images.get(image.config_digest).id)
            address, credentials = self._images.registry(image)
            return str(self._docker.images.pull(address, auth_config=credentials).id)
        except requests.exceptions.ConnectionError as error:
            raise StartError(UNREACHABLE) from error
        except (DockerException, requests.exceptions.RequestException) as error:
            raise PullError(_words(error)) from error

    def _remove_pulled(self) -> None:
        """Remove the images that were pulled from this cloud's registry, which forgets them too.

        Those that have a name were tagged by somebody, and stay.
        """
        registry = f"127.0.0.1:{self._port}/"
        with contextlib.suppress(DockerException, requests.exceptions.RequestException):
            for image in self._docker.images.list():
                pulled = [name for name in image.attrs["RepoDigests"] or () if name.startswith(registry)]
                for name in () if image.tags else pulled:
                    with contextlib.suppress(APIError):
                        self._docker.images.remove(name)

    # Starting

    def _options(self, spec: ContainerSpec, network: str | None) -> dict[str, Any]:
        options: dict[str, Any] = {
            "name": f"{spec.name}-{spec.task_id}-{uuid4().hex[:8]}",
            "labels": {**(spec.labels or {}), **self._labels(spec)},
            "command": _list(spec.command),
            "entrypoint": _list(spec.entry_point),
            "environment": dict(spec.environment),
            "working_dir": spec.working_directory,
            "user": spec.user,
            "read_only": spec.read_only_root,
            "cap_add": list(spec.linux_add),
            "cap_drop": list(spec.linux_drop),
            "init": spec.init_process,
            "privileged": spec.privileged,
            "stdin_open": spec.interactive,
            "tty": spec.terminal,
            "stop_signal": spec.stop_signal,
            "tmpfs": dict(spec.tmpfs or {}),
            "sysctls": dict(spec.system_controls or {}),
            "ulimits": [Ulimit(name=one.name, soft=one.soft, hard=one.hard) for one in spec.ulimits],
            "volumes": {
                self._volume(spec, mount): {"bind": mount.path, "mode": "ro" if mount.read_only else "rw"}
                for mount in spec.mounts
            },
            "healthcheck": {"test": ["NONE"]},  # an image's own check counts for nothing [RULES 6]
            # The lines go to CloudWatch Logs; the engine's own copy stays small.
            "log_config": LogConfig(type=LogConfig.types.JSON, config={"max-size": "1m"}),
        }
        if network:
            options["network_mode"] = f"container:{network}"
        else:
            options |= {
                "network": NETWORK,
                "ports": {f"{port}/tcp": ("127.0.0.1",) for port in spec.ports},
                "hostname": spec.hostname,
                "extra_hosts": dict(spec.extra_hosts or {}),
            }
        limits = [limit for limit in (spec.memory_mib, spec.task_memory_mib) if limit]
        if limits:
            # As on Fargate there is no swap: at the limit the container is killed.
            options["mem_limit"] = options["memswap_limit"] = f"{min(limits)}m"
        if spec.memory_reservation_mib:
            options["mem_reservation"] = f"{spec.memory_reservation_mib}m"
        if spec.shared_memory_mib:
            options["shm_size"] = f"{spec.shared_memory_mib}m"
        if spec.cpu_units:
            options["nano_cpus"] = int(min(spec.cpu_units / UNITS_PER_CPU, self._cpus) * 1e9)
        if spec.cpu_shares is not None:
            options["cpu_shares"] = max(2, spec.cpu_shares)  # the kernel's least [API ContainerDefinition]
        return options

    def _labels(self, spec: ContainerSpec) -> dict[str, str]:
        return {HOME_LABEL: self._home, TASK_LABEL: spec.task_id, CONTAINER_LABEL: spec.name}

    def _shared_network(self, spec: ContainerSpec) -> str | None:
        """The container in whose network those of the task run, so that they share one localhost.

        It runs nothing but a program that waits, like the one that ECS starts for each task.
        """
        if spec.shared_ports is None:
            return None
        with self._joining:
            if spec.task_id not in self._networks:
                self._ensure_pause_image()
                options: dict[str, Any] = {
                    "name": f"pause-{spec.task_id}",
                    "labels": self._labels(spec) | {CONTAINER_LABEL: ""},
                    "network": NETWORK,
                    "ports": {f"{port}/tcp": ("127.0.0.1",) for port in spec.shared_ports},
                }
                pause = self._docker.containers.run(PAUSE_IMAGE, detach=True, **options)
                self._networks[spec.task_id] = str(pause.id)
            return self._networks[spec.task_id]

    def _ensure_pause_image(self) -> None:
        with contextlib.suppress(ImageNotFound):
            self._docker.images.get(PAUSE_IMAGE)
            return
        repository, _, tag = PAUSE_IMAGE.partition(":")
        self._docker.api.import_image_from_data(
            pause_archive(self._docker.info()["Architecture"]), repository, tag, changes=['CMD ["/pause"]']
        )

    def _volume(self, spec: ContainerSpec, mount: Mount) -> str:
        """The engine's name of a mount's volume, made if it is not there yet."""
        key = hashlib.sha256(f"{self._home}\0{'' if mount.kept else spec.task_id}\0{mount.volume}".encode())
        name = f"course-{key.hexdigest()[:32]}"
        owner = {} if mount.kept else {TASK_LABEL: spec.task_id}
        self._docker.volumes.create(name, labels={HOME_LABEL: self._home} | owner)
        return name

    def _remove_volumes(self, label: str) -> None:
        with contextlib.suppress(DockerException, requests.exceptions.RequestException):
            for volume in self._docker.volumes.list(filters={"label": label}):
                with contextlib.suppress(APIError):
                    volume.remove()

    def _join(self) -> None:
        """Make sure that the bridge and the forwarder are there. Raises StartError.

        The network is this machine's, shared by the clouds of all homes: another one may have removed it.
        """
        with self._joining:
            try:
                self._ensure_network()
            except (DockerException, requests.exceptions.RequestException) as error:
                raise StartError(_words(error)) from error
            if self._forwarder or self._in_virtual_machine:
                return
            forwarder = Forwarder(GATEWAY, self._port)
            try:
                forwarder.start()
                self._forwarder = forwarder
            except OSError:
                # Docker Desktop: the bridge is in a virtual machine, which has a name for this machine's loopback.
                self._in_virtual_machine = True

    def _ensure_network(self) -> None:
        if self._docker.networks.list(names=[f"^{NETWORK}$"]):
            return
        pool = IPAMPool(subnet=SUBNET, gateway=GATEWAY)
        try:
            self._docker.networks.create(
                NETWORK, driver="bridge", ipam=IPAMConfig(pool_configs=[pool]), check_duplicate=True
            )
        except APIError:
            if not self._docker.networks.list(names=[f"^{NETWORK}$"]):  # unless another cloud was quicker
                raise

    # While it runs

    def _follow(
        self,
        running: _Running,
        output: Iterator[tuple[bytes | None, bytes | None]],
        log: Callable[[bytes], None],
    ) -> None:
        """Hand on the container's lines, then take note of how it ended and remove it."""
        try:
            with contextlib.suppress(OSError, requests.exceptions.RequestException):
                for line in whole_lines(output):
                    log(line)
            self._docker.api.wait(running.container_id, timeout=None)
            status = _final(
                self._docker.api.inspect_container(running.container_id)["State"], running.oom_killed
            )
        except NotFound:
            status = Status(False, None, reason="The container was removed from outside.")
        except (DockerException, requests.exceptions.RequestException):
            status = Status(False, None, reason="The Docker Engine does not answer any more.", lost=True)
        self._memory.remove(running.container_id)
        self._remove(running.container_id)
        running.status = status
        running.ended.set()
        self.on_change()

    def _memory_used(self, container_ids: Iterable[str]) -> Mapping[str, int]:
        asked = list(container_ids)
        with ThreadPoolExecutor(min(len(asked), READERS)) as pool:
            used = dict(zip(asked, pool.map(self.usage, asked), strict=True))
        return {one: usage.memory_bytes for one, usage in used.items() if usage}

    def _out_of_memory(self, container_id: str) -> None:
        with self._lock:
            running = self._running.get(container_id)
        if running and not running.ended.is_set():
            running.oom_killed = True
            with contextlib.suppress(DockerException, requests.exceptions.RequestException):
                self._docker.api.kill(container_id)

    def _end(self, container_id: str) -> None:
        """Kill a container and see it removed.

        By one hand only: Docker leaves the network endpoint of a container behind that is removed twice at once.
        """
        with contextlib.suppress(DockerException, requests.exceptions.RequestException):
            self._docker.api.kill(container_id)
        with self._lock:
            running = self._running.get(container_id)
        if running:
            running.ended.wait(REMOVED_WITHIN)
            return
        with contextlib.suppress(DockerException, requests.exceptions.RequestException):
            self._docker.api.wait(container_id, timeout=REMOVED_WITHIN)
        self._remove(container_id)

    def _remove(self, container_id: str) -> None:
        with contextlib.suppress(DockerException, requests.exceptions.RequestException):
            self._docker.api.remove_container(container_id, force=True, v=True)


def whole_lines(output: Iterator[tuple[bytes | None, bytes | None]]) -> Iterator[bytes]:
    """The lines of a container's standard output and error, each whole, without the newline."""
    pending = [b"", b""]
    for pieces in output:
        for stream, piece in enumerate(pieces):
            *lines, rest = (pending[stream] + (piece or b"")).split(b"\n")
            yield from (line.removesuffix(b"\r") for line in lines)
            while len(rest) > LONGEST_LINE:
                yield rest[:LONGEST_LINE]
                rest = rest[LONGEST_LINE:]
            pending[stream] = rest
    yield from (rest for rest in pending if rest)


def _addresses(attributes: Mapping[str, Any]) -> Mapping[int, tuple[str, int]]:
    """Where the published ports are; none for a container that has ended already."""
    published = attributes["NetworkSettings"]["Ports"] or {}
    return {
        int(port.partition("/")[0]): (bindings[0]["HostIp"], int(bindings[0]["HostPort"]))
        for port, bindings in published.items()
        if bindings
    }


def _final(state: Mapping[str, Any], killed: bool) -> Status:
    killed = killed or bool(state["OOMKilled"])
    return Status(False, state["ExitCode"], killed, OUT_OF_MEMORY if killed else None)


def _usage(counted: Mapping[str, Any]) -> Usage | None:
    """The engine's counters; None for a container that has just ended."""
    memory = counted.get("memory_stats") or {}
    if "usage" not in memory:
        return None
    details = memory.get("stats") or {}
    cache = details.get("total_inactive_file", details.get("inactive_file", 0))  # cgroup v1, v2
    return Usage(counted["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9, max(0, memory["usage"] - cache))


def _list(words: tuple[str, ...] | None) -> list[str] | None:
    return None if words is None else list(words)


def _words(error: Exception) -> str:
    """What the engine said, as ECS quotes it."""
    if isinstance(error, requests.exceptions.ConnectionError):
        return UNREACHABLE
    explanation = error.explanation if isinstance(error, APIError) else str(error)
    return f"Error response from daemon: {explanation}"

"""A container's life on a Docker Engine: its image, start, output, end and removal.

Containers join the course's bridge network, publish their ports on free ports of loopback (which works whether
the engine shares this machine's network or not), and carry labels by which a later cloud of the same home finds
what a killed one left.
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

import docker
from docker.errors import APIError, ImageNotFound, NotFound
from requests.exceptions import RequestException

from labs.cloud.engine.base import ContainerSpec, Mount, PullError, Started, StartError, Status, Usage
from labs.cloud.engine.docker.answers import FAILURES, addresses, final, usage, whole_lines, words
from labs.cloud.engine.docker.bridge import NETWORK, Bridge
from labs.cloud.engine.docker.options import options
from labs.cloud.engine.docker.pause import PAUSE_IMAGE, pause_archive
from labs.cloud.engine.docker.pulling import pull, remove_pulled
from labs.cloud.engine.memory import Limited, MemoryWatch
from labs.cloud.engine.program import command_of, refuse_other_processor
from labs.images.model import ENGINE_FREE_LABEL

if TYPE_CHECKING:
    from labs.cloud.registry.images import Images

HOME_LABEL = "course.home"  # the cloud's folder
TASK_LABEL = "course.task"
CONTAINER_LABEL = "course.container"

READERS = 16  # containers whose use is asked for at once: the engine takes a second for each answer
EXEC_POLL = 0.05  # seconds between two looks at a command that runs in a container
NOT_FOUND_CODE, KILLED_CODE = 127, 137  # exit codes: no such command; its container does not run
REMOVED_WITHIN = 30  # seconds from the end of a container; slow disks take their time
ENGINE_FREE = (
    "this image was built without a container engine: it holds no operating system and no Python. "
    "Build and push it again now that a Docker Engine is there."
)


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
        self._sharing = threading.Lock()  # while a task's network is made
        self._running: dict[str, _Running] = {}
        self._closed = False
        self._unreleased: set[str] = set()  # tasks whose remains an engine that did not answer still has
        self._networks: dict[str, str] = {}  # task → container whose network its containers share
        self._memory = MemoryWatch(self._memory_used, self._out_of_memory)
        self._bridge = Bridge(found, port)

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
        image_id = pull(self._docker, self._images, image)
        self._bridge.join()
        for task_id in list(self._unreleased):
            self.release(task_id)
        try:
            network = self._shared_network(spec)
            volumes = {mount: self._volume(spec, mount) for mount in spec.mounts}
            asked = options(spec, self._cpus, self._labels(spec), volumes, network)
            container = self._docker.containers.create(image_id, **asked)
        except FAILURES as error:
            raise StartError(words(error)) from error
        container_id = str(container.id)
        running = _Running(container_id)
        try:
            # Attached before the start, so that no line is missed.
            output = self._docker.api.attach(
                container_id, stdout=True, stderr=True, stream=True, logs=False, demux=True
            )
            container.start()
            container.reload()
        except FAILURES as error:
            self._remove(container_id)
            raise StartError(words(error)) from error
        with self._lock:
            self._running[container_id] = running
        threading.Thread(target=self._follow, args=(running, output, log), daemon=True).start()
        if self._closed:  # meanwhile; nobody else will end it
            self._end(container_id)
        if network and spec.task_memory_mib:  # the engine itself keeps the container's own limit
            self._memory.add(Limited(container_id, spec.task_id, None, spec.task_memory_mib))
        published = self._docker.api.inspect_container(network) if network else container.attrs
        listening = {port: at for port, at in addresses(published).items() if port in spec.ports}
        return Started(container_id, listening, image.digest)

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
            with contextlib.suppress(*FAILURES):
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
        except FAILURES:
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
        except FAILURES:
            return None
        return usage(counted)

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
        except RequestException:
            return KILLED_CODE
        return int(result["ExitCode"])

    def reach(self, loopback_url: str) -> str:
        """The same service as containers see it: through the forwarder on the bridge. Raises StartError."""
        return self._bridge.reach(loopback_url)

    def sweep(self) -> int:
        """Remove the containers that carry this home's label, and what belongs to them; how many there were."""
        left = self._docker.containers.list(
            all=True, filters={"label": f"{HOME_LABEL}={self._home}"}, ignore_removed=True
        )
        with ThreadPoolExecutor(max_workers=8) as pool:
            list(pool.map(self._end, [str(container.id) for container in left]))
        self._remove_volumes(f"{HOME_LABEL}={self._home}")
        remove_pulled(self._docker, self._port)
        return len(left)

    def close(self) -> None:
        """Remove every container, the forwarder, and the network unless another cloud uses it."""
        self._closed = True
        with contextlib.suppress(*FAILURES):
            self.sweep()
            self._bridge.remove()
        self._bridge.close()
        self._docker.close()

    # Starting

    def _labels(self, spec: ContainerSpec) -> dict[str, str]:
        return {HOME_LABEL: self._home, TASK_LABEL: spec.task_id, CONTAINER_LABEL: spec.name}

    def _shared_network(self, spec: ContainerSpec) -> str | None:
        """The container in whose network those of the task run, so that they share one localhost.

        It runs nothing but a program that waits, like the one that ECS starts for each task.
        """
        if spec.shared_ports is None:
            return None
        with self._sharing:
            if spec.task_id not in self._networks:
                self._ensure_pause_image()
                asked: dict[str, Any] = {
                    "name": f"pause-{spec.task_id}",
                    "labels": self._labels(spec) | {CONTAINER_LABEL: ""},
                    "network": NETWORK,
                    "ports": {f"{port}/tcp": ("127.0.0.1",) for port in spec.shared_ports},
                }
                pause = self._docker.containers.run(PAUSE_IMAGE, detach=True, **asked)
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
        with contextlib.suppress(*FAILURES):
            for volume in self._docker.volumes.list(filters={"label": label}):
                with contextlib.suppress(APIError):
                    volume.remove()

    # While it runs

    def _follow(
        self,
        running: _Running,
        output: Iterator[tuple[bytes | None, bytes | None]],
        log: Callable[[bytes], None],
    ) -> None:
        """Hand on the container's lines, then take note of how it ended and remove it."""
        try:
            with contextlib.suppress(OSError, RequestException):
                for line in whole_lines(output):
                    log(line)
            self._docker.api.wait(running.container_id, timeout=None)
            status = final(
                self._docker.api.inspect_container(running.container_id)["State"], running.oom_killed
            )
        except NotFound:
            status = Status(False, None, reason="The container was removed from outside.")
        except FAILURES:
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
        return {one: counted.memory_bytes for one, counted in used.items() if counted}

    def _out_of_memory(self, container_id: str) -> None:
        with self._lock:
            running = self._running.get(container_id)
        if running and not running.ended.is_set():
            running.oom_killed = True
            with contextlib.suppress(*FAILURES):
                self._docker.api.kill(container_id)

    def _end(self, container_id: str) -> None:
        """Kill a container and see it removed.

        By one hand only: Docker leaves the network endpoint of a container behind that is removed twice at once.
        """
        with contextlib.suppress(*FAILURES):
            self._docker.api.kill(container_id)
        with self._lock:
            running = self._running.get(container_id)
        if running:
            running.ended.wait(REMOVED_WITHIN)
            return
        with contextlib.suppress(*FAILURES):
            self._docker.api.wait(container_id, timeout=REMOVED_WITHIN)
        self._remove(container_id)

    def _remove(self, container_id: str) -> None:
        with contextlib.suppress(*FAILURES):
            self._docker.api.remove_container(container_id, force=True, v=True)

"""The task controller: moves every task along its life cycle by what really happens [RULES 1 to 7].

A task goes PROVISIONING (its network interface) → PENDING (images, starts in order of dependsOn) → ACTIVATING →
RUNNING → DEACTIVATING (out of its target groups, connections drain) → STOPPING (stop signals, in reverse order)
→ DEPROVISIONING → STOPPED. Engine work is done in pools; its outcome comes back as a finished job.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends

from labs.cloud.aws.ecs.model import (
    ACTIVATING,
    DEACTIVATING,
    DEPROVISIONING,
    PENDING,
    PROVISIONING,
    RUNNING,
    STOPPED,
    STOPPING,
    Container,
    NetworkInterface,
    Task,
)
from labs.cloud.controllers.container_spec import Unreached, container_spec
from labs.cloud.controllers.logs import LogShipper, LogsUnavailable
from labs.cloud.controllers.texts import say
from labs.cloud.engine.base import PullError, Started, StartError, Status
from labs.cloud.runtime import Runtime

POLL = (
    1.0  # seconds between two looks at running containers; an engine that sees one end wakes the loop itself
)
STOP_TIMEOUT = 30  # seconds between stop signal and SIGKILL, unless the container says otherwise [RULES 5]
STARTERS, STOPPERS = 8, 32  # threads; a stop may wait for its program, so there are more of them

log = logging.getLogger(__name__)


class TaskController:
    """Owns the life cycle of tasks; everything else only asks a task to stop."""

    def __init__(self, runtime: Runtime, shipper: LogShipper):
        self._runtime = runtime
        self._shipper = shipper
        self._starters = ThreadPoolExecutor(STARTERS, thread_name_prefix="start")
        self._stoppers = ThreadPoolExecutor(STOPPERS, thread_name_prefix="stop")
        self._starting: dict[str, Future[Started]] = {}  # by container ARN
        self._stopping: dict[str, Future[Status]] = {}
        self._flushed: set[str] = set()  # ARNs of ended tasks whose output is in the logs

    def tick(self, now: float) -> float | None:
        """Move every task as far as it goes now."""
        with self._runtime.lock:
            tasks = self._unfinished()
            watched = [
                c.runtime_id for t in tasks for c in t.containers if c.last_status == RUNNING and c.runtime_id
            ]
        statuses = {runtime_id: self._runtime.engine.status(runtime_id) for runtime_id in watched}
        ended = {task.task_arn for task in tasks if task.last_status == DEPROVISIONING}
        if ended:
            self._shipper.flush()  # a task's last words can be read as soon as it is STOPPED
        self._flushed = ended
        with self._runtime.lock:
            for task in self._unfinished():
                try:
                    self._advance(task, statuses, now)
                except Exception as error:
                    log.exception("task %s", task.id)
                    task.ask_to_stop(
                        "TaskFailedToStart", f"InternalError: {error}", self._runtime.clock.now()
                    )
            for _, _, backend in ecs_backends.iter_backends():
                backend.forget_old_tasks()
            waits = [
                POLL if task.drained_at is None else max(0.0, task.drained_at - now)
                for task in self._unfinished()
            ]
        return min([POLL, *waits]) if waits else None

    def reset(self) -> None:
        """End every container that runs or is being started, without a grace."""
        for start in self._starting.values():
            start.add_done_callback(self._discard)
        self._starting.clear()
        with self._runtime.lock:
            running = [
                c.runtime_id for t in self._unfinished() for c in t.containers if c.last_status == RUNNING
            ]
        for stop in [
            self._stoppers.submit(self._runtime.engine.stop, runtime_id or "", 0) for runtime_id in running
        ]:
            stop.exception()  # waits
        self._stopping.clear()

    def close(self) -> None:
        """Start nothing more; the engine ends what runs."""
        self._starters.shutdown(cancel_futures=True)  # what is being started must be known to the engine
        self._stoppers.shutdown(wait=False, cancel_futures=True)
        self._shipper.close()

    def _unfinished(self) -> list[Task]:
        return [
            task
            for _, _, backend in ecs_backends.iter_backends()
            for tasks in backend.tasks.values()
            for task in tasks.values()
            if task.last_status != STOPPED
        ]

    # The life cycle. Everything below runs under the lock.

    def _advance(self, task: Task, statuses: dict[str, Status], now: float) -> None:
        self._collect(task, statuses)
        steps: dict[str, Callable[[Task, float], str | None]] = {
            PROVISIONING: self._provision,
            PENDING: self._start,
            ACTIVATING: self._activate,
            RUNNING: self._watch,
            DEACTIVATING: self._drain,
            STOPPING: self._stop,
            DEPROVISIONING: self._deprovision,
        }
        while task.last_status != STOPPED:
            following = steps[task.last_status](task, now)
            if following is None:
                return
            task.move(following)
            self._tell(task)

    def _provision(self, task: Task, now: float) -> str | None:
        if not task.active:
            return DEPROVISIONING
        if (missing := _not_emulated(task)) is not None:
            return self._fail(
                task, f"ResourceInitializationError: the local cloud does not emulate {missing} yet"
            )
        try:
            task.network_interface = self._attach(task)
        except Exception as error:  # the subnet was deleted, or has no address left
            return self._fail(
                task, f"ResourceInitializationError: unable to attach a network interface: {error}"
            )
        task.times["connectivityAt"] = self._runtime.clock.now()
        return PENDING

    def _start(self, task: Task, now: float) -> str | None:
        if not task.active:
            return None if self._busy(task) else STOPPING
        task.times.setdefault("pullStartedAt", self._runtime.clock.now())
        waiting = [c for c in task.containers if c.last_status == PENDING and c.arn not in self._starting]
        for container in waiting:
            refusal = self._prepare(task, container) if _may_start(task, container) else None
            if refusal is not None:
                return self._fail(task, refusal)
        if any(container.last_status == PENDING for container in task.containers):
            return None
        task.times["pullStoppedAt"] = self._runtime.clock.now()
        return ACTIVATING

    def _activate(self, task: Task, now: float) -> str | None:
        task.times["startedAt"] = self._runtime.clock.now()
        task.running_since = now
        return RUNNING

    def _watch(self, task: Task, now: float) -> str | None:
        return None if task.active else DEACTIVATING

    def _drain(self, task: Task, now: float) -> str | None:
        if task.targets:
            delay = self._deregister(task)
            # StopTask does not wait [API StopTask]; whoever died already has no connections left to drain.
            task.drained_at = now + delay if task.stop_code == "ServiceSchedulerInitiated" else None
        if task.drained_at is not None and now < task.drained_at and _any_running(task):
            return None
        task.drained_at = None
        return STOPPING

    def _stop(self, task: Task, now: float) -> str | None:
        if self._busy(task):
            return None
        for container in task.containers:
            if (
                container.last_status == RUNNING
                and container.arn not in self._stopping
                and _may_stop(task, container)
            ):
                timeout = container.definition.get("stopTimeout")
                self._stopping[container.arn] = self._submit(
                    self._stoppers,
                    self._runtime.engine.stop,
                    container.runtime_id,
                    STOP_TIMEOUT if timeout is None else timeout,
                )
        if any(container.last_status == RUNNING for container in task.containers):
            return None
        for container in task.containers:
            container.last_status = STOPPED
        task.times["executionStoppedAt"] = self._runtime.clock.now()
        return DEPROVISIONING

    def _deprovision(self, task: Task, now: float) -> str | None:
        if task.task_arn not in self._flushed:
            self._runtime.wake.set()
            return None
        if task.network_interface is not None:
            self._runtime.addresses.release(task.network_interface.private_ip)
            ec2_backends[self._runtime.account_id][task.region].enis.pop(task.network_interface.id, None)
        task.times["stoppedAt"] = self._runtime.clock.now()
        self._runtime.wake.set()  # the service controller replaces it
        return STOPPED

    def _fail(self, task: Task, reason: str) -> str | None:
        """The task cannot start; on its way down at once."""
        task.ask_to_stop("TaskFailedToStart", reason, self._runtime.clock.now())
        return None if self._busy(task) else STOPPING

    # Containers

    def _prepare(self, task: Task, container: Container) -> str | None:
        """Hand the container to the engine; why not, when it cannot be."""
        try:
            write = self._shipper.open(container.definition, task.id, task.region)
        except LogsUnavailable as error:
            return f"ResourceInitializationError: {error}"
        spec = container_spec(self._runtime, task, container)
        self._starting[container.arn] = self._submit(self._starters, self._start_one, spec, write)
        return None

    def _start_one(self, spec: Unreached, write: Callable[[bytes], None]) -> Started:
        return self._runtime.engine.start(spec.reached(self._runtime), write)

    def _submit(self, pool: ThreadPoolExecutor, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future = pool.submit(work, *arguments)
        future.add_done_callback(lambda _: self._runtime.wake.set())
        return future

    def _busy(self, task: Task) -> bool:
        """Whether a container is being started right now: its end can be asked for only afterwards."""
        return any(container.arn in self._starting for container in task.containers)

    def _collect(self, task: Task, statuses: dict[str, Status]) -> None:
        """Take in what the engine did: starts that finished, containers that ended."""
        for container in task.containers:
            start = self._starting.get(container.arn)
            if start is not None and start.done():
                del self._starting[container.arn]
                self._started(task, container, start)
            stop = self._stopping.get(container.arn)
            if stop is not None and stop.done():
                del self._stopping[container.arn]
                self._ended(task, container, _outcome(stop))
            elif container.last_status == RUNNING and container.arn not in self._stopping:
                status = statuses.get(container.runtime_id or "")
                if status is not None and not status.running:
                    # Frees what the engine still keeps of a container that ended by itself.
                    self._submit(self._stoppers, self._runtime.engine.stop, container.runtime_id, 0)
                    self._ended(task, container, status)
                elif status is not None:
                    container.reason = status.reason

    def _started(self, task: Task, container: Container, start: Future[Started]) -> None:
        try:
            started = start.result()
        except PullError as error:
            self._not_started(task, container, f"CannotPullContainerError: {error}")
        except StartError as error:
            self._not_started(task, container, f"CannotStartContainerError: {error}")
        except Exception as error:
            log.exception("start of %s in task %s", container.name, task.id)
            self._not_started(task, container, f"CannotStartContainerError: {error}")
        else:
            container.runtime_id, container.image_digest = started.container_id, started.image_digest
            container.last_status = RUNNING
            if task.network_interface is not None:
                for port, (host, real_port) in started.addresses.items():
                    self._runtime.addresses.bind(task.network_interface.private_ip, port, host, real_port)

    def _not_started(self, task: Task, container: Container, reason: str) -> None:
        container.last_status, container.reason = STOPPED, reason
        task.ask_to_stop("TaskFailedToStart", reason, self._runtime.clock.now())

    def _ended(self, task: Task, container: Container, status: Status) -> None:
        container.last_status = STOPPED
        container.exit_code = status.exit_code
        container.reason = (
            "OutOfMemoryError: Container killed due to memory usage" if status.oom_killed else status.reason
        )
        failed_dependency = status.exit_code != 0 and any(
            d["containerName"] == container.name
            and d["condition"] == "SUCCESS"
            and waiting.last_status == PENDING
            for waiting in task.containers
            for d in waiting.definition.get("dependsOn") or ()
        )
        if container.essential or failed_dependency:
            hint = f" ({status.reason})" if status.reason and not status.oom_killed else ""
            task.ask_to_stop(
                "EssentialContainerExited" if container.essential else "TaskFailedToStart",
                (
                    f"Essential container in task exited{hint}"
                    if container.essential
                    else f"Container {container.name}, which others wait for, exited with code {status.exit_code}"
                ),
                self._runtime.clock.now(),
            )

    def _discard(self, start: Future[Started]) -> None:
        """A container whose task is gone: end it."""
        if not start.cancelled() and start.exception() is None:
            self._stoppers.submit(self._runtime.engine.stop, start.result().container_id, 0)

    # Network

    def _attach(self, task: Task) -> NetworkInterface:
        ec2 = ec2_backends[self._runtime.account_id][task.region]
        subnet = ec2.get_subnet(task.subnet_id)
        attachment = str(uuid4())
        address = subnet.get_available_subnet_ip(None)
        eni = ec2.create_network_interface(
            subnet=subnet,
            private_ip_address=address,
            group_ids=list(task.network.get("securityGroups") or ()),
            description=f"arn:aws:ecs:{task.region}:{self._runtime.account_id}:attachment/{attachment}",
        )
        eni.status = "in-use"
        return NetworkInterface(
            eni.id,
            attachment,
            task.subnet_id,
            address,
            eni.mac_address,
            f"ip-{address.replace('.', '-')}.ec2.internal",
        )

    def _deregister(self, task: Task) -> float:
        """Out of its target groups; the longest deregistration delay, in seconds."""
        balancers = elbv2_backends[self._runtime.account_id][task.region]
        delay = 0.0
        for arn, port in task.targets:
            group = balancers.target_groups.get(arn)
            if group is None or task.network_interface is None:
                continue
            balancers.deregister_targets(arn, [{"Id": task.network_interface.private_ip, "Port": port}])
            delay = max(delay, float(group.attributes.get("deregistration_delay.timeout_seconds", 300)))
            if task.service is not None:
                task.service.tell(
                    f"deregistered 1 targets in (target-group {arn})", self._runtime.clock.now()
                )
        task.targets = []
        return delay

    def _tell(self, task: Task) -> None:
        kind = {RUNNING: "task-running", STOPPED: "task-stopped"}.get(task.last_status)
        if kind is not None:
            self._runtime.narrate(kind, task.task_arn, say, kind, group=task.group, why=task.stopped_reason)


def _not_emulated(task: Task) -> str | None:
    """What the task needs and the local cloud has not: it fails with its name rather than wait or pretend."""
    for container in task.containers:
        if container.definition.get("secrets"):
            return "a container's secrets"
        if any(dependency["condition"] == "HEALTHY" for dependency in _dependencies(container)):
            return "container health checks, on which another container waits"
    return None


def _may_start(task: Task, container: Container) -> bool:
    """Whether all that the container waits for has come true [RULES 4]."""
    by_name = {other.name: other for other in task.containers}
    for dependency in container.definition.get("dependsOn") or ():
        other = by_name[dependency["containerName"]]
        fulfilled = {
            "START": other.last_status != PENDING,
            "COMPLETE": other.last_status == STOPPED,
            "SUCCESS": other.last_status == STOPPED and other.exit_code == 0,
            "HEALTHY": other.health == "HEALTHY",
        }
        if not fulfilled[dependency["condition"]]:
            return False
    return True


def _may_stop(task: Task, container: Container) -> bool:
    """Whether nothing that still runs depends on it: shutdown reverses the order of the start."""
    return not any(
        other.last_status == RUNNING
        and any(d["containerName"] == container.name for d in _dependencies(other))
        for other in task.containers
    )


def _dependencies(container: Container) -> Iterable[Any]:
    return container.definition.get("dependsOn") or ()


def _any_running(task: Task) -> bool:
    return any(container.last_status == RUNNING for container in task.containers)


def _outcome(stop: Future[Status]) -> Status:
    try:
        return stop.result()
    except Exception as error:
        log.exception("stop of a container")
        return Status(running=False, exit_code=None, reason=f"CannotStopContainerError: {error}")

"""The task controller: moves every task along its life cycle by what really happens [RULES 1 to 7].

A task goes PROVISIONING (its network interface) → PENDING (permissions, secrets, images, starts in order of
dependsOn) → ACTIVATING → RUNNING → DEACTIVATING (out of its target groups, connections drain) → STOPPING (stop
signals, in reverse order) → DEPROVISIONING → STOPPED. Engine work is done in pools; its outcome comes back as a
finished job.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from moto.ecs.models import ecs_backends

from labs.cloud.aws.ecs.health import UNHEALTHY, UNKNOWN, Health, HealthCheck
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
    Task,
)
from labs.cloud.controllers import task_network, task_texts
from labs.cloud.controllers.container_spec import Unreached, container_spec
from labs.cloud.controllers.dependencies import may_start, may_stop, never_starts, next_timeout
from labs.cloud.controllers.logs import LogShipper, LogsUnavailable
from labs.cloud.controllers.preparation import Preparation, Unprepared
from labs.cloud.controllers.probes import Probes
from labs.cloud.controllers.restarts import restarts
from labs.cloud.controllers.texts import say
from labs.cloud.engine.base import ExecFormatError, PullError, Started, StartError, Status
from labs.cloud.runtime import Runtime
from labs.cloud.task_words import ESSENTIAL_EXITED, KILLED, STOP_TIMEOUT, cannot_pull

POLL = (
    1.0  # seconds between two looks at running containers; an engine that sees one end wakes the loop itself
)
STARTERS, STOPPERS = 8, 32  # threads; a stop may wait for its program, so there are more of them
NEVER_STARTED = 143  # exit code of a container whose dependencies cannot come true, as ECS's agent sets it

log = logging.getLogger(__name__)


class TaskController:
    """Owns the life cycle of tasks; everything else only asks a task to stop."""

    def __init__(self, runtime: Runtime, shipper: LogShipper):
        self._runtime = runtime
        self._shipper = shipper
        self._starters = ThreadPoolExecutor(STARTERS, thread_name_prefix="start")
        self._stoppers = ThreadPoolExecutor(STOPPERS, thread_name_prefix="stop")
        self._probes = Probes(runtime.engine, runtime.clock, runtime.wake.set)
        self._starting: dict[str, Future[Started]] = {}  # by container ARN
        self._stopping: dict[str, Future[Status]] = {}
        self._releasing: dict[str, Future[None]] = {}  # by task ARN
        self._secrets: dict[
            str, dict[str, dict[str, str]]
        ] = {}  # of prepared tasks: ARN → container → values
        self._flushed: set[str] = set()  # ARNs of ended tasks whose output is in the logs

    def tick(self, now: float) -> float | None:
        """Move every task as far as it goes now."""
        with self._runtime.lock:
            tasks = self._unfinished()
            watched = {
                c.runtime_id: HealthCheck.of(c.definition)
                for t in tasks
                for c in t.containers
                if c.last_status == RUNNING and c.runtime_id
            }
        statuses = {runtime_id: self._runtime.engine.status(runtime_id) for runtime_id in watched}
        health = self._probes.look(
            (runtime_id, check)
            for runtime_id, check in watched.items()
            if check is not None and statuses[runtime_id].running
        )
        ended = {task.task_arn for task in tasks if task.last_status == DEPROVISIONING}
        if ended:
            self._shipper.flush()  # a task's last words can be read as soon as it is STOPPED
        self._flushed = ended
        with self._runtime.lock:
            for task in self._unfinished():
                try:
                    self._take_health(task, health)
                    self._advance(task, statuses, now)
                except Exception as error:
                    log.exception("task %s", task.id)
                    task.ask_to_stop(
                        "TaskFailedToStart", f"InternalError: {error}", self._runtime.clock.now()
                    )
            for _, _, backend in ecs_backends.iter_backends():
                backend.forget_old_tasks()
                backend.forget_deleted_definitions()
            return self._next_look(now)

    def reset(self) -> None:
        """End every container that runs or is being started, without a grace."""
        for start in self._starting.values():
            start.add_done_callback(self._discard)
        self._starting.clear()
        with self._runtime.lock:
            tasks = self._unfinished()
            running = [c.runtime_id for t in tasks for c in t.containers if c.last_status == RUNNING]
        for stop in [
            self._stoppers.submit(self._runtime.engine.stop, runtime_id or "", 0) for runtime_id in running
        ]:
            stop.exception()  # waits
        for task in tasks:
            self._runtime.engine.release(task.id)
        self._stopping.clear()
        self._releasing.clear()
        self._secrets.clear()
        self._probes.reset()

    def close(self) -> None:
        """Start nothing more; the engine ends what runs."""
        self._starters.shutdown(cancel_futures=True)  # what is being started must be known to the engine
        self._stoppers.shutdown(wait=False, cancel_futures=True)
        self._probes.close()
        self._shipper.close()

    def _unfinished(self) -> list[Task]:
        return [
            task
            for _, _, backend in ecs_backends.iter_backends()
            for tasks in backend.tasks.values()
            for task in tasks.values()
            if task.last_status != STOPPED
        ]

    def _next_look(self, now: float) -> float | None:
        """Seconds until something is due; None while there are no tasks."""
        tasks = self._unfinished()
        due = [self._probes.due(), *(task.drained_at for task in tasks)]
        due += [next_timeout(task.containers) for task in tasks if task.last_status == PENDING]
        return min([POLL, *(max(0.0, time - now) for time in due if time is not None)]) if tasks else None

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
        if task.waits_for_capacity:
            return None
        if task.network_mode == "awsvpc":
            try:
                task_network.attach(self._runtime, task)
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
        try:
            if task.task_arn not in self._secrets:
                self._secrets[task.task_arn] = self._prepared(task)
            for container in task.containers:
                if container.last_status == PENDING and container.arn not in self._starting:
                    self._start_or_give_up(task, container, now)
        except Unprepared as error:
            if error.container is not None:
                error.container.reason = str(error)
            return self._fail(task, str(error))
        if not task.active or any(container.last_status == PENDING for container in task.containers):
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
            delay = task_network.deregister(self._runtime, task)
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
                and may_stop(task.containers, container)
            ):
                self._stopping[container.arn] = self._submit(
                    self._stoppers, self._runtime.engine.stop, container.runtime_id, _stop_timeout(container)
                )
        if _any_running(task):
            return None
        for container in task.containers:
            container.last_status = STOPPED
        task.times["executionStoppedAt"] = self._runtime.clock.now()
        return DEPROVISIONING

    def _deprovision(self, task: Task, now: float) -> str | None:
        self._secrets.pop(task.task_arn, None)
        if task.task_arn not in self._releasing:
            self._releasing[task.task_arn] = self._submit(
                self._stoppers, self._runtime.engine.release, task.id
            )
        if task.task_arn not in self._flushed or not self._releasing[task.task_arn].done():
            self._runtime.wake.set()
            return None
        del self._releasing[task.task_arn]
        task_network.detach(self._runtime, task)
        task.times["stoppedAt"] = self._runtime.clock.now()
        self._runtime.wake.set()  # the service controller replaces it
        return STOPPED

    def _fail(self, task: Task, reason: str) -> str | None:
        """The task cannot start; on its way down at once."""
        task.ask_to_stop("TaskFailedToStart", reason, self._runtime.clock.now())
        return None if self._busy(task) else STOPPING

    # Containers

    def _prepared(self, task: Task) -> dict[str, dict[str, str]]:
        """What the execution role does before the start; the secrets by container. Raises Unprepared."""
        preparation = Preparation(self._runtime, task)
        preparation.check_role()
        secrets = {container.name: preparation.secrets(container) for container in task.containers}
        preparation.check_images()  # before the logs: Fargate opens a container's log when it makes the container
        for container in task.containers:
            configuration = container.definition.get("logConfiguration") or {}
            if configuration.get("logDriver") == "awslogs":
                options = configuration.get("options") or {}
                preparation.check_logs(options, self._shipper.stream_name(container.definition, task.id))
        return secrets

    def _start_or_give_up(self, task: Task, container: Container, now: float) -> None:
        """Start it if its turn has come; stop waiting when its turn cannot come any more. Raises Unprepared."""
        vain = never_starts(task.containers, container, now)
        if vain is not None:
            container.last_status, container.reason, container.exit_code = STOPPED, vain, NEVER_STARTED
            self._narrate("container-blocked", task, container)
            if container.essential:
                raise Unprepared(vain)
        elif may_start(task.containers, container):
            self._begin(task, container)

    def _begin(self, task: Task, container: Container) -> None:
        """Hand the container to the engine. Raises Unprepared when its output has nowhere to go."""
        try:
            write = self._shipper.open(container.definition, task.id, task.region)
        except LogsUnavailable as error:
            raise Unprepared(f"ResourceInitializationError: {error}") from error
        secrets = self._secrets[task.task_arn].get(container.name, {})
        spec = container_spec(self._runtime, task, container, secrets)
        self._starting[container.arn] = self._submit(self._starters, self._start_one, spec, write)

    def _start_one(self, spec: Unreached, write: Callable[[bytes], None]) -> Started:
        try:
            return self._runtime.engine.start(spec.reached(self._runtime), write)
        except ExecFormatError as error:
            write(str(error).encode())
            raise

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
            self._not_started(task, container, cannot_pull(str(error)))
        except StartError as error:
            self._not_started(task, container, f"CannotStartContainerError: {error}")
        except ExecFormatError:
            self._ended(task, container, Status(running=False, exit_code=ExecFormatError.EXIT_CODE))
        except Exception as error:
            log.exception("start of %s in task %s", container.name, task.id)
            self._not_started(task, container, f"CannotStartContainerError: {error}")
        else:
            container.runtime_id, container.image_digest = started.container_id, started.image_digest
            container.last_status = RUNNING
            container.running_since = self._runtime.clock.monotonic()
            task_network.bind(self._runtime, task, container, started.addresses)

    def _not_started(self, task: Task, container: Container, reason: str) -> None:
        container.last_status, container.reason = STOPPED, reason
        task.ask_to_stop("TaskFailedToStart", reason, self._runtime.clock.now())

    def _ended(self, task: Task, container: Container, status: Status) -> None:
        if task.active and self._restarted(task, container, status):
            return
        stopping = task.last_status == STOPPING
        container.last_status, container.health = STOPPED, UNKNOWN
        container.exit_code, container.reason = status.exit_code, status.reason
        if status.oom_killed:
            self._narrate("container-out-of-memory", task, container, limit=_limit(task, container))
        elif stopping and status.exit_code == KILLED:
            self._narrate("container-killed", task, container, timeout=_stop_timeout(container))
        elif not stopping and status.exit_code:
            self._narrate("container-failed", task, container, code=status.exit_code)
        if status.lost:
            task.ask_to_stop("InfrastructureHealth", status.reason or "", self._runtime.clock.now())
        elif container.essential:
            hint = f" ({status.reason})" if status.reason and not status.oom_killed else ""
            task.ask_to_stop(
                "EssentialContainerExited",
                f"{ESSENTIAL_EXITED}{hint}",
                self._runtime.clock.now(),
            )

    def _restarted(self, task: Task, container: Container, status: Status) -> bool:
        """Start it again, when its restart policy says so."""
        since = container.running_since
        ran = 0.0 if since is None else self._runtime.clock.monotonic() - since
        if since is None or not restarts(container.definition, status.exit_code, ran):
            return False
        try:
            self._begin(task, container)
        except Unprepared:
            return False
        container.restarts += 1
        container.runtime_id, container.health = None, UNKNOWN
        self._narrate("container-restarted", task, container, code=status.exit_code, count=container.restarts)
        return True

    def _discard(self, start: Future[Started]) -> None:
        """A container whose task is gone: end it."""
        if not start.cancelled() and start.exception() is None:
            self._stoppers.submit(self._runtime.engine.stop, start.result().container_id, 0)

    # Health and narration

    def _take_health(self, task: Task, health: dict[str, Health]) -> None:
        """The containers' health as the probes saw it; a service's sick task is for the service controller."""
        for container in task.containers:
            seen = health.get(container.runtime_id or "")
            if seen is None or seen.status == container.health:
                continue
            container.health = seen.status
            task.version += 1
            self._runtime.wake.set()  # whoever waits for it
            if seen.status != UNHEALTHY:
                self._narrate("container-healthy", task, container)
                continue
            self._narrate("container-unhealthy", task, container, failures=seen.failures)
            if task.service is None and container.essential:
                self._narrate("standalone-unhealthy", task, container)

    def _narrate(self, key: str, task: Task, container: Container, **values: object) -> None:
        self._runtime.narrate(
            key, task.task_arn, task_texts.say, key, group=task.group, name=container.name, **values
        )

    def _tell(self, task: Task) -> None:
        kind = {RUNNING: "task-running", STOPPED: "task-stopped"}.get(task.last_status)
        if kind is not None:
            self._runtime.narrate(kind, task.task_arn, say, kind, group=task.group)


def _any_running(task: Task) -> bool:
    return any(container.last_status == RUNNING for container in task.containers)


def _stop_timeout(container: Container) -> int:
    timeout = container.definition.get("stopTimeout")
    return STOP_TIMEOUT if timeout is None else int(timeout)


def _limit(task: Task, container: Container) -> str:
    """The memory limit that it went over, for the learner."""
    own = container.definition.get("memory")
    return f"{own} MiB" if own else f"{task.overrides.get('memory') or task.definition.memory} MiB"


def _outcome(stop: Future[Status]) -> Status:
    try:
        return stop.result()
    except Exception as error:
        log.exception("stop of a container")
        return Status(running=False, exit_code=None, reason=f"CannotStopContainerError: {error}")

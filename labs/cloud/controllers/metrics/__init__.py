"""The metrics that AWS's services publish of themselves, measured from what really runs, once a CloudWatch minute.

What a minute's points are is computed by pure functions (`ecs.py`, `load_balancing.py`); here the facts are
gathered. Asking an engine what its containers use may take long, so it happens on a thread of its own, and never
under the lock.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from moto.cloudwatch.models import cloudwatch_backends
from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends

from labs.cloud.aws.cloudwatch.points import Metric, Point
from labs.cloud.aws.ecs.model import PENDING, PROVISIONING, RUNNING, Task
from labs.cloud.controllers.metrics import ecs, load_balancing
from labs.cloud.load_balancer.access_log import LogEntry
from labs.cloud.runtime import Runtime

Published = tuple[str, Metric, Point]  # Region, metric, point
READING = 1.0  # seconds between two looks at the load balancers' logs, which keep their latest entries only
READERS = 16  # threads: a Docker Engine takes a second to say what one container uses
LATE = 0.05  # seconds after a minute's end at which it is looked at, so that it is over

log = logging.getLogger(__name__)


class MetricsController:
    """Publishes AWS/ECS, ECS/ContainerInsights and AWS/ApplicationELB."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._minute: int | None = None
        self._measurer = ThreadPoolExecutor(1, "metrics")
        self._readers = ThreadPoolExecutor(READERS, "usage")
        self._measuring: Future[None] | None = None
        self._before: dict[str, ecs.Reading] = {}
        self._requests: list[LogEntry] = []
        self._read_up_to: dict[str, int] = {}  # load balancer → number of the last entry taken over

    def tick(self, now: float) -> float | None:
        """Read the logs on; when a minute is over, measure it."""
        moment = self._runtime.clock.now()
        minute = int(self._runtime.minutes.position(moment))
        busy = self._measuring is not None and not self._measuring.done()
        balanced = self._read_requests()
        if minute != self._minute and not busy:
            since = self._minute
            self._minute = minute
            self._measuring = self._measurer.submit(
                self._measure_safely, since, minute, now, self._over(minute)
            )
        next_minute = (self._runtime.minutes.moment(minute + 1) - moment).total_seconds() + LATE
        return min(next_minute, READING) if balanced else next_minute

    def reset(self) -> None:
        """Forget what was measured; a measurement under way finds nothing to publish to."""
        if self._measuring is not None:
            self._measuring.result()
        self._before, self._requests = {}, []

    def close(self) -> None:
        """Stop measuring."""
        self._measurer.shutdown(wait=False, cancel_futures=True)
        self._readers.shutdown(wait=False, cancel_futures=True)

    def _read_requests(self) -> bool:
        """Take over what was logged since the last time; False when there is no load balancer."""
        balancers = self._runtime.load_balancers
        arns = list(balancers.urls())
        for arn in arns:
            last = self._read_up_to.get(arn, 0)
            new = [entry for entry in balancers.log(arn) if entry.number > last]
            self._requests += new
            self._read_up_to[arn] = new[-1].number if new else last
        return bool(arns)

    def _measure_safely(self, since: int | None, minute: int, now: float, requests: list[LogEntry]) -> None:
        try:
            self._measure(since, minute, now, requests)
        except Exception:
            log.exception("the metrics of a minute are lost")

    def _measure(self, since: int | None, minute: int, now: float, requests: list[LogEntry]) -> None:
        """Publish the minute before `minute`; the first time, only take the readings that it begins with."""
        runtime = self._runtime
        with runtime.lock:
            tasks, counts = self._tasks(now)
            clusters, groups = self._clusters(), self._groups()
        containers = [container for task in tasks for container in task.containers]
        readings = {
            container: reading
            for container, reading in zip(containers, self._readers.map(self._read, containers), strict=True)
            if reading is not None
        }
        if since is not None:
            start = runtime.minutes.moment(minute - 1)
            with runtime.lock:
                self._publish(ecs.points(tasks, counts, self._before, readings, start, clusters))
                self._publish(load_balancing.points(requests, groups, start, runtime.minutes))
        self._before = readings
        runtime.wake.set()

    def _read(self, container: str) -> ecs.Reading | None:
        used = self._runtime.engine.usage(container)
        now = self._runtime.clock.monotonic()
        return None if used is None else ecs.Reading(now, used.cpu_seconds, used.memory_bytes)

    def _over(self, minute: int) -> list[LogEntry]:
        """The requests that were answered before `minute` began; they are counted once."""
        position = self._runtime.minutes.position
        requests = self._requests
        self._requests = [entry for entry in requests if position(entry.time) >= minute]
        return [entry for entry in requests if position(entry.time) < minute]

    def _publish(self, points: Iterable[Published]) -> None:
        backends = cloudwatch_backends[self._runtime.account_id]
        for region, metric, point in points:
            backends[region].publish(metric, point)

    # Under the lock.

    def _tasks(self, now: float) -> tuple[list[ecs.TaskFacts], list[ecs.ServiceCounts]]:
        facts, counts = [], []
        for _, region, backend in ecs_backends.iter_backends():
            for cluster in backend.clusters.values():
                insights = any(
                    setting["name"] == "containerInsights" and setting["value"] != "disabled"
                    for setting in cluster.settings or ()
                )
                own = list(backend.tasks.get(cluster.name, {}).values())
                facts += [_facts(task, region, insights, now) for task in own if task.last_status == RUNNING]
                counts += [
                    ecs.ServiceCounts(
                        region=region,
                        cluster=cluster.name,
                        service=service.name,
                        insights=insights,
                        desired=service.desired_count,
                        running=sum(t.service is service and t.last_status == RUNNING for t in own),
                        pending=sum(
                            t.service is service and t.last_status in (PROVISIONING, PENDING) for t in own
                        ),
                        deployments=len(service.deployments),
                    )
                    for service in backend.services.values()
                    if service.cluster_name == cluster.name and service.status == "ACTIVE"
                ]
        return facts, counts

    def _clusters(self) -> list[ecs.ClusterCapacity]:
        """Of the clusters that have container instances."""
        found = []
        for _, region, backend in ecs_backends.iter_backends():
            for cluster in backend.clusters.values():
                instances = backend.instances_of(cluster.name)
                free = [instance.facts(backend.tasks_on(instance)) for instance in instances]
                if instances:
                    found.append(
                        ecs.ClusterCapacity(
                            region,
                            cluster.name,
                            sum(instance.cpu for instance in instances),
                            sum(instance.memory for instance in instances),
                            sum(each.cpu for each in free),
                            sum(each.memory for each in free),
                        )
                    )
        return found

    def _groups(self) -> list[load_balancing.GroupFacts]:
        zones = {
            task.network_interface.private_ip: task.availability_zone
            for _, _, backend in ecs_backends.iter_backends()
            for tasks in backend.tasks.values()
            for task in tasks.values()
            if task.network_interface is not None and task.active
        }
        health = self._runtime.target_health
        return [
            load_balancing.GroupFacts(
                group.arn,
                tuple(group.load_balancer_arns),
                tuple(
                    load_balancing.TargetFacts(
                        target["Id"],
                        health.state(group.arn, target["Id"], int(target["Port"])).state,
                        zones.get(target["Id"]),
                    )
                    for target in group.targets.values()
                ),
            )
            for backend in elbv2_backends[self._runtime.account_id].values()
            for group in backend.target_groups.values()
        ]


def _facts(task: Task, region: str, insights: bool, now: float) -> ecs.TaskFacts:
    """A running task; what it reserves is its own size or, without one, its containers' together."""
    given = (
        task.overrides.get("cpu") or task.definition.cpu,
        task.overrides.get("memory") or task.definition.memory,
    )
    definitions = [container.definition for container in task.containers]
    cpu = float(given[0] or sum(each.get("cpu") or 0 for each in definitions))
    memory = float(
        given[1] or sum(each.get("memoryReservation") or each.get("memory") or 0 for each in definitions)
    )
    return ecs.TaskFacts(
        region=region,
        cluster=task.cluster_name,
        service=task.service.name if task.service is not None else None,
        family=task.definition.family,
        containers=tuple(each.runtime_id for each in task.containers if each.runtime_id),
        cpu_units=cpu,
        memory_mib=memory,
        running_for=now - (task.running_since if task.running_since is not None else now),
        limited=task.container_instance is None,
        insights=insights,
    )

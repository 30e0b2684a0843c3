"""AWS/ECS and ECS/ContainerInsights: a minute's points from what tasks used. Pure.

Sources: ECS Developer Guide, "Amazon ECS service utilization metrics" (a service's utilization is what its tasks
use over what they reserve; the SampleCount of its one-minute points is the number of its running tasks),
"Available metrics"; CloudWatch User Guide, "Amazon ECS Container Insights metrics".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from labs.cloud.aws.cloudwatch.points import Metric, Point

VCPU = 1024  # CPU units
MIB = 1024 * 1024
INSIGHTS = "ECS/ContainerInsights"


@dataclass(frozen=True)
class Reading:
    """What a container had used when it was asked, at monotonic time `at`."""

    at: float
    cpu_seconds: float
    memory_bytes: int


@dataclass(frozen=True)
class TaskFacts:
    """A running task: what it reserves, and the engine's ids of its containers."""

    region: str
    cluster: str
    service: str | None
    family: str
    containers: tuple[str, ...]
    cpu_units: float
    memory_mib: float
    running_for: float  # seconds
    limited: bool  # Fargate holds it to its size
    insights: bool  # Container Insights is on in its cluster


@dataclass(frozen=True)
class ServiceCounts:
    """How many tasks an active service wants and has."""

    region: str
    cluster: str
    service: str
    insights: bool
    desired: int
    running: int
    pending: int
    deployments: int


@dataclass(frozen=True)
class ClusterCapacity:
    """What a cluster's container instances registered together, and what tasks have not reserved of it."""

    region: str
    cluster: str
    cpu_units: float
    memory_mib: float
    free_cpu_units: float
    free_memory_mib: float


@dataclass(frozen=True)
class Used:
    """What one task used during the minute, on average."""

    task: TaskFacts
    cpu_units: float
    memory_mib: float


def points(
    tasks: Sequence[TaskFacts],
    counts: Sequence[ServiceCounts],
    before: Mapping[str, Reading],
    after: Mapping[str, Reading],
    minute: datetime,
    clusters: Sequence[ClusterCapacity] = (),
) -> Iterator[tuple[str, Metric, Point]]:
    """Every point of the minute that began at `minute`."""
    used = [found for task in tasks if (found := use(task, before, after)) is not None]
    yield from _utilization(used, minute)
    for cluster in clusters:
        yield from _cluster(cluster, used, minute)
    yield from _insights([each for each in used if each.task.insights], counts, minute)


def use(task: TaskFacts, before: Mapping[str, Reading], after: Mapping[str, Reading]) -> Used | None:
    """What a task used between two readings, or since it started; None when it could not be read.

    Without an engine a process may use more than its task's size. On Fargate it could not: what is above is
    cut off, and 100 % means what it means there, that the task wants more.
    """
    cpu = memory = 0.0
    for container in task.containers:
        reading, earlier = after.get(container), before.get(container)
        if reading is None:
            return None
        seconds = reading.at - earlier.at if earlier else task.running_for
        spent = reading.cpu_seconds - (earlier.cpu_seconds if earlier else 0.0)
        cpu += max(spent, 0.0) / max(seconds, 0.1) * VCPU
        memory += reading.memory_bytes / MIB
    if task.limited:
        cpu, memory = min(cpu, task.cpu_units or cpu), min(memory, task.memory_mib or memory)
    return Used(task, cpu, memory) if task.containers else None


def _utilization(used: Iterable[Used], minute: datetime) -> Iterator[tuple[str, Metric, Point]]:
    """Percent of what is reserved, one sample per task of the service."""
    services: dict[tuple[str, str, str], list[Used]] = defaultdict(list)
    for each in used:
        if each.task.service is not None:
            services[each.task.region, each.task.cluster, each.task.service].append(each)
    for (region, cluster, service), own in services.items():
        dimensions = {"ClusterName": cluster, "ServiceName": service}
        for name, values in (
            ("CPUUtilization", [e.cpu_units / e.task.cpu_units * 100 for e in own if e.task.cpu_units]),
            ("MemoryUtilization", [e.memory_mib / e.task.memory_mib * 100 for e in own if e.task.memory_mib]),
        ):
            if values:
                yield region, Metric.of("AWS/ECS", name, dimensions), Point.of(minute, values, "Percent")


def _cluster(
    cluster: ClusterCapacity, used: Iterable[Used], minute: datetime
) -> Iterator[tuple[str, Metric, Point]]:
    """A cluster's own metrics, which are about its container instances and the tasks on them only."""
    own = [
        each
        for each in used
        if not each.task.limited
        and (each.task.region, each.task.cluster) == (cluster.region, cluster.cluster)
    ]
    for name, part, whole in (
        ("CPUReservation", cluster.cpu_units - cluster.free_cpu_units, cluster.cpu_units),
        ("CPUUtilization", sum(each.cpu_units for each in own), cluster.cpu_units),
        ("MemoryReservation", cluster.memory_mib - cluster.free_memory_mib, cluster.memory_mib),
        ("MemoryUtilization", sum(each.memory_mib for each in own), cluster.memory_mib),
    ):
        if whole:
            metric = Metric.of("AWS/ECS", name, {"ClusterName": cluster.cluster})
            yield cluster.region, metric, Point.of(minute, [part / whole * 100], "Percent")


def _insights(
    used: Sequence[Used], counts: Sequence[ServiceCounts], minute: datetime
) -> Iterator[tuple[str, Metric, Point]]:
    counted = [each for each in counts if each.insights]
    for each in counted:
        dimensions = {"ClusterName": each.cluster, "ServiceName": each.service}
        for name, number in (
            ("DesiredTaskCount", each.desired),
            ("RunningTaskCount", each.running),
            ("PendingTaskCount", each.pending),
            ("DeploymentCount", each.deployments),
        ):
            yield each.region, Metric.of(INSIGHTS, name, dimensions), Point.of(minute, [number], "Count")
    clusters = {(each.region, each.cluster) for each in counted}
    for region, cluster in sorted(clusters | {(each.task.region, each.task.cluster) for each in used}):
        inside = [each for each in used if (each.task.region, each.task.cluster) == (region, cluster)]
        services = [each for each in counted if (each.region, each.cluster) == (region, cluster)]
        for name, number in (("TaskCount", len(inside)), ("ServiceCount", len(services))):
            yield (
                region,
                Metric.of(INSIGHTS, name, {"ClusterName": cluster}),
                Point.of(minute, [number], "Count"),
            )
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[Used]] = defaultdict(list)
    for usage in used:
        task, own_cluster = usage.task, ("ClusterName", usage.task.cluster)
        groups[task.region, (own_cluster,)].append(usage)
        groups[task.region, (own_cluster, ("TaskDefinitionFamily", task.family))].append(usage)
        if task.service is not None:
            groups[task.region, (own_cluster, ("ServiceName", task.service))].append(usage)
    for (region, group), own in groups.items():
        for name, unit, values in (
            ("CpuUtilized", "None", [usage.cpu_units for usage in own]),
            ("CpuReserved", "None", [usage.task.cpu_units for usage in own]),
            ("MemoryUtilized", "Megabytes", [usage.memory_mib for usage in own]),
            ("MemoryReserved", "Megabytes", [usage.task.memory_mib for usage in own]),
        ):
            yield region, Metric.of(INSIGHTS, name, dict(group)), Point.of(minute, values, unit)

"""The cluster scaling controller: Auto Scaling groups that grow when tasks find no room, and shrink when idle.

Once a CloudWatch minute it computes each managed provider's CapacityProviderReservation, publishes it, and tracks
its target [DG Automatically manage Amazon ECS capacity with cluster auto scaling]. Between those minutes it only
places waiting tasks on instances that came, and ends instances that have drained.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup, autoscaling_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.ecs.models import CapacityProvider, Cluster, ecs_backends

from labs.cloud.aws.ecs.container_instance import ContainerInstance, capacity_of_type
from labs.cloud.aws.ecs.demand import demand
from labs.cloud.aws.ecs.model import STOPPED, Task
from labs.cloud.aws.ecs.services import EcsBackend
from labs.cloud.controllers.capacity import needed_instances, reservation
from labs.cloud.controllers.instance_texts import say
from labs.cloud.runtime import Runtime

POINTS_TO_SHRINK = 15  # minutes below the target before a scale-in, as target tracking has it [RULES 21]
NAMESPACE, METRIC = "AWS/ECS/ManagedScaling", "CapacityProviderReservation"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """How far one scaling step may go: the provider's step sizes, the group's bounds."""

    target: int  # percent
    smallest_step: int
    largest_step: int
    minimum: int
    maximum: int


def wanted_size(value: float, running: int, points_below: int, limits: Limits) -> int:
    """How many instances target tracking wants at a reservation of `value` percent. Pure.

    Above the target it grows at once, by at least the smallest and at most the largest step; below it, it shrinks
    after 15 points in a row. Never beyond the group's bounds.
    """
    proportional = math.ceil(round((running or 1) * value / limits.target, 6))
    size = running
    if value > limits.target:
        step = max(limits.smallest_step, min(limits.largest_step, proportional - running))
        size = running + step
    elif points_below >= POINTS_TO_SHRINK:
        size = min(running, proportional)
    return max(limits.minimum, min(limits.maximum, size))


class ClusterScaling:
    """Managed scaling of Auto Scaling group capacity providers."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._next: dict[tuple[str, str], float] = {}  # (cluster ARN, provider) → when its next minute ends
        self._below: dict[tuple[str, str], int] = {}  # points in a row under the target
        self._leaving: set[str] = set()  # ids of machines that end once they have drained

    def tick(self, now: float) -> float | None:
        """Place what waits; at the end of each minute, scale."""
        wishes: list[float] = []
        with self._runtime.lock:
            for account, region, backend in ecs_backends.iter_backends():
                if account != self._runtime.account_id or not backend.capacity_providers:
                    continue
                try:
                    self._place_waiting(backend)
                    self._end_drained(backend, region)
                    wishes += self._providers(backend, region, now)
                except Exception:
                    log.exception("cluster scaling in %s; it goes on", region)
                    wishes.append(1.0)
        return min(wishes, default=None)

    def reset(self) -> None:
        """Forget all counts."""
        self._next.clear()
        self._below.clear()
        self._leaving.clear()

    def close(self) -> None:
        """Nothing to free."""

    # Everything below runs under the lock.

    def _place_waiting(self, backend: EcsBackend) -> None:
        for task in backend.place_waiting():
            machine = task.container_instance.ec2_instance_id if task.container_instance else ""
            self._runtime.narrate(
                "task-placed", task.task_arn, say, "placed", group=task.group, machine=machine
            )
            self._runtime.wake.set()

    def _providers(self, backend: EcsBackend, region: str, now: float) -> list[float]:
        waits = []
        for cluster in backend.clusters.values():
            for name in cluster.capacity_providers or ():
                if cluster.status != "ACTIVE" or not backend.managed_scaling(name):
                    continue
                provider = backend.capacity_providers[name]
                group = backend.scaling_group(provider.auto_scaling_group_provider["autoScalingGroupArn"])
                if group is None:
                    continue
                key = (cluster.arn, name)
                minute = float(self._runtime.pace)  # it may have been shortened since
                due = self._next[key] = min(self._next.get(key, math.inf), now + minute)
                if now >= due:
                    self._scale(backend, cluster, provider, group)
                    due = self._next[key] = now + minute
                waits.append(due - now)
        return waits

    def _scale(
        self, backend: EcsBackend, cluster: Cluster, provider: CapacityProvider, group: FakeAutoScalingGroup
    ) -> None:
        machines = [
            state.instance for state in group.active_instances() if state.instance.id not in self._leaving
        ]
        busy = {
            task.container_instance.ec2_instance_id
            for task in _living(backend, cluster)
            if task.container_instance is not None and not (task.service is not None and task.service.daemon)
        }
        waiting = [
            demand(task.definition, task.overrides)
            for task in _living(backend, cluster)
            if task.waits_for_capacity and task.active and task.capacity_provider == provider.name
        ]
        cpu, memory = capacity_of_type(group.instance_type)
        running = len(machines)
        # An instance that boots is counted as needed: what waits for it must not start another one.
        joined = {instance.ec2_instance_id for instance in backend.instances_of(cluster.name)}
        booting = sum(machine.id not in joined for machine in machines)
        needed = needed_instances(
            sum(m.id in busy for m in machines), running - booting, waiting, cpu, memory
        )
        if booting:
            needed = max(needed, running) if waiting else needed
        value = reservation(needed, running)
        self._publish(backend, cluster, provider, value)
        settings = provider.auto_scaling_group_provider["managedScaling"]
        target = settings["targetCapacity"]
        key = (cluster.arn, provider.name)
        below = self._below[key] = self._below.get(key, 0) + 1 if value < target else 0
        limits = Limits(
            target,
            settings["minimumScalingStepSize"],
            settings["maximumScalingStepSize"],
            group.min_size,
            group.max_size,
        )
        size = wanted_size(value, running, below, limits)
        facts = {
            "provider": provider.name,
            "before": running,
            "after": size,
            "value": round(value),
            "target": target,
        }
        if size > running:
            group.set_desired_capacity(
                size + len(self._leaving & {s.instance.id for s in group.active_instances()})
            )
            self._runtime.narrate("capacity-grown", provider.capacity_provider_arn, say, "grown", **facts)
            self._runtime.wake.set()
        elif size < running:
            gone = self._shrink(backend, cluster, provider, machines, busy, running - size)
            if gone:
                facts |= {"after": running - gone, "points": below, "seconds": below * self._runtime.pace}
                self._runtime.narrate(
                    "capacity-shrunk", provider.capacity_provider_arn, say, "shrunk", **facts
                )
            self._below[key] = 0

    def _shrink(
        self,
        backend: EcsBackend,
        cluster: Cluster,
        provider: CapacityProvider,
        machines: list[Any],
        busy: set[str],
        count: int,
    ) -> int:
        """Choose `count` instances to end, idle ones first; how many were found.

        With termination protection busy ones stay; without, they are drained before they end (managedDraining).
        """
        settings = provider.auto_scaling_group_provider
        candidates = sorted(machines, key=lambda machine: (machine.id in busy, machine.launch_time))
        if settings["managedTerminationProtection"] == "ENABLED":
            candidates = [machine for machine in candidates if machine.id not in busy]
        chosen = {machine.id for machine in candidates[:count]}
        for instance in backend.instances_of(cluster.name):
            if instance.ec2_instance_id in chosen and settings.get("managedDraining") != "DISABLED":
                instance.status = "DRAINING"
        self._leaving |= chosen
        self._runtime.wake.set()
        return len(chosen)

    def _end_drained(self, backend: EcsBackend, region: str) -> None:
        """End the machines that were chosen and have no task left."""
        if not self._leaving:
            return
        scaling = autoscaling_backends[self._runtime.account_id][region]
        machines = {
            state.instance.id
            for group in scaling.autoscaling_groups.values()
            for state in group.instance_states
        }
        occupied = {
            instance.ec2_instance_id
            for cluster in backend.clusters.values()
            for instance in backend.instances_of(cluster.name)
            if instance.status == "DRAINING" and _held(backend, instance)
        }
        for machine_id in sorted(self._leaving & machines - occupied):
            scaling.terminate_instance(machine_id, should_decrement=True)
            self._leaving.discard(machine_id)
            self._runtime.wake.set()

    def _publish(
        self, backend: EcsBackend, cluster: Cluster, provider: CapacityProvider, value: float
    ) -> None:
        dimensions = [
            {"Name": "CapacityProviderName", "Value": provider.name},
            {"Name": "ClusterName", "Value": cluster.name},
        ]
        point = {
            "MetricName": METRIC, "Dimensions": dimensions, "Value": value, "Unit": "Percent",
            "Timestamp": self._runtime.clock.now(),
        }  # fmt: skip
        cloudwatch_backends[self._runtime.account_id][backend.region_name].put_metric_data(NAMESPACE, [point])


def _living(backend: EcsBackend, cluster: Cluster) -> list[Task]:
    return [task for task in backend.tasks.get(cluster.name, {}).values() if task.last_status != STOPPED]


def _held(backend: EcsBackend, instance: ContainerInstance) -> bool:
    """Whether a task other than a daemon's is still on the instance."""
    return any(not (task.service is not None and task.service.daemon) for task in backend.tasks_on(instance))

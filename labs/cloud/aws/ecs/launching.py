"""New tasks: on Fargate, on a container instance, or waiting for one. The task controller starts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from moto.ec2.models import ec2_backends
from moto.ecs.models import Cluster, TaskDefinition

from labs.cloud.aws.ecs.container_instance import ContainerInstance
from labs.cloud.aws.ecs.launch_requests import LaunchRequestBackend
from labs.cloud.aws.ecs.model import STOPPED, Container, Task
from labs.cloud.controllers.placement import Refusal


class LaunchBackend(LaunchRequestBackend):
    """New tasks of one Region."""

    def launch(
        self,
        cluster: Cluster,
        definition: TaskDefinition,
        network: Mapping[str, Any],
        subnet_id: str,
        **details: Any,
    ) -> Task:
        """A new task, PROVISIONING; `details` are fields of Task."""
        arn = f"arn:aws:ecs:{self.region_name}:{self.account_id}:task/{cluster.name}/{uuid4().hex}"
        changes = {o["name"]: o for o in (details.get("overrides") or {}).get("containerOverrides") or ()}
        task = Task(
            cluster_name=cluster.name,
            cluster_arn=cluster.arn,
            task_arn=arn,
            definition=definition,
            region=self.region_name,
            created_at=self.runtime.clock.now(),
            containers=[
                Container(_container_arn(arn), _overridden(container, changes.get(container["name"]) or {}))
                for container in definition.container_definitions
            ],
            subnet_id=subnet_id,
            availability_zone=ec2_backends[self.account_id][self.region_name]
            .get_subnet(subnet_id)
            .availability_zone
            if subnet_id
            else "",
            network=network,
            **details,
        )
        self.tasks.setdefault(cluster.name, {})[arn] = task
        return task

    def launch_on_instance(
        self,
        cluster: Cluster,
        definition: TaskDefinition,
        network: Mapping[str, Any],
        *,
        provider: str | None,
        placement: Mapping[str, Any],
        default_strategy: Sequence[Mapping[str, Any]] = (),
        only: str | None = None,
        **details: Any,
    ) -> Task | list[Refusal]:
        """A new task in EC2 capacity, or why there is no room; `placement` has RunTask's or a service's members.

        With a capacity provider that scales, a task without room stays PROVISIONING until there is some. `only`
        is the ARN of the one instance that may take it.
        """
        placement = {
            "constraints": list(placement.get("placementConstraints") or ()),
            "strategy": list(placement.get("placementStrategy") or default_strategy),
        }
        details |= {"launch_type": "EC2", "capacity_provider": provider, "placement": placement}
        chosen = self.place(
            cluster, definition, group=details["group"], overrides=details.get("overrides"), provider=provider,
            zones=self._zones_of(network), only=only, **placement,
        )  # fmt: skip
        if not isinstance(chosen, list):
            return self._launch_on(chosen, cluster, definition, network, details)
        if self.managed_scaling(provider) and only is None:
            return self.launch(cluster, definition, network, "", **details)
        return chosen

    def _launch_on(
        self,
        instance: ContainerInstance,
        cluster: Cluster,
        definition: TaskDefinition,
        network: Mapping[str, Any],
        details: Mapping[str, Any],
    ) -> Task:
        subnet = self._subnet_in(instance.zone, network)
        task = self.launch(cluster, definition, network, subnet, **details)
        task.container_instance, task.availability_zone = instance, instance.zone
        return task

    def place_waiting(self) -> list[Task]:
        """Give tasks that wait for capacity, oldest first, what room there is now; those that got some."""
        placed = []
        for cluster_name, tasks in self.tasks.items():
            for task in [task for task in tasks.values() if task.waits_for_capacity and task.active]:
                if task.last_status == STOPPED:
                    continue
                chosen = self.place(
                    self.clusters[cluster_name], task.definition, group=task.group, overrides=task.overrides,
                    provider=task.capacity_provider, zones=self._zones_of(task.network), **task.placement,
                )  # fmt: skip
                if not isinstance(chosen, list):
                    task.container_instance, task.availability_zone = chosen, chosen.zone
                    task.subnet_id = self._subnet_in(chosen.zone, task.network)
                    placed.append(task)
        return placed

    def _zones_of(self, network: Mapping[str, Any]) -> list[str] | None:
        """The zones of a task's subnets; None without awsvpc."""
        ec2 = ec2_backends[self.account_id][self.region_name]
        subnets = network.get("subnets")
        return [ec2.get_subnet(subnet).availability_zone for subnet in subnets] if subnets else None

    def _subnet_in(self, zone: str, network: Mapping[str, Any]) -> str:
        """The subnet for a task on an instance in this zone; empty without awsvpc."""
        ec2 = ec2_backends[self.account_id][self.region_name]
        subnets = network.get("subnets") or ()
        return next((each for each in subnets if ec2.get_subnet(each).availability_zone == zone), "")


def _container_arn(task_arn: str) -> str:
    return f"{task_arn.replace(':task/', ':container/')}/{uuid4()}"


def _overridden(container: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """A container's definition with RunTask's override: environment is merged by name, the rest replaced."""
    merged = {
        **container,
        **{key: value for key, value in override.items() if key != "environment" and value is not None},
    }
    environment = {
        pair["name"]: pair.get("value") or ""
        for source in (container, override)
        for pair in source.get("environment") or ()
    }
    merged["environment"] = [{"name": name, "value": value} for name, value in environment.items()]
    return merged

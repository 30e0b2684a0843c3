"""Where tasks go in EC2 capacity: the fleet as it is, for the pure decision in `controllers.placement`."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from moto.ecs.models import Cluster, TaskDefinition

from labs.cloud.aws.ecs.attributes import AttributeBackend
from labs.cloud.aws.ecs.container_instance import ContainerInstance
from labs.cloud.aws.ecs.demand import demand
from labs.cloud.aws.ecs.service_model import Service
from labs.cloud.controllers.cluster_query import parse
from labs.cloud.controllers.placement import Refusal, place


class PlacingBackend(AttributeBackend):
    """Placement in one Region."""

    rng = random.Random()  # noqa: S311  where tasks go is no secret

    def place(
        self,
        cluster: Cluster,
        definition: TaskDefinition,
        *,
        group: str,
        constraints: Iterable[Mapping[str, Any]] = (),
        strategy: Iterable[Mapping[str, Any]] = (),
        overrides: Mapping[str, Any] | None = None,
        zones: Iterable[str] | None = None,
        provider: str | None = None,
        only: str | None = None,
    ) -> ContainerInstance | list[Refusal]:
        """Where one more task of `group` goes in EC2 capacity, or why each active instance is refused.

        `zones` are those of the task's subnets (awsvpc); `provider` limits the choice to its instances, `only` to
        that one. The definition's own constraints hold too. The empty list means that no instance is active.
        """
        fleet = {
            instance.arn: instance
            for instance in self.instances_of(cluster.name)
            if provider in (None, instance.capacity_provider) and only in (None, instance.arn)
        }
        chosen = place(
            demand(definition, overrides, zones),
            [instance.facts(self.tasks_on(instance)) for instance in fleet.values()],
            group,
            [*(definition.placement_constraints or ()), *constraints],
            strategy,
            self.rng,
        )
        return chosen if isinstance(chosen, list) else fleet[chosen.id]

    def fits(
        self,
        instance: ContainerInstance,
        definition: TaskDefinition,
        group: str,
        overrides: Mapping[str, Any],
        zones: Iterable[str] | None,
    ) -> str | None:
        """Why a task does not go on this one instance, for StartTask; None when it does."""
        if instance.status == "INACTIVE":
            return "INACTIVE"
        facts = replace(
            instance.facts(self.tasks_on(instance)), active=True
        )  # DRAINING is no matter for StartTask
        chosen = place(demand(definition, overrides, zones), [facts], group, (), (), self.rng)
        return chosen[0].reason if isinstance(chosen, list) else None

    def count_daemons(self, service: Service) -> None:
        """A daemon service wants as many tasks as there are instances for it."""
        count = len(self.daemon_instances(service)[0])
        if count != service.desired_count:
            service.desired_count = service.primary.desired_count = count
            service.steady = False

    def daemon_instances(self, service: Service) -> tuple[list[str], list[str]]:
        """ARNs of the instances that a daemon service runs on, and of draining ones that still have other tasks."""
        if service.status != "ACTIVE":
            return [], []
        tests = [
            parse(each["expression"])
            for each in (
                *(service.primary.definition.placement_constraints or ()),
                *(service.properties.get("placementConstraints") or ()),
            )
            if each["type"] == "memberOf"
        ]
        wanted, kept = [], []
        for instance in self.instances_of(service.cluster_name):
            tasks = self.tasks_on(instance)
            subject = instance.subject([task for task in tasks if task.service is not service])
            if (
                instance.status == "ACTIVE"
                and instance.agent_connected
                and all(test(subject) for test in tests)
            ):
                wanted.append(instance.arn)
            elif instance.status == "DRAINING" and any(not (t.service and t.service.daemon) for t in tasks):
                kept.append(instance.arn)
        return wanted, kept

"""The facts that the diagram shows, arranged as it shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from labs.view.diagram.texts import say

if TYPE_CHECKING:
    from labs.inventory import (
        Cluster,
        Inventory,
        LoadBalancer,
        Network,
        Repository,
        Role,
        Service,
        Table,
        TargetGroup,
        Task,
        TaskDefinition,
    )


@dataclass(frozen=True)
class Scene:
    """The facts to draw: parts of an inventory."""

    region: str = ""
    repositories: tuple[Repository, ...] = ()
    cluster: Cluster | None = None
    networks: tuple[Network, ...] = ()
    load_balancer: LoadBalancer | None = None
    target_groups: tuple[TargetGroup, ...] = ()
    table: Table | None = None
    roles: tuple[Role, ...] = ()
    log_groups: tuple[str, ...] = ()
    task_definitions: tuple[TaskDefinition, ...] = ()
    services: tuple[Service, ...] = ()
    tasks: tuple[Task, ...] = ()

    @property
    def network(self) -> Network | None:
        """The network that is drawn: the first of that name."""
        return self.networks[0] if self.networks else None


def read(inventory: Inventory) -> Scene:
    """The scene of an inventory; what the account may not read stays out of the picture."""
    found: dict[str, Any] = {}
    for name in Scene.__dataclass_fields__:
        if name != "region":
            with suppress(ClientError):
                found[name] = getattr(inventory, name)
    return Scene(region=inventory.session.region_name or "", **found)


@dataclass(frozen=True)
class Copy:
    """A task as it is drawn: an alias instead of its id."""

    label: str
    status: str
    zone: str
    mark: str  # a kind of Drawing.mark
    health: str  # in words; empty when nothing is known


@dataclass(frozen=True)
class Lane:
    """A row of tasks: a service, or tasks started by hand."""

    title: str
    path: str
    copies: tuple[Copy, ...]
    uses_table: bool = False
    leaving: bool = False


def lanes(scene: Scene) -> tuple[Lane, ...]:
    """Services in the lab's order of paths, then groups of tasks that no service started."""
    paths = _paths_by_target_group(scene)
    health = {address: state for group in scene.target_groups for address, state in group.health}
    rows = []
    for service in scene.services:
        leading = [path for arn in service.target_groups for path in paths.get(arn, ())]
        rows.append(
            Lane(
                title=say("service", name=service.name, running=service.running, desired=service.desired),
                path=", ".join(leading),
                copies=_copies([task for task in scene.tasks if task.service == service.name], health),
                uses_table=scene.table is not None and _uses_table(service.family, scene),
                leaving=service.status != "ACTIVE",
            )
        )
    alone: dict[str, list[Task]] = {}
    for task in scene.tasks:
        if task.service is None:
            alone.setdefault(task.group.partition(":")[2] or task.group, []).append(task)
    rows += [Lane(f"{group} · {say('by_hand')}", "", _copies(tasks, {})) for group, tasks in alone.items()]
    return tuple(rows)


def _paths_by_target_group(scene: Scene) -> Mapping[str, Sequence[str]]:
    paths: dict[str, list[str]] = {}
    for rule in (scene.load_balancer and scene.load_balancer.rules) or ():
        for arn in rule.target_groups:
            paths.setdefault(arn, []).extend(rule.paths or (say("otherwise"),))
    return paths


def _uses_table(family: str, scene: Scene) -> bool:
    name = scene.table.name if scene.table else None
    return any(
        definition.family == family and name in definition.environment.values()
        for definition in scene.task_definitions
    )


def _copies(tasks: list[Task], health: Mapping[str, str]) -> tuple[Copy, ...]:
    return tuple(
        Copy(
            say("task", number=number), task.status, task.zone, *_state(task.status, health.get(task.address))
        )
        for number, task in enumerate(tasks, 1)
    )


def _state(status: str, health: str | None) -> tuple[str, str]:
    """(mark, health in words) of a task."""
    if status in {"DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"}:
        return "leave", ""
    if status != "RUNNING":
        return "wait", ""
    if health == "unhealthy":
        return "bad", say("unhealthy")
    if health == "initial":
        return "wait", say("checking")
    return "good", say("healthy") if health == "healthy" else ""

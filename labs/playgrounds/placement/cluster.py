"""A cluster of five instances, and tasks placed on it one after the other by the local cloud's own rules. Pure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from labs.cloud.controllers.cluster_query import Subject
from labs.cloud.controllers.placement import ZONE, Demand, Instance, Refusal, place

GROUP = "service:shop"
CACHE = "service:cache"  # one task of it was there before
CACHE_TASK = Demand(cpu=512, memory=1024)
PORT = 8080
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")

Step = Mapping[str, str]  # of a strategy, or a constraint


@dataclass(frozen=True)
class Kind:
    """What an instance of this type gives its tasks: what is left beside system and agent."""

    name: str
    architecture: str
    cpu: int
    memory: int
    interfaces: int  # for tasks: all but the instance's own, without trunking


GENERAL = Kind("m7i.large", "x86_64", 2048, 7680, 2)
COMPUTE = Kind("c7g.large", "arm64", 2048, 3584, 2)
# Two zones with two instances and one with a single one: spreading over zones and over instances differ.
MACHINES = {
    "a1": (ZONES[0], GENERAL),
    "a2": (ZONES[0], COMPUTE),
    "b1": (ZONES[1], GENERAL),
    "b2": (ZONES[1], COMPUTE),
    "c1": (ZONES[2], GENERAL),
}


@dataclass(frozen=True)
class Outcome:
    """Where each task went, in order; `refusals` say why the next one found no place."""

    wanted: int
    places: tuple[str, ...]
    fleet: Mapping[str, Instance]
    refusals: tuple[Refusal, ...] = ()

    def on(self, name: str) -> list[int]:
        """The numbers, from 1, of the tasks on one instance."""
        return [number for number, where in enumerate(self.places, start=1) if where == name]

    @property
    def by_zone(self) -> dict[str, int]:
        """How many tasks each zone holds."""
        counts = Counter(MACHINES[where][0] for where in self.places)
        return {zone: counts[zone] for zone in ZONES}

    @property
    def used(self) -> list[str]:
        """Instances that hold a task of ours."""
        return [name for name in MACHINES if name in self.places]

    @property
    def releasable(self) -> list[str]:
        """Instances without any task, whoever's."""
        return [name for name, instance in self.fleet.items() if not instance.groups]

    def lost(self, where: str) -> int:
        """How many of our tasks stop when this zone or instance fails."""
        return sum(where in (name, MACHINES[name][0]) for name in self.places)


def fleet() -> dict[str, Instance]:
    """The instances as they are before our first task."""
    empty = {
        name: Instance(
            name,
            cpu=kind.cpu,
            memory=kind.memory,
            interfaces=kind.interfaces,
            subject=Subject(
                attributes={
                    ZONE: zone,
                    "ecs.instance-type": kind.name,
                    "ecs.cpu-architecture": kind.architecture,
                }
            ),
        )
        for name, (zone, kind) in MACHINES.items()
    }
    return empty | {"b1": _with(empty["b1"], CACHE_TASK, CACHE)}


def run(
    count: int, demand: Demand, constraints: Sequence[Step], strategy: Sequence[Step], seed: int
) -> Outcome:
    """Place `count` tasks of `demand`, each where the rules send it; chance is drawn from `seed`."""
    rng = random.Random(seed)  # noqa: S311  a lesson's chance must come again
    instances = fleet()
    places: list[str] = []
    for _ in range(count):
        chosen = place(demand, list(instances.values()), GROUP, constraints, strategy, rng)
        if isinstance(chosen, list):
            return Outcome(count, tuple(places), instances, tuple(chosen))
        places.append(chosen.id)
        instances[chosen.id] = _with(chosen, demand, GROUP)
    return Outcome(count, tuple(places), instances)


def _with(instance: Instance, demand: Demand, group: str) -> Instance:
    """The instance once a task is on it."""
    groups = (*instance.groups, group)
    return replace(
        instance,
        cpu=instance.cpu - demand.cpu,
        memory=instance.memory - demand.memory,
        interfaces=instance.interfaces - demand.interfaces,
        ports=instance.ports | demand.ports,
        groups=groups,
        subject=replace(instance.subject, groups=groups, running_tasks=len(groups)),
    )

"""Where a task goes in EC2 capacity: resources, constraints, strategies. Pure; chance comes from an injected generator.

[DG Amazon ECS task placement; DG API failure reasons; DG service event messages]
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from labs.cloud.controllers.cluster_query import InvalidExpression, Subject, parse

Port = tuple[str, int]  # protocol ("tcp" or "udp") and host port
DEFAULT_SERVICE_STRATEGY = ({"type": "spread", "field": "attribute:ecs.availability-zone"},)
ZONE = "ecs.availability-zone"
# A service event's words for what the closest instance lacks [DG service event messages]
LACKS = {
    "RESOURCE:MEMORY": "has insufficient memory available",
    "RESOURCE:CPU": "has insufficient CPU units available",
    "RESOURCE:PORTS": "is already using a port required by your task",
    "ATTRIBUTE": "is missing an attribute required by your task",
}


class InvalidPlacement(ValueError):
    """A strategy or constraint that AWS refuses; the text is the message."""


@dataclass(frozen=True)
class Demand:
    """What one task takes from its instance."""

    cpu: int = 0  # CPU units
    memory: int = 0  # MiB: the task's, or its containers' reservations (else limits)
    ports: frozenset[Port] = frozenset()  # fixed host ports
    interfaces: int = 0  # network interfaces: 1 with awsvpc
    gpus: int = 0
    zones: frozenset[str] | None = None  # of its subnets, with awsvpc
    attributes: Mapping[str, str] = field(default_factory=dict)  # that the task definition requires


@dataclass(frozen=True)
class Instance:
    """One container instance as placement sees it: what is left of it, and the groups of the tasks on it."""

    id: str
    cpu: int
    memory: int
    interfaces: int = 0
    ports: frozenset[Port] = frozenset()  # taken
    groups: tuple[str, ...] = ()
    active: bool = True
    subject: Subject = field(default_factory=Subject)

    @property
    def zone(self) -> str | None:
        """Its Availability Zone."""
        return self.subject.attributes.get(ZONE)


@dataclass(frozen=True)
class Refusal:
    """Why a task cannot be placed on one instance, in the words of RunTask's failures."""

    instance: str
    reason: str
    rank: int  # how many checks the instance passed: the closest match has most


def place(
    demand: Demand,
    instances: Sequence[Instance],
    group: str,
    constraints: Iterable[Mapping[str, Any]],
    strategy: Iterable[Mapping[str, Any]],
    rng: random.Random,
) -> Instance | list[Refusal]:
    """The instance for one more task of `group`, or why each active one is refused (none: no active instance)."""
    checks = _checks(demand, group, constraints)
    fitting, refusals = [], []
    for instance in instances:
        if not instance.active:
            continue
        failed = next((rank for rank, (_, holds) in enumerate(checks) if not holds(instance)), None)
        if failed is None:
            fitting.append(instance)
        else:
            refusals.append(Refusal(instance.id, checks[failed][0], failed))
    if not fitting:
        return refusals
    for step in strategy:
        fitting = _best(step, fitting, instances, group)
    return rng.choice(sorted(fitting, key=lambda instance: instance.id))


def closest(refusals: Sequence[Refusal]) -> Refusal:
    """The instance that came nearest to taking the task."""
    return max(refusals, key=lambda refusal: (refusal.rank, refusal.instance))


def explain(refusals: Sequence[Refusal]) -> str:
    """The reason as a service event gives it, after "was unable to place a task"."""
    start = "because no container instance met all of its requirements."
    if not refusals:
        return f"{start} Reason: No Container Instances were found in your cluster."
    nearest = closest(refusals)
    what = LACKS.get(nearest.reason, f'encountered error "{nearest.reason}"')
    return f"{start} The closest matching (container-instance {nearest.instance.rpartition('/')[2]}) {what}."


def first_to_stop(
    tasks: Mapping[str, str],
    instances: Sequence[Instance],
    strategy: Iterable[Mapping[str, Any]],
    rng: random.Random,
) -> str:
    """Which of the tasks (id → instance id) goes first when a service scales in.

    Spread gives back from where most tasks are; binpack from the instance that then has most room
    [DG Use strategies to define task placement].
    """
    by_id = {instance.id: instance for instance in instances}
    left = list(tasks)

    def keep_most(score: Callable[[Instance | None], float]) -> None:
        scores = {task: score(by_id.get(tasks[task])) for task in left}
        left[:] = [task for task in left if scores[task] == max(scores.values())]

    for step in strategy:
        name = step.get("field") or ""
        if step["type"] == "spread":
            counts = Counter(_field_value(by_id.get(where), name) for where in tasks.values())
            keep_most(lambda instance, name=name, counts=counts: counts[_field_value(instance, name)])  # type: ignore[misc]
        elif step["type"] == "binpack":
            keep_most(lambda instance, name=name: _left(instance, name))  # type: ignore[misc]
    return rng.choice(sorted(left))


def stop_order(
    tasks: Mapping[str, str],
    instances: Sequence[Instance],
    demand: Demand,
    strategy: Iterable[Mapping[str, Any]],
) -> list[str]:
    """All tasks (id → instance id) in the order of a scale-in; each one's `demand` is given back when it goes."""
    steps, left, order = list(strategy), dict(tasks), list[str]()
    by_id = {instance.id: instance for instance in instances}
    rng = random.Random(0)  # noqa: S311  among equals it does not matter, but the order must stay
    while left:
        task = first_to_stop(left, list(by_id.values()), steps, rng)
        order.append(task)
        where = by_id.get(left.pop(task))
        if where is not None:
            by_id[where.id] = replace(where, cpu=where.cpu + demand.cpu, memory=where.memory + demand.memory)
    return order


def check_strategy(strategy: Iterable[Mapping[str, Any]]) -> None:
    """Raise InvalidPlacement for the first step that AWS refuses [API PlacementStrategy]."""
    steps = list(strategy)
    if len(steps) > 5:
        raise InvalidPlacement("Placement strategy can not have more than 5 strategy rules.")
    for step in steps:
        kind, name = step.get("type"), step.get("field") or ""
        if kind not in ("random", "spread", "binpack"):
            raise InvalidPlacement("placement strategy type should be one of [random,spread,binpack]")
        if kind == "random" and name:
            raise InvalidPlacement("random placement strategy field should not be specified.")
        if kind == "spread" and not (
            name in ("instanceId", "host")
            or (name.startswith("attribute:") and len(name) > len("attribute:"))
        ):
            raise InvalidPlacement(f"The field '{name}' is not valid for a spread placement strategy.")
        if kind == "binpack" and name.lower() not in ("cpu", "memory"):
            raise InvalidPlacement(f"The field '{name}' is not valid for a binpack placement strategy.")


def check_constraints(constraints: Iterable[Mapping[str, Any]]) -> None:
    """Raise InvalidPlacement for the first constraint that AWS refuses [API PlacementConstraint]."""
    given = list(constraints)
    if len(given) > 10:
        raise InvalidPlacement("Placement constraints can not have more than 10 constraints.")
    for constraint in given:
        kind, expression = constraint.get("type"), constraint.get("expression")
        if kind not in ("distinctInstance", "memberOf"):
            raise InvalidPlacement("placement constraint type should be one of [distinctInstance,memberOf]")
        if kind == "distinctInstance" and expression is not None:
            raise InvalidPlacement("distinctInstance expression should not be specified.")
        if kind == "memberOf" and not expression:
            raise InvalidPlacement("memberOf expression should be specified.")
        if kind == "memberOf":
            try:
                parse(str(expression))
            except InvalidExpression as error:
                raise InvalidPlacement(f"Expression is not valid: {expression} ({error})") from None


def _checks(
    demand: Demand, group: str, constraints: Iterable[Mapping[str, Any]]
) -> list[tuple[str, Callable[[Instance], bool]]]:
    """(reason of refusal, test) in the order in which they are made: what cannot change first."""
    checks: list[tuple[str, Callable[[Instance], bool]]] = [
        ("AGENT", lambda instance: instance.subject.agent_connected),
        (
            "ATTRIBUTE",
            lambda instance: all(
                name in instance.subject.attributes and value in ("", instance.subject.attributes[name])
                for name, value in demand.attributes.items()
            ),
        ),
        ("LOCATION", lambda instance: demand.zones is None or instance.zone in demand.zones),
    ]
    for constraint in constraints:
        if constraint["type"] == "memberOf":
            test = parse(constraint["expression"])
            checks.append(
                (
                    "MemberOf placement constraint unsatisfied.",
                    lambda instance, test=test: test(instance.subject),  # type: ignore[misc]
                )
            )
        else:
            checks.append(
                (
                    "DistinctInstance placement constraint unsatisfied.",
                    lambda instance: group not in instance.groups,
                )
            )
    return [
        *checks,
        ("RESOURCE:GPU", lambda instance: demand.gpus == 0),
        ("RESOURCE:CPU", lambda instance: demand.cpu <= instance.cpu),
        ("RESOURCE:MEMORY", lambda instance: demand.memory <= instance.memory),
        ("RESOURCE:PORTS", lambda instance: not demand.ports & instance.ports),
        ("RESOURCE:ENI", lambda instance: demand.interfaces <= instance.interfaces),
    ]


def _best(
    step: Mapping[str, Any], fitting: list[Instance], instances: Sequence[Instance], group: str
) -> list[Instance]:
    """Those that one step of the strategy likes best."""
    name = step.get("field") or ""
    if step["type"] == "spread":
        counts: Counter[str | None] = Counter()
        for instance in instances:
            counts[_field_value(instance, name)] += instance.groups.count(group)
        return _least(fitting, lambda instance: counts[_field_value(instance, name)])
    if step["type"] == "binpack":
        return _least(fitting, lambda instance: _left(instance, name))
    return fitting


def _least(instances: list[Instance], score: Callable[[Instance], float]) -> list[Instance]:
    least = min(score(instance) for instance in instances)
    return [instance for instance in instances if score(instance) == least]


def _field_value(instance: Instance | None, name: str) -> str | None:
    if instance is None:
        return None
    if name.startswith("attribute:"):
        return instance.subject.attributes.get(name.removeprefix("attribute:"))
    return instance.id  # instanceId, or host: the same


def _left(instance: Instance | None, resource: str) -> float:
    if instance is None:
        return 0
    return instance.cpu if resource.lower() == "cpu" else instance.memory

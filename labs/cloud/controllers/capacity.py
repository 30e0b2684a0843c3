"""Shares of capacity providers, and how many instances they need. Pure; RunTask and the scheduler share `split`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from labs.cloud.controllers.placement import Demand


def split(strategy: Sequence[Mapping[str, Any]], counts: Mapping[str, int], n: int) -> dict[str, int]:
    """How many of `n` further tasks go to each provider of a strategy, when it has `counts` of them already.

    A provider's base is filled first; beyond it every task goes where the shares by weight are furthest behind,
    so that the totals are as near to the weights as whole tasks can be. Providers without weight get their base
    only; with no weight at all, what exceeds the bases is not placed. `split(strategy, {}, total)` is the
    distribution that a service goes to. [API CapacityProviderStrategyItem]
    """
    names = [item["capacityProvider"] for item in strategy]
    base = {item["capacityProvider"]: item.get("base") or 0 for item in strategy}
    weight = {item["capacityProvider"]: item.get("weight") or 0 for item in strategy}
    added = dict.fromkeys(names, 0)

    def total(name: str) -> int:
        return counts.get(name, 0) + added[name]

    for name in names:
        added[name] = min(max(0, base[name] - counts.get(name, 0)), n - sum(added.values()))
    weighted = [name for name in names if weight[name]]
    for _ in range(n - sum(added.values()) if weighted else 0):
        added[min(weighted, key=lambda name: Fraction(2 * (total(name) - base[name]) + 1, weight[name]))] += 1
    return added


def reservation(needed: int, running: int) -> float:
    """CapacityProviderReservation, in percent: the instances that are needed over those that run.

    100 when none runs and none is needed, 200 when none runs and some are: the first instances then start.
    [AWS blog Deep dive on Amazon ECS cluster auto scaling]
    """
    if running == 0:
        return 200.0 if needed else 100.0
    return 100.0 * needed / running


def needed_instances(busy: int, running: int, waiting: Iterable[Demand], cpu: int, memory: int) -> int:
    """How many instances a provider needs, "M" of the reservation.

    Without waiting tasks: those that are busy (with a task that is not a daemon's). With some: all that run, and
    a lower bound of what the waiting ones need on empty instances of `cpu` units and `memory` MiB, taken over the
    groups of tasks that ask for the same. [AWS blog Deep dive on Amazon ECS cluster auto scaling]
    """
    groups = Counter((demand.cpu, demand.memory, bool(demand.ports)) for demand in waiting)
    bounds = []
    for (task_cpu, task_memory, port), count in groups.items():
        if task_cpu > cpu or task_memory > memory:
            continue  # no instance of this provider will ever take it
        fitting = min(cpu // task_cpu if task_cpu else count, memory // task_memory if task_memory else count)
        bounds.append(-(-count // max(1, min(1, fitting) if port else fitting)))
    return running + max(bounds) if bounds else busy

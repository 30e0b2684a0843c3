"""Capacity providers: who provides the machines under a task, and in which shares.

`split` is pure and shared by RunTask and the service scheduler.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any


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

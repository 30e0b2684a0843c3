"""What a Fargate task costs, from the facts: pure."""

from __future__ import annotations

from labs.facts import fargate_sizes, number


def hourly(cpu: int, memory: int, *, arm: bool = False) -> float:
    """USD per hour of a Linux task of `cpu` CPU units and `memory` MiB, at list price, on x86 or on Graviton."""
    architecture = "arm_" if arm else ""
    vcpu, gigabyte = (number(f"fargate_{architecture}{unit}_hour") for unit in ("vcpu", "gb"))
    return cpu / 1024 * vcpu + memory / 1024 * gigabyte


def cheapest(cpu: int, memory: int) -> tuple[int, int]:
    """The cheapest size with at least `cpu` CPU units and `memory` MiB. Raises ValueError when none is that large."""
    enough = [
        (units, mib)
        for units, offered in fargate_sizes().items()
        for mib in offered
        if units >= cpu and mib >= memory
    ]
    return min(enough, key=lambda size: hourly(*size))

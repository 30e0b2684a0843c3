"""Container health checks: what a task definition's check makes of a row of probes. Pure.

As Docker does, which ECS leaves it to: the first probe an interval after the start, the next an interval after
the last one ended; failures while the start period lasts do not count, a success ends it [API HealthCheck].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

UNKNOWN, HEALTHY, UNHEALTHY = "UNKNOWN", "HEALTHY", "UNHEALTHY"


@dataclass(frozen=True)
class HealthCheck:
    """A container definition's health check; times in seconds, defaults AWS's [API HealthCheck; RULES 6]."""

    command: tuple[str, ...]  # as it is executed
    interval: float = 30
    timeout: float = 5
    retries: int = 3
    start_period: float = 0

    @classmethod
    def of(cls, definition: Mapping[str, Any]) -> HealthCheck | None:
        """A container definition's check; None without one, or when it says NONE."""
        check = definition.get("healthCheck") or {}
        kind, *words = check.get("command") or ["NONE"]
        if kind == "NONE":
            return None
        times = {
            "interval": check.get("interval"),
            "timeout": check.get("timeout"),
            "retries": check.get("retries"),
            "start_period": check.get("startPeriod"),
        }
        return cls(
            ("/bin/sh", "-c", *words) if kind == "CMD-SHELL" else tuple(words),
            **{name: value for name, value in times.items() if value is not None},
        )


@dataclass(frozen=True)
class Health:
    """What the probes so far say of a container."""

    status: str = UNKNOWN
    failures: int = 0  # in a row, those that count
    settled: bool = False  # a probe passed: the start period is over

    def after(self, check: HealthCheck, passed: bool, age: float) -> Health:
        """With one more probe, started `age` seconds after the container."""
        if passed:
            return Health(HEALTHY, 0, True)
        if not self.settled and age < check.start_period:
            return self
        failures = self.failures + 1
        return Health(UNHEALTHY if failures >= check.retries else self.status, failures, self.settled)


def task_health(essential: Iterable[str]) -> str:
    """The task's, from the health of its essential containers [API Task, HealthCheck]."""
    found = list(essential)
    if UNHEALTHY in found:
        return UNHEALTHY
    return HEALTHY if found and all(status == HEALTHY for status in found) else UNKNOWN

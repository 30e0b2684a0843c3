"""The deployment circuit breaker: how many failed tasks make a failed deployment. Pure.

[DG deployment-circuit-breaker; API DeploymentCircuitBreaker, ThresholdConfiguration; RULES 14]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

LEAST, MOST = 3, 200  # failed tasks: the bounds of BOUNDED_PERCENT
TYPES = ("COUNT", "BOUNDED_PERCENT", "UNBOUNDED_PERCENT")


class Failure(Enum):
    """How a task of a deployment failed."""

    NOT_STARTED = "stage 1: it never got to RUNNING"
    ENDED = "it ended by itself before it ever was healthy"
    CHECKS = "stage 2: it failed the load balancer's or its containers' health checks"


@dataclass(frozen=True)
class CircuitBreaker:
    """One service's setting, with AWS's defaults."""

    enabled: bool = False
    rollback: bool = False
    reset_on_healthy_task: bool = True
    type: str = "BOUNDED_PERCENT"
    value: int = 50

    @classmethod
    def of(cls, configuration: Mapping[str, Any]) -> CircuitBreaker:
        """From a deploymentConfiguration."""
        given = configuration.get("deploymentCircuitBreaker") or {}
        threshold = given.get("thresholdConfiguration") or {}
        reset = given.get("resetOnHealthyTask")
        return cls(
            enabled=bool(given.get("enable")),
            rollback=bool(given.get("rollback")),
            reset_on_healthy_task=reset is not False,
            type=threshold.get("type", "BOUNDED_PERCENT"),
            value=threshold.get("value", 50),
        )

    def threshold(self, desired: int) -> int:
        """Failed tasks that make a failed deployment; `desired` is the service's latest count."""
        if self.type == "COUNT":
            return self.value
        share = -(-self.value * desired // 100)  # rounded up
        return share if self.type == "UNBOUNDED_PERCENT" else min(MOST, max(LEAST, share))

    def counts(self, failure: Failure, running: bool) -> bool:
        """Whether a failure is counted. `running`: whether a task of the deployment is RUNNING.

        With one RUNNING the breaker is in stage 2, which ignores tasks that do not start, unless failures are
        to accumulate whatever happens (`resetOnHealthyTask` false). AWS's pages do not name tasks that end by
        themselves; a version that crashes at its start is rolled back on AWS, so they are counted.
        """
        return failure is not Failure.NOT_STARTED or not running or not self.reset_on_healthy_task

    def tripped(self, failures: int, desired: int) -> bool:
        """Whether the deployment has failed."""
        return self.enabled and failures >= max(1, self.threshold(desired))

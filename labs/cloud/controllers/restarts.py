"""Container restart policies: whether a container that ended starts again inside its task. Pure.

As ECS's agent decides: once per restartAttemptPeriod, not for ignored exit codes [API ContainerRestartPolicy].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ATTEMPT_PERIOD = 300  # seconds a container must have run for, unless the policy says otherwise [API]


def restarts(definition: Mapping[str, Any], exit_code: int | None, ran: float) -> bool:
    """Whether a container that ended with `exit_code`, `ran` seconds after its last start, starts again."""
    policy = definition.get("restartPolicy") or {}
    period = policy.get("restartAttemptPeriod")
    return bool(
        policy.get("enabled")
        and exit_code is not None
        and exit_code not in (policy.get("ignoredExitCodes") or ())
        and ran >= (ATTEMPT_PERIOD if period is None else period)
    )

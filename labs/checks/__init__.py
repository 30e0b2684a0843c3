"""The lab's steps in order, each with its check, hints and solution."""

from __future__ import annotations

from labs.checks import (
    alarm,
    clean,
    cluster,
    images,
    network,
    release,
    repositories,
    scaling,
    services,
    shop,
    stack,
    task_definitions,
)
from labs.checks.model import Outcome, Step

STEPS: dict[str, Step] = {
    part.STEP.name: part.STEP
    for part in (
        repositories,
        images,
        cluster,
        network,
        task_definitions,
        services,
        shop,
        scaling,
        release,
        alarm,
        stack,
        clean,
    )
}

__all__ = ["STEPS", "Outcome", "Step"]

"""Everything that is patched in moto, in one list. Each module says what it corrects and why."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from labs.cloud.runtime import Runtime

PATCHED = ("sts", "ecs", "ecr", "elbv2")


def install(runtime: Runtime) -> None:
    """Put the course's backends in moto's place. Call once, before the first request."""
    for service in PATCHED:
        if find_spec(f"labs.cloud.aws.{service}") is not None:
            import_module(f"labs.cloud.aws.{service}").install(runtime)

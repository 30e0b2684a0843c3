"""dependsOn: who may start now, who never will, and who may stop. Pure [API ContainerDependency; RULES 4]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from labs.cloud.aws.ecs.model import PENDING, RUNNING, STOPPED, Container

DEPENDENCY = "CannotStartContainerError: dependency graph: "


def may_start(containers: Iterable[Container], container: Container) -> bool:
    """Whether all that `container` waits for has come true."""
    by_name = {other.name: other for other in containers}
    return all(
        _fulfilled(by_name[dependency["containerName"]], dependency["condition"])
        for dependency in _dependencies(container)
    )


def never_starts(containers: Iterable[Container], container: Container, now: float) -> str | None:
    """Why `container` waits in vain, in the words of ECS's agent; None while there is hope.

    `startTimeout` is the other one's: the seconds it has to reach the condition, from its own start.
    """
    by_name = {other.name: other for other in containers}
    for dependency in _dependencies(container):
        other, condition = by_name[dependency["containerName"]], dependency["condition"]
        if _fulfilled(other, condition):
            continue
        pair = f"[{other.name}] for target [{container.name}]"
        timeout = other.definition.get("startTimeout")
        if other.last_status == STOPPED:
            if other.exit_code is None or condition == "HEALTHY":
                return f"{DEPENDENCY}failed to resolve container ordering dependency {pair} because dependency will never start"
            return (
                f"{DEPENDENCY}failed to resolve container ordering dependency {pair} as dependency did not "
                f"exit successfully. Exit: {other.exit_code}"
            )
        since = other.running_since
        if timeout is not None and since is not None and now - since >= timeout:
            return f"{DEPENDENCY}container ordering dependency {pair} has timed out."
    return None


def next_timeout(containers: Iterable[Container]) -> float | None:
    """Monotonic time of the next start timeout of a running container; None when there is none."""
    return min(
        (
            container.running_since + container.definition["startTimeout"]
            for container in containers
            if container.running_since is not None and container.definition.get("startTimeout") is not None
        ),
        default=None,
    )


def may_stop(containers: Iterable[Container], container: Container) -> bool:
    """Whether nothing that still runs depends on it: shutdown reverses the order of the start."""
    return not any(
        other.last_status == RUNNING
        and any(d["containerName"] == container.name for d in _dependencies(other))
        for other in containers
    )


def _fulfilled(other: Container, condition: str) -> bool:
    started = other.last_status == RUNNING or (other.last_status == STOPPED and other.exit_code is not None)
    return {
        "START": started and other.last_status != PENDING,
        "COMPLETE": other.last_status == STOPPED and other.exit_code is not None,
        "SUCCESS": other.last_status == STOPPED and other.exit_code == 0,
        "HEALTHY": other.health == "HEALTHY",
    }[condition]


def _dependencies(container: Container) -> Iterable[Mapping[str, Any]]:
    return container.definition.get("dependsOn") or ()

"""The last task of a family, as two of the challenges judge it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters import tasks
from labs.chapters.containers.ground import NAME

if TYPE_CHECKING:
    from labs.session import CourseSession


@dataclass(frozen=True)
class Run:
    """One task of one container."""

    status: str
    stop_code: str
    exit_code: int | None
    memory: int | None  # the container's hard limit in MiB
    command: tuple[str, ...]


def last(session: CourseSession, family: str) -> Run | None:
    """The task of the family that was created last; None when there is none."""
    found = tasks.last(session, NAME, family)
    if found is None:
        return None
    task, definition = found
    container = definition["containerDefinitions"][0]
    return Run(
        task["lastStatus"],
        task.get("stopCode", ""),
        task["containers"][0].get("exitCode"),
        container.get("memory"),
        tuple(container.get("command", ())),
    )

"""A family's last task definition, as the challenges read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters import definitions
from labs.facts import number

if TYPE_CHECKING:
    from labs.session import CourseSession


@dataclass(frozen=True)
class Definition:
    """One revision: CPU units and MiB of the task, GiB of its scratch disk, and what it is made for."""

    cpu: int
    memory: int
    scratch: int
    fargate: bool
    arm: bool


def last(session: CourseSession, family: str) -> Definition | None:
    """The family's last active revision; None when it has none."""
    found = definitions.last(session, family)
    if found is None:
        return None
    storage = found.get("ephemeralStorage") or {}
    return Definition(
        cpu=int(found.get("cpu") or 0),
        memory=int(found.get("memory") or 0),
        scratch=storage.get("sizeInGiB", int(number("fargate_ephemeral_storage_default"))),
        fargate="FARGATE" in found.get("requiresCompatibilities", ()),
        arm=found.get("runtimePlatform", {}).get("cpuArchitecture") == "ARM64",
    )

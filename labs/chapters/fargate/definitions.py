"""Challenges about a family's last task definition: what they read of it, and what all of them ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters import definitions
from labs.checks.model import Challenge
from labs.facts import number
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

say = Texts(
    {
        "not_fargate": {
            "fr": "{family} n’est pas faite pour Fargate",
            "en": "{family} is not made for Fargate",
        },
    }
)


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


def challenge(
    family: str,
    problems: Callable[[Definition], Iterator[str]],
    words: Texts,
    solution: Callable[[Lab], None],
) -> Challenge:
    """The challenge named like its family: begun once the family exists, and asked to be made for Fargate."""

    def of_both(found: Definition) -> Iterator[str]:
        if not found.fargate:
            yield say("not_fargate", family=family)
        yield from problems(found)

    return Challenge(
        family,
        lambda found: found is not None,
        of_both,
        words,
        (solution,),
        look=lambda session: last(session, family),
    )

"""What each notebook needs before it starts, what it asks of the learner, and what it takes away at the end.

One module a notebook, loaded when it is first named. A chapter's challenges are called `<chapter>-<words>`.
"""

from __future__ import annotations

from importlib import import_module

from labs.chapters.model import Chapter
from labs.checks.model import Challenge

NAMES: tuple[str, ...] = (
    "start",
    "containers",
    "ecr",
    "ecs",
    "fargate",
    "eks",
    "troubleshooting",
    "services",
    "operations",
    "lab",
    "operate",
)


def chapter(name: str) -> Chapter:
    """The chapter of that name. Raises KeyError when there is none."""
    if name not in NAMES:
        raise KeyError(name)
    found: Chapter = import_module(f"labs.chapters.{name}").CHAPTER
    return found


def challenge(name: str) -> Challenge:
    """The challenge of that name. Raises KeyError when there is none."""
    return chapter(name.partition("-")[0]).challenge(name)

"""A notebook's ground, challenges and clean-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

Action = Callable[["Lab"], None]


@dataclass(frozen=True)
class Chapter:
    """`prepare` creates what is absent of the notebook's ground, `clean` deletes all that the notebook made.

    `prepare` may take away what the cells of an earlier run left in their own way. Both can run twice. `say` holds the texts `ready` and `cleaned`: what is there now, and what is gone.
    """

    name: str
    say: Texts
    prepare: tuple[Action, ...]
    clean: tuple[Action, ...]
    challenges: tuple[Challenge, ...]

    def challenge(self, name: str) -> Challenge:
        """The challenge of that name. Raises KeyError when there is none."""
        return {challenge.name: challenge for challenge in self.challenges}[name]

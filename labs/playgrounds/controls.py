"""What a learner can change in a playground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from labs.learner import language


@dataclass(frozen=True, kw_only=True)
class Control:
    """One setting: `name` in the program, `label` for the reader, the value it starts with."""

    name: str
    label: str
    value: Any

    def drawn(self) -> dict[str, Any]:
        """For the page."""
        return {"kind": type(self).__name__.lower(), **asdict(self)}

    def accepts(self, value: object) -> bool:
        """Whether the page may send this value."""
        raise NotImplementedError

    def written(self, value: Any) -> str:
        """A value in words, for the static form."""
        return str(value)


@dataclass(frozen=True, kw_only=True)
class Range(Control):
    """A number between two ends, drawn as a slider with its value beside it."""

    value: float
    least: float
    most: float
    step: float = 1
    unit: str = ""

    def drawn(self) -> dict[str, Any]:
        """For the page, which writes the unit right behind the number."""
        return {**super().drawn(), "unit": self._behind()}

    def accepts(self, value: object) -> bool:
        """Any number within the ends."""
        return isinstance(value, (int, float)) and self.least <= value <= self.most

    def written(self, value: Any) -> str:
        """With its unit."""
        return f"{value:g}{self._behind()}"

    def _behind(self) -> str:
        """The unit with the space that the learner's language puts before it: 30% in English, 30 % in French."""
        joined = not self.unit or (self.unit == "%" and language() == "en")
        return self.unit if joined else f"\N{NO-BREAK SPACE}{self.unit}"


@dataclass(frozen=True, kw_only=True)
class Choice(Control):
    """One of several options, (value, label) each, drawn as a list to choose from."""

    value: str
    options: Sequence[tuple[str, str]]

    def accepts(self, value: object) -> bool:
        """One of the options."""
        return value in [option for option, _ in self.options]

    def written(self, value: Any) -> str:
        """The option's label."""
        return dict(self.options)[value]


@dataclass(frozen=True, kw_only=True)
class Check(Control):
    """On or off."""

    value: bool

    def accepts(self, value: object) -> bool:
        """True or False."""
        return isinstance(value, bool)

    def written(self, value: Any) -> str:
        """A box, ticked or not."""
        return "☑" if value else "☐"


@dataclass(frozen=True, kw_only=True)
class Editor(Control):
    """A text of several lines, such as a policy; it is hostile until parsed."""

    value: str
    rows: int = 12
    most: int = 20_000  # characters

    def accepts(self, value: object) -> bool:
        """A text that is not too long."""
        return isinstance(value, str) and len(value) <= self.most

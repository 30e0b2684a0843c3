"""The limits and prices that the course states, each with its source and the date it was checked.

>>> number("deregistration_delay")
300.0
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Fact(BaseModel):
    """One limit or price. `checked` is YYYY or YYYY-MM; `unit` is in plain words, USD for prices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float | dict[int, tuple[int, ...]]
    unit: str = Field(min_length=1)
    source: str = Field(min_length=1)
    checked: str = Field(pattern=r"^20\d\d(-(0[1-9]|1[0-2]))?$")
    url: str | None = Field(default=None, pattern=r"^https://(aws|docs\.aws)\.amazon\.com/")

    @property
    def reference(self) -> str:
        """Where the number comes from, as printed beside it."""
        return f"{self.source}, {self.checked}"


@cache
def facts() -> dict[str, Fact]:
    """Every fact by key. Raises pydantic.ValidationError when the file states one badly."""
    stated = yaml.safe_load(files("labs").joinpath("facts.yaml").read_text(encoding="utf-8"))
    return {key: Fact.model_validate(fact) for key, fact in stated.items()}


def number(key: str) -> float:
    """The value of a fact that is one number. Raises KeyError for an unknown key, TypeError for a table."""
    value = facts()[key].value
    if isinstance(value, dict):
        raise TypeError(f"{key} is a table, not a number")
    return value


def fargate_sizes() -> dict[int, tuple[int, ...]]:
    """The memory (MiB) that Fargate offers with each number of CPU units."""
    value = facts()["fargate_sizes"].value
    assert isinstance(value, dict)
    return value

"""What a cell shows: rich HTML for the reader's eyes, and one stable line that tests compare."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Shown:
    """Something to display. `text` is the same in every run; `html` may show what varies."""

    text: str
    html: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html

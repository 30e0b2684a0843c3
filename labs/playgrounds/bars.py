"""Bars with their amounts: what several designs cost, one under the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labs.view.numbers import decimal
from labs.view.svg import Drawing

WIDTH, LEFT, RIGHT = 720, 236, 600
ROW, BAR = 46, 26
NARROWEST = 4  # pixels of a part that can be seen


@dataclass(frozen=True)
class Bar:
    """One design: its name, and what it costs by part, in USD."""

    name: str
    parts: Sequence[tuple[str, float]]  # hue, amount

    @property
    def amount(self) -> float:
        """All parts together."""
        return sum(amount for _, amount in self.parts)


def draw(bars: Sequence[Bar], title: str, description: str, name: str) -> str:
    """The bars as SVG, the longest as wide as there is room; `name` makes the picture's ids its own."""
    drawing = Drawing(WIDTH)
    most = max(bar.amount for bar in bars) or 1.0
    for row, bar in enumerate(bars):
        y = 16 + ROW * row
        drawing.text(LEFT - 14, y + 18, bar.name, width=LEFT - 24, anchor="end")
        x = float(LEFT)
        for hue, amount in bar.parts:
            width = (RIGHT - LEFT) * amount / most
            if width >= NARROWEST:
                drawing.box(x, y, width, BAR, hue)
            x += width
        drawing.text(x + 12, y + 18, f"{decimal(bar.amount, 2)} USD", "strong")
    return drawing.render(20 + ROW * len(bars), title, description, name)

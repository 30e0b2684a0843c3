"""Charts over time: staircases, areas and lanes on common axes, in the colours of `svg`.

What is filled is told apart by its hatching too, and every line has its name beside it: colour is never alone to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from labs.view.svg import CHARACTER, HUES, Drawing, clean

GAP = 15  # pixels between two names beside lines that nearly touch
STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)  # seconds between two ticks
MOST_TICKS = 7
MINUTE = 60

STYLE = "".join(
    f".fb-drawing .area-{name} {{ fill: color-mix(in srgb, {hue} 34%, var(--jp-layout-color0, #ffffff)); "
    f"stroke: color-mix(in srgb, {hue} 70%, var(--jp-ui-font-color1, #1f2328)); stroke-width: 1; }}\n"
    f".fb-drawing .hatch-{name} {{ stroke: color-mix(in srgb, {hue} 70%, var(--jp-ui-font-color1, #1f2328)); "
    "stroke-width: 1.6; fill: none; }\n"
    f".fb-drawing .dot-{name} {{ fill: color-mix(in srgb, {hue} 70%, var(--jp-ui-font-color1, #1f2328)); "
    "stroke: var(--jp-layout-color0, #ffffff); stroke-width: 1; }\n"
    for name, hue in HUES.items()
) + (
    ".fb-drawing .grid { stroke: var(--jp-ui-font-color2, #57606a); stroke-width: 0.6; opacity: 0.35; fill: none; }\n"
    ".fb-drawing .axis { stroke: var(--jp-ui-font-color2, #57606a); stroke-width: 1.2; fill: none; }\n"
)
HATCHES = {"/": "M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6", "-": "M0 4 H8", ".": "M3 4 h1.6"}


@dataclass(frozen=True)
class Panel:
    """A rectangle of the drawing in which `x` (seconds) and `y` have a scale, both from 0 up to an end."""

    left: float
    right: float
    top: float
    bottom: float
    x_end: float
    y_end: float

    def x(self, value: float) -> float:
        """Where a moment is."""
        return self.left + (self.right - self.left) * min(max(value / self.x_end, 0), 1)

    def y(self, value: float) -> float:
        """Where an amount is; what is beyond the scale is drawn at its end."""
        return self.bottom - (self.bottom - self.top) * min(max(value / self.y_end, 0), 1)


class Chart(Drawing):
    """A drawing of panels; `name` makes its ids its own."""

    def __init__(self, width: int, name: str):
        super().__init__(width)
        self.name = name
        self._hatches: dict[tuple[str, str], str] = {}

    def area(
        self, panel: Panel, spans: Sequence[tuple[float, float, float]], kind: str, hatch: str = ""
    ) -> None:
        """What lies between two staircases: (from when, lower, upper), the last up to the panel's end."""
        shapes = [_outline(panel, run) for run in _runs(spans, panel.x_end)]
        if not shapes:
            return
        path = " ".join(shapes)
        self._parts.append(f'<path class="area-{kind}" d="{path}"/>')
        if hatch:
            self._parts.append(f'<path d="{path}" fill="url(#{self._hatch(kind, hatch)})"/>')

    def swatch(self, x: float, y: float, kind: str, hatch: str = "") -> None:
        """A little square for the legend, its middle at (x, y)."""
        shape = f'x="{x - 6:g}" y="{y - 6:g}" width="12" height="12"'
        self._parts.append(f'<rect class="area-{kind}" {shape}/>')
        if hatch:
            self._parts.append(f'<rect {shape} fill="url(#{self._hatch(kind, hatch)})"/>')

    def staircase(
        self, panel: Panel, points: Sequence[tuple[float, float]], kind: str, dash: str = ""
    ) -> None:
        """A line of steps: (from when, how many), the last up to the panel's end."""
        corners: list[tuple[float, float]] = []
        for moment, value in points:
            if corners:
                corners.append((panel.x(moment), corners[-1][1]))
            corners.append((panel.x(moment), panel.y(value)))
        corners.append((panel.right, corners[-1][1]))
        self._polyline(corners, f"mark-{kind}", dash)

    def line(self, panel: Panel, points: Iterable[tuple[float, float]], kind: str, dash: str = "") -> None:
        """A line through the points."""
        self._polyline([(panel.x(x), panel.y(y)) for x, y in points], f"mark-{kind}", dash)

    def level(self, panel: Panel, value: float, kind: str, dash: str) -> None:
        """A line across the panel."""
        self._polyline([(panel.left, panel.y(value)), (panel.right, panel.y(value))], f"mark-{kind}", dash)

    def moment(self, panel: Panel, at: float, kind: str, dash: str = "2 4") -> None:
        """A line down the panel."""
        self._polyline([(panel.x(at), panel.top), (panel.x(at), panel.bottom)], f"mark-{kind}", dash)

    def dot(self, x: float, y: float, kind: str, shape: str = "round", size: float = 3.4) -> None:
        """A datapoint: round, or a triangle pointing up or down."""
        if shape == "round":
            self._parts.append(f'<circle class="dot-{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{size:g}"/>')
            return
        tip = -1.4 * size if shape == "up" else 1.4 * size
        path = f"M{x - 1.2 * size:.1f} {y - tip / 2:.1f} h{2.4 * size:.1f} L{x:.1f} {y + tip:.1f} z"
        self._parts.append(f'<path class="dot-{kind}" d="{path}"/>')

    def names(self, panel: Panel, lines: Iterable[tuple[float, str]]) -> None:
        """The names of lines, right of where they end: (height in the panel's scale, name), kept apart."""
        lowest = panel.bottom + 4
        for y, text in sorted(((panel.y(value) + 4, text) for value, text in lines), reverse=True):
            lowest = min(y, lowest)
            self.text(panel.right + 7, lowest, text, width=self.width - panel.right - 8)
            lowest -= GAP

    def legend(self, x: float, y: float, right: float, entries: Iterable[tuple[str, str, str]]) -> float:
        """Swatches with their names, (kind, hatch, name), over as many rows as they need; the last row's height."""
        start = x
        for kind, hatch, text in entries:
            width = 18 + len(text) * (CHARACTER + 2 * text.isupper()) + 14
            if x > start and x + width > right:
                x, y = start, y + 19
            self.swatch(x + 6, y - 4, kind, hatch)
            self.text(x + 18, y, text)
            x += width
        return y

    def axes(
        self, panel: Panel, amounts: Iterable[float], written: Callable[[float], str], *, times: bool = True
    ) -> None:
        """The scales: amounts on the left with lines across, moments below."""
        for value in amounts:
            y = panel.y(value)
            self._parts.append(f'<path class="grid" d="M{panel.left:g} {y:.1f} H{panel.right:g}"/>')
            self.text(panel.left - 6, y + 4, written(value), "soft", anchor="end")
        self._parts.append(
            f'<path class="axis" d="M{panel.left:g} {panel.top:g} V{panel.bottom:g} H{panel.right:g}"/>'
        )
        if times:
            self.moments(panel)

    def moments(self, panel: Panel) -> None:
        """The moments below a panel."""
        for at in ticks(panel.x_end):
            x = panel.x(at)
            self._parts.append(f'<path class="axis" d="M{x:.1f} {panel.bottom:g} v4"/>')
            text = duration(at) if at else "0"
            self.text(x, panel.bottom + 17, text, "soft", anchor="middle")

    def drawn(self, height: float, title: str, description: str) -> str:
        """The SVG element."""
        patterns = "".join(
            f'<pattern id="{id_}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<path class="hatch-{kind}" d="{HATCHES[hatch]}"/></pattern>'
            for (kind, hatch), id_ in self._hatches.items()
        )
        self._parts.insert(0, f"<style>{STYLE}</style><defs>{patterns}</defs>")
        return self.render(height, title, description, self.name)

    def baseline(self, panel: Panel) -> None:
        """The lower edge of a panel."""
        self._parts.append(f'<path class="axis" d="M{panel.left:g} {panel.bottom:g} H{panel.right:g}"/>')

    def stroke(self, x: float, y: float, kind: str, dash: str = "") -> None:
        """A piece of a line, for the legend."""
        self._polyline([(x, y), (x + 24, y)], f"mark-{kind}", dash)

    def badge(self, x: float, y: float, text: str) -> None:
        """A number in a circle, which a list explains."""
        self._parts.append(f'<circle class="area-plain" cx="{x:.1f}" cy="{y:.1f}" r="8"/>')
        self.text(x, y + 4, text, "soft", anchor="middle")

    def _hatch(self, kind: str, hatch: str) -> str:
        return self._hatches.setdefault(
            (kind, hatch),
            clean(f"{self.name}-{kind}-{'slash' if hatch == '/' else 'line' if hatch == '-' else 'dot'}"),
        )

    def _polyline(self, points: Sequence[tuple[float, float]], style: str, dash: str) -> None:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(f'<polyline class="{style}" points="{path}"{dashes}/>')


Span = tuple[float, float, float, float]  # from when, until when, lower, upper


def _runs(spans: Sequence[tuple[float, float, float]], end: float) -> list[list[Span]]:
    """The stretches of an area that hang together, without what is empty; equal neighbours become one."""
    runs: list[list[Span]] = []
    open_ = False
    for (start, low, high), until in zip(spans, [*(start for start, _, _ in spans[1:]), end], strict=True):
        if high <= low or until <= start:
            open_ = open_ and until <= start
        elif not open_:
            runs.append([(start, until, low, high)])
            open_ = True
        elif runs[-1][-1][2:] == (low, high):
            runs[-1][-1] = (runs[-1][-1][0], until, low, high)
        else:
            runs[-1].append((start, until, low, high))
    return runs


def _outline(panel: Panel, run: Sequence[Span]) -> str:
    """The path around a stretch: along its upper ends, and back along its lower ones."""
    there = [(x, high) for start, until, _, high in run for x in (start, until)]
    back = [(x, low) for start, until, low, _ in reversed(run) for x in (until, start)]
    corners = " L".join(f"{panel.x(x):.1f} {panel.y(y):.1f}" for x, y in (*there, *back))
    return f"M{corners} z"


def ticks(end: float) -> list[float]:
    """Round moments (seconds) from 0 to `end`, a handful of them."""
    step = next((step for step in STEPS if end / step <= MOST_TICKS), STEPS[-1])
    return [float(at) for at in range(0, int(end) + 1, step)]


def amounts(most: float, count: int = 5) -> list[int]:
    """Round whole numbers from 0 to `most`, about `count` of them."""
    step = next(
        step for power in range(10) for step in (10**power, 2 * 10**power, 5 * 10**power)
        if most / step <= count
    )  # fmt: skip
    return list(range(0, int(most) + 1, step))


def duration(seconds: float) -> str:
    """ "55 s", "1 min 55 s", "20 min": the same in both languages."""
    minutes, rest = divmod(round(seconds), MINUTE)
    parts = [f"{minutes}\u00a0min"] * bool(minutes) + [f"{rest}\u00a0s"] * bool(rest or not minutes)
    return " ".join(parts)

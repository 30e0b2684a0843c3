"""Drawing in SVG: every text is escaped and cut to its room here, and every colour has a name here.

Colours follow JupyterLab's theme through its CSS variables and fall back to a light page elsewhere.
"""

from __future__ import annotations

from html import escape

# name → hue of strokes; fills are a tint of it over the page's own background
HUES = {
    "plain": "#6b7280",
    "network": "#7c5cd6",
    "entrance": "#8250df",
    "compute": "#d9730d",
    "registry": "#b7791f",
    "data": "#2f6fdb",
    "access": "#c2410c",
    "good": "#1a7f37",
    "wait": "#2f6fdb",
    "bad": "#cf222e",
    "leave": "#6b7280",
}

STYLE = """
.fb-drawing { max-width: 100%; height: auto; font-family: var(--jp-ui-font-family, system-ui, sans-serif); }
.fb-drawing text { fill: var(--jp-ui-font-color1, #1f2328); font-size: 12.5px; }
.fb-drawing .strong { font-weight: 600; font-size: 13.5px; }
.fb-drawing .title { font-weight: 650; font-size: 16px; }
.fb-drawing .soft { fill: var(--jp-ui-font-color2, #57606a); font-size: 11.5px; }
.fb-drawing .code { font-family: var(--jp-code-font-family, ui-monospace, monospace); font-size: 11.5px; }
.fb-drawing .page { fill: var(--jp-layout-color0, #ffffff); }
.fb-drawing .wire { fill: none; stroke: var(--jp-ui-font-color2, #57606a); stroke-width: 1.6; }
.fb-drawing .tip { fill: var(--jp-ui-font-color2, #57606a); }
""" + "".join(
    f".fb-drawing .box-{name} {{ stroke: color-mix(in srgb, {hue} 82%, var(--jp-ui-font-color1, #1f2328)); "
    f"fill: color-mix(in srgb, {hue} 10%, var(--jp-layout-color0, #ffffff)); stroke-width: 1.4; }}\n"
    f".fb-drawing .mark-{name} {{ stroke: color-mix(in srgb, {hue} 70%, var(--jp-ui-font-color1, #1f2328)); "
    "fill: none; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }\n"
    for name, hue in HUES.items()
)

CHARACTER = 6.6  # pixels of an average character of the body text, for cutting


def clean(text: str) -> str:
    """Escaped for XML, without the control characters that XML refuses; French spaces stay."""
    kept = (char if char.isprintable() or char in "\u00a0\u202f" else "�" for char in text)
    return escape("".join(kept), quote=True)


def cut(text: str, width: float, character: float = CHARACTER) -> str:
    """The text, shortened with an ellipsis to fit `width` pixels."""
    room = max(int(width / character), 1)
    return text if len(text) <= room else f"{text[: room - 1]}…"


class Drawing:
    """Collects shapes; y grows downwards, units are pixels."""

    def __init__(self, width: int):
        self.width = width
        self._parts: list[str] = []

    def box(
        self, x: float, y: float, width: float, height: float, kind: str, *, dashed: bool = False
    ) -> None:
        """A rounded rectangle."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self._parts.append(
            f'<rect class="box-{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="9"{dash}/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        style: str = "",
        *,
        width: float | None = None,
        anchor: str = "start",
    ) -> None:
        """One line of text on the baseline `y`; what is cut to `width` stays readable as a tooltip."""
        character = 7.1 if "code" in style else 8.6 if "title" in style else CHARACTER
        shown = text if width is None else cut(text, width, character)
        tooltip = f"<title>{clean(text)}</title>" if shown != text else ""
        self._parts.append(
            f'<text class="{style}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{tooltip}{clean(shown)}</text>'
        )

    def wire(self, *points: tuple[float, float], dashed: bool = False, tip: bool = True) -> None:
        """A line through the points, with an arrow head at the end."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        dash = ' stroke-dasharray="2 5" stroke-linecap="round"' if dashed else ""
        self._parts.append(f'<polyline class="wire" points="{path}"{dash}/>')
        if tip:
            (x0, y0), (x, y) = points[-2:]
            if x == x0:
                side = 6 if y > y0 else -6
                head = f"{x - 4.5:g},{y - side:g} {x + 4.5:g},{y - side:g} {x:g},{y + side / 6:g}"
            else:
                side = 6 if x > x0 else -6
                head = f"{x - side:g},{y - 4.5:g} {x - side:g},{y + 4.5:g} {x + side / 6:g},{y:g}"
            self._parts.append(f'<polygon class="tip" points="{head}"/>')

    def mark(self, x: float, y: float, kind: str) -> None:
        """A symbol 16 pixels wide, one shape per kind, so that colour is never alone to tell."""
        shapes = {
            "good": f'<circle class="mark-good" cx="{x:g}" cy="{y:g}" r="8"/>'
            f'<path class="mark-good" d="M{x - 3.6:g} {y + 0.4:g} l2.6 2.8 l4.8 -5.8"/>',
            "bad": f'<path class="mark-bad" d="M{x:g} {y - 8:g} l8.6 15 h-17.2 z"/>'
            f'<path class="mark-bad" d="M{x:g} {y - 2.6:g} v4.4 M{x:g} {y + 4.4:g} v.1"/>',
            "wait": f'<circle class="mark-wait" cx="{x:g}" cy="{y:g}" r="8" stroke-dasharray="3.2 3.6"/>'
            f'<path class="mark-wait" d="M{x:g} {y - 3.6:g} v3.8 l2.6 1.6"/>',
            "leave": f'<circle class="mark-leave" cx="{x:g}" cy="{y:g}" r="8"/>'
            f'<path class="mark-leave" d="M{x:g} {y - 3.6:g} v6.6 m-3 -3 l3 3 l3 -3"/>',
        }
        self._parts.append(shapes[kind])

    def gauge(self, x: float, y: float, width: float, share: float, kind: str) -> None:
        """How full something is, from 0 to 1: a thick line on its pale track."""
        thick = "stroke-width:6;stroke-linecap:butt"
        self._parts.append(
            f'<path class="mark-leave" style="{thick};opacity:0.3" d="M{x:g} {y:g} h{width:g}"/>'
            f'<path class="mark-{kind}" style="{thick}" d="M{x:g} {y:g} h{width * share:g}"/>'
        )

    def render(self, height: float, title: str, description: str, name: str) -> str:
        """The SVG element; `name` makes its ids its own. Screen readers get title and description."""
        return (
            f'<svg class="fb-drawing" xmlns="http://www.w3.org/2000/svg" role="img" '
            f'aria-labelledby="{name}-title {name}-desc" width="{self.width}" height="{height:g}" '
            f'viewBox="0 0 {self.width} {height:g}">'
            f'<title id="{name}-title">{clean(title)}</title><desc id="{name}-desc">{clean(description)}</desc>'
            f'<style>{STYLE}</style><rect class="page" width="{self.width}" height="{height:g}" rx="10"/>'
            + "".join(self._parts)
            + "</svg>"
        )

"""The picture of who calls whom: boxes and arrows as numbers; the template draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from frenchbakery.common.operations import Topology

BOX_WIDTH, BOX_HEIGHT = 190, 96
_PLACES = {  # top left corner of each box, in the units of the drawing (960 × 460)
    "browser": (20, 182),
    "frontend": (260, 182),
    "products": (500, 20),
    "orders": (500, 182),
    "reviews": (500, 344),
    "orders-store": (750, 182),
    "reviews-store": (750, 344),
}


@dataclass(frozen=True)
class Box:
    """A service, a store or the browser, with its top left corner."""

    name: str
    kind: str
    x: int
    y: int


@dataclass(frozen=True)
class Arrow:
    """A straight line from one box's edge to another's."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True)
class Picture:
    """What to draw."""

    boxes: list[Box]
    arrows: list[Arrow]


def picture(tasks: Mapping[str, Sequence[Topology]]) -> Picture:
    """Lay out what the tasks said of themselves; a call to something without a place is left out."""
    kinds = {"browser": "browser"} | dict.fromkeys(tasks, "service")
    calls = [("browser", "frontend")]
    for service, copies in tasks.items():
        for call in copies[0].calls if copies else ():
            kinds.setdefault(call.name, call.kind)
            calls.append((service, call.name))
    boxes = [Box(name, kind, *_PLACES[name]) for name, kind in kinds.items() if name in _PLACES]
    drawn = {box.name for box in boxes}
    return Picture(boxes, [_arrow(start, end) for start, end in calls if {start, end} <= drawn])


def _arrow(start: str, end: str) -> Arrow:
    (x1, y1), (x2, y2) = _PLACES[start], _PLACES[end]
    if x1 == x2:  # one above the other
        middle = x1 + BOX_WIDTH // 2
        return (
            Arrow(middle, y1, middle, y2 + BOX_HEIGHT)
            if y1 > y2
            else Arrow(middle, y1 + BOX_HEIGHT, middle, y2)
        )
    return Arrow(x1 + BOX_WIDTH, y1 + BOX_HEIGHT // 2, x2, y2 + BOX_HEIGHT // 2)

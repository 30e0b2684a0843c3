"""The drawing of one outcome: zones, instances in them, tasks as numbered blocks."""

from __future__ import annotations

from collections.abc import Sequence

from labs.cloud.controllers.placement import Refusal
from labs.playgrounds.placement.cluster import CACHE, MACHINES, ZONES, Outcome
from labs.playgrounds.placement.texts import say
from labs.view.svg import Drawing

WIDTH = 396
TOP = 56  # of the zones
ZONE_WIDTH, ZONE_GAP = 124, 6
INSTANCE_WIDTH, INSTANCE_HEIGHT, INSTANCE_GAP = 110, 118, 8
BLOCK_WIDTH, BLOCK_HEIGHT, BLOCK_GAP, A_ROW = 22, 17, 3, 4
HEIGHT = TOP + 28 + 2 * (INSTANCE_HEIGHT + INSTANCE_GAP) + 8


def draw(outcome: Outcome, strategy: Sequence[str], fails: str, description: str, name: str) -> str:
    """The SVG; `strategy` by its steps, `fails` is a zone, an instance or nothing, `name` makes its ids its own."""
    drawing = Drawing(WIDTH)
    first, *others = strategy
    count = say("count", placed=len(outcome.places), wanted=outcome.wanted)
    drawing.text(8, 24, first, "strong")
    drawing.text(8, 43, " · ".join([*(say("next", step=step) for step in others), count]), "soft")
    refusals = {refusal.instance: refusal for refusal in outcome.refusals}
    for place, zone in enumerate(ZONES):
        x = 6 + place * (ZONE_WIDTH + ZONE_GAP)
        drawing.box(x, TOP, ZONE_WIDTH, HEIGHT - TOP - 6, "network", dashed=True)
        drawing.text(x + 8, TOP + 18, zone, "soft")
        here = [each for each, (where, _) in MACHINES.items() if where == zone]
        for row, instance in enumerate(here):
            y = TOP + 28 + row * (INSTANCE_HEIGHT + INSTANCE_GAP)
            failed = fails in (zone, instance)
            _instance(drawing, x + 7, y, instance, outcome, failed, refusals.get(instance))
    return drawing.render(HEIGHT, first, description, name)


def _instance(
    drawing: Drawing, x: float, y: float, name: str, outcome: Outcome, failed: bool, refusal: Refusal | None
) -> None:
    _, kind = MACHINES[name]
    left = outcome.fleet[name]
    empty = not left.groups
    drawing.box(
        x,
        y,
        INSTANCE_WIDTH,
        INSTANCE_HEIGHT,
        "bad" if failed else "leave" if empty else "compute",
        dashed=empty,
    )
    drawing.text(x + 7, y + 17, name, "strong")
    drawing.text(x + INSTANCE_WIDTH - 7, y + 17, say("failed") if failed else kind.name, "soft", anchor="end")
    blocks = [("c", "registry")] if CACHE in left.groups else []
    blocks += [(str(number), "data") for number in outcome.on(name)]
    for place, (label, hue) in enumerate(blocks):
        row, column = divmod(place, A_ROW)
        bx = x + 6 + column * (BLOCK_WIDTH + BLOCK_GAP)
        by = y + 25 + row * (BLOCK_HEIGHT + BLOCK_GAP)
        drawing.box(bx, by, BLOCK_WIDTH, BLOCK_HEIGHT, "bad" if failed else hue, dashed=failed)
        drawing.text(bx + BLOCK_WIDTH / 2, by + 12.5, label, "soft", anchor="middle")
    if failed:
        drawing.mark(x + 38, y + 13, "bad")
    if empty:
        drawing.text(x + INSTANCE_WIDTH / 2, y + 48, say("empty"), "soft", anchor="middle")
    bottom = y + INSTANCE_HEIGHT
    for key, free, whole, line in (
        ("cpu", left.cpu, kind.cpu, bottom - 28),
        ("memory", left.memory, kind.memory, bottom - 13),
    ):
        drawing.text(x + 7, line + 4, say(key), "soft")
        drawing.gauge(x + 44, line, INSTANCE_WIDTH - 54, 1 - free / whole, "bad" if failed else "compute")
    if refusal is not None:
        lack = refusal.reason.removeprefix("RESOURCE:").split()[0]  # the whole reason is below the drawing
        drawing.text(x + 7, bottom - 42, f"✘ {lack}", "code", width=INSTANCE_WIDTH - 8)

"""The diagram as an SVG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labs.inventory import NAME
from labs.view.diagram.outline import facts, group_lines, panels, tags
from labs.view.diagram.scene import Copy, Lane, Scene, lanes
from labs.view.diagram.texts import say
from labs.view.svg import Drawing

if TYPE_CHECKING:
    from labs.inventory import Network

WIDTH = 1024
LEFT, LEFT_WIDTH = 16, 188  # the registry's column
CENTRE, CENTRE_WIDTH = 228, 558  # the network
RIGHT, RIGHT_WIDTH = 812, 196  # what tasks use
ROW = 74  # height of a service
PANEL_LINE = 22
TOP = 46
SHOWN = 3  # tasks drawn one by one in a column; more are counted


def picture(scene: Scene, name: str = "fb") -> str:
    """The SVG; `name` prefixes its ids."""
    drawing = Drawing(WIDTH)
    heading = f"FrenchBakery · {scene.region}" if scene.region else "FrenchBakery"
    drawing.text(LEFT, 28, heading, "title", width=WIDTH - 2 * LEFT)
    table_y = _draw_right(drawing, scene)
    bottom, cluster_top, orders = _draw_centre(drawing, scene)
    left_bottom = _draw_left(drawing, scene)
    right_bottom = table_y + sum(_panel_height(items) + 14 for _, items in panels(scene))
    if scene.repositories and scene.services and cluster_top is not None:
        y = cluster_top + 19
        start = (LEFT + LEFT_WIDTH, y) if y < left_bottom - 10 else (LEFT + LEFT_WIDTH / 2, left_bottom - 10)
        drawing.wire(start, (start[0], y), (CENTRE + 24, y), dashed=True)
    if orders is not None:
        middle = table_y + 32
        gutter = RIGHT - 13
        drawing.wire(
            (CENTRE + CENTRE_WIDTH - 24, orders), (gutter, orders), (gutter, middle), (RIGHT, middle)
        )
    if facts(scene) == say("nothing"):
        drawing.text(WIDTH / 2, 96, say("nothing"), "soft", anchor="middle")
        bottom = max(bottom, 130)
    height = max(bottom, left_bottom, right_bottom) + 6
    return drawing.render(height, say("title"), facts(scene), name)


def _panel_height(items: Sequence[str]) -> int:
    return 36 + PANEL_LINE * len(items)


def _panel(
    drawing: Drawing, x: float, y: float, width: float, title: str, items: Sequence[str], kind: str
) -> None:
    drawing.box(x, y, width, _panel_height(items), kind)
    drawing.text(x + 12, y + 22, title, "strong", width=width - 24)
    for number, item in enumerate(items):
        drawing.text(x + 12, y + 44 + number * PANEL_LINE, item, "code", width=width - 20)


def _draw_left(drawing: Drawing, scene: Scene) -> float:
    """The repositories and their tags. Returns the bottom."""
    if not scene.repositories:
        return TOP
    items = scene.repositories
    height = 36 + 40 * len(items)
    drawing.box(LEFT, TOP, LEFT_WIDTH, height, "registry")
    drawing.text(LEFT + 12, TOP + 22, say("repositories"), "strong", width=LEFT_WIDTH - 24)
    for number, repository in enumerate(items):
        y = TOP + 46 + number * 40
        drawing.text(LEFT + 12, y, repository.name, "code", width=LEFT_WIDTH - 20)
        if repository.images:
            drawing.mark(LEFT + 22, y + 14, "good")
            drawing.text(LEFT + 36, y + 18, tags(repository), "soft", width=LEFT_WIDTH - 50)
        else:
            drawing.text(LEFT + 14, y + 18, say("empty"), "soft")
    return TOP + height + 10


def _draw_right(drawing: Drawing, scene: Scene) -> float:
    y = float(TOP)
    kinds = {
        say("table"): "data",
        say("roles"): "access",
        say("logs"): "plain",
        say("definitions"): "compute",
    }
    for title, items in panels(scene):
        _panel(drawing, RIGHT, y, RIGHT_WIDTH, title, items, kinds[title])
        y += _panel_height(items) + 14
    return float(TOP)


def _draw_centre(drawing: Drawing, scene: Scene) -> tuple[float, float | None, float | None]:
    """Network, load balancer, cluster. Returns the bottom, the cluster's top, and the table user's lane."""
    network, balancer, rows = scene.network, scene.load_balancer, lanes(scene)
    groups = group_lines(network) if network else []
    y = float(TOP)
    frame_top = y
    if network or balancer:
        frame_top = y + (46 if balancer or (network and network.gateway) else 0)
    inner = frame_top + (34 if network else 0)
    balancer_y = inner
    if balancer:
        inner += 66
    zones_top = inner + (10 if balancer and network else 0)
    lanes_top = zones_top + (54 if network and network.subnets else 0)
    cluster_bottom = lanes_top
    if scene.cluster or rows:
        cluster_bottom = lanes_top + 38 + ROW * len(rows) + (0 if rows else 4)
    zones_bottom = max(cluster_bottom + 10, zones_top + 54) if network and network.subnets else cluster_bottom
    bottom = zones_bottom + (12 + 19 * len(groups) + 6 if network else 0)

    if network:
        drawing.box(CENTRE, frame_top, CENTRE_WIDTH, bottom - frame_top, "network")
        drawing.text(CENTRE + 14, frame_top + 22, say("vpc", cidr=network.cidr), "strong")
        for number, line in enumerate(groups):
            drawing.text(CENTRE + 14, zones_bottom + 22 + 19 * number, line, "soft", width=CENTRE_WIDTH - 28)
        _draw_zones(drawing, network, zones_top, zones_bottom)
    if balancer:
        _draw_entrance(drawing, scene, frame_top, balancer_y, lanes_top if scene.services else None)
    elif network and network.gateway:
        _draw_internet(drawing, frame_top, frame_top)
    orders = _draw_cluster(drawing, scene, rows, lanes_top, cluster_bottom)
    return bottom + 10, lanes_top if scene.cluster else None, orders


def _columns(network: Network | None) -> list[tuple[str, float, float]]:
    """(zone, x, width) of each zone's column; one column without a name when there is no network."""
    zones = sorted({subnet.zone for subnet in network.subnets}) if network else []
    zones = zones or [""]
    room = CENTRE_WIDTH - 28 - 10 * (len(zones) - 1)
    width = room / len(zones)
    return [(zone, CENTRE + 14 + number * (width + 10), width) for number, zone in enumerate(zones)]


def _draw_zones(drawing: Drawing, network: Network, top: float, bottom: float) -> None:
    if not network.subnets:
        return
    for zone, x, width in _columns(network):
        drawing.box(x, top, width, bottom - top, "plain", dashed=True)
        drawing.text(x + 12, top + 20, say("zone", name=zone), "strong", width=width - 24)
        here = [subnet for subnet in network.subnets if subnet.zone == zone]
        places = [say("public" if each.public else "private", cidr=each.cidr) for each in here]
        drawing.text(x + 12, top + 38, ", ".join(places), "soft", width=width - 24)


def _draw_internet(drawing: Drawing, frame_top: float, to_y: float) -> None:
    middle = CENTRE + CENTRE_WIDTH / 2
    drawing.box(middle - 60, frame_top - 46, 120, 26, "plain")
    drawing.text(middle, frame_top - 28, say("internet"), "strong", anchor="middle")
    drawing.wire((middle, frame_top - 20), (middle, to_y))


def _draw_entrance(
    drawing: Drawing, scene: Scene, frame_top: float, y: float, cluster_top: float | None
) -> None:
    balancer = scene.load_balancer
    if balancer is None:
        return
    _draw_internet(drawing, frame_top, y)
    x, width = CENTRE + 110, CENTRE_WIDTH - 220
    drawing.box(x, y, width, 52, "entrance")
    heard = say("deaf") if balancer.rules is None else say("listens")
    drawing.text(x + width / 2, y + 22, f"{say('balancer')} {balancer.name}", "strong", anchor="middle")
    drawing.text(x + width / 2, y + 40, heard, "soft", anchor="middle")
    if cluster_top is not None:
        drawing.wire((x + width / 2, y + 52), (x + width / 2, cluster_top))


def _draw_cluster(
    drawing: Drawing, scene: Scene, rows: tuple[Lane, ...], top: float, bottom: float
) -> float | None:
    if not scene.cluster and not rows:
        return None
    x, width = CENTRE + 24, CENTRE_WIDTH - 48
    drawing.box(x, top, width, bottom - top, "compute")
    name = scene.cluster.name if scene.cluster else NAME
    drawing.text(x + 14, top + 23, say("cluster", name=name), "strong", width=width - 28)
    uses_table = None
    for number, lane in enumerate(rows):
        y = top + 34 + number * ROW
        _draw_lane(drawing, scene, lane, x + 10, y, width - 20)
        if lane.uses_table:
            uses_table = y + ROW / 2 - 4
    return uses_table


def _draw_lane(drawing: Drawing, scene: Scene, lane: Lane, x: float, y: float, width: float) -> None:
    drawing.box(x, y, width, ROW - 8, "plain", dashed=lane.leaving)
    drawing.text(x + 12, y + 19, lane.title, "strong", width=width / 2)
    note = say("leaving") if lane.leaving else lane.path
    drawing.text(x + width - 12, y + 19, note, "code", width=width / 2 - 20, anchor="end")
    if not lane.copies:
        drawing.text(x + 12, y + 46, say("no_task"), "soft")
    for zone, column, room in _columns(scene.network):
        here = [copy for copy in lane.copies if copy.zone == zone or not zone]
        left, right = max(column, x) + 8, min(column + room, x + width) - 8
        _draw_copies(drawing, here, left, y + 28, right - left)


def _draw_copies(drawing: Drawing, copies: Sequence[Copy], x: float, y: float, width: float) -> None:
    shown = copies if len(copies) <= SHOWN else copies[: SHOWN - 1]
    slots = min(len(copies), SHOWN)
    for number, copy in enumerate(shown):
        room = (width - 6 * (slots - 1)) / slots
        left = x + number * (room + 6)
        drawing.box(left, y, room, 32, copy.mark)
        drawing.mark(left + 16, y + 16, copy.mark)
        if slots == 1:
            known = " · ".join(part for part in (copy.status, copy.health) if part)
            drawing.text(left + 31, y + 20.5, f"{copy.label} · {known}", width=room - 36)
        else:
            drawing.text(left + 30, y + 20, copy.status, "soft", width=room - 30)
    if len(copies) > SHOWN:
        room = (width - 6 * (slots - 1)) / slots
        drawing.text(x + (SHOWN - 1) * (room + 6) + 8, y + 20.5, f"+ {len(copies) - len(shown)}", "strong")

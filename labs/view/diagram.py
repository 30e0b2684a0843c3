"""The live diagram: what exists of the shop right now, as a picture and as the same facts in words.

Nothing volatile is drawn (no ids, addresses or digests): two worlds in the same state give the same picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from labs.inventory import NAME
from labs.learner import Texts
from labs.view.display import Shown
from labs.view.svg import Drawing, clean

if TYPE_CHECKING:
    from labs.inventory import (
        Cluster,
        Inventory,
        LoadBalancer,
        Network,
        Repository,
        Role,
        Service,
        Table,
        TargetGroup,
        Task,
        TaskDefinition,
    )

say = Texts(
    {
        "title": {"fr": "Ce qui existe à présent", "en": "What exists now"},
        "line": {"fr": "Schéma : {facts}", "en": "Diagram: {facts}"},
        "nothing": {"fr": "rien encore", "en": "nothing yet"},
        "in_words": {"fr": "Le schéma en toutes lettres", "en": "The diagram in words"},
        "internet": {"fr": "Internet", "en": "Internet"},
        "gateway": {"fr": "passerelle", "en": "gateway"},
        "balancer": {"fr": "Équilibreur de charge", "en": "Load balancer"},
        "listens": {"fr": "écoute sur le port 80", "en": "listens on port 80"},
        "deaf": {"fr": "n’écoute pas encore", "en": "not listening yet"},
        "zone": {"fr": "Zone {name}", "en": "Zone {name}"},
        "public": {"fr": "sous-réseau public {cidr}", "en": "public subnet {cidr}"},
        "private": {"fr": "sous-réseau privé {cidr}", "en": "private subnet {cidr}"},
        "vpc": {"fr": "VPC {cidr}", "en": "VPC {cidr}"},
        "cluster": {"fr": "Cluster ECS {name}", "en": "ECS cluster {name}"},
        "group": {"fr": "{name} : {ports} depuis {sources}", "en": "{name}: {ports} from {sources}"},
        "closed": {"fr": "{name} : rien n’entre", "en": "{name}: nothing comes in"},
        "anywhere": {"fr": "partout", "en": "anywhere"},
        "repositories": {"fr": "Dépôts ECR", "en": "ECR repositories"},
        "empty": {"fr": "vide", "en": "empty"},
        "table": {"fr": "Table DynamoDB", "en": "DynamoDB table"},
        "roles": {"fr": "Rôles IAM", "en": "IAM roles"},
        "logs": {"fr": "Journaux", "en": "Logs"},
        "definitions": {"fr": "Définitions de tâche", "en": "Task definitions"},
        "service": {"fr": "{name} · {running}/{desired}", "en": "{name} · {running}/{desired}"},
        "leaving": {"fr": "en suppression", "en": "being deleted"},
        "by_hand": {"fr": "lancée à la main", "en": "started by hand"},
        "otherwise": {"fr": "tout le reste", "en": "everything else"},
        "no_task": {"fr": "aucune tâche", "en": "no task"},
        "healthy": {"fr": "saine", "en": "healthy"},
        "unhealthy": {"fr": "en échec", "en": "failing"},
        "checking": {"fr": "essai", "en": "on trial"},
        "task": {"fr": "tâche {number}", "en": "task {number}"},
        "count_repositories": {"fr": "{n} dépôts", "en": "{n} repositories"},
        "count_repository": {"fr": "{n} dépôt", "en": "{n} repository"},
        "count_images": {"fr": "{n} images", "en": "{n} images"},
        "count_image": {"fr": "{n} image", "en": "{n} image"},
        "count_clusters": {"fr": "{n} clusters", "en": "{n} clusters"},
        "count_cluster": {"fr": "un cluster", "en": "a cluster"},
        "count_network": {"fr": "un réseau sur {n} zone", "en": "a network in {n} zone"},
        "count_networks": {"fr": "un réseau sur {n} zones", "en": "a network in {n} zones"},
        "count_entrance": {"fr": "un équilibreur de charge", "en": "a load balancer"},
        "count_entrances": {"fr": "{n} équilibreurs de charge", "en": "{n} load balancers"},
        "count_table": {"fr": "une table", "en": "a table"},
        "count_tables": {"fr": "{n} tables", "en": "{n} tables"},
        "count_definition": {"fr": "{n} définition de tâche", "en": "{n} task definition"},
        "count_definitions": {"fr": "{n} définitions de tâche", "en": "{n} task definitions"},
        "count_service": {"fr": "{n} service", "en": "{n} service"},
        "count_services": {"fr": "{n} services", "en": "{n} services"},
        "wide_open": {"fr": "tous les ports", "en": "all ports"},
    }
)

WIDTH = 1024
LEFT, LEFT_WIDTH = 16, 188  # the registry's column
CENTRE, CENTRE_WIDTH = 228, 558  # the network
RIGHT, RIGHT_WIDTH = 812, 196  # what tasks use
ROW = 74  # height of a service
PANEL_LINE = 22


@dataclass(frozen=True)
class Scene:
    """The facts to draw: parts of an inventory."""

    region: str = ""
    repositories: tuple[Repository, ...] = ()
    cluster: Cluster | None = None
    networks: tuple[Network, ...] = ()
    load_balancer: LoadBalancer | None = None
    target_groups: tuple[TargetGroup, ...] = ()
    table: Table | None = None
    roles: tuple[Role, ...] = ()
    log_groups: tuple[str, ...] = ()
    task_definitions: tuple[TaskDefinition, ...] = ()
    services: tuple[Service, ...] = ()
    tasks: tuple[Task, ...] = ()

    @property
    def network(self) -> Network | None:
        """The network that is drawn: the first of that name."""
        return self.networks[0] if self.networks else None


def read(inventory: Inventory) -> Scene:
    """The scene of an inventory; what the account may not read stays out of the picture."""
    found: dict[str, Any] = {}
    for name in Scene.__dataclass_fields__:
        if name != "region":
            with suppress(ClientError):
                found[name] = getattr(inventory, name)
    return Scene(region=inventory.session.region_name or "", **found)


@dataclass(frozen=True)
class Copy:
    """A task as it is drawn: an alias instead of its id."""

    label: str
    status: str
    zone: str
    mark: str  # a kind of Drawing.mark
    health: str  # in words; empty when nothing is known


@dataclass(frozen=True)
class Lane:
    """A row of tasks: a service, or tasks started by hand."""

    title: str
    path: str
    copies: tuple[Copy, ...]
    uses_table: bool = False
    leaving: bool = False


def lanes(scene: Scene) -> tuple[Lane, ...]:
    """Services in the lab's order of paths, then groups of tasks that no service started."""
    paths = _paths_by_target_group(scene)
    health = {address: state for group in scene.target_groups for address, state in group.health}
    rows = []
    for service in scene.services:
        leading = [path for arn in service.target_groups for path in paths.get(arn, ())]
        rows.append(
            Lane(
                title=say("service", name=service.name, running=service.running, desired=service.desired),
                path=", ".join(leading),
                copies=_copies([task for task in scene.tasks if task.service == service.name], health),
                uses_table=scene.table is not None and _uses_table(service.family, scene),
                leaving=service.status != "ACTIVE",
            )
        )
    alone: dict[str, list[Task]] = {}
    for task in scene.tasks:
        if task.service is None:
            alone.setdefault(task.group.partition(":")[2] or task.group, []).append(task)
    rows += [Lane(f"{group} · {say('by_hand')}", "", _copies(tasks, {})) for group, tasks in alone.items()]
    return tuple(rows)


def _paths_by_target_group(scene: Scene) -> Mapping[str, Sequence[str]]:
    paths: dict[str, list[str]] = {}
    for rule in (scene.load_balancer and scene.load_balancer.rules) or ():
        for arn in rule.target_groups:
            paths.setdefault(arn, []).extend(rule.paths or (say("otherwise"),))
    return paths


def _uses_table(family: str, scene: Scene) -> bool:
    name = scene.table.name if scene.table else None
    return any(
        definition.family == family and name in definition.environment.values()
        for definition in scene.task_definitions
    )


def _copies(tasks: list[Task], health: Mapping[str, str]) -> tuple[Copy, ...]:
    return tuple(
        Copy(
            say("task", number=number), task.status, task.zone, *_state(task.status, health.get(task.address))
        )
        for number, task in enumerate(tasks, 1)
    )


def _state(status: str, health: str | None) -> tuple[str, str]:
    """(mark, health in words) of a task."""
    if status in {"DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"}:
        return "leave", ""
    if status != "RUNNING":
        return "wait", ""
    if health == "unhealthy":
        return "bad", say("unhealthy")
    if health == "initial":
        return "wait", say("checking")
    return "good", say("healthy") if health == "healthy" else ""


# --- in words -------------------------------------------------------------------------------------


def facts(scene: Scene) -> str:
    """One line: what there is, counted; stable once everything asked for has been waited for."""
    images = sum(len(repository.images) for repository in scene.repositories)
    zones = len({subnet.zone for network in scene.networks for subnet in network.subnets})
    counted = [
        _count("repository", "repositories", len(scene.repositories)),
        _count("image", "images", images),
        _count("cluster", "clusters", int(scene.cluster is not None)),
        _count("network", "networks", zones),
        _count("entrance", "entrances", int(scene.load_balancer is not None)),
        _count("table", "tables", int(scene.table is not None)),
        _count("definition", "definitions", len(scene.task_definitions)),
        _count("service", "services", len(scene.services)),
    ]
    return ", ".join(text for text in counted if text) or say("nothing")


def _count(one: str, several: str, number: int) -> str:
    if not number:
        return ""
    return say(f"count_{one if number == 1 else several}", n=number)


def words(scene: Scene) -> list[tuple[int, str]]:
    """The diagram as an outline: (depth, line)."""
    lines: list[tuple[int, str]] = []
    if scene.repositories:
        lines.append((0, say("repositories")))
        lines += [(1, f"{each.name} ({_tags(each)})") for each in scene.repositories]
    if network := scene.network:
        lines.append((0, say("vpc", cidr=network.cidr)))
        for subnet in network.subnets:
            place = say("public" if subnet.public else "private", cidr=subnet.cidr)
            lines.append((1, f"{say('zone', name=subnet.zone)}, {place}"))
        lines += [(1, line) for line in _group_lines(network)]
    if balancer := scene.load_balancer:
        heard = say("deaf") if balancer.rules is None else say("listens")
        lines.append((0, f"{say('balancer')} {balancer.name}, {heard}"))
        names = {group.arn: group.name for group in scene.target_groups}
        for rule in balancer.rules or ():
            leads = ", ".join(names.get(arn, "?") for arn in rule.target_groups)
            lines.append((1, f"{', '.join(rule.paths) or say('otherwise')} → {leads}"))
    if scene.cluster:
        lines.append((0, say("cluster", name=scene.cluster.name)))
    for lane in lanes(scene):
        lines.append((1, lane.title + (f" ({lane.path})" if lane.path else "")))
        for copy in lane.copies:
            known = ", ".join(part for part in (copy.status, copy.health, copy.zone) if part)
            lines.append((2, f"{copy.label}: {known}"))
    for title, items in _panels(scene):
        lines.append((0, title))
        lines += [(1, item) for item in items]
    return lines


def _tags(repository: Repository) -> str:
    tags = [tag for image in repository.images for tag in image.tags]
    return ", ".join(tags) or say("empty")


def _group_lines(network: Network) -> list[str]:
    names = {group.id: group.name for group in network.groups}
    lines = []
    for group in sorted(network.groups, key=lambda each: each.name):
        if not group.ingress:
            lines.append(say("closed", name=group.name))
        for each in group.ingress:
            ports = (
                f"{each.first_port}"
                if each.first_port == each.last_port
                else say("wide_open")
                if (each.first_port, each.last_port) == (0, 65535)
                else f"{each.first_port}-{each.last_port}"
            )
            open_to_all = {"0.0.0.0/0", "::/0"}
            sources = [say("anywhere") if cidr in open_to_all else cidr for cidr in each.cidrs]
            sources += [names.get(other, other) for other in each.groups]
            lines.append(say("group", name=group.name, ports=ports, sources=", ".join(sources)))
    return lines


def _panels(scene: Scene) -> list[tuple[str, list[str]]]:
    """The right-hand column: what tasks use and are made from."""
    panels = []
    if scene.table:
        panels.append((say("table"), [scene.table.name]))
    if scene.task_definitions:
        panels.append((say("definitions"), [each.family for each in scene.task_definitions]))
    if scene.roles:
        panels.append((say("roles"), [role.name for role in scene.roles]))
    if scene.log_groups:
        panels.append((say("logs"), list(scene.log_groups)))
    return panels


# --- in a picture ---------------------------------------------------------------------------------


def picture(scene: Scene, name: str = "fb") -> str:
    """The SVG; `name` prefixes its ids."""
    drawing = Drawing(WIDTH)
    heading = f"FrenchBakery · {scene.region}" if scene.region else "FrenchBakery"
    drawing.text(LEFT, 28, heading, "title", width=WIDTH - 2 * LEFT)
    table_y = _draw_right(drawing, scene)
    bottom, cluster_top, orders = _draw_centre(drawing, scene)
    left_bottom = _draw_left(drawing, scene)
    right_bottom = table_y + sum(_panel_height(items) + 14 for _, items in _panels(scene))
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


TOP = 46


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
            drawing.text(LEFT + 36, y + 18, _tags(repository), "soft", width=LEFT_WIDTH - 50)
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
    for title, items in _panels(scene):
        _panel(drawing, RIGHT, y, RIGHT_WIDTH, title, items, kinds[title])
        y += _panel_height(items) + 14
    return float(TOP)


def _draw_centre(drawing: Drawing, scene: Scene) -> tuple[float, float | None, float | None]:
    """Network, load balancer, cluster. Returns the bottom, the cluster's top, and the table user's lane."""
    network, balancer, rows = scene.network, scene.load_balancer, lanes(scene)
    groups = _group_lines(network) if network else []
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


SHOWN = 3  # tasks drawn one by one in a column; more are counted


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


# Before a notebook is trusted, JupyterLab drops styles and SVG tags but not the words inside them: without the
# style the picture stays hidden and the line that counts takes its place.
ONLY_WHEN_TRUSTED = "<style>.fb-picture[hidden]{display:block!important}.fb-instead{display:none}</style>"


def diagram(scene: Scene, name: str = "fb") -> Shown:
    """What a notebook shows: the picture, with the same facts in words folded under it."""
    line = say("line", facts=facts(scene))
    outline = "".join(
        f'<div style="padding-left:{depth * 1.5:g}em">{clean(text)}</div>' for depth, text in words(scene)
    )
    twin = f"<details><summary>{clean(say('in_words'))}</summary>{outline}</details>" if outline else ""
    return Shown(
        line,
        f'{ONLY_WHEN_TRUSTED}<div class="fb-instead">{clean(line)}</div>'
        f'<div class="fb-picture" hidden="hidden">{picture(scene, name)}</div>{twin}',
    )

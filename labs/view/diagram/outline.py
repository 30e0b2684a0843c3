"""The diagram in words: counted in a line, and as an outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.view.diagram.scene import Scene, lanes
from labs.view.diagram.texts import say

if TYPE_CHECKING:
    from labs.inventory import Network, Repository


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
        lines += [(1, f"{each.name} ({tags(each)})") for each in scene.repositories]
    if network := scene.network:
        lines.append((0, say("vpc", cidr=network.cidr)))
        for subnet in network.subnets:
            place = say("public" if subnet.public else "private", cidr=subnet.cidr)
            lines.append((1, f"{say('zone', name=subnet.zone)}, {place}"))
        lines += [(1, line) for line in group_lines(network)]
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
    for title, items in panels(scene):
        lines.append((0, title))
        lines += [(1, item) for item in items]
    return lines


def tags(repository: Repository) -> str:
    """The tags of a repository's images; a word when it has none."""
    return ", ".join(tag for image in repository.images for tag in image.tags) or say("empty")


def group_lines(network: Network) -> list[str]:
    """A line for each permission of each security group: what may come in, and from where."""
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


def panels(scene: Scene) -> list[tuple[str, list[str]]]:
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

"""Requests to the task that has the fewest waiting: judged by the target group's attribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

ATTRIBUTE = "load_balancing.algorithm.type"
USUAL, WANTED = "round_robin", "least_outstanding_requests"
GROUP = "frenchbakery-orders"

say = Texts(
    {
        "title": {"fr": "la file la plus courte", "en": "the shortest queue"},
        "other": {
            "fr": "les requêtes de orders sont réparties par {found}",
            "en": "the requests of orders are spread by {found}",
        },
        "others_too": {
            "fr": "{name} a changé aussi, alors que la consigne s’arrête à orders",
            "en": "{name} has changed too, though the task is about orders only",
        },
        "hint_1": {
            "fr": "La répartition est un attribut du groupe cible, comme le délai de désinscription.",
            "en": "How requests are spread is an attribute of the target group, like the deregistration delay.",
        },
        "hint_2": {
            "fr": "L’attribut s’appelle load_balancing.algorithm.type. L’une de ses valeurs parle de requêtes en attente.",
            "en": "The attribute is called load_balancing.algorithm.type. One of its values speaks of outstanding requests.",
        },
        "hint_3": {
            "fr": "modify_target_group_attributes, valeur least_outstanding_requests, sur frenchbakery-orders seul.",
            "en": "modify_target_group_attributes, value least_outstanding_requests, on frenchbakery-orders alone.",
        },
        "solution": {
            "fr": "Un attribut du groupe cible de orders.",
            "en": "One attribute of orders’ target group.",
        },
    }
)


def look(session: CourseSession) -> Mapping[str, str]:
    """Read how each target group of the shop spreads requests."""
    elbv2 = session.client("elbv2")
    pages = elbv2.get_paginator("describe_target_groups").paginate()
    found = {}
    for group in pages.search("TargetGroups[?starts_with(TargetGroupName, 'frenchbakery-')]"):
        given = elbv2.describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])["Attributes"]
        attributes = {each["Key"]: each["Value"] for each in given}
        found[group["TargetGroupName"]] = attributes.get(ATTRIBUTE, USUAL)
    return found


def attempted(found: Mapping[str, str]) -> bool:
    """Whether any group spreads otherwise than usual."""
    return any(value != USUAL for value in found.values())


def problems(found: Mapping[str, str]) -> Iterator[str]:
    """Orders by the shortest queue, the others as before."""
    for name, value in sorted(found.items()):
        if name == GROUP and value != WANTED:
            yield say("other", found=value)
        if name != GROUP and value != USUAL:
            yield say("others_too", name=name)


def take_the_shortest_queue(lab: Lab) -> None:
    """Send each order to the task that has the fewest requests waiting."""
    elbv2 = lab.session.client("elbv2")
    [group] = elbv2.describe_target_groups(Names=["frenchbakery-orders"])["TargetGroups"]
    elbv2.modify_target_group_attributes(
        TargetGroupArn=group["TargetGroupArn"],
        Attributes=[{"Key": "load_balancing.algorithm.type", "Value": "least_outstanding_requests"}],
    )


CHALLENGE = Challenge("lab-waiting", attempted, problems, say, (take_the_shortest_queue,), look=look)

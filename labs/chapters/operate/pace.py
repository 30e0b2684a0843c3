"""A roll-out that takes one more task and never one less: judged by floor and ceiling, whatever the percentages."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters import tasks
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

USUAL = (100, 200)  # minimum healthy percent, maximum percent

say = Texts(
    {
        "title": {"fr": "une tâche à la fois", "en": "one task at a time"},
        "floor": {
            "fr": "pendant une livraison, reviews pourrait ne garder que {floor} tâche(s) saine(s) sur {desired}",
            "en": "during a release, reviews might keep only {floor} healthy task(s) of {desired}",
        },
        "ceiling": {
            "fr": "pendant une livraison, reviews pourrait monter à {ceiling} tâches pour {desired} demandées",
            "en": "during a release, reviews might go up to {ceiling} tasks for {desired} asked for",
        },
        "stuck": {
            "fr": "aucune livraison de reviews ne pourrait avancer : pas une tâche de plus, pas une de moins",
            "en": "no release of reviews could move: not one task more, not one less",
        },
        "breaker": {
            "fr": "reviews a perdu son disjoncteur en chemin",
            "en": "reviews has lost its circuit breaker on the way",
        },
        "hint_1": {
            "fr": "Deux pourcentages du nombre voulu : ce qui doit rester en bonne santé, et ce qui peut exister à la fois.",
            "en": "Two percentages of the desired count: what must stay healthy, and what may exist at one time.",
        },
        "hint_2": {
            "fr": "Les deux bornes sont des pourcentages du nombre voulu : ici, trois tâches pour deux. Et update_service remplace toute la "
            "deploymentConfiguration que vous lui donnez.",
            "en": "Both bounds are percentages of the desired number: here, three tasks for two. And update_service replaces the whole of the "
            "deploymentConfiguration that you give it.",
        },
        "hint_3": {
            "fr": "minimumHealthyPercent=100, maximumPercent=150, et deploymentCircuitBreaker encore une fois.",
            "en": "minimumHealthyPercent=100, maximumPercent=150, and deploymentCircuitBreaker once more.",
        },
        "solution": {
            "fr": "Un update_service qui redonne toute la configuration de déploiement.",
            "en": "An update_service that gives the whole deployment configuration again.",
        },
    }
)


@dataclass(frozen=True)
class Rules:
    """What the challenge looks at: how reviews may be deployed."""

    desired: int
    least: int  # minimumHealthyPercent
    most: int  # maximumPercent
    breaker: bool

    @property
    def floor(self) -> int:
        """Healthy tasks that a roll-out keeps."""
        return math.ceil(self.desired * self.least / 100)

    @property
    def ceiling(self) -> int:
        """Tasks that a roll-out may have at one time."""
        return math.floor(self.desired * self.most / 100)


def look(session: CourseSession) -> Rules | None:
    """Read how reviews is deployed; None when there is no such service."""
    found = tasks.service(session, "frenchbakery", "reviews")
    if found is None:
        return None
    rules = found["deploymentConfiguration"]
    return Rules(
        found["desiredCount"],
        rules["minimumHealthyPercent"],
        rules["maximumPercent"],
        rules.get("deploymentCircuitBreaker", {}).get("enable", False),
    )


def attempted(found: Rules | None) -> bool:
    """Whether anything but the usual percentages is set."""
    return found is not None and (found.least, found.most) != USUAL


def problems(found: Rules) -> Iterator[str]:
    """All of the desired tasks healthy, one task more at the most, and the circuit breaker still there."""
    if found.floor < found.desired:
        yield say("floor", floor=found.floor, desired=found.desired)
    if found.ceiling > found.desired + 1:
        yield say("ceiling", ceiling=found.ceiling, desired=found.desired)
    if found.floor >= found.desired >= found.ceiling:
        yield say("stuck")
    if not found.breaker:
        yield say("breaker")


def set_the_pace(lab: Lab) -> None:
    """Let a roll-out of reviews have one task more, and none less."""
    ecs = lab.session.client("ecs")
    ecs.update_service(
        cluster="frenchbakery",
        service="reviews",
        deploymentConfiguration={
            "minimumHealthyPercent": 100,
            "maximumPercent": 150,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        },
    )


CHALLENGE = Challenge("operate-pace", attempted, problems, say, (set_the_pace,), look=look)

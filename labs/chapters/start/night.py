"""A service at rest: no task, but the service is still there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters.start.ground import CLUSTER
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

say = Texts(
    {
        "title": {"fr": "les avis ferment pour la nuit", "en": "the reviews close for the night"},
        "deleted": {
            "fr": "le service reviews n’existe plus : demain matin, il faudrait le recréer",
            "en": "the service reviews is gone: tomorrow morning it would have to be created again",
        },
        "desired": {
            "fr": "reviews veut encore {found} tâche(s)",
            "en": "reviews still wants {found} task(s)",
        },
        "running": {
            "fr": "{found} tâche(s) de reviews tourne(nt) encore",
            "en": "{found} task(s) of reviews still run(s)",
        },
        "hint_1": {
            "fr": "Arrêter une tâche ne suffit pas : le service la remplace. C’est à lui qu’il faut parler.",
            "en": "Stopping a task is not enough, for the service replaces it. It is the service that has to be told.",
        },
        "hint_2": {
            "fr": "Un service peut très bien ne vouloir aucune tâche.",
            "en": "A service may very well want no task at all.",
        },
        "hint_3": {
            "fr": "ecs.update_service avec desiredCount=0, puis le waiter services_stable.",
            "en": "ecs.update_service with desiredCount=0, then the services_stable waiter.",
        },
        "solution": {
            "fr": "Zéro tâche voulue, et attendre que la dernière soit partie.",
            "en": "No task wanted, and wait until the last one has left.",
        },
    }
)


@dataclass(frozen=True)
class Night:
    """Tasks wanted and running of the reviews; None and zero when the service was deleted."""

    desired: int | None
    running: int


def look(session: CourseSession) -> Night | None:
    """The service of the reviews; None while it is open, or where there is no shop at all."""
    ecs = session.client("ecs")
    try:
        known = ecs.describe_services(cluster=CLUSTER, services=["products", "reviews"])["services"]
    except ecs.exceptions.ClusterNotFoundException:
        return None
    services = {service["serviceName"]: service for service in known}
    if "reviews" not in services or services["products"]["status"] != "ACTIVE":
        return None
    found = services["reviews"]
    if found["status"] != "ACTIVE":
        return Night(None, found["runningCount"])
    untouched = found["desiredCount"] == found["runningCount"] == 1
    return None if untouched else Night(found["desiredCount"], found["runningCount"])


def attempted(found: Night | None) -> bool:
    """Whether anything was changed."""
    return found is not None


def problems(found: Night) -> Iterator[str]:
    """The service is there, wants no task, and has none."""
    if found.desired is None:
        yield say("deleted")
    elif found.desired:
        yield say("desired", found=found.desired)
    elif found.running:
        yield say("running", found=found.running)


def close(lab: Lab) -> None:
    """Let the service want nothing and wait for its last task to go."""
    ecs = lab.session.client("ecs")
    ecs.update_service(cluster="frenchbakery", service="reviews", desiredCount=0)
    ecs.get_waiter("services_stable").wait(
        cluster="frenchbakery", services=["reviews"], WaiterConfig={"Delay": 1, "MaxAttempts": 600}
    )


CHALLENGE = Challenge("start-night", attempted, problems, say, (close,), look=look)

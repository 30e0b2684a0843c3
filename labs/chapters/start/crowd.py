"""More tasks behind the catalogue: judged by what the service wants, what runs and what gets requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.chapters.start.services import Service, service
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

WANTED = 3

say = Texts(
    {
        "title": {"fr": "trois tâches pour le catalogue", "en": "three tasks for the catalogue"},
        "desired": {
            "fr": "le service products veut {found} tâche(s) au lieu de {wanted}",
            "en": "the service products wants {found} task(s) instead of {wanted}",
        },
        "running": {
            "fr": "products veut {wanted} tâches, {found} tourne(nt)",
            "en": "products wants {wanted} tasks, {found} run(s)",
        },
        "healthy": {
            "fr": "{found} tâche(s) de products sur {wanted} reçoivent des requêtes",
            "en": "{found} of {wanted} tasks of products get requests",
        },
        "hint_1": {
            "fr": "On ne lance pas ces tâches soi-même : on dit au service combien il doit en tenir.",
            "en": "You do not start these tasks yourself: you tell the service how many to keep.",
        },
        "hint_2": {
            "fr": "ECS a un appel qui modifie un service existant ; le nombre voulu s’y appelle desiredCount.",
            "en": "ECS has a call that changes an existing service; the number wanted is its desiredCount.",
        },
        "hint_3": {
            "fr": "ecs.update_service(cluster=…, service=…, desiredCount=…), puis le waiter services_stable.",
            "en": "ecs.update_service(cluster=…, service=…, desiredCount=…), then the services_stable waiter.",
        },
        "solution": {
            "fr": "Changer le nombre voulu, attendre que le service soit stable et que l’équilibreur le sache.",
            "en": "Change the number wanted; wait until the service is stable and the load balancer knows.",
        },
    }
)


def look(session: CourseSession) -> Service | None:
    """The service of the catalogue; None while it has as many tasks as at first."""
    found = service(session, "products")
    return found if found and found.desired != 1 else None


def attempted(found: Service | None) -> bool:
    """Whether the number wanted has been changed."""
    return found is not None


def problems(found: Service) -> Iterator[str]:
    """Three wanted, three running, three that get requests."""
    if found.desired != WANTED:
        yield say("desired", found=found.desired, wanted=WANTED)
    elif found.running != WANTED:
        yield say("running", found=found.running, wanted=WANTED)
    elif found.healthy != WANTED:
        yield say("healthy", found=found.healthy, wanted=WANTED)


def scale_out(lab: Lab) -> None:
    """Ask for three tasks and wait until they get requests."""
    ecs, elbv2 = (lab.session.client(name) for name in ("ecs", "elbv2"))
    ecs.update_service(cluster="frenchbakery", service="products", desiredCount=3)
    ecs.get_waiter("services_stable").wait(
        cluster="frenchbakery", services=["products"], WaiterConfig={"Delay": 1, "MaxAttempts": 600}
    )
    [target] = elbv2.describe_target_groups(Names=["frenchbakery-products"])["TargetGroups"]
    elbv2.get_waiter("target_in_service").wait(
        TargetGroupArn=target["TargetGroupArn"], WaiterConfig={"Delay": 1, "MaxAttempts": 240}
    )


CHALLENGE = Challenge("start-crowd", attempted, problems, say, (scale_out,), look=look)

"""A service cut to its size: judged by what it uses, and by the tasks that run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labs.chapters import tasks
from labs.chapters.operations.ground import FIRST_SIZE, NAME
from labs.checks.model import Challenge
from labs.fargate import cheapest, hourly
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

SERVICE = "reviews"
CPU, MEMORY = 200, 400  # CPU units and MiB that the reviews take on the busiest day of the year

say = Texts(
    {
        "title": {"fr": "les avis, taillés à leur mesure", "en": "the reviews, cut to size"},
        "old_size": {
            "fr": "des tâches d’une autre taille tournent encore : {sizes}",
            "en": "tasks of another size are still running: {sizes}",
        },
        "nothing": {
            "fr": "aucune tâche du service ne tourne",
            "en": "no task of the service is running",
        },
        "too_small": {
            "fr": "{cpu} unités et {memory} Mio ne suffisent pas au jour le plus chargé",
            "en": "{cpu} units and {memory} MiB are not enough for the busiest day",
        },
        "too_large": {
            "fr": "{cpu} unités et {memory} Mio coûtent plus que la taille qui suffit",
            "en": "{cpu} units and {memory} MiB cost more than the size that is enough",
        },
        "hint_1": {
            "fr": "La taille est dans la définition, pas dans le service : il faut une nouvelle révision, puis dire au service de la prendre.",
            "en": "The size is in the definition, not in the service: it takes a new revision, then telling the service to take it.",
        },
        "hint_2": {
            "fr": "labs.fargate.cheapest(200, 400) donne la plus petite taille qui suffit.",
            "en": "labs.fargate.cheapest(200, 400) gives the smallest size that is enough.",
        },
        "hint_3": {
            "fr": "register_task_definition avec cpu 256 et memory 512, update_service avec cette révision, puis le waiter services_stable.",
            "en": "register_task_definition with cpu 256 and memory 512, update_service with that revision, then the waiter services_stable.",
        },
        "solution": {
            "fr": "Le service remplace ses tâches sans s’arrêter ; la facture baisse dès que l’ancienne est partie.",
            "en": "The service replaces its tasks without a stop; the bill goes down as soon as the old one is gone.",
        },
    }
)


@dataclass(frozen=True)
class Service:
    """The size that the service asks for, and those of its running tasks: CPU units and MiB."""

    wanted: tuple[int, int]
    running: tuple[tuple[int, int], ...]


def look(session: CourseSession) -> Service | None:
    """Read the service, its definition and its tasks; None when there is no such service."""
    found = tasks.of_service(session, NAME, SERVICE)
    if found is None:
        return None
    service, running = found
    ecs = session.client("ecs")
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    return Service(_size(definition), tuple(map(_size, running)))


def _size(described: dict[str, Any]) -> tuple[int, int]:
    """CPU units and MiB of a definition or a task; zero where it reserves none, as EC2 allows."""
    return int(described.get("cpu") or 0), int(described.get("memory") or 0)


def attempted(found: Service | None) -> bool:
    """Whether the service has another size than the one it was given at first."""
    return found is not None and found.wanted != FIRST_SIZE


def problems(found: Service) -> Iterator[str]:
    """Large enough, no dearer than it must be, and that is what runs."""
    cpu, memory = found.wanted
    if cpu < CPU or memory < MEMORY:
        yield say("too_small", cpu=cpu, memory=memory)
    elif hourly(cpu, memory) > hourly(*cheapest(CPU, MEMORY)):
        yield say("too_large", cpu=cpu, memory=memory)
    if not found.running:
        yield say("nothing")
    others = sorted({f"{units}/{mib}" for units, mib in found.running if (units, mib) != found.wanted})
    if others:
        yield say("old_size", sizes=", ".join(others))


def cut_reviews(lab: Lab) -> None:
    """Register the same definition in the size that is enough, and roll it out."""
    from labs.fargate import cheapest

    ecs = lab.session.client("ecs")
    cpu, memory = cheapest(200, 400)
    [service] = ecs.describe_services(cluster="operations", services=["reviews"])["services"]
    found = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    if (found["cpu"], found["memory"]) != (str(cpu), str(memory)):
        kept = (
            "family",
            "networkMode",
            "requiresCompatibilities",
            "executionRoleArn",
            "containerDefinitions",
        )
        revision = ecs.register_task_definition(
            cpu=str(cpu), memory=str(memory), **{key: found[key] for key in kept}
        )["taskDefinition"]
        ecs.update_service(
            cluster="operations", service="reviews", taskDefinition=revision["taskDefinitionArn"]
        )
    ecs.get_waiter("services_stable").wait(
        cluster="operations", services=["reviews"], WaiterConfig={"Delay": 1, "MaxAttempts": 300}
    )


CHALLENGE = Challenge("operations-reviews", attempted, problems, say, (cut_reviews,), look=look)

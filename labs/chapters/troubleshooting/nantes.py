"""Nantes: the container's memory limit is below what the program takes to start."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from labs.chapters.troubleshooting import town
from labs.chapters.troubleshooting.town import Town
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

MOST = 1024  # MiB: far beyond what the program takes

say = Texts(
    {
        "title": {"fr": "Nantes ouvre", "en": "Nantes opens"},
        "waste": {
            "fr": "{memory} Mio pour la tâche : le programme en prend moins d’un dixième",
            "en": "{memory} MiB for the task: the program takes less than a tenth of it",
        },
        "hint_1": {
            "fr": "137, c’est 128 + 9 : le programme n’est pas sorti, on l’a tué. La raison est écrite sur le conteneur, pas sur la tâche.",
            "en": "137 is 128 + 9: the program did not leave, it was killed. The reason is written on the container, not on the task.",
        },
        "hint_2": {
            "fr": "La tâche a 512 Mio ; le conteneur, lui, a une limite à part, dans sa définition. Comparez-la à ce que prend un serveur web en Python.",
            "en": "The task has 512 MiB; the container has a limit of its own, in its definition. Compare it with what a web server in Python takes.",
        },
        "hint_3": {
            "fr": 'revise("nantes", memory=128) : une nouvelle révision, que le service adopte. Sans limite propre, le conteneur aurait les 512 Mio de la tâche.',
            "en": 'revise("nantes", memory=128): a new revision, which the service takes up. Without a limit of its own the container would have the task’s 512 MiB.',
        },
        "solution": {
            "fr": "Une révision de plus avec 128 Mio pour le conteneur, et le service qui l’adopte.",
            "en": "One more revision with 128 MiB for the container, and the service that takes it up.",
        },
    }
)


def problems(found: Town) -> Iterator[str]:
    """Nantes is served, without paying for memory that nothing uses."""
    yield from town.problems(found)
    if int(found.task_memory) > MOST:
        yield say("waste", memory=found.task_memory)


def give_memory(lab: Lab) -> None:
    """Register a revision with enough memory and give it to the service."""
    ecs, elbv2 = (lab.session.client(name) for name in ("ecs", "elbv2"))
    definition = ecs.describe_task_definition(taskDefinition="troubleshooting-nantes")["taskDefinition"]
    [container] = definition["containerDefinitions"]
    kept = ("family", "requiresCompatibilities", "networkMode", "cpu", "memory", "executionRoleArn")
    new = ecs.register_task_definition(
        **{key: definition[key] for key in kept},
        containerDefinitions=[container | {"memory": 128}],
    )["taskDefinition"]
    ecs.update_service(cluster="troubleshooting", service="nantes", taskDefinition=new["taskDefinitionArn"])
    patience = {"Delay": 1, "MaxAttempts": 300}
    ecs.get_waiter("services_stable").wait(
        cluster="troubleshooting", services=["nantes"], WaiterConfig=patience
    )
    [target] = elbv2.describe_target_groups(Names=["troubleshooting-nantes"])["TargetGroups"]
    elbv2.get_waiter("target_in_service").wait(TargetGroupArn=target["TargetGroupArn"], WaiterConfig=patience)


CHALLENGE = Challenge(
    "troubleshooting-nantes",
    town.attempted,
    problems,
    say,
    (give_memory,),
    look=partial(town.look, name="nantes"),
)

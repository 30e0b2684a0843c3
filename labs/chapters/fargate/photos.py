"""A task with room for its work: judged by the scratch disk of its definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.chapters.fargate import definitions
from labs.chapters.fargate.definitions import Definition
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

FAMILY = "fargate-photos"
NEEDED = 60  # GiB

say = Texts(
    {
        "title": {"fr": "la place pour les photos", "en": "room for the photographs"},
        "too_small": {
            "fr": "la tâche a {found} Gio de disque ; les photos en demandent {needed}",
            "en": "the task has {found} GiB of disk; the photographs take {needed}",
        },
        "too_large": {
            "fr": "la tâche a {found} Gio de disque, et {needed} suffisent : le reste est payé pour rien",
            "en": "the task has {found} GiB of disk, and {needed} are enough: the rest is paid for nothing",
        },
        "hint_1": {
            "fr": "Le disque d’une tâche se demande dans sa définition, au même niveau que son processeur et sa mémoire.",
            "en": "A task’s disk is asked for in its definition, on the level of its CPU and memory.",
        },
        "hint_2": {
            "fr": "Le paramètre s’appelle ephemeralStorage ; c’est un dictionnaire à une seule clé.",
            "en": "The parameter is called ephemeralStorage; it is a dictionary with a single key.",
        },
        "hint_3": {
            "fr": 'ephemeralStorage vaut {{"sizeInGiB": 60}}.',
            "en": 'ephemeralStorage is {{"sizeInGiB": 60}}.',
        },
        "solution": {
            "fr": "La taille demandée est celle du disque entier : les Gio compris d’office en font partie.",
            "en": "The size asked for is that of the whole disk: the GiB that come with every task are part of it.",
        },
    }
)


def problems(found: Definition) -> Iterator[str]:
    """The disk needed and no more."""
    if found.scratch < NEEDED:
        yield say("too_small", found=found.scratch, needed=NEEDED)
    if found.scratch > NEEDED:
        yield say("too_large", found=found.scratch, needed=NEEDED)


def register_photos(lab: Lab) -> None:
    """Register a definition with 60 GiB of scratch disk."""
    ecr, ecs, iam = (lab.session.client(name) for name in ("ecr", "ecs", "iam"))
    [repository] = ecr.describe_repositories(repositoryNames=["fargate/products"])["repositories"]
    ecs.register_task_definition(
        family="fargate-photos",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="1024",
        memory="2048",
        ephemeralStorage={"sizeInGiB": 60},
        executionRoleArn=iam.get_role(RoleName="fargate-execution")["Role"]["Arn"],
        containerDefinitions=[{"name": "photos", "image": f"{repository['repositoryUri']}:1.0"}],
    )


CHALLENGE = definitions.challenge(FAMILY, problems, say, register_photos)

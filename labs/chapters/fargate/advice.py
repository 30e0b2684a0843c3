"""The cheapest definition that still does the work: judged by its size and its processor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.chapters.fargate import definitions
from labs.chapters.fargate.definitions import Definition
from labs.fargate import cheapest, hourly
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

FAMILY = "fargate-advice"
CPU, MEMORY = 410, 6144  # CPU units (0.4 vCPU, rounded up) and MiB that the program takes at its busiest

say = Texts(
    {
        "title": {"fr": "la définition la moins chère", "en": "the cheapest definition"},
        "little_cpu": {
            "fr": "la tâche n’a pas assez de processeur pour son programme",
            "en": "the task has too little CPU for its program",
        },
        "little_memory": {
            "fr": "la tâche n’a pas assez de mémoire pour son programme",
            "en": "the task has too little memory for its program",
        },
        "dear_size": {
            "fr": "une taille plus petite suffirait au programme",
            "en": "a smaller size would do for the program",
        },
        "dear_processor": {
            "fr": "la tâche tourne sur le plus cher des deux processeurs",
            "en": "the task runs on the dearer of the two processors",
        },
        "hint_1": {
            "fr": "Toutes les tailles qui ont assez de processeur n’ont pas assez de mémoire. Le sélecteur de tailles montre lesquelles existent.",
            "en": "Not every size that has enough CPU has enough memory. The size picker shows which ones exist.",
        },
        "hint_2": {
            "fr": "Avec 512 unités de processeur, la mémoire s’arrête à 4 Go. Quant au processeur, il se choisit dans runtimePlatform.",
            "en": "With 512 CPU units, memory stops at 4 GB. As for the processor, it is chosen in runtimePlatform.",
        },
        "hint_3": {
            "fr": 'cpu vaut 1024, memory vaut 6144, et runtimePlatform {{"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}}.',
            "en": 'cpu is 1024, memory is 6144, and runtimePlatform {{"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}}.',
        },
        "solution": {
            "fr": "La mémoire décide de la taille, et l’architecture du prix.",
            "en": "Memory decides on the size, and the architecture on the price.",
        },
    }
)


def problems(found: Definition) -> Iterator[str]:
    """Large enough, and no dearer than it must be."""
    if found.cpu < CPU:
        yield say("little_cpu")
    if found.memory < MEMORY:
        yield say("little_memory")
    if hourly(found.cpu, found.memory) > hourly(*cheapest(CPU, MEMORY)):
        yield say("dear_size")
    if not found.arm:
        yield say("dear_processor")


def register_advice(lab: Lab) -> None:
    """Register the smallest size with enough memory, on Graviton."""
    ecr, ecs, iam = (lab.session.client(name) for name in ("ecr", "ecs", "iam"))
    [repository] = ecr.describe_repositories(repositoryNames=["fargate/products"])["repositories"]
    ecs.register_task_definition(
        family="fargate-advice",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="1024",
        memory="6144",
        runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        executionRoleArn=iam.get_role(RoleName="fargate-execution")["Role"]["Arn"],
        containerDefinitions=[{"name": "advice", "image": f"{repository['repositoryUri']}:1.0"}],
    )


CHALLENGE = definitions.challenge(FAMILY, problems, say, register_advice)

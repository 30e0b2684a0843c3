"""Notebook 01, containers: a workshop folder, and a place to push images to and run tasks in."""

from __future__ import annotations

from labs.chapters.containers import digest, dockerfile, image, memory, stop
from labs.chapters.containers.ground import (
    create_cluster,
    create_network,
    create_role,
    delete_network,
    delete_repositories,
    delete_role,
    delete_tasks,
    delete_workshop,
    write_workshop,
)
from labs.chapters.model import Chapter
from labs.learner import Texts

say = Texts(
    {
        "ready": {
            "fr": "Tout est prêt : un dossier « workshop », un cluster vide, un réseau, un rôle d’exécution.",
            "en": "All is ready: a folder “workshop”, an empty cluster, a network, an execution role.",
        },
        "cleaned": {
            "fr": "Le cahier a rangé derrière lui : tâches, définitions, dépôts, cluster, rôle, réseau et dossier.",
            "en": "The notebook has tidied up: tasks, definitions, repositories, cluster, role, network and folder.",
        },
    }
)

CHAPTER = Chapter(
    "containers",
    say,
    prepare=(write_workshop, create_cluster, create_role, create_network),
    clean=(delete_tasks, delete_repositories, delete_role, delete_network, delete_workshop),
    challenges=(
        dockerfile.CHALLENGE,
        image.CHALLENGE,
        digest.CHALLENGE,
        memory.CHALLENGE,
        stop.CHALLENGE,
    ),
)

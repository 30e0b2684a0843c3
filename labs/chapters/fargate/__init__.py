"""Notebook 04, Fargate: a cluster with both of its capacity providers, an image, and a network to run tasks in."""

from __future__ import annotations

from labs.chapters.fargate import advice, labels, photos, reviews
from labs.chapters.fargate.ground import (
    create_cluster,
    create_network,
    create_role,
    delete_network,
    delete_services,
    delete_the_rest,
    push_image,
)
from labs.chapters.model import Chapter
from labs.learner import Texts

say = Texts(
    {
        "ready": {
            "fr": "Tout est prêt : un cluster, une image, un rôle d’exécution, deux sous-réseaux dans deux zones.",
            "en": "All is ready: a cluster, an image, an execution role, two subnets in two zones.",
        },
        "cleaned": {
            "fr": "Le cahier a rangé derrière lui : services, tâches, définitions, cluster, image, rôle, journaux, réseau.",
            "en": "The notebook has tidied up: services, tasks, definitions, cluster, image, role, logs, network.",
        },
    }
)

CHAPTER = Chapter(
    "fargate",
    say,
    prepare=(create_cluster, create_role, push_image, create_network),
    clean=(delete_services, delete_the_rest, delete_network),
    challenges=(photos.CHALLENGE, reviews.CHALLENGE, labels.CHALLENGE, advice.CHALLENGE),
)

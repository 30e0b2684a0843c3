"""Notebook 03, ECS: a cluster, an image, roles, and a network with a public and a private side."""

from __future__ import annotations

from labs.chapters.ecs import dawn, labels, night, recipe, steam, vault
from labs.chapters.ecs.ground import (
    create_cluster,
    create_network,
    create_roles,
    delete_cluster,
    delete_network,
    delete_roles,
    delete_rules,
    delete_the_rest,
    push_image,
    register_night,
    store_recipe,
)
from labs.chapters.model import Chapter
from labs.learner import Texts

say = Texts(
    {
        "ready": {
            "fr": "Tout est prêt : un cluster vide, une image, des rôles, deux sous-réseaux publics et un privé, une recette.",
            "en": "All is ready: an empty cluster, an image, roles, two public subnets and a private one, a recipe.",
        },
        "cleaned": {
            "fr": "Le cahier a rangé derrière lui : règles, tâches, instances, définitions, cluster, image, rôles, journaux, réseau.",
            "en": "The notebook has tidied up: rules, tasks, instances, definitions, cluster, image, roles, logs, network.",
        },
    }
)

CHAPTER = Chapter(
    "ecs",
    say,
    prepare=(create_cluster, create_roles, push_image, create_network, store_recipe, register_night),
    clean=(delete_rules, delete_cluster, delete_roles, delete_the_rest, delete_network),
    challenges=(
        labels.CHALLENGE,
        night.CHALLENGE,
        steam.CHALLENGE,
        dawn.CHALLENGE,
        vault.CHALLENGE,
        recipe.CHALLENGE,
    ),
)

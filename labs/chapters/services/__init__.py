"""Notebook 03b, ECS services: a cluster, an image, an entrance in two zones, and one service that runs already."""

from __future__ import annotations

from labs.chapters.model import Chapter
from labs.chapters.services import archive, labels, orders, saturday, window
from labs.chapters.services.ground import (
    create_cluster,
    create_entrance,
    create_network,
    create_pool_template,
    create_role,
    create_window,
    delete_capacity,
    delete_entrance,
    delete_network,
    delete_scaling,
    delete_services,
    delete_stacks,
    delete_the_rest,
    push_image,
)
from labs.learner import Texts

say = Texts(
    {
        "ready": {
            "fr": "Tout est prêt : un cluster, une image, un rôle d’exécution, un équilibreur de charge sur deux zones, un modèle de lancement, et le service « window » qui tourne déjà.",
            "en": "All is ready: a cluster, an image, an execution role, a load balancer over two zones, a launch template, and the service “window”, running already.",
        },
        "cleaned": {
            "fr": "Le cahier a rangé derrière lui : piles, services, alarmes, instances, cluster, équilibreur de charge, image, rôles, réseau.",
            "en": "The notebook has tidied up: stacks, services, alarms, instances, cluster, load balancer, image, roles, network.",
        },
    }
)

CHAPTER = Chapter(
    "services",
    say,
    prepare=(
        create_cluster,
        create_role,
        push_image,
        create_network,
        create_entrance,
        create_window,
        create_pool_template,
    ),
    clean=(
        delete_stacks,
        delete_scaling,
        delete_services,
        delete_capacity,
        delete_entrance,
        delete_the_rest,
        delete_network,
    ),
    challenges=(
        orders.CHALLENGE,
        labels.CHALLENGE,
        window.CHALLENGE,
        saturday.CHALLENGE,
        archive.CHALLENGE,
    ),
)

"""Notebook 07, operations: a cluster, an image, a network, and a load balancer for the service to be watched."""

from __future__ import annotations

from labs.chapters.model import Chapter
from labs.chapters.operations import errors, labels, orders, payments, reviews
from labs.chapters.operations.ground import (
    create_cluster,
    create_load_balancer,
    create_network,
    create_reviews,
    create_role,
    delete_load_balancer,
    delete_network,
    delete_services,
    delete_signals,
    delete_the_rest,
    push_image,
)
from labs.learner import Texts

say = Texts(
    {
        "ready": {
            "fr": "Tout est prêt : un cluster, une image, un rôle d’exécution, deux sous-réseaux, un équilibreur de charge, et le service des avis qui tourne.",
            "en": "All is ready: a cluster, an image, an execution role, two subnets, a load balancer, and the reviews service running.",
        },
        "cleaned": {
            "fr": "Le cahier a rangé derrière lui : services, alarmes, règle, secrets, équilibreur de charge, image, rôles, journaux, réseau.",
            "en": "The notebook has tidied up: services, alarms, rule, secrets, load balancer, image, roles, logs, network.",
        },
    }
)

CHAPTER = Chapter(
    "operations",
    say,
    prepare=(create_cluster, create_role, push_image, create_network, create_load_balancer, create_reviews),
    clean=(delete_services, delete_load_balancer, delete_signals, delete_the_rest, delete_network),
    challenges=(
        payments.CHALLENGE,
        errors.CHALLENGE,
        labels.CHALLENGE,
        orders.CHALLENGE,
        reviews.CHALLENGE,
    ),
)

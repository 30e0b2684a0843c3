"""Notebook 06c: five stacks that were released broken, to be diagnosed and mended one by one."""

from __future__ import annotations

from labs.chapters.model import Chapter
from labs.chapters.troubleshooting import brest, dijon, lille, lyon, nantes
from labs.chapters.troubleshooting.ground import (
    create_cluster,
    create_load_balancer,
    create_network,
    delete_load_balancer,
    delete_nat_gateways,
    delete_network,
    delete_services,
    delete_the_rest,
    push_image,
)
from labs.chapters.troubleshooting.release import release
from labs.learner import Texts

say = Texts(
    {
        "ready": {
            "fr": "Tout est prêt : un cluster, une image, un réseau dans deux zones, un équilibreur de charge.",
            "en": "All is ready: a cluster, an image, a network in two zones, a load balancer.",
        },
        "cleaned": {
            "fr": "Le cahier a rangé derrière lui : services, équilibreur, image, rôles, journaux, réseau, et ce que vos réparations avaient ajouté.",
            "en": "The notebook has tidied up: services, load balancer, image, roles, logs, network, and what your mends had added.",
        },
    }
)

CHAPTER = Chapter(
    "troubleshooting",
    say,
    prepare=(create_cluster, push_image, create_network, create_load_balancer),
    clean=(delete_services, delete_load_balancer, delete_nat_gateways, delete_the_rest, delete_network),
    challenges=(lille.CHALLENGE, brest.CHALLENGE, nantes.CHALLENGE, lyon.CHALLENGE, dijon.CHALLENGE),
)

__all__ = ["CHAPTER", "release"]

"""Notebook 05, Kubernetes and EKS: the network and the roles that a cluster needs; the notebook makes the cluster."""

from __future__ import annotations

from labs.chapters.eks import auditor, night, orders, payments
from labs.chapters.eks.ground import (
    create_network,
    create_roles,
    delete_cluster,
    delete_network,
    delete_roles,
)
from labs.chapters.model import Chapter
from labs.learner import Texts

say = Texts(
    {
        "ready": {
            "fr": "Tout est prêt : quatre sous-réseaux dans deux zones, et les rôles dont le cluster aura besoin.",
            "en": "All is ready: four subnets in two zones, and the roles that the cluster will need.",
        },
        "cleaned": {
            "fr": "Le cahier a rangé derrière lui : cluster, nœuds, profils, rôles, réseau.",
            "en": "The notebook has tidied up: cluster, nodes, profiles, roles, network.",
        },
    }
)

CHAPTER = Chapter(
    "eks",
    say,
    prepare=(create_roles, create_network),
    clean=(delete_cluster, delete_roles, delete_network),
    challenges=(night.CHALLENGE, payments.CHALLENGE, auditor.CHALLENGE, orders.CHALLENGE),
)

"""Step 3: the cluster, on Fargate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.checks.model import Step
from labs.inventory import Cluster
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

say = Texts(
    {
        "title": {"fr": "le cluster", "en": "the cluster"},
        "inactive": {
            "fr": "le cluster {name} est dans l’état {status}",
            "en": "the cluster {name} is in state {status}",
        },
        "no_fargate": {
            "fr": "le cluster {name} n’a aucun fournisseur de capacité sans serveur à administrer",
            "en": "the cluster {name} has no capacity provider that needs no servers to manage",
        },
        "hint_1": {
            "fr": "Un cluster est un nom sous lequel on range des services, et de quoi les faire tourner.",
            "en": "A cluster is a name to keep services under, and something to run them on.",
        },
        "hint_2": {
            "fr": "L’appel est create_cluster, du client « ecs ». Ce qui fait tourner les tâches s’appelle un "
            "fournisseur de capacité.",
            "en": "The call is create_cluster, of the “ecs” client. What runs the tasks is called a capacity "
            "provider.",
        },
        "hint_3": {
            "fr": "clusterName vaut « frenchbakery » ; capacityProviders contient « FARGATE ».",
            "en": "clusterName is “frenchbakery”; capacityProviders contains “FARGATE”.",
        },
        "solution": {
            "fr": "create_cluster rend le cluster existant quand le nom est déjà pris : l’appel se répète sans "
            "risque.",
            "en": "create_cluster gives back the existing cluster when the name is taken: repeating the call "
            "is safe.",
        },
    }
)


def attempted(cluster: Cluster | None) -> bool:
    """Whether the cluster exists."""
    return cluster is not None


def problems(cluster: Cluster) -> Iterator[str]:
    """Active, with a Fargate capacity provider."""
    if cluster.status != "ACTIVE":
        yield say("inactive", name=cluster.name, status=cluster.status)
    if "FARGATE" not in cluster.capacity_providers:
        yield say("no_fargate", name=cluster.name)


def create_cluster(lab: Lab) -> None:
    """Create the cluster."""
    ecs = lab.session.client("ecs")
    ecs.create_cluster(clusterName="frenchbakery", capacityProviders=["FARGATE", "FARGATE_SPOT"])


STEP = Step("cluster", attempted, problems, say, (create_cluster,), reads=("cluster",))

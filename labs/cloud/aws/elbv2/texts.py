"""What the load balancers' part of the narration says."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "initial": {
            "fr": "{target} rejoint le groupe cible {group} : premiers contrôles de santé en cours.",
            "en": "{target} joined target group {group}: first health checks under way.",
        },
        "healthy": {
            "fr": "{target} est saine dans {group} (contrôles réussis de suite : {checks}) : elle reçoit des requêtes.",
            "en": "{target} is healthy in {group} (checks passed in a row: {checks}): it gets requests.",
        },
        "unhealthy": {
            "fr": "{target} est défaillante dans {group} (contrôles manqués de suite : {checks} ; {why}) : elle ne reçoit "
            "plus de requêtes tant que d’autres sont saines.",
            "en": "{target} is unhealthy in {group} (checks failed in a row: {checks}; {why}): it gets no "
            "requests while others are healthy.",
        },
        "draining": {
            "fr": "{target} quitte {group} : plus de nouvelle requête, celles en cours ont {delay} s pour finir.",
            "en": "{target} is leaving {group}: no new requests, those under way have {delay} s to end.",
        },
        "unused": {
            "fr": "{target} attend dans {group}, qu’aucun écouteur n’utilise ou dont l’instance est arrêtée.",
            "en": "{target} waits in {group}: no listener uses the group, or the instance is stopped.",
        },
        "listener-not-served": {
            "fr": "L’écouteur {protocol} du port {port} existe mais ne répond pas\u00a0: {why}.",
            "en": "The {protocol} listener on port {port} exists but does not answer: {why}.",
        },
        "unavailable": {
            "fr": "{target} n’est pas surveillée dans {group} : les contrôles de santé sont désactivés.",
            "en": "{target} is not checked in {group}: health checks are off.",
        },
    }
)

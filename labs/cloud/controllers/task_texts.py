"""What the narration says of tasks and their containers."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "container-unhealthy": {
            "fr": "Le conteneur {name} d’une tâche de {group} est déclaré UNHEALTHY\u00a0: {failures} contrôles "
            "de santé de suite ont échoué.",
            "en": "Container {name} of a task of {group} is UNHEALTHY: {failures} health checks in a row failed.",
        },
        "container-healthy": {
            "fr": "Le conteneur {name} d’une tâche de {group} est déclaré HEALTHY\u00a0: son contrôle de santé a réussi.",
            "en": "Container {name} of a task of {group} is HEALTHY: its health check passed.",
        },
        "standalone-unhealthy": {
            "fr": "La tâche continue malgré tout\u00a0: ECS ne remplace une tâche malade que si elle appartient à un service.",
            "en": "The task goes on all the same: ECS replaces an unhealthy task only when it belongs to a service.",
        },
        "container-out-of-memory": {
            "fr": "Le conteneur {name} d’une tâche de {group} a dépassé sa limite de mémoire ({limit}) et a été tué "
            "(OutOfMemoryError, code de sortie 137).",
            "en": "Container {name} of a task of {group} went over its memory limit ({limit}) and was killed "
            "(OutOfMemoryError, exit code 137).",
        },
        "container-failed": {
            "fr": "Le conteneur {name} d’une tâche de {group} s’est arrêté avec le code {code}. "
            "Ses journaux disent souvent pourquoi.",
            "en": "Container {name} of a task of {group} exited with code {code}. Its logs often say why.",
        },
        "container-killed": {
            "fr": "Le conteneur {name} d’une tâche de {group} ne s’est pas arrêté dans les {timeout}\u00a0s qui ont suivi "
            "le signal d’arrêt\u00a0; il a été tué (SIGKILL, code 137).",
            "en": "Container {name} of a task of {group} did not end within {timeout} s of the stop signal; "
            "it was killed (SIGKILL, code 137).",
        },
        "container-restarted": {
            "fr": "Le conteneur {name} d’une tâche de {group} s’est arrêté avec le code {code}\u00a0; "
            "sa politique de redémarrage le relance ({count}).",
            "en": "Container {name} of a task of {group} exited with code {code}; its restart policy starts it "
            "again ({count}).",
        },
        "container-blocked": {
            "fr": "Le conteneur {name} d’une tâche de {group} ne démarrera pas\u00a0: ce qu’il attend (dependsOn) "
            "n’arrivera plus.",
            "en": "Container {name} of a task of {group} will never start: what it waits for (dependsOn) will not "
            "come true any more.",
        },
    }
)

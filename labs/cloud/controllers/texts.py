"""What the tasks' part of the narration says."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "task-running": {
            "fr": "Une tâche de {group} est en marche (RUNNING).",
            "en": "A task of {group} is RUNNING.",
        },
        "task-stopped": {
            "fr": "Une tâche de {group} est arrêtée (STOPPED).",
            "en": "A task of {group} is STOPPED.",
        },
    }
)

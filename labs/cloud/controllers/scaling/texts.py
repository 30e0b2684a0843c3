"""What auto scaling, alarms and schedules say of themselves."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "scaled-high": {
            "fr": "{service}\u00a0: {metric} a dépassé {threshold} pendant {points} minutes{real}\u00a0: nombre de tâches souhaité {before} → {after} "
            "(stratégie {policy}).",
            "en": "{metric} of {service} was above {threshold} for {points} minutes{real}: desired count {before} → {after} "
            "(policy {policy}).",
        },
        "scaled-low": {
            "fr": "{service}\u00a0: {metric} est resté sous {threshold} pendant {points} minutes{real}\u00a0: nombre de tâches souhaité "
            "{before} → {after} (stratégie {policy}).",
            "en": "{metric} of {service} was below {threshold} for {points} minutes{real}: desired count {before} → {after} "
            "(policy {policy}).",
        },
        "scheduled": {
            "fr": "C’est l’heure de l’action planifiée {name}\u00a0: {service} aura entre {least} et {most} tâches.",
            "en": "Scheduled action {name} is due: {service} will have between {least} and {most} tasks.",
        },
        "alarm": {
            "fr": "L’alarme {name} passe de {old} à {new}\u00a0: {reason}",
            "en": "Alarm {name} goes from {old} to {new}: {reason}",
        },
        "rule-ran": {
            "fr": "La règle {name} est arrivée à échéance\u00a0: {count} tâche(s) de {family} lancée(s).",
            "en": "Rule {name} is due: {count} task(s) of {family} started.",
        },
        "rule-failed": {
            "fr": "La règle {name} est arrivée à échéance, mais n’a pas pu lancer de tâche\u00a0: {reason}",
            "en": "Rule {name} is due, but could start no task: {reason}",
        },
    }
)

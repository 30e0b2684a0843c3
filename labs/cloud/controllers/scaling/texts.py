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
        "alarm-above": {
            "fr": "L’alarme {name} se déclenche\u00a0: {metric} au-dessus de {threshold} pendant {points} min (ici {seconds} s).",
            "en": "Alarm {name} goes off: {metric} above {threshold} for {points} min (here {seconds} s).",
        },
        "alarm-below": {
            "fr": "L’alarme {name} se déclenche\u00a0: {metric} en dessous de {threshold} pendant {points} min (ici {seconds} s).",
            "en": "Alarm {name} goes off: {metric} below {threshold} for {points} min (here {seconds} s).",
        },
        "alarm-over": {
            "fr": "L’alarme {name} prend fin\u00a0: {metric} a repassé le seuil de {threshold}.",
            "en": "Alarm {name} ends: {metric} is back on the good side of {threshold}.",
        },
        "alarm-blind": {
            "fr": "L’alarme {name} n’a pas assez de points de {metric} pour juger.",
            "en": "Alarm {name} has too few points of {metric} to judge.",
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

"""What the placement playground says."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "title": {"fr": "Où vont les tâches ?", "en": "Where do the tasks go?"},
        # Controls
        "tasks": {"fr": "Tâches à placer", "en": "Tasks to place"},
        "size": {"fr": "Taille d’une tâche", "en": "Size of a task"},
        "of_size": {
            "fr": "{cpu} unités de CPU, {memory} Mio",
            "en": "{cpu} CPU units, {memory} MiB",
        },
        "network": {"fr": "Réseau d’une tâche", "en": "A task’s network"},
        "bridge": {"fr": "bridge, port d’hôte dynamique", "en": "bridge, dynamic host port"},
        "fixed_port": {"fr": "bridge, port d’hôte {port}", "en": "bridge, host port {port}"},
        "awsvpc": {"fr": "awsvpc, une interface par tâche", "en": "awsvpc, one interface a task"},
        "constraint": {"fr": "Contrainte", "en": "Constraint"},
        "no_constraint": {"fr": "aucune", "en": "none"},
        "strategy": {"fr": "Stratégie", "en": "Strategy"},
        "beside": {"fr": "À côté, pour comparer", "en": "Beside it, to compare"},
        "nothing_beside": {"fr": "rien", "en": "nothing"},
        "draw": {"fr": "Tirage au sort", "en": "Random draw"},
        "fails": {"fr": "Puis tombe en panne", "en": "Then fails"},
        "nothing_fails": {"fr": "rien", "en": "nothing"},
        "zone": {"fr": "la zone {name}", "en": "zone {name}"},
        "instance": {"fr": "l’instance {name}", "en": "instance {name}"},
        "next": {"fr": "puis {step}", "en": "then {step}"},
        "then": {"fr": "{first}, puis {second}", "en": "{first}, then {second}"},
        # What came of it
        "placed": {
            "fr": "{strategy} : tâches placées : {placed} sur {wanted} ; instances occupées : {used} sur {all}.",
            "en": "{strategy}: tasks placed: {placed} of {wanted}; instances in use: {used} of {all}.",
        },
        "zones": {
            "fr": "Par zone : {zones}.",
            "en": "By zone: {zones}.",
        },
        "releasable": {
            "fr": "Instances sans aucune tâche, à rendre : {names}.",
            "en": "Instances without any task, could be given back: {names}.",
        },
        "none_releasable": {
            "fr": "Aucune instance n’est vide : aucune à rendre.",
            "en": "No instance is empty: none to give back.",
        },
        "worst": {
            "fr": "Tâches arrêtées, au pire : {instance} si une instance tombe, {zone} si une zone tombe.",
            "en": "Tasks stopped, at worst: {instance} if an instance fails, {zone} if a zone fails.",
        },
        "lost": {
            "fr": "En panne : {where}. Tâches arrêtées : {lost} ; tâches qui continuent : {left}.",
            "en": "Failed: {where}. Tasks stopped: {lost}; tasks that go on: {left}.",
        },
        "unplaced": {
            "fr": "Tâches sans place : {count}. L’événement du service :",
            "en": "Tasks without a place: {count}. The service’s event:",
        },
        "failures": {
            "fr": "Ce que RunTask répond, instance par instance",
            "en": "What RunTask answers, by instance",
        },
        # The drawing
        "count": {"fr": "{placed} sur {wanted} placées", "en": "{placed} of {wanted} placed"},
        "cpu": {"fr": "CPU", "en": "CPU"},
        "memory": {"fr": "Mém.", "en": "Mem."},
        "other": {"fr": "cache", "en": "cache"},
        "failed": {"fr": "en panne", "en": "failed"},
        "empty": {"fr": "vide", "en": "empty"},
        "described": {
            "fr": "{line} Instance par instance : {instances}.",
            "en": "{line} Instance by instance: {instances}.",
        },
        "holds": {"fr": "{name} ({zone}) : {tasks}", "en": "{name} ({zone}): {tasks}"},
        "no_task": {"fr": "aucune tâche", "en": "no task"},
        "legend": {
            "fr": "Les numéros disent l’ordre des placements. L’instance b1 porte déjà une tâche de service:cache (c). "
            "Cinq instances inventées : m7i.large (x86_64) et c7g.large (arm64).",
            "en": "The numbers tell the order of placement. Instance b1 already runs a task of service:cache (c). "
            "Five invented instances: m7i.large (x86_64) and c7g.large (arm64).",
        },
    }
)

"""What the EC2 capacity's part of the narration says."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "joined": {
            "fr": "L’instance {machine} ({type}, {zone}) a rejoint le cluster {cluster}\u00a0: elle lui apporte {cpu} unités de CPU et {memory} Mio de mémoire.",
            "en": "Instance {machine} ({type}, {zone}) joined cluster {cluster}: it brings {cpu} CPU units and {memory} MiB of memory.",
        },
        "no-profile": {
            "fr": "L’instance {machine} ne rejoint pas le cluster {cluster}\u00a0: sans profil d’instance, son agent n’a pas de rôle pour appeler ECS.",
            "en": "Instance {machine} does not join cluster {cluster}: without an instance profile, its agent has no role to call ECS with.",
        },
        "denied": {
            "fr": "L’instance {machine} ne rejoint pas le cluster {cluster}\u00a0: {why}",
            "en": "Instance {machine} does not join cluster {cluster}: {why}",
        },
        "no-agent": {
            "fr": "L’instance {machine} ne rejoint pas le cluster {cluster}\u00a0: son image {image} n’est pas optimisée pour ECS, elle n’a donc pas d’agent.",
            "en": "Instance {machine} does not join cluster {cluster}: its image {image} is not ECS-optimised, so it has no agent.",
        },
        "no-cluster": {
            "fr": "L’instance {machine} ne rejoint pas le cluster {cluster}\u00a0: ce cluster n’existe pas (encore).",
            "en": "Instance {machine} does not join cluster {cluster}: there is no such cluster (yet).",
        },
        "gone": {
            "fr": "L’instance {machine} est terminée\u00a0: elle a quitté le cluster {cluster}, et ses {tasks} tâche(s) s’arrêtent.",
            "en": "Instance {machine} was terminated: it left cluster {cluster}, and its {tasks} task(s) stop.",
        },
        "disconnected": {
            "fr": "L’instance {machine} est arrêtée\u00a0: son agent n’est plus connecté, et ses {tasks} tâche(s) s’arrêtent.",
            "en": "Instance {machine} was stopped: its agent is no longer connected, and its {tasks} task(s) stop.",
        },
        "reconnected": {
            "fr": "L’instance {machine} a redémarré\u00a0: son agent s’est reconnecté au cluster {cluster}.",
            "en": "Instance {machine} started again: its agent reconnected to cluster {cluster}.",
        },
        "placed": {
            "fr": "Une tâche de {group}, qui attendait de la place, va sur l’instance {machine}.",
            "en": "A task of {group} that waited for room goes to instance {machine}.",
        },
        "grown": {
            "fr": "Le fournisseur de capacité {provider} passe de {before} à {after} instance(s)\u00a0: CapacityProviderReservation est à {value}\u00a0%, au-dessus de la cible de {target}\u00a0%.",
            "en": "Capacity provider {provider} goes from {before} to {after} instance(s): CapacityProviderReservation is {value} %, above the target of {target} %.",
        },
        "shrunk": {
            "fr": "Le fournisseur de capacité {provider} passe de {before} à {after} instance(s)\u00a0: CapacityProviderReservation est resté sous la cible de {target}\u00a0% pendant {points} minutes CloudWatch ({seconds} s réelles).",
            "en": "Capacity provider {provider} goes from {before} to {after} instance(s): CapacityProviderReservation stayed below the target of {target} % for {points} CloudWatch minutes ({seconds} real s).",
        },
        "spot": {
            "fr": "AWS reprend la capacité Fargate Spot d’une tâche de {group}\u00a0: SIGTERM maintenant, et au plus deux minutes pour finir.",
            "en": "AWS takes back the Fargate Spot capacity of a task of {group}: SIGTERM now, and at most two minutes to finish.",
        },
    }
)

"""What the services' part of the narration says."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "begun-first": {
            "fr": "Service {name}\u00a0: premier déploiement, avec {revision} (tâches voulues\u00a0: {desired}).",
            "en": "Service {name}: first deployment, of {revision} (tasks wanted: {desired}).",
        },
        "begun-after": {
            "fr": "Service {name}\u00a0: {revision} commence à remplacer {older}. Entre-temps, le nombre de tâches saines ne descend "
            "pas sous {floor}, et il n’y a jamais plus de {ceiling} tâches en tout.",
            "en": "Service {name}: {revision} begins to replace {older}. Meanwhile no fewer than {floor} healthy tasks are "
            "kept, and there are never more than {ceiling} tasks in all.",
        },
        "started-one": {
            "fr": "Service {name}\u00a0: une tâche de {revision} démarre.",
            "en": "Service {name}: started a task of {revision}.",
        },
        "started": {
            "fr": "Service {name}\u00a0: {count} tâches de {revision} démarrent.",
            "en": "Service {name}: started {count} tasks of {revision}.",
        },
        "started-instead-one": {
            "fr": "Service {name}\u00a0: une tâche de {revision} démarre à la place d’une tâche qui n’est plus saine.",
            "en": "Service {name}: started a task of {revision} in place of an unhealthy one.",
        },
        "started-instead": {
            "fr": "Service {name}\u00a0: {count} tâches de {revision} démarrent, dont certaines à la place de tâches "
            "qui ne sont plus saines.",
            "en": "Service {name}: started {count} tasks of {revision}, some in place of unhealthy ones.",
        },
        "rebalancing-one": {
            "fr": "Service {name}\u00a0: les zones de disponibilité sont inégalement garnies\u00a0; une tâche de plus démarre en {zone}.",
            "en": "Service {name}: its tasks are spread unevenly over the Availability Zones; started one more in {zone}.",
        },
        "rebalancing": {
            "fr": "Service {name}\u00a0: les zones de disponibilité sont inégalement garnies\u00a0; {count} tâches de plus démarrent en {zone}.",
            "en": "Service {name}: its tasks are spread unevenly over the Availability Zones; started {count} more in {zone}.",
        },
        "stopped-scaling": {
            "fr": "Service {name}\u00a0: la tâche {task} de {revision} s’arrête, car le nombre de tâches voulu est maintenant "
            "{desired}.",
            "en": "Service {name}: stopped task {task} of {revision}: the number of tasks wanted is now {desired}.",
        },
        "stopped-deleted": {
            "fr": "Service {name}\u00a0: la tâche {task} de {revision} s’arrête, car le service est supprimé.",
            "en": "Service {name}: stopped task {task} of {revision}: the service is being deleted.",
        },
        "stopped-deployment": {
            "fr": "Service {name}\u00a0: la tâche {task} de {revision} s’arrête pour laisser la place à {primary}.",
            "en": "Service {name}: stopped task {task} of {revision}, which gives way to {primary}.",
        },
        "stopped-rollback": {
            "fr": "Service {name}\u00a0: la tâche {task} de {revision} s’arrête\u00a0: son déploiement a échoué, {primary} reprend sa place.",
            "en": "Service {name}: stopped task {task} of {revision}: its deployment failed, and {primary} takes over again.",
        },
        "stopped-target": {
            "fr": "Service {name}\u00a0: la tâche {task} de {revision} s’arrête, car {count} contrôles de santé de "
            "l’équilibreur de charge ont échoué de suite ({reason}).",
            "en": "Service {name}: stopped task {task} of {revision}: {count} health checks of the load balancer "
            "failed in a row ({reason}).",
        },
        "stopped-container": {
            "fr": "Service {name}\u00a0: la tâche {task} de {revision} s’arrête, car le contrôle de santé de son "
            "conteneur échoue.",
            "en": "Service {name}: stopped task {task} of {revision}: its container health check fails.",
        },
        "stopped-draining": {
            "fr": "Service {name}\u00a0: la tâche {task} de {revision} s’arrête, car son instance de conteneur se vide "
            "(DRAINING).",
            "en": "Service {name}: stopped task {task} of {revision}: its container instance is draining.",
        },
        "stopped-rebalancing": {
            "fr": "Service {name}\u00a0: la tâche {task} s’arrête en {zone}, la zone la plus garnie.",
            "en": "Service {name}: stopped task {task} in {zone}, the zone with the most tasks.",
        },
        "lost-replaced": {
            "fr": "Service {name}\u00a0: la tâche {task} de {revision} s’est terminée d’elle-même (code de sortie {code})\u00a0; "
            "une autre de la même révision la remplacera.",
            "en": "Service {name}: task {task} of {revision} ended by itself (exit code {code}); one of the same "
            "revision will replace it.",
        },
        "lost": {
            "fr": "Service {name}\u00a0: la tâche {task} de {revision} s’est terminée d’elle-même (code de sortie {code}).",
            "en": "Service {name}: task {task} of {revision} ended by itself (exit code {code}).",
        },
        "not-started": {
            "fr": "Service {name}\u00a0: la tâche {task} de {revision} n’a pas démarré ({reason}).",
            "en": "Service {name}: task {task} of {revision} did not start ({reason}).",
        },
        "not-started-delayed": {
            "fr": "Service {name}\u00a0: la tâche {task} de {revision} n’a pas démarré ({reason}). Prochain essai dans {delay}\u00a0s\u00a0; "
            "l’attente s’allonge tant que les tâches ne démarrent pas.",
            "en": "Service {name}: task {task} of {revision} did not start ({reason}). The next try is in {delay} s; the wait "
            "grows for as long as tasks do not start.",
        },
        "failed-breaker": {
            "fr": "Service {name}\u00a0: le disjoncteur (circuit breaker) arrête le déploiement de {revision}\u00a0: {count} tâches ont "
            "échoué, pour un seuil de {threshold}.",
            "en": "Service {name}: the circuit breaker ends the deployment of {revision}: {count} tasks failed, and its "
            "threshold is {threshold}.",
        },
        "failed-alarm": {
            "fr": "Service {name}\u00a0: le déploiement de {revision} échoue, car une alarme CloudWatch sonne ({alarms}).",
            "en": "Service {name}: the deployment of {revision} fails: a CloudWatch alarm is in ALARM ({alarms}).",
        },
        "failed-request": {
            "fr": "Service {name}\u00a0: le déploiement de {revision} s’arrête, comme demandé (StopServiceDeployment).",
            "en": "Service {name}: the deployment of {revision} ends, as asked for (StopServiceDeployment).",
        },
        "rolling-back": {
            "fr": "Service {name}\u00a0: retour à {back}, la dernière révision dont le déploiement avait réussi\u00a0; {revision} est abandonnée.",
            "en": "Service {name}: going back to {back}, the latest revision whose deployment was complete; {revision} is given up.",
        },
        "stalled": {
            "fr": "Service {name}\u00a0: le déploiement de {revision} est bloqué. Aucune tâche ne démarrera plus "
            "tant que le service ne sera pas mis à jour.",
            "en": "Service {name}: the deployment of {revision} is stalled. No task is started any more until the "
            "service is updated.",
        },
        "baking": {
            "fr": "Service {name}\u00a0: toutes les tâches de {revision} sont saines\u00a0; le déploiement sera terminé si "
            "aucune alarme ne sonne pendant {seconds}\u00a0s (bake time).",
            "en": "Service {name}: all tasks of {revision} are healthy; the deployment is complete if no alarm is in "
            "ALARM for {seconds} s (the bake time).",
        },
        "completed": {
            "fr": "Service {name}\u00a0: le déploiement de {revision} est terminé, toutes ses tâches sont saines.",
            "en": "Service {name}: the deployment of {revision} is complete, all of its tasks are healthy.",
        },
        "rolled-back": {
            "fr": "Service {name}\u00a0: le retour à {revision} est terminé, toutes ses tâches sont saines.",
            "en": "Service {name}: the return to {revision} is complete, all of its tasks are healthy.",
        },
        "steady": {
            "fr": "Le service {name} a atteint un état stable.",
            "en": "Service {name} has reached a steady state.",
        },
        "deleted": {
            "fr": "Le service {name} est supprimé\u00a0: toutes ses tâches sont arrêtées.",
            "en": "Service {name} is deleted: all of its tasks are stopped.",
        },
    }
)

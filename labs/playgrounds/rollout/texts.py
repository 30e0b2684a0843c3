"""What the roll-out viewer says."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "title": {"fr": "Un déploiement progressif", "en": "A rolling deployment"},
        # settings
        "desired": {"fr": "Tâches voulues (desiredCount)", "en": "Tasks wanted (desiredCount)"},
        "minimum": {"fr": "Plancher (minimumHealthyPercent)", "en": "Floor (minimumHealthyPercent)"},
        "maximum": {"fr": "Plafond (maximumPercent)", "en": "Ceiling (maximumPercent)"},
        "version": {"fr": "La nouvelle version", "en": "The new version"},
        "good": {"fr": "fonctionne", "en": "works"},
        "crashes": {"fr": "plante peu après son démarrage", "en": "crashes soon after its start"},
        "fails_check": {"fr": "échoue au contrôle de santé", "en": "fails its health check"},
        "no_image": {"fr": "désigne une image introuvable", "en": "names an image that does not exist"},
        "warm": {"fr": "Répond au bout de", "en": "Answers after"},
        "grace": {"fr": "Délai de grâce", "en": "Grace period"},
        "drain": {"fr": "Délai de désinscription", "en": "Deregistration delay"},
        "breaker": {"fr": "Disjoncteur (circuit breaker)", "en": "Circuit breaker"},
        "rollback": {"fr": "… et retour arrière (rollback)", "en": "… and rollback"},
        # the drawing
        "alt": {"fr": "Les tâches du service au fil du temps", "en": "The service’s tasks over time"},
        "old": {"fr": "ancienne version, saine", "en": "old version, healthy"},
        "new": {"fr": "nouvelle version, saine", "en": "new version, healthy"},
        "waiting": {"fr": "pas saine (ou pas encore)", "en": "not healthy (yet)"},
        "draining": {"fr": "en sortie", "en": "on the way out"},
        "floor": {"fr": "au moins {count}", "en": "at least {count}"},
        "ceiling": {"fr": "au plus {count}", "en": "at most {count}"},
        "floor_and_ceiling": {"fr": "{count} exactement", "en": "exactly {count}"},
        "tasks_axis": {"fr": "Tâches", "en": "Tasks"},
        "draining_axis": {"fr": "En sortie (draining)", "en": "On the way out (draining)"},
        "failures_axis": {"fr": "Tâches en échec", "en": "Failed tasks"},
        "threshold": {"fr": "seuil : {count}", "en": "threshold: {count}"},
        # the verdict
        "done": {
            "fr": "Terminé en {time}.",
            "en": "Complete after {time}.",
        },
        "returned": {
            "fr": "La nouvelle version est abandonnée après {failures} échecs de tâche ; l’ancienne est seule en place au bout de {time}.",
            "en": "The new version is given up after {failures} failed tasks; the old one is alone in place after {time}.",
        },
        "stalled": {
            "fr": "Le disjoncteur arrête le déploiement après {failures} échecs de tâche, et rien ne le remplace : le service reste "
            "tel quel jusqu’à ce que quelqu’un le mette à jour.",
            "en": "The circuit breaker ends the deployment after {failures} failed tasks, and nothing takes its place: the service "
            "stays as it is until somebody updates it.",
        },
        "stuck": {
            "fr": "Rien ne bouge. Le plancher et le plafond sont tous deux à {count} : arrêter une tâche ferait passer sous l’un, en "
            "démarrer une de plus dépasserait l’autre.",
            "en": "Nothing moves. Floor and ceiling are both {count}: to stop a task would go below the one, to start one more "
            "would pass the other.",
        },
        "refused": {
            "fr": "AWS refuse d’ailleurs ce réglage d’emblée : « {message} »",
            "en": "AWS indeed refuses this setting at once: “{message}”",
        },
        "event": {
            "fr": "Le service le dit dans ses événements : « {message} »",
            "en": "The service says so in its events: “{message}”",
        },
        "endless": {
            "fr": "Cela ne finit pas : {failures} tâches ont échoué en {time}, et ECS en démarre toujours d’autres. Aucun disjoncteur "
            "ne l’arrête.",
            "en": "It does not end: {failures} tasks failed within {time}, and ECS goes on starting others. No circuit breaker "
            "stops it.",
        },
        "unfinished": {
            "fr": "Au bout de {time}, ce n’est toujours pas terminé.",
            "en": "After {time} it is still not over.",
        },
        "unnoticed": {
            "fr": "Les clients n’ont rien remarqué : jamais moins de tâches saines que voulu ({desired}).",
            "en": "Customers noticed nothing: never fewer healthy tasks than wanted ({desired}).",
        },
        "noticed": {
            "fr": "Pendant {time}, la capacité est tombée sous 100 %, au plus bas à {lowest} sur {desired}. Aux heures calmes, cela passe "
            "inaperçu ; à midi, les pages ralentissent.",
            "en": "For {time} capacity was below 100%, at the lowest {lowest} out of {desired}. In quiet hours nobody notices; at noon "
            "pages get slow.",
        },
        "outage": {
            "fr": "Pendant {time}, la capacité est tombée sous 100 %, et même à zéro : la boutique ne répondait plus.",
            "en": "For {time} capacity was below 100%, and even zero: the shop did not answer.",
        },
        "bounds": {
            "fr": "Plancher de tâches saines : {desired} × {minimum} %, arrondi vers le haut, soit {floor}. Plafond de tâches en tout : "
            "{desired} × {maximum} %, arrondi vers le bas, soit {ceiling}. Seuil du disjoncteur : {desired} × {share} échecs, entre {least} et "
            "{most}, soit {threshold}.",
            "en": "Floor of healthy tasks: {desired} × {minimum}%, rounded up, makes {floor}. Ceiling of tasks in all: {desired} × "
            "{maximum}%, rounded down, makes {ceiling}. Threshold of the circuit breaker: {desired} × {share} failures, between {least} "
            "and {most}, makes {threshold}.",
        },
        "late": {
            "fr": "Une version saine, et pourtant arrêtée : elle répond après {warm}, mais deux contrôles l’ont déjà déclarée malade. "
            "Le délai de grâce est là pour cela.",
            "en": "A sound version, stopped all the same: it answers after {warm}, but two checks have called it unhealthy before. "
            "That is what the grace period is for.",
        },
        "assumed": {
            "fr": "Hypothèses : une tâche met {boot} à passer à RUNNING ; l’équilibreur de charge la contrôle {first} plus tard, puis toutes "
            "les {interval}. Deux échecs de suite la disent malade (unhealthy) ; il lui faut ensuite {passes} succès pour redevenir "
            "saine. Une version qui plante tient {crash}. Les décisions sont celles du cloud local du cours.",
            "en": "Assumed: a task takes {boot} to be RUNNING; the load balancer checks it {first} later, then every {interval}. Two "
            "failures in a row make it unhealthy; it then takes {passes} passes to be healthy again. A version that crashes lasts "
            "{crash}. The decisions are those of the course’s local cloud.",
        },
        # the steps
        "steps": {"fr": "Pas à pas", "en": "Step by step"},
        "of_old": {"fr": "de l’ancienne version", "en": "of the old version"},
        "of_new": {"fr": "de la nouvelle version", "en": "of the new version"},
        "step_start_one": {
            "fr": "démarre 1 tâche {version}",
            "en": "starts 1 task {version}",
        },
        "step_start": {
            "fr": "démarre {count} tâches {version}",
            "en": "starts {count} tasks {version}",
        },
        "step_healthy_one": {
            "fr": "1 tâche {version} est saine",
            "en": "1 task {version} is healthy",
        },
        "step_healthy": {
            "fr": "{count} tâches {version} sont saines",
            "en": "{count} tasks {version} are healthy",
        },
        "step_drain_one": {
            "fr": "1 tâche {version} n’est plus proposée aux clients et finit ses requêtes",
            "en": "1 task {version} is offered to no customer any more and finishes its requests",
        },
        "step_drain": {
            "fr": "{count} tâches {version} ne sont plus proposées aux clients et finissent leurs requêtes",
            "en": "{count} tasks {version} are offered to no customer any more and finish their requests",
        },
        "step_stop_one": {
            "fr": "arrête 1 tâche {version} qui n’avait pas fini de démarrer",
            "en": "stops 1 task {version} that had not finished starting",
        },
        "step_stop": {
            "fr": "arrête {count} tâches {version} qui n’avaient pas fini de démarrer",
            "en": "stops {count} tasks {version} that had not finished starting",
        },
        "step_gone": {"fr": "plus aucune tâche n’est en sortie", "en": "no task is on its way out any more"},
        "step_fail": {
            "fr": "échecs {version} jusqu’ici : {count}",
            "en": "failures {version} so far: {count}",
        },
        "step_throttle": {
            "fr": "ECS attend {time} avant de réessayer, et l’attente double à chaque fois",
            "en": "ECS waits {time} before it tries again, and the wait doubles each time",
        },
        "step_trip": {
            "fr": "le disjoncteur se déclenche : le déploiement a échoué (FAILED)",
            "en": "the circuit breaker trips: the deployment has failed (FAILED)",
        },
        "step_back": {
            "fr": "retour arrière : le dernier déploiement réussi redevient PRIMARY",
            "en": "roll-back: the last complete deployment is PRIMARY again",
        },
        "step_stall": {
            "fr": "plus rien ne démarre tant que le service n’est pas mis à jour",
            "en": "nothing starts any more until the service is updated",
        },
        "step_stuck": {"fr": "rien ne peut démarrer ni s’arrêter", "en": "nothing can start or stop"},
        "step_complete": {
            "fr": "déploiement terminé (COMPLETED)",
            "en": "deployment complete (COMPLETED)",
        },
        "step_returned": {
            "fr": "l’ancienne version est de nouveau la seule (COMPLETED)",
            "en": "the old version is the only one again (COMPLETED)",
        },
        "later": {"fr": "… et ainsi de suite.", "en": "… and so on."},
    }
)

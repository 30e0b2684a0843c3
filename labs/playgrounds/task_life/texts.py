"""What the playground of a task's life says."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "title": {"fr": "La vie d’une tâche", "en": "The life of a task"},
        # Controls
        "happens": {"fr": "Ce qui arrive", "en": "What happens"},
        "stop": {"fr": "on l’arrête (StopTask)", "en": "somebody stops it (StopTask)"},
        "scale-in": {"fr": "le service réduit son nombre de tâches", "en": "its service scales in"},
        "image": {"fr": "son image n’existe pas", "en": "its image does not exist"},
        "exit": {
            "fr": "son conteneur essentiel se termine de lui-même",
            "en": "its essential container exits by itself",
        },
        "memory": {"fr": "il dépasse sa limite de mémoire", "en": "it goes over its memory limit"},
        "container-check": {
            "fr": "le contrôle de santé du conteneur échoue",
            "en": "the container’s health check fails",
        },
        "target-check": {
            "fr": "le contrôle de santé de l’équilibreur échoue",
            "en": "the load balancer’s health check fails",
        },
        "spot": {"fr": "AWS reprend la capacité Spot", "en": "AWS takes the Spot capacity back"},
        "capacity": {"fr": "Où elle tourne", "en": "Where it runs"},
        "fargate": {"fr": "Fargate (mode awsvpc)", "en": "Fargate (awsvpc mode)"},
        "ec2": {"fr": "une instance EC2 (mode bridge)", "en": "an EC2 instance (bridge mode)"},
        "owner": {"fr": "Qui l’a lancée", "en": "Who started it"},
        "alone": {"fr": "RunTask, sans service", "en": "RunTask, without a service"},
        "service": {"fr": "un service", "en": "a service"},
        "balanced": {
            "fr": "un service derrière un équilibreur de charge",
            "en": "a service behind a load balancer",
        },
        "code": {"fr": "Code, s’il se termine de lui-même", "en": "Exit code, if it exits by itself"},
        "listens": {"fr": "Le programme écoute SIGTERM", "en": "The program listens to SIGTERM"},
        "timeout": {"fr": "stopTimeout, s’il n’écoute pas", "en": "stopTimeout, if it does not listen"},
        # In words
        "line": {
            "fr": "{states}. stopCode : {code}. stoppedReason : {reason}. exitCode : {exit}.",
            "en": "{states}. stopCode: {code}. stoppedReason: {reason}. exitCode: {exit}.",
        },
        "goes_on": {
            "fr": "{states}. La tâche continue : desiredStatus reste RUNNING.",
            "en": "{states}. The task goes on: desiredStatus stays RUNNING.",
        },
        "no_code": {"fr": "aucun", "en": "none"},
        "impossible-scale-in": {
            "fr": "Sans service, personne ne réduit le nombre de tâches : choisissez une tâche lancée par un service.",
            "en": "Without a service nobody scales in: choose a task that a service started.",
        },
        "impossible-target-check": {
            "fr": "Cette tâche n’est derrière aucun équilibreur de charge : rien ne peut échouer là. Choisissez un service "
            "qui en a un.",
            "en": "This task is behind no load balancer: nothing can fail there. Choose a service that has one.",
        },
        "state": {"fr": "lastStatus", "en": "lastStatus"},
        "desired": {"fr": "desiredStatus", "en": "desiredStatus"},
        "does": {"fr": "Ce qui se passe", "en": "What goes on"},
        "answer": {"fr": "Ce que répond DescribeTasks", "en": "What DescribeTasks answers"},
        "group": {"fr": "la boutique", "en": "the shop"},
        "schematic": {
            "fr": "Les durées du dessin sont schématiques ; seules les limites écrites en toutes lettres sont d’AWS.",
            "en": "The drawing’s durations are schematic; only the limits written out are AWS’s.",
        },
        # The phases
        "provisioning-fargate": {
            "fr": "ECS obtient une place chez Fargate et attache à la tâche une interface réseau (ENI) dans votre "
            "sous-réseau.",
            "en": "ECS gets a place from Fargate and attaches a network interface (ENI) in your subnet to the task.",
        },
        "provisioning-ec2": {
            "fr": "ECS choisit l’instance qui a de la place. En mode bridge, il n’y a pas d’interface réseau à créer.",
            "en": "ECS chooses an instance with room. In bridge mode there is no network interface to make.",
        },
        "pending-fargate": {
            "fr": "Sous le rôle d’exécution : lire les secrets, s’authentifier auprès d’ECR, tirer l’image, ouvrir les "
            "journaux. Puis les conteneurs démarrent, dans l’ordre de dependsOn.",
            "en": "Under the execution role: read the secrets, authenticate to ECR, pull the image, open the logs. Then the "
            "containers start, in the order of dependsOn.",
        },
        "pending-ec2": {
            "fr": "ECS attend l’agent de l’instance : il tire l’image (sous le rôle de l’instance, à défaut de rôle "
            "d’exécution), puis démarre les conteneurs dans l’ordre de dependsOn.",
            "en": "ECS waits for the instance’s agent: it pulls the image (under the instance’s role where there is no "
            "execution role), then starts the containers in the order of dependsOn.",
        },
        "pending-fails": {
            "fr": "L’agent demande l’image au registre, plusieurs fois, et n’obtient rien : aucun conteneur ne démarre, "
            "desiredStatus passe à STOPPED.",
            "en": "The agent asks the registry for the image, several times, and gets nothing: no container starts, "
            "desiredStatus turns to STOPPED.",
        },
        "activating": {
            "fr": "Les conteneurs tournent ; rien d’autre à préparer, la tâche passe aussitôt. (Le guide d’AWS compte ici "
            "le tirage de l’image ; notre cloud local le montre en PENDING.)",
            "en": "The containers run; nothing else to prepare, the task passes at once. (AWS’s guide counts the pull of "
            "the image here; our local cloud shows it in PENDING.)",
        },
        "activating-target": {
            "fr": "Les conteneurs tournent ; ECS prépare l’inscription de la tâche dans le groupe cible. (Le guide d’AWS "
            "compte ici le tirage de l’image ; notre cloud local le montre en PENDING.)",
            "en": "The containers run; ECS prepares to register the task in the target group. (AWS’s guide counts the "
            "pull of the image here; our local cloud shows it in PENDING.)",
        },
        "running": {
            "fr": "La tâche travaille, jusqu’à ce que quelque chose lui demande de s’arrêter.",
            "en": "The task works, until something asks it to stop.",
        },
        "running-on": {
            "fr": "healthStatus devient UNHEALTHY, et rien d’autre ne change : sans service, personne ne s’en occupe.",
            "en": "healthStatus turns UNHEALTHY and nothing else changes: without a service, nobody looks after it.",
        },
        "draining": {
            "fr": "La cible est retirée du groupe cible ; ses connexions se vident pendant deregistration_delay, "
            "{drain} s par défaut. SIGTERM ne vient qu’après.",
            "en": "The target is taken out of its target group; its connections drain for deregistration_delay, "
            "{drain} s by default. SIGTERM only comes afterwards.",
        },
        "deregistered": {
            "fr": "La cible est retirée du groupe cible, sans attendre que ses connexions se vident.",
            "en": "The target is taken out of its target group, without waiting for its connections to drain.",
        },
        "deactivating": {
            "fr": "Aucun équilibreur de charge d’où la retirer : la tâche passe aussitôt.",
            "en": "No load balancer to take it out of: the task passes at once.",
        },
        "stopping-tidy": {
            "fr": "SIGTERM, dans l’ordre inverse de dependsOn. Le programme finit ce qu’il fait et sort de lui-même, code 0, "
            "bien avant les {timeout} s de stopTimeout.",
            "en": "SIGTERM, in the reverse order of dependsOn. The program finishes what it does and leaves by itself, exit "
            "code 0, well before the {timeout} s of stopTimeout.",
        },
        "stopping-deaf": {
            "fr": "SIGTERM, dans l’ordre inverse de dependsOn. Le programme n’écoute pas ; au bout des {timeout} s de "
            "stopTimeout, SIGKILL le tue : code {killed}. (Défaut {default} s ; sur Fargate, au plus {most} s.)",
            "en": "SIGTERM, in the reverse order of dependsOn. The program does not listen; once the {timeout} s of "
            "stopTimeout are over, SIGKILL ends it: exit code {killed}. (Default {default} s; on Fargate, {most} s at most.)",
        },
        "stopping-gone": {
            "fr": "Plus rien ne tourne : aucun signal à envoyer.",
            "en": "Nothing runs any more: no signal to send.",
        },
        "deprovisioning-fargate": {
            "fr": "L’interface réseau est détachée et supprimée ; les derniers journaux partent.",
            "en": "The network interface is detached and deleted; the last logs leave.",
        },
        "deprovisioning-ec2": {
            "fr": "L’instance récupère le processeur, la mémoire et les ports de la tâche.",
            "en": "The instance gets the task’s CPU, memory and ports back.",
        },
        "stopped": {
            "fr": "Tout est fini. DescribeTasks le raconte encore pendant {kept} h au moins ; après, il reste les journaux.",
            "en": "All is over. DescribeTasks still tells of it for {kept} h at least; after that, the logs remain.",
        },
        # Remarks
        "spot-fargate": {
            "fr": "Fargate Spot : l’avertissement, un événement EventBridge et SIGTERM, vient {warning} minutes avant "
            "la reprise. Un stopTimeout plus long que le défaut laisse au programme le temps de s’en servir.",
            "en": "Fargate Spot: the warning, an EventBridge event and SIGTERM, comes {warning} minutes before the capacity "
            "goes. A stopTimeout longer than the default gives the program time to use it.",
        },
        "spot-ec2": {
            "fr": "Ici l’instance disparaît avec ses tâches, sans code de sortie. Avec ECS_ENABLE_SPOT_INSTANCE_DRAINING, "
            "l’agent la met en DRAINING dès l’avertissement, et les services remplacent leurs tâches avant la reprise.",
            "en": "Here the instance is gone with its tasks, without an exit code. With ECS_ENABLE_SPOT_INSTANCE_DRAINING "
            "the agent sets it to DRAINING at the warning, and services replace their tasks before it goes.",
        },
        "check-times": {
            "fr": "Par défaut, UNHEALTHY se décide après {retries} échecs de suite, un essai toutes les {interval} s.",
            "en": "By default UNHEALTHY is decided after {retries} failures in a row, one try every {interval} s.",
        },
        "exit-zero": {
            "fr": "Code 0 : le programme a fini son travail. Pour un traitement par lot, c’est le succès ; une tâche s’arrête "
            "pareillement, car son conteneur essentiel n’est plus là.",
            "en": "Exit code 0: the program has finished its work. For a batch job that is success; the task stops all the "
            "same, for its essential container is gone.",
        },
        "exit-own": {
            "fr": "Code {code} : le programme l’a choisi. ECS ne sait rien de plus ; la cause est dans ses journaux.",
            "en": "Exit code {code}: the program chose it. ECS knows no more; the cause is in its logs.",
        },
        "exit-signal": {
            "fr": "Code {code} : au-delà de 128, c’est un signal qui l’a arrêté, ici le numéro {number}{name}.",
            "en": "Exit code {code}: above 128 it was ended by a signal, here number {number}{name}.",
        },
        "image-causes": {
            "fr": "Une étiquette mal écrite, jamais poussée, ou supprimée par une règle du cycle de vie : la raison est la même.",
            "en": "A tag misspelt, never pushed, or removed by a lifecycle rule: the reason reads the same.",
        },
        "replaced": {
            "fr": "Le service n’a plus le nombre de tâches voulu : il en lance une autre.",
            "en": "The service no longer has as many tasks as desired: it starts another one.",
        },
        "replaced-first": {
            "fr": "Le service lance d’abord sa remplaçante, si maximumPercent le permet ; celle-ci ne s’arrête qu’ensuite.",
            "en": "The service starts its replacement first, if maximumPercent allows; only then does this one stop.",
        },
        "not-replaced": {
            "fr": "Le service en voulait une de moins : il n’en lance pas d’autre.",
            "en": "The service wanted one less: it starts no other.",
        },
        "never-replaced": {
            "fr": "Aucun service ne l’attend : personne n’en lance une autre.",
            "en": "No service waits for it: nobody starts another one.",
        },
        # The drawing
        "program_row": {"fr": "programme", "en": "program"},
        "pull": {"fr": "tirage", "en": "pull"},
        "exit_mark": {"fr": "code {code}", "en": "exit code {code}"},
        "vanished": {"fr": "disparu", "en": "gone"},
        "time": {"fr": "temps (schématique)", "en": "time (schematic)"},
        "not_passed": {"fr": "non traversé", "en": "not passed"},
        "picture": {"fr": "Les états d’une tâche dans le temps", "en": "A task’s states over time"},
    }
)

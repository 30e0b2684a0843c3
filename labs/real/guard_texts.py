"""What a learner reads when a call is refused."""

from labs.learner import Texts

say = Texts(
    {
        "refused": {
            "fr": "{operation} n’a pas été envoyé : {reason}",
            "en": "{operation} was not sent: {reason}",
        },
        "unlisted": {
            "fr": "le labo n’a pas besoin de cette opération, et tout le reste est fermé sur un compte réel.",
            "en": "the lab does not need this operation, and everything else is closed on a real account.",
        },
        "region": {
            "fr": "ce parcours a lieu en {region} ; ce qui serait ailleurs échapperait au nettoyage.",
            "en": "this run is in {region}; what is elsewhere would escape the clean-up.",
        },
        "registry": {
            "fr": "le registre {registry} n’est pas celui de votre compte.",
            "en": "registry {registry} is not your account’s.",
        },
        "unnamed": {
            "fr": "la demande ne nomme pas, par son identifiant, une ressource que le labo connaît.",
            "en": "the request does not name, by its id, a resource that the lab knows.",
        },
        "foreign": {
            "fr": "{resource} n’appartient pas à ce parcours (son étiquette et le registre du cours ne concordent pas).",
            "en": "{resource} does not belong to this run (its tag and the course’s ledger do not agree).",
        },
        "unknown": {
            "fr": "{resource} n’existe pas, ou n’a pas été créé par ce parcours.",
            "en": "{resource} does not exist, or was not made by this run.",
        },
        "taken": {
            "fr": "{resource} existe déjà et n’appartient pas à ce parcours : choisissez un autre nom.",
            "en": "{resource} exists already and does not belong to this run: choose another name.",
        },
        "managed policy": {
            "fr": (
                "cette politique n’est pas de celles dont les rôles du labo ont besoin. Donnez le droit précis, "
                "dans une politique en ligne (put_role_policy)."
            ),
            "en": (
                "this policy is not one that the lab’s roles need. Grant the precise right in an inline policy "
                "(put_role_policy)."
            ),
        },
        "broad policy": {
            "fr": "cette politique autorise tout, ou tout IAM : nommez les actions nécessaires.",
            "en": "this policy allows everything, or all of IAM: name the actions that are needed.",
        },
        "foreign trust": {
            "fr": "les rôles du labo ne sont endossés que par des services AWS (« Principal » : « Service »).",
            "en": 'the lab’s roles are taken by AWS services only ("Principal": "Service").',
        },
        "log group": {
            "fr": (
                "avec awslogs-create-group, ECS créerait un groupe de journaux sans étiquette, que personne "
                "n’effacerait. Créez-le d’abord (logs.create_log_group)."
            ),
            "en": (
                "with awslogs-create-group, ECS would make a log group without tags that nobody would delete. "
                "Make it first (logs.create_log_group)."
            ),
        },
        "insights": {
            "fr": (
                "Container Insights créerait un groupe de journaux sans étiquette, qui survivrait au nettoyage. "
                "Allumez-le sur le cluster une fois créé (update_cluster_settings) : le cours crée le groupe avant."
            ),
            "en": (
                "Container Insights would make a log group without tags, which would survive the clean-up. "
                "Turn it on once the cluster is there (update_cluster_settings): the course makes the group first."
            ),
        },
        "parameter": {
            "fr": (
                "un de ses paramètres crée, ou met en jeu, ce que le nettoyage ne verrait pas ou ne pourrait pas "
                "effacer (autre Région, volume, protection contre la suppression, instances d’autrui…)."
            ),
            "en": (
                "one of its parameters makes, or draws in, what the clean-up would not see or could not delete "
                "(another Region, a volume, deletion protection, other people’s instances…)."
            ),
        },
        "alarm action": {
            "fr": "une alarme du labo prévient (SNS) ou met un service ECS à l’échelle, et ne fait rien d’autre.",
            "en": "an alarm of the lab tells people (SNS) or scales an ECS service, and does nothing else.",
        },
        "log policy": {
            "fr": "cette politique parle d’autres groupes de journaux que ceux du parcours : nommez chaque groupe.",
            "en": "this policy speaks of other log groups than the run’s: name each of them.",
        },
        "instance": {
            "fr": (
                "sur un compte réel, le labo ne lance que des instances t3.micro, t3.small ou t3.medium, dans un "
                "sous-réseau du parcours et sans autre réglage que ceux du cahier."
            ),
            "en": (
                "on a real account the lab starts only t3.micro, t3.small or t3.medium instances, in a subnet of the "
                "run and with no other settings than the notebook’s."
            ),
        },
        "group": {
            "fr": (
                "sur un compte réel, un groupe du labo tient au plus quatre instances, lancées depuis un modèle du "
                "parcours, dans ses sous-réseaux et sans autre réglage que ceux du cahier."
            ),
            "en": (
                "on a real account a group of the lab holds at most four instances, started from a template of the "
                "run, in its subnets and with no other settings than the notebook’s."
            ),
        },
        "many": {
            "fr": "au plus {most} à la fois sur un compte réel, et ce parcours en a déjà {there}.",
            "en": "at most {most} at a time on a real account, and this run has {there} already.",
        },
        "target": {
            "fr": "une règle du labo écrit dans un groupe de journaux ou lance une tâche, et ne fait rien d’autre.",
            "en": "a rule of the lab writes to a log group or runs a task, and does nothing else.",
        },
        "template": {
            "fr": (
                "une pile fabrique ses ressources elle-même, sans que le garde-fou les voie ; le nettoyage ne pourrait "
                "pas en répondre. Déroulez cette partie sur le cloud local ; ici, vous pouvez encore lire et vérifier "
                "un modèle (get_template_summary, validate_template)."
            ),
            "en": (
                "a stack makes its resources itself, and the safeguard does not see them; the clean-up could not answer "
                "for them. Work through this part on the local cloud; here you may still read and check a template "
                "(get_template_summary, validate_template)."
            ),
        },
        "whole registry": {
            "fr": (
                "ce réglage est celui de tout le registre de votre compte dans cette région, dépôts des autres compris. "
                "Vous pouvez le lire (get_registry_scanning_configuration, describe_registry) et régler vos propres "
                "dépôts, un par un (put_image_scanning_configuration)."
            ),
            "en": (
                "this is a setting of your account’s whole registry in this Region, other people’s repositories included. "
                "You may read it (get_registry_scanning_configuration, describe_registry) and set your own repositories, "
                "one by one (put_image_scanning_configuration)."
            ),
        },
        "people": {
            "fr": (
                "un utilisateur et ses clés ouvriraient votre compte sans passer devant le garde-fou. Lisez cette "
                "partie, ou déroulez-la sur le cloud local."
            ),
            "en": (
                "a user and its keys would open your account without passing the safeguard. Read this part, or work "
                "through it on the local cloud."
            ),
        },
        "course tags": {
            "fr": "les étiquettes du cours disent ce qui sera nettoyé ; elles ne se modifient pas.",
            "en": "the course’s tags say what will be cleaned up; they are not to be changed.",
        },
    }
)

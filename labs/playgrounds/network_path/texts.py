"""What the playground of network paths says."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "title": {"fr": "Que manque-t-il pour tirer l’image ?", "en": "What is missing to pull the image?"},
        # Controls
        "subnet": {"fr": "Sous-réseau de la tâche Fargate", "en": "The Fargate task’s subnet"},
        "public": {
            "fr": "public (route vers la passerelle internet)",
            "en": "public (route to the internet gateway)",
        },
        "private": {"fr": "privé", "en": "private"},
        "address": {"fr": "Adresse IP publique (assignPublicIp)", "en": "Public IP address (assignPublicIp)"},
        "nat": {"fr": "Passerelle NAT", "en": "NAT gateway"},
        "interface": {"fr": "Point de terminaison {service}", "en": "Endpoint {service}"},
        "s3": {"fr": "Point de terminaison de passerelle S3", "en": "S3 gateway endpoint"},
        "dns": {"fr": "DNS privé des points de terminaison", "en": "Private DNS of the endpoints"},
        "group": {
            "fr": "Leur groupe de sécurité ouvre 443 aux tâches",
            "en": "Their security group opens 443 to the tasks",
        },
        "role": {"fr": "Rôle d’exécution", "en": "Execution role"},
        "secret": {
            "fr": "La définition de tâche nomme un secret",
            "en": "The task definition names a secret",
        },
        # What comes of it
        "starts": {
            "fr": "✔ La tâche démarre : ses {count} appels aboutissent.",
            "en": "✔ The task starts: its {count} calls arrive.",
        },
        "stops": {
            "fr": "✘ La tâche s’arrête à {action} ({service}) : {problem}.",
            "en": "✘ The task stops at {action} ({service}): {problem}.",
        },
        "refused": {
            "fr": "✘ RegisterTaskDefinition refuse : {words}",
            "en": "✘ RegisterTaskDefinition refuses: {words}",
        },
        "reason": {"fr": "stoppedReason", "en": "stoppedReason"},
        "by_igw": {"fr": "passe par la passerelle internet", "en": "goes through the internet gateway"},
        "by_nat": {"fr": "passe par la passerelle NAT", "en": "goes through the NAT gateway"},
        "by_s3": {
            "fr": "passe par le point de terminaison de passerelle",
            "en": "goes through the gateway endpoint",
        },
        "by_interface": {
            "fr": "passe par son point de terminaison d’interface",
            "en": "goes through its interface endpoint",
        },
        "each_untried": {
            "fr": "Aucun appel n’est tenté. Avec un rôle, voici quel serait leur chemin",
            "en": "No call is tried. With a role, this would be their way",
        },
        "each": {"fr": "Chaque appel, et son chemin", "en": "Every call, and its way"},
        "arrives": {"fr": "{action} ({service}) : {way}", "en": "{action} ({service}): {way}"},
        "fails": {"fr": "{action} ({service}) : {problem}", "en": "{action} ({service}): {problem}"},
        "told": {
            "fr": "Le premier appel qui échoue arrête la tâche ; les suivants ne sont plus tentés.",
            "en": "The first call that fails stops the task; the later ones are not tried any more.",
        },
        "cost": {
            "fr": "Par mois, dans une zone, sans compter les Go : {parts}. Prix de us-east-1 : {sources}.",
            "en": "A month, in one zone, GB not counted: {parts}. Prices of us-east-1: {sources}.",
        },
        "no_cost": {
            "fr": "Rien de tout cela ne se paie à l’heure : ni le sous-réseau, ni la route, ni le point de terminaison de "
            "passerelle.",
            "en": "None of this is paid by the hour: not the subnet, not the route, not the gateway endpoint.",
        },
        "cost_nat": {
            "fr": "passerelle NAT et son adresse {usd} USD",
            "en": "NAT gateway and its address {usd} USD",
        },
        "cost_endpoints": {
            "fr": "points de terminaison d’interface ({count}) {usd} USD",
            "en": "interface endpoints ({count}) {usd} USD",
        },
        "cost_address": {
            "fr": "adresse publique de la tâche {usd} USD",
            "en": "the task’s public address {usd} USD",
        },
        # Remarks
        "layers-in-s3": {
            "fr": "ecr.api et ecr.dkr ne suffisent pas : ECR range les couches des images dans S3.",
            "en": "ecr.api and ecr.dkr are not enough: ECR keeps the layers of images in S3.",
        },
        "address-idle": {
            "fr": "Dans un sous-réseau sans route vers une passerelle internet, une adresse publique ne sert à rien.",
            "en": "In a subnet without a route to an internet gateway, a public address is of no use.",
        },
        "nat-idle": {
            "fr": "La passerelle NAT est payée pour rien ici : la route de ce sous-réseau mène à la passerelle internet.",
            "en": "The NAT gateway is paid for nothing here: this subnet’s route leads to the internet gateway.",
        },
        "endpoints-idle": {
            "fr": "Sans DNS privé, les noms des services mènent toujours à leurs adresses publiques : les points de "
            "terminaison d’interface sont là, et personne n’y passe.",
            "en": "Without private DNS the services’ names still lead to their public addresses: the interface endpoints "
            "stand there and nobody goes through.",
        },
        "secret-idle": {
            "fr": "Cette tâche n’a pas de secret : secretsmanager ne lui sert pas.",
            "en": "This task has no secret: secretsmanager is of no use to it.",
        },
        # The drawing
        "picture": {"fr": "Le chemin de chaque appel", "en": "The way of every call"},
        "public_subnet": {"fr": "public", "en": "public"},
        "private_subnet": {"fr": "privé", "en": "private"},
        "subnet_box": {"fr": "Sous-réseau", "en": "Subnet"},
        "task": {"fr": "Tâche", "en": "Task"},
        "address_box": {"fr": "IP publique", "en": "public IP"},
        "no_address_box": {"fr": "IP privée", "en": "private IP"},
        "role_box": {"fr": "rôle ✔", "en": "role ✔"},
        "no_role_box": {"fr": "rôle ✘", "en": "role ✘"},
        "via_igw": {"fr": "passerelle internet", "en": "internet gateway"},
        "via_nat": {"fr": "passerelle NAT", "en": "NAT gateway"},
        "via_s3": {"fr": "passerelle S3", "en": "S3 gateway endpoint"},
        "via_interface": {"fr": "point de terminaison", "en": "interface endpoint"},
        "via_none": {"fr": "aucune route", "en": "no route"},
    }
)

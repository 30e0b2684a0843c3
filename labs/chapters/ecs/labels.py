"""A definition with two containers, one of which prepares the ground for the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from labs.chapters import definitions
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

FAMILY = "ecs-labels"
FONTS, PRINTER = "fonts", "printer"
PORT = 8080

say = Texts(
    {
        "title": {"fr": "deux conteneurs, dans l’ordre", "en": "two containers, in order"},
        "missing": {
            "fr": "la définition n’a pas de conteneur {name}",
            "en": "the definition has no container {name}",
        },
        "fargate": {
            "fr": "la définition n’est pas faite pour Fargate",
            "en": "the definition is not made for Fargate",
        },
        "images": {
            "fr": "{fonts} et {printer} n’ont pas la même image",
            "en": "{fonts} and {printer} do not have the same image",
        },
        "never_ends": {
            "fr": "sans commande à lui, {name} fait tourner le programme de l’image, une boutique qui ne se termine jamais",
            "en": "without a command of its own, {name} runs the image’s program, a shop that never ends",
        },
        "essential_fonts": {
            "fr": "quand {name} aura fini, la tâche entière s’arrêtera",
            "en": "when {name} has finished, the whole task will stop",
        },
        "spare_printer": {
            "fr": "si {name} s’arrête, la tâche continuera sans lui",
            "en": "if {name} stops, the task will go on without it",
        },
        "no_order": {
            "fr": "{name} n’attend pas l’autre conteneur",
            "en": "{name} does not wait for the other container",
        },
        "condition": {
            "fr": "{name} démarrerait aussi dans le cas {condition}, où il peut manquer des polices",
            "en": "{name} would also start on {condition}, when fonts may be missing",
        },
        "port": {"fr": "{name} n’annonce pas le port {port}", "en": "{name} does not declare port {port}"},
        "shop": {
            "fr": "la variable SHOP de {name} ne vaut pas FrenchBakery",
            "en": "the variable SHOP of {name} is not FrenchBakery",
        },
        "hint_1": {
            "fr": "Tout se dit dans containerDefinitions : deux dictionnaires, dont un seul conteneur essentiel.",
            "en": "Everything is said in containerDefinitions: two dictionaries, with only one essential container.",
        },
        "hint_2": {
            "fr": "dependsOn nomme le conteneur attendu et une condition. START, COMPLETE, SUCCESS, HEALTHY : une seule demande le code de sortie 0.",
            "en": "dependsOn names the container waited for, and a condition. START, COMPLETE, SUCCESS, HEALTHY: only one asks for exit code 0.",
        },
        "hint_3": {
            "fr": 'fonts porte essential=False ; printer porte dependsOn=[{{"containerName": "fonts", "condition": "SUCCESS"}}], portMappings et environment.',
            "en": 'fonts has essential=False; printer has dependsOn=[{{"containerName": "fonts", "condition": "SUCCESS"}}], portMappings and environment.',
        },
        "solution": {
            "fr": "Le premier finit et n’est pas essentiel ; le second l’attend, et c’est lui qui fait vivre la tâche.",
            "en": "The first one ends and is not essential; the second waits for it, and keeps the task alive.",
        },
    }
)

Definition = Mapping[str, Any]


def look(session: CourseSession) -> Definition | None:
    """The family's last revision; None when it has none."""
    return definitions.last(session, FAMILY)


def attempted(definition: Definition | None) -> bool:
    """Whether the family exists."""
    return definition is not None


def problems(definition: Definition) -> Iterator[str]:
    """One container prepares and ends, the other waits for its success, serves and is essential."""
    if "FARGATE" not in definition.get("requiresCompatibilities", ()):
        yield say("fargate")
    containers = {each["name"]: each for each in definition["containerDefinitions"]}
    missing = [name for name in (FONTS, PRINTER) if name not in containers]
    if missing:
        yield from (say("missing", name=name) for name in missing)
        return
    fonts, printer = containers[FONTS], containers[PRINTER]
    if fonts["image"] != printer["image"]:
        yield say("images", fonts=FONTS, printer=PRINTER)
    if not fonts.get("command") and not fonts.get("entryPoint"):
        yield say("never_ends", name=FONTS)
    if fonts.get("essential", True):
        yield say("essential_fonts", name=FONTS)
    if not printer.get("essential", True):
        yield say("spare_printer", name=PRINTER)
    waits = {each["containerName"]: each["condition"] for each in printer.get("dependsOn") or ()}
    if FONTS not in waits:
        yield say("no_order", name=PRINTER)
    elif waits[FONTS] != "SUCCESS":
        yield say("condition", name=PRINTER, condition=waits[FONTS])
    if PORT not in {each.get("containerPort") for each in printer.get("portMappings") or ()}:
        yield say("port", name=PRINTER, port=PORT)
    environment = {each["name"]: each["value"] for each in printer.get("environment") or ()}
    if environment.get("SHOP") != "FrenchBakery":
        yield say("shop", name=PRINTER)


def register_labels(lab: Lab) -> None:
    """Register the two containers."""
    ecr, ecs, iam = (lab.session.client(name) for name in ("ecr", "ecs", "iam"))
    [repository] = ecr.describe_repositories(repositoryNames=["ecs/products"])["repositories"]
    image = f"{repository['repositoryUri']}:1.0"
    ecs.register_task_definition(
        family="ecs-labels",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=iam.get_role(RoleName="ecs-execution")["Role"]["Arn"],
        containerDefinitions=[
            {"name": "fonts", "image": image, "essential": False, "command": ["python", "-c", "pass"]},
            {
                "name": "printer",
                "image": image,
                "dependsOn": [{"containerName": "fonts", "condition": "SUCCESS"}],
                "portMappings": [{"containerPort": 8080}],
                "environment": [{"name": "SHOP", "value": "FrenchBakery"}],
            },
        ],
    )


CHALLENGE = Challenge("ecs-labels", attempted, problems, say, (register_labels,), look=look)

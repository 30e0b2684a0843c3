"""A definition that has only what it needs: judged field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from labs.chapters import definitions
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

FAMILY = ROLE = "operations-orders"
WRITABLE = "/scratch"  # the one folder of the container that its program writes to
ROOT = ("root", "0")

say = Texts(
    {
        "title": {"fr": "les commandes, sans rien de trop", "en": "orders, and nothing superfluous"},
        "root": {
            "fr": "le conteneur « {name} » tourne en root, ou rien ne dit le contraire",
            "en": "the container “{name}” runs as root, or nothing says otherwise",
        },
        "writable_root": {
            "fr": "le conteneur « {name} » peut réécrire son propre système de fichiers",
            "en": "the container “{name}” may rewrite its own file system",
        },
        "nowhere": {
            "fr": "le conteneur « {name} » n’a nulle part où écrire : {path} n’est pas un volume",
            "en": "the container “{name}” has nowhere to write: {path} is not a volume",
        },
        "capabilities": {
            "fr": "le conteneur « {name} » garde des capacités du noyau",
            "en": "the container “{name}” keeps capabilities of the kernel",
        },
        "privileged": {
            "fr": "le conteneur « {name} » a les pouvoirs de l’hôte",
            "en": "the container “{name}” has the host’s powers",
        },
        "no_role": {
            "fr": "le programme n’a pas de rôle à lui",
            "en": "the program has no role of its own",
        },
        "same_role": {
            "fr": "le programme a les droits du rôle d’exécution",
            "en": "the program has the rights of the execution role",
        },
        "other_role": {
            "fr": "le programme endosse {found}, un rôle qui n’est pas le sien",
            "en": "the program takes on {found}, a role that is not its own",
        },
        "not_fargate": {
            "fr": "{family} n’est pas faite pour Fargate",
            "en": "{family} is not made for Fargate",
        },
        "hint_1": {
            "fr": "Cinq réglages sur le conteneur, un volume et un rôle sur la tâche. La figure de cette partie les montre tous.",
            "en": "Five settings on the container, a volume and a role on the task. The figure of this part shows them all.",
        },
        "hint_2": {
            "fr": "Les capacités se retirent dans linuxParameters. Le volume a un nom, et mountPoints le place dans le conteneur, sans readOnly.",
            "en": "Capabilities are dropped in linuxParameters. The volume has a name, and mountPoints puts it into the container, without readOnly.",
        },
        "hint_3": {
            "fr": 'user "10001", readonlyRootFilesystem True, linuxParameters {{"capabilities": {{"drop": ["ALL"]}}}}, volumes [{{"name": "scratch"}}], mountPoints vers /scratch, taskRoleArn d’un rôle qui n’est pas celui d’exécution.',
            "en": 'user "10001", readonlyRootFilesystem True, linuxParameters {{"capabilities": {{"drop": ["ALL"]}}}}, volumes [{{"name": "scratch"}}], mountPoints to /scratch, taskRoleArn of a role that is not the execution role.',
        },
        "solution": {
            "fr": "Qui prendrait la main dans ce programme n’y trouverait ni root, ni racine à réécrire, ni droit que le programme n’avait pas.",
            "en": "Whoever took this program over would find no root user, no root to rewrite, and no right that the program did not have.",
        },
    }
)


def look(session: CourseSession) -> dict[str, Any] | None:
    """Read the family's last definition."""
    return definitions.last(session, FAMILY)


def attempted(found: dict[str, Any] | None) -> bool:
    """Whether the family exists."""
    return found is not None


def problems(found: dict[str, Any]) -> Iterator[str]:
    """Each container with nothing superfluous, and a role for the program alone."""
    if "FARGATE" not in found.get("requiresCompatibilities", ()):
        yield say("not_fargate", family=FAMILY)
    for container in found["containerDefinitions"]:
        yield from _too_much(container)
    role = found.get("taskRoleArn")
    if not role:
        yield say("no_role")
    elif role == found.get("executionRoleArn"):
        yield say("same_role")
    elif role.rpartition("/")[2] != ROLE:
        yield say("other_role", found=role.rpartition("/")[2])


def _too_much(container: dict[str, Any]) -> Iterator[str]:
    name = container["name"]
    user = str(container.get("user") or "root").partition(":")[0]
    if user in ROOT:
        yield say("root", name=name)
    if not container.get("readonlyRootFilesystem"):
        yield say("writable_root", name=name)
    points = container.get("mountPoints", ())
    if not any(point.get("containerPath") == WRITABLE and not point.get("readOnly") for point in points):
        yield say("nowhere", name=name, path=WRITABLE)
    capabilities = (container.get("linuxParameters") or {}).get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or ()) or capabilities.get("add"):
        yield say("capabilities", name=name)
    if container.get("privileged"):
        yield say("privileged", name=name)


def register_orders(lab: Lab) -> None:
    """Create the program's role, and register a definition with nothing superfluous."""
    import json

    from labs.checks.model import unless_it_exists

    ecr, ecs, iam = (lab.session.client(name) for name in ("ecr", "ecs", "iam"))
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    with unless_it_exists():
        iam.create_role(
            RoleName="operations-orders",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
    [repository] = ecr.describe_repositories(repositoryNames=["operations/products"])["repositories"]
    ecs.register_task_definition(
        family="operations-orders",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=iam.get_role(RoleName="operations-execution")["Role"]["Arn"],
        taskRoleArn=iam.get_role(RoleName="operations-orders")["Role"]["Arn"],
        volumes=[{"name": "scratch"}],
        containerDefinitions=[
            {
                "name": "orders",
                "image": f"{repository['repositoryUri']}:1.0",
                "user": "10001",
                "readonlyRootFilesystem": True,
                "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/scratch"}],
                "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
            }
        ],
    )


CHALLENGE = Challenge("operations-orders", attempted, problems, say, (register_orders,), look=look)

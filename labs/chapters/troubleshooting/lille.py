"""Lille: ECS may do nothing in the task's name, so no task starts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from labs.chapters.troubleshooting import town
from labs.chapters.troubleshooting.town import Town
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

FAR_TOO_MUCH = {"*", "ecr:*", "logs:*", "AdministratorAccess", "PowerUserAccess"}

say = Texts(
    {
        "title": {"fr": "Lille ouvre", "en": "Lille opens"},
        "too_much": {
            "fr": "le rôle qui démarre les tâches de lille peut faire bien plus que les démarrer ({right})",
            "en": "the role that starts the tasks of lille may do far more than start them ({right})",
        },
        "hint_1": {
            "fr": "La tâche n’a jamais eu de conteneur : c’est donc ECS, et non votre programme, à qui l’on a dit non. Le message nomme qui demandait, et quoi.",
            "en": "The task never had a container: so it was ECS, not your program, that was told no. The message names who asked, and for what.",
        },
        "hint_2": {
            "fr": "Deux rôles figurent dans une définition de tâche. Celui qui sert avant le premier conteneur est executionRoleArn : que permettent ses politiques ?",
            "en": "A task definition has room for two roles. The one used before the first container is executionRoleArn: what do its policies allow?",
        },
        "hint_3": {
            "fr": "iam.attach_role_policy sur troubleshooting-lille avec la politique gérée AmazonECSTaskExecutionRolePolicy, puis update_service(…, forceNewDeployment=True) pour ne pas attendre la prochaine tentative d’ECS.",
            "en": "iam.attach_role_policy on troubleshooting-lille with the managed policy AmazonECSTaskExecutionRolePolicy, then update_service(…, forceNewDeployment=True) so as not to wait for ECS’s next try.",
        },
        "solution": {
            "fr": "Rien à changer dans la définition : c’est le rôle qui était vide.",
            "en": "Nothing to change in the definition: it was the role that was empty.",
        },
    }
)


def problems(found: Town) -> Iterator[str]:
    """Lille is served, by a role that can do little else."""
    yield from town.problems(found)
    yield from (say("too_much", right=right) for right in found.rights if right in FAR_TOO_MUCH)


def give_rights(lab: Lab) -> None:
    """Give the role what it takes to start a task, and have ECS try again."""
    ecs, elbv2, iam = (lab.session.client(name) for name in ("ecs", "elbv2", "iam"))
    iam.attach_role_policy(
        RoleName="troubleshooting-lille",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    )
    ecs.update_service(cluster="troubleshooting", service="lille", forceNewDeployment=True)
    patience = {"Delay": 1, "MaxAttempts": 300}
    ecs.get_waiter("services_stable").wait(
        cluster="troubleshooting", services=["lille"], WaiterConfig=patience
    )
    [target] = elbv2.describe_target_groups(Names=["troubleshooting-lille"])["TargetGroups"]
    elbv2.get_waiter("target_in_service").wait(TargetGroupArn=target["TargetGroupArn"], WaiterConfig=patience)


CHALLENGE = Challenge(
    "troubleshooting-lille",
    town.attempted,
    problems,
    say,
    (give_rights,),
    look=partial(town.look, name="lille"),
)

"""Dijon: the load balancer asks for a page that the program does not have."""

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

FIRST_ERROR = 400  # the lowest status with which a server says that something is wrong

say = Texts(
    {
        "title": {"fr": "Dijon ouvre", "en": "Dijon opens"},
        "blind": {
            "fr": "le contrôle de santé prend une erreur ({codes}) pour un signe de santé : il ne verra plus jamais rien",
            "en": "the health check takes an error ({codes}) for a sign of health: it will never see anything again",
        },
        "hint_1": {
            "fr": "La connexion passe, une réponse revient : le réseau et le port sont bons. Lisez la réponse : 404, la page demandée n’existe pas.",
            "en": "The connection works and an answer comes back: network and port are right. Read the answer: 404, the page that was asked for does not exist.",
        },
        "hint_2": {
            "fr": "Le chemin demandé est un réglage du groupe cible, pas de la tâche. Dans le labo, les services de FrenchBakery ont une page pour leur santé.",
            "en": "The path asked for is a setting of the target group, not of the task. In the lab, FrenchBakery’s services have a page for health.",
        },
        "hint_3": {
            "fr": 'elbv2.modify_target_group avec HealthCheckPath="/healthz". Pas de nouvelle révision : les tâches n’ont rien à se reprocher.',
            "en": 'elbv2.modify_target_group with HealthCheckPath="/healthz". No new revision: the tasks have done nothing wrong.',
        },
        "solution": {
            "fr": "Une lettre dans un réglage du groupe cible ; la tâche suivante tient.",
            "en": "One letter in a setting of the target group; the next task lasts.",
        },
    }
)


def problems(found: Town) -> Iterator[str]:
    """Dijon is served, and its health check still tells health from illness."""
    yield from town.problems(found)
    if found.check and any(_is_error(part) for part in found.check.codes.split(",") if part):
        yield say("blind", codes=found.check.codes)


def _is_error(codes: str) -> bool:
    """Whether a code, or a range of them, reaches into the errors."""
    return int(codes.rpartition("-")[2]) >= FIRST_ERROR


def ask_for_the_right_page(lab: Lab) -> None:
    """Ask for the page that exists, and wait for a task that lasts."""
    ecs, elbv2 = (lab.session.client(name) for name in ("ecs", "elbv2"))
    [target] = elbv2.describe_target_groups(Names=["troubleshooting-dijon"])["TargetGroups"]
    elbv2.modify_target_group(TargetGroupArn=target["TargetGroupArn"], HealthCheckPath="/healthz")
    patience = {"Delay": 1, "MaxAttempts": 300}
    elbv2.get_waiter("target_in_service").wait(TargetGroupArn=target["TargetGroupArn"], WaiterConfig=patience)
    ecs.get_waiter("services_stable").wait(
        cluster="troubleshooting", services=["dijon"], WaiterConfig=patience
    )


CHALLENGE = Challenge(
    "troubleshooting-dijon",
    town.attempted,
    problems,
    say,
    (ask_for_the_right_page,),
    look=partial(town.look, name="dijon"),
)

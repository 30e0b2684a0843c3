"""Three printers, three licences: judged by how many tasks a deployment leaves, and how many it makes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters import tasks
from labs.chapters.services.ground import NAME
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

SERVICE = "labels"
FAMILY = "services-window"
PRINTERS = 3

say = Texts(
    {
        "title": {"fr": "trois imprimantes, trois licences", "en": "three printers, three licences"},
        "count": {
            "fr": "le service veut {found} tâche(s) au lieu de {wanted}",
            "en": "the service wants {found} task(s) instead of {wanted}",
        },
        "family": {
            "fr": "le service lance {found} au lieu de {family}",
            "en": "the service runs {found} instead of {family}",
        },
        "running": {
            "fr": "{found} tâche(s) tournent sur {wanted}",
            "en": "{found} task(s) run out of {wanted}",
        },
        "many": {
            "fr": "un déploiement peut aller jusqu’à {found} tâches à la fois",
            "en": "a deployment may have {found} tasks at a time",
        },
        "none": {
            "fr": "un déploiement peut arrêter toutes les imprimantes à la fois",
            "en": "a deployment may stop all the printers at once",
        },
        "stuck": {
            "fr": "un déploiement n’avancera jamais : il ne peut ni arrêter une tâche, ni en démarrer une",
            "en": "a deployment will never get anywhere: it may neither stop a task nor start one",
        },
        "hint_1": {
            "fr": "Deux pourcentages, l’un de plancher, l’autre de plafond. Comptez les tâches qu’ils laissent, pour trois.",
            "en": "Two percentages, a floor and a ceiling. Count the tasks that they leave, out of three.",
        },
        "hint_2": {
            "fr": "Trois au plus : maximumPercent vaut 100. Il faut donc pouvoir en arrêter une avant d’en démarrer une autre. Relisez aussi le refus vu plus haut.",
            "en": "Three at most: maximumPercent is 100. So one must be stopped before another can start. And read the refusal above again.",
        },
        "hint_3": {
            "fr": 'minimumHealthyPercent 50 (deux tâches sur trois), maximumPercent 100, availabilityZoneRebalancing "DISABLED", desiredCount 3.',
            "en": 'minimumHealthyPercent 50 (two tasks out of three), maximumPercent 100, availabilityZoneRebalancing "DISABLED", desiredCount 3.',
        },
        "solution": {
            "fr": "On arrête une imprimante, on la remplace, et ainsi de suite : jamais plus de trois, jamais moins de deux.",
            "en": "One printer stops, another takes its place, and so on: never more than three, never fewer than two.",
        },
    }
)


@dataclass(frozen=True)
class Service:
    """Tasks wanted and running, the two percentages of a deployment, and the tasks' family."""

    desired: int
    running: int
    minimum: int
    maximum: int
    family: str = FAMILY


def look(session: CourseSession) -> Service | None:
    """Read the service; None when there is none."""
    found = tasks.service(session, NAME, SERVICE)
    if found is None:
        return None
    configuration = found["deploymentConfiguration"]
    return Service(
        found["desiredCount"],
        found["runningCount"],
        configuration["minimumHealthyPercent"],
        configuration["maximumPercent"],
        found["taskDefinition"].rpartition("/")[2].partition(":")[0],
    )


def attempted(service: Service | None) -> bool:
    """Whether the service exists."""
    return service is not None


def problems(service: Service) -> Iterator[str]:
    """Three tasks, never more, never none, and a deployment that gets through. ECS rounds the floor up."""
    if service.family != FAMILY:
        yield say("family", found=service.family, family=FAMILY)
    if service.desired != PRINTERS:
        yield say("count", found=service.desired, wanted=PRINTERS)
    if service.running != PRINTERS:
        yield say("running", found=service.running, wanted=PRINTERS)
    floor = math.ceil(PRINTERS * service.minimum / 100)
    ceiling = PRINTERS * service.maximum // 100
    if ceiling > PRINTERS:
        yield say("many", found=ceiling)
    elif floor >= ceiling:
        yield say("stuck")
    if floor < 1:
        yield say("none")


def create_labels(lab: Lab) -> None:
    """Create the service, and wait for its tasks."""
    ec2, ecs = (lab.session.client(name) for name in ("ec2", "ecs"))
    ours = [{"Name": "tag:Name", "Values": ["services"]}]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
    known = ecs.describe_services(cluster="services", services=["labels"])["services"]
    if not any(service["status"] == "ACTIVE" for service in known):
        ecs.create_service(
            cluster="services",
            serviceName="labels",
            taskDefinition="services-window",
            launchType="FARGATE",
            desiredCount=3,
            deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 100},
            availabilityZoneRebalancing="DISABLED",
            networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
        )
    ecs.get_waiter("services_stable").wait(
        cluster="services", services=["labels"], WaiterConfig={"Delay": 1, "MaxAttempts": 300}
    )


CHALLENGE = Challenge("services-labels", attempted, problems, say, (create_labels,), look=look)

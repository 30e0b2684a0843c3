"""A service mostly on Spot: judged by its strategy and by the tasks that run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters import tasks
from labs.chapters.fargate.ground import NAME
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

SERVICE = "fargate-reviews"
WANTED = 4  # tasks, one of them on demand
ON_DEMAND, SPOT = "FARGATE", "FARGATE_SPOT"

say = Texts(
    {
        "title": {"fr": "les avis, presque tous sur Spot", "en": "the reviews, nearly all on Spot"},
        "no_strategy": {
            "fr": "le service n’a pas de stratégie de fournisseurs de capacité",
            "en": "the service has no capacity provider strategy",
        },
        "no_spot": {
            "fr": "aucune tâche du service n’ira jamais sur Spot",
            "en": "no task of the service will ever go to Spot",
        },
        "no_base": {
            "fr": "rien ne garantit la première tâche à la demande",
            "en": "nothing guarantees the first task on demand",
        },
        "large_base": {
            "fr": "{base} tâches sont réservées à la demande, une seule est voulue",
            "en": "{base} tasks are reserved on demand, where one is wanted",
        },
        "weighted": {
            "fr": "au-delà de la première, des tâches vont encore à la demande",
            "en": "beyond the first, tasks still go on demand",
        },
        "count": {
            "fr": "le service veut {found} tâches au lieu de {wanted}",
            "en": "the service wants {found} tasks instead of {wanted}",
        },
        "running": {
            "fr": "tournent : {on_demand} tâche(s) à la demande et {spot} sur Spot",
            "en": "running: {on_demand} task(s) on demand and {spot} on Spot",
        },
        "hint_1": {
            "fr": "Deux nombres règlent une stratégie : combien de tâches d’abord, et dans quelles proportions ensuite.",
            "en": "Two numbers rule a strategy: how many tasks come first, and in which shares the rest follow.",
        },
        "hint_2": {
            "fr": "La base appartient à FARGATE. Un fournisseur de poids nul ne reçoit rien au-delà de sa base.",
            "en": "The base belongs to FARGATE. A provider whose weight is zero gets nothing beyond its base.",
        },
        "hint_3": {
            "fr": "capacityProviderStrategy contient FARGATE avec base=1 et weight=0, puis FARGATE_SPOT avec weight=1 ; ni launchType ni DAEMON.",
            "en": "capacityProviderStrategy holds FARGATE with base=1 and weight=0, then FARGATE_SPOT with weight=1; neither launchType nor DAEMON.",
        },
        "solution": {
            "fr": "Une stratégie remplace launchType ; le service attend que ses tâches tournent.",
            "en": "A strategy stands in for launchType; the service waits until its tasks run.",
        },
    }
)


@dataclass(frozen=True)
class Service:
    """What the challenge looks at: base and weight by provider, tasks wanted, tasks running by provider."""

    strategy: Mapping[str, tuple[int, int]]
    desired: int
    running: Mapping[str, int]


def look(session: CourseSession) -> Service | None:
    """Read the service and its running tasks; None when there is none."""
    found = tasks.of_service(session, NAME, SERVICE)
    if found is None:
        return None
    service, running = found
    return Service(
        {
            item["capacityProvider"]: (item.get("base") or 0, item.get("weight") or 0)
            for item in service.get("capacityProviderStrategy", ())
        },
        service["desiredCount"],
        Counter(task.get("capacityProviderName", "") for task in running),
    )


def attempted(found: Service | None) -> bool:
    """Whether the service exists."""
    return found is not None


def problems(found: Service) -> Iterator[str]:
    """One task on demand whatever happens, the others on Spot, all of them running."""
    if not found.strategy:
        yield say("no_strategy")
        return
    base, weight = found.strategy.get(ON_DEMAND, (0, 0))
    if not found.strategy.get(SPOT, (0, 0))[1]:
        yield say("no_spot")
    if not base:
        yield say("no_base")
    if base > 1:
        yield say("large_base", base=base)
    if weight:
        yield say("weighted")
    if found.desired != WANTED:
        yield say("count", found=found.desired, wanted=WANTED)
    on_demand, spot = found.running.get(ON_DEMAND, 0), found.running.get(SPOT, 0)
    if (on_demand, spot) != (1, WANTED - 1):
        yield say("running", on_demand=on_demand, spot=spot)


def create_reviews(lab: Lab) -> None:
    """Create the service on one task of FARGATE and three of FARGATE_SPOT, and wait for it."""
    ec2, ecr, ecs, iam = (lab.session.client(name) for name in ("ec2", "ecr", "ecs", "iam"))
    [repository] = ecr.describe_repositories(repositoryNames=["fargate/products"])["repositories"]
    ours = [{"Name": "tag:Name", "Values": ["fargate"]}]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
    known = ecs.describe_services(cluster="fargate", services=["fargate-reviews"])["services"]
    if not any(service["status"] == "ACTIVE" for service in known):
        program = "import time\nwhile True: time.sleep(1)"
        ecs.register_task_definition(
            family="fargate-reviews",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn=iam.get_role(RoleName="fargate-execution")["Role"]["Arn"],
            containerDefinitions=[
                {
                    "name": "reviews",
                    "image": f"{repository['repositoryUri']}:1.0",
                    "command": ["python", "-c", program],
                    "stopTimeout": 2,
                }
            ],
        )
        ecs.create_service(
            cluster="fargate",
            serviceName="fargate-reviews",
            taskDefinition="fargate-reviews",
            desiredCount=4,
            capacityProviderStrategy=[
                {"capacityProvider": "FARGATE", "base": 1, "weight": 0},
                {"capacityProvider": "FARGATE_SPOT", "weight": 1},
            ],
            networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
        )
    ecs.get_waiter("services_stable").wait(
        cluster="fargate", services=["fargate-reviews"], WaiterConfig={"Delay": 1, "MaxAttempts": 300}
    )


CHALLENGE = Challenge("fargate-reviews", attempted, problems, say, (create_reviews,), look=look)

"""Step 6: four services, two tasks each, over two zones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.checks.model import Step
from labs.inventory import NAME, SERVICES, Network, Service, TargetGroup, Task
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

COPIES = 2

say = Texts(
    {
        "title": {"fr": "les services", "en": "the services"},
        "missing": {"fr": "le service {name} n’existe pas", "en": "the service {name} does not exist"},
        "leaving": {
            "fr": "le service {name} est en cours de suppression",
            "en": "the service {name} is being deleted",
        },
        "family": {
            "fr": "{name} fait tourner la définition de tâche {family}",
            "en": "{name} runs the task definition {family}",
        },
        "desired": {
            "fr": "{name} ne demande que {count} tâche : la perdre, c’est perdre le service",
            "en": "{name} asks for only {count} task: losing it is losing the service",
        },
        "nothing_desired": {
            "fr": "{name} ne demande aucune tâche",
            "en": "{name} asks for no task",
        },
        "running": {
            "fr": "{name} : sur {desired} tâches demandées, {running} en marche",
            "en": "{name}: of {desired} tasks asked for, {running} running",
        },
        "one_zone": {
            "fr": "toutes les tâches de {name} sont dans la zone {zone}",
            "en": "every task of {name} is in zone {zone}",
        },
        "no_target_group": {
            "fr": "{name} n’inscrit ses tâches dans aucun groupe cible",
            "en": "{name} registers its tasks in no target group",
        },
        "wrong_target_group": {
            "fr": "{name} inscrit ses tâches dans le groupe cible d’un autre service",
            "en": "{name} registers its tasks in another service’s target group",
        },
        "unhealthy": {
            "fr": "{name} : sur {desired} cibles, {healthy} en bonne santé",
            "en": "{name}: of {desired} targets, {healthy} healthy",
        },
        "breaker": {
            "fr": "rien n’arrêterait un mauvais déploiement de {name}",
            "en": "nothing would stop a bad deployment of {name}",
        },
        "group": {
            "fr": "les tâches de {name} ne portent pas le groupe de sécurité des tâches",
            "en": "the tasks of {name} do not wear the security group meant for tasks",
        },
        "hint_1": {
            "fr": "Regardez ce qui manque dans le schéma : des tâches, leur zone, ou la flèche qui mène à elles ?",
            "en": "Look at what the diagram lacks: tasks, their zone, or the arrow that leads to them?",
        },
        "hint_2": {
            "fr": "desiredCount, loadBalancers, networkConfiguration et deploymentConfiguration décident de tout. "
            "Pour une tâche qui ne tient pas, lab.timeline() et stoppedReason disent pourquoi.",
            "en": "desiredCount, loadBalancers, networkConfiguration and deploymentConfiguration decide "
            "everything. For a task that does not last, lab.timeline() and stoppedReason say why.",
        },
        "hint_3": {
            "fr": "desiredCount=2 ; loadBalancers avec le groupe cible frenchbakery-<service>, containerName et "
            "8080 ; les deux sous-réseaux, frenchbakery-tasks, assignPublicIp=ENABLED ; "
            "deploymentCircuitBreaker activé.",
            "en": "desiredCount=2; loadBalancers with the target group frenchbakery-<service>, containerName and "
            "8080; both subnets, frenchbakery-tasks, assignPublicIp=ENABLED; deploymentCircuitBreaker on.",
        },
        "solution": {
            "fr": "Un create_service par service, puis l’attente de l’état stable.",
            "en": "One create_service per service, then the wait for the steady state.",
        },
    }
)


def attempted(
    services: tuple[Service, ...],
    tasks: tuple[Task, ...],
    target_groups: tuple[TargetGroup, ...],
    networks: tuple[Network, ...],
) -> bool:
    """Whether any service exists."""
    return bool(services)


def problems(
    services: tuple[Service, ...],
    tasks: tuple[Task, ...],
    target_groups: tuple[TargetGroup, ...],
    networks: tuple[Network, ...],
) -> Iterator[str]:
    """Service by service: what is asked for, what runs and where, what requests can reach."""
    by_name = {service.name: service for service in services}
    group = networks[0].group(f"{NAME}-tasks") if networks else None
    for name in SERVICES:
        service = by_name.get(name)
        if service is None:
            yield say("missing", name=name)
        elif service.status != "ACTIVE":
            yield say("leaving", name=name)
        else:
            yield from _asked_for(service, group.id if group else None)
            yield from _running(service, [task for task in tasks if task.service == name])
            yield from _reachable(service, target_groups)


def _asked_for(service: Service, group: str | None) -> Iterator[str]:
    if service.family != f"{NAME}-{service.name}":
        yield say("family", name=service.name, family=service.family)
    if service.desired == 0:
        yield say("nothing_desired", name=service.name)
    elif service.desired < COPIES:
        yield say("desired", name=service.name, count=service.desired)
    if group is not None and group not in service.groups:
        yield say("group", name=service.name)
    if not service.breaker:
        yield say("breaker", name=service.name)


def _running(service: Service, tasks: list[Task]) -> Iterator[str]:
    if service.running < service.desired:
        yield say("running", name=service.name, running=service.running, desired=service.desired)
    zones = {task.zone for task in tasks}
    if len(tasks) >= COPIES and len(zones) == 1:
        yield say("one_zone", name=service.name, zone=zones.pop())


def _reachable(service: Service, target_groups: tuple[TargetGroup, ...]) -> Iterator[str]:
    own = next((group for group in target_groups if group.name == f"{NAME}-{service.name}"), None)
    if not service.target_groups:
        yield say("no_target_group", name=service.name)
    elif own is None or own.arn not in service.target_groups:
        yield say("wrong_target_group", name=service.name)
    else:
        healthy = sum(state == "healthy" for _, state in own.health)
        if healthy < service.desired:
            yield say("unhealthy", name=service.name, healthy=healthy, desired=service.desired)


def create_services(lab: Lab) -> None:
    """Create the services that are absent and wait until all are steady."""
    ec2, ecs, elbv2 = (lab.session.client(name) for name in ("ec2", "ecs", "elbv2"))
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["frenchbakery"]}])["Vpcs"]
    here = {"Name": "vpc-id", "Values": [vpc["VpcId"]]}
    tasks = {"Name": "group-name", "Values": ["frenchbakery-tasks"]}
    subnets = ec2.describe_subnets(Filters=[here])["Subnets"]
    [group] = ec2.describe_security_groups(Filters=[here, tasks])["SecurityGroups"]
    names = ("frontend", "products", "orders", "reviews")
    known = ecs.describe_services(cluster="frenchbakery", services=names)["services"]
    running = {service["serviceName"] for service in known if service["status"] == "ACTIVE"}
    for name in names:
        if name in running:
            continue
        [target] = elbv2.describe_target_groups(Names=[f"frenchbakery-{name}"])["TargetGroups"]
        ecs.create_service(
            cluster="frenchbakery",
            serviceName=name,
            taskDefinition=f"frenchbakery-{name}",
            launchType="FARGATE",
            desiredCount=2,
            healthCheckGracePeriodSeconds=60,
            deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": [subnet["SubnetId"] for subnet in subnets],
                    "securityGroups": [group["GroupId"]],
                    "assignPublicIp": "ENABLED",
                }
            },
            loadBalancers=[
                {
                    "targetGroupArn": target["TargetGroupArn"],
                    "containerName": name,
                    "containerPort": 8080,
                }
            ],
        )
    ecs.get_waiter("services_stable").wait(
        cluster="frenchbakery", services=names, WaiterConfig={"Delay": 1, "MaxAttempts": 600}
    )
    for name in names:
        [target] = elbv2.describe_target_groups(Names=[f"frenchbakery-{name}"])["TargetGroups"]
        elbv2.get_waiter("target_in_service").wait(
            TargetGroupArn=target["TargetGroupArn"], WaiterConfig={"Delay": 1, "MaxAttempts": 240}
        )


STEP = Step(
    "services",
    attempted,
    problems,
    say,
    (create_services,),
    reads=("services", "tasks", "target_groups", "networks"),
)

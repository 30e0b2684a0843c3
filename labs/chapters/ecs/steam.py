"""Two tasks on two container instances, away from the wood-fired one: judged by where they run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labs.chapters import definitions
from labs.chapters.ecs.ground import NAME
from labs.checks.model import Challenge
from labs.cloud.controllers.cluster_query import InvalidExpression, Subject, parse
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

FAMILY = "ecs-steam"
WANTED = 2

say = Texts(
    {
        "title": {
            "fr": "chacune chez soi, loin du four à bois",
            "en": "one each, away from the wood-fired oven",
        },
        "rule": {
            "fr": "la définition {family} laisserait ses tâches aller sur l’instance marquée oven=wood",
            "en": "the definition {family} would let its tasks go to the instance marked oven=wood",
        },
        "mode": {
            "fr": "la définition {family} est en mode {found}",
            "en": "the definition {family} is in the {found} mode",
        },
        "unmarked": {
            "fr": "aucune instance du cluster ne porte l’attribut oven=wood",
            "en": "no instance of the cluster carries the attribute oven=wood",
        },
        "older": {
            "fr": "{found} tâche(s) d’une révision plus ancienne tournent encore",
            "en": "{found} task(s) of an older revision still run",
        },
        "running": {
            "fr": "{found} tâche(s) de la dernière révision tournent au lieu de {wanted}",
            "en": "{found} task(s) of the last revision run instead of {wanted}",
        },
        "fargate": {
            "fr": "une tâche ne tourne pas sur une instance du cluster",
            "en": "a task does not run on an instance of the cluster",
        },
        "wood": {
            "fr": "une tâche tourne sur l’instance marquée oven=wood",
            "en": "a task runs on the instance marked oven=wood",
        },
        "together": {
            "fr": "deux tâches partagent une instance",
            "en": "two tasks share an instance",
        },
        "hint_1": {
            "fr": "Deux contraintes : l’une choisit les instances permises, l’autre interdit d’en partager une. Seule la première peut s’écrire dans une définition.",
            "en": "Two constraints: one picks the instances allowed, the other forbids sharing one. Only the first can be written in a definition.",
        },
        "hint_2": {
            "fr": "register_task_definition et run_task ont chacun leur placementConstraints ; distinctInstance n’existe que dans le second.",
            "en": "register_task_definition and run_task each have their placementConstraints; distinctInstance exists in the second only.",
        },
        "hint_3": {
            "fr": 'Dans la définition : {{"type": "memberOf", "expression": "attribute:oven != wood"}} ; dans run_task, avec count=2 : {{"type": "distinctInstance"}}.',
            "en": 'In the definition: {{"type": "memberOf", "expression": "attribute:oven != wood"}}; in run_task, with count=2: {{"type": "distinctInstance"}}.',
        },
        "solution": {
            "fr": "La première partie retrouve les instances, ou les crée, et en marque une ; la seconde place les tâches.",
            "en": "The first part finds the instances, or creates them, and marks one; the second places the tasks.",
        },
    }
)


@dataclass(frozen=True)
class Placed:
    """What the last revision says, and the instance of each of its running tasks ("" on Fargate).

    `keeps_away`: its constraints exclude every instance marked as wood-fired. `older`: running tasks of revisions
    before it.
    """

    keeps_away: bool
    instances: tuple[str, ...]
    wood: frozenset[str]
    mode: str = "bridge"
    older: int = 0


def look(session: CourseSession) -> Placed | None:
    """Read the family's last revision, its running tasks, and which instances are marked."""
    ecs = session.client("ecs")
    definition = definitions.last(session, FAMILY)
    if definition is None:
        return None
    running = ecs.list_tasks(cluster=NAME, family=FAMILY)["taskArns"]
    tasks = ecs.describe_tasks(cluster=NAME, tasks=running)["tasks"] if running else []
    latest = [task for task in tasks if task["taskDefinitionArn"] == definition["taskDefinitionArn"]]
    marked = ecs.list_attributes(
        cluster=NAME, targetType="container-instance", attributeName="oven", attributeValue="wood"
    )["attributes"]
    wood = [_id(attribute["targetId"]) for attribute in marked]
    return Placed(
        _keeps_away(ecs, definition, wood),
        tuple(
            _id(task.get("containerInstanceArn", "")) for task in latest if task["lastStatus"] == "RUNNING"
        ),
        frozenset(wood),
        definition.get("networkMode", "bridge"),  # what Docker gives on Linux, unless another is named
        len(tasks) - len(latest),
    )


def _keeps_away(ecs: Any, definition: dict[str, Any], instances: list[str]) -> bool:
    """Whether each of these instances is excluded by a constraint of the definition."""
    if not instances:
        return False
    described = ecs.describe_container_instances(cluster=NAME, containerInstances=instances)
    subjects = [
        Subject(
            attributes={each["name"]: each.get("value") for each in instance["attributes"]},
            ec2_instance_id=instance.get("ec2InstanceId", ""),
        )
        for instance in described["containerInstances"]
    ]
    tests = []
    for constraint in definition.get("placementConstraints", ()):
        with suppress(InvalidExpression):  # AWS's language may know more than ours
            tests.append(parse(constraint["expression"]))
    return all(any(not test(subject) for test in tests) for subject in subjects)


def attempted(found: Placed | None) -> bool:
    """Whether the family exists."""
    return found is not None


def problems(found: Placed) -> Iterator[str]:
    """Two tasks, apart from each other and from the wood-fired oven, by a rule of the definition."""
    if not found.wood:
        yield say("unmarked")
    elif not found.keeps_away:
        yield say("rule", family=FAMILY)
    if found.mode != "bridge":
        yield say("mode", family=FAMILY, found=found.mode)
    if len(found.instances) != WANTED:
        yield say("running", found=len(found.instances), wanted=WANTED)
    if found.older:
        yield say("older", found=found.older)
    if "" in found.instances:
        yield say("fargate")
    if found.wood.intersection(found.instances):
        yield say("wood")
    if len(set(found.instances)) < len(found.instances):
        yield say("together")


def _id(instance: str) -> str:
    """An instance's id: attributes may name it by its ARN of either form."""
    return instance.rpartition("/")[2]


def start_instances(lab: Lab) -> None:
    """Start three container instances unless the cluster has some, and mark one of them."""
    import time

    ec2, ecs, ssm = (lab.session.client(name) for name in ("ec2", "ecs", "ssm"))
    ours = [{"Name": "tag:Name", "Values": ["ecs"]}]
    subnets = ec2.describe_subnets(Filters=ours)["Subnets"]
    image = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    if not ecs.list_container_instances(cluster="ecs")["containerInstanceArns"]:
        for subnet, count in zip(subnets, (2, 1), strict=True):
            ec2.run_instances(
                MinCount=count,
                MaxCount=count,
                ImageId=ssm.get_parameter(Name=image)["Parameter"]["Value"],
                InstanceType="t3.medium",
                SubnetId=subnet["SubnetId"],
                UserData="#!/bin/bash\necho ECS_CLUSTER=ecs >> /etc/ecs/ecs.config\n",
                IamInstanceProfile={"Name": "ecs-instance"},
                TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "ecs"}]}],
            )
    for _ in range(600):
        instances = ecs.list_container_instances(cluster="ecs")["containerInstanceArns"]
        if len(instances) == 3:
            break
        time.sleep(1)
    ecs.put_attributes(
        cluster="ecs", attributes=[{"name": "oven", "value": "wood", "targetId": sorted(instances)[0]}]
    )


def place(lab: Lab) -> None:
    """Register the definition and run its two tasks, unless they run."""
    ecr, ecs, iam = (lab.session.client(name) for name in ("ecr", "ecs", "iam"))
    [repository] = ecr.describe_repositories(repositoryNames=["ecs/products"])["repositories"]
    if not ecs.list_tasks(cluster="ecs", family="ecs-steam")["taskArns"]:
        ecs.register_task_definition(
            family="ecs-steam",
            networkMode="bridge",
            executionRoleArn=iam.get_role(RoleName="ecs-execution")["Role"]["Arn"],
            placementConstraints=[{"type": "memberOf", "expression": "attribute:oven != wood"}],
            containerDefinitions=[
                {
                    "name": "steam",
                    "image": f"{repository['repositoryUri']}:1.0",
                    "command": ["python", "-c", "import time\nwhile True: time.sleep(1)"],
                    "memory": 128,
                    "stopTimeout": 2,
                }
            ],
        )
        ecs.run_task(
            cluster="ecs",
            taskDefinition="ecs-steam",
            launchType="EC2",
            count=2,
            placementConstraints=[{"type": "distinctInstance"}],
        )
    ecs.get_waiter("tasks_running").wait(
        cluster="ecs",
        tasks=ecs.list_tasks(cluster="ecs", family="ecs-steam")["taskArns"],
        WaiterConfig={"Delay": 1, "MaxAttempts": 300},
    )


CHALLENGE = Challenge("ecs-steam", attempted, problems, say, (start_instances, place), look=look)

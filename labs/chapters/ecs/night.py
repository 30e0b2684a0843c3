"""A definition with two faults: judged by how its next revision ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labs.chapters import definitions, tasks
from labs.chapters.ecs import ended
from labs.chapters.ecs.ended import Ended
from labs.chapters.ecs.ground import NAME, NIGHT, NIGHT_PROGRAM, NIGHT_TAG
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

PROGRAM = ("python", "-c", NIGHT_PROGRAM)

say = Texts(
    {
        "title": {"fr": "la tâche de nuit qui ne part pas", "en": "the night task that does not start"},
        "program": {
            "fr": "la révision ne fait plus tourner le programme de la nuit",
            "en": "the revision no longer runs the program of the night",
        },
        "not_run": {
            "fr": "la dernière révision de {family} n’a pas encore tourné",
            "en": "the last revision of {family} has not run yet",
        },
        "hint_1": {
            "fr": "Faites tourner la révision telle qu’elle est et lisez stoppedReason. La seconde panne n’apparaît que la première réparée.",
            "en": "Run the revision as it is and read stoppedReason. The second fault only shows once the first is mended.",
        },
        "hint_2": {
            "fr": "La première est dans image. Pour la seconde, la raison ne dit que « essential container exited » : la suite est dans le journal /ecs/tasks.",
            "en": "The first is in image. For the second the reason only says “essential container exited”: the rest is in the log group /ecs/tasks.",
        },
        "hint_3": {
            "fr": "Le dépôt n’a que l’étiquette 1.0, et le programme lit la variable LOAVES. describe_task_definition donne les conteneurs à corriger et à réenregistrer.",
            "en": "The repository only has tag 1.0, and the program reads the variable LOAVES. describe_task_definition gives the containers to mend and register again.",
        },
        "solution": {
            "fr": "Une révision ne se corrige pas : on en enregistre une autre, puis on fait tourner celle-là.",
            "en": "A revision cannot be mended: another one is registered, and that one is run.",
        },
    }
)


@dataclass(frozen=True)
class Night:
    """The last revision: its program, and how its last task ended; None when none was run."""

    command: tuple[str, ...]
    ended: Ended | None = None


def look(session: CourseSession) -> Night | None:
    """Read the family's last revision and its last task; None while there is only the one that was delivered."""
    definition = definitions.last(session, NIGHT)
    if definition is None or _delivered(definition):
        return None
    container = definition["containerDefinitions"][0]
    command = tuple(container.get("command", ()))
    found = tasks.last(session, NAME, NIGHT)
    if found is None or found[0]["taskDefinitionArn"] != definition["taskDefinitionArn"]:
        return Night(command)
    return Night(command, ended.of(found[0], container["name"]))


def _delivered(definition: dict[str, Any]) -> bool:
    """Whether it has both faults still: a learner may have deregistered the first revision, so none are counted."""
    [container, *_] = definition["containerDefinitions"]
    named = {each["name"] for each in container.get("environment", ())}
    return (
        container["image"].endswith(f":{NIGHT_TAG}")
        and "LOAVES" not in named
        and tuple(container.get("command", ())) == PROGRAM
    )


def attempted(found: Night | None) -> bool:
    """Whether there is another revision than the one that was delivered."""
    return found is not None


def problems(found: Night) -> Iterator[str]:
    """The same program, run to its end."""
    if found.command != PROGRAM:
        yield say("program")
    if found.ended is None:
        yield say("not_run", family=NIGHT)
    else:
        yield from ended.problems(found.ended, NIGHT)


def mend(lab: Lab) -> None:
    """Register a revision with the right image and variable, run it and wait for its end."""
    ec2, ecr, ecs, iam = (lab.session.client(name) for name in ("ec2", "ecr", "ecs", "iam"))
    [repository] = ecr.describe_repositories(repositoryNames=["ecs/products"])["repositories"]
    ours = [{"Name": "tag:Name", "Values": ["ecs"]}]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
    definition = ecs.describe_task_definition(taskDefinition="ecs-night")["taskDefinition"]
    [container] = definition["containerDefinitions"]
    container["image"] = f"{repository['repositoryUri']}:1.0"
    container["environment"] = [{"name": "LOAVES", "value": "200"}]
    ecs.register_task_definition(
        family="ecs-night",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=iam.get_role(RoleName="ecs-execution")["Role"]["Arn"],
        containerDefinitions=[container],
    )
    [task] = ecs.run_task(
        cluster="ecs",
        taskDefinition="ecs-night",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
    )["tasks"]
    ecs.get_waiter("tasks_stopped").wait(
        cluster="ecs", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 300}
    )


CHALLENGE = Challenge("ecs-night", attempted, problems, say, (mend,), look=look)

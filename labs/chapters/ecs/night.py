"""A definition with two faults: judged by how its next revision ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters import tasks
from labs.chapters.ecs.ground import NAME, NIGHT, NIGHT_PROGRAM
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

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
        "running": {"fr": "la tâche n’est pas arrêtée", "en": "the task has not stopped"},
        "not_started": {
            "fr": "la tâche n’a pas démarré ; sa raison commence par {reason}",
            "en": "the task did not start; its reason begins with {reason}",
        },
        "failed": {
            "fr": "le conteneur est sorti avec le code {code}",
            "en": "the container left with exit code {code}",
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
    """The last revision: its program, and how its last task ended; no status when none was run."""

    command: tuple[str, ...]
    status: str = ""
    reason: str = ""
    exit_code: int | None = None


def look(session: CourseSession) -> Night | None:
    """Read the family's last revision and its last task; None while there is only the first one."""
    ecs = session.client("ecs")
    arns = ecs.list_task_definitions(familyPrefix=NIGHT, sort="DESC")["taskDefinitionArns"]
    if len(arns) < 2:
        return None
    definition = ecs.describe_task_definition(taskDefinition=arns[0])["taskDefinition"]
    command = tuple(definition["containerDefinitions"][0].get("command", ()))
    found = tasks.last(session, NAME, NIGHT)
    if found is None or found[0]["taskDefinitionArn"] != arns[0]:
        return Night(command)
    task = found[0]
    return Night(
        command,
        task["lastStatus"],
        task.get("stoppedReason", ""),
        task["containers"][0].get("exitCode"),
    )


def attempted(found: Night | None) -> bool:
    """Whether there is a second revision."""
    return found is not None


def problems(found: Night) -> Iterator[str]:
    """The same program, run to its end."""
    if found.command != ("python", "-c", NIGHT_PROGRAM):
        yield say("program")
    if not found.status:
        yield say("not_run", family=NIGHT)
    elif found.status != "STOPPED":
        yield say("running")
    elif found.exit_code is None:
        yield say("not_started", reason=found.reason.partition(":")[0])
    elif found.exit_code:
        yield say("failed", code=found.exit_code)


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

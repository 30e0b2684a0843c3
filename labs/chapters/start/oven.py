"""A task of the learner's own that does its work and leaves: judged by how its last run ended and what it said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labs.chapters import tasks
from labs.chapters.start.ground import CLUSTER
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

FAMILY = "start-baguettes"
BAGUETTE = "🥖"

say = Texts(
    {
        "title": {"fr": "une fournée de baguettes", "en": "a batch of baguettes"},
        "running": {
            "fr": "la dernière tâche de la famille {family} n’est pas finie",
            "en": "the last task of the family {family} has not finished",
        },
        "failed": {
            "fr": "son conteneur n’est pas sorti avec le code 0 ({reason})",
            "en": "its container did not leave with exit code 0 ({reason})",
        },
        "no_log": {
            "fr": "sa définition n’envoie aucun journal à CloudWatch : personne ne saura ce qui est sorti du four",
            "en": "its definition sends no log to CloudWatch: nobody will know what came out of the oven",
        },
        "silent": {
            "fr": "son journal ne contient aucune baguette",
            "en": "its log holds no baguette",
        },
        "hint_1": {
            "fr": "La cellule des croissants fait presque tout : que changer pour que le four en sorte autre chose ?",
            "en": "The croissants’ cell does nearly everything: what has to change for the oven to bake something else?",
        },
        "hint_2": {
            "fr": "Une définition de la famille `start-baguettes`, une autre commande, puis run_task, comme plus haut.",
            "en": "A definition of the family `start-baguettes`, another command, then run_task, as above.",
        },
        "hint_3": {
            "fr": 'command=["python", "-c", "print(\'🥖\' * 12)"], run_task, et le waiter tasks_stopped.',
            "en": 'command=["python", "-c", "print(\'🥖\' * 12)"], run_task, and the tasks_stopped waiter.',
        },
        "solution": {
            "fr": "Une définition, une tâche, et attendre qu’elle ait fini et que son journal soit là.",
            "en": "A definition, a task, and wait until it has finished and its log is there.",
        },
    }
)


@dataclass(frozen=True)
class Batch:
    """The last task of the family: its status, its first container's exit code, why it stopped, what it said."""

    status: str
    exit_code: int | None
    reason: str
    said: str | None  # None: no log in CloudWatch


def look(session: CourseSession) -> Batch | None:
    """Read the last task of the family; None without one."""
    found = tasks.last(session, CLUSTER, FAMILY)
    if found is None:
        return None
    task, definition = found
    baker = definition["containerDefinitions"][0]
    container = next(each for each in task["containers"] if each["name"] == baker["name"])
    reason = container.get("reason") or task.get("stoppedReason", "")
    said = _said(session, baker, task["taskArn"].rpartition("/")[2])
    return Batch(task["lastStatus"], container.get("exitCode"), reason, said)


def _said(session: CourseSession, baker: Mapping[str, Any], task_id: str) -> str | None:
    """The container's lines, wherever its definition sends them."""
    options = baker.get("logConfiguration", {}).get("options", {})
    if "awslogs-group" not in options:
        return None
    logs = session.client("logs")
    stream = f"{options.get('awslogs-stream-prefix', '')}/{baker['name']}/{task_id}"
    try:
        events = logs.filter_log_events(
            logGroupName=options["awslogs-group"], logStreamNamePrefix=stream.lstrip("/")
        )["events"]
    except logs.exceptions.ResourceNotFoundException:  # nothing was ever written there
        return ""
    return "\n".join(event["message"] for event in events)


def attempted(found: Batch | None) -> bool:
    """Whether such a task was ever started."""
    return found is not None


def problems(found: Batch) -> Iterator[str]:
    """It has finished, well, and baguettes came out."""
    if found.status != "STOPPED":
        yield say("running", family=FAMILY)
    elif found.exit_code != 0:
        yield say("failed", reason=found.reason or found.exit_code)
    elif found.said is None:
        yield say("no_log")
    elif BAGUETTE not in found.said:
        yield say("silent")


def bake(lab: Lab) -> None:
    """Register another command and run it once."""
    import time

    ec2, ecs, logs = (lab.session.client(name) for name in ("ec2", "ecs", "logs"))
    products = ecs.describe_task_definition(taskDefinition="frenchbakery-products")["taskDefinition"]
    ours = [{"Name": "tag:Name", "Values": ["frenchbakery"]}]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
    definition = {
        "family": "start-baguettes",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": products["executionRoleArn"],
    }
    oven = {
        "name": "oven",
        "image": products["containerDefinitions"][0]["image"],
        "command": ["python", "-c", "print('🥖' * 12)"],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "/ecs/frenchbakery",
                "awslogs-region": lab.session.region_name,
                "awslogs-stream-prefix": "oven",
            },
        },
    }
    ecs.register_task_definition(**definition, containerDefinitions=[oven])
    [task] = ecs.run_task(
        cluster="frenchbakery",
        taskDefinition="start-baguettes",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
    )["tasks"]
    ecs.get_waiter("tasks_stopped").wait(
        cluster="frenchbakery", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 600}
    )
    stream = f"oven/oven/{task['taskArn'].rpartition('/')[2]}"
    for _ in range(60):
        if logs.filter_log_events(logGroupName="/ecs/frenchbakery", logStreamNamePrefix=stream)["events"]:
            break
        time.sleep(1)


CHALLENGE = Challenge("start-oven", attempted, problems, say, (bake,), look=look)

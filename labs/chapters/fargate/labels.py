"""A Spot task that may be taken back at any time: judged by the delay it has and by how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labs.chapters import tasks
from labs.chapters.fargate.ground import NAME
from labs.checks.model import Challenge
from labs.facts import number
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

FAMILY = "fargate-labels"
SHEET = 90  # seconds that the printer may take to finish a sheet
KILLED = 137
TAKEN_BACK = ("SpotInterruption", "UserInitiated")  # by AWS, or by somebody who rehearses it

say = Texts(
    {
        "title": {"fr": "les étiquettes, reprises sans dégât", "en": "the labels, taken back without harm"},
        "running": {
            "fr": "la dernière tâche de {family} n’est pas arrêtée",
            "en": "the last task of {family} has not stopped",
        },
        "on_demand": {"fr": "la tâche n’a pas tourné sur Spot", "en": "the task did not run on Spot"},
        "delay": {
            "fr": "entre SIGTERM et SIGKILL, le conteneur n’a que {found} secondes ; une planche peut en prendre {needed}",
            "en": "between SIGTERM and SIGKILL the container has only {found} seconds; a sheet may take {needed}",
        },
        "by_itself": {
            "fr": "la tâche a fini sans que personne ne la reprenne",
            "en": "the task ended without anybody taking it back",
        },
        "killed": {
            "fr": "le conteneur n’a pas écouté SIGTERM : il a été tué (code 137)",
            "en": "the container did not listen to SIGTERM: it was killed (exit code 137)",
        },
        "failed": {
            "fr": "le conteneur n’est pas sorti avec le code 0",
            "en": "the container did not leave with exit code 0",
        },
        "hint_1": {
            "fr": "Trois choses à réunir : où la tâche tourne, combien de temps elle a pour partir, ce que fait son programme quand on le lui demande.",
            "en": "Three things must come together: where the task runs, how long it has to leave, what its program does when asked to.",
        },
        "hint_2": {
            "fr": "run_task accepte capacityProviderStrategy ; stopTimeout se règle sur le conteneur ; le programme vu plus haut écoute SIGTERM.",
            "en": "run_task accepts capacityProviderStrategy; stopTimeout is set on the container; the program seen above listens to SIGTERM.",
        },
        "hint_3": {
            "fr": "stopTimeout entre 90 et 120. Attendez que la tâche soit RUNNING et que son programme ait écrit sa première ligne, puis appelez stop_task : le signal est le même que celui de Spot.",
            "en": "stopTimeout between 90 and 120. Wait until the task is RUNNING and its program has written its first line, then call stop_task: the signal is the same as Spot’s.",
        },
        "solution": {
            "fr": "Le programme finit sa planche et sort avec le code 0 ; le délai n’est qu’un maximum, il n’est pas attendu.",
            "en": "The program finishes its sheet and leaves with exit code 0; the delay is a limit, nobody sits through it.",
        },
    }
)


@dataclass(frozen=True)
class Run:
    """The family's last task: how it was stopped and, of the containers that it cannot do without, the shortest
    delay between the signals in seconds, and the worst exit code."""

    status: str
    provider: str
    stop_timeout: int
    stop_code: str = ""
    exit_code: int | None = None


def look(session: CourseSession) -> Run | None:
    """Read the last task of the family; None when there is none."""
    found = tasks.last(session, NAME, FAMILY)
    return None if found is None else of(*found)


def of(task: dict[str, Any], definition: dict[str, Any]) -> Run:
    """A task and its definition, as ECS describes them."""
    needed = [each for each in definition["containerDefinitions"] if each.get("essential", True)]
    names = {each["name"] for each in needed}
    codes = [each.get("exitCode") for each in task["containers"] if each["name"] in names]
    return Run(
        task["lastStatus"],
        task.get("capacityProviderName", ""),
        min(each.get("stopTimeout", int(number("ecs_stop_timeout"))) for each in needed),
        task.get("stopCode", ""),
        next((code for code in codes if code != 0), 0),
    )


def attempted(run: Run | None) -> bool:
    """Whether a task of the family was started."""
    return run is not None


def problems(run: Run) -> Iterator[str]:
    """On Spot, with enough delay, and gone of its own accord when asked."""
    if run.provider != "FARGATE_SPOT":
        yield say("on_demand")
    if run.stop_timeout < SHEET:
        yield say("delay", found=run.stop_timeout, needed=SHEET)
    if run.status != "STOPPED":
        yield say("running", family=FAMILY)
    elif run.stop_code not in TAKEN_BACK:
        yield say("by_itself")
    elif run.exit_code == KILLED:
        yield say("killed")
    elif run.exit_code != 0:
        yield say("failed")


def take_back(lab: Lab) -> None:
    """Run the printer on Spot, wait until it prints, stop it."""
    import time

    ec2, ecr, ecs, iam, logs = (lab.session.client(name) for name in ("ec2", "ecr", "ecs", "iam", "logs"))
    [repository] = ecr.describe_repositories(repositoryNames=["fargate/products"])["repositories"]
    ours = [{"Name": "tag:Name", "Values": ["fargate"]}]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
    program = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
        "print('printing', flush=True)\n"
        "while True: time.sleep(1)"
    )
    ecs.register_task_definition(
        family="fargate-labels",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=iam.get_role(RoleName="fargate-execution")["Role"]["Arn"],
        containerDefinitions=[
            {
                "name": "labels",
                "image": f"{repository['repositoryUri']}:1.0",
                "command": ["python", "-c", program],
                "stopTimeout": 120,
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": "/ecs/fargate",
                        "awslogs-region": lab.session.region_name,
                        "awslogs-stream-prefix": "labels",
                    },
                },
            }
        ],
    )
    [task] = ecs.run_task(
        cluster="fargate",
        taskDefinition="fargate-labels",
        capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
    )["tasks"]
    one = {"cluster": "fargate", "tasks": [task["taskArn"]]}
    patience = {"Delay": 1, "MaxAttempts": 300}
    ecs.get_waiter("tasks_running").wait(**one, WaiterConfig=patience)
    stream = f"labels/labels/{task['taskArn'].rpartition('/')[2]}"
    for _ in range(120):
        events = logs.filter_log_events(logGroupName="/ecs/fargate", logStreamNamePrefix=stream)["events"]
        if any(event["logStreamName"] == stream for event in events):
            break
        time.sleep(1)
    ecs.stop_task(cluster="fargate", task=task["taskArn"])
    ecs.get_waiter("tasks_stopped").wait(**one, WaiterConfig=patience)


CHALLENGE = Challenge("fargate-labels", attempted, problems, say, (take_back,), look=look)

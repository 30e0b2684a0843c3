"""A task that ends well when it is told to: judged by how the last task of the family stopped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.chapters.containers import runs
from labs.chapters.containers.ground import push_products
from labs.chapters.containers.runs import Run
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

FAMILY = "containers-oven"
KILLED, TERMINATED = 137, 143

say = Texts(
    {
        "title": {"fr": "l’arrêt en douceur", "en": "the gentle stop"},
        "running": {
            "fr": "la dernière tâche de {family} n’est pas arrêtée",
            "en": "the last task of {family} has not stopped",
        },
        "by_itself": {
            "fr": "la tâche s’est terminée sans que personne ne l’arrête",
            "en": "the task ended without anybody stopping it",
        },
        "not_started": {
            "fr": "la tâche s’est arrêtée avant que son programme ne démarre",
            "en": "the task stopped before its program had started",
        },
        "killed": {
            "fr": "le conteneur n’a pas obéi à SIGTERM : le délai écoulé, il a été tué (code 137)",
            "en": "the container did not obey SIGTERM: when its time was up, it was killed (code 137)",
        },
        "terminated": {
            "fr": "SIGTERM a abattu le programme avant qu’il ait pu finir (code 143)",
            "en": "SIGTERM struck the program down before it could finish (code 143)",
        },
        "failed": {
            "fr": "le programme n’a pas fini avec le code 0",
            "en": "the program did not end with code 0",
        },
        "hint_1": {
            "fr": "Le programme doit continuer à tourner, et décider lui-même de ce qu’il fait quand SIGTERM arrive.",
            "en": "The program must keep running, and decide for itself what to do when SIGTERM comes.",
        },
        "hint_2": {
            "fr": "signal.signal associe une fonction à un signal. Laissez au programme le temps de s’y préparer avant "
            "d’appeler stop_task : la tâche doit être RUNNING.",
            "en": "signal.signal binds a function to a signal. Give the program time to get ready before you call "
            "stop_task: the task must be RUNNING.",
        },
        "hint_3": {
            "fr": "`signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))`, puis une boucle de `time.sleep(1)`.",
            "en": "`signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))`, then a loop of `time.sleep(1)`.",
        },
        "solution": {
            "fr": "Le programme attend SIGTERM, finit ce qu’il fait et sort avec le code 0.",
            "en": "The program waits for SIGTERM, finishes what it is doing and leaves with code 0.",
        },
    }
)


def look(session: CourseSession) -> Run | None:
    """Read the last task."""
    return runs.last(session, FAMILY)


def attempted(run: Run | None) -> bool:
    """Whether a task of the family was started."""
    return run is not None


def problems(run: Run) -> Iterator[str]:
    """Stopped by somebody, and with code 0."""
    if run.status != "STOPPED":
        yield say("running", family=FAMILY)
    elif run.exit_code is None:
        yield say("not_started")
    elif run.stop_code != "UserInitiated":
        yield say("by_itself")
    elif run.exit_code == KILLED:
        yield say("killed")
    elif run.exit_code == TERMINATED:
        yield say("terminated")
    elif run.exit_code != 0:
        yield say("failed")


def stop_gently(lab: Lab) -> None:
    """Run a program that heeds SIGTERM, wait until it runs, stop it."""
    import time

    ecs, ecr, iam, ec2 = (lab.session.client(name) for name in ("ecs", "ecr", "iam", "ec2"))
    [repository] = ecr.describe_repositories(repositoryNames=["containers/products"])["repositories"]
    ours = [{"Name": "tag:Name", "Values": ["containers"]}]
    [subnet] = ec2.describe_subnets(Filters=ours)["Subnets"]
    program = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
        "while True: time.sleep(1)"
    )
    ecs.register_task_definition(
        family="containers-oven",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=iam.get_role(RoleName="containers-execution")["Role"]["Arn"],
        containerDefinitions=[
            {
                "name": "main",
                "image": f"{repository['repositoryUri']}:1.0",
                "command": ["python", "-c", program],
                "stopTimeout": 10,
            }
        ],
    )
    network = {"subnets": [subnet["SubnetId"]], "assignPublicIp": "ENABLED"}
    [task] = ecs.run_task(
        cluster="containers",
        taskDefinition="containers-oven",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"]
    one = {"cluster": "containers", "tasks": [task["taskArn"]]}
    patience = {"Delay": 1, "MaxAttempts": 180}
    ecs.get_waiter("tasks_running").wait(**one, WaiterConfig=patience)
    time.sleep(3)  # RUNNING says that the process exists, not that it listens to signals yet
    ecs.stop_task(cluster="containers", task=task["taskArn"])
    ecs.get_waiter("tasks_stopped").wait(**one, WaiterConfig=patience)


CHALLENGE = Challenge("containers-stop", attempted, problems, say, (push_products, stop_gently), look=look)

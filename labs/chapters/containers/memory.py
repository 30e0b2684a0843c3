"""A memory limit to choose: judged by how the last task of the family ended."""

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

FAMILY = "containers-kneading"
MOST = 256  # MiB: twice what the program needs
KNEAD = "import time; dough = b'x' * (120 * 2**20); time.sleep(3)"
KILLED = 137

say = Texts(
    {
        "title": {"fr": "la limite de mémoire", "en": "the memory limit"},
        "running": {
            "fr": "la dernière tâche de {family} n’est pas terminée",
            "en": "the last task of {family} has not ended",
        },
        "program": {
            "fr": "la tâche ne lance pas le programme demandé",
            "en": "the task does not run the program that was asked for",
        },
        "no_limit": {
            "fr": "le conteneur n’a pas de limite de mémoire à lui",
            "en": "the container has no memory limit of its own",
        },
        "too_much": {
            "fr": "{memory} Mio pour un programme qui en demande moitié moins, c’est du gaspillage",
            "en": "{memory} MiB for a program that needs less than half is a waste",
        },
        "not_started": {
            "fr": "la tâche s’est arrêtée avant que son programme ne démarre",
            "en": "the task stopped before its program had started",
        },
        "killed": {
            "fr": "le conteneur a été tué : la mémoire n’a pas suffi (code 137)",
            "en": "the container was killed: memory did not suffice (code 137)",
        },
        "failed": {
            "fr": "le conteneur ne s’est pas terminé avec le code 0",
            "en": "the container did not end with code 0",
        },
        "hint_1": {
            "fr": "Le programme réserve 120 Mio, et Python lui-même en prend quelques-uns.",
            "en": "The program takes 120 MiB, and Python itself needs a few.",
        },
        "hint_2": {
            "fr": "La limite ferme d’un conteneur est le champ memory de sa définition, en Mio ; celle de la tâche est "
            "au-dessus.",
            "en": "A container’s hard limit is the field memory of its definition, in MiB; the task’s is above it.",
        },
        "hint_3": {
            "fr": 'start("containers-kneading", knead, memory=192), puis attendez la fin avec ended(…).',
            "en": 'start("containers-kneading", knead, memory=192), then wait for its end with ended(…).',
        },
        "solution": {
            "fr": "192 Mio : assez pour la pâte et pour Python, avec une marge.",
            "en": "192 MiB: enough for the dough and for Python, with some room.",
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
    """The right program, under a limit that is neither too tight nor too loose."""
    if run.command[-1:] != (KNEAD,):
        yield say("program")
    if run.memory is None:
        yield say("no_limit")
    elif run.memory > MOST:
        yield say("too_much", memory=run.memory)
    if run.status != "STOPPED":
        yield say("running", family=FAMILY)
    elif run.exit_code is None:
        yield say("not_started")
    elif run.exit_code == KILLED:
        yield say("killed")
    elif run.exit_code != 0:
        yield say("failed")


def knead(lab: Lab) -> None:
    """Register the definition, run it and wait for its end."""
    ecs, ecr, iam, ec2 = (lab.session.client(name) for name in ("ecs", "ecr", "iam", "ec2"))
    [repository] = ecr.describe_repositories(repositoryNames=["containers/products"])["repositories"]
    ours = [{"Name": "tag:Name", "Values": ["containers"]}]
    [subnet] = ec2.describe_subnets(Filters=ours)["Subnets"]
    program = "import time; dough = b'x' * (120 * 2**20); time.sleep(3)"
    ecs.register_task_definition(
        family="containers-kneading",
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
                "memory": 192,
            }
        ],
    )
    network = {"subnets": [subnet["SubnetId"]], "assignPublicIp": "ENABLED"}
    [task] = ecs.run_task(
        cluster="containers",
        taskDefinition="containers-kneading",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"]
    patience = {"Delay": 1, "MaxAttempts": 180}
    ecs.get_waiter("tasks_stopped").wait(cluster="containers", tasks=[task["taskArn"]], WaiterConfig=patience)


CHALLENGE = Challenge("containers-memory", attempted, problems, say, (push_products, knead), look=look)

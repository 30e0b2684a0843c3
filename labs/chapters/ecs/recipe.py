"""A recipe handed to a program that has no right to read it: judged by the task and by its execution role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters import rights, tasks
from labs.chapters.ecs import ended
from labs.chapters.ecs.ended import Ended
from labs.chapters.ecs.ground import NAME, PARAMETER
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

FAMILY = "ecs-recipe"
VARIABLE = "RECIPE"
READING = ("ssm:GetParameters", "ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParametersByPath")
# They stand for every other parameter: a wildcard that reaches beyond the recipe reaches one of them.
OTHERS = ("/frenchbakery/bank", "/bank", "/ecs/bank", f"{PARAMETER}/bank", f"{PARAMETER}s")

say = Texts(
    {
        "title": {"fr": "la recette, sans la clé du coffre", "en": "the recipe, without the key to the safe"},
        "task_role": {
            "fr": "le programme a un rôle de tâche",
            "en": "the program has a task role",
        },
        "no_secret": {
            "fr": "la variable RECIPE ne vient pas du paramètre {parameter}",
            "en": "the variable RECIPE does not come from the parameter {parameter}",
        },
        "broad": {
            "fr": "le rôle d’exécution peut lire aussi les autres paramètres du compte",
            "en": "the execution role may also read the account’s other parameters",
        },
        "hint_1": {
            "fr": "Ce n’est pas le programme qui doit avoir le droit de lire, mais ce qui prépare la tâche avant lui.",
            "en": "It is not the program that must have the right to read, but what prepares the task before it.",
        },
        "hint_2": {
            "fr": "secrets, dans le conteneur, associe une variable à un paramètre. L’action que le rôle d’exécution demande est au pluriel.",
            "en": "secrets, in the container, ties a variable to a parameter. The action that the execution role needs is in the plural.",
        },
        "hint_3": {
            "fr": 'secrets=[{{"name": "RECIPE", "valueFrom": "/ecs/recipe"}}] ; put_role_policy sur ecs-execution avec ssm:GetParameters sur l’ARN de ce paramètre.',
            "en": 'secrets=[{{"name": "RECIPE", "valueFrom": "/ecs/recipe"}}]; put_role_policy on ecs-execution with ssm:GetParameters on the ARN of that parameter.',
        },
        "solution": {
            "fr": "ECS lit le paramètre avec le rôle d’exécution et le pose dans l’environnement ; le programme n’a besoin de rien.",
            "en": "ECS reads the parameter with the execution role and puts it into the environment; the program needs nothing.",
        },
    }
)


@dataclass(frozen=True)
class Reader:
    """The family's last task: where RECIPE comes from, its roles, how it ended; what the execution role allows.

    `parameters` is the beginning of the ARN of each parameter in the task's account and Region.
    """

    secret: str
    task_role: bool
    policies: tuple[str, ...]
    parameters: str
    ended: Ended


def look(session: CourseSession) -> Reader | None:
    """Read the family's last task and its execution role's policies; None when there is none."""
    found = tasks.last(session, NAME, FAMILY)
    if found is None:
        return None
    task, definition = found
    own = task.get("overrides", {})
    containers = definition["containerDefinitions"]
    secrets = {
        each["name"]: secret["valueFrom"]
        for each in containers
        for secret in each.get("secrets") or ()
        if secret["name"] == VARIABLE
    }
    reader, secret = next(iter(secrets.items()), (containers[0]["name"], ""))
    partition, _, region, account = definition["taskDefinitionArn"].split(":")[1:5]
    return Reader(
        secret,
        bool(own.get("taskRoleArn") or definition.get("taskRoleArn")),
        rights.policies(session, own.get("executionRoleArn") or definition.get("executionRoleArn", "")),
        f"arn:{partition}:ssm:{region}:{account}:parameter",
        ended.of(task, reader),
    )


def attempted(found: Reader | None) -> bool:
    """Whether a task of the family was started."""
    return found is not None


def problems(found: Reader) -> Iterator[str]:
    """The recipe came by ECS, the program has no role, and the execution role reads nothing else."""
    if found.task_role:
        yield say("task_role")
    if found.secret.rpartition(":parameter")[2] != PARAMETER:
        yield say("no_secret", parameter=PARAMETER)
    yield from ended.problems(found.ended, FAMILY)
    if any(
        rights.allow(found.policies, action, f"{found.parameters}{other}")
        for action in READING
        for other in OTHERS
    ):
        yield say("broad")


def let_ecs_read(lab: Lab) -> None:
    """Let the execution role read the one parameter."""
    import json

    iam, ssm = lab.session.client("iam"), lab.session.client("ssm")
    statement = {
        "Effect": "Allow",
        "Action": "ssm:GetParameters",
        "Resource": ssm.get_parameter(Name="/ecs/recipe")["Parameter"]["ARN"],
    }
    iam.put_role_policy(
        RoleName="ecs-execution",
        PolicyName="recipe",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def read_recipe(lab: Lab) -> None:
    """Run a task that finds the recipe in its environment."""
    ec2, ecr, ecs, iam = (lab.session.client(name) for name in ("ec2", "ecr", "ecs", "iam"))
    [repository] = ecr.describe_repositories(repositoryNames=["ecs/products"])["repositories"]
    ours = [{"Name": "tag:Name", "Values": ["ecs"]}]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
    ecs.register_task_definition(
        family="ecs-recipe",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=iam.get_role(RoleName="ecs-execution")["Role"]["Arn"],
        containerDefinitions=[
            {
                "name": "reader",
                "image": f"{repository['repositoryUri']}:1.0",
                "command": ["python", "-c", "import os; os.environ['RECIPE']"],
                "secrets": [{"name": "RECIPE", "valueFrom": "/ecs/recipe"}],
            }
        ],
    )
    [task] = ecs.run_task(
        cluster="ecs",
        taskDefinition="ecs-recipe",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
    )["tasks"]
    ecs.get_waiter("tasks_stopped").wait(
        cluster="ecs", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 300}
    )


CHALLENGE = Challenge("ecs-recipe", attempted, problems, say, (let_ecs_read, read_recipe), look=look)

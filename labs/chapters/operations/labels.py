"""A secret that only one service may read: judged by where its value is, by who may read it, by a task that ran."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters import rights, tasks
from labs.chapters.operations.ground import NAME, ROLE
from labs.checks.model import Challenge
from labs.cloud.authorization.policy import Policy
from labs.inventory.answers import several
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

FAMILY = "operations-labels"
PARAMETER = "/operations/printer-key"
VARIABLE = "PRINTER_KEY"
VALUES = (  # actions that hand out a value
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "ssm:GetParameterHistory",
    "secretsmanager:GetSecretValue",
    "secretsmanager:BatchGetSecretValue",
)

say = Texts(
    {
        "title": {"fr": "la clé de l’imprimante", "en": "the printer’s key"},
        "no_parameter": {
            "fr": "le paramètre {name} n’existe pas",
            "en": "the parameter {name} does not exist",
        },
        "plain": {
            "fr": "le paramètre {name} est gardé en clair",
            "en": "the parameter {name} is kept in plain text",
        },
        "in_definition": {
            "fr": "{variable} est une variable ordinaire : sa valeur se lit dans la définition",
            "en": "{variable} is an ordinary variable: its value can be read in the definition",
        },
        "not_injected": {
            "fr": "le conteneur ne reçoit pas {name} sous le nom de {variable}",
            "en": "the container does not get {name} under the name {variable}",
        },
        "shared_role": {
            "fr": "la tâche démarre sous {role}, le rôle d’exécution de tout le monde",
            "en": "the task starts under {role}, everybody’s execution role",
        },
        "too_much": {
            "fr": "son rôle d’exécution peut lire d’autres paramètres ou secrets que le sien",
            "en": "its execution role may read other parameters or secrets than its own",
        },
        "not_started": {
            "fr": "la dernière tâche n’a pas démarré",
            "en": "the last task did not start",
        },
        "not_over": {
            "fr": "la dernière tâche n’a pas encore fini",
            "en": "the last task has not ended yet",
        },
        "failed": {
            "fr": "le programme est sorti avec le code {code}",
            "en": "the program left with exit code {code}",
        },
        "hint_1": {
            "fr": "Trois morceaux : un paramètre chiffré, un rôle d’exécution qui ne peut lire que lui, une définition qui le nomme.",
            "en": "Three pieces: an encrypted parameter, an execution role that may read nothing else, a definition that names it.",
        },
        "hint_2": {
            "fr": "Le rôle a besoin de la politique gérée des rôles d’exécution, et en plus de ssm:GetParameters sur l’ARN du paramètre. Le type chiffré s’appelle SecureString.",
            "en": "The role needs the managed policy of execution roles and, besides, ssm:GetParameters on the parameter’s ARN. The encrypted type is called SecureString.",
        },
        "hint_3": {
            "fr": 'secrets du conteneur : [{{"name": "PRINTER_KEY", "valueFrom": l’ARN du paramètre}}]. executionRoleArn : un rôle à vous, operations-labels. Lancez la tâche et attendez tasks_stopped.',
            "en": 'The container’s secrets: [{{"name": "PRINTER_KEY", "valueFrom": the parameter’s ARN}}]. executionRoleArn: a role of its own, operations-labels. Run the task and wait for tasks_stopped.',
        },
        "solution": {
            "fr": "Le droit de lire un secret appartient au rôle d’exécution d’une seule famille : les autres tâches ne peuvent pas le demander.",
            "en": "The right to read a secret belongs to the execution role of one family: other tasks cannot ask for it.",
        },
    }
)


@dataclass(frozen=True)
class Run:
    """What the challenge looks at; `secrets` and `environment` are variable → valueFrom, and names."""

    parameter: str | None  # its type
    secrets: dict[str, str]
    environment: tuple[str, ...]
    role: str
    reads: tuple[str, ...]  # the resources on which the role may read parameters and secrets
    status: str
    exit_code: int | None = None
    code: str = ""  # ECS's stop code


def look(session: CourseSession) -> Run | None:
    """Read the family's last task, its definition, its role and the parameter; None without a task."""
    found = tasks.last(session, NAME, FAMILY)
    if found is None:
        return None
    task, definition = found
    [container, *_] = definition["containerDefinitions"]
    kept = session.client("ssm").describe_parameters(
        ParameterFilters=[{"Key": "Name", "Values": [PARAMETER]}]
    )["Parameters"]
    role = definition.get("executionRoleArn", "").rpartition("/")[2]
    return Run(
        kept[0]["Type"] if kept else None,
        {secret["name"]: secret["valueFrom"] for secret in container.get("secrets", ())},
        tuple(variable["name"] for variable in container.get("environment", ())),
        role,
        tuple(reads(rights.policies(session, role))),
        task["lastStatus"],
        task["containers"][0].get("exitCode"),
        task.get("stopCode", ""),
    )


def attempted(run: Run | None) -> bool:
    """Whether a task of the family was started."""
    return run is not None


def problems(run: Run) -> Iterator[str]:
    """Encrypted, injected by reference, readable by its own role alone, and a task that had it."""
    if run.parameter is None:
        yield say("no_parameter", name=PARAMETER)
    elif run.parameter != "SecureString":
        yield say("plain", name=PARAMETER)
    if VARIABLE in run.environment:
        yield say("in_definition", variable=VARIABLE)
    elif not _is_ours(run.secrets.get(VARIABLE, "")):
        yield say("not_injected", name=PARAMETER, variable=VARIABLE)
    if run.role == ROLE:
        yield say("shared_role", role=ROLE)
    if any(not _is_ours(resource) for resource in run.reads):
        yield say("too_much")
    if run.status != "STOPPED":
        yield say("not_over")
    elif run.code == "TaskFailedToStart":
        yield say("not_started")
    elif run.exit_code != 0:
        yield say("failed", code=run.exit_code)


def _is_ours(name: str) -> bool:
    """Whether an ARN, or a name, is the parameter's."""
    return name == PARAMETER or name.endswith(f":parameter{PARAMETER}")


def reads(documents: Sequence[str]) -> Iterator[str]:
    """What these policies let somebody read, in their own words: a pattern stands for all that it matches."""
    named = [
        resource
        for document in documents
        for statement in Policy.read(document).statements
        for element in ("Resource", "NotResource")  # what a Deny spares may be readable too
        for resource in several(statement.get(element, ()))
    ]
    for resource in dict.fromkeys((*named, "*")):
        if any(rights.allow(documents, action, resource) for action in VALUES):
            yield resource


def print_labels(lab: Lab) -> None:
    """Keep the key, let one role read it, run the task that gets it."""
    import json

    from labs.checks.model import unless_it_exists

    ec2, ecr, ecs, iam, ssm = (lab.session.client(name) for name in ("ec2", "ecr", "ecs", "iam", "ssm"))
    ssm.put_parameter(Name="/operations/printer-key", Value="farine-T65", Type="SecureString", Overwrite=True)
    key = ssm.get_parameter(Name="/operations/printer-key")["Parameter"]["ARN"]
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    with unless_it_exists():
        iam.create_role(
            RoleName="operations-labels",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
    iam.attach_role_policy(
        RoleName="operations-labels",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    )
    read = {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": key}
    iam.put_role_policy(
        RoleName="operations-labels",
        PolicyName="printer-key",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
    )
    [repository] = ecr.describe_repositories(repositoryNames=["operations/products"])["repositories"]
    ecs.register_task_definition(
        family="operations-labels",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=iam.get_role(RoleName="operations-labels")["Role"]["Arn"],
        containerDefinitions=[
            {
                "name": "labels",
                "image": f"{repository['repositoryUri']}:1.0",
                "command": ["python", "-c", "import os; os.environ['PRINTER_KEY']"],
                "secrets": [{"name": "PRINTER_KEY", "valueFrom": key}],
            }
        ],
    )
    ours = [{"Name": "tag:Name", "Values": ["operations"]}]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
    [task] = ecs.run_task(
        cluster="operations",
        taskDefinition="operations-labels",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
    )["tasks"]
    ecs.get_waiter("tasks_stopped").wait(
        cluster="operations", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 300}
    )


CHALLENGE = Challenge("operations-labels", attempted, problems, say, (print_labels,), look=look)

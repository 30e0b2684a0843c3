"""Step 5: two roles, a log group, and a task definition per service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from labs.checks.model import Step, unless_it_exists
from labs.inventory import NAME, PORT, SERVICES, TABLE, Repository, Role, TaskDefinition
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

STARTING = (  # what ECS calls with the execution role before the container runs
    "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
)
NEEDED = {
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Scan",
}  # what the orders service calls; see its store

say = Texts(
    {
        "title": {"fr": "les définitions de tâche", "en": "the task definitions"},
        "missing": {
            "fr": "aucune définition de tâche active ne s’appelle {name}",
            "en": "no active task definition is called {name}",
        },
        "size": {
            "fr": "{name} demande {cpu} unités de CPU et {memory} Mio au lieu des plus petites tailles",
            "en": "{name} asks for {cpu} CPU units and {memory} MiB rather than the smallest sizes",
        },
        "fargate": {
            "fr": "{name} ne peut pas tourner sur Fargate",
            "en": "{name} cannot run on Fargate",
        },
        "image": {
            "fr": "l’image de {name} ne vient pas du dépôt {repository}",
            "en": "the image of {name} does not come from the repository {repository}",
        },
        "port": {
            "fr": "{name} n’ouvre pas le port sur lequel son conteneur écoute",
            "en": "{name} does not open the port that its container listens on",
        },
        "logs": {
            "fr": "ce que {name} écrit ne va dans aucun groupe de journaux existant",
            "en": "what {name} writes goes to no log group that exists",
        },
        "no_execution_role": {
            "fr": "{name} n’a pas de rôle d’exécution : personne n’a le droit de tirer son image",
            "en": "{name} has no execution role: nobody may pull its image",
        },
        "unknown_role": {
            "fr": "{name} nomme un rôle qui n’existe pas ({role})",
            "en": "{name} names a role that does not exist ({role})",
        },
        "untrusted": {
            "fr": "ECS n’a pas le droit d’endosser le rôle {role}",
            "en": "ECS may not assume the role {role}",
        },
        "powerless": {
            "fr": "le rôle d’exécution {role} ne suffit pas à préparer une tâche, il lui manque {actions}",
            "en": "the execution role {role} is not enough to prepare a task, it lacks {actions}",
        },
        "needless_role": {
            "fr": "{name} a un rôle de tâche alors que son code n’appelle pas AWS",
            "en": "{name} has a task role although its code does not call AWS",
        },
        "no_task_role": {
            "fr": "{name} n’a pas de rôle de tâche : son code ne peut pas atteindre la table",
            "en": "{name} has no task role: its code cannot reach the table",
        },
        "cannot": {
            "fr": "le rôle {role} ne permet pas {action} sur la table des commandes",
            "en": "the role {role} does not allow {action} on the table of orders",
        },
        "too_much": {
            "fr": "le rôle {role} permet plus que la table des commandes",
            "en": "the role {role} allows more than the table of orders",
        },
        "no_table": {
            "fr": "{name} ne dit pas à son conteneur quelle table employer",
            "en": "{name} does not tell its container which table to use",
        },
        "no_backend": {
            "fr": "{name} ne dit pas à son conteneur où sont les autres services",
            "en": "{name} does not tell its container where the other services are",
        },
        "hint_1": {
            "fr": "Qui tire l’image et écrit les journaux ? Qui lit la table ? Ce ne sont pas les mêmes, donc "
            "pas le même rôle.",
            "en": "Who pulls the image and writes the logs? Who reads the table? Not the same, so not the same "
            "role.",
        },
        "hint_2": {
            "fr": "executionRoleArn sert à ECS avant que le conteneur démarre ; taskRoleArn sert au code. Un "
            "seul des quatre services appelle AWS.",
            "en": "executionRoleArn serves ECS before the container starts; taskRoleArn serves the code. Only "
            "one of the four services calls AWS.",
        },
        "hint_3": {
            "fr": 'cpu="256", memory="512", networkMode="awsvpc", requiresCompatibilities=["FARGATE"] ; '
            "port 8080 ; awslogs vers /ecs/frenchbakery ; ORDERS_TABLE et taskRoleArn pour orders seul.",
            "en": 'cpu="256", memory="512", networkMode="awsvpc", requiresCompatibilities=["FARGATE"]; '
            "port 8080; awslogs to /ecs/frenchbakery; ORDERS_TABLE and taskRoleArn for orders alone.",
        },
        "solution": {
            "fr": "D’abord les rôles et le groupe de journaux, puis une révision par service.",
            "en": "First the roles and the log group, then one revision per service.",
        },
    }
)


def attempted(
    task_definitions: tuple[TaskDefinition, ...],
    roles: tuple[Role, ...],
    log_groups: tuple[str, ...],
    repositories: tuple[Repository, ...],
) -> bool:
    """Whether any task definition, role or log group of the step exists."""
    return bool(task_definitions or roles or log_groups)


def problems(
    task_definitions: tuple[TaskDefinition, ...],
    roles: tuple[Role, ...],
    log_groups: tuple[str, ...],
    repositories: tuple[Repository, ...],
) -> Iterator[str]:
    """Service by service: size, image, port, logs, environment, then the roles."""
    by_family = {definition.family: definition for definition in task_definitions}
    by_arn = {role.arn: role for role in roles}
    uris = {repository.name: repository.uri for repository in repositories}
    for service in SERVICES:
        definition = by_family.get(f"{NAME}-{service}")
        if definition is None:
            yield say("missing", name=f"{NAME}-{service}")
            continue
        yield from _container(definition, service, uris.get(f"{NAME}/{service}"), log_groups)
        yield from _execution_role(definition, by_arn)
        yield from _task_role(definition, service, by_arn)


def _container(
    definition: TaskDefinition, service: str, uri: str | None, log_groups: tuple[str, ...]
) -> Iterator[str]:
    name = definition.family
    if (definition.cpu, definition.memory) != ("256", "512"):
        yield say("size", name=name, cpu=definition.cpu or "?", memory=definition.memory or "?")
    if definition.network_mode != "awsvpc" or "FARGATE" not in definition.compatibilities:
        yield say("fargate", name=name)
    if not _comes_from(definition.image, service, uri):
        yield say("image", name=name, repository=f"{NAME}/{service}")
    if PORT not in definition.ports:
        yield say("port", name=name)
    if definition.log_driver != "awslogs" or definition.log_group not in log_groups:
        yield say("logs", name=name)
    if service == "orders" and definition.environment.get("ORDERS_TABLE") != TABLE:
        yield say("no_table", name=name)
    if service in CALLERS and not CALLERS[service].intersection(definition.environment):
        yield say("no_backend", name=name)


CALLERS = {  # which services call others, and the variables that tell them where
    "frontend": {"BACKEND_URL", "PRODUCTS_URL"},
    "orders": {"BACKEND_URL", "PRODUCTS_URL"},
}


def _comes_from(image: str, service: str, uri: str | None) -> bool:
    """Whether a reference `repository:tag` or `repository@digest` names the service's own repository."""
    repository = image.partition("@")[0]
    repository = repository.rpartition(":")[0] if ":" in repository.rpartition("/")[2] else repository
    return uri is not None and (
        repository == uri
        or (".dkr.ecr." in repository.partition("/")[0] and repository.endswith(f"/{NAME}/{service}"))
    )


def _execution_role(definition: TaskDefinition, by_arn: Mapping[str, Role]) -> Iterator[str]:
    arn = definition.execution_role
    if not arn:
        yield say("no_execution_role", name=definition.family)
    elif arn not in by_arn:
        yield say("unknown_role", name=definition.family, role=arn.rpartition("/")[2])
    else:
        yield from _trust(by_arn[arn])
        if lacking := [action for action in STARTING if not by_arn[arn].may(action)]:
            yield say("powerless", role=by_arn[arn].name, actions=", ".join(lacking))


def _task_role(definition: TaskDefinition, service: str, by_arn: Mapping[str, Role]) -> Iterator[str]:
    arn = definition.task_role
    if service != "orders":
        if arn:
            yield say("needless_role", name=definition.family)
    elif not arn:
        yield say("no_task_role", name=definition.family)
    elif arn not in by_arn:
        yield say("unknown_role", name=definition.family, role=arn.rpartition("/")[2])
    else:
        role = by_arn[arn]
        yield from _trust(role)
        on_table = {
            action
            for actions, resources in role.allows
            if any(resource.endswith(f":table/{TABLE}") or resource == "*" for resource in resources)
            for action in actions
        }
        if not on_table.intersection({"*", "dynamodb:*"}):
            missing = sorted(NEEDED - on_table)
            yield from (say("cannot", role=role.name, action=action) for action in missing)
        if _too_much(role):
            yield say("too_much", role=role.name)


def _trust(role: Role) -> Iterator[str]:
    if "ecs-tasks.amazonaws.com" not in role.trusted:
        yield say("untrusted", role=role.name)


def _too_much(role: Role) -> bool:
    """Wildcard actions, or resources other than the table (and its indexes)."""
    return bool(role.managed) or any(
        any("*" in action or not action.startswith("dynamodb:") for action in actions)
        or any(
            not resource.endswith((f":table/{TABLE}", f":table/{TABLE}/index/*")) for resource in resources
        )
        for actions, resources in role.allows
    )


def create_roles(lab: Lab) -> None:
    """Create the execution role, and the role of the orders service."""
    import json

    iam, dynamodb = lab.session.client("iam"), lab.session.client("dynamodb")
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    )
    for name in ("frenchbakery-execution", "frenchbakery-orders-task"):
        with unless_it_exists():
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    iam.attach_role_policy(
        RoleName="frenchbakery-execution",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    )
    table = dynamodb.describe_table(TableName="frenchbakery-orders")["Table"]
    iam.put_role_policy(
        RoleName="frenchbakery-orders-task",
        PolicyName="orders-table",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"],
                        "Resource": table["TableArn"],
                    }
                ],
            }
        ),
    )


def register_task_definitions(lab: Lab) -> None:
    """Create the log group and register the task definition of each service that has none."""
    ecr, ecs = lab.session.client("ecr"), lab.session.client("ecs")
    elbv2, iam, logs = (lab.session.client(name) for name in ("elbv2", "iam", "logs"))
    with unless_it_exists():
        logs.create_log_group(logGroupName="/ecs/frenchbakery")
    logs.put_retention_policy(logGroupName="/ecs/frenchbakery", retentionInDays=7)

    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
    execution_role = iam.get_role(RoleName="frenchbakery-execution")["Role"]["Arn"]
    orders_role = iam.get_role(RoleName="frenchbakery-orders-task")["Role"]["Arn"]
    backend = {"name": "BACKEND_URL", "value": f"http://{balancer['DNSName']}"}
    table = {"name": "ORDERS_TABLE", "value": "frenchbakery-orders"}
    environment = {"frontend": [backend], "orders": [backend, table]}
    for service in ("frontend", "products", "orders", "reviews"):
        if ecs.list_task_definitions(familyPrefix=f"frenchbakery-{service}")["taskDefinitionArns"]:
            continue
        name = f"frenchbakery/{service}"
        [repository] = ecr.describe_repositories(repositoryNames=[name])["repositories"]
        [image] = ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": "1.0"}])["imageDetails"]
        ecs.register_task_definition(
            family=f"frenchbakery-{service}",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn=execution_role,
            **({"taskRoleArn": orders_role} if service == "orders" else {}),
            containerDefinitions=[
                {
                    "name": service,
                    "image": f"{repository['repositoryUri']}@{image['imageDigest']}",
                    "portMappings": [{"containerPort": 8080}],
                    "environment": environment.get(service, []),
                    "logConfiguration": {
                        "logDriver": "awslogs",
                        "options": {
                            "awslogs-group": "/ecs/frenchbakery",
                            "awslogs-region": lab.session.region_name,
                            "awslogs-stream-prefix": "shop",
                        },
                    },
                }
            ],
        )


STEP = Step(
    "task_definitions",
    attempted,
    problems,
    say,
    (create_roles, register_task_definitions),
    reads=("task_definitions", "roles", "log_groups", "repositories"),
)

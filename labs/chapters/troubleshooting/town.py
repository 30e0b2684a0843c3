"""One town as ECS, Elastic Load Balancing, EC2 and IAM describe it, and what all five challenges ask of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from labs.chapters.troubleshooting.stacks import LISTENS, MEMORY, NAME, ROLE, STACKS
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.session import CourseSession

TRAFFIC = "traffic-port"

say = Texts(
    {
        "no_task_wanted": {
            "fr": "le service {town} ne demande aucune tâche : le silence n’est pas une guérison",
            "en": "the service {town} asks for no task: silence is not a cure",
        },
        "not_running": {
            "fr": "{town} : aucune tâche de la version actuelle ne tourne",
            "en": "{town}: no task of the current version is running",
        },
        "unhealthy": {
            "fr": "{town} : cibles saines {healthy}, tâches demandées {desired}",
            "en": "{town}: healthy targets {healthy}, tasks asked for {desired}",
        },
        "rolling": {
            "fr": "le déploiement de {town} n’est pas terminé",
            "en": "the roll-out of {town} is not over",
        },
        "no_target_group": {
            "fr": "les tâches de {town} ne sont inscrites dans aucun groupe cible : les clients ne les trouvent pas",
            "en": "the tasks of {town} are registered in no target group: customers do not find them",
        },
        "denied": {
            "fr": "la dernière tâche s’est vu refuser quelque chose avant de démarrer (AccessDenied)",
            "en": "the last task was refused something before it started (AccessDenied)",
        },
        "unreachable": {
            "fr": "la dernière tâche n’a pas obtenu de réponse d’un service d’AWS dont elle a besoin pour démarrer",
            "en": "the last task got no answer from an AWS service that it needs in order to start",
        },
        "killed": {
            "fr": "le conteneur de la dernière tâche a encore été tué",
            "en": "the container of the last task was killed once more",
        },
        "given_up": {
            "fr": "l’équilibreur de charge a encore fait remplacer une tâche",
            "en": "the load balancer has had yet another task replaced",
        },
    }
)

WHY = (  # what a stopped task's reasons contain → the text's key
    ("AccessDenied", "denied"),
    ("403 Forbidden", "denied"),
    ("connection issue", "unreachable"),
    ("i/o timeout", "unreachable"),
    ("OutOfMemory", "killed"),
    ("ELB health checks", "given_up"),
)


@dataclass(frozen=True)
class Check:
    """A target group's health check."""

    path: str
    codes: str = "200"
    port: str = TRAFFIC


@dataclass(frozen=True)
class Town:
    """How a town's service is set up and how it does."""

    name: str
    role: str  # of its definition, by name: the execution role
    rights: tuple[str, ...]  # of that role: managed policies by name, and the actions of inline ones
    ways: tuple[str, ...]  # out of its subnets: gateways and endpoints by kind
    memory: int | None  # MiB of the container's own
    task_memory: str
    listens: str | None  # the variable PORT of its container
    ports: tuple[int, ...]  # of its container, in its definition
    target_port: int | None  # where its target group sends requests
    check: Check | None
    desired: int = 1
    running: int = 0  # of the current version
    healthy: int = 0  # targets
    rolling: bool = False  # tasks of another version may still run
    last_words: str = ""  # why the current version's last task stopped

    def set_up(self) -> Town:
        """The town without how it does: what a mend changes."""
        return replace(self, desired=1, running=0, healthy=0, rolling=False, last_words="")


def as_released(town: str) -> Town:
    """The set-up that the release left."""
    stack = STACKS[town]
    return Town(
        town,
        stack.role,
        ("AmazonECSTaskExecutionRolePolicy",) if stack.role == ROLE else (),
        ("igw",) if stack.public else (),
        stack.memory,
        MEMORY,
        str(LISTENS),
        (stack.port,),
        stack.port,
        Check(stack.path),
    )


def attempted(town: Town | None) -> bool:
    """Whether anything differs from what was released."""
    return town is not None and town.set_up() != as_released(town.name)


def problems(town: Town) -> Iterator[str]:
    """What customers and ECS still see."""
    if town.desired == 0:
        yield say("no_task_wanted", town=town.name)
    elif town.check is None:
        yield say("no_target_group", town=town.name)
    elif town.running < town.desired:
        yield say("not_running", town=town.name)
        yield from _why(town)
    elif town.healthy < town.desired:
        yield say("unhealthy", town=town.name, healthy=town.healthy, desired=town.desired)
        yield from _why(town)
    elif town.rolling:
        yield say("rolling", town=town.name)


def _why(town: Town) -> Iterator[str]:
    key = next((key for words, key in WHY if words in town.last_words), None)
    if key:
        yield say(key)


# Reading


def look(session: CourseSession, name: str) -> Town | None:
    """Read a town; None when its service does not exist."""
    ecs = session.client("ecs")
    try:
        services = ecs.describe_services(cluster=NAME, services=[name])["services"]
    except ecs.exceptions.ClusterNotFoundException:
        return None
    active = [service for service in services if service["status"] == "ACTIVE"]
    if not active:
        return None
    [service] = active
    primary = next(each for each in service["deployments"] if each["status"] == "PRIMARY")
    definition = ecs.describe_task_definition(taskDefinition=primary["taskDefinition"])["taskDefinition"]
    container = definition["containerDefinitions"][0]
    environment = {pair["name"]: pair["value"] for pair in container.get("environment", ())}
    role = definition.get("executionRoleArn", "").rpartition("/")[2]
    check, healthy = _targets(session, service)
    return Town(
        name,
        role,
        _rights(session, role),
        _ways(session, service["networkConfiguration"]["awsvpcConfiguration"]),
        container.get("memory"),
        definition["memory"],
        environment.get("PORT"),
        tuple(mapping["containerPort"] for mapping in container.get("portMappings", ())),
        next((each["containerPort"] for each in service.get("loadBalancers", ())), None),
        check,
        service["desiredCount"],
        primary["runningCount"],
        healthy,
        len(service["deployments"]) > 1,
        _last_words(ecs, name, primary),
    )


def _rights(session: CourseSession, role: str) -> tuple[str, ...]:
    iam = session.client("iam")
    try:
        managed = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        inline = iam.list_role_policies(RoleName=role)["PolicyNames"]
        documents = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in inline]
    except iam.exceptions.NoSuchEntityException:
        return ()
    actions = {
        action
        for document in documents
        for statement in _list(document["Statement"])
        for action in _list(statement.get("Action", "*"))
    }
    return tuple(sorted({policy["PolicyName"] for policy in managed} | actions))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _ways(session: CourseSession, network: dict[str, Any]) -> tuple[str, ...]:
    """By what the first subnet leads out. An internet gateway counts for a task with a public address."""
    ec2 = session.client("ec2")
    [subnet] = ec2.describe_subnets(SubnetIds=network["subnets"][:1])["Subnets"]
    here = [{"Name": "vpc-id", "Values": [subnet["VpcId"]]}]
    tables = ec2.describe_route_tables(Filters=here)["RouteTables"]
    own = [
        table
        for table in tables
        if any(each.get("SubnetId") == subnet["SubnetId"] for each in table["Associations"])
    ] or [table for table in tables if any(each.get("Main") for each in table["Associations"])]
    gateways = {
        (route.get("NatGatewayId") or route.get("GatewayId") or "other").partition("-")[0]
        for table in own
        for route in table["Routes"]
        if route.get("DestinationCidrBlock") == "0.0.0.0/0"
    }
    if "igw" in gateways and network.get("assignPublicIp") == "ENABLED":
        return ("igw",)
    endpoints = ec2.describe_vpc_endpoints(Filters=here)["VpcEndpoints"]
    services = {
        endpoint["ServiceName"].partition("amazonaws.")[2]
        for endpoint in endpoints
        if not endpoint["State"].lower().startswith("delet")  # those that go are listed for a while
    }
    return tuple(sorted(gateways | services))


def _targets(session: CourseSession, service: dict[str, Any]) -> tuple[Check | None, int]:
    """The health check of the service's target group, and how many targets pass it."""
    arns = [each["targetGroupArn"] for each in service.get("loadBalancers", ()) if "targetGroupArn" in each]
    if not arns:
        return None, 0
    elbv2 = session.client("elbv2")
    [group] = elbv2.describe_target_groups(TargetGroupArns=arns[:1])["TargetGroups"]
    targets = elbv2.describe_target_health(TargetGroupArn=arns[0])["TargetHealthDescriptions"]
    check = Check(
        group.get("HealthCheckPath", ""),
        group.get("Matcher", {}).get("HttpCode", ""),
        group["HealthCheckPort"],
    )
    return check, sum(target["TargetHealth"]["State"] == "healthy" for target in targets)


def _last_words(ecs: Any, name: str, primary: dict[str, Any]) -> str:
    """Why the last task of the service's current version stopped, in the words of ECS."""
    arns = ecs.list_tasks(cluster=NAME, serviceName=name, desiredStatus="STOPPED")["taskArns"]
    found = ecs.describe_tasks(cluster=NAME, tasks=arns)["tasks"] if arns else []
    stopped = [
        task for task in found if task.get("startedBy") == primary["id"] and task["lastStatus"] == "STOPPED"
    ]
    if not stopped:
        return ""
    last = max(stopped, key=lambda task: task["createdAt"])
    reasons = [last.get("stoppedReason", ""), *(each.get("reason", "") for each in last["containers"])]
    return "; ".join(filter(None, reasons))

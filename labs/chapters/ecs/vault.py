"""The recipe read from a subnet without internet: judged by the task, its subnet and the routes of this one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labs.chapters import tasks
from labs.chapters.ecs import ended
from labs.chapters.ecs.ended import Ended
from labs.chapters.ecs.ground import NAME, PARAMETER, PRIVATE
from labs.chapters.ecs.recipe import let_ecs_read
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

FAMILY = "ecs-vault"

say = Texts(
    {
        "title": {"fr": "la recette au fond de la cave", "en": "the recipe down in the cellar"},
        "subnet": {
            "fr": "la tâche n’a pas tourné dans le sous-réseau {name}",
            "en": "the task did not run in the subnet {name}",
        },
        "way_out": {
            "fr": "le sous-réseau {name} a une route vers l’internet",
            "en": "the subnet {name} has a route to the internet",
        },
        "no_secret": {
            "fr": "aucune variable de la tâche ne vient du paramètre {parameter}",
            "en": "no variable of the task comes from the parameter {parameter}",
        },
        "hint_1": {
            "fr": "Lancez la tâche et lisez sa raison : elle nomme le premier service hors d’atteinte. Puis recommencez.",
            "en": "Run the task and read its reason: it names the first service out of reach. Then start again.",
        },
        "hint_2": {
            "fr": "Quatre points de terminaison suffisent à démarrer une tâche. Le paramètre en demande un cinquième, et au rôle d’exécution un droit.",
            "en": "Four endpoints are enough to start a task. The parameter takes a fifth, and takes a right of the execution role.",
        },
        "hint_3": {
            "fr": "Ajoutez com.amazonaws.<région>.ssm, de type Interface, dans ce sous-réseau, avec PrivateDnsEnabled=True ; et ssm:GetParameters au rôle.",
            "en": "Add com.amazonaws.<region>.ssm, of type Interface, in this subnet, with PrivateDnsEnabled=True; and ssm:GetParameters to the role.",
        },
        "solution": {
            "fr": "Un droit, quatre points d’interface et une passerelle pour S3 : la tâche ne voit jamais l’internet.",
            "en": "One right, four interface endpoints and a gateway for S3: the task never sees the internet.",
        },
    }
)


@dataclass(frozen=True)
class Vault:
    """The family's last task: its subnet and whether that leads out, where its secrets come from, how it ended."""

    private: bool
    way_out: bool
    secrets: tuple[str, ...]
    ended: Ended


def look(session: CourseSession) -> Vault | None:
    """Read the family's last task and the routes of the private subnet; None when there is none."""
    found = tasks.last(session, NAME, FAMILY)
    if found is None:
        return None
    task, definition = found
    ec2 = session.client("ec2")
    subnets = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": [PRIVATE]}])["Subnets"]
    used = {
        detail["value"]
        for attachment in task["attachments"]
        for detail in attachment["details"]
        if detail["name"] == "subnetId"
    }
    return Vault(
        bool(subnets) and used == {subnets[0]["SubnetId"]},
        any(_leads_out(ec2, subnet) for subnet in subnets),
        tuple(
            secret["valueFrom"]
            for container in definition["containerDefinitions"]
            for secret in container.get("secrets") or ()
        ),
        ended.of(task, definition["containerDefinitions"][0]["name"]),
    )


def _leads_out(ec2: Any, subnet: dict[str, Any]) -> bool:
    """Whether the subnet's table, or the VPC's main one that it takes without, has a route that leads out."""
    own = [{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}]
    main = [
        {"Name": "vpc-id", "Values": [subnet["VpcId"]]},
        {"Name": "association.main", "Values": ["true"]},
    ]
    tables = ec2.describe_route_tables(Filters=own)["RouteTables"]
    tables = tables or ec2.describe_route_tables(Filters=main)["RouteTables"]
    return any(
        route.get("DestinationCidrBlock") == "0.0.0.0/0"
        or route.get("NatGatewayId")
        or route.get("GatewayId", "").startswith("igw-")
        for table in tables
        for route in table["Routes"]
    )


def attempted(found: Vault | None) -> bool:
    """Whether a task of the family was started."""
    return found is not None


def problems(found: Vault) -> Iterator[str]:
    """Started in the private subnet, which stayed private, with the recipe."""
    if not found.private:
        yield say("subnet", name=PRIVATE)
    if found.way_out:
        yield say("way_out", name=PRIVATE)
    if PARAMETER not in {secret.rpartition(":parameter")[2] for secret in found.secrets}:
        yield say("no_secret", parameter=PARAMETER)
    yield from ended.problems(found.ended, FAMILY)


def build_doors(lab: Lab) -> None:
    """Create the endpoints that the private subnet lacks."""
    ec2 = lab.session.client("ec2")
    [subnet] = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["ecs-private"]}])["Subnets"]
    here = {"Name": "vpc-id", "Values": [subnet["VpcId"]]}
    main = [here, {"Name": "association.main", "Values": ["true"]}]
    [routes] = ec2.describe_route_tables(Filters=main)["RouteTables"]
    alive = [here, {"Name": "vpc-endpoint-state", "Values": ["pending", "available"]}]
    known = {each["ServiceName"] for each in ec2.describe_vpc_endpoints(Filters=alive)["VpcEndpoints"]}
    for name in ("logs", "ecr.api", "ecr.dkr", "ssm"):
        service = f"com.amazonaws.{lab.session.region_name}.{name}"
        if service not in known:
            ec2.create_vpc_endpoint(
                VpcId=subnet["VpcId"],
                ServiceName=service,
                VpcEndpointType="Interface",
                SubnetIds=[subnet["SubnetId"]],
                PrivateDnsEnabled=True,
            )
    service = f"com.amazonaws.{lab.session.region_name}.s3"
    if service not in known:
        ec2.create_vpc_endpoint(
            VpcId=subnet["VpcId"],
            ServiceName=service,
            VpcEndpointType="Gateway",
            RouteTableIds=[routes["RouteTableId"]],
        )


def run_in_the_vault(lab: Lab) -> None:
    """Run a task in the private subnet that finds the recipe in its environment."""
    ec2, ecr, ecs, iam = (lab.session.client(name) for name in ("ec2", "ecr", "ecs", "iam"))
    [repository] = ecr.describe_repositories(repositoryNames=["ecs/products"])["repositories"]
    [subnet] = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["ecs-private"]}])["Subnets"]
    ecs.register_task_definition(
        family="ecs-vault",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=iam.get_role(RoleName="ecs-execution")["Role"]["Arn"],
        containerDefinitions=[
            {
                "name": "vault",
                "image": f"{repository['repositoryUri']}:1.0",
                "command": ["python", "-c", "import os; os.environ['RECIPE']"],
                "secrets": [{"name": "RECIPE", "valueFrom": "/ecs/recipe"}],
            }
        ],
    )
    [task] = ecs.run_task(
        cluster="ecs",
        taskDefinition="ecs-vault",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet["SubnetId"]]}},
    )["tasks"]
    ecs.get_waiter("tasks_stopped").wait(
        cluster="ecs", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 300}
    )


CHALLENGE = Challenge(
    "ecs-vault", attempted, problems, say, (let_ecs_read, build_doors, run_in_the_vault), look=look
)

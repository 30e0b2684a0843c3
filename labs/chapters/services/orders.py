"""A target group for slow orders: judged by what it aims at, how fast it sees a failure, how long it lets go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters.services.ground import NAME
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

GROUP = "services-orders"
PATH = "/healthz"
PORT = "8080"
NOTICED = 15  # seconds after which a task that does not answer gets no more requests
SLOWEST = 20  # seconds that a request may take
PATIENCE = 60  # seconds that a leaving task may be waited for

say = Texts(
    {
        "title": {"fr": "le groupe cible des commandes", "en": "the target group of the orders"},
        "instance": {
            "fr": "le groupe n’accepte pas l’adresse d’une tâche Fargate (type {found})",
            "en": "the group does not take a Fargate task’s address (type {found})",
        },
        "path": {
            "fr": "la santé est demandée à {found}, alors que le programme répond sur {wanted}",
            "en": "health is asked for at {found}, whereas the program answers at {wanted}",
        },
        "elsewhere": {
            "fr": "le groupe est dans un autre VPC que l’équilibreur",
            "en": "the group is in another VPC than the load balancer",
        },
        "port": {
            "fr": "la santé est demandée au port {found}, où le programme n’écoute pas",
            "en": "health is asked for at port {found}, where the program does not listen",
        },
        "late": {
            "fr": "une tâche muette reçoit encore des requêtes pendant {found} secondes",
            "en": "a silent task still gets requests for {found} seconds",
        },
        "cut": {
            "fr": "une tâche qui part est coupée au bout de {found} secondes, au milieu d’une commande peut-être",
            "en": "a leaving task is cut off after {found} seconds, perhaps in the middle of an order",
        },
        "slow": {
            "fr": "chaque tâche qui part fait attendre le déploiement {found} secondes",
            "en": "each leaving task keeps the deployment waiting for {found} seconds",
        },
        "hint_1": {
            "fr": "Quatre choses : le type de cible, le chemin du contrôle, le temps avant de conclure à la panne, le temps laissé à celle qui part.",
            "en": "Four things: the type of target, the path of the check, the time before a failure is certain, the time left to whoever leaves.",
        },
        "hint_2": {
            "fr": "La panne est certaine après HealthCheckIntervalSeconds × UnhealthyThresholdCount. Le départ se règle par un attribut du groupe.",
            "en": "A failure is certain after HealthCheckIntervalSeconds × UnhealthyThresholdCount. Leaving is set by an attribute of the group.",
        },
        "hint_3": {
            "fr": "TargetType ip, HealthCheckPath /healthz, un contrôle toutes les 5 s et 3 échecs ; puis modify_target_group_attributes avec deregistration_delay.timeout_seconds à 30.",
            "en": "TargetType ip, HealthCheckPath /healthz, a check every 5 s and 3 failures; then modify_target_group_attributes with deregistration_delay.timeout_seconds at 30.",
        },
        "solution": {
            "fr": "Quinze secondes pour voir une panne, trente pour laisser finir une commande.",
            "en": "Fifteen seconds to see a failure, thirty to let an order finish.",
        },
    }
)


@dataclass(frozen=True)
class Group:
    """What counts of the target group; times in seconds."""

    target_type: str
    path: str
    noticed: int
    delay: int
    port: str = "traffic-port"  # of the health check
    here: bool = True  # in the notebook's VPC


def look(session: CourseSession) -> Group | None:
    """Read the target group; None when there is none."""
    elbv2 = session.client("elbv2")
    try:
        [group] = elbv2.describe_target_groups(Names=[GROUP])["TargetGroups"]
    except elbv2.exceptions.TargetGroupNotFoundException:
        return None
    attributes = {
        attribute["Key"]: attribute["Value"]
        for attribute in elbv2.describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])[
            "Attributes"
        ]
    }
    return Group(
        group["TargetType"],
        group.get("HealthCheckPath", ""),
        group["HealthCheckIntervalSeconds"] * group["UnhealthyThresholdCount"],
        int(attributes["deregistration_delay.timeout_seconds"]),
        group.get("HealthCheckPort", "traffic-port"),
        group.get("VpcId") in _vpcs(session),
    )


def _vpcs(session: CourseSession) -> list[str]:
    """The ids of the notebook's VPC; none before it is there."""
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    return [vpc["VpcId"] for vpc in session.client("ec2").describe_vpcs(Filters=ours)["Vpcs"]]


def attempted(group: Group | None) -> bool:
    """Whether the group exists."""
    return group is not None


def problems(group: Group) -> Iterator[str]:
    """For tasks with an address of their own, quick to see a failure, patient with an order."""
    if group.target_type != "ip":
        yield say("instance", found=group.target_type)
    if not group.here:
        yield say("elsewhere")
    if group.port not in ("traffic-port", PORT):
        yield say("port", found=group.port)
    if group.path != PATH:
        yield say("path", found=group.path or "/", wanted=PATH)
    if group.noticed > NOTICED:
        yield say("late", found=group.noticed)
    if group.delay < SLOWEST:
        yield say("cut", found=group.delay)
    if group.delay > PATIENCE:
        yield say("slow", found=group.delay)


def create_group(lab: Lab) -> None:
    """Create the group in the notebook's VPC."""
    ec2, elbv2 = (lab.session.client(name) for name in ("ec2", "elbv2"))
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["services"]}])["Vpcs"]
    orders = elbv2.create_target_group(
        Name="services-orders",
        TargetType="ip",
        Protocol="HTTP",
        Port=8080,
        VpcId=vpc["VpcId"],
        HealthCheckPath="/healthz",
        HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=2,
        UnhealthyThresholdCount=3,
    )["TargetGroups"][0]["TargetGroupArn"]
    elbv2.modify_target_group_attributes(
        TargetGroupArn=orders,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}],
    )


CHALLENGE = Challenge("services-orders", attempted, problems, say, (create_group,), look=look)

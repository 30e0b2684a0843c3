"""What the first challenges read of one of the shop's services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters import tasks
from labs.chapters.start.ground import CLUSTER

if TYPE_CHECKING:
    from labs.session import CourseSession


@dataclass(frozen=True)
class Service:
    """Tasks wanted, tasks running, and targets of its own target group that are healthy."""

    desired: int
    running: int
    healthy: int


def service(session: CourseSession, name: str) -> Service | None:
    """The active service of that name; None when there is none."""
    found = tasks.service(session, CLUSTER, name)
    if found is None:
        return None
    elbv2 = session.client("elbv2")
    [target] = elbv2.describe_target_groups(Names=[f"{CLUSTER}-{name}"])["TargetGroups"]
    health = elbv2.describe_target_health(TargetGroupArn=target["TargetGroupArn"])["TargetHealthDescriptions"]
    healthy = sum(each["TargetHealth"]["State"] == "healthy" for each in health)
    return Service(found["desiredCount"], found["runningCount"], healthy)

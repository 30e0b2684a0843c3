"""What challenges about tasks and services look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labs.session import CourseSession


def last(session: CourseSession, cluster: str, family: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The task of the family that was created last and its definition, as ECS describes them; None without one.

    ECS shows stopped tasks for an hour: those of a definition that was deregistered are from an earlier time.
    """
    ecs = session.client("ecs")
    active = ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]
    try:
        arns = [
            arn
            for status in ("RUNNING", "STOPPED")
            for arn in ecs.list_tasks(cluster=cluster, family=family, desiredStatus=status)["taskArns"]
        ]
    except ecs.exceptions.ClusterNotFoundException:
        return None
    found = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    tasks = [task for task in found if task["taskDefinitionArn"] in active]
    if not tasks:
        return None
    task = max(tasks, key=lambda each: each["createdAt"])
    return task, ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])["taskDefinition"]


def service(session: CourseSession, cluster: str, name: str) -> dict[str, Any] | None:
    """The service as ECS describes it; None when it is not active."""
    ecs = session.client("ecs")
    try:
        known = ecs.describe_services(cluster=cluster, services=[name])["services"]
    except ecs.exceptions.ClusterNotFoundException:
        return None
    return next((each for each in known if each["status"] == "ACTIVE"), None)


def of_service(
    session: CourseSession, cluster: str, name: str
) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """The service and those of its tasks that run, as ECS describes them; None when it is not active."""
    found = service(session, cluster, name)
    if found is None:
        return None
    ecs = session.client("ecs")
    arns = ecs.list_tasks(cluster=cluster, serviceName=name)["taskArns"]
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    return found, [task for task in tasks if task["lastStatus"] == "RUNNING"]

"""The last task of a family, as two of the challenges judge it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters.containers.ground import NAME

if TYPE_CHECKING:
    from labs.session import CourseSession


@dataclass(frozen=True)
class Run:
    """One task of one container."""

    status: str
    stop_code: str
    exit_code: int | None
    memory: int | None  # the container's hard limit in MiB
    command: tuple[str, ...]


def last(session: CourseSession, family: str) -> Run | None:
    """The task of the family that was created last; None when there is none.

    ECS shows stopped tasks for an hour: those of a definition that was deregistered are from an earlier time.
    """
    ecs = session.client("ecs")
    active = ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]
    try:
        arns = [
            arn
            for status in ("RUNNING", "STOPPED")
            for arn in ecs.list_tasks(cluster=NAME, family=family, desiredStatus=status)["taskArns"]
        ]
    except ecs.exceptions.ClusterNotFoundException:
        return None
    found = ecs.describe_tasks(cluster=NAME, tasks=arns)["tasks"] if arns else []
    tasks = [task for task in found if task["taskDefinitionArn"] in active]
    if not tasks:
        return None
    task = max(tasks, key=lambda each: each["createdAt"])
    definition = ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])["taskDefinition"]
    container = definition["containerDefinitions"][0]
    return Run(
        task["lastStatus"],
        task.get("stopCode", ""),
        task["containers"][0].get("exitCode"),
        container.get("memory"),
        tuple(container.get("command", ())),
    )

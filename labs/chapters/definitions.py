"""A family's last task definition, as the challenges read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labs.session import CourseSession


def last(session: CourseSession, family: str) -> dict[str, Any] | None:
    """The family's last active revision, as ECS describes it; None when it has none."""
    ecs = session.client("ecs")
    arns = ecs.list_task_definitions(familyPrefix=family, sort="DESC", maxResults=1)["taskDefinitionArns"]
    if not arns:
        return None
    found: dict[str, Any] = ecs.describe_task_definition(taskDefinition=arns[0])["taskDefinition"]
    return found

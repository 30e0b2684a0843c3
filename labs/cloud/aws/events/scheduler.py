"""EventBridge Scheduler: schedules that can be kept, with targets that can be reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.scheduler import models
from moto.scheduler.exceptions import ScheduleGroupNotFound, ValidationException

from labs.cloud.aws.events.delivery import service_of
from labs.cloud.aws.events.rules import NotEmulated
from labs.cloud.schedule_expressions import parse

REACHED = ("ecs", "sqs", "sns")


class SchedulerBackend(models.EventBridgeSchedulerBackend):
    """One Region's schedules. `controllers/schedules.py` keeps them."""

    def create_schedule(self, **settings: Any) -> models.Schedule:
        """CreateSchedule, validated."""
        _check(settings)
        if (settings.get("group_name") or "default") not in self.schedule_groups:
            raise ScheduleGroupNotFound(settings["group_name"])
        return super().create_schedule(**settings)

    def update_schedule(self, **settings: Any) -> models.Schedule:
        """UpdateSchedule, validated."""
        _check(settings)
        return super().update_schedule(**settings)

    def delete_schedule_group(self, name: str | None) -> None:
        """DeleteScheduleGroup; moto fails on one that does not exist."""
        self.get_schedule_group(name)
        super().delete_schedule_group(name)


def _check(settings: Mapping[str, Any]) -> None:
    try:
        zone = str(settings.get("schedule_expression_timezone") or "UTC")
        parse(str(settings["schedule_expression"]), zone)
    except ValueError as error:
        raise ValidationException(
            f"Invalid Schedule Expression {settings['schedule_expression']}: {error}."
        ) from None
    if settings.get("state") not in (None, "ENABLED", "DISABLED"):
        raise ValidationException("State must be ENABLED or DISABLED.")
    target = settings.get("target") or {}
    arn = str(target.get("Arn"))
    if service_of(arn) not in REACHED:
        raise NotEmulated(f"the schedule target {arn}, only {', '.join(REACHED)}")
    if not target.get("RoleArn"):
        raise ValidationException("RoleArn is required for a schedule's target.")
    if service_of(arn) == "ecs" and not (target.get("EcsParameters") or {}).get("TaskDefinitionArn"):
        raise ValidationException("EcsParameters is required for target type ECS.")

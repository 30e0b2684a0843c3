"""EventBridge's rules: what they wait for, and which targets they may have."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from moto.core.exceptions import JsonRESTError
from moto.events import models
from moto.events.exceptions import ValidationException

from labs.cloud.aws.events.delivery import DELIVERED, deliver, service_of
from labs.cloud.runtime import Runtime
from labs.cloud.schedule_expressions import At, Schedule, parse


class NotEmulated(JsonRESTError):
    """The local cloud cannot do this part of EventBridge, and says so instead of pretending."""

    def __init__(self, what: str):
        super().__init__("UnsupportedFeatureException", f"The local cloud does not emulate {what}.")


class Rule(models.Rule):
    """A rule that reaches what the local cloud can reach. moto's sends every event to a rule without a pattern."""

    runtime: ClassVar[Runtime]

    @property
    def schedule(self) -> Schedule | None:
        """When it is due; None when it waits for events only."""
        return parse(self.scheduled_expression) if self.scheduled_expression else None

    def send_to_targets(self, original_event: Any, transform_input: bool = True) -> None:
        """Bring an event that matches to every target."""
        if self.state != "ENABLED" or not self.event_pattern.get_pattern():
            return
        if not self.event_pattern.matches_event(original_event):
            return
        for target in list(self.targets):
            if target["Arn"].endswith(
                ":::"
            ):  # moto's own rule of an archive, whose name and id its template has
                archive = re.search(r":archive/([^\"]+)", target["InputTransformer"]["InputTemplate"])
                if archive:
                    self._send_to_events_archive(archive[1], original_event)
            else:
                deliver(self.runtime, self.region_name, self.name, target, original_event)


class EventsBackend(models.EventsBackend):
    """One Region's EventBridge."""

    def put_rule(self, name: str, **settings: Any) -> models.Rule:
        """PutRule, with a schedule that can be kept."""
        expression = settings.get("scheduled_expression")
        rule = super().put_rule(name, **settings)
        if expression:
            try:
                schedule = parse(expression)
            except ValueError:
                schedule = None
            if schedule is None or isinstance(schedule, At):
                self.delete_rule(name, settings.get("event_bus_arn"))
                raise ValidationException("Parameter ScheduleExpression is not valid.")
        return rule

    def put_targets(self, name: str, event_bus_arn: str | None, targets: list[dict[str, Any]]) -> None:
        """PutTargets; a target that nothing would reach is refused."""
        for target in targets:
            arn = str(target.get("Arn"))
            service = service_of(arn)
            if service and (service not in DELIVERED or ":api-destination/" in arn):
                raise NotEmulated(f"the EventBridge target {arn}, only {', '.join(DELIVERED)}")
            if service != "ecs":
                continue
            if not target.get("RoleArn"):
                raise ValidationException(f"RoleArn is required for target {arn}.")
            if not (target.get("EcsParameters") or {}).get("TaskDefinitionArn"):
                raise ValidationException(
                    f"Parameter(s) EcsParameters must be specified for target: {target['Id']}."
                )
        super().put_targets(name, event_bus_arn, targets)

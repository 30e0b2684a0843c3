"""Rules and schedules whose time has come run their targets.

`rate()` counts CloudWatch's minutes and follows a lesson's pace; `cron()` and `at()` name a time of day and keep
to real time (labs.cloud.schedule_expressions).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from moto.events.models import events_backends
from moto.scheduler.models import Schedule as MotoSchedule
from moto.scheduler.models import scheduler_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from labs.cloud.aws.events import tasks
from labs.cloud.aws.events.delivery import deliver, run_tasks, service_of
from labs.cloud.aws.events.rules import Rule
from labs.cloud.controllers.scaling.texts import say
from labs.cloud.runtime import Runtime
from labs.cloud.schedule_expressions import At, Diary, Schedule, parse

POLL = 1.0  # seconds between two looks at the clock, when anything is scheduled

log = logging.getLogger(__name__)


class ScheduleController:
    """Keeps EventBridge's rules and EventBridge Scheduler's schedules. Nothing here blocks: all under the lock."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._diary = Diary()

    def tick(self, now: float) -> float | None:
        """Run what is due."""
        moment = self._runtime.clock.now()
        known: dict[Hashable, tuple[Schedule, Callable[[datetime], None]]] = {}
        with self._runtime.lock:
            for region, rules in events_backends[self._runtime.account_id].items():
                for rule in rules.event_buses["default"].rules.values():
                    if rule.schedule is not None and rule.state == "ENABLED":
                        known[rule.arn] = rule.schedule, partial(self._run_rule, region, rule)
            for region, backend in scheduler_backends[self._runtime.account_id].items():
                for group in backend.schedule_groups.values():
                    for each in group.schedules.values():
                        if each.state == "ENABLED" and _in_force(each, moment):
                            schedule = parse(each.schedule_expression, each.schedule_expression_timezone)
                            known[each.arn] = schedule, partial(self._run_schedule, region, group, each)
            schedules = {arn: schedule for arn, (schedule, _) in known.items()}
            for arn in self._diary.due(schedules, moment, self._runtime.minutes.position(moment)):
                try:
                    known[arn][1](moment)
                except Exception:
                    log.exception("schedule %s; the others go on", arn)
        return POLL if known else None

    def reset(self) -> None:
        """Forget what is scheduled."""
        self._diary = Diary()

    def close(self) -> None:
        """Nothing to free."""

    def _run_rule(self, region: str, rule: Rule, now: datetime) -> None:
        event = {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": self._runtime.account_id,
            "time": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "region": region,
            "resources": [rule.arn],
            "detail": {},
        }
        for target in list(rule.targets):
            deliver(self._runtime, region, rule.name, target, event)

    def _run_schedule(self, region: str, group: Any, schedule: MotoSchedule, now: datetime) -> None:
        target = schedule.target
        arn, account = target["Arn"], self._runtime.account_id
        try:
            match service_of(arn):
                case "ecs":
                    cluster = arn.rpartition("cluster/")[2]
                    started_by = f"chronos-schedule/{schedule.name}"
                    asked = tasks.parameters(
                        cluster, target["EcsParameters"], target.get("Input"), started_by
                    )
                    service = "scheduler.amazonaws.com"
                    run_tasks(self._runtime, region, schedule.name, target["RoleArn"], service, asked)
                case "sqs":
                    queue, body = arn.rpartition(":")[2], target.get("Input") or json.dumps({})
                    given = (target.get("SqsParameters") or {}).get("MessageGroupId")
                    sqs_backends[account][arn.split(":")[3]].send_message(queue, body, group_id=given)
                case "sns":
                    body = target.get("Input") or json.dumps({})
                    sns_backends[account][arn.split(":")[3]].publish(message=body, arn=arn)
        except Exception as error:
            why = getattr(error, "message", None) or str(error)
            self._runtime.narrate(
                "rule-failed", schedule.arn, say, "rule-failed", name=schedule.name, reason=why
            )
        once = isinstance(parse(schedule.schedule_expression, schedule.schedule_expression_timezone), At)
        if once and schedule.action_after_completion == "DELETE":
            group.schedules.pop(schedule.name, None)


def _in_force(schedule: MotoSchedule, now: datetime) -> bool:
    at = now.timestamp()
    return (not schedule.start_date or float(schedule.start_date) <= at) and (
        not schedule.end_date or at < float(schedule.end_date)
    )

"""Alarms act: evaluated once a CloudWatch minute, they change state and carry out their actions.

"CPU above 50 % for three minutes" becomes a service's new desired count, a message on a topic, an event.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections import defaultdict
from datetime import datetime

from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.core.exceptions import ServiceException
from moto.sns.models import sns_backends

from labs.cloud.aws.cloudwatch.alarms import AlarmBackend, period_of
from labs.cloud.aws.events.delivery import emit
from labs.cloud.controllers.alarm_evaluation import ALARM, INSUFFICIENT_DATA, OK, Verdict, stamp
from labs.cloud.controllers.scaling.controller import Alarmed, ScalingController
from labs.cloud.controllers.scaling.texts import say
from labs.cloud.runtime import Runtime

LATE = 0.1  # seconds after a minute's end: its points need a moment to be there

GENERATED = re.compile(r"-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")  # the end of a generated name

log = logging.getLogger(__name__)


class AlarmController:
    """Evaluates every alarm of every Region. Nothing here blocks, so all of it happens under the cloud's lock."""

    def __init__(self, runtime: Runtime, scaling: ScalingController):
        self._runtime = runtime
        self._scaling = scaling
        self._seen: dict[str, tuple[int, int, int]] = {}  # Region → minute, points, changes by the API
        self._forced: dict[str, int] = {}  # alarm → the minute in which SetAlarmState spoke
        self._repeated: dict[str, int] = {}  # alarm → the minute in which it last asked to scale

    def tick(self, now: float) -> float | None:
        """Evaluate what may have changed; seconds until the next minute, None without alarms."""
        moment = self._runtime.clock.now()
        minutes = self._runtime.minutes
        minute = int(minutes.position(moment))
        any_alarm = False
        with self._runtime.lock:
            for region, backend in list(cloudwatch_backends[self._runtime.account_id].items()):
                any_alarm = any_alarm or bool(backend.alarms)
                seen = (minute, backend.points.version, backend.alarm_changes)
                if backend.alarms and seen != self._seen.get(region):
                    self._seen[region] = seen
                    self._evaluate_all(region, backend, moment, minute)
        return (minutes.moment(minute + 1) - moment).total_seconds() + LATE if any_alarm else None

    def reset(self) -> None:
        """Forget what was seen."""
        self._seen, self._forced, self._repeated = {}, {}, {}

    def close(self) -> None:
        """Nothing to free."""

    # Under the lock.

    def _evaluate_all(self, region: str, backend: AlarmBackend, now: datetime, minute: int) -> None:
        asking: dict[str, list[Alarmed]] = defaultdict(list)
        targets = {}
        for alarm in list(backend.alarms.values()):
            verdict = self._evaluate(region, backend, alarm, now, minute)
            if alarm.state_value != ALARM or not alarm.actions_enabled:
                self._repeated.pop(alarm.alarm_arn, None)
                continue
            # Scaling actions are carried out again every minute for as long as the alarm is on [API PutMetricAlarm].
            if self._repeated.get(alarm.alarm_arn) == minute:
                continue
            for action in alarm.alarm_actions:
                found = self._scaling.find(region, action)
                if found is not None:
                    self._repeated[alarm.alarm_arn] = minute
                    target, policy = found
                    targets[target.resource_id] = target
                    asking[target.resource_id].append((policy, alarm, _value(alarm, verdict)))
        for name, alarmed in asking.items():
            self._scaling.react(region, targets[name], alarmed)

    def _evaluate(
        self, region: str, backend: AlarmBackend, alarm: Alarm, now: datetime, minute: int
    ) -> Verdict | None:
        if getattr(alarm, "forced", False):
            alarm.forced = False
            self._forced[alarm.alarm_arn] = minute
            self._act(region, backend, alarm, "")
            return None
        if self._forced.get(alarm.alarm_arn) == minute:
            return None
        self._forced.pop(alarm.alarm_arn, None)
        try:
            verdict = backend.judge(alarm, now)
        except ServiceException as error:  # metric math that cannot be computed
            verdict = Verdict(INSUFFICIENT_DATA)
            log.info("alarm %s: %s", alarm.name, error.message)
        except Exception:
            log.exception("alarm %s; the others go on", alarm.name)
            return None
        if verdict.state != alarm.state_value:
            old = alarm.state_value
            backend.move(alarm, verdict.state, *backend.explain(alarm, verdict, now))
            self._tell(alarm)
            self._emit(region, alarm, old)
            self._act(region, backend, alarm, old)
        return verdict

    def _tell(self, alarm: Alarm) -> None:
        """In plain words; DescribeAlarms has CloudWatch's own."""
        key = {OK: "alarm-over", INSUFFICIENT_DATA: "alarm-blind"}.get(alarm.state_value)
        if key is None:
            key = "alarm-below" if alarm.comparison_operator.startswith("Less") else "alarm-above"
        minutes = int(alarm.evaluation_periods) * math.ceil(period_of(alarm) / 60)
        self._runtime.narrate(
            "alarm",
            alarm.alarm_arn,
            say,
            key,
            name=GENERATED.sub("", alarm.name),
            metric=alarm.metric_name or alarm.name,
            threshold=f"{alarm.threshold:g}" if alarm.threshold is not None else "",
            points=minutes,
            seconds=minutes * self._runtime.pace,
        )

    def _emit(self, region: str, alarm: Alarm, old: str) -> None:
        """Tell EventBridge [CloudWatch User Guide, "Alarm events and EventBridge"]."""
        state = {"value": alarm.state_value, "reason": alarm.state_reason}
        if alarm.state_reason_data:
            state["reasonData"] = alarm.state_reason_data
        detail = {
            "alarmName": alarm.name,
            "state": state | {"timestamp": stamp(alarm.state_updated_timestamp)},
            "previousState": {"value": old},
            "configuration": {"description": alarm.description},
        }
        emit(
            self._runtime,
            region,
            "aws.cloudwatch",
            "CloudWatch Alarm State Change",
            [alarm.alarm_arn],
            detail,
        )

    def _act(self, region: str, backend: AlarmBackend, alarm: Alarm, old: str) -> None:
        """Carry out the actions of the state that the alarm has now come into, but for scaling, which is gathered."""
        actions = {ALARM: alarm.alarm_actions, INSUFFICIENT_DATA: alarm.insufficient_data_actions}
        if not alarm.actions_enabled:
            return
        for action in actions.get(alarm.state_value, alarm.ok_actions):
            if self._scaling.find(region, action) is not None:
                backend.acted(alarm, action, None)
            elif action.startswith("arn:aws:sns:"):
                backend.acted(alarm, action, self._publish(region, alarm, action, old))
            else:
                backend.acted(
                    alarm, action, "The local cloud carries out scaling policies and SNS topics only."
                )

    def _publish(self, region: str, alarm: Alarm, topic: str, old: str) -> str | None:
        """Tell a topic; what went wrong, None when nothing did."""
        subject = f'{alarm.state_value}: "{alarm.name}" in {region}'[:100]
        try:
            sns_backends[self._runtime.account_id][region].publish(
                message=json.dumps(self._message(region, alarm, old)), arn=topic, subject=subject
            )
        except Exception as error:
            return f"Error: {getattr(error, 'message', error)}"
        return None

    def _message(self, region: str, alarm: Alarm, old: str) -> dict[str, object]:
        """What CloudWatch tells a topic [CloudWatch User Guide, "Notifying users on alarm changes"]."""
        return {
            "AlarmName": alarm.name,
            "AlarmDescription": alarm.description,
            "AWSAccountId": self._runtime.account_id,
            "AlarmConfigurationUpdatedTimestamp": stamp(alarm.configuration_updated_timestamp),
            "NewStateValue": alarm.state_value,
            "NewStateReason": alarm.state_reason,
            "StateChangeTime": stamp(alarm.state_updated_timestamp),
            "Region": region,
            "AlarmArn": alarm.alarm_arn,
            "OldStateValue": old,
            "OKActions": alarm.ok_actions,
            "AlarmActions": alarm.alarm_actions,
            "InsufficientDataActions": alarm.insufficient_data_actions,
            "Trigger": {
                "MetricName": alarm.metric_name,
                "Namespace": alarm.namespace,
                "StatisticType": "Statistic" if alarm.statistic else "ExtendedStatistic",
                "Statistic": (alarm.statistic or alarm.extended_statistic or "").upper(),
                "Unit": alarm.unit,
                "Dimensions": [{"value": each.value, "name": each.name} for each in alarm.dimensions],
                "Period": alarm.period,
                "EvaluationPeriods": alarm.evaluation_periods,
                "DatapointsToAlarm": alarm.datapoints_to_alarm,
                "ComparisonOperator": alarm.comparison_operator,
                "Threshold": alarm.threshold,
                "TreatMissingData": alarm.treat_missing_data or "missing",
            },
        }


def _value(alarm: Alarm, verdict: Verdict | None) -> float:
    """The metric's latest value; when only SetAlarmState says that the alarm is on, its threshold."""
    return verdict.evaluated[-1].value if verdict and verdict.evaluated else float(alarm.threshold)

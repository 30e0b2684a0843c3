"""CloudWatch's alarms: their configuration, state and history. The alarm controller evaluates them."""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.cloudwatch.exceptions import InvalidParameterCombination, InvalidParameterValue, ValidationError
from moto.cloudwatch.models import Alarm

from labs.cloud.aws.cloudwatch.metrics import MetricBackend, NotEmulated, check_period, check_statistic
from labs.cloud.aws.cloudwatch.points import STATISTICS, Periods
from labs.cloud.controllers.alarm_evaluation import (
    COMPARISONS,
    INSUFFICIENT_DATA,
    LOOK_BACK,
    MISSING_TREATMENTS,
    Condition,
    Datum,
    Verdict,
    evaluate,
    reason,
    reason_data,
)

KEPT_HISTORY = 1000  # items of one Region; AWS keeps two weeks
LONGEST_EVALUATION = 86400  # seconds, of all periods together [API PutMetricAlarm]


@dataclass(frozen=True)
class HistoryItem:
    """One line of DescribeAlarmHistory."""

    alarm_name: str
    alarm_type: str
    timestamp: datetime
    history_item_type: str
    history_summary: str
    history_data: str


class AlarmBackend(MetricBackend):
    """Metrics and alarms of one Region."""

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.history: deque[HistoryItem] = deque(maxlen=KEPT_HISTORY)
        self.alarm_changes = 0  # grows with every change by the API, so that the controller looks at once

    def put_metric_alarm(self, name: str, **settings: Any) -> Alarm:
        """PutMetricAlarm: a new alarm has INSUFFICIENT_DATA; one that is changed keeps its state [API]."""
        settings = {key: value for key, value in settings.items() if value is not None}
        _check(settings)
        before = self.alarms.get(name)
        now = self.runtime.clock.now()
        required: dict[str, Any] = {
            "namespace": None, "metric_name": None, "statistic": None, "description": None, "period": None,
            "dimensions": [], "alarm_actions": [],
        }  # fmt: skip
        alarm = super().put_metric_alarm(name=name, **(required | settings))
        alarm.configuration_updated_timestamp = now
        if before is None:
            alarm.state_value, alarm.state_reason = INSUFFICIENT_DATA, "Unchecked: Initial alarm creation"
            alarm.state_reason_data = None
            alarm.state_updated_timestamp = alarm.state_transitioned_timestamp = now
        else:
            for kept in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp"):
                setattr(alarm, kept, getattr(before, kept))
            alarm.state_transitioned_timestamp = before.state_transitioned_timestamp
        change = "created" if before is None else "updated"
        data = {"version": "1.0", "type": "Create" if before is None else "Update"}
        self._remember(alarm, "ConfigurationUpdate", f'Alarm "{name}" {change}', data)
        self.alarm_changes += 1
        return alarm

    def delete_alarms(self, alarm_names: list[str]) -> None:
        """DeleteAlarms: those that exist; their history stays [API DeleteAlarms, DescribeAlarmHistory]."""
        for name in alarm_names:
            alarm = self.alarms.get(name)
            if alarm is not None:
                self._remember(
                    alarm,
                    "ConfigurationUpdate",
                    f'Alarm "{name}" deleted',
                    {"version": "1.0", "type": "Delete"},
                )
                self.tagger.delete_all_tags_for_resource(alarm.alarm_arn)
        super().delete_alarms(alarm_names)

    def set_alarm_state(self, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
        """SetAlarmState: until the next evaluation; its actions are carried out as for any change."""
        before = self.alarms[alarm_name].state_value if alarm_name in self.alarms else None
        super().set_alarm_state(alarm_name, reason, reason_data, state_value)  # checks, and sets
        alarm = self.alarms[alarm_name]
        alarm.state_value = str(before)
        self.move(alarm, state_value, reason, json.loads(reason_data) if reason_data else None)
        alarm.forced = True  # the controller acts upon it before it evaluates again
        self.alarm_changes += 1

    def move(self, alarm: Alarm, state: str, why: str, data: Mapping[str, Any] | None) -> None:
        """Put an alarm into a state, with the reason, and remember it when that is another one."""
        now = self.runtime.clock.now()
        old = {"stateValue": alarm.state_value, "stateReason": alarm.state_reason}
        if alarm.state_reason_data:
            old["stateReasonData"] = json.loads(alarm.state_reason_data)
        changed = alarm.state_value != state
        alarm.state_value, alarm.state_reason = state, why
        alarm.state_reason_data = json.dumps(data) if data is not None else None
        alarm.state_updated_timestamp = now
        if changed:
            alarm.state_transitioned_timestamp = now
            new = {"stateValue": state, "stateReason": why, "stateReasonData": data}
            self._remember(
                alarm,
                "StateUpdate",
                f"Alarm updated from {old['stateValue']} to {state}",
                {"version": "1.0", "oldState": old, "newState": new},
            )

    def acted(self, alarm: Alarm, action: str, error: str | None) -> None:
        """Remember that an action was carried out, or why it was not."""
        summary = (
            f"Successfully executed action {action}"
            if error is None
            else f"Failed to execute action {action}. {error}"
        )
        state = "Succeeded" if error is None else "Failed"
        self._remember(
            alarm, "Action", summary, {"actionState": state, "stateUpdateTimestamp": None, "notificationResource": action, "error": error}
        )  # fmt: skip

    def find_history(self, asked: Mapping[str, Any]) -> list[HistoryItem]:
        """DescribeAlarmHistory, newest first unless asked otherwise."""
        kinds = asked.get("AlarmTypes") or ["MetricAlarm"]
        items = [
            item
            for item in self.history
            if asked.get("AlarmName") in (None, item.alarm_name)
            and asked.get("HistoryItemType") in (None, item.history_item_type)
            and item.alarm_type in kinds
        ]
        return items if asked.get("ScanBy") == "TimestampAscending" else items[::-1]

    def judge(self, alarm: Alarm, now: datetime) -> Verdict:
        """The state that an alarm should be in, from the periods that are over."""
        condition = condition_of(alarm)
        period = period_of(alarm)
        periods = Periods(self.runtime.minutes, period)
        last = periods.number(now)
        first = last - condition.periods - LOOK_BACK
        queries = alarm.metric_data_queries or [_query(alarm, period)]
        returned = next((query["Id"] for query in queries if query.get("ReturnData") is not False), "m1")
        series = self.series(queries, periods.start(first), periods.start(last)).get(returned, {})
        by_number = {periods.number(time): Datum(time, value) for time, value in series.items()}
        return evaluate(
            condition, [by_number.get(number) for number in range(first, last)], alarm.state_value
        )

    def explain(self, alarm: Alarm, verdict: Verdict, now: datetime) -> tuple[str, dict[str, Any]]:
        """StateReason and StateReasonData of a verdict."""
        condition = condition_of(alarm)
        data = reason_data(
            condition,
            verdict,
            now,
            statistic=alarm.statistic or alarm.extended_statistic or "Average",
            period=period_of(alarm),
            unit=alarm.unit,
        )
        return reason(condition, verdict), data

    def _remember(self, alarm: Alarm, kind: str, summary: str, data: Mapping[str, Any]) -> None:
        now = self.runtime.clock.now()
        self.history.append(
            HistoryItem(alarm.name, "MetricAlarm", now, kind, summary, json.dumps(data, default=str))
        )


def condition_of(alarm: Alarm) -> Condition:
    """An alarm's condition."""
    return Condition(
        alarm.comparison_operator,
        float(alarm.threshold),
        int(alarm.evaluation_periods),
        int(alarm.datapoints_to_alarm or alarm.evaluation_periods),
        alarm.treat_missing_data or "missing",
        explicit=alarm.datapoints_to_alarm is not None,
    )


def period_of(alarm: Alarm) -> int:
    """The seconds of its periods; for metric math, the longest of its metrics' [API PutMetricAlarm]."""
    if alarm.period:
        return int(alarm.period)
    given = [(query.get("MetricStat") or query).get("Period") for query in alarm.metric_data_queries]
    return max((int(period) for period in given if period), default=60)


def _query(alarm: Alarm, period: int) -> dict[str, Any]:
    dimensions = [{"Name": each.name, "Value": each.value} for each in alarm.dimensions]
    metric = {"Namespace": alarm.namespace, "MetricName": alarm.metric_name, "Dimensions": dimensions}
    stat = {
        "Metric": metric,
        "Period": period,
        "Stat": alarm.statistic or alarm.extended_statistic,
        "Unit": alarm.unit,
    }
    return {"Id": "m1", "MetricStat": stat}


def _check(settings: Mapping[str, Any]) -> None:
    """Raise what AWS answers to a configuration that it does not take."""
    if settings.get("threshold_metric_id"):
        raise NotEmulated("anomaly detection alarms")
    operator = settings.get("comparison_operator")
    if operator not in COMPARISONS:
        known = ", ".join(COMPARISONS)
        raise ValidationError(
            f"1 validation error detected: Value '{operator}' at 'comparisonOperator' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{known}]"
        )
    treatment = settings.get("treat_missing_data", "missing")
    if treatment not in MISSING_TREATMENTS:
        raise ValidationError(
            f"Option {treatment} is not supported. Supported options for parameter TreatMissingData are "
            f"{', '.join(MISSING_TREATMENTS[:-1])} and {MISSING_TREATMENTS[-1]}."
        )
    if settings.get("threshold") is None or not math.isfinite(settings["threshold"]):
        raise ValidationError("The parameter Threshold must be specified, and be a number.")
    periods, needed = settings.get("evaluation_periods") or 0, settings.get("datapoints_to_alarm")
    if periods < 1:
        raise ValidationError("The parameter EvaluationPeriods must be greater than or equal to 1.")
    if needed is not None and not 1 <= needed <= periods:
        raise ValidationError(
            "The parameter DatapointsToAlarm must be less than or equal to EvaluationPeriods."
        )
    queries: Sequence[Mapping[str, Any]] = settings.get("metric_data_queries") or ()
    if queries:
        _check_queries(settings, queries)
        return
    for name, told in (("metric_name", "MetricName"), ("namespace", "Namespace"), ("period", "Period")):
        if not settings.get(name):
            raise ValidationError(f"The parameter {told} must be specified.")
    simple, extended = settings.get("statistic"), settings.get("extended_statistic")
    if bool(simple) == bool(extended):
        raise InvalidParameterCombination("Exactly one of Statistic and ExtendedStatistic must be specified.")
    if simple and simple not in STATISTICS:
        raise InvalidParameterValue(f"The value {simple} for parameter Statistic is not supported.")
    if extended and extended.startswith("p"):
        check_statistic(extended)  # the others are refused by moto, in the same words
    check_period(settings["period"])
    if settings["period"] * periods > LONGEST_EVALUATION:
        raise ValidationError(
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)."
        )


def _check_queries(settings: Mapping[str, Any], queries: Iterable[Mapping[str, Any]]) -> None:
    if settings.get("metric_name") or settings.get("statistic"):
        raise InvalidParameterCombination("The parameters MetricName and Metrics are mutually exclusive.")
    returned = 0
    for query in queries:
        if not query.get("MetricStat") and not query.get("Expression"):
            raise ValidationError("Each of Metrics needs either a MetricStat or an Expression.")
        if query.get("MetricStat"):
            check_period(query["MetricStat"].get("Period"))
            check_statistic(query["MetricStat"].get("Stat"))
        elif "ANOMALY_DETECTION_BAND" in query["Expression"]:
            raise NotEmulated("anomaly detection alarms")
        returned += query.get("ReturnData") is not False
    if returned != 1:
        raise ValidationError("Exactly one of Metrics must return data.")

"""CloudWatch's operations that differ from moto's, from the request to the answer."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from moto.cloudwatch.exceptions import (
    InvalidParameterCombination,
    InvalidParameterValue,
    ValidationError,
)
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult

from labs.cloud.aws.cloudwatch.alarms import AlarmBackend
from labs.cloud.aws.cloudwatch.metrics import PAGE, NotEmulated

MOST_ALARMS = 100  # of one DescribeAlarms answer [API]


class Response(CloudWatchResponse):
    """CloudWatch's operations that differ from moto's."""

    cloudwatch_backend: AlarmBackend

    def put_metric_alarm(self) -> ActionResult:
        """Validated; a metric-math alarm keeps its queries."""
        given = self._get_params()
        settings = {
            "namespace": "Namespace", "metric_name": "MetricName", "comparison_operator": "ComparisonOperator",
            "evaluation_periods": "EvaluationPeriods", "datapoints_to_alarm": "DatapointsToAlarm",
            "period": "Period", "threshold": "Threshold", "statistic": "Statistic",
            "extended_statistic": "ExtendedStatistic", "description": "AlarmDescription", "unit": "Unit",
            "dimensions": "Dimensions", "alarm_actions": "AlarmActions", "ok_actions": "OKActions",
            "insufficient_data_actions": "InsufficientDataActions", "actions_enabled": "ActionsEnabled",
            "treat_missing_data": "TreatMissingData", "threshold_metric_id": "ThresholdMetricId",
            "evaluate_low_sample_count_percentile": "EvaluateLowSampleCountPercentile", "tags": "Tags",
        }  # fmt: skip
        self.cloudwatch_backend.put_metric_alarm(
            given["AlarmName"],
            metric_data_queries=given.get("Metrics") or None,
            **{ours: given.get(theirs) for ours, theirs in settings.items()},
        )
        return EmptyResult()

    def put_composite_alarm(self) -> ActionResult:
        """Refused."""
        raise NotEmulated("PutCompositeAlarm: composite alarms")

    def describe_alarms(self) -> ActionResult:
        """All filters together, as on AWS; moto looks at the first one only."""
        given = self._get_params()
        names, state = given.get("AlarmNames"), given.get("StateValue")
        prefix, action = given.get("AlarmNamePrefix"), given.get("ActionPrefix")
        if names and prefix:
            raise ValidationError("The parameters AlarmNames and AlarmNamePrefix are mutually exclusive.")
        found = [
            alarm
            for _, alarm in sorted(self.cloudwatch_backend.alarms.items())
            if (not names or alarm.name in names)
            and alarm.name.startswith(prefix or "")
            and state in (None, alarm.state_value)
            and (not action or any(each.startswith(action) for each in alarm.alarm_actions))
        ]
        start, most = _page(given), given.get("MaxRecords") or MOST_ALARMS
        rest = str(start + most) if len(found) > start + most else None
        return ActionResult(
            {"MetricAlarms": found[start : start + most], "CompositeAlarms": [], "NextToken": rest}
        )

    def describe_alarms_for_metric(self) -> ActionResult:
        """By namespace, name and dimensions."""
        given = self._get_params()
        dimensions = {(each["Name"], each["Value"]) for each in given.get("Dimensions") or ()}
        found = [
            alarm
            for alarm in self.cloudwatch_backend.alarms.values()
            if (alarm.namespace, alarm.metric_name) == (given["Namespace"], given["MetricName"])
            and (not dimensions or {(each.name, each.value) for each in alarm.dimensions} == dimensions)
        ]
        return ActionResult({"MetricAlarms": found})

    def describe_alarm_history(self) -> ActionResult:
        """moto has none."""
        given = self._get_params()
        found = self.cloudwatch_backend.find_history(given)
        start, most = _page(given), given.get("MaxRecords") or MOST_ALARMS
        rest = str(start + most) if len(found) > start + most else None
        return ActionResult({"AlarmHistoryItems": found[start : start + most], "NextToken": rest})

    def get_metric_statistics(self) -> ActionResult:
        """With percentiles, by exact dimensions."""
        given = self._get_params()
        if not given.get("Statistics") and not given.get("ExtendedStatistics"):
            raise InvalidParameterCombination("Must specify either Statistics or ExtendedStatistics")
        return ActionResult(
            {"Label": given["MetricName"], "Datapoints": self.cloudwatch_backend.statistics(given)}
        )

    def get_metric_data(self) -> ActionResult:
        """With percentiles and arithmetic."""
        given = self._get_params()
        queries = given.get("MetricDataQueries", [])
        for number, query in enumerate(queries, 1):
            if "MetricStat" not in query and "Expression" not in query:
                raise ValidationError(
                    f"The parameter MetricDataQueries.member.{number}.MetricStat is required.\n"
                )
        results = self.cloudwatch_backend.data(
            queries,
            given["StartTime"],
            given["EndTime"],
            newest_first=given.get("ScanBy") != "TimestampAscending",
        )
        return ActionResult({"MetricDataResults": results})

    def list_metrics(self) -> ActionResult:
        """By namespace, name and dimensions."""
        given = self._get_params()
        backend = self.cloudwatch_backend
        token = given.get("NextToken")
        if token is not None:
            if token not in backend.pages:
                raise InvalidParameterValue("Request parameter NextToken is invalid")
            found = backend.pages.pop(token)
        else:
            found = backend.find_metrics(
                given.get("Namespace"), given.get("MetricName"), given.get("Dimensions") or ()
            )
        rest = None
        if len(found) > PAGE:
            rest = str(uuid4())
            backend.pages[rest] = found[PAGE:]
        metrics = [
            {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
            }
            for metric in found[:PAGE]
        ]
        return ActionResult({"Metrics": metrics, "NextToken": rest})


def _page(given: dict[str, Any]) -> int:
    """Where a page begins. Raises InvalidParameterValue."""
    token = given.get("NextToken") or "0"
    if not token.isdecimal() or len(token) > 9:
        raise InvalidParameterValue("Request parameter NextToken is invalid")
    return int(token)

"""CloudWatch's metrics: what is published and asked for. moto's dashboards, tags and insight rules stay moto's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from moto.cloudwatch.exceptions import (
    CloudWatchException,
    InvalidParameterCombination,
    InvalidParameterValue,
    ValidationError,
)
from moto.cloudwatch.models import CloudWatchBackend, MetricAggregatedDatum, MetricDatumBase

from labs.cloud.aws.cloudwatch.expressions import ExpressionError, Series, evaluate
from labs.cloud.aws.cloudwatch.points import Metric, Periods, Point, Points, statistic, supported
from labs.cloud.runtime import Runtime

MOST_DATAPOINTS = 1440  # of one GetMetricStatistics [API]
SHORT_PERIODS = (1, 5, 10, 20, 30)  # seconds, of high-resolution metrics [API]
LONGEST_PERIOD = 86400  # seconds
PAGE = 500  # metrics of one ListMetrics answer [API]
MOST_QUERIES = 500  # of one GetMetricData [API]


class NotEmulated(CloudWatchException):
    """The local cloud cannot do this part of CloudWatch, and says so instead of pretending."""

    code = "UnsupportedFeatureException"

    def __init__(self, what: str):
        super().__init__(f"The local cloud does not emulate {what}.")


class MetricBackend(CloudWatchBackend):
    """Metrics of one Region."""

    runtime: ClassVar[Runtime]

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.points = Points()
        self.pages: dict[str, list[Metric]] = {}

    def publish(self, metric: Metric, point: Point) -> None:
        """One more point, from the cloud itself."""
        self.points.add(metric, point)

    def put_metric_data(self, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        """PutMetricData: all of it, or nothing when one datum is not valid."""
        for number, datum in enumerate(metric_data, 1):
            self._validate_parameters_put_metric_data(datum, number)
        for datum in metric_data:
            dimensions = {each["Name"]: each["Value"] for each in datum.get("Dimensions") or ()}
            self.points.add(Metric.of(namespace, datum["MetricName"], dimensions), self._point(datum))
        self.runtime.wake.set()

    def _point(self, datum: Mapping[str, Any]) -> Point:
        given = datum.get("Timestamp")
        time = self.runtime.clock.now() if given is None else aware(given)
        unit = datum.get("Unit")
        if datum.get("Values"):
            values = [float(value) for value in datum["Values"]]
            counts = [float(count) for count in datum.get("Counts") or [1] * len(values)]
            return Point.counted(time, zip(values, counts, strict=True), unit)
        if datum.get("StatisticValues"):
            given = datum["StatisticValues"]
            count, total, least, most = (
                float(given[name]) for name in ("SampleCount", "Sum", "Minimum", "Maximum")
            )
            return Point(time, count, total, least, most, unit)
        return Point.of(time, [float(datum.get("Value") or 0)], unit)

    def find_metrics(
        self, namespace: str | None, name: str | None, dimensions: Sequence[Mapping[str, str]]
    ) -> list[Metric]:
        """ListMetrics: dimensions filter; one without a value asks for its name only."""

        def wanted(metric: Metric) -> bool:
            own = dict(metric.dimensions)
            return (
                namespace in (None, metric.namespace)
                and name in (None, metric.name)
                and all(
                    each["Name"] in own and each.get("Value") in (None, own[each["Name"]])
                    for each in dimensions
                )
            )

        provided = [metric for metric, _ in self._provided()]
        return [metric for metric in dict.fromkeys([*self.points.metrics(), *provided]) if wanted(metric)]

    def statistics(self, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        """GetMetricStatistics: one datapoint per period that has any."""
        start, end, period = whole(asked["StartTime"]), whole(asked["EndTime"]), asked["Period"]
        names = [*(asked.get("Statistics") or ()), *(asked.get("ExtendedStatistics") or ())]
        if start >= end:
            raise InvalidParameterValue("The parameter StartTime must be less than the parameter EndTime.")
        check_period(period)
        for name in names:
            check_statistic(name)
        count = (end - start).total_seconds() / period
        if count > MOST_DATAPOINTS:
            raise InvalidParameterCombination(
                f"You have requested up to {int(count):,} datapoints, which exceeds the limit of "
                f"{MOST_DATAPOINTS:,}. You may reduce the datapoints requested by increasing Period, or decreasing "
                "the time range."
            )
        dimensions = {each["Name"]: each["Value"] for each in asked.get("Dimensions") or ()}
        metric = Metric.of(asked["Namespace"], asked["MetricName"], dimensions)
        periods = Periods(self.runtime.minutes, period)
        datapoints = []
        for number, points in periods.sort(self._points_of(metric, periods, start, end)).items():
            unit = asked.get("Unit")
            points = [point for point in points if unit in (None, point.unit or "None")]
            values = {name: value for name in names if (value := statistic(name, points)) is not None}
            if not values:
                continue
            extended = {
                name: values.pop(name) for name in asked.get("ExtendedStatistics") or () if name in values
            }
            datapoint: dict[str, Any] = {
                "Timestamp": periods.start(number),
                "Unit": points[-1].unit or "None",
            }
            datapoints.append(datapoint | values | ({"ExtendedStatistics": extended} if extended else {}))
        return datapoints

    def data(
        self, queries: Sequence[Mapping[str, Any]], start: datetime, end: datetime, *, newest_first: bool
    ) -> list[dict[str, Any]]:
        """GetMetricData: one result per query whose data is to be returned."""
        start, end = whole(start), whole(end)
        if start > end:
            raise ValidationError("The parameter EndTime must be greater than StartTime.")
        if start == end:
            raise ValidationError("The parameter StartTime must not equal parameter EndTime.")
        if len(queries) > MOST_QUERIES:
            raise ValidationError(
                f"The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}."
            )
        found = self.series(queries, start, end)
        results = []
        for query in queries:
            if query.get("ReturnData") is False:
                continue
            series = found[query["Id"]]
            times = sorted(series, reverse=newest_first)
            results.append(
                {
                    "Id": query["Id"],
                    "Label": query.get("Label") or _label(query),
                    "Timestamps": times,
                    "Values": [series[time] for time in times],
                    "StatusCode": "Complete",
                }
            )
        return results

    def series(
        self, queries: Sequence[Mapping[str, Any]], start: datetime, end: datetime
    ) -> dict[str, Series]:
        """Each query's values by the beginning of their period. Raises ValidationError."""
        ids = [query["Id"] for query in queries]
        if len(set(ids)) < len(ids):
            raise ValidationError("The values for parameter id in MetricDataQueries are not unique.")
        found: dict[str, Series] = {}
        for query in queries:
            if query.get("MetricStat"):
                found[query["Id"]] = self._stat(query["MetricStat"], start, end)
        waiting = {query["Id"]: str(query["Expression"]) for query in queries if query["Id"] not in found}
        while waiting:  # an expression may use another one's id, in any order
            ready = [name for name, text in waiting.items() if not _uses(text, waiting.keys() - {name})]
            name = ready[0] if ready else next(iter(waiting))
            expression = waiting.pop(name)
            if expression.lstrip().upper().startswith(("SELECT", "SEARCH")):
                raise NotEmulated("Metrics Insights queries and SEARCH expressions")
            try:
                found[name] = evaluate(expression, found)
            except ExpressionError as error:
                raise ValidationError(f"Error in expression '{name}': {error}") from None
        return found

    def _stat(self, asked: Mapping[str, Any], start: datetime, end: datetime) -> Series:
        check_period(asked["Period"])
        check_statistic(asked["Stat"])
        given = asked["Metric"]
        dimensions = {each["Name"]: each["Value"] for each in given.get("Dimensions") or ()}
        metric = Metric.of(given["Namespace"], given["MetricName"], dimensions)
        periods = Periods(self.runtime.minutes, asked["Period"])
        unit = asked.get("Unit")
        series: Series = {}
        for number, points in periods.sort(self._points_of(metric, periods, start, end)).items():
            value = statistic(
                asked["Stat"], [point for point in points if unit in (None, point.unit or "None")]
            )
            if value is not None:
                series[periods.start(number)] = value
        return series

    def _points_of(self, metric: Metric, periods: Periods, start: datetime, end: datetime) -> list[Point]:
        """From the beginning of the period that `start` is in, as AWS rounds it down."""
        since = periods.start(periods.number(start))
        return self.points.between(metric, since, end) or [
            point for known, point in self._provided() if known == metric and since <= point.time < end
        ]

    def _provided(self) -> Iterable[tuple[Metric, Point]]:
        """What moto's services measure of themselves when asked (the sizes of S3's buckets, for example)."""
        for datum in self.aws_metric_data:
            yield (
                Metric.of(datum.namespace, datum.name, {each.name: each.value for each in datum.dimensions}),
                _converted(datum),
            )


def aware(moment: datetime) -> datetime:
    """moto's times are UTC but do not say so."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def whole(moment: datetime) -> datetime:
    """A time that a range begins or ends with: CloudWatch takes whole seconds."""
    return aware(moment).replace(microsecond=0)


def check_period(period: Any) -> None:
    """Raise InvalidParameterValue unless `period` is a number of seconds that CloudWatch takes."""
    if isinstance(period, int) and period not in SHORT_PERIODS and (period < 1 or period % 60):
        raise InvalidParameterValue("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
    if not isinstance(period, int) or period > LONGEST_PERIOD:
        raise InvalidParameterValue(f"The parameter Period must be at most {LONGEST_PERIOD}.")


def check_statistic(name: Any) -> None:
    """Raise NotEmulated for the statistics that only CloudWatch computes: trimmed means and the like."""
    if not isinstance(name, str) or not supported(name):
        raise NotEmulated(f"the statistic {name}")


def _label(query: Mapping[str, Any]) -> str:
    return str(query["MetricStat"]["Metric"]["MetricName"] if query.get("MetricStat") else query["Id"])


def _uses(expression: str, names: Iterable[str]) -> bool:
    return any(name in expression for name in names)


def _converted(datum: MetricDatumBase) -> Point:
    time = aware(datum.timestamp)
    if isinstance(datum, MetricAggregatedDatum):
        return Point(time, datum.sample_count, datum.sum, datum.min, datum.max, datum.unit)
    return Point.of(time, [float(datum.value)], datum.unit)

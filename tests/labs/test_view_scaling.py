"""The view of auto scaling: read from recorded answers in AWS's shapes, and from a service that really scaled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree

import boto3
import pytest

from labs.cloud import client
from labs.lab import Lab
from labs.session import CourseSession
from labs.view.scaling import EARLIER, History, read, scaling
from labs.view.scaling_chart import Track
from tests.cloud.running import RunningCloud, run_cloud, wait_for
from tests.cloud.stack import Stack

BEGIN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NOW = BEGIN + timedelta(minutes=40)
RESOURCE = "service/frenchbakery/products"
HIGH, LOW = (f"TargetTracking-{RESOURCE}-Alarm{end}-0f3a" for end in ("High", "Low"))
METRIC = {
    "Namespace": "AWS/ECS",
    "MetricName": "CPUUtilization",
    "Statistic": "Average",
    "Dimensions": [
        {"Name": "ServiceName", "Value": "products"},
        {"Name": "ClusterName", "Value": "frenchbakery"},
    ],
    "Period": 60,
}


def at(minute: float) -> datetime:
    return BEGIN + timedelta(minutes=minute)


def target(resource: str = RESOURCE, created: datetime = BEGIN) -> dict[str, Any]:
    return {
        "ServiceNamespace": "ecs",
        "ResourceId": resource,
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": 2,
        "MaxCapacity": 6,
        "RoleARN": "arn:aws:iam::123456789012:role/any",
        "CreationTime": created,
    }


def policy(kind: str, *alarms: str) -> dict[str, Any]:
    configuration: dict[str, Any] = {
        "TargetTrackingScaling": {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50.0}},
        "StepScaling": {"StepScalingPolicyConfiguration": {"AdjustmentType": "ChangeInCapacity"}},
    }[kind]
    return {
        "PolicyARN": "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1",
        "PolicyName": "cpu",
        "ServiceNamespace": "ecs",
        "ResourceId": RESOURCE,
        "ScalableDimension": "ecs:service:DesiredCount",
        "PolicyType": kind,
        "CreationTime": BEGIN,
        "Alarms": [{"AlarmName": name, "AlarmARN": f"arn:{name}"} for name in alarms],
        **configuration,
    }


def alarm(name: str, comparison: str, threshold: float, periods: int, **other: Any) -> dict[str, Any]:
    return {
        "AlarmName": name,
        "ComparisonOperator": comparison,
        "Threshold": threshold,
        "EvaluationPeriods": periods,
        "StateValue": "OK",
        **METRIC,
        **other,
    }


def change(minute: float, old: str, new: str) -> dict[str, Any]:
    data = {"version": "1.0", "oldState": {"stateValue": old}, "newState": {"stateValue": new}}
    return {"Timestamp": at(minute), "HistoryItemType": "StateUpdate", "HistoryData": json.dumps(data)}


def activity(minute: float, description: str, cause: str, **other: Any) -> dict[str, Any]:
    return {
        "ActivityId": str(minute),
        "ServiceNamespace": "ecs",
        "ResourceId": RESOURCE,
        "ScalableDimension": "ecs:service:DesiredCount",
        "Description": description,
        "Cause": cause,
        "StartTime": at(minute),
        "StatusCode": "Successful",
        **other,
    }


def triggered(name: str) -> str:
    return f"monitor alarm {name} in state ALARM triggered policy cpu"


OUT = activity(8, "Setting desired count to 4.", triggered(HIGH))
IN = activity(31, "Setting desired count to 2.", triggered(LOW))
FULL = activity(
    12, "Attempting to scale due to alarm triggered", triggered(HIGH), NotScaledReasons=[{"Code": "AlreadyAtMaxCapacity"}]
)  # fmt: skip
CPU = [(float(minute), 90.0 if 4 <= minute < 10 else 20.0) for minute in range(40)]


class Recorded:
    """A session whose clients check what they are asked and answer what was recorded."""

    def __init__(self, **answers: Any):
        both = [
            alarm(HIGH, "GreaterThanThreshold", 50, 3),
            alarm(LOW, "LessThanThreshold", 45, 15, StateValue="ALARM"),
        ]
        histories = {
            HIGH: [change(3, "INSUFFICIENT_DATA", "OK"), change(8, "OK", "ALARM"), change(11, "ALARM", "OK")],
            LOW: [],
        }
        self.answers: dict[str, Any] = {
            "DescribeScalableTargets": {"ScalableTargets": [target()]},
            "DescribeScalingPolicies": {"ScalingPolicies": [policy("TargetTrackingScaling", HIGH, LOW)]},
            "DescribeScalingActivities": {"ScalingActivities": [IN, FULL, OUT]},
            "DescribeAlarms": {"MetricAlarms": both},
            "DescribeAlarmHistory": lambda asked: {"AlarmHistoryItems": histories[asked["AlarmName"]]},
            "GetMetricData": self._points,
            "DescribeServices": {"services": [{"runningCount": 2, "desiredCount": 2}]},
        } | answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    @staticmethod
    def _points(asked: dict[str, Any]) -> dict[str, Any]:
        [query] = asked["MetricDataQueries"]
        tasks = [(minute, 4.0 if 9 <= minute < 31 else 2.0) for minute, _ in CPU]
        found = tasks if query["MetricStat"]["Stat"] == "SampleCount" else CPU
        result = {
            "Id": query["Id"],
            "Timestamps": [at(minute) for minute, _ in found],
            "Values": [value for _, value in found],
        }
        return {"MetricDataResults": [result]}

    def client(self, service: str) -> Any:
        made = boto3.client(
            service, region_name="us-east-1", aws_access_key_id="recorded", aws_secret_access_key="recorded"
        )

        def note(params: dict[str, Any], model: Any, **_: Any) -> None:
            self.asked.append((model.name, params))

        def answer(model: Any, **_: Any) -> Any:
            found = self.answers[model.name]
            return SimpleNamespace(status_code=200), found(self.asked[-1][1]) if callable(found) else found

        made.meta.events.register("provide-client-params.*.*", note)
        made.meta.events.register("before-call.*.*", answer)
        return made


def history(**answers: Any) -> History:
    found = read(cast(CourseSession, Recorded(**answers)), "products", NOW)
    assert found is not None
    return found


def drawn(found: History) -> ElementTree.Element:
    html = scaling(found, "products", "one").html
    return ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])


def test_a_target_tracking_policy_is_read_whole() -> None:
    found = history()
    [watched] = found.watched
    assert (watched.metric.name, watched.metric.unit, len(watched.metric.points)) == ("CPU", "%", 40)
    high, low = watched.tracks
    assert (high.high, high.condition.threshold, high.condition.periods) == (True, 50, 3)
    assert (low.high, low.condition.threshold, low.condition.periods) == (False, 45, 15)
    assert high.states == [(0.0, "INSUFFICIENT_DATA"), (180.0, "OK"), (480.0, "ALARM"), (660.0, "OK")]
    assert low.states == [(0.0, "ALARM")]  # nothing changed: it is what it was
    assert found.desired == ((0.0, 2), (480.0, 4), (31 * 60.0, 2))
    assert found.running[8:10] == ((480.0, 2), (540.0, 4))
    assert found.running[-1] == (2400.0, 2)
    assert [each.reason for each in found.activities] == ["", "AlreadyAtMaxCapacity", ""]


def test_the_compared_line_tells_what_depends_on_no_timing() -> None:
    line = "Scaling of products: 2 to 6 tasks; policies: cpu (target 50); "
    assert repr(scaling(history(), "products")) == f"{line}tasks were added, then taken away."
    for activities, did in (
        ([], "nothing has changed yet."),
        ([FULL], "nothing has changed yet."),
        ([OUT], "tasks were added."),
        ([activity(9, "Setting desired count to 6.", "x"), OUT], "tasks were added."),
        ([activity(9, "Setting desired count to 1.", "x")], "tasks were taken away."),
    ):
        found = history(DescribeScalingActivities={"ScalingActivities": activities})
        assert repr(scaling(found, "products")) == line + did


def test_everything_is_drawn_marked_by_shape_and_said() -> None:
    root = drawn(history())
    named = {element.get("id"): element.text for element in root}
    assert named["one-title"] == "The scaling of products"
    assert "tasks were added" in str(named["one-desc"])
    svg = ElementTree.tostring(root, encoding="unicode")
    assert svg.count("dot-bad") - 1 == 6 + 1  # the style's, six datapoints, the legend's
    for words in ("CPU: the datapoints", "above 50%", ">&gt; 50<", ">&lt; 45<", "max. 6", "desired"):
        assert words in svg, words


def test_the_list_says_what_each_alarm_brought_about() -> None:
    html = scaling(history(), "products").html
    for words in (
        "2 → 4 tasks", "4 → 2 tasks", "the high alarm of policy cpu", "the low alarm of policy cpu",
        "nothing (AlreadyAtMaxCapacity)", "8\u00a0min<",
    ):  # fmt: skip
        assert words in html, words


def test_step_scaling_with_alarms_of_ones_own() -> None:
    busy = alarm(
        "busy <b>",
        "GreaterThanOrEqualToThreshold",
        1000,
        2,
        MetricName="RequestCountPerTarget",
        Statistic="Sum",
    )
    found = history(
        DescribeScalingPolicies={"ScalingPolicies": [policy("StepScaling", "busy <b>")]},
        DescribeAlarms={"MetricAlarms": [busy]},
        DescribeAlarmHistory={"AlarmHistoryItems": []},
        DescribeScalingActivities={
            "ScalingActivities": [activity(5, "Setting desired count to 3.", "<script>")]
        },
    )
    assert repr(scaling(found, "products")).startswith(
        "Scaling of products: 2 to 6 tasks; policies: cpu (step scaling)"
    )
    assert found.watched[0].metric.name == "Requests per target"
    assert "<script>" not in scaling(found, "products").html
    assert len(found.watched[0].tracks) == 1


def test_two_policies_are_drawn_apart_and_one_without_threshold_is_left_out() -> None:
    memory = alarm("memory", "GreaterThanThreshold", 80, 3, MetricName="MemoryUtilization")
    band = {k: v for k, v in alarm("band", "GreaterThanUpperThreshold", 0, 3).items() if k != "Threshold"}
    answers = Recorded().answers
    found = history(
        DescribeAlarms={"MetricAlarms": [*answers["DescribeAlarms"]["MetricAlarms"], memory, band]},
        DescribeAlarmHistory={"AlarmHistoryItems": []},
    )
    assert [(each.metric.name, len(each.tracks)) for each in found.watched] == [("CPU", 2), ("Memory", 1)]
    drawn(found)


def test_without_policy_datapoint_or_activity_the_counts_are_drawn() -> None:
    found = history(
        DescribeScalingPolicies={"ScalingPolicies": []},
        DescribeScalingActivities={"ScalingActivities": []},
        GetMetricData={"MetricDataResults": [{"Id": "m1", "Timestamps": [], "Values": []}]},
    )
    assert (found.watched, found.desired, found.running) == ((), ((0.0, 2),), ((2400.0, 2),))
    drawn(found)
    empty = history(GetMetricData={"MetricDataResults": []}, DescribeServices={"services": []})
    drawn(empty)


def test_only_the_last_hours_of_an_old_target_are_read() -> None:
    old = activity(-500, "Setting desired count to 5.", "long ago")
    session = Recorded(
        DescribeScalableTargets={"ScalableTargets": [target(created=BEGIN - timedelta(days=90))]},
        DescribeScalingActivities={"ScalingActivities": [OUT, old]},
    )
    found = read(cast(CourseSession, session), "products", NOW)
    assert found is not None
    assert found.end == 3 * 3600
    assert [each.desired for each in found.activities] == [4]
    starts = [asked["StartTime"] for name, asked in session.asked if name == "GetMetricData"]
    begin = NOW - timedelta(hours=3)
    assert set(starts) == {begin, begin - EARLIER}  # the count of tasks, a little more


def test_what_ran_before_the_first_change_may_have_been_counted_before_the_beginning() -> None:
    def points(asked: dict[str, Any]) -> dict[str, Any]:
        counts = {-5: 4.0, -1: 2.0, 9: 4.0}  # the first change comes before the first count
        return {
            "MetricDataResults": [
                {"Id": "m1", "Timestamps": [at(each) for each in counts], "Values": list(counts.values())}
            ]
        }

    found = history(GetMetricData=points)
    assert found.running[:2] == ((0.0, 2), (540.0, 4))
    assert found.desired == ((0.0, 2), (480.0, 4), (1860.0, 2))
    assert found.directions == ["out", "in"]


def test_the_period_of_the_first_change_may_have_counted_what_it_brought() -> None:
    def points(asked: dict[str, Any]) -> dict[str, Any]:
        counts = {6: 2.0, 7: 4.0}  # the change comes within the second of these minutes
        return {
            "MetricDataResults": [
                {"Id": "m1", "Timestamps": [at(each) for each in counts], "Values": list(counts.values())}
            ]
        }

    found = history(GetMetricData=points)
    assert found.desired == ((0.0, 2), (480.0, 4), (1860.0, 2))
    assert found.directions == ["out", "in"]


def test_a_service_that_nothing_scales_or_of_which_there_are_two() -> None:
    nothing = cast(CourseSession, Recorded(DescribeScalableTargets={"ScalableTargets": []}))
    assert repr(scaling(read(nothing, "products"), "products")) == "products: nothing scales this service."
    twice = Recorded(
        DescribeScalableTargets={"ScalableTargets": [target(), target("service/other/products")]}
    )
    with pytest.raises(ValueError, match="frenchbakery/products, other/products"):
        read(cast(CourseSession, twice), "products")
    assert read(cast(CourseSession, twice), "other/products", NOW) is not None


def test_the_lab_shows_it_each_time_under_a_name_of_its_own() -> None:
    lab = Lab(cast(CourseSession, Recorded()))
    first, second = lab.scaling("products").html, lab.scaling("frenchbakery/products").html
    assert 'id="fbs1-title"' in first and 'id="fbs2-title"' in second


# What really happened


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    """A cloud whose CloudWatch minutes last a second."""
    for cloud in run_cloud(tmp_path_factory.mktemp("cloud")):
        client.set_pace(1)
        yield cloud


def test_a_service_that_really_scaled(hurried: RunningCloud) -> None:
    stack = Stack(hurried)
    check = {"command": ["CMD", "true"], "interval": 5}
    stack.serve(
        "queue",
        count=1,
        definition=stack.define(
            stack.container(image=stack.web, portMappings=[{"containerPort": 8080}], healthCheck=check)
        ),
    )
    stack.until_steady("queue", seconds=60)
    automatic, cloudwatch = hurried.client("application-autoscaling"), hurried.client("cloudwatch")
    place = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{stack.cluster}/queue",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    session = cast(CourseSession, hurried)
    assert read(session, "queue") is None
    automatic.register_scalable_target(**place, MinCapacity=1, MaxCapacity=2)
    metric = {"Namespace": "Bakery", "MetricName": "Backlog", "Statistic": "Average"}
    automatic.put_scaling_policy(
        **place,
        PolicyName="backlog",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={"TargetValue": 10, "CustomizedMetricSpecification": metric},
    )
    step = automatic.put_scaling_policy(
        **place,
        PolicyName="flood",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ExactCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 2}],
        },
    )["PolicyARN"]
    cloudwatch.put_metric_alarm(
        AlarmName="flood",
        **metric,
        Period=60,
        EvaluationPeriods=1,
        Threshold=1000,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[step],
    )
    untouched = read(session, "queue")
    assert untouched is not None and untouched.directions == []

    def scaled_out() -> bool:
        cloudwatch.put_metric_data(Namespace="Bakery", MetricData=[{"MetricName": "Backlog", "Value": 90}])
        return bool(stack.service("queue")["desiredCount"] == 2)

    wait_for(scaled_out, 60, "two tasks")
    wait_for(lambda: stack.service("queue")["runningCount"] == 2, 60, "two running tasks")
    found = read(session, f"{stack.cluster}/queue")
    assert found is not None
    [watched] = found.watched
    assert {value for _, value in watched.metric.points} == {90.0}
    assert [track.condition.threshold for track in watched.tracks] == [10, 1000, 9]
    assert ALARMED in [state for _, state in _of(watched.tracks, 10).states]
    assert [count for _, count in found.desired] == [1, 2]
    assert found.running[-1][1] == 2
    assert repr(scaling(found, "queue")) == (
        "Scaling of queue: 1 to 2 tasks; policies: backlog (target 10), flood (step scaling); tasks were added."
    )
    drawn(found)


ALARMED = "ALARM"


def _of(tracks: tuple[Track, ...], threshold: float) -> Track:
    return next(track for track in tracks if track.condition.threshold == threshold)

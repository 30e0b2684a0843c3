"""Metrics, alarms and scaling policies in a running cloud, whose CloudWatch minutes last a second."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from labs.cloud import client
from labs.cloud.cli import app
from tests.cloud.running import RunningCloud, wait_for
from tests.cloud.stack import Stack

DIMENSION = "ecs:service:DesiredCount"


@pytest.fixture(scope="module")
def stack(hurried: RunningCloud) -> Stack:
    return Stack(hurried)


@pytest.fixture(scope="module")
def watch(stack: Stack) -> Any:
    return stack.cloud.client("cloudwatch")


@pytest.fixture(scope="module")
def scaling(stack: Stack) -> Any:
    return stack.cloud.client("application-autoscaling")


def window() -> dict[str, datetime]:
    now = datetime.now(UTC)
    return {"StartTime": now - timedelta(minutes=10), "EndTime": now + timedelta(minutes=1)}


def alarm(watch: Any, name: str) -> dict[str, Any]:
    return dict(watch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0])


def until(watch: Any, name: str, state: str) -> dict[str, Any]:
    return wait_for(
        lambda: (found := alarm(watch, name))["StateValue"] == state and found, 60, f"{name} {state}"
    )


def make_alarm(watch: Any, name: str, **changes: Any) -> None:
    settings: dict[str, Any] = {
        "AlarmName": name, "Namespace": "Shop", "MetricName": name, "Statistic": "Maximum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
    }  # fmt: skip
    watch.put_metric_alarm(**(settings | changes))


def put(watch: Any, name: str, *values: float) -> None:
    watch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": name, "Values": list(values)}])


def history(watch: Any, name: str, kind: str) -> list[str]:
    found = watch.describe_alarm_history(AlarmName=name, HistoryItemType=kind, ScanBy="TimestampAscending")
    return [item["HistorySummary"] for item in found["AlarmHistoryItems"]]


def test_an_alarm_tells_its_topic_and_remembers(stack: Stack, watch: Any) -> None:
    sns, sqs = stack.cloud.client("sns"), stack.cloud.client("sqs")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    queue = sqs.create_queue(QueueName="alarms")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    stack.logs.create_log_group(logGroupName="/aws/events/alarms")
    events = stack.cloud.client("events")
    events.put_rule(Name="alarms", EventPattern=json.dumps({"source": ["aws.cloudwatch"]}))
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/alarms"
    events.put_targets(
        Rule="alarms", Targets=[{"Id": "log", "Arn": group, "InputPath": "$.detail.alarmName"}]
    )
    make_alarm(watch, "queue-length", AlarmActions=[topic])
    first = alarm(watch, "queue-length")
    assert (first["StateValue"], first["StateReason"]) == (
        "INSUFFICIENT_DATA",
        "Unchecked: Initial alarm creation",
    )
    put(watch, "queue-length", 9, 3)
    told = until(watch, "queue-length", "ALARM")
    assert told["StateReason"].startswith("Threshold Crossed: 1 datapoint [9.0 (")
    assert json.loads(told["StateReasonData"])["recentDatapoints"] == [9.0]
    message = wait_for(
        lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), 60, "the topic's message"
    )[0]
    body = json.loads(message["Body"])
    assert (body["NewStateValue"], body["OldStateValue"], body["AlarmName"]) == (
        "ALARM",
        "INSUFFICIENT_DATA",
        "queue-length",
    )
    told_events = stack.logs.filter_log_events(logGroupName="/aws/events/alarms")["events"]
    assert [each["message"] for each in told_events] == ['"queue-length"']
    until(watch, "queue-length", "INSUFFICIENT_DATA")  # no more data
    story = [
        e["texts"]["en"] for e in stack.cloud.control("GET", "/timeline")["events"] if e["kind"] == "alarm"
    ]
    assert story[-2].startswith("Alarm queue-length goes off: ") and " above " in story[-2]
    assert story[-1].startswith("Alarm queue-length has too few points of ")
    events.disable_rule(Name="alarms")
    assert history(watch, "queue-length", "ConfigurationUpdate") == ['Alarm "queue-length" created']
    assert history(watch, "queue-length", "Action") == [f"Successfully executed action {topic}"]
    assert history(watch, "queue-length", "StateUpdate") == [
        "Alarm updated from INSUFFICIENT_DATA to ALARM", "Alarm updated from ALARM to INSUFFICIENT_DATA"
    ]  # fmt: skip
    watch.delete_alarms(AlarmNames=["queue-length"])
    assert history(watch, "queue-length", "ConfigurationUpdate")[-1] == 'Alarm "queue-length" deleted'


def test_a_state_that_is_set_lasts_until_the_next_evaluation(watch: Any) -> None:
    make_alarm(watch, "by-hand", TreatMissingData="notBreaching")
    until(watch, "by-hand", "OK")
    watch.set_alarm_state(AlarmName="by-hand", StateValue="ALARM", StateReason="a drill")
    until(watch, "by-hand", "OK")
    assert "Alarm updated from OK to ALARM" in history(watch, "by-hand", "StateUpdate")
    watch.delete_alarms(AlarmNames=["by-hand"])


def test_an_alarm_on_metric_math(watch: Any) -> None:
    def stat(name: str) -> dict[str, Any]:
        metric = {"Namespace": "Shop", "MetricName": name}
        return {
            "Id": name,
            "ReturnData": False,
            "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"},
        }

    watch.put_metric_alarm(
        AlarmName="rate", EvaluationPeriods=1, Threshold=10, ComparisonOperator="GreaterThanThreshold",
        Metrics=[stat("failed"), stat("asked"), {"Id": "e", "Expression": "100 * failed / asked"}],
    )  # fmt: skip
    data = [{"MetricName": "failed", "Value": 3}, {"MetricName": "asked", "Value": 12}]
    watch.put_metric_data(Namespace="Shop", MetricData=data)
    assert "25.0" in until(watch, "rate", "ALARM")["StateReason"]
    found = watch.get_metric_data(MetricDataQueries=alarm(watch, "rate")["Metrics"], **window())[
        "MetricDataResults"
    ]
    assert [(each["Id"], each["Values"]) for each in found] == [("e", [25.0])]
    watch.delete_alarms(AlarmNames=["rate"])


def test_percentiles_and_exact_dimensions(watch: Any) -> None:
    data = {"MetricName": "seconds", "Values": [float(n) for n in range(1, 11)], "Unit": "Seconds"}
    watch.put_metric_data(
        Namespace="Shop", MetricData=[data | {"Dimensions": [{"Name": "page", "Value": "home"}]}]
    )
    asked = {"Namespace": "Shop", "MetricName": "seconds", "Period": 60, **window()}
    home = watch.get_metric_statistics(
        **asked,
        Dimensions=[{"Name": "page", "Value": "home"}],
        Statistics=["Average"],
        ExtendedStatistics=["p90"],
    )["Datapoints"][0]
    assert (home["Average"], home["ExtendedStatistics"], home["Unit"]) == (5.5, {"p90": 9.0}, "Seconds")
    assert watch.get_metric_statistics(**asked, Statistics=["Sum"])["Datapoints"] == []


@pytest.mark.parametrize(
    "operation, parameters",
    [
        ("put_metric_alarm", {"AlarmName": "x", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"}),
        ("put_metric_alarm", {"AlarmName": "x", "EvaluationPeriods": -1, "ComparisonOperator": "Bigger", "Threshold": 1}),
        ("put_metric_alarm", {"AlarmName": "x", "EvaluationPeriods": 1, "Threshold": float("nan"), "ComparisonOperator": "GreaterThanThreshold"}),
        ("put_composite_alarm", {"AlarmName": "x", "AlarmRule": "TRUE"}),
        ("get_metric_statistics", {"Namespace": "a", "MetricName": "b", "Period": 7, "Statistics": ["Sum"], **window()}),
        ("get_metric_statistics", {"Namespace": "a", "MetricName": "b", "Period": 60, "ExtendedStatistics": ["tm90"], **window()}),
        ("get_metric_statistics", {"Namespace": "a", "MetricName": "b", "Period": 60, "Statistics": ["Sum"], "StartTime": datetime(2020, 1, 1), "EndTime": datetime(2026, 1, 1)}),
        ("get_metric_data", {"MetricDataQueries": [{"Id": "e", "Expression": "SELECT AVG(x) FROM y"}], **window()}),
        ("get_metric_data", {"MetricDataQueries": [{"Id": "e", "Expression": "nobody * 2"}], **window()}),
        ("set_alarm_state", {"AlarmName": "nobody", "StateValue": "OK", "StateReason": "-"}),
        ("list_metrics", {"NextToken": "nobody"}),
        ("describe_alarm_history", {"NextToken": "x"}),
    ],
)  # fmt: skip
def test_wrong_calls_of_cloudwatch_are_refused(
    cloud: RunningCloud, operation: str, parameters: dict[str, Any]
) -> None:
    loose = cloud.client("cloudwatch", config=Config(parameter_validation=False))
    with pytest.raises(ClientError) as refused:
        getattr(loose, operation)(**parameters)
    assert 400 <= refused.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500


@pytest.fixture(scope="module")
def place(stack: Stack) -> dict[str, str]:
    stack.serve("orders", count=0)
    return {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{stack.cluster}/orders",
        "ScalableDimension": DIMENSION,
    }


def activities(scaling: Any, place: dict[str, str]) -> list[dict[str, Any]]:
    return list(
        scaling.describe_scaling_activities(**place, IncludeNotScaledActivities=True)["ScalingActivities"]
    )


def test_the_limits_move_the_service(stack: Stack, scaling: Any, place: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="required to register"):
        scaling.register_scalable_target(**place, MaxCapacity=1)
    with pytest.raises(ClientError, match="ECS service doesn't exist"):
        scaling.register_scalable_target(
            **place | {"ResourceId": "service/none/none"}, MinCapacity=1, MaxCapacity=2
        )
    scaling.register_scalable_target(**place, MinCapacity=1, MaxCapacity=1)
    assert stack.service("orders")["desiredCount"] == 1
    first = wait_for(
        lambda: (found := activities(scaling, place)[0])["StatusCode"] == "Successful" and found, 60
    )
    assert (first["Cause"], first["Description"]) == (
        "minimum capacity was set to 1",
        "Setting desired count to 1.",
    )
    assert (
        first["StatusMessage"] == "Successfully set desired count to 1. Change successfully fulfilled by ecs."
    )


def test_a_step_policy_that_cannot_scale_says_why(scaling: Any, watch: Any, place: dict[str, str]) -> None:
    steps = [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 2}]
    configuration = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps}
    policy = scaling.put_scaling_policy(
        **place, PolicyName="step", PolicyType="StepScaling", StepScalingPolicyConfiguration=configuration
    )["PolicyARN"]
    make_alarm(watch, "many", AlarmActions=[policy])
    attached = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"][0]["Alarms"]
    assert [each["AlarmName"] for each in attached] == ["many"]
    put(watch, "many", 9)
    until(watch, "many", "ALARM")
    failed = wait_for(lambda: [each for each in activities(scaling, place) if "NotScaledReasons" in each])
    assert failed[0]["NotScaledReasons"] == [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 1}]
    assert failed[0]["Cause"] == "monitor alarm many in state ALARM triggered policy step"
    assert not any(
        "NotScaledReasons" in e for e in scaling.describe_scaling_activities(**place)["ScalingActivities"]
    )
    watch.delete_alarms(AlarmNames=["many"])


def test_a_scheduled_action_changes_the_limits(stack: Stack, scaling: Any, place: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="Invalid schedule expression"):
        scaling.put_scheduled_action(
            **place, ScheduledActionName="bad", Schedule="soon", ScalableTargetAction={"MinCapacity": 1}
        )
    scaling.put_scheduled_action(
        **place, ScheduledActionName="night", Schedule="at(2020-01-01T00:00:00)", ScalableTargetAction={"MinCapacity": 0, "MaxCapacity": 0},
    )  # fmt: skip
    wait_for(lambda: stack.service("orders")["desiredCount"] == 0, what="the night")
    causes = [each["Cause"] for each in activities(scaling, place)]
    assert causes[:2] == ["maximum capacity was set to 0", "scheduled action name night was triggered"]
    assert (
        scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"][0][
            "ScheduledActionName"
        ]
        == "night"
    )


def test_target_tracking_makes_its_alarms_and_takes_them_away(
    scaling: Any, watch: Any, place: dict[str, str]
) -> None:
    label = "app/shop/50dc6c495c0c9188/targetgroup/orders/73e2d6bc24d8a067"
    specification = {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label}
    configuration = {"TargetValue": 100.0, "PredefinedMetricSpecification": specification}

    def put_policy(**more: Any) -> list[str]:
        made = scaling.put_scaling_policy(
            **place, PolicyName="requests", PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=configuration | more,
        )  # fmt: skip
        return [each["AlarmName"] for each in made["Alarms"]]

    high, low = put_policy()
    assert high.startswith(f"TargetTracking-{place['ResourceId']}-AlarmHigh-") and "-AlarmLow-" in low
    found = alarm(watch, low)
    assert (found["EvaluationPeriods"], found["Threshold"], found["Statistic"]) == (15, 90.0, "Sum")
    assert {each["Name"]: each["Value"] for each in found["Dimensions"]} == {
        "LoadBalancer": "app/shop/50dc6c495c0c9188", "TargetGroup": "targetgroup/orders/73e2d6bc24d8a067"
    }  # fmt: skip
    assert len(put_policy(DisableScaleIn=True)) == 1
    left = watch.describe_alarms(AlarmNamePrefix="TargetTracking-")["MetricAlarms"]
    assert len(left) == 1 and left[0]["AlarmName"] != high
    scaling.deregister_scalable_target(**place)
    assert watch.describe_alarms(AlarmNamePrefix="TargetTracking-")["MetricAlarms"] == []
    with pytest.raises(ClientError, match="No scalable target registered"):
        put_policy()


def test_a_load_balancers_requests_become_points(stack: Stack, watch: Any) -> None:
    settings = [{"name": "containerInsights", "value": "enabled"}]
    stack.ecs.update_cluster_settings(cluster=stack.cluster, settings=settings)
    with pytest.raises(ClientError, match="containerInsights value"):
        stack.ecs.update_cluster_settings(
            cluster=stack.cluster, settings=[{"name": "containerInsights", "value": "perhaps"}]
        )
    balancer, group = stack.balancer()
    stack.serve("shop", count=1, loadBalancers=stack.behind(group))
    stack.until_steady("shop")
    url = stack.cloud.control("GET", "/load-balancers")[balancer]
    for _ in range(5):
        assert requests.get(url, timeout=10).status_code == 200
    name = balancer.partition("loadbalancer/")[2]

    def total(
        metric: str, statistic: str, dimensions: dict[str, str], namespace: str = "AWS/ApplicationELB"
    ) -> float:
        found = watch.get_metric_statistics(
            Namespace=namespace, MetricName=metric, Period=60, Statistics=[statistic], **window(),
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        )["Datapoints"]  # fmt: skip
        return float(sum(each[statistic] for each in found))

    balanced = {"LoadBalancer": name}
    wait_for(lambda: total("RequestCount", "Sum", balanced) == 5, what="five requests")
    assert (
        total("HTTPCode_Target_2XX_Count", "Sum", balanced)
        == total("TargetResponseTime", "SampleCount", balanced)
        == 5
    )
    grouped = balanced | {"TargetGroup": group.rpartition(":")[2]}
    assert total("HealthyHostCount", "Maximum", grouped) >= 1
    service = {"ClusterName": stack.cluster, "ServiceName": "shop"}
    assert total("MemoryUtilization", "SampleCount", service, "AWS/ECS") >= 1
    assert total("RunningTaskCount", "Maximum", service, "ECS/ContainerInsights") >= 1
    listed = watch.list_metrics(Namespace="AWS/ECS")["Metrics"]
    assert {each["MetricName"] for each in listed} == {"CPUUtilization", "MemoryUtilization"}


def test_the_pace_is_told_and_changed_from_the_terminal(stack: Stack) -> None:
    run = CliRunner()
    try:
        told = run.invoke(app, ["pace", "--minute", "6"])
        assert (
            told.exit_code == 0 and "18 s" in told.output and "90 s" in told.output and "30 s" in told.output
        )
        assert json.loads(run.invoke(app, ["pace", "--json"]).output) == {"minute": 6}
        assert run.invoke(app, ["pace", "--minute", "61"]).exit_code == 2
        for wrong in ({"minute": "6"}, {"minute": 0}, {}, [], None):
            with pytest.raises(client.CloudError, match=r"minute lasts|expected"):
                client.control("PUT", "/pace", wrong)
        assert client.pace() == 6
    finally:
        client.set_pace(1)

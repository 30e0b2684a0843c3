"""RULES 21 to 23, pure and under an injected clock; and the whole path, at a fast pace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labs.cloud import client
from tests.cloud.conftest import RunningCloud, wait_for
from tests.cloud.stack import Stack

# Busy while the file /tmp… says so: every task reads the same one, so a test turns the load on and off.
BUSY = """
import os, pathlib, time
flag = pathlib.Path(os.environ["FLAG"])
while True:
    end = time.monotonic() + 0.05
    while flag.exists() and time.monotonic() < end:
        pass
    time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def hurried(cloud: RunningCloud) -> Iterator[RunningCloud]:
    """A cloud whose CloudWatch minutes last a second."""
    client.set_pace(1)
    yield cloud
    client.set_pace(60)


def test_load_means_more_tasks_and_rest_means_fewer(
    hurried: RunningCloud, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stack = Stack(hurried)
    flag = tmp_path_factory.mktemp("load") / "busy"
    image = stack.image({"app/main.py": BUSY})
    check = {
        "command": ["CMD", "true"],
        "interval": 5,
    }  # without one it is healthy after 40 s only [RULES 10]
    environment = [{"name": "FLAG", "value": str(flag)}]
    container = stack.container(image=image, environment=environment, healthCheck=check)
    stack.serve("worker", count=1, definition=stack.define(container))
    stack.until_steady("worker", seconds=60)
    scaling, cloudwatch = hurried.client("application-autoscaling"), hurried.client("cloudwatch")
    place = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{stack.cluster}/worker",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**place, MinCapacity=1, MaxCapacity=2)
    made = scaling.put_scaling_policy(
        **place,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 50,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            "ScaleOutCooldown": 60,
            "ScaleInCooldown": 60,
        },
    )
    high = made["Alarms"][0]["AlarmName"]
    flag.touch()
    wait_for(lambda: stack.service("worker")["desiredCount"] == 2, 60, "two tasks")
    told = cloudwatch.describe_alarms(AlarmNames=[high])["MetricAlarms"][0]
    assert told["StateReason"].startswith("Threshold Crossed: 3 datapoints [")
    wait_for(lambda: stack.service("worker")["runningCount"] == 2, 60, "two running tasks")
    flag.unlink()
    wait_for(lambda: stack.service("worker")["desiredCount"] == 1, 60, "one task")
    activities = scaling.describe_scaling_activities(**place)["ScalingActivities"]
    assert [each["Description"] for each in activities] == [
        "Setting desired count to 1.",
        "Setting desired count to 2.",
    ]
    assert activities[1]["Cause"] == f"monitor alarm {high} in state ALARM triggered policy cpu"
    events = [
        event["text"]
        for event in hurried.control("GET", "/timeline")["events"]
        if event["kind"] == "service-scaled"
    ]
    assert "desired count 1 → 2" in events[0] and "50" in events[0]

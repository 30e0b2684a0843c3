"""Scalable targets, policies and what became of them, and how the API describes them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from moto.cloudwatch.models import Alarm

from labs.cloud.controllers.scaling.decisions import (
    COOLDOWN,
    Last,
    Proposal,
    Step,
    StepScaling,
    TargetTracking,
)

NAMESPACE, DIMENSION = "ecs", "ecs:service:DesiredCount"
KEPT_ACTIVITIES = 200  # of one target; AWS keeps six weeks

Kept = dict[str, Any]


@dataclass
class Activity:
    """A scaling activity, or with `reasons` one that did not scale."""

    resource_id: str
    description: str
    cause: str
    start: datetime
    status: str = "InProgress"
    message: str | None = None
    end: datetime | None = None
    desired: int | None = None
    reasons: list[dict[str, Any]] = field(default_factory=list)
    id: str = field(default_factory=lambda: str(uuid4()))

    def describe(self) -> Kept:
        """In the API's shape."""
        described = {
            "ActivityId": self.id,
            "ServiceNamespace": NAMESPACE,
            "ResourceId": self.resource_id,
            "ScalableDimension": DIMENSION,
            "Description": self.description,
            "Cause": self.cause,
            "StartTime": self.start.timestamp(),
            "StatusCode": self.status,
        }
        if self.end is not None:
            described["EndTime"] = self.end.timestamp()
        if self.message is not None:
            described["StatusMessage"] = self.message
        return described | ({"NotScaledReasons": self.reasons} if self.reasons else {})


@dataclass
class Policy:
    """A scaling policy; `configuration` is as it was given."""

    name: str
    type: str
    resource_id: str
    configuration: Mapping[str, Any]
    arn: str
    created_at: datetime
    alarms: list[Alarm] = field(default_factory=list)  # those that target tracking made: high, then low

    @property
    def scales_in(self) -> bool:
        """Whether its low alarm counts."""
        return not self.configuration.get("DisableScaleIn")

    @property
    def described_alarms(self) -> list[dict[str, str]]:
        """As PutScalingPolicy and DescribeScalingPolicies show them."""
        return [{"AlarmName": alarm.name, "AlarmARN": alarm.alarm_arn} for alarm in self.alarms]

    def describe(self, attached: list[Alarm]) -> Kept:
        """In the API's shape; `attached` are the alarms that name it."""
        return {
            "PolicyARN": self.arn,
            "PolicyName": self.name,
            "ServiceNamespace": NAMESPACE,
            "ResourceId": self.resource_id,
            "ScalableDimension": DIMENSION,
            "PolicyType": self.type,
            f"{self.type}PolicyConfiguration": self.configuration,
            "Alarms": [{"AlarmName": alarm.name, "AlarmARN": alarm.alarm_arn} for alarm in attached],
            "CreationTime": self.created_at.timestamp(),
        }

    def proposal(self, alarm: Alarm, value: float) -> Proposal:
        """What it asks for now that `alarm` is on, with the metric's latest value."""
        given = self.configuration
        if self.type == "TargetTrackingScaling":
            return Proposal(
                self.name,
                alarm.name,
                TargetTracking(float(given["TargetValue"])),
                value,
                int(given.get("ScaleOutCooldown", COOLDOWN)),
                int(given.get("ScaleInCooldown", COOLDOWN)),
                low=alarm.comparison_operator.startswith("Less"),
            )
        steps = tuple(
            Step(
                step.get("MetricIntervalLowerBound"),
                step.get("MetricIntervalUpperBound"),
                step["ScalingAdjustment"],
            )
            for step in given["StepAdjustments"]
        )
        rule = StepScaling(
            given["AdjustmentType"],
            steps,
            float(alarm.threshold),
            int(given.get("MinAdjustmentMagnitude", 0)),
        )
        cooldown = int(given.get("Cooldown", COOLDOWN))
        return Proposal(self.name, alarm.name, rule, value, cooldown, cooldown)


@dataclass
class ScheduledAction:
    """A change of the target's limits at a time."""

    name: str
    resource_id: str
    schedule: str
    arn: str
    created_at: datetime
    timezone: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    action: Mapping[str, int] = field(default_factory=dict)

    def describe(self) -> Kept:
        """In the API's shape."""
        described: Kept = {
            "ScheduledActionName": self.name,
            "ScheduledActionARN": self.arn,
            "ServiceNamespace": NAMESPACE,
            "Schedule": self.schedule,
            "ResourceId": self.resource_id,
            "ScalableDimension": DIMENSION,
            "ScalableTargetAction": self.action,
            "CreationTime": self.created_at.timestamp(),
        }
        times = {"StartTime": self.start, "EndTime": self.end}
        described |= {name: moment.timestamp() for name, moment in times.items() if moment is not None}
        return described | ({"Timezone": self.timezone} if self.timezone else {})


@dataclass
class Target:
    """A service that may scale, with its policies, scheduled actions and activities."""

    resource_id: str
    least: int
    most: int
    role_arn: str
    arn: str
    created_at: datetime
    suspended: dict[str, bool]
    tags: dict[str, str] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    actions: dict[str, ScheduledAction] = field(default_factory=dict)
    activities: deque[Activity] = field(default_factory=lambda: deque(maxlen=KEPT_ACTIVITIES))
    last: Last | None = None

    @property
    def cluster(self) -> str:
        """The cluster's name."""
        return self.resource_id.split("/")[1]

    @property
    def service(self) -> str:
        """The service's name."""
        return self.resource_id.split("/")[2]

    def describe(self) -> Kept:
        """In the API's shape."""
        return {
            "ServiceNamespace": NAMESPACE,
            "ResourceId": self.resource_id,
            "ScalableDimension": DIMENSION,
            "MinCapacity": self.least,
            "MaxCapacity": self.most,
            "RoleARN": self.role_arn,
            "CreationTime": self.created_at.timestamp(),
            "SuspendedState": self.suspended,
            "ScalableTargetARN": self.arn,
        }

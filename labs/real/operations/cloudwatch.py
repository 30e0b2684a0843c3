"""Alarms, the topics that tell people of them, and the scaling that they set off."""

from __future__ import annotations

import jmespath

from labs.real.operations.model import CAPITALS, Named, Params, Table, at, change, delete, make, same_name
from labs.real.resources.model import Aws

_ALARM_ACTIONS = jmespath.compile("[AlarmActions, OKActions, InsufficientDataActions][][]")
_SCALING_OF_ECS = ":resource/ecs/service/"


def _scaled_by_alarm(request: Params) -> list[str]:
    """The services whose scaling policies an alarm sets off (their ARNs name them)."""
    actions = _ALARM_ACTIONS.search(request) or ()
    return [
        action.partition(_SCALING_OF_ECS)[2].partition(":")[0]
        for action in actions
        if _SCALING_OF_ECS in action
    ]


def _alarm_that_acts(request: Params) -> str | None:
    """An alarm may stop or terminate instances and call functions; the lab's tell people or scale a service."""
    actions = _ALARM_ACTIONS.search(request) or ()
    mild = all(":sns:" in action or _SCALING_OF_ECS in action for action in actions)
    return None if mild else "alarm action"


def _same_topic(aws: Aws, request: Params) -> str | None:
    pages = aws("sns").get_paginator("list_topics").paginate()
    arns = (topic["TopicArn"] for page in pages for topic in page["Topics"])
    return next((arn for arn in arns if arn.endswith(f":{request['Name']}")), None)


CLOUDWATCH: Table = {
    "PutMetricAlarm": make(
        "cloudwatch:alarm",
        CAPITALS,
        "",
        at("AlarmName"),
        uses=(Named("ecs:service", _scaled_by_alarm),),
        existing=same_name("cloudwatch:alarm", at("AlarmName")),
        forbids=_alarm_that_acts,
    ),
    **change(
        "EnableAlarmActions DisableAlarmActions SetAlarmState",
        Named("cloudwatch:alarm", at("AlarmNames || [AlarmName]")),
    ),
    "DeleteAlarms": delete("cloudwatch:alarm", at("AlarmNames")),
}

SNS: Table = {
    "CreateTopic": make("sns:topic", CAPITALS, "TopicArn", at("Name"), existing=_same_topic, again=True),
    "DeleteTopic": delete("sns:topic", at("TopicArn")),
}

SCALED = Named(
    "ecs:service",  # a scalable target is a setting of the service that it scales: no tags of its own needed
    lambda request: [request.get("ResourceId", "").removeprefix("service/")],
)

SCALING: Table = change(
    "RegisterScalableTarget DeregisterScalableTarget PutScalingPolicy DeleteScalingPolicy "
    "PutScheduledAction DeleteScheduledAction",
    SCALED,
)

"""CloudWatch, EventBridge and SNS."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from labs.real.ledger import COURSE_TAG, INTENT_TAG, RUN_TAG
from labs.real.resources.model import Aws, Kind, Tagged, Tags, absent, pages, pairs


def _log_group_tags(aws: Aws, name: str) -> Tags | None:
    for group in pages(aws("logs"), "describe_log_groups", "logGroups", logGroupNamePrefix=name):
        if group["logGroupName"] == name:
            return _logs_tags(aws, group)
    return None


def _logs_tags(aws: Aws, group: Mapping[str, Any]) -> Tags:
    arn = group["arn"].removesuffix(":*")  # ListTagsForResource wants it without
    return aws("logs").list_tags_for_resource(resourceArn=arn)["tags"]


def _log_groups(aws: Aws) -> Iterator[Tagged]:
    for group in pages(aws("logs"), "describe_log_groups", "logGroups"):
        yield group["logGroupName"], _logs_tags(aws, group)


def _alarm_tags(aws: Aws, name: str) -> Tags | None:
    """Composite alarms share these names: one that took a deleted alarm's name is not its heir."""
    types = ["MetricAlarm", "CompositeAlarm"]
    answer = aws("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=types)
    found = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
    return _cloudwatch_tags(aws, found[0]) if found else None


def _cloudwatch_tags(aws: Aws, alarm: Mapping[str, Any]) -> Tags:
    return pairs(aws("cloudwatch").list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"])


def _alarms(aws: Aws) -> Iterator[Tagged]:
    for alarm in pages(aws("cloudwatch"), "describe_alarms", "MetricAlarms", AlarmTypes=["MetricAlarm"]):
        yield alarm["AlarmName"], _cloudwatch_tags(aws, alarm)


_SIGNATURE = re.compile("FrenchbakeryCourse(?P<run>[0-9a-f]+)x(?P<intent>[0-9a-f]+)")


def sign(tags: Tags) -> str:
    """A run's tags as the name of a policy's statement, which takes letters and digits only."""
    return f"FrenchbakeryCourse{tags[RUN_TAG].encode().hex()}x{tags[INTENT_TAG]}"


def _signature(document: str) -> Tags:
    statements = json.loads(document).get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        if found := _SIGNATURE.fullmatch(statement.get("Sid", "")):
            run = bytes.fromhex(found["run"]).decode()
            return {COURSE_TAG: "1", RUN_TAG: run, INTENT_TAG: found["intent"]}
    return {}


def _resource_policies(aws: Aws) -> Iterator[Tagged]:
    """The account's policies of CloudWatch Logs: they have no tags, a statement's name stands for them."""
    for policy in pages(aws("logs"), "describe_resource_policies", "resourcePolicies"):
        yield policy["policyName"], _signature(policy["policyDocument"])


def _resource_policy_tags(aws: Aws, name: str) -> Tags | None:
    return dict(_resource_policies(aws)).get(name)


def _rule_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("events").describe_rule, Name=name)
    return _events_tags(aws, found) if found else None


def _events_tags(aws: Aws, rule: Mapping[str, Any]) -> Tags:
    return pairs(aws("events").list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"])


def _rules(aws: Aws) -> Iterator[Tagged]:
    for rule in pages(aws("events"), "list_rules", "Rules"):
        yield rule["Name"], _events_tags(aws, rule)


def _topic_tags(aws: Aws, arn: str) -> Tags | None:
    found = absent(aws("sns").list_tags_for_resource, ResourceArn=arn)
    return pairs(found["Tags"]) if found else None


def _topics(aws: Aws) -> Iterator[Tagged]:
    for topic in pages(aws("sns"), "list_topics", "Topics"):
        tags = _topic_tags(aws, topic["TopicArn"])
        if tags is not None:
            yield topic["TopicArn"], tags


SIGNALS: Mapping[str, Kind] = {
    "logs:log-group": Kind(_log_group_tags, _log_groups, "log-group:"),
    "cloudwatch:alarm": Kind(_alarm_tags, _alarms, "alarm:"),
    "logs:resource-policy": Kind(_resource_policy_tags, _resource_policies),
    "events:rule": Kind(_rule_tags, _rules, "rule/"),
    "sns:topic": Kind(_topic_tags, _topics),
}

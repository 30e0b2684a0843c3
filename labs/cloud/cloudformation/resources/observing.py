"""AWS::Logs::* and AWS::CloudWatch::Alarm."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context
from labs.cloud.cloudformation.resources.base import Change, Declared, Properties, all_tags, tag_list
from labs.cloud.cloudformation.resources.schema import (
    INTEGER,
    PAIRS,
    TAGS,
    Structure,
    from_api,
    own,
    unemulated,
)


class LogGroup(Declared):
    """Ref: the name. Without RetentionInDays events are kept for ever."""

    name = "AWS::Logs::LogGroup"
    service = "logs"
    fixed = frozenset({"LogGroupName", "LogGroupClass"})
    gone = frozenset({"ResourceNotFoundException"})

    def properties(self) -> Structure:
        return (
            from_api("logs", "CreateLogGroupRequest")
            | own(RetentionInDays=INTEGER, Tags=TAGS)
            | unemulated(
                "BearerTokenAuthenticationEnabled",
                "DataProtectionPolicy",
                "DeletionProtectionEnabled",
                "FieldIndexPolicies",
                "ResourcePolicyDocument",
            )
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {"logGroupName": context.name(512), **self.api(p)}
        if tags := all_tags(context, p):
            given["tags"] = tags
        self.client(context).create_log_group(**given)
        return str(given["logGroupName"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        if "RetentionInDays" in p:
            self.client(context).put_retention_policy(
                logGroupName=physical_id, retentionInDays=p["RetentionInDays"]
            )

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Arn": f"{self._arn(context, physical_id)}:*"}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        if change.touches("RetentionInDays"):
            if "RetentionInDays" in change.new:
                self.finish(context, physical_id, change.new)
            else:
                client.delete_retention_policy(logGroupName=physical_id)
        if change.touches("KmsKeyId"):
            if key := change.new.get("KmsKeyId"):
                client.associate_kms_key(logGroupName=physical_id, kmsKeyId=key)
            else:
                client.disassociate_kms_key(logGroupName=physical_id)
        arn = self._arn(context, physical_id)
        if dropped := change.dropped_tags():
            client.untag_resource(resourceArn=arn, tagKeys=dropped)
        if tags := all_tags(context, change.new):
            client.tag_resource(resourceArn=arn, tags=tags)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_log_group(logGroupName=physical_id)

    @staticmethod
    def _arn(context: Context, group: str) -> str:
        return f"arn:aws:logs:{context.region}:{context.account_id}:log-group:{group}"


class MetricFilter(Declared):
    """Ref: the name of the filter."""

    name = "AWS::Logs::MetricFilter"
    service = "logs"
    fixed = frozenset({"FilterName", "LogGroupName"})
    gone = frozenset({"ResourceNotFoundException"})

    def properties(self) -> Structure:
        required = ("FilterPattern", "LogGroupName", "MetricTransformations")
        pairs = {"MetricTransformation.dimensions": PAIRS}
        return from_api("logs", "PutMetricFilterRequest", required=required, kinds=pairs)

    def make(self, context: Context, p: Properties) -> str:
        given = {"filterName": context.name(512), **self.api(p)}
        self.client(context).put_metric_filter(**given)
        return str(given["filterName"])

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        self.client(context).put_metric_filter(**{"filterName": physical_id, **self.api(change.new)})

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_metric_filter(logGroupName=p["LogGroupName"], filterName=physical_id)


class Alarm(Declared):
    """Ref: the name."""

    name = "AWS::CloudWatch::Alarm"
    service = "cloudwatch"
    fixed = frozenset({"AlarmName"})
    gone = frozenset({"ResourceNotFound", "ResourceNotFoundException"})

    def properties(self) -> Structure:
        return (
            from_api(
                "cloudwatch",
                "PutMetricAlarmInput",
                without=(
                    "EvaluationCriteria",
                    "EvaluationInterval",
                    "WarmUpConfiguration",
                    "EvaluationWindow",
                ),
            )
            | unemulated(
                "ActionConfiguration",
                "EvaluationCriteria",
                "EvaluationInterval",
                "EvaluationWindow",
                "WarmUpConfiguration",
            )
            | own(Tags=TAGS)
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {"AlarmName": context.name(255), **self.api(p), "Tags": tag_list(context, p)}
        self.client(context).put_metric_alarm(**given)
        return str(given["AlarmName"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Arn": self._arn(context, physical_id)}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        client.put_metric_alarm(**{"AlarmName": physical_id, **self.api(change.new)})
        arn = self._arn(context, physical_id)
        if dropped := change.dropped_tags():
            client.untag_resource(ResourceARN=arn, TagKeys=dropped)
        if tags := tag_list(context, change.new):
            client.tag_resource(ResourceARN=arn, Tags=tags)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_alarms(AlarmNames=[physical_id])

    @staticmethod
    def _arn(context: Context, alarm: str) -> str:
        return f"arn:aws:cloudwatch:{context.region}:{context.account_id}:alarm:{alarm}"


TYPES = (LogGroup, MetricFilter, Alarm)

"""AWS::Events::Rule, AWS::SNS::Topic and AWS::SQS::Queue."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context
from labs.cloud.cloudformation.resources.base import Change, Declared, Properties, all_tags, tag_list
from labs.cloud.cloudformation.resources.schema import (
    BOOLEAN,
    INTEGER,
    JSON,
    STRING,
    TAGS,
    Kind,
    ListOf,
    Structure,
    direct,
    from_api,
    own,
    unemulated,
)


class Rule(Declared):
    """Ref: the name, after the bus and a bar when the bus is not the default one."""

    name = "AWS::Events::Rule"
    service = "events"
    fixed = frozenset({"EventBusName", "Name"})
    gone = frozenset({"ResourceNotFoundException"})

    def properties(self) -> Structure:
        target = from_api(
            "events",
            "Target",
            required=("Arn", "Id"),
            renamed={
                "NetworkConfiguration.awsvpcConfiguration": "AwsVpcConfiguration",
                "EcsParameters.PlacementConstraints": "PlacementConstraints",
                "EcsParameters.PlacementStrategy": "PlacementStrategies",
                "EcsParameters.Tags": "TagList",
            },
            kinds={"EcsParameters.Tags": TAGS},
        )
        return direct(
            Description=STRING,
            EventBusName=STRING,
            EventPattern=JSON,
            Name=STRING,
            RoleArn=STRING,
            ScheduleExpression=STRING,
            State=STRING,
        ) | own(Tags=TAGS, Targets=ListOf(target))

    def make(self, context: Context, p: Properties) -> str:
        name = p.get("Name", context.name(64))
        self.client(context).put_rule(**{**self.api(p), "Name": name, "Tags": tag_list(context, p)})
        bus = p.get("EventBusName", "default")
        return name if bus == "default" else f"{bus}|{name}"

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self._aim(context, physical_id, Change({}, p))

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {
            "Arn": self._describe(context, physical_id)["Arn"],
            "RuleName": physical_id.rpartition("|")[2],
        }

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        if change.names - {"Tags", "Targets"}:
            client.put_rule(
                **{"State": "ENABLED", **self.api(change.new), **self._place(physical_id, "Name")}
            )
        self._aim(context, physical_id, change)
        arn = self._describe(context, physical_id)["Arn"]
        if dropped := change.dropped_tags():
            client.untag_resource(ResourceARN=arn, TagKeys=dropped)
        if tags := tag_list(context, change.new):
            client.tag_resource(ResourceARN=arn, Tags=tags)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self._aim(context, physical_id, Change({"Targets": p.get("Targets", [])}, {}))
        self.client(context).delete_rule(**self._place(physical_id, "Name"))

    def _aim(self, context: Context, rule: str, change: Change) -> None:
        """Put the targets that differ, take away those that are no longer there."""
        client, place = self.client(context), self._place(rule, "Rule")
        old, new = ({target["Id"]: target for target in self._targets(p)} for p in (change.old, change.new))
        if changed := [target for key, target in new.items() if old.get(key) != target]:
            client.put_targets(**place, Targets=changed)
        if leaving := sorted(old.keys() - new.keys()):
            client.remove_targets(**place, Ids=leaving)

    def _targets(self, p: Properties) -> list[dict[str, Any]]:
        kind = self.schema.members["Targets"].kind
        return list(kind.to_api(p.get("Targets", [])))

    def _describe(self, context: Context, rule: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.client(context).describe_rule(**self._place(rule, "Name"))
        return found

    @staticmethod
    def _place(rule: str, key: str) -> dict[str, str]:
        bus, bar, name = rule.rpartition("|")
        return {key: name, **({"EventBusName": bus} if bar else {})}


TOPIC_ATTRIBUTES: dict[str, Kind] = {
    "ArchivePolicy": JSON,
    "ContentBasedDeduplication": BOOLEAN,
    "DisplayName": STRING,
    "FifoThroughputScope": STRING,
    "FifoTopic": BOOLEAN,
    "KmsMasterKeyId": STRING,
    "SignatureVersion": STRING,
    "TracingConfig": STRING,
}
QUEUE_ATTRIBUTES: dict[str, Kind] = {
    "ContentBasedDeduplication": BOOLEAN,
    "DeduplicationScope": STRING,
    "DelaySeconds": INTEGER,
    "FifoQueue": BOOLEAN,
    "FifoThroughputLimit": STRING,
    "KmsDataKeyReusePeriodSeconds": INTEGER,
    "KmsMasterKeyId": STRING,
    "MaximumMessageSize": INTEGER,
    "MessageRetentionPeriod": INTEGER,
    "ReceiveMessageWaitTimeSeconds": INTEGER,
    "RedriveAllowPolicy": JSON,
    "RedrivePolicy": JSON,
    "SqsManagedSseEnabled": BOOLEAN,
    "VisibilityTimeout": INTEGER,
}


def _attributes(p: Properties, known: Mapping[str, Any]) -> dict[str, str]:
    """SNS's and SQS's attributes are all texts."""
    values = {name: p[name] for name in known if name in p}
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}


class Topic(Declared):
    """Ref: the ARN."""

    name = "AWS::SNS::Topic"
    service = "sns"
    fixed = frozenset({"FifoTopic", "TopicName"})
    gone = frozenset({"NotFound", "NotFoundException"})

    def properties(self) -> Structure:
        subscription = own(required=("Endpoint", "Protocol"), Endpoint=STRING, Protocol=STRING)
        return own(
            (), TopicName=STRING, Subscription=ListOf(subscription), Tags=TAGS, **TOPIC_ATTRIBUTES
        ) | unemulated("DataProtectionPolicy", "DeliveryStatusLogging", "MaximumMessageSize")

    def make(self, context: Context, p: Properties) -> str:
        suffix = ".fifo" if p.get("FifoTopic") else ""
        name = p.get("TopicName", context.name(256 - len(suffix)) + suffix)
        answer = self.client(context).create_topic(
            Name=name, Attributes=_attributes(p, TOPIC_ATTRIBUTES), Tags=tag_list(context, p)
        )
        return str(answer["TopicArn"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        for subscription in p.get("Subscription", []):
            self.client(context).subscribe(TopicArn=physical_id, **subscription)

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"TopicArn": physical_id, "TopicName": physical_id.rpartition(":")[2]}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        changed = {name: change.new.get(name, "") for name in change.names}
        for name, value in _attributes(changed, TOPIC_ATTRIBUTES).items():
            client.set_topic_attributes(TopicArn=physical_id, AttributeName=name, AttributeValue=value)
        old, new = change.old.get("Subscription", []), change.new.get("Subscription", [])
        self.finish(context, physical_id, {"Subscription": [entry for entry in new if entry not in old]})
        self._unsubscribe(context, physical_id, [entry for entry in old if entry not in new])
        if dropped := change.dropped_tags():
            client.untag_resource(ResourceArn=physical_id, TagKeys=dropped)
        if tags := tag_list(context, change.new):
            client.tag_resource(ResourceArn=physical_id, Tags=tags)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self._unsubscribe(context, physical_id, p.get("Subscription", []))
        self.client(context).delete_topic(TopicArn=physical_id)

    def _unsubscribe(self, context: Context, topic: str, leaving: list[Any]) -> None:
        if not leaving:
            return
        client = self.client(context)
        for found in client.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
            if {"Endpoint": found["Endpoint"], "Protocol": found["Protocol"]} in leaving:
                client.unsubscribe(SubscriptionArn=found["SubscriptionArn"])


class Queue(Declared):
    """Ref: the URL."""

    name = "AWS::SQS::Queue"
    service = "sqs"
    fixed = frozenset({"FifoQueue", "QueueName"})
    gone = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})

    def properties(self) -> Structure:
        return own((), QueueName=STRING, Tags=TAGS, **QUEUE_ATTRIBUTES)

    def make(self, context: Context, p: Properties) -> str:
        suffix = ".fifo" if p.get("FifoQueue") else ""
        name = p.get("QueueName", context.name(80 - len(suffix)) + suffix)
        attributes = _attributes(p, QUEUE_ATTRIBUTES)
        if attributes.get("FifoQueue") == "false":
            del attributes["FifoQueue"]  # SQS refuses the attribute on a standard queue
        answer = self.client(context).create_queue(
            QueueName=name, Attributes=attributes, tags=all_tags(context, p)
        )
        return str(answer["QueueUrl"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        answer = self.client(context).get_queue_attributes(QueueUrl=physical_id, AttributeNames=["QueueArn"])
        arn = answer["Attributes"]["QueueArn"]
        return {"Arn": arn, "QueueName": arn.rpartition(":")[2], "QueueUrl": physical_id}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        changed = {name: change.new.get(name, "") for name in change.names}
        if attributes := _attributes(changed, QUEUE_ATTRIBUTES):
            client.set_queue_attributes(QueueUrl=physical_id, Attributes=attributes)
        if dropped := change.dropped_tags():
            client.untag_queue(QueueUrl=physical_id, TagKeys=dropped)
        if tags := all_tags(context, change.new):
            client.tag_queue(QueueUrl=physical_id, Tags=tags)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_queue(QueueUrl=physical_id)


TYPES = (Rule, Topic, Queue)

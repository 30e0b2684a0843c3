"""AWS::ApplicationAutoScaling::*."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context, ResourceError
from labs.cloud.cloudformation.resources.base import Change, Declared, Properties, all_tags, own_tags
from labs.cloud.cloudformation.resources.schema import STRING, TAGS, ListOf, Structure, from_api, own

TARGET = ("ServiceNamespace", "ResourceId", "ScalableDimension")


class _Scaling(Declared):
    service = "application-autoscaling"
    gone = frozenset({"ObjectNotFoundException"})


class ScalableTarget(_Scaling):
    """Ref: resource, dimension and namespace, with bars between."""

    name = "AWS::ApplicationAutoScaling::ScalableTarget"
    fixed = frozenset(TARGET)

    def properties(self) -> Structure:
        action = from_api(
            "application-autoscaling",
            "PutScheduledActionRequest",
            required=("Schedule", "ScheduledActionName"),
            without=TARGET,
        )
        return from_api(
            "application-autoscaling",
            "RegisterScalableTargetRequest",
            required=("MaxCapacity", "MinCapacity", *TARGET),
        ) | own(ScheduledActions=ListOf(action), Tags=TAGS)

    def make(self, context: Context, p: Properties) -> str:
        given = self.api(p)
        if tags := all_tags(context, p):
            given["Tags"] = tags
        self.client(context).register_scalable_target(**given)
        return "|".join((p["ResourceId"], p["ScalableDimension"], p["ServiceNamespace"]))

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self._schedule(context, Change({}, p))

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Id": physical_id}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        client.register_scalable_target(**self.api(change.new))
        self._schedule(context, change)
        arn = client.describe_scalable_targets(
            ServiceNamespace=change.new["ServiceNamespace"], ResourceIds=[change.new["ResourceId"]]
        )["ScalableTargets"][0].get("ScalableTargetARN")
        if dropped := change.dropped_tags():
            client.untag_resource(ResourceARN=arn, TagKeys=dropped)
        if own_tags(change.new):
            client.tag_resource(ResourceARN=arn, Tags=all_tags(context, change.new))

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).deregister_scalable_target(**self.api(p, *TARGET))

    def _schedule(self, context: Context, change: Change) -> None:
        client = self.client(context)
        target = self.api(change.new, *TARGET)
        old, new = (
            {action["ScheduledActionName"]: action for action in p.get("ScheduledActions", [])}
            for p in (change.old, change.new)
        )
        for name, action in new.items():
            if old.get(name) != action:
                client.put_scheduled_action(**target, **action)
        for name in old.keys() - new.keys():
            with self.may_be_gone():
                client.delete_scheduled_action(**target, ScheduledActionName=name)


class ScalingPolicy(_Scaling):
    """Ref: the ARN. Its target is named by ScalingTargetId or by the three names of a target."""

    name = "AWS::ApplicationAutoScaling::ScalingPolicy"
    fixed = frozenset({"PolicyName", "ScalingTargetId", *TARGET})

    def properties(self) -> Structure:
        return from_api(
            "application-autoscaling", "PutScalingPolicyRequest", required=("PolicyName", "PolicyType")
        ) | own(ScalingTargetId=STRING)

    def make(self, context: Context, p: Properties) -> str:
        return self._put(context, p)

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Arn": physical_id}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        self._put(context, change.new)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_scaling_policy(**self._target(p), PolicyName=p["PolicyName"])

    def _put(self, context: Context, p: Properties) -> str:
        given = {**self.api(p), **self._target(p)}
        return str(self.client(context).put_scaling_policy(**given)["PolicyARN"])

    @staticmethod
    def _target(p: Properties) -> dict[str, str]:
        if "ScalingTargetId" in p:
            parts = p["ScalingTargetId"].split("|")
            if len(parts) != 3:
                raise ResourceError(f"Invalid ScalingTargetId: {p['ScalingTargetId']}")
            return {
                "ResourceId": parts[0],
                "ScalableDimension": parts[1],
                "ServiceNamespace": parts[2],
            }
        missing = [name for name in TARGET if name not in p]
        if missing:
            raise ResourceError(f"#: required key [{missing[0]}] not found")
        return {name: p[name] for name in TARGET}


TYPES = (ScalableTarget, ScalingPolicy)

"""EventBridge: rules, and what they set off."""

from __future__ import annotations

import json
from typing import Any

import jmespath

from labs.real.ledger import Resource
from labs.real.operations.ecs import of_definition
from labs.real.operations.model import (
    CAPITALS,
    Named,
    Params,
    Table,
    at,
    change,
    delete,
    first,
    make,
    same_name,
    without,
)
from labs.real.resources import short
from labs.real.resources.model import Aws, pages

_TARGETS = {"logs:log-group": ":log-group:", "ecs:cluster": ":cluster/"}


def _targets(kind: str) -> Named:
    return Named(
        kind,
        lambda request: [
            target["Arn"] for target in request.get("Targets", ()) if _TARGETS[kind] in target.get("Arn", "")
        ],
    )


def _odd_target(request: Params) -> str | None:
    """A rule of the lab writes to a log group or runs a task; it calls, feeds and commands nothing else."""
    for target in request.get("Targets", ()):
        known = any(mark in target.get("Arn", "") for mark in _TARGETS.values())
        if not known or "DeadLetterConfig" in target:
            return "target"
    return None


def _of_targets(aws: Aws, request: Params) -> list[Resource]:
    """The revisions that a rule's targets run; EventBridge takes those that do not exist, too."""
    kind = "ecs:task-definition"
    wanted = jmespath.search("Targets[].EcsParameters.TaskDefinitionArn", request) or ()
    found = {arn: of_definition(aws, {"taskDefinition": arn}) for arn in wanted}
    return [one for arn, some in found.items() for one in some or [Resource(kind, short(kind, arn))]]


def _of_events(aws: Aws, request: Params) -> list[Resource]:
    """The rules that events may set off: all that do not ask for another source."""
    sources = {entry.get("Source") for entry in request.get("Entries", ())}
    rules = (rule for rule in pages(aws("events"), "list_rules", "Rules") if "EventPattern" in rule)
    return [Resource("events:rule", rule["Name"]) for rule in rules if _hears(rule["EventPattern"], sources)]


def _hears(pattern: str, sources: set[Any]) -> bool:
    wanted = json.loads(pattern).get("source")
    if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
        return True  # any source, or a matcher, which AWS alone understands
    return not sources.isdisjoint(wanted)


RULE_OF_EVENTS = Named("events:rule", at("Rule || Name"))
OTHER_BUS = without("EventBusName != 'default' && EventBusName")
TARGET_NETWORK = "Targets[].EcsParameters.NetworkConfiguration.awsvpcConfiguration"

EVENTS: Table = {
    "PutRule": make(
        "events:rule",
        CAPITALS,
        "RuleArn",
        at("Name"),
        uses=(Named("iam:role", at("RoleArn")),),
        existing=same_name("events:rule", at("Name")),
        forbids=OTHER_BUS,
    ),
    **change(
        "PutTargets",
        RULE_OF_EVENTS,
        *map(_targets, _TARGETS),
        uses=(
            Named("iam:role", at("Targets[].RoleArn")),
            Named("ec2:subnet", at(f"{TARGET_NETWORK}.Subnets[]")),
            Named("ec2:security-group", at(f"{TARGET_NETWORK}.SecurityGroups[]")),
        ),
        changes_behind=_of_targets,
        forbids=first(OTHER_BUS, _odd_target),
    ),
    **change(
        "PutEvents", changes_behind=_of_events, forbids=without("EndpointId", "Entries[].EventBusName[]")
    ),
    **change("RemoveTargets EnableRule DisableRule", RULE_OF_EVENTS, forbids=OTHER_BUS),
    "DeleteRule": delete("events:rule", at("Name"), forbids=OTHER_BUS),
}

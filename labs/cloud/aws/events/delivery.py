"""Bringing one event to one target."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.events import models
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from labs.cloud.aws.events import tasks
from labs.cloud.controllers.scaling.texts import say
from labs.cloud.runtime import Runtime

DELIVERED = ("ecs", "sqs", "sns", "logs", "events")  # the services that targets may be of

Event = Mapping[str, Any]


def service_of(arn: str) -> str:
    """The service that an ARN names; empty when it is none."""
    return arn.split(":")[2] if arn.startswith("arn:") and arn.count(":") >= 5 else ""


def readable(event: Event) -> dict[str, Any]:
    """An event as targets see it: moto writes its time as a number and adds one of its own."""
    shown = {name: value for name, value in event.items() if name != "ingestion-time"}
    if isinstance(shown.get("time"), int | float):
        shown["time"] = f"{datetime.fromtimestamp(shown['time'], UTC):%Y-%m-%dT%H:%M:%SZ}"
    return shown


def text(target: Mapping[str, Any], event: Event) -> str:
    """What a target gets: the event, a constant, a part of it or a text made from it [API Target]."""
    if target.get("Input"):
        return str(target["Input"])
    shown = readable(event)
    if target.get("InputPath"):
        return json.dumps(_at(target["InputPath"], shown))
    transformer = target.get("InputTransformer")
    return _transformed(transformer, shown) if transformer else json.dumps(shown)


def _at(path: str, event: Event) -> Any:
    """The part of an event at `$.detail.name`; None when there is none."""
    value: Any = event
    for part in path.removeprefix("$").split("."):
        if part:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def _transformed(transformer: Mapping[str, Any], event: Event) -> str:
    """The template with its <variables> filled in: texts as they are, all else as JSON [EventBridge User Guide]."""
    values = {name: _at(path, event) for name, path in (transformer.get("InputPathsMap") or {}).items()}
    values |= {"aws.events.event.json": event, "aws.events.event": event}
    values["aws.events.event.ingestion-time"] = event.get("time")

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1], "")
        return found if isinstance(found, str) else json.dumps(found)

    return re.sub(r"<([\w.-]+)>", value, str(transformer.get("InputTemplate", "")))


def deliver(runtime: Runtime, region: str, rule: str, target: Mapping[str, Any], event: Event) -> None:
    """Bring `event` to `target`; what goes wrong is told to the learner, not to whoever sent it, as on AWS.

    The caller holds the cloud's lock.
    """
    try:
        _deliver(runtime, region, rule, target, event)
    except tasks.CannotRun as error:
        runtime.narrate("rule-failed", rule, say, "rule-failed", name=rule, reason=str(error))
    except Exception as error:  # a queue, a topic or a group that is gone, or takes no such message
        why = getattr(error, "message", None) or str(error) or type(error).__name__
        runtime.narrate("rule-failed", rule, say, "rule-failed", name=rule, reason=why)


def _deliver(runtime: Runtime, region: str, rule: str, target: Mapping[str, Any], event: Event) -> None:
    arn, account = str(target["Arn"]), runtime.account_id
    name = arn.split(":", 5)[5]
    match service_of(arn):
        case "ecs":
            own = target.get("Input") or target.get("InputTransformer") or target.get("InputPath")
            asked = tasks.parameters(
                name.removeprefix("cluster/"),
                target["EcsParameters"],
                text(target, event) if own else None,
                f"events-rule/{rule}",
            )
            run_tasks(runtime, region, rule, target.get("RoleArn"), "events.amazonaws.com", asked)
        case "sqs":
            group = (target.get("SqsParameters") or {}).get("MessageGroupId")
            sqs_backends[account][arn.split(":")[3]].send_message(name, text(target, event), group_id=group)
        case "sns":
            sns_backends[account][arn.split(":")[3]].publish(message=text(target, event), arn=arn)
        case "logs":
            backend = logs_backends[account][region]
            group = name.removeprefix("log-group:").removesuffix(":*")
            stream = str(uuid4())
            backend.create_log_stream(group, stream)
            now = int(runtime.clock.now().timestamp() * 1000)
            backend.put_log_events(group, stream, [{"timestamp": now, "message": text(target, event)}])
        case "events":
            entry = {
                "Source": event["source"],
                "DetailType": event["detail-type"],
                "Detail": json.dumps(event["detail"]),
                "EventBusName": name.removeprefix("event-bus/"),
            }
            models.events_backends[account][arn.split(":")[3]].put_events([entry])


def run_tasks(
    runtime: Runtime, region: str, rule: str, role: str | None, service: str, asked: Mapping[str, Any]
) -> None:
    """Run a target's tasks and tell of it. Raises CannotRun."""
    started = tasks.run(runtime, region, role, service, asked)
    family = started[0].definition.family if started else ""
    runtime.narrate("rule-ran", rule, say, "rule-ran", name=rule, count=len(started), family=family)


def emit(
    runtime: Runtime, region: str, source: str, kind: str, resources: list[str], detail: Mapping[str, Any]
) -> None:
    """Put an event of an AWS service on the default bus. The caller holds the lock."""
    event = {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": kind,
        "source": source,
        "account": runtime.account_id,
        "time": f"{runtime.clock.now():%Y-%m-%dT%H:%M:%SZ}",
        "region": region,
        "resources": resources,
        "detail": json.loads(json.dumps(detail, default=_plain)),
    }
    for rule in list(
        models.events_backends[runtime.account_id][region].event_buses["default"].rules.values()
    ):
        rule.send_to_targets(event)


def _plain(value: Any) -> str:
    return (
        f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}Z"
        if isinstance(value, datetime)
        else str(value)
    )

"""The account's load balancing configuration, read out of moto's backends as one frozen Snapshot."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends
from moto.elbv2 import models

from labs.cloud.load_balancer import routing
from labs.cloud.load_balancer.model import (
    Action,
    Condition,
    FixedResponse,
    Forward,
    HealthCheck,
    Listener,
    LoadBalancer,
    Redirect,
    Rule,
    Snapshot,
    Target,
    TargetGroup,
    Unsupported,
)


def read(account_id: str) -> Snapshot:
    """The account's configuration, all Regions. The caller holds the lock."""
    balancers, listeners, groups = {}, {}, {}
    for backend in models.elbv2_backends[account_id].values():
        for balancer in backend.load_balancers.values():
            balancers[balancer.arn] = LoadBalancer(
                balancer.arn, balancer.name, balancer.type, balancer.dns_name, dict(balancer.attrs)
            )
            for listener in balancer.listeners.values():
                rules = routing.in_order(_rule(rule) for rule in listener.rules.values())
                listeners[listener.arn] = Listener(
                    listener.arn, balancer.arn, listener.protocol, int(listener.port), rules
                )
        for group in backend.target_groups.values():
            groups[group.arn] = _target_group(group)
    return Snapshot(balancers, listeners, groups)


def _rule(rule: models.FakeRule) -> Rule:
    priority = None if rule.is_default else int(rule.priority)
    conditions = () if rule.is_default else tuple(_condition(condition) for condition in rule.conditions)
    return Rule(rule.arn, priority, conditions, _action([action.data for action in rule.actions]))


def _condition(condition: dict[str, Any]) -> Condition:
    kind = condition["Field"]
    configuration = next((value for value in condition.values() if isinstance(value, dict)), condition)
    values = configuration.get("Values") or ()
    if kind == "query-string":
        return Condition(kind, pairs=tuple((pair.get("Key"), pair["Value"]) for pair in values))
    return Condition(kind, tuple(values), header=configuration.get("HttpHeaderName") or "")


def _action(actions: list[dict[str, Any]]) -> Action:
    """What a rule does. Authentication comes before the last action and cannot be left out."""
    data = min(actions, key=lambda action: action["Type"] in ("forward", "redirect", "fixed-response"))
    match data["Type"]:
        case "forward":
            if "TargetGroupArn" in data:
                return Forward(((data["TargetGroupArn"], 1),))
            groups = data.get("ForwardConfig", {}).get("TargetGroups", [])
            return Forward(tuple((group["TargetGroupArn"], int(group.get("Weight", 1))) for group in groups))
        case "redirect":
            given = data.get("RedirectConfig", {})
            parts = {
                name.lower(): str(given[name])
                for name in ("Protocol", "Host", "Port", "Path", "Query")
                if given.get(name) is not None
            }
            return Redirect(int(given["StatusCode"].removeprefix("HTTP_")), **parts)
        case "fixed-response":
            given = data["FixedResponseConfig"]
            return FixedResponse(
                int(given["StatusCode"]),
                given.get("ContentType") or "text/plain",
                given.get("MessageBody") or "",
            )
    return Unsupported(data["Type"])


def _target_group(group: models.FakeTargetGroup) -> TargetGroup:
    checked = group.health_check_port
    check = HealthCheck(
        protocol=group.health_check_protocol or "HTTP",
        path=group.health_check_path or "/",
        port=None if checked in (None, "traffic-port") else int(checked),
        interval=float(group.health_check_interval_seconds),
        timeout=float(group.health_check_timeout_seconds),
        healthy_threshold=int(group.healthy_threshold_count),
        unhealthy_threshold=int(group.unhealthy_threshold_count),
        codes=(getattr(group, "matcher", None) or {}).get("HttpCode") or "200",
        enabled=bool(group.health_check_enabled),
    )
    return TargetGroup(
        arn=group.arn,
        name=group.name,
        protocol=group.protocol or "",
        targets=tuple(
            Target(target["Id"], int(target["Port"]), _address(group, target["Id"]))
            for target in group.targets.values()
        ),
        check=check,
        in_use=bool(group.load_balancer_arns),
        deregistration_delay=float(group.attributes.get("deregistration_delay.timeout_seconds", 0)),
        version=group.protocol_version or "HTTP1",
    )


def _address(group: models.FakeTargetGroup, name: str) -> str | None:
    if group.target_type != "instance":
        return name
    instance = ec2_backends[group.account_id][group.region_name].get_instance_by_id(name)
    return instance.private_ip if instance is not None and instance.state == "running" else None

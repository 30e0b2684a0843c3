"""The account's load balancing configuration, read out of moto's backends as one frozen Snapshot."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from moto.acm.models import acm_backends
from moto.ec2.models import ec2_backends
from moto.elbv2 import models
from moto.iam.models import iam_backends

from labs.cloud.aws.ec2.snapshot import read as read_network
from labs.cloud.load_balancer import routing
from labs.cloud.load_balancer.model import (
    Action,
    Certificate,
    Condition,
    FixedResponse,
    Forward,
    HealthCheck,
    Listener,
    LoadBalancer,
    Redirect,
    Rule,
    Snapshot,
    Stickiness,
    Target,
    TargetGroup,
    Unsupported,
)
from labs.cloud.network_paths import Network, Place


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
                    listener.arn,
                    balancer.arn,
                    listener.protocol,
                    int(listener.port),
                    rules,
                    _certificate(backend, listener.certificate),
                    float(listener.attributes.get("tcp.idle_timeout.seconds", 350)),
                )
        if any(group.targets for group in backend.target_groups.values()):
            surroundings = _Surroundings(backend, read_network(account_id, backend.region_name))
            for group in backend.target_groups.values():
                groups[group.arn] = _target_group(group, surroundings)
        else:
            groups |= {group.arn: _target_group(group, None) for group in backend.target_groups.values()}
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
            return _forward(data)
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


def _forward(data: dict[str, Any]) -> Forward:
    config = data.get("ForwardConfig") or {}
    groups = tuple(
        (group["TargetGroupArn"], int(group.get("Weight", 1))) for group in config.get("TargetGroups") or ()
    )
    sticky = config.get("TargetGroupStickinessConfig") or {}
    seconds = int(sticky.get("DurationSeconds") or 0) if _true(sticky.get("Enabled")) else None
    return Forward(groups or ((data["TargetGroupArn"], 1),), seconds)


def _certificate(backend: models.ELBv2Backend, arn: str | None) -> Certificate | None:
    """The certificate with its key, from ACM or IAM; None when there is none, or it came without its key."""
    if arn is None:
        return None
    if ":acm:" in arn:
        found = acm_backends[backend.account_id][backend.region_name]._certificates.get(arn)
        if found is None or not found.key:
            return None
        return Certificate(arn, found.cert.rstrip() + b"\n" + (found.chain or b""), found.key)
    server = iam_backends[backend.account_id]["aws"].get_certificate_by_arn(arn)
    if server is None or "PRIVATE KEY" not in (server.private_key or ""):
        return None
    chain = "\n".join((server.cert_body, server.cert_chain or ""))
    return Certificate(arn, chain.encode(), server.private_key.encode())


@dataclass(frozen=True)
class _Surroundings:
    """What is around the target groups of one Region: their load balancers, and the network."""

    backend: models.ELBv2Backend
    network: Network
    _verdicts: dict[tuple[str, Place, int], str | None] = field(default_factory=dict)

    def balancers(self, group: models.FakeTargetGroup) -> list[models.FakeLoadBalancer]:
        """The load balancers that use a group."""
        found = (self.backend.load_balancers.get(arn) for arn in group.load_balancer_arns)
        return [balancer for balancer in found if balancer is not None]

    @cached_property
    def _places(self) -> dict[tuple[str, str], Place]:
        return {
            (interface.subnet.vpc_id, interface.private_ip_address): Place(
                interface.subnet.id, tuple(each.id for each in interface.group_set)
            )
            for interface in self.backend.ec2_backend.enis.values()
        }

    def place(self, group: models.FakeTargetGroup, address: str) -> Place | None:
        """The network interface with an address in the group's VPC."""
        return self._places.get((group.vpc_id, address))

    @cached_property
    def _blocks(self) -> list[tuple[str, ipaddress.IPv4Network, str]]:
        return [
            (subnet.vpc_id, ipaddress.IPv4Network(subnet.cidr_block), str(zone))
            for zone, subnets in self.backend.ec2_backend.subnets.items()
            for subnet in subnets.values()
        ]

    def zone(self, group: models.FakeTargetGroup, address: str) -> str | None:
        """The Availability Zone of the subnet of the group's VPC that an address is in."""
        try:
            wanted = ipaddress.IPv4Address(address)
        except ValueError:
            return None
        zones = (zone for vpc, block, zone in self._blocks if vpc == group.vpc_id and wanted in block)
        return next(zones, None)

    def blocked(self, group: models.FakeTargetGroup, target: Place | None, port: int) -> str | None:
        """Why none of the group's load balancers gets a packet to a port; None when one does."""
        if target is None:
            return None  # nobody's interface: the address answers or it does not
        key = group.arn, target, port
        if key not in self._verdicts:  # many tasks of a service stand in the same place
            self._verdicts[key] = self._judge(group, target, port)
        return self._verdicts[key]

    def _judge(self, group: models.FakeTargetGroup, target: Place, port: int) -> str | None:
        why = None
        for balancer in self.balancers(group):
            if balancer.type == "network" and not balancer.security_groups:
                return None  # it keeps the client's address, which the local cloud does not know
            for subnet in balancer.subnets:
                source = Place(subnet.id, tuple(balancer.security_groups or ()))
                why = self.network.between(source, target, port)
                if why is None:
                    return None
        return why


def _target_group(group: models.FakeTargetGroup, surroundings: _Surroundings | None) -> TargetGroup:
    checked = group.health_check_port
    attributes: Mapping[str, Any] = group.attributes
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
    balancers = surroundings.balancers(group) if surroundings else []
    cross_zone = str(attributes.get("load_balancing.cross_zone.enabled"))
    if cross_zone == "use_load_balancer_configuration":
        cross_zone = "true" if not balancers else balancers[0].attrs["load_balancing.cross_zone.enabled"]
    minimum = "target_group_health.unhealthy_state_routing.minimum_healthy_targets"
    percentage = attributes.get(f"{minimum}.percentage", "off")
    return TargetGroup(
        arn=group.arn,
        name=group.name,
        protocol=group.protocol or "",
        targets=tuple(_target(group, target, check, surroundings) for target in group.targets.values())
        if surroundings
        else (),
        check=check,
        in_use=bool(group.load_balancer_arns),
        deregistration_delay=float(attributes.get("deregistration_delay.timeout_seconds", 0)),
        version=group.protocol_version or "HTTP1",
        algorithm=attributes.get("load_balancing.algorithm.type", "round_robin"),
        slow_start=float(attributes.get("slow_start.duration_seconds", 0)),
        stickiness=_stickiness(attributes),
        minimum_count=int(attributes.get(f"{minimum}.count", 1)),
        minimum_percentage=0 if percentage == "off" else float(percentage),
        cross_zone=_true(cross_zone),
    )


def _stickiness(attributes: Mapping[str, Any]) -> Stickiness | None:
    if not _true(attributes.get("stickiness.enabled")):
        return None
    kind = attributes.get("stickiness.type", "lb_cookie")
    return Stickiness(
        kind,
        int(attributes.get(f"stickiness.{kind}.duration_seconds", 0)),
        attributes.get("stickiness.app_cookie.cookie_name", ""),
    )


def _target(
    group: models.FakeTargetGroup, target: dict[str, Any], check: HealthCheck, surroundings: _Surroundings
) -> Target:
    name, port = target["Id"], int(target["Port"])
    address = _address(group, name)
    if address is None:
        return Target(name, port, None)
    place = surroundings.place(group, address)
    zone = surroundings.zone(group, address)
    zones = {
        subnet.availability_zone for balancer in surroundings.balancers(group) for subnet in balancer.subnets
    }
    blocked = surroundings.blocked(group, place, port)
    return Target(
        name,
        port,
        address,
        zone,
        blocked,
        blocked if check.port is None else surroundings.blocked(group, place, check.port),
        zone is None or not zones or zone in zones,
    )


def _address(group: models.FakeTargetGroup, name: str) -> str | None:
    if group.target_type != "instance":
        return name
    instance = ec2_backends[group.account_id][group.region_name].get_instance_by_id(name)
    return instance.private_ip if instance is not None and instance.state == "running" else None


def _true(value: object) -> bool:
    return str(value).lower() == "true"

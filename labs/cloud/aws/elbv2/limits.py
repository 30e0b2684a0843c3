"""Defaults and limits of the ELBv2 API, and what must agree for a creation to be a repetition."""

from __future__ import annotations

from typing import Any

from moto.elbv2 import models
from moto.elbv2.exceptions import ValidationError

from labs.cloud.load_balancer.stickiness import RESERVED

# Defaults of the API reference: LoadBalancerAttribute, TargetGroupAttribute.
_BALANCER_ATTRIBUTES = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "ipv6.deny_all_igw_traffic": "false",
    "zonal_shift.config.enabled": "false",
}
APPLICATION_ATTRIBUTES = _BALANCER_ATTRIBUTES | {
    "client_keep_alive.seconds": "3600",
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.prefix": "",
    "idle_timeout.timeout_seconds": "60",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
}
OTHER_ATTRIBUTES = _BALANCER_ATTRIBUTES | {"load_balancing.cross_zone.enabled": "false"}
HTTP_GROUP_ATTRIBUTES = {
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
RANGES = {  # of CreateTargetGroup and ModifyTargetGroup, in the API reference
    "healthcheck_interval_seconds": ("Health check interval", 5, 300),
    "healthcheck_timeout_seconds": ("Health check timeout", 2, 120),
    "healthy_threshold_count": ("Healthy threshold count", 2, 10),
    "unhealthy_threshold_count": ("Unhealthy threshold count", 2, 10),
}
_GROUP_SETTINGS = (
    "protocol",
    "port",
    "vpc_id",
    "target_type",
    "health_check_protocol",
    "health_check_port",
    "health_check_path",
    "health_check_interval_seconds",
    "health_check_timeout_seconds",
    "healthy_threshold_count",
    "unhealthy_threshold_count",
)
RULES = 100  # per load balancer, default rules not counted; quota "Rules per Application Load Balancer"
CONDITION_VALUES = 5  # per rule; quota "Condition values per rule"


_SEVEN_DAYS = 7 * 24 * 3600

# What an attribute accepts: a range of numbers or a set of words. Attributes not named here are free.
_BOOLEAN = frozenset(("true", "false"))
BALANCER_VALUES: dict[str, range | frozenset[str]] = {
    "idle_timeout.timeout_seconds": range(1, 4001),
    "client_keep_alive.seconds": range(60, _SEVEN_DAYS + 1),
    "routing.http.xff_header_processing.mode": frozenset(("append", "preserve", "remove")),
    "routing.http.desync_mitigation_mode": frozenset(("monitor", "defensive", "strictest")),
    **{
        name: _BOOLEAN
        for name, default in (APPLICATION_ATTRIBUTES | OTHER_ATTRIBUTES).items()
        if default in _BOOLEAN
    },
}
GROUP_VALUES: dict[str, range | frozenset[str]] = {
    "deregistration_delay.timeout_seconds": range(3601),
    "load_balancing.algorithm.type": frozenset(
        ("round_robin", "least_outstanding_requests", "weighted_random")
    ),
    "load_balancing.cross_zone.enabled": frozenset(("true", "false", "use_load_balancer_configuration")),
    "stickiness.enabled": _BOOLEAN,
    "stickiness.lb_cookie.duration_seconds": range(1, _SEVEN_DAYS + 1),
    "stickiness.app_cookie.duration_seconds": range(1, _SEVEN_DAYS + 1),
    "stickiness.type": frozenset(
        ("lb_cookie", "app_cookie", "source_ip", "source_ip_dest_ip", "source_ip_dest_ip_proto")
    ),
}
_MINIMUM = "target_group_health.unhealthy_state_routing.minimum_healthy_targets"


def fits(value: str, allowed: range | frozenset[str]) -> bool:
    """Whether an attribute's value is among those allowed."""
    if isinstance(allowed, range):
        return value.isascii() and value.isdecimal() and len(value) < 10 and int(value) in allowed
    return value in allowed


def described(allowed: range | frozenset[str]) -> str:
    """What is allowed, for a message."""
    if isinstance(allowed, range):
        return f"between '{allowed.start}-{allowed.stop - 1}' inclusive"
    return f"one of {sorted(allowed)}"


def validate_group_attributes(now: dict[str, str]) -> None:
    """Raises ValidationError for attributes, as they would be, that a target group cannot have."""
    for name, allowed in GROUP_VALUES.items():
        if name in now and not fits(now[name], allowed):
            raise ValidationError(f"'{name}' value '{now[name]}' must be {described(allowed)}")
    slow = now.get("slow_start.duration_seconds", "0")
    if not (slow == "0" or fits(slow, range(30, 901))):
        raise ValidationError(
            f"'slow_start.duration_seconds' value '{slow}' must be between '30-900' inclusive, or '0' to disable it"
        )
    if slow != "0" and now.get("load_balancing.algorithm.type") != "round_robin":
        raise ValidationError(
            "Slow start is only supported with the 'round_robin' load balancing algorithm type"
        )
    for name in ("count", "percentage"):
        value = now.get(f"{_MINIMUM}.{name}", "1")
        if value != "off" and not fits(value, range(1, 101 if name == "percentage" else 1_000_001)):
            raise ValidationError(f"'{_MINIMUM}.{name}' value '{value}' is not valid")
    cookie = now.get("stickiness.app_cookie.cookie_name", "")
    if now.get("stickiness.enabled") == "true" and now.get("stickiness.type") == "app_cookie" and not cookie:
        raise ValidationError(
            "'stickiness.app_cookie.cookie_name' must be set for application-based stickiness"
        )
    if cookie.startswith(RESERVED):
        raise ValidationError(
            f"'stickiness.app_cookie.cookie_name' value '{cookie}' cannot begin with a reserved prefix: "
            + ", ".join(RESERVED)
        )


def validate_name(kind: str, name: str) -> None:
    """Raises ValidationError for a name that AWS refuses; `kind` begins the message."""
    if len(name) > 32:
        raise ValidationError(f"{kind} name '{name}' cannot be longer than '32' characters")
    if not name.replace("-", "").isalnum() or not name.isascii():
        raise ValidationError(
            f"{kind} name '{name}' can only contain characters that are alphanumeric characters or hyphens(-)"
        )
    if name.startswith("-") or name.endswith("-"):
        raise ValidationError(f"{kind} name '{name}' cannot begin or end with '-'")


def validate_priority(priority: object) -> None:
    """Raises ValidationError for a rule priority outside 1 to 50000."""
    if not str(priority).isdecimal() or not 1 <= int(str(priority)) <= 50000:
        raise ValidationError(f"Priority '{priority}' must be between '1-50000' inclusive")


def validate_ranges(settings: dict[str, Any]) -> None:
    """Raises ValidationError for a health check setting outside its range; None counts as not given."""
    for key, (title, low, high) in RANGES.items():
        value = settings.get(key)
        if value is not None and not low <= int(value) <= high:
            raise ValidationError(f"{title} '{value}' must be between '{low}-{high}' inclusive")


def validate_group(settings: dict[str, Any]) -> None:
    """Raises ValidationError for a version, path, matcher or health check port that no target group has."""
    version = settings.get("protocol_version")
    if version not in (None, "HTTP1", "HTTP2", "GRPC"):
        raise ValidationError(f"Protocol version '{version}' must be one of: HTTP1, HTTP2, GRPC")
    path = settings.get("healthcheck_path")
    if path is not None and not (path.startswith("/") and len(path) <= 1024):
        raise ValidationError(
            f"Health check path '{path}' must begin with '/' and have at most '1024' characters"
        )
    port = settings.get("healthcheck_port")
    if port not in (None, "traffic-port") and not fits(str(port), range(1, 65536)):
        raise ValidationError(
            f"Health check port '{port}' must be either 'traffic-port' or between '1-65535' inclusive"
        )
    codes = (settings.get("matcher") or {}).get("HttpCode")
    for part in (codes or "200").split(","):
        low, _, high = part.strip().partition("-")
        if not (fits(low, range(200, 600)) and fits(high or low, range(int(low), 600))):
            raise ValidationError(f"Health check matcher HTTP code '{codes}' must be within '200-599'")


def settings_of(resource: Any) -> dict[str, Any]:
    """What must be equal for a repeated creation to be the same one."""
    if isinstance(resource, models.FakeLoadBalancer):
        return {
            "type": resource.type,
            "scheme": resource.scheme,
            "subnets": {subnet.id for subnet in resource.subnets},
        }
    settings = {name: str(getattr(resource, name)) for name in _GROUP_SETTINGS}
    return settings | {"matcher": getattr(resource, "matcher", None)}

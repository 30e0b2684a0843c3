"""Defaults and limits of the ELBv2 API, and what must agree for a creation to be a repetition."""

from __future__ import annotations

from typing import Any

from moto.elbv2 import models
from moto.elbv2.exceptions import ValidationError

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
CONDITION_VALUES = 5  # per rule; quota "Condition values per rule"


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

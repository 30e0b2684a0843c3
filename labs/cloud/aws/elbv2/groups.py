"""Target groups and their targets: validated and idempotent; health comes from real probes."""

from __future__ import annotations

from typing import Any

from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError, TargetGroupNotFoundError, ValidationError

from labs.cloud.aws.elbv2.errors import not_emulated
from labs.cloud.aws.elbv2.limits import (
    HTTP_GROUP_ATTRIBUTES,
    RANGES,
    settings_of,
    validate_group,
    validate_group_attributes,
    validate_ranges,
)
from labs.cloud.aws.elbv2.listeners import Listeners
from labs.cloud.controllers.target_states import HealthState


class TargetGroups(Listeners):
    """The target groups of one Region."""

    def create_target_group(self, name: str, **kwargs: Any) -> models.FakeTargetGroup:
        """Validated and idempotent; what the data plane cannot do is refused."""
        validate_ranges(kwargs)
        validate_group(kwargs)
        if kwargs.get("protocol") in ("TCP", "TLS") and kwargs.get("healthcheck_protocol") in (
            "HTTP",
            "HTTPS",
        ):
            kwargs["matcher"] = kwargs.get("matcher") or {"HttpCode": "200-399"}  # [API Matcher]
        old = next((group for group in self.target_groups.values() if group.name == name), None)
        if old is not None:
            del self.target_groups[old.arn]  # so that moto makes the second one, to be compared
        try:
            created = super().create_target_group(name, **kwargs)
        finally:
            if old is not None:
                self.target_groups[old.arn] = old
        if created.target_type in ("lambda", "alb") or created.protocol not in (
            "HTTP",
            "HTTPS",
            "TCP",
            "TLS",
        ):
            del self.target_groups[created.arn]
            raise not_emulated(
                f"A target group of type {created.target_type} and protocol {created.protocol}"
            )
        if created.protocol in ("HTTP", "HTTPS") and (
            int(created.health_check_timeout_seconds) >= int(created.health_check_interval_seconds)
        ):
            del self.target_groups[created.arn]
            raise ValidationError("Health check interval must be greater than the timeout.")
        if old is not None:
            del self.target_groups[created.arn]
            if settings_of(old) != settings_of(created):
                raise ELBClientError(
                    "DuplicateTargetGroupName",
                    f"A target group with the same name '{name}' exists, but with different settings",
                )
            return old
        if created.protocol in ("HTTP", "HTTPS"):
            created.attributes |= HTTP_GROUP_ATTRIBUTES
        return created

    def modify_target_group(self, arn: str, *args: Any, **kwargs: Any) -> models.FakeTargetGroup:
        """With the ranges of CreateTargetGroup."""
        given = dict(zip(RANGES, args[3:7], strict=False))  # in the order of moto's parameters
        validate_ranges(given)
        validate_group(dict(zip(("healthcheck_port", "healthcheck_path"), args[1:3], strict=False)))
        if len(args) > 7 and args[7] is not None:
            validate_group({"matcher": {"HttpCode": args[7]}})
        group = self.target_groups.get(arn)
        if group is not None:
            interval = given.get("healthcheck_interval_seconds") or group.health_check_interval_seconds
            timeout = given.get("healthcheck_timeout_seconds") or group.health_check_timeout_seconds
            if int(timeout) >= int(interval):
                raise ValidationError(
                    f"Health check timeout '{timeout}' must be smaller than the interval '{interval}'"
                )
        return super().modify_target_group(arn, *args, **kwargs)

    def modify_target_group_attributes(self, target_group_arn: str, attributes: dict[str, Any]) -> None:
        """Known keys only; a deregistration delay of 3600 s is allowed."""
        group = self.target_groups.get(target_group_arn)
        if group is None:
            raise TargetGroupNotFoundError
        for key in attributes:
            if key not in group.attributes and not key.startswith(
                ("stickiness.", "lambda.", "target_failover.")
            ):
                raise ValidationError(f"Target group attribute key '{key}' is not recognized")
        attributes = {key: str(value) for key, value in attributes.items()}
        validate_group_attributes({key: str(value) for key, value in group.attributes.items()} | attributes)
        if attributes.get("load_balancing.algorithm.type") == "weighted_random":
            raise not_emulated("The load balancing algorithm weighted_random")
        longest = {key: attributes.pop(key) for key in list(attributes) if attributes[key] == "3600"}
        super().modify_target_group_attributes(target_group_arn, attributes)  # which refuses 3600
        group.attributes.update(longest)

    # Targets

    def describe_target_health(
        self, target_group_arn: str, targets: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """What the health checks found. Without `targets`, those registered and those still draining."""
        group = self.target_groups.get(target_group_arn)
        if group is None:
            raise TargetGroupNotFoundError
        if group.target_type == "instance":
            self.runtime.load_balancers.sync()  # EC2 does not tell when an instance stops
        health = self.runtime.target_health
        asked = [(target["Id"], int(target.get("Port") or group.port)) for target in targets] or [
            (target.id, target.port) for target in health.targets(group.arn)
        ]
        return [
            _health_description(group, name, port, health.state(group.arn, name, port))
            for name, port in asked
        ]


def _health_description(
    group: models.FakeTargetGroup, name: str, port: int, state: HealthState
) -> dict[str, Any]:
    checked = group.health_check_port
    health = {"State": state.state, "Reason": state.reason, "Description": state.description}
    return {
        "Target": {"Id": name, "Port": port},
        "HealthCheckPort": str(port if checked == "traffic-port" else checked),
        "TargetHealth": {key: value for key, value in health.items() if value is not None},
    }

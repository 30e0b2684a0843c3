"""The targets of a target group, known by id and port."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError, ValidationError

_PRIVATE = [
    ipaddress.ip_network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
]


class TargetGroupOfCourse(models.FakeTargetGroup):
    """A target group whose targets are known by id and port, as AWS knows them. `targets` is keyed by both."""

    def register(self, targets: list[dict[str, Any]]) -> None:
        """Register all targets or, when one is not valid, none."""
        for target in targets:
            self._validate(target)
        for target in targets:
            port = int(target.get("Port") or self.port)
            self.targets[f"{target['Id']}:{port}"] = {**target, "Port": port}

    def deregister(self, targets: list[dict[str, Any]]) -> None:
        """Deregister; an unknown target is no error [API DeregisterTargets]. Without a port, the group's."""
        for target in targets:
            self.targets.pop(f"{target['Id']}:{int(target.get('Port') or self.port)}", None)

    def deregister_terminated_instances(self, instance_ids: list[str]) -> None:
        """Forget instances that were terminated."""
        for key, target in list(self.targets.items()):
            if target["Id"] in instance_ids:
                del self.targets[key]

    def _validate(self, target: dict[str, Any]) -> None:
        name = target["Id"]
        if self.target_type == "instance":
            instance = self.ec2_backend.get_instance_by_id(name)
            if instance is None:
                raise ELBClientError(
                    "InvalidTarget", f"The following targets are not valid instances: '{name}'"
                )
            if instance.state != "running":
                raise models.TargetNotRunning(instance_id=name)
        elif self.target_type == "ip":
            self._validate_address(name, target.get("AvailabilityZone"))

    def _validate_address(self, name: str, zone: str | None) -> None:
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            raise ValidationError(f"The IP address '{name}' is not a valid IPv4 address") from None
        blocks = self.ec2_backend.get_vpc(self.vpc_id).get_cidr_block_association_set()
        inside = any(address in ipaddress.ip_network(block["cidr_block"]) for block in blocks)
        if inside and zone == "all":
            raise ValidationError(
                f"The IP address '{name}' is within the VPC, and cannot have its Availability Zone overridden to 'all'"
            )
        if not inside and not any(address in block for block in _PRIVATE):
            raise ValidationError(f"The IP address '{name}' is publicly routable and cannot be a target")
        if not inside and zone != "all":
            raise ValidationError(
                f"The Availability Zone is required for IP address '{name}' because it is not in the VPC"
            )

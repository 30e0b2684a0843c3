"""Load balancers: validated and idempotent, with AWS's names, defaults and limits."""

from __future__ import annotations

from typing import Any

from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError, ValidationError
from moto.moto_api._internal import mock_random

from labs.cloud.aws.elbv2.errors import not_emulated
from labs.cloud.aws.elbv2.limits import (
    APPLICATION_ATTRIBUTES,
    BALANCER_VALUES,
    OTHER_ATTRIBUTES,
    described,
    fits,
    settings_of,
    validate_name,
)
from labs.cloud.controllers.load_balancing import write


class Balancers(models.ELBv2Backend):
    """The load balancers of one Region."""

    def create_load_balancer(self, name: str, *args: Any, **kwargs: Any) -> models.FakeLoadBalancer:
        """Validated and idempotent, with the ARN and DNS name of its type."""
        validate_name("Load balancer", name)
        if name.startswith("internal-"):
            raise ValidationError(f"Load balancer name '{name}' cannot begin with 'internal-'")
        kind = kwargs.get("loadbalancer_type") or (args[4] if len(args) > 4 else None)
        if kind == "gateway":
            raise not_emulated("A Gateway Load Balancer")
        if kind not in (None, "application", "network"):
            raise ValidationError(
                f"Load balancer type '{kind}' must be one of: application, network, gateway"
            )
        same_name = [balancer for balancer in self.load_balancers.values() if balancer.name == name]
        created = super().create_load_balancer(name, *args, **kwargs)
        created.scheme = created.scheme or "internet-facing"
        del self.load_balancers[created.arn]
        if same_name:
            (old,) = same_name
            if settings_of(old) != settings_of(created):
                raise ELBClientError(
                    "DuplicateLoadBalancerName",
                    f"A load balancer with the same name '{name}' exists, but with different settings",
                )
            return old
        application = created.type == "application"
        if application and len({subnet.availability_zone for subnet in created.subnets}) < 2:
            raise ValidationError(
                "At least two subnets in two different Availability Zones must be specified"
            )
        for group in created.security_groups or ():
            if self.ec2_backend.get_security_group_from_id(group) is None:
                raise ELBClientError("InvalidSecurityGroup", f"Security group '{group}' does not exist")
        if application and not created.security_groups:
            default = self.ec2_backend.get_default_security_group(created.vpc_id)
            created.security_groups = [default.id] if default else []
        if not application:
            created.arn = created.arn.replace("/app/", "/net/")
        number = mock_random.randint(10**8, 2 * 10**9)
        prefix = "internal-" if created.scheme == "internal" else ""
        created.dns_name = f"{prefix}{name}-{number}.{self.region_name}.elb.amazonaws.com"
        if created.type == "network":
            created.dns_name = f"{name}-{created.arn.rpartition('/')[2]}.elb.{self.region_name}.amazonaws.com"
        created.attrs = dict(APPLICATION_ATTRIBUTES if application else OTHER_ATTRIBUTES)
        self.load_balancers[created.arn] = created
        self.tagging_service.tag_resource(created.arn, kwargs.get("tags") or [])
        return created

    def describe_load_balancers(
        self, arns: list[str] | None, names: list[str] | None
    ) -> list[models.FakeLoadBalancer]:
        """Those asked for. moto gives another one in place of the second unknown name."""
        found = {balancer.name: balancer for balancer in self.load_balancers.values()} | self.load_balancers
        if missing := [each for each in (*(arns or ()), *(names or ())) if each not in found]:
            raise ELBClientError("LoadBalancerNotFound", f"Load balancers '[{', '.join(missing)}]' not found")
        return super().describe_load_balancers(arns, names)

    def modify_load_balancer_attributes(self, arn: str, attrs: dict[str, Any]) -> dict[str, Any]:
        """With values that AWS accepts."""
        for name, value in attrs.items():
            allowed = BALANCER_VALUES.get(name)
            if allowed is not None and not fits(str(value), allowed):
                raise ELBClientError(
                    "InvalidConfigurationRequest",
                    f"The value '{value}' of '{name}' must be {described(allowed)}",
                )
        changed = super().modify_load_balancer_attributes(arn, attrs)
        balancer = self.load_balancers[arn]
        if attrs.get("access_logs.s3.enabled") == "true" and not write(
            balancer, self.account_id, "ELBAccessLogTestFile", b"Enable AccessLog for ELB"
        ):
            bucket = balancer.attrs.get("access_logs.s3.bucket")
            balancer.attrs["access_logs.s3.enabled"] = "false"
            raise ELBClientError(
                "InvalidConfigurationRequest",
                f"Access Denied for bucket: {bucket}. Please check S3bucket permission",
            )
        return changed

    def delete_load_balancer(self, arn: str) -> None:
        """Refused under deletion protection; an unknown one is no error [API DeleteLoadBalancer]."""
        balancer = self.load_balancers.get(arn)
        if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
            raise ELBClientError(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
        super().delete_load_balancer(arn)
        self._link_groups()

"""Auto Scaling groups where moto differs from AWS.

Corrected: a group spreads its instances over its subnets' zones; moto starts all of them in the first
[Auto Scaling User Guide, Availability Zones].
"""

from __future__ import annotations

from collections import Counter

from moto.autoscaling import models
from moto.autoscaling.models import FakeAutoScalingGroup

from labs.cloud.runtime import Runtime


class Group(FakeAutoScalingGroup):
    """moto's Auto Scaling group with the correction above."""

    def replace_autoscaling_group_instances(self, count_needed: int, propagated_tags: dict[str, str]) -> None:
        """Start each instance in the subnet that has fewest."""
        whole: str | None = self.vpc_zone_identifier  # type: ignore[has-type]
        if not whole:
            super().replace_autoscaling_group_instances(count_needed, propagated_tags)
            return
        subnets = [subnet.strip() for subnet in whole.split(",")]
        try:
            for _ in range(count_needed):
                there = Counter(state.instance.subnet_id for state in self.instance_states)
                self.vpc_zone_identifier = min(subnets, key=lambda subnet: there[subnet])
                super().replace_autoscaling_group_instances(1, dict(propagated_tags))
        finally:
            self.vpc_zone_identifier = whole


def install(runtime: Runtime) -> None:
    """Patch Auto Scaling."""
    models.FakeAutoScalingGroup = Group

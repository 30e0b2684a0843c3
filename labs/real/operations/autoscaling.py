"""EC2 Auto Scaling: a small group of instances that ECS fills and empties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.real.operations.model import Named, Params, Table, at, delete, make

INSTANCES = 4
"""At most, in the group: its smallest size is paid for at once, its largest when tasks ask for it."""
_OF_GROUPS = frozenset(
    {
        "AutoScalingGroupName",
        "LaunchTemplate",
        "MinSize",
        "MaxSize",
        "DesiredCapacity",
        "VPCZoneIdentifier",
        "NewInstancesProtectedFromScaleIn",
        "Tags",
    }
)


def _odd_group(request: Params) -> str | None:
    """Few instances, from a template of the run's, in its subnets; nothing that would outlive the group."""
    template = request.get("LaunchTemplate", {})
    fit = (
        set(request) <= _OF_GROUPS
        and {"LaunchTemplateName"} <= set(template) <= {"LaunchTemplateName", "Version"}
        and request.get("MaxSize", 0) <= INSTANCES
        and bool(_subnets(request))
    )
    return None if fit else "group"


def _subnets(request: Params) -> list[str]:
    given = request.get("VPCZoneIdentifier", "").split(",")
    return [subnet.strip() for subnet in given if subnet.strip()]


def _tags(request: Params, tags: Mapping[str, str]) -> dict[str, Any]:
    """The group's own: its instances answer by the group, and say themselves to which they belong."""
    kept = [tag for tag in request.get("Tags", ()) if tag.get("Key") not in tags]
    added = [{"Key": name, "Value": text, "PropagateAtLaunch": False} for name, text in tags.items()]
    return {"Tags": [*kept, *added]}


AUTOSCALING: Table = {
    "CreateAutoScalingGroup": make(
        "autoscaling:group",
        _tags,
        "",
        at("AutoScalingGroupName"),
        uses=(
            Named("ec2:launch-template", at("LaunchTemplate.LaunchTemplateName")),
            Named("ec2:subnet", _subnets),
        ),
        at_most=1,
        forbids=_odd_group,
    ),
    "DeleteAutoScalingGroup": delete("autoscaling:group", at("AutoScalingGroupName")),
}

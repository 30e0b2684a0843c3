"""What Application Auto Scaling knows of the service `window`, as two challenges read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labs.chapters.services.ground import NAME, WINDOW

if TYPE_CHECKING:
    from labs.session import CourseSession

RESOURCE = f"service/{NAME}/{WINDOW}"


def target(session: CourseSession) -> dict[str, Any] | None:
    """The scalable target; None when there is none."""
    found = session.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=[RESOURCE]
    )["ScalableTargets"]
    return found[0] if found else None


def tracking(session: CourseSession) -> list[dict[str, Any]]:
    """The configurations of its target tracking policies."""
    found = session.client("application-autoscaling").describe_scaling_policies(
        ServiceNamespace="ecs", ResourceId=RESOURCE
    )["ScalingPolicies"]
    kind = "TargetTrackingScalingPolicyConfiguration"
    return [policy[kind] for policy in found if kind in policy]


def scheduled(session: CourseSession) -> list[dict[str, Any]]:
    """Its scheduled actions."""
    found: list[dict[str, Any]] = session.client("application-autoscaling").describe_scheduled_actions(
        ServiceNamespace="ecs", ResourceId=RESOURCE
    )["ScheduledActions"]
    return found

"""What Application Auto Scaling refuses. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from moto.applicationautoscaling.models import ScalableDimensionValueSet, ServiceNamespaceValueSet
from moto.core.exceptions import JsonRESTError

from labs.cloud.aws.application_autoscaling.model import DIMENSION, NAMESPACE
from labs.cloud.schedule_expressions import Schedule, parse

PREDEFINED = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
    "ALBRequestCountPerTarget": "RequestCountPerTarget",
}
ADJUSTMENTS = ("ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity")
_RESOURCE = re.compile(r"service/[\w-]{1,255}/[\w-]{1,255}")
_LABEL = re.compile(r"app/[\w-]+/\w+/targetgroup/[\w-]+/\w+")


class Invalid(JsonRESTError):
    """ValidationException."""

    def __init__(self, message: str):
        super().__init__("ValidationException", message)


class NotFound(JsonRESTError):
    """ObjectNotFoundException."""

    def __init__(self, message: str):
        super().__init__("ObjectNotFoundException", message)


class ResourceNotFound(JsonRESTError):
    """ResourceNotFoundException, of the tagging operations."""

    def __init__(self, message: str):
        super().__init__("ResourceNotFoundException", message)


class NotEmulated(JsonRESTError):
    """The local cloud cannot do this part of auto scaling, and says so instead of pretending."""

    def __init__(self, what: str):
        super().__init__("UnsupportedFeatureException", f"The local cloud does not emulate {what}.")


def check_resource(namespace: Any, resource_id: Any, dimension: Any) -> None:
    """Raise unless these name an ECS service's desired count."""
    wrong = [
        f"Value '{value}' at '{member}' failed to satisfy constraint: Member must satisfy enum value set: "
        f"{[each.value for each in allowed]}"
        for member, value, allowed in (
            ("scalableDimension", dimension, ScalableDimensionValueSet),
            ("serviceNamespace", namespace, ServiceNamespaceValueSet),
        )
        if value is not None and value not in [each.value for each in allowed]
    ]
    if wrong:
        count = "1 validation error" if len(wrong) == 1 else f"{len(wrong)} validation errors"
        raise Invalid(f"{count} detected: {'; '.join(wrong)}")
    if namespace != NAMESPACE:
        raise NotEmulated(f"auto scaling of the namespace {namespace}, only of ecs")
    if dimension not in (None, DIMENSION) or not _RESOURCE.fullmatch(str(resource_id)):
        raise Invalid("Unsupported service namespace, resource type or scalable dimension")


def check_limits(least: Any, most: Any) -> None:
    """Raise unless these are a minimum and a maximum capacity."""
    if least is None or most is None:
        raise Invalid("Both MinCapacity and MaxCapacity are required to register a new scalable target")
    for name, value in (("minCapacity", least), ("maxCapacity", most)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise Invalid(
                f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: "
                "Member must have value greater than or equal to 0"
            )
    if least > most:
        raise Invalid("Maximum capacity cannot be less than minimum capacity")


def check_policy(kind: Any, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The policy's configuration. Raises Invalid or NotEmulated."""
    if kind == "PredictiveScaling":
        raise NotEmulated("predictive scaling")
    if kind not in ("StepScaling", "TargetTrackingScaling"):
        raise Invalid(
            f"1 validation error detected: Value '{kind}' at 'policyType' failed to satisfy constraint: Member must "
            "satisfy enum value set: [PredictiveScaling, StepScaling, TargetTrackingScaling]"
        )
    configuration = given.get(f"{kind}PolicyConfiguration")
    if not isinstance(configuration, Mapping):
        raise Invalid(f"{kind}PolicyConfiguration is required for the policy type {kind}")
    if kind == "StepScaling":
        _check_steps(configuration)
    else:
        _check_tracking(configuration)
    for name in ("Cooldown", "ScaleInCooldown", "ScaleOutCooldown"):
        value = configuration.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 3600 * 24:
            raise Invalid(f"{name} must be a number of seconds from 0 to 86400")
    return configuration


def _check_tracking(given: Mapping[str, Any]) -> None:
    target = given.get("TargetValue")
    if isinstance(target, bool) or not isinstance(target, int | float) or not 0 < target < 1e18:
        raise Invalid("TargetValue must be a number greater than 0")
    predefined = given.get("PredefinedMetricSpecification") or {}
    customized = given.get("CustomizedMetricSpecification") or {}
    if bool(predefined) == bool(customized):
        raise Invalid(
            "Exactly one of CustomizedMetricSpecification and PredefinedMetricSpecification must be specified"
        )
    if predefined:
        kind, label = predefined.get("PredefinedMetricType"), predefined.get("ResourceLabel")
        if kind not in PREDEFINED:
            raise Invalid(f"Unsupported predefined metric type for the service namespace ecs: {kind}")
        if kind == "ALBRequestCountPerTarget" and not _LABEL.fullmatch(str(label)):
            raise Invalid(
                "Resource label is required and must have the form "
                "app/<load-balancer-name>/<load-balancer-id>/targetgroup/<target-group-name>/<target-group-id> "
                "for the predefined metric type ALBRequestCountPerTarget"
            )
        if kind != "ALBRequestCountPerTarget" and label:
            raise Invalid(f"Resource label is not supported for the predefined metric type {kind}")
    elif customized.get("Metrics"):
        return  # the alarm's own validation looks at them
    elif not all(customized.get(name) for name in ("MetricName", "Namespace", "Statistic")):
        raise Invalid("CustomizedMetricSpecification needs MetricName, Namespace and Statistic, or Metrics")


def _check_steps(given: Mapping[str, Any]) -> None:
    kind = given.get("AdjustmentType")
    if kind not in ADJUSTMENTS:
        raise Invalid(
            f"1 validation error detected: Value '{kind}' at 'stepScalingPolicyConfiguration.adjustmentType' failed to "
            f"satisfy constraint: Member must satisfy enum value set: [{', '.join(ADJUSTMENTS)}]"
        )
    if given.get("MinAdjustmentMagnitude") is not None and kind != "PercentChangeInCapacity":
        raise Invalid(
            "MinAdjustmentMagnitude is only supported for the adjustment type PercentChangeInCapacity"
        )
    aggregation = given.get("MetricAggregationType", "Average")
    if aggregation not in ("Average", "Minimum", "Maximum"):
        raise Invalid(f"Unsupported metric aggregation type: {aggregation}")
    steps: Sequence[Mapping[str, Any]] = given.get("StepAdjustments") or ()
    if not steps:
        raise Invalid("At least one StepAdjustment must be specified")
    for step in steps:
        if not isinstance(step.get("ScalingAdjustment"), int):
            raise Invalid("ScalingAdjustment is required for every StepAdjustment")
        bounds = [step.get(f"MetricInterval{end}Bound") for end in ("Lower", "Upper")]
        if any(bound is not None and not isinstance(bound, int | float) for bound in bounds):
            raise Invalid("The bounds of a StepAdjustment are numbers")
        if bounds == [None, None] and len(steps) > 1:
            raise Invalid("A StepAdjustment must have a lower or an upper bound when there are several")
        if None not in bounds and bounds[0] >= bounds[1]:  # type: ignore[operator]
            raise Invalid("The lower bound of a StepAdjustment must be less than its upper bound")
    ends = sorted(
        (
            float(step.get("MetricIntervalLowerBound", "-inf")),
            float(step.get("MetricIntervalUpperBound", "inf")),
        )
        for step in steps
    )
    for (_, upper), (lower, _) in pairwise(ends):
        if lower < upper:
            raise Invalid("StepAdjustment intervals can't overlap")
        if lower > upper:
            raise Invalid("There can't be a gap between StepAdjustment intervals")


def check_schedule(expression: Any, zone: str | None) -> Schedule:
    """The schedule of a scheduled action. Raises Invalid."""
    try:
        return parse(str(expression), zone or "UTC", year_optional=True)
    except ValueError as error:
        raise Invalid(f"Invalid schedule expression {str(expression)[:200]}: {error}") from None

"""Application Auto Scaling's operations, from the request to the answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from labs.cloud.aws.application_autoscaling.backend import ScalingBackend
from labs.cloud.aws.application_autoscaling.validation import Invalid, NotEmulated, check_resource

PAGE = 50  # things of one answer [API]


class Response(ApplicationAutoScalingResponse):
    """All operations on ECS services; the others answer that they are not emulated."""

    @property
    def applicationautoscaling_backend(self) -> ScalingBackend:
        """This Region's."""
        backend: ScalingBackend = super().applicationautoscaling_backend
        return backend

    @property
    def _given(self) -> dict[str, Any]:
        """The request's members that were given, times as times."""
        given = {name: value for name, value in json.loads(self.body or "{}").items() if value is not None}
        for name in ("StartTime", "EndTime"):
            if name in given:
                try:
                    given[name] = datetime.fromtimestamp(float(given[name]), UTC)
                except (TypeError, ValueError, OverflowError, OSError):
                    raise Invalid(f"{name} is not a time") from None
        return given

    def register_scalable_target(self) -> str:
        """A new target, or other limits."""
        return json.dumps(
            {"ScalableTargetARN": self.applicationautoscaling_backend.register(self._given).arn}
        )

    def deregister_scalable_target(self) -> str:
        """With its policies."""
        self.applicationautoscaling_backend.deregister(self._given)
        return "{}"

    def describe_scalable_targets(self) -> str:
        """By resource."""
        given = self._given
        wanted = given.get("ResourceIds")
        found = [target.describe() for name, target in self._targets(given) if not wanted or name in wanted]
        return _page("ScalableTargets", found, given)

    def put_scaling_policy(self) -> str:
        """A policy and, for target tracking, its alarms."""
        policy = self.applicationautoscaling_backend.put_policy(self._given)
        return json.dumps({"PolicyARN": policy.arn, "Alarms": policy.described_alarms})

    def delete_scaling_policy(self) -> str:
        """With its alarms."""
        self.applicationautoscaling_backend.delete_policy(self._given)
        return "{}"

    def describe_scaling_policies(self) -> str:
        """By resource and name."""
        given, backend = self._given, self.applicationautoscaling_backend
        names = given.get("PolicyNames")
        found = [
            policy.describe(backend.attached(policy))
            for _, target in self._targets(given)
            for policy in target.policies.values()
            if not names or policy.name in names
        ]
        return _page("ScalingPolicies", found, given)

    def describe_scaling_activities(self) -> str:
        """Newest first; those that did not scale only when asked for."""
        given = self._given
        all_of_them = bool(given.get("IncludeNotScaledActivities"))
        activities = [
            activity
            for _, target in self._targets(given)
            for activity in target.activities
            if all_of_them or not activity.reasons
        ]
        activities.sort(key=lambda activity: activity.start, reverse=True)
        return _page("ScalingActivities", [activity.describe() for activity in activities], given)

    def put_scheduled_action(self) -> str:
        """Other limits at a time."""
        self.applicationautoscaling_backend.put_action(self._given)
        return "{}"

    def delete_scheduled_action(self) -> str:
        """By name."""
        self.applicationautoscaling_backend.delete_action(self._given)
        return "{}"

    def describe_scheduled_actions(self) -> str:
        """By resource and name."""
        given = self._given
        names = given.get("ScheduledActionNames")
        found = [
            action.describe()
            for _, target in self._targets(given)
            for action in target.actions.values()
            if not names or action.name in names
        ]
        return _page("ScheduledActions", found, given)

    def list_tags_for_resource(self) -> str:
        """Of a scalable target."""
        target = self.applicationautoscaling_backend.tagged(self._given.get("ResourceARN"))
        return json.dumps({"Tags": target.tags})

    def tag_resource(self) -> str:
        """Add tags to a scalable target."""
        given = self._given
        self.applicationautoscaling_backend.tagged(given.get("ResourceARN")).tags |= given.get("Tags") or {}
        return "{}"

    def untag_resource(self) -> str:
        """Take tags away from a scalable target."""
        given = self._given
        target = self.applicationautoscaling_backend.tagged(given.get("ResourceARN"))
        for key in given.get("TagKeys") or ():
            target.tags.pop(key, None)
        return "{}"

    def get_predictive_scaling_forecast(self) -> str:
        """Refused."""
        raise NotEmulated("GetPredictiveScalingForecast: predictive scaling")

    def _targets(self, given: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
        check_resource(
            given.get("ServiceNamespace"),
            given.get("ResourceId", "service/any/any"),
            given.get("ScalableDimension"),
        )
        wanted = given.get("ResourceId")
        targets = self.applicationautoscaling_backend.scalable
        return [(name, target) for name, target in targets.items() if wanted in (None, name)]


def _page(name: str, found: list[dict[str, Any]], given: Mapping[str, Any]) -> str:
    """One page of an answer, and where the next begins. Raises Invalid."""
    token, most = given.get("NextToken", "0"), given.get("MaxResults", PAGE)
    if not str(token).isdecimal() or len(str(token)) > 9:
        raise Invalid("The next token is not valid")
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= PAGE:
        raise Invalid(f"MaxResults must be between 1 and {PAGE}")
    start = int(token)
    answer: dict[str, Any] = {name: found[start : start + most]}
    if len(found) > start + most:
        answer["NextToken"] = str(start + most)
    return json.dumps(answer)

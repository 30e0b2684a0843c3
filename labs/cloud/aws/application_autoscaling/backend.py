"""Application Auto Scaling of one Region: what is registered, and setting a service's desired count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.core.exceptions import ServiceException
from moto.ecs.models import ecs_backends

from labs.cloud.aws.application_autoscaling.model import (
    NAMESPACE,
    Activity,
    Policy,
    ScheduledAction,
    Target,
)
from labs.cloud.aws.application_autoscaling.validation import (
    PREDEFINED,
    Invalid,
    NotFound,
    ResourceNotFound,
    check_limits,
    check_policy,
    check_resource,
    check_schedule,
)
from labs.cloud.aws.ecs.service_model import Service
from labs.cloud.controllers.scaling.decisions import HIGH_POINTS, LOW_POINTS, LOW_SHARE
from labs.cloud.runtime import Runtime

SUSPENDABLE = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


class ScalingBackend(ApplicationAutoscalingBackend):
    """One Region's scalable targets."""

    runtime: ClassVar[Runtime]

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.scalable: dict[str, Target] = {}  # by resource id

    def service(self, target_or_id: Target | str) -> Service | None:
        """The active ECS service behind a target; None when it is gone."""
        name = target_or_id if isinstance(target_or_id, str) else target_or_id.resource_id
        _, cluster, service = name.split("/")
        found = ecs_backends[self.account_id][self.region_name].services.get(f"{cluster}:{service}")
        return found if found is not None and found.status == "ACTIVE" else None

    def find(self, given: Mapping[str, Any]) -> Target:
        """The target that a call names. Raises what AWS answers when there is none."""
        namespace, name = given.get("ServiceNamespace"), given.get("ResourceId")
        check_resource(namespace, name, given.get("ScalableDimension"))
        if name not in self.scalable:
            raise NotFound(
                f"No scalable target registered for service namespace: {namespace}, resource ID: {name}, scalable "
                f"dimension: {given.get('ScalableDimension')}"
            )
        return self.scalable[name]

    def register(self, given: Mapping[str, Any]) -> Target:
        """RegisterScalableTarget: a new one, or other limits; the service comes within them at once."""
        name = given.get("ResourceId")
        check_resource(given.get("ServiceNamespace"), name, given.get("ScalableDimension"))
        existing = self.scalable.get(str(name))
        least = given.get("MinCapacity", existing.least if existing else None)
        most = given.get("MaxCapacity", existing.most if existing else None)
        check_limits(least, most)
        if self.service(str(name)) is None:
            raise Invalid(f"ECS service doesn't exist: {name}")
        target = existing or self._new_target(str(name), given.get("RoleARN"))
        target.least, target.most = int(least), int(most)
        suspended = given.get("SuspendedState") or {}
        target.suspended |= {key: bool(suspended[key]) for key in SUSPENDABLE if key in suspended}
        target.tags |= given.get("Tags") or {}
        self.scalable[str(name)] = target
        self.clamp(target)
        return target

    def tagged(self, arn: Any) -> Target:
        """The target of that ARN. Raises ResourceNotFound."""
        for target in self.scalable.values():
            if target.arn == arn:
                return target
        raise ResourceNotFound(f"The specified resource doesn't exist: {arn}")

    def _new_target(self, name: str, role: str | None) -> Target:
        prefix = f"arn:aws:application-autoscaling:{self.region_name}:{self.account_id}"
        linked = (
            f"arn:aws:iam::{self.account_id}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
            "AWSServiceRoleForApplicationAutoScaling_ECSService"
        )
        return Target(
            resource_id=name,
            least=0,
            most=0,
            role_arn=role or linked,
            arn=f"{prefix}:scalable-target/{uuid4().hex[:32]}0ec5",
            created_at=self.runtime.clock.now(),
            suspended=dict.fromkeys(SUSPENDABLE, False),
        )

    def deregister(self, given: Mapping[str, Any]) -> None:
        """DeregisterScalableTarget: its policies, with their alarms, and scheduled actions go too."""
        target = self.find(given)
        for name in list(target.policies):
            self._drop_policy(target, name)
        del self.scalable[target.resource_id]

    def put_policy(self, given: Mapping[str, Any]) -> Policy:
        """PutScalingPolicy: a new policy, or an old one's other configuration, with the alarms it needs."""
        target, name = self.find(given), str(given.get("PolicyName"))
        existing = target.policies.get(name)
        kind = given.get("PolicyType") or (existing.type if existing else "StepScaling")
        configuration = check_policy(kind, given)
        if existing is not None and existing.type != kind:
            raise Invalid("The policy type of an existing scaling policy cannot be changed")
        if existing is None:
            arn = (
                f"arn:aws:autoscaling:{self.region_name}:{self.account_id}:scalingPolicy:{uuid4()}:resource/"
                f"{NAMESPACE}/{target.resource_id}:policyName/{name}"
            )
            existing = Policy(name, kind, target.resource_id, configuration, arn, self.runtime.clock.now())
        existing.configuration = configuration
        alarms = self._make_alarms(target, existing) if kind == "TargetTrackingScaling" else []
        self._delete_alarms(existing)
        existing.alarms = alarms
        target.policies[name] = existing
        return existing

    def delete_policy(self, given: Mapping[str, Any]) -> None:
        """DeleteScalingPolicy: with the alarms that target tracking made."""
        target, name = self.scalable.get(str(given.get("ResourceId"))), given.get("PolicyName")
        check_resource(given.get("ServiceNamespace"), given.get("ResourceId"), given.get("ScalableDimension"))
        if target is None or name not in target.policies:
            raise NotFound(
                f"No scaling policy found for service namespace: {given.get('ServiceNamespace')}, resource ID: "
                f"{given.get('ResourceId')}, scalable dimension: {given.get('ScalableDimension')}, policy name: {name}"
            )
        self._drop_policy(target, name)

    def _drop_policy(self, target: Target, name: str) -> None:
        self._delete_alarms(target.policies.pop(name))

    def _delete_alarms(self, policy: Policy) -> None:
        self._cloudwatch.delete_alarms([alarm.name for alarm in policy.alarms])

    @property
    def _cloudwatch(self) -> Any:
        return cloudwatch_backends[self.account_id][self.region_name]

    def attached(self, policy: Policy) -> list[Alarm]:
        """The alarms whose actions name a policy: target tracking's own, and those that learners made."""
        alarms = self._cloudwatch.alarms.values()
        return [alarm for alarm in alarms if any(act.startswith(policy.arn) for act in alarm.alarm_actions)]

    def _make_alarms(self, target: Target, policy: Policy) -> list[Alarm]:
        """The high and, unless it never scales in, the low alarm of target tracking [RULES 21]."""
        action = f"{policy.arn}:createdBy/{uuid4()}"
        wanted = float(policy.configuration["TargetValue"])
        made = [("High", "GreaterThanThreshold", HIGH_POINTS, wanted)]
        if policy.scales_in:
            made.append(("Low", "LessThanThreshold", LOW_POINTS, wanted * LOW_SHARE))
        return [
            self._cloudwatch.put_metric_alarm(
                f"TargetTracking-{target.resource_id}-Alarm{end}-{uuid4()}",
                comparison_operator=comparison,
                evaluation_periods=points,
                threshold=threshold,
                alarm_actions=[action],
                description=f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {action}.",
                **_metric(target, policy.configuration),
            )
            for end, comparison, points, threshold in made
        ]

    def put_action(self, given: Mapping[str, Any]) -> ScheduledAction:
        """PutScheduledAction: a new one; of an old one, what is given changes and StartTime and EndTime go."""
        target, name = self.find(given), str(given.get("ScheduledActionName"))
        existing = target.actions.get(name)
        schedule = given.get("Schedule", existing.schedule if existing else None)
        zone = given.get("Timezone", existing.timezone if existing else None)
        check_schedule(schedule, zone)
        limits = given.get("ScalableTargetAction", existing.action if existing else {}) or {}
        if limits.get("MinCapacity") is None and limits.get("MaxCapacity") is None:
            raise Invalid("ScalableTargetAction must include at least one of MinCapacity and MaxCapacity")
        check_limits(limits.get("MinCapacity", 0), limits.get("MaxCapacity", 10**6))
        prefix = f"arn:aws:autoscaling:{self.region_name}:{self.account_id}:scheduledAction"
        action = existing or ScheduledAction(
            name=name,
            resource_id=target.resource_id,
            schedule="",
            arn=f"{prefix}:{uuid4()}:resource/{NAMESPACE}/{target.resource_id}:scheduledActionName/{name}",
            created_at=self.runtime.clock.now(),
        )
        action.schedule, action.timezone, action.action = str(schedule), zone, dict(limits)
        action.start, action.end = given.get("StartTime"), given.get("EndTime")
        target.actions[name] = action
        return action

    def delete_action(self, given: Mapping[str, Any]) -> None:
        """DeleteScheduledAction."""
        target, name = self.find(given), given.get("ScheduledActionName")
        if target.actions.pop(str(name), None) is None:
            raise NotFound(
                f"No scheduled action found for service namespace: {given.get('ServiceNamespace')}, resource ID: "
                f"{given.get('ResourceId')}, scalable dimension: {given.get('ScalableDimension')}, scheduled action "
                f"name: {name}"
            )

    # What moves the service.

    def clamp(self, target: Target) -> None:
        """Bring the service within the target's limits."""
        service = self.service(target)
        if service is None:
            return
        if service.desired_count < target.least:
            self.scale(target, target.least, f"minimum capacity was set to {target.least}")
        elif service.desired_count > target.most:
            self.scale(target, target.most, f"maximum capacity was set to {target.most}")

    def scale(self, target: Target, desired: int, cause: str) -> Activity:
        """Set the desired count as UpdateService does, and remember it as an activity."""
        now = self.runtime.clock.now()
        for earlier in target.activities:
            if earlier.status == "InProgress":
                earlier.status, earlier.end = "Overridden", now
        activity = Activity(
            target.resource_id, f"Setting desired count to {desired}.", cause, now, desired=desired
        )
        try:
            ecs_backends[self.account_id][self.region_name].update_service(
                {"cluster": target.cluster, "service": target.service, "desired_count": desired}
            )
        except ServiceException as error:
            activity.status, activity.end = "Failed", now
            activity.message = f"Failed to set desired count to {desired}. Reason: {error.message}"
        else:
            activity.message = (
                f"Successfully set desired count to {desired}. Waiting for change to be fulfilled by ecs."
            )
        target.activities.appendleft(activity)
        self.runtime.wake.set()
        return activity

    def fulfil(self, now: datetime) -> bool:
        """Close the activities whose tasks run; whether some are still open."""
        waiting = False
        for target in self.scalable.values():
            for activity in target.activities:
                if activity.status != "InProgress":
                    continue
                service = self.service(target)
                ecs = ecs_backends[self.account_id][self.region_name]
                running = (
                    []
                    if service is None
                    else [t for t in ecs.tasks_of(service) if t.last_status == "RUNNING"]
                )
                if service is None or service.desired_count != activity.desired:
                    activity.status, activity.end = "Overridden", now
                elif len(running) == activity.desired:
                    activity.status, activity.end = "Successful", now
                    activity.message = f"Successfully set desired count to {activity.desired}. Change successfully fulfilled by ecs."
                else:
                    waiting = True
        return waiting


def _metric(target: Target, configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The alarm's metric, as target tracking's specification names it."""
    predefined = configuration.get("PredefinedMetricSpecification")
    if predefined is None:
        given = configuration["CustomizedMetricSpecification"]
        if given.get("Metrics"):
            return {"metric_data_queries": [_query(each) for each in given["Metrics"]]}
        return {
            "namespace": given["Namespace"],
            "metric_name": given["MetricName"],
            "statistic": given["Statistic"],
            "unit": given.get("Unit"),
            "dimensions": given.get("Dimensions") or [],
            "period": 60,
        }
    name = PREDEFINED[predefined["PredefinedMetricType"]]
    if name == "RequestCountPerTarget":
        balancer, _, group = predefined["ResourceLabel"].partition("/targetgroup/")
        dimensions = {"LoadBalancer": balancer, "TargetGroup": f"targetgroup/{group}"}
        namespace, statistic, unit = "AWS/ApplicationELB", "Sum", None
    else:
        dimensions = {"ClusterName": target.cluster, "ServiceName": target.service}
        namespace, statistic, unit = "AWS/ECS", "Average", "Percent"
    return {
        "namespace": namespace,
        "metric_name": name,
        "statistic": statistic,
        "unit": unit,
        "dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        "period": 60,
    }


def _query(given: Mapping[str, Any]) -> dict[str, Any]:
    """A metric of metric math: as CloudWatch has it, but its period is always a minute."""
    stat = given.get("MetricStat")
    return dict(given) | ({"MetricStat": {**stat, "Period": 60}} if stat else {})

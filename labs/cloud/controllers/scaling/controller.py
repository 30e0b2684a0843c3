"""Auto scaling acts: on alarms, at the times of scheduled actions, and until what it asked for runs."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from datetime import datetime

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.cloudwatch.models import Alarm

from labs.cloud.aws.application_autoscaling.backend import ScalingBackend
from labs.cloud.aws.application_autoscaling.model import Activity, Policy, ScheduledAction, Target
from labs.cloud.aws.application_autoscaling.validation import check_schedule
from labs.cloud.controllers.alarm_evaluation import ALARM
from labs.cloud.controllers.scaling.decisions import Decision, Facts, decide
from labs.cloud.controllers.scaling.texts import say
from labs.cloud.pace import USUAL
from labs.cloud.runtime import Runtime
from labs.cloud.schedule_expressions import Diary, Schedule

POLL = 1.0  # seconds between two looks at what is not fulfilled yet, or scheduled
NOT_SCALED = "Attempting to scale due to alarm triggered"

log = logging.getLogger(__name__)

Alarmed = tuple[Policy, Alarm, float]  # a policy, its alarm that is on, and the metric's latest value


class ScalingController:
    """Sets desired counts. Nothing here blocks, so all of it happens under the cloud's lock."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._diary = Diary()

    def tick(self, now: float) -> float | None:
        """Close what is fulfilled; carry out the scheduled actions that are due."""
        moment = self._runtime.clock.now()
        with self._runtime.lock:
            backends: list[ScalingBackend] = list(
                applicationautoscaling_backends[self._runtime.account_id].values()
            )
            waiting = [backend.fulfil(moment) for backend in backends]
            scheduled = self._carry_out_schedules(backends, moment)
        return POLL if any(waiting) or scheduled else None

    def reset(self) -> None:
        """Forget what is scheduled."""
        self._diary = Diary()

    def close(self) -> None:
        """Nothing to free."""

    def find(self, region: str, action: str) -> tuple[Target, Policy] | None:
        """The policy that an alarm's action names, and its target."""
        backend: ScalingBackend = applicationautoscaling_backends[self._runtime.account_id][region]
        for target in backend.scalable.values():
            for policy in target.policies.values():
                if action == policy.arn or action.startswith(f"{policy.arn}:createdBy/"):
                    return target, policy
        return None

    def react(self, region: str, target: Target, alarmed: Sequence[Alarmed]) -> None:
        """Do what the alarms of one target that are on now ask for. The caller holds the lock."""
        backend: ScalingBackend = applicationautoscaling_backends[self._runtime.account_id][region]
        service = backend.service(target)
        if service is None:
            return
        primary = service.primary
        facts = Facts(
            desired=service.desired_count,
            least=target.least,
            most=target.most,
            minute=self._runtime.minutes.position(self._runtime.clock.now()),
            last=target.last,
            deploying=len(service.deployments) > 1 or primary.rollout_state == "IN_PROGRESS",
            agreed=all(
                len(policy.alarms) > 1 and policy.alarms[1].state_value == ALARM
                for policy in target.policies.values()
                if policy.type == "TargetTrackingScaling" and policy.scales_in
            ),
            no_out=target.suspended["DynamicScalingOutSuspended"],
            no_in=target.suspended["DynamicScalingInSuspended"],
        )
        decision = decide(facts, [policy.proposal(alarm, value) for policy, alarm, value in alarmed])
        if decision is not None:
            self._carry_out(backend, target, facts, decision, alarmed)

    def _carry_out(
        self,
        backend: ScalingBackend,
        target: Target,
        facts: Facts,
        decision: Decision,
        alarmed: Sequence[Alarmed],
    ) -> None:
        proposal = decision.proposal
        cause = f"monitor alarm {proposal.alarm} in state ALARM triggered policy {proposal.policy}"
        if decision.desired is None:
            self._tell_not_scaled(target, facts, decision, cause)
            return
        activity = backend.scale(target, decision.desired, cause)
        if activity.status == "Failed":
            return
        target.last = decision.last
        alarm = next(alarm for _, alarm, _ in alarmed if alarm.name == proposal.alarm)
        points, pace = int(alarm.datapoints_to_alarm or alarm.evaluation_periods), self._runtime.pace
        period = int(alarm.period or USUAL)
        self._runtime.narrate(
            "service-scaled",
            f"{target.resource_id}",
            say,
            "scaled-low" if alarm.comparison_operator.startswith("Less") else "scaled-high",
            metric="CPU" if alarm.metric_name == "CPUUtilization" else alarm.metric_name or alarm.name,
            service=target.service,
            threshold=_threshold(alarm),
            points=points * period // USUAL,
            real="" if pace == USUAL else f" ({points * period * pace // USUAL} s)",
            before=facts.desired,
            after=decision.desired,
            policy=proposal.policy,
        )

    def _tell_not_scaled(self, target: Target, facts: Facts, decision: Decision, cause: str) -> None:
        """An activity that did not scale; told once as long as nothing changes."""
        reason: dict[str, str | int] = {"Code": str(decision.reason)}
        match decision.reason:
            case "AlreadyAtMaxCapacity":
                reason["MaxCapacity"] = facts.most
            case "AlreadyAtMinCapacity":
                reason["MinCapacity"] = facts.least
            case "AlreadyAtDesiredCapacity":
                reason["CurrentCapacity"] = facts.desired
        latest = target.activities[0] if target.activities else None
        if latest is None or (latest.cause, latest.reasons) != (cause, [reason]):
            target.activities.appendleft(
                Activity(
                    target.resource_id,
                    NOT_SCALED,
                    cause,
                    self._runtime.clock.now(),
                    status="Failed",
                    reasons=[reason],
                )
            )

    def _carry_out_schedules(self, backends: Sequence[ScalingBackend], now: datetime) -> bool:
        """Whether there is anything scheduled at all."""
        known: dict[Hashable, tuple[ScalingBackend, Target, ScheduledAction]] = {
            action.arn: (backend, target, action)
            for backend in backends
            for target in backend.scalable.values()
            for action in target.actions.values()
        }
        schedules: dict[Hashable, Schedule] = {
            arn: check_schedule(action.schedule, action.timezone) for arn, (_, _, action) in known.items()
        }
        for arn in self._diary.due(schedules, now, self._runtime.minutes.position(now)):
            backend, target, action = known[arn]
            over = action.end is not None and action.end < now
            early = action.start is not None and action.start > now
            if not (over or early or target.suspended["ScheduledScalingSuspended"]):
                self._apply(backend, target, action, now)
        return bool(known)

    def _apply(self, backend: ScalingBackend, target: Target, action: ScheduledAction, now: datetime) -> None:
        """The limits of a scheduled action; a limit that is not given stays, unless the other passes it."""
        target.least = action.action.get(
            "MinCapacity", min(target.least, action.action.get("MaxCapacity", target.least))
        )
        target.most = action.action.get("MaxCapacity", max(target.most, target.least))
        limits = f"min capacity to {target.least} and max capacity to {target.most}"
        target.activities.appendleft(
            Activity(
                target.resource_id,
                f"Setting {limits}",
                f"scheduled action name {action.name} was triggered",
                now,
                status="Successful",
                message=f"Successfully set {limits}",
                end=now,
            )
        )
        self._runtime.narrate(
            "scheduled-action",
            target.resource_id,
            say,
            "scheduled",
            name=action.name,
            service=target.service,
            least=target.least,
            most=target.most,
        )
        backend.clamp(target)


def _threshold(alarm: Alarm) -> str:
    return f"{float(alarm.threshold):g}" + ("\u00a0%" if alarm.unit == "Percent" else "")

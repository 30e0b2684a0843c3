"""ECS tells EventBridge what happened to tasks, deployments and services, when a rule waits for events.

Source: ECS Developer Guide, "Amazon ECS events". States are compared between two rounds of the controllers, so a
state that a task passed through within one round is not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.ecs.models import ecs_backends
from moto.events.models import events_backends

from labs.cloud.aws.ecs.service_model import Service
from labs.cloud.aws.events.delivery import emit
from labs.cloud.runtime import Runtime

# What a service's event says → the event's type and name
ACTIONS = {
    "has reached a steady state.": ("INFO", "SERVICE_STEADY_STATE"),
    "is unable to consistently start tasks successfully.": ("WARN", "SERVICE_TASK_START_IMPAIRED"),
    "was unable to place a task": ("ERROR", "SERVICE_TASK_PLACEMENT_FAILURE"),
    "was unable to stop or start tasks during a deployment": ("ERROR", "SERVICE_TASK_CONFIGURATION_FAILURE"),
}
_Facts = dict[str, Any]


class EcsEvents:
    """Compares what is with what was. Nothing here blocks: all under the lock."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._known: dict[str, _Facts] = {}  # Region → state by ARN or id

    def tick(self, now: float) -> float | None:
        """Tell what changed since the last round."""
        with self._runtime.lock:
            for _, region, backend in list(ecs_backends.iter_backends()):
                if not self._waited_for(region):
                    self._known.pop(region, None)
                    continue
                before = self._known.get(region)
                self._known[region] = self._tell(
                    region, backend, {} if before is None else before, before is None
                )
        return None

    def reset(self) -> None:
        """Forget what was."""
        self._known = {}

    def close(self) -> None:
        """Nothing to free."""

    def _waited_for(self, region: str) -> bool:
        rules = events_backends[self._runtime.account_id][region].event_buses["default"].rules.values()
        return any(rule.state == "ENABLED" and rule.event_pattern.get_pattern() for rule in rules)

    def _tell(self, region: str, backend: Any, before: _Facts, first: bool) -> _Facts:
        """The facts now; what differs from `before` becomes events, unless this is the first look."""
        now: _Facts = {}
        for tasks in backend.tasks.values():
            for task in tasks.values():
                now[task.task_arn] = task.version
                if not first and before.get(task.task_arn) != task.version:
                    self._emit(region, "ECS Task State Change", task.task_arn, task.describe())
        for service in backend.services.values():
            self._tell_service(region, service, before, now, first)
        return now

    def _tell_service(self, region: str, service: Service, before: _Facts, now: _Facts, first: bool) -> None:
        for deployment in service.deployments:
            state = deployment.rollout_state
            now[deployment.id] = state
            if not first and before.get(deployment.id) != state:
                self._emit(
                    region,
                    "ECS Deployment State Change",
                    service.arn,
                    {
                        "eventType": "ERROR" if state == "FAILED" else "INFO",
                        "eventName": f"SERVICE_DEPLOYMENT_{state}",
                        "clusterArn": service.cluster_arn,
                        "deploymentId": deployment.id,
                        "updatedAt": deployment.updated_at,
                        "reason": deployment.describe([]).get("rolloutStateReason"),
                    },
                )
        latest = service.events[0]["id"] if service.events else None
        now[service.arn] = latest
        if first or before.get(service.arn) == latest:
            return
        for event in reversed(_newer(service, before.get(service.arn))):
            for words, (kind, name) in ACTIONS.items():
                if words in event["message"]:
                    detail = {
                        "eventType": kind,
                        "eventName": name,
                        "clusterArn": service.cluster_arn,
                        "createdAt": event["createdAt"],
                    }
                    self._emit(region, "ECS Service Action", service.arn, detail)

    def _emit(self, region: str, kind: str, arn: str, detail: Mapping[str, Any]) -> None:
        emit(self._runtime, region, "aws.ecs", kind, [arn], detail)


def _newer(service: Service, known: str | None) -> list[dict[str, Any]]:
    """The service's events since the one with id `known`, newest first."""
    found = []
    for event in service.events:
        if event["id"] == known:
            break
        found.append(event)
    return found

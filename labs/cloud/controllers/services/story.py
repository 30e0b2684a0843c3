"""What the service controller did and why, in plain words, for learners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labs.cloud.aws.ecs.model import Task
from labs.cloud.aws.ecs.service_model import Deployment, Service
from labs.cloud.controllers.scheduler import ServiceFacts, Why
from labs.cloud.controllers.services.texts import say
from labs.cloud.runtime import Runtime

SHORT = 8  # characters of a task's id, enough to tell tasks apart


class Story:
    """Tells of one service; a task is named by the first characters of its id, a revision as family:number."""

    def __init__(self, runtime: Runtime, service: Service):
        self._runtime = runtime
        self._service = service

    def begun(self, primary: Deployment, older: Sequence[Deployment], facts: ServiceFacts) -> None:
        """A deployment has begun."""
        self._tell(
            "deployment-started",
            "begun-after" if older else "begun-first",
            revision=primary.revision,
            older=", ".join(dict.fromkeys(deployment.revision for deployment in older)),
            desired=self._service.desired_count,
            floor=facts.floor,
            ceiling=facts.ceiling,
        )

    def started(self, deployment: Deployment, count: int, replaced: int) -> None:
        """`replaced`: how many of the tasks replace an unhealthy one."""
        key = "started-instead" if replaced else "started"
        self._tell("tasks-started", _number(key, count), count=count, revision=deployment.revision)

    def started_to_rebalance(self, count: int, zone: str) -> None:
        """Tasks were started to even out the zones."""
        self._tell("tasks-started", _number("rebalancing", count), count=count, zone=zone)

    def stopped(self, task: Task, deployment: Deployment, why: Why) -> None:
        """The scheduler stops a task."""
        key = f"stopped-{why.value}"
        if why is Why.DEPLOYMENT and deployment.failed:
            key = "stopped-rollback"
        elif self._service.status == "DRAINING":
            key = "stopped-deleted"
        self._tell(
            "task-stopping",
            key,
            task=task.id[:SHORT],
            revision=deployment.revision,
            primary=self._service.primary.revision,
            zone=task.availability_zone,
            desired=self._service.desired_count,
        )

    def failed_target_checks(self, task: Task, deployment: Deployment, count: int, reason: str) -> None:
        """The scheduler stops a task; `count`: health checks that failed in a row, `reason`: how the last one did."""
        self._unhealthy("stopped-target", task, deployment, count=count, reason=reason)

    def failed_container_checks(self, task: Task, deployment: Deployment) -> None:
        """The scheduler stops a task whose container health check failed as often as its definition allows."""
        self._unhealthy("stopped-container", task, deployment)

    def _unhealthy(self, key: str, task: Task, deployment: Deployment, **values: object) -> None:
        task_id, revision = task.id[:SHORT], deployment.revision
        self._tell("task-stopping", key, task=task_id, revision=revision, **values)

    def lost(self, task: Task, deployment: Deployment) -> None:
        """A task ended by itself."""
        codes = [c.exit_code for c in task.containers if c.essential and c.exit_code is not None]
        self._tell(
            "task-lost",
            "lost" if deployment.failed else "lost-replaced",
            task=task.id[:SHORT],
            revision=deployment.revision,
            code=codes[0] if codes else "?",
        )

    def not_started(self, task: Task, deployment: Deployment, delay: float) -> None:
        """A task never got to RUNNING; `delay`: seconds that the next starts wait."""
        self._tell(
            "task-not-started",
            "not-started-delayed" if delay else "not-started",
            task=task.id[:SHORT],
            revision=deployment.revision,
            reason=task.stopped_reason,
            delay=round(delay),
        )

    def failed(self, failed: Deployment, back: Deployment | None, why: Mapping[str, Any]) -> None:
        """A deployment has failed; `back`: what is rolled back to."""
        values = {name: value for name, value in why.items() if name != "key"}
        self._tell("deployment-failed", why["key"], revision=failed.revision, **values)
        if back is None:
            self._tell("deployment-stalled", "stalled", revision=failed.revision)
        else:
            self._tell("rollback-started", "rolling-back", revision=failed.revision, back=back.revision)

    def baking(self, primary: Deployment, seconds: float) -> None:
        """All is healthy; the deployment is complete if no alarm is in ALARM for so long."""
        self._tell("deployment-baking", "baking", revision=primary.revision, seconds=round(seconds))

    def completed(self, primary: Deployment, rolled_back: bool) -> None:
        """All tasks are the primary's, and healthy."""
        self._tell(
            "deployment-completed", "rolled-back" if rolled_back else "completed", revision=primary.revision
        )

    def steady(self) -> None:
        """As many healthy tasks as wanted."""
        self._tell("service-steady", "steady")

    def deleted(self) -> None:
        """The service is INACTIVE."""
        self._tell("service-deleted", "deleted")

    def _tell(self, kind: str, key: str, **values: object) -> None:
        self._runtime.narrate(kind, self._service.arn, say, key, name=self._service.name, **values)


def _number(key: str, count: int) -> str:
    return f"{key}-one" if count == 1 else key

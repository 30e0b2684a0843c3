"""What went wrong with tasks: throttled starts, and the failures that the circuit breaker counts [RULES 14, 16]."""

from __future__ import annotations

from collections.abc import Iterable

from labs.cloud.aws.ecs.model import RUNNING, Task
from labs.cloud.aws.ecs.service_model import Deployment, Service
from labs.cloud.controllers.circuit_breaker import CircuitBreaker, Failure
from labs.cloud.controllers.scheduler import BREATH, SHORT_LIFE, Health, ServiceFacts, start_delay
from labs.cloud.controllers.services import events
from labs.cloud.controllers.services.story import Story
from labs.cloud.runtime import Runtime
from labs.cloud.task_words import FAILED_CHECKS


class Failures:
    """Everything here runs under the cloud's lock."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime

    def count(self, service: Service, tasks: list[Task], facts: ServiceFacts, now: float) -> None:
        """Take in, once each, tasks that turned healthy and tasks that are over."""
        breaker = CircuitBreaker.of(service.deployment_configuration)
        by_id = {deployment.id: deployment for deployment in service.deployments}
        for fact in facts.tasks:
            deployment = by_id[fact.deployment]
            if fact.health is Health.HEALTHY and fact.id not in deployment.proven:
                deployment.proven.add(fact.id)
                if breaker.reset_on_healthy_task:
                    deployment.failed_tasks = 0
        for deployment in service.deployments:
            own = deployment.of(tasks)
            if deployment.failed_starts and any(task.last_status == RUNNING for task in own):
                deployment.failed_starts, deployment.next_start = 0, 0.0
            for task in own:
                if not task.active and not task.counted:
                    task.counted = True
                    service.steady = False
                    self._over(service, deployment, task, breaker, own, now)

    def _over(
        self,
        service: Service,
        deployment: Deployment,
        task: Task,
        breaker: CircuitBreaker,
        own: Iterable[Task],
        now: float,
    ) -> None:
        failure = classify(task, proven=task.id in deployment.proven)
        if task.stop_code == "EssentialContainerExited":
            Story(self._runtime, service).lost(task, deployment)
        if failure is not None and not deployment.stable:
            running = any(other.active and other.last_status == RUNNING for other in own)
            deployment.failed_tasks += breaker.counts(failure, running)
        if failure is Failure.NOT_STARTED:
            self._throttle(service, deployment, task, now)
        elif (
            task.stop_code == "EssentialContainerExited"
            and task.running_since is not None
            and now - task.running_since < SHORT_LIFE
        ):
            deployment.next_start = now + BREATH

    def _throttle(self, service: Service, deployment: Deployment, task: Task, now: float) -> None:
        clock = self._runtime.clock
        if task.stop_code == "TaskFailedToStart" and task.stopped_reason:
            service.complain(events.not_placed(task.stopped_reason.rstrip(".")), clock.now())
        deployment.failed_starts += 1
        delay = start_delay(deployment.failed_starts, service.desired_count)
        deployment.next_start = now + delay
        if delay:
            service.complain(events.INCONSISTENT, clock.now())
        Story(self._runtime, service).not_started(task, deployment, delay)


def classify(task: Task, proven: bool) -> Failure | None:
    """How a task that is over failed; None when it did not. `proven`: it was healthy once."""
    if task.stop_code == "ServiceSchedulerInitiated":
        return Failure.CHECKS if (task.stopped_reason or "").startswith(FAILED_CHECKS) else None
    if task.stop_code not in ("TaskFailedToStart", "EssentialContainerExited"):
        return None
    if task.running_since is None:
        return Failure.NOT_STARTED
    return None if proven else Failure.ENDED

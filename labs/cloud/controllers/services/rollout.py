"""How deployments end: complete, failed and rolled back, or gone; and how a deleted service ends."""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from labs.cloud.aws.ecs import rollouts
from labs.cloud.aws.ecs.model import DEACTIVATING, RUNNING, STOPPED, Task
from labs.cloud.aws.ecs.rollouts import Cause
from labs.cloud.aws.ecs.service_model import Service
from labs.cloud.aws.ecs.services import EcsBackend
from labs.cloud.controllers.circuit_breaker import CircuitBreaker
from labs.cloud.controllers.scheduler import Plan, ServiceFacts, complete
from labs.cloud.controllers.services import events
from labs.cloud.controllers.services.story import Story
from labs.cloud.runtime import Runtime

LONGEST_BAKE = (
    5  # minutes, unless the service says otherwise [DG deployment-alarm-failure: less than 5 minutes]
)


class Rollout:
    """Everything here runs under the cloud's lock."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime

    def begin_or_fail(
        self, backend: EcsBackend, service: Service, tasks: list[Task], facts: ServiceFacts
    ) -> bool:
        """Take up what is new; fail what the circuit breaker, an alarm or a request says has failed.

        True when a deployment failed now.
        """
        run, now, story = service.run, self._runtime.clock.now(), Story(self._runtime, service)
        if service.status != "ACTIVE":
            return False
        if run is not None and run.started_at is None:
            run.started_at = run.updated_at = now
            story.begun(service.primary, service.deployments[1:], facts)
        if run is not None and run.status == "PENDING":
            run.status = "IN_PROGRESS"
        verdict = self._verdict(backend, service)
        if verdict is None:
            return False
        cause, rollback, why = verdict
        failed = service.primary
        back = rollouts.fail(service, cause, rollback, now, tasks)
        story.failed(failed, back, why)
        return True

    def _verdict(self, backend: EcsBackend, service: Service) -> tuple[Cause, bool, dict[str, Any]] | None:
        """Why the primary has failed and whether to roll back; None when it has not."""
        primary, run = service.primary, service.run
        if run is not None and run.status == "ROLLBACK_REQUESTED":
            return Cause.REQUEST, True, {"key": "failed-request"}
        if primary.rollout_state != "IN_PROGRESS":
            return None
        configuration = service.deployment_configuration
        breaker = CircuitBreaker.of(configuration)
        if breaker.tripped(primary.failed_tasks, service.desired_count):
            threshold = breaker.threshold(service.desired_count)
            why = {"key": "failed-breaker", "count": primary.failed_tasks, "threshold": threshold}
            return Cause.CIRCUIT_BREAKER, breaker.rollback, why
        if run is not None and run.rollback is None and (alarmed := backend.alarmed(run.watched)):
            run.alarmed = alarmed
            rollback = bool((configuration.get("alarms") or {}).get("rollback"))
            return Cause.ALARM, rollback, {"key": "failed-alarm", "alarms": ", ".join(alarmed)}
        return None

    def settle(
        self,
        backend: EcsBackend,
        service: Service,
        tasks: list[Task],
        facts: ServiceFacts,
        decided: Plan,
        now: float,
    ) -> None:
        """Retire what is empty, complete what is done, tell of the steady state."""
        alive = {t.deployment_id or "" for t in tasks if t.active or t.last_status in (RUNNING, DEACTIVATING)}
        primary = service.primary
        if service.status == "DRAINING":
            self._end(service, tasks)
            return
        # A complete deployment stays, empty, until the primary is complete too: it may be rolled back to.
        service.deployments = [
            d for d in service.deployments if d is primary or d.stable or d.desired_count or d.id in alive
        ]
        if not complete(facts, decided, alive):
            service.steady = False
            if service.run is not None:
                service.run.steady_since = None
            return
        if not primary.stable and not self._baked(backend, service, now):
            return
        self._done(service, tasks)

    def _done(self, service: Service, tasks: list[Task]) -> None:
        now, story, primary = self._runtime.clock.now(), Story(self._runtime, service), service.primary
        if not primary.stable:
            rolled_back = service.run is not None and service.run.rollback is not None
            rollouts.complete(service, now, tasks)
            story.completed(primary, rolled_back)
        if not service.steady:
            service.steady = True
            service.resolved()
            if service.unbalanced:
                self._rebalanced(service, tasks)
            service.tell(events.STEADY, now)
            story.steady()

    def _rebalanced(self, service: Service, tasks: list[Task]) -> None:
        zones: dict[str, int] = {}
        for task in tasks:
            if task.active:
                zones[task.availability_zone] = zones.get(task.availability_zone, 0) + 1
        service.unbalanced = False
        service.rebalancing.clear()
        service.tell(events.balanced(zones), self._runtime.clock.now())

    def _baked(self, backend: EcsBackend, service: Service, now: float) -> bool:
        """Whether the bake time is over, in which an alarm may still fail the deployment."""
        run = service.run
        if run is None:
            return True
        seconds = self._bake_time(backend, service)
        if run.steady_since is None:
            run.steady_since = now
            if seconds:
                Story(self._runtime, service).baking(service.primary, seconds)
        return now - run.steady_since >= seconds

    def _bake_time(self, backend: EcsBackend, service: Service) -> float:
        """Real seconds: as configured, else as long as the slowest alarm looks back, at most five minutes.

        AWS computes it from the alarms and does not say how. It follows the pace of CloudWatch's minutes.
        """
        run = service.run
        minutes = service.deployment_configuration.get("bakeTimeInMinutes")
        if minutes is None:
            known = cloudwatch_backends[backend.account_id][backend.region_name].alarms
            watched = [known[name] for name in (run.watched if run else ()) if name in known]
            spans = [(alarm.period or 60) * (alarm.evaluation_periods or 1) / 60 for alarm in watched]
            minutes = min(LONGEST_BAKE, max(spans, default=0))
        return float(minutes * self._runtime.pace)

    def _end(self, service: Service, tasks: list[Task]) -> None:
        """A deleted service becomes INACTIVE once all its tasks are STOPPED [RULES 19]."""
        if all(task.last_status == STOPPED for task in tasks):
            service.status = "INACTIVE"
            service.deployments = service.deployments[:1]
            service.tell(events.STEADY, self._runtime.clock.now())
            Story(self._runtime, service).deleted()

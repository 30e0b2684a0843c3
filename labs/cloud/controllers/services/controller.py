"""One look at every service: facts, plan, deeds."""

from __future__ import annotations

import logging

from moto.ecs.models import ecs_backends

from labs.cloud.aws.ecs.service_model import Service
from labs.cloud.aws.ecs.services import EcsBackend
from labs.cloud.controllers.daemons import daemon_plan
from labs.cloud.controllers.scheduler import plan
from labs.cloud.controllers.services.actions import Actions
from labs.cloud.controllers.services.facts import gather, refreshed
from labs.cloud.controllers.services.failures import Failures
from labs.cloud.controllers.services.rollout import Rollout
from labs.cloud.runtime import Runtime

POLL = 1.0  # seconds between two looks while something is on its way
REST = 30.0  # seconds between two looks at a service that is as it should be; changes wake the loop

log = logging.getLogger(__name__)


class ServiceController:
    """Owns services' deployments, events and target registrations."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._actions = Actions(runtime)
        self._failures = Failures(runtime)
        self._rollout = Rollout(runtime)

    def tick(self, now: float) -> float | None:
        """One look at every service."""
        wishes: list[float] = []
        with self._runtime.lock:
            for _, _, backend in ecs_backends.iter_backends():
                for service in list(backend.services.values()):
                    if service.status != "INACTIVE":
                        wishes.append(self._look_safely(backend, service, now))
        return min(wishes, default=None)

    def reset(self) -> None:
        """Nothing to forget: services and tasks go with moto's state."""

    def close(self) -> None:
        """Nothing to free."""

    # Everything below runs under the lock.

    def _look_safely(self, backend: EcsBackend, service: Service, now: float) -> float:
        """One failing service stops no other."""
        try:
            return self.look(backend, service, now)
        except Exception:
            log.exception("service %s; it goes on", service.arn)
            return POLL

    def look(self, backend: EcsBackend, service: Service, now: float) -> float:
        """Bring one service nearer to what it should be; seconds until the next look."""
        tasks = backend.tasks_of(service)
        self._actions.register_targets(backend, service, tasks)
        facts = gather(self._runtime, backend, service, tasks, now)
        self._failures.count(service, tasks, facts, now)
        if self._rollout.begin_or_fail(backend, service, tasks, facts):
            return POLL  # a failure is seen as such before what follows from it
        if service.daemon and service.status == "ACTIVE":
            backend.count_daemons(service)
        facts = refreshed(facts, service, now)
        decided = (
            plan(facts) if not service.daemon else daemon_plan(facts, *backend.daemon_instances(service))
        )
        self._actions.carry_out(backend, service, tasks, decided)
        self._rollout.settle(backend, service, tasks, facts, decided, now)
        return REST if service.steady else POLL

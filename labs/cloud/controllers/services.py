"""The service controller: keeps as many tasks as a service wants, as its deployment configuration allows.

What to do is decided by `scheduler.py`; here the facts are gathered and the plan is carried out. All under the
cloud's lock, since nothing blocks: the task controller does the slow work.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import ServiceException
from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends

from labs.cloud.aws.ecs.model import DEACTIVATING, RUNNING, STOPPED, Task
from labs.cloud.aws.ecs.service_model import Deployment, Service
from labs.cloud.aws.ecs.services import EcsBackend
from labs.cloud.controllers.scheduler import (
    DeploymentFacts,
    Health,
    Plan,
    ServiceFacts,
    Stop,
    TaskFacts,
    Why,
    health,
    plan,
    start_delay,
)
from labs.cloud.controllers.texts import say
from labs.cloud.runtime import Runtime

POLL = 1.0  # seconds between two looks while something is on its way
SHORT_LIFE = 10.0  # seconds of RUNNING; a program that ends by itself sooner will do so again
BREATH = 3.0  # seconds until it is started again: AWS needs longer to bring up any task
TROUBLESHOOTING = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."

log = logging.getLogger(__name__)


class ServiceController:
    """Owns services' deployments, events and target registrations."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime

    def tick(self, now: float) -> float | None:
        """One look at every service."""
        wishes: list[float] = []
        with self._runtime.lock:
            for _, _, backend in ecs_backends.iter_backends():
                for service in backend.services.values():
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
            return self._look(backend, service, now)
        except Exception:
            log.exception("service %s; it goes on", service.arn)
            return POLL

    def _look(self, backend: EcsBackend, service: Service, now: float) -> float:
        tasks = backend.tasks_of(service)
        self._count_failures(service, tasks, now)
        self._register_targets(backend, service, tasks)
        if not service.placeable:
            service.tell(
                "was unable to place a task because no container instance met all of its requirements. Reason: No "
                f"Container Instances were found in your cluster. {TROUBLESHOOTING}",
                self._runtime.clock.now(),
            )
            return 30.0
        facts = self._facts(backend, service, tasks, now)
        decided = plan(facts)
        self._carry_out(backend, service, tasks, decided)
        self._retire(service, tasks)
        self._settle(service, tasks, facts, decided)
        return 30.0 if service.steady else POLL

    def _facts(self, backend: EcsBackend, service: Service, tasks: list[Task], now: float) -> ServiceFacts:
        configuration = service.deployment_configuration
        draining = service.status == "DRAINING"
        known = {deployment.id for deployment in service.deployments}
        return ServiceFacts(
            desired=service.desired_count,
            minimum_percent=0 if draining else configuration["minimumHealthyPercent"],
            maximum_percent=configuration["maximumPercent"],
            deployments=tuple(
                DeploymentFacts(d.id, d.desired_count, d.stable, now < d.next_start)
                for d in service.deployments
            ),
            tasks=tuple(
                TaskFacts(t.id, t.deployment_id or "", t.availability_zone, self._health(service, t, now))
                for t in tasks
                if t.active and t.deployment_id in known
            ),
            zones=tuple(dict.fromkeys(_zones(backend, service.primary).values())),
            replacing=any(
                not t.active
                and t.last_status not in (STOPPED,)
                and (t.stopped_reason or "").startswith("Task failed")
                for t in tasks
            ),
        )

    def _health(self, service: Service, task: Task, now: float) -> Health:
        states = [
            self._runtime.target_health.state(arn, _address(task), port).state for arn, port in task.targets
        ]
        if service.load_balancers and not states:
            states = ["initial"]
        return health(
            running_for=now - task.running_since
            if task.last_status == RUNNING and task.running_since is not None
            else None,
            targets=states,
            container=None,
            grace=float(service.properties.get("healthCheckGracePeriodSeconds") or 0),
        )

    def _carry_out(self, backend: EcsBackend, service: Service, tasks: list[Task], decided: Plan) -> None:
        now = self._runtime.clock.now()
        by_id = {deployment.id: deployment for deployment in service.deployments}
        for deployment_id, desired in decided.desired.items():
            by_id[deployment_id].desired_count = desired
        if decided.stops:
            self._stop(service, {task.id: task for task in tasks}, decided.stops)
        started = [
            task.id
            for start in decided.starts
            if (task := self._launch(backend, service, by_id[start.deployment], start.zone)) is not None
        ]
        if started:
            service.tell(f"has started {len(started)} tasks: {_named(started)}.", now)
            self._runtime.wake.set()
        if decided.stuck:
            service.tell(
                "was unable to stop or start tasks during a deployment because of the service deployment "
                "configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
                now,
            )

    def _launch(
        self, backend: EcsBackend, service: Service, deployment: Deployment, zone: str
    ) -> Task | None:
        cluster = backend.clusters[service.cluster_name]
        properties = deployment.properties
        network = properties["networkConfiguration"]["awsvpcConfiguration"]
        zones = _zones(backend, deployment)
        subnets = [subnet for subnet, its_zone in zones.items() if its_zone == zone] or list(zones)
        if not subnets:
            service.tell(
                "failed to launch a task with (error The subnets of its network configuration do not exist).",
                self._runtime.clock.now(),
            )
            return None
        used = Counter(task.subnet_id for task in backend.tasks_of(service) if task.active)
        try:
            backend.check_roles(deployment.definition, {})
        except ServiceException as error:
            service.tell(f"failed to launch a task with (error {error.message}).", self._runtime.clock.now())
            deployment.failed_tasks += 1
            deployment.next_start = self._runtime.clock.monotonic() + start_delay(
                max(deployment.failed_tasks, service.desired_count), service.desired_count
            )
            return None
        strategy = properties.get("capacityProviderStrategy")
        return backend.launch(
            cluster,
            deployment.definition,
            network,
            min(subnets, key=lambda subnet: used[subnet]),
            group=f"service:{service.name}",
            started_by=deployment.id,
            launch_type=None if strategy else "FARGATE",
            capacity_provider=strategy[0]["capacityProvider"] if strategy else None,
            tags=_propagated(service, deployment),
            enable_execute_command=bool(service.properties.get("enableExecuteCommand")),
            service=service,
            deployment_id=deployment.id,
        )

    def _stop(self, service: Service, tasks: Mapping[str, Task], stops: tuple[Stop, ...]) -> None:
        now = self._runtime.clock.now()
        for stop in stops:
            task = tasks[stop.task]
            reason = f"Scaling activity initiated by (deployment {service.primary.id})"
            if stop.why is Why.UNHEALTHY:
                reason = self._tell_unhealthy(service, task)
            task.ask_to_stop("ServiceSchedulerInitiated", reason, now)
        service.tell(f"has stopped {len(stops)} running tasks: {_named([stop.task for stop in stops])}.", now)
        draining = sum(bool(tasks[stop.task].targets) for stop in stops)
        if draining:
            service.tell(f"has begun draining connections on {draining} tasks.", now)
        service.steady = False
        self._runtime.wake.set()

    def _tell_unhealthy(self, service: Service, task: Task) -> str:
        """Tell which check failed; the task's stoppedReason, with what the engine knows of the cause."""
        for arn, port in task.targets:
            state = self._runtime.target_health.state(arn, _address(task), port)
            if state.state == "unhealthy":
                service.tell(
                    f"(task {task.id}) (port {port}) is unhealthy in (target-group {arn}) due to (reason {state.description}).",
                    self._runtime.clock.now(),
                )
                hints = [container.reason for container in task.containers if container.reason]
                return f"Task failed ELB health checks in (target-group {arn})" + "".join(
                    f" ({hint})" for hint in hints
                )
        return "Task failed container health checks"

    def _register_targets(self, backend: EcsBackend, service: Service, tasks: list[Task]) -> None:
        balancers = elbv2_backends[self._runtime.account_id][backend.region_name]
        registered: Counter[str] = Counter()
        for task in tasks:
            if (
                not task.active
                or task.last_status != RUNNING
                or task.targets
                or task.network_interface is None
            ):
                continue
            for balancer in service.load_balancers:
                arn, port = balancer["targetGroupArn"], balancer["containerPort"]
                if arn in balancers.target_groups:
                    balancers.register_targets(arn, [{"Id": task.network_interface.private_ip, "Port": port}])
                    task.targets.append((arn, port))
                    registered[arn] += 1
        for arn, count in registered.items():
            service.tell(f"registered {count} targets in (target-group {arn})", self._runtime.clock.now())

    def _count_failures(self, service: Service, tasks: list[Task], now: float) -> None:
        """Tasks that never got to RUNNING hold back the next starts; one that did ends the series [RULES 16]."""
        by_id = {deployment.id: deployment for deployment in service.deployments}
        for task in tasks:
            deployment = by_id.get(task.deployment_id or "")
            if deployment is None:
                continue
            if task.last_status == RUNNING and deployment.failed_tasks:
                deployment.failed_tasks, deployment.next_start = 0, 0.0
            elif not task.active and not task.counted:
                task.counted = True
                service.steady = False
                if task.running_since is None and task.stop_code in (
                    "TaskFailedToStart",
                    "EssentialContainerExited",
                ):
                    deployment.failed_tasks += 1
                    delay = start_delay(deployment.failed_tasks, service.desired_count)
                    deployment.next_start = now + delay
                    if delay:
                        service.tell(
                            f"is unable to consistently start tasks successfully. {TROUBLESHOOTING}",
                            self._runtime.clock.now(),
                        )
                elif (
                    task.stop_code == "EssentialContainerExited"
                    and task.running_since is not None
                    and now - task.running_since < SHORT_LIFE
                ):
                    deployment.next_start = now + BREATH

    def _retire(self, service: Service, tasks: list[Task]) -> None:
        """Older deployments go once nothing of them is left; a deleted service becomes INACTIVE [RULES 19]."""
        # Draining tasks still belong to their deployment: a roll-out is not over before they are.
        alive = {t.deployment_id for t in tasks if t.active or t.last_status in (RUNNING, DEACTIVATING)}
        service.deployments = [
            deployment
            for deployment in service.deployments
            if deployment is service.primary or deployment.desired_count or deployment.id in alive
        ]
        if service.status == "DRAINING" and all(task.last_status == STOPPED for task in tasks):
            service.status = "INACTIVE"
            service.deployments = service.deployments[:1]
            service.tell("has reached a steady state.", self._runtime.clock.now())

    def _settle(self, service: Service, tasks: list[Task], facts: ServiceFacts, decided: Plan) -> None:
        """Complete the deployment and tell of the steady state when everything that should run is healthy."""
        primary = service.primary
        healthy = sum(t.deployment == primary.id and t.health is Health.HEALTHY for t in facts.tasks)
        done = (
            service.status == "ACTIVE"
            and len(service.deployments) == 1
            and healthy == len(facts.tasks) == service.desired_count
            and not (decided.starts or decided.stops)
        )
        now = self._runtime.clock.now()
        if done and not primary.stable:
            primary.rollout_state, primary.updated_at = "COMPLETED", now
            service.tell(f"(deployment {primary.id}) deployment completed.", now)
        if done and not service.steady:
            service.steady = True
            service.tell("has reached a steady state.", now)
            self._runtime.narrate("service-steady", service.arn, say, "service-steady", name=service.name)
        elif not done:
            service.steady = False


def _zones(backend: EcsBackend, deployment: Deployment) -> dict[str, str]:
    """Subnet → zone of a deployment, without subnets that were deleted since."""
    subnets = deployment.properties["networkConfiguration"]["awsvpcConfiguration"]["subnets"]
    known: dict[str, Any] = {
        subnet_id: subnet
        for zone in ec2_backends[backend.account_id][backend.region_name].subnets.values()
        for subnet_id, subnet in zone.items()
    }
    return {subnet: known[subnet].availability_zone for subnet in subnets if subnet in known}


def _address(task: Task) -> str:
    return task.network_interface.private_ip if task.network_interface else ""


def _named(task_ids: list[str]) -> str:
    return " ".join(f"(task {task_id})" for task_id in task_ids)


def _propagated(service: Service, deployment: Deployment) -> list[dict[str, str]]:
    source = service.properties.get("propagateTags")
    if source == "SERVICE":
        return list(service.tags)
    return list(deployment.definition.tags) if source == "TASK_DEFINITION" else []

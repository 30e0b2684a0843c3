"""Carries out a plan: launches, stops and registers, with the events and the story of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from moto.core.exceptions import ServiceException
from moto.elbv2.models import elbv2_backends

from labs.cloud.aws.ecs.model import RUNNING, Task
from labs.cloud.aws.ecs.service_model import Deployment, Service
from labs.cloud.aws.ecs.services import EcsBackend
from labs.cloud.controllers.placement import DEFAULT_SERVICE_STRATEGY, explain
from labs.cloud.controllers.scheduler import Plan, Start, Stop, Why, start_delay
from labs.cloud.controllers.services import events
from labs.cloud.controllers.services.facts import address, zones
from labs.cloud.controllers.services.story import Story
from labs.cloud.runtime import Runtime
from labs.cloud.task_words import FAILED_CONTAINER_CHECKS, failed_target_checks, scaled


class Actions:
    """Everything here runs under the cloud's lock."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime

    def carry_out(self, backend: EcsBackend, service: Service, tasks: list[Task], plan: Plan) -> None:
        """Do what was decided; `tasks` are the service's own."""
        by_id = {deployment.id: deployment for deployment in service.deployments}
        for deployment_id, desired in plan.desired.items():
            by_id[deployment_id].desired_count = desired
        if plan.stops:
            self._stop(service, by_id, {task.id: task for task in tasks}, plan.stops)
        if plan.starts:
            self._start(backend, service, by_id, tasks, plan.starts)
        if plan.stuck:
            service.complain(events.STUCK, self._runtime.clock.now())

    # Starts

    def _start(
        self,
        backend: EcsBackend,
        service: Service,
        deployments: Mapping[str, Deployment],
        tasks: list[Task],
        starts: Iterable[Start],
    ) -> None:
        now, story = self._runtime.clock.now(), Story(self._runtime, service)
        started: dict[str, list[str]] = defaultdict(list)  # by deployment
        rebalancing: dict[str, list[str]] = defaultdict(list)  # by zone
        replaced: Counter[str] = Counter()  # by deployment
        for start in starts:
            task = self._launch(backend, service, deployments[start.deployment], start)
            if task is None:
                continue
            if start.rebalancing:
                service.rebalancing.add(task.id)
                rebalancing[start.zone].append(task.id)
            else:
                started[start.deployment].append(task.id)
                replaced[start.deployment] += self._replaces(deployments[start.deployment], start)
        if rebalancing and not service.unbalanced:
            service.unbalanced = True
            service.tell(events.unbalanced(self._spread(backend, service, tasks)), now)
        for zone, ids in rebalancing.items():
            service.tell(events.started_to_rebalance(ids, zone), now)
            story.started_to_rebalance(len(ids), zone)
        if started:
            all_ids = [task_id for ids in started.values() for task_id in ids]
            service.tell(events.started(all_ids, replaced.total()), now)
            for deployment_id, ids in started.items():
                story.started(deployments[deployment_id], len(ids), replaced[deployment_id])
            self._runtime.wake.set()

    @staticmethod
    def _replaces(deployment: Deployment, start: Start) -> bool:
        """Whether it takes the place of an unhealthy task, which is there still or was stopped to make room."""
        if not start.replaces and deployment.owed <= 0:
            return False
        deployment.owed -= 1
        return True

    @staticmethod
    def _spread(backend: EcsBackend, service: Service, tasks: Iterable[Task]) -> Counter[str]:
        """Tasks by zone, those without any included."""
        spread = Counter(dict.fromkeys(zones(backend, service.primary).values(), 0))
        spread.update(task.availability_zone for task in tasks if task.active)
        return spread

    def _launch(
        self, backend: EcsBackend, service: Service, deployment: Deployment, start: Start
    ) -> Task | None:
        now = self._runtime.clock.now()
        if deployment.on_ec2:
            return self._launch_on_ec2(backend, service, deployment, start)
        subnet_of = zones(backend, deployment)
        subnets = [subnet for subnet, zone in subnet_of.items() if zone == start.zone] or list(subnet_of)
        if not subnets:
            error = "The subnets of its network configuration do not exist"
            service.complain(events.not_launched(error), now)
            return None
        used = Counter(task.subnet_id for task in backend.tasks_of(service) if task.active)
        if not self._roles_exist(backend, service, deployment):
            return None
        return backend.launch(
            backend.clusters[service.cluster_name],
            deployment.definition,
            deployment.properties["networkConfiguration"]["awsvpcConfiguration"],
            min(subnets, key=lambda subnet: used[subnet]),
            launch_type=None if start.provider else "FARGATE",
            capacity_provider=start.provider or None,
            **_details(service, deployment),
        )

    def _launch_on_ec2(
        self, backend: EcsBackend, service: Service, deployment: Deployment, start: Start
    ) -> Task | None:
        """A task on the instance that placement chooses, or on the daemon's own; without room the service says so."""
        if not self._roles_exist(backend, service, deployment):
            return None
        network = (deployment.properties.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
        if start.rebalancing:  # elsewhere it would be of no use
            here = [subnet for subnet, zone in zones(backend, deployment).items() if zone == start.zone]
            network = {**network, "subnets": here}
        placed = backend.launch_on_instance(
            backend.clusters[service.cluster_name],
            deployment.definition,
            network,
            provider=start.provider or None,
            placement=service.properties,
            default_strategy=DEFAULT_SERVICE_STRATEGY,
            only=start.instance or None,
            **_details(service, deployment),
        )
        if isinstance(placed, Task):
            return placed
        service.complain(
            f"{events.UNPLACED} {explain(placed)} {events.TROUBLESHOOTING}", self._runtime.clock.now()
        )
        return None

    def _roles_exist(self, backend: EcsBackend, service: Service, deployment: Deployment) -> bool:
        """Whether its roles are there; if not, the service says so and waits before it tries again."""
        try:
            backend.check_roles(deployment.definition, {})
        except ServiceException as error:
            service.complain(events.not_launched(error.message), self._runtime.clock.now())
            deployment.failed_tasks += 1
            deployment.failed_starts = max(deployment.failed_starts + 1, service.desired_count)
            deployment.next_start = self._runtime.clock.monotonic() + start_delay(
                deployment.failed_starts, service.desired_count
            )
            return False
        return True

    # Stops

    def _stop(
        self,
        service: Service,
        deployments: Mapping[str, Deployment],
        tasks: Mapping[str, Task],
        stops: Iterable[Stop],
    ) -> None:
        now, story = self._runtime.clock.now(), Story(self._runtime, service)
        running: list[Task] = []
        rebalanced: dict[str, list[str]] = defaultdict(list)  # by zone
        draining: Counter[str] = Counter()  # by deployment
        pending = 0
        for stop in stops:
            task = tasks[stop.task]
            deployment = deployments[task.deployment_id or ""]
            if stop.why is Why.UNHEALTHY:
                deployment.owed += 1
                self._stop_unhealthy(service, deployment, task)
            else:
                reason = scaled(service.primary.id)
                task.ask_to_stop("ServiceSchedulerInitiated", reason, now)
                story.stopped(task, deployment, stop.why)
            if stop.why is Why.REBALANCING:
                rebalanced[task.availability_zone].append(task.id)
            elif task.last_status == RUNNING:
                running.append(task)
            else:
                pending += 1
            draining[deployment.id] += bool(task.targets)
        if running:
            service.tell(events.stopped([task.id for task in running]), now)
        if pending:
            service.tell(events.stopped_pending(pending), now)
        for zone, ids in rebalanced.items():
            service.tell(events.stopped_to_rebalance(ids, zone), now)
        for deployment_id, count in draining.items():
            if count:
                service.tell(events.draining(count), now, task_set=deployment_id)
        service.steady = False
        self._runtime.wake.set()

    def _stop_unhealthy(self, service: Service, deployment: Deployment, task: Task) -> None:
        """Stop it, with the check that failed in its stoppedReason and what the engine knows of the cause."""
        now, story = self._runtime.clock.now(), Story(self._runtime, service)
        groups = elbv2_backends[self._runtime.account_id][task.region].target_groups
        for arn, port in task.targets:
            state = self._runtime.target_health.state(arn, address(task), port)
            if state.state == "unhealthy":
                service.tell(events.unhealthy_target(task.id, port, arn, state.description or ""), now)
                hints = "".join(f" ({c.reason})" for c in task.containers if c.reason)
                reason = f"{failed_target_checks(arn)}{hints}"
                count = int(groups[arn].unhealthy_threshold_count or 2) if arn in groups else 2
                story.failed_target_checks(task, deployment, count, state.description or "")
                break
        else:
            service.tell(events.unhealthy_container(task.id), now)
            reason = FAILED_CONTAINER_CHECKS
            story.failed_container_checks(task, deployment)
        task.ask_to_stop("ServiceSchedulerInitiated", reason, now)

    # Targets

    def register_targets(self, backend: EcsBackend, service: Service, tasks: Iterable[Task]) -> None:
        """Put tasks that have got to RUNNING behind their revision's load balancers."""
        balancers = elbv2_backends[self._runtime.account_id][backend.region_name]
        of = {deployment.id: deployment.load_balancers for deployment in service.deployments}
        registered: Counter[str] = Counter()
        for task in tasks:
            ready = task.active and task.last_status == RUNNING and bool(task.target_id)
            if not ready or task.targets:
                continue
            for balancer in of.get(task.deployment_id or "", ()):
                arn, port = (
                    balancer["targetGroupArn"],
                    task.target_port(balancer["containerName"], balancer["containerPort"]),
                )
                if arn in balancers.target_groups:
                    balancers.register_targets(arn, [{"Id": address(task), "Port": port}])
                    task.targets.append((arn, port))
                    registered[arn] += 1
        for arn, count in registered.items():
            service.tell(events.registered(count, arn), self._runtime.clock.now())


def _details(service: Service, deployment: Deployment) -> dict[str, Any]:
    """What a service says about each of its tasks, wherever it goes."""
    return {
        "group": f"service:{service.name}",
        "started_by": deployment.id,
        "tags": _tags(service, deployment),
        "enable_execute_command": bool(service.properties.get("enableExecuteCommand")),
        "service": service,
        "deployment_id": deployment.id,
    }


def _tags(service: Service, deployment: Deployment) -> list[dict[str, str]]:
    """The tags of a task: propagated ones, then ECS's own where they are wanted."""
    source = service.properties.get("propagateTags")
    tags = (
        list(service.tags)
        if source == "SERVICE"
        else list(deployment.definition.tags)
        if source == "TASK_DEFINITION"
        else []
    )
    if service.properties.get("enableECSManagedTags"):
        tags += [
            {"key": "aws:ecs:clusterName", "value": service.cluster_name},
            {"key": "aws:ecs:serviceName", "value": service.name},
        ]
    return tags

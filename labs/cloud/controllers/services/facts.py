"""What the scheduler is told about a service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from moto.ec2.models import ec2_backends

from labs.cloud.aws.ecs.demand import demand
from labs.cloud.aws.ecs.model import RUNNING, STOPPED, Container, Task
from labs.cloud.aws.ecs.service_model import Deployment, Service
from labs.cloud.aws.ecs.service_validation import why_not_rebalanced
from labs.cloud.aws.ecs.services import EcsBackend
from labs.cloud.controllers.placement import DEFAULT_SERVICE_STRATEGY, stop_order
from labs.cloud.controllers.scheduler import DeploymentFacts, Health, ServiceFacts, TaskFacts, health
from labs.cloud.runtime import Runtime
from labs.cloud.task_words import FAILED_CHECKS


def gather(
    runtime: Runtime, backend: EcsBackend, service: Service, tasks: Iterable[Task], now: float
) -> ServiceFacts:
    """The facts at monotonic time `now`; `tasks` are the service's own."""
    configuration = service.deployment_configuration
    by_id = {deployment.id: deployment for deployment in service.deployments}
    most = configuration["maximumPercent"]
    tasks = list(tasks)
    turns = _turns(backend, service, tasks)
    return ServiceFacts(
        desired=service.desired_count,
        minimum_percent=0 if service.status == "DRAINING" else configuration["minimumHealthyPercent"],
        maximum_percent=most,
        deployments=_deployments(service, now),
        tasks=tuple(
            TaskFacts(
                task.id,
                task.deployment_id or "",
                task.availability_zone,
                task_health(runtime, service, by_id[task.deployment_id], task, now),
                (task.capacity_provider or "") if strategy(by_id[task.deployment_id]) else "",
                task.id in service.rebalancing,
                task.container_instance.arn if task.container_instance is not None else "",
                on_draining_instance(task),
                turns.get(task.id, 0),
            )
            for task in tasks
            if task.active and task.deployment_id in by_id
        ),
        zones=_usable_zones(backend, service),
        replacing=any(
            not task.active
            and task.last_status != STOPPED
            and ((task.stopped_reason or "").startswith(FAILED_CHECKS) or on_draining_instance(task))
            for task in tasks
        ),
        rebalance=service.steady
        and service.status == "ACTIVE"
        and service.properties.get("availabilityZoneRebalancing") == "ENABLED"
        and why_not_rebalanced(service.properties, most) is None,
    )


def refreshed(facts: ServiceFacts, service: Service, now: float) -> ServiceFacts:
    """The facts, when only the service's count and its deployments may have changed."""
    return replace(facts, desired=service.desired_count, deployments=_deployments(service, now))


def _deployments(service: Service, now: float) -> tuple[DeploymentFacts, ...]:
    return tuple(
        DeploymentFacts(d.id, d.desired_count, d.once_complete, now < d.next_start, d.failed, strategy(d))
        for d in service.deployments
    )


def _turns(backend: EcsBackend, service: Service, tasks: Iterable[Task]) -> dict[str, int]:
    """When each task's turn comes in a scale-in, by the placement strategy; nothing outside EC2 capacity."""
    placed = {
        task.id: task.container_instance.arn
        for task in tasks
        if task.active and task.container_instance is not None
    }
    if len(placed) <= service.desired_count:
        return {}
    instances = [each.facts(backend.tasks_on(each)) for each in backend.instances_of(service.cluster_name)]
    strategy = service.properties.get("placementStrategy") or DEFAULT_SERVICE_STRATEGY
    order = stop_order(placed, instances, demand(service.primary.definition), strategy)
    return {task: len(order) - number for number, task in enumerate(order)}


def on_draining_instance(task: Task) -> bool:
    """Whether its container instance is to be emptied."""
    return task.container_instance is not None and task.container_instance.status == "DRAINING"


def strategy(deployment: Deployment) -> tuple[Mapping[str, Any], ...]:
    """A deployment's capacity provider strategy. One provider alone takes everything, whatever its weight."""
    items = tuple(deployment.properties.get("capacityProviderStrategy") or ())
    return ({**items[0], "weight": 1},) if len(items) == 1 else items


def zones(backend: EcsBackend, deployment: Deployment) -> dict[str, str]:
    """Subnet → zone of a deployment, without subnets that were deleted since."""
    network = (deployment.properties.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    known: dict[str, Any] = {
        subnet_id: subnet
        for zone in ec2_backends[backend.account_id][backend.region_name].subnets.values()
        for subnet_id, subnet in zone.items()
    }
    return {
        subnet: known[subnet].availability_zone for subnet in network.get("subnets") or () if subnet in known
    }


def _usable_zones(backend: EcsBackend, service: Service) -> tuple[str, ...]:
    """The zones of its subnets; in EC2 capacity those where an instance takes tasks."""
    known = tuple(dict.fromkeys(zones(backend, service.primary).values()))
    if not service.primary.on_ec2:
        return known
    there = {each.zone for each in backend.instances_of(service.cluster_name) if each.status == "ACTIVE"}
    return tuple(zone for zone in known if zone in there)


def task_health(runtime: Runtime, service: Service, deployment: Deployment, task: Task, now: float) -> Health:
    """What the load balancer and the container checks make of a task; one on a draining instance is to be replaced."""
    if on_draining_instance(task) and not service.daemon:
        return Health.UNHEALTHY
    targets = [runtime.target_health.state(arn, address(task), port).state for arn, port in task.targets]
    if deployment.load_balancers and not targets:
        targets = ["initial"]
    running = task.last_status == RUNNING and task.running_since is not None
    return health(
        running_for=now - (task.running_since or 0.0) if running else None,
        targets=targets,
        container=container_health(task.containers),
        grace=float(service.properties.get("healthCheckGracePeriodSeconds") or 0),
    )


def container_health(containers: Iterable[Container]) -> str | None:
    """The worst of the essential containers that define a health check; None when none does [RULES 10]."""
    checked = [c.health for c in containers if c.essential and c.definition.get("healthCheck")]
    return next((state for state in ("UNHEALTHY", "UNKNOWN", "HEALTHY") if state in checked), None)


def address(task: Task) -> str:
    """What a task is registered as in a target group: its address, or its instance."""
    return task.target_id

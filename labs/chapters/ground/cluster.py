"""What runs in an ECS cluster."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from labs.chapters.ground.waiting import PATIENCE
from labs.checks.model import unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab


def has(lab: Lab, cluster: str, service: str) -> bool:
    """Whether the cluster runs a service of that name; ECS still describes one that was deleted."""
    known = lab.session.client("ecs").describe_services(cluster=cluster, services=[service])["services"]
    return any(found["status"] == "ACTIVE" for found in known)


def run_waiting(
    lab: Lab,
    cluster: str,
    service: str,
    *,
    role: str,
    repository: str,
    subnets: list[str],
    size: tuple[int, int],
    count: int,
    **container: Any,
) -> None:
    """A service of so many tasks of that size (CPU units, MiB) that only wait, in public subnets, unless it runs."""
    if has(lab, cluster, service):
        return
    ecr, ecs, iam = (lab.session.client(name) for name in ("ecr", "ecs", "iam"))
    [found] = ecr.describe_repositories(repositoryNames=[repository])["repositories"]
    family, (cpu, memory) = f"{cluster}-{service}", size
    ecs.register_task_definition(
        family=family,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu=str(cpu),
        memory=str(memory),
        executionRoleArn=iam.get_role(RoleName=role)["Role"]["Arn"],
        containerDefinitions=[
            {
                "name": service,
                "image": f"{found['repositoryUri']}:1.0",
                "command": ["python", "-c", "import time\nwhile True: time.sleep(1)"],
                "stopTimeout": 2,
                **container,
            }
        ],
    )
    ecs.create_service(
        cluster=cluster,
        serviceName=service,
        taskDefinition=family,
        launchType="FARGATE",
        desiredCount=count,
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
    )


def empty(lab: Lab, cluster: str) -> None:
    """Delete the services and stop the tasks."""
    ecs = lab.session.client("ecs")
    with unless_it_is_gone():
        services = ecs.list_services(cluster=cluster)["serviceArns"]
        for service in services:
            with unless_it_is_gone():
                ecs.delete_service(cluster=cluster, service=service, force=True)
        tasks = ecs.list_tasks(cluster=cluster)["taskArns"]
        for task in tasks:
            ecs.stop_task(cluster=cluster, task=task)
        for service in services:  # one by one: of several, this waiter is content with any
            ecs.get_waiter("services_inactive").wait(
                cluster=cluster, services=[service], WaiterConfig=PATIENCE
            )
        if tasks:
            ecs.get_waiter("tasks_stopped").wait(cluster=cluster, tasks=tasks, WaiterConfig=PATIENCE)


def delete(lab: Lab, cluster: str) -> None:
    """Delete the cluster with all that runs in it; instances that it still knows are let go of, not ended."""
    empty(lab, cluster)
    ecs = lab.session.client("ecs")
    with unless_it_is_gone():
        for instance in ecs.list_container_instances(cluster=cluster)["containerInstanceArns"]:
            ecs.deregister_container_instance(cluster=cluster, containerInstance=instance, force=True)
        ecs.delete_cluster(cluster=cluster)


def deregister(lab: Lab, families: Iterable[str]) -> None:
    """Deregister every active revision of these families."""
    ecs = lab.session.client("ecs")
    for family in families:
        for definition in ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]:
            ecs.deregister_task_definition(taskDefinition=definition)

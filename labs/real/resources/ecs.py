"""ECS: clusters and what runs in them or provides room for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from labs.real.resources.model import Aws, Kind, Tagged, Tags, absent, batches, pages, pairs


def _ecs_tags(described: Mapping[str, Any]) -> Tags:
    return pairs(described.get("tags"), "key", "value")


def _cluster_tags(aws: Aws, name: str) -> Tags | None:
    clusters = aws("ecs").describe_clusters(clusters=[name], include=["TAGS"])["clusters"]
    return next((_ecs_tags(cluster) for cluster in clusters if cluster["status"] != "INACTIVE"), None)


def _clusters(aws: Aws) -> Iterator[Tagged]:
    for arns in batches(pages(aws("ecs"), "list_clusters", "clusterArns"), 100):
        for cluster in aws("ecs").describe_clusters(clusters=arns, include=["TAGS"])["clusters"]:
            if cluster["status"] != "INACTIVE":
                yield cluster["clusterName"], _ecs_tags(cluster)


def _service_tags(aws: Aws, id_: str) -> Tags | None:
    cluster, _, name = id_.rpartition("/")
    found = absent(aws("ecs").describe_services, cluster=cluster, services=[name], include=["TAGS"])
    services = found["services"] if found else []
    return next((_ecs_tags(service) for service in services if service["status"] != "INACTIVE"), None)


def _services(aws: Aws) -> Iterator[Tagged]:
    ecs = aws("ecs")
    for cluster, _ in _clusters(aws):
        for arns in batches(pages(ecs, "list_services", "serviceArns", cluster=cluster), 10):
            found = ecs.describe_services(cluster=cluster, services=arns, include=["TAGS"])
            for service in found["services"]:
                if service["status"] != "INACTIVE":
                    yield f"{cluster}/{service['serviceName']}", _ecs_tags(service)


def _task_tags(aws: Aws, id_: str) -> Tags | None:
    cluster, _, task = id_.rpartition("/")
    found = absent(aws("ecs").describe_tasks, cluster=cluster, tasks=[task], include=["TAGS"])
    tasks = found["tasks"] if found else []
    return next((_ecs_tags(task) for task in tasks if task["lastStatus"] not in ("STOPPED", "DELETED")), None)


STARTED_BY_RULE = "events-rule/"


def _starter_of_task(aws: Aws, id_: str) -> tuple[str, str] | None:
    """The service or the EventBridge rule that started a task."""
    cluster, _, task = id_.rpartition("/")
    found = absent(aws("ecs").describe_tasks, cluster=cluster, tasks=[task])
    for task in found["tasks"] if found else []:
        kind, _, name = task.get("group", "").partition(":")
        if kind == "service":
            return "ecs:service", f"{cluster}/{name}"
        starter = task.get("startedBy", "")
        if starter.startswith(STARTED_BY_RULE):
            return "events:rule", starter.removeprefix(STARTED_BY_RULE)
    return None


def _tasks(aws: Aws) -> Iterator[Tagged]:
    ecs = aws("ecs")
    for cluster, _ in _clusters(aws):
        for arns in batches(pages(ecs, "list_tasks", "taskArns", cluster=cluster), 100):
            for task in ecs.describe_tasks(cluster=cluster, tasks=arns, include=["TAGS"])["tasks"]:
                of_a_service = task.get("group", "").startswith("service:")  # it goes with its service
                if not of_a_service and task["lastStatus"] not in ("STOPPED", "DELETED"):
                    yield f"{cluster}/{task['taskArn'].rpartition('/')[2]}", _ecs_tags(task)


def _task_definition_tags(aws: Aws, id_: str) -> Tags | None:
    found = absent(aws("ecs").describe_task_definition, taskDefinition=id_, include=["TAGS"])
    if found is None or found["taskDefinition"]["status"] == "DELETE_IN_PROGRESS":
        return None
    return _ecs_tags(found)


def _task_definitions(aws: Aws) -> Iterator[Tagged]:
    """Active revisions only: an inactive one costs nothing, and an old account has thousands."""
    for arn in pages(aws("ecs"), "list_task_definitions", "taskDefinitionArns", status="ACTIVE"):
        tags = _task_definition_tags(aws, arn)
        if tags is not None:
            yield arn.rpartition("/")[2], tags


def _provider_tags(aws: Aws, name: str) -> Tags | None:
    return dict(_described_providers(aws, capacityProviders=[name])).get(name)


def _described_providers(aws: Aws, **which: Any) -> Iterator[Tagged]:
    """Capacity providers (boto3 has no paginator for them); an inactive one is a name that AWS remembers."""
    while True:
        answer = aws("ecs").describe_capacity_providers(include=["TAGS"], **which)
        for provider in answer["capacityProviders"]:
            if provider["status"] != "INACTIVE":
                yield provider["name"], _ecs_tags(provider)
        if not answer.get("nextToken"):
            return
        which["nextToken"] = answer["nextToken"]


def _no_tags(aws: Aws, id_: str) -> None:
    """The tags of what only its owner can answer for."""


def _none(aws: Aws) -> Iterable[Tagged]:
    return ()


def _machine(aws: Aws, id_: str) -> tuple[str, str] | None:
    """The EC2 instance that registered itself as a container instance."""
    cluster, _, name = id_.rpartition("/")
    found = absent(aws("ecs").describe_container_instances, cluster=cluster, containerInstances=[name])
    machines = (one.get("ec2InstanceId") for one in (found["containerInstances"] if found else ()))
    return next((("ec2:instance", machine) for machine in machines if machine), None)


ECS: Mapping[str, Kind] = {
    "ecs:cluster": Kind(_cluster_tags, _clusters, "cluster/"),
    "ecs:service": Kind(_service_tags, _services, "service/"),
    "ecs:task": Kind(_task_tags, _tasks, "task/", _starter_of_task),
    "ecs:task-definition": Kind(_task_definition_tags, _task_definitions, "task-definition/"),
    "ecs:capacity-provider": Kind(_provider_tags, _described_providers, "capacity-provider/"),
    "ecs:container-instance": Kind(_no_tags, _none, "container-instance/", _machine),
}

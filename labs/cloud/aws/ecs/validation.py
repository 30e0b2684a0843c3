"""What RegisterTaskDefinition refuses, with AWS's texts. Pure: parameters in, the first complaint out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from moto.ecs.exceptions import EcsClientException

from labs.cloud.aws.ecs.container_validation import NAME, check_container
from labs.cloud.aws.ecs.errors import NotEmulated
from labs.cloud.controllers.placement import InvalidPlacement, check_constraints
from labs.cloud.fargate_sizes import MORE, refusal
from labs.cloud.task_words import NO_EXECUTION_ROLE

NETWORK_MODES = ("awsvpc", "bridge", "host", "none")
ECR_IMAGE = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/|127\.0\.0\.1:\d+/|localhost:\d+/")
CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
MOST_CONTAINERS = 10  # of a task definition [ECS service quotas]
EPHEMERAL_STORAGE = range(21, 201)  # GiB [API EphemeralStorage]
UNEMULATED = {
    "proxyConfiguration": "proxies of App Mesh (proxyConfiguration)",
    "inferenceAccelerators": "Elastic Inference accelerators",
    "pidMode": "process namespaces that containers share (pidMode)",
    "ipcMode": "memory that containers share (ipcMode)",
}
UNEMULATED_VOLUMES = {
    "efsVolumeConfiguration": "EFS volumes",
    "fsxWindowsFileServerVolumeConfiguration": "FSx volumes",
    "s3filesVolumeConfiguration": "S3 Files volumes",
    "configuredAtLaunch": "volumes that are configured at launch (EBS)",
}


def check_task_definition(parameters: Mapping[str, Any]) -> None:
    """Raise for the first thing that AWS would refuse in RegisterTaskDefinition's parameters.

    EcsClientException with AWS's text; NotEmulated for what the local cloud cannot do.
    """
    family = parameters.get("family") or ""
    if not NAME.fullmatch(family):
        raise EcsClientException(
            "Family should not be null or empty." if not family else f"Invalid family name '{family}'."
        )
    containers = parameters.get("containerDefinitions") or []
    if not containers:
        raise EcsClientException("Container list cannot be empty.")
    if len(containers) > MOST_CONTAINERS:
        raise EcsClientException("Too many containers.")
    fargate = "FARGATE" in (parameters.get("requiresCompatibilities") or ())
    mode = parameters.get("networkMode")
    if mode is not None and mode not in NETWORK_MODES:
        raise EcsClientException(f"Invalid network mode '{mode}'.")
    cpu, memory = _cpu(parameters.get("cpu")), _memory(parameters.get("memory"))
    for container in containers:
        check_container(
            container,
            awsvpc=mode == "awsvpc",
            fargate=fargate,
            task_memory=memory,
            role=parameters.get("executionRoleArn"),
            volumes=[volume.get("name") for volume in parameters.get("volumes") or ()],
        )
    _check_names_and_dependencies(containers, mode)
    _check_volumes(parameters.get("volumes") or (), fargate)
    if fargate:
        _check_fargate(parameters, containers, cpu, memory)
    _check_platform(parameters, fargate)
    _check_placement(parameters)
    if cpu is not None and sum(container.get("cpu") or 0 for container in containers) > cpu:
        raise EcsClientException(
            "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."
        )
    reserved = sum(c.get("memoryReservation") or c.get("memory") or 0 for c in containers)
    if memory is not None and reserved > memory:
        raise EcsClientException(
            "The sum of all container 'memory' values cannot be greater than the value of the task 'memory'."
        )


def _cpu(value: str | None) -> int | None:
    """CPU units of "512", "0.5 vCPU" and the like."""
    if value is None:
        return None
    text = str(value).strip().lower()
    try:
        return int(float(text.removesuffix("vcpu")) * 1024) if text.endswith("vcpu") else int(text)
    except (ValueError, OverflowError):
        raise EcsClientException(f"Invalid 'cpu' setting for task. {MORE}") from None


def _memory(value: str | None) -> int | None:
    """MiB of "1024", "1 GB" and the like."""
    if value is None:
        return None
    text = str(value).strip().lower()
    try:
        return (
            int(float(text.removesuffix("gb")) * 1024)
            if text.endswith("gb")
            else int(text.removesuffix("mb"))
        )
    except (ValueError, OverflowError):
        raise EcsClientException(f"Invalid 'memory' setting for task. {MORE}") from None


def task_size(cpu: str | None, memory: str | None) -> tuple[int | None, int | None]:
    """A valid task's size: CPU units and MiB, whatever units it was written in."""
    return _cpu(cpu), _memory(memory)


def _check_fargate(
    parameters: Mapping[str, Any],
    containers: Iterable[Mapping[str, Any]],
    cpu: int | None,
    memory: int | None,
) -> None:
    if parameters.get("networkMode") != "awsvpc":
        raise EcsClientException("Fargate only supports network mode ‘awsvpc’.")
    if (complaint := refusal(cpu, memory)) is not None:
        raise EcsClientException(complaint)
    if parameters.get("pidMode") not in (None, "task"):
        raise EcsClientException(
            f"Tasks using the Fargate launch type do not support pidMode '{parameters['pidMode']}'. "
            "The supported value for pidMode is 'task'."
        )
    if parameters.get("ipcMode"):
        raise EcsClientException("Fargate compatible task definitions do not support ipcMode")
    if parameters.get("placementConstraints"):
        raise EcsClientException("Fargate compatible task definitions do not support constraints")
    if not parameters.get("executionRoleArn") and any(ECR_IMAGE.match(c["image"]) for c in containers):
        raise EcsClientException(NO_EXECUTION_ROLE)


def _check_placement(parameters: Mapping[str, Any]) -> None:
    """What only matters in EC2 capacity: constraints, and ports that are the instance's own."""
    try:
        check_constraints(parameters.get("placementConstraints") or ())
    except InvalidPlacement as error:
        raise EcsClientException(str(error)) from None
    mappings = [each for c in parameters["containerDefinitions"] for each in c.get("portMappings") or ()]
    mode = parameters.get("networkMode")
    if mode == "host" and any(
        each.get("hostPort") not in (None, 0, each["containerPort"]) for each in mappings
    ):
        raise EcsClientException(
            "When networkMode=host, the host ports and container ports in port mappings must match."
        )
    if mode == "none" and mappings:
        raise EcsClientException("Port mappings are not supported when networkMode=none.")


def _check_platform(parameters: Mapping[str, Any], fargate: bool) -> None:
    platform = parameters.get("runtimePlatform") or {}
    if platform.get("cpuArchitecture") not in (None, "X86_64", "ARM64"):
        raise EcsClientException(f"Invalid cpuArchitecture '{platform['cpuArchitecture']}'.")
    if platform.get("operatingSystemFamily") not in (None, "LINUX"):
        raise NotEmulated(f"the operating system family {platform['operatingSystemFamily']}")
    storage = parameters.get("ephemeralStorage")
    if storage and not fargate:
        raise EcsClientException("ephemeralStorage is supported for tasks on Fargate only.")
    if storage and storage.get("sizeInGiB") not in EPHEMERAL_STORAGE:
        raise EcsClientException(
            f"Ephemeral storage size must be between {EPHEMERAL_STORAGE[0]} GiB and {EPHEMERAL_STORAGE[-1]} GiB."
        )
    for member, what in UNEMULATED.items():
        if parameters.get(member):
            raise NotEmulated(what)


def _check_volumes(volumes: Iterable[Mapping[str, Any]], fargate: bool) -> None:
    names = set()
    for volume in volumes:
        name = volume.get("name") or ""
        if not NAME.fullmatch(name):
            raise EcsClientException(f"Invalid volume name '{name}'.")
        if name in names:
            raise EcsClientException(f"Duplicate volume name '{name}'. Volume names must be unique.")
        names.add(name)
        if fargate and (volume.get("host") or {}).get("sourcePath"):
            raise EcsClientException("Fargate compatible task definitions do not support sourcePath")
        if fargate and volume.get("dockerVolumeConfiguration"):
            raise EcsClientException(
                "Fargate compatible task definitions do not support dockerVolumeConfiguration"
            )
        for member, what in UNEMULATED_VOLUMES.items():
            if volume.get(member):
                raise NotEmulated(what)


def _check_names_and_dependencies(containers: list[Mapping[str, Any]], mode: str | None) -> None:
    by_name = {container["name"]: container for container in containers}
    for name, count in Counter(container["name"] for container in containers).items():
        if count > 1:
            raise EcsClientException(f"Duplicate container name '{name}'. Container names must be unique.")
    if not any(_essential(container) for container in containers):
        raise EcsClientException("There must be at least one essential container in the task definition.")
    ports = Counter(
        (mapping.get("protocol") or "tcp", mapping["containerPort"])
        for container in containers
        for mapping in (container.get("portMappings") or () if mode in ("awsvpc", "host") else ())
    )
    for (protocol, port), count in ports.items():
        if count > 1:
            raise EcsClientException(
                f"{protocol.upper()} host port '{port}' is mapped multiple times in task."
            )
    for container in containers:
        for dependency in container.get("dependsOn") or ():
            _check_dependency(container["name"], dependency, by_name)
        for source in container.get("volumesFrom") or ():
            if source.get("sourceContainer") not in by_name.keys() - {container["name"]}:
                raise EcsClientException(
                    f"Container '{container['name']}' takes volumes from '{source.get('sourceContainer')}', which is "
                    "not another container of the task definition."
                )
    if _cycle(containers, "dependsOn", "containerName") or _cycle(
        containers, "volumesFrom", "sourceContainer"
    ):
        raise EcsClientException("There is a circular dependency between the containers.")


def _check_dependency(
    name: str, dependency: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]]
) -> None:
    other, condition = str(dependency.get("containerName")), dependency.get("condition")
    if other not in by_name:
        raise EcsClientException(
            f"Container '{name}' depends on '{other}', which is not in the task definition."
        )
    if condition not in CONDITIONS:
        raise EcsClientException(f"Invalid dependency condition '{condition}' for container '{name}'.")
    if condition in ("COMPLETE", "SUCCESS") and _essential(by_name[other]):
        raise EcsClientException(
            "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"
        )
    if condition == "HEALTHY" and not by_name[other].get("healthCheck"):
        raise EcsClientException(
            f"Container '{name}' waits for '{other}' to be HEALTHY, but it has no health check."
        )


def _essential(container: Mapping[str, Any]) -> bool:
    return container.get("essential") is not False  # true by default [API; RULES 4]


def _cycle(containers: Iterable[Mapping[str, Any]], member: str, other: str) -> bool:
    waiting = {c["name"]: {d[other] for d in c.get(member) or ()} for c in containers}
    while ready := [name for name, needs in waiting.items() if not needs]:
        for name in ready:
            del waiting[name]
        for needs in waiting.values():
            needs.difference_update(ready)
    return bool(waiting)

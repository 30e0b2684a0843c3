"""What RegisterTaskDefinition refuses, with AWS's texts. Pure: parameters in, the first complaint out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from moto.ecs.exceptions import EcsClientException

# Fargate task sizes, CPU units → MiB [DG task-cpu-memory-error; RULES 8]
FARGATE_SIZES: dict[int, frozenset[int]] = {
    256: frozenset((512, 1024, 2048)),
    512: frozenset(range(1024, 4096 + 1, 1024)),
    1024: frozenset(range(2048, 8192 + 1, 1024)),
    2048: frozenset(range(4096, 16384 + 1, 1024)),
    4096: frozenset(range(8192, 30720 + 1, 1024)),
    8192: frozenset(range(16384, 61440 + 1, 4096)),
    16384: frozenset(range(32768, 122880 + 1, 8192)),
    32768: frozenset((61440, 122880, 249856)),
}
MORE = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
NETWORK_MODES = ("awsvpc", "bridge", "host", "none")
ECR_IMAGE = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/|127\.0\.0\.1:\d+/|localhost:\d+/")
CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
LEAST = {"cpu": 0, "memory": 6, "memoryReservation": 6, "stopTimeout": 0}  # [API ContainerDefinition]
LONGEST_STOP = 120  # seconds on Fargate [API ContainerDefinition]


def check_task_definition(parameters: Mapping[str, Any]) -> None:
    """Raise EcsClientException for the first thing that AWS would refuse in RegisterTaskDefinition's parameters."""
    family = parameters.get("family") or ""
    if not NAME.fullmatch(family):
        raise EcsClientException(
            "Family should not be null or empty." if not family else f"Invalid family name '{family}'."
        )
    containers = parameters.get("containerDefinitions") or []
    if not containers:
        raise EcsClientException("Container list cannot be empty.")
    fargate = "FARGATE" in (parameters.get("requiresCompatibilities") or ())
    mode = parameters.get("networkMode")
    if mode is not None and mode not in NETWORK_MODES:
        raise EcsClientException(f"Invalid network mode '{mode}'.")
    cpu, memory = _cpu(parameters.get("cpu")), _memory(parameters.get("memory"))
    for container in containers:
        _check_container(container, awsvpc=mode == "awsvpc", fargate=fargate, task_memory=memory)
    _check_names_and_dependencies(containers)
    if fargate:
        _check_fargate(parameters, containers, cpu, memory)
    total = sum(container.get("cpu") or 0 for container in containers)
    if cpu is not None and total > cpu:
        raise EcsClientException(
            "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."
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
    if cpu is None:
        raise EcsClientException("Fargate requires that 'cpu' be defined at the task level.")
    if memory is None:
        raise EcsClientException("Fargate requires that 'memory' be defined at the task level.")
    if cpu not in FARGATE_SIZES:
        raise EcsClientException(f"Invalid 'cpu' setting for task. {MORE}")
    if memory not in FARGATE_SIZES[cpu]:
        raise EcsClientException(
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. "
            "See the Amazon ECS documentation for the valid values."
        )
    if parameters.get("pidMode") not in (None, "task"):
        raise EcsClientException(
            f"Tasks using the Fargate launch type do not support pidMode '{parameters['pidMode']}'. "
            "The supported value for pidMode is 'task'."
        )
    role = parameters.get("executionRoleArn")
    for container in containers:
        driver = (container.get("logConfiguration") or {}).get("logDriver")
        if not role and ECR_IMAGE.match(container["image"]):
            raise EcsClientException(
                "Fargate requires task definition to have execution role ARN to support ECR images."
            )
        if not role and driver == "awslogs":
            raise EcsClientException(
                "Fargate requires task definition to have execution role ARN to support log driver awslogs."
            )
        if container.get("privileged"):
            raise EcsClientException(
                "Tasks using the Fargate launch type do not support privileged containers."
            )
        if (container.get("stopTimeout") or 0) > LONGEST_STOP:
            raise EcsClientException(
                f"Container '{container['name']}' has an invalid stopTimeout. The maximum on Fargate is {LONGEST_STOP}."
            )


def _check_container(
    container: Mapping[str, Any], *, awsvpc: bool, fargate: bool, task_memory: int | None
) -> None:
    name = container.get("name")
    if not name:
        raise EcsClientException("Container.name should not be null or empty.")
    if not NAME.fullmatch(name):
        raise EcsClientException(f"Invalid container name '{name}'.")
    if not container.get("image"):
        raise EcsClientException("Container.image should not be null or empty.")
    for setting, least in LEAST.items():
        value = container.get(setting)
        if value is not None and value < least:
            raise EcsClientException(
                f"Invalid '{setting}' setting for container '{name}'. It must be at least {least}."
            )
    hard, soft = container.get("memory"), container.get("memoryReservation")
    if hard is None and soft is None and task_memory is None and not fargate:
        raise EcsClientException(
            f"Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be specified."
        )
    if hard is not None and soft is not None and soft > hard:
        raise EcsClientException(
            f"Invalid setting for container '{name}'. The 'memory' must be greater than or equal to 'memoryReservation'."
        )
    if task_memory is not None and max(hard or 0, soft or 0) > task_memory:
        raise EcsClientException(
            f"Invalid setting for container '{name}'. The container 'memory' cannot be greater than the task 'memory'."
        )
    for mapping in container.get("portMappings") or ():
        port, host = mapping.get("containerPort"), mapping.get("hostPort")
        if port is None and "containerPortRange" in mapping:
            continue
        if port is None or not 1 <= port <= 65535:
            raise EcsClientException(f"Invalid 'containerPort' setting for container '{name}'.")
        if awsvpc and host not in (None, 0, port):
            raise EcsClientException(
                "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
            )
    logs = container.get("logConfiguration") or {}
    if logs.get("logDriver") == "awslogs":
        needed = ["awslogs-region", "awslogs-group", *(["awslogs-stream-prefix"] if fargate else [])]
        if missing := [option for option in needed if not (logs.get("options") or {}).get(option)]:
            raise EcsClientException(f"Log driver awslogs requires options: {', '.join(missing)}")


def _check_names_and_dependencies(containers: list[Mapping[str, Any]]) -> None:
    by_name = {container["name"]: container for container in containers}
    for name, count in Counter(container["name"] for container in containers).items():
        if count > 1:
            raise EcsClientException(f"Duplicate container name '{name}'. Container names must be unique.")
    if not any(_essential(container) for container in containers):
        raise EcsClientException("There must be at least one essential container in the task definition.")
    ports = Counter(
        (mapping.get("protocol") or "tcp", mapping["containerPort"])
        for container in containers
        for mapping in container.get("portMappings") or ()
        if "containerPort" in mapping
    )
    for (protocol, port), count in ports.items():
        if count > 1:
            raise EcsClientException(
                f"{protocol.upper()} host port '{port}' is mapped multiple times in task."
            )
    for container in containers:
        for dependency in container.get("dependsOn") or ():
            _check_dependency(container["name"], dependency, by_name)
    if _cycle(containers):
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


def _cycle(containers: Iterable[Mapping[str, Any]]) -> bool:
    waiting = {c["name"]: {d["containerName"] for d in c.get("dependsOn") or ()} for c in containers}
    while ready := [name for name, needs in waiting.items() if not needs]:
        for name in ready:
            del waiting[name]
        for needs in waiting.values():
            needs.difference_update(ready)
    return bool(waiting)

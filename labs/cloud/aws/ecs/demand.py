"""What a task takes of the instance it is placed on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moto.ecs.models import TaskDefinition

from labs.cloud.aws.ecs.validation import task_size
from labs.cloud.controllers.placement import Demand


def demand(
    definition: TaskDefinition,
    overrides: Mapping[str, Any] | None = None,
    zones: Iterable[str] | None = None,
) -> Demand:
    """What a task of this definition takes; `zones` are those of its subnets."""
    overrides = overrides or {}
    cpu, memory = task_size(
        overrides.get("cpu") or definition.cpu, overrides.get("memory") or definition.memory
    )
    changes = {each["name"]: each for each in overrides.get("containerOverrides") or ()}
    containers = [
        {**container, **{k: v for k, v in (changes.get(container["name"]) or {}).items() if v is not None}}
        for container in definition.container_definitions
    ]
    mode = definition.network_mode or "bridge"
    platform = definition.runtime_platform or {}
    architecture = {"X86_64": "x86_64", "ARM64": "arm64"}.get(platform.get("cpuArchitecture", ""))
    return Demand(
        cpu=cpu if cpu is not None else sum(container.get("cpu") or 0 for container in containers),
        memory=memory
        if memory is not None
        else sum(container.get("memoryReservation") or container.get("memory") or 0 for container in containers),
        ports=frozenset(
            (mapping.get("protocol") or "tcp", port)
            for container in containers
            for mapping in container.get("portMappings") or ()
            if mode in ("bridge", "host") and (port := fixed_host_port(mapping, mode))
        ),
        interfaces=int(mode == "awsvpc"),
        gpus=sum(
            int(each["value"])
            for container in containers
            for each in container.get("resourceRequirements") or ()
            if each.get("type") == "GPU" and str(each.get("value")).isdecimal()
        ),
        zones=None if zones is None else frozenset(zones),
        attributes={"ecs.cpu-architecture": architecture} if architecture else {},
    )  # fmt: skip


def fixed_host_port(mapping: Mapping[str, Any], mode: str) -> int | None:
    """The host port that a port mapping asks for; None when one is chosen at start [API PortMapping]."""
    if mode == "host":
        return mapping.get("hostPort") or mapping.get("containerPort")
    return mapping.get("hostPort") or None

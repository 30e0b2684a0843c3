"""From a task's container to what an engine starts: command, environment, limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from labs.cloud.aws.ecs.model import Container, Task
from labs.cloud.aws.ecs.validation import task_size
from labs.cloud.engine.base import ContainerSpec
from labs.cloud.runtime import Runtime

BALANCER_URL = re.compile(
    r"http://(?P<name>[A-Za-z0-9.-]+\.elb\.[a-z0-9-]+\.amazonaws\.com|[A-Za-z0-9.-]+\.elb\.amazonaws\.com)(?::(?P<port>\d{1,5}))?"
)


@dataclass(frozen=True)
class Unreached:
    """A specification whose environment still has this machine's own addresses; `reached` asks the engine."""

    spec: ContainerSpec
    urls: Mapping[str, str]  # variable → loopback URL of the cloud

    def reached(self, runtime: Runtime) -> ContainerSpec:
        """The specification as the engine's containers must have it. May block; not under the lock."""
        engine = runtime.engine
        endpoint = engine.reach(runtime.endpoint)
        runtime.hosts.add(urlsplit(endpoint).netloc)
        environment = {name: _balancers(value, runtime) for name, value in self.spec.environment.items()}
        environment |= {name: url.replace(runtime.endpoint, endpoint, 1) for name, url in self.urls.items()}
        return replace(self.spec, environment=environment)


def container_spec(runtime: Runtime, task: Task, container: Container) -> Unreached:
    """What to start for `container`. The caller holds the lock."""
    definition = container.definition
    secret_path = f"{runtime.endpoint}/_course/tasks/{task.secret}"
    environment = {pair["name"]: pair.get("value") or "" for pair in definition.get("environment") or ()}
    environment |= {
        "AWS_REGION": task.region,
        "AWS_DEFAULT_REGION": task.region,
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
    }
    urls = {
        "AWS_ENDPOINT_URL": runtime.endpoint,
        "ECS_CONTAINER_METADATA_URI_V4": f"{secret_path}/v4/{container.name}",
    }
    if task.task_role_arn:
        urls["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"{secret_path}/credentials"
        environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = task.token
    linux = definition.get("linuxParameters") or {}
    cpu, memory = task_size(
        task.overrides.get("cpu") or task.definition.cpu,
        task.overrides.get("memory") or task.definition.memory,
    )
    spec = ContainerSpec(
        task_id=task.id,
        name=container.name,
        image=definition["image"],
        entry_point=_words(definition.get("entryPoint")),
        command=_words(definition.get("command")),
        environment=environment,
        working_directory=definition.get("workingDirectory"),
        user=definition.get("user"),
        ports=container.ports,
        cpu_units=definition.get("cpu") or cpu,
        memory_mib=definition.get("memory") or memory,
        read_only_root=bool(definition.get("readonlyRootFilesystem")),
        linux_drop=tuple((linux.get("capabilities") or {}).get("drop") or ()),
        privileged=bool(definition.get("privileged")),
    )
    return Unreached(spec, urls)


def _words(words: list[str] | None) -> tuple[str, ...] | None:
    return tuple(words) if words else None


def _balancers(value: str, runtime: Runtime) -> str:
    """There is no DNS for load balancers' names: their URLs become the listeners' real addresses."""

    def real(match: re.Match[str]) -> str:
        url = runtime.load_balancers.url_of_dns(match["name"], int(match["port"] or 80))
        return runtime.engine.reach(url) if url else match[0]

    return BALANCER_URL.sub(real, value)

"""From a task's container to what an engine starts: command, environment, limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from labs.cloud.aws.ecs.model import Container, Task
from labs.cloud.aws.ecs.validation import task_size
from labs.cloud.engine.base import ContainerSpec, Limit, Mount
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


def container_spec(
    runtime: Runtime, task: Task, container: Container, secrets: Mapping[str, str]
) -> Unreached:
    """What to start for `container`, whose `secrets` are its values by variable. The caller holds the lock."""
    definition = container.definition
    environment = {pair["name"]: pair.get("value") or "" for pair in definition.get("environment") or ()}
    environment |= secrets
    environment |= {
        "AWS_REGION": task.region,
        "AWS_DEFAULT_REGION": task.region,
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE" if task.on_fargate else "AWS_ECS_EC2",
    }
    secret_path = f"{runtime.endpoint}/_course/tasks/{task.secret}"
    urls = {
        "AWS_ENDPOINT_URL": runtime.endpoint,
        "ECS_CONTAINER_METADATA_URI_V4": f"{secret_path}/v4/{container.name}",
    }
    if task.task_role_arn:
        urls["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"{secret_path}/credentials"
        environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = task.token
    cpu, memory = task_size(
        task.overrides.get("cpu") or task.definition.cpu,
        task.overrides.get("memory") or task.definition.memory,
    )
    linux = definition.get("linuxParameters") or {}
    capabilities = linux.get("capabilities") or {}
    own = definition.get("memory")
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
        shared_ports=_shared_ports(task),
        # The task's size is the limit; a container's own cpu is its weight [API ContainerDefinition].
        cpu_units=cpu,
        cpu_shares=definition.get("cpu"),
        memory_mib=min(limit for limit in (own, memory) if limit) if own or memory else None,
        memory_reservation_mib=definition.get("memoryReservation"),
        task_memory_mib=memory if len(task.containers) > 1 else None,
        architecture=_architecture(task),
        mounts=_mounts(task, container),
        tmpfs={each["containerPath"]: _tmpfs(each) for each in linux.get("tmpfs") or ()},
        ulimits=tuple(
            Limit(each["name"], each["softLimit"], each["hardLimit"])
            for each in definition.get("ulimits") or ()
        ),
        read_only_root=bool(definition.get("readonlyRootFilesystem")),
        linux_add=tuple(capabilities.get("add") or ()),
        linux_drop=tuple(capabilities.get("drop") or ()),
        init_process=bool(linux.get("initProcessEnabled")),
        shared_memory_mib=linux.get("sharedMemorySize"),
        privileged=bool(definition.get("privileged")),
        interactive=bool(definition.get("interactive")),
        terminal=bool(definition.get("pseudoTerminal")),
        hostname=definition.get("hostname"),
        extra_hosts={host["hostname"]: host["ipAddress"] for host in definition.get("extraHosts") or ()},
        system_controls={each["namespace"]: each["value"] for each in definition.get("systemControls") or ()},
        labels=definition.get("dockerLabels") or {},
    )
    return Unreached(spec, urls)


def _shared_ports(task: Task) -> tuple[int, ...] | None:
    """The task's ports, when several containers share one network interface and so one localhost."""
    if task.network_mode != "awsvpc" or len(task.containers) == 1:
        return None
    return tuple(port for container in task.containers for port in container.ports)


def _architecture(task: Task) -> str | None:
    """Of the processor that the task definition asks for; where it asks for none, this machine's will do."""
    asked = (task.definition.runtime_platform or {}).get("cpuArchitecture")
    return {"X86_64": "amd64", "ARM64": "arm64"}.get(str(asked))


def _mounts(task: Task, container: Container) -> tuple[Mount, ...]:
    """Its own mount points, and those of the containers whose volumes it takes."""
    volumes = {volume["name"]: volume for volume in task.definition.volumes or ()}
    by_name = {other.name: other for other in task.containers}
    found = {
        point["containerPath"]: _mount(volumes[point["sourceVolume"]], point, bool(point.get("readOnly")))
        for point in container.definition.get("mountPoints") or ()
    }
    for source in container.definition.get("volumesFrom") or ():
        for mount in _mounts(task, by_name[source["sourceContainer"]]):
            read_only = mount.read_only or bool(source.get("readOnly"))
            found.setdefault(mount.path, replace(mount, read_only=read_only))
    return tuple(found.values())


def _mount(volume: Mapping[str, Any], point: Mapping[str, Any], read_only: bool) -> Mount:
    """A folder of the instance outlives the task, as does a Docker volume that is shared."""
    kept = (volume.get("host") or {}).get("sourcePath")
    if (volume.get("dockerVolumeConfiguration") or {}).get("scope") == "shared":
        kept = f"shared-{volume['name']}"
    name = re.sub(r"[^A-Za-z0-9_-]", "_", kept or volume["name"])
    return Mount(name, point["containerPath"], read_only, kept=bool(kept))


def _tmpfs(tmpfs: Mapping[str, Any]) -> str:
    return ",".join([*(tmpfs.get("mountOptions") or ()), f"size={tmpfs['size']}m"])


def _words(words: list[str] | None) -> tuple[str, ...] | None:
    return tuple(words) if words else None


def _balancers(value: str, runtime: Runtime) -> str:
    """There is no DNS for load balancers' names: their URLs become the listeners' real addresses."""

    def real(match: re.Match[str]) -> str:
        url = runtime.load_balancers.url_of_dns(match["name"], int(match["port"] or 80))
        return runtime.engine.reach(url) if url else match[0]

    return BALANCER_URL.sub(real, value)

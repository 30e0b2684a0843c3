"""What a Docker Engine is asked for: a container of a task, as ECS would run it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from docker.types import LogConfig, Mount, Ulimit

from labs.cloud.engine import base
from labs.cloud.engine.base import ContainerSpec
from labs.cloud.engine.docker.bridge import NETWORK

UNITS_PER_CPU = 1024


def options(
    spec: ContainerSpec,
    cpus: int,
    labels: Mapping[str, str],
    volumes: Mapping[base.Mount, str],
    shared: str | None,
) -> dict[str, Any]:
    """The options of the container's creation.

    `cpus` is how many the engine has, `volumes` names the volume of each mount; `shared` is the container whose
    network this one joins, if it has none of its own.
    """
    asked: dict[str, Any] = {
        "name": f"{spec.name}-{spec.task_id}-{uuid4().hex[:8]}",
        "labels": {**(spec.labels or {}), **labels},
        "command": _list(spec.command),
        "entrypoint": _list(spec.entry_point),
        "environment": dict(spec.environment),
        "working_dir": spec.working_directory,
        "user": spec.user,
        "read_only": spec.read_only_root,
        "cap_add": list(spec.linux_add),
        "cap_drop": list(spec.linux_drop),
        "init": spec.init_process,
        "privileged": spec.privileged,
        "stdin_open": spec.interactive,
        "tty": spec.terminal,
        "stop_signal": spec.stop_signal,
        "tmpfs": dict(spec.tmpfs or {}),
        "sysctls": dict(spec.system_controls or {}),
        "ulimits": [Ulimit(name=one.name, soft=one.soft, hard=one.hard) for one in spec.ulimits],
        "mounts": [
            Mount(mount.path, volumes[mount], "volume", read_only=mount.read_only) for mount in spec.mounts
        ],
        "healthcheck": {"test": ["NONE"]},  # an image's own check counts for nothing [RULES 6]
        # The lines go to CloudWatch Logs; the engine's own copy stays small.
        "log_config": LogConfig(type=LogConfig.types.JSON, config={"max-size": "1m"}),
    }
    if shared:
        asked["network_mode"] = f"container:{shared}"
    else:
        asked |= {
            "network": NETWORK,
            "ports": {f"{port}/tcp": ("127.0.0.1",) for port in spec.ports},
            "hostname": spec.hostname,
            "extra_hosts": dict(spec.extra_hosts or {}),
        }
    limits = [limit for limit in (spec.memory_mib, spec.task_memory_mib) if limit]
    if limits:
        # As on Fargate there is no swap: at the limit the container is killed.
        asked["mem_limit"] = asked["memswap_limit"] = f"{min(limits)}m"
    if spec.memory_reservation_mib:
        asked["mem_reservation"] = f"{spec.memory_reservation_mib}m"
    if spec.shared_memory_mib:
        asked["shm_size"] = f"{spec.shared_memory_mib}m"
    if spec.cpu_units:
        asked["nano_cpus"] = int(min(spec.cpu_units / UNITS_PER_CPU, cpus) * 1e9)
    if spec.cpu_shares is not None:
        asked["cpu_shares"] = max(2, spec.cpu_shares)  # the kernel's least [API ContainerDefinition]
    return asked


def _list(words: tuple[str, ...] | None) -> list[str] | None:
    return None if words is None else list(words)

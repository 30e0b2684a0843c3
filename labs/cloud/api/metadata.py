"""What a task asks about itself: metadata (version 4) and the credentials of its role.

Both are under a path that only the task knows (`/_course/tasks/<secret>/…`, in its environment); credentials
want its token too. A container gets no credentials unless its task has a role. Members and shapes are those of
Fargate [DG task-metadata-endpoint-v4-fargate-response], statistics those of Docker, as far as they are counted.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends

from labs.cloud.aws.ecs.model import PENDING, RUNNING, STOPPED, Container, Task
from labs.cloud.aws.ecs.validation import task_size
from labs.cloud.aws.sts import assume_task_role
from labs.cloud.engine.base import Usage
from labs.cloud.runtime import Runtime

LIFETIME = 6 * 3600  # seconds a task's credentials are valid, as on AWS
RENEW = timedelta(minutes=15)  # before their end


class TaskEndpoints:
    """Answers `/_course/tasks/<secret>/…`; None for what is not there, without a hint which part was wrong."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime

    def __call__(self, method: str, path: str, authorization: str | None) -> Any:
        """One call. `authorization` is the header as sent."""
        secret, _, rest = path.removeprefix("/_course/tasks/").partition("/")
        with self._runtime.lock:
            task = self._find(secret)
            if task is None or method != "GET":
                return None
            if rest == "credentials":
                allowed = hmac.compare_digest((authorization or "").encode(), task.token.encode())
                return self._credentials(task) if allowed and task.task_role_arn else None
            name, _, what = rest.removeprefix("v4/").partition("/")
            container = next((each for each in task.containers if each.name == name), None)
            if not rest.startswith("v4/") or container is None:
                return None
            if what in ("", "task", "taskWithTags"):
                return self._describe(task, container, what)
        wanted = {"stats": [container], "task/stats": task.containers}.get(what)
        if wanted is None:
            return None
        statistics = self._statistics(wanted)
        return statistics if what == "task/stats" else statistics.get(container.runtime_id or "")

    def _find(self, secret: str) -> Task | None:
        for _, _, backend in ecs_backends.iter_backends():
            for tasks in backend.tasks.values():
                for task in tasks.values():
                    if task.last_status != STOPPED and hmac.compare_digest(
                        task.secret.encode(), secret.encode()
                    ):
                        return task
        return None

    def _credentials(self, task: Task) -> dict[str, str]:
        role = task.assumed_role
        if role is None or _expiry(role) - datetime.now(UTC) < RENEW:
            role = task.assumed_role = assume_task_role(
                self._runtime, task.region, task.task_role_arn or "", task.id, LIFETIME
            )
        return {
            "RoleArn": role.role_arn,
            "AccessKeyId": role.access_key_id,
            "SecretAccessKey": role.secret_access_key,
            "Token": role.session_token,
            "Expiration": _expiry(role).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def _describe(self, task: Task, container: Container, what: str) -> dict[str, Any]:
        if not what:
            return self._container(task, container)
        containers = [self._container(task, each) for each in task.containers if each.last_status != PENDING]
        described = _task(task) | {"Containers": containers}
        if what == "taskWithTags":
            described["TaskTags"] = {tag["key"]: tag["value"] for tag in task.tags}
        return described

    def _container(self, task: Task, container: Container) -> dict[str, Any]:
        definition = container.definition
        logs = definition.get("logConfiguration") or {}
        described = {
            "DockerId": container.runtime_id,
            "Name": container.name,
            "DockerName": container.name,
            "Image": definition["image"],
            "ImageID": container.image_digest,
            "Labels": {
                **(definition.get("dockerLabels") or {}),
                "com.amazonaws.ecs.cluster": task.cluster_arn,
                "com.amazonaws.ecs.container-name": container.name,
                "com.amazonaws.ecs.task-arn": task.task_arn,
                "com.amazonaws.ecs.task-definition-family": task.definition.family,
                "com.amazonaws.ecs.task-definition-version": str(task.definition.revision),
            },
            "DesiredStatus": task.desired_status,
            "KnownStatus": container.last_status,
            "ExitCode": container.exit_code,
            "Limits": {"CPU": definition.get("cpu") or 2, "Memory": definition.get("memory")},
            "CreatedAt": _time(task, "pullStoppedAt"),
            "StartedAt": _time(task, "startedAt"),
            "Type": "NORMAL",
            "LogDriver": logs.get("logDriver"),
            "LogOptions": logs.get("options"),
            "ContainerARN": container.arn,
            "Networks": self._networks(task),
            "Ports": [
                {"ContainerPort": each["containerPort"], "Protocol": each["protocol"], "HostPort": each["hostPort"]}
                for each in container.bindings
            ],
            "Snapshotter": "overlayfs",
            "RestartCount": container.restarts if definition.get("restartPolicy") else None,
            "Health": {"status": container.health} if definition.get("healthCheck") else None,
        }  # fmt: skip
        return {name: value for name, value in described.items() if value not in (None, [], {})}

    def _networks(self, task: Task) -> list[dict[str, Any]]:
        eni = task.network_interface
        if eni is None:
            return [{"NetworkMode": task.network_mode}]
        try:
            block = ec2_backends[self._runtime.account_id][task.region].get_subnet(eni.subnet_id).cidr_block
        except Exception:  # deleted meanwhile
            return [{"NetworkMode": "awsvpc", "IPv4Addresses": [eni.private_ip]}]
        network = ip_network(block)
        return [
            {
                "NetworkMode": "awsvpc",
                "IPv4Addresses": [eni.private_ip],
                "AttachmentIndex": 0,
                "MACAddress": eni.mac_address,
                "IPv4SubnetCIDRBlock": block,
                "DomainNameServers": [str(network.network_address + 2)],
                "PrivateDNSName": eni.private_dns_name,
                "SubnetGatewayIpv4Address": f"{network.network_address + 1}/{network.prefixlen}",
            }
        ]

    def _statistics(self, containers: Iterable[Container]) -> dict[str, Any]:
        """By the engine's container id; null for a container that does not run. Not under the lock."""
        ids = [each.runtime_id for each in containers if each.runtime_id and each.last_status == RUNNING]
        read = self._runtime.clock.now().isoformat()
        return {runtime_id: _stats(self._runtime.engine.usage(runtime_id), read) for runtime_id in ids}


def _expiry(role: Any) -> datetime:
    expiration: datetime = role.expiration
    return expiration if expiration.tzinfo else expiration.replace(tzinfo=UTC)


def _task(task: Task) -> dict[str, Any]:
    cpu, memory = task_size(
        task.overrides.get("cpu") or task.definition.cpu,
        task.overrides.get("memory") or task.definition.memory,
    )
    described = {
        "Cluster": task.cluster_arn,
        "TaskARN": task.task_arn,
        "Family": task.definition.family,
        "Revision": str(task.definition.revision),
        "ServiceName": task.service.name if task.service else None,
        "DesiredStatus": task.desired_status,
        "KnownStatus": task.last_status,
        "Limits": {"CPU": cpu / 1024, "Memory": memory} if cpu and memory else None,
        "PullStartedAt": _time(task, "pullStartedAt"),
        "PullStoppedAt": _time(task, "pullStoppedAt"),
        "AvailabilityZone": task.availability_zone,
        "LaunchType": "FARGATE" if task.on_fargate else "EC2",
    }
    return {name: value for name, value in described.items() if value is not None}


def _stats(usage: Usage | None, read: str) -> dict[str, Any] | None:
    if usage is None:
        return None
    return {
        "read": read,
        "cpu_stats": {"cpu_usage": {"total_usage": int(usage.cpu_seconds * 1e9)}},
        "memory_stats": {"usage": usage.memory_bytes},
    }


def _time(task: Task, name: str) -> str | None:
    return task.times[name].isoformat() if name in task.times else None

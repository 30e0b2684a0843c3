"""What a task asks about itself: metadata (version 4) and the credentials of its role.

Both are under a path that only the task knows (`/_course/tasks/<secret>/…`, in its environment); credentials
want its token too. A container gets no credentials unless its task has a role.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.ecs.models import ecs_backends

from labs.cloud.aws.ecs.model import STOPPED, Container, Task
from labs.cloud.aws.sts import assume_task_role
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
            match rest.split("/"):
                case ["v4", name]:
                    return next((_container(task, c) for c in task.containers if c.name == name), None)
                case ["v4", _, "task"]:
                    return _task(task)
        return None

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


def _expiry(role: Any) -> datetime:
    expiration: datetime = role.expiration
    return expiration if expiration.tzinfo else expiration.replace(tzinfo=UTC)


def _task(task: Task) -> dict[str, Any]:
    return {
        "Cluster": task.cluster_arn,
        "TaskARN": task.task_arn,
        "Family": task.definition.family,
        "Revision": str(task.definition.revision),
        "ServiceName": task.service.name if task.service else "",
        "DesiredStatus": task.desired_status,
        "KnownStatus": task.last_status,
        "LaunchType": task.launch_type or "FARGATE",
        "AvailabilityZone": task.availability_zone,
        "PullStartedAt": _time(task, "pullStartedAt"),
        "PullStoppedAt": _time(task, "pullStoppedAt"),
        "Containers": [_container(task, container) for container in task.containers],
    }


def _container(task: Task, container: Container) -> dict[str, Any]:
    eni = task.network_interface
    return {
        "DockerId": container.runtime_id,
        "Name": container.name,
        "DockerName": container.name,
        "Image": container.definition["image"],
        "ImageID": container.image_digest,
        "Labels": {
            "com.amazonaws.ecs.cluster": task.cluster_arn,
            "com.amazonaws.ecs.container-name": container.name,
            "com.amazonaws.ecs.task-arn": task.task_arn,
            "com.amazonaws.ecs.task-definition-family": task.definition.family,
            "com.amazonaws.ecs.task-definition-version": str(task.definition.revision),
        },
        "DesiredStatus": task.desired_status,
        "KnownStatus": container.last_status,
        "ContainerARN": container.arn,
        "Type": "NORMAL",
        "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": [eni.private_ip]}] if eni else [],
    }


def _time(task: Task, name: str) -> str | None:
    return task.times[name].isoformat() if name in task.times else None

"""Tasks of the local cloud, and how the ECS API describes them.

moto's own advance by being described.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moto.ecs.models import TaskDefinition

from labs.cloud.aws.ecs.health import task_health

# Whoever handles tasks has their states from here.
from labs.cloud.task_words import ACTIVATING as ACTIVATING
from labs.cloud.task_words import DEACTIVATING as DEACTIVATING
from labs.cloud.task_words import DEPROVISIONING as DEPROVISIONING
from labs.cloud.task_words import PENDING as PENDING
from labs.cloud.task_words import PROVISIONING as PROVISIONING
from labs.cloud.task_words import RUNNING as RUNNING
from labs.cloud.task_words import STOPPED as STOPPED
from labs.cloud.task_words import STOPPING as STOPPING

if TYPE_CHECKING:
    from labs.cloud.aws.ecs.container_instance import ContainerInstance
    from labs.cloud.aws.ecs.service_model import Service

FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")  # the capacity providers that every account has


@dataclass(frozen=True)
class NetworkInterface:
    """A task's elastic network interface, as its attachment shows it."""

    id: str
    attachment_id: str
    subnet_id: str
    private_ip: str
    mac_address: str
    private_dns_name: str

    def describe(self, status: str) -> dict[str, Any]:
        """The attachment in the ECS API's shape."""
        details = {
            "subnetId": self.subnet_id,
            "networkInterfaceId": self.id,
            "macAddress": self.mac_address,
            "privateDnsName": self.private_dns_name,
            "privateIPv4Address": self.private_ip,
        }
        return {
            "id": self.attachment_id,
            "type": "ElasticNetworkInterface",
            "status": status,
            "details": [{"name": name, "value": value} for name, value in details.items()],
        }


@dataclass
class Container:
    """One container of a task. `definition` is the task definition's, with the task's overrides applied."""

    arn: str
    definition: Mapping[str, Any]
    last_status: str = PENDING
    runtime_id: str | None = None  # the engine's id, once it was started
    image_digest: str | None = None
    exit_code: int | None = None
    reason: str | None = None
    health: str = "UNKNOWN"
    running_since: float | None = None  # monotonic seconds; of its last start
    restarts: int = 0  # under its restart policy
    bindings: list[dict[str, Any]] = field(default_factory=list)  # host ports, on a container instance

    @property
    def name(self) -> str:
        """Its name in the task definition."""
        return str(self.definition["name"])

    @property
    def essential(self) -> bool:
        """Whether its end stops the task; true unless said otherwise."""
        return self.definition.get("essential") is not False

    @property
    def ports(self) -> tuple[int, ...]:
        """Its TCP ports."""
        mappings = self.definition.get("portMappings") or ()
        return tuple(
            m["containerPort"] for m in mappings if m.get("protocol", "tcp") == "tcp" and "containerPort" in m
        )

    def describe(self, task: Task) -> dict[str, Any]:
        """The container in the ECS API's shape."""
        eni = task.network_interface
        described = {
            "containerArn": self.arn,
            "taskArn": task.task_arn,
            "name": self.name,
            "image": self.definition["image"],
            "imageDigest": self.image_digest,
            "runtimeId": self.runtime_id,
            "lastStatus": self.last_status,
            "exitCode": self.exit_code,
            "reason": self.reason,
            "networkBindings": self.bindings,
            "networkInterfaces": [{"attachmentId": eni.attachment_id, "privateIpv4Address": eni.private_ip}]
            if eni
            else [],
            "healthStatus": self.health,
            "cpu": str(self.definition.get("cpu") or 0),
        }
        for name in ("memory", "memoryReservation"):
            if self.definition.get(name) is not None:
                described[name] = str(self.definition[name])
        return described


@dataclass
class Task:
    """One task. Changed only under the cloud's lock."""

    cluster_name: str
    cluster_arn: str
    task_arn: str
    definition: TaskDefinition
    region: str
    group: str
    created_at: datetime
    containers: list[Container]
    subnet_id: str
    availability_zone: str
    network: Mapping[str, Any]  # awsvpcConfiguration
    container_instance: ContainerInstance | None = None  # in EC2 capacity, once it is placed
    placement: Mapping[str, Any] = field(default_factory=dict)  # constraints and strategy it is placed by
    started_by: str = ""
    launch_type: str | None = None
    capacity_provider: str | None = None
    platform_version: str = "1.4.0"
    tags: list[dict[str, str]] = field(default_factory=list)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    enable_execute_command: bool = False
    service: Service | None = None
    deployment_id: str | None = None
    last_status: str = PROVISIONING
    desired_status: str = RUNNING
    stop_code: str | None = None
    stopped_reason: str | None = None
    network_interface: NetworkInterface | None = None
    times: dict[str, datetime] = field(default_factory=dict)  # startedAt, stoppingAt, pullStartedAt…
    running_since: float | None = None  # monotonic seconds
    targets: list[tuple[str, int]] = field(
        default_factory=list
    )  # (target group ARN, port) it is registered as
    counted: bool = False  # its end was taken into account by its service
    drained_at: float | None = None  # monotonic seconds; while DEACTIVATING
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))  # in the path of its own endpoints
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))  # for its role's credentials
    assumed_role: Any = None  # STS's record of its role's current credentials
    version: int = 1

    @property
    def id(self) -> str:
        """The last part of its ARN."""
        return self.task_arn.rpartition("/")[2]

    @property
    def task_role_arn(self) -> str | None:
        """The role that its containers act under."""
        return self.overrides.get("taskRoleArn") or getattr(self.definition, "task_role_arn", None)

    @property
    def execution_role_arn(self) -> str | None:
        """The role that ECS acts under to start it."""
        return self.overrides.get("executionRoleArn") or getattr(self.definition, "execution_role_arn", None)

    @property
    def architecture(self) -> str:
        """x86_64 or arm64, as its runtime platform says."""
        return str((self.definition.runtime_platform or {}).get("cpuArchitecture") or "X86_64").lower()

    @property
    def network_mode(self) -> str:
        """awsvpc, bridge, host or none."""
        return str(self.definition.network_mode or "bridge")

    @property
    def on_fargate(self) -> bool:
        """Whether it runs on Fargate; else in EC2 capacity."""
        return self.launch_type in (None, "FARGATE")

    @property
    def waits_for_capacity(self) -> bool:
        """Whether no instance has room for it yet; its capacity provider may start one."""
        return not self.on_fargate and self.container_instance is None

    @property
    def target_id(self) -> str:
        """What it is registered as in a target group: its own address, or its instance."""
        if self.network_interface is not None:
            return self.network_interface.private_ip
        return self.container_instance.ec2_instance_id if self.container_instance is not None else ""

    def target_port(self, container: str, port: int) -> int:
        """The port under which a target group reaches that container's port: the host's, without awsvpc."""
        bindings = next((each.bindings for each in self.containers if each.name == container), [])
        return next((each["hostPort"] for each in bindings if each["containerPort"] == port), port)

    @property
    def active(self) -> bool:
        """Whether it should run (it may not run yet)."""
        return self.desired_status == RUNNING

    @property
    def health(self) -> str:
        """Of its essential containers together."""
        return task_health(container.health for container in self.containers if container.essential)

    def ask_to_stop(self, code: str, reason: str, now: datetime) -> None:
        """Make it stop, once: the first cause is the one that is told."""
        if self.desired_status == STOPPED:
            return
        self.desired_status = STOPPED
        self.stop_code, self.stopped_reason = code, reason
        self.times["stoppingAt"] = now
        self.version += 1

    def move(self, status: str) -> None:
        """Go to the next state."""
        self.last_status = status
        self.version += 1

    def describe(self, tags: bool = False) -> dict[str, Any]:
        """The task in the ECS API's shape."""
        eni = self.network_interface
        attached = {PROVISIONING: "PRECREATED", STOPPED: "DELETED"}.get(self.last_status, "ATTACHED")
        described: dict[str, Any] = {
            "taskArn": self.task_arn,
            "clusterArn": self.cluster_arn,
            "taskDefinitionArn": self.definition.arn,
            "attachments": [eni.describe(attached)] if eni else [],
            "attributes": [{"name": "ecs.cpu-architecture", "value": self.architecture}],
            "availabilityZone": self.availability_zone,
            "containers": [container.describe(self) for container in self.containers],
            "cpu": self.overrides.get("cpu") or self.definition.cpu,
            "memory": self.overrides.get("memory") or self.definition.memory,
            "createdAt": self.created_at,
            "desiredStatus": self.desired_status,
            "lastStatus": self.last_status,
            "enableExecuteCommand": self.enable_execute_command,
            "group": self.group,
            "healthStatus": self.health,
            "overrides": dict(self.overrides)
            or {
                "containerOverrides": [{"name": c.name} for c in self.containers],
                "inferenceAcceleratorOverrides": [],
            },
            "startedBy": self.started_by or None,
            "stopCode": self.stop_code,
            "stoppedReason": self.stopped_reason,
            "version": self.version,
            **self.times,
        }
        if "connectivityAt" in self.times:
            described["connectivity"] = "CONNECTED"
        if self.on_fargate:
            described |= {
                "ephemeralStorage": self.definition.ephemeral_storage or {"sizeInGiB": 20},
                "platformVersion": self.platform_version,
                "platformFamily": "Linux",
            }
        if self.container_instance is not None:
            described["containerInstanceArn"] = self.container_instance.arn
        if self.capacity_provider:
            described["capacityProviderName"] = self.capacity_provider
        described["launchType"] = self.launch_type or "FARGATE"
        if tags:
            described["tags"] = self.tags
        return described

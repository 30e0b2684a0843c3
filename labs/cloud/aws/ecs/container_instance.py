"""A container instance: one EC2 machine of a cluster, what it has and what its tasks leave of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.models.instances import Instance as Machine

from labs.cloud.aws.ecs.demand import demand
from labs.cloud.aws.ecs.model import PENDING, PROVISIONING, RUNNING, Task
from labs.cloud.controllers.cluster_query import Subject
from labs.cloud.controllers.placement import Instance, Port

AGENT = {"agentVersion": "1.107.0", "agentHash": "*e1a2b3c4", "dockerVersion": "DockerVersion: 25.0.16"}
AGENT_PORTS = (22, 2375, 2376, 51678, 51679)  # the system's and the agent's [DG task_definition_parameters]
# The share of its type's memory that an instance registers: the rest is the operating system's.
# 7985 of 8192 MiB in AWS's own example [DG Reserving Amazon ECS Linux container instance memory].
REGISTERED_MEMORY = 7985 / 8192


@dataclass
class ContainerInstance:
    """One EC2 instance in a cluster. Changed only under the cloud's lock."""

    arn: str
    cluster_name: str
    machine: Machine
    cpu: int  # CPU units
    memory: int  # MiB
    registered_at: datetime
    attributes: dict[str, str | None]
    interfaces: int = 0  # network interfaces for tasks: the type's, but for the instance's own
    reserved: frozenset[Port] = frozenset(("tcp", port) for port in AGENT_PORTS)
    status: str = "ACTIVE"
    agent_connected: bool = True
    capacity_provider: str | None = None
    version_info: Mapping[str, str] = field(default_factory=lambda: AGENT)
    custom: set[str] = field(default_factory=set)  # names of the attributes that were put
    tags: list[dict[str, str]] = field(default_factory=list)
    version: int = 1

    @property
    def id(self) -> str:
        """The last part of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def ec2_instance_id(self) -> str:
        """The machine's id."""
        return str(self.machine.id)

    @property
    def zone(self) -> str:
        """Its Availability Zone."""
        return str(self.machine.availability_zone)

    @property
    def private_ip(self) -> str:
        """The machine's address, under which host ports are reached."""
        return str(self.machine.private_ip)

    def facts(self, tasks: Iterable[Task]) -> Instance:
        """What placement needs to know; `tasks` are those on it that are not STOPPED."""
        tasks = list(tasks)
        taken = [demand(task.definition, task.overrides) for task in tasks]
        groups = tuple(task.group for task in tasks)
        return Instance(
            self.arn,
            cpu=self.cpu - sum(each.cpu for each in taken),
            memory=self.memory - sum(each.memory for each in taken),
            interfaces=self.interfaces - sum(each.interfaces for each in taken),
            ports=self.reserved.union(*(each.ports for each in taken)),
            groups=groups,
            active=self.status == "ACTIVE",
            subject=self.subject(tasks),
        )

    def subject(self, tasks: Iterable[Task]) -> Subject:
        """What the cluster query language asks of it."""
        tasks = list(tasks)
        return Subject(
            attributes=self.attributes,
            groups=tuple(task.group for task in tasks),
            agent_connected=self.agent_connected,
            agent_version=self.version_info.get("agentVersion", ""),
            ec2_instance_id=self.ec2_instance_id,
            registered_at=self.registered_at,
            running_tasks=sum(task.last_status == RUNNING for task in tasks),
        )

    def describe(self, tasks: Iterable[Task]) -> dict[str, Any]:
        """The container instance in the ECS API's shape."""
        tasks = list(tasks)
        left = self.facts(tasks)
        described: dict[str, Any] = {
            "containerInstanceArn": self.arn,
            "ec2InstanceId": self.ec2_instance_id,
            "version": self.version,
            "versionInfo": dict(self.version_info),
            "registeredResources": _resources(self.cpu, self.memory, self.reserved),
            "remainingResources": _resources(left.cpu, left.memory, left.ports),
            "status": self.status,
            "agentConnected": self.agent_connected,
            "runningTasksCount": sum(task.last_status == RUNNING for task in tasks),
            "pendingTasksCount": sum(task.last_status in (PROVISIONING, PENDING) for task in tasks),
            "attributes": [
                {"name": name} | ({} if value is None else {"value": value})
                for name, value in self.attributes.items()
            ],
            "registeredAt": self.registered_at,
            "attachments": [],
            "tags": self.tags,
        }
        if self.capacity_provider:
            described["capacityProviderName"] = self.capacity_provider
        return described


def instance_type(name: str) -> Mapping[str, Any]:
    """What EC2 says of an instance type; of t3.medium for one that it does not know."""
    kind: Mapping[str, Any] = INSTANCE_TYPES.get(name) or INSTANCE_TYPES["t3.medium"]
    return kind


def capacity_of_type(name: str) -> tuple[int, int]:
    """The CPU units and MiB that an instance of this type registers."""
    kind = instance_type(name)
    return kind["VCpuInfo"]["DefaultVCpus"] * 1024, int(kind["MemoryInfo"]["SizeInMiB"] * REGISTERED_MEMORY)


def _resources(cpu: int, memory: int, ports: Iterable[Port]) -> list[dict[str, Any]]:
    def resource(name: str, kind: str, **value: Any) -> dict[str, Any]:
        return {"name": name, "type": kind, "doubleValue": 0.0, "longValue": 0, "integerValue": 0, **value}

    taken = sorted(ports)
    return [
        resource("CPU", "INTEGER", integerValue=cpu),
        resource("MEMORY", "INTEGER", integerValue=memory),
        resource("PORTS", "STRINGSET", stringSetValue=[str(port) for kind, port in taken if kind == "tcp"]),
        resource(
            "PORTS_UDP", "STRINGSET", stringSetValue=[str(port) for kind, port in taken if kind == "udp"]
        ),
    ]

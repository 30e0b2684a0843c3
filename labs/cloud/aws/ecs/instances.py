"""Container instances: the EC2 machines of a cluster, what they have and what is left of it.

The instance controller registers machines as they boot; here are the API's operations on them, and `place`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from moto.ec2.models import ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.models.instances import Instance as Machine
from moto.ecs.exceptions import EcsClientException, ECSException, InvalidParameterException
from moto.ecs.models import Cluster, TaskDefinition

from labs.cloud.aws.ecs.capacity import CapacityBackend
from labs.cloud.aws.ecs.errors import NotEmulated
from labs.cloud.aws.ecs.model import PENDING, PROVISIONING, RUNNING, STOPPED, Task
from labs.cloud.aws.ecs.service_model import Service
from labs.cloud.aws.ecs.validation import task_size
from labs.cloud.controllers.cluster_query import InvalidExpression, Subject, parse
from labs.cloud.controllers.placement import Demand, Instance, Port, Refusal, place

AGENT = {"agentVersion": "1.107.0", "agentHash": "*e1a2b3c4", "dockerVersion": "DockerVersion: 25.0.16"}
AGENT_PORTS = (
    22,
    2375,
    2376,
    51678,
    51679,
)  # kept for the system and the agent [DG task_definition_parameters]
# The share of its type's memory that an instance registers: the rest is the operating system's.
# 7985 of 8192 MiB in AWS's own example [DG Reserving Amazon ECS Linux container instance memory].
REGISTERED_MEMORY = 7985 / 8192
MOST_ATTRIBUTES = 10  # of one instance, beside its own [API PutAttributes]


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


def capacity_of_type(instance_type: str) -> tuple[int, int]:
    """The CPU units and MiB that an instance of this type registers."""
    kind = _type(instance_type)
    return kind["VCpuInfo"]["DefaultVCpus"] * 1024, int(kind["MemoryInfo"]["SizeInMiB"] * REGISTERED_MEMORY)


def _type(name: str) -> Mapping[str, Any]:
    """What EC2 says of an instance type; of t3.medium for one that it does not know."""
    kind: Mapping[str, Any] = INSTANCE_TYPES.get(name) or INSTANCE_TYPES["t3.medium"]
    return kind


def fixed_host_port(mapping: Mapping[str, Any], mode: str) -> int | None:
    """The host port that a port mapping asks for; None when one is chosen at start [API PortMapping]."""
    if mode == "host":
        return mapping.get("hostPort") or mapping.get("containerPort")
    return mapping.get("hostPort") or None


class InstanceBackend(CapacityBackend):
    """Container instances of one Region. `container_instances` is moto's table: cluster → id → instance."""

    container_instances: dict[str, dict[str, ContainerInstance]]
    rng = random.Random()  # noqa: S311  where tasks go is no secret

    def join(
        self,
        cluster: Cluster,
        machine: Machine,
        *,
        attributes: Mapping[str, str | None] | None = None,
        reserved_memory: int = 0,
        resources: Iterable[Mapping[str, Any]] = (),
        version_info: Mapping[str, str] | None = None,
        tags: Iterable[dict[str, str]] = (),
    ) -> ContainerInstance:
        """Make a machine a container instance of `cluster`; the one that it already is, if so."""
        for known in self.container_instances.get(cluster.name, {}).values():
            if known.machine is machine and known.status != "INACTIVE":
                return known
        kind = _type(machine.instance_type)
        cpu, memory = capacity_of_type(machine.instance_type)
        given = {each.get("name"): each.get("integerValue") for each in resources}
        architecture = "arm64" if "arm64" in kind["ProcessorInfo"]["SupportedArchitectures"] else "x86_64"
        group = getattr(machine, "autoscaling_group", None)
        instance = ContainerInstance(
            arn=f"arn:aws:ecs:{self.region_name}:{self.account_id}:container-instance/{cluster.name}/{uuid4().hex}",
            cluster_name=cluster.name,
            machine=machine,
            cpu=given.get("CPU") or cpu,
            memory=(given.get("MEMORY") or memory) - reserved_memory,
            interfaces=kind["NetworkInfo"]["MaximumNetworkInterfaces"] - 1,
            registered_at=self.runtime.clock.now(),
            attributes={
                "ecs.ami-id": machine.image_id,
                "ecs.availability-zone": machine.availability_zone,
                "ecs.cpu-architecture": architecture,
                "ecs.instance-type": machine.instance_type,
                "ecs.os-family": "LINUX",
                "ecs.os-type": "linux",
                "ecs.subnet-id": machine.subnet_id,
                "ecs.vpc-id": machine.vpc_id,
                **(attributes or {}),
            },
            capacity_provider=self.provider_of(cluster, group.arn) if group else None,
            version_info=version_info or AGENT,
            custom=set(attributes or {}),
            tags=list(tags),
        )
        self.container_instances.setdefault(cluster.name, {})[instance.id] = instance
        return instance

    def register_by_agent(self, parameters: Mapping[str, Any]) -> ContainerInstance:
        """RegisterContainerInstance, as the agent calls it with its machine's identity document."""
        cluster = self._active_cluster(parameters.get("cluster"))
        try:
            machine_id = json.loads(parameters.get("instanceIdentityDocument") or "")["instanceId"]
        except (ValueError, TypeError, KeyError):
            raise EcsClientException("Instance identity document is not valid.") from None
        if str(machine_id).startswith("mi-"):
            raise NotEmulated(
                "external instances (RegisterContainerInstance with an SSM activation, ECS Anywhere)"
            )
        machine = ec2_backends[self.account_id][self.region_name].get_instance_by_id(machine_id)
        if machine is None:
            raise EcsClientException(f"The instance {machine_id} does not exist.")
        return self.join(
            cluster,
            machine,
            attributes={each["name"]: each.get("value") for each in parameters.get("attributes") or ()},
            resources=parameters.get("totalResources") or (),
            version_info=parameters.get("versionInfo"),
            tags=parameters.get("tags") or (),
        )

    def instances_of(self, cluster_name: str) -> list[ContainerInstance]:
        """Those that are registered, DRAINING ones included."""
        return [
            instance
            for instance in self.container_instances.get(cluster_name, {}).values()
            if instance.status != "INACTIVE"
        ]

    def tasks_on(self, instance: ContainerInstance) -> list[Task]:
        """Its tasks, but for stopped ones."""
        return [
            task
            for task in self.tasks.get(instance.cluster_name, {}).values()
            if task.container_instance is instance and task.last_status != STOPPED
        ]

    def find_instances(
        self, cluster: Cluster, references: Iterable[str]
    ) -> tuple[list[ContainerInstance], list[dict[str, str]]]:
        """Container instances by id or ARN, and failures for the others."""
        known = self.container_instances.get(cluster.name, {})
        found, failures = [], []
        for reference in references:
            instance = known.get(reference.rpartition("/")[2])
            if instance is not None and reference in (instance.id, instance.arn):
                found.append(instance)
            else:
                name = reference.rpartition("/")[2]
                arn = f"{cluster.arn.replace(':cluster/', ':container-instance/')}/{name}"
                failures.append(
                    {"arn": reference if reference.startswith("arn:") else arn, "reason": "MISSING"}
                )
        return found, failures

    def select_instances(self, parameters: Mapping[str, Any]) -> list[str]:
        """ListContainerInstances: ARNs by status and by an expression of the cluster query language."""
        cluster = self._get_cluster(parameters.get("cluster") or "default")
        status = parameters.get("status")
        if status not in (None, "ACTIVE", "DRAINING", "REGISTERING", "DEREGISTERING", "REGISTRATION_FAILED"):
            raise InvalidParameterException("Container instance status should be one of [ACTIVE,DRAINING]")
        try:
            wanted = parse(parameters["filter"]) if parameters.get("filter") else None
        except InvalidExpression as error:
            raise InvalidParameterException(
                f"Expression is not valid: {parameters['filter']} ({error})"
            ) from None
        return sorted(
            instance.arn
            for instance in self.instances_of(cluster.name)
            if status in (None, instance.status)
            and (wanted is None or wanted(instance.subject(self.tasks_on(instance))))
        )

    def set_instances_state(
        self, parameters: Mapping[str, Any]
    ) -> tuple[list[ContainerInstance], list[dict[str, str]]]:
        """UpdateContainerInstancesState. DRAINING takes no new tasks; services replace those that are there."""
        cluster = self._get_cluster(parameters.get("cluster") or "default")
        status = str(parameters.get("status") or "").upper()
        if status not in ("ACTIVE", "DRAINING"):
            raise InvalidParameterException("Container instance status should be one of [ACTIVE, DRAINING]")
        found, failures = self.find_instances(cluster, parameters.get("containerInstances") or ())
        changed = []
        for instance in found:
            if instance.status == "INACTIVE":
                failures.append({"arn": instance.arn, "reason": "INACTIVE"})
                continue
            instance.status = status
            instance.version += 1
            changed.append(instance)
            if status == "DRAINING":
                self._stop_pending(instance)
        return changed, failures

    def _stop_pending(self, instance: ContainerInstance) -> None:
        """Service tasks that are still PENDING on a draining instance stop at once [DG Draining]."""
        for task in self.tasks_on(instance):
            if task.service is not None and task.last_status in (PROVISIONING, PENDING):
                task.ask_to_stop(
                    "ServiceSchedulerInitiated",
                    "Task stopped: its container instance is draining",
                    self.runtime.clock.now(),
                )

    def deregister(self, parameters: Mapping[str, Any]) -> ContainerInstance:
        """DeregisterContainerInstance; refused while tasks run on it, unless forced."""
        cluster = self._get_cluster(parameters.get("cluster") or "default")
        reference = parameters.get("containerInstance") or ""
        found, _ = self.find_instances(cluster, [reference])
        if not found or found[0].status == "INACTIVE":
            raise InvalidParameterException("The referenced container instance was not found.")
        if self.tasks_on(found[0]) and not parameters.get("force"):
            raise InvalidParameterException("Found running tasks on the instance.")
        self.retire(found[0], "UserInitiated", "Container instance deregistration forced by user")
        return found[0]

    def retire(self, instance: ContainerInstance, code: str, reason: str) -> None:
        """The instance leaves its cluster, and its tasks stop."""
        instance.status, instance.agent_connected = "INACTIVE", False
        instance.version += 1
        for task in self.tasks_on(instance):
            task.ask_to_stop(code, reason, self.runtime.clock.now())

    # Attributes

    def set_attributes(self, parameters: Mapping[str, Any]) -> None:
        """PutAttributes: at most 10 of one's own for each instance."""
        for instance, attribute in self._attribute_targets(parameters):
            name = attribute["name"]
            if name.startswith("ecs."):
                raise InvalidParameterException(f"The attribute name '{name}' is reserved.")
            if len(instance.custom | {name}) > MOST_ATTRIBUTES:
                raise ECSException(
                    "AttributeLimitExceededException", f"At most {MOST_ATTRIBUTES} custom attributes."
                )
            instance.custom.add(name)
            instance.attributes[name] = attribute.get("value")

    def drop_attributes(self, parameters: Mapping[str, Any]) -> None:
        """DeleteAttributes; one that is not there is no error."""
        for instance, attribute in self._attribute_targets(parameters):
            name, value = attribute["name"], attribute.get("value")
            if name in instance.custom and value in (None, instance.attributes[name]):
                instance.custom.discard(name)
                del instance.attributes[name]

    def _attribute_targets(
        self, parameters: Mapping[str, Any]
    ) -> list[tuple[ContainerInstance, Mapping[str, Any]]]:
        cluster = self._get_cluster(parameters.get("cluster") or "default")
        if not parameters.get("attributes"):
            raise InvalidParameterException("attributes can not be empty")
        pairs: list[tuple[ContainerInstance, Mapping[str, Any]]] = []
        for attribute in parameters["attributes"]:
            target = attribute.get("targetId")
            found, _ = (
                self.find_instances(cluster, [target]) if target else (self.instances_of(cluster.name), [])
            )
            found = [instance for instance in found if instance.status != "INACTIVE"]
            if target and (not found or attribute.get("targetType") not in (None, "container-instance")):
                raise ECSException("TargetNotFoundException", f"Could not find {target}")
            pairs += [(instance, attribute) for instance in found]
        return pairs

    def select_attributes(self, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """ListAttributes, by name and value."""
        if parameters.get("targetType") != "container-instance":
            raise InvalidParameterException("targetType must be container-instance")
        cluster = self._get_cluster(parameters.get("cluster") or "default")
        name, value = parameters.get("attributeName"), parameters.get("attributeValue")
        return [
            {"name": each, "targetId": instance.arn} | ({} if its is None else {"value": its})
            for instance in self.instances_of(cluster.name)
            for each, its in instance.attributes.items()
            if name in (None, each) and value in (None, its)
        ]

    # Placement

    def place(
        self,
        cluster: Cluster,
        definition: TaskDefinition,
        *,
        group: str,
        constraints: Iterable[Mapping[str, Any]] = (),
        strategy: Iterable[Mapping[str, Any]] = (),
        overrides: Mapping[str, Any] | None = None,
        zones: Iterable[str] | None = None,
        provider: str | None = None,
        only: str | None = None,
    ) -> ContainerInstance | list[Refusal]:
        """Where one more task of `group` goes in EC2 capacity, or why each active instance is refused.

        `zones` are those of the task's subnets (awsvpc); `provider` limits the choice to its instances, `only` to that one. The
        definition's own constraints hold too. The empty list means that there is no active instance.
        """
        fleet = {
            instance.arn: instance
            for instance in self.instances_of(cluster.name)
            if provider in (None, instance.capacity_provider) and only in (None, instance.arn)
        }
        chosen = place(
            demand(definition, overrides, zones),
            [instance.facts(self.tasks_on(instance)) for instance in fleet.values()],
            group,
            [*(definition.placement_constraints or ()), *constraints],
            strategy,
            self.rng,
        )
        return chosen if isinstance(chosen, list) else fleet[chosen.id]

    def count_daemons(self, service: Service) -> None:
        """A daemon service wants as many tasks as there are instances for it."""
        count = len(self.daemon_instances(service)[0])
        if count != service.desired_count:
            service.desired_count = service.primary.desired_count = count
            service.steady = False

    def daemon_instances(self, service: Service) -> tuple[list[str], list[str]]:
        """ARNs of the instances that a daemon service runs on, and of draining ones that still have other tasks."""
        if service.status != "ACTIVE":
            return [], []
        tests = [
            parse(each["expression"])
            for each in (
                *(service.primary.definition.placement_constraints or ()),
                *(service.properties.get("placementConstraints") or ()),
            )
            if each["type"] == "memberOf"
        ]
        wanted, kept = [], []
        for instance in self.instances_of(service.cluster_name):
            tasks = self.tasks_on(instance)
            subject = instance.subject([task for task in tasks if task.service is not service])
            if (
                instance.status == "ACTIVE"
                and instance.agent_connected
                and all(test(subject) for test in tests)
            ):
                wanted.append(instance.arn)
            elif instance.status == "DRAINING" and any(not (t.service and t.service.daemon) for t in tasks):
                kept.append(instance.arn)
        return wanted, kept

    def fits(
        self,
        instance: ContainerInstance,
        definition: TaskDefinition,
        group: str,
        overrides: Mapping[str, Any],
        zones: Iterable[str] | None,
    ) -> str | None:
        """Why a task does not go on this one instance, for StartTask; None when it does."""
        if instance.status == "INACTIVE":
            return "INACTIVE"
        facts = replace(
            instance.facts(self.tasks_on(instance)), active=True
        )  # DRAINING is no matter for StartTask
        chosen = place(demand(definition, overrides, zones), [facts], group, (), (), self.rng)
        return chosen[0].reason if isinstance(chosen, list) else None


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

"""Container instances: EC2 machines that join a cluster, drain and leave it.

The instance controller registers machines as they boot; here are the API's operations on them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance as Machine
from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.models import Cluster

from labs.cloud.aws.ecs.capacity import CapacityBackend
from labs.cloud.aws.ecs.container_instance import AGENT, ContainerInstance, capacity_of_type, instance_type
from labs.cloud.aws.ecs.errors import NotEmulated
from labs.cloud.aws.ecs.model import PENDING, PROVISIONING, STOPPED, Task
from labs.cloud.controllers.cluster_query import InvalidExpression, parse


class InstanceBackend(CapacityBackend):
    """Container instances of one Region. `container_instances` is moto's table: cluster → id → instance."""

    container_instances: dict[str, dict[str, ContainerInstance]]

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
        kind = instance_type(machine.instance_type)
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

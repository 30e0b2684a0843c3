"""The instance controller: what the ECS agent does on every EC2 instance.

A machine that boots from an ECS-optimised image reads its cluster's name in its user data and registers itself;
one that ends leaves its cluster, and its tasks stop.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from moto.core.types import Base64EncodedString
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance as Machine
from moto.ecs.models import ecs_backends

from labs.cloud.aws.ecs.container_instance import ContainerInstance
from labs.cloud.aws.ecs.services import EcsBackend
from labs.cloud.controllers.instance_texts import say
from labs.cloud.runtime import Runtime
from labs.cloud.task_words import host_terminated

BOOT = 1.0  # seconds from RunInstances until the agent registers; minutes on AWS
SETTING = re.compile(r"""\b(ECS_[A-Z_]+)=(\{[^}\n]*\}|"[^"\n]*"|'[^'\n]*'|[^\s;"']*)""")

log = logging.getLogger(__name__)


class InstanceController:
    """Registers and deregisters container instances as their machines come and go."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._booted: dict[str, float] = {}  # machine id → monotonic seconds at which its agent is up
        self._told: dict[str, str] = {}  # machine id → why it does not join, once told

    def tick(self, now: float) -> float | None:
        """One look at every machine."""
        wishes = []
        with self._runtime.lock:
            for account, region, backend in ec2_backends.iter_backends():
                if not backend.reservations or account != self._runtime.account_id:
                    continue
                ecs: EcsBackend = ecs_backends[account][region]
                known = {
                    instance.ec2_instance_id: instance
                    for instances in ecs.container_instances.values()
                    for instance in instances.values()
                }
                for machine in backend.all_instances():
                    try:
                        wishes.append(self._look(ecs, machine, known.get(machine.id), now))
                    except Exception:
                        log.exception("instance %s; the others go on", machine.id)
        return min((wish for wish in wishes if wish is not None), default=None)

    def reset(self) -> None:
        """Forget every machine."""
        self._booted.clear()
        self._told.clear()

    def close(self) -> None:
        """Nothing to free."""

    # Everything below runs under the lock.

    def _look(
        self, ecs: EcsBackend, machine: Machine, instance: ContainerInstance | None, now: float
    ) -> float | None:
        if instance is not None:
            if instance.status != "INACTIVE":
                self._follow(ecs, machine, instance)
            return None
        if machine.state != "running" or self._told.get(machine.id) == "no-agent":
            return None
        due = self._booted.setdefault(machine.id, now + BOOT)
        if now < due:
            return due - now
        self._join(ecs, machine)
        return None

    def _follow(self, ecs: EcsBackend, machine: Machine, instance: ContainerInstance) -> None:
        tasks = len(ecs.tasks_on(instance))
        facts = {"machine": machine.id, "cluster": instance.cluster_name, "tasks": tasks}
        if machine.state == "terminated":
            ecs.retire(instance, "TerminationNotice", host_terminated(machine.id))
            self._tell("instance-gone", instance.arn, "gone", **facts)
        elif machine.state != "running" and instance.agent_connected:
            instance.agent_connected = False
            for task in ecs.tasks_on(instance):
                task.ask_to_stop(
                    "TerminationNotice",
                    f"Host EC2 (instance {machine.id}) stopped.",
                    self._runtime.clock.now(),
                )
            self._tell("instance-gone", instance.arn, "disconnected", **facts)
        elif machine.state == "running" and not instance.agent_connected:
            instance.agent_connected = True
            self._tell("instance-joined", instance.arn, "reconnected", **facts)

    def _join(self, ecs: EcsBackend, machine: Machine) -> None:
        settings = agent_settings(user_data(machine))
        name = settings.get("ECS_CLUSTER", "")
        image = machine.ec2_backend.amis.get(machine.image_id)
        if image is None or "ecs" not in image.name.lower():
            self._refuse(machine, "no-agent", cluster=name, image=machine.image_id)
            return
        cluster = ecs.clusters.get(name or "default")
        if not name and cluster is None:
            cluster = ecs.create_cluster("default")  # as the agent does when its settings name none
        if cluster is None or cluster.status != "ACTIVE":
            self._refuse(machine, "no-cluster", cluster=name)
            return
        role = machine.ec2_backend.role_of(machine.id)
        if role is None:
            self._refuse(machine, "no-profile", cluster=cluster.name)
            return
        principal = f"arn:aws:sts::{self._runtime.account_id}:assumed-role/{role.name}/{machine.id}"
        denial = self._runtime.authorizer.denial(principal, "ecs:RegisterContainerInstance", cluster.arn)
        if denial is not None:
            self._refuse(machine, "denied", cluster=cluster.name, why=denial)
            return
        instance = ecs.join(
            cluster,
            machine,
            attributes=_attributes(settings.get("ECS_INSTANCE_ATTRIBUTES", "")),
            reserved_memory=_number(settings.get("ECS_RESERVED_MEMORY", "")),
        )
        self._told.pop(machine.id, None)
        self._tell(
            "instance-joined", instance.arn, "joined", machine=machine.id, type=machine.instance_type,
            zone=instance.zone, cluster=cluster.name, cpu=instance.cpu, memory=instance.memory,
        )  # fmt: skip
        self._runtime.wake.set()  # services and waiting tasks look for room

    def _refuse(self, machine: Machine, key: str, **values: object) -> None:
        """Tell why a machine that was meant for a cluster does not join it; each reason once."""
        if self._told.get(machine.id) == key:
            return
        self._told[machine.id] = key
        if values["cluster"]:
            self._tell("instance-refused", machine.id, key, machine=machine.id, **values)

    def _tell(self, kind: str, subject: str, key: str, /, **values: Any) -> None:
        self._runtime.narrate(kind, subject, say, key, **values)


def user_data(machine: Machine) -> str:
    """The machine's user data as text; empty when there is none, or none that is text."""
    given = machine.user_data
    if given is None:
        return ""
    try:
        return given.decode() if isinstance(given, Base64EncodedString) else str(given)
    except ValueError:
        return ""


def agent_settings(text: str) -> dict[str, str]:
    """The agent's settings in user data, be it a shell script that writes /etc/ecs/ecs.config or those lines alone.

    The last value of a setting counts, as in the file [DG Amazon ECS container agent configuration].
    """
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return {name: value.strip("\"'") for name, value in SETTING.findall("\n".join(lines))}


def _attributes(text: str) -> dict[str, str | None]:
    try:
        given = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0

"""A task's place in the network: its interface or its instance's ports, and its target groups.

Every function is called under the cloud's lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

from labs.cloud.aws.ecs.demand import fixed_host_port
from labs.cloud.aws.ecs.model import Container, NetworkInterface, Task
from labs.cloud.runtime import Runtime

EPHEMERAL_PORTS = range(32768, 61000)  # of an instance, for dynamic host ports [API PortMapping]


def attach(runtime: Runtime, task: Task) -> None:
    """Give the task its network interface (network mode awsvpc). Raises whatever moto does when it cannot."""
    ec2 = ec2_backends[runtime.account_id][task.region]
    subnet = ec2.get_subnet(task.subnet_id)
    attachment = str(uuid4())
    address = subnet.get_available_subnet_ip(None)
    eni = ec2.create_network_interface(
        subnet=subnet,
        private_ip_address=address,
        group_ids=list(task.network.get("securityGroups") or ()),
        description=f"arn:aws:ecs:{task.region}:{runtime.account_id}:attachment/{attachment}",
    )
    eni.status = "in-use"
    task.network_interface = NetworkInterface(
        eni.id,
        attachment,
        task.subnet_id,
        address,
        eni.mac_address,
        f"ip-{address.replace('.', '-')}.ec2.internal",
    )


def detach(runtime: Runtime, task: Task) -> None:
    """Take its addresses from it."""
    if task.network_interface is not None:
        runtime.addresses.release(task.network_interface.private_ip)
        ec2_backends[runtime.account_id][task.region].enis.pop(task.network_interface.id, None)
    elif task.container_instance is not None:
        ip = task.container_instance.private_ip
        for container in task.containers:
            for binding in container.bindings:
                runtime.addresses.release(ip, binding["hostPort"])


def bind(
    runtime: Runtime, task: Task, container: Container, addresses: Mapping[int, tuple[str, int]]
) -> None:
    """Make the container's ports reachable under the task's address, or under its instance's."""
    if task.network_interface is not None:
        for port, (host, real_port) in addresses.items():
            runtime.addresses.bind(task.network_interface.private_ip, port, host, real_port)
    elif task.container_instance is not None:
        ip = task.container_instance.private_ip
        known = {binding["containerPort"]: binding for binding in container.bindings}
        mappings = {m.get("containerPort"): m for m in container.definition.get("portMappings") or ()}
        for port, (host, real_port) in addresses.items():
            if port not in known:
                host_port = fixed_host_port(mappings[port], task.network_mode) or _free_port(runtime, ip)
                known[port] = {
                    "bindIP": "0.0.0.0",  # noqa: S104  what the API says; nothing listens there
                    "containerPort": port,
                    "hostPort": host_port,
                    "protocol": "tcp",
                }
            runtime.addresses.bind(ip, known[port]["hostPort"], host, real_port)
        container.bindings = list(known.values())


def deregister(runtime: Runtime, task: Task) -> float:
    """Out of its target groups; the longest deregistration delay, in seconds."""
    balancers = elbv2_backends[runtime.account_id][task.region]
    delay = 0.0
    for arn, port in task.targets:
        group = balancers.target_groups.get(arn)
        if group is None or not task.target_id:
            continue
        balancers.deregister_targets(arn, [{"Id": task.target_id, "Port": port}])
        delay = max(delay, float(group.attributes.get("deregistration_delay.timeout_seconds", 300)))
        if task.service is not None:
            task.service.tell(f"deregistered 1 targets in (target-group {arn})", runtime.clock.now())
    task.targets = []
    return delay


def _free_port(runtime: Runtime, ip: str) -> int:
    return next(port for port in EPHEMERAL_PORTS if runtime.addresses.resolve(ip, port) is None)

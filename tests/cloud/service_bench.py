"""The service controller on a bench: the real backend and controller in this process, a clock that tests turn, and
a world that does with tasks and targets what a test says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from moto.cloudwatch.models import cloudwatch_backends
from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

from labs.cloud.api.signing import Keyring
from labs.cloud.aws.ecs.model import (
    DEACTIVATING,
    RUNNING,
    STOPPED,
    NetworkInterface,
    Task,
)
from labs.cloud.aws.ecs.service_model import Service
from labs.cloud.aws.ecs.services import EcsBackend
from labs.cloud.controllers.services import ServiceController
from labs.cloud.controllers.target_states import HealthState
from labs.cloud.runtime import ACCOUNT_ID, DEFAULT_REGION, Runtime


class BenchClock:
    """Stands still unless told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


@dataclass
class Version:
    """How the tasks of a task definition behave. Times are seconds after their creation."""

    starts: bool = True  # else they end before RUNNING
    boot: float = 2.0  # until RUNNING
    ends: float | None = None  # until they exit by themselves
    target: str = "healthy"  # what the load balancer makes of them
    container: str | None = None  # what the container health check makes of them
    check: float = 5.0  # until the checks have come to their result


@dataclass
class Bench:
    """One cluster. `versions` says how tasks behave, by revision number of their task definition."""

    versions: dict[int, Version] = field(default_factory=dict)
    delay: float = 3.0  # deregistration delay, in seconds
    clock: BenchClock = field(default_factory=BenchClock)
    sick_zones: set[str] = field(default_factory=set)  # where load balancers find every target unhealthy
    lowest: int = 10**9  # healthy tasks at any time, since the last `mark`
    highest: int = 0  # tasks that run or will, likewise
    _numbers: Any = field(default_factory=lambda: count(10))

    def __post_init__(self) -> None:
        for backends in (elbv2_backends, cloudwatch_backends):  # EC2's is slow to make, and not changed here
            backends.reset()
        self.runtime = Runtime(Path("/nonexistent"), 1, Keyring(), clock=self.clock)
        self.runtime.target_health = self  # type: ignore[assignment]
        bench_backend = type("BenchBackend", (EcsBackend,), {"runtime": self.runtime})
        self.ecs: EcsBackend = bench_backend(DEFAULT_REGION, ACCOUNT_ID)
        self.controller = ServiceController(self.runtime)
        providers = ["FARGATE", "FARGATE_SPOT"]
        self.cluster = self.ecs.create_cluster("shop", capacity_providers=providers).name
        ec2 = ec2_backends[ACCOUNT_ID][DEFAULT_REGION]
        subnets = [subnet for zone in ec2.subnets.values() for subnet in zone.values()]
        self.subnets = [subnet.id for subnet in subnets[:3]]
        self.zones = [subnet.availability_zone for subnet in subnets[:3]]
        self.vpc = subnets[0].vpc_id
        self.addresses: dict[str, Task] = {}

    # What the API would do

    def define(self, version: Version | None = None, **properties: Any) -> str:
        """Another revision of the task definition, behaving so."""
        container = {
            "name": "web", "image": "web:1", "essential": True, "portMappings": [{"containerPort": 8080}]
        }  # fmt: skip
        if version is not None and version.container is not None:
            container["healthCheck"] = {"command": ["CMD", "true"]}
        definition = self.ecs.register(
            {
                "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256",
                "memory": "512", "containerDefinitions": [container], **properties,
            },
            "arn:aws:iam::123456789012:root",
        )  # fmt: skip
        self.versions[definition.revision] = version or Version()
        return definition.arn

    def target_group(self) -> str:
        """A target group behind a load balancer."""
        balancers = elbv2_backends[ACCOUNT_ID][DEFAULT_REGION]
        number = next(self._numbers)
        group = balancers.create_target_group(
            f"web{number}", vpc_id=self.vpc, protocol="HTTP", port="80", target_type="ip"
        )
        group.load_balancer_arns.append(
            "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/x/1"
        )
        return str(group.arn)

    @staticmethod
    def behind(*groups: str) -> list[dict[str, Any]]:
        return [{"targetGroupArn": g, "containerName": "web", "containerPort": 8080} for g in groups]

    def create(
        self, version: Version | None = None, desired: int = 2, zones: int = 2, **properties: Any
    ) -> Service:
        """CreateService on Fargate."""
        base = {} if "capacityProviderStrategy" in properties else {"launchType": "FARGATE"}
        self.service = self.ecs.open_service(
            {
                "cluster": self.cluster, "serviceName": "web", "desiredCount": desired,
                "taskDefinition": properties.pop("taskDefinition", None) or self.define(version),
                "networkConfiguration": {"awsvpcConfiguration": {"subnets": self.subnets[:zones]}},
                **base, **properties,
            },
            "arn:aws:iam::123456789012:root",
        )  # fmt: skip
        self.mark()
        return self.service

    def update(self, version: Version | None = None, **properties: Any) -> Service:
        """UpdateService, to a new revision when a version is given."""
        if version is not None:
            properties["taskDefinition"] = self.define(version)
        return self.ecs.change_service({"cluster": self.cluster, "service": "web", **properties})

    def alarm(self, name: str, state: str, period: int = 60) -> None:
        """A CloudWatch alarm in that state."""
        alarms = cloudwatch_backends[ACCOUNT_ID][DEFAULT_REGION].alarms
        alarms[name] = type("Alarm", (), {"state_value": state, "period": period, "evaluation_periods": 1})()

    # The world

    def state(self, group: str, target: str, port: int) -> HealthState:
        """What the load balancer says of a target."""
        task = self.addresses.get(target)
        if task is None or self._age(task) < self._version(task).check:
            return HealthState("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
        state = "unhealthy" if task.availability_zone in self.sick_zones else self._version(task).target
        if state == "healthy":
            return HealthState("healthy")
        return HealthState(
            state, "Target.ResponseCodeMismatch", "Health checks failed with these codes: [500]"
        )

    def _version(self, task: Task) -> Version:
        return self.versions[task.definition.revision]

    def _age(self, task: Task) -> float:
        return (self.clock.now() - task.created_at).total_seconds()

    def _live(self, task: Task) -> None:
        version, age, now = self._version(task), self._age(task), self.clock.now()
        if task.last_status == STOPPED:
            return
        if not task.active:
            if task.last_status == RUNNING and task.targets:
                task.targets = []
                task.drained_at = self.clock.seconds + self.delay
                task.move(DEACTIVATING)
            if task.last_status != DEACTIVATING or self.clock.seconds >= (task.drained_at or 0):
                task.times["stoppedAt"] = now
                task.move(STOPPED)
            return
        if task.running_since is None and age >= version.boot:
            if not version.starts:
                task.ask_to_stop("TaskFailedToStart", "CannotPullContainerError: not found", now)
            else:
                task.running_since = self.clock.seconds
                task.network_interface = _interface(task, len(self.addresses))
                self.addresses[task.network_interface.private_ip] = task
                task.move(RUNNING)
        elif version.ends is not None and age >= version.ends:
            self.kill(task)
        if version.container and task.running_since is not None and age >= version.check:
            task.containers[0].health = version.container

    def kill(self, task: Task) -> None:
        """Its program ends with exit code 1."""
        task.containers[0].exit_code = 1
        task.ask_to_stop("EssentialContainerExited", "Essential container in task exited", self.clock.now())

    def look(self) -> None:
        """One look of the controller, without time going by."""
        if self.service.status == "INACTIVE":
            return
        with self.runtime.lock:
            self.controller.look(self.ecs, self.service, self.clock.seconds)
        counted = [task for task in self.tasks if task.active]
        self.highest = max(self.highest, len(counted))
        self.lowest = min(self.lowest, sum(self.healthy(task) for task in counted))

    def step(self, seconds: float = 1.0) -> None:
        """Time goes by: tasks live, and the controller looks."""
        self.clock.seconds += seconds
        for task in self.tasks:
            self._live(task)
        self.look()

    def run(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.step()

    def until(self, condition: Callable[[], object], seconds: int = 300) -> None:
        """Let time go by until the condition is true."""
        for _ in range(seconds):
            if condition():
                return
            self.step()
        raise AssertionError(f"not within {seconds} s; events: {self.messages[-8:]}")

    def until_steady(self, seconds: int = 300) -> None:
        self.until(lambda: self.service.steady, seconds)

    def mark(self) -> None:
        """Measure floor and ceiling from here."""
        self.lowest, self.highest = 10**9, 0

    # What is there

    @property
    def tasks(self) -> list[Task]:
        return self.ecs.tasks_of(self.service)

    def running(self, revision: int | None = None) -> list[Task]:
        """Active tasks in RUNNING, of a revision of the task definition if asked."""
        return [
            task
            for task in self.tasks
            if task.active and task.last_status == RUNNING and revision in (None, task.definition.revision)
        ]

    def healthy(self, task: Task) -> bool:
        version, since = self._version(task), task.running_since
        if since is None or not task.active:
            return False
        if not self.service.load_balancers and not version.container:
            return self.clock.seconds - since >= 40
        return (
            self._age(task) >= version.check
            and version.target == "healthy"
            and version.container in (None, "HEALTHY")
        )

    @property
    def messages(self) -> list[str]:
        """The service's events, oldest first."""
        return [event["message"] for event in reversed(self.service.events)]

    @property
    def described(self) -> dict[str, Any]:
        return self.service.describe(self.tasks)

    @property
    def rollouts(self) -> list[tuple[int, str, str]]:
        """Revision of the task definition, status and rolloutState of each deployment."""
        return [(d.definition.revision, d.status, d.rollout_state) for d in self.service.deployments]

    @property
    def story(self) -> list[tuple[str, str]]:
        """Kind and English text of what was narrated."""
        with self.runtime.timeline._lock:
            return [(event.kind, event.texts["en"]) for event in self.runtime.timeline._events]


def _interface(task: Task, number: int) -> NetworkInterface:
    address = f"10.0.{number // 250}.{number % 250 + 4}"
    return NetworkInterface("eni-1", str(uuid4()), task.subnet_id, address, "02:00:00:00:00:01", "ip")

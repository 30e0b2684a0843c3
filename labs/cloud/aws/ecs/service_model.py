"""Services, their deployments and the runs that deploy them, and how the ECS API describes them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from moto.ecs.models import TaskDefinition

from labs.cloud.aws.ecs.model import ACTIVATING, FARGATE_PROVIDERS, PENDING, PROVISIONING, RUNNING, Task
from labs.cloud.controllers.circuit_breaker import CircuitBreaker

KEPT_EVENTS = 100  # of a service [RULES 20]
SAME_AGAIN = timedelta(hours=6)  # until a problem that lasts is told again [DG service-event-messages]
KEPT_RUNS = timedelta(days=90)  # of service deployments [DG service-deployment]
SERVICE_LINKED_ROLE = "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
ONGOING = ("PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")

DEFAULT_DEPLOYMENT_CONFIGURATION: Mapping[str, Any] = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
}
DAEMON_CONFIGURATION: Mapping[str, Any] = {"maximumPercent": 100, "minimumHealthyPercent": 0}
# What a deployment keeps of its service, in the API's names: a roll-back brings these back.
DEPLOYED_PROPERTIES = (
    "launchType",
    "capacityProviderStrategy",
    "networkConfiguration",
    "platformVersion",
    "loadBalancers",
)


def counts(tasks: Iterable[Task]) -> dict[str, int]:
    """How many of the tasks run, and how many are on their way to that."""
    running = pending = 0
    for task in tasks:
        running += task.last_status == RUNNING
        pending += task.active and task.last_status in (PROVISIONING, PENDING, ACTIVATING)
    return {"runningCount": running, "pendingCount": pending}


@dataclass
class Deployment:
    """One revision of a service on its way in, in place, or on its way out; the service revision of the API."""

    id: str
    definition: TaskDefinition
    created_at: datetime
    updated_at: datetime
    desired_count: int
    properties: Mapping[str, Any]  # DEPLOYED_PROPERTIES, as they were when it was created
    status: str = "PRIMARY"
    rollout_state: str = "IN_PROGRESS"
    once_complete: bool = False
    reason: str | None = None  # rolloutStateReason, where it is not the usual one
    failed_tasks: int = 0  # counted by the circuit breaker
    failed_starts: int = 0  # in a row: throttling [RULES 16]
    next_start: float = 0.0  # monotonic seconds before which nothing is started: throttling
    proven: set[str] = field(default_factory=set)  # ids of tasks that were healthy once
    owed: int = 0  # unhealthy tasks that were stopped, less those started to replace one

    @property
    def stable(self) -> bool:
        """Whether it is complete: what a roll-back goes to [RULES 15]."""
        return self.rollout_state == "COMPLETED"

    @property
    def on_ec2(self) -> bool:
        """Whether its tasks go on container instances; else on Fargate."""
        strategy = self.properties.get("capacityProviderStrategy")
        if strategy:
            return strategy[0]["capacityProvider"] not in FARGATE_PROVIDERS
        return self.properties.get("launchType") == "EC2"

    @property
    def failed(self) -> bool:
        """Whether it launches nothing any more."""
        return self.rollout_state == "FAILED"

    @property
    def load_balancers(self) -> list[dict[str, Any]]:
        """The target groups that its tasks are registered in."""
        return self.properties.get("loadBalancers") or []

    @property
    def revision(self) -> str:
        """Its task definition as people write it: family:revision."""
        return f"{self.definition.family}:{self.definition.revision}"

    def of(self, tasks: Iterable[Task]) -> list[Task]:
        """Those of the service's tasks that are its own."""
        return [task for task in tasks if task.deployment_id == self.id]

    def describe(self, tasks: Iterable[Task]) -> dict[str, Any]:
        """The deployment in the ECS API's shape; `tasks` are the service's."""
        words = {"IN_PROGRESS": "in progress", "COMPLETED": "completed", "FAILED": "failed"}
        return {
            "id": self.id,
            "status": self.status,
            "taskDefinition": self.definition.arn,
            "desiredCount": self.desired_count,
            **counts(self.of(tasks)),
            "failedTasks": self.failed_tasks,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "platformFamily": "Linux",
            "rolloutState": self.rollout_state,
            "rolloutStateReason": self.reason or f"ECS deployment {self.id} {words[self.rollout_state]}.",
            **{name: value for name, value in self.properties.items() if name != "loadBalancers"},
        }


@dataclass
class ServiceDeployment:
    """One run of the deployment machinery: from source revisions to a target, or back [API ServiceDeployment]."""

    arn: str
    target: Deployment
    sources: list[Deployment]
    created_at: datetime
    updated_at: datetime
    watched: list[str] = field(default_factory=list)  # names of CloudWatch alarms
    status: str = "PENDING"
    reason: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    stopped_at: datetime | None = None
    rollback: dict[str, Any] | None = None  # in the API's shape
    breaker: str = "MONITORING"
    alarmed: list[str] = field(default_factory=list)  # names of the alarms that ended it
    steady_since: float | None = None  # monotonic seconds: its bake time runs
    at_end: dict[str, dict[str, int]] = field(default_factory=dict)  # counts by revision, once it is over

    @property
    def ongoing(self) -> bool:
        """Whether it still may end in one way or another."""
        return self.status in ONGOING

    def end(self, status: str, now: datetime, tasks: Iterable[Task], reason: str | None = None) -> None:
        """Over: its counts are kept as they are now."""
        self.status, self.updated_at = status, now
        self.reason = reason or self.reason
        if status == "STOPPED":
            self.stopped_at = now
        self.finished_at = now
        if self.breaker == "MONITORING":
            self.breaker = "MONITORING_COMPLETE"
        tasks = list(tasks)
        self.at_end = {d.id: _requested(d, tasks) for d in (*self.sources, self.target)}

    def brief(self, service: Service) -> dict[str, Any]:
        """As ListServiceDeployments shows it."""
        return {
            "serviceDeploymentArn": self.arn,
            "serviceArn": service.arn,
            "clusterArn": service.cluster_arn,
            "startedAt": self.started_at,
            "createdAt": self.created_at,
            "finishedAt": self.finished_at,
            "targetServiceRevisionArn": service.revision_arn(self.target),
            "status": self.status,
            "statusReason": self.reason,
        }

    def describe(self, service: Service, tasks: Iterable[Task]) -> dict[str, Any]:
        """As DescribeServiceDeployments shows it."""
        tasks = list(tasks)
        configuration = service.deployment_configuration
        breaker = CircuitBreaker.of(configuration)
        described = {
            **self.brief(service),
            "stoppedAt": self.stopped_at,
            "updatedAt": self.updated_at,
            "sourceServiceRevisions": [self._revision(service, d, tasks) for d in self.sources],
            "targetServiceRevision": self._revision(service, self.target, tasks),
            "deploymentConfiguration": configuration,
            "rollback": self.rollback,
            "deploymentCircuitBreaker": {
                "status": self.breaker if breaker.enabled else "DISABLED",
                "failureCount": self.target.failed_tasks,
                "threshold": breaker.threshold(service.desired_count),
            },
            "alarms": {
                "status": self._alarm_status,
                "alarmNames": self.watched,
                "triggeredAlarmNames": self.alarmed,
            },
        }
        del described["targetServiceRevisionArn"]
        return described

    @property
    def _alarm_status(self) -> str:
        if not self.watched:
            return "DISABLED"
        return "TRIGGERED" if self.alarmed else "MONITORING" if self.ongoing else "MONITORING_COMPLETE"

    def _revision(self, service: Service, deployment: Deployment, tasks: list[Task]) -> dict[str, Any]:
        return {
            "arn": service.revision_arn(deployment),
            **(self.at_end.get(deployment.id) or _requested(deployment, tasks)),
        }


def _requested(deployment: Deployment, tasks: Iterable[Task]) -> dict[str, int]:
    """A revision's counts in the words of the service deployments' API."""
    now = counts(deployment.of(tasks))
    return {
        "requestedTaskCount": deployment.desired_count,
        "runningTaskCount": now["runningCount"],
        "pendingTaskCount": now["pendingCount"],
    }


@dataclass
class Service:
    """One service. `properties` keeps what it was created and updated with, in the API's own names."""

    cluster_name: str
    cluster_arn: str
    arn: str
    name: str
    region_name: str
    created_at: datetime
    created_by: str
    desired_count: int
    properties: dict[str, Any]
    deployments: list[Deployment]  # the primary first, then the older ones, newest first
    tags: list[dict[str, str]] = field(default_factory=list)
    role: str | None = None  # as given: for a load balancer in front of tasks without network interfaces
    status: str = "ACTIVE"
    events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT_EVENTS))
    steady: bool = False
    runs: list[ServiceDeployment] = field(default_factory=list)  # the newest first
    revisions: list[Deployment] = field(default_factory=list)  # every one it had
    rebalancing: set[str] = field(default_factory=set)  # ids of tasks started to even out the zones
    unbalanced: bool = False  # rebalancing was told and is not over
    task_sets: list[Any] = field(
        default_factory=list
    )  # moto looks for it; deployment controllers other than ECS are refused
    _problems: dict[str, datetime] = field(default_factory=dict)  # told and not resolved

    @property
    def physical_resource_id(self) -> str:
        """moto's name for the ARN."""
        return self.arn

    @property
    def primary(self) -> Deployment:
        """The deployment that the service is going to, or has reached."""
        return self.deployments[0]

    @property
    def run(self) -> ServiceDeployment | None:
        """The service deployment that is under way."""
        return self.runs[0] if self.runs and self.runs[0].ongoing else None

    @property
    def daemon(self) -> bool:
        """Whether it is to have one task on each container instance."""
        return self.properties.get("schedulingStrategy") == "DAEMON"

    @property
    def deployment_configuration(self) -> dict[str, Any]:
        """With AWS's defaults where nothing was given."""
        usual = {**DEFAULT_DEPLOYMENT_CONFIGURATION, **(DAEMON_CONFIGURATION if self.daemon else {})}
        return {**usual, **(self.properties.get("deploymentConfiguration") or {})}

    @property
    def load_balancers(self) -> list[dict[str, Any]]:
        """The target groups it registers its tasks in."""
        return self.properties.get("loadBalancers") or []

    @property
    def _role_arn(self) -> str:
        if self.role and self.role.startswith("arn:"):
            return self.role
        name = (self.role or SERVICE_LINKED_ROLE).lstrip("/")
        return f"arn:aws:iam::{self.arn.split(':')[4]}:role/{name}"

    def revision_arn(self, deployment: Deployment) -> str:
        """The ARN of a service revision."""
        return f"{self.arn.replace(':service/', ':service-revision/')}/{deployment.id.rpartition('/')[2]}"

    def tell(self, message: str, now: datetime, task_set: str | None = None) -> None:
        """Add an event about what the service did."""
        subject = f"(service {self.name}, taskSet {task_set})" if task_set else f"(service {self.name})"
        self.events.appendleft({"id": str(uuid4()), "createdAt": now, "message": f"{subject} {message}"})

    def complain(self, message: str, now: datetime) -> None:
        """Add an event about a problem, once until it is resolved or six hours have passed [RULES 20]."""
        told = self._problems.get(message)
        if told is None or now - told >= SAME_AGAIN:
            self._problems[message] = now
            self.tell(message, now)

    def resolved(self) -> None:
        """All is well again: a problem that comes back is told anew."""
        self._problems.clear()

    def describe(self, tasks: list[Task], tags: bool = False) -> dict[str, Any]:
        """The service in the ECS API's shape; `tasks` are its own."""
        kept = {name: value for name, value in self.properties.items() if name != "deploymentConfiguration"}
        described = {
            "serviceArn": self.arn,
            "serviceName": self.name,
            "clusterArn": self.cluster_arn,
            "loadBalancers": [],
            "serviceRegistries": [],
            "placementConstraints": [],
            "placementStrategy": [],
            "schedulingStrategy": "REPLICA",
            "deploymentController": {"type": "ECS"},
            "enableECSManagedTags": False,
            "enableExecuteCommand": False,
            "propagateTags": "NONE",
            "platformFamily": "Linux",
            **kept,
            "deploymentConfiguration": self.deployment_configuration,
            "status": self.status,
            "desiredCount": self.desired_count,
            **counts(tasks),
            "taskDefinition": self.primary.definition.arn if self.deployments else None,
            "deployments": [deployment.describe(tasks) for deployment in self.deployments],
            "currentServiceDeployment": self.runs[0].arn if self.runs else None,
            "currentServiceRevisions": [
                {"arn": self.revision_arn(deployment), **_requested(deployment, tasks)}
                for deployment in self.deployments
            ],
            "events": list(self.events),
            "createdAt": self.created_at,
            "createdBy": self.created_by,
            "roleArn": self._role_arn,
        }
        if self.load_balancers:
            described.setdefault("healthCheckGracePeriodSeconds", 0)
        if tags:
            described["tags"] = self.tags
        return described

"""Services and their deployments, and how the ECS API describes them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from moto.ecs.models import TaskDefinition

from labs.cloud.aws.ecs.model import ACTIVATING, PENDING, PROVISIONING, RUNNING, Task

KEPT_EVENTS = 100  # of a service [RULES 20]


@dataclass
class Deployment:
    """One revision of a service on its way in, in place, or on its way out."""

    id: str
    definition: TaskDefinition
    created_at: datetime
    updated_at: datetime
    desired_count: int
    properties: Mapping[
        str, Any
    ]  # launchType or capacityProviderStrategy, networkConfiguration, platformVersion
    status: str = "PRIMARY"
    rollout_state: str = "IN_PROGRESS"
    failed_tasks: int = 0  # in a row; a task that gets to RUNNING sets it back
    next_start: float = 0.0  # monotonic seconds before which nothing is started: throttling

    @property
    def stable(self) -> bool:
        """Whether it once was complete."""
        return self.rollout_state == "COMPLETED"

    def describe(self, running: int, pending: int) -> dict[str, Any]:
        """The deployment in the ECS API's shape."""
        words = {"IN_PROGRESS": "in progress", "COMPLETED": "completed", "FAILED": "failed"}
        return {
            "id": self.id,
            "status": self.status,
            "taskDefinition": self.definition.arn,
            "desiredCount": self.desired_count,
            "runningCount": running,
            "pendingCount": pending,
            "failedTasks": self.failed_tasks,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "platformFamily": "Linux",
            "rolloutState": self.rollout_state,
            "rolloutStateReason": f"ECS deployment {self.id} {words[self.rollout_state]}.",
            **self.properties,
        }


DEFAULT_DEPLOYMENT_CONFIGURATION: Mapping[str, Any] = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
}
# What belongs to a deployment: a change of any of these starts a new one [API UpdateService].
DEPLOYED_PROPERTIES = ("launchType", "capacityProviderStrategy", "networkConfiguration", "platformVersion")


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
    status: str = "ACTIVE"
    events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT_EVENTS))
    steady: bool = False
    placeable: bool = True  # False: an EC2 service, for which the cluster has no instance
    task_sets: list[Any] = field(
        default_factory=list
    )  # moto looks for it; deployment controllers other than ECS are refused

    @property
    def physical_resource_id(self) -> str:
        """moto's name for the ARN."""
        return self.arn

    @property
    def primary(self) -> Deployment:
        """The deployment that the service is going to, or has reached."""
        return self.deployments[0]

    @property
    def deployment_configuration(self) -> dict[str, Any]:
        """With AWS's defaults where nothing was given."""
        return {**DEFAULT_DEPLOYMENT_CONFIGURATION, **(self.properties.get("deploymentConfiguration") or {})}

    @property
    def load_balancers(self) -> list[dict[str, Any]]:
        """The target groups it registers its tasks in."""
        return self.properties.get("loadBalancers") or []

    def tell(self, message: str, now: datetime) -> None:
        """Add an event; the same one twice in a row is told once."""
        text = f"(service {self.name}) {message}"
        if not self.events or self.events[0]["message"] != text:
            self.events.appendleft({"id": str(uuid4()), "createdAt": now, "message": text})

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
            "availabilityZoneRebalancing": "ENABLED",
            "platformFamily": "Linux",
            **kept,
            "deploymentConfiguration": self.deployment_configuration,
            "status": self.status,
            "desiredCount": self.desired_count,
            **_counts(tasks),
            "taskDefinition": self.primary.definition.arn if self.deployments else None,
            "deployments": [
                deployment.describe(*_counts([t for t in tasks if t.deployment_id == deployment.id]).values())
                for deployment in self.deployments
            ],
            "events": list(self.events),
            "createdAt": self.created_at,
            "createdBy": self.created_by,
            "roleArn": f"arn:aws:iam::{self.arn.split(':')[4]}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        }
        if self.load_balancers:
            described.setdefault("healthCheckGracePeriodSeconds", 0)
        if tags:
            described["tags"] = self.tags
        return described


def _counts(tasks: list[Task]) -> dict[str, int]:
    return {
        "runningCount": sum(task.last_status == RUNNING for task in tasks),
        "pendingCount": sum(
            task.active and task.last_status in (PROVISIONING, PENDING, ACTIVATING) for task in tasks
        ),
    }

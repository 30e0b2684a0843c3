"""Service deployments and service revisions: begun by a change of a service, listed, described and stopped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.ecs.exceptions import ECSException, InvalidParameterException, ServiceNotFoundException
from moto.ecs.models import TaskDefinition

from labs.cloud.aws.ecs import rollouts
from labs.cloud.aws.ecs.errors import NotEmulated
from labs.cloud.aws.ecs.model import Task
from labs.cloud.aws.ecs.service_model import Service, ServiceDeployment
from labs.cloud.aws.ecs.tasks import TaskBackend

PAGE = 20  # results of a List call, unless asked otherwise [API]
MOST_RESULTS = 100
MOST_ARNS = 20  # of one Describe call [API]
STATUSES = (
    "PENDING", "SUCCESSFUL", "STOPPED", "STOP_REQUESTED", "IN_PROGRESS", "ROLLBACK_REQUESTED",
    "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED",
)  # fmt: skip
ARN = re.compile(r"arn:aws:ecs:[a-z0-9-]+:\d{12}:(service-deployment|service-revision)/([^/]+)/([^/]+)/[^/]+")


class DeploymentBackend(TaskBackend):
    """Service deployments of one Region."""

    def find_service(self, cluster_name: str | None, reference: str) -> Service:
        """By name or ARN. Raises ServiceNotFoundException."""
        cluster = self._get_cluster(cluster_name or "default")
        service = self.services.get(f"{cluster.name}:{reference.rpartition('/')[2]}")
        if service is None:
            raise ServiceNotFoundException
        return service

    def tasks_of(self, service: Service) -> list[Task]:
        """Its tasks, stopped ones included."""
        return [task for task in self.tasks.get(service.cluster_name, {}).values() if task.service is service]

    def deploy(self, service: Service, definition: TaskDefinition) -> None:
        """Begin a deployment of the service as it now is; the service controller carries it out."""
        alarms = service.deployment_configuration.get("alarms") or {}
        names = list(alarms.get("alarmNames") or ()) if alarms.get("enable") else []
        if self.alarmed(names):
            names = []  # already in ALARM: not watched, so that a repair can be deployed [DG deployment-alarm-failure]
        rollouts.begin(service, definition, self.runtime.clock.now(), self.tasks_of(service), names)

    def alarmed(self, names: Iterable[str]) -> list[str]:
        """Those of the alarms that are in ALARM."""
        known = cloudwatch_backends[self.account_id][self.region_name].alarms
        return [name for name in names if name in known and known[name].state_value == "ALARM"]

    def list_service_deployments(
        self, parameters: Mapping[str, Any]
    ) -> tuple[list[dict[str, Any]], str | None]:
        """ListServiceDeployments: a page, the newest first, and the token of the next one."""
        service = self.find_service(parameters.get("cluster"), parameters.get("service") or "")
        wanted = parameters.get("status") or STATUSES
        for status in wanted:
            if status not in STATUSES:
                raise InvalidParameterException(f"status should be one of [{','.join(STATUSES)}]")
        created = parameters.get("createdAt") or {}
        after, before = (_moment(created.get(name)) for name in ("after", "before"))
        found = [
            run.brief(service)
            for run in service.runs
            if run.status in wanted
            and (after is None or run.created_at > after)
            and (before is None or run.created_at < before)
        ]
        return _page(found, parameters.get("maxResults"), parameters.get("nextToken"))

    def describe_service_deployments(
        self, arns: Sequence[str]
    ) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        """DescribeServiceDeployments: descriptions, and failures for those that do not exist."""
        found, failures = [], []
        for arn in _checked(arns, "serviceDeploymentArns"):
            service, run = self._find_run(arn)
            if service is None or run is None:
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                found.append(run.describe(service, self.tasks_of(service)))
        return found, failures

    def describe_service_revisions(
        self, arns: Sequence[str]
    ) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        """DescribeServiceRevisions: descriptions, and failures for those that do not exist."""
        found, failures = [], []
        for arn in _checked(arns, "serviceRevisionArns"):
            service = self._service_in(arn)
            revisions = service.revisions if service else ()
            revision = next((r for r in revisions if service and service.revision_arn(r) == arn), None)
            if service is None or revision is None:
                failures.append({"arn": arn, "reason": "MISSING"})
                continue
            digests = {
                container.name: container.image_digest
                for task in revision.of(self.tasks_of(service))
                for container in task.containers
                if container.image_digest
            }
            found.append(
                {
                    "serviceRevisionArn": arn,
                    "serviceArn": service.arn,
                    "clusterArn": service.cluster_arn,
                    "taskDefinition": revision.definition.arn,
                    "platformFamily": "Linux",
                    **revision.properties,
                    "containerImages": [
                        {
                            "containerName": container["name"],
                            "image": container["image"],
                            "imageDigest": digests.get(container["name"]),
                        }
                        for container in revision.definition.container_definitions
                    ],
                    "guardDutyEnabled": False,
                    "createdAt": revision.created_at,
                }
            )
        return found, failures

    def stop_service_deployment(self, arn: str, stop_type: str | None) -> str:
        """StopServiceDeployment: the service controller will roll back. Its ARN.

        Raises ServiceDeploymentNotFoundException, ConflictException when it is over, NotEmulated for ABORT, of
        which AWS's pages say nothing. [DG stop-service-deployment]
        """
        if stop_type not in (None, "ROLLBACK", "ABORT"):
            raise InvalidParameterException("stopType should be one of [ABORT,ROLLBACK]")
        _, run = self._find_run(arn)
        if run is None:
            raise ECSException("ServiceDeploymentNotFoundException", "The service deployment was not found.")
        if stop_type == "ABORT":
            raise NotEmulated("the stop type ABORT of service deployments; ROLLBACK is")
        if not run.ongoing:
            raise ECSException(
                "ConflictException", f"The service deployment can not be stopped: it is {run.status}."
            )
        if run.status in ("PENDING", "IN_PROGRESS"):
            run.status, run.updated_at = "ROLLBACK_REQUESTED", self.runtime.clock.now()
        return arn

    def _service_in(self, arn: str) -> Service | None:
        match = ARN.fullmatch(arn)
        return self.services.get(f"{match[2]}:{match[3]}") if match else None

    def _find_run(self, arn: str) -> tuple[Service | None, ServiceDeployment | None]:
        service = self._service_in(arn)
        return service, next((run for run in service.runs if run.arn == arn), None) if service else None


def _checked(arns: Sequence[str], name: str) -> Sequence[str]:
    """The ARNs of a Describe call. Raises InvalidParameterException."""
    if not arns:
        raise InvalidParameterException(f"{name} can not be empty.")
    if len(arns) > MOST_ARNS:
        raise InvalidParameterException(f"{name} can have at most {MOST_ARNS} items.")
    for arn in arns:
        if not ARN.fullmatch(arn):
            raise InvalidParameterException(f"Invalid identifier: {arn}")
    return arns


def _page(
    items: list[dict[str, Any]], most: int | None, token: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """Some of the items, and the token with which to ask for those after them."""
    most = PAGE if most is None else most
    if not 1 <= most <= MOST_RESULTS:
        raise InvalidParameterException(f"maxResults must be between 1 and {MOST_RESULTS}.")
    start = 0
    if token is not None:
        if not token.isdecimal() or len(token) > 9:
            raise InvalidParameterException("Invalid token.")
        start = int(token)
    end = start + most
    return items[start:end], str(end) if end < len(items) else None


def _moment(value: Any) -> datetime | None:
    """A time of a request: seconds since 1970, or what was parsed already, in UTC."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise InvalidParameterException("createdAt is not a time.") from None

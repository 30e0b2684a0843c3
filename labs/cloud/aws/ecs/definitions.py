"""Task definitions: validated, and every property kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from moto.ecs.exceptions import (
    EcsClientException,
    InvalidParameterException,
    TaskDefinitionNotFoundException,
)
from moto.ecs.models import DeleteTaskDefinitionFailure, TaskDefinition

from labs.cloud.aws.ecs.clusters import ClusterBackend
from labs.cloud.aws.ecs.validation import check_task_definition, task_size

MOST_DELETED = 10  # of one call [API DeleteTaskDefinitions]
KEPT_DELETED = timedelta(minutes=5)  # AWS promises no time; learners should see it once


class DefinitionBackend(ClusterBackend):
    """Task definitions of one Region."""

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self._last_revisions: dict[str, int] = {}  # of families; a number is never given twice

    def register(self, parameters: Mapping[str, Any], caller: str) -> TaskDefinition:
        """RegisterTaskDefinition. Raises EcsClientException with AWS's texts."""
        check_task_definition(parameters)
        cpu, memory = task_size(parameters.get("cpu"), parameters.get("memory"))  # "1 vCPU" → 1024 [API]
        names = {
            "volumes": "volumes", "networkMode": "network_mode", "tags": "tags",
            "placementConstraints": "placement_constraints", "requiresCompatibilities": "requires_compatibilities",
            "taskRoleArn": "task_role_arn", "executionRoleArn": "execution_role_arn",
            "proxyConfiguration": "proxy_configuration", "inferenceAccelerators": "inference_accelerators",
            "runtimePlatform": "runtime_platform", "ipcMode": "ipc_mode", "pidMode": "pid_mode",
            "ephemeralStorage": "ephemeral_storage",
        }  # fmt: skip
        definition = self.register_task_definition(
            parameters["family"],
            [
                _with_defaults(container, parameters.get("networkMode"))
                for container in parameters["containerDefinitions"]
            ],
            cpu=None if cpu is None else str(cpu),
            memory=None if memory is None else str(memory),
            **{ours: parameters.get(theirs) for theirs, ours in names.items()},
        )
        if parameters.get("networkMode") == "awsvpc":
            definition.network_mode = "awsvpc"
            definition.compatibilities = ["EC2", "FARGATE"]
        self._last_revisions[definition.family] = definition.revision
        definition.registered_at = self.runtime.clock.now()
        definition.registered_by = caller
        definition.enable_fault_injection = parameters.get("enableFaultInjection")
        return definition

    @staticmethod
    def _validate_container_defs(*_: Any) -> None:
        """check_task_definition has looked; moto refuses a container of EC2 with a memory reservation only."""

    def deregister_task_definition(self, task_definition_str: str) -> TaskDefinition:
        """INACTIVE from now on: what runs goes on and is replaced, nothing new is made of it."""
        definition = super().deregister_task_definition(task_definition_str)
        definition.deregistered_at = self.runtime.clock.now()
        return definition

    def delete_task_definitions(
        self, task_definitions: list[str]
    ) -> tuple[list[TaskDefinition], list[DeleteTaskDefinitionFailure]]:
        """Those that are INACTIVE are DELETE_IN_PROGRESS from now on [API DeleteTaskDefinitions]."""
        if not task_definitions:
            raise InvalidParameterException("size of TaskDefinition references list must be greater than 0")
        if len(task_definitions) > MOST_DELETED:
            raise InvalidParameterException(
                f"Size of TaskDefinition references list cannot exceed {MOST_DELETED}"
            )
        deleted, failures = [], []
        for reference in dict.fromkeys(task_definitions):
            family, _, revision = reference.rpartition("/")[2].partition(":")
            found = self.task_definitions.get(family, {}).get(int(revision)) if revision.isdecimal() else None
            problem = None
            if not revision.isdecimal():
                problem = "The specified task definition identifier is invalid. Specify a valid name or ARN and try again."
            elif found is None:
                problem = (
                    "The specified task definition does not exist. Specify a valid account, family, revision and "
                    "try again."
                )
            elif found.status == "ACTIVE":
                problem = (
                    "The specified task definition is still in ACTIVE status. Please deregister the target and try "
                    "again."
                )
            if found is None or problem is not None:
                failure = DeleteTaskDefinitionFailure(
                    problem or "", reference, self.account_id, self.region_name
                )
                failures.append(failure)
                continue
            found.status = "DELETE_IN_PROGRESS"
            found.delete_requested_at = self.runtime.clock.now()
            deleted.append(found)
        return deleted, failures

    def forget_deleted_definitions(self) -> None:
        """Drop what was deleted a while ago, but for what tasks or services still use [DG delete-task-definition-v2]."""
        limit = self.runtime.clock.now() - KEPT_DELETED
        used = {task.definition.arn for tasks in self.tasks.values() for task in tasks.values()}
        used |= {
            deployment.definition.arn
            for service in self.services.values()
            if service.status != "INACTIVE"
            for deployment in service.deployments
        }
        for revisions in self.task_definitions.values():
            for number, definition in list(revisions.items()):
                if (
                    definition.status == "DELETE_IN_PROGRESS"
                    and definition.delete_requested_at < limit
                    and definition.arn not in used
                ):
                    del revisions[number]

    def _get_last_task_definition_revision_id(self, family: str) -> int:
        return self._last_revisions.get(family, 0)

    def describe_task_definition(self, task_definition_str: str) -> TaskDefinition:
        """By family (its latest active revision), family:revision or ARN."""
        try:
            return self._find_definition(task_definition_str)
        except EcsClientException:
            raise TaskDefinitionNotFoundException from None

    def list_task_definitions(
        self, family_prefix: str | None, status: str = "ACTIVE", descending: bool = False
    ) -> list[str]:
        """ARNs by family, then revision. AWS takes the whole family's name for its prefix here [API]."""
        return [
            definition.arn
            for family in sorted(self.task_definitions, reverse=descending)
            if family_prefix in (None, family)
            for _, definition in sorted(self.task_definitions[family].items(), reverse=descending)
            if definition.status == status
        ]

    def list_task_definition_families(
        self, family_prefix: str | None = None, status: str | None = None
    ) -> Iterator[str]:
        """Families by status: ACTIVE with an active revision, INACTIVE without, ALL; unasked, both [API]."""
        for family in sorted(self.task_definitions):
            active = any(each.status == "ACTIVE" for each in self.task_definitions[family].values())
            if family.startswith(family_prefix or "") and status in (
                None,
                "ALL",
                "ACTIVE" if active else "INACTIVE",
            ):
                yield family

    def _launchable(self, name: str) -> TaskDefinition:
        definition = self._find_definition(name)
        if definition.status != "ACTIVE":
            raise EcsClientException("TaskDefinition is inactive")
        return definition

    def _find_definition(self, name: str) -> TaskDefinition:
        family, _, revision = name.rpartition("/")[2].partition(":")
        revisions = self.task_definitions.get(family) or {}
        active = [number for number, definition in revisions.items() if definition.status == "ACTIVE"]
        number = int(revision) if revision.isdecimal() else max(active, default=0) if not revision else 0
        if number not in revisions:
            raise EcsClientException("TaskDefinition not found.")
        return revisions[number]


def _with_defaults(container: Mapping[str, Any], network_mode: str | None) -> dict[str, Any]:
    """What DescribeTaskDefinition adds to a container's definition."""
    mappings = []
    for mapping in container.get("portMappings") or ():
        completed = {"protocol": "tcp", **mapping}
        if network_mode == "awsvpc" and "containerPort" in completed:
            completed["hostPort"] = completed["containerPort"]
        mappings.append(completed)
    return {**container, "portMappings": mappings}

"""Tasks: what RunTask and StopTask ask for; the task controller makes it happen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from moto.ec2.models import ec2_backends
from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.models import Cluster, TaskDefinition
from moto.iam.models import iam_backends

from labs.cloud.aws.ecs.definitions import DefinitionBackend
from labs.cloud.aws.ecs.model import RUNNING, STOPPED, Container, Task

MOST_TASKS = 10  # of one RunTask call [API]
KEPT_STOPPED = timedelta(hours=1)  # stopped tasks stay visible [RULES 3]
FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")


class TaskBackend(DefinitionBackend):
    """Tasks of one Region."""

    def run(self, parameters: Mapping[str, Any]) -> list[Task]:
        """RunTask: the tasks, which the task controller will start."""
        cluster = self._active_cluster(parameters.get("cluster"))
        definition = self._launchable(parameters["taskDefinition"])
        count = 1 if parameters.get("count") is None else parameters["count"]
        if not 1 <= count <= MOST_TASKS:
            raise InvalidParameterException(f"count must be between 1 and {MOST_TASKS}.")
        launch_type, provider = self._capacity(cluster, parameters)
        if launch_type != "FARGATE" and provider not in FARGATE_PROVIDERS:
            raise InvalidParameterException("No Container Instances were found in your cluster.")
        network = self._network(definition, parameters, launch_type or "FARGATE")
        overrides = parameters.get("overrides") or {}
        known = {container["name"] for container in definition.container_definitions}
        for override in overrides.get("containerOverrides") or ():
            if override.get("name") not in known:
                raise InvalidParameterException(
                    f"Override for container named {override.get('name')} is not a container in the TaskDefinition."
                )
        self.check_roles(definition, overrides)
        tags = list(parameters.get("tags") or [])
        if parameters.get("propagateTags") == "TASK_DEFINITION":
            tags += [tag for tag in definition.tags if tag["key"] not in {t["key"] for t in tags}]
        return [
            self.launch(
                cluster, definition, network, subnet_id=network["subnets"][index % len(network["subnets"])],
                group=parameters.get("group") or f"family:{definition.family}",
                started_by=parameters.get("startedBy") or "", launch_type=launch_type, capacity_provider=provider,
                overrides=overrides, tags=tags, enable_execute_command=bool(parameters.get("enableExecuteCommand")),
            )
            for index in range(count)
        ]  # fmt: skip

    def launch(
        self,
        cluster: Cluster,
        definition: TaskDefinition,
        network: Mapping[str, Any],
        subnet_id: str,
        **details: Any,
    ) -> Task:
        """A new task, PROVISIONING; `details` are fields of Task."""
        arn = f"arn:aws:ecs:{self.region_name}:{self.account_id}:task/{cluster.name}/{uuid4().hex}"
        changes = {o["name"]: o for o in (details.get("overrides") or {}).get("containerOverrides") or ()}
        task = Task(
            cluster_name=cluster.name,
            cluster_arn=cluster.arn,
            task_arn=arn,
            definition=definition,
            region=self.region_name,
            created_at=self.runtime.clock.now(),
            containers=[
                Container(_container_arn(arn), _overridden(container, changes.get(container["name"]) or {}))
                for container in definition.container_definitions
            ],
            subnet_id=subnet_id,
            availability_zone=ec2_backends[self.account_id][self.region_name]
            .get_subnet(subnet_id)
            .availability_zone,
            network=network,
            **details,
        )
        self.tasks.setdefault(cluster.name, {})[arn] = task
        return task

    def check_roles(self, definition: TaskDefinition, overrides: Mapping[str, Any]) -> None:
        """Raise EcsClientException when a role of the task does not exist."""
        roles = {role.arn for role in iam_backends[self.account_id]["aws"].roles.values()}
        for name, attribute in (("taskRoleArn", "task_role_arn"), ("executionRoleArn", "execution_role_arn")):
            wanted = overrides.get(name) or getattr(definition, attribute, None)
            arn = (
                wanted
                if not wanted or wanted.startswith("arn:")
                else f"arn:aws:iam::{self.account_id}:role/{wanted}"
            )
            if arn and arn not in roles:
                raise EcsClientException(
                    f"ECS was unable to assume the role '{arn}' that was provided for this task. Please verify that "
                    "the role being passed has the proper trust relationship and permissions and that your IAM user "
                    "has permissions to pass this role."
                )

    def _capacity(self, cluster: Cluster, parameters: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """Launch type and capacity provider: as given, else the cluster's default, else EC2."""
        launch_type, strategy = parameters.get("launchType"), parameters.get("capacityProviderStrategy")
        if launch_type and strategy:
            raise InvalidParameterException(
                "Specify either launch type or capacity provider strategy, but not both."
            )
        if launch_type and launch_type not in ("EC2", "FARGATE", "EXTERNAL"):
            raise InvalidParameterException("launch type should be one of [EC2,FARGATE,EXTERNAL]")
        if launch_type:
            return launch_type, None
        strategy = strategy or cluster.default_capacity_provider_strategy
        if not strategy:
            return "EC2", None
        for item in strategy:
            known = (*FARGATE_PROVIDERS, *self.capacity_providers)
            if item["capacityProvider"] not in known:
                raise InvalidParameterException("The specified capacity provider was not found.")
        # The provider with a base, else the heaviest: exact for one provider; a mix is not split yet.
        best = max(strategy, key=lambda item: (item.get("base", 0), item.get("weight", 0)))[
            "capacityProvider"
        ]
        return ("FARGATE" if best in FARGATE_PROVIDERS else "EC2"), best

    def _network(
        self, definition: TaskDefinition, parameters: Mapping[str, Any], launch_type: str
    ) -> Mapping[str, Any]:
        """The awsvpcConfiguration, validated. Raises InvalidParameterException."""
        network = (parameters.get("networkConfiguration") or {}).get("awsvpcConfiguration")
        if launch_type == "FARGATE" and "FARGATE" not in definition.compatibilities:
            raise InvalidParameterException("Task definition does not support launch_type FARGATE.")
        if definition.network_mode != "awsvpc":
            if network:
                raise InvalidParameterException(
                    "Network Configuration is not valid for the given networkMode of this task definition."
                )
            return {}
        if not network:
            raise InvalidParameterException(
                "Network Configuration must be provided when networkMode 'awsvpc' is specified."
            )
        if not network.get("subnets"):
            raise InvalidParameterException("subnets can not be empty.")
        ec2 = ec2_backends[self.account_id][self.region_name]
        vpcs = set()
        for subnet_id in network["subnets"]:
            try:
                vpcs.add(ec2.get_subnet(subnet_id).vpc_id)
            except Exception:
                raise InvalidParameterException(
                    f"Error retrieving subnet information for [{subnet_id}]: The subnet ID '{subnet_id}' does not "
                    "exist (ErrorCode: InvalidSubnetID.NotFound)"
                ) from None
        if len(vpcs) > 1:
            raise InvalidParameterException("subnets must belong to the same VPC.")
        for group_id in network.get("securityGroups") or ():
            if ec2.get_security_group_from_id(group_id) is None:
                raise InvalidParameterException(
                    f"Error retrieving security group information for [{group_id}]: The security group '{group_id}' "
                    "does not exist (ErrorCode: InvalidGroup.NotFound)"
                )
        return network

    def find_tasks(
        self, cluster_name: str | None, references: Iterable[str]
    ) -> tuple[list[Task], list[dict[str, str]]]:
        """DescribeTasks: tasks by id or ARN, and failures for the others."""
        cluster = self._get_cluster(cluster_name or "default")
        found, failures = [], []
        for reference in references:
            arn = f"{cluster.arn.replace(':cluster/', ':task/')}/{reference.rpartition('/')[2]}"
            task = self.tasks.get(cluster.name, {}).get(arn)
            if task is not None and reference in (task.task_arn, task.id):
                found.append(task)
            else:
                failures.append(
                    {"arn": reference if reference.startswith("arn:") else arn, "reason": "MISSING"}
                )
        return found, failures

    def select_tasks(self, parameters: Mapping[str, Any]) -> list[Task]:
        """ListTasks: desired status RUNNING unless asked otherwise."""
        cluster = self._get_cluster(parameters.get("cluster") or "default")
        service = parameters.get("serviceName")
        if service:
            service = self.find_service(cluster.name, service).name
        desired = parameters.get("desiredStatus") or RUNNING
        wanted = {
            "family": lambda task: task.definition.family,
            "startedBy": lambda task: task.started_by,
            "launchType": lambda task: task.launch_type,
        }
        return [
            task
            for task in self.tasks.get(cluster.name, {}).values()
            if task.desired_status == desired
            and (service is None or (task.service is not None and task.service.name == service))
            and all(parameters.get(name) in (None, of(task)) for name, of in wanted.items())
            and not parameters.get("containerInstance")
        ]

    def list_tasks(self, cluster_str: str | None = None, *_: Any, **__: Any) -> list[Task]:
        """Every task, for moto's tagging API."""
        return [task for tasks in self.tasks.values() for task in tasks.values()]

    def stop(self, cluster_name: str | None, reference: str, reason: str | None) -> Task:
        """StopTask."""
        found, _ = self.find_tasks(cluster_name, [reference])
        if not found:
            raise InvalidParameterException("The referenced task was not found.")
        found[0].ask_to_stop("UserInitiated", reason or "Task stopped by user", self.runtime.clock.now())
        return found[0]

    def forget_old_tasks(self) -> None:
        """Drop tasks that stopped more than an hour ago."""
        limit = self.runtime.clock.now() - KEPT_STOPPED
        for tasks in self.tasks.values():
            for arn in [
                arn
                for arn, task in tasks.items()
                if task.last_status == STOPPED and task.times["stoppedAt"] < limit
            ]:
                del tasks[arn]


def _container_arn(task_arn: str) -> str:
    return f"{task_arn.replace(':task/', ':container/')}/{uuid4()}"


def _overridden(container: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """A container's definition with RunTask's override: environment is merged by name, the rest replaced."""
    merged = {
        **container,
        **{key: value for key, value in override.items() if key != "environment" and value is not None},
    }
    environment = {
        pair["name"]: pair.get("value") or ""
        for source in (container, override)
        for pair in source.get("environment") or ()
    }
    merged["environment"] = [{"name": name, "value": value} for name, value in environment.items()]
    return merged

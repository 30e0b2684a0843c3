"""Tasks: what RunTask and StopTask ask for; the task controller makes it happen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from moto.ecs.exceptions import ECSException, InvalidParameterException
from moto.ecs.models import TaskDefinition

from labs.cloud.aws.ecs.launching import LaunchBackend
from labs.cloud.aws.ecs.model import RUNNING, STOPPED, Task
from labs.cloud.aws.ecs.validation import task_size
from labs.cloud.controllers.capacity import split
from labs.cloud.controllers.instance_texts import say
from labs.cloud.task_words import BY_USER, SPOT_INTERRUPTED

MOST_TASKS = 10  # of one RunTask call [API]
LEAST = {
    "cpu": 0,
    "memory": 6,
    "memoryReservation": 6,
}  # of a container's overrides [API ContainerDefinition]
KEPT_STOPPED = timedelta(hours=1)  # stopped tasks stay visible [RULES 3]


class TaskBackend(LaunchBackend):
    """Tasks of one Region."""

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        # client token → the rest of the call, and its answer: asked again, it starts nothing [API RunTask]
        self.run_tokens: dict[str, tuple[Mapping[str, Any], tuple[list[Task], list[dict[str, str]]]]] = {}

    def run(self, parameters: Mapping[str, Any]) -> tuple[list[Task], list[dict[str, str]]]:
        """RunTask: the tasks, which the task controller will start, and why others could not be placed."""
        token = parameters.get("clientToken")
        if not token:
            return self._run(parameters)
        if token in self.run_tokens:
            asked, answer = self.run_tokens[token]
            if asked != parameters:
                raise ECSException(
                    "ConflictException",
                    "The client token was used in an earlier RunTask call with other parameters.",
                )
            return answer
        answer = self._run(parameters)
        self.run_tokens[token] = (parameters, answer)
        return answer

    def _run(self, parameters: Mapping[str, Any]) -> tuple[list[Task], list[dict[str, str]]]:
        cluster = self._active_cluster(parameters.get("cluster"))
        definition = self._launchable(parameters["taskDefinition"])
        count = 1 if parameters.get("count") is None else parameters["count"]
        if not 1 <= count <= MOST_TASKS:
            raise InvalidParameterException(f"count must be between 1 and {MOST_TASKS}.")
        launch_type, strategy = self.launch_choice(cluster, parameters)
        self.check_placement(parameters, launch_type)
        self._check_instances(cluster, launch_type, strategy)
        network = self._network(definition, parameters, launch_type)
        details = self._details(definition, parameters) | {
            "launch_type": launch_type if not strategy else None
        }
        shares = split(strategy, {}, count) if strategy else {None: count}
        providers = [provider for provider, share in shares.items() for _ in range(share)]
        if launch_type == "FARGATE":
            subnets = network["subnets"]
            return [
                self.launch(
                    cluster,
                    definition,
                    network,
                    subnets[index % len(subnets)],
                    **details,
                    capacity_provider=provider,
                )
                for index, provider in enumerate(providers)
            ], []
        tasks, failures = [], []
        for provider in providers:
            placed = self.launch_on_instance(
                cluster, definition, network, provider=provider, placement=parameters, **details
            )
            if isinstance(placed, Task):
                tasks.append(placed)
            else:
                failures += [{"arn": refusal.instance, "reason": refusal.reason} for refusal in placed]
        return tasks, failures

    def start(self, parameters: Mapping[str, Any]) -> tuple[list[Task], list[dict[str, str]]]:
        """StartTask: one task on each of the named container instances, or why not."""
        cluster = self._active_cluster(parameters.get("cluster"))
        definition = self._launchable(parameters["taskDefinition"])
        references = parameters.get("containerInstances") or []
        if not references:
            raise InvalidParameterException("Container Instances cannot be empty.")
        if len(references) > MOST_TASKS:
            raise InvalidParameterException(f"Container Instances cannot be longer than {MOST_TASKS}.")
        self._check_instances(cluster, "EC2", ())
        network = self._network(definition, parameters, "EC2")
        details = self._details(definition, parameters) | {"launch_type": "EC2"}
        instances, failures = self.find_instances(cluster, references)
        tasks = []
        for instance in instances:
            chosen = self.fits(
                instance, definition, details["group"], details["overrides"], self._zones_of(network)
            )
            if chosen is not None:
                failures.append({"arn": instance.arn, "reason": chosen})
            else:
                tasks.append(self._launch_on(instance, cluster, definition, network, details))
        return tasks, failures

    def _details(self, definition: TaskDefinition, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """What RunTask and StartTask say about a task beside where it goes. Raises what AWS refuses."""
        overrides = parameters.get("overrides") or {}
        known = {container["name"] for container in definition.container_definitions}
        for override in overrides.get("containerOverrides") or ():
            if override.get("name") not in known:
                raise InvalidParameterException(
                    f"Override for container named {override.get('name')} is not a container in the TaskDefinition."
                )
            for setting, least in LEAST.items():
                value = override.get(setting)
                if value is not None and value < least:
                    raise InvalidParameterException(
                        f"Invalid '{setting}' override for container '{override['name']}'. It must be at least {least}."
                    )
        task_size(overrides.get("cpu"), overrides.get("memory"))
        self.check_roles(definition, overrides)
        tags = list(parameters.get("tags") or [])
        if parameters.get("propagateTags") == "TASK_DEFINITION":
            tags += [tag for tag in definition.tags if tag["key"] not in {t["key"] for t in tags}]
        return {
            "group": parameters.get("group") or f"family:{definition.family}",
            "started_by": parameters.get("startedBy") or "",
            "overrides": overrides,
            "tags": tags,
            "enable_execute_command": bool(parameters.get("enableExecuteCommand")),
        }

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
        desired, where = parameters.get("desiredStatus") or RUNNING, parameters.get("containerInstance")
        wanted = {
            "family": lambda task: task.definition.family,
            "startedBy": lambda task: task.started_by,
            "launchType": lambda task: task.launch_type or "FARGATE",
        }
        return [
            task
            for task in self.tasks.get(cluster.name, {}).values()
            if task.desired_status == desired
            and (service is None or (task.service is not None and task.service.name == service))
            and all(parameters.get(name) in (None, of(task)) for name, of in wanted.items())
            and (
                not where
                or (
                    task.container_instance is not None
                    and where in (task.container_instance.id, task.container_instance.arn)
                )
            )
        ]

    def list_tasks(self, cluster_str: str | None = None, *_: Any, **__: Any) -> list[Task]:
        """Every task, for moto's tagging API."""
        return [task for tasks in self.tasks.values() for task in tasks.values()]

    def stop(self, cluster_name: str | None, reference: str, reason: str | None) -> Task:
        """StopTask."""
        found, _ = self.find_tasks(cluster_name, [reference])
        if not found:
            raise InvalidParameterException("The referenced task was not found.")
        found[0].ask_to_stop("UserInitiated", reason or BY_USER, self.runtime.clock.now())
        return found[0]

    def interrupt(self, task_arn: str) -> bool:
        """Take back a Fargate Spot task's capacity: SIGTERM now, SIGKILL within two minutes; whether there is one.

        [DG Amazon ECS clusters for Fargate: Fargate Spot termination notices]
        """
        task = next((tasks[task_arn] for tasks in self.tasks.values() if task_arn in tasks), None)
        if task is None or task.capacity_provider != "FARGATE_SPOT" or not task.active:
            return False
        task.ask_to_stop("SpotInterruption", SPOT_INTERRUPTED, self.runtime.clock.now())
        self.runtime.narrate("spot-interruption", task_arn, say, "spot", group=task.group)
        return True

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

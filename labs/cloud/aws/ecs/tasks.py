"""Tasks: what RunTask and StopTask ask for; the task controller makes it happen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from moto.ec2.models import ec2_backends
from moto.ecs.exceptions import EcsClientException, ECSException, InvalidParameterException
from moto.ecs.models import Cluster, TaskDefinition
from moto.iam.models import iam_backends

from labs.cloud.aws.ecs.errors import NotEmulated
from labs.cloud.aws.ecs.instances import ContainerInstance, InstanceBackend
from labs.cloud.aws.ecs.model import FARGATE_PROVIDERS, RUNNING, STOPPED, Container, Task
from labs.cloud.aws.ecs.validation import task_size
from labs.cloud.controllers.capacity import split
from labs.cloud.controllers.instance_texts import say
from labs.cloud.controllers.placement import InvalidPlacement, Refusal, check_constraints, check_strategy
from labs.cloud.task_words import BY_USER, SPOT_INTERRUPTED

MOST_TASKS = 10  # of one RunTask call [API]
LEAST = {
    "cpu": 0,
    "memory": 6,
    "memoryReservation": 6,
}  # of a container's overrides [API ContainerDefinition]
KEPT_STOPPED = timedelta(hours=1)  # stopped tasks stay visible [RULES 3]


class TaskBackend(InstanceBackend):
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

    def launch_on_instance(
        self,
        cluster: Cluster,
        definition: TaskDefinition,
        network: Mapping[str, Any],
        *,
        provider: str | None,
        placement: Mapping[str, Any],
        default_strategy: Sequence[Mapping[str, Any]] = (),
        only: str | None = None,
        **details: Any,
    ) -> Task | list[Refusal]:
        """A new task in EC2 capacity, or why there is no room; `placement` has RunTask's or a service's members.

        With a capacity provider that scales, a task without room stays PROVISIONING until there is some. `only`
        is the ARN of the one instance that may take it.
        """
        placement = {
            "constraints": list(placement.get("placementConstraints") or ()),
            "strategy": list(placement.get("placementStrategy") or default_strategy),
        }
        details |= {"launch_type": "EC2", "capacity_provider": provider, "placement": placement}
        chosen = self.place(
            cluster, definition, group=details["group"], overrides=details.get("overrides"), provider=provider,
            zones=self._zones_of(network), only=only, **placement,
        )  # fmt: skip
        if not isinstance(chosen, list):
            return self._launch_on(chosen, cluster, definition, network, details)
        if self.managed_scaling(provider) and only is None:
            return self.launch(cluster, definition, network, "", **details)
        return chosen

    def place_waiting(self) -> list[Task]:
        """Give tasks that wait for capacity, oldest first, what room there is now; those that got some."""
        placed = []
        for cluster_name, tasks in self.tasks.items():
            for task in [task for task in tasks.values() if task.waits_for_capacity and task.active]:
                if task.last_status == STOPPED:
                    continue
                chosen = self.place(
                    self.clusters[cluster_name], task.definition, group=task.group, overrides=task.overrides,
                    provider=task.capacity_provider, zones=self._zones_of(task.network), **task.placement,
                )  # fmt: skip
                if not isinstance(chosen, list):
                    task.container_instance, task.availability_zone = chosen, chosen.zone
                    task.subnet_id = self._subnet_in(chosen.zone, task.network)
                    placed.append(task)
        return placed

    def _launch_on(
        self,
        instance: ContainerInstance,
        cluster: Cluster,
        definition: TaskDefinition,
        network: Mapping[str, Any],
        details: Mapping[str, Any],
    ) -> Task:
        subnet = self._subnet_in(instance.zone, network)
        task = self.launch(cluster, definition, network, subnet, **details)
        task.container_instance, task.availability_zone = instance, instance.zone
        return task

    def _check_instances(
        self, cluster: Cluster, launch_type: str, strategy: Iterable[Mapping[str, Any]]
    ) -> None:
        """Refuse EC2 capacity of which there is none, unless a capacity provider starts some."""
        scaling = any(self.managed_scaling(item["capacityProvider"]) for item in strategy)
        if launch_type == "EC2" and not scaling and not self.instances_of(cluster.name):
            raise InvalidParameterException("No Container Instances were found in your cluster.")

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
            .availability_zone
            if subnet_id
            else "",
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

    def launch_choice(
        self, cluster: Cluster, parameters: Mapping[str, Any]
    ) -> tuple[str, list[Mapping[str, Any]]]:
        """FARGATE or EC2, and the capacity provider strategy if there is one: as given, else the cluster's, else EC2.

        Raises what AWS refuses.
        """
        launch_type, strategy = parameters.get("launchType"), parameters.get("capacityProviderStrategy")
        if launch_type and strategy:
            raise InvalidParameterException(
                "Specify either launch type or capacity provider strategy, but not both."
            )
        if launch_type == "EXTERNAL":
            raise NotEmulated("external instances (ECS Anywhere)")
        if launch_type == "MANAGED_INSTANCES":
            raise NotEmulated("Amazon ECS Managed Instances")
        if launch_type and launch_type not in ("EC2", "FARGATE"):
            raise InvalidParameterException("launch type should be one of [EC2,FARGATE,EXTERNAL]")
        if launch_type:
            return launch_type, []
        strategy = list(strategy or cluster.default_capacity_provider_strategy or ())
        if not strategy:
            return "EC2", []
        self.check_strategy(strategy, cluster.capacity_providers or ())
        return ("FARGATE" if strategy[0]["capacityProvider"] in FARGATE_PROVIDERS else "EC2"), strategy

    def _capacity(self, cluster: Cluster, parameters: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """Launch type, and the capacity provider that gets a service's first task."""
        launch_type, strategy = self.launch_choice(cluster, parameters)
        if not strategy:
            return launch_type, None
        return launch_type, max(split(strategy, {}, 1).items(), key=lambda share: share[1])[0]

    def check_placement(self, parameters: Mapping[str, Any], launch_type: str) -> None:
        """Raise for placement members, and others of EC2 or Fargate alone, that AWS refuses."""
        constraints, strategy = parameters.get("placementConstraints"), parameters.get("placementStrategy")
        if launch_type == "FARGATE" and constraints:
            raise InvalidParameterException(
                "Placement constraints are not supported with FARGATE launch type."
            )
        if launch_type == "FARGATE" and strategy:
            raise InvalidParameterException(
                "Placement strategies are not supported with FARGATE launch type."
            )
        try:
            check_constraints(constraints or ())
            check_strategy(strategy or ())
        except InvalidPlacement as error:
            raise InvalidParameterException(str(error)) from None
        if launch_type == "EC2" and parameters.get("platformVersion"):
            raise InvalidParameterException(
                "The platform version must be null when specifying an EC2 launch type."
            )

    def _zones_of(self, network: Mapping[str, Any]) -> list[str] | None:
        """The zones of a task's subnets; None without awsvpc."""
        ec2 = ec2_backends[self.account_id][self.region_name]
        subnets = network.get("subnets")
        return [ec2.get_subnet(subnet).availability_zone for subnet in subnets] if subnets else None

    def _subnet_in(self, zone: str, network: Mapping[str, Any]) -> str:
        """The subnet for a task on an instance in this zone; empty without awsvpc."""
        ec2 = ec2_backends[self.account_id][self.region_name]
        subnets = network.get("subnets") or ()
        return next((each for each in subnets if ec2.get_subnet(each).availability_zone == zone), "")

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
        if launch_type == "EC2" and network.get("assignPublicIp") == "ENABLED":
            raise InvalidParameterException("Assign public IP is not supported for this launch type.")
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

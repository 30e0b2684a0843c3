"""ECS as AWS answers, over moto's: what is asked for is validated, kept whole, and then really happens.

moto starts no task for a service, gives tasks states that advance by being described, validates no Fargate
size and drops most service properties. Clusters, task definitions, tags and account settings stay moto's;
tasks and services are ours (`ecs_model.py`) and the controllers move them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from moto.core.responses import ActionResult, PaginatedResult
from moto.ec2.models import ec2_backends
from moto.ecs import models, urls
from moto.ecs.exceptions import (
    EcsClientException,
    ECSException,
    InvalidParameterException,
    ServiceNotFoundException,
    TaskDefinitionNotFoundException,
)
from moto.ecs.models import Cluster, EC2ContainerServiceBackend, TaskDefinition, ecs_backends
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.elbv2.models import elbv2_backends
from moto.iam.models import iam_backends

from labs.cloud.aws.ecs_model import (
    DEPLOYED_PROPERTIES,
    PENDING,
    PROVISIONING,
    RUNNING,
    STOPPED,
    Container,
    Deployment,
    Service,
    Task,
)
from labs.cloud.aws.ecs_validation import NAME, check_task_definition
from labs.cloud.runtime import Runtime

MOST_TASKS = 10  # of one RunTask call [API]
MOST_DESIRED = 5000  # tasks of one service [service quotas]
KEPT_STOPPED = timedelta(hours=1)  # stopped tasks stay visible [RULES 3]
FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")
SERVICE_PROPERTIES = (  # kept as given
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "deploymentController",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "launchType",
    "loadBalancers",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
    "schedulingStrategy",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)


class NotEmulated(ECSException):
    """The local cloud cannot do this part of ECS, and says so instead of pretending."""

    def __init__(self, what: str):
        super().__init__("UnsupportedFeatureException", f"The local cloud does not emulate {what}.")


class EcsBackend(EC2ContainerServiceBackend):
    """One Region's ECS."""

    runtime: ClassVar[Runtime]
    tasks: dict[str, dict[str, Task]]
    services: dict[str, Service]

    # Clusters

    def create_cluster(self, cluster_name: str, *args: Any, **kwargs: Any) -> Cluster:
        """As on AWS, a cluster that exists is returned as it is."""
        if not NAME.fullmatch(cluster_name):
            raise InvalidParameterException("Cluster name contains invalid characters.")
        existing = self.clusters.get(cluster_name)
        if existing is not None and existing.status == "ACTIVE":
            return existing
        return super().create_cluster(cluster_name, *args, **kwargs)

    def delete_cluster(self, cluster_str: str) -> Cluster:
        """Refused while services or tasks are there."""
        cluster = self._get_cluster(cluster_str)
        if any(service.status != "INACTIVE" for service in self._services_of(cluster)):
            raise ECSException(
                "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."
            )
        if any(task.last_status != STOPPED for task in self.tasks.get(cluster.name, {}).values()):
            raise ECSException(
                "ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active."
            )
        return super().delete_cluster(cluster_str)

    def describe_clusters(self, cluster_names: list[str]) -> tuple[list[Cluster], list[Any]]:
        """With the counts of what runs now."""
        clusters, failures = super().describe_clusters(cluster_names)
        for cluster in clusters:
            tasks = self.tasks.get(cluster.name, {}).values()
            cluster.active_services_count = sum(s.status == "ACTIVE" for s in self._services_of(cluster))
            cluster.running_tasks_count = sum(task.last_status == RUNNING for task in tasks)
            cluster.pending_tasks_count = sum(task.last_status in (PROVISIONING, PENDING) for task in tasks)
        return clusters, failures

    def _active_cluster(self, name: str | None) -> Cluster:
        cluster = self._get_cluster(name or "default")
        if cluster.status != "ACTIVE":
            raise ECSException("ClusterNotFoundException", "Cluster not found.")
        return cluster

    def _services_of(self, cluster: Cluster) -> list[Service]:
        return [service for service in self.services.values() if service.cluster_name == cluster.name]

    # Task definitions

    def register(self, parameters: Mapping[str, Any], caller: str) -> TaskDefinition:
        """RegisterTaskDefinition. Raises EcsClientException with AWS's texts."""
        check_task_definition(parameters)
        names = {
            "volumes": "volumes", "networkMode": "network_mode", "tags": "tags", "cpu": "cpu", "memory": "memory",
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
            **{ours: parameters.get(theirs) for theirs, ours in names.items()},
        )
        if parameters.get("networkMode") == "awsvpc":
            definition.network_mode = "awsvpc"
            definition.compatibilities = ["EC2", "FARGATE"]
        definition.registered_at = self.runtime.clock.now()
        definition.registered_by = caller
        definition.enable_fault_injection = parameters.get("enableFaultInjection")
        return definition

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

    # Tasks

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

    # Services

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

    def open_service(self, parameters: Mapping[str, Any], caller: str) -> Service:
        """CreateService; the service controller will start its tasks."""
        cluster = self._active_cluster(parameters.get("cluster"))
        name = parameters.get("serviceName") or ""
        if not name or len(name) > 255:
            raise InvalidParameterException(
                "Service name cannot be blank." if not name else "Service name is too long."
            )
        if not NAME.fullmatch(name):
            raise InvalidParameterException("Service name contains invalid characters.")
        self._refuse_what_is_missing(parameters)
        properties = {key: parameters[key] for key in SERVICE_PROPERTIES if parameters.get(key) is not None}
        desired = parameters.get("desiredCount") or 0
        if not parameters.get("taskDefinition"):
            raise InvalidParameterException("TaskDefinition can not be blank.")
        definition = self._launchable(parameters["taskDefinition"])
        existing = self.services.get(f"{cluster.name}:{name}")
        if existing is not None and existing.status == "ACTIVE":
            same = all(existing.properties.get(key) == value for key, value in properties.items())
            if same and existing.desired_count == desired and existing.primary.definition is definition:
                return existing
            raise InvalidParameterException("Creation of service was not idempotent.")
        if existing is not None and existing.status == "DRAINING":
            raise InvalidParameterException("Unable to Start a service that is still Draining.")
        launch_type, provider = self._capacity(cluster, parameters)
        _check_desired(desired)
        self._check_service(definition, parameters, launch_type or "FARGATE")
        if provider and "capacityProviderStrategy" not in properties:
            properties["capacityProviderStrategy"] = cluster.default_capacity_provider_strategy
        elif not provider:
            properties["launchType"] = launch_type
        if launch_type == "FARGATE":
            properties.setdefault("platformVersion", "LATEST")
        now = self.runtime.clock.now()
        service = Service(
            cluster_name=cluster.name,
            cluster_arn=cluster.arn,
            arn=f"arn:aws:ecs:{self.region_name}:{self.account_id}:service/{cluster.name}/{name}",
            name=name,
            region_name=self.region_name,
            created_at=now,
            created_by=caller,
            desired_count=desired,
            properties=properties,
            deployments=[],
            tags=list(parameters.get("tags") or []),
            placeable=launch_type == "FARGATE",
        )
        self._deploy(service, definition)
        self.services[f"{cluster.name}:{name}"] = service
        return service

    def change_service(self, parameters: Mapping[str, Any]) -> Service:
        """UpdateService: a change of what runs starts a deployment, a change of how many does not."""
        service = self.find_service(parameters.get("cluster"), parameters["service"])
        if service.status != "ACTIVE":
            raise ECSException("ServiceNotActiveException", "Service was not ACTIVE.")
        self._refuse_what_is_missing(parameters)
        changes = {key: parameters[key] for key in SERVICE_PROPERTIES if parameters.get(key) is not None}
        if changes.get("capacityProviderStrategy"):
            service.properties.pop("launchType", None)
        definition = service.primary.definition
        if parameters.get("taskDefinition"):
            definition = self._launchable(parameters["taskDefinition"])
        desired = parameters.get("desiredCount")
        merged = service.properties | changes
        cluster = self._get_cluster(service.cluster_name)
        launch_type, _ = self._capacity(cluster, merged)
        if desired is not None:
            _check_desired(desired)
        if changes or definition is not service.primary.definition or parameters.get("forceNewDeployment"):
            # Not for a mere count: who deleted the target group first must still get down to 0.
            self._check_service(definition, merged, launch_type or "FARGATE")
        redeploy = (
            bool(parameters.get("forceNewDeployment"))
            or definition is not service.primary.definition
            or any(
                changes[key] != service.properties.get(key)
                for key in changes
                if key in (*DEPLOYED_PROPERTIES, "loadBalancers")
            )
        )
        service.properties = merged
        if desired is not None and desired != service.desired_count:
            service.desired_count = desired
            service.primary.desired_count = desired
            service.primary.updated_at = self.runtime.clock.now()
            service.steady = False
        if redeploy:
            self._deploy(service, definition)
        return service

    def close_service(self, cluster_name: str | None, reference: str, force: bool) -> Service:
        """DeleteService: ACTIVE → DRAINING; the service controller makes it INACTIVE once its tasks are gone."""
        service = self.find_service(cluster_name, reference)
        if service.status != "ACTIVE":
            return service
        if service.desired_count > 0 and not force:
            raise InvalidParameterException("The service cannot be stopped while it is scaled above 0.")
        service.status = "DRAINING"
        service.desired_count = 0
        for deployment in service.deployments:
            deployment.desired_count = 0
        return service

    def update_service(self, service_properties: dict[str, Any]) -> Service:
        """For moto's Application Auto Scaling, which sets the desired count."""
        return self.change_service(
            {
                "cluster": service_properties.get("cluster"),
                "service": service_properties["service"],
                "desiredCount": service_properties.get("desired_count"),
            }
        )

    def _deploy(self, service: Service, definition: TaskDefinition) -> None:
        """A new primary deployment; the one before goes on as ACTIVE until its tasks are replaced."""
        now = self.runtime.clock.now()
        for old in service.deployments:
            if old.status == "PRIMARY" and not old.stable:
                # It never was complete: it keeps what it has and gets no more [RULES 12].
                old.desired_count = sum(
                    t.active and t.deployment_id == old.id for t in self.tasks_of(service)
                )
            old.status = "ACTIVE"
        deployment = Deployment(
            id=f"ecs-svc/{random.randrange(10**18, 10**19)}",  # noqa: S311  an identifier, not a secret
            definition=definition,
            created_at=now,
            updated_at=now,
            desired_count=service.desired_count,
            properties={
                key: service.properties[key] for key in DEPLOYED_PROPERTIES if key in service.properties
            },
        )
        service.deployments.insert(0, deployment)
        service.steady = False

    def _check_service(
        self, definition: TaskDefinition, parameters: Mapping[str, Any], launch_type: str
    ) -> None:
        configuration = parameters.get("deploymentConfiguration") or {}
        least, most = (
            configuration.get("minimumHealthyPercent", 100),
            configuration.get("maximumPercent", 200),
        )
        if not 0 <= least <= 100 <= most:
            raise InvalidParameterException(
                "minimumHealthyPercent must be between 0 and 100, and maximumPercent at least 100."
            )
        if least == most == 100:
            raise InvalidParameterException(
                "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
            )
        if launch_type == "FARGATE" and parameters.get("schedulingStrategy") == "DAEMON":
            raise InvalidParameterException("Fargate tasks do not support the DAEMON scheduling strategy.")
        self._network(definition, parameters, launch_type)
        if parameters.get("healthCheckGracePeriodSeconds") is not None and not parameters.get(
            "loadBalancers"
        ):
            raise InvalidParameterException(
                "Health check grace period is only valid for services configured to use load balancers"
            )
        containers = {container["name"]: container for container in definition.container_definitions}
        for balancer in parameters.get("loadBalancers") or ():
            self._check_load_balancer(balancer, containers)

    def _check_load_balancer(
        self, balancer: Mapping[str, Any], containers: Mapping[str, Mapping[str, Any]]
    ) -> None:
        name, port, arn = (balancer.get(key) for key in ("containerName", "containerPort", "targetGroupArn"))
        if not name:
            raise InvalidParameterException("Container Name can not be blank.")
        if name not in containers:
            raise InvalidParameterException(f"The container {name} does not exist in the task definition.")
        if port not in [
            mapping.get("containerPort") for mapping in containers[name].get("portMappings") or ()
        ]:
            raise InvalidParameterException(
                f"The container {name} did not have a container port {port} defined."
            )
        if not arn:
            raise NotEmulated("Classic Load Balancers")
        group = elbv2_backends[self.account_id][self.region_name].target_groups.get(arn)
        if group is None:
            raise InvalidParameterException(f"The specified target group does not exist: {arn}")
        if group.target_type != "ip":
            raise InvalidParameterException(
                f"The provided target group {arn} has target type {group.target_type}, which is incompatible with the "
                "awsvpc network mode specified in the task definition."
            )
        if not group.load_balancer_arns:
            raise InvalidParameterException(
                f"The target group with targetGroupArn {arn} does not have an associated load balancer."
            )

    def _refuse_what_is_missing(self, parameters: Mapping[str, Any]) -> None:
        controller = (parameters.get("deploymentController") or {}).get("type", "ECS")
        if controller != "ECS":
            raise NotEmulated(f"the deployment controller {controller}")
        strategy = (parameters.get("deploymentConfiguration") or {}).get("strategy", "ROLLING")
        if strategy != "ROLLING":
            raise NotEmulated(f"the deployment strategy {strategy}")


class EcsResponse(EC2ContainerServiceResponse):
    """ECS's operations that differ from moto's."""

    ecs_backend: EcsBackend

    @property
    def _caller(self) -> str:
        from moto.sts.models import sts_backends

        _, arn, _ = sts_backends[self.current_account]["aws"].get_caller_identity(
            self.access_key, self.region
        )
        return arn

    def register_task_definition(self) -> ActionResult:
        """Validated; every property is kept."""
        definition = self.ecs_backend.register(self._get_params(), self._caller)
        return ActionResult({"taskDefinition": definition, "tags": self._get_param("tags") or []})

    def list_task_definitions(self) -> ActionResult:
        """By family and status, in the order asked for."""
        arns = self.ecs_backend.list_task_definitions(
            self._get_param("familyPrefix"),
            self._one_of("status", "ACTIVE", "ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"),
            descending=self._one_of("sort", "ASC", "ASC", "DESC") == "DESC",
        )
        return PaginatedResult({"taskDefinitionArns": arns})

    def list_task_definition_families(self) -> ActionResult:
        """By prefix and status."""
        status = self._one_of("status", "ALL", "ACTIVE", "INACTIVE", "ALL")
        families = self.ecs_backend.list_task_definition_families(self._get_param("familyPrefix"), status)
        return PaginatedResult({"families": list(families)})

    def _one_of(self, name: str, default: str, *allowed: str) -> str:
        value = self._get_param(name) or default
        if value not in allowed:
            raise InvalidParameterException(f"{name} should be one of [{','.join(allowed)}]")
        return str(value)

    def run_task(self) -> ActionResult:
        """Tasks that will start."""
        tasks = self.ecs_backend.run(self._get_params())
        return ActionResult({"tasks": [task.describe(tags=True) for task in tasks], "failures": []})

    def start_task(self) -> ActionResult:
        """StartTask places on container instances, of which there are none."""
        self.ecs_backend._get_cluster(self._get_param("cluster", "default"))
        raise InvalidParameterException("No Container Instances were found in your cluster.")

    def register_container_instance(self) -> ActionResult:
        """Only the agent on an instance calls this."""
        raise NotEmulated("container instances")

    def describe_tasks(self) -> ActionResult:
        """Nothing advances by being described."""
        references = self._get_param("tasks", [])
        if not references:
            raise InvalidParameterException("Tasks cannot be empty.")
        if len(references) > 100:
            raise InvalidParameterException("Tasks cannot be longer than 100.")
        tasks, failures = self.ecs_backend.find_tasks(self._get_param("cluster"), references)
        tags = "TAGS" in self._get_param("include", [])
        return ActionResult({"tasks": [task.describe(tags) for task in tasks], "failures": failures})

    def list_tasks(self) -> ActionResult:
        """By desired status, service, family…"""
        return PaginatedResult(
            {"taskArns": [task.task_arn for task in self.ecs_backend.select_tasks(self._get_params())]}
        )

    def stop_task(self) -> ActionResult:
        """The task's way down begins."""
        task = self.ecs_backend.stop(
            self._get_param("cluster"), self._get_param("task"), self._get_param("reason")
        )
        return ActionResult({"task": task.describe()})

    def create_service(self) -> ActionResult:
        """A service whose tasks will start."""
        return self._service(self.ecs_backend.open_service(self._get_params(), self._caller), tags=True)

    def update_service(self) -> ActionResult:
        """Another count, or another deployment."""
        return self._service(self.ecs_backend.change_service(self._get_params()))

    def delete_service(self) -> ActionResult:
        """Draining begins."""
        force = bool(self._get_param("force", False))
        return self._service(
            self.ecs_backend.close_service(self._get_param("cluster"), self._get_param("service"), force)
        )

    def describe_services(self) -> ActionResult:
        """With deployments, counts and events."""
        references = self._get_param("services", [])
        if not references:
            raise InvalidParameterException("Services cannot be empty.")
        if len(references) > 10:
            raise InvalidParameterException("Services cannot be longer than 10.")
        backend = self.ecs_backend
        cluster = backend._get_cluster(self._get_param("cluster", "default"))
        tags = "TAGS" in self._get_param("include", [])
        services, failures = [], []
        for reference in references:
            service = backend.services.get(f"{cluster.name}:{reference.rpartition('/')[2]}")
            if service is None:
                arn = f"{cluster.arn.replace(':cluster/', ':service/')}/{reference.rpartition('/')[2]}"
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                services.append(service.describe(backend.tasks_of(service), tags))
        return ActionResult({"services": services, "failures": failures})

    def list_services(self) -> ActionResult:
        """The active ones."""
        cluster = self.ecs_backend._get_cluster(self._get_param("cluster", "default"))
        launch_type = self._get_param("launchType")
        arns = [
            service.arn
            for service in self.ecs_backend._services_of(cluster)
            if service.status != "INACTIVE" and launch_type in (None, service.properties.get("launchType"))
        ]
        return PaginatedResult({"serviceArns": sorted(arns)})

    def _service(self, service: Service, tags: bool = False) -> ActionResult:
        return ActionResult({"service": service.describe(self.ecs_backend.tasks_of(service), tags)})

    def _task_sets(self) -> ActionResult:
        raise NotEmulated("task sets (the EXTERNAL deployment controller)")

    create_task_set = update_task_set = delete_task_set = describe_task_sets = _task_sets
    update_service_primary_task_set = _task_sets


def _check_desired(desired: int) -> None:
    if not 0 <= desired <= MOST_DESIRED:
        raise InvalidParameterException(f"desiredCount must be between 0 and {MOST_DESIRED}.")


def _container_arn(task_arn: str) -> str:
    return f"{task_arn.replace(':task/', ':container/')}/{uuid4()}"


def _with_defaults(container: Mapping[str, Any], network_mode: str | None) -> dict[str, Any]:
    """What DescribeTaskDefinition adds to a container's definition."""
    mappings = []
    for mapping in container.get("portMappings") or ():
        completed = {"protocol": "tcp", **mapping}
        if network_mode == "awsvpc" and "containerPort" in completed:
            completed["hostPort"] = completed["containerPort"]
        mappings.append(completed)
    return {**container, "portMappings": mappings}


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


def install(runtime: Runtime) -> None:
    """Make moto's ECS this one."""
    EcsBackend.runtime = runtime
    EcsBackend.__module__ = models.__name__  # moto finds a service's URLs through its backend's module
    ecs_backends.backend = EcsBackend
    urls.url_paths = dict.fromkeys(urls.url_paths, EcsResponse.dispatch)

"""ECS's operations that differ from moto's, from the request to the answer."""

from __future__ import annotations

from typing import Any, ClassVar

from moto.core.responses import ActionResult, PaginatedResult
from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.responses import EC2ContainerServiceResponse

from labs.cloud.aws.ecs.container_instance import ContainerInstance
from labs.cloud.aws.ecs.errors import NotEmulated
from labs.cloud.aws.ecs.model import Task
from labs.cloud.aws.ecs.service_model import Service
from labs.cloud.aws.ecs.services import EcsBackend


class EcsResponse(EC2ContainerServiceResponse):
    """ECS's operations that differ from moto's."""

    ecs_backend: EcsBackend
    RESPONSE_KEY_PATH_TO_TRANSFORMER: ClassVar[dict[str, Any]] = {}  # answers are described in AWS's shape

    @property
    def _caller(self) -> str:
        from moto.sts.models import sts_backends

        _, arn, _ = sts_backends[self.current_account]["aws"].get_caller_identity(
            self.access_key, self.region
        )
        return arn

    def update_cluster_settings(self) -> ActionResult:
        """Container Insights on or off; moto knows it as part of UpdateCluster only."""
        settings = self._get_param("settings") or []
        for setting in settings:
            if setting.get("name") != "containerInsights":
                raise InvalidParameterException("Invalid setting name. Only containerInsights is supported.")
            if setting.get("value") not in ("enabled", "disabled", "enhanced"):
                raise InvalidParameterException(
                    "Invalid containerInsights value. Valid values are enabled, disabled and enhanced."
                )
        cluster = self.ecs_backend.update_cluster(self._get_param("cluster"), settings or None, None, None)
        return ActionResult({"cluster": cluster})

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
        """Tasks that will start, and what could not be placed."""
        return self._launched(*self.ecs_backend.run(self._get_params()))

    def start_task(self) -> ActionResult:
        """Tasks on the named container instances."""
        return self._launched(*self.ecs_backend.start(self._get_params()))

    def _launched(self, tasks: list[Task], failures: list[dict[str, str]]) -> ActionResult:
        return ActionResult({"tasks": [task.describe(tags=True) for task in tasks], "failures": failures})

    def register_container_instance(self) -> ActionResult:
        """What the agent on an instance calls."""
        return self._instance(self.ecs_backend.register_by_agent(self._get_params()))

    def deregister_container_instance(self) -> ActionResult:
        """The instance leaves its cluster."""
        return self._instance(self.ecs_backend.deregister(self._get_params()))

    def list_container_instances(self) -> ActionResult:
        """By status and expression."""
        return PaginatedResult(
            {"containerInstanceArns": self.ecs_backend.select_instances(self._get_params())}
        )

    def describe_container_instances(self) -> ActionResult:
        """With what is registered and what is left."""
        cluster = self.ecs_backend._get_cluster(self._get_param("cluster", "default"))
        references = self._get_param("containerInstances", [])
        if not references:
            raise EcsClientException("Container Instances cannot be empty.")
        if len(references) > 100:
            raise InvalidParameterException("Container Instances cannot be longer than 100.")
        return self._instances(*self.ecs_backend.find_instances(cluster, references))

    def update_container_instances_state(self) -> ActionResult:
        """DRAINING and back."""
        return self._instances(*self.ecs_backend.set_instances_state(self._get_params()))

    def put_attributes(self) -> ActionResult:
        """Attributes of one's own on container instances."""
        self.ecs_backend.set_attributes(self._get_params())
        return ActionResult({"attributes": self._get_param("attributes")})

    def delete_attributes(self) -> ActionResult:
        """Those attributes removed."""
        self.ecs_backend.drop_attributes(self._get_params())
        return ActionResult({"attributes": self._get_param("attributes")})

    def list_attributes(self) -> ActionResult:
        """By name and value."""
        return PaginatedResult({"attributes": self.ecs_backend.select_attributes(self._get_params())})

    def _instance(self, instance: ContainerInstance) -> ActionResult:
        return ActionResult({"containerInstance": instance.describe(self.ecs_backend.tasks_on(instance))})

    def _instances(self, instances: list[ContainerInstance], failures: list[dict[str, str]]) -> ActionResult:
        described = [instance.describe(self.ecs_backend.tasks_on(instance)) for instance in instances]
        return ActionResult({"containerInstances": described, "failures": failures})

    def create_capacity_provider(self) -> ActionResult:
        """For an Auto Scaling group."""
        return ActionResult({"capacityProvider": self.ecs_backend.create_provider(self._get_params())})

    def update_capacity_provider(self) -> ActionResult:
        """Its scaling."""
        return ActionResult({"capacityProvider": self.ecs_backend.update_provider(self._get_params())})

    def delete_capacity_provider(self) -> ActionResult:
        """No cluster's any more."""
        return ActionResult(
            {"capacityProvider": self.ecs_backend.delete_provider(self._get_param("capacityProvider"))}
        )

    def describe_capacity_providers(self) -> ActionResult:
        """Fargate's too."""
        providers, failures = self.ecs_backend.find_providers(self._get_param("capacityProviders", []))
        return ActionResult({"capacityProviders": providers, "failures": failures})

    def put_cluster_capacity_providers(self) -> ActionResult:
        """A cluster's providers and default strategy."""
        return ActionResult({"cluster": self.ecs_backend.associate_providers(self._get_params())})

    def describe_tasks(self) -> ActionResult:
        """Nothing advances by being described."""
        self.ecs_backend._get_cluster(self._get_param("cluster", "default"))  # told before the list's length
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
            if service is None:  # AWS repeats an ARN, and makes the old, short one of a name
                short = f"{cluster.arn.partition(':cluster/')[0]}:service/{reference}"
                arn = reference if reference.startswith("arn:") else short
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                services.append(service.describe(backend.tasks_of(service), tags))
        return ActionResult({"services": services, "failures": failures})

    def list_services(self) -> ActionResult:
        """The active ones."""
        cluster = self.ecs_backend._get_cluster(self._get_param("cluster", "default"))
        launch_type, scheduling = self._get_param("launchType"), self._get_param("schedulingStrategy")
        arns = [
            service.arn
            for service in self.ecs_backend._services_of(cluster)
            if service.status != "INACTIVE"
            and launch_type in (None, service.properties.get("launchType"))
            and scheduling in (None, "DAEMON" if service.daemon else "REPLICA")
        ]
        return PaginatedResult({"serviceArns": sorted(arns)})

    def list_service_deployments(self) -> ActionResult:
        """A service's runs of the deployment machinery."""
        found, token = self.ecs_backend.list_service_deployments(self._get_params())
        return ActionResult({"serviceDeployments": found, "nextToken": token})

    def describe_service_deployments(self) -> ActionResult:
        """By ARN."""
        found, failures = self.ecs_backend.describe_service_deployments(
            self._get_param("serviceDeploymentArns", [])
        )
        return ActionResult({"serviceDeployments": found, "failures": failures})

    def describe_service_revisions(self) -> ActionResult:
        """By ARN."""
        found, failures = self.ecs_backend.describe_service_revisions(
            self._get_param("serviceRevisionArns", [])
        )
        return ActionResult({"serviceRevisions": found, "failures": failures})

    def stop_service_deployment(self) -> ActionResult:
        """It will be rolled back."""
        arn = self.ecs_backend.stop_service_deployment(
            self._get_param("serviceDeploymentArn") or "", self._get_param("stopType")
        )
        return ActionResult({"serviceDeploymentArn": arn})

    def continue_service_deployment(self) -> ActionResult:
        """Only a deployment that is paused by a lifecycle hook goes on; there are none."""
        raise NotEmulated("ContinueServiceDeployment: deployment lifecycle hooks")

    def list_services_by_namespace(self) -> ActionResult:
        """A namespace is Service Connect's."""
        raise NotEmulated("ListServicesByNamespace: Cloud Map namespaces (Service Connect)")

    def _service(self, service: Service, tags: bool = False) -> ActionResult:
        return ActionResult({"service": service.describe(self.ecs_backend.tasks_of(service), tags)})

    def _task_sets(self) -> ActionResult:
        raise NotEmulated(f"{self._get_action()}: task sets (the EXTERNAL deployment controller)")

    create_task_set = update_task_set = delete_task_set = describe_task_sets = _task_sets
    update_service_primary_task_set = _task_sets

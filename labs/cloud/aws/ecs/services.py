"""Services: what is asked for is validated, kept whole, and deployed; the service controller makes it happen."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from moto.ecs.exceptions import ECSException, InvalidParameterException, ServiceNotFoundException
from moto.ecs.models import TaskDefinition
from moto.elbv2.models import elbv2_backends

from labs.cloud.aws.ecs.errors import NotEmulated
from labs.cloud.aws.ecs.model import Task
from labs.cloud.aws.ecs.service_model import DEPLOYED_PROPERTIES, Deployment, Service
from labs.cloud.aws.ecs.tasks import TaskBackend
from labs.cloud.aws.ecs.validation import NAME

MOST_DESIRED = 5000  # tasks of one service [service quotas]
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


class EcsBackend(TaskBackend):
    """One Region's ECS, services included."""

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


def _check_desired(desired: int) -> None:
    if not 0 <= desired <= MOST_DESIRED:
        raise InvalidParameterException(f"desiredCount must be between 0 and {MOST_DESIRED}.")

"""Services: what is asked for is validated, kept whole, and deployed; the service controller makes it happen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.models import TaskDefinition
from moto.elbv2.models import elbv2_backends

from labs.cloud.aws.ecs.deployments import DeploymentBackend
from labs.cloud.aws.ecs.service_model import Service
from labs.cloud.aws.ecs.service_validation import (
    check_desired,
    check_platform,
    check_request,
    check_service,
    check_strategy_change,
    service_not_active,
    why_not_rebalanced,
)
from labs.cloud.aws.ecs.validation import NAME

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
    "monitoring",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
    "schedulingStrategy",
    "serviceConnectConfiguration",
)
# A change of one of these starts a deployment; other changes hold for the tasks to come [API UpdateService].
REDEPLOYED = ("networkConfiguration", "platformVersion", "loadBalancers")


class EcsBackend(DeploymentBackend):
    """One Region's ECS, services included."""

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
        check_request(parameters)
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
        check_desired(desired)
        self._check(definition, parameters, launch_type or "FARGATE")
        if parameters.get("schedulingStrategy") == "DAEMON" and parameters.get("desiredCount") is not None:
            raise InvalidParameterException(
                "The daemon scheduling strategy does not support a desired count for services. Remove the desired "
                "count value and try again."
            )
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
            role=parameters.get("role"),
        )
        most = service.deployment_configuration["maximumPercent"]
        properties.setdefault(  # [API CreateService: ENABLED where it can be]
            "availabilityZoneRebalancing", "DISABLED" if why_not_rebalanced(properties, most) else "ENABLED"
        )
        self.deploy(service, definition)
        self.services[f"{cluster.name}:{name}"] = service
        return service

    def change_service(self, parameters: Mapping[str, Any]) -> Service:
        """UpdateService: a change of what runs starts a deployment, a change of how many does not."""
        service = self.find_service(parameters.get("cluster"), parameters.get("service") or "")
        if service.status != "ACTIVE":
            raise service_not_active()
        check_request(parameters)
        force = bool(parameters.get("forceNewDeployment"))
        changes = {key: parameters[key] for key in SERVICE_PROPERTIES if parameters.get(key) is not None}
        check_strategy_change(service.properties, changes, force)
        definition = service.primary.definition
        if parameters.get("taskDefinition"):
            definition = self._launchable(parameters["taskDefinition"])
        merged = service.properties | changes
        if "deploymentConfiguration" in changes:  # what it does not name stays as it is
            merged["deploymentConfiguration"] = {
                **(service.properties.get("deploymentConfiguration") or {}),
                **changes["deploymentConfiguration"],
            }
        if changes.get("capacityProviderStrategy"):
            merged.pop("launchType", None)
        desired = parameters.get("desiredCount")
        launch_type, _ = self._capacity(self._get_cluster(service.cluster_name), merged)
        if desired is not None:
            check_desired(desired)
        if changes or definition is not service.primary.definition or force:
            # Not for a mere count: who deleted the target group first must still get down to 0.
            self._check(definition, merged, launch_type or "FARGATE")
        if changes.get("capacityProviderStrategy") == []:  # back to the launch type
            del merged["capacityProviderStrategy"]
            merged["launchType"] = launch_type
        redeploy = (
            force
            or definition is not service.primary.definition
            or any(changes[key] != service.properties.get(key) for key in changes if key in REDEPLOYED)
        )
        service.properties = merged
        if desired is not None and desired != service.desired_count:
            self._scale(service, desired)
        if redeploy:
            self.deploy(service, definition)
        return service

    def close_service(self, cluster_name: str | None, reference: str, force: bool) -> Service:
        """DeleteService: ACTIVE → DRAINING; the service controller makes it INACTIVE once its tasks are gone."""
        service = self.find_service(cluster_name, reference)
        if service.status != "ACTIVE":
            return service
        if service.desired_count > 0 and not force and not service.daemon:
            raise InvalidParameterException("The service cannot be stopped while it is scaled above 0.")
        service.status = "DRAINING"
        service.desired_count = 0
        service.runs.clear()  # [DG service-deployment: deleted with the service]
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

    def _scale(self, service: Service, desired: int) -> None:
        """Another count, of the complete revision that is on its way out too [RULES 12]."""
        now = self.runtime.clock.now()
        for deployment in service.deployments:
            if deployment is service.primary:
                deployment.desired_count, deployment.updated_at = desired, now
            elif deployment.once_complete:
                more = desired - service.desired_count
                deployment.desired_count = max(0, deployment.desired_count + more)
        service.desired_count = desired
        service.steady = False

    def _check(self, definition: TaskDefinition, parameters: Mapping[str, Any], launch_type: str) -> None:
        groups = elbv2_backends[self.account_id][self.region_name].target_groups
        self._network(definition, parameters, launch_type)
        self.check_placement(parameters, launch_type)
        check_service(definition, parameters, launch_type, groups.get)
        check_platform(parameters.get("platformVersion"))

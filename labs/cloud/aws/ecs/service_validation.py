"""What CreateService and UpdateService refuse: AWS's refusals, then what the local cloud cannot do.

Pure, but for what is looked up in the arguments. Where AWS's own wording is not known, the text says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.core.exceptions import ServiceException
from moto.ecs.exceptions import ECSException, InvalidParameterException
from moto.ecs.models import TaskDefinition

from labs.cloud.aws.ecs.errors import NotEmulated
from labs.cloud.controllers.circuit_breaker import TYPES

MOST_DESIRED = 5000  # tasks of one service [service quotas]
MOST_TARGET_GROUPS = 5  # of one service [service quotas]
LONGEST_GRACE = 2**31 - 1  # seconds [API UpdateService]
PLATFORM_VERSIONS = ("LATEST", "1.4.0", "1.3.0")
ENUMERATIONS = {
    "availabilityZoneRebalancing": ("ENABLED", "DISABLED"),
    "propagateTags": ("TASK_DEFINITION", "SERVICE", "NONE"),
    "schedulingStrategy": ("REPLICA", "DAEMON"),
}
CONTROLLERS = ("ECS", "CODE_DEPLOY", "EXTERNAL")
STRATEGIES = ("ROLLING", "BLUE_GREEN", "LINEAR", "CANARY")
NOT_EMULATED = {
    "serviceRegistries": "Cloud Map service registries",
    "volumeConfigurations": "volumes that are configured at launch",
    "vpcLatticeConfigurations": "VPC Lattice",
    "gatewayConnectors": "gateway connectors",
}
DEPLOYMENT_NOT_EMULATED = {
    "lifecycleHooks": "deployment lifecycle hooks",
    "linearConfiguration": "linear deployments",
    "canaryConfiguration": "canary deployments",
}
SPREAD_OVER_ZONES = {"type": "spread", "field": "attribute:ecs.availability-zone"}


def check_desired(desired: int) -> None:
    """Raise InvalidParameterException for a count out of range."""
    if not 0 <= desired <= MOST_DESIRED:
        raise InvalidParameterException(f"desiredCount must be between 0 and {MOST_DESIRED}.")


def check_request(parameters: Mapping[str, Any]) -> None:
    """Refuse what is wrong, or missing in the local cloud, whatever the service and its resources are."""
    for name, allowed in ENUMERATIONS.items():
        _one_of(name, parameters.get(name), allowed)
    controller = (parameters.get("deploymentController") or {}).get("type", "ECS")
    _one_of("deploymentController.type", controller, CONTROLLERS)
    if controller != "ECS":
        raise NotEmulated(f"the deployment controller {controller}")
    for name, what in NOT_EMULATED.items():
        if parameters.get(name):
            raise NotEmulated(what)
    if (parameters.get("serviceConnectConfiguration") or {}).get("enabled"):
        raise NotEmulated("Service Connect")
    metrics = (parameters.get("monitoring") or {}).get("metricConfigurations") or ()
    if any(metric.get("resolutionSeconds", 60) != 60 for metric in metrics):
        raise NotEmulated("service metrics of another resolution than 60 seconds")
    _check_deployment_configuration(parameters.get("deploymentConfiguration") or {})
    grace = parameters.get("healthCheckGracePeriodSeconds")
    if grace is not None and not 0 <= grace <= LONGEST_GRACE:
        raise InvalidParameterException(
            f"healthCheckGracePeriodSeconds must be between 0 and {LONGEST_GRACE}."
        )


def check_platform(version: str | None) -> None:
    """Raise PlatformUnknownException for a version that Fargate does not have."""
    if version is not None and version not in PLATFORM_VERSIONS:
        raise ECSException("PlatformUnknownException", "The specified platform does not exist.")


def _one_of(name: str, value: Any, allowed: Iterable[str]) -> None:
    if value is not None and value not in allowed:
        raise InvalidParameterException(f"{name} should be one of [{','.join(allowed)}]")


def _check_deployment_configuration(configuration: Mapping[str, Any]) -> None:
    strategy = configuration.get("strategy", "ROLLING")
    _one_of("deploymentConfiguration.strategy", strategy, STRATEGIES)
    if strategy != "ROLLING":
        raise NotEmulated(f"the deployment strategy {strategy}")
    for name, what in DEPLOYMENT_NOT_EMULATED.items():
        if configuration.get(name):
            raise NotEmulated(what)
    if (configuration.get("earlySuccessCriteria") or {}).get("enable"):
        raise NotEmulated("early success criteria of deployments")
    bake = configuration.get("bakeTimeInMinutes")
    if bake is not None and not 0 <= bake <= 1440:
        raise InvalidParameterException("bakeTimeInMinutes must be between 0 and 1440.")
    alarms = configuration.get("alarms") or {}
    if alarms.get("enable") and not alarms.get("alarmNames"):
        raise InvalidParameterException("alarmNames can not be empty when alarms are enabled.")
    _check_threshold((configuration.get("deploymentCircuitBreaker") or {}).get("thresholdConfiguration"))


def _check_threshold(threshold: Mapping[str, Any] | None) -> None:
    if threshold is None:
        return
    kind, value = threshold.get("type"), threshold.get("value", 0)
    _one_of("thresholdConfiguration.type", kind, TYPES)
    if kind != "COUNT" and not 1 <= value <= 100:
        raise InvalidParameterException(
            f"thresholdConfiguration.value must be between 1 and 100 when the type is {kind}."
        )
    if value < 1:
        raise InvalidParameterException("thresholdConfiguration.value must be at least 1.")


def check_service(
    definition: TaskDefinition,
    parameters: Mapping[str, Any],
    launch_type: str,
    target_group: Callable[[str], Any],
) -> None:
    """Refuse what does not fit together. `parameters` is the whole service as it is to be.

    `target_group` finds one by ARN, None when there is none.
    """
    daemon = parameters.get("schedulingStrategy") == "DAEMON"
    most = _maximum_percent(parameters.get("deploymentConfiguration") or {}, daemon)
    if launch_type == "FARGATE":
        if daemon:
            raise InvalidParameterException("Fargate tasks do not support the DAEMON scheduling strategy.")
        for name, what in (("placementConstraints", "constraints"), ("placementStrategy", "strategies")):
            if parameters.get(name):
                raise InvalidParameterException(
                    f"Placement {what} are not supported with FARGATE launch type."
                )
    elif daemon and parameters.get("placementStrategy"):
        raise InvalidParameterException(
            "The daemon scheduling strategy does not support placement strategies. Remove the placement strategy "
            "value and try again."
        )
    elif parameters.get("platformVersion"):
        raise InvalidParameterException(
            "The platform version must be null when specifying an EC2 launch type."
        )
    if parameters.get("availabilityZoneRebalancing") == "ENABLED":
        reason = why_not_rebalanced(parameters, most)
        if reason is not None:
            raise InvalidParameterException(f"availabilityZoneRebalancing can not be ENABLED: {reason}.")
    if parameters.get("role") and definition.network_mode == "awsvpc":
        raise InvalidParameterException(
            "You cannot specify an IAM role for services that require a service linked role."
        )
    balancers = parameters.get("loadBalancers") or ()
    if len(balancers) > MOST_TARGET_GROUPS:
        raise InvalidParameterException(f"load balancers can have at most {MOST_TARGET_GROUPS} items.")
    containers = {container["name"]: container for container in definition.container_definitions}
    for balancer in balancers:
        _check_load_balancer(balancer, containers, definition, target_group)


def _maximum_percent(configuration: Mapping[str, Any], daemon: bool) -> int:
    least = configuration.get("minimumHealthyPercent", 0 if daemon else 100)
    most = configuration.get("maximumPercent", 100 if daemon else 200)
    if not 0 <= least <= 100 <= most:
        raise InvalidParameterException(
            "minimumHealthyPercent must be between 0 and 100, and maximumPercent at least 100."
        )
    if least == most == 100:
        raise InvalidParameterException(
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
        )
    return int(most)


def why_not_rebalanced(parameters: Mapping[str, Any], most: int) -> str | None:
    """Why a service's zones can not be rebalanced; None when they can be [DG service-rebalancing].

    `most`: its maximumPercent.
    """
    strategies = parameters.get("placementStrategy") or [SPREAD_OVER_ZONES]
    if parameters.get("schedulingStrategy") == "DAEMON":
        return "the service uses the DAEMON scheduling strategy"
    if parameters.get("launchType") == "EXTERNAL":
        return "the service uses the EXTERNAL launch type"
    if most <= 100:
        return "maximumPercent must be more than 100"
    if {"field": None, **strategies[0]} != SPREAD_OVER_ZONES:
        return "the first placement strategy must spread tasks over attribute:ecs.availability-zone"
    constraints = parameters.get("placementConstraints") or ()
    if any("attribute:ecs.availability-zone" in (each.get("expression") or "") for each in constraints):
        return "a placement constraint uses attribute:ecs.availability-zone"
    return None


def _check_load_balancer(
    balancer: Mapping[str, Any],
    containers: Mapping[str, Mapping[str, Any]],
    definition: TaskDefinition,
    target_group: Callable[[str], Any],
) -> None:
    name, port, arn = (balancer.get(key) for key in ("containerName", "containerPort", "targetGroupArn"))
    if balancer.get("advancedConfiguration"):
        raise NotEmulated("load balancers' advancedConfiguration (blue/green deployments)")
    if arn and balancer.get("loadBalancerName"):
        raise InvalidParameterException(
            "Exactly one of the parameters loadBalancerName and targetGroupArn must be specified."
        )
    if not name:
        raise InvalidParameterException("Container Name can not be blank.")
    if name not in containers:
        raise InvalidParameterException(f"The container {name} does not exist in the task definition.")
    if port not in [mapping.get("containerPort") for mapping in containers[name].get("portMappings") or ()]:
        raise InvalidParameterException(f"The container {name} did not have a container port {port} defined.")
    if not arn:
        raise NotEmulated("Classic Load Balancers")
    group = target_group(arn)
    if group is None:
        raise InvalidParameterException(f"The specified target group does not exist: {arn}")
    if definition.network_mode == "awsvpc" and group.target_type != "ip":
        raise InvalidParameterException(
            f"The provided target group {arn} has target type {group.target_type}, which is incompatible with the "
            "awsvpc network mode specified in the task definition."
        )
    if definition.network_mode != "awsvpc" and group.target_type == "ip":
        raise InvalidParameterException(
            f"The provided target group {arn} has target type ip, which is incompatible with the "
            f"{definition.network_mode or 'bridge'} network mode specified in the task definition."
        )
    if not group.load_balancer_arns:
        raise InvalidParameterException(
            f"The target group with targetGroupArn {arn} does not have an associated load balancer."
        )


def check_strategy_change(
    service: Mapping[str, Any], changes: Mapping[str, Any], force_new_deployment: bool
) -> None:
    """Raise InvalidParameterException when a service's capacity would change without a new deployment."""
    strategy = changes.get("capacityProviderStrategy")
    if strategy is None or force_new_deployment:
        return
    if strategy != (service.get("capacityProviderStrategy") or []):
        raise InvalidParameterException(
            "When switching from launch type to capacity provider strategy on an existing service, or making a "
            "change to a capacity provider strategy on a service that is already using one, you must force a new "
            "deployment."
        )


def service_not_active() -> ServiceException:
    """What UpdateService answers for a service that is being deleted, or was."""
    return ECSException("ServiceNotActiveException", "Service was not ACTIVE.")

"""What RunTask, StartTask and services ask of a launch, checked as AWS checks it. Nothing is started here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.models import Cluster, TaskDefinition
from moto.iam.models import iam_backends

from labs.cloud.aws.ecs.errors import NotEmulated
from labs.cloud.aws.ecs.model import FARGATE_PROVIDERS
from labs.cloud.aws.ecs.placing import PlacingBackend
from labs.cloud.controllers.capacity import split
from labs.cloud.controllers.placement import InvalidPlacement, check_constraints, check_strategy


class LaunchRequestBackend(PlacingBackend):
    """Launch types, networks and roles as one Region's callers ask for them."""

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

    def _check_instances(
        self, cluster: Cluster, launch_type: str, strategy: Iterable[Mapping[str, Any]]
    ) -> None:
        """Refuse EC2 capacity of which there is none, unless a capacity provider starts some."""
        scaling = any(self.managed_scaling(item["capacityProvider"]) for item in strategy)
        if launch_type == "EC2" and not scaling and not self.instances_of(cluster.name):
            raise InvalidParameterException("No Container Instances were found in your cluster.")

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

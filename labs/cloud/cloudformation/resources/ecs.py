"""AWS::ECS::*. A service is created or updated once its deployment is complete, as CloudFormation waits for it."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context, ResourceError, handler_message
from labs.cloud.cloudformation.resources.base import (
    PATIENCE,
    Change,
    Declared,
    Properties,
    tag_list,
    until_accepted,
)
from labs.cloud.cloudformation.resources.schema import BOOLEAN, STRING, TAGS, Member, Structure, from_api, own

STABILISATION = 3 * 3600.0  # seconds that CloudFormation gives a service to become steady
BREAKER = "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."

NAMES = {  # where CloudFormation spells otherwise than the API
    "EFSVolumeConfiguration.fileSystemId": "FilesystemId",
    "EFSAuthorizationConfig.iam": "IAM",
    "Volume.efsVolumeConfiguration": "EFSVolumeConfiguration",
    "Volume.fsxWindowsFileServerVolumeConfiguration": "FSxWindowsFileServerVolumeConfiguration",
    "Volume.s3filesVolumeConfiguration": "S3FilesVolumeConfiguration",
    "ProxyConfiguration.properties": "ProxyConfigurationProperties",
    "CreateServiceRequest.placementStrategy": "PlacementStrategies",
    "CreateClusterRequest.settings": "ClusterSettings",
    "CreateCapacityProviderRequest.cluster": "ClusterName",
}


class _Ecs(Declared):
    service = "ecs"

    def tags(self, context: Context, p: Properties) -> list[dict[str, str]]:
        return tag_list(context, p, "key", "value")

    def retag(self, context: Context, arn: str, change: Change) -> None:
        client = self.client(context)
        if dropped := change.dropped_tags():
            client.untag_resource(resourceArn=arn, tagKeys=dropped)
        if tags := self.tags(context, change.new):
            client.tag_resource(resourceArn=arn, tags=tags)


class Cluster(_Ecs):
    """Ref: the name."""

    name = "AWS::ECS::Cluster"
    fixed = frozenset({"ClusterName"})
    gone = frozenset({"ClusterNotFoundException"})

    def properties(self) -> Structure:
        return from_api("ecs", "CreateClusterRequest", renamed=NAMES) | own(Tags=TAGS)

    def make(self, context: Context, p: Properties) -> str:
        given = {"clusterName": context.name(255), **self.api(p), "tags": self.tags(context, p)}
        return str(self.client(context).create_cluster(**given)["cluster"]["clusterName"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Arn": self._arn(context, physical_id)}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        if change.touches("ClusterSettings", "Configuration", "ServiceConnectDefaults"):
            given = self.api(change.new, "ClusterSettings", "Configuration", "ServiceConnectDefaults")
            client.update_cluster(cluster=physical_id, **given)
        if change.touches("CapacityProviders", "DefaultCapacityProviderStrategy"):
            client.put_cluster_capacity_providers(
                cluster=physical_id,
                **{
                    "capacityProviders": [],
                    "defaultCapacityProviderStrategy": [],
                    **self.api(change.new, "CapacityProviders", "DefaultCapacityProviderStrategy"),
                },
            )
        self.retag(context, self._arn(context, physical_id), change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        busy = frozenset({"ClusterContainsTasksException", "UpdateInProgressException"})
        client = self.client(context)
        until_accepted(
            context, lambda: client.delete_cluster(cluster=physical_id), busy, "the cluster's tasks to stop"
        )

    @staticmethod
    def _arn(context: Context, name: str) -> str:
        return f"arn:aws:ecs:{context.region}:{context.account_id}:cluster/{name}"


class CapacityProvider(_Ecs):
    """Ref: the name."""

    name = "AWS::ECS::CapacityProvider"
    fixed = frozenset({"Name", "ClusterName"})

    def properties(self) -> Structure:
        return from_api("ecs", "CreateCapacityProviderRequest", renamed=NAMES) | own(Tags=TAGS)

    def make(self, context: Context, p: Properties) -> str:
        given = {"name": context.name(255), **self.api(p), "tags": self.tags(context, p)}
        return str(self.client(context).create_capacity_provider(**given)["capacityProvider"]["name"])

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        old, new = (p.get("AutoScalingGroupProvider", {}) for p in (change.old, change.new))
        if old.get("AutoScalingGroupArn") != new.get("AutoScalingGroupArn"):
            raise ResourceError("The Auto Scaling group of a capacity provider cannot be changed.")
        if change.touches("AutoScalingGroupProvider"):
            given = dict(self.api(change.new)["autoScalingGroupProvider"])
            del given["autoScalingGroupArn"]
            self.client(context).update_capacity_provider(name=physical_id, autoScalingGroupProvider=given)
        self.retag(context, self._describe(context, physical_id)["capacityProviderArn"], change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        if not self._active(context, physical_id):
            return
        self.client(context).delete_capacity_provider(capacityProvider=physical_id)
        context.wait(
            lambda: not self._active(context, physical_id), "the capacity provider to be deleted", PATIENCE
        )

    def _active(self, context: Context, name: str) -> bool:
        return (self._describe(context, name) or {}).get("status") == "ACTIVE"

    def _describe(self, context: Context, name: str) -> Any:
        found = self.client(context).describe_capacity_providers(capacityProviders=[name])[
            "capacityProviders"
        ]
        return found[0] if found else None


class ClusterCapacityProviderAssociations(_Ecs):
    """Ref: the cluster. Its end leaves the cluster without capacity providers."""

    name = "AWS::ECS::ClusterCapacityProviderAssociations"
    fixed = frozenset({"Cluster"})
    gone = frozenset({"ClusterNotFoundException"})

    def properties(self) -> Structure:
        return from_api(
            "ecs",
            "PutClusterCapacityProvidersRequest",
            required=("Cluster", "DefaultCapacityProviderStrategy"),
        )

    def make(self, context: Context, p: Properties) -> str:
        self._put(context, p)
        return str(p["Cluster"])

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        self._put(context, change.new)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        busy = frozenset({"ResourceInUseException", "UpdateInProgressException"})
        empty = {"Cluster": physical_id, "CapacityProviders": [], "DefaultCapacityProviderStrategy": []}
        until_accepted(
            context, lambda: self._put(context, empty), busy, "the capacity providers to be without tasks"
        )

    def _put(self, context: Context, p: Properties) -> None:
        self.client(context).put_cluster_capacity_providers(**{"capacityProviders": [], **self.api(p)})


class TaskDefinition(_Ecs):
    """Ref: the ARN of the revision. Any change but of tags registers another revision."""

    name = "AWS::ECS::TaskDefinition"
    gone = frozenset({"ClientException"})

    def properties(self) -> Structure:
        return from_api(
            "ecs",
            "RegisterTaskDefinitionRequest",
            renamed=NAMES,
            without=("TrustedExecutionConfiguration",),
            required=("ContainerDefinition.name", "ContainerDefinition.image"),
        ) | own(Tags=TAGS)

    def immutable(self) -> frozenset[str]:
        return frozenset(self.schema.members) - {"Tags"}

    def make(self, context: Context, p: Properties) -> str:
        given = {"family": context.name(255), **self.api(p), "tags": self.tags(context, p)}
        given.setdefault("containerDefinitions", [])
        answer = self.client(context).register_task_definition(**given)
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"TaskDefinitionArn": physical_id}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        self.retag(context, physical_id, change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).deregister_task_definition(taskDefinition=physical_id)


class Service(_Ecs):
    """Ref: the ARN."""

    name = "AWS::ECS::Service"
    fixed = frozenset({"Cluster", "LaunchType", "Role", "SchedulingStrategy", "ServiceName"})
    gone = frozenset({"ServiceNotFoundException", "ClusterNotFoundException", "ServiceNotActiveException"})

    # What UpdateService empties when the template no longer names it.
    DEFAULTS: Mapping[str, Any] = {
        "LoadBalancers": [],
        "PlacementConstraints": [],
        "PlacementStrategies": [],
        "ServiceRegistries": [],
        "VolumeConfigurations": [],
        "EnableECSManagedTags": False,
        "EnableExecuteCommand": False,
        "PropagateTags": "NONE",
    }

    def properties(self) -> Structure:
        renew = Structure(
            {
                "EnableForceNewDeployment": Member(BOOLEAN, None, required=True),
                "ForceNewDeploymentNonce": Member(STRING, None),
            }
        )
        return from_api(
            "ecs", "CreateServiceRequest", renamed=NAMES, without=("ClientToken", "GatewayConnectors")
        ) | own(ForceNewDeployment=renew, Tags=TAGS)

    def make(self, context: Context, p: Properties) -> str:
        given = {"serviceName": context.name(255), **self.api(p), "tags": self.tags(context, p)}
        if p.get("SchedulingStrategy") != "DAEMON":
            given.setdefault("desiredCount", 1)
        return str(self.client(context).create_service(**given)["service"]["serviceArn"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        service = self._describe(context, physical_id)
        self._stabilise(context, physical_id, self._primary(service)["id"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Name": physical_id.rpartition("/")[2], "ServiceArn": physical_id}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        names = change.names - {"Tags", "ForceNewDeployment"}
        wanted = {name: change.new.get(name, self.DEFAULTS.get(name)) for name in names}
        given = self.api({name: value for name, value in wanted.items() if value is not None})
        renew = change.new.get("ForceNewDeployment", {})
        if change.touches("ForceNewDeployment") and renew.get("EnableForceNewDeployment"):
            given["forceNewDeployment"] = True
        if given:
            answer = self.client(context).update_service(
                cluster=_cluster_of(physical_id), service=physical_id, **given
            )
            self._stabilise(context, physical_id, self._primary(answer["service"])["id"])
        self.retag(context, physical_id, change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        client = self.client(context)
        client.delete_service(cluster=_cluster_of(physical_id), service=physical_id, force=True)
        context.wait(
            lambda: (self._describe(context, physical_id) or {"status": "INACTIVE"})["status"] == "INACTIVE",
            "the service's tasks to stop",
            STABILISATION,
        )

    def _describe(self, context: Context, arn: str) -> Any:
        found = self.client(context).describe_services(cluster=_cluster_of(arn), services=[arn])["services"]
        return found[0] if found else None

    def _stabilise(self, context: Context, arn: str, started: str) -> None:
        """Wait for the deployment `started`.

        It failed if it says so, or if another one has taken its place: the circuit breaker rolled back.
        """

        def steady() -> bool:
            service = self._describe(context, arn)
            if service is None or service["status"] != "ACTIVE":
                raise ResourceError("The service was deleted while it was waited for.")
            primary = self._primary(service)
            if primary["id"] != started or primary["rolloutState"] == "FAILED":
                raise ResourceError(handler_message(BREAKER))
            return (
                len(service["deployments"]) == 1
                and primary["rolloutState"] == "COMPLETED"
                and service["runningCount"] == service["desiredCount"]
            )

        context.wait(steady, "the service to reach a steady state", STABILISATION)

    @staticmethod
    def _primary(service: Mapping[str, Any]) -> Mapping[str, Any]:
        return next(entry for entry in service["deployments"] if entry["status"] == "PRIMARY")


def _cluster_of(service_arn: str) -> str:
    return service_arn.split("/")[1]


TYPES = (Cluster, CapacityProvider, ClusterCapacityProviderAssociations, TaskDefinition, Service)

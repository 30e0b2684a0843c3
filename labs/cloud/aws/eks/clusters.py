"""Clusters: created, changed, deleted, with their updates and what AWS says about versions."""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from moto.core.base_backend import BaseBackend

from labs.cloud.aws.eks import endpoint, validation
from labs.cloud.aws.eks.catalogue import catalogue, parse
from labs.cloud.aws.eks.errors import InvalidParameterException as Invalid
from labs.cloud.aws.eks.errors import InvalidRequestException as InvalidRequest
from labs.cloud.aws.eks.errors import (
    NotEmulated,
    NotFoundException,
    ResourceInUseException,
    ResourceLimitExceededException,
    ResourceNotFoundException,
)
from labs.cloud.aws.eks.model import Cluster, Given, Resource, Update
from labs.cloud.aws.eks.surroundings import Surroundings
from labs.cloud.aws.eks.texts import say
from labs.cloud.runtime import Runtime

SERVICE = "eks.amazonaws.com"
MOST_CLUSTERS = 100  # of one Region [Amazon EKS endpoints and quotas]

# What UpdateClusterConfig changes: one of these kinds in a call.
AUTO_MODE = ("computeConfig", "kubernetesNetworkConfig", "storageConfig")
KINDS = {
    "logging": "LoggingUpdate",
    "accessConfig": "AccessConfigUpdate",
    "upgradePolicy": "UpgradePolicyUpdate",
    "zonalShiftConfig": "ZonalShiftConfigUpdate",
    "remoteNetworkConfig": "RemoteNetworkConfigUpdate",
    "deletionProtection": "DeletionProtectionUpdate",
    **dict.fromkeys(AUTO_MODE, "AutoModeUpdate"),
}
GAPS = {
    "outpostConfig": "local clusters on Outposts",
    "controlPlaneScalingConfig": "provisioned control planes",
    "kubeApiServerConfig": "settings of the Kubernetes API server",
    "kubeSchedulerConfig": "settings of the Kubernetes scheduler",
    "kubeControllerManagerConfig": "settings of the Kubernetes controller manager",
}
_PARAMETERS = {
    "logging": "ClusterLogging",
    "accessConfig": "AuthenticationMode",
}  # otherwise, the name in capitals


class Clusters(BaseBackend):
    """One Region's clusters."""

    runtime: ClassVar[Runtime]
    surround: ClassVar[type[Surroundings]] = Surroundings

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.clusters: dict[str, Cluster] = {}

    def reset(self) -> None:
        """Forget everything; the endpoint closes."""
        if self.clusters:
            endpoint.close()
        super().reset()

    @property
    def around(self) -> Surroundings:
        """The rest of the account in this Region."""
        return self.surround(self.runtime, self.region_name)

    def arn(self, kind: str, *names: str) -> str:
        """Of something of this Region."""
        return f"arn:{self.partition}:eks:{self.region_name}:{self.account_id}:{'/'.join((kind, *names))}"

    def tell(self, subject: str, key: str, **values: object) -> None:
        """Say in the narration what happened."""
        self.runtime.narrate(f"eks-{key}", subject, say, key, **values)

    # Looking

    def cluster(self, name: str) -> Cluster:
        """The cluster of that name, as it is."""
        if name not in self.clusters:
            raise ResourceNotFoundException(clusterName=name, message=f"No cluster found for name: {name}.")
        return self.clusters[name]

    def active(self, name: str) -> Cluster:
        """The cluster, which must have been seen to be active: who goes on without waiting fails on AWS too."""
        cluster = self.cluster(name)
        if cluster.status == "CREATING":
            raise InvalidRequest(clusterName=name, message=f"Cluster '{name}' is not in ACTIVE status")
        cluster.settle()
        return cluster

    def describe_cluster(self, given: Given) -> dict[str, Any]:
        """As it is now."""
        cluster = self.cluster(given["name"])
        was = cluster.status
        cluster.settle()
        if was == "CREATING":
            self.tell(cluster.arn, "active", name=cluster.name, endpoint=cluster.described["endpoint"])
        return {"cluster": cluster.describe()}

    def describe_cluster_versions(self, given: Given) -> list[dict[str, Any]]:
        """AWS's calendar today; versions out of support only when asked for."""
        if given.get("clusterType", "eks") != "eks":
            return []
        now, known = self.runtime.clock.now(), catalogue()
        default = known.default(now).name
        wanted = given.get("versionStatus") or str(given.get("status", "")).upper().replace("-", "_")
        offered = {version.name for version in known.offered(now)}
        names = given.get("clusterVersions")
        return [
            version.describe(now, version.name == default)
            for version in known.versions
            if version.status(now) is not None
            and (given.get("includeAll") or wanted or names or version.name in offered)
            and (not names or version.name in names)
            and (not wanted or version.status(now) == wanted)
            and (not given.get("defaultOnly") or version.name == default)
        ]

    # Making

    def create_cluster(self, given: Given, creator: str) -> dict[str, Any]:
        """A cluster with its security group; `creator` is the ARN of who asks."""
        name = given["name"]
        for member, gap in GAPS.items():
            if member in given:
                raise NotEmulated(gap)
        if name in self.clusters:
            existing = self.clusters[name]
            if existing.repeats(given):
                return {"cluster": existing.describe()}
            raise ResourceInUseException(
                clusterName=name, message=f"Cluster already exists with name: {name}"
            )
        validation.check_name(name, "Cluster")
        validation.check_tags(given.get("tags", {}))
        version = self._offered(given.get("version"))
        self.check_role(given["roleArn"], SERVICE)
        vpc, network = self._network(given["resourcesVpcConfig"])
        described = self._settings(given, vpc)
        if len(self.clusters) >= MOST_CLUSTERS:
            raise ResourceLimitExceededException(
                message=f"The maximum number of clusters is {MOST_CLUSTERS}."
            )
        number = _id(32)
        group = self.around.make_security_group(name, vpc, number[:10].lower())
        door = endpoint.open_door()
        arn = self.arn("cluster", name)
        cluster = Cluster(
            arn,
            {
                "name": name,
                "arn": arn,
                "createdAt": self.runtime.clock.now(),
                "version": version.name,
                "platformVersion": version.platform,
                "roleArn": given["roleArn"],
                "resourcesVpcConfig": network | {"vpcId": vpc, "clusterSecurityGroupId": group},
                "status": "CREATING",
                "tags": dict(given.get("tags", {})),
                "health": {"issues": []},
                "clientRequestToken": given.get("clientRequestToken"),
                **described,
                "_when_active": {
                    "endpoint": door.url,
                    "certificateAuthority": {"data": door.authority},
                    "identity": {
                        "oidc": {"issuer": f"https://oidc.eks.{self.region_name}.amazonaws.com/id/{number}"}
                    },
                },
            },
            dict(given),
            security_group=group,
        )
        self.clusters[name] = cluster
        self._admit_creator(cluster, creator)
        self.tell(arn, "created", name=name, version=version.name)
        return {"cluster": cluster.describe("CREATING")}

    def _offered(self, name: str | None) -> Any:
        now = self.runtime.clock.now()
        if name is None:
            return catalogue().default(now)
        version = next((each for each in catalogue().offered(now) if each.name == name), None)
        if version is None:
            raise Invalid(message="unsupported Kubernetes version")
        return version

    def check_role(self, arn: str, service: str) -> None:
        """That the service can take on the role."""
        if not validation.ROLE.fullmatch(arn):
            raise Invalid(message=f"Invalid Role Arn: '{arn[:300]}'")
        if not self.around.trusts(arn, service):
            raise Invalid(
                message=f"Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity "
                "is not correct"
            )

    def _network(self, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The VPC and the completed network configuration."""
        ids = list(dict.fromkeys(given.get("subnetIds", [])))
        if not ids:
            raise Invalid(message="subnetIds must be specified")
        subnets = self.subnets(ids)
        if len({subnet.vpc for subnet in subnets}) > 1:
            raise Invalid(message="Subnets specified must be in the same VPC")
        if len({subnet.zone for subnet in subnets}) < 2:
            raise Invalid(message="Subnets specified must be in at least two different AZs")
        vpc = subnets[0].vpc
        groups = list(dict.fromkeys(given.get("securityGroupIds", [])))
        for group in groups:
            if self.around.vpc_of_group(group) != vpc:
                raise Invalid(message=f"The security group '{group}' does not exist in VPC '{vpc}'")
        return vpc, {"subnetIds": ids, "securityGroupIds": groups} | validation.endpoint(given)

    def subnets(self, ids: list[str]) -> list[Any]:
        """The subnets of those ids, all of which must exist."""
        found = self.around.subnets(ids)
        for name in ids:
            if name not in found:
                raise Invalid(message=f"The subnet ID '{name}' does not exist")
        return [found[name] for name in ids]

    def _settings(self, given: Given, vpc: str) -> dict[str, Any]:
        """The rest of a new cluster's settings, with AWS's defaults."""
        kubernetes = given.get("kubernetesNetworkConfig") or {}
        if kubernetes.get("ipFamily", "ipv4") != "ipv4":
            raise NotEmulated("clusters whose pods have IPv6 addresses")
        block = self.around.block(vpc)
        services = validation.service_block(kubernetes.get("serviceIpv4Cidr"), block)
        auto = validation.auto_mode(given)
        access = given.get("accessConfig") or {}
        if auto and access.get("authenticationMode", "CONFIG_MAP") == "CONFIG_MAP":
            raise Invalid(
                message="EKS Auto Mode requires authenticationMode to be API or API_AND_CONFIG_MAP."
            )
        if auto and (role := (given.get("computeConfig") or {}).get("nodeRoleArn")):
            self.check_role(role, "ec2.amazonaws.com")
        remote = given.get("remoteNetworkConfig")
        if remote:
            validation.check_remote_network(remote, block, services)
        settings: dict[str, Any] = {
            "kubernetesNetworkConfig": {
                "serviceIpv4Cidr": services,
                "ipFamily": "ipv4",
                "elasticLoadBalancing": {"enabled": bool(auto)},
            },
            "logging": validation.logging(given.get("logging")),
            "accessConfig": {
                "bootstrapClusterCreatorAdminPermissions": access.get(
                    "bootstrapClusterCreatorAdminPermissions", True
                ),
                "authenticationMode": access.get("authenticationMode", "CONFIG_MAP"),
            },
            "upgradePolicy": {
                "supportType": (given.get("upgradePolicy") or {}).get("supportType", "EXTENDED")
            },
            "deletionProtection": bool(given.get("deletionProtection", False)),
        }
        if auto is not None:
            settings["computeConfig"] = {"enabled": auto, **given.get("computeConfig", {})}
            settings["storageConfig"] = {"blockStorage": {"enabled": auto}}
        for name in ("zonalShiftConfig", "remoteNetworkConfig"):
            if name in given:
                settings[name] = given[name]
        if given.get("encryptionConfig"):
            settings["encryptionConfig"] = self._encryption(given["encryptionConfig"])
        return settings

    def _encryption(self, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for entry in given:
            if entry.get("resources") != ["secrets"]:
                raise Invalid(message="The only supported resource for encryption is secrets")
            key = (entry.get("provider") or {}).get("keyArn", "")
            if not self.around.key_exists(key):
                raise Invalid(message=f"The KMS key {key[:200]} does not exist")
        return given

    def _admit_creator(self, cluster: Cluster, creator: str) -> None:
        """Who makes a cluster administers it, unless told otherwise."""
        raise NotImplementedError

    # Changing

    def update_cluster_config(self, given: Given) -> dict[str, Any]:
        """One kind of change to a cluster's settings."""
        cluster = self.active(given["name"])
        asked = {name: value for name, value in given.items() if name not in ("name", "clientRequestToken")}
        for member, gap in GAPS.items():
            if member in asked:
                raise NotEmulated(gap)
        network = asked.get("resourcesVpcConfig") or {}
        kinds = {KINDS[name] for name in asked if name in KINDS}
        if any(name.startswith(("endpoint", "public", "controlPlane")) for name in network):
            kinds.add("EndpointAccessUpdate")
        if any(name in network for name in ("subnetIds", "securityGroupIds")):
            kinds.add("VpcConfigUpdate")
        if not kinds:
            raise Invalid(clusterName=cluster.name, message="The type for cluster update was not provided.")
        if len(kinds) > 1:
            raise Invalid(clusterName=cluster.name, message="Only one type of update can be allowed.")
        (kind,) = kinds
        changed = self._changed(cluster, kind, asked)
        now = cluster.described
        if all(now.get(name) == value for name, value in changed.items()):
            raise Invalid(clusterName=cluster.name, message=_already(kind, now))
        now |= changed
        now["status"] = "UPDATING"
        self.tell(cluster.arn, "updated", name=cluster.name, what=kind)
        parameters = network if kind in ("EndpointAccessUpdate", "VpcConfigUpdate") else asked
        return {"update": self.update(cluster, kind, parameters)}

    def _changed(self, cluster: Cluster, kind: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The settings as they will be."""
        now = cluster.described
        before = now["resourcesVpcConfig"]
        match kind:
            case "LoggingUpdate":
                return {"logging": validation.logging(asked["logging"], now["logging"])}
            case "EndpointAccessUpdate":
                return {
                    "resourcesVpcConfig": before | validation.endpoint(asked["resourcesVpcConfig"], before)
                }
            case "VpcConfigUpdate":
                given = {**before, **asked["resourcesVpcConfig"]}
                vpc, network = self._network(given)
                if vpc != before["vpcId"]:
                    raise Invalid(message="Provided subnets belong to a different VPC than the cluster's")
                return {"resourcesVpcConfig": before | network}
            case "AccessConfigUpdate":
                wanted = (asked["accessConfig"] or {}).get("authenticationMode")
                mode = now["accessConfig"]["authenticationMode"]
                modes = validation.AUTHENTICATION_MODES
                if wanted is None or not 0 <= modes.index(wanted) - modes.index(mode) <= 1:
                    raise Invalid(message=f"Unsupported authentication mode update from {mode} to {wanted}")
                return {"accessConfig": now["accessConfig"] | {"authenticationMode": wanted}}
            case "AutoModeUpdate":
                auto = bool(validation.auto_mode(asked, now))
                if auto and now["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
                    raise Invalid(
                        message="EKS Auto Mode requires authenticationMode API or API_AND_CONFIG_MAP."
                    )
                kubernetes = asked.get("kubernetesNetworkConfig") or {}
                if kubernetes.keys() - {"elasticLoadBalancing"}:
                    raise Invalid(message="A cluster's service network cannot be changed.")
                return {
                    "computeConfig": {**now.get("computeConfig", {}), **asked.get("computeConfig", {})},
                    "storageConfig": {"blockStorage": {"enabled": auto}},
                    "kubernetesNetworkConfig": now["kubernetesNetworkConfig"]
                    | {"elasticLoadBalancing": {"enabled": auto}},
                }
            case "RemoteNetworkConfigUpdate":
                remote = asked["remoteNetworkConfig"]
                services = now["kubernetesNetworkConfig"]["serviceIpv4Cidr"]
                validation.check_remote_network(remote, self.around.block(before["vpcId"]), services)
                return {"remoteNetworkConfig": remote}
        return {name: value for name, value in asked.items() if name in KINDS}

    def update_cluster_version(self, given: Given) -> dict[str, Any]:
        """One minor version up, not more and not down; nodes follow by their own update."""
        cluster = self.active(given["name"])
        if "rollbackConfig" in given:
            raise NotEmulated("taking a version update back")
        wanted = given["version"]
        try:
            step = (
                parse(wanted)[0] - parse(cluster.version)[0],
                parse(wanted)[1] - parse(cluster.version)[1],
            )
        except ValueError:
            raise Invalid(clusterName=cluster.name, message="unsupported Kubernetes version") from None
        if step != (0, 1):
            raise Invalid(
                clusterName=cluster.name,
                message=f"Unsupported Kubernetes minor version update from {cluster.version} to {wanted}",
            )
        version = self._offered(wanted)
        behind = [
            each.described["nodegroupName"]
            for each in cluster.nodegroups.values()
            if parse(wanted)[1] - parse(each.described["version"])[1] > 3
        ]
        if behind:  # the kubelet may be three minor versions older than the API server
            raise InvalidRequest(
                clusterName=cluster.name,
                message=f"Nodegroups {', '.join(behind)} must be updated to match cluster version {cluster.version} "
                "before updating cluster version",
            )
        old = cluster.version
        cluster.described |= {
            "version": version.name,
            "platformVersion": version.platform,
            "status": "UPDATING",
        }
        self.tell(cluster.arn, "upgraded", name=cluster.name, old=old, new=version.name)
        parameters = {"version": version.name, "platformVersion": version.platform}
        return {"update": self.update(cluster, "VersionUpdate", parameters)}

    def associate_encryption_config(self, given: Given) -> dict[str, Any]:
        """Encrypt secrets from now on: once, and never undone."""
        cluster = self.active(given["clusterName"])
        if cluster.described.get("encryptionConfig"):
            raise InvalidRequest(
                clusterName=cluster.name, message="Cluster is already enabled with encryption configuration"
            )
        cluster.described["encryptionConfig"] = self._encryption(given["encryptionConfig"])
        return {
            "update": self.update(
                cluster, "AssociateEncryptionConfig", {"encryptionConfig": given["encryptionConfig"]}
            )
        }

    def delete_cluster(self, given: Given) -> dict[str, Any]:
        """Nothing but the cluster: what it holds must be deleted before."""
        cluster = self.cluster(given["name"])
        name = cluster.name
        if cluster.nodegroups:
            raise ResourceInUseException(
                clusterName=name,
                nodegroupName=",".join(cluster.nodegroups),
                message="Cluster has nodegroups attached",
            )
        if cluster.profiles:
            raise ResourceInUseException(clusterName=name, message="Cluster has fargate profiles attached")
        if cluster.described["deletionProtection"]:
            raise InvalidRequest(
                clusterName=name,
                message="Cluster deletion protection is enabled. Disable it before you delete.",
            )
        del self.clusters[name]
        self.around.drop_security_group(cluster.security_group)
        if not self._any_cluster():
            endpoint.close()
        self.tell(cluster.arn, "deleted", name=name)
        return {"cluster": cluster.describe("DELETING")}

    def _any_cluster(self) -> bool:
        from moto.eks.models import eks_backends

        return any(backend.clusters for _, _, backend in eks_backends.iter_backends())

    # Updates

    def update(
        self, cluster: Cluster, kind: str, parameters: Mapping[str, Any], of: str = ""
    ) -> dict[str, Any]:
        """Record a change; its description while it is under way."""
        number = str(uuid4())
        described = {
            "id": number,
            "status": "InProgress",
            "type": kind,
            "params": [
                {
                    "type": _PARAMETERS.get(name, name[0].upper() + name[1:]),
                    "value": value if isinstance(value, str) else json.dumps(value),
                }
                for name, value in parameters.items()
            ],
            "createdAt": self.runtime.clock.now(),
            "errors": [],
        }
        cluster.updates[number] = Update("", described, of=of)
        return cluster.updates[number].describe()

    def describe_update(self, given: Given) -> dict[str, Any]:
        """A change, done by the time that somebody asks."""
        cluster = self.cluster(given["name"])
        update = cluster.updates.get(given["updateId"])
        if update is None or update.of != _owner(given):
            raise ResourceNotFoundException(
                clusterName=cluster.name, message=f"No update found for ID: {given['updateId']}"
            )
        update.settle()
        return {"update": update.describe()}

    def list_updates(self, given: Given) -> list[str]:
        """Ids of the changes, newest first."""
        cluster = self.cluster(given["name"])
        of = _owner(given)
        return [number for number, update in reversed(cluster.updates.items()) if update.of == of]

    # Tags

    def tagged(self, arn: str) -> Resource:
        """Whatever has that ARN."""
        for cluster in self.clusters.values():
            for part in cluster.parts():
                if part.arn == arn:
                    return part
        raise NotFoundException(message=f"The requested resource was not found: {arn[:300]}")

    def tag_resource(self, given: Given) -> dict[str, Any]:
        """Add tags."""
        resource = self.tagged(given["resourceArn"])
        tags = resource.tags | given["tags"]
        validation.check_tags(tags)
        resource.described["tags"] = tags
        return {}

    def untag_resource(self, given: Given) -> dict[str, Any]:
        """Take tags away."""
        tags = self.tagged(given["resourceArn"]).tags
        for key in given["tagKeys"]:
            tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, given: Given) -> dict[str, Any]:
        """All of them."""
        return {"tags": dict(self.tagged(given["resourceArn"]).tags)}


def _owner(given: Given) -> str:
    """What an update belongs to, in a call's parameters."""
    if "nodegroupName" in given:
        return f"nodegroup/{given['nodegroupName']}"
    return f"addon/{given['addonName']}" if "addonName" in given else ""


def _already(kind: str, now: Mapping[str, Any]) -> str:
    if kind != "EndpointAccessUpdate":
        return "No changes needed for the provided configuration"
    network = now["resourcesVpcConfig"]
    return (
        "Cluster is already at the desired configuration with endpointPrivateAccess: "
        f"{str(network['endpointPrivateAccess']).lower()} , endpointPublicAccess: "
        f"{str(network['endpointPublicAccess']).lower()}, and Public Endpoint Restrictions: "
        f"[{', '.join(network['publicAccessCidrs'])}]"
    )


def _id(length: int) -> str:
    """Capital hexadecimal digits, as OIDC issuers end."""
    return "".join(secrets.choice(string.digits + "ABCDEF") for _ in range(length))

"""A cluster's settings, new and changed: what is given, AWS's defaults, and what the account must have.

Only looks: `clusters` keeps what comes out of here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.aws.eks import validation
from labs.cloud.aws.eks.errors import InvalidParameterException as Invalid
from labs.cloud.aws.eks.errors import NotEmulated
from labs.cloud.aws.eks.model import Cluster, Given
from labs.cloud.aws.eks.surroundings import Subnet, Surroundings

NODES = "ec2.amazonaws.com"

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


def refuse_gaps(given: Given) -> None:
    """Refuse, by name, what is not emulated."""
    for member, gap in GAPS.items():
        if member in given:
            raise NotEmulated(gap)


def check_role(around: Surroundings, arn: str, service: str) -> None:
    """That the service can take on the role."""
    if not validation.ROLE.fullmatch(arn):
        raise Invalid(message=f"Invalid Role Arn: '{arn[:300]}'")
    if not around.trusts(arn, service):
        raise Invalid(
            message=f"Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity "
            "is not correct"
        )


def subnets(around: Surroundings, ids: list[str]) -> list[Subnet]:
    """The subnets of those ids, all of which must exist."""
    found = around.subnets(ids)
    for name in ids:
        if name not in found:
            raise Invalid(message=f"The subnet ID '{name}' does not exist")
    return [found[name] for name in ids]


def network(around: Surroundings, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The VPC and the completed network configuration."""
    ids = list(dict.fromkeys(given.get("subnetIds", [])))
    if not ids:
        raise Invalid(message="subnetIds must be specified")
    found = subnets(around, ids)
    if len({subnet.vpc for subnet in found}) > 1:
        raise Invalid(message="Subnets specified must be in the same VPC")
    if len({subnet.zone for subnet in found}) < 2:
        raise Invalid(message="Subnets specified must be in at least two different AZs")
    vpc = found[0].vpc
    groups = list(dict.fromkeys(given.get("securityGroupIds", [])))
    for group in groups:
        if around.vpc_of_group(group) != vpc:
            raise Invalid(message=f"The security group '{group}' does not exist in VPC '{vpc}'")
    return vpc, {"subnetIds": ids, "securityGroupIds": groups} | validation.endpoint(given)


def new(around: Surroundings, given: Given, vpc: str) -> dict[str, Any]:
    """The rest of a new cluster's settings, with AWS's defaults."""
    kubernetes = given.get("kubernetesNetworkConfig") or {}
    if kubernetes.get("ipFamily", "ipv4") != "ipv4":
        raise NotEmulated("clusters whose pods have IPv6 addresses")
    block = around.block(vpc)
    services = validation.service_block(kubernetes.get("serviceIpv4Cidr"), block)
    auto = validation.auto_mode(given)
    access = given.get("accessConfig") or {}
    if auto and access.get("authenticationMode", "CONFIG_MAP") == "CONFIG_MAP":
        raise Invalid(message="EKS Auto Mode requires authenticationMode to be API or API_AND_CONFIG_MAP.")
    if auto and (role := (given.get("computeConfig") or {}).get("nodeRoleArn")):
        check_role(around, role, NODES)
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
        "upgradePolicy": {"supportType": (given.get("upgradePolicy") or {}).get("supportType", "EXTENDED")},
        "deletionProtection": bool(given.get("deletionProtection", False)),
    }
    if auto is not None:
        settings["computeConfig"] = {"enabled": auto, **given.get("computeConfig", {})}
        settings["storageConfig"] = {"blockStorage": {"enabled": auto}}
    for name in ("zonalShiftConfig", "remoteNetworkConfig"):
        if name in given:
            settings[name] = given[name]
    if given.get("encryptionConfig"):
        settings["encryptionConfig"] = encryption(around, given["encryptionConfig"])
    return settings


def encryption(around: Surroundings, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a cluster encrypts with which key, if that exists."""
    for entry in given:
        if entry.get("resources") != ["secrets"]:
            raise Invalid(message="The only supported resource for encryption is secrets")
        key = (entry.get("provider") or {}).get("keyArn", "")
        if not around.key_exists(key):
            raise Invalid(message=f"The KMS key {key[:200]} does not exist")
    return given


def kind_of_update(cluster: Cluster, asked: Mapping[str, Any]) -> str:
    """What UpdateClusterConfig is asked to change: one kind of setting in a call."""
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
    return kind


def changed(
    around: Surroundings, now: Mapping[str, Any], kind: str, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """What of the settings `now` becomes another by an update of that kind."""
    before = now["resourcesVpcConfig"]
    match kind:
        case "LoggingUpdate":
            return {"logging": validation.logging(asked["logging"], now["logging"])}
        case "EndpointAccessUpdate":
            return {"resourcesVpcConfig": before | validation.endpoint(asked["resourcesVpcConfig"], before)}
        case "VpcConfigUpdate":
            given = {**before, **asked["resourcesVpcConfig"]}
            vpc, complete = network(around, given)
            if vpc != before["vpcId"]:
                raise Invalid(message="Provided subnets belong to a different VPC than the cluster's")
            return {"resourcesVpcConfig": before | complete}
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
                raise Invalid(message="EKS Auto Mode requires authenticationMode API or API_AND_CONFIG_MAP.")
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
            validation.check_remote_network(remote, around.block(before["vpcId"]), services)
            return {"remoteNetworkConfig": remote}
    return {name: value for name, value in asked.items() if name in KINDS}


def already(kind: str, now: Mapping[str, Any]) -> str:
    """AWS's words for an update that changes nothing."""
    if kind != "EndpointAccessUpdate":
        return "No changes needed for the provided configuration"
    network = now["resourcesVpcConfig"]
    return (
        "Cluster is already at the desired configuration with endpointPrivateAccess: "
        f"{str(network['endpointPrivateAccess']).lower()} , endpointPublicAccess: "
        f"{str(network['endpointPublicAccess']).lower()}, and Public Endpoint Restrictions: "
        f"[{', '.join(network['publicAccessCidrs'])}]"
    )

"""Managed node groups.

A node group's Auto Scaling group and launch template really are made, with their instances in EC2's books; no
kubelet runs on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from labs.cloud.aws.eks import settings, validation
from labs.cloud.aws.eks.catalogue import catalogue, parse
from labs.cloud.aws.eks.clusters import Clusters
from labs.cloud.aws.eks.errors import InvalidParameterException as Invalid
from labs.cloud.aws.eks.errors import InvalidRequestException as InvalidRequest
from labs.cloud.aws.eks.errors import (
    NotEmulated,
    ResourceInUseException,
    ResourceLimitExceededException,
    ResourceNotFoundException,
)
from labs.cloud.aws.eks.model import Cluster, Given, Resource

NODES = "ec2.amazonaws.com"
MOST_NODEGROUPS = 30  # of one cluster [Amazon EKS endpoints and quotas]
MOST_NODES = 450  # of one node group
LAST_WITH_AL2 = (1, 32)  # AWS publishes no Amazon Linux 2 images for later versions


class NodeGroups(Clusters):
    """One Region's node groups."""

    def _nodegroup(self, given: Given) -> tuple[Cluster, Resource]:
        cluster = self.cluster(given["clusterName"])
        name = given["nodegroupName"]
        if name not in cluster.nodegroups:
            raise ResourceNotFoundException(
                clusterName=cluster.name,
                nodegroupName=name,
                message=f"No node group found for name: {name}.",
            )
        return cluster, cluster.nodegroups[name]

    def create_nodegroup(self, given: Given) -> dict[str, Any]:
        """A node group with its Auto Scaling group."""
        name = given["nodegroupName"]
        cluster = self.active(given["clusterName"])
        existing = cluster.nodegroups.get(name)
        if existing is not None:
            if existing.repeats(given):
                return {"nodegroup": existing.describe()}
            raise ResourceInUseException(
                clusterName=cluster.name,
                nodegroupName=name,
                message=f"NodeGroup already exists with name {name} and cluster name {cluster.name}",
            )
        if len(cluster.nodegroups) >= MOST_NODEGROUPS:
            raise ResourceLimitExceededException(
                clusterName=cluster.name,
                message=f"A cluster has at most {MOST_NODEGROUPS} managed node groups.",
            )
        if "warmPoolConfig" in given:
            raise NotEmulated("warm pools of node groups")
        if given.get("capacityType") == "CAPACITY_BLOCK":
            raise NotEmulated("capacity blocks")
        validation.check_name(name, "Nodegroup", 63)
        validation.check_tags(given.get("tags", {}))
        validation.check_labels(given.get("labels", {}))
        validation.check_taints(given.get("taints", []))
        self._check_nodes(cluster, given)
        template, data = self._template(given)
        machine = self._machine(cluster, given, data)
        sizes = _sizes(given.get("scalingConfig"), None)
        update = validation.update_config(given.get("updateConfig"))
        number = str(uuid4())
        scaling_group = f"eks-{name}-{number}"
        arn, now = self.arn("nodegroup", cluster.name, name, number), self.runtime.clock.now()
        described = {
            "nodegroupName": name,
            "nodegroupArn": arn,
            "clusterName": cluster.name,
            "version": given.get("version", cluster.version),
            "createdAt": now,
            "modifiedAt": now,
            "status": "CREATING",
            "capacityType": given.get("capacityType", "ON_DEMAND"),
            "scalingConfig": sizes,
            "subnets": list(given["subnets"]),
            "nodeRole": given["nodeRole"],
            "labels": dict(given.get("labels", {})),
            "taints": list(given.get("taints", [])),
            "resources": {"autoScalingGroups": [{"name": scaling_group}]},
            "health": {"issues": []},
            "updateConfig": update,
            "tags": dict(given.get("tags", {})),
            **machine,
            **template,
        }
        for member in ("remoteAccess", "nodeRepairConfig", "releaseVersion"):
            if member in given:
                described[member] = given[member]
        instance = {"InstanceType": machine["instanceTypes"][0]} if "instanceTypes" in machine else {}
        self.around.make_group(scaling_group, data | instance, sizes, given["subnets"], cluster.name)
        cluster.nodegroups[name] = Resource(arn, described, dict(given))
        self.admit_nodes(cluster, given["nodeRole"], "EC2_LINUX")
        self.tell(arn, "nodes", name=name, cluster=cluster.name, count=sizes["desiredSize"])
        return {"nodegroup": cluster.nodegroups[name].describe("CREATING")}

    def _check_nodes(self, cluster: Cluster, given: Given) -> None:
        """Role, subnets, key pair and version."""
        if not self.around.trusts(given["nodeRole"], NODES):
            raise Invalid(
                clusterName=cluster.name,
                nodegroupName=given["nodegroupName"],
                message=f"The role with ARN {given['nodeRole']} does not exist or cannot be assumed by {NODES}",
            )
        if not given["subnets"]:
            raise Invalid(clusterName=cluster.name, message="subnets cannot be empty")
        vpc = cluster.described["resourcesVpcConfig"]["vpcId"]
        for subnet in settings.subnets(self.around, list(given["subnets"])):
            if subnet.vpc != vpc:
                raise Invalid(
                    clusterName=cluster.name,
                    message=f"Subnet {subnet.id} does not belong to the VPC of the cluster",
                )
        key = (given.get("remoteAccess") or {}).get("ec2SshKey")
        if key and not self.around.has_key_pair(key):
            raise Invalid(message=f"The key pair '{key[:100]}' does not exist")
        self._check_version(cluster, given.get("version", cluster.version))

    def _check_version(self, cluster: Cluster, wanted: str) -> None:
        """Nodes are not newer than the control plane, and at most three minor versions older."""
        try:
            behind = parse(cluster.version)[1] - parse(wanted)[1]
        except ValueError:
            behind = -1
        if not 0 <= behind <= 3 or catalogue().version(wanted) is None:
            raise Invalid(
                clusterName=cluster.name,
                message=f"Requested Nodegroup version {wanted[:20]} is not supported by the cluster version "
                f"{cluster.version}",
            )

    def _template(self, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
        """The launch template as node groups tell it, and its data."""
        asked = given.get("launchTemplate")
        if asked is None:
            return {}, {}
        if "diskSize" in given:
            raise Invalid(message="Disk size must be specified within the launch template.")
        if "remoteAccess" in given:
            raise Invalid(message="Remote access configuration cannot be specified with a launch template.")
        if ("id" in asked) == ("name" in asked):
            raise Invalid(message="Either launch template ID or name must be specified, but not both.")
        found = self.around.launch_template(asked)
        if found is None:
            raise Invalid(
                message=f"Launch template {asked.get('id') or asked.get('name')} or its version was not found."
            )
        number, name, version, data = found
        if "InstanceType" in data and given.get("instanceTypes"):
            raise Invalid(
                message="You cannot specify an instance type in both the launch template and the node group."
            )
        if "SubnetId" in data or "IamInstanceProfile" in data:
            raise Invalid(message="The launch template must not specify a subnet or an instance profile.")
        return {"launchTemplate": {"id": number, "name": name, "version": str(version)}}, dict(data)

    def _machine(self, cluster: Cluster, given: Given, data: Mapping[str, Any]) -> dict[str, Any]:
        """AMI type, instance types and disk, which must fit together."""
        custom = "ImageId" in data
        ami = given.get("amiType", "CUSTOM" if custom else "AL2023_x86_64_STANDARD")
        if custom != (ami == "CUSTOM"):
            raise Invalid(
                message="AMI type CUSTOM goes with a launch template that names an image, and only with one."
            )
        version = given.get("version", cluster.version)
        if ami.startswith("AL2_") and parse(version) > LAST_WITH_AL2:
            raise Invalid(message=f"AMI Type {ami} is only supported for kubernetes versions 1.32 or earlier")
        types = list(given.get("instanceTypes") or ([] if "InstanceType" in data else ["t3.medium"]))
        if given.get("capacityType", "ON_DEMAND") == "ON_DEMAND" and len(types) > 20:
            raise Invalid(message="Cannot specify more than 20 instance types")
        wanted = None if custom else ("arm64" if "_ARM_64" in ami else "x86_64")
        for each in types or [data["InstanceType"]]:
            offered = self.around.architectures(each)
            if offered is None or (wanted and wanted not in offered):
                raise Invalid(
                    clusterName=cluster.name,
                    nodegroupName=given["nodegroupName"],
                    message=f"[{each[:50]}] is not a valid instance type for requested amiType {ami}",
                )
        machine: dict[str, Any] = {"amiType": ami}
        if types:
            machine["instanceTypes"] = types
        if "launchTemplate" not in given:
            machine["diskSize"] = given.get("diskSize", 50 if ami.startswith("WINDOWS") else 20)
        return machine

    def describe_nodegroup(self, given: Given) -> dict[str, Any]:
        """As it is now."""
        _, group = self._nodegroup(given)
        group.settle()
        return {"nodegroup": group.describe()}

    def list_nodegroups(self, given: Given) -> list[str]:
        """Names."""
        return sorted(self.cluster(given["clusterName"]).nodegroups)

    def update_nodegroup_config(self, given: Given) -> dict[str, Any]:
        """Sizes, labels, taints and how updates go."""
        cluster, group = self._nodegroup(given)
        if "warmPoolConfig" in given:
            raise NotEmulated("warm pools of node groups")
        now = group.described
        labels, taints = given.get("labels") or {}, given.get("taints") or {}
        added = labels.get("addOrUpdateLabels", {})
        validation.check_labels(added)
        gone = set(labels.get("removeLabels", []))
        set_taints = taints.get("addOrUpdateTaints", [])
        pairs = {_pair(taint) for taint in [*set_taints, *taints.get("removeTaints", [])]}
        all_taints = [taint for taint in now["taints"] if _pair(taint) not in pairs] + list(set_taints)
        validation.check_taints(all_taints)
        sizes = _sizes(given.get("scalingConfig"), now["scalingConfig"])
        changed = {
            "labels": {key: value for key, value in (now["labels"] | added).items() if key not in gone},
            "taints": all_taints,
            "scalingConfig": sizes,
        }
        if "updateConfig" in given:
            changed["updateConfig"] = validation.update_config(given["updateConfig"])
        if "nodeRepairConfig" in given:
            changed["nodeRepairConfig"] = given["nodeRepairConfig"]
        if "scalingConfig" in given:
            self.around.resize_group(now["resources"]["autoScalingGroups"][0]["name"], sizes)
        now |= changed | {"modifiedAt": self.runtime.clock.now()}
        parameters: dict[str, Any] = {**(given.get("scalingConfig") or {})}
        for name, value in (
            ("labelsToAdd", added),
            ("labelsToRemove", sorted(gone)),
            ("taintsToAdd", set_taints),
        ):
            if value:
                parameters[name] = value
        for name in ("maxUnavailable", "maxUnavailablePercentage"):
            if name in (given.get("updateConfig") or {}):
                parameters[name] = given["updateConfig"][name]
        self.tell(group.arn, "nodes-changed", name=now["nodegroupName"], count=sizes["desiredSize"])
        of = f"nodegroup/{now['nodegroupName']}"
        return {"update": self.update(cluster, "ConfigUpdate", parameters, of)}

    def update_nodegroup_version(self, given: Given) -> dict[str, Any]:
        """Bring nodes to another version: the cluster's, unless another is named."""
        cluster, group = self._nodegroup(given)
        now = group.described
        custom = now["amiType"] == "CUSTOM"
        if custom and ("version" in given or "releaseVersion" in given):
            raise Invalid(
                message="The version of a node group with its own image comes with its launch template."
            )
        version = given.get("version", now["version"] if custom else cluster.version)
        self._check_version(cluster, version)
        if parse(version) < parse(now["version"]):
            raise Invalid(message=f"Nodes cannot go back from version {now['version']} to {version}.")
        if "launchTemplate" in given and "launchTemplate" not in now:
            raise InvalidRequest(
                nodegroupName=now["nodegroupName"],
                message="You cannot specify a launch template for a node group that was created without one.",
            )
        template, _ = (
            self._template({"launchTemplate": given["launchTemplate"]})
            if "launchTemplate" in given
            else ({}, {})
        )
        now |= {"version": version, "modifiedAt": self.runtime.clock.now(), **template}
        if "releaseVersion" in given:
            now["releaseVersion"] = given["releaseVersion"]
        self.tell(group.arn, "nodes-upgraded", name=now["nodegroupName"], version=version)
        parameters = {
            "version": version,
            **({"releaseVersion": given["releaseVersion"]} if "releaseVersion" in given else {}),
        }
        return {
            "update": self.update(cluster, "VersionUpdate", parameters, f"nodegroup/{now['nodegroupName']}")
        }

    def delete_nodegroup(self, given: Given) -> dict[str, Any]:
        """With its Auto Scaling group."""
        cluster, group = self._nodegroup(given)
        del cluster.nodegroups[given["nodegroupName"]]
        self.around.drop_group(group.described["resources"]["autoScalingGroups"][0]["name"])
        self.tell(group.arn, "nodes-deleted", name=given["nodegroupName"], cluster=cluster.name)
        return {"nodegroup": group.describe("DELETING")}


def _sizes(given: Mapping[str, int] | None, before: Mapping[str, int] | None) -> dict[str, int]:
    sizes = validation.scaling(given, before)
    if sizes["maxSize"] > MOST_NODES:
        raise Invalid(message=f"A managed node group has at most {MOST_NODES} nodes.")
    return sizes


def _pair(taint: Mapping[str, str]) -> tuple[str | None, str | None]:
    """What makes a taint the same."""
    return taint.get("key"), taint.get("effect")

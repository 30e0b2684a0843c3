"""Fargate profiles: which pods would run on Fargate."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from labs.cloud.aws.eks import settings, validation
from labs.cloud.aws.eks.errors import InvalidParameterException as Invalid
from labs.cloud.aws.eks.errors import (
    ResourceInUseException,
    ResourceLimitExceededException,
    ResourceNotFoundException,
)
from labs.cloud.aws.eks.model import Cluster, Given, Resource
from labs.cloud.aws.eks.node_groups import NodeGroups

FARGATE_PODS = "eks-fargate-pods.amazonaws.com"
MOST_PROFILES = 10  # of one cluster
MOST_SELECTORS = 5  # of one profile, and labels of one selector


class FargateProfiles(NodeGroups):
    """One Region's Fargate profiles."""

    def _profile(self, given: Given) -> tuple[Cluster, Resource]:
        cluster = self.cluster(given["clusterName"])
        name = given["fargateProfileName"]
        if name not in cluster.profiles:
            raise ResourceNotFoundException(
                clusterName=cluster.name,
                fargateProfileName=name,
                message=f"No Fargate Profile found with name: {name}.",
            )
        return cluster, cluster.profiles[name]

    def create_fargate_profile(self, given: Given) -> dict[str, Any]:
        """Which pods would run on Fargate, in private subnets."""
        name = given["fargateProfileName"]
        cluster = self.active(given["clusterName"])
        existing = cluster.profiles.get(name)
        if existing is not None:
            if existing.repeats(given):
                return {"fargateProfile": existing.describe()}
            raise ResourceInUseException(
                message="A Fargate Profile already exists with this name in this cluster."
            )
        if len(cluster.profiles) >= MOST_PROFILES:
            raise ResourceLimitExceededException(
                clusterName=cluster.name, message=f"A cluster has at most {MOST_PROFILES} Fargate profiles."
            )
        validation.check_name(name, "Fargate profile")
        validation.check_tags(given.get("tags", {}))
        _check_selectors(given.get("selectors") or [])
        if not self.around.trusts(given["podExecutionRoleArn"], FARGATE_PODS):
            raise Invalid(
                fargateProfileName=name,
                message="Misconfigured PodExecutionRole Trust Policy; Please add the eks-fargate-pods.amazonaws.com "
                "Service Principal",
            )
        network = cluster.described["resourcesVpcConfig"]
        ids = list(given.get("subnets") or [])
        if not ids:
            ids = [
                subnet.id
                for subnet in settings.subnets(self.around, network["subnetIds"])
                if not subnet.public
            ]
            if not ids:
                raise Invalid(
                    fargateProfileName=name, message="The cluster has no private subnet for a Fargate Profile"
                )
        for subnet in settings.subnets(self.around, ids):
            if subnet.vpc != network["vpcId"]:
                raise Invalid(
                    fargateProfileName=name, message=f"Subnet {subnet.id} is not in the cluster's VPC"
                )
            if subnet.public:
                raise Invalid(
                    fargateProfileName=name,
                    message=f"Subnet {subnet.id} provided in Fargate Profile is not a private subnet",
                )
        arn = self.arn("fargateprofile", cluster.name, name, str(uuid4()))
        described = {
            "fargateProfileName": name,
            "fargateProfileArn": arn,
            "clusterName": cluster.name,
            "createdAt": self.runtime.clock.now(),
            "podExecutionRoleArn": given["podExecutionRoleArn"],
            "subnets": ids,
            "selectors": list(given["selectors"]),
            "status": "CREATING",
            "tags": dict(given.get("tags", {})),
            "health": {"issues": []},
        }
        cluster.profiles[name] = Resource(arn, described, dict(given))
        self.admit_nodes(cluster, given["podExecutionRoleArn"], "FARGATE_LINUX")
        self.tell(arn, "profile", name=name, cluster=cluster.name)
        return {"fargateProfile": cluster.profiles[name].describe()}

    def describe_fargate_profile(self, given: Given) -> dict[str, Any]:
        """As it is now."""
        _, profile = self._profile(given)
        profile.settle()
        return {"fargateProfile": profile.describe()}

    def list_fargate_profiles(self, given: Given) -> list[str]:
        """Names."""
        return sorted(self.cluster(given["clusterName"]).profiles)

    def delete_fargate_profile(self, given: Given) -> dict[str, Any]:
        """Its pods would be deleted with it."""
        cluster, profile = self._profile(given)
        del cluster.profiles[given["fargateProfileName"]]
        return {"fargateProfile": profile.describe("DELETING")}


def _check_selectors(selectors: list[dict[str, Any]]) -> None:
    if not selectors:
        raise Invalid(message="Fargate Profile requires at least one selector.")
    if len(selectors) > MOST_SELECTORS:
        raise Invalid(message=f"Request contains more than {MOST_SELECTORS} Selectors")
    for selector in selectors:
        if not selector.get("namespace"):
            raise Invalid(
                message="Fargate Profile must have at least one selector with at least one namespace value."
            )
        if len(selector.get("labels", {})) > MOST_SELECTORS:
            raise Invalid(message="Request contains Selector with more than 5 Label pairs")

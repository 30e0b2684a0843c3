"""Clusters: created, changed, deleted, and what AWS says about Kubernetes' versions."""

from __future__ import annotations

import secrets
import string
from typing import Any

from labs.cloud.aws.eks import endpoint, settings, validation
from labs.cloud.aws.eks.access import Access
from labs.cloud.aws.eks.catalogue import Version, catalogue, parse
from labs.cloud.aws.eks.errors import InvalidParameterException as Invalid
from labs.cloud.aws.eks.errors import InvalidRequestException as InvalidRequest
from labs.cloud.aws.eks.errors import NotEmulated, ResourceInUseException, ResourceLimitExceededException
from labs.cloud.aws.eks.model import Cluster, Given

SERVICE = "eks.amazonaws.com"
MOST_CLUSTERS = 100  # of one Region [Amazon EKS endpoints and quotas]


class Clusters(Access):
    """One Region's clusters."""

    # Looking

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
        settings.refuse_gaps(given)
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
        settings.check_role(self.around, given["roleArn"], SERVICE)
        vpc, network = settings.network(self.around, given["resourcesVpcConfig"])
        described = settings.new(self.around, given, vpc)
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
        self.admit_creator(cluster, creator)
        self.tell(arn, "created", name=name, version=version.name)
        return {"cluster": cluster.describe("CREATING")}

    def _offered(self, name: str | None) -> Version:
        now = self.runtime.clock.now()
        if name is None:
            return catalogue().default(now)
        version = next((each for each in catalogue().offered(now) if each.name == name), None)
        if version is None:
            raise Invalid(message="unsupported Kubernetes version")
        return version

    # Changing

    def update_cluster_config(self, given: Given) -> dict[str, Any]:
        """One kind of change to a cluster's settings."""
        cluster = self.active(given["name"])
        asked = {name: value for name, value in given.items() if name not in ("name", "clientRequestToken")}
        settings.refuse_gaps(asked)
        kind = settings.kind_of_update(cluster, asked)
        now = cluster.described
        changed = settings.changed(self.around, now, kind, asked)
        if all(now.get(name) == value for name, value in changed.items()):
            raise Invalid(clusterName=cluster.name, message=settings.already(kind, now))
        now |= changed
        now["status"] = "UPDATING"
        self.tell(cluster.arn, "updated", name=cluster.name, what=kind)
        in_network = kind in ("EndpointAccessUpdate", "VpcConfigUpdate")
        parameters = asked["resourcesVpcConfig"] if in_network else asked
        return {"update": self.update(cluster, kind, parameters)}

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
        cluster.described["encryptionConfig"] = settings.encryption(self.around, given["encryptionConfig"])
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


def _id(length: int) -> str:
    """Capital hexadecimal digits, as OIDC issuers end."""
    return "".join(secrets.choice(string.digits + "ABCDEF") for _ in range(length))

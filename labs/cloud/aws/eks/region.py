"""What one Region's EKS keeps, and what its parts share: finding a cluster, updates, tags, the narration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from moto.core.base_backend import BaseBackend

from labs.cloud.aws.eks import endpoint, validation
from labs.cloud.aws.eks.errors import InvalidRequestException as InvalidRequest
from labs.cloud.aws.eks.errors import NotFoundException, ResourceNotFoundException
from labs.cloud.aws.eks.model import Cluster, Given, Resource, Update
from labs.cloud.aws.eks.surroundings import Surroundings
from labs.cloud.aws.eks.texts import say
from labs.cloud.runtime import Runtime

# How an update names what it changed; otherwise the member's name, in capitals.
_PARAMETERS = {"logging": "ClusterLogging", "accessConfig": "AuthenticationMode"}


class Region(BaseBackend):
    """One Region's clusters, by name, with all that belongs to them."""

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

"""What EKS keeps: clusters, and what belongs to a cluster.

Everything is kept as the API describes it. Nothing here takes time: a thing is CREATING in the answer that
made it and ACTIVE when it is next described, an update InProgress and then Successful.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Given = Mapping[str, Any]


@dataclass
class Resource:
    """One thing: its ARN, its description in the API's names, and the call that made it."""

    arn: str
    described: dict[str, Any]
    request: Given = field(default_factory=dict)

    @property
    def tags(self) -> dict[str, str]:
        """The tags; change them in place."""
        tags: dict[str, str] = self.described.setdefault("tags", {})
        return tags

    @property
    def status(self) -> str:
        """CREATING, UPDATING, ACTIVE; empty for what has none."""
        return str(self.described.get("status", ""))

    def settle(self) -> None:
        """What was under way is done: called when the thing is looked at."""
        if self.status in ("CREATING", "UPDATING"):
            self.described["status"] = "ACTIVE"

    def repeats(self, given: Given) -> bool:
        """Whether `given` is the call that made it once more, by its idempotency token."""
        token = given.get("clientRequestToken")
        return token is not None and dict(self.request) == dict(given)

    def describe(self, status: str | None = None) -> dict[str, Any]:
        """A copy of the description, with another status if one is given."""
        return deepcopy(self.described) | ({"status": status} if status else {})


@dataclass
class Update(Resource):
    """A change: of the cluster, or of the node group or add-on that `of` names (nodegroup/name, addon/name)."""

    of: str = ""

    def settle(self) -> None:
        """It is done."""
        self.described["status"] = "Successful"


@dataclass
class Cluster(Resource):
    """A cluster with what belongs to it, by name; access entries by principal, associations by id."""

    nodegroups: dict[str, Resource] = field(default_factory=dict)
    profiles: dict[str, Resource] = field(default_factory=dict)
    addons: dict[str, Resource] = field(default_factory=dict)
    entries: dict[str, Resource] = field(default_factory=dict)
    policies: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=dict
    )  # principal → policy ARN → it
    associations: dict[str, Resource] = field(default_factory=dict)
    updates: dict[str, Update] = field(default_factory=dict)
    security_group: str = ""

    @property
    def name(self) -> str:
        """Unique in the Region."""
        return str(self.described["name"])

    @property
    def version(self) -> str:
        """Minor version of Kubernetes."""
        return str(self.described["version"])

    def settle(self) -> None:
        """The endpoint of a cluster is known once it is active."""
        super().settle()
        if self.status == "ACTIVE" and "endpoint" not in self.described:
            self.described |= self.described.pop("_when_active")

    def describe(self, status: str | None = None) -> dict[str, Any]:
        """Without what is not known yet."""
        described = super().describe(status)
        described.pop("_when_active", None)
        return described

    def parts(self) -> list[Resource]:
        """Everything of the cluster that has tags, itself among them."""
        kinds = (self.nodegroups, self.profiles, self.addons, self.entries, self.associations)
        return [self, *(part for kind in kinds for part in kind.values())]

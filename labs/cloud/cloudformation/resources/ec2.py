"""What the types of EC2's API have in common: their tags."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from typing import Any

from labs.cloud.cloudformation.resource import Context
from labs.cloud.cloudformation.resources.base import Change, Declared, Properties, tag_list

IN_USE = frozenset({"DependencyViolation"})  # network interfaces of what was just deleted may still be there


class Ec2Type(Declared):
    """A type of EC2's API, whose tags all go one way."""

    service = "ec2"
    kind: str  # of resource, in a TagSpecification

    def tags(self, context: Context, p: Properties) -> dict[str, Any]:
        """The TagSpecifications of a create call."""
        tags = tag_list(context, p)
        return {"TagSpecifications": [{"ResourceType": self.kind, "Tags": tags}]} if tags else {}

    def retag(self, context: Context, resource_id: str, change: Change) -> None:
        """Apply the tags again, and take away those that are no longer named."""
        client = self.client(context)
        if dropped := change.dropped_tags():
            client.delete_tags(Resources=[resource_id], Tags=[{"Key": key} for key in dropped])
        if tags := tag_list(context, change.new):
            client.create_tags(Resources=[resource_id], Tags=tags)

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        self.retag(context, physical_id, change)

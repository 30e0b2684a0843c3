"""AWS::CDK::Metadata: what the CDK tells AWS about itself. It makes nothing."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from labs.cloud.cloudformation.resource import Context
from labs.cloud.cloudformation.resources.base import Change, Declared, Properties
from labs.cloud.cloudformation.resources.schema import STRING, Structure, own


class Metadata(Declared):
    """Ref: a name."""

    name = "AWS::CDK::Metadata"

    def properties(self) -> Structure:
        return own(Analytics=STRING, Modules=STRING)

    def make(self, context: Context, p: Properties) -> str:
        return context.name(128)

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        """There is nothing to change."""

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        """There is nothing to delete."""


TYPES = (Metadata,)

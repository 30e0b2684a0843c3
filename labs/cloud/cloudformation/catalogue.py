"""Which resource types a template may have here, and why not the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from labs.cloud.cloudformation.context import suffix
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.resource import Context, Created, ResourceType
from labs.cloud.cloudformation.template import Template

_REFUSED = (
    (
        r"Custom::.*|AWS::CloudFormation::CustomResource",
        "a custom resource is created by an AWS Lambda function of yours, and the local cloud runs no Lambda functions",
    ),
    (
        r"AWS::CloudFormation::WaitCondition(Handle)?",
        "a wait condition waits for a signal that an EC2 instance sends, and the instances of the local cloud run nothing",
    ),
    (
        r"AWS::CloudFormation::(Stack|Macro|StackSet|ModuleVersion)",
        "deploy the other templates as stacks of their own",
    ),
)

IAM_TYPES = {
    "AWS::IAM::AccessKey": (),
    "AWS::IAM::Group": ("GroupName",),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName",),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::IAM::Policy": (),
    "AWS::IAM::Role": ("RoleName",),
    "AWS::IAM::RolePolicy": (),
    "AWS::IAM::User": ("UserName",),
    "AWS::IAM::UserToGroupAddition": (),
}  # the types that need a capability, and the properties that make it CAPABILITY_NAMED_IAM


class CdkMetadata:
    """AWS::CDK::Metadata: a note of the AWS CDK about itself. There is nothing to make."""

    name = "AWS::CDK::Metadata"

    def validate(self, properties: Mapping[str, Any]) -> None:
        """Anything goes."""

    def immutable(self) -> frozenset[str]:
        """Nothing does."""
        return frozenset()

    def create(self, context: Context, properties: Mapping[str, Any]) -> Created:
        """Give it an id."""
        return Created(suffix())

    def update(
        self, context: Context, physical_id: str, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Created:
        """The same note."""
        return Created(physical_id)

    def delete(self, context: Context, physical_id: str, properties: Mapping[str, Any]) -> None:
        """Nothing to do."""


_OWN: Mapping[str, ResourceType] = {CdkMetadata.name: CdkMetadata()}


def resource_type(name: str) -> ResourceType | None:
    """The type of that name; None for one that is not emulated."""
    from labs.cloud.cloudformation import resources

    return _OWN.get(name) or resources.resource_type(name)


def check_types(template: Template) -> None:
    """TemplateError for resource types that this cloud does not deploy, saying why."""
    names = {resource.type for resource in template.resources.values()}
    for name in sorted(names):
        for pattern, why in _REFUSED:
            if re.fullmatch(pattern, name):
                raise TemplateError(f"Resource type {name} is not emulated by the local cloud: {why}.")
    if unknown := sorted(name for name in names if resource_type(name) is None):
        # AWS's sentence, then ours: the type may well exist on AWS.
        raise TemplateError(
            f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]. The local cloud emulates the "
            "types that container templates use: course cloud coverage --service cloudformation lists them."
        )


def needed_capability(template: Template) -> tuple[str | None, list[str]]:
    """CAPABILITY_NAMED_IAM, CAPABILITY_IAM or None, and the types that need it."""
    iam = [resource for resource in template.resources.values() if resource.type in IAM_TYPES]
    if not iam:
        return None, []
    named = any(name in resource.properties for resource in iam for name in IAM_TYPES[resource.type])
    types = sorted({resource.type for resource in iam})
    return ("CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"), types


def missing_capability(template: Template, given: Iterable[str]) -> str | None:
    """The capability that a request should have acknowledged; CAPABILITY_NAMED_IAM includes the other."""
    needed, _ = needed_capability(template)
    sufficient = {needed, "CAPABILITY_NAMED_IAM"}
    return None if needed is None or sufficient & set(given) else needed

"""A template's sections, checked: what it declares, and that what it names exists.

Limits and wording: [User Guide, "CloudFormation quotas"], [Knowledge Center, "How do I resolve template validation
errors?"].
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.reader import read
from labs.cloud.cloudformation.references import references

LARGEST_BODY = 51_200  # bytes of TemplateBody
LARGEST_OBJECT = 1_048_576  # bytes of what TemplateURL names
LIMITS = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
LONGEST_DESCRIPTION = 1024

SECTIONS = {
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
    "Transform",
}
_RESOURCE_MEMBERS = {
    "Type",
    "Properties",
    "DependsOn",
    "Condition",
    "Metadata",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "CreationPolicy",
    "UpdatePolicy",
    "Description",
}
_POLICIES = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot"),
    "UpdateReplacePolicy": ("Delete", "Retain", "Snapshot"),
}
PSEUDO_PARAMETERS = {
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
}


@dataclass(frozen=True)
class Resource:
    """One entry of Resources, its properties unresolved."""

    type: str
    properties: Mapping[str, Any]
    depends_on: tuple[str, ...]
    condition: str | None
    deletion_policy: str
    update_replace_policy: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True)
class Template:
    """A template that has been checked. `text` is what was given."""

    text: str
    description: str | None
    metadata: Mapping[str, Any]
    parameters: Mapping[str, Mapping[str, Any]]
    rules: Mapping[str, Mapping[str, Any]]
    mappings: Mapping[str, Mapping[str, Mapping[str, Any]]]
    conditions: Mapping[str, Any]
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Mapping[str, Any]]


def load(text: str) -> Template:
    """Read and check a template. Raises TemplateError in CloudFormation's words."""
    content = read(text)
    if unknown := [name for name in content if name not in SECTIONS]:
        raise TemplateError(f"Invalid template property or properties [{', '.join(sorted(unknown))}]")
    if content.get("Transform"):
        raise TemplateError(
            "Transforms and macros (AWS::Serverless, AWS::LanguageExtensions, AWS::Include …) are not emulated by the "
            "local cloud: give it the processed template."
        )
    _check_heading(content)
    sections = {
        name: _section(content, name) for name in SECTIONS - {"AWSTemplateFormatVersion", "Description"}
    }
    if not sections["Resources"]:
        raise TemplateError("Template format error: At least one Resources member must be defined.")
    for name, limit in LIMITS.items():
        if len(sections[name]) > limit:
            raise TemplateError(
                f"Template format error: Number of {name.lower()}, {len(sections[name])}, is greater than maximum "
                f"allowed, {limit}"
            )
    template = Template(
        text=text,
        description=content.get("Description"),
        metadata=sections["Metadata"],
        parameters=_members(sections["Parameters"], "Parameter"),
        rules=_members(sections["Rules"], "Rule"),
        mappings=_mappings(sections["Mappings"]),
        conditions=sections["Conditions"],
        resources={name: _resource(name, value) for name, value in sections["Resources"].items()},
        outputs=_members(sections["Outputs"], "Output"),
    )
    _check_outputs(template)
    _check_references(template)
    return template


def _check_heading(content: Mapping[str, Any]) -> None:
    if content.get("AWSTemplateFormatVersion", "2010-09-09") != "2010-09-09":
        raise TemplateError("Template format error: unsupported value for AWSTemplateFormatVersion.")
    description = content.get("Description", "")
    if not isinstance(description, str):
        raise TemplateError("Template format error: Description must be a string.")
    if len(description.encode()) > LONGEST_DESCRIPTION:
        raise TemplateError(
            f"Template format error: Description length is greater than maximum allowed, {LONGEST_DESCRIPTION} bytes."
        )


def _section(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = content.get(name, {})
    if not isinstance(section, dict):
        raise TemplateError(f"Template format error: {name} must be an object.")
    return section


def _members(section: Mapping[str, Any], kind: str) -> Mapping[str, Mapping[str, Any]]:
    for name, value in section.items():
        if not re.fullmatch(r"[A-Za-z0-9]{1,255}", name):
            raise TemplateError(f"Template format error: {kind} name {name} is non alphanumeric.")
        if not isinstance(value, dict):
            raise TemplateError(f"Template format error: Every {kind}s object must be an object: {name}.")
    return section


def _mappings(section: Mapping[str, Any]) -> Mapping[str, Any]:
    for name, mapping in _members(section, "Mapping").items():
        for key, attributes in mapping.items():
            if not isinstance(attributes, dict) or not attributes:
                raise TemplateError(
                    f"Template format error: Every Mappings attribute must be a String or a List: {name}.{key}."
                )
    return section


def _resource(name: str, value: Any) -> Resource:
    if not re.fullmatch(r"[A-Za-z0-9]{1,255}", name):
        raise TemplateError(f"Template format error: Resource name {name} is non alphanumeric.")
    if not isinstance(value, dict):
        raise TemplateError("Template format error: Any Resources member must be an object.")
    kind = value.get("Type")
    if not isinstance(kind, str):
        raise TemplateError(
            f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
        )
    for member in value:
        if member not in _RESOURCE_MEMBERS:
            raise TemplateError(f"Invalid template resource property '{member}'")
    for member in ("Properties", "Metadata", "UpdatePolicy"):
        if not isinstance(value.get(member, {}), dict):
            raise TemplateError(f"Template format error: [/Resources/{name}/{member}] must be an object.")
    # The one update policy that asks for nothing here: sizes that nobody changed are never touched.
    if "CreationPolicy" in value or set(value.get("UpdatePolicy", {})) - {"AutoScalingScheduledAction"}:
        raise TemplateError(
            f"CreationPolicy and UpdatePolicy (of resource {name}) are not emulated by the local cloud."
        )
    depends_on = value.get("DependsOn", [])
    depends_on = [depends_on] if isinstance(depends_on, str) else depends_on
    if not isinstance(depends_on, list) or not all(isinstance(other, str) for other in depends_on):
        raise TemplateError(
            f"Template format error: [/Resources/{name}/DependsOn] Every DependsOn value must be a string."
        )
    condition = value.get("Condition")
    if condition is not None and not isinstance(condition, str):
        raise TemplateError("Template format error: Every Condition member must be a string.")
    return Resource(
        type=kind,
        properties=value.get("Properties", {}),
        depends_on=tuple(depends_on),
        condition=condition,
        deletion_policy=_policy(name, value, "DeletionPolicy"),
        update_replace_policy=_policy(name, value, "UpdateReplacePolicy"),
        metadata=value.get("Metadata", {}),
    )


def _policy(name: str, value: Mapping[str, Any], member: str) -> str:
    policy = value.get(member, "Delete")
    if policy not in _POLICIES[member]:
        raise TemplateError(f"Template error: Unrecognized {member} {policy} for resource {name}")
    if policy == "Snapshot":
        raise TemplateError(f"{member} Snapshot (of resource {name}) is not emulated by the local cloud.")
    return str(policy)


def _check_outputs(template: Template) -> None:
    for name, output in template.outputs.items():
        if "Value" not in output:
            raise TemplateError(
                f"Template format error: Every Outputs member must contain a Value object: {name}."
            )
        if unknown := sorted(set(output) - {"Value", "Description", "Export", "Condition"}):
            raise TemplateError(f"Invalid template output property '{unknown[0]}'")
        export = output.get("Export")
        if export is not None and (not isinstance(export, dict) or set(export) != {"Name"}):
            raise TemplateError(
                f"Template format error: Output {name} is malformed. Its Export needs a Name."
            )


def _check_references(template: Template) -> None:
    declared = PSEUDO_PARAMETERS | template.parameters.keys()
    for name, condition in template.conditions.items():
        if not isinstance(condition, dict) or len(condition) != 1:
            raise TemplateError(
                f"Template format error: Conditions can only be boolean operations on parameters and other conditions: {name}"
            )
        _check_block(template, condition, "Conditions", declared)
    _check_block(template, list(template.rules.values()), "Rules", declared)
    everything = declared | template.resources.keys()
    for resource in template.resources.values():
        _check_block(template, resource.properties, "Resources", everything)
        missing = [other for other in resource.depends_on if other not in template.resources]
        if missing:
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] in the Resources "
                "block of the template"
            )
        _check_condition(template, resource.condition, "Resources")
    for output in template.outputs.values():
        condition = output.get("Condition")
        if condition is not None and not isinstance(condition, str):
            raise TemplateError("Template format error: Every Condition member must be a string.")
        _check_condition(template, condition, "Outputs")
        _check_block(template, [output["Value"], output.get("Export", {})], "Outputs", everything)


def _check_condition(template: Template, name: str | None, block: str) -> None:
    if name is not None and name not in template.conditions:
        raise TemplateError(
            f"Template format error: Unresolved condition dependency {name} in the {block} block of the template"
        )


def _check_block(template: Template, value: Any, block: str, known: set[str]) -> None:
    missing: dict[str, None] = {}
    for reference in references(value):
        if reference.kind == "Condition":
            _check_condition(template, reference.name, block)
        elif reference.kind == "Map":
            if reference.name not in template.mappings:
                raise TemplateError(
                    f"Template error: Mapping named '{reference.name}' is not present in the 'Mappings' section of "
                    "template."
                )
        elif reference.kind == "Ref" and reference.name not in known:
            missing[reference.name] = None
        elif reference.kind == "GetAtt" and (
            block in ("Conditions", "Rules") or reference.name not in template.resources
        ):
            raise TemplateError(
                f"Template error: instance of Fn::GetAtt references undefined resource {reference.name}"
            )
    if missing and block in ("Conditions", "Rules"):
        raise TemplateError(
            f"Template format error: Unresolved dependencies [{', '.join(missing)}]. Cannot reference resources in "
            f"the {block} block of the template"
        )
    if missing:
        raise TemplateError(
            f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] in the {block} block of "
            "the template"
        )

"""Stacks, resources, events, templates and change sets as CloudFormation's answers show them. Pure."""

from __future__ import annotations

from typing import Any

from labs.cloud.cloudformation.catalogue import needed_capability
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.model import Change, ChangeSet, Deployed, Event, Revision, Stack
from labs.cloud.cloudformation.parameters import MASK, define
from labs.cloud.cloudformation.requests import invalid
from labs.cloud.cloudformation.template import Template


def of_tags(revision: Revision) -> list[dict[str, str]]:
    """The tags of a stack."""
    return [{"Key": key, "Value": value} for key, value in revision.tags.items()]


def of_parameters(revision: Revision) -> list[dict[str, str | None]]:
    """The parameters of a stack, with what NoEcho hides."""
    return [
        {
            "ParameterKey": name,
            "ParameterValue": MASK if value.no_echo else value.given,
            "ResolvedValue": value.resolved,
        }
        for name, value in revision.parameters.items()
    ]


def summary_of_stack(stack: Stack) -> dict[str, Any]:
    """A stack as ListStacks shows it."""
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "TemplateDescription": stack.revision.template.description,
        "CreationTime": stack.created,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": stack.deleted,
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }


def of_stack(stack: Stack) -> dict[str, Any]:
    """A stack as DescribeStacks shows it."""
    outputs = [
        {
            "OutputKey": output.key,
            "OutputValue": output.value,
            "Description": output.description,
            "ExportName": output.export,
        }
        for output in stack.outputs
    ]
    return summary_of_stack(stack) | {
        "ChangeSetId": stack.change_set_id,
        "Description": stack.revision.template.description,
        "Parameters": of_parameters(stack.revision),
        "RollbackConfiguration": {},
        "DisableRollback": stack.on_failure == "DO_NOTHING",
        "NotificationARNs": [],
        "TimeoutInMinutes": None if stack.timeout is None else int(stack.timeout // 60),
        "Capabilities": list(stack.revision.capabilities),
        "Outputs": outputs,
        "RoleARN": stack.revision.role_arn,
        "Tags": of_tags(stack.revision),
        "EnableTerminationProtection": stack.protected,
    }


def of_event(stack: Stack, event: Event) -> dict[str, Any]:
    """One event of a stack."""
    return {
        "StackId": stack.id,
        "EventId": event.id,
        "StackName": stack.name,
        "LogicalResourceId": event.logical_id,
        "PhysicalResourceId": event.physical_id,
        "ResourceType": event.type,
        "Timestamp": event.time,
        "ResourceStatus": event.status,
        "ResourceStatusReason": event.reason,
        "ResourceProperties": event.properties,
        "ClientRequestToken": event.token,
    }


def of_resource(record: Deployed) -> dict[str, Any]:
    """One resource of a stack, as every operation shows it."""
    return {
        "LogicalResourceId": record.logical_id,
        "PhysicalResourceId": record.physical_id or None,
        "ResourceType": record.type,
        "LastUpdatedTimestamp": record.time,
        "ResourceStatus": record.status,
        "ResourceStatusReason": record.reason,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def of_template(template: Template) -> dict[str, Any]:
    """What a template asks for, as ValidateTemplate says. Raises ValidationError."""
    try:
        definitions = define(template.parameters)
    except TemplateError as error:
        raise invalid(str(error)) from None
    capability, types = needed_capability(template)
    return {
        "Description": template.description,
        "Parameters": [
            {
                "ParameterKey": definition.name,
                "DefaultValue": definition.default,
                "NoEcho": definition.no_echo,
                "Description": definition.description,
            }
            for definition in definitions.values()
        ],
        "Capabilities": [capability] if capability else [],
        "CapabilitiesReason": f"The following resource(s) require capabilities: [{', '.join(types)}]"
        if capability
        else None,
    }


def of_change_set(stack: Stack, change_set: ChangeSet) -> dict[str, Any]:
    """A change set as ListChangeSets shows it."""
    return {
        "ChangeSetId": change_set.id,
        "ChangeSetName": change_set.name,
        "StackId": stack.id,
        "StackName": stack.name,
        "Description": change_set.description,
        "CreationTime": change_set.created,
        "Status": change_set.status,
        "StatusReason": change_set.reason,
        "ExecutionStatus": change_set.execution_status,
        "IncludeNestedStacks": False,
    }


def of_change(change: Change) -> dict[str, Any]:
    """What a change set would do to one resource."""
    return {
        "Action": change.action,
        "LogicalResourceId": change.logical_id,
        "PhysicalResourceId": change.physical_id,
        "ResourceType": change.type,
        "Replacement": change.replacement,
        "Scope": list(change.scope),
        "Details": list(change.details),
    }

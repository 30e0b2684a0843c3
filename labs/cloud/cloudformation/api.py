"""CloudFormation's API: reads requests, shows stacks. botocore's service model gives the shapes."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from labs.cloud.api.errors import UNSAYABLE
from labs.cloud.cloudformation import descriptions
from labs.cloud.cloudformation.backend import StackBackend, stack_backends
from labs.cloud.cloudformation.model import ChangeSet, Deployed, Stack
from labs.cloud.cloudformation.requests import StackError, invalid
from labs.cloud.cloudformation.template import Template

Item = TypeVar("Item")

PAGE = 100  # items of a list in one answer
DESCRIBED = 100  # resources that DescribeStackResources shows at most [API]

# Members of requests that ask for what is not emulated: refused rather than ignored.
_REFUSED = (
    "StackPolicyBody",
    "StackPolicyURL",
    "StackPolicyDuringUpdateBody",
    "StackPolicyDuringUpdateURL",
    "NotificationARNs",
    "ResourceTypes",
    "ResourcesToImport",
    "IncludeNestedStacks",
    "DeploymentMode",
    "DeploymentConfig",
    "RetainExceptOnCreate",
)


class StackResponse(BaseResponse):
    """Dispatches the operations. What has no method here is not emulated, and the front door says so."""

    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> StackBackend:
        """The stacks of the caller's Region."""
        return stack_backends[self.current_account][self.region]

    def _wanted(self) -> Mapping[str, Any]:
        """The request. Refuses what would be ignored."""
        wanted = self._get_params()
        if any(UNSAYABLE.search(value) for values in self.querystring.values() for value in values):
            raise invalid("The request contains a control character, which XML cannot carry.")
        for name in _REFUSED:
            if wanted.get(name):
                raise invalid(f"{name} is not emulated by the local cloud.")
        if (wanted.get("RollbackConfiguration") or {}).get("RollbackTriggers"):
            raise invalid("RollbackConfiguration is not emulated by the local cloud.")
        return wanted

    def _required(self, name: str) -> str:
        value = self._get_param(name)
        if not value:
            raise invalid(
                f"1 validation error detected: Value null at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: "
                "Member must not be null"
            )
        return str(value)

    def _page(self, items: Sequence[Item], size: int = PAGE) -> tuple[Sequence[Item], str | None]:
        token = self._get_param("NextToken")
        start = 0
        if token:
            try:
                start = int(base64.b64decode(token, validate=True).decode())
            except ValueError:
                raise invalid("NextToken is not valid.") from None
        end = start + size
        following = base64.b64encode(str(end).encode()).decode() if end < len(items) else None
        return items[start:end] if start >= 0 else [], following

    # Stacks

    def create_stack(self) -> ActionResult:
        """CreateStack."""
        self._required("StackName")
        return ActionResult({"StackId": self.backend.create_stack(self._wanted(), self.access_key).id})

    def update_stack(self) -> ActionResult:
        """UpdateStack."""
        self._required("StackName")
        return ActionResult({"StackId": self.backend.update_stack(self._wanted(), self.access_key).id})

    def delete_stack(self) -> ActionResult:
        """DeleteStack."""
        name = self._required("StackName")
        if self._get_param("DeletionMode") == "FORCE_DELETE_STACK":
            raise invalid("DeletionMode FORCE_DELETE_STACK is not emulated by the local cloud.")
        self.backend.delete_stack(
            name,
            self._wanted().get("RetainResources") or [],
            self.access_key,
            self._get_param("ClientRequestToken"),
            self._get_param("RoleARN"),
        )
        return EmptyResult()

    def cancel_update_stack(self) -> ActionResult:
        """CancelUpdateStack."""
        self.backend.cancel_update(self._required("StackName"))
        return EmptyResult()

    def continue_update_rollback(self) -> ActionResult:
        """ContinueUpdateRollback."""
        self.backend.continue_rollback(
            self._required("StackName"),
            self._wanted().get("ResourcesToSkip") or [],
            self.access_key,
            self._get_param("ClientRequestToken"),
        )
        return ActionResult({})

    def rollback_stack(self) -> ActionResult:
        """RollbackStack."""
        self._wanted()
        stack = self.backend.roll_back(
            self._required("StackName"), self.access_key, self._get_param("ClientRequestToken")
        )
        return ActionResult({"StackId": stack.id})

    def update_termination_protection(self) -> ActionResult:
        """UpdateTerminationProtection."""
        stack = self.backend.get(self._required("StackName"))
        wanted = self._get_bool_param("EnableTerminationProtection")
        if wanted is None:
            raise invalid("EnableTerminationProtection must be specified.")
        stack.protected = wanted
        return ActionResult({"StackId": stack.id})

    def describe_stacks(self) -> ActionResult:
        """DescribeStacks."""
        name = self._get_param("StackName")
        stacks = [self.backend.get(name)] if name else sorted(self.backend.live(), key=_newest)
        shown, token = self._page(stacks)
        return ActionResult({"Stacks": [descriptions.of_stack(stack) for stack in shown], "NextToken": token})

    def list_stacks(self) -> ActionResult:
        """ListStacks."""
        wanted = self._get_param("StackStatusFilter") or []
        stacks = sorted(self.backend.stacks.values(), key=_newest)
        shown, token = self._page([stack for stack in stacks if not wanted or stack.status in wanted])
        return ActionResult(
            {"StackSummaries": [descriptions.summary_of_stack(stack) for stack in shown], "NextToken": token}
        )

    def describe_stack_events(self) -> ActionResult:
        """DescribeStackEvents: the latest first."""
        name = self._required("StackName")
        stack = self.backend.named(name)
        if stack is None:
            raise invalid(f"Stack [{name}] does not exist")
        shown, token = self._page(stack.events[::-1])
        return ActionResult(
            {"StackEvents": [descriptions.of_event(stack, event) for event in shown], "NextToken": token}
        )

    def describe_stack_resource(self) -> ActionResult:
        """DescribeStackResource."""
        stack = self.backend.get(self._required("StackName"))
        logical_id = self._required("LogicalResourceId")
        record = stack.resources.get(logical_id)
        if record is None:
            raise invalid(f"Resource {logical_id} does not exist for stack {stack.name}")
        detail = descriptions.of_resource(record) | {
            "StackName": stack.name,
            "StackId": stack.id,
            "Metadata": json.dumps(record.metadata) if record.metadata else None,
        }
        return ActionResult({"StackResourceDetail": detail})

    def describe_stack_resources(self) -> ActionResult:
        """DescribeStackResources."""
        name, physical_id = self._get_param("StackName"), self._get_param("PhysicalResourceId")
        if bool(name) == bool(physical_id):
            raise invalid("You must specify exactly one of StackName and PhysicalResourceId.")
        backend = self.backend
        stack = backend.get(name) if name else _owner(backend, physical_id)
        wanted = self._get_param("LogicalResourceId")
        resources = [
            descriptions.of_resource(record)
            | {"StackName": stack.name, "StackId": stack.id, "Timestamp": record.time}
            for record in _sorted(stack)
            if not wanted or record.logical_id == wanted
        ]
        return ActionResult({"StackResources": resources[:DESCRIBED]})

    def list_stack_resources(self) -> ActionResult:
        """ListStackResources."""
        stack = self.backend.get(self._required("StackName"))
        shown, token = self._page(_sorted(stack))
        return ActionResult(
            {
                "StackResourceSummaries": [descriptions.of_resource(record) for record in shown],
                "NextToken": token,
            }
        )

    # Templates

    def get_template(self) -> ActionResult:
        """GetTemplate: no transforms, so both stages are the same."""
        stage = self._get_param("TemplateStage") or "Original"
        if stage not in ("Original", "Processed"):
            raise invalid(f"TemplateStage {stage} is not one of Original, Processed.")
        name, change_set = self._get_param("StackName"), self._get_param("ChangeSetName")
        if change_set:
            revision = self.backend.change_set(change_set, name)[1].revision
        else:
            stack = self.backend.get(self._required("StackName"))
            if stack.status == "REVIEW_IN_PROGRESS":
                raise invalid(f"Stack with id {name} does not exist")
            revision = stack.revision
        return ActionResult(
            {"TemplateBody": revision.template.text, "StagesAvailable": ["Original", "Processed"]}
        )

    def get_template_summary(self) -> ActionResult:
        """GetTemplateSummary."""
        if self._get_param("StackSetName"):
            raise invalid("Stack sets are not emulated by the local cloud.")
        name = self._get_param("StackName")
        template = self.backend.get(name).revision.template if name else self._template()
        summary = descriptions.of_template(template)
        for parameter, definition in zip(summary["Parameters"], template.parameters.values(), strict=True):
            allowed = definition.get("AllowedValues") or []
            parameter["ParameterType"] = definition["Type"]
            parameter["ParameterConstraints"] = {"AllowedValues": [str(value) for value in allowed]}
        return ActionResult(
            summary
            | {
                "ResourceTypes": sorted({resource.type for resource in template.resources.values()}),
                "Version": "2010-09-09",
                "Metadata": json.dumps(template.metadata) if template.metadata else None,
            }
        )

    def validate_template(self) -> ActionResult:
        """ValidateTemplate."""
        return ActionResult(descriptions.of_template(self._template()))

    def _template(self) -> Template:
        return self.backend.template(self._get_param("TemplateBody"), self._get_param("TemplateURL"))

    # Change sets

    def create_change_set(self) -> ActionResult:
        """CreateChangeSet."""
        self._required("StackName")
        self._required("ChangeSetName")
        stack, change_set = self.backend.create_change_set(self._wanted(), self.access_key)
        return ActionResult({"Id": change_set.id, "StackId": stack.id})

    def describe_change_set(self) -> ActionResult:
        """DescribeChangeSet."""
        stack, change_set = self._change_set()
        shown, token = self._page(change_set.changes)
        about = descriptions.of_change_set(stack, change_set) | {
            "Parameters": descriptions.of_parameters(change_set.revision),
            "Capabilities": list(change_set.revision.capabilities),
            "Tags": descriptions.of_tags(change_set.revision),
            "NotificationARNs": [],
            "RollbackConfiguration": {},
            "OnStackFailure": change_set.on_failure,
            "Changes": [
                {"Type": "Resource", "ResourceChange": descriptions.of_change(change)} for change in shown
            ],
            "NextToken": token,
        }
        return ActionResult(about)

    def execute_change_set(self) -> ActionResult:
        """ExecuteChangeSet."""
        self._wanted()
        self.backend.execute_change_set(
            self._required("ChangeSetName"),
            self._get_param("StackName"),
            self._get_bool_param("DisableRollback"),
            self.access_key,
            self._get_param("ClientRequestToken"),
        )
        return ActionResult({})

    def delete_change_set(self) -> ActionResult:
        """DeleteChangeSet: one that does not exist is fine."""
        try:
            self.backend.delete_change_set(self._required("ChangeSetName"), self._get_param("StackName"))
        except StackError as error:
            if error.code != "ChangeSetNotFound":
                raise
        return ActionResult({})

    def list_change_sets(self) -> ActionResult:
        """ListChangeSets."""
        stack = self.backend.get(self._required("StackName"))
        shown, token = self._page(list(stack.change_sets.values()))
        return ActionResult(
            {
                "Summaries": [descriptions.of_change_set(stack, change_set) for change_set in shown],
                "NextToken": token,
            }
        )

    def _change_set(self) -> tuple[Stack, ChangeSet]:
        return self.backend.change_set(self._required("ChangeSetName"), self._get_param("StackName"))

    # Exports

    def list_exports(self) -> ActionResult:
        """ListExports."""
        shown, token = self._page(list(self.backend.exports()))
        exports = [
            {"ExportingStackId": stack.id, "Name": output.export, "Value": output.value}
            for stack, output in shown
        ]
        return ActionResult({"Exports": exports, "NextToken": token})

    def list_imports(self) -> ActionResult:
        """ListImports."""
        name = self._required("ExportName")
        if not any(output.export == name for _, output in self.backend.exports()):
            raise invalid(f"Export '{name}' does not exist.")
        importers = self.backend.importers(name)
        if not importers:
            raise invalid(f"Export '{name}' is not imported by any stack.")
        shown, token = self._page(importers)
        return ActionResult({"Imports": list(shown), "NextToken": token})


# moto's dispatcher finds a service's addresses here (see StackBackend._url_module).
url_bases = [r"https?://cloudformation\.(.+)\.amazonaws\.com"]
url_paths = {"{0}/$": StackResponse.dispatch}


def _newest(stack: Stack) -> float:
    return -stack.created.timestamp()


def _sorted(stack: Stack) -> list[Deployed]:
    return [record for _, record in sorted(stack.resources.items())]


def _owner(backend: StackBackend, physical_id: str) -> Stack:
    for stack in backend.live():
        if any(record.physical_id == physical_id for record in stack.resources.values()):
            return stack
    raise invalid(f"Stack for {physical_id} does not exist")

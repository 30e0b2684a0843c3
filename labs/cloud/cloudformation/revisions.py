"""What a request would make of a stack: template, parameters and tags read and checked, and the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.catalogue import check_types, missing_capability, resource_type
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.model import Revision, Stack
from labs.cloud.cloudformation.parameters import Value, assign, define
from labs.cloud.cloudformation.plan import Plan, plan
from labs.cloud.cloudformation.requests import StackError, given_parameters, given_tags, invalid
from labs.cloud.cloudformation.scoping import Place, active, check_rules, scope_of
from labs.cloud.cloudformation.stacks import Stacks
from labs.cloud.cloudformation.template import LARGEST_BODY, Template, load


class Revisions(Stacks):
    """Requests of one Region's callers, read. Nothing is changed here."""

    def template(self, body: str | None, url: str | None) -> Template:
        """The template that a request gives. Raises ValidationError."""
        if (body is None) == (url is None):
            raise invalid("Either Template URL or Template Body must be specified.")
        if body is not None and len(body.encode()) > LARGEST_BODY:
            raise invalid(
                "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have "
                f"length less than or equal to {LARGEST_BODY}"
            )
        try:
            template = load(body if body is not None else self.lookups.template(url or ""))
            check_types(template)
        except TemplateError as error:
            raise invalid(str(error)) from None
        return template

    def revision(self, wanted: Mapping[str, Any], stack: Stack | None, access_key_id: str) -> Revision:
        """What CreateStack, UpdateStack and CreateChangeSet ask for. `stack` is what is there already."""
        if wanted.get("UsePreviousTemplate"):
            if stack is None or stack.status == "REVIEW_IN_PROGRESS":
                raise invalid("Template not found: there is no previous template to use.")
            if wanted.get("TemplateBody") or wanted.get("TemplateURL"):
                raise invalid("You cannot specify both usePreviousTemplate and Template Body/Template URL.")
            template = stack.revision.template
        else:
            template = self.template(wanted.get("TemplateBody"), wanted.get("TemplateURL"))
        previous: Mapping[str, Value] = {} if stack is None else stack.revision.parameters
        role = wanted.get("RoleARN") or (stack.revision.role_arn if stack is not None else None)
        if role is not None and not self.runtime.authorizer.trusts(role, "cloudformation.amazonaws.com"):
            raise invalid(f"Role {role} is invalid or cannot be assumed")
        try:
            values = assign(
                define(template.parameters),
                given_parameters(wanted.get("Parameters") or []),
                previous,
                self.lookups.by(access_key_id, role),
            )
        except TemplateError as error:
            raise invalid(str(error)) from None
        capabilities = tuple(wanted.get("Capabilities") or ())
        if missing := missing_capability(template, capabilities):
            raise StackError("InsufficientCapabilitiesException", f"Requires capabilities : [{missing}]")
        tags = (
            given_tags(wanted["Tags"]) if wanted.get("Tags") else dict(stack.revision.tags) if stack else {}
        )
        return Revision(template, values, tags, capabilities, role)

    def plan(self, stack: Stack, revision: Revision) -> Plan:
        """What the revision would do to the stack. Raises ValidationError."""
        place = Place(stack.id, stack.name, stack.region, stack.account_id, self.export, self.zones)
        try:
            scope = scope_of(revision, place)
            check_rules(revision, scope)
            return plan(
                stack.resources,
                active(revision, scope),
                scope,
                _immutable,
                dict(revision.tags) != dict(stack.revision.tags),
                revision.template.outputs,
            )
        except TemplateError as error:
            raise invalid(str(error)) from None


def changes_nothing(stack: Stack, revision: Revision, planned: Plan) -> bool:
    """No resource, output or tag would be another one."""
    same_tags = dict(stack.revision.tags) == dict(revision.tags)
    return not planned.changes and planned.outputs == stack.outputs and same_tags


def _immutable(name: str) -> frozenset[str]:
    kind = resource_type(name)
    return frozenset() if kind is None else kind.immutable()

"""One Region's stacks: what may be asked of them, and when. Every method is called under the cloud's lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from uuid import uuid4

from moto.core.base_backend import BackendDict, BaseBackend

from labs.cloud.aws.sts import assume_task_role
from labs.cloud.cloudformation.catalogue import check_types, missing_capability, resource_type
from labs.cloud.cloudformation.clients import Clients, Credentials
from labs.cloud.cloudformation.engine import Operation
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.journal import stack_event
from labs.cloud.cloudformation.lookups import Lookups
from labs.cloud.cloudformation.model import Before, Change, ChangeSet, Output, Revision, Stack
from labs.cloud.cloudformation.parameters import Value, assign, define
from labs.cloud.cloudformation.plan import Plan, plan
from labs.cloud.cloudformation.requests import (
    StackError,
    check_name,
    given_parameters,
    given_tags,
    invalid,
)
from labs.cloud.cloudformation.scoping import Place, active, check_rules, scope_of
from labs.cloud.cloudformation.template import LARGEST_BODY, Template, load
from labs.cloud.cloudformation.texts import say
from labs.cloud.runtime import Runtime

NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)
UPDATABLE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}


class StackBackend(BaseBackend):
    """The stacks of one Region."""

    # One cloud per process, as moto has one set of backends per process; set by install().
    runtime: ClassVar[Runtime]
    clients: ClassVar[Clients]

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.stacks: dict[str, Stack] = {}  # by ARN; deleted ones too, as on AWS
        self.operations: dict[str, Operation] = {}  # under way, by the stack's ARN
        self.lookups = Lookups(self.runtime, region_name)

    @property
    def _url_module(self) -> Any:
        from labs.cloud.cloudformation import api

        return api

    def reset(self) -> None:
        """Forget everything; operations that still run end without another call."""
        for operation in self.operations.values():
            operation.abandon()
        super().reset()

    # Looking

    def live(self) -> Iterator[Stack]:
        """The stacks that are not deleted."""
        return (stack for stack in self.stacks.values() if stack.status != "DELETE_COMPLETE")

    def named(self, name: str) -> Stack | None:
        """A live stack by its name, or any stack by its ARN."""
        if name.startswith("arn:"):
            return self.stacks.get(name)
        return next((stack for stack in self.live() if stack.name == name), None)

    def get(self, name: str) -> Stack:
        """As `named`. Raises ValidationError."""
        stack = self.named(name)
        if stack is None:
            raise invalid(f"Stack with id {name} does not exist")
        return stack

    def change_set(self, name: str, stack_name: str | None) -> tuple[Stack, ChangeSet]:
        """A change set by its ARN, or by its name and its stack's. Raises ChangeSetNotFound."""
        if not name.startswith("arn:") and stack_name is None:
            raise invalid("StackName must be specified if ChangeSetName is not specified as an ARN.")
        stacks = [self.get(stack_name)] if stack_name is not None else list(self.stacks.values())
        for stack in stacks:
            for change_set in reversed(stack.change_sets.values()):  # the latest of that name
                if name in (change_set.id, change_set.name):
                    return stack, change_set
        raise StackError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")

    def exports(self) -> Iterator[tuple[Stack, Output]]:
        """Every exported output."""
        return ((stack, output) for stack in self.live() for output in stack.outputs if output.export)

    def importers(self, export: str) -> list[str]:
        """The names of the stacks that use an export."""
        return [stack.name for stack in self.live() if export in stack.imports]

    # What operations ask (engine.Region)

    def export(self, name: str) -> str:
        """The value of an export. Raises TemplateError."""
        with self.runtime.lock:
            for _, output in self.exports():
                if output.export == name:
                    return output.value
        raise TemplateError(f"No export named {name} found.")

    def zones(self, region: str) -> list[str]:
        """A Region's Availability Zones."""
        return self.lookups.zones(region)

    def dereference(self, caller: str, value: Any) -> Any:
        """See lookups.Lookups."""
        return self.lookups.dereference(caller, value)

    def check_exports(self, stack: Stack, outputs: tuple[Output, ...]) -> None:
        """TemplateError when these outputs would clash with what other stacks export or use."""
        with self.runtime.lock:
            new = {output.export: output.value for output in outputs if output.export}
            if len(new) < sum(output.export is not None for output in outputs):
                raise TemplateError("Template format error: Output exports must have different names.")
            for owner, output in self.exports():
                if owner is not stack and output.export in new:
                    raise TemplateError(
                        f"Export with name {output.export} is already exported by stack {owner.name}."
                    )
            for output in stack.outputs:
                if not output.export:
                    continue
                users = self.importers(output.export)
                if not users or new.get(output.export) == output.value:
                    continue
                verb = "updated" if output.export in new else "deleted"
                raise TemplateError(
                    f"Export {output.export} cannot be {verb} as it is in use by {', '.join(users)}"
                )

    def finished(self, stack: Stack) -> None:
        """The stack has reached a lasting status."""
        with self.runtime.lock:
            operation = self.operations.pop(stack.id, None)
        if operation is not None:
            self.runtime.stack_operations.remove(operation)

    # Reading what is asked for

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

    # Stacks

    def create_stack(self, wanted: Mapping[str, Any], access_key_id: str) -> Stack:
        """Start to create a stack."""
        name = wanted["StackName"]
        check_name("stackName", name)
        if self.named(name) is not None:
            raise StackError("AlreadyExistsException", f"Stack [{name}] already exists")
        on_failure = wanted.get("OnFailure")
        if wanted.get("DisableRollback") and on_failure is not None:
            raise invalid("You can specify either DisableRollback or OnFailure, but not both.")
        revision = self.revision(wanted, None, access_key_id)
        stack = self._new_stack(name, revision, "CREATE_IN_PROGRESS")
        stack.on_failure = on_failure or ("DO_NOTHING" if wanted.get("DisableRollback") else "ROLLBACK")
        stack.protected = bool(wanted.get("EnableTerminationProtection"))
        stack.timeout = wanted["TimeoutInMinutes"] * 60 if wanted.get("TimeoutInMinutes") else None
        self._check_imports_later(stack, revision)
        self.stacks[stack.id] = stack
        self._begin_creation(stack, access_key_id, wanted.get("ClientRequestToken"))
        return stack

    def _check_imports_later(self, stack: Stack, revision: Revision) -> None:
        """Refuse what no creation could do; an unknown export, though, fails the stack itself, as on AWS."""
        try:
            self.plan(stack, revision)
        except StackError as error:
            if not str(error.message).startswith("No export named"):
                raise

    def update_stack(self, wanted: Mapping[str, Any], access_key_id: str) -> Stack:
        """Start to update a stack. Raises ValidationError when there is nothing to do."""
        stack = self.get(wanted["StackName"])
        self._check_updatable(stack)
        revision = self.revision(wanted, stack, access_key_id)
        if _changes_nothing(stack, revision, self.plan(stack, revision)):
            raise invalid("No updates are to be performed.")
        self._begin_update(
            stack, revision, wanted.get("DisableRollback"), access_key_id, wanted.get("ClientRequestToken")
        )
        return stack

    def delete_stack(
        self,
        name: str,
        retained: Sequence[str],
        access_key_id: str,
        token: str | None,
        role_arn: str | None,
    ) -> None:
        """Start to delete a stack; one that does not exist is fine."""
        stack = self.named(name)
        if stack is None or stack.status in ("DELETE_COMPLETE", "DELETE_IN_PROGRESS"):
            return
        if stack.protected:
            raise invalid(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        running = self.operations.get(stack.id)
        if running is not None and stack.status not in ("CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"):
            raise invalid(f"Stack [{stack.id}] cannot be deleted while in status {stack.status}")
        if retained and stack.status != "DELETE_FAILED":
            raise invalid(
                "Invalid operation on stack. Specify resources to retain only if the stack is in the DELETE_FAILED state."
            )
        if unknown := [one for one in retained if one not in stack.resources]:
            raise invalid(
                f"The specified resources to retain do not exist in the stack: [{', '.join(unknown)}]"
            )
        for output in stack.outputs:
            users = self.importers(output.export) if output.export else []
            if users:  # DeleteStack succeeds; the stack stays as it is and says why
                stack.reason = f"Delete canceled. Cannot delete export {output.export} as it is in use by {', '.join(users)}."
                stack.events.append(stack_event(stack, self.runtime.clock.now(), token))
                return
        if role_arn is not None and not self.runtime.authorizer.trusts(
            role_arn, "cloudformation.amazonaws.com"
        ):
            raise invalid(f"Role {role_arn} is invalid or cannot be assumed")
        thread = stack.thread if running is not None else None
        if running is not None:
            running.supersede()
        operation = self._operation(stack, access_key_id, token, role_arn)
        self._set(stack, "DELETE_IN_PROGRESS", "User Initiated", token)
        operation.tell("delete")
        stack.thread = operation.start(lambda: operation.delete(frozenset(retained), thread))

    def cancel_update(self, name: str) -> None:
        """Roll an update back while it is still going forward."""
        stack = self.get(name)
        operation = self.operations.get(stack.id)
        if stack.status != "UPDATE_IN_PROGRESS" or operation is None:
            raise invalid("CancelUpdateStack cannot be called from current stack status")
        operation.cancel("User Initiated")

    def continue_rollback(
        self, name: str, skipped: Sequence[str], access_key_id: str, token: str | None
    ) -> None:
        """Try a failed roll-back again, without the `skipped` resources."""
        stack = self.get(name)
        if stack.status != "UPDATE_ROLLBACK_FAILED":
            raise invalid(f"Stack:{stack.id} is in {stack.status} state and can not continue rolling back.")
        for one in skipped:
            if one not in stack.resources or stack.resources[one].status != "UPDATE_FAILED":
                raise invalid(f"Resource [{one}] cannot be skipped: it is not in the UPDATE_FAILED state.")
        operation = self._operation(stack, access_key_id, token)
        self._set(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated", token)
        stack.thread = operation.start(
            lambda: operation.roll_back_update("User Initiated", frozenset(skipped))
        )

    def roll_back(self, name: str, access_key_id: str, token: str | None) -> Stack:
        """Roll back a stack that failed while its roll-back was disabled."""
        stack = self.get(name)
        if stack.status not in ("CREATE_FAILED", "UPDATE_FAILED"):
            raise invalid(f"Stack:{stack.id} is in {stack.status} state and can not be rolled back.")
        operation = self._operation(stack, access_key_id, token)
        if stack.status == "CREATE_FAILED":
            self._set(stack, "ROLLBACK_IN_PROGRESS", "User Initiated", token)
            stack.thread = operation.start(lambda: operation.roll_back_creation("User Initiated"))
        else:
            self._set(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated", token)
            stack.thread = operation.start(lambda: operation.roll_back_update("User Initiated"))
        return stack

    # Change sets

    def create_change_set(self, wanted: Mapping[str, Any], access_key_id: str) -> tuple[Stack, ChangeSet]:
        """Propose a new stack or a change to one."""
        kind = wanted.get("ChangeSetType") or "UPDATE"
        name, stack_name = wanted["ChangeSetName"], wanted["StackName"]
        check_name("changeSetName", name)
        if kind == "IMPORT" or wanted.get("ImportExistingResources"):
            raise invalid("Importing existing resources is not emulated by the local cloud.")
        stack = self.named(stack_name)
        if kind == "CREATE":
            check_name("stackName", stack_name)
            if stack is not None and stack.status != "REVIEW_IN_PROGRESS":
                raise invalid(
                    f"Stack {stack_name} already exists and cannot be created again with the changeSet {name}"
                )
        else:
            stack = self.get(stack_name)
            self._check_updatable(stack)
        # The AWS CLI names its change sets by the second, which AWS is too slow to meet twice: only the name of one
        # that can still be executed is taken.
        if stack is not None and any(
            other.name == name and other.execution_status == "AVAILABLE"
            for other in stack.change_sets.values()
        ):
            raise StackError("AlreadyExistsException", f"ChangeSet {name} already exists")
        revision = self.revision(wanted, stack, access_key_id)
        if stack is None:
            stack = self._new_stack(stack_name, revision, "REVIEW_IN_PROGRESS")
        changes: tuple[Change, ...] = ()
        reason = None
        try:
            planned = self.plan(stack, revision)
        except StackError as error:
            if not self.stacks.get(stack.id):
                self.stacks[stack.id] = stack  # AWS leaves it in REVIEW_IN_PROGRESS too
            reason = str(error.message)
        else:
            self.stacks[stack.id] = stack
            changes = planned.changes
            if kind == "UPDATE" and _changes_nothing(stack, revision, planned):
                reason = NO_CHANGES
        change_set = ChangeSet(
            id=f"arn:aws:cloudformation:{self.region_name}:{self.account_id}:changeSet/{name}/{uuid4()}",
            name=name,
            type=kind,
            revision=revision,
            changes=changes,
            status="CREATE_COMPLETE" if reason is None else "FAILED",
            reason=reason,
            execution_status="AVAILABLE" if reason is None else "UNAVAILABLE",
            created=self.runtime.clock.now(),
            description=wanted.get("Description"),
            on_failure=wanted.get("OnStackFailure"),
        )
        stack.change_sets[change_set.id] = change_set
        return stack, change_set

    def execute_change_set(
        self,
        name: str,
        stack_name: str | None,
        disable_rollback: bool | None,
        access_key_id: str,
        token: str | None,
    ) -> None:
        """Do what a change set proposes; the stack's other change sets are deleted."""
        stack, change_set = self.change_set(name, stack_name)
        if change_set.execution_status != "AVAILABLE" or stack.in_progress:
            raise StackError(
                "InvalidChangeSetStatus",
                f"ChangeSet [{change_set.id}] cannot be executed in its current status of [{change_set.status}]",
            )
        if change_set.type == "UPDATE":
            self._check_updatable(stack)
        change_set.execution_status = "EXECUTE_COMPLETE"
        stack.change_sets = {change_set.id: change_set}
        stack.change_set_id = change_set.id
        on_failure = change_set.on_failure or ("DO_NOTHING" if disable_rollback else "ROLLBACK")
        if change_set.type == "CREATE":
            stack.revision, stack.on_failure = change_set.revision, on_failure
            self._set(stack, "CREATE_IN_PROGRESS", "User Initiated", token)
            self._begin_creation(stack, access_key_id, token)
        else:
            self._begin_update(stack, change_set.revision, on_failure == "DO_NOTHING", access_key_id, token)

    def delete_change_set(self, name: str, stack_name: str | None) -> None:
        """Forget a change set; the placeholder of a stack that never was stays in REVIEW_IN_PROGRESS."""
        stack, change_set = self.change_set(name, stack_name)
        del stack.change_sets[change_set.id]

    # Steps

    def _new_stack(self, name: str, revision: Revision, status: str) -> Stack:
        now = self.runtime.clock.now()
        stack = Stack(
            id=f"arn:aws:cloudformation:{self.region_name}:{self.account_id}:stack/{name}/{uuid4()}",
            name=name,
            region=self.region_name,
            account_id=self.account_id,
            revision=revision,
            created=now,
            status=status,
            reason="User Initiated",
        )
        stack.events.append(stack_event(stack, now))
        return stack

    def _check_updatable(self, stack: Stack) -> None:
        if stack.status not in UPDATABLE:
            raise invalid(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")

    def _begin_creation(self, stack: Stack, access_key_id: str, token: str | None) -> None:
        operation = self._operation(stack, access_key_id, token)
        operation.tell("create", count=len(stack.revision.template.resources))
        stack.thread = operation.start(operation.create)

    def _begin_update(
        self,
        stack: Stack,
        revision: Revision,
        disable_rollback: bool | None,
        access_key_id: str,
        token: str | None,
    ) -> None:
        tags_changed = dict(revision.tags) != dict(stack.revision.tags)
        for change_set in stack.change_sets.values():
            if change_set.execution_status == "AVAILABLE":
                change_set.execution_status = "OBSOLETE"  # it was made for what the stack is no longer
        stack.before = Before(stack.revision, dict(stack.resources), stack.imports)
        stack.revision, stack.updated = revision, self.runtime.clock.now()
        stack.on_failure = "DO_NOTHING" if disable_rollback else "ROLLBACK"
        operation = self._operation(stack, access_key_id, token)
        self._set(stack, "UPDATE_IN_PROGRESS", "User Initiated", token)
        operation.tell("update")
        stack.thread = operation.start(lambda: operation.update(tags_changed))

    def _set(self, stack: Stack, status: str, reason: str | None, token: str | None) -> None:
        stack.status, stack.reason = status, reason
        stack.events.append(stack_event(stack, self.runtime.clock.now(), token))

    def _operation(
        self, stack: Stack, access_key_id: str, token: str | None, role_arn: str | None = None
    ) -> Operation:
        """An operation with the rights of the stack's role, else of the caller, as on AWS."""
        runtime = self.runtime

        def tell(key: str, **values: object) -> None:
            runtime.narrate(f"stack-{key}", stack.name, say, key, stack=stack.name, **values)

        credentials = self._credentials(access_key_id, role_arn or stack.revision.role_arn)
        operation = Operation(
            stack=stack,
            region=self,
            types=resource_type,
            clients=self.clients.of(credentials, self.region_name),
            caller=credentials.access_key_id,
            lock=runtime.lock,
            clock=runtime.clock,
            tell=tell,
            token=token,
        )
        self.operations[stack.id] = operation
        runtime.stack_operations.add(operation)
        return operation

    def _credentials(self, access_key_id: str, role_arn: str | None) -> Credentials:
        if role_arn is not None:
            role = assume_task_role(self.runtime, self.region_name, role_arn, "AWSCloudFormation", 3600)
            return Credentials(role.access_key_id, role.secret_access_key, role.session_token)
        keyring = self.runtime.credentials
        if access_key_id == keyring.access_key_id:
            return Credentials(keyring.access_key_id, keyring.secret_access_key, None)
        key = keyring.find(access_key_id)
        assert key is not None  # the front door has verified it
        return Credentials(access_key_id, key.secret_access_key, key.session_token)


stack_backends = BackendDict(StackBackend, "cloudformation")


def _immutable(name: str) -> frozenset[str]:
    kind = resource_type(name)
    return frozenset() if kind is None else kind.immutable()


def _changes_nothing(stack: Stack, revision: Revision, planned: Plan) -> bool:
    """No resource, output or tag would be another one."""
    same_tags = dict(stack.revision.tags) == dict(revision.tags)
    return not planned.changes and planned.outputs == stack.outputs and same_tags

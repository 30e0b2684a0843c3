"""The steps that begin an operation on a stack: status, event, thread, and the rights that it acts by."""

from __future__ import annotations

from uuid import uuid4

from labs.cloud.aws.sts import assume_task_role
from labs.cloud.cloudformation.catalogue import resource_type
from labs.cloud.cloudformation.clients import Credentials
from labs.cloud.cloudformation.engine import Operation
from labs.cloud.cloudformation.journal import stack_event
from labs.cloud.cloudformation.model import Before, Revision, Stack
from labs.cloud.cloudformation.requests import invalid
from labs.cloud.cloudformation.revisions import Revisions
from labs.cloud.cloudformation.texts import say

UPDATABLE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}


class Starting(Revisions):
    """Operations of one Region, begun."""

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

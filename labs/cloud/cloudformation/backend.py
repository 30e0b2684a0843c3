"""One Region's stacks: what may be asked of them, and when. Every method is called under the cloud's lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moto.core.base_backend import BackendDict

from labs.cloud.cloudformation.change_sets import ChangeSets
from labs.cloud.cloudformation.journal import stack_event
from labs.cloud.cloudformation.model import Revision, Stack
from labs.cloud.cloudformation.requests import StackError, check_name, invalid
from labs.cloud.cloudformation.revisions import changes_nothing


class StackBackend(ChangeSets):
    """The stacks of one Region, with all operations on them."""

    @property
    def _url_module(self) -> Any:
        from labs.cloud.cloudformation import api

        return api

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
        if changes_nothing(stack, revision, self.plan(stack, revision)):
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


stack_backends = BackendDict(StackBackend, "cloudformation")

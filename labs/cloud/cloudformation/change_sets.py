"""Change sets: proposed, executed, forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from labs.cloud.cloudformation.model import Change, ChangeSet, Stack
from labs.cloud.cloudformation.requests import StackError, check_name, invalid
from labs.cloud.cloudformation.revisions import changes_nothing
from labs.cloud.cloudformation.starting import Starting

NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


class ChangeSets(Starting):
    """One Region's change sets."""

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
            if kind == "UPDATE" and changes_nothing(stack, revision, planned):
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

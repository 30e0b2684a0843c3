"""One Region's stacks and what is known of them: by name, their change sets, exports and who imports them.

Every method is called under the cloud's lock, but for those that a running operation asks, which take it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from moto.core.base_backend import BaseBackend

from labs.cloud.cloudformation.clients import Clients
from labs.cloud.cloudformation.engine import Operation
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.lookups import Lookups
from labs.cloud.cloudformation.model import ChangeSet, Output, Stack
from labs.cloud.cloudformation.requests import StackError, invalid
from labs.cloud.runtime import Runtime


class Stacks(BaseBackend):
    """The stacks of one Region."""

    # One cloud per process, as moto has one set of backends per process; set by install().
    runtime: ClassVar[Runtime]
    clients: ClassVar[Clients]

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.stacks: dict[str, Stack] = {}  # by ARN; deleted ones too, as on AWS
        self.operations: dict[str, Operation] = {}  # under way, by the stack's ARN
        self.lookups = Lookups(self.runtime, region_name)

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

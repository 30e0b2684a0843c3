"""Stack operations: what creates, updates, rolls back and deletes the resources of a stack.

An operation runs in a thread of its own and never waits under the cloud's lock: resource types call the cloud's API
over loopback, and an API call never waits for an operation, so the two cannot lock each other out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from labs.cloud.clock import Clock
from labs.cloud.cloudformation.context import Abandoned, ClientFactory, Control
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.graph import Graph, reverse
from labs.cloud.cloudformation.handling import Handling
from labs.cloud.cloudformation.intrinsics import Scope, resolve
from labs.cloud.cloudformation.journal import Journal
from labs.cloud.cloudformation.model import Deployed, Output, Stack
from labs.cloud.cloudformation.outputs import outputs_of
from labs.cloud.cloudformation.plan import plan
from labs.cloud.cloudformation.resource import ResourceType
from labs.cloud.cloudformation.scoping import Place, active, needs, scope_of, with_resources
from labs.cloud.cloudformation.template import Resource
from labs.cloud.cloudformation.walk import walk

log = logging.getLogger(__name__)


class Region(Protocol):
    """What an operation asks of its Region. Every method takes the cloud's lock itself, briefly."""

    def export(self, name: str) -> str:
        """The value of an export; TemplateError for an unknown one."""
        ...

    def zones(self, region: str) -> list[str]:
        """The Availability Zones of a Region."""
        ...

    def check_exports(self, stack: Stack, outputs: tuple[Output, ...]) -> None:
        """TemplateError when these outputs take another stack's export name, or change what another stack uses."""
        ...

    def dereference(self, caller: str, value: Any) -> Any:
        """`value` with its dynamic references replaced; TemplateError for one that cannot be, or may not be read.

        `caller` is the access key under which the operation runs.
        """
        ...

    def finished(self, stack: Stack) -> None:
        """The stack has reached a lasting status."""
        ...


@dataclass
class Operation:
    """One operation on one stack."""

    stack: Stack
    region: Region
    types: Callable[[str], ResourceType | None]
    clients: ClientFactory
    lock: AbstractContextManager[Any]
    clock: Clock
    tell: Callable[..., None]  # the narration: a key of texts.py and its values
    caller: str  # access key: may it read what dynamic references name?
    token: str | None = None
    control: Control = field(default_factory=Control)
    superseded: bool = False  # a deletion takes over: end without a roll-back

    def __post_init__(self) -> None:
        self.journal = Journal(self.stack, self.lock, self.clock, self.control, self.token)
        self._handling = Handling(
            self.stack,
            self.journal,
            self.types,
            self.clients,
            self.clock,
            self.control,
            partial(self.region.dereference, self.caller),
        )
        self._cancel_reason: str | None = None

    def start(self, work: Callable[[], None]) -> threading.Thread:
        """Run one of the operations below on a thread of its own."""

        def run() -> None:
            try:
                work()
            except Abandoned:
                log.info("operation on stack %s abandoned", self.stack.name)
            except Exception:
                log.exception("operation on stack %s failed", self.stack.name)
                self._broken()

        thread = threading.Thread(target=run, name=f"stack-{self.stack.name}", daemon=True)
        thread.start()
        return thread

    def cancel(self, reason: str) -> None:
        """Stop handling resources and roll back."""
        self._cancel_reason = reason
        self.control.cancelled.set()

    def supersede(self) -> None:
        """End soon, leaving the stack as it is then: a deletion follows."""
        self.superseded = True
        self.control.cancelled.set()

    def abandon(self) -> None:
        """End at once: nothing is called or recorded any more."""
        self.control.abandoned.set()
        self.control.cancelled.set()

    # Operations

    def create(self) -> None:
        """CREATE_IN_PROGRESS → CREATE_COMPLETE, or what OnFailure says."""
        stack = self.stack
        timer = None
        if stack.timeout is not None:
            timer = threading.Timer(
                stack.timeout, self.cancel, ["Stack creation time exceeded the specified timeout."]
            )
            timer.daemon = True
            timer.start()
        problem = self._forward()
        if timer is not None:
            timer.cancel()
        if self.superseded:
            return
        if problem is None:
            self._finish("CREATE_COMPLETE", "created")
            return
        self.tell("create-failed", reason=problem)
        self.control.cancelled.clear()
        if stack.on_failure == "DO_NOTHING":
            self._finish("CREATE_FAILED", "left", problem)
        elif stack.on_failure == "DELETE":
            self.delete(reason=f"{problem} Delete requested by user.")
        else:
            self.roll_back_creation(f"{problem} Rollback requested by user.")

    def roll_back_creation(self, reason: str | None) -> None:
        """ROLLBACK_IN_PROGRESS → ROLLBACK_COMPLETE: what was created is deleted again."""
        self.journal.status("ROLLBACK_IN_PROGRESS", reason)
        failed = self._delete_all(lambda record: record.deletion_policy == "Retain")
        if failed:
            self._finish("ROLLBACK_FAILED", "stuck", _failed("delete", failed))
        else:
            self._finish("ROLLBACK_COMPLETE", "rolled-back")

    def update(self, tags_changed: bool) -> None:
        """UPDATE_IN_PROGRESS → UPDATE_COMPLETE, or back to what was before."""
        problem = self._forward(tags_changed)
        if problem is not None:
            self.tell("update-failed", reason=problem)
            self.control.cancelled.clear()
            if self.stack.on_failure == "DO_NOTHING":
                self._finish("UPDATE_FAILED", "left", problem)
            else:
                self.roll_back_update(problem)
            return
        with self.lock:
            self.control.check()
            keep = self._active
            removed = [record for name, record in self.stack.resources.items() if name not in keep]
            leaving = [
                *((record, record.update_replace_policy == "Retain") for record in self.stack.leftovers),
                *((record, record.deletion_policy != "Delete") for record in removed),
            ]
        self.journal.status("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        reason = self._clean_up(leaving)
        with self.lock:
            self.stack.before = None
            for record in removed:
                self.stack.resources.pop(record.logical_id, None)
        self._finish("UPDATE_COMPLETE", "updated", reason)

    def roll_back_update(self, reason: str | None, skipped: frozenset[str] = frozenset()) -> None:
        """UPDATE_ROLLBACK_IN_PROGRESS → UPDATE_ROLLBACK_COMPLETE: previous values are applied again.

        `skipped` resources count as rolled back whatever they are.
        """
        self.journal.status("UPDATE_ROLLBACK_IN_PROGRESS", reason)
        with self.lock:
            assert self.stack.before is not None
            revision, before = self.stack.before.revision, self.stack.before.resources
            tags_changed = dict(revision.tags) != dict(self.stack.revision.tags)
            self.stack.revision = revision
            # What a replacement was to leave behind stays; it leaves itself instead.
            self.stack.leftovers = [
                record
                for name, record in self.stack.resources.items()
                if record.exists and (name not in before or before[name].physical_id != record.physical_id)
            ]
        graph = {name: record.depends_on for name, record in before.items()}
        failed = walk(
            graph,
            lambda name: self._go_back(before[name], tags_changed, name in skipped),
            self.control.cancelled.is_set,
        )
        self.control.check()
        if failed:
            self._finish("UPDATE_ROLLBACK_FAILED", "stuck", _failed("update", failed))
            return
        with self.lock:
            leaving = [
                (record, record.logical_id not in before and record.deletion_policy == "Retain")
                for record in self.stack.leftovers
            ]
        self.journal.status("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        reason = self._clean_up(leaving)
        with self.lock:
            self.stack.imports = self.stack.before.imports
            self.stack.before = None
            for name in [name for name in self.stack.resources if name not in before]:
                del self.stack.resources[name]
        self._finish("UPDATE_ROLLBACK_COMPLETE", "update-rolled-back", reason)

    def delete(
        self,
        retained: frozenset[str] = frozenset(),
        after: threading.Thread | None = None,
        reason: str | None = None,
    ) -> None:
        """DELETE_IN_PROGRESS → DELETE_COMPLETE, after the operation on thread `after` has ended."""
        if after is not None:
            after.join()
        if self.stack.status != "DELETE_IN_PROGRESS":
            self.journal.status("DELETE_IN_PROGRESS", reason)
        failed = self._delete_all(
            lambda record: record.logical_id in retained or record.deletion_policy != "Delete"
        )
        if failed:
            self._finish("DELETE_FAILED", "stuck", _failed("delete", failed))
            return
        with self.lock:
            self.stack.deleted = self.clock.now()
        self._finish("DELETE_COMPLETE", "deleted")

    # Steps

    def _forward(self, tags_changed: bool = False) -> str | None:
        """Create and update every resource of the revision; the reason why the stack cannot be completed, or None."""
        try:
            scope, self._active = self._prepare()
        except TemplateError as error:
            return str(error)
        within = with_resources(scope, self._reference, self._attribute)
        graph = {name: needs(resource, self._active) for name, resource in self._active.items()}

        def work(name: str) -> bool:
            success = False
            try:
                success = self._apply(name, self._active[name], graph[name], within, tags_changed)
            finally:
                if not success:
                    self.control.cancelled.set()
            return success

        failed = walk(graph, work, self.control.cancelled.is_set)
        self.control.check()
        if self.superseded:
            return None
        if failed and self._cancel_reason is None:
            return self._failures(failed)
        if self.control.cancelled.is_set():
            return self._cancel_reason
        try:
            self._put_out(within)
        except TemplateError as error:
            return str(error)
        return None

    def _prepare(self) -> tuple[Scope, dict[str, Resource]]:
        """The scope and the resources of the revision, everything in them tried once before anything is done."""
        stack, imports = self.stack, set[str]()

        def export(name: str) -> str:
            imports.add(name)
            return self.region.export(name)

        place = Place(stack.id, stack.name, stack.region, stack.account_id, export, self.region.zones)
        with self.lock:
            scope = scope_of(stack.revision, place)
            resources = active(stack.revision, scope)
            outputs = stack.revision.template.outputs
            plan(stack.resources, resources, scope, lambda name: frozenset(), outputs=outputs)
            self._imports = frozenset(imports)
            stack.imports |= imports  # while it is under way it may use the old ones and the new ones
        return scope, resources

    def _apply(
        self, name: str, resource: Resource, depends_on: frozenset[str], scope: Scope, tags_changed: bool
    ) -> bool:
        with self.lock:
            self.control.check()
            old = self.stack.resources.get(name)
        record = Deployed(
            logical_id=name,
            type=resource.type,
            physical_id="",
            properties={},
            attributes={},
            depends_on=depends_on,
            deletion_policy=resource.deletion_policy,
            update_replace_policy=resource.update_replace_policy,
            metadata=resource.metadata,
            status="",
            reason=None,
            time=self.clock.now(),
        )
        try:
            record = replace(record, properties=resolve(resource.properties, scope))
        except TemplateError as error:
            stage = "UPDATE" if old is not None and old.exists else "CREATE"
            kept = replace(old, depends_on=depends_on) if old is not None else record
            self.journal.resource(kept, f"{stage}_FAILED", str(error))
            return False
        if old is not None and old.exists:
            return self._handling.update(old, record, tags_changed)
        return self._handling.create(record)

    def _go_back(self, before: Deployed, tags_changed: bool, skipped: bool) -> bool:
        with self.lock:
            self.control.check()
            current = self.stack.resources.get(before.logical_id)
            if current is before:
                return True
            untouched = current is not None and current.properties == before.properties and not tags_changed
            if skipped or untouched or current is None or current.physical_id != before.physical_id:
                self.journal.resource(before, "UPDATE_COMPLETE")
                return True
        return self._handling.update(current, before, tags_changed=True)

    def _delete_all(self, retain: Callable[[Deployed], bool]) -> list[str]:
        """Delete every resource and leftover, what depends on others first; the names that could not be."""
        with self.lock:
            self.control.check()
            leftovers = list(self.stack.leftovers)
            records = dict(self.stack.resources)
        failed = self._delete_these([(record, retain(record)) for record in leftovers])
        with self.lock:
            self.stack.leftovers = [record for record in leftovers if record.logical_id in failed]
        return failed + self._delete_these([(record, retain(record)) for record in records.values()])

    def _delete_these(self, leaving: list[tuple[Deployed, bool]]) -> list[str]:
        records = {record.logical_id: (record, retain) for record, retain in leaving}
        graph: Graph = reverse({name: record.depends_on for name, (record, _) in records.items()})
        failed = walk(
            graph, lambda name: self._handling.delete(*records[name]), self.control.abandoned.is_set
        )
        self.control.check()
        return failed

    def _clean_up(self, leaving: list[tuple[Deployed, bool]]) -> str | None:
        """Delete what is left over; a failure does not fail the update [User Guide, "Update behaviors"]."""
        failed = self._delete_these(leaving)
        with self.lock:
            self.stack.leftovers = []
        if failed:
            return "Update successful. One or more resources could not be deleted."
        return None

    def _put_out(self, scope: Scope) -> None:
        outputs = outputs_of(self.stack.revision.template.outputs, scope)
        self.region.check_exports(self.stack, outputs)
        with self.lock:
            self.control.check()
            self.stack.outputs = outputs
            self.stack.imports = self._imports

    def _reference(self, name: str) -> Any:
        with self.lock:
            return self.stack.resources[name].physical_id

    def _attribute(self, name: str, attribute: str) -> Any:
        with self.lock:
            attributes = self.stack.resources[name].attributes
        if attribute not in attributes:
            raise TemplateError(
                f"Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt"
            )
        return attributes[attribute]

    def _failures(self, failed: list[str]) -> str:
        with self.lock:
            records: Mapping[str, Deployed] = dict(self.stack.resources)
        verbs = {"CREATE_FAILED": "create", "UPDATE_FAILED": "update"}
        groups: dict[str, list[str]] = {}
        for name in failed:
            groups.setdefault(verbs.get(records[name].status, "update"), []).append(name)
        return " ".join(_failed(verb, names) for verb, names in groups.items())

    def _finish(self, status: str, key: str, reason: str | None = None) -> None:
        with self.lock:
            if self.superseded:
                return
            self.journal.status(status, reason)
        self.region.finished(self.stack)
        self.tell(key, reason=reason or "")

    def _broken(self) -> None:
        """The operation itself failed, a defect of the local cloud: the stack must not stay in progress for ever."""
        status = {
            "CREATE_IN_PROGRESS": "CREATE_FAILED",
            "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
            "DELETE_IN_PROGRESS": "DELETE_FAILED",
            "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_FAILED",
        }.get(self.stack.status, "UPDATE_FAILED")
        with suppress(Abandoned):
            self._finish(status, "stuck", "The local cloud failed to carry this out; its log says more.")


def _failed(verb: str, names: list[str]) -> str:
    return f"The following resource(s) failed to {verb}: [{', '.join(names)}]."

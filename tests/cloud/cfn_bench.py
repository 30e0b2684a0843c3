"""A bench for the stack engine: a world of pretended resources, no cloud, no network."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from labs.cloud.cloudformation.context import Control
from labs.cloud.cloudformation.dynamic import dereference
from labs.cloud.cloudformation.engine import Operation
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.model import Before, Output, Revision, Stack
from labs.cloud.cloudformation.parameters import assign, define
from labs.cloud.cloudformation.resource import Context, Created, ReplacementNeeded, ResourceError
from labs.cloud.cloudformation.template import load
from tests.cloud.running import DEADLINE


class TickingClock:
    """Every look costs a second, so that what waits for a deadline meets it soon."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        self.seconds += 0.001
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        self.seconds += 1
        return self.seconds


@dataclass
class Thing:
    """`Test::Thing`: does what its properties say (`Fail`, `Wait`, `Unready`) and remembers every call."""

    name: str = "Test::Thing"
    world: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)  # of the last operation
    made: list[str] = field(default_factory=list)  # of all
    broken: set[str] = field(default_factory=set)  # "delete Name", "update Name": fails now
    gate: threading.Event = field(default_factory=threading.Event)  # what `Wait` waits for
    waiting: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def validate(self, properties: Mapping[str, Any]) -> None:
        if unknown := sorted(set(properties) - {"Name", "Fail", "Wait", "Unready", "Of", "Size", "Secret"}):
            raise ResourceError(f"Encountered unsupported property {unknown[0]}")

    def immutable(self) -> frozenset[str]:
        return frozenset({"Name"})

    def create(self, context: Context, properties: Mapping[str, Any]) -> Created:
        self._call("create", context, properties)
        with self.lock:
            self.made.append(context.logical_id)
            physical_id = f"{context.logical_id.lower()}-{self.made.count(context.logical_id)}"
            self.world[physical_id] = properties
        context.initiated(physical_id)
        if "Wait" in properties:
            self.waiting.set()
            context.wait(self.gate.is_set, "the gate", 1e9)
        if "Unready" in properties:
            context.wait(lambda: False, "it to be ready", 3)
        return self._created(physical_id, properties)

    def update(
        self, context: Context, physical_id: str, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Created:
        self._call("update", context, new)
        if old.get("Size") == "small" and new.get("Size") == "huge":
            raise ReplacementNeeded
        if "Wait" in new:
            self.waiting.set()
            context.wait(self.gate.is_set, "the gate", 1e9)
        self.world[physical_id] = new
        return self._created(physical_id, new)

    def delete(self, context: Context, physical_id: str, properties: Mapping[str, Any]) -> None:
        self._call("delete", context, {})
        self.world.pop(physical_id, None)

    def _call(self, verb: str, context: Context, properties: Mapping[str, Any]) -> None:
        call = f"{verb} {context.logical_id}"
        with self.lock:
            self.calls.append(call)
        if call in self.broken or properties.get("Fail") == verb:
            raise ResourceError(f"cannot {call}")

    def _created(self, physical_id: str, properties: Mapping[str, Any]) -> Created:
        return Created(physical_id, {"Arn": f"arn:{physical_id}", "Size": properties.get("Size", "")})


@dataclass
class Bench:
    """A Region with one stack, and what it told."""

    thing: Thing = field(default_factory=Thing)
    exports: dict[str, str] = field(default_factory=dict)
    clash: str | None = None
    secrets: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    lock: Any = field(default_factory=threading.RLock)
    clock: TickingClock = field(default_factory=TickingClock)
    stack: Stack = field(init=False)
    operation: Operation = field(init=False)

    # The Region that operations see

    def export(self, name: str) -> str:
        if name not in self.exports:
            raise TemplateError(f"No export named {name} found.")
        return self.exports[name]

    def zones(self, region: str) -> list[str]:
        return [f"{region}a", f"{region}b"]

    def check_exports(self, stack: Stack, outputs: tuple[Output, ...]) -> None:
        if self.clash is not None:
            raise TemplateError(self.clash)

    def dereference(self, caller: str, value: Any) -> Any:
        return dereference(value, lambda *_: "", lambda name, *_: self.secrets[name])

    def finished(self, stack: Stack) -> None:
        self.told.append(f"finished {stack.status}")

    # Parameters ask this

    def exists(self, kind: str, value: str) -> bool:
        return not value.startswith("missing")

    def stored(self, name: str) -> str | None:
        return self.secrets.get(name)

    # What tests do

    def revision(self, text: str, tags: Mapping[str, str] | None = None, **parameters: str) -> Revision:
        template = load(text)
        return Revision(template, assign(define(template.parameters), parameters, {}, self), dict(tags or {}))

    def create(self, text: str, wait: bool = True, **attributes: Any) -> Stack:
        self.stack = Stack(
            id="arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1",
            name="shop",
            region="us-east-1",
            account_id="123456789012",
            revision=self.revision(text),
            created=self.clock.now(),
            status="CREATE_IN_PROGRESS",
            **attributes,
        )
        return self.run("create", wait=wait)

    def update(
        self,
        text: str,
        wait: bool = True,
        tags: Mapping[str, str] | None = None,
        on_failure: str = "ROLLBACK",
    ) -> Stack:
        stack = self.stack
        changed = dict(tags or {}) != dict(stack.revision.tags)
        stack.before = Before(stack.revision, dict(stack.resources), stack.imports)
        stack.revision = self.revision(text, tags)
        stack.status, stack.on_failure = "UPDATE_IN_PROGRESS", on_failure
        return self.run("update", changed, wait=wait)

    def delete(self, **options: Any) -> Stack:
        self.stack.status = "DELETE_IN_PROGRESS"
        return self.run("delete", **options)

    def run(self, work: str, *values: Any, wait: bool = True, **options: Any) -> Stack:
        """Run one of Operation's methods to its end."""
        self.stack.events.clear()
        self.thing.calls.clear()
        self.operation = Operation(
            stack=self.stack,
            region=self,
            types=lambda name: self.thing if name == self.thing.name else None,
            clients=lambda service: None,
            caller="",
            lock=self.lock,
            clock=self.clock,
            tell=lambda key, **_: self.told.append(key),
            control=Control(),
        )
        method = getattr(self.operation, work)
        self.stack.thread = self.operation.start(lambda: method(*values, **options))
        if wait:
            self.join()
        return self.stack

    def join(self) -> None:
        assert self.stack.thread is not None
        self.stack.thread.join(DEADLINE)
        assert not self.stack.thread.is_alive(), "the operation hangs"

    @property
    def history(self) -> list[str]:
        """The events: `Name STATUS`, the stack's own as `shop STATUS`."""
        return [f"{event.logical_id} {event.status}" for event in self.stack.events]

    def reason(self, logical_id: str, status: str) -> str | None:
        """Why a resource (or the stack) had that status."""
        return next(
            event.reason
            for event in self.stack.events
            if (event.logical_id, event.status) == (logical_id, status)
        )

"""The one place that changes a stack while an operation runs: records, statuses and the events that tell of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from labs.cloud.clock import Clock
from labs.cloud.cloudformation.context import Control
from labs.cloud.cloudformation.model import STACK_TYPE, Deployed, Event, Stack
from labs.cloud.cloudformation.parameters import MASK


def stack_event(stack: Stack, now: datetime, token: str | None = None) -> Event:
    """The event of a stack's present status."""
    return Event(
        id=str(uuid4()),
        logical_id=stack.name,
        physical_id=stack.id,
        type=STACK_TYPE,
        status=stack.status,
        reason=stack.reason,
        time=now,
        properties=None,
        token=token,
    )


@dataclass
class Journal:
    """Writes for one operation; nothing more once it is abandoned."""

    stack: Stack
    lock: AbstractContextManager[Any]
    clock: Clock
    control: Control
    token: str | None = None

    def status(self, status: str, reason: str | None = None) -> None:
        """The stack has another status."""
        with self.lock:
            self.control.check()
            self.stack.status, self.stack.reason = status, self._hidden(reason)
            self.stack.events.append(stack_event(self.stack, self.clock.now(), self.token))

    def resource(self, record: Deployed, status: str, reason: str | None = None, **changes: Any) -> Deployed:
        """A resource has another status, and whatever else of it changed; it is the stack's record from now on."""
        with self.lock:
            self.control.check()
            hidden = self._hidden(reason)
            record = replace(record, status=status, reason=hidden, time=self.clock.now(), **changes)
            self.stack.resources[record.logical_id] = record
            self._event(record)
            return record

    def leaving(self, record: Deployed, status: str, reason: str | None = None) -> Deployed:
        """A resource on its way out has another status; the stack's record may be of another one by now."""
        with self.lock:
            self.control.check()
            record = replace(record, status=status, reason=self._hidden(reason), time=self.clock.now())
            current = self.stack.resources.get(record.logical_id)
            if current is not None and current.physical_id == record.physical_id:
                self.stack.resources[record.logical_id] = record
            self._event(record)
            return record

    def _event(self, record: Deployed) -> None:
        stamp = record.time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{record.time.microsecond // 1000:03d}Z"
        self.stack.events.append(
            Event(
                id=f"{record.logical_id}-{record.status}-{stamp}",
                logical_id=record.logical_id,
                physical_id=record.physical_id,
                type=record.type,
                status=record.status,
                reason=record.reason,
                time=record.time,
                properties=json.dumps(self._hidden(record.properties), default=str),
                token=self.token,
            )
        )

    def _hidden(self, value: Any) -> Any:
        """`value` without what NoEcho parameters hold, now or before this update [User Guide, "Parameters"]."""
        revisions = [self.stack.revision, *([self.stack.before.revision] if self.stack.before else [])]
        held = (each for revision in revisions for each in revision.parameters.values() if each.no_echo)
        secrets = sorted({each.resolved or each.given for each in held} - {""}, key=len, reverse=True)
        return _without(value, secrets) if secrets else value


def _without(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, MASK)
        return value
    if isinstance(value, Mapping):
        return {name: _without(item, secrets) for name, item in value.items()}
    return [_without(item, secrets) for item in value] if isinstance(value, list) else value

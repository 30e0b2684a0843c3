"""What a resource type may use while it works: the cloud's public API, as the stack's caller sees it."""

from __future__ import annotations

import random
import string
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from labs.cloud.clock import Clock
from labs.cloud.cloudformation.resource import ResourceError

T = TypeVar("T")

FIRST_PAUSE = 0.05  # seconds between two looks of `wait`; it grows to the longest
LONGEST_PAUSE = 0.5

ClientFactory = Callable[[str], Any]  # a service's name → its boto3 client


class Cancelled(Exception):
    """The operation stops: a sibling failed, or the update was cancelled."""


class Abandoned(BaseException):
    """The cloud stops or was reset: nothing may be called or recorded any more."""


@dataclass
class Control:
    """The two ways in which an operation ends early."""

    cancelled: threading.Event = field(default_factory=threading.Event)  # this phase; a roll-back follows
    abandoned: threading.Event = field(default_factory=threading.Event)  # for good

    def check(self) -> None:
        """Raise Abandoned when the cloud no longer wants this operation."""
        if self.abandoned.is_set():
            raise Abandoned


# The operation for which a thread works: its clients refuse to call once it is abandoned.
current_control: ContextVar[Control | None] = ContextVar("current_control", default=None)


def suffix() -> str:
    """Twelve random characters, as CloudFormation appends them to the names that it makes."""
    return "".join(random.choices(string.ascii_letters + string.digits, k=12))  # noqa: S311  no secret


@dataclass
class ResourceContext:
    """One handling of one resource; see `resource.Context`."""

    stack_name: str
    stack_id: str
    logical_id: str
    region: str
    account_id: str
    tags: Mapping[str, str]
    clients: ClientFactory
    report: Callable[[str], None]  # told the physical id when the resource exists
    control: Control
    clock: Clock
    suffix: str = field(default_factory=suffix)
    reported: bool = False

    def client(self, service: str) -> Any:
        """A boto3 client of this cloud, in the stack's Region."""
        return self.clients(service)

    def name(self, most: int) -> str:
        """`<stack>-<logical>-<suffix>`, its first two parts shortened to fit."""
        room = most - len(self.suffix) - 2
        if room < 2:
            return self.suffix[:most]
        logical = self.logical_id[: max(room // 2, room - len(self.stack_name))]
        return f"{self.stack_name[: room - len(logical)]}-{logical}-{self.suffix}"

    def initiated(self, physical_id: str) -> None:
        """Remember that the resource exists."""
        self.control.check()
        if not self.reported:
            self.reported = True
            self.report(physical_id)

    def wait(self, condition: Callable[[], T], what: str, seconds: float) -> T:
        """Poll `condition`; ResourceError after `seconds`, Cancelled when the phase is."""
        deadline = self.clock.monotonic() + seconds
        pause = FIRST_PAUSE
        while True:
            self.control.check()
            if value := condition():
                return value
            if self.clock.monotonic() >= deadline:
                raise ResourceError(f"Exceeded attempts to wait: waited {seconds:g} s for {what}")
            if self.control.cancelled.wait(pause):
                self.control.check()
                raise Cancelled
            pause = min(LONGEST_PAUSE, pause * 1.5)

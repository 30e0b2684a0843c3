"""What CloudFormation remembers: stacks, their resources and events, change sets.

Records are immutable and replaced as a whole, so that what a stack was before an update is one reference away.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from labs.cloud.cloudformation.parameters import Value
from labs.cloud.cloudformation.template import Template

STACK_TYPE = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Deployed:
    """One resource of a stack as it was last handled. `physical_id` is "" before it exists."""

    logical_id: str
    type: str
    physical_id: str
    properties: Mapping[str, Any]  # resolved, but for dynamic references
    attributes: Mapping[str, Any]
    depends_on: frozenset[str]
    deletion_policy: str
    update_replace_policy: str
    metadata: Mapping[str, Any]
    status: str
    reason: str | None
    time: datetime

    @property
    def exists(self) -> bool:
        """Whether there is something to delete."""
        return bool(self.physical_id) and self.status not in ("DELETE_COMPLETE", "DELETE_SKIPPED")


@dataclass(frozen=True)
class Event:
    """One line of a stack's history."""

    id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str | None
    time: datetime
    properties: str | None  # JSON
    token: str | None  # of the request that caused it


@dataclass(frozen=True)
class Revision:
    """What a stack is asked to be: a template with the values of its parameters."""

    template: Template
    parameters: Mapping[str, Value]
    tags: Mapping[str, str]
    capabilities: tuple[str, ...] = ()
    role_arn: str | None = None


@dataclass(frozen=True)
class Output:
    """One value that a stack gives."""

    key: str
    value: str
    description: str | None
    export: str | None


@dataclass(frozen=True)
class Change:
    """One line of a plan: what an update does to a resource. Words of DescribeChangeSet."""

    logical_id: str
    type: str
    action: str  # Add, Modify, Remove
    physical_id: str | None = None
    replacement: str | None = None  # True, False, Conditional
    scope: tuple[str, ...] = ()
    details: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Before:
    """What a stack was before an update, to go back to."""

    revision: Revision
    resources: Mapping[str, Deployed]
    imports: frozenset[str]


@dataclass
class ChangeSet:
    """A proposed revision and what it would do."""

    id: str
    name: str
    type: str  # CREATE or UPDATE
    revision: Revision
    changes: tuple[Change, ...]
    status: str
    reason: str | None
    execution_status: str
    created: datetime
    description: str | None
    on_failure: str | None


@dataclass
class Stack:
    """A stack; whoever reads or changes it holds the cloud's lock."""

    id: str
    name: str
    region: str
    account_id: str
    revision: Revision
    created: datetime
    status: str
    reason: str | None = None
    updated: datetime | None = None
    deleted: datetime | None = None
    on_failure: str = "ROLLBACK"  # ROLLBACK, DELETE or DO_NOTHING
    timeout: float | None = None  # seconds that creating it may take
    protected: bool = False
    resources: dict[str, Deployed] = field(default_factory=dict)
    leftovers: list[Deployed] = field(
        default_factory=list
    )  # replaced or removed, to be deleted in the clean-up
    before: Before | None = None  # while an update is under way, or has failed
    outputs: tuple[Output, ...] = ()
    imports: frozenset[str] = frozenset()  # names of exports that it uses
    events: list[Event] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)  # by ARN
    change_set_id: str | None = None  # the one that was executed last
    thread: threading.Thread | None = None  # of the operation under way

    @property
    def in_progress(self) -> bool:
        """Whether an operation is under way."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

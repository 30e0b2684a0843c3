"""What the stack engine and the resource types agree on.

A resource type is one class in `resources/`; it creates, updates and deletes through the cloud's public API only,
as a learner would, and never holds state of its own: what it knows of a resource is its physical id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import uuid4

T = TypeVar("T")


class ResourceError(Exception):
    """A resource could not be handled; the message becomes its ResourceStatusReason."""


def handler_message(text: str, code: str = "GeneralServiceException") -> str:
    """A ResourceStatusReason that tells what a resource's handler said; `code` is its HandlerErrorCode."""
    return f'Resource handler returned message: "{text}" (RequestToken: {uuid4()}, HandlerErrorCode: {code})'


class ReplacementNeeded(Exception):
    """Raised by `ResourceType.update`: this change needs a new resource.

    The engine creates it, repoints what depends on it, and deletes the old one while it cleans up.
    """


@dataclass(frozen=True)
class Created:
    """What a resource type made: Ref gives `physical_id`, Fn::GetAtt an attribute (a dotted name, a JSON value)."""

    physical_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Context(Protocol):
    """What a handler may use: this cloud's public API, as its stack sees it."""

    @property
    def stack_name(self) -> str:
        """The stack's name."""
        ...

    @property
    def stack_id(self) -> str:
        """The stack's ARN."""
        ...

    @property
    def logical_id(self) -> str:
        """The resource's name in the template."""
        ...

    @property
    def region(self) -> str:
        """The stack's Region."""
        ...

    @property
    def account_id(self) -> str:
        """The account, twelve digits."""
        ...

    @property
    def tags(self) -> Mapping[str, str]:
        """The stack's tags and CloudFormation's own (`aws:cloudformation:stack-name` …), for types that take tags."""
        ...

    def client(self, service: str) -> Any:
        """A boto3 client of this cloud, in the stack's Region."""
        ...

    def name(self, most: int) -> str:
        """A physical name `<stack>-<logical>-<suffix>` of at most `most` characters.

        Stable during one creation; a replacement gets another one.
        """
        ...

    def initiated(self, physical_id: str) -> None:
        """The resource exists from now on under this id, though `create` may go on waiting for it.

        What fails or is cancelled after this is deleted by the roll-back; before, nothing must be left behind.
        Call it in `create` as soon as the id is known, always before `wait`.
        """
        ...

    def wait(self, condition: Callable[[], T], what: str, seconds: float) -> T:
        """The first true value of `condition`, polled. `what` says what is awaited ("the service to be stable").

        Raises ResourceError after `seconds` real seconds; ends early, with an exception that handlers let pass,
        when the operation is cancelled or the cloud stops.
        """
        ...


class ResourceType(Protocol):
    """One CloudFormation resource type. Stateless: one instance serves every stack, on several threads."""

    @property
    def name(self) -> str:
        """As in a template: `AWS::ECS::Service`."""
        ...

    def validate(self, properties: Mapping[str, Any]) -> None:
        """ResourceError, in CloudFormation's words, for an unknown, missing or mistyped property.

        Called with resolved properties before the resource is created or updated.
        """
        ...

    def immutable(self) -> frozenset[str]:
        """The top-level properties whose change needs a replacement."""
        ...

    def create(self, context: Context, properties: Mapping[str, Any]) -> Created:
        """Create and wait until it is ready. What exists when it raises was reported by `context.initiated`."""
        ...

    def update(
        self, context: Context, physical_id: str, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Created:
        """Bring the resource from `old` to `new` properties; ReplacementNeeded when only a new one can."""
        ...

    def delete(self, context: Context, physical_id: str, properties: Mapping[str, Any]) -> None:
        """Delete and wait until it is gone; one that is gone already is fine."""
        ...

"""What all resource types have in common: checked properties, replacement, tags, deletes that find nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from botocore.exceptions import ClientError, ParamValidationError

from labs.cloud.cloudformation.resource import Context, Created, ReplacementNeeded, ResourceError
from labs.cloud.cloudformation.resources.schema import Problems, Structure

Properties = Mapping[str, Any]
PATIENCE = 600.0  # seconds to wait for what AWS does in minutes


@dataclass(frozen=True)
class Change:
    """The properties of a resource before and after, and the names of those that differ."""

    old: Properties
    new: Properties

    @cached_property
    def names(self) -> frozenset[str]:
        """Of the top-level properties that differ."""
        every = self.old.keys() | self.new.keys()
        return frozenset(name for name in every if self.old.get(name) != self.new.get(name))

    def touches(self, *names: str) -> bool:
        """Whether one of these properties differs."""
        return not self.names.isdisjoint(names)

    def dropped_tags(self) -> list[str]:
        """Keys of the Tags property that are no longer there."""
        return sorted(own_tags(self.old).keys() - own_tags(self.new).keys())


class Declared:
    """A resource type. A subclass says what it takes and writes the calls that make, change and remove it."""

    name: ClassVar[str]
    service: ClassVar[str]  # of the boto3 client
    fixed: ClassVar[frozenset[str]] = frozenset()  # properties whose change needs a replacement
    gone: ClassVar[frozenset[str]] = frozenset()  # error codes that say: there is no such thing

    def properties(self) -> Structure:
        """The schema; asked for once."""
        raise NotImplementedError

    def make(self, context: Context, p: Properties) -> str:
        """Create; the physical id, as soon as it is known."""
        raise NotImplementedError

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        """What the creation needs after the first call, waiting included."""

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        """What Fn::GetAtt gives."""
        return {}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        """Update in place; the properties in `fixed` did not change. Tags are applied anew."""
        raise NotImplementedError

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        """Delete and wait until it is gone. An error in `gone` is fine."""
        raise NotImplementedError

    # What the engine calls.

    @cached_property
    def schema(self) -> Structure:
        """The properties that the type takes."""
        return self.properties()

    def validate(self, properties: Properties) -> None:
        """ResourceError with one line for each problem."""
        self._read(properties)

    def immutable(self) -> frozenset[str]:
        """The properties whose change needs a replacement."""
        return self.fixed

    def create(self, context: Context, properties: Properties) -> Created:
        """Create, and wait as CloudFormation does."""
        p = self._read(properties)
        with _reported():
            physical_id = self.make(context, p)
            context.initiated(physical_id)
            self.finish(context, physical_id, p)
            return Created(physical_id, self.attributes(context, physical_id, p))

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> Created:
        """In place, or ReplacementNeeded."""
        change = Change(self._read(old), self._read(new))
        if change.touches(*self.immutable()):
            raise ReplacementNeeded
        with _reported():
            if change.names or "Tags" in self.schema.members:  # an update may be of the stack's tags alone
                self.change(context, physical_id, change)
            return Created(physical_id, self.attributes(context, physical_id, change.new))

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        """Delete; what is gone already is fine."""
        with _reported(), self.may_be_gone():
            self.remove(context, physical_id, self._read(properties))

    # For subclasses.

    def client(self, context: Context) -> Any:
        """The boto3 client of this type's service."""
        return context.client(self.service)

    def api(self, p: Properties, *names: str) -> dict[str, Any]:
        """The properties, or only those named, as the API's parameters."""
        return self.schema.pick(p, names) if names else self.schema.to_api(p)

    @contextmanager
    def may_be_gone(self) -> Iterator[None]:
        """Errors in `gone` end the block in peace."""
        try:
            yield
        except ClientError as error:
            if error_code(error) not in self.gone:
                raise

    def exists(self, describe: Callable[[], Any]) -> Any:
        """What `describe` returns, or None when the answer is that there is no such thing."""
        with self.may_be_gone():
            return describe()
        return None

    def _read(self, properties: Properties) -> dict[str, Any]:
        problems = Problems()
        read = self.schema.read(properties, "#", problems)
        if problems.found:
            raise ResourceError("\n".join(problems.found))
        return read


@contextmanager
def _reported() -> Iterator[None]:
    """What boto3 itself refuses (a name too long, an empty list) is the resource's error like any other."""
    try:
        yield
    except ParamValidationError as error:
        raise ResourceError(str(error)) from error


def error_code(error: ClientError) -> str:
    """AWS's code of an error: "ResourceNotFoundException"."""
    return str(error.response.get("Error", {}).get("Code"))


def until_accepted(
    context: Context, call: Callable[[], Any], busy: frozenset[str], what: str, seconds: float = PATIENCE
) -> None:
    """Call again while the answer is one of the codes in `busy`: what is deleted may still be in use."""

    def accepted() -> bool:
        try:
            call()
        except ClientError as error:
            if error_code(error) in busy:
                return False
            raise
        return True

    context.wait(accepted, what, seconds)


def own_tags(p: Properties) -> dict[str, str]:
    """The resource's Tags property, which some types have as a list and some as an object."""
    tags = p.get("Tags") or {}
    return dict(tags) if isinstance(tags, Mapping) else {tag["Key"]: tag["Value"] for tag in tags}


def all_tags(context: Context, p: Properties) -> dict[str, str]:
    """The stack's tags and CloudFormation's, with the resource's own on top."""
    return {**context.tags, **own_tags(p)}


def tag_list(context: Context, p: Properties, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """`all_tags` as most APIs take them."""
    return [{key: name, value: content} for name, content in all_tags(context, p).items()]

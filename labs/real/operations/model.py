"""What an operation does to resources, and the words in which the tables of this package say it.

Tags go in each API's own shape; resources are named by the request's parameters, as `Kind`s know them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath

from labs.real.ledger import Resource
from labs.real.resources import short
from labs.real.resources.model import Aws

Params = Mapping[str, Any]
Names = Callable[[Params], list[str]]
TagShape = Callable[[Params, Mapping[str, str]], dict[str, Any]]
"""(request parameters, tags) → the parameters that carry the tags, whatever the request had kept."""


@dataclass(frozen=True)
class Named:
    """The resources of one kind that a request names."""

    kind: str
    names: Names

    def of(self, request: Params) -> list[Resource]:
        """These resources, in the order of the request."""
        return [Resource(self.kind, short(self.kind, name)) for name in self.names(request)]


@dataclass(frozen=True)
class Operation:
    """What one API operation does to resources: it makes one, changes some or deletes one."""

    makes: str | None = None
    """The kind of resource made."""
    changes: tuple[Named, ...] = ()
    """Existing resources that the call alters: all must be the run's."""
    changes_behind: Callable[[Aws, Params], list[Resource]] | None = None
    """The same, where the request names something that AWS must be asked to know what it belongs to."""
    deletes: Named | None = None
    """The resource that the call deletes: it must be the run's."""
    uses: tuple[Named, ...] = ()
    """Resources that what is made will live in or alter: they must be the run's too."""
    tags: TagShape | None = None
    made: str = ""
    """Where the response names what was made (JMESPath)."""
    name: Names | None = None
    """The name, where the request chooses it: the ledger's intent carries it."""
    existing: Callable[[Aws, Params], str | None] | None = None
    """Finds what has the name already, where AWS would hand it out or overwrite it instead of refusing."""
    again: bool = False
    """Whether the call takes no tags where what it makes is there already: it then makes nothing."""
    before: Callable[[Aws, Params], None] | None = None
    """Makes, on a real account, what AWS would otherwise make beside, without tags."""
    passes_over: bool = False
    """Whether AWS itself passes over names that do not exist: they need not be the run's."""
    sets: Mapping[str, Any] = field(default_factory=dict)
    """Parameters set on a real account where the request leaves them to defaults, the account's own or dearer ones."""
    at_most: int | None = None
    """How many of what is made the run may have at a time; `wanted` says how many the call asks for."""
    wanted: Callable[[Params], int] = lambda request: 1
    forbids: Callable[[Params], str | None] | None = None
    """Gives the key of the reason (`labs.real.guard_texts`) why these parameters are refused on a real account."""

    @property
    def touched(self) -> tuple[Named, ...]:
        """Everything existing that the call alters, deletes or builds upon."""
        return (*self.changes, *self.uses, *((self.deletes,) if self.deletes else ()))


Table = Mapping[str, Operation]
"""One service's operations by name."""


# Names


def at(path: str) -> Names:
    """The values at a JMESPath of the request, as a list of strings."""
    expression = jmespath.compile(path)

    def names(request: Params) -> list[str]:
        value = expression.search(request)
        return [] if value is None else [value] if isinstance(value, str) else list(value)

    return names


def within(parent: str, name: str, kind: str = "ecs:cluster") -> Names:
    """Ids of the form parent/name; an ARN names both."""
    parents, names = at(parent), at(name)

    def ids(request: Params) -> list[str]:
        return [
            name if name.startswith("arn:") else f"{short(kind, parent)}/{name}"
            for parent in parents(request)
            for name in names(request)
        ]

    return ids


def same_name(kind: str, names: Names) -> Callable[[Aws, Params], str | None]:
    """For `existing`: the id that the request chose."""
    return lambda aws, request: next((short(kind, name) for name in names(request)), None)


# Rows


def make(kind: str, tags: TagShape, made: str, name: Names | None = None, **more: Any) -> Operation:
    """An operation that makes a resource of this kind."""
    return Operation(makes=kind, tags=tags, made=made, name=name, **more)


def change(operations: str, *named: Named, **more: Any) -> dict[str, Operation]:
    """Operations (their names, between spaces) that alter what they name."""
    return dict.fromkeys(operations.split(), Operation(changes=named, **more))


def delete(kind: str, names: Names, **more: Any) -> Operation:
    """An operation that deletes what it names."""
    return Operation(deletes=Named(kind, names), **more)


def refuse(operations: str, reason: str) -> dict[str, Operation]:
    """Operations that a notebook shows and that a real account never lets through, with a reason of their own."""
    return dict.fromkeys(operations.split(), Operation(forbids=lambda request: reason))


# Tag shapes


def pairs(parameter: str, key: str = "Key", value: str = "Value") -> TagShape:
    """Tags as a list of pairs."""

    def shape(request: Params, tags: Mapping[str, str]) -> dict[str, Any]:
        kept = [tag for tag in request.get(parameter, ()) if tag.get(key) not in tags]
        return {parameter: [*kept, *({key: name, value: text} for name, text in tags.items())]}

    return shape


def mapping(parameter: str) -> TagShape:
    """Tags as an object."""
    return lambda request, tags: {parameter: {**request.get(parameter, {}), **tags}}


CAPITALS = pairs("Tags")
MAP = mapping("tags")


# What is refused on a real account whatever it is done to


def without(*paths: str) -> Callable[[Params], str | None]:
    """Parameters (JMESPath) that make what carries no tag of the run, or what the clean-up could not delete."""
    expressions = [jmespath.compile(path) for path in paths]

    def forbids(request: Params) -> str | None:
        return "parameter" if any(expression.search(request) for expression in expressions) else None

    return forbids


def first(*checks: Callable[[Params], str | None]) -> Callable[[Params], str | None]:
    """The first reason that one of these gives."""
    return lambda request: next(filter(None, (check(request) for check in checks)), None)

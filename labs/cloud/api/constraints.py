"""What a call's parameters must be by the service's model: there, long enough, small enough, among those allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labs.cloud.api.calls import UNCHECKED, Call

NOT_NULL = "must not be null"
PAGE_SIZES = {"maxResults", "MaxResults", "MaxItems", "MaxRecords", "PageSize", "Limit", "limit", "maxItems"}


@dataclass(frozen=True)
class Problem:
    """A parameter that violates the service's model: "Member {constraint}"."""

    member: str
    constraint: str
    value: Any = None
    allowed: Sequence[str] = ()  # when it is none of these

    @property
    def missing(self) -> bool:
        """Whether it is not there at all."""
        return self.constraint == NOT_NULL


def problems(call: Call) -> list[Problem]:
    """Every constraint that the call's parameters violate."""
    shape = call.model.input_shape if call.model else None
    if shape is None or call.service in UNCHECKED:
        return []
    # Few models say that a page has at least one entry.
    pages = [
        Problem(
            name[0].lower() + name[1:], "must have value greater than or equal to 1", call.parameters[name]
        )
        for name in PAGE_SIZES.intersection(call.parameters)
        if isinstance(call.parameters[name], int) and call.parameters[name] < 1
    ]
    return pages or list(_problems(shape, call.parameters, ""))


def _problems(shape: Any, value: Any, path: str) -> Iterator[Problem]:
    kind = shape.type_name
    if value is None:
        yield Problem(path, NOT_NULL)
    elif kind == "structure" and isinstance(value, Mapping):
        for name in shape.required_members:
            if name not in value:
                yield Problem(_under(path, name), NOT_NULL)
        for name, item in value.items():
            if name in shape.members:
                yield from _problems(shape.members[name], item, _under(path, name))
    elif kind == "list":
        yield from _length(shape, value, path)
        for number, item in enumerate(value, 1):
            yield from _problems(shape.member, item, f"{path}.{number}.member")
    elif kind == "map" and isinstance(value, Mapping):
        yield from _length(shape, value, path)
        for key, item in value.items():
            yield from _problems(shape.key, key, f"{path}.key")
            yield from _problems(shape.value, item, f"{path}.{str(key)[:40]}.member")
    elif kind == "string" and isinstance(value, str):
        yield from _length(shape, value, path)
        allowed = shape.metadata.get("enum")
        if allowed and value not in allowed:
            yield Problem(path, f"must satisfy enum value set: [{', '.join(allowed)}]", value, allowed)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        if least is not None and value < least:
            yield Problem(path, f"must have value greater than or equal to {least}", value)
        if most is not None and value > most:
            yield Problem(path, f"must have value less than or equal to {most}", value)


def _length(shape: Any, value: Any, path: str) -> Iterator[Problem]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and len(value) < least:
        yield Problem(path, f"must have length greater than or equal to {least}", value)
    if most is not None and len(value) > most:
        yield Problem(path, f"must have length less than or equal to {most}", value)


def _under(path: str, name: str) -> str:
    name = name[0].lower() + name[1:]
    return f"{path}.{name}" if path else name

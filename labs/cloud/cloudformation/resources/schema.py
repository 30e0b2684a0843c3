"""What properties a resource type takes: their names, their types, and what the API calls them.

Most properties are the API's own members in PascalCase, so that a type's schema is read from botocore's model of
the input plus the exceptions of CloudFormation. Pure: values in, complaints or values out.
"""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape


@dataclass
class Problems:
    """What is wrong with the properties of one resource, in CloudFormation's words."""

    found: list[str] = field(default_factory=list)

    def add(self, path: str, message: str) -> None:
        """`path` is a JSON pointer from the properties: "#", "#/Cpu", "#/Subnets/0"."""
        self.found.append(f"{path}: {message}")


class Kind(Protocol):
    """The type of a property."""

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """The value as the type has it; what cannot be read that way is a problem."""
        ...

    def to_api(self, value: Any) -> Any:
        """A value that was read, as the API takes it."""
        ...


JSON_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "Boolean"),
    (int, "Integer"),
    (float, "BigDecimal"),
    (str, "String"),
    (Mapping, "JSONObject"),
    (list, "JSONArray"),
)


def _found(value: Any) -> str:
    return next((name for python, name in JSON_TYPES if isinstance(value, python)), "Null")


@dataclass(frozen=True)
class Scalar:
    """A string, number or truth value. CloudFormation is lenient: "2" is a number, 256 a string."""

    expected: str
    convert: Callable[[Any], Any]  # raises ValueError or TypeError
    allowed: tuple[str, ...] = ()

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        try:
            converted = self.convert(value)
        except (ValueError, TypeError):
            problems.add(path, f"expected type: {self.expected}, found: {_found(value)}")
            return value
        if self.allowed and converted not in self.allowed:
            problems.add(path, f"{converted} is not a valid enum value")
        return converted

    def to_api(self, value: Any) -> Any:
        return value


def _string(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise TypeError


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    if not math.isfinite(float(value)):
        raise ValueError
    return float(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, str):
        if value.lower() not in ("true", "false"):
            raise ValueError
        return value.lower() == "true"
    if isinstance(value, bool):
        return value
    raise TypeError


STRING = Scalar("String", _string)
INTEGER = Scalar("Integer", _integer)
NUMBER = Scalar("Number", _number)
BOOLEAN = Scalar("Boolean", _boolean)


def choice(*allowed: str) -> Scalar:
    """One of these texts."""
    return Scalar("String", _string, allowed)


@dataclass(frozen=True)
class Json:
    """A document such as a policy: an object in the template, text for the API."""

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        if not isinstance(value, Mapping | list | str):
            problems.add(path, f"expected type: JSONObject, found: {_found(value)}")
        return value

    def to_api(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value)


JSON = Json()


@dataclass(frozen=True)
class ListOf:
    """A list."""

    item: Kind

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        if not isinstance(value, list | tuple):
            problems.add(path, f"expected type: JSONArray, found: {_found(value)}")
            return value
        return [self.item.read(item, f"{path}/{index}", problems) for index, item in enumerate(value)]

    def to_api(self, value: Any) -> Any:
        return [self.item.to_api(item) for item in value]


@dataclass(frozen=True)
class MapOf:
    """An object whose keys are the user's."""

    value: Kind

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        if not isinstance(value, Mapping):
            problems.add(path, f"expected type: JSONObject, found: {_found(value)}")
            return value
        return {str(key): self.value.read(item, f"{path}/{key}", problems) for key, item in value.items()}

    def to_api(self, value: Any) -> Any:
        return {key: self.value.to_api(item) for key, item in value.items()}


@dataclass(frozen=True)
class Member:
    """One property of a structure."""

    kind: Kind
    api: str | None  # its name in the API; None: the resource type deals with it itself
    required: bool = False


@dataclass(frozen=True)
class Structure:
    """An object with known properties."""

    members: Mapping[str, Member]

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        if not isinstance(value, Mapping):
            problems.add(path, f"expected type: JSONObject, found: {_found(value)}")
            return value
        for name in value:
            if name not in self.members:
                problems.add(path, f"extraneous key [{name}] is not permitted")
        for name, member in self.members.items():
            if member.required and name not in value:
                problems.add(path, f"required key [{name}] not found")
        return {
            name: self.members[name].kind.read(item, f"{path}/{name}", problems)
            for name, item in value.items()
            if name in self.members
        }

    def to_api(self, value: Any) -> dict[str, Any]:
        return {
            member.api: member.kind.to_api(value[name])
            for name, member in self.members.items()
            if member.api is not None and name in value
        }

    def pick(self, value: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
        """`to_api` for some of the properties."""
        wanted = set(names)
        return self.to_api({name: item for name, item in value.items() if name in wanted})

    def __or__(self, other: Structure) -> Structure:
        return Structure({**self.members, **other.members})


TAGS = ListOf(
    Structure({"Key": Member(STRING, "Key", required=True), "Value": Member(STRING, "Value", required=True)})
)


@dataclass(frozen=True)
class Pairs:
    """A list of {Key, Value} in a template that is an object in the API."""

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        return TAGS.read(value, path, problems)

    def to_api(self, value: Any) -> Any:
        return {pair["Key"]: pair["Value"] for pair in value}


PAIRS = Pairs()


def own(required: Iterable[str] = (), **kinds: Kind) -> Structure:
    """Properties that the API does not take in the same call, or not in this form."""
    wanted = set(required)
    return Structure({name: Member(kind, None, name in wanted) for name, kind in kinds.items()})


def direct(required: Iterable[str] = (), **kinds: Kind) -> Structure:
    """Properties whose name is the API's."""
    wanted = set(required)
    return Structure({name: Member(kind, name, name in wanted) for name, kind in kinds.items()})


@dataclass(frozen=True)
class Unemulated:
    """A property that AWS has and this cloud has not."""

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        problems.add(path, "this property is not emulated by the local cloud")
        return value

    def to_api(self, value: Any) -> Any:
        return value


def unemulated(*names: str) -> Structure:
    """Properties that AWS has and this cloud has not."""
    return Structure({name: Member(Unemulated(), None) for name in names})


@lru_cache(maxsize=1)  # EC2's takes 20 MB; a schema is made once
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def from_api(
    service: str,
    name: str,
    *,
    required: Iterable[str] = (),
    without: Iterable[str] = (),
    renamed: Mapping[str, str] | None = None,
    kinds: Mapping[str, Kind] | None = None,
) -> Structure:
    """The schema of botocore's shape `name` (an operation's input, or a part of one).

    `required` and `without` name properties of the top level, in CloudFormation's spelling (what CloudFormation
    requires there is not what the API requires). `renamed` and `kinds` are the exceptions anywhere below, keyed
    by "Shape.member" in the API's spelling, as are further entries of `required`; a member renamed to "" does not
    exist in CloudFormation. Tags differ with every type: they are `own`.
    """
    wanted, unwanted = set(required), {"Tags", *without}
    reader = _Reader(renamed or {}, kinds or {}, frozenset(wanted))
    return Structure(
        {
            cfn: Member(member.kind, member.api, cfn in wanted)
            for cfn, member in reader.members(_model(service).shape_for(name))
            if cfn not in unwanted
        }
    )


@dataclass(frozen=True)
class _Reader:
    """Walks botocore's shapes."""

    renamed: Mapping[str, str]
    kinds: Mapping[str, Kind]
    required: frozenset[str]

    def members(self, shape: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, Member]]:
        for api, member in shape.members.items():
            place = f"{shape.name}.{api}"
            name = self.renamed.get(place, api[0].upper() + api[1:])
            if name:
                kind = self.kinds.get(place) or self.kind(member, (*above, shape.name))
                yield name, Member(kind, api, api in shape.required_members or place in self.required)

    def kind(self, shape: Shape, above: tuple[str, ...]) -> Kind:
        if shape.name in above:
            return JSON_VALUE  # a shape that contains itself: the API judges what is in it
        if shape.type_name == "structure":
            return Structure(dict(self.members(shape, above)))
        if shape.type_name == "list":
            return ListOf(self.kind(shape.member, above))  # type: ignore[attr-defined]
        if shape.type_name == "map":
            return MapOf(self.kind(shape.value, above))  # type: ignore[attr-defined]
        if shape.type_name in ("integer", "long"):
            return INTEGER
        if shape.type_name in ("float", "double"):
            return NUMBER
        if shape.type_name == "boolean":
            return BOOLEAN
        return choice(*getattr(shape, "enum", ()))


@dataclass(frozen=True)
class Anything:
    """A value that only the API can judge."""

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        return value

    def to_api(self, value: Any) -> Any:
        return value


JSON_VALUE = Anything()

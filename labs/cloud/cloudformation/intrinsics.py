"""The functions of a template, as a pure resolver.

What is not known yet (an attribute of a resource that a change set only proposes) is `Unknown`, and so is whatever
is made of it; a resolver for a running operation never meets one.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.references import SUBSTITUTION

LONGEST_TEXT = 1_048_576  # characters that a function may give: as many as a whole template may have


class _NoValue:
    """AWS::NoValue: the property that has it is left out."""

    def __repr__(self) -> str:
        return "AWS::NoValue"


NO_VALUE = _NoValue()


@dataclass(frozen=True)
class Unknown:
    """A value that will be known after `sources` (`Cluster` or `Cluster.Arn`) have been handled."""

    sources: frozenset[str]


def _nothing(name: str) -> Any:
    raise TemplateError(f"Template error: {name} cannot be used here")


@dataclass(frozen=True)
class Scope:
    """What functions may ask for. `values` holds parameters and pseudo-parameters; the callables raise TemplateError."""

    values: Mapping[str, Any]
    mappings: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    conditions: Mapping[str, bool] = field(default_factory=dict)
    reference: Callable[[str], Any] = _nothing
    attribute: Callable[[str, str], Any] = lambda name, attribute: _nothing(f"{name}.{attribute}")
    export: Callable[[str], Any] = _nothing
    zones: Callable[[str], list[str]] = _nothing


def resolve(value: Any, scope: Scope) -> Any:
    """`value` with every function replaced by what it gives; members that are AWS::NoValue are gone."""
    resolved = _resolve(value, scope)
    return None if resolved is NO_VALUE else resolved


def unknown_in(value: Any) -> frozenset[str]:
    """The sources of everything in `value` that is not known yet."""
    if isinstance(value, Unknown):
        return value.sources
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return frozenset[str]().union(*(unknown_in(item) for item in value))
    return frozenset()


def text_of(value: Any) -> str:
    """A primitive as CloudFormation writes it into a string. Raises TypeError for a list or an object."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise TypeError(type(value).__name__)


def _resolve(value: Any, scope: Scope) -> Any:
    if isinstance(value, list):
        items = [_resolve(item, scope) for item in value]
        return [item for item in items if item is not NO_VALUE]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(name, argument)] = value.items()
        if name == "Ref":
            return _ref(argument, scope)
        if name == "Condition" and isinstance(argument, str) and argument in scope.conditions:
            return scope.conditions[argument]
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](argument, scope)
    members = {name: _resolve(item, scope) for name, item in value.items()}
    return {name: item for name, item in members.items() if item is not NO_VALUE}


def _ref(name: str, scope: Scope) -> Any:
    if name == "AWS::NoValue":
        return NO_VALUE
    return scope.values[name] if name in scope.values else scope.reference(name)


def _get_att(argument: Any, scope: Scope) -> Any:
    name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
    attribute = _resolve(attribute, scope)
    if not isinstance(attribute, str):
        raise TemplateError("Template error: the attribute name in Fn::GetAtt must be a string")
    return scope.attribute(name, attribute)


def _join(argument: Any, scope: Scope) -> Any:
    wrong = TemplateError(
        "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
        "strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined."
    )
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        raise wrong
    items = _resolve(argument[1], scope)
    if sources := unknown_in(items):
        return Unknown(sources)
    if not isinstance(items, list):
        raise wrong
    try:
        texts = [text_of(item) for item in items]
    except TypeError:
        raise wrong from None
    _check_length("Fn::Join", sum(map(len, texts)) + len(argument[0]) * len(texts))
    return argument[0].join(texts)


def _check_length(function: str, length: int) -> None:
    """Functions in functions can multiply: a few kilobytes of template would fill any memory."""
    if length > LONGEST_TEXT:
        raise TemplateError(
            f"Template error: {function} gives more than {LONGEST_TEXT} characters in the local cloud"
        )


def _split(argument: Any, scope: Scope) -> Any:
    wrong = TemplateError(
        "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to "
        "be split or a function that returns a string to be split."
    )
    if (
        not isinstance(argument, list)
        or len(argument) != 2
        or not argument[0]
        or not isinstance(argument[0], str)
    ):
        raise wrong
    text = _resolve(argument[1], scope)
    if sources := unknown_in(text):
        return Unknown(sources)
    if not isinstance(text, str):
        raise wrong
    return text.split(argument[0])


def _select(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        raise TemplateError(
            "Template error: every Fn::Select object requires two parameters, the index and the list of objects"
        )
    index, items = (_resolve(item, scope) for item in argument)
    if isinstance(index, Unknown) or isinstance(items, Unknown):
        return Unknown(unknown_in([index, items]))
    if not isinstance(items, list):
        raise TemplateError("Template error: Fn::Select requires a list argument with two elements")
    try:
        number = int(text_of(index))
    except (TypeError, ValueError):
        raise TemplateError("Template error: Fn::Select index must be an integer") from None
    if not 0 <= number < len(items):
        raise TemplateError(f"Template error: Fn::Select cannot select nonexistent value at index {number}")
    return items[number]


def _sub(argument: Any, scope: Scope) -> Any:
    text, variables = argument if isinstance(argument, list) else (argument, {})
    own = {name: _resolve(value, scope) for name, value in variables.items()}
    missing: set[str] = set()
    parts: list[str] = []
    end = length = 0
    for found in SUBSTITUTION.finditer(text):
        name = found["name"].strip()
        parts.append(text[end : found.start()])
        end = found.end()
        if found["literal"]:
            parts.append("${" + found["name"] + "}")
            continue
        if name in own:
            value = own[name]
        elif "." in name:
            value = _get_att(name, scope)
        else:
            value = _ref(name, scope)
        if sources := unknown_in(value):
            missing |= sources
            continue
        try:
            parts.append("" if value is NO_VALUE else text_of(value))
            length += len(parts[-1])
            _check_length("Fn::Sub", length)
        except TypeError:
            raise TemplateError(
                "Template error: every value of the context object of every Fn::Sub object must be a string or a "
                f"function that returns a string: {name}"
            ) from None
    return Unknown(frozenset(missing)) if missing else "".join(parts) + text[end:]


def _find_in_map(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 3:
        raise TemplateError(
            "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the "
            "attribute for return value"
        )
    name, key, attribute = (_resolve(item, scope) for item in argument)
    if sources := unknown_in([name, key, attribute]):
        return Unknown(sources)
    try:
        name, key, attribute = text_of(name), text_of(key), text_of(attribute)
    except TypeError:
        raise TemplateError("Template error: the parameters of Fn::FindInMap must be strings") from None
    mapping = scope.mappings.get(name)
    if mapping is None:
        raise TemplateError(
            f"Template error: Mapping named '{name}' is not present in the 'Mappings' section of template."
        )
    if key not in mapping or attribute not in mapping[key]:
        raise TemplateError(f"Template error: Unable to get mapping for {name}::{key}::{attribute}")
    return mapping[key][attribute]


def _base64(argument: Any, scope: Scope) -> Any:
    value = _resolve(argument, scope)
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, str):
        raise TemplateError("Template error: every Fn::Base64 object must have a String-typed value.")
    return base64.b64encode(value.encode()).decode()


def _cidr(argument: Any, scope: Scope) -> Any:
    """[block, how many, host bits (for IPv4: 32 minus the prefix length)]."""
    values = _resolve(argument, scope)
    if sources := unknown_in(values):
        return Unknown(sources)
    wrong = TemplateError(
        "Template error: every Fn::Cidr object requires two or three parameters, (1) an IP address block, (2) a count "
        "between 1 and 256 and (3) the number of subnet bits"
    )
    if not isinstance(values, list) or len(values) not in (2, 3):
        raise wrong
    try:
        block = ipaddress.ip_network(text_of(values[0]), strict=False)
        count = int(text_of(values[1]))
        bits = int(text_of(values[2])) if len(values) == 3 else None
    except (TypeError, ValueError):
        raise wrong from None
    if bits is None:  # noqa: SIM108  as many bits as the count needs
        prefix = block.prefixlen + (count - 1).bit_length()
    else:
        prefix = block.max_prefixlen - bits
    if not 1 <= count <= 256 or not block.prefixlen <= prefix <= block.max_prefixlen:
        raise wrong
    if count > 2 ** (prefix - block.prefixlen):
        raise TemplateError(
            f"Template error: Fn::Cidr cannot make {count} blocks of /{prefix} out of {block}"
        )
    subnets = block.subnets(new_prefix=prefix)
    return [str(next(subnets)) for _ in range(count)]


def _get_azs(argument: Any, scope: Scope) -> Any:
    region = _resolve(argument, scope)
    if isinstance(region, Unknown):
        return region
    if not isinstance(region, str):
        raise TemplateError("Template error: Fn::GetAZs requires a Region's name")
    return scope.zones(region or scope.values["AWS::Region"])


def _import_value(argument: Any, scope: Scope) -> Any:
    name = _resolve(argument, scope)
    if isinstance(name, Unknown):
        raise TemplateError(
            "Template error: the attribute in Fn::ImportValue must not depend on any resources"
        )
    if not isinstance(name, str) or not name:
        raise TemplateError("Template error: the attribute in Fn::ImportValue must be a non-empty string")
    return scope.export(name)


# Conditions


def evaluate_conditions(definitions: Mapping[str, Any], scope: Scope) -> dict[str, bool]:
    """Whether each condition holds. `scope` has the parameters and mappings; TemplateError for a cycle."""
    known: dict[str, bool] = {}
    pending: list[str] = []

    def evaluate(name: str) -> bool:
        if name in pending:
            raise TemplateError(
                f"Template format error: Circular dependency between conditions: [{', '.join(pending)}]"
            )
        if name not in known:
            pending.append(name)
            result = _resolve(definitions[name], inner)
            pending.pop()
            known[name] = _truth(result)
        return known[name]

    inner = Scope(scope.values, scope.mappings, _Evaluated(definitions, evaluate), zones=scope.zones)
    for name in definitions:
        evaluate(name)
    return known


class _Evaluated(Mapping[str, bool]):
    """The conditions by name, each evaluated when it is asked for."""

    def __init__(self, definitions: Mapping[str, Any], evaluate: Callable[[str], bool]):
        self._definitions = definitions
        self._evaluate = evaluate

    def __getitem__(self, name: str) -> bool:
        return self._evaluate(name)

    def __contains__(self, name: object) -> bool:
        return name in self._definitions

    def __iter__(self) -> Any:
        return iter(self._definitions)

    def __len__(self) -> int:
        return len(self._definitions)


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise TemplateError("Template error: every condition must give true or false")


def _if(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 3 or not isinstance(argument[0], str):
        raise TemplateError("Template error: Fn::If requires a list argument with three elements")
    name, then, otherwise = argument
    if name not in scope.conditions:
        raise TemplateError(
            f"Template format error: Unresolved condition dependency {name} in the Fn::If function"
        )
    return _resolve(then if scope.conditions[name] else otherwise, scope)


def _comparable(value: Any) -> Any:
    try:
        return text_of(value)
    except TypeError:
        return value


def _equals(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        raise TemplateError(
            "Template error: every Fn::Equals object requires a list of two string parameters"
        )
    left, right = (_comparable(_resolve(item, scope)) for item in argument)
    return bool(left == right)


def _several(name: str, argument: Any, scope: Scope) -> list[bool]:
    if not isinstance(argument, list) or not 2 <= len(argument) <= 10:
        raise TemplateError(
            f"Template error: every {name} object requires a list of at least 2 and at most 10 boolean parameters."
        )
    return [_truth(_resolve(item, scope)) for item in argument]


def _and(argument: Any, scope: Scope) -> Any:
    return all(_several("Fn::And", argument, scope))


def _or(argument: Any, scope: Scope) -> Any:
    return any(_several("Fn::Or", argument, scope))


def _not(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 1:
        raise TemplateError("Template error: every Fn::Not object requires a list of one boolean parameter")
    return not _truth(_resolve(argument[0], scope))


# Rule functions


def _members(name: str, argument: Any, scope: Scope) -> tuple[list[Any], Any]:
    if not isinstance(argument, list) or len(argument) != 2:
        raise TemplateError(f"Template error: every {name} object requires a list of two parameters")
    first, second = (_resolve(item, scope) for item in argument)
    if not isinstance(first, list):
        raise TemplateError(f"Template error: the first parameter of {name} must be a list")
    return [_comparable(item) for item in first], second


def _contains(argument: Any, scope: Scope) -> Any:
    items, value = _members("Fn::Contains", argument, scope)
    return _comparable(value) in items


def _each_member_equals(argument: Any, scope: Scope) -> Any:
    items, value = _members("Fn::EachMemberEquals", argument, scope)
    return all(item == _comparable(value) for item in items)


def _each_member_in(argument: Any, scope: Scope) -> Any:
    items, allowed = _members("Fn::EachMemberIn", argument, scope)
    if not isinstance(allowed, list):
        raise TemplateError("Template error: the second parameter of Fn::EachMemberIn must be a list")
    return all(item in [_comparable(one) for one in allowed] for item in items)


_FUNCTIONS: Mapping[str, Callable[[Any, Scope], Any]] = {
    "Fn::And": _and,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::Contains": _contains,
    "Fn::EachMemberEquals": _each_member_equals,
    "Fn::EachMemberIn": _each_member_in,
    "Fn::Equals": _equals,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _get_azs,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Not": _not,
    "Fn::Or": _or,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
}

"""A template's parameters: their definitions checked, and the values that a request gives them.

[User Guide, "CloudFormation template Parameters syntax"]. What a value names in the cloud is asked of a `Directory`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.intrinsics import text_of
from labs.cloud.regular_expressions import Costly, check, matches

_MEMBERS = {
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Default",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
    "Type",
}
AWS_TYPES = {
    "AWS::EC2::AvailabilityZone::Name",
    "AWS::EC2::Image::Id",
    "AWS::EC2::Instance::Id",
    "AWS::EC2::KeyPair::KeyName",
    "AWS::EC2::SecurityGroup::GroupName",
    "AWS::EC2::SecurityGroup::Id",
    "AWS::EC2::Subnet::Id",
    "AWS::EC2::Volume::Id",
    "AWS::EC2::VPC::Id",
    "AWS::Route53::HostedZone::Id",
}
_PLAIN_TYPES = {
    "String",
    "Number",
    "CommaDelimitedList",
    "List<Number>",
    "List<String>",
    "AWS::SSM::Parameter::Name",
}
_STORED = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")
_LIST = re.compile(r"List<(.+)>")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
MASK = "****"
LONGEST_VALUE = 4096  # bytes


class Directory(Protocol):
    """What parameters ask of the cloud."""

    def exists(self, kind: str, value: str) -> bool:
        """Whether the account has this; `kind` is one of AWS_TYPES."""
        ...

    def stored(self, name: str) -> str | None:
        """The value of a Systems Manager parameter; None for an unknown one.

        Raises TemplateError where the caller may not read it.
        """
        ...


@dataclass(frozen=True)
class Definition:
    """One entry of a template's Parameters."""

    name: str
    type: str
    default: str | None
    no_echo: bool
    description: str | None
    allowed_values: tuple[str, ...] | None
    allowed_pattern: str | None
    min_length: int | None
    max_length: int | None
    min_value: float | None
    max_value: float | None
    constraint: str | None

    @property
    def stored_type(self) -> str | None:
        """For `AWS::SSM::Parameter::Value<T>`: T."""
        found = _STORED.fullmatch(self.type)
        return found[1] if found else None


@dataclass(frozen=True)
class Value:
    """What a parameter is: `given` by the request (or the default); `resolved` when Parameter Store holds it."""

    given: str
    resolved: str | None
    value: Any  # what Ref gives: a string, or a list of strings
    no_echo: bool


def define(section: Mapping[str, Mapping[str, Any]]) -> dict[str, Definition]:
    """The definitions in a Parameters section. Raises TemplateError."""
    return {name: _define(name, content) for name, content in section.items()}


def _define(name: str, content: Mapping[str, Any]) -> Definition:
    for member in content:
        if member not in _MEMBERS:
            raise TemplateError(f"Invalid template parameter property '{member}'")
    if "Type" not in content:
        raise TemplateError(
            f"Template format error: Every Parameters object must contain a Type member: {name}."
        )
    kind = content["Type"]
    if not isinstance(kind, str) or not _known(kind):
        raise TemplateError(f"Template format error: Unrecognized parameter type: {kind}")
    allowed = content.get("AllowedValues")
    if allowed is not None and not isinstance(allowed, list):
        raise TemplateError(
            f"Template format error: Every Parameters AllowedValues member must be a list: {name}."
        )
    pattern = content.get("AllowedPattern")
    try:
        if pattern is not None:
            pattern = _text(name, pattern)
            check(pattern)
    except Costly as why:
        raise TemplateError(
            f"AllowedPattern of parameter {name} is not supported by the local cloud: {why}."
        ) from None
    except re.error:
        raise TemplateError(
            f"Template format error: AllowedPattern of parameter {name} is not a regular expression."
        ) from None
    default = content.get("Default")
    return Definition(
        name=name,
        type=kind,
        default=None if default is None else _text(name, default),
        no_echo=str(content.get("NoEcho", "false")).lower() == "true",
        description=None if content.get("Description") is None else _text(name, content["Description"]),
        allowed_values=None if allowed is None else tuple(_text(name, one) for one in allowed),
        allowed_pattern=pattern,
        min_length=_integer(name, content, "MinLength"),
        max_length=_integer(name, content, "MaxLength"),
        min_value=_number(name, content, "MinValue"),
        max_value=_number(name, content, "MaxValue"),
        constraint=None
        if content.get("ConstraintDescription") is None
        else _text(name, content["ConstraintDescription"]),
    )


def _known(kind: str) -> bool:
    stored = _STORED.fullmatch(kind)
    inner = stored[1] if stored else kind
    listed = _LIST.fullmatch(inner)
    return inner in _PLAIN_TYPES or inner in AWS_TYPES or (listed is not None and listed[1] in AWS_TYPES)


def _text(name: str, value: Any) -> str:
    try:
        return text_of(value)
    except TypeError:
        raise TemplateError(
            f"Template format error: Every Default member must be a string. (parameter {name})"
        ) from None


def _number(name: str, content: Mapping[str, Any], member: str) -> float | None:
    value = content.get(member)
    if value is None:
        return None
    if isinstance(value, bool) or not _NUMBER.fullmatch(str(value)):
        raise TemplateError(f"Template format error: {member} of parameter {name} must be a number.")
    return float(value)


def _integer(name: str, content: Mapping[str, Any], member: str) -> int | None:
    number = _number(name, content, member)
    return None if number is None else int(number)


def assign(
    definitions: Mapping[str, Definition],
    given: Mapping[str, str | None],
    previous: Mapping[str, Value],
    directory: Directory,
) -> dict[str, Value]:
    """Every parameter's value. `given` maps a name to its value, or to None for UsePreviousValue.

    Raises TemplateError in CloudFormation's words.
    """
    if unknown := [name for name in given if name not in definitions]:
        raise TemplateError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    texts: dict[str, str] = {}
    missing: list[str] = []
    for name, definition in definitions.items():
        text = given.get(name, definition.default)
        if name in given and text is None:
            if name not in previous:
                raise TemplateError(
                    f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a parameter "
                    "key not in the previous template"
                )
            text = previous[name].given
        if text is None:
            missing.append(name)
        else:
            texts[name] = text
    if missing:
        raise TemplateError(f"Parameters: [{', '.join(missing)}] must have values")
    return {name: _assign(definitions[name], text, directory) for name, text in texts.items()}


def _assign(definition: Definition, text: str, directory: Directory) -> Value:
    if len(text.encode()) > LONGEST_VALUE:
        raise TemplateError(
            f"Parameter '{definition.name}' must have length less than or equal to {LONGEST_VALUE}"
        )
    _check_constraints(definition, text)
    stored = definition.stored_type
    if stored is None:
        return Value(text, None, _typed(definition, definition.type, text, directory), definition.no_echo)
    resolved = directory.stored(text)
    if resolved is None:
        raise TemplateError(f"Unable to fetch parameters [{text}] from parameter store for this account.")
    return Value(text, resolved, _typed(definition, stored, resolved, directory), definition.no_echo)


def _typed(definition: Definition, kind: str, text: str, directory: Directory) -> Any:
    if kind == "Number":
        _check_number(definition.name, text)
        return text
    if kind in ("CommaDelimitedList", "List<String>"):
        return [item.strip() for item in text.split(",")] if text else []
    listed = _LIST.fullmatch(kind)
    if listed is None:
        if kind in AWS_TYPES:
            _check_exists(definition, kind, [text], directory)
        if kind == "AWS::SSM::Parameter::Name" and directory.stored(text) is None:
            raise TemplateError(
                f"Parameter validation failed: parameter value {text} for parameter name {definition.name} does not "
                "exist"
            )
        return text
    items = [item.strip() for item in text.split(",")] if text else []
    if listed[1] == "Number":
        for item in items:
            _check_number(definition.name, item)
    else:
        _check_exists(definition, listed[1], items, directory)
    return items


def _check_number(name: str, text: str) -> None:
    if not _NUMBER.fullmatch(text.strip()):
        raise TemplateError(f"Parameter '{name}' must be a number.")


def _check_exists(definition: Definition, kind: str, values: list[str], directory: Directory) -> None:
    for value in values:
        if not directory.exists(kind, value):
            raise TemplateError(
                f"Parameter validation failed: parameter value {value} for parameter name {definition.name} does not "
                "exist"
            )


def _check_constraints(definition: Definition, text: str) -> None:
    name = definition.name
    for item in _single(definition, text):
        problem = _problem(definition, item)
        if problem is not None:
            if definition.constraint is not None:
                problem = f"failed to satisfy constraint: {definition.constraint}"
            raise TemplateError(f"Parameter '{name}' {problem}")


def _single(definition: Definition, text: str) -> list[str]:
    """The values that the constraints are about: each item of a list."""
    kind = definition.type
    is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
    return [item.strip() for item in text.split(",")] if is_list else [text]


def _problem(definition: Definition, text: str) -> str | None:
    if definition.allowed_values is not None and text not in definition.allowed_values:
        return f"must be one of AllowedValues: [{', '.join(definition.allowed_values)}]"
    if definition.allowed_pattern is not None and not _fits(definition, definition.allowed_pattern, text):
        return f"must match pattern {definition.allowed_pattern}"
    if definition.min_length is not None and len(text) < definition.min_length:
        return f"must contain at least {definition.min_length} characters"
    if definition.max_length is not None and len(text) > definition.max_length:
        return f"must contain at most {definition.max_length} characters"
    if definition.type == "Number" and _NUMBER.fullmatch(text.strip()):
        if definition.min_value is not None and float(text) < definition.min_value:
            return f"must be a number not less than {definition.min_value:g}"
        if definition.max_value is not None and float(text) > definition.max_value:
            return f"must be a number not greater than {definition.max_value:g}"
    return None


def _fits(definition: Definition, pattern: str, text: str) -> bool:
    try:
        return matches(pattern, text)
    except Costly as why:
        raise TemplateError(
            f"AllowedPattern of parameter {definition.name} is not supported by the local cloud: {why}."
        ) from None

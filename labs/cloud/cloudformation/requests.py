"""The members of requests that need reading, and how requests are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from moto.core.exceptions import ServiceException

from labs.cloud.api.errors import UNSAYABLE

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]*")


class StackError(ServiceException):
    """A refusal: AWS's code and message."""

    def __init__(self, code: str, message: str):
        super().__init__(code, UNSAYABLE.sub("?", message))


def invalid(message: str) -> StackError:
    """CloudFormation's ValidationError."""
    return StackError("ValidationError", message)


def given_parameters(parameters: Sequence[Mapping[str, Any]]) -> dict[str, str | None]:
    """Each parameter's value, None for UsePreviousValue. Raises ValidationError."""
    given: dict[str, str | None] = {}
    for parameter in parameters:
        key = parameter.get("ParameterKey")
        if not key:
            raise invalid("Every parameter must have a ParameterKey.")
        if key in given:
            raise invalid(f"Duplicate parameter key {key}")
        previous = bool(parameter.get("UsePreviousValue"))
        value = parameter.get("ParameterValue")
        if previous == (value is not None):
            raise invalid(
                f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true and non empty value "
                "for a parameter"
                if previous
                else f"Parameter {key} must have a value or usePreviousValue."
            )
        given[key] = None if previous else value
    return given


def given_tags(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The tags by key. Raises ValidationError."""
    given: dict[str, str] = {}
    for tag in tags:
        key, value = tag.get("Key"), tag.get("Value")
        if not key or value is None or len(key) > 128 or len(value) > 256:
            raise invalid("Every tag must have a Key of 1 to 128 characters and a Value of at most 256.")
        if key.startswith("aws:"):
            raise invalid("Tag keys that begin with aws: are reserved for AWS.")
        given[key] = value
    if len(given) > 50:
        raise invalid(
            "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50"
        )
    return given


def check_name(member: str, name: str) -> None:
    """Raise ValidationError for what is no name of a stack or change set."""
    if not _NAME.fullmatch(name):
        raise invalid(
            f"1 validation error detected: Value '{name[:200]}' at '{member}' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
    if len(name) > 128:
        raise invalid(
            f"1 validation error detected: Value '{name[:200]}' at '{member}' failed to satisfy constraint: Member must "
            "have length less than or equal to 128"
        )

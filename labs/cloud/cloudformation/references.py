"""What the functions of a template name: parameters, resources, conditions and mappings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from labs.cloud.cloudformation.errors import TemplateError

FUNCTIONS = [
    "Fn::Base64",
    "Fn::GetAtt",
    "Fn::GetAZs",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Split",
    "Fn::FindInMap",
    "Fn::Select",
    "Ref",
    "Fn::Equals",
    "Fn::If",
    "Fn::Not",
    "Condition",
    "Fn::And",
    "Fn::Or",
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::ValueOf",
    "Fn::ValueOfAll",
    "Fn::RefAll",
    "Fn::Sub",
    "Fn::Cidr",
]
SUBSTITUTION = re.compile(r"\$\{(?P<literal>!?)(?P<name>[^{}]*)\}")


@dataclass(frozen=True)
class Reference:
    """A function's use of a name: `kind` is Ref, GetAtt, Sub, Condition or Map."""

    kind: str
    name: str
    attribute: str = ""


def references(value: Any) -> Iterator[Reference]:
    """Every name that the functions in `value` use. Raises TemplateError for a malformed or unknown function."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        function = next(iter(value)) if len(value) == 1 else ""
        if function.startswith("Fn::") and function not in FUNCTIONS:
            raise TemplateError(
                f"Template format error: Encountered unsupported function: {function} Supported functions are: "
                f"[{', '.join(FUNCTIONS)}]"
            )
        argument = value.get(function)
        if function == "Ref":
            if not isinstance(argument, str):
                raise TemplateError(
                    "Template format error: Every Ref object must have a single String value."
                )
            yield Reference("Ref", argument)
        elif function == "Fn::GetAtt":
            yield _get_att(argument)
            if isinstance(argument, list):
                yield from references(argument[1])
        elif function == "Condition" and isinstance(argument, str):
            yield Reference("Condition", argument)
        elif function == "Fn::Sub":
            yield from _sub_references(argument)
        else:
            if (
                function == "Fn::If"
                and isinstance(argument, list)
                and argument
                and isinstance(argument[0], str)
            ):
                yield Reference("Condition", argument[0])
            if (
                function == "Fn::FindInMap"
                and isinstance(argument, list)
                and argument
                and isinstance(argument[0], str)
            ):
                yield Reference("Map", argument[0])
            for item in value.values():
                yield from references(item)


def _get_att(argument: Any) -> Reference:
    if isinstance(argument, str):
        name, _, attribute = argument.partition(".")
        if not name or not attribute:
            raise TemplateError(
                "Template error: if specifying one argument to Fn::GetAtt, that argument must be a non-empty string "
                "in format <LogicalId>.<Attribute>"
            )
        return Reference("GetAtt", name, attribute)
    if (
        not isinstance(argument, list)
        or len(argument) != 2
        or not isinstance(argument[0], str)
        or not isinstance(argument[1], (str, dict))
        or not argument[1]
    ):
        raise TemplateError(
            "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the "
            "resource attribute"
        )
    return Reference("GetAtt", argument[0], argument[1] if isinstance(argument[1], str) else "")


def _sub_references(argument: Any) -> Iterator[Reference]:
    text, variables = argument, {}
    if isinstance(argument, list) and len(argument) == 2:
        text, variables = argument
    if not isinstance(text, str) or not isinstance(variables, dict):
        raise TemplateError(
            "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a "
            "string as first argument, and an optional second argument to specify a mapping of values to replace in "
            "the string"
        )
    yield from references(list(variables.values()))
    for found in SUBSTITUTION.finditer(text):
        name = found["name"].strip()
        if found["literal"] or name in variables:
            continue
        logical, dot, attribute = name.partition(".")
        yield Reference("GetAtt", logical, attribute) if dot else Reference("Ref", name)

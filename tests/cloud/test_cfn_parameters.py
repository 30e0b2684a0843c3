"""Parameters: their types and constraints, and what the cloud must know of their values."""

from __future__ import annotations

from typing import Any

import pytest

from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.parameters import Value, assign, define


class Directory:
    """One subnet, one zone, one stored parameter."""

    def exists(self, kind: str, value: str) -> bool:
        return (
            value in {"AWS::EC2::Subnet::Id": ["subnet-1"], "AWS::EC2::AvailabilityZone::Name": ["a"]}[kind]
        )

    def stored(self, name: str) -> str | None:
        return {"/image": "nginx:1", "/subnets": "subnet-1"}.get(name)


def values(
    section: dict[str, Any], previous: dict[str, Value] | None = None, **given: str | None
) -> dict[str, Value]:
    return assign(define(section), given, previous or {}, Directory())


def refusal(definition: dict[str, Any], value: str) -> str:
    with pytest.raises(TemplateError) as caught:
        values({"P": {"Type": "String"} | definition}, P=value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("definition", "given", "value"),
    [
        ({"Type": "String"}, "x", "x"),
        ({"Type": "Number", "Default": 5}, None, "5"),
        ({"Type": "CommaDelimitedList"}, "a, b", ["a", "b"]),
        ({"Type": "CommaDelimitedList"}, "", []),
        ({"Type": "List<Number>"}, "1,2", ["1", "2"]),
        ({"Type": "AWS::EC2::Subnet::Id"}, "subnet-1", "subnet-1"),
        ({"Type": "List<AWS::EC2::Subnet::Id>"}, "subnet-1", ["subnet-1"]),
        ({"Type": "AWS::SSM::Parameter::Value<String>"}, "/image", "nginx:1"),
        ({"Type": "AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>"}, "/subnets", ["subnet-1"]),
        ({"Type": "AWS::SSM::Parameter::Name"}, "/image", "/image"),
    ],
)
def test_what_ref_gives(definition: dict[str, Any], given: str | None, value: Any) -> None:
    assert values({"P": definition}, **({} if given is None else {"P": given}))["P"].value == value


def test_a_stored_value_is_shown_resolved() -> None:
    value = values({"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/image"}})["P"]
    assert (value.given, value.resolved) == ("/image", "nginx:1")


@pytest.mark.parametrize(
    ("definition", "value", "message"),
    [
        ({"AllowedValues": ["a", "b"]}, "c", "Parameter 'P' must be one of AllowedValues: [a, b]"),
        ({"AllowedPattern": "[a-z]+"}, "1", "Parameter 'P' must match pattern [a-z]+"),
        (
            {"AllowedPattern": ".*-.*-.*x"},
            "-" * 4000,
            "AllowedPattern of parameter P is not supported by the local cloud: a text of 4000 characters could be "
            "matched in too many ways, as by repetitions within repetitions or repeated alternatives.",
        ),
        (
            {"AllowedPattern": "[a-z]+", "ConstraintDescription": "lower case only"},
            "1",
            "Parameter 'P' failed to satisfy constraint: lower case only",
        ),
        ({"MinLength": 3}, "ab", "Parameter 'P' must contain at least 3 characters"),
        ({"MaxLength": "3"}, "abcd", "Parameter 'P' must contain at most 3 characters"),
        ({"Type": "Number", "MinValue": 2}, "1", "Parameter 'P' must be a number not less than 2"),
        ({"Type": "Number", "MaxValue": 2}, "3", "Parameter 'P' must be a number not greater than 2"),
        ({"Type": "Number"}, "x", "Parameter 'P' must be a number."),
        (
            {"Type": "AWS::EC2::Subnet::Id"},
            "subnet-2",
            "Parameter validation failed: parameter value subnet-2 for parameter name P does not exist",
        ),
        (
            {"Type": "AWS::SSM::Parameter::Value<String>"},
            "/nope",
            "Unable to fetch parameters [/nope] from parameter store for this account.",
        ),
        ({}, "x" * 4097, "Parameter 'P' must have length less than or equal to 4096"),
    ],
)
def test_constraints(definition: dict[str, Any], value: str, message: str) -> None:
    assert refusal(definition, value) == message


def test_missing_and_unknown_parameters() -> None:
    section = {"A": {"Type": "String"}, "B": {"Type": "String"}, "C": {"Type": "String", "Default": ""}}
    with pytest.raises(TemplateError, match=r"^Parameters: \[A, B\] must have values$"):
        values(section)
    with pytest.raises(TemplateError, match=r"^Parameters: \[X\] do not exist in the template$"):
        values(section, A="1", B="2", X="3")


def test_previous_values() -> None:
    section = {"A": {"Type": "String", "Default": "new"}}
    previous = values({"A": {"Type": "String"}}, A="old")
    assert values(section, previous, A=None)["A"].value == "old"
    assert values(section, previous)["A"].value == "new"
    with pytest.raises(TemplateError, match="Cannot specify usePreviousValue"):
        values(section, A=None)


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ({"Type": "Text"}, "Template format error: Unrecognized parameter type: Text"),
        ({}, "Template format error: Every Parameters object must contain a Type member: P."),
        ({"Type": "String", "Colour": 1}, "Invalid template parameter property 'Colour'"),
        (
            {"Type": "String", "Default": ["a"]},
            "Template format error: Every Default member must be a string. (parameter P)",
        ),
        (
            {"Type": "String", "MinLength": "x"},
            "Template format error: MinLength of parameter P must be a number.",
        ),
        (
            {"Type": "String", "AllowedPattern": "("},
            "Template format error: AllowedPattern of parameter P is not a regular expression.",
        ),
        (
            {"Type": "String", "AllowedPattern": "(a+)+b"},
            "AllowedPattern of parameter P is not supported by the local cloud: a text of 64 characters could be "
            "matched in too many ways, as by repetitions within repetitions or repeated alternatives.",
        ),
    ],
)
def test_wrong_definitions(definition: dict[str, Any], message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        define({"P": definition})
    assert str(caught.value) == message

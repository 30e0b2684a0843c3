"""The functions of templates."""

from __future__ import annotations

import base64
import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.cloud.cloudformation.dynamic import dereference
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.intrinsics import Scope, Unknown, evaluate_conditions, resolve, unknown_in

SCOPE = Scope(
    values={
        "AWS::Region": "eu-west-3",
        "Name": "bakery",
        "Zones": ["a", "b"],
        "Port": 80,
        "On": True,
    },
    mappings={"Sizes": {"prod": {"cpu": "512", "zones": ["x", "y"]}}},
    conditions={"Yes": True, "No": False},
    reference=lambda name: Unknown(frozenset({name})) if name == "Later" else f"{name.lower()}-1",
    attribute=lambda name, attribute: (
        Unknown(frozenset({f"{name}.{attribute}"})) if name == "Later" else f"{name}:{attribute}"
    ),
    export=lambda name: f"export of {name}",
    zones=lambda region: [f"{region}a", f"{region}b"],
)
LATER = {"Ref": "Later"}


def later(*sources: str) -> Unknown:
    return Unknown(frozenset(sources))


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ({"Ref": "Name"}, "bakery"),
        ({"Ref": "Zones"}, ["a", "b"]),
        ({"Ref": "Cluster"}, "cluster-1"),
        ({"Fn::GetAtt": ["Db", "Endpoint.Address"]}, "Db:Endpoint.Address"),
        ({"Fn::GetAtt": "Db.Arn"}, "Db:Arn"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Name"}, 1, True]]}, "a-bakery-1-true"),
        ({"Fn::Join": [",", {"Ref": "Zones"}]}, "a,b"),
        (
            {"Fn::Sub": "${Name}:${Port}/${Db.Arn}/${!Literal}/${AWS::Region}/${On}"},
            "bakery:80/Db:Arn/${Literal}/eu-west-3/true",
        ),
        ({"Fn::Sub": ["${Who} ${Name}", {"Who": {"Ref": "Cluster"}}]}, "cluster-1 bakery"),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": ["0", {"Fn::GetAZs": ""}]}, "eu-west-3a"),
        ({"Fn::Select": [0, [{"Ref": "Name"}, LATER]]}, "bakery"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["Sizes", "prod", "cpu"]}, "512"),
        ({"Fn::FindInMap": ["Sizes", {"Fn::Select": [0, ["prod"]]}, "zones"]}, ["x", "y"]),
        ({"Fn::If": ["Yes", "then", "else"]}, "then"),
        ({"Fn::If": ["No", LATER, "else"]}, "else"),
        ({"Fn::ImportValue": {"Fn::Sub": "${Name}-vpc"}}, "export of bakery-vpc"),
        ({"Fn::Base64": "x"}, base64.b64encode(b"x").decode()),
        ({"Fn::GetAZs": "us-east-1"}, ["us-east-1a", "us-east-1b"]),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        (
            {"Fn::Cidr": ["10.0.0.0/24", "4", "6"]},
            ["10.0.0.0/26", "10.0.0.64/26", "10.0.0.128/26", "10.0.0.192/26"],
        ),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [{"Ref": "AWS::NoValue"}, 1]}, {"b": [1]}),
        ({"a": {"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}}, {}),
        ({"Ref": "Later"}, later("Later")),
        ({"Fn::Join": ["", ["a", LATER, {"Fn::GetAtt": "Later.Arn"}]]}, later("Later", "Later.Arn")),
        ({"Fn::Sub": "${Later}${Later.Arn}"}, later("Later", "Later.Arn")),
        ({"Fn::Select": [0, {"Fn::Split": [",", LATER]}]}, later("Later")),
        ({"Fn::Base64": {"Fn::Sub": "${Later}"}}, later("Later")),
        ({"Condition": {"StringEquals": {"aws:x": "y"}}}, {"Condition": {"StringEquals": {"aws:x": "y"}}}),
    ],
)
def test_functions(value: Any, result: Any) -> None:
    assert resolve(value, SCOPE) == result


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"Fn::Join": ["-"]}, "every Fn::Join object requires two parameters"),
        ({"Fn::Join": ["-", "text"]}, "every Fn::Join object requires two parameters"),
        ({"Fn::Join": ["-", [{"a": 1}]]}, "every Fn::Join object requires two parameters"),
        ({"Fn::Select": [2, ["a"]]}, "Fn::Select cannot select nonexistent value at index 2"),
        ({"Fn::Select": [-1, ["a"]]}, "Fn::Select cannot select nonexistent value at index -1"),
        ({"Fn::Select": ["x", ["a"]]}, "Fn::Select index must be an integer"),
        ({"Fn::Split": ["", "a"]}, "every Fn::Split object requires two parameters"),
        ({"Fn::FindInMap": ["Sizes", "test", "cpu"]}, "Unable to get mapping for Sizes::test::cpu"),
        ({"Fn::FindInMap": ["Nope", "a", "b"]}, "Mapping named 'Nope' is not present"),
        ({"Fn::If": ["Maybe", 1, 2]}, "Unresolved condition dependency Maybe"),
        ({"Fn::If": ["Yes", 1]}, "Fn::If requires a list argument with three elements"),
        (
            {"Fn::Sub": "${Zones}"},
            "every value of the context object of every Fn::Sub object must be a string",
        ),
        ({"Fn::ImportValue": LATER}, "must not depend on any resources"),
        ({"Fn::Base64": ["x"]}, "every Fn::Base64 object must have a String-typed value"),
        ({"Fn::Cidr": ["10.0.0.0/30", 9, 2]}, "cannot make 9 blocks"),
        ({"Fn::Cidr": ["10.0.0.0/16", 300, 8]}, "every Fn::Cidr object requires"),
        ({"Fn::Cidr": ["home", 1, 8]}, "every Fn::Cidr object requires"),
        ({"Fn::And": [True]}, "every Fn::And object requires a list of at least 2"),
    ],
)
def test_wrong_arguments(value: Any, words: str) -> None:
    with pytest.raises(TemplateError, match=words.replace("(", r"\(")):
        resolve(value, SCOPE)


def test_conditions_see_each_other_and_not_themselves() -> None:
    definitions = {
        "Both": {"Fn::And": [{"Condition": "Prod"}, {"Fn::Not": [{"Condition": "Small"}]}]},
        "Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "Small": {"Fn::Or": [{"Fn::Equals": [{"Ref": "Count"}, 1]}, {"Fn::Equals": ["a", "b"]}]},
    }
    assert evaluate_conditions(definitions, Scope({"Stage": "prod", "Count": "2"})) == {
        "Both": True,
        "Prod": True,
        "Small": False,
    }
    circular = {"A": {"Condition": "B"}, "B": {"Fn::Not": [{"Condition": "A"}]}}
    with pytest.raises(TemplateError, match="Circular dependency between conditions"):
        evaluate_conditions(circular, Scope({}))


def test_rule_functions() -> None:
    scope = Scope({"Version": "6", "Zones": ["a", "b"]})
    assert resolve({"Fn::Contains": [["5", "6"], {"Ref": "Version"}]}, scope) is True
    assert resolve({"Fn::EachMemberIn": [{"Ref": "Zones"}, ["a", "b", "c"]]}, scope) is True
    assert resolve({"Fn::EachMemberEquals": [{"Ref": "Zones"}, "a"]}, scope) is False


json_values = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


@given(json_values)
def test_what_has_no_function_stays_as_it_is(value: Any) -> None:
    assert resolve(value, SCOPE) == value


function_values = st.recursive(
    st.sampled_from(
        [LATER, {"Ref": "Name"}, {"Ref": "AWS::NoValue"}, "x", 1, True, "Yes", "${Name}", "${Later.Arn}"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.builds(
            lambda name, argument: {name: argument},
            st.sampled_from(
                [
                    "Fn::Join",
                    "Fn::Select",
                    "Fn::Split",
                    "Fn::If",
                    "Fn::Cidr",
                    "Fn::Base64",
                    "Fn::FindInMap",
                    "Fn::GetAZs",
                ]
            ),
            inner,
        )
    ),
    max_leaves=10,
)


@given(function_values)
def test_any_function_gives_a_value_or_a_template_error(value: Any) -> None:
    with contextlib.suppress(TemplateError):
        unknown_in(resolve(value, SCOPE))


def test_dynamic_references() -> None:
    def parameter(name: str, version: str, secure: bool) -> str:
        return f"{name}@{version or 'latest'}{'!' if secure else ''}"

    def secret(name: str, stage: str, version: str) -> str:
        return '{"user": "ada", "port": 5432}' if name.startswith("arn") else f"{name}/{stage}/{version}"

    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"
    value = {
        "a": "x {{resolve:ssm:/app/url}} {{resolve:ssm:/app/url:3}}",
        "b": ["{{resolve:ssm-secure:key:1}}", 5],
        "c": f"{{{{resolve:secretsmanager:{arn}:SecretString:user}}}}",
        "d": "{{resolve:secretsmanager:db:SecretString::AWSPREVIOUS}}",
        "e": f"{{{{resolve:secretsmanager:{arn}:SecretString:port::}}}}",
    }
    assert dereference(value, parameter, secret) == {
        "a": "x /app/url@latest /app/url@3",
        "b": ["key@1!", 5],
        "c": "ada",
        "d": "db/AWSPREVIOUS/",
        "e": "5432",
    }
    for wrong in (
        "{{resolve:s3:x}}",
        f"{{{{resolve:secretsmanager:{arn}:SecretString:nope}}}}",
        "{{resolve:secretsmanager:x:Binary}}",
    ):
        with pytest.raises(TemplateError):
            dereference(wrong, parameter, secret)


def test_functions_in_functions_do_not_fill_the_memory() -> None:
    """Each level would make five thousand times as much of it."""
    bomb: Any = "," * 5000
    for _ in range(5):
        bomb = {"Fn::Join": ["," * 5000, {"Fn::Split": [",", bomb]}]}
    with pytest.raises(TemplateError, match="Fn::Join gives more than 1048576 characters"):
        resolve(bomb, SCOPE)
    long = {"Fn::Sub": ["${A}" * 300, {"A": "x" * 4096}]}
    with pytest.raises(TemplateError, match="Fn::Sub gives more than 1048576 characters"):
        resolve(long, SCOPE)

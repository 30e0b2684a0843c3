"""Reading templates: JSON, YAML and their short forms; what CloudFormation refuses, and in which words."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.cloud.cloudformation.catalogue import check_types, missing_capability, needed_capability
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.reader import read
from labs.cloud.cloudformation.references import Reference, references
from labs.cloud.cloudformation.template import load

THING = {"Type": "Test::Thing"}


def of(**sections: Any) -> str:
    return json.dumps({"Resources": {"A": THING}} | sections)


def refusal(text: str) -> str:
    with pytest.raises(TemplateError) as caught:
        load(text)
    return str(caught.value)


def test_short_forms_become_long_ones() -> None:
    read_ = read(
        """
        AWSTemplateFormatVersion: 2010-09-09
        A: !Ref Name
        B: !GetAtt Cluster.Endpoint.Address
        C: !Sub ["${X}", {X: !Ref Y}]
        D: !If [Big, !Select [0, !GetAZs ""], !Ref "AWS::NoValue"]
        E: !And [!Condition One, !Not [!Equals [a, b]]]
        F: !GetAtt [Cluster, Arn]
        G: !Base64 |
          #!/bin/sh
        """
    )
    assert read_ == {
        "AWSTemplateFormatVersion": "2010-09-09",
        "A": {"Ref": "Name"},
        "B": {"Fn::GetAtt": ["Cluster", "Endpoint.Address"]},
        "C": {"Fn::Sub": ["${X}", {"X": {"Ref": "Y"}}]},
        "D": {"Fn::If": ["Big", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}, {"Ref": "AWS::NoValue"}]},
        "E": {"Fn::And": [{"Condition": "One"}, {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}]},
        "F": {"Fn::GetAtt": ["Cluster", "Arn"]},
        "G": {"Fn::Base64": "#!/bin/sh\n"},
    }


def test_policy_versions_stay_strings_and_numbers_numbers() -> None:
    assert read("Version: 2012-10-17\nPort: 80\nOn: true") == {
        "Version": "2012-10-17",
        "Port": 80,
        "On": True,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"A": 1,\n  "B": }', "Template format error: JSON not well-formed. (line 2, column 8)"),
        ("A: [1\nB: 2", "Template format error: YAML not well-formed. (line 2, column 2)"),
        (
            "A: 1\nB: 2\nA: 3",
            "Template format error: YAML not well-formed. (line 3, column 1) Duplicate key 'A'.",
        ),
        ('{"A": 1, "A": 2}', "Template format error: JSON not well-formed. Duplicate key 'A'."),
        ("A: &x 1\nB: *x", "Template error: YAML aliases are not allowed in CloudFormation templates"),
        ("A: {B: null}", "[/A/B] 'null' values are not allowed in templates"),
        ("just text", "Template format error: unsupported structure."),
        ("", "Template format error: unsupported structure."),
        ("A: \x00", "Template format error: YAML not well-formed. (line 1, column 4)"),
        (
            "? [a]\n: b",
            "Template format error: YAML not well-formed. (line 1, column 3) A key must be a string.",
        ),
        ("A: !<tag:x> b", "Template format error: YAML not well-formed. (line 1, column 4)"),
        ('{"A": ' * 5000 + "1" + "}" * 5000, "Template format error: JSON not well-formed."),
        ("[" * 3000, "Template format error: YAML not well-formed."),
        ('{"A":' * 150 + "1" + "}" * 150, "Template format error: the template is nested too deeply."),
    ],
)
def test_malformed_text(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read(text)
    assert str(caught.value) == message


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(TemplateError):
        load(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (of(Foo={}), "Invalid template property or properties [Foo]"),
        (of(Resources={}), "Template format error: At least one Resources member must be defined."),
        (
            of(AWSTemplateFormatVersion="2011"),
            "Template format error: unsupported value for AWSTemplateFormatVersion.",
        ),
        (of(Description=["x"]), "Template format error: Description must be a string."),
        (of(Resources=[]), "Template format error: Resources must be an object."),
        (of(Resources={"A-B": THING}), "Template format error: Resource name A-B is non alphanumeric."),
        (
            of(Resources={"A": {"Properties": {}}}),
            "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
        ),
        (of(Resources={"A": THING | {"Foo": 1}}), "Invalid template resource property 'Foo'"),
        (
            of(Resources={f"A{n}": THING for n in range(501)}),
            "Template format error: Number of resources, 501, is greater than maximum allowed, 500",
        ),
        (
            of(Resources={"A": THING | {"DependsOn": "B"}}),
            "Template format error: Unresolved resource dependencies [B] in the Resources block of the template",
        ),
        (
            of(Resources={"A": THING | {"Properties": {"X": {"Ref": "B"}, "Y": {"Fn::Sub": "${C}"}}}}),
            "Template format error: Unresolved resource dependencies [B, C] in the Resources block of the template",
        ),
        (
            of(Resources={"A": THING | {"Properties": {"X": {"Fn::GetAtt": "B.Arn"}}}}),
            "Template error: instance of Fn::GetAtt references undefined resource B",
        ),
        (
            of(Resources={"A": THING | {"Properties": {"X": {"Fn::GetAtt": "B"}}}}),
            "Template error: if specifying one argument to Fn::GetAtt, that argument must be a non-empty string in "
            "format <LogicalId>.<Attribute>",
        ),
        (
            of(Resources={"A": THING | {"Properties": {"X": {"Ref": ["B"]}}}}),
            "Template format error: Every Ref object must have a single String value.",
        ),
        (
            of(Outputs={"O": {"Value": {"Ref": "Nope"}}}),
            "Template format error: Unresolved resource dependencies [Nope] in the Outputs block of the template",
        ),
        (
            of(Outputs={"O": {}}),
            "Template format error: Every Outputs member must contain a Value object: O.",
        ),
        (
            of(Conditions={"C": {"Fn::Equals": [{"Ref": "A"}, "x"]}}),
            "Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of "
            "the template",
        ),
        (
            of(Resources={"A": THING | {"Condition": "C"}}),
            "Template format error: Unresolved condition dependency C in the Resources block of the template",
        ),
        (
            of(Resources={"A": THING | {"Properties": {"X": {"Fn::FindInMap": ["M", "a", "b"]}}}}),
            "Template error: Mapping named 'M' is not present in the 'Mappings' section of template.",
        ),
        (
            of(Resources={"A": THING | {"DeletionPolicy": "Keep"}}),
            "Template error: Unrecognized DeletionPolicy Keep for resource A",
        ),
        (
            of(Resources={"A": THING | {"DeletionPolicy": "Snapshot"}}),
            "DeletionPolicy Snapshot (of resource A) is not emulated by the local cloud.",
        ),
        (
            of(Resources={"A": THING | {"CreationPolicy": {"ResourceSignal": {}}}}),
            "CreationPolicy and UpdatePolicy (of resource A) are not emulated by the local cloud.",
        ),
    ],
)
def test_refused_templates(text: str, message: str) -> None:
    assert refusal(text) == message


def test_unsupported_functions_and_transforms() -> None:
    message = refusal(of(Resources={"A": THING | {"Properties": {"X": {"Fn::Magic": 1}}}}))
    assert message.startswith(
        "Template format error: Encountered unsupported function: Fn::Magic Supported functions"
    )
    assert "Transforms and macros" in refusal(of(Transform="AWS::Serverless-2016-10-31"))


def test_references_are_found_everywhere() -> None:
    value = {"a": [{"Ref": "P"}, {"Fn::Sub": ["${Q}${R.Arn}${!S}${T}", {"T": {"Ref": "U"}}]}]}
    assert list(references(value)) == [
        Reference("Ref", "P"),
        Reference("Ref", "U"),
        Reference("Ref", "Q"),
        Reference("GetAtt", "R", "Arn"),
    ]


def types_of(*names: str) -> str:
    return of(Resources={f"R{number}": {"Type": name} for number, name in enumerate(names)})


def test_unknown_and_refused_types() -> None:
    with pytest.raises(TemplateError) as caught:
        check_types(load(types_of("AWS::Foo::Bar", "AWS::CDK::Metadata", "AWS::Baz::Qux")))
    assert str(caught.value).startswith(
        "Template format error: Unrecognized resource types: [AWS::Baz::Qux, AWS::Foo::Bar]. The local cloud emulates"
    )
    for name, why in {"Custom::Thing": "Lambda", "AWS::CloudFormation::WaitCondition": "signal"}.items():
        with pytest.raises(TemplateError, match=why):
            check_types(load(types_of(name)))


def test_capabilities() -> None:
    role = {"Type": "AWS::IAM::Role"}
    plain = load(of(Resources={"R": role}))
    named = load(of(Resources={"R": role | {"Properties": {"RoleName": "x"}}}))
    assert needed_capability(plain) == ("CAPABILITY_IAM", ["AWS::IAM::Role"])
    assert missing_capability(plain, []) == "CAPABILITY_IAM"
    assert missing_capability(plain, ["CAPABILITY_NAMED_IAM"]) is None
    assert missing_capability(named, ["CAPABILITY_IAM"]) == "CAPABILITY_NAMED_IAM"
    assert missing_capability(load(of()), []) is None

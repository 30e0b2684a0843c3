"""What an update would do: change sets, and whether there is anything to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.model import Change
from labs.cloud.cloudformation.plan import plan
from labs.cloud.cloudformation.references import FUNCTIONS
from labs.cloud.cloudformation.scoping import Place, active, check_rules, scope_of
from tests.cloud.cfn_bench import Bench

PLACE = Place("arn:stack", "shop", "us-east-1", "123456789012", str, lambda region: [])


def text(resources: dict[str, Any], **sections: Any) -> str:
    made = {name: {"Type": "Test::Thing", "Properties": properties} for name, properties in resources.items()}
    return json.dumps({"Resources": made} | sections)


def changes(bench: Bench, new: str, tags_changed: bool = False, **parameters: str) -> dict[str, Change]:
    revision = bench.revision(new, **parameters)
    scope = scope_of(revision, PLACE)
    planned = plan(
        bench.stack.resources,
        active(revision, scope),
        scope,
        lambda name: frozenset({"Name"}),
        tags_changed,
    )
    return {change.logical_id: change for change in planned.changes}


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.create(
        text({"A": {"Name": "one", "Size": "1"}, "B": {"Of": {"Ref": "A"}}, "C": {"Name": {"Ref": "B"}}})
    )
    return bench


def test_the_same_template_changes_nothing(bench: Bench) -> None:
    assert changes(bench, bench.stack.revision.template.text) == {}


def test_add_modify_remove(bench: Bench) -> None:
    planned = changes(bench, text({"A": {"Name": "one", "Size": "2"}, "B": {"Of": {"Ref": "A"}}, "D": {}}))
    assert {name: change.action for name, change in planned.items()} == {
        "A": "Modify",
        "C": "Remove",
        "D": "Add",
    }
    change = planned["A"]
    assert (change.replacement, change.scope, change.physical_id) == ("False", ("Properties",), "a-1")
    assert change.details == (
        {
            "Target": {"Attribute": "Properties", "Name": "Size", "RequiresRecreation": "Never"},
            "Evaluation": "Static",
            "ChangeSource": "DirectModification",
        },
    )
    assert list(planned)[-1] == "C"


def test_a_replacement_spreads_to_what_depends_on_it(bench: Bench) -> None:
    planned = changes(
        bench,
        text({"A": {"Name": "two", "Size": "1"}, "B": {"Of": {"Ref": "A"}}, "C": {"Name": {"Ref": "B"}}}),
    )
    assert {name: change.replacement for name, change in planned.items()} == {"A": "True", "B": "False"}
    assert planned["B"].details == (
        {
            "Target": {"Attribute": "Properties", "Name": "Of", "RequiresRecreation": "Never"},
            "Evaluation": "Dynamic",
            "ChangeSource": "ResourceReference",
            "CausingEntity": "A",
        },
    )


def test_a_replacement_that_hangs_on_another_is_conditional(bench: Bench) -> None:
    bench.create(
        text({"A": {"Name": "one"}, "B": {"Name": {"Fn::GetAtt": "A.Arn"}}, "C": {"Of": {"Ref": "B"}}})
    )
    planned = changes(
        bench, text({"A": {"Name": "two"}, "B": {"Name": {"Fn::GetAtt": "A.Arn"}}, "C": {"Of": {"Ref": "B"}}})
    )
    assert {name: change.replacement for name, change in planned.items()} == {
        "A": "True",
        "B": "Conditional",
        "C": "False",
    }
    [detail] = planned["B"].details
    assert (detail["ChangeSource"], detail["CausingEntity"]) == ("ResourceAttribute", "A.Arn")
    assert detail["Target"]["RequiresRecreation"] == "Conditionally"


def test_a_parameter_is_named_as_the_cause(bench: Bench) -> None:
    parameters = {"Size": {"Type": "String", "Default": "1"}}
    new = text({"A": {"Name": "one", "Size": {"Ref": "Size"}}}, Parameters=parameters)
    bench.create(new)
    assert changes(bench, new) == {}
    [detail] = changes(bench, new, Size="2")["A"].details
    assert (detail["ChangeSource"], detail["CausingEntity"]) == ("ParameterReference", "Size")


def test_tags_touch_everything(bench: Bench) -> None:
    planned = changes(bench, bench.stack.revision.template.text, tags_changed=True)
    assert {name: change.scope for name, change in planned.items()} == dict.fromkeys("ABC", ("Tags",))


def test_conditions_add_and_remove(bench: Bench) -> None:
    sections = {
        "Parameters": {"Stage": {"Type": "String", "Default": "test"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    }
    resources = {
        "A": {"Type": "Test::Thing", "Properties": {"Of": {"Fn::If": ["Prod", {"Ref": "B"}, "none"]}}},
        "B": {"Type": "Test::Thing", "Condition": "Prod"},
    }
    new = json.dumps({"Resources": resources} | sections)
    bench.create(new)
    assert bench.stack.resources.keys() == {"A"}
    assert changes(bench, new) == {}
    assert {name: change.action for name, change in changes(bench, new, Stage="prod").items()} == {
        "B": "Add",
        "A": "Modify",
    }
    resources["A"]["Properties"] = {"Of": {"Ref": "B"}}
    with pytest.raises(TemplateError, match=r"Unresolved resource dependencies \[B\]"):
        changes(bench, json.dumps({"Resources": resources} | sections))


def test_an_output_of_a_resource_that_is_not_there_is_refused(bench: Bench) -> None:
    sections = {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}
    resources = {"A": {"Type": "Test::Thing"}, "B": {"Type": "Test::Thing", "Condition": "Never"}}
    for output in ({"Value": {"Ref": "B"}}, {"Value": {"Fn::If": ["Never", "x", {"Fn::GetAtt": "B.Arn"}]}}):
        with pytest.raises(
            TemplateError, match=r"Unresolved resource dependencies \[B\] in the Outputs block"
        ):
            changes(bench, json.dumps({"Resources": resources, "Outputs": {"O": output}} | sections))
    fine = {"Value": {"Ref": "B"}, "Condition": "Never"}
    changes(bench, json.dumps({"Resources": resources, "Outputs": {"O": fine}} | sections))


def test_another_type_for_the_same_name_is_refused(bench: Bench) -> None:
    with pytest.raises(TemplateError, match=r"Update of resource type is not permitted.*\[A\]"):
        changes(bench, json.dumps({"Resources": {"A": {"Type": "Test::Other"}}}))


def test_rules_assert() -> None:
    bench = Bench(secrets={"/cdk-bootstrap/x/version": "5"})
    new = text(
        {"A": {}},
        Parameters={
            "Version": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/x/version"}
        },
        Rules={
            "Check": {
                "Assertions": [
                    {
                        "Assert": {"Fn::Not": [{"Fn::Contains": [["4", "5"], {"Ref": "Version"}]}]},
                        "AssertDescription": "bootstrap stack version 6 required",
                    }
                ]
            },
            "Never": {
                "RuleCondition": {"Fn::Equals": ["a", "b"]},
                "Assertions": [{"Assert": {"Fn::Equals": ["a", "b"]}}],
            },
        },
    )
    revision = bench.revision(new)
    with pytest.raises(TemplateError, match="rule Check failed: bootstrap stack version 6 required"):
        check_rules(revision, scope_of(revision, PLACE))
    bench.secrets["/cdk-bootstrap/x/version"] = "21"
    revision = bench.revision(new)
    check_rules(revision, scope_of(revision, PLACE))


names = st.sampled_from(["A", "B", "P", "M", "Yes", "a-b", "AWS::Region", "AWS::NoValue", "\x01"])
leaves = names | st.integers() | st.booleans() | st.none() | st.just("${A}${P}${A.Arn}")
functions = st.sampled_from([*FUNCTIONS, "Fn::Magic", "Type", "Properties", "Value", "Assertions", "Assert"])
hostile = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(names, inner, max_size=2)
        | st.builds(lambda name, argument: {name: argument}, functions, inner)
    ),
    max_leaves=8,
)
things = st.fixed_dictionaries(
    {"Type": st.just("Test::Thing")},
    optional={
        "Properties": st.dictionaries(names, hostile, max_size=2),
        "DependsOn": hostile,
        "Condition": st.just("Yes") | hostile,
        "DeletionPolicy": hostile,
        "UpdatePolicy": hostile,
        "Metadata": hostile,
    },
)
templates = st.fixed_dictionaries(
    {"Resources": st.dictionaries(st.sampled_from("AB"), things | hostile, min_size=1, max_size=2)},
    optional={
        "Parameters": st.just({"P": {"Type": "String", "Default": "p"}}) | hostile,
        "Mappings": st.just({"M": {"a": {"b": "c"}}}) | hostile,
        "Conditions": st.just({"Yes": {"Fn::Equals": ["a", "a"]}})
        | st.dictionaries(names, hostile, max_size=2),
        "Rules": st.dictionaries(st.sampled_from("AB"), hostile, max_size=1),
        "Outputs": st.dictionaries(
            st.sampled_from("AB"), st.fixed_dictionaries({"Value": hostile}) | hostile, max_size=2
        ),
        "Transform": hostile,
        "Description": hostile,
    },
)


@settings(max_examples=300)
@given(templates)
def test_any_template_is_planned_or_refused(content: dict[str, Any]) -> None:
    bench = Bench()
    try:
        revision = bench.revision(json.dumps(content))
        scope = scope_of(revision, PLACE)
        check_rules(revision, scope)
        plan({}, active(revision, scope), scope, lambda name: frozenset())
    except TemplateError:
        pass

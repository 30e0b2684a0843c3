"""Stack operations on pretended resources: order, failures, roll-backs, clean-up, what stops them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labs.cloud.cloudformation.clients import Clients, Credentials
from labs.cloud.cloudformation.context import Abandoned, Control, ResourceContext, current_control
from labs.cloud.cloudformation.handling import REPLACING
from labs.cloud.cloudformation.operations import StackOperations
from tests.cloud.cfn_bench import Bench
from tests.cloud.running import DEADLINE


def template(outputs: dict[str, Any] | None = None, **resources: dict[str, Any]) -> str:
    """Things with these properties; `DependsOn` and other attributes beside them."""
    attributes = ("DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Condition", "Metadata", "Type")
    made = {
        name: {"Type": "Test::Thing"}
        | {key: value for key, value in properties.items() if key in attributes}
        | {"Properties": {key: value for key, value in properties.items() if key not in attributes}}
        for name, properties in resources.items()
    }
    return json.dumps({"Resources": made, "Outputs": outputs or {}})


CHAIN = template(A={}, B={"Of": {"Ref": "A"}}, C={"Of": {"Fn::GetAtt": ["B", "Arn"]}})


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_creates_in_the_order_of_dependencies_with_three_events_each(bench: Bench) -> None:
    stack = bench.create(CHAIN)
    assert stack.status == "CREATE_COMPLETE"
    assert bench.history == [
        *("A CREATE_IN_PROGRESS", "A CREATE_IN_PROGRESS", "A CREATE_COMPLETE"),
        *("B CREATE_IN_PROGRESS", "B CREATE_IN_PROGRESS", "B CREATE_COMPLETE"),
        *("C CREATE_IN_PROGRESS", "C CREATE_IN_PROGRESS", "C CREATE_COMPLETE"),
        "shop CREATE_COMPLETE",
    ]
    assert stack.events[1].reason == "Resource creation Initiated"
    assert stack.events[1].physical_id == "a-1"
    assert bench.thing.world["c-1"] == {"Of": "arn:b-1"}
    assert bench.told == ["finished CREATE_COMPLETE", "created"]


def test_independent_resources_are_created_at_the_same_time(bench: Bench) -> None:
    bench.create(template(Slow={"Wait": "yes"}, Quick={}), wait=False)
    assert bench.thing.waiting.wait(DEADLINE)
    while "Quick CREATE_COMPLETE" not in bench.history:
        assert bench.stack.thread is not None and bench.stack.thread.is_alive()
    bench.thing.gate.set()
    bench.join()
    assert bench.stack.status == "CREATE_COMPLETE"


def test_a_failed_creation_is_rolled_back_in_reverse_order(bench: Bench) -> None:
    stack = bench.create(template(A={}, B={"Of": {"Ref": "A"}}, C={"DependsOn": "B", "Fail": "create"}))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert bench.reason("C", "CREATE_FAILED") == "cannot create C"
    assert bench.reason("shop", "ROLLBACK_IN_PROGRESS") == (
        "The following resource(s) failed to create: [C]. Rollback requested by user."
    )
    after = bench.history[bench.history.index("shop ROLLBACK_IN_PROGRESS") :]
    assert after == [
        "shop ROLLBACK_IN_PROGRESS",
        "C DELETE_COMPLETE",
        *("B DELETE_IN_PROGRESS", "B DELETE_COMPLETE"),
        *("A DELETE_IN_PROGRESS", "A DELETE_COMPLETE"),
        "shop ROLLBACK_COMPLETE",
    ]
    assert bench.thing.world == {}
    assert bench.told == ["create-failed", "finished ROLLBACK_COMPLETE", "rolled-back"]


def test_a_failure_cancels_what_is_under_way_and_removes_it(bench: Bench) -> None:
    stack = bench.create(template(Slow={"Wait": "yes"}, Bad={"Fail": "create"}))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert bench.reason("Slow", "CREATE_FAILED") == "Resource creation cancelled"
    assert "delete Slow" in bench.thing.calls
    assert bench.thing.world == {}


def test_what_never_becomes_ready_fails_after_its_time(bench: Bench) -> None:
    stack = bench.create(template(A={"Unready": "yes"}))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert bench.reason("A", "CREATE_FAILED") == "Exceeded attempts to wait: waited 3 s for it to be ready"
    assert bench.thing.world == {}


@pytest.mark.parametrize(
    ("on_failure", "status", "left"),
    [("DO_NOTHING", "CREATE_FAILED", {"a-1"}), ("DELETE", "DELETE_COMPLETE", set())],
)
def test_on_failure_decides(bench: Bench, on_failure: str, status: str, left: set[str]) -> None:
    stack = bench.create(template(A={}, B={"DependsOn": "A", "Fail": "create"}), on_failure=on_failure)
    assert stack.status == status
    assert bench.thing.world.keys() == left


def test_an_unsupported_property_fails_the_resource(bench: Bench) -> None:
    bench.create(template(A={"Colour": "red"}))
    assert bench.reason("A", "CREATE_FAILED") == (
        "Properties validation failed for resource A with message:\nEncountered unsupported property Colour"
    )
    assert "create A" not in bench.thing.calls


def test_an_unknown_export_fails_the_stack(bench: Bench) -> None:
    stack = bench.create(template(A={"Of": {"Fn::ImportValue": "vpc"}}))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert bench.reason("shop", "ROLLBACK_IN_PROGRESS") == (
        "No export named vpc found. Rollback requested by user."
    )
    assert bench.thing.calls == []


def test_imports_are_remembered(bench: Bench) -> None:
    bench.exports["vpc"] = "vpc-1"
    stack = bench.create(template(A={"Of": {"Fn::ImportValue": "vpc"}}))
    assert stack.imports == {"vpc"}
    assert bench.thing.world["a-1"] == {"Of": "vpc-1"}


def test_imports_follow_updates_and_roll_backs(bench: Bench) -> None:
    bench.exports |= {"vpc": "vpc-1", "zone": "z-1"}
    bench.create(template(A={"Of": {"Fn::ImportValue": "vpc"}}))
    bench.update(template(A={"Of": {"Fn::ImportValue": "zone"}, "Fail": "update"}))
    assert bench.stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert bench.stack.imports == {"vpc"}
    bench.update(template(A={"Of": {"Fn::ImportValue": "zone"}}))
    assert bench.stack.imports == {"zone"}


def test_an_unknown_attribute_fails_what_asks_for_it(bench: Bench) -> None:
    bench.create(template(A={}, B={"Of": {"Fn::GetAtt": ["A", "Colour"]}}))
    assert bench.reason("B", "CREATE_FAILED") == (
        "Template error: resource A does not support attribute type Colour in Fn::GetAtt"
    )


def test_outputs_and_a_clash_of_exports(bench: Bench) -> None:
    outputs = {"Arn": {"Value": {"Fn::GetAtt": "A.Arn"}, "Export": {"Name": "arn"}, "Description": "It"}}
    stack = bench.create(template(outputs, A={}))
    [output] = stack.outputs
    assert (output.key, output.value, output.export, output.description) == ("Arn", "arn:a-1", "arn", "It")
    other = Bench(clash="Export with name arn is already exported by stack other.")
    assert other.create(template(outputs, A={})).status == "ROLLBACK_COMPLETE"
    assert other.thing.world == {}


def test_a_secret_reaches_the_resource_but_no_event(bench: Bench) -> None:
    bench.secrets["db"] = "s3cret"
    bench.create(template(A={"Secret": "{{resolve:secretsmanager:db}}"}))
    assert bench.thing.world["a-1"] == {"Secret": "s3cret"}
    assert "s3cret" not in repr(bench.stack.events)


def test_a_time_limit_ends_a_creation(bench: Bench) -> None:
    stack = bench.create(template(A={"Wait": "yes"}), timeout=0.05)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert bench.reason("shop", "ROLLBACK_IN_PROGRESS") == (
        "Stack creation time exceeded the specified timeout. Rollback requested by user."
    )


def test_a_roll_back_that_fails_says_what_is_left(bench: Bench) -> None:
    bench.thing.broken.add("delete A")
    stack = bench.create(template(A={}, B={"DependsOn": "A", "Fail": "create"}))
    assert stack.status == "ROLLBACK_FAILED"
    assert stack.reason == "The following resource(s) failed to delete: [A]."


def test_a_defect_in_a_type_fails_the_resource_with_a_reason(bench: Bench) -> None:
    bench.thing.validate = lambda properties: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    stack = bench.create(template(A={"Size": "small"}))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "ZeroDivisionError: division by zero" in (bench.reason("A", "CREATE_FAILED") or "")


def test_a_defect_in_the_engine_leaves_no_stack_in_progress(bench: Bench) -> None:
    bench.check_exports = lambda *_: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    stack = bench.create(template(A={}))
    assert stack.status == "CREATE_FAILED"
    assert stack.reason == "The local cloud failed to carry this out; its log says more."


# Updates


def test_an_update_touches_only_what_changes(bench: Bench) -> None:
    bench.create(template(A={"Size": "small"}, B={}))
    stack = bench.update(template(A={"Size": "big"}, B={}))
    assert bench.thing.calls == ["update A"]
    assert bench.history == [
        "A UPDATE_IN_PROGRESS",
        "A UPDATE_COMPLETE",
        "shop UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "shop UPDATE_COMPLETE",
    ]
    assert stack.resources["A"].attributes["Size"] == "big"


def test_a_change_reaches_what_depends_on_it(bench: Bench) -> None:
    bench.create(template(A={"Size": "small"}, B={"Of": {"Fn::GetAtt": "A.Size"}}))
    bench.update(template(A={"Size": "big"}, B={"Of": {"Fn::GetAtt": "A.Size"}}))
    assert bench.thing.calls == ["update A", "update B"]
    assert bench.thing.world["b-1"] == {"Of": "big"}


@pytest.mark.parametrize("change", [{"Name": "two"}, {"Name": "one", "Size": "huge"}])
def test_a_replacement_repoints_and_deletes_the_old_one_last(bench: Bench, change: dict[str, str]) -> None:
    bench.create(template(A={"Name": "one", "Size": "small"}, B={"Of": {"Ref": "A"}}))
    stack = bench.update(template(A=change, B={"Of": {"Ref": "A"}}))
    assert stack.status == "UPDATE_COMPLETE"
    assert bench.reason("A", "UPDATE_IN_PROGRESS") in (REPLACING, None)
    assert any(event.reason == REPLACING for event in stack.events)
    assert bench.thing.world == {"a-2": change, "b-1": {"Of": "a-2"}}
    assert bench.thing.calls[-1] == "delete A"
    clean_up = bench.history.index("shop UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    assert bench.history.index("A DELETE_IN_PROGRESS") > clean_up
    assert stack.resources["A"].physical_id == "a-2"
    assert stack.resources["A"].status == "UPDATE_COMPLETE"


def test_added_and_removed_resources(bench: Bench) -> None:
    bench.create(template(A={}, B={"Of": {"Ref": "A"}}))
    stack = bench.update(template(C={}))
    assert stack.status == "UPDATE_COMPLETE"
    assert bench.thing.calls == ["create C", "delete B", "delete A"]
    assert stack.resources.keys() == {"C"}


def test_policies_keep_what_an_update_would_delete(bench: Bench) -> None:
    bench.create(template(A={"Name": "1", "UpdateReplacePolicy": "Retain"}, B={"DeletionPolicy": "Retain"}))
    stack = bench.update(template(A={"Name": "2", "UpdateReplacePolicy": "Retain"}))
    assert bench.thing.world.keys() == {"a-1", "a-2", "b-1"}
    assert "B DELETE_SKIPPED" in bench.history
    assert "A DELETE_SKIPPED" in bench.history
    assert stack.resources.keys() == {"A"}


def test_a_failed_update_applies_the_previous_values_again(bench: Bench) -> None:
    bench.create(template(A={"Size": "small"}, B={"Name": "one", "DependsOn": "A"}))
    before = dict(bench.thing.world)
    stack = bench.update(
        template(
            A={"Size": "big"},
            B={"Name": "two", "DependsOn": "A"},
            New={"DependsOn": "B"},
            Bad={"DependsOn": "New", "Fail": "create"},
        )
    )
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert bench.reason("shop", "UPDATE_ROLLBACK_IN_PROGRESS") == (
        "The following resource(s) failed to create: [Bad]."
    )
    assert bench.thing.world == before
    assert {name: record.physical_id for name, record in stack.resources.items()} == {"A": "a-1", "B": "b-1"}
    assert stack.revision.template.resources.keys() == {"A", "B"}
    assert stack.before is None
    assert bench.history[-1] == "shop UPDATE_ROLLBACK_COMPLETE"
    assert bench.history.index("New DELETE_COMPLETE") > bench.history.index(
        "shop UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
    )
    assert bench.told[-3:] == ["update-failed", "finished UPDATE_ROLLBACK_COMPLETE", "update-rolled-back"]


def test_a_replacement_that_fails_leaves_the_old_one(bench: Bench) -> None:
    bench.create(template(A={"Name": "one"}))
    stack = bench.update(template(A={"Name": "two", "Fail": "create"}))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert bench.thing.world == {"a-1": {"Name": "one"}}
    assert bench.thing.calls == ["create A"]
    assert stack.resources["A"].physical_id == "a-1"


def test_an_update_that_its_type_refuses_touches_nothing(bench: Bench) -> None:
    bench.create(template(A={"Size": "small"}))
    stack = bench.update(template(A={"Size": "small", "Colour": "red"}))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert bench.thing.calls == []
    assert stack.resources["A"].status == "UPDATE_COMPLETE"


def test_an_update_can_be_updated_again_after_its_roll_back(bench: Bench) -> None:
    bench.create(template(A={"Size": "small"}))
    bench.update(template(A={"Size": "big", "Fail": "update"}))
    assert bench.stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert bench.update(template(A={"Size": "middle"})).status == "UPDATE_COMPLETE"
    assert bench.thing.world == {"a-1": {"Size": "middle"}}


def test_a_roll_back_that_fails_can_be_continued(bench: Bench) -> None:
    bench.create(template(A={"Size": "small"}))
    bench.thing.broken.add("update A")
    stack = bench.update(template(A={"Size": "big"}))
    assert stack.status == "UPDATE_ROLLBACK_FAILED"
    assert stack.reason == "The following resource(s) failed to update: [A]."
    bench.thing.broken.clear()
    assert bench.run("roll_back_update", "User Initiated").status == "UPDATE_ROLLBACK_COMPLETE"
    assert bench.thing.world == {"a-1": {"Size": "small"}}


def test_a_continued_roll_back_skips_what_it_is_told_to(bench: Bench) -> None:
    bench.create(template(A={"Size": "small"}))
    bench.thing.broken.add("update A")
    bench.update(template(A={"Size": "big"}))
    stack = bench.run("roll_back_update", "User Initiated", frozenset({"A"}))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert bench.thing.calls == []


def test_an_update_with_roll_back_disabled_can_be_rolled_back_later(bench: Bench) -> None:
    bench.create(template(A={"Size": "small"}, B={"DependsOn": "A", "Name": "one"}))
    new = template(A={"Size": "big"}, B={"DependsOn": "A", "Name": "two", "Fail": "create"})
    stack = bench.update(new, on_failure="DO_NOTHING")
    assert stack.status == "UPDATE_FAILED"
    assert bench.thing.world["a-1"] == {"Size": "big"}
    assert bench.run("roll_back_update", "User Initiated").status == "UPDATE_ROLLBACK_COMPLETE"
    assert bench.thing.world == {"a-1": {"Size": "small"}, "b-1": {"Name": "one"}}


def test_a_cancelled_update_rolls_back(bench: Bench) -> None:
    bench.create(template(A={"Size": "small"}))
    bench.update(template(A={"Size": "big", "Wait": "yes"}), wait=False)
    assert bench.thing.waiting.wait(DEADLINE)
    bench.operation.cancel("User Initiated")
    bench.join()
    assert bench.stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert bench.reason("A", "UPDATE_FAILED") == "Resource update cancelled"
    assert bench.reason("shop", "UPDATE_ROLLBACK_IN_PROGRESS") == "User Initiated"
    assert bench.thing.world == {"a-1": {"Size": "small"}}


def test_new_tags_reach_every_resource(bench: Bench) -> None:
    bench.create(template(A={}, B={}))
    bench.update(template(A={}, B={}), tags={"team": "bakery"})
    assert sorted(bench.thing.calls) == ["update A", "update B"]


def test_a_clean_up_that_fails_does_not_fail_the_update(bench: Bench) -> None:
    bench.create(template(A={}, B={}))
    bench.thing.broken.add("delete B")
    stack = bench.update(template(A={}))
    assert stack.status == "UPDATE_COMPLETE"
    assert stack.reason == "Update successful. One or more resources could not be deleted."


def test_metadata_changes_without_a_call(bench: Bench) -> None:
    bench.create(template(A={}))
    stack = bench.update(template(A={"Metadata": {"note": "new"}, "DeletionPolicy": "Retain"}))
    assert bench.thing.calls == []
    assert stack.resources["A"].deletion_policy == "Retain"


# Deletion


def test_deletes_in_reverse_order_but_what_is_to_be_kept(bench: Bench) -> None:
    bench.create(template(A={"DeletionPolicy": "Retain"}, B={"Of": {"Ref": "A"}}, C={"Of": {"Ref": "B"}}))
    stack = bench.delete()
    assert stack.status == "DELETE_COMPLETE"
    assert stack.deleted is not None
    assert bench.thing.calls == ["delete C", "delete B"]
    assert bench.thing.world.keys() == {"a-1"}
    assert "A DELETE_SKIPPED" in bench.history


def test_a_deletion_that_fails_can_be_repeated_keeping_what_resists(bench: Bench) -> None:
    bench.create(template(A={}, B={"Of": {"Ref": "A"}}, Free={}))
    bench.thing.broken.add("delete B")
    stack = bench.delete()
    assert stack.status == "DELETE_FAILED"
    assert stack.reason == "The following resource(s) failed to delete: [B]."
    assert bench.thing.world.keys() == {"a-1", "b-1"}
    assert bench.delete(retained=frozenset({"B"})).status == "DELETE_COMPLETE"
    assert bench.thing.world.keys() == {"b-1"}


@pytest.mark.parametrize(("policy", "left"), [("Retain", {"a-1"}), ("RetainExceptOnCreate", set())])
def test_retention_when_a_creation_rolls_back(bench: Bench, policy: str, left: set[str]) -> None:
    bench.create(template(A={"DeletionPolicy": policy}, B={"DependsOn": "A", "Fail": "create"}))
    assert bench.thing.world.keys() == left


def test_a_deletion_takes_over_from_a_creation(bench: Bench) -> None:
    bench.create(template(A={"Wait": "yes"}), wait=False)
    assert bench.thing.waiting.wait(DEADLINE)
    creation, thread = bench.operation, bench.stack.thread
    creation.supersede()
    bench.stack.status = "DELETE_IN_PROGRESS"
    stack = bench.run("delete", after=thread)
    assert stack.status == "DELETE_COMPLETE"
    assert bench.thing.world == {}
    assert not any("ROLLBACK" in line for line in bench.history)


def test_an_abandoned_operation_ends_and_records_nothing_more(bench: Bench) -> None:
    bench.create(template(A={"Wait": "yes"}, B={"DependsOn": "A"}), wait=False)
    assert bench.thing.waiting.wait(DEADLINE)
    known = len(bench.stack.events)
    bench.operation.abandon()
    bench.join()
    assert len(bench.stack.events) == known
    assert "create B" not in bench.thing.calls
    assert bench.told == []


def test_a_stopping_cloud_ends_its_operations(bench: Bench) -> None:
    operations = StackOperations()
    bench.create(template(A={"Wait": "yes"}), wait=False)
    operations.add(bench.operation)
    assert bench.thing.waiting.wait(DEADLINE)
    operations.close()
    assert bench.stack.thread is not None
    assert not bench.stack.thread.is_alive()
    operations.remove(bench.operation)  # already gone: an operation may end while the cloud stops


def test_an_abandoned_operation_sends_no_call() -> None:
    client = Clients("http://127.0.0.1:9").of(Credentials("A" * 20, "secret", None), "us-east-1")("sts")
    control = Control()
    token = current_control.set(control)
    try:
        control.abandoned.set()
        with pytest.raises(Abandoned):
            client.get_caller_identity()
    finally:
        current_control.reset(token)


def test_names_are_shortened_to_fit(bench: Bench) -> None:
    def name(stack: str, logical: str, most: int) -> str:
        return ResourceContext(
            stack,
            "id",
            logical,
            "us-east-1",
            "1",
            {},
            lambda _: None,
            print,
            Control(),
            bench.clock,
            "ABCDEFGHIJKL",
        ).name(most)

    assert name("shop", "Cluster", 255) == "shop-Cluster-ABCDEFGHIJKL"
    assert name("shop", "C" * 60, 32) == f"shop-{'C' * 14}-ABCDEFGHIJKL"
    for most in (13, 14, 20, 32, 64):
        made = name("s" * 60, "L" * 60, most)
        assert len(made) <= most
        assert made.endswith("ABCDEFGHIJKL")
    assert len(name("s", "L", 8)) == 8

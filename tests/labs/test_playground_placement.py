"""The placement playground: the rules of placement hold in every drawing, and its words say what it draws."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.playgrounds.placement import CONSTRAINTS, SIZES, STRATEGIES, demand, playground, show
from labs.playgrounds.placement.cluster import CACHE, MACHINES, ZONES, Outcome, fleet, run

START: dict[str, Any] = {
    "tasks": 9,
    "size": "small",
    "network": "bridge",
    "constraint": "",
    "strategy": "spread-zone",
    "beside": "",
    "fails": "",
    "draw": 1,
}
SETTINGS = st.fixed_dictionaries(
    {
        "tasks": st.integers(0, 30),
        "size": st.sampled_from(sorted(SIZES)),
        "network": st.sampled_from(["bridge", "fixed_port", "awsvpc"]),
        "constraint": st.sampled_from(sorted(CONSTRAINTS)),
        "strategy": st.sampled_from(sorted(STRATEGIES)),
        "beside": st.just(""),
        "fails": st.sampled_from(["", *ZONES, *MACHINES]),
        "draw": st.integers(1, 9),
    }
)


def outcome(**changed: Any) -> Outcome:
    settings = START | changed
    return run(
        settings["tasks"],
        demand(settings),
        CONSTRAINTS[settings["constraint"]],
        STRATEGIES[settings["strategy"]],
        settings["draw"],
    )


@given(SETTINGS)
def test_no_instance_gives_more_than_it_has_and_every_task_is_counted_once(settings: dict[str, Any]) -> None:
    found = outcome(**settings)
    assert all(min(left.cpu, left.memory, left.interfaces) >= 0 for left in found.fleet.values())
    assert sorted(number for name in MACHINES for number in found.on(name)) == list(
        range(1, len(found.places) + 1)
    )
    taken = demand(settings)
    for name, before in fleet().items():
        assert before.cpu - found.fleet[name].cpu == taken.cpu * len(found.on(name))
    assert bool(found.refusals) == (len(found.places) < settings["tasks"])
    assert {refusal.instance for refusal in found.refusals} <= set(MACHINES)


@given(SETTINGS)
def test_what_is_shown_is_what_was_placed(settings: dict[str, Any]) -> None:
    found, shown = outcome(**settings), show(settings)
    assert f"tasks placed: {len(found.places)} of {settings['tasks']}" in shown.text
    assert shown == show(settings), "chance comes from the draw alone"
    assert ("was unable to place a task" in shown.text) == bool(found.refusals)
    assert ("tasks that go on" in shown.text) == bool(settings["fails"])


@given(SETTINGS)
def test_constraints_hold(settings: dict[str, Any]) -> None:
    found = outcome(**settings)
    where = set(found.places)
    allowed = {
        "arm": {"a2", "b2"},
        "type": {"a1", "b1", "c1"},
        "zones": {"a1", "a2", "b1", "b2"},
        "near": {"b1"},
        "apart": {"a1", "a2", "b2", "c1"},
    }.get(settings["constraint"], set(MACHINES))
    assert where <= allowed
    if settings["constraint"] == "distinct" or settings["network"] == "fixed_port":
        assert len(where) == len(found.places)


@given(st.integers(0, 12), st.integers(1, 9))
def test_spread_over_zones_keeps_them_within_one_task_of_each_other(tasks: int, draw: int) -> None:
    counts = outcome(tasks=tasks, draw=draw).by_zone.values()
    assert max(counts) - min(counts) <= 1


@given(st.integers(0, 20), st.integers(1, 9))
def test_spread_over_instances_gives_the_lonely_zone_less(tasks: int, draw: int) -> None:
    found = outcome(tasks=tasks, draw=draw, strategy="spread-instance")
    counts = [len(found.on(name)) for name in MACHINES]
    assert max(counts) - min(counts) <= 1


@given(st.integers(0, 20), st.integers(1, 9), st.sampled_from(["binpack-memory", "binpack-cpu"]))
def test_binpack_leaves_at_least_as_many_instances_free_as_spread(
    tasks: int, draw: int, strategy: str
) -> None:
    packed, spread = (
        outcome(tasks=tasks, draw=draw, strategy=each) for each in (strategy, "spread-instance")
    )
    assert len(packed.used) <= len(spread.used)


def test_binpack_by_memory_fills_the_smallest_before_it_begins_the_next() -> None:
    found = outcome(strategy="binpack-memory", tasks=9)
    assert [len(found.on(name)) for name in found.used] == [7, 2]
    assert {MACHINES[name][1].name for name in found.used} == {"c7g.large"}
    assert found.releasable == ["a1", "c1"], "b1 still has the task of another service"


def test_random_differs_by_the_draw_only() -> None:
    draws = {outcome(strategy="random", draw=draw).places for draw in range(1, 10)}
    assert len(draws) > 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"tasks": 30, "size": "cpu"}, "has insufficient CPU units available"),
        ({"tasks": 30, "size": "memory"}, "has insufficient memory available"),
        ({"tasks": 6, "network": "fixed_port"}, "is already using a port required by your task"),
        ({"tasks": 11, "network": "awsvpc"}, "RESOURCE:ENI"),
        ({"tasks": 6, "constraint": "distinct"}, "DistinctInstance placement constraint unsatisfied."),
        ({"tasks": 30, "constraint": "near"}, "has insufficient CPU units available"),
    ],
)
def test_what_cannot_be_placed_is_said_in_awss_words(changed: dict[str, Any], reason: str) -> None:
    shown = show(START | changed)
    assert reason in shown.text
    assert "<code>RESOURCE:" in shown.html or "<code>DistinctInstance" in shown.html


def test_an_expression_that_no_instance_meets_names_the_constraint() -> None:
    shown = show(START | {"tasks": 9, "constraint": "arm", "size": "large"})
    assert "<code>MemberOf placement constraint unsatisfied.</code>" in shown.html


def test_a_failure_takes_what_it_holds() -> None:
    shown = show(START | {"fails": "us-east-1b"})
    assert "Failed: zone us-east-1b. Tasks stopped: 3; tasks that go on: 6." in shown.text
    assert shown.html.partition("</style>")[2].count('class="mark-bad" d="M') >= 2
    (packed,) = {outcome(strategy="binpack-memory", draw=draw).lost(ZONES[2]) for draw in range(1, 10)}
    assert packed == 0


def test_gauges_are_as_long_as_what_is_taken() -> None:
    full = show(START | {"strategy": "binpack-memory", "tasks": 7}).html  # all the memory of one instance
    lengths = {part.partition('"')[0].partition(" h")[2] for part in full.split(' d="M')[1:] if " h" in part}
    assert {"0", "56", "49"} <= lengths, "nothing, all of the memory, seven eighths of the CPU"


def test_two_strategies_stand_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    board = playground()
    assert board.output.count("<svg") == 2
    assert len(board.set(beside="").text.splitlines()) == 1
    assert board.output.count("<svg") == 1
    with pytest.raises(ValueError, match="strategy"):
        board.set(strategy="clever")
    monkeypatch.setenv("COURSE_LANG", "fr")
    assert "tâches placées\u00a0: 9 sur 9" in playground().output.replace("&#x27;", "'")


def test_the_task_that_was_there_before_stays() -> None:
    assert fleet()["b1"].groups == (CACHE,)
    assert outcome(tasks=0).places == ()
    assert "could be given back: a1, a2, b2, c1" in show(START | {"tasks": 0}).text

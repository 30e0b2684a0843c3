"""The order of resources, and walking it with several at a time."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.graph import order, reverse
from labs.cloud.cloudformation.walk import walk

Names = st.sampled_from("ABCDEFGH")


@st.composite
def acyclic(draw: st.DrawFn) -> dict[str, frozenset[str]]:
    """Each name depends on some that come before it, in an order that the graph does not show."""
    names = draw(st.lists(Names, unique=True))
    graph = {
        name: frozenset(draw(st.sets(st.sampled_from(names[:at])))) if at else frozenset()
        for at, name in enumerate(names)
    }
    return {name: graph[name] for name in draw(st.permutations(names))}


@given(acyclic())
def test_order_puts_everything_after_what_it_needs(graph: dict[str, frozenset[str]]) -> None:
    ordered = order(graph)
    assert sorted(ordered) == sorted(graph)
    for name, needs in graph.items():
        assert all(ordered.index(other) < ordered.index(name) for other in needs)


@given(st.dictionaries(Names, st.frozensets(Names)))
def test_order_fails_for_cycles_only(graph: dict[str, frozenset[str]]) -> None:
    def reaches(start: str, goal: str, seen: set[str]) -> bool:
        return any(
            other == goal or (other not in seen and reaches(other, goal, seen | {other}))
            for other in graph.get(start, ())
        )

    cyclic = any(reaches(name, name, set()) for name in graph)
    try:
        order(graph)
    except TemplateError:
        assert cyclic
    else:
        assert not cyclic


def test_the_message_names_what_is_on_the_cycle() -> None:
    graph = {"A": {"B"}, "B": {"C"}, "C": {"B"}, "Free": set[str]()}
    with pytest.raises(TemplateError, match=r"^Circular dependency between resources: \[B, C\]$"):
        order({name: frozenset(needs) for name, needs in graph.items()})
    with pytest.raises(TemplateError, match=r"\[A\]$"):
        order({"A": frozenset({"A"})})


@given(acyclic())
def test_reversing_twice_gives_the_graph_again(graph: dict[str, frozenset[str]]) -> None:
    assert reverse(reverse(graph)) == graph


@given(acyclic(), st.sets(Names))
def test_a_walk_starts_nothing_before_what_it_needs_has_succeeded(
    graph: dict[str, frozenset[str]], failing: set[str]
) -> None:
    succeeded: list[str] = []
    lock = threading.Lock()

    def work(name: str) -> bool:
        with lock:
            assert graph[name] <= set(succeeded)
            if name in failing:
                return False
            succeeded.append(name)
            return True

    failed = walk(graph, work, lambda: False)
    assert set(failed) <= failing
    blocked = set(graph) - set(succeeded) - set(failed)
    assert all(graph[name] & (blocked | set(failed)) for name in blocked)


def test_a_halted_walk_waits_for_what_runs_and_starts_nothing() -> None:
    halt = threading.Event()
    done: list[str] = []

    def work(name: str) -> bool:
        halt.set()
        done.append(name)
        return True

    assert walk({"A": frozenset(), "B": frozenset({"A"})}, work, halt.is_set) == []
    assert done == ["A"]
    assert walk({"A": frozenset()}, work, lambda: True) == []


def test_an_exception_is_a_failure() -> None:
    assert walk({"A": frozenset()}, lambda name: bool(1 / 0), lambda: False) == ["A"]

"""The order in which resources are handled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from labs.cloud.cloudformation.errors import TemplateError

Graph = Mapping[str, frozenset[str]]  # each resource and what it depends on


def order(graph: Graph) -> list[str]:
    """Every resource after all that it depends on; what is free keeps the template's order.

    Raises TemplateError for a cycle, naming every resource that is on one or between two.
    """
    remaining = {name: graph[name] & graph.keys() for name in graph}
    done: list[str] = []
    finished: set[str] = set()
    while remaining:
        ready = [name for name, needs in remaining.items() if needs <= finished]
        if not ready:
            raise TemplateError(
                f"Circular dependency between resources: [{', '.join(_on_cycles(remaining))}]"
            )
        done += ready
        finished.update(ready)
        for name in ready:
            del remaining[name]
    return done


def _on_cycles(graph: Graph) -> list[str]:
    """What is left when everything that merely depends on a cycle is taken away, again and again."""
    left = dict(graph)
    while True:
        needed = {other for needs in left.values() for other in needs}
        free = [name for name in left if name not in needed]
        if not free:
            return list(left)
        for name in free:
            del left[name]


def reverse(graph: Graph) -> dict[str, frozenset[str]]:
    """Each resource and what depends on it: the graph of a deletion."""
    turned: dict[str, set[str]] = {name: set() for name in graph}
    for name, needs in graph.items():
        for other in needs:
            if other in turned:
                turned[other].add(name)
    return {name: frozenset(others) for name, others in turned.items()}


def ready(graph: Graph, finished: Iterable[str], started: Iterable[str]) -> list[str]:
    """What may start now: everything that it depends on is finished, and it has not started."""
    over, begun = set(finished), set(started)
    return [name for name, needs in graph.items() if name not in begun and (needs & graph.keys()) <= over]

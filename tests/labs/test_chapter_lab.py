"""Notebook 06's challenges judged without a cloud: untouched, wrong, solved."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from labs.chapters.lab import order, ping, scan, waiting
from labs.chapters.lab.order import Taken
from labs.chapters.lab.ping import Rule

SCANNED = {f"frenchbakery/{name}": True for name in ("frontend", "products", "orders", "reviews")}
ORDERED = Taken(Counter(macarons=12), "noon")
SPREAD = {f"frenchbakery-{name}": "round_robin" for name in ("frontend", "products", "reviews")}
PATIENT = SPREAD | {"frenchbakery-orders": "least_outstanding_requests"}


def judged(module: Any, found: Any) -> str:
    assert module.attempted(found)
    return "; ".join(module.problems(found))


@pytest.mark.parametrize(
    ("module", "found"),
    [
        (scan, {}),
        (scan, dict.fromkeys(SCANNED, False)),
        (ping, None),
        (waiting, {}),
        (waiting, SPREAD | {"frenchbakery-orders": "round_robin"}),
        (order, ()),
    ],
)
def test_untouched(module: Any, found: Any) -> None:
    assert not module.attempted(found)


@pytest.mark.parametrize(
    ("module", "found"),
    [
        (scan, SCANNED),
        (ping, Rule(["/ping"], "fixed-response", "200")),
        (waiting, PATIENT),
        (order, (ORDERED,)),
    ],
)
def test_solved(module: Any, found: Any) -> None:
    assert judged(module, found) == ""


@pytest.mark.parametrize(
    ("module", "found", "words"),
    [
        (scan, SCANNED | {"frenchbakery/orders": False}, "an image pushed to frenchbakery/orders"),
        (ping, Rule(["/ping"], "forward", ""), "the rule does “forward”"),
        (ping, Rule(["/ping"], "fixed-response", "503"), "would answer 503"),
        (ping, Rule(["/ping", "/*"], "fixed-response", "200"), "other paths as well: /*"),
        (ping, Rule(["/ping*"], "fixed-response", "200"), "other paths as well: /ping*"),
        (waiting, SPREAD | {"frenchbakery-orders": "weighted_random"}, "spread by weighted_random"),
        (waiting, PATIENT | {"frenchbakery-products": "least_outstanding_requests"}, "frenchbakery-products has changed"),
        (order, (ORDERED, ORDERED), "would pay 2 times"),
        (order, (Taken(Counter(macarons=6), "noon"),), "6 boxes of macarons instead of 12"),
        (order, (Taken(Counter(macarons=12, brioche=1), "noon"),), "something else as well: brioche"),
        (order, (Taken(Counter(macarons=12), "evening"),), "ready for evening"),
    ],
)  # fmt: skip
def test_wrong(module: Any, found: Any, words: str) -> None:
    assert words in judged(module, found)

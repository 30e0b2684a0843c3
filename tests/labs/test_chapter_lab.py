"""Notebook 06's challenges judged without a cloud: untouched, wrong, solved."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from labs.chapters.ecr.scanning import Scanning
from labs.chapters.lab import order, ping, scan, waiting
from labs.chapters.lab.order import Taken
from labs.checks.repositories import EXPECTED
from labs.inventory import Rule

SCANNED = Scanning(by_themselves=frozenset(EXPECTED))
BY_THE_REGISTRY = Scanning(
    [{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [{"filter": "frenchbakery/*"}]}]
)
LED = (Rule(("/api/orders*",), ("arn:orders",)), Rule((), ("arn:frontend",)))
PONG = Rule(("/ping",), (), "fixed-response", "200")
ORDERED = Taken(Counter(macarons=12), "noon")
SPREAD = {f"frenchbakery-{name}": "round_robin" for name in ("frontend", "products", "reviews")}
PATIENT = SPREAD | {"frenchbakery-orders": "least_outstanding_requests"}


def judged(module: Any, found: Any) -> str:
    assert module.attempted(found)
    return "; ".join(module.problems(found))


@pytest.mark.parametrize(
    ("module", "found"),
    [
        (scan, Scanning()),
        (scan, Scanning(by_themselves=frozenset({"bakehouse/bread"}))),
        (ping, ()),
        (ping, LED),
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
        (scan, BY_THE_REGISTRY),
        (ping, (PONG, *LED)),
        (ping, (replace(PONG, paths=("/pong",)), PONG, *LED)),
        (waiting, PATIENT),
        (order, (ORDERED,)),
    ],
)
def test_solved(module: Any, found: Any) -> None:
    assert judged(module, found) == ""


@pytest.mark.parametrize(
    ("module", "found", "words"),
    [
        (scan, replace(SCANNED, by_themselves=SCANNED.by_themselves - {"frenchbakery/orders"}),
         "an image pushed to frenchbakery/orders"),
        (ping, (Rule(("/ping",), ("arn:orders",)), *LED), "the rule does “forward”"),
        (ping, (Rule(("/p*",), ("arn:orders",)), PONG, *LED), "the rule does “forward”"),
        (ping, (replace(PONG, code="503"), *LED), "would answer 503"),
        (ping, (replace(PONG, paths=("/ping", "/*")), *LED), "other paths as well: /*"),
        (ping, (replace(PONG, paths=("/pin?",)), *LED), "other paths as well: /pin?"),
        (ping, (replace(PONG, narrow=True), *LED), "a plain request escapes it"),
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

"""Schemathesis searches for inputs that break a service: server errors, undocumented answers, accepted nonsense."""

from __future__ import annotations

import itertools
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.applications import Starlette
from starlette.routing import Mount

from frenchbakery.common.fields import PRODUCT_PATTERN
from frenchbakery.products import catalogue
from tests.frenchbakery.bakery import open_bakery

BAKERY = open_bakery()
SHELF = list(catalogue.load())
COUNTER = itertools.count()
QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def schema_of(service: str) -> schemathesis.BaseSchema:
    """The description of a service, tested in process with valid and invalid input."""
    generation = GenerationConfig(modes=list(GenerationMode), deterministic=True)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    # Mounted, so that the end of one test client does not close the connections of the next.
    app = Starlette(routes=[Mount("/", BAKERY.rules.apps[service])])
    return schemathesis.openapi.from_asgi("/openapi.json", app, config=config)


products, orders, reviews, frontend = map(schema_of, ("products", "orders", "reviews", "frontend"))


def with_new_key(case: schemathesis.Case) -> schemathesis.Case:
    """A new key for each request: a key that comes back with another body is refused, and rightly so."""
    if re.fullmatch(r"[A-Za-z0-9_-]{8,64}", str(case.headers.get("Idempotency-Key"))):
        case.headers["Idempotency-Key"] = f"key-{next(COUNTER):08}"
    return case


def with_known_products(case: schemathesis.Case) -> schemathesis.Case:
    """Products that exist, each once, instead of random ones: the search must get past the catalogue."""
    try:
        lines = case.body["lines"]
        well_formed = all(re.fullmatch(PRODUCT_PATTERN, line["product_id"]) for line in lines)
    except (TypeError, KeyError):
        return case  # not an order, and meant so
    if well_formed and 0 < len(lines) <= 20:
        known = [{**line, "product_id": product} for line, product in zip(lines, SHELF, strict=False)]
        case.body = {**case.body, "lines": known}
    return case


@products.parametrize()
@QUICK
def test_products(case: schemathesis.Case) -> None:
    case.call_and_validate()


@orders.parametrize()
@QUICK
def test_orders(case: schemathesis.Case) -> None:
    with_known_products(with_new_key(case)).call_and_validate()


@reviews.parametrize()
@QUICK
def test_reviews(case: schemathesis.Case) -> None:
    with_new_key(case).call_and_validate()


@frontend.parametrize()
@QUICK
def test_frontend(case: schemathesis.Case) -> None:
    # What is acceptable in a form, the services behind it decide: not in the frontend's description.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])


def test_the_search_gets_past_the_first_checks() -> None:
    """Guards the guard: were every request refused, nothing would be searched."""
    statuses: list[int] = []

    @QUICK
    @given(orders["/api/orders"]["POST"].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def search(case: schemathesis.Case) -> None:
        statuses.append(with_known_products(with_new_key(case)).call().status_code)

    search()
    assert statuses.count(201) > 5


@pytest.mark.parametrize("service", BAKERY.rules.apps)
def test_every_address_is_described(service: str) -> None:
    described = BAKERY.client(service).get("/openapi.json").json()
    operations = [op for path in described["paths"].values() for op in path.values()]
    assert len(operations) >= 5
    assert all(operation.get("description") for operation in operations)

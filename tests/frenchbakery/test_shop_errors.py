"""Every error has one shape, says what is wrong, and repeats nothing of what was sent."""

from __future__ import annotations

import httpx
import pytest

from frenchbakery.orders.repository import SqliteOrders, StoredOrder
from tests.frenchbakery.bakery import KEY, ORDER, Bakery, error_of, logged, open_bakery


def post(bakery: Bakery, body: object, **headers: str) -> httpx.Response:
    return bakery.client("orders").post("/api/orders", json=body, headers={"Idempotency-Key": KEY, **headers})


@pytest.mark.parametrize(
    ("change", "field", "french", "english"),
    [
        (
            {"pickup": "night"},
            "pickup",
            "valeurs possibles : morning, noon, evening",
            "possible values: morning, noon, evening",
        ),
        ({"total_cents": 1}, "total_cents", "champ inconnu", "unknown field"),
        ({"lines": []}, "lines", "1 au moins", "at least 1"),
        ({"lines": None}, "lines", "valeur incorrecte", "not a valid value"),
        (
            {"lines": [{"product_id": "croissant", "quantity": 51}]},
            "lines.0.quantity",
            "au plus 50",
            "at most 50",
        ),
        (
            {"lines": [{"product_id": "croissant", "quantity": 0}]},
            "lines.0.quantity",
            "au moins 1",
            "at least 1",
        ),
        (
            {"lines": [{"product_id": "croissant", "quantity": "2"}]},
            "lines.0.quantity",
            "nombre entier",
            "whole number",
        ),
        (
            {"lines": [{"product_id": "../etc", "quantity": 1}]},
            "lines.0.product_id",
            "forme incorrecte",
            "not of the expected",
        ),
        (
            {"lines": [{"product_id": "pizza", "quantity": 1}]},
            "lines.0.product_id",
            "produit inconnu",
            "unknown product",
        ),
        (
            {"lines": [{"product_id": "eclair", "quantity": 1}] * 2},
            "lines.1.product_id",
            "produit répété",
            "repeated product",
        ),
    ],
)
def test_a_wrong_field_is_named_in_both_languages(
    bakery: Bakery, change: dict[str, object], field: str, french: str, english: str
) -> None:
    for lang, words in (("fr", french), ("en", english)):
        answer = post(bakery, ORDER | change, **{"Accept-Language": lang})
        assert answer.status_code == 422
        error = error_of(answer)
        assert error["code"] == "invalid_request"
        assert [(problem["field"], words in problem["message"]) for problem in error["fields"]] == [
            (field, True)
        ]


def test_lang_in_the_query_wins(bakery: Bakery) -> None:
    answer = bakery.client("products").get("/api/products/pizza?lang=fr", headers={"Accept-Language": "en"})
    assert error_of(answer)["message"] == "Ce produit n’existe pas."


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b"[1, 2]", b'"text"', b"null"])
def test_a_body_that_is_no_order_is_refused(bakery: Bakery, body: bytes) -> None:
    answer = bakery.client("orders").post(
        "/api/orders", content=body, headers={"Idempotency-Key": KEY, "Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert error_of(answer)["message"]


def test_a_key_is_required_and_has_a_form(bakery: Bakery) -> None:
    client = bakery.client("orders")
    assert error_of(client.post("/api/orders", json=ORDER))["fields"][0]["field"] == "Idempotency-Key"
    short = client.post("/api/orders", json=ORDER, headers={"Idempotency-Key": "short"})
    assert short.status_code == 422


def test_the_framework_s_own_errors_have_the_shape_too(bakery: Bakery) -> None:
    client = bakery.client("orders")
    assert error_of(client.get("/nothing"))["code"] == "not_found"
    wrong_method = client.delete("/api/orders")
    assert (wrong_method.status_code, error_of(wrong_method)["code"]) == (405, "method_not_allowed")
    assert wrong_method.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("declared", [True, False])
def test_a_large_body_is_not_read_to_its_end(bakery: Bakery, declared: bool) -> None:
    parts = [b"x" * 1024] * 70
    answer = bakery.client("orders").post(
        "/api/orders",
        content=b"".join(parts) if declared else iter(parts),
        headers={"Idempotency-Key": KEY, "Content-Type": "application/json"},
    )
    assert (answer.status_code, error_of(answer)["code"]) == (413, "body_too_large")


def test_refused_values_are_not_repeated(bakery: Bakery) -> None:
    with logged() as log:
        answer = post(bakery, ORDER | {"pickup": "SECRET-VALUE"})
    assert "SECRET-VALUE" not in answer.text + log.getvalue()


class Broken(SqliteOrders):
    """A store with a bug above it: the answer cannot be serialised."""

    def list(self, limit: int) -> list:  # type: ignore[type-arg]
        return [object()]


def test_an_unexpected_error_is_a_500_with_the_request_s_id() -> None:
    bakery = open_bakery(Broken(":memory:"))
    with logged() as log:
        answer = bakery.client("orders").get("/api/orders", headers={"X-Request-Id": "id-7"})
    assert answer.status_code == 500
    assert error_of(answer) | {"message": ""} == {
        "code": "internal_error",
        "message": "",
        "fields": [],
        "request_id": "id-7",
    }
    assert answer.headers["x-request-id"] == "id-7"
    assert '"exception"' in log.getvalue()
    assert "Traceback" not in answer.text


class Unreachable(SqliteOrders):
    """A table that does not answer."""

    def get(self, order_id: str) -> StoredOrder | None:
        raise ConnectionError("table")


def test_a_store_that_fails_is_a_503() -> None:
    bakery = open_bakery(Unreachable(":memory:"))
    answer = post(bakery, ORDER)
    assert (answer.status_code, error_of(answer)["code"]) == (503, "dependency_unavailable")
    assert answer.headers["retry-after"] == "5"

"""Orders: once each, at the catalogue's prices, in every store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import boto3
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws
from moto.dynamodb.models import DynamoDBBackend

from frenchbakery.common.idempotency import id_from_key
from frenchbakery.common.storage import dynamodb
from frenchbakery.orders.model import Order, OrderRequest, PricedProduct, RequestedLine, price
from frenchbakery.orders.repository import DynamoDbOrders, Orders, SqliteOrders, StoredOrder
from tests.frenchbakery.bakery import KEY, ORDER, Bakery, error_of, open_bakery

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
TABLE = "frenchbakery-orders"


def place(bakery: Bakery, body: dict[str, Any] | None = None, key: str = KEY) -> httpx.Response:
    return bakery.client("orders").post("/api/orders", json=body or ORDER, headers={"Idempotency-Key": key})


# --- prices ---------------------------------------------------------------------------------------


def test_prices_come_from_the_catalogue(bakery: Bakery) -> None:
    order = place(bakery).json()
    catalogue = bakery.client("products").get("/api/products/croissant").json()
    assert order["lines"][0]["unit_price_cents"] == catalogue["price_cents"] == 140
    assert order["total_cents"] == 280
    assert order["lines"][0]["name"] == catalogue["name"]


@pytest.mark.parametrize("field", ["price_cents", "unit_price_cents", "total_cents"])
def test_a_price_from_the_client_is_refused(bakery: Bakery, field: str) -> None:
    line = ORDER["lines"][0] | {field: 1}  # type: ignore[operator]
    answer = place(bakery, {"lines": [line], "pickup": "noon"})
    assert error_of(answer)["fields"] == [{"field": f"lines.0.{field}", "message": "unknown field"}]


PRICES = {
    "baguette": PricedProduct(id="baguette", name={"fr": "B", "en": "B"}, price_cents=130),
    "eclair": PricedProduct(id="eclair", name={"fr": "É", "en": "E"}, price_cents=390),
}


@given(st.dictionaries(st.sampled_from(sorted(PRICES)), st.integers(1, 50), min_size=1))
def test_the_total_is_the_sum_of_its_lines(quantities: dict[str, int]) -> None:
    lines = [RequestedLine(product_id=name, quantity=number) for name, number in quantities.items()]
    order = price(OrderRequest(lines=lines, pickup="noon"), PRICES, "AAAA-AAAA-AAAA", NOON)
    assert order.total_cents == sum(PRICES[name].price_cents * number for name, number in quantities.items())
    assert order.total_cents == sum(line.total_cents for line in order.lines)


@pytest.mark.parametrize("trouble", ["down", "hanging"])
def test_without_the_catalogue_no_order_is_taken(bakery: Bakery, trouble: str) -> None:
    setattr(bakery.rules, trouble, {"products"})
    answer = place(bakery)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "products" in error_of(answer)["message"]
    setattr(bakery.rules, trouble, set())
    assert place(bakery).status_code == 201, "the key was not used up"


@pytest.mark.parametrize(
    "strange", [b"", b"{}", b'{"products": [{"id": "croissant", "name": {}, "price_cents": 1.5}]}']
)
def test_a_catalogue_that_makes_no_sense_is_a_503(bakery: Bakery, strange: bytes) -> None:
    bakery.rules.apps["products"] = answering(200, strange)
    assert place(bakery).status_code == 503


def answering(status: int, body: bytes) -> Any:
    """An application with one answer."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return app


# --- once each ------------------------------------------------------------------------------------


def test_the_same_key_and_body_give_the_same_order(bakery: Bakery) -> None:
    first, again = place(bakery), place(bakery)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.headers["location"] == f"/api/orders/{first.json()['id']}"
    assert bakery.client("orders").get(first.headers["location"]).json() == first.json()


def test_the_same_key_with_another_body_is_refused(bakery: Bakery) -> None:
    place(bakery)
    answer = place(bakery, ORDER | {"pickup": "evening"})
    assert (answer.status_code, error_of(answer)["code"]) == (422, "idempotency_key_reused")


def test_another_key_is_another_order(bakery: Bakery) -> None:
    assert place(bakery).json()["id"] != place(bakery, key="another-key-1").json()["id"]
    assert len(bakery.client("orders").get("/api/orders").json()["orders"]) == 2


def test_a_retry_needs_no_catalogue_and_keeps_its_price(bakery: Bakery) -> None:
    first = place(bakery)
    bakery.rules.down = {"products"}
    assert place(bakery).json() == first.json()


def test_an_order_that_nobody_placed(bakery: Bakery) -> None:
    answer = bakery.client("orders").get("/api/orders/AAAA-BBBB-CCCC")
    assert (answer.status_code, error_of(answer)["code"]) == (404, "order_not_found")


# --- stores ---------------------------------------------------------------------------------------


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A DynamoDB table in this process."""
    put_item, one_at_a_time = DynamoDBBackend.put_item, Lock()

    def put_in_one_step(*args: Any, **options: Any) -> Any:
        with one_at_a_time:
            return put_item(*args, **options)

    # In DynamoDB a condition and its write are one step; in moto, asked by several threads, they are two. The
    # local cloud asks moto one request at a time.
    monkeypatch.setattr(DynamoDBBackend, "put_item", put_in_one_step)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_REGION", "eu-west-3")  # what ECS sets; boto3 alone would not read it
    with mock_aws():
        boto3.client("dynamodb", region_name="eu-west-3").create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield


Open = Callable[[], Orders]


@pytest.fixture(params=["memory", "file", "dynamodb"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same store again and again, as tasks would (in memory: there is only one)."""
    if request.param == "dynamodb":
        request.getfixturevalue("table")
        return lambda: DynamoDbOrders(TABLE, dynamodb())
    if request.param == "file":
        return lambda: SqliteOrders(str(tmp_path / "orders.db"))
    only = SqliteOrders(":memory:")
    return lambda: only


def stored(number: int, fingerprint: str = "mark") -> StoredOrder:
    request = OrderRequest.model_validate(
        {"lines": [{"product_id": "eclair", "quantity": 1}], "pickup": "noon"}
    )
    order = price(request, PRICES, id_from_key(f"order-{number}"), NOON + timedelta(minutes=number))
    return StoredOrder(order, fingerprint)


def test_what_one_task_writes_another_reads(open_store: Open) -> None:
    first, second = open_store(), open_store()
    assert first.put_new(stored(1)) is True
    assert second.get(stored(1).order.id) == stored(1)
    assert second.get("nobody") is None


def test_the_first_write_of_an_id_wins(open_store: Open) -> None:
    first, second = open_store(), open_store()
    assert first.put_new(stored(1, "first"))
    assert second.put_new(stored(1, "second")) is False
    found = first.get(stored(1).order.id)
    assert found is not None and found.fingerprint == "first"


def test_lists_are_limited_and_start_with_the_newest(open_store: Open) -> None:
    store = open_store()
    for number in (2, 3, 1):
        store.put_new(stored(number))
    assert [order.created_at.minute for order in store.list(50)] == [3, 2, 1]
    assert len(store.list(2)) == 2


def test_racing_threads_write_once(open_store: Open) -> None:
    stores = [open_store() for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: stores[n % 4].put_new(stored(n // 8, f"writer-{n}")), range(80)))
    assert sum(won) == 10, "each of ten ids was written exactly once"
    assert len(stores[0].list(50)) == 10


def test_a_ping_fails_when_the_store_is_gone(tmp_path: Path, table: None) -> None:
    with pytest.raises(Exception, match="ResourceNotFound"):
        DynamoDbOrders("no-such-table", dynamodb()).ping()
    DynamoDbOrders(TABLE, dynamodb()).ping()
    SqliteOrders(":memory:").ping()


def test_racing_requests_make_one_order(open_store: Open) -> None:
    bakeries = [open_bakery(open_store()) for _ in range(2)]  # two tasks of each service, one store
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: place(bakeries[n % 2], key=f"race-key-{n // 8}"), range(24)))
    for race in range(3):
        same = answers[race * 8 : race * 8 + 8]
        assert sorted(answer.status_code for answer in same) == [200] * 7 + [201]
        assert len({answer.text for answer in same}) == 1
    assert len(open_store().list(50)) == 3


def test_racing_requests_with_two_bodies_make_one_order(open_store: Open) -> None:
    bakeries = [open_bakery(open_store()) for _ in range(2)]
    bodies = [ORDER, ORDER | {"pickup": "evening"}]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: place(bakeries[n % 2], bodies[n // 4 % 2]), range(16)))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 1 and statuses.count(422) == 8
    assert len(open_store().list(50)) == 1


def test_sqlite_survives_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "orders.db")
    SqliteOrders(path).put_new(stored(1))
    assert [order.id for order in SqliteOrders(path).list(5)] == [stored(1).order.id]


def test_an_order_survives_its_json() -> None:
    order = stored(1).order
    assert Order.model_validate_json(order.model_dump_json()) == order

"""Reviews, and the calls between services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import anyio
import boto3
import httpx
import pytest
from moto import mock_aws

from frenchbakery.common import logs
from frenchbakery.common.calls import Backend, Unreachable
from frenchbakery.common.storage import dynamodb
from frenchbakery.products import catalogue
from frenchbakery.reviews.model import Review, first_reviews
from frenchbakery.reviews.repository import DynamoDbReviews, Reviews, SqliteReviews
from tests.frenchbakery.bakery import KEY, REVIEW, Bakery, error_of

TABLE = "frenchbakery-reviews"


def post(bakery: Bakery, **changes: object) -> httpx.Response:
    return bakery.client("reviews").post(
        "/api/reviews", json=REVIEW | changes, headers={"Idempotency-Key": KEY}
    )


def test_a_review_is_published_once(bakery: Bakery) -> None:
    first, again = post(bakery), post(bakery)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    listed = bakery.client("reviews").get("/api/reviews?product_id=croissant").json()["reviews"]
    assert [review["author"] for review in listed] == ["Ana", "sample review", "avis d’exemple"]


def test_a_used_key_with_other_words_is_refused(bakery: Bakery) -> None:
    post(bakery)
    assert error_of(post(bakery, text="Other words."))["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rating": 0}, "rating"),
        ({"rating": 6}, "rating"),
        ({"rating": True}, "rating"),
        ({"text": "  \n "}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"author": ""}, "author"),
        ({"author": "x" * 41}, "author"),
        ({"id": "mine"}, "id"),
        ({"created_at": "2020-01-01T00:00:00Z"}, "created_at"),
    ],
)
def test_bounds(bakery: Bakery, change: dict[str, object], field: str) -> None:
    answer = post(bakery, **change)
    assert answer.status_code == 422
    assert [problem["field"] for problem in error_of(answer)["fields"]] == [field]


def test_summary_counts_and_averages(bakery: Bakery) -> None:
    summaries = bakery.client("reviews").get("/api/reviews/summary").json()["summaries"]
    assert {"product_id": "croissant", "count": 2, "average": 4.5} in summaries


def test_the_first_reviews_are_about_products_that_exist() -> None:
    assert {review.product_id for review in first_reviews()} <= set(catalogue.load())


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    names = ("product_id", "id")
    with mock_aws():
        boto3.client("dynamodb", region_name="eu-west-3").create_table(
            TableName=TABLE,
            KeySchema=[
                {"AttributeName": name, "KeyType": kind}
                for name, kind in zip(names, ("HASH", "RANGE"), strict=True)
            ],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            BillingMode="PAY_PER_REQUEST",
        )
        yield


@pytest.fixture(params=["sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Reviews:
    if request.param == "sqlite":
        return SqliteReviews(":memory:")
    request.getfixturevalue("table")
    return DynamoDbReviews(TABLE, dynamodb())


def review(number: int, product: str, rating: int = 5) -> Review:
    at = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(days=number)
    return Review(
        id=f"r{number}", product_id=product, author="Ana", rating=rating, text="<b>é</b>", created_at=at
    )


def test_both_stores_keep_the_same_promises(store: Reviews) -> None:
    for number, product, rating in ((1, "eclair", 5), (3, "eclair", 2), (2, "brioche", 4)):
        assert store.put_new(review(number, product, rating))
    assert store.put_new(review(1, "eclair", 1)) is False
    assert store.get("eclair", "r1") == review(1, "eclair", 5)
    assert store.get("eclair", "r2") is None
    assert [found.id for found in store.latest(None, 2)] == ["r3", "r2"]
    assert [found.id for found in store.latest("eclair", 9)] == ["r3", "r1"]
    assert [(s.product_id, s.count, s.average) for s in store.summaries()] == [
        ("brioche", 1, 4.0),
        ("eclair", 2, 3.5),
    ]


# --- calls ----------------------------------------------------------------------------------------


def backend(answer: Callable[[httpx.Request], httpx.Response]) -> Backend:
    return Backend("products", "http://products", 1, httpx.MockTransport(answer))


def test_a_kept_connection_that_was_closed_is_tried_once_more() -> None:
    seen: list[httpx.Request] = []

    def close_first(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if len(seen) == 1:
            raise httpx.RemoteProtocolError("Server disconnected", request=request)
        return httpx.Response(200, json={"n": len(seen)})

    answer = anyio.run(lambda: backend(close_first).post("/x", {"a": 1}, KEY, "fr"))
    assert answer.json() == {"n": 2}
    assert {request.headers["idempotency-key"] for request in seen} == {KEY}


@pytest.mark.parametrize("problem", [httpx.ReadTimeout("late"), httpx.ConnectError("refused")])
def test_time_outs_and_refusals_are_not_tried_again(problem: Exception) -> None:
    count = 0

    def fail(request: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        raise problem

    with pytest.raises(Unreachable, match="products"):
        anyio.run(lambda: backend(fail).get("/x"))
    assert count == 1


def test_a_server_error_is_unreachable_a_client_error_is_an_answer() -> None:
    with pytest.raises(Unreachable):
        anyio.run(lambda: backend(lambda _: httpx.Response(500)).get("/x"))
    assert anyio.run(lambda: backend(lambda _: httpx.Response(404)).get("/x")).status_code == 404


def test_calls_carry_the_request_s_id() -> None:
    seen = []

    async def call() -> None:
        logs.request_id.set("visit-1")
        await backend(lambda request: seen.append(request) or httpx.Response(200)).get("/x")  # type: ignore[func-returns-value]

    anyio.run(call)
    assert seen[0].headers["x-request-id"] == "visit-1"

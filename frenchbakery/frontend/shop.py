"""What the pages know of the other services: the parts of their answers that are shown, and how to ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from frenchbakery.common.calls import Backend, Unreachable
from frenchbakery.common.errors import ErrorBody, FieldProblem
from frenchbakery.common.language import Language, Text
from frenchbakery.common.operations import Topology
from frenchbakery.common.settings import Settings
from frenchbakery.frontend.basket import Basket

Model = TypeVar("Model", bound=BaseModel)
Result = TypeVar("Result")

TOPOLOGY_QUESTIONS = 6  # asked of each service: a load balancer spreads them over its tasks


class Product(BaseModel):
    """A product on the shelf."""

    id: str
    category: str
    price_cents: int
    name: Text
    description: Text


class Products(BaseModel):
    """The shelf."""

    products: list[Product]


class Review(BaseModel):
    """A review."""

    product_id: str
    author: str
    rating: int
    text: str
    created_at: datetime


class Reviews(BaseModel):
    """Some reviews."""

    reviews: list[Review]


class Summary(BaseModel):
    """How a product is rated."""

    product_id: str
    count: int
    average: float


class Summaries(BaseModel):
    """How products are rated."""

    summaries: list[Summary]


class OrderLine(BaseModel):
    """A line of an order."""

    product_id: str
    name: Text
    quantity: int
    unit_price_cents: int
    total_cents: int


class Order(BaseModel):
    """An order that was taken."""

    id: str
    created_at: datetime
    pickup: str
    lines: list[OrderLine]
    total_cents: int


@dataclass(frozen=True)
class BasketLine:
    """A line of the basket at today's price."""

    product: Product
    quantity: int

    @property
    def total_cents(self) -> int:
        """Price times quantity."""
        return self.product.price_cents * self.quantity


class Refused(Exception):
    """A service did not accept what the customer sent."""

    def __init__(self, message: str, fields: list[FieldProblem]) -> None:
        super().__init__(message)
        self.message, self.fields = message, fields


class Shop:
    """The three services behind the pages. Every method raises Unreachable when its service fails."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        def backend(name: str) -> Backend:
            return Backend(name, settings.backend(name), settings.call_timeout, transport)

        self.products, self.orders, self.reviews = backend("products"), backend("orders"), backend("reviews")

    async def shelf(self) -> list[Product]:
        """Every product."""
        return _read(self.products, await self.products.get("/api/products"), Products).products

    async def product(self, product_id: str) -> Product | None:
        """One product, None when there is none."""
        return _found(
            self.products, await self.products.get(f"/api/products/{quote(product_id, safe='')}"), Product
        )

    async def latest_reviews(self, limit: int, product_id: str | None = None) -> list[Review]:
        """The newest reviews."""
        params = {"limit": limit} | ({"product_id": product_id} if product_id else {})
        return _read(self.reviews, await self.reviews.get("/api/reviews", params), Reviews).reviews

    async def ratings(self) -> dict[str, Summary]:
        """How each product is rated."""
        answer = await self.reviews.get("/api/reviews/summary")
        return {s.product_id: s for s in _read(self.reviews, answer, Summaries).summaries}

    async def post_review(
        self, product_id: str, author: str, rating: int, text: str, *, key: str, lang: Language
    ) -> None:
        """Publish a review. Raises Refused."""
        body = {"product_id": product_id, "author": author, "rating": rating, "text": text}
        _accepted(self.reviews, await self.reviews.post("/api/reviews", body, key, lang), Review)

    async def place_order(self, basket: Basket, pickup: str, *, key: str, lang: Language) -> Order:
        """Order the basket's contents. Raises Refused."""
        lines = [{"product_id": product, "quantity": number} for product, number in basket.quantities.items()]
        body = {"lines": lines, "pickup": pickup}
        return _accepted(self.orders, await self.orders.post("/api/orders", body, key, lang), Order)

    async def order(self, order_id: str) -> Order | None:
        """One order, None when there is none."""
        return _found(self.orders, await self.orders.get(f"/api/orders/{quote(order_id, safe='')}"), Order)

    async def tasks(self) -> dict[str, list[Topology]]:
        """The tasks that answer, by service; a service that does not answer has none."""
        backends = (self.products, self.orders, self.reviews)
        return dict(
            zip((b.service for b in backends), await asyncio.gather(*map(_tasks_of, backends)), strict=True)
        )

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.gather(self.products.close(), self.orders.close(), self.reviews.close())


async def attempt(question: Awaitable[Result]) -> Result | None:
    """The answer, or None when the service does not give one: for parts a page can do without."""
    try:
        return await question
    except Unreachable:
        return None


async def _tasks_of(backend: Backend) -> list[Topology]:
    async def ask() -> Topology:
        return _read(backend, await backend.get(f"/api/{backend.service}/ops/topology"), Topology)

    answers = await asyncio.gather(*(attempt(ask()) for _ in range(TOPOLOGY_QUESTIONS)))
    by_task = {answer.task: answer for answer in answers if answer}
    return [by_task[task] for task in sorted(by_task)]


def _found(backend: Backend, answer: httpx.Response, model: type[Model]) -> Model | None:
    # 422: not even the form of an id; for a visitor that is "no such thing" too
    return None if answer.status_code in (404, 422) else _read(backend, answer, model)


def _accepted(backend: Backend, answer: httpx.Response, model: type[Model]) -> Model:
    if answer.status_code == 422:
        error = _parsed(backend, answer, ErrorBody).error
        raise Refused(error.message, error.fields)
    return _read(backend, answer, model)


def _read(backend: Backend, answer: httpx.Response, model: type[Model]) -> Model:
    if not answer.is_success:
        raise Unreachable(backend.service)
    return _parsed(backend, answer, model)


def _parsed(backend: Backend, answer: httpx.Response, model: type[Model]) -> Model:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as problem:  # something answers, but not that service
        raise Unreachable(backend.service) from problem

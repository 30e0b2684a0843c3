"""The HTTP interface of orders."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ValidationError

from frenchbakery.common.calls import Backend, Unreachable
from frenchbakery.common.errors import ErrorBody, ServiceError, unavailable
from frenchbakery.common.idempotency import ID_PATTERN, Key, fingerprint, id_from_key
from frenchbakery.common.operations import Dependency
from frenchbakery.common.service import create_service
from frenchbakery.common.settings import Settings
from frenchbakery.common.storage import ask, dynamodb
from frenchbakery.common.task import Task
from frenchbakery.orders.model import Order, OrderRequest, PricedProduct, price
from frenchbakery.orders.repository import DynamoDbOrders, Orders, SqliteOrders, StoredOrder

ROOT = "/api/orders"
STORE = "orders-store"

UNAVAILABLE: dict[int | str, dict[str, Any]] = {
    503: {
        "model": ErrorBody,
        "description": "The catalogue or the store does not answer",
        "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}},
    }
}


class OrderList(BaseModel):
    """A list of orders."""

    orders: list[Order]


class Catalogue(BaseModel):
    """What products answers, as far as this service reads it."""

    products: list[PricedProduct]


def open_store(settings: Settings) -> Orders:
    """The table when the task was given one, else a SQLite file."""
    if settings.table:
        return DynamoDbOrders(settings.table, dynamodb())
    return SqliteOrders(settings.database)


def create_app(
    settings: Settings,
    task: Task,
    store: Orders | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """The orders service. Tests give their own store and transport."""
    kept = store or open_store(settings)
    products = Backend("products", settings.backend("products"), settings.call_timeout, transport)

    async def prices(request: OrderRequest) -> dict[str, PricedProduct]:
        """The products of a request, from the catalogue. Raises ServiceError (503)."""
        try:
            answer = await products.get("/api/products", {"id": [line.product_id for line in request.lines]})
            catalogue = Catalogue.model_validate_json(answer.content)
        except (Unreachable, ValidationError) as problem:
            raise unavailable("products") from problem
        return {product.id: product for product in catalogue.products}

    app = create_service(
        settings,
        task,
        dependencies=[
            products.dependency(),
            Dependency(STORE, kept.kind, lambda: run_in_threadpool(kept.ping)),
        ],
        close=[products.close],
    )

    @app.post(
        ROOT,
        status_code=201,
        responses={
            200: {"model": Order, "description": "This key already made this order: here it is again"},
            **UNAVAILABLE,
        },
    )
    async def place_order(key: Key, request: OrderRequest, response: Response) -> Order:
        """Take an order once. A retry under the same key gets the same order, even if prices changed since."""
        order_id, mark = id_from_key(key), fingerprint(key, request)
        stored = await ask(STORE, kept.get, order_id)
        if stored is None:
            order = price(request, await prices(request), order_id, datetime.now(UTC))
            if await ask(STORE, kept.put_new, StoredOrder(order, mark)):
                response.headers["Location"] = f"{ROOT}/{order_id}"
                return order
            stored = await ask(STORE, kept.get, order_id)  # another request with this key was faster
        if stored is None or stored.fingerprint != mark:
            raise ServiceError(422, "idempotency_key_reused")
        response.status_code = 200
        return stored.order

    @app.get(ROOT, responses=UNAVAILABLE)
    async def list_orders(limit: Annotated[int, Query(ge=1, le=50)] = 20) -> OrderList:
        """Some orders, the newest first."""
        return OrderList(orders=await ask(STORE, kept.list, limit))

    @app.get(
        ROOT + "/{order_id}",
        responses={404: {"model": ErrorBody, "description": "No such order"}, **UNAVAILABLE},
    )
    async def get_order(order_id: Annotated[str, Path(pattern=ID_PATTERN)]) -> Order:
        """One order, by the id said at the counter."""
        stored = await ask(STORE, kept.get, order_id)
        if stored is None:
            raise ServiceError(404, "order_not_found")
        return stored.order

    return app

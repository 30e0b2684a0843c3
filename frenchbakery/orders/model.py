"""What an order is, and how its price is made. No input or output here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from frenchbakery.common.errors import ServiceError
from frenchbakery.common.fields import NUMBER_ONLY, ProductId
from frenchbakery.common.language import Text

MAX_LINES = 20
MAX_QUANTITY = 50

Pickup = Literal["morning", "noon", "evening"]


class RequestedLine(BaseModel):
    """A product and how many. There is no price here: an unknown field is refused."""

    model_config = ConfigDict(extra="forbid")

    product_id: ProductId
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY), NUMBER_ONLY]


class OrderRequest(BaseModel):
    """What a client asks for."""

    model_config = ConfigDict(extra="forbid")

    lines: Annotated[list[RequestedLine], Field(min_length=1, max_length=MAX_LINES)]
    pickup: Pickup


class PricedProduct(BaseModel):
    """What this service needs to know of a product; it ignores the rest of the catalogue's answer."""

    id: str
    name: Text
    price_cents: Annotated[StrictInt, Field(ge=1)]


class Line(BaseModel):
    """A line of an order, with the name and the price of the moment it was taken."""

    product_id: str
    name: Text
    quantity: int
    unit_price_cents: int
    total_cents: int


class Order(BaseModel):
    """An order. It holds nothing about who placed it: its id is said at the counter."""

    id: str
    created_at: datetime
    pickup: Pickup
    lines: list[Line]
    total_cents: int
    currency: Literal["EUR"] = "EUR"


def price(
    request: OrderRequest, catalogue: Mapping[str, PricedProduct], order_id: str, now: datetime
) -> Order:
    """The order for a request at the catalogue's prices. Raises ServiceError (422) naming the wrong lines."""
    refuse_wrong_lines(request, catalogue)
    lines = []
    for asked in request.lines:
        product = catalogue[asked.product_id]
        lines.append(
            Line(
                product_id=product.id,
                name=product.name,
                quantity=asked.quantity,
                unit_price_cents=product.price_cents,
                total_cents=product.price_cents * asked.quantity,
            )
        )
    total = sum(line.total_cents for line in lines)
    return Order(id=order_id, created_at=now, pickup=request.pickup, lines=lines, total_cents=total)


def refuse_wrong_lines(request: OrderRequest, catalogue: Mapping[str, PricedProduct]) -> None:
    """Raises ServiceError (422) when a product is unknown or stands on two lines."""
    problems = []
    seen: set[str] = set()
    for number, asked in enumerate(request.lines):
        if asked.product_id not in catalogue:
            problems.append((f"lines.{number}.product_id", "product_unknown"))
        elif asked.product_id in seen:
            problems.append((f"lines.{number}.product_id", "product_repeated"))
        seen.add(asked.product_id)
    if problems:
        raise ServiceError(422, "invalid_request", fields=problems)

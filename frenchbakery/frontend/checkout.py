"""Buying: the basket, the order form, the order."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from frenchbakery.common.calls import Unreachable
from frenchbakery.common.errors import ServiceError
from frenchbakery.common.language import language
from frenchbakery.frontend.basket import MAX_QUANTITY, Basket
from frenchbakery.frontend.error_pages import DEGRADED, FOREIGN, NOT_FOUND, REFUSED
from frenchbakery.frontend.forms import Key, Product
from frenchbakery.frontend.pages import FORM, Pages, basket, keep_basket, see_other
from frenchbakery.frontend.shop import BasketLine, Refused, Shop, attempt
from frenchbakery.frontend.texts import say

PICKUPS = ("morning", "noon", "evening")


def router(shop: Shop, pages: Pages) -> APIRouter:
    """The pages from the basket to the order."""
    routes = APIRouter(tags=["pages"])

    async def priced(contents: Basket) -> list[BasketLine]:
        """The basket at today's prices, without what is no longer sold."""
        shelf = {product.id: product for product in await shop.shelf()} if contents.count else {}
        return [
            BasketLine(shelf[product], quantity)
            for product, quantity in contents.quantities.items()
            if product in shelf
        ]

    @routes.get("/basket", response_class=HTMLResponse, responses={**DEGRADED})
    async def basket_page(request: Request) -> Response:
        """What is in the basket, at today's prices."""
        lines = await priced(basket(request))
        return pages.render(request, "basket.html", lines=lines, max_quantity=MAX_QUANTITY)

    @routes.post("/basket/add", responses={**REFUSED, **FOREIGN}, **FORM)
    async def add_to_basket(request: Request, product_id: Product) -> Response:
        """One more of a product, then back to the shelf where it stands."""
        response = see_other(request, f"#{product_id}")
        keep_basket(response, basket(request).add(product_id))
        return response

    @routes.post("/basket/set", responses={**REFUSED, **FOREIGN}, **FORM)
    async def set_quantity(
        request: Request, product_id: Product, quantity: Annotated[int, Form(ge=0, le=MAX_QUANTITY)]
    ) -> Response:
        """Another quantity of a product."""
        response = see_other(request, "basket")
        keep_basket(response, basket(request).set(product_id, quantity))
        return response

    @routes.get("/order", response_class=HTMLResponse, responses={**DEGRADED})
    async def order_form(request: Request) -> Response:
        """The last look before ordering."""
        lines = await priced(basket(request))
        contents = Basket({line.product.id: line.quantity for line in lines})
        return show_form(request, 200, lines, contents, key=secrets.token_hex(16))

    @routes.post("/order", responses={**REFUSED, **FOREIGN, **DEGRADED}, **FORM)
    async def place_order(
        request: Request,
        key: Key,
        contents: Annotated[str, Form(max_length=2000, description="the basket as the form showed it")],
        pickup: Annotated[str, Form(pattern=f"^({'|'.join(PICKUPS)})$")],
    ) -> Response:
        """Order what the form showed, then empty the basket. The same form sent twice orders once."""
        wanted, lang = Basket.parse(contents), language(request)
        try:
            order = await shop.place_order(wanted, pickup, key=key, lang=lang)
        except (Refused, Unreachable) as failure:
            status, problem = (
                (422, failure.message) if isinstance(failure, Refused) else (503, say(lang, "orders_down"))
            )
            lines = await attempt(priced(wanted)) or []
            return show_form(request, status, lines, wanted, key=key, pickup=pickup, problem=problem)
        response = see_other(request, f"orders/{order.id}")
        keep_basket(response, Basket({}))
        return response

    def show_form(
        request: Request,
        status: int,
        lines: list[BasketLine],
        contents: Basket,
        *,
        key: str,
        pickup: str = PICKUPS[0],
        problem: str = "",
    ) -> Response:
        return pages.render(
            request,
            "order_form.html",
            status,
            lines=lines,
            contents=contents,
            key=key,
            pickups=PICKUPS,
            pickup=pickup,
            problem=problem,
        )

    @routes.get("/orders/{order_id}", response_class=HTMLResponse, responses={**NOT_FOUND, **DEGRADED})
    async def order_page(request: Request, order_id: str) -> Response:
        """An order that was taken."""
        order = await shop.order(order_id)
        if order is None:
            raise ServiceError(404, "order_not_found")
        return pages.render(request, "order.html", order=order)

    return routes

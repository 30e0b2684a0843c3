"""The pages of the shop and their addresses."""

from __future__ import annotations

import asyncio
import secrets
from typing import Annotated, Any

import httpx
from fastapi import Depends, FastAPI, Form, Path
from fastapi.staticfiles import StaticFiles
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from frenchbakery.common.calls import Unreachable
from frenchbakery.common.errors import ErrorBody, ServiceError
from frenchbakery.common.language import language
from frenchbakery.common.operations import describe
from frenchbakery.common.service import create_service
from frenchbakery.common.settings import Settings
from frenchbakery.common.task import Task
from frenchbakery.frontend import error_pages
from frenchbakery.frontend.architecture import picture
from frenchbakery.frontend.basket import MAX_QUANTITY, Basket
from frenchbakery.frontend.pages import Pages, basket, keep_basket, same_site, see_other
from frenchbakery.frontend.shop import BasketLine, Order, Refused, Shop, attempt

PICKUPS = ("morning", "noon", "evening")
HOME_REVIEWS = 6
PRODUCT_REVIEWS = 20

ProductId = Annotated[str, Path(max_length=60)]
FormProduct = Annotated[str, Form(pattern=r"^[a-z]{2,20}(-[a-z]{1,20}){0,3}$", max_length=60)]
FormKey = Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


def _page_error(status: int, description: str) -> dict[int | str, dict[str, Any]]:
    """An error answer in OpenAPI terms: a page for a browser, JSON for a program."""
    page = {"text/html": {"schema": {"type": "string"}}}
    return {status: {"description": description, "model": ErrorBody, "content": page}}


NOT_FOUND = _page_error(404, "No such page")
REFUSED = _page_error(422, "Something in the form is not valid")
FOREIGN = _page_error(403, "The form was sent from another site")
DEGRADED = _page_error(503, "A service that this page needs does not answer")


def create_app(settings: Settings, task: Task, transport: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """The frontend service. Tests give their own transport."""
    shop, pages = Shop(settings, transport), Pages(task)
    dependencies = [
        shop.products.dependency(),
        shop.orders.dependency(required=False),  # the shelf can be looked at without them
        shop.reviews.dependency(required=False),
    ]
    app = create_service(settings, task, dependencies=dependencies, close=[shop.close])
    app.mount("/static", StaticFiles(packages=[("frenchbakery.frontend", "static")]), name="static")
    error_pages.install(app, pages)
    form: dict[str, Any] = {
        "dependencies": [Depends(same_site)],
        "status_code": 303,
        "response_class": Response,
    }

    @app.get("/", response_class=HTMLResponse, responses={**DEGRADED})
    async def home(request: Request) -> Response:
        """The shelf and what people say of it."""
        shelf, reviews, ratings = await asyncio.gather(
            attempt(shop.shelf()), attempt(shop.latest_reviews(HOME_REVIEWS)), attempt(shop.ratings())
        )
        return pages.render(
            request,
            "home.html",
            200 if shelf is not None else 503,
            shelf=shelf,
            reviews=reviews,
            ratings=ratings or {},
            names={product.id: product.name for product in shelf or ()},
        )

    @app.get("/products/{product_id}", response_class=HTMLResponse, responses={**NOT_FOUND, **DEGRADED})
    async def product_page(request: Request, product_id: ProductId) -> Response:
        """One product, its reviews, and a form to write one."""
        return await show_product(request, product_id)

    async def show_product(
        request: Request, product_id: str, status: int = 200, **review_form: Any
    ) -> Response:
        product, reviews = await asyncio.gather(
            shop.product(product_id), attempt(shop.latest_reviews(PRODUCT_REVIEWS, product_id))
        )
        if product is None:
            raise ServiceError(404, "product_not_found")
        form_values = {"key": secrets.token_hex(16), "author": "", "rating": 5, "text": "", "problems": {}}
        return pages.render(
            request,
            "product.html",
            status,
            product=product,
            reviews=reviews,
            review_form={**form_values, **review_form},
        )

    @app.post(
        "/products/{product_id}/reviews", responses={**NOT_FOUND, **REFUSED, **FOREIGN, **DEGRADED}, **form
    )
    async def post_review(
        request: Request,
        product_id: ProductId,
        key: FormKey,
        rating: Annotated[int, Form(ge=1, le=5)],
        author: Annotated[str, Form(max_length=2000)] = "",
        text: Annotated[str, Form(max_length=2000)] = "",
    ) -> Response:
        """Publish a review; the reviews service judges it, this page shows its judgement."""
        product = await shop.product(product_id)
        if product is None:
            raise ServiceError(404, "product_not_found")
        try:
            await shop.post_review(product.id, author, rating, text, key=key, lang=language(request))
        except Refused as refusal:
            problems = {problem.field: problem.message for problem in refusal.fields}
            return await show_product(
                request,
                product_id,
                422,
                key=key,
                author=author,
                rating=rating,
                text=text,
                problems=problems or {"text": refusal.message},
            )
        return see_other(request, f"products/{product.id}#reviews")

    async def priced(contents: Basket) -> list[BasketLine]:
        """The basket at today's prices, without what is no longer sold."""
        shelf = {product.id: product for product in await shop.shelf()} if contents.count else {}
        return [
            BasketLine(shelf[product], quantity)
            for product, quantity in contents.quantities.items()
            if product in shelf
        ]

    @app.get("/basket", response_class=HTMLResponse, responses={**DEGRADED})
    async def basket_page(request: Request) -> Response:
        """What is in the basket, at today's prices."""
        lines = await priced(basket(request))
        return pages.render(request, "basket.html", lines=lines, max_quantity=MAX_QUANTITY)

    @app.post("/basket/add", responses={**REFUSED, **FOREIGN}, **form)
    async def add_to_basket(request: Request, product_id: FormProduct) -> Response:
        """One more of a product, then back to the shelf where it stands."""
        response = see_other(request, f"#{product_id}")
        keep_basket(response, basket(request).add(product_id))
        return response

    @app.post("/basket/set", responses={**REFUSED, **FOREIGN}, **form)
    async def set_quantity(
        request: Request,
        product_id: FormProduct,
        quantity: Annotated[int, Form(ge=0, le=MAX_QUANTITY)],
    ) -> Response:
        """Another quantity of a product."""
        response = see_other(request, "basket")
        keep_basket(response, basket(request).set(product_id, quantity))
        return response

    @app.get("/order", response_class=HTMLResponse, responses={**DEGRADED})
    async def order_form(request: Request) -> Response:
        """The last look before ordering. The key in the form makes sending it twice harmless."""
        lines = await priced(basket(request))
        return show_order_form(request, lines, key=secrets.token_hex(16))

    def show_order_form(
        request: Request,
        lines: list[BasketLine],
        *,
        key: str,
        status: int = 200,
        pickup: str = PICKUPS[0],
        problem: str = "",
    ) -> Response:
        return pages.render(
            request,
            "order_form.html",
            status,
            lines=lines,
            key=key,
            pickups=PICKUPS,
            pickup=pickup,
            problem=problem,
        )

    @app.post("/order", responses={**REFUSED, **FOREIGN, **DEGRADED}, **form)
    async def place_order(
        request: Request,
        key: FormKey,
        pickup: Annotated[str, Form(pattern=f"^({'|'.join(PICKUPS)})$")],
    ) -> Response:
        """Order the basket, empty it, show the order."""
        contents, lang = basket(request), language(request)
        try:
            order = await shop.place_order(contents, pickup, key=key, lang=lang)
        except Refused as refusal:
            lines = await priced(contents)
            return show_order_form(
                request, lines, key=key, status=422, pickup=pickup, problem=refusal.message
            )
        except Unreachable:
            lines = await attempt(priced(contents)) or []
            return show_order_form(request, lines, key=key, status=503, pickup=pickup, problem="orders_down")
        response = see_other(request, f"orders/{order.id}")
        keep_basket(response, Basket({}))
        return response

    @app.get("/orders/{order_id}", response_class=HTMLResponse, responses={**NOT_FOUND, **DEGRADED})
    async def order_page(request: Request, order_id: Annotated[str, Path(max_length=20)]) -> Response:
        """An order that was taken."""
        order: Order | None = await shop.order(order_id)
        if order is None:
            raise ServiceError(404, "order_not_found")
        return pages.render(request, "order.html", order=order)

    @app.get("/architecture", response_class=HTMLResponse)
    async def architecture(request: Request) -> Response:
        """Who calls whom, and which tasks answered."""
        tasks = {"frontend": [describe(settings.service, task, dependencies)], **await shop.tasks()}
        return pages.render(request, "architecture.html", tasks=tasks, picture=picture(tasks))

    return app

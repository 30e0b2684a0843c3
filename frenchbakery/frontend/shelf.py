"""Looking around: the shelf, a product, what people say of it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from frenchbakery.common.errors import ServiceError
from frenchbakery.common.language import language
from frenchbakery.frontend.error_pages import DEGRADED, FOREIGN, NOT_FOUND, REFUSED
from frenchbakery.frontend.forms import Key
from frenchbakery.frontend.pages import FORM, Pages, see_other
from frenchbakery.frontend.shop import Refused, Shop, attempt

HOME_REVIEWS = 6
PRODUCT_REVIEWS = 20


@dataclass(frozen=True)
class ReviewForm:
    """What the form shows: empty at first, then what was typed and what is wrong with it, by field."""

    key: str
    author: str = ""
    rating: int = 5
    text: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


def router(shop: Shop, pages: Pages) -> APIRouter:
    """The pages that sell."""
    routes = APIRouter(tags=["pages"])

    @routes.get("/", response_class=HTMLResponse, responses={**DEGRADED})
    async def home(request: Request) -> Response:
        """The shelf and the latest reviews; without reviews when these do not answer, 503 without products."""
        products, reviews, ratings = await asyncio.gather(
            attempt(shop.shelf()), attempt(shop.latest_reviews(HOME_REVIEWS)), attempt(shop.ratings())
        )
        return pages.render(
            request,
            "home.html",
            200 if products is not None else 503,
            shelf=products,
            reviews=reviews,
            ratings=ratings or {},
            names={product.id: product.name for product in products or ()},
        )

    @routes.get("/products/{product_id}", response_class=HTMLResponse, responses={**NOT_FOUND, **DEGRADED})
    async def product_page(request: Request, product_id: str) -> Response:
        """One product, its reviews, and a form to write one."""
        return await show_product(request, product_id, 200, ReviewForm(secrets.token_hex(16)))

    @routes.post(
        "/products/{product_id}/reviews", responses={**NOT_FOUND, **REFUSED, **FOREIGN, **DEGRADED}, **FORM
    )
    async def post_review(
        request: Request,
        product_id: str,
        key: Key,
        rating: Annotated[int, Form(ge=1, le=5)],
        author: Annotated[str, Form(max_length=2000)] = "",
        text: Annotated[str, Form(max_length=2000)] = "",
    ) -> Response:
        """Publish a review; the reviews service judges it, the product's page shows its judgement."""
        if await shop.product(product_id) is None:
            raise ServiceError(404, "product_not_found")
        try:
            await shop.post_review(product_id, author, rating, text, key=key, lang=language(request))
        except Refused as refusal:
            problems = {problem.field: problem.message for problem in refusal.fields}
            form = ReviewForm(key, author, rating, text, problems or {"text": refusal.message})
            return await show_product(request, product_id, 422, form)
        return see_other(request, f"products/{product_id}#reviews")

    async def show_product(request: Request, product_id: str, status: int, form: ReviewForm) -> Response:
        product, reviews = await asyncio.gather(
            shop.product(product_id), attempt(shop.latest_reviews(PRODUCT_REVIEWS, product_id))
        )
        if product is None:
            raise ServiceError(404, "product_not_found")
        return pages.render(
            request, "product.html", status, product=product, reviews=reviews, review_form=form
        )

    return routes

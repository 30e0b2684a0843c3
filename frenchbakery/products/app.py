"""The HTTP interface of the catalogue."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import BaseModel

from frenchbakery.common.errors import ErrorBody, ServiceError
from frenchbakery.common.fields import ProductId
from frenchbakery.common.service import create_service
from frenchbakery.common.settings import Settings
from frenchbakery.common.task import Task
from frenchbakery.products import catalogue
from frenchbakery.products.catalogue import Product

ROOT = "/api/products"


class Products(BaseModel):
    """A list of products."""

    products: list[Product]


def create_app(settings: Settings, task: Task) -> FastAPI:
    """The products service."""
    shelf = catalogue.load()
    app = create_service(settings, task, dependencies=[], close=[])

    @app.get(ROOT)
    async def list_products(
        id: Annotated[
            list[ProductId], Query(max_length=20, description="only these; unknown ids are left out")
        ] = [],  # noqa: B006
    ) -> Products:
        """The catalogue, or the part of it that was asked for."""
        wanted = set(id)
        return Products(products=[p for p in shelf.values() if not wanted or p.id in wanted])

    @app.get(ROOT + "/{product_id}", responses={404: {"model": ErrorBody, "description": "No such product"}})
    async def get_product(product_id: ProductId) -> Product:
        """One product."""
        if product_id not in shelf:
            raise ServiceError(404, "product_not_found")
        return shelf[product_id]

    return app

"""Puts the frontend together."""

from __future__ import annotations

import httpx
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.requests import Request
from starlette.responses import Response

from frenchbakery.common.operations import describe
from frenchbakery.common.service import create_service
from frenchbakery.common.settings import Settings
from frenchbakery.common.task import Task
from frenchbakery.frontend import checkout, error_pages, shelf
from frenchbakery.frontend.architecture import picture
from frenchbakery.frontend.pages import Pages
from frenchbakery.frontend.shop import Shop


def create_app(settings: Settings, task: Task, transport: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """The frontend service. Tests give their own transport."""
    shop, pages = Shop(settings, transport), Pages(task)
    dependencies = [
        shop.products.dependency(),
        shop.orders.dependency(required=False),  # the shelf can be looked at without them
        shop.reviews.dependency(required=False),
    ]
    app = create_service(settings, task, dependencies=dependencies, close=[shop.close])
    error_pages.install(app, pages)
    app.mount("/static", StaticFiles(packages=[("frenchbakery.frontend", "static")]), name="static")
    app.include_router(shelf.router(shop, pages))
    app.include_router(checkout.router(shop, pages))

    @app.get("/architecture", response_class=HTMLResponse)
    async def architecture(request: Request) -> Response:
        """Who calls whom, and which tasks answered."""
        tasks = {"frontend": [describe(settings.service, task, dependencies)], **await shop.tasks()}
        return pages.render(request, "architecture.html", tasks=tasks, picture=picture(tasks))

    return app

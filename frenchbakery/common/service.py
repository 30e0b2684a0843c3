"""Puts a service together: its own routes go on top of what this returns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from frenchbakery.common import errors, faults, operations
from frenchbakery.common.lifecycle import Lifecycle
from frenchbakery.common.metrics import Metrics
from frenchbakery.common.middleware import LimitBody, Observe, Strike
from frenchbakery.common.operations import Dependency
from frenchbakery.common.settings import Settings
from frenchbakery.common.task import Task

MAX_BODY_BYTES = 64 * 1024

Close = Callable[[], Awaitable[None]]


def create_service(
    settings: Settings, task: Task, *, dependencies: list[Dependency], close: list[Close]
) -> FastAPI:
    """An application with errors, logs, metrics, health, topology and (when enabled) faults.

    The operational endpoints answer at the root, for who reaches the task itself, and under
    `/api/<service>/ops/`, for who comes through the load balancer's path rules. `close` runs at the end.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        for end in close:
            await end()

    app = FastAPI(
        title=f"FrenchBakery {settings.service}",
        lifespan=lifespan,
        docs_url=None,  # these pages load scripts from elsewhere; the description itself is at /openapi.json
        redoc_url=None,
        responses={422: {"model": errors.ErrorBody, "description": "Something in the request is not valid"}},
    )
    errors.install(app)
    metrics, lifecycle = Metrics(settings.service), Lifecycle(settings.drain)
    app.state.lifecycle = lifecycle
    routers = [operations.router(settings.service, task, dependencies, lifecycle, metrics)]
    if settings.faults:
        active = faults.Faults()
        routers.append(faults.router(active))
        app.add_middleware(Strike, faults=active)
    for router in routers:
        app.include_router(router)
        app.include_router(router, prefix=f"/api/{settings.service}/ops", include_in_schema=False)
    app.add_middleware(LimitBody, limit=MAX_BODY_BYTES)
    served_by = f"{settings.service}/{task.id}"
    app.add_middleware(Observe, served_by=served_by, metrics=metrics, lifecycle=lifecycle)
    return app

"""What operators ask any service: alive? ready? how busy? who are you and whom do you call?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from frenchbakery.common.lifecycle import Lifecycle
from frenchbakery.common.metrics import Metrics
from frenchbakery.common.task import Task

log = logging.getLogger(__name__)

Kind = Literal["service", "sqlite", "dynamodb"]


@dataclass(frozen=True)
class Dependency:
    """Something that a service calls. `check` raises when it does not answer.

    A service that can still serve without it says `required=False`: it stays ready.
    """

    name: str
    kind: Kind
    check: Callable[[], Awaitable[None]]
    required: bool = True


class Health(BaseModel):
    """The process runs and answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether to send requests here, and why not."""

    status: Literal["ready", "not_ready", "draining"]
    checks: dict[str, Literal["ok", "failed"]]


class Call(BaseModel):
    """An arrow of the architecture's picture."""

    name: str
    kind: Kind
    required: bool


class Topology(BaseModel):
    """The task that answered, and what it calls."""

    service: str
    task: str
    zone: str | None
    cluster: str | None
    calls: list[Call]


def router(
    service: str, task: Task, dependencies: list[Dependency], lifecycle: Lifecycle, metrics: Metrics
) -> APIRouter:
    """The operational endpoints of one service."""
    routes = APIRouter(tags=["operations"])

    @routes.get("/healthz")
    async def health() -> Health:
        """Liveness: depends on nothing else, so that a broken neighbour gets no healthy task killed."""
        return Health()

    @routes.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready"}})
    async def readiness(response: Response) -> Readiness:
        """Readiness: 503 while draining, or when a required dependency does not answer."""
        passed = await asyncio.gather(*(_passes(dependency) for dependency in dependencies))
        ready = all(
            ok or not dependency.required for ok, dependency in zip(passed, dependencies, strict=True)
        )
        if lifecycle.draining or not ready:
            response.status_code = 503
        return Readiness(
            status="draining" if lifecycle.draining else "ready" if ready else "not_ready",
            checks={d.name: "ok" if ok else "failed" for d, ok in zip(dependencies, passed, strict=True)},
        )

    @routes.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    def prometheus() -> Response:
        """Metrics as Prometheus reads them."""
        return Response(metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")

    @routes.get("/topology")
    async def topology() -> Topology:
        """Who answered, and whom it calls."""
        return describe(service, task, dependencies)

    return routes


def describe(service: str, task: Task, dependencies: list[Dependency]) -> Topology:
    """This task, and its arrows."""
    calls = [Call(name=d.name, kind=d.kind, required=d.required) for d in dependencies]
    return Topology(service=service, task=task.id, zone=task.zone, cluster=task.cluster, calls=calls)


async def _passes(dependency: Dependency) -> bool:
    try:
        await dependency.check()
    except Exception as problem:  # whatever the driver raises, the answer is "not ready"
        log.warning("%s does not answer: %s", dependency.name, type(problem).__name__)
        return False
    return True

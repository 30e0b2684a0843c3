"""Faults and load on demand, to watch how the platform reacts. Absent unless FAULTS=on."""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query
from pydantic import BaseModel

from frenchbakery.common.errors import ServiceError

Rate = Annotated[float, Query(ge=0, le=1, description="share of requests that fail")]
Milliseconds = Annotated[int, Query(ge=0, le=5000, description="time added to each request, in ms")]
Seconds = Annotated[int, Query(ge=1, le=300, description="how long the fault lasts, in s")]
Mebibytes = Annotated[int, Query(ge=1, le=256, description="memory to keep for ever, in MiB")]
BurnSeconds = Annotated[int, Query(ge=1, le=60, description="how long to burn CPU, in s")]

MAX_LEAK_MIB = 1024
CRASH_EXIT_CODE = 1


class Done(BaseModel):
    """What was set going on the task that answered."""

    fault: str
    seconds: int | None = None


@dataclass
class Faults:
    """The faults active on this task. They hit every path but `/fault/…` and `/load`, health checks included."""

    error_rate: float = 0.0
    errors_until: float = 0.0
    delay: float = 0.0
    delay_until: float = 0.0
    leak: list[bytes] = field(default_factory=list)
    load: threading.Lock = field(default_factory=threading.Lock)

    async def strike(self) -> None:
        """Wait or fail as asked. Raises ServiceError (500)."""
        now = time.monotonic()
        if now < self.delay_until:
            await asyncio.sleep(self.delay)
        if now < self.errors_until and random.random() < self.error_rate:  # noqa: S311 - no secret here
            raise ServiceError(500, "fault_injected")


def router(faults: Faults) -> APIRouter:
    """The endpoints that set faults. Each answers at once; the fault is of the task that answered only."""
    routes = APIRouter(tags=["faults"])

    @routes.post("/fault/errors")
    def errors(rate: Rate = 0.5, seconds: Seconds = 60) -> Done:
        """Fail a share of the requests with 500."""
        faults.error_rate, faults.errors_until = rate, time.monotonic() + seconds
        return Done(fault="errors", seconds=seconds)

    @routes.post("/fault/latency")
    def latency(ms: Milliseconds = 1000, seconds: Seconds = 60) -> Done:
        """Answer late."""
        faults.delay, faults.delay_until = ms / 1000, time.monotonic() + seconds
        return Done(fault="latency", seconds=seconds)

    @routes.post("/fault/memory")
    def memory(mib: Mebibytes = 64) -> Done:
        """Leak memory, 1 GiB in all at most: a task with a smaller limit is killed (exit code 137)."""
        room = MAX_LEAK_MIB - sum(map(len, faults.leak)) // 2**20
        if room > 0:
            faults.leak.append(b"\x01" * (min(mib, room) * 2**20))  # written to, so really resident
        return Done(fault="memory")

    @routes.post("/fault/crash")
    def crash(after: BackgroundTasks) -> Done:
        """Answer, then die without draining."""
        after.add_task(os._exit, CRASH_EXIT_CODE)
        return Done(fault="crash")

    @routes.delete("/fault")
    def heal() -> Done:
        """End every fault and free the leaked memory."""
        faults.errors_until = faults.delay_until = 0.0
        faults.leak.clear()
        return Done(fault="none")

    @routes.post("/load", status_code=202)
    def load(after: BackgroundTasks, seconds: BurnSeconds = 10) -> Done:
        """Keep one CPU busy, one burn at a time (409 while one is running)."""
        if not faults.load.acquire(blocking=False):
            raise ServiceError(409, "load_running")
        after.add_task(_burn, faults.load, seconds)
        return Done(fault="load", seconds=seconds)

    return routes


def _burn(running: threading.Lock, seconds: float) -> None:
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            sum(range(10_000))
    finally:
        running.release()

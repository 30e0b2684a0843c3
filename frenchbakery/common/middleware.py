"""What happens around every request: its id, its log line, its metrics, the faults asked for."""

from __future__ import annotations

import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frenchbakery.common.errors import ServiceError
from frenchbakery.common.faults import Faults
from frenchbakery.common.language import language
from frenchbakery.common.lifecycle import Lifecycle
from frenchbakery.common.logs import accept_request_id, request_id
from frenchbakery.common.metrics import Metrics

log = logging.getLogger("frenchbakery.access")

QUIET = ("/healthz", "/readyz", "/metrics")  # asked every few seconds: logged only when they fail


class Observe:
    """Gives the request an id, logs one line about it, counts it, says which task answered."""

    def __init__(self, app: ASGIApp, served_by: str, metrics: Metrics, lifecycle: Lifecycle) -> None:
        self._app, self._served_by, self._metrics, self._lifecycle = app, served_by, metrics, lifecycle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; an unexpected exception becomes a 500 in the service's own shape."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        current = accept_request_id(Headers(scope=scope).get("x-request-id"))
        request_id.set(current)  # each request runs in a context of its own: nothing to reset
        status = 0  # no answer yet

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = current
                headers["X-Served-By"] = self._served_by
                headers["X-Content-Type-Options"] = "nosniff"
                if self._lifecycle.draining:
                    headers["Connection"] = "close"
            await send(message)

        start = time.perf_counter()
        try:
            with self._metrics.in_flight.track_inprogress():
                await self._app(scope, receive, send_with_headers)
        except Exception as problem:
            log.exception("unexpected error")
            if status:
                raise  # too late to answer: uvicorn cuts the connection
            answer = await scope["app"].exception_handlers[Exception](Request(scope), problem)
            await answer(scope, receive, send_with_headers)
        finally:
            self._record(scope, status, time.perf_counter() - start)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "unmatched"
        self._metrics.observe(scope["method"], route, status, seconds)
        level = logging.DEBUG if scope["path"].endswith(QUIET) and status < 500 else logging.INFO
        fields = {
            "method": scope["method"],
            "path": scope["path"][:200],  # without the query: it may hold what people typed
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        log.log(level, "request", extra={"fields": fields})


class Strike:
    """Lets the active faults hit a request."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app, self._faults = app, faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait or fail first, when asked to. The fault endpoints themselves are spared."""
        if scope["type"] == "http" and not ("/fault" in scope["path"] or scope["path"].endswith("/load")):
            try:
                await self._faults.strike()
            except ServiceError as error:
                body = error.body(language(Request(scope))).model_dump()
                await JSONResponse(body, error.status)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class LimitBody:
    """Refuses a body of more than `limit` bytes, declared or not, while it is being read (413)."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whoever reads too much of its body gets an HTTPException."""
        read = 0

        async def receive_some() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_some, send)

"""The one exception to loopback: what containers of the Docker Engine reach of the local cloud.

On the course's own bridge network listens one forwarder, on the address at which ECS answers its tasks
(169.254.170.2, the only one besides loopback from which AWS SDKs accept a task's credentials over HTTP). It
passes on what a task needs: AWS calls that are signed, and the task's own metadata and credentials under an
unguessable path. The control API and the registry stay out of reach. The load balancers' listeners, which
are public on AWS too, are relayed one by one, as tasks are told of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

Value = TypeVar("Value")

LARGEST_REQUEST = 256 * 1024 * 1024  # bytes
PIECE = 64 * 1024  # bytes
SIGNED_IN_QUERY = "X-Amz-Signature"
TASK_PATHS = "/_course/tasks/"
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)


def passes(path: str, headers: Any, query: Any) -> bool:
    """Whether a request from a container is one that a task needs; `path` is decoded.

    The API behind verifies what the request claims.
    """
    if path.startswith(TASK_PATHS):
        return True
    if path.startswith(("/_course", "/v2/")) or path == "/v2":
        return False
    return headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 ") or SIGNED_IN_QUERY in query


class Forwarder:
    """Listens on the bridge for the cloud's API on `port` of loopback, in a thread of its own."""

    def __init__(self, address: str, port: int):
        self._address = address
        self._port = port
        self._relayed: set[int] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="forwarder", daemon=True)

    def start(self) -> None:
        """Begin to listen. Raises OSError when the address is not this machine's (Docker in a virtual machine)."""
        self._thread.start()
        try:
            self._wait(self._listen())
        except OSError:
            self.close()
            raise

    def relay(self, port: int) -> None:
        """Also pass `port` on to the same port of loopback, byte by byte; nothing happens if it is already."""
        if port != self._port and port not in self._relayed:
            self._wait(asyncio.start_server(self._relay_to(port), self._address, port))
            self._relayed.add(port)

    def close(self) -> None:
        """Stop listening and end every connection."""
        with contextlib.suppress(TimeoutError):
            self._wait(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _wait(self, work: Coroutine[Any, Any, Value]) -> Value:
        result: Future[Value] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return result.result(10)

    async def _listen(self) -> None:
        self._client = aiohttp.ClientSession(
            auto_decompress=False, timeout=aiohttp.ClientTimeout(total=None, connect=5)
        )
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app.router.add_route("*", "/{path:.*}", self._forward)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._address, self._port).start()

    async def _shut(self) -> None:
        await self._runner.cleanup()
        await self._client.close()
        for task in asyncio.all_tasks(self._loop) - {asyncio.current_task()}:
            task.cancel()

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        if not passes(request.path, request.headers, request.query):
            return web.json_response({"message": "A task's requests to the cloud are signed."}, status=403)
        headers = [(k, v) for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP]
        url = f"http://127.0.0.1:{self._port}{request.raw_path}"
        try:
            answer = await self._client.request(
                request.method,
                aiohttp.client.URL(url, encoded=True),
                headers=headers,
                data=await request.read(),
                allow_redirects=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        except aiohttp.ClientError:
            return web.json_response({"message": "The local cloud does not answer."}, status=502)
        async with answer:
            body = await answer.read()
        headers = [
            (k, v) for k, v in answer.headers.items() if k.lower() not in HOP_BY_HOP | {"content-length"}
        ]
        return web.Response(status=answer.status, headers=headers, body=body)

    def _relay_to(self, port: int) -> Any:
        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                writer.close()
                return
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))

        return relay


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy until one side is done, then close the other."""
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()

"""WebSockets through a load balancer: two connections whose messages are passed on, both ways."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import aiohttp
from aiohttp import WSMessage, WSMsgType, web
from multidict import CIMultiDict
from yarl import URL

Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


def wanted(headers: Mapping[str, str]) -> bool:
    """Whether a request asks for a WebSocket."""
    return headers.get("Upgrade", "").lower() == "websocket"


async def bridge(
    request: web.BaseRequest,
    session: aiohttp.ClientSession,
    url: URL,
    headers: CIMultiDict[str],
    connect: float,
) -> web.WebSocketResponse:
    """Open the target's side at `url`, then the client's, and pass messages until one side closes.

    `connect` is the longest wait for the target's handshake, in seconds. Raises aiohttp.ClientError or
    TimeoutError when the target does not open; nothing has been sent to the client then.
    """
    asked = [name.strip() for name in headers.pop("Sec-WebSocket-Protocol", "").split(",") if name.strip()]
    for name in [name for name in headers if name.lower().startswith("sec-websocket-")]:
        del headers[name]  # of the client's own connection: the target's has others
    async with asyncio.timeout(connect):
        target = await session.ws_connect(
            url, headers=headers, protocols=asked, autoping=False, max_msg_size=0
        )
    async with target:
        agreed = (target.protocol,) if target.protocol else ()
        client = web.WebSocketResponse(autoping=False, protocols=agreed, compress=False, max_msg_size=0)
        await client.prepare(request)
        await _both_ways(client, target)
        return client


async def _both_ways(client: web.WebSocketResponse, target: aiohttp.ClientWebSocketResponse) -> None:
    """Copy in both directions; when one side ends, the other is closed with the same code."""
    copies = [asyncio.create_task(_copy(client, target)), asyncio.create_task(_copy(target, client))]
    try:
        await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for copy in copies:
            copy.cancel()
        await asyncio.gather(*copies, return_exceptions=True)
    code = client.close_code or target.close_code or aiohttp.WSCloseCode.OK
    await target.close(code=code)
    await client.close(code=code)


async def _copy(source: Socket, sink: Socket) -> None:
    async for message in source:
        await _pass_on(message, sink)


async def _pass_on(message: WSMessage, sink: Socket) -> None:
    match message.type:
        case WSMsgType.TEXT:
            await sink.send_str(message.data)
        case WSMsgType.BINARY:
            await sink.send_bytes(message.data)
        case WSMsgType.PING:
            await sink.ping(message.data)
        case WSMsgType.PONG:
            await sink.pong(message.data)

"""The HTTP side of Application Load Balancers: connections, and what every request shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import aiohttp
from aiohttp import web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_protocol import RequestHandler

from labs.cloud.clock import Clock
from labs.cloud.controllers.target_health import Addresses, TargetHealth
from labs.cloud.load_balancer import websocket
from labs.cloud.load_balancer.access_log import AccessLog, LogEntry
from labs.cloud.load_balancer.balancing import Picker, eligible
from labs.cloud.load_balancer.exchange import Exchange, asked_url, client_of, page
from labs.cloud.load_balancer.model import Listener, LoadBalancer, Snapshot, Target, TargetGroup
from labs.cloud.load_balancer.stickiness import Cookies

_LINE_BYTES = 16 * 1024  # of a request line; HTTP 414 above
_HEADER_BYTES = (
    _LINE_BYTES + 1
)  # of one header; HTTP 400 above. Another number, because the parser's error has no other mark


class _Connection(RequestHandler):
    """A client's connection, whose protocol errors are answered as an ALB answers them."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if request.writer.output_size > 0 or isinstance(exc, ConnectionResetError):
            # Half a response is out. Only a broken connection tells the client that the rest is missing.
            raise ConnectionResetError("the response was cut short")
        if status == 500:
            self.logger.error("load balancer: %r", exc, exc_info=exc)
        too_long = isinstance(exc, LineTooLong) and int(exc.args[1]) == _LINE_BYTES
        response = page(414 if too_long else status)
        response.force_close()
        server = self._manager
        if isinstance(server, Server):
            server.refused(request, response.status)
        return response


class Server(web.Server):
    """The HTTP server of one listener.

    `refused` hears of requests that are too broken to be routed; `idle_timeout` is in seconds.
    """

    refused: Callable[[web.BaseRequest, int], None]
    idle_timeout: Callable[[], float]

    def __call__(self) -> RequestHandler:
        """One more connection."""
        return _Connection(self, loop=self._loop, keepalive_timeout=self.idle_timeout(), **self._kwargs)


@dataclass
class Proxy:
    """Answers the requests of every listener on one asyncio loop.

    `snapshot` gives the configuration now in force, `port_of` a listener's loopback port. A bad target costs
    its own requests only.
    """

    snapshot: Callable[[], Snapshot]
    port_of: Callable[[str], int | None]
    health: TargetHealth
    addresses: Addresses
    clock: Clock
    session: aiohttp.ClientSession = field(init=False)
    log: AccessLog = field(default_factory=AccessLog)
    picker: Picker = field(default_factory=Picker)
    cookies: Cookies = field(default_factory=Cookies)

    async def open(self) -> None:
        """Make the pool of connections to targets; call on the loop that serves."""
        # Targets close idle connections too (uvicorn: after 5 s). Forgetting them a little earlier avoids
        # sending a request into a connection that is just being closed.
        # Like an ALB, no check of the certificates of HTTPS targets.
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=4, ssl=False)
        self.session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            max_line_size=2 * _HEADER_BYTES,
            max_field_size=2 * _HEADER_BYTES,
        )

    def server(self, listener_arn: str) -> Server:
        """The HTTP server that answers for a listener."""

        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            return await self._answer(listener_arn, request)

        server = Server(
            answer,
            handler_cancellation=True,  # a client that leaves cancels its request to the target
            lingering_time=2,  # so that an answer given before the end of an upload is not lost in a reset
            auto_decompress=False,
            access_log=None,
            max_line_size=_LINE_BYTES,
            max_field_size=_HEADER_BYTES,
        )
        server.refused = partial(self._refused, listener_arn)
        server.idle_timeout = partial(self._idle_timeout, listener_arn)
        return server

    async def _answer(self, listener_arn: str, request: web.BaseRequest) -> web.StreamResponse:
        snapshot = self.snapshot()
        listener = snapshot.listeners.get(listener_arn)
        if listener is None:  # deleted while this connection was open
            raise ConnectionResetError("the listener is gone")
        balancer = snapshot.load_balancers[listener.load_balancer_arn]
        version = f"HTTP/{request.version.major}.{request.version.minor}"
        entry = self._entry(balancer, listener, request)
        entry.request = f"{request.method} {asked_url(listener, request)} {version}"
        try:
            return await Exchange(self, snapshot, balancer, listener, request, entry).run()
        finally:
            entry.time = self.clock.now()
            self.log.add(balancer.arn, entry)

    def _idle_timeout(self, listener_arn: str) -> float:
        snapshot = self.snapshot()
        listener = snapshot.listeners.get(listener_arn)
        return snapshot.load_balancers[listener.load_balancer_arn].idle_timeout if listener else 0

    def _refused(self, listener_arn: str, request: web.BaseRequest, status: int) -> None:
        snapshot = self.snapshot()
        listener = snapshot.listeners.get(listener_arn)
        if listener is not None:
            balancer = snapshot.load_balancers[listener.load_balancer_arn]
            entry = self._entry(balancer, listener, request)
            entry.elb_status_code = status
            entry.error_reason = "MalformedRequest"
            self.log.add(balancer.arn, entry)

    def _entry(self, balancer: LoadBalancer, listener: Listener, request: web.BaseRequest) -> LogEntry:
        now = self.clock.now()
        tls = request.get_extra_info("ssl_object") if request.transport else None
        cipher, protocol, _ = (tls.cipher() if tls else None) or ("-", "-", 0)
        upgraded = websocket.wanted(request.headers)
        return LogEntry(
            time=now,
            request_creation_time=now,
            type=("wss" if upgraded else "https") if tls else ("ws" if upgraded else "http"),
            elb=balancer.id,
            client=":".join(map(str, client_of(request))),
            request=f"- {listener.protocol.lower()}://{balancer.dns_name}:{listener.port}- -",
            user_agent=request.headers.get("User-Agent", "-"),
            ssl_cipher=cipher,
            ssl_protocol=protocol,
            domain_name=(tls and getattr(tls, "server_hostname", None)) or "-",
            chosen_cert_arn=listener.certificate.arn if listener.certificate and tls else "-",
        )

    def forget(self, snapshot: Snapshot) -> None:
        """Drop what is remembered of what is no longer configured. Call on the loop that serves."""
        self.log.forget(snapshot.load_balancers)
        self.picker.forget(snapshot.target_groups)

    def eligible(self, group: TargetGroup) -> list[Target]:
        """The targets that may get a request now."""
        return eligible(group, lambda target: self.health.state(group.arn, target.id, target.port).state)

    def pick(self, group: TargetGroup, targets: list[Target]) -> Target:
        """The next of `targets` by the group's algorithm."""
        return self.picker.pick(group, targets, lambda target: self.health.share(group, target))

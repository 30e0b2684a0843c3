"""One request through an Application Load Balancer: route, forward, stream back, and log.

Sources: ELB User Guide for Application Load Balancers, "Troubleshoot your Application Load Balancers"
(what each status code that the load balancer itself generates means), "HTTP headers and Application Load
Balancers", "Access logs" (names of the log's fields); ELB API reference, LoadBalancerAttribute.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import aiohttp
from aiohttp import web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_protocol import RequestHandler
from multidict import CIMultiDict, MultiMapping
from yarl import URL

from labs.cloud.clock import Clock
from labs.cloud.controllers.target_health import Addresses, TargetHealth
from labs.cloud.load_balancer import routing, websocket
from labs.cloud.load_balancer.model import (
    FixedResponse,
    Forward,
    Listener,
    LoadBalancer,
    Redirect,
    Snapshot,
    Target,
    TargetGroup,
    Unsupported,
)

CONNECT_SECONDS = 10.0  # "connection timeout (10 seconds)" under HTTP 504 in the troubleshooting page
LOG_ENTRIES = 1000  # requests remembered per load balancer
_LINE_BYTES = 16 * 1024  # of a request line; HTTP 414 above
_HEADER_BYTES = (
    _LINE_BYTES + 1
)  # of one header; HTTP 400 above. Another number, because the parser's error has no other mark

_SERVER = "awselb/2.0"
_HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
_VALID_HEADER = re.compile(r"[-A-Za-z0-9]+")
_PHRASES = {503: "Service Temporarily Unavailable", 504: "Gateway Time-out", 460: "", 463: "", 464: ""}


@dataclass
class LogEntry:
    """One request, under the names of AWS's access log. Times are seconds, -1 when the step did not happen."""

    time: datetime
    elb: str
    client: str
    request: str
    user_agent: str
    trace_id: str = "-"
    target: str = "-"
    target_group_arn: str = "-"
    matched_rule_priority: int = -1  # 0 is the default rule
    actions_executed: str = "-"
    redirect_url: str = "-"
    elb_status_code: int = 460  # until answered: the client went away first
    target_status_code: int | None = None
    request_processing_time: float = -1.0
    target_processing_time: float = -1.0
    response_processing_time: float = -1.0
    received_bytes: int = 0  # of the bodies: headers are not counted
    sent_bytes: int = 0
    error_reason: str = "-"


class Refusal(Exception):
    """The load balancer answers by itself, with this status; `reason` goes to the log."""

    def __init__(self, status: int, reason: str):
        super().__init__(reason)
        self.status = status
        self.reason = reason


def page(status: int, text: str | None = None) -> web.Response:
    """An answer of the load balancer's own: the small HTML page that ALBs send, or `text`."""
    try:
        phrase = _PHRASES[status] if status in _PHRASES else HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    title = f"{status} {phrase}".strip()
    body = text or (
        f"<html>\r\n<head><title>{title}</title></head>\r\n"
        f"<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
    kind = "text/plain" if text else "text/html"
    return web.Response(
        status=status, reason=phrase, text=body, content_type=kind, headers={"Server": _SERVER}
    )


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
        return response


class Server(web.Server):
    """The HTTP server of one listener."""

    def __call__(self) -> RequestHandler:
        """One more connection."""
        return _Connection(self, loop=self._loop, **self._kwargs)


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
    logs: defaultdict[str, deque[LogEntry]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=LOG_ENTRIES))
    )
    _turn: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

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

        return Server(
            answer,
            handler_cancellation=True,  # a client that leaves cancels its request to the target
            keepalive_timeout=60,
            lingering_time=2,  # so that an answer given before the end of an upload is not lost in a reset
            auto_decompress=False,
            access_log=None,
            max_line_size=_LINE_BYTES,
            max_field_size=_HEADER_BYTES,
        )

    async def _answer(self, listener_arn: str, request: web.BaseRequest) -> web.StreamResponse:
        snapshot = self.snapshot()
        listener = snapshot.listeners.get(listener_arn)
        if listener is None:  # deleted while this connection was open
            raise ConnectionResetError("the listener is gone")
        balancer = snapshot.load_balancers[listener.load_balancer_arn]
        peer = request.transport.get_extra_info("peername") if request.transport else None
        client, port = (peer or ("127.0.0.1", 0))[:2]
        entry = LogEntry(
            time=self.clock.now(),
            elb="/".join(balancer.arn.split("/")[1:]),
            client=f"{client}:{port}",
            request=f"{request.method} {_asked_url(listener, request)} HTTP/"
            f"{request.version.major}.{request.version.minor}",
            user_agent=request.headers.get("User-Agent", "-"),
        )
        try:
            return await _Exchange(self, snapshot, balancer, listener, request, entry, client).run()
        finally:
            self.logs[balancer.arn].append(entry)

    def forget(self, snapshot: Snapshot) -> None:
        """Drop the logs and turns of what is no longer configured."""
        for arn in self.logs.keys() - snapshot.load_balancers.keys():
            self.logs.pop(arn, None)
        for arn in self._turn.keys() - snapshot.target_groups.keys():
            self._turn.pop(arn, None)

    def eligible(self, group: TargetGroup) -> list[Target]:
        """The targets that may get a request: the healthy ones, or all in use if there is none.

        "If a target group contains only unhealthy registered targets, the load balancer routes requests to
        all those targets, regardless of their health status" (fail open) [ELB User Guide, "Health checks for
        your target groups"].
        """
        states = [
            (target, self.health.state(group.arn, target.id, target.port).state) for target in group.targets
        ]
        return [target for target, state in states if state == "healthy"] or [
            target for target, state in states if state != "unused"
        ]

    def next_target(self, group: TargetGroup) -> Target:
        """The next target in turn. Raises Refusal (503) when the group has none to give."""
        targets = self.eligible(group)
        if not targets:
            raise Refusal(503, "TargetGroupHasNoTargets")
        self._turn[group.arn] += 1
        return targets[self._turn[group.arn] % len(targets)]


@dataclass
class _Exchange:
    """One request and its answer."""

    proxy: Proxy
    snapshot: Snapshot
    balancer: LoadBalancer
    listener: Listener
    request: web.BaseRequest
    entry: LogEntry
    client_ip: str
    _started: float = field(default_factory=time.perf_counter)

    async def run(self) -> web.StreamResponse:
        try:
            response = await self._respond()
        except Refusal as refusal:
            self.entry.error_reason = refusal.reason
            response = page(refusal.status)
            if self.request.body_exists and not self.request.content.is_eof():
                response.force_close()  # the rest of the upload has nowhere to go
        self.entry.elb_status_code = response.status
        if isinstance(response, web.Response) and isinstance(response.body, bytes):
            self.entry.sent_bytes = len(response.body)
        return response

    async def _respond(self) -> web.StreamResponse:
        asked = self._asked()
        rule = routing.choose(self.listener.rules, asked)
        if rule is None:
            raise Refusal(503, "NoRule")
        self.entry.matched_rule_priority = rule.priority or 0
        match rule.action:
            case FixedResponse(status, content_type, body):
                self.entry.actions_executed = "fixed-response"
                headers = {"Server": _SERVER, "Content-Type": f"{content_type}; charset=utf-8"}
                return web.Response(status=status, body=body.encode(), headers=headers)
            case Redirect() as redirect:
                return self._redirect(redirect, asked)
            case Forward() as forward:
                self.entry.actions_executed = "forward"
                return await self._forward(self._group(forward))
            case Unsupported(kind):
                self.entry.error_reason = f"{kind} is not emulated"
                return page(501, f"The local cloud does not perform {kind} actions.\n")

    def _asked(self) -> routing.Request:
        """What the rules look at. Raises Refusal for what an ALB does not route."""
        request = self.request
        host = request.headers.get("Host", "")
        if not request.rel_url.raw_path.startswith("/") or (not host and request.version >= (1, 1)):
            raise Refusal(400, "MalformedRequest")
        if request.method in ("TRACE", "CONNECT"):
            raise Refusal(405, "MethodNotAllowed")
        if sum(value.count(",") + 1 for value in request.headers.getall("X-Forwarded-For", ())) > 30:
            raise Refusal(463, "TooManyForwardedFor")
        return routing.Request(
            method=request.method,
            host=_without_port(host),
            path=request.rel_url.raw_path,
            query=request.rel_url.raw_query_string,
            headers=tuple(request.headers.items()),
            source_ip=self.client_ip,
            protocol=self.listener.protocol,
            port=self.listener.port,
        )

    def _redirect(self, redirect: Redirect, asked: routing.Request) -> web.Response:
        target = routing.location(redirect, asked)
        self.entry.actions_executed = "redirect"
        self.entry.redirect_url = target
        response = page(redirect.status)
        response.headers["Location"] = self._reachable(target, asked.host)
        return response

    def _reachable(self, target: str, host: str) -> str:
        """`target`, with the real port where another listener of this load balancer answers on this machine."""
        url = URL(target, encoded=True)
        for other in self.snapshot.listeners.values():
            real = self.proxy.port_of(other.arn)
            same = other.load_balancer_arn == self.balancer.arn and url.host == host
            if same and other.port == url.port and real:
                return str(url.with_port(real))
        return target

    def _group(self, forward: Forward) -> TargetGroup:
        chosen = routing.draw(forward, secrets.randbelow(1 << 30) / (1 << 30))
        group = self.snapshot.target_groups.get(chosen or "")
        if group is None:
            raise Refusal(503, "NoTargetGroup")
        self.entry.target_group_arn = group.arn
        return group

    async def _forward(self, group: TargetGroup) -> web.StreamResponse:
        if group.version != "HTTP1":
            raise Refusal(464, f"{group.version} target group")  # listeners here speak HTTP/1.1 only
        url = self._place(group, self.proxy.next_target(group))
        if websocket.wanted(self.request.headers):
            return await self._websocket(url)
        return await self._send(url)

    def _place(self, group: TargetGroup, target: Target) -> URL:
        """The request's URL where the target really listens. Raises Refusal when it is nowhere."""
        self.entry.target = f"{target.address}:{target.port}"
        place = self.proxy.addresses.resolve(target.address or "", target.port)
        if place is None:  # a private address where nothing is: packets to it are never answered
            raise Refusal(504, "TargetUnreachable")
        host, port = place
        scheme = "https" if group.protocol == "HTTPS" else "http"
        return URL(f"{scheme}://{host}:{port}{self.request.rel_url.raw_path_qs}", encoded=True)

    async def _send(self, url: URL) -> web.StreamResponse:
        request, entry = self.request, self.entry
        if request.headers.get("Expect", "").lower() == "100-continue" and request.version >= (1, 1):
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0  # the response proper has not begun
        upload = _Upload(request, self.balancer.idle_timeout, entry)
        sent = time.perf_counter()
        entry.request_processing_time = sent - self._started
        try:
            answer = await self.proxy.session.request(
                request.method,
                url,
                headers=self._headers(),
                data=upload.chunks() if request.body_exists else None,
                allow_redirects=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=CONNECT_SECONDS, sock_read=self.balancer.idle_timeout
                ),
            )
        except (aiohttp.ClientError, OSError) as error:
            if upload.timed_out:
                raise Refusal(408, "ClientIdle") from error
            raise _blame(error) from error
        async with answer:
            received = time.perf_counter()
            entry.target_processing_time = received - sent
            entry.target_status_code = answer.status
            response = await self._relay(answer)
            entry.response_processing_time = time.perf_counter() - received
            return response

    async def _websocket(self, url: URL) -> web.StreamResponse:
        try:
            response = await websocket.bridge(
                self.request, self.proxy.session, url, self._headers(), CONNECT_SECONDS
            )
        except aiohttp.WSServerHandshakeError as error:  # the target declined, and said how
            self.entry.target_status_code = error.status
            raise Refusal(error.status if error.status >= 400 else 502, "TargetDeclinedUpgrade") from error
        except (aiohttp.ClientError, OSError) as error:
            raise _blame(error) from error
        self.entry.target_status_code = response.status
        return response

    async def _relay(self, answer: aiohttp.ClientResponse) -> web.StreamResponse:
        """Pass the target's answer on as it comes. Raises ConnectionResetError when either side breaks off."""
        response = web.StreamResponse(
            status=answer.status, reason=answer.reason, headers=_end_to_end(answer.headers)
        )
        response.headers.setdefault("Server", _SERVER)
        await response.prepare(self.request)
        try:
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
                self.entry.sent_bytes += len(chunk)
        except aiohttp.ClientConnectionResetError:  # the client left: status 460 in the log
            raise
        except (aiohttp.ClientError, TimeoutError) as error:
            # Too late for a status code of our own: break the connection so that the client sees the cut.
            self.entry.elb_status_code = answer.status
            self.entry.error_reason = f"Target: {type(error).__name__} after its headers"
            raise ConnectionResetError("the target broke off") from error
        await response.write_eof()
        return response

    def _headers(self) -> CIMultiDict[str]:
        """The headers for the target."""
        attributes = self.balancer.attributes
        headers = _end_to_end(self.request.headers)
        if attributes.get("routing.http.drop_invalid_header_fields.enabled") == "true":
            for name in [name for name in headers if not _VALID_HEADER.fullmatch(name)]:
                headers.popall(name, None)
        headers.popall("Expect", None)
        client = self.client_ip
        if attributes.get("routing.http.xff_client_port.enabled") == "true":
            client = self.entry.client
        mode = attributes.get("routing.http.xff_header_processing.mode", "append")
        forwarded_for = routing.forwarded_for(headers.popall("X-Forwarded-For", []), client, mode)
        if forwarded_for:
            headers["X-Forwarded-For"] = forwarded_for
        headers["X-Forwarded-Proto"] = self.listener.protocol.lower()
        headers["X-Forwarded-Port"] = str(self.listener.port)
        fresh = f"1-{int(self.entry.time.timestamp()):08x}-{secrets.token_hex(12)}"
        self.entry.trace_id = routing.trace_id(headers.get("X-Amzn-Trace-Id"), fresh)
        headers["X-Amzn-Trace-Id"] = self.entry.trace_id
        return headers


@dataclass
class _Upload:
    """The client's body on its way to the target."""

    request: web.BaseRequest
    idle_timeout: float
    entry: LogEntry
    timed_out: bool = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises TimeoutError, and notes it, when the client falls silent."""
        while True:
            try:
                async with asyncio.timeout(self.idle_timeout):
                    chunk = await self.request.content.readany()
            except TimeoutError:
                self.timed_out = True
                raise
            if not chunk:
                return
            self.entry.received_bytes += len(chunk)
            yield chunk


def _blame(error: Exception) -> Refusal:
    """What a failure to get an answer from the target becomes."""
    if isinstance(error, TimeoutError):
        return Refusal(504, "TargetTimeout")
    return Refusal(502, f"Target: {type(error).__name__}")


def _asked_url(listener: Listener, request: web.BaseRequest) -> str:
    host = _without_port(request.headers.get("Host", "-"))
    return f"{listener.protocol.lower()}://{host}:{listener.port}{request.rel_url.raw_path_qs}"


def _without_port(host: str) -> str:
    return re.sub(r":\d*$", "", host)


def _end_to_end(headers: MultiMapping[str]) -> CIMultiDict[str]:
    """The headers that pass a proxy: not those of one connection, nor those that `Connection` names."""
    named = {name.strip().lower() for value in headers.getall("Connection", ()) for name in value.split(",")}
    return CIMultiDict(
        (name, value) for name, value in headers.items() if name.lower() not in _HOP_BY_HOP | named
    )

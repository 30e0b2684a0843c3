"""One request through an Application Load Balancer: route, forward, stream back, and log.

Sources: ELB User Guide for Application Load Balancers, "Troubleshoot your Application Load Balancers"
(what each status code that the load balancer itself generates means), "HTTP headers and Application Load
Balancers" and "Load balancer attributes"; ELB API reference, LoadBalancerAttribute.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from multidict import CIMultiDict, MultiMapping
from yarl import URL

from labs.cloud.load_balancer import routing, websocket
from labs.cloud.load_balancer.access_log import LogEntry
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

if TYPE_CHECKING:
    from labs.cloud.load_balancer.proxy import Proxy

CONNECT_SECONDS = 10.0  # "connection timeout (10 seconds)" under HTTP 504 in the troubleshooting page
REQUEST_HEADER_BYTES = 64 * 1024  # of all headers together; HTTP 400 above
RESPONSE_HEADER_BYTES = 32 * 1024  # likewise of the target's answer; HTTP 502 above

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


@dataclass
class Exchange:
    """One request and its answer."""

    proxy: Proxy
    snapshot: Snapshot
    balancer: LoadBalancer
    listener: Listener
    request: web.BaseRequest
    entry: LogEntry
    _started: float = field(default_factory=time.perf_counter)
    _cookies: list[str] = field(default_factory=list)  # Set-Cookie headers of the load balancer's own

    async def run(self) -> web.StreamResponse:
        """The answer, already sent where it streams. Raises ConnectionResetError when a side breaks off."""
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
        if sum(len(name) + len(value) + 4 for name, value in request.raw_headers) > REQUEST_HEADER_BYTES:
            raise Refusal(400, "HeadersTooLarge")
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
            source_ip=client_of(request)[0],
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
        chosen = None
        if forward.sticky is not None:
            chosen = self.proxy.cookies.group(self._sent_cookies, forward.sticky, self.proxy.clock.now())
        if chosen not in [arn for arn, weight in forward.groups if weight]:
            chosen = routing.draw(forward, secrets.randbelow(1 << 30) / (1 << 30))
        group = self.snapshot.target_groups.get(chosen or "")
        if group is None:
            raise Refusal(503, "NoTargetGroup")
        self.entry.target_group_arn = group.arn
        if forward.sticky is not None:
            self._cookies += self.proxy.cookies.for_group(group.arn, self.proxy.clock.now(), self._secure)
        return group

    @property
    def _sent_cookies(self) -> Mapping[str, str]:
        return self.request.cookies

    @property
    def _secure(self) -> bool:
        return self.listener.protocol == "HTTPS"

    async def _forward(self, group: TargetGroup) -> web.StreamResponse:
        if group.version != "HTTP1":
            raise Refusal(464, f"{group.version} target group")  # listeners here speak HTTP/1.1 only
        target = self._target(group)
        key = group.arn, (target.id, target.port)
        self.proxy.picker.under_way[key] += 1
        try:
            url = self._place(group, target)
            if websocket.wanted(self.request.headers):
                return await self._websocket(url)
            return await self._send(url, group, target)
        finally:
            self.proxy.picker.under_way[key] -= 1
            if not self.proxy.picker.under_way[key]:
                del self.proxy.picker.under_way[key]

    def _target(self, group: TargetGroup) -> Target:
        """The target that the client is bound to, else the next one. Raises Refusal (503) when there is none."""
        targets = self.proxy.eligible(group)
        if not targets:
            raise Refusal(503, "TargetGroupHasNoTargets")
        bound = self.proxy.cookies.target(group, targets, self._sent_cookies, self.proxy.clock.now())
        return bound or self.proxy.pick(group, targets)

    def _place(self, group: TargetGroup, target: Target) -> URL:
        """The request's URL where the target really listens. Raises Refusal when it is out of reach."""
        self.entry.target = f"{target.address}:{target.port}"
        place = self.proxy.addresses.resolve(target.address or "", target.port)
        if target.blocked or place is None:  # packets to where nothing is are never answered
            raise Refusal(504, f"TargetUnreachable: {target.blocked or 'nothing has this address'}")
        host, port = place
        scheme = "https" if group.protocol == "HTTPS" else "http"
        return URL(f"{scheme}://{host}:{port}{self.request.rel_url.raw_path_qs}", encoded=True)

    async def _send(self, url: URL, group: TargetGroup, target: Target) -> web.StreamResponse:
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
            if sum(len(name) + len(value) + 4 for name, value in answer.raw_headers) > RESPONSE_HEADER_BYTES:
                raise Refusal(502, "Target: headers too large")
            self._cookies += self.proxy.cookies.for_target(
                group,
                target,
                answer.headers.getall("Set-Cookie", ()),
                self._sent_cookies,
                self.proxy.clock.now(),
                self._secure,
            )
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
        for cookie in self._cookies:
            response.headers.add("Set-Cookie", cookie)
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
        headers["Host"] = self._host()
        client = client_of(self.request)[0]
        if attributes.get("routing.http.xff_client_port.enabled") == "true":
            client = self.entry.client
        mode = attributes.get("routing.http.xff_header_processing.mode", "append")
        forwarded_for = routing.forwarded_for(headers.popall("X-Forwarded-For", []), client, mode)
        if forwarded_for:
            headers["X-Forwarded-For"] = forwarded_for
        headers["X-Forwarded-Proto"] = self.listener.protocol.lower()
        headers["X-Forwarded-Port"] = str(self.listener.port)
        fresh = f"1-{int(self.entry.time.timestamp()):08x}-{secrets.token_hex(12)}"
        if (
            attributes.get("routing.http.x_amzn_tls_version_and_cipher_suite.enabled") == "true"
            and self._secure
        ):
            headers["X-Amzn-Tls-Version"] = self.entry.ssl_protocol
            headers["X-Amzn-Tls-Cipher-Suite"] = self.entry.ssl_cipher
        self.entry.trace_id = routing.trace_id(headers.get("X-Amzn-Trace-Id"), fresh)
        headers["X-Amzn-Trace-Id"] = self.entry.trace_id
        return headers

    def _host(self) -> str:
        host = self.request.headers.get("Host", "")
        if self.balancer.attributes.get("routing.http.preserve_host_header.enabled") == "true":
            return host
        real = self.proxy.port_of(self.listener.arn)
        # The loopback port is how clients here say the listener's port: links that a program makes must keep it.
        return host if host.endswith(f":{real}") else routing.host_for_target(host, self.listener.port)


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


def client_of(request: web.BaseRequest) -> tuple[str, int]:
    """The client's address and port."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    host, port = (peer or ("127.0.0.1", 0))[:2]
    return host, port


def asked_url(listener: Listener, request: web.BaseRequest) -> str:
    """The URL of a request as the client means it, with the listener's own port."""
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

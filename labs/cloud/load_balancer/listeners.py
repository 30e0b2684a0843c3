"""The load balancers' data plane: one loopback socket per listener, served by one asyncio thread.

A listener's socket is opened by the thread that changes the configuration, while the change is made: the
kernel queues connections from then on, so a request sent as soon as CreateListener returns is answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from labs.cloud.clock import Clock
from labs.cloud.controllers.target_health import TargetHealth
from labs.cloud.load_balancer import tls
from labs.cloud.load_balancer.access_log import LogEntry
from labs.cloud.load_balancer.model import Certificate, Listener, Snapshot
from labs.cloud.load_balancer.proxy import Proxy, Server
from labs.cloud.load_balancer.tcp import TcpServer
from labs.cloud.network import AddressBook

_BACKLOG = 1024
_FAREWELL_SECONDS = 0.2  # for requests under way when their listener is deleted; 0 would mean for ever


_SCHEMES = {"HTTP": "http", "HTTPS": "https", "TCP": "tcp", "TLS": "tls"}
"""Protocols that have a data plane, and how their URLs begin."""


def served(listener: Listener) -> bool:
    """Whether a listener answers: the API refuses the others, but for those without a certificate to show."""
    return listener.protocol in ("HTTP", "TCP") or (
        listener.protocol in _SCHEMES and listener.certificate is not None
    )


@dataclass
class _Door:
    """A listener's socket, and once the loop has taken it over, its server."""

    socket: socket.socket
    port: int
    protocol: str
    certificate: Certificate | None
    context: ssl.SSLContext | None
    server: Server | TcpServer | None = None
    opening: asyncio.Task[asyncio.Server] | None = None

    @classmethod
    def open(cls, listener: Listener) -> _Door:
        # The protocol is named because asyncio sets TCP_NODELAY only on sockets that say they are TCP.
        shown = listener.certificate if listener.protocol in ("HTTPS", "TLS") else None
        context = tls.server_context(shown) if shown else None
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        door.bind(("127.0.0.1", 0))
        door.listen(_BACKLOG)
        return cls(door, door.getsockname()[1], listener.protocol, shown, context)

    def serves(self, listener: Listener) -> bool:
        """Whether this door is one for the listener as it is now, with its present certificate."""
        if self.protocol != listener.protocol:
            return False
        if self.context and listener.certificate and listener.certificate != self.certificate:
            tls.show(self.context, listener.certificate)
            self.certificate = listener.certificate
        return True


class Surroundings(Protocol):
    """The part of `labs.cloud.runtime.Runtime` that is needed here."""

    lock: threading.RLock
    clock: Clock
    addresses: AddressBook
    target_health: TargetHealth


class LoadBalancers:
    """Every load balancer of the cloud. `read` gives the configuration and is called under `runtime.lock`.

    `explain` hears, once, of a listener that cannot be opened and why; the next change tries again.
    """

    def __init__(
        self,
        runtime: Surroundings,
        read: Callable[[], Snapshot],
        explain: Callable[[Listener, str], None] = lambda listener, why: None,
    ):
        self._runtime = runtime
        self._read = read
        self._explain = explain
        self._failed: set[str] = set()
        self._snapshot = Snapshot()
        self._doors: dict[str, _Door] = {}
        self._proxy = Proxy(
            snapshot=lambda: self._snapshot,
            port_of=self._port_of,
            health=runtime.target_health,
            addresses=runtime.addresses,
            clock=runtime.clock,
        )
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._closing: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="load-balancers", daemon=True)

    def start(self) -> None:
        """Start serving and probing."""
        self._thread.start()
        self.sync()

    def close(self) -> None:
        """Close every listener and stop the thread; waits for it."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def sync(self) -> None:
        """Take in the configuration as it is now. Call after every change; cheap, and safe from any thread."""
        with self._runtime.lock:
            snapshot = self._read()
            wanted = {arn: listener for arn, listener in snapshot.listeners.items() if served(listener)}
            kept = {
                arn
                for arn, listener in wanted.items()
                if arn in self._doors and self._still_serves(self._doors[arn], listener)
            }
            closed = [self._doors.pop(arn) for arn in self._doors.keys() - kept]
            opened = {
                arn: door
                for arn, listener in wanted.items()
                if arn not in kept and (door := self._open(listener)) is not None
            }
            self._doors.update(opened)
            self._snapshot = snapshot
            self._runtime.target_health.observe(snapshot)
            if self._loop.is_closed():
                return
            self._loop.call_soon_threadsafe(self._proxy.forget, snapshot)
            for arn, door in opened.items():
                self._loop.call_soon_threadsafe(self._serve, arn, door)
            for door in closed:
                self._loop.call_soon_threadsafe(self._close, door)

    def _open(self, listener: Listener) -> _Door | None:
        try:
            door = _Door.open(listener)
        except OSError as error:  # no free socket, or a certificate that the TLS library refuses
            if listener.arn not in self._failed:
                self._failed.add(listener.arn)
                self._explain(listener, error.strerror or str(error))
            return None
        self._failed.discard(listener.arn)
        return door

    def _still_serves(self, door: _Door, listener: Listener) -> bool:
        try:
            return door.serves(listener)
        except OSError:
            return False  # closed; opening it again says what is wrong with the certificate

    def url(self, arn: str) -> str | None:
        """`http://127.0.0.1:<port>` of a listener or of a load balancer (https, tcp, tls); None when it has none.

        A load balancer with several listeners is reached through the one with the lowest port, 80 before all.
        """
        snapshot = self._snapshot
        candidates = sorted(
            (
                listener
                for listener in snapshot.listeners.values()
                if arn in (listener.arn, listener.load_balancer_arn)
            ),
            key=lambda listener: (listener.port != 80, listener.port),
        )
        urls = (
            f"{_SCHEMES[listener.protocol]}://127.0.0.1:{port}"
            for listener in candidates
            if (port := self._port_of(listener.arn))
        )
        return next(urls, None)

    def url_of_dns(self, name: str, port: int = 80) -> str | None:
        """The loopback URL behind `http://<DNSName>:<port>`; None when no such listener exists."""
        snapshot = self._snapshot
        for listener in snapshot.listeners.values():
            balancer = snapshot.load_balancers[listener.load_balancer_arn]
            real = self._port_of(listener.arn)
            if balancer.dns_name.lower() == name.lower() and listener.port == port and real:
                return f"{'https' if listener.protocol in ('HTTPS', 'TLS') else 'http'}://127.0.0.1:{real}"
        return None

    def urls(self) -> dict[str, str]:
        """Load balancer ARN → loopback URL, for those that have one."""
        return {arn: url for arn in self._snapshot.load_balancers if (url := self.url(arn))}

    def arns(self) -> tuple[str, ...]:
        """Every load balancer."""
        return tuple(self._snapshot.load_balancers)

    def log(self, load_balancer_arn: str) -> tuple[LogEntry, ...]:
        """The latest requests to a load balancer, oldest first."""
        return self._proxy.log.of(load_balancer_arn)

    def _port_of(self, listener_arn: str) -> int | None:
        door = self._doors.get(listener_arn)
        return door.port if door else None

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._main())
        finally:
            self._loop.close()

    async def _main(self) -> None:
        await self._proxy.open()
        probing = asyncio.create_task(self._runtime.target_health.run())
        try:
            await self._stop.wait()
        finally:
            probing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await probing
            for door in list(self._doors.values()):
                await self._shut(door)
            await self._proxy.session.close()

    def _serve(self, arn: str, door: _Door) -> None:
        if door.protocol in ("TCP", "TLS"):
            door.server = TcpServer(self._proxy, arn)
            opening = asyncio.start_server(door.server, sock=door.socket, backlog=_BACKLOG, ssl=door.context)
        else:
            door.server = self._proxy.server(arn)
            opening = self._loop.create_server(
                door.server, sock=door.socket, backlog=_BACKLOG, ssl=door.context
            )
        door.opening = self._loop.create_task(opening)

    def _close(self, door: _Door) -> None:
        closing = self._loop.create_task(self._shut(door))
        self._closing.add(closing)  # the loop itself keeps only weak references
        closing.add_done_callback(self._closing.discard)

    async def _shut(self, door: _Door) -> None:
        if door.server is None or door.opening is None:
            door.socket.close()
            return
        (await door.opening).close()  # closes the socket; not before the loop has taken it over
        if isinstance(door.server, TcpServer):
            door.server.close()
            return
        door.server.pre_shutdown()  # idle connections end at once
        await door.server.shutdown(timeout=_FAREWELL_SECONDS)

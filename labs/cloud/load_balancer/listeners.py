"""The load balancers' data plane: one loopback socket per HTTP listener, served by one asyncio thread.

A listener's socket is opened by the thread that changes the configuration, while the change is made: the
kernel queues connections from then on, so a request sent as soon as CreateListener returns is answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from labs.cloud.clock import Clock
from labs.cloud.controllers.target_health import TargetHealth
from labs.cloud.load_balancer.model import Listener, Snapshot
from labs.cloud.load_balancer.proxy import LogEntry, Proxy, Server
from labs.cloud.network import AddressBook

_BACKLOG = 1024
_FAREWELL_SECONDS = 0.2  # for requests under way when their listener is deleted; 0 would mean for ever


def served(listener: Listener) -> bool:
    """Whether the local cloud has a data plane for a listener: HTTP only, the others are control plane only."""
    return listener.protocol == "HTTP"


@dataclass
class _Door:
    """A listener's socket, and once the loop has taken it over, its server."""

    socket: socket.socket
    port: int
    server: Server | None = None
    opening: asyncio.Task[asyncio.Server] | None = None

    @classmethod
    def open(cls) -> _Door:
        # The protocol is named because asyncio sets TCP_NODELAY only on sockets that say they are TCP.
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        door.bind(("127.0.0.1", 0))
        door.listen(_BACKLOG)
        return cls(door, door.getsockname()[1])


class Surroundings(Protocol):
    """The part of `labs.cloud.runtime.Runtime` that is needed here."""

    lock: threading.RLock
    clock: Clock
    addresses: AddressBook
    target_health: TargetHealth


class LoadBalancers:
    """Every load balancer of the cloud. `read` gives the configuration and is called under `runtime.lock`."""

    def __init__(self, runtime: Surroundings, read: Callable[[], Snapshot]):
        self._runtime = runtime
        self._read = read
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
            wanted = {arn for arn, listener in snapshot.listeners.items() if served(listener)}
            opened = {arn: _Door.open() for arn in wanted - self._doors.keys()}
            closed = [self._doors.pop(arn) for arn in self._doors.keys() - wanted]
            self._doors.update(opened)
            self._snapshot = snapshot
            self._proxy.forget(snapshot)
            self._runtime.target_health.observe(snapshot)
            for arn, door in opened.items():
                self._loop.call_soon_threadsafe(self._serve, arn, door)
            for door in closed:
                self._loop.call_soon_threadsafe(self._close, door)

    def url(self, arn: str) -> str | None:
        """`http://127.0.0.1:<port>` of a listener or of a load balancer; None when it has no HTTP listener.

        A load balancer with several HTTP listeners is reached through the one with the lowest port, 80 before all.
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
        ports = [port for listener in candidates if (port := self._port_of(listener.arn))]
        return f"http://127.0.0.1:{ports[0]}" if ports else None

    def url_of_dns(self, name: str, port: int = 80) -> str | None:
        """The loopback URL behind `http://<DNSName>:<port>`; None when no such HTTP listener exists."""
        snapshot = self._snapshot
        for listener in snapshot.listeners.values():
            balancer = snapshot.load_balancers[listener.load_balancer_arn]
            if balancer.dns_name.lower() == name.lower() and listener.port == port:
                return self.url(listener.arn)
        return None

    def urls(self) -> dict[str, str]:
        """Load balancer ARN → loopback URL, for those that have one."""
        return {arn: url for arn in self._snapshot.load_balancers if (url := self.url(arn))}

    def log(self, load_balancer_arn: str) -> tuple[LogEntry, ...]:
        """The latest requests to a load balancer, oldest first."""
        return tuple(self._proxy.logs.get(load_balancer_arn, ()))

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
        door.server = self._proxy.server(arn)
        door.opening = self._loop.create_task(
            self._loop.create_server(door.server, sock=door.socket, backlog=_BACKLOG)
        )

    def _close(self, door: _Door) -> None:
        closing = self._loop.create_task(self._shut(door))
        self._closing.add(closing)  # the loop itself keeps only weak references
        closing.add_done_callback(self._closing.discard)

    async def _shut(self, door: _Door) -> None:
        if door.server is None or door.opening is None:
            door.socket.close()
            return
        (await door.opening).close()  # closes the socket; not before the loop has taken it over
        door.server.pre_shutdown()  # idle connections end at once
        await door.server.shutdown(timeout=_FAREWELL_SECONDS)

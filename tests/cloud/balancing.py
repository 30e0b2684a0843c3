"""A load balancer on real sockets without a cloud around it, and programs to put behind it."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import BinaryIO

from labs.cloud.clock import SystemClock
from labs.cloud.controllers.target_health import TargetHealth
from labs.cloud.controllers.target_states import Change
from labs.cloud.load_balancer.listeners import LoadBalancers
from labs.cloud.load_balancer.model import (
    Action,
    Certificate,
    Condition,
    Forward,
    HealthCheck,
    Listener,
    LoadBalancer,
    Rule,
    Snapshot,
    Target,
    TargetGroup,
)
from labs.cloud.network import AddressBook
from tests.cloud.running import wait_for

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:"
BALANCER = ARN + "loadbalancer/app/shop/1"
QUICK = HealthCheck(interval=0.1, timeout=1, healthy_threshold=2, unhealthy_threshold=2)


@dataclass
class Received:
    """A request as a program behind the load balancer saw it."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)


def read_request(stream: BinaryIO) -> Received | None:
    """The next request on a connection; None when the client is done."""
    line = stream.readline()
    if not line.strip():
        return None
    method, path, _ = line.decode("latin-1").split(" ", 2)
    headers = []
    while (line := stream.readline().rstrip(b"\r\n")) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers.append((name, value.strip()))
    known = {name.lower(): value for name, value in headers}
    body = b""
    if known.get("transfer-encoding") == "chunked":
        while size := int(stream.readline(), 16):
            body += stream.read(size)
            stream.readline()
        stream.readline()
    elif "content-length" in known:
        body = stream.read(int(known["content-length"]))
    return Received(method, path, headers, body)


def answer(body: bytes = b"ok", status: str = "200 OK", *headers: str) -> bytes:
    """A whole HTTP/1.1 response."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


Behaviour = Callable[[Received, socket.socket], bytes | None]
"""What a program does with a request: bytes to send, or None to hang up (it may have sent some itself)."""


@dataclass
class Program:
    """A server on a loopback port. `seen` holds its requests, health checks left out."""

    behave: Behaviour
    tls: ssl.SSLContext | None = None
    seen: list[Received] = field(default_factory=list)
    checks: int = 0
    _connections: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def kill(self) -> None:
        """As when its process is killed: the port is closed and so is every connection."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        if self.tls is not None:
            try:
                connection = self.tls.wrap_socket(connection, server_side=True)
            except OSError:  # somebody only looked whether the port is open
                return
        with suppress(OSError, ValueError), connection, connection.makefile("rb") as stream:
            while (request := read_request(stream)) is not None:
                if "ELB-HealthChecker" in (request.header("User-Agent") or ""):
                    self.checks += 1
                else:
                    self.seen.append(request)
                reply = self.behave(request, connection)
                if reply is None:
                    return
                connection.sendall(reply)


def saying(text: str) -> Behaviour:
    """Answers every request with `text`."""
    return lambda request, connection: answer(text.encode())


class Stage:
    """A load balancer with listeners on ports 80, 81 … and target groups, changed at will."""

    def __init__(self) -> None:
        self.addresses = AddressBook()
        self.changes: list[Change] = []
        self.health = TargetHealth(self.addresses, self.changes.append)
        self.snapshot = Snapshot()
        runtime = SimpleNamespace(
            lock=threading.RLock(), clock=SystemClock(), addresses=self.addresses, target_health=self.health
        )
        self.balancers = LoadBalancers(runtime, lambda: self.snapshot)
        self.programs: list[Program] = []
        self._attributes: dict[str, str] = {}
        self._groups: dict[str, TargetGroup] = {}
        self._listeners: dict[str, Listener] = {}

    def group(
        self, name: str, *behaviours: Behaviour, check: HealthCheck = QUICK, delay: float = 300
    ) -> list[Program]:
        """A target group with one program per behaviour, at 10.0.<n>.<m>:8080; its programs."""
        number = len(self._groups)
        programs = [Program(behave) for behave in behaviours]
        self.programs += programs
        targets = [
            Target(f"10.0.{number}.{index}", 8080, f"10.0.{number}.{index}") for index in range(len(programs))
        ]
        for target, program in zip(targets, programs, strict=True):
            self.addresses.bind(target.id, target.port, "127.0.0.1", program.port)
        self.put(TargetGroup(ARN + f"targetgroup/{name}/1", name, "HTTP", tuple(targets), check, True, delay))
        return programs

    def put(self, group: TargetGroup) -> None:
        """Add or replace a target group."""
        self._groups[group.name] = group
        self._publish()

    def targets(self, name: str) -> TargetGroup:
        return self._groups[name]

    def forward(self, name: str) -> Forward:
        return Forward(((self._groups[name].arn, 1),))

    def listener(
        self,
        default: Action,
        *rules: tuple[Condition, Action],
        port: int = 80,
        protocol: str = "HTTP",
        certificate: Certificate | None = None,
    ) -> str:
        """A listener whose rules have priorities 1, 2 …; its ARN."""
        arn = BALANCER.replace("loadbalancer", "listener") + f"/{port}"
        numbered = [
            Rule(f"{arn}/{number}", number, (condition,), action)
            for number, (condition, action) in enumerate(rules, 1)
        ]
        listed = (*numbered, Rule(f"{arn}/default", None, (), default))
        self._listeners[arn] = Listener(arn, BALANCER, protocol, port, listed, certificate)
        self._publish()
        return arn

    def remove_listener(self, arn: str) -> None:
        del self._listeners[arn]
        self._publish()

    def attributes(self, **values: str) -> None:
        """Load balancer attributes; `__` in a name stands for a dot."""
        self._attributes = {name.replace("__", "."): value for name, value in values.items()}
        self._publish()

    def _publish(self) -> None:
        balancer = LoadBalancer(
            BALANCER, "shop", "application", "shop-1.us-east-1.elb.amazonaws.com", dict(self._attributes)
        )
        self.snapshot = Snapshot(
            {BALANCER: balancer}, dict(self._listeners), {group.arn: group for group in self._groups.values()}
        )
        self.balancers.sync()

    def states(self, name: str) -> list[str]:
        group = self._groups[name]
        return [self.health.state(group.arn, target.id, target.port).state for target in group.targets]

    @property
    def port(self) -> int:
        """The real port of the first listener."""
        url = self.balancers.url(BALANCER)
        assert url
        return int(url.rpartition(":")[2])

    def ask(
        self, path: str = "/", method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        """One request on a connection of its own: status, body, headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return response.status, response.read(), response.headers
        finally:
            connection.close()

    def raw(self, data: bytes, seconds: float = 10) -> bytes:
        """Whatever comes back for these bytes until the load balancer hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(data)
            got = b""
            with suppress(ConnectionResetError):
                while part := connection.recv(65536):
                    got += part
            return got


@contextmanager
def stage() -> Iterator[Stage]:
    """A running stage, with everything stopped at the end."""
    built = Stage()
    built.balancers.start()
    try:
        yield built
    finally:
        built.balancers.close()
        for program in built.programs:
            program.kill()


def healthy(shop: Stage, group: str, count: int = 1) -> None:
    """Wait until so many targets of a group are healthy."""
    wait_for(lambda: shop.states(group).count("healthy") == count, what=f"{count} healthy targets in {group}")

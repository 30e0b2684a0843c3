"""The load balancer's data plane on real sockets: routing, forwarding, streaming, bad targets."""

from __future__ import annotations

import asyncio
import http.client
import re
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import WSMsgType, web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from labs.cloud.load_balancer.access_log import LogEntry
from labs.cloud.load_balancer.model import (
    Condition,
    FixedResponse,
    Forward,
    HealthCheck,
    Redirect,
    Unsupported,
)
from tests.cloud.balancing import BALANCER, QUICK, Program, Received, Stage, answer, healthy, saying, stage
from tests.cloud.running import wait_for


@pytest.fixture
def shop() -> Iterator[Stage]:
    with stage() as built:
        yield built


def logged(shop: Stage, path: str) -> LogEntry:
    """The finished log entry of the latest request for `path`."""
    return wait_for(
        lambda: next(
            (entry for entry in reversed(shop.balancers.log(BALANCER)) if f"{path} HTTP" in entry.request),
            None,
        ),
        what=f"a log entry of {path}",
    )


def is_page(body: bytes, title: str) -> bool:
    return f"<center><h1>{title}</h1></center>".encode() in body


def until(connection: socket.socket, ending: bytes) -> bytes:
    """What arrives, up to `ending`."""
    got = b""
    while not got.endswith(ending):
        part = connection.recv(65536)
        assert part, f"{ending!r} never came, only {got!r}"
        got += part
    return got


# Routing


def test_rules_by_priority_then_the_default(shop: Stage) -> None:
    shop.group("front", saying("front"))
    shop.group("orders", saying("orders"))
    shop.listener(
        shop.forward("front"),
        (Condition("path-pattern", ("/api/orders/blocked",)), FixedResponse(403, "text/plain", "blocked")),
        (Condition("path-pattern", ("/api/orders*",)), shop.forward("orders")),
        (Condition("path-pattern", ("/api/*",)), FixedResponse(404, "application/json", "{}")),
    )
    assert shop.ask("/")[1] == b"front"
    assert shop.ask("/api/orders")[1] == b"orders"
    assert shop.ask("/api/orders?x=/api/orders/blocked")[1] == b"orders"
    assert shop.ask("/api/orders/blocked")[:2] == (403, b"blocked")
    status, body, headers = shop.ask("/api/else")
    assert (status, body) == (404, b"{}")
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Server"] == "awselb/2.0"
    assert logged(shop, "/api/else").matched_rule_priority == 3
    assert logged(shop, "/").matched_rule_priority == 0


def test_a_change_of_rules_counts_from_the_next_request(shop: Stage) -> None:
    for number in range(20):
        shop.listener(FixedResponse(200, body=str(number)))
        assert shop.ask()[1] == str(number).encode()


def test_a_new_listener_answers_at_once_and_keeps_its_port(shop: Stage) -> None:
    for number in range(10):
        arn = shop.listener(FixedResponse(200, body="here"), port=80 + number)
        url = shop.balancers.url(arn)
        assert url
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        shop.listener(FixedResponse(200, body="changed"), port=80 + number)
        assert shop.balancers.url(arn) == url


def test_a_deleted_listener_refuses_connections(shop: Stage) -> None:
    arn = shop.listener(FixedResponse(200))
    port = shop.port
    kept = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    kept.request("GET", "/")
    kept.getresponse().read()
    shop.remove_listener(arn)

    def refused() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            return True
        return False

    wait_for(refused)
    with pytest.raises((http.client.HTTPException, OSError)):  # and a connection kept open is cut
        kept.request("GET", "/")
        kept.getresponse()
    assert shop.balancers.url(arn) is None
    assert shop.balancers.urls() == {}


def test_listeners_that_come_and_go_quickly(shop: Stage) -> None:
    for _ in range(30):
        shop.remove_listener(shop.listener(FixedResponse(200)))
    shop.listener(FixedResponse(200, body="still here"))
    assert [shop.ask()[1] for _ in range(5)] == [b"still here"] * 5


def test_urls(shop: Stage) -> None:
    eighty_one = shop.listener(FixedResponse(200), port=81)
    eighty = shop.listener(FixedResponse(200), port=80)
    secure = shop.listener(FixedResponse(200), port=443, protocol="HTTPS")
    url = shop.balancers.url
    assert url(BALANCER) == url(eighty) != url(eighty_one)
    assert url(secure) is None, "HTTPS listeners are control plane only"
    name = "Shop-1.us-east-1.elb.amazonaws.com"
    assert shop.balancers.url_of_dns(name) == url(eighty)
    assert shop.balancers.url_of_dns(name, 81) == url(eighty_one)
    assert shop.balancers.url_of_dns(name, 443) is None
    assert shop.balancers.url_of_dns("other.example.com") is None
    assert shop.balancers.urls() == {BALANCER: url(eighty)}


def test_redirects_stay_inside_the_same_load_balancer(shop: Stage) -> None:
    shop.listener(FixedResponse(200, body="new"), port=8080)
    shop.listener(
        Redirect(301, port="8080"),
        (Condition("path-pattern", ("/away",)), Redirect(302, "HTTPS", "www.example.com", "443", "/#{path}")),
    )
    status, body, headers = shop.ask("/here?a=1")
    assert status == 301
    assert is_page(body, "301 Moved Permanently")
    inside = shop.balancers.url(BALANCER.replace("loadbalancer", "listener") + "/8080")
    assert headers["Location"] == f"{inside}/here?a=1"
    assert logged(shop, "/here?a=1").redirect_url == "http://127.0.0.1:8080/here?a=1"
    status, _, headers = shop.ask("/away")
    assert (status, headers["Location"]) == (302, "https://www.example.com:443/away")


def test_weights_split_the_requests(shop: Stage) -> None:
    shop.group("blue", saying("blue"))
    shop.group("green", saying("green"))
    blue, green = shop.targets("blue").arn, shop.targets("green").arn
    shop.listener(Forward(((blue, 1), (green, 0))))
    assert {shop.ask()[1] for _ in range(10)} == {b"blue"}
    shop.listener(Forward(((blue, 1), (green, 1))))
    assert {shop.ask()[1] for _ in range(60)} == {b"blue", b"green"}


def test_what_is_not_emulated_says_so(shop: Stage) -> None:
    shop.listener(Unsupported("authenticate-oidc"))
    status, body, _ = shop.ask()
    assert status == 501
    assert b"authenticate-oidc" in body


# Targets


def test_round_robin_over_healthy_targets_only(shop: Stage) -> None:
    shop.group("web", saying("a"), saying("b"), lambda request, connection: answer(b"ill", "500 Ill"))
    shop.listener(shop.forward("web"))
    wait_for(lambda: shop.states("web") == ["healthy", "healthy", "unhealthy"])
    assert Counter(shop.ask()[1] for _ in range(20)) == {b"a": 10, b"b": 10}


def test_with_no_healthy_target_all_get_requests(shop: Stage) -> None:
    def ill(name: bytes):
        return lambda request, connection: answer(
            name, "500 Ill" if "ELB-HealthChecker" in (request.header("User-Agent") or "") else "200 OK"
        )

    shop.group("web", ill(b"a"), ill(b"b"))
    shop.listener(shop.forward("web"))
    wait_for(lambda: shop.states("web") == ["unhealthy", "unhealthy"])
    assert Counter(shop.ask()[1] for _ in range(10)) == {b"a": 5, b"b": 5}


def test_no_registered_target_is_a_503(shop: Stage) -> None:
    shop.group("web")
    shop.listener(shop.forward("web"))
    status, body, headers = shop.ask("/empty")
    assert status == 503
    assert is_page(body, "503 Service Temporarily Unavailable")
    assert headers["Server"] == "awselb/2.0"
    entry = logged(shop, "/empty")
    assert (entry.elb_status_code, entry.target_status_code, entry.target) == (503, None, "-")


def test_a_killed_target_is_a_502_then_unhealthy_then_left_out(shop: Stage) -> None:
    slow_checks = HealthCheck(interval=0.6, timeout=1, unhealthy_threshold=2)
    first, _ = shop.group("web", saying("a"), saying("b"), check=slow_checks)
    shop.listener(shop.forward("web"))
    healthy(shop, "web", 2)
    first.kill()
    answers = [shop.ask()[0] for _ in range(4)]
    assert Counter(answers) == {200: 2, 502: 2}
    wait_for(lambda: shop.states("web") == ["unhealthy", "healthy"])
    assert {shop.ask()[1] for _ in range(6)} == {b"b"}


def test_a_draining_target_finishes_its_requests_and_gets_no_new_ones(shop: Stage) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(request: Received, connection: socket.socket) -> bytes:
        if request.path == "/slow":
            entered.set()
            assert leave.wait(10)
        return answer(b"old")

    shop.group("web", slow, saying("new"), delay=0.5)
    shop.listener(shop.forward("web"))
    healthy(shop, "web", 2)
    group = shop.targets("web")
    shop.put(replace(group, targets=group.targets[:1]))
    with ThreadPoolExecutor() as pool:
        request = pool.submit(shop.ask, "/slow")
        assert entered.wait(10)
        shop.put(replace(group, targets=group.targets[1:]))
        old = group.targets[0]
        assert shop.health.state(group.arn, old.id, old.port).state == "draining"
        assert old in shop.health.targets(group.arn)
        wait_for(lambda: shop.ask()[1] == b"new")
        assert {shop.ask()[1] for _ in range(6)} == {b"new"}
        leave.set()
        assert request.result()[:2] == (200, b"old")
    wait_for(lambda: shop.health.state(group.arn, old.id, old.port).reason == "Target.NotRegistered")


# Forwarding


def test_what_the_target_sees(shop: Stage) -> None:
    (program,) = shop.group("web", saying("ok"))
    shop.listener(shop.forward("web"))
    shop.ask(
        "/a%20b/%2F?q=%26&r", "POST", b"body", X_Forwarded_For="9.9.9.9", Connection="X-Private", X_Private="hop",
        TE="trailers", Cookie="a=1; b=2",
    )  # fmt: skip
    (seen,) = program.seen
    assert (seen.method, seen.path, seen.body) == ("POST", "/a%20b/%2F?q=%26&r", b"body")
    assert seen.header("Host") == f"127.0.0.1:{shop.port}"
    assert seen.header("X-Forwarded-For") == "9.9.9.9, 127.0.0.1"
    assert seen.header("X-Forwarded-Proto") == "http"
    assert seen.header("X-Forwarded-Port") == "80"
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", seen.header("X-Amzn-Trace-Id") or "")
    assert seen.header("Cookie") == "a=1; b=2"
    assert seen.header("Content-Length") == "4"
    for hop in ("X-Private", "TE", "Connection", "User-Agent", "Accept"):
        assert seen.header(hop) in (None, "identity"), hop


def test_header_attributes(shop: Stage) -> None:
    (program,) = shop.group("web", saying("ok"))
    shop.listener(shop.forward("web"))
    shop.attributes(
        routing__http__xff_header_processing__mode="remove",
        routing__http__drop_invalid_header_fields__enabled="true",
    )
    shop.raw(
        b"GET / HTTP/1.1\r\nHost: a\r\nX_Under: 1\r\nX-Forwarded-For: 9.9.9.9\r\nConnection: close\r\n\r\n"
    )
    assert program.seen[-1].header("X-Forwarded-For") is None
    assert program.seen[-1].header("X_Under") is None
    shop.attributes(routing__http__xff_client_port__enabled="true")
    shop.ask()
    assert re.fullmatch(r"127\.0\.0\.1:\d+", program.seen[-1].header("X-Forwarded-For") or "")


def test_what_the_client_sees(shop: Stage) -> None:
    shop.group(
        "web",
        lambda request, connection: answer(
            b"moved", "302 Found", "Location: /login?next=%2F", "Set-Cookie: a=1; Path=/", "Set-Cookie: b=2",
            "Connection: keep-alive, X-Hop", "X-Hop: 1", "Server: bakery", "Content-Type: text/plain",
        ),
    )  # fmt: skip
    shop.listener(shop.forward("web"))
    status, body, headers = shop.ask()
    assert (status, body) == (302, b"moved")
    assert headers["Location"] == "/login?next=%2F"
    assert headers.get_all("Set-Cookie") == ["a=1; Path=/", "b=2"]
    assert headers["Server"] == "bakery"
    assert headers["X-Hop"] is None


def test_head_and_empty_answers(shop: Stage) -> None:
    def behave(request: Received, connection: socket.socket) -> bytes:
        if request.method == "HEAD":
            return b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
        return b"HTTP/1.1 204 No Content\r\nX-Done: yes\r\n\r\n"

    shop.group("web", behave)
    shop.listener(shop.forward("web"))
    connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=10)
    for _ in range(2):  # on one connection: nothing is left over on the wire
        connection.request("HEAD", "/")
        response = connection.getresponse()
        assert (response.status, response.headers["Content-Length"], response.read()) == (200, "1234", b"")
        connection.request("DELETE", "/")
        response = connection.getresponse()
        assert (response.status, response.headers["X-Done"], response.read()) == (204, "yes", b"")
    connection.close()


def test_gzip_passes_untouched(shop: Stage) -> None:
    squeezed = b"\x1f\x8b not really gzip"
    (program,) = shop.group(
        "web", lambda request, connection: answer(squeezed, "200 OK", "Content-Encoding: gzip")
    )
    shop.listener(shop.forward("web"))
    status, body, headers = shop.ask("/", "POST", squeezed, Content_Encoding="gzip")
    assert (status, body, headers["Content-Encoding"]) == (200, squeezed, "gzip")
    assert program.seen[0].body == squeezed


def test_answers_stream(shop: Stage) -> None:
    more = threading.Event()

    def events(request: Received, connection: socket.socket) -> bytes:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        assert more.wait(10)
        return b"6\r\nsecond\r\n0\r\n\r\n"

    shop.group("web", events, check=HealthCheck(enabled=False))
    shop.listener(shop.forward("web"))
    connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=10)
    connection.request("GET", "/")
    response = connection.getresponse()
    assert response.read1(100) == b"first"  # while the target is still at it
    more.set()
    assert response.read() == b"second"
    connection.close()


def test_uploads_stream(shop: Stage) -> None:
    arrived, served = threading.Event(), bytearray()
    listener = socket.create_server(("127.0.0.1", 0))

    def target() -> None:
        connection, _ = listener.accept()
        with connection:
            while b"5\r\nfirst\r\n" not in served:
                served.extend(connection.recv(65536))
            arrived.set()
            while not served.endswith(b"0\r\n\r\n"):
                served.extend(connection.recv(65536))
            connection.sendall(answer(b"thanks"))

    threading.Thread(target=target, daemon=True).start()
    shop.group("web", saying("never"), check=HealthCheck(enabled=False))
    shop.addresses.bind("10.0.0.0", 8080, "127.0.0.1", listener.getsockname()[1])
    shop.listener(shop.forward("web"))
    with socket.create_connection(("127.0.0.1", shop.port), timeout=10) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        assert arrived.wait(10), "the target has the first part before the client sent the second"
        client.sendall(b"6\r\nsecond\r\n0\r\n\r\n")
        assert until(client, b"thanks")
    listener.close()


def test_a_large_upload_and_a_large_answer(shop: Stage) -> None:
    (program,) = shop.group("web", lambda request, connection: answer(request.body))
    shop.listener(shop.forward("web"))
    body = bytes(range(256)) * 4096 * 32  # 32 MiB
    status, echoed, _ = shop.ask("/echo", "PUT", body)
    assert status == 200
    assert echoed == body
    assert program.seen[0].header("Content-Length") == str(len(body))
    entry = logged(shop, "/echo")
    assert (entry.received_bytes, entry.sent_bytes) == (len(body), len(body))


def test_expect_continue(shop: Stage) -> None:
    (program,) = shop.group("web", lambda request, connection: answer(request.body))
    shop.listener(shop.forward("web"))
    with socket.create_connection(("127.0.0.1", shop.port), timeout=10) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"body")
        assert until(client, b"\r\n\r\nbody")
    assert program.seen[0].header("Expect") is None


def test_many_requests_at_once_on_kept_connections(shop: Stage) -> None:
    shop.group("web", lambda request, connection: answer(request.path.encode()), saying("unused"))
    group = shop.targets("web")
    shop.put(replace(group, targets=group.targets[:1]))
    shop.listener(shop.forward("web"))

    def visitor(number: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=20)
        for turn in range(20):
            path = f"/{number}/{turn}"
            connection.request("GET", path)
            assert connection.getresponse().read() == path.encode()
        connection.close()
        return number

    with ThreadPoolExecutor(30) as pool:
        assert len(list(pool.map(visitor, range(30)))) == 30


def certificate(folder: Path) -> ssl.SSLContext:
    """A server context with a self-signed certificate, as targets behind an ALB often have."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "target.example.com")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / "target.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_https_targets(shop: Stage, tmp_path: Path) -> None:
    program = Program(saying("secret"), certificate(tmp_path))
    shop.group("web", saying("plain"), check=replace(QUICK, protocol="HTTPS"))
    shop.addresses.bind("10.0.0.0", 8080, "127.0.0.1", program.port)
    shop.put(replace(shop.targets("web"), protocol="HTTPS"))
    shop.listener(shop.forward("web"))
    healthy(shop, "web")
    assert shop.ask()[:2] == (200, b"secret")
    program.kill()


def test_grpc_target_groups_are_not_for_http_1(shop: Stage) -> None:
    shop.group("web", saying("x"))
    shop.put(replace(shop.targets("web"), version="GRPC"))
    shop.listener(shop.forward("web"))
    assert shop.ask()[0] == 464


# Bad targets


def cut(request: Received, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")


BAD_BEFORE_THE_HEADERS = {
    "garbage": lambda request, connection: b"\x00\x01 not HTTP\r\n\r\n",
    "closes without a word": lambda request, connection: None,
    "half a header": lambda request, connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "two lengths": lambda request, connection: (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"
    ),
    "a header too long": lambda request, connection: answer(b"", "200 OK", "X-Long: " + "x" * 70000),
}


@pytest.mark.parametrize("kind", BAD_BEFORE_THE_HEADERS)
def test_a_bad_answer_is_a_502_and_the_listener_lives(shop: Stage, kind: str) -> None:
    shop.group("bad", BAD_BEFORE_THE_HEADERS[kind])
    shop.group("good", saying("good"))
    shop.listener(shop.forward("good"), (Condition("path-pattern", ("/bad",)), shop.forward("bad")))
    for _ in range(3):
        status, body, _ = shop.ask("/bad")
        assert status == 502
        assert is_page(body, "502 Bad Gateway")
        assert shop.ask("/")[1] == b"good"
    assert logged(shop, "/bad").elb_status_code == 502


def test_an_answer_cut_short_is_seen_to_be_cut_short(shop: Stage) -> None:
    shop.group("bad", cut)
    shop.listener(shop.forward("bad"))
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        shop.ask("/cut")
    entry = logged(shop, "/cut")
    assert entry.target_status_code == 200
    assert "after its headers" in entry.error_reason


def test_a_slow_target_is_a_504(shop: Stage) -> None:
    leave = threading.Event()

    def slow(request: Received, connection: socket.socket) -> bytes:
        leave.wait(20)
        return answer()

    shop.group("slow", slow, check=HealthCheck(enabled=False))
    shop.listener(shop.forward("slow"))
    shop.attributes(idle_timeout__timeout_seconds="1")
    status, body, _ = shop.ask("/slow")
    leave.set()
    assert status == 504
    assert is_page(body, "504 Gateway Time-out")


def test_a_target_that_is_nowhere_is_a_504(shop: Stage) -> None:
    shop.group("web", saying("x"))
    shop.addresses.release("10.0.0.0")
    shop.listener(shop.forward("web"))
    assert shop.ask()[0] == 504


def test_a_slow_client_is_a_408(shop: Stage) -> None:
    shop.group("web", saying("x"), check=HealthCheck(enabled=False))
    shop.listener(shop.forward("web"))
    shop.attributes(idle_timeout__timeout_seconds="1")
    got = shop.raw(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
    assert got.startswith(b"HTTP/1.1 408 "), got


def test_a_target_that_answers_before_it_has_the_whole_upload(shop: Stage) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def target() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(answer(b"too much", "413 Too Large", "Connection: close"))
            connection.shutdown(socket.SHUT_WR)
            with suppress(OSError):
                while connection.recv(65536):
                    pass

    threading.Thread(target=target, daemon=True).start()
    shop.group("web", saying("x"), check=HealthCheck(enabled=False))
    shop.addresses.bind("10.0.0.0", 8080, "127.0.0.1", listener.getsockname()[1])
    shop.listener(shop.forward("web"))
    assert shop.ask("/", "PUT", b"x" * 2_000_000)[:2] == (413, b"too much")
    listener.close()


def test_a_client_that_leaves_ends_the_request_at_the_target(shop: Stage) -> None:
    entered, gone = threading.Event(), threading.Event()

    def watching(request: Received, connection: socket.socket) -> None:
        entered.set()
        if connection.recv(1) == b"":
            gone.set()

    shop.group("web", watching, check=HealthCheck(enabled=False))
    shop.listener(shop.forward("web"))
    client = socket.create_connection(("127.0.0.1", shop.port), timeout=10)
    client.sendall(b"GET /leaving HTTP/1.1\r\nHost: a\r\n\r\n")
    assert entered.wait(10)
    client.close()
    assert gone.wait(10), "the connection to the target is closed"
    assert logged(shop, "/leaving").elb_status_code == 460


# WebSockets


class SocketProgram:
    """An aiohttp application that echoes WebSocket messages, on a thread of its own."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []
        self.codes: list[int | None] = []
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.port = self._ready.result(10)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/declined":
            return web.Response(status=403)
        self.headers.append(dict(request.headers))
        echo = web.WebSocketResponse(protocols=("chat",))
        await echo.prepare(request)
        async for message in echo:
            if message.data == "bye":
                await echo.close(code=4001)
            elif message.type == WSMsgType.TEXT:
                await echo.send_str(message.data)
            else:
                await echo.send_bytes(message.data)
        self.codes.append(echo.close_code)
        return echo

    def _run(self) -> None:
        self._loop.run_until_complete(self._main())
        self._loop.close()

    async def _main(self) -> None:
        runner = web.ServerRunner(web.Server(self._answer))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._ready.set_result(runner.addresses[0][1])
        await self._stop.wait()
        await runner.cleanup()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)


@pytest.fixture
def echo(shop: Stage) -> Iterator[SocketProgram]:
    program = SocketProgram()
    shop.group("web", saying("never"), check=HealthCheck(enabled=False))
    shop.addresses.bind("10.0.0.0", 8080, "127.0.0.1", program.port)
    shop.listener(shop.forward("web"))
    yield program
    program.close()


def test_websockets_pass_both_ways(shop: Stage, echo: SocketProgram) -> None:
    async def talk() -> int | None:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"http://127.0.0.1:{shop.port}/ws", protocols=("other", "chat")) as client,
        ):
            assert client.protocol == "chat"
            await client.send_str("bonjour")
            assert await client.receive_str(timeout=10) == "bonjour"
            await client.send_bytes(b"\x00" * 3_000_000)
            assert len(await client.receive_bytes(timeout=10)) == 3_000_000
            await client.send_str("bye")
            await client.receive(timeout=10)
            return client.close_code

    assert asyncio.run(talk()) == 4001, "the target's own code"
    assert echo.headers[0]["X-Forwarded-For"] == "127.0.0.1"
    assert logged(shop, "/ws").elb_status_code == 101


def test_a_client_that_leaves_closes_the_target_side(shop: Stage, echo: SocketProgram) -> None:
    async def leave() -> None:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"http://127.0.0.1:{shop.port}/ws") as client,
        ):
            await client.send_str("hello")
            await client.receive_str(timeout=10)

    asyncio.run(leave())
    wait_for(lambda: echo.codes)


def test_a_declined_websocket_is_declined_alike(shop: Stage, echo: SocketProgram) -> None:
    async def status(path: str) -> int:
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await session.ws_connect(f"http://127.0.0.1:{shop.port}{path}")
        return caught.value.status

    assert asyncio.run(status("/declined")) == 403
    shop.addresses.bind("10.0.0.0", 8080, "127.0.0.1", 1)  # nothing listens on port 1
    assert asyncio.run(status("/ws")) == 502


# Bad clients


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),  # no Host
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nBad Header: 1\r\n\r\n", 400),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20000 + b"\r\n\r\n", 400),
        (b"TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: "
            + b"1.1.1.1," * 30
            + b"2.2.2.2\r\nConnection: close\r\n\r\n",
            463,
        ),
    ],
)
def test_bad_requests_never_reach_a_target(shop: Stage, request_bytes: bytes, status: int) -> None:
    (program,) = shop.group("web", saying("x"))
    shop.listener(shop.forward("web"))
    got = shop.raw(request_bytes)
    assert re.match(rb"HTTP/1\.[01] %d " % status, got), got[:100]
    assert b"Server: awselb/2.0" in got
    assert program.seen == []
    assert shop.ask()[1] == b"x"


def test_no_header_can_be_injected(shop: Stage) -> None:
    (program,) = shop.group("web", saying("x"))
    shop.listener(
        shop.forward("web"), (Condition("path-pattern", ("/r*",)), Redirect(302, path="/to/#{path}"))
    )
    shop.ask("/a%0d%0aX-Evil:%201")
    assert program.seen[0].path == "/a%0d%0aX-Evil:%201"
    assert program.seen[0].header("X-Evil") is None
    _, _, headers = shop.ask("/r%0d%0aX-Evil:%201")
    assert headers["X-Evil"] is None
    assert "%0d%0a" in headers["Location"].lower()
    got = shop.raw(b"GET / HTTP/1.1\r\nHost: a\rX-Evil: 1\r\nConnection: close\r\n\r\n")
    assert got.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400")), got[:60]


def test_the_log(shop: Stage) -> None:
    shop.group("web", saying("hello"))
    shop.listener(shop.forward("web"))
    shop.ask("/logged?x=1", "GET", None, User_Agent="test/1")
    entry = logged(shop, "/logged?x=1")
    assert entry.elb == "app/shop/1"
    assert entry.request == "GET http://127.0.0.1:80/logged?x=1 HTTP/1.1"
    assert entry.user_agent == "test/1"
    assert (entry.target, entry.target_group_arn) == ("10.0.0.0:8080", shop.targets("web").arn)
    assert (entry.elb_status_code, entry.target_status_code) == (200, 200)
    assert entry.actions_executed == "forward"
    assert entry.trace_id.startswith("Root=1-")
    assert 0 <= entry.response_processing_time < 5
    assert 0 <= entry.request_processing_time < 5
    assert 0 < entry.target_processing_time < 5

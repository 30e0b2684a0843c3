"""Listeners on real sockets: TLS, TCP, sticky sessions, limits, and what reaches nobody."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from labs.cloud.load_balancer.model import Certificate, FixedResponse, Forward, HealthCheck, Stickiness
from tests.cloud.balancing import ARN, BALANCER, QUICK, Received, Stage, answer, healthy, saying, stage
from tests.cloud.running import wait_for

TCP_CHECK = replace(QUICK, protocol="TCP")


@pytest.fixture
def shop() -> Iterator[Stage]:
    with stage() as built:
        yield built


def certificate(name: str) -> Certificate:
    """A self-signed certificate of that name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Certificate(f"arn:certificate/{name}", made.public_bytes(Encoding.PEM), private)


def port_of(shop: Stage, arn: str) -> int:
    url = shop.balancers.url(arn)
    assert url
    return int(url.rpartition(":")[2])


def ask_tls(port: int) -> tuple[bytes, str]:
    """The body of `/` over TLS, and the name on the certificate that was shown."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)
    try:
        connection.request("GET", "/")
        shown = x509.load_der_x509_certificate(connection.sock.getpeercert(binary_form=True))
        return connection.getresponse().read(), shown.subject.rfc4514_string()
    finally:
        connection.close()


# TLS


def test_https_with_a_certificate_that_changes(shop: Stage) -> None:
    [program] = shop.group("web", saying("safe"))
    healthy(shop, "web")
    shop.attributes(routing__http__x_amzn_tls_version_and_cipher_suite__enabled="true")
    arn = shop.listener(shop.forward("web"), port=443, protocol="HTTPS", certificate=certificate("first"))
    port = port_of(shop, arn)
    assert shop.balancers.url(arn) == f"https://127.0.0.1:{port}"
    assert ask_tls(port) == (b"safe", "CN=first")
    shop.listener(shop.forward("web"), port=443, protocol="HTTPS", certificate=certificate("second"))
    assert ask_tls(port_of(shop, arn)) == (b"safe", "CN=second")
    assert port_of(shop, arn) == port
    seen = program.seen[-1]
    assert (seen.header("X-Forwarded-Proto"), seen.header("X-Forwarded-Port")) == ("https", "443")
    assert (seen.header("X-Amzn-Tls-Version") or "").startswith("TLSv1.")
    entry = wait_for(lambda: len(log := shop.balancers.log(BALANCER)) == 2 and log[-1])
    assert (entry.type, entry.chosen_cert_arn) == ("https", "arn:certificate/second")
    assert entry.ssl_protocol.startswith("TLSv1.")


def test_plain_http_and_garbage_on_a_tls_port_leave_it_alive(shop: Stage) -> None:
    arn = shop.listener(
        FixedResponse(200, body="safe"), port=443, protocol="HTTPS", certificate=certificate("a")
    )
    for garbage in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\xff\xff" * 20, b""):
        with socket.create_connection(("127.0.0.1", port_of(shop, arn)), timeout=10) as connection:
            connection.sendall(garbage)
    assert ask_tls(port_of(shop, arn))[0] == b"safe"


def test_a_listener_that_becomes_https(shop: Stage) -> None:
    arn = shop.listener(FixedResponse(200, body="x"), port=443)
    assert shop.ask()[0] == 200
    shop.listener(FixedResponse(200, body="x"), port=443, protocol="HTTPS", certificate=certificate("a"))
    assert ask_tls(port_of(shop, arn))[0] == b"x"


def test_https_without_a_certificate_has_no_data_plane(shop: Stage) -> None:
    arn = shop.listener(FixedResponse(200), port=443, protocol="HTTPS")
    assert shop.balancers.url(arn) is None


# TCP


def through_tcp(shop: Stage, arn: str, data: bytes) -> bytes:
    """What comes back for `data` when the client ends its side."""
    with socket.create_connection(("127.0.0.1", port_of(shop, arn)), timeout=20) as connection:
        got = b""
        with suppress(OSError):  # reset by then: nobody is behind it
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                got += part
        return got


REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def test_tcp_passes_bytes_both_ways_and_each_side_may_end_alone(shop: Stage) -> None:
    [program] = shop.group("web", lambda request, connection: answer(b"y" * 300_000), check=TCP_CHECK)
    healthy(shop, "web")
    arn = shop.listener(shop.forward("web"), protocol="TCP")
    got = through_tcp(shop, arn, REQUEST)
    assert got.startswith(b"HTTP/1.1 200 OK")
    assert got.endswith(b"y" * 1000)
    assert program.seen[-1].header("X-Forwarded-For") is None


def test_over_tls_the_end_of_the_target_is_the_end_of_the_connection(shop: Stage) -> None:
    def answer_and_hang_up(request: Received, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nsafe")

    shop.group("web", answer_and_hang_up, check=TCP_CHECK)
    healthy(shop, "web")
    arn = shop.listener(shop.forward("web"), port=443, protocol="TLS", certificate=certificate("net"))
    assert ask_tls(port_of(shop, arn)) == (b"safe", "CN=net")


def test_tcp_goes_to_healthy_targets_only_and_lives_through_bad_ones(shop: Stage) -> None:
    first, second = shop.group("web", saying("one"), saying("two"), check=TCP_CHECK)
    healthy(shop, "web", 2)
    arn = shop.listener(shop.forward("web"), protocol="TCP")
    assert {through_tcp(shop, arn, REQUEST)[-3:] for _ in range(4)} == {b"one", b"two"}
    first.kill()
    wait_for(lambda: shop.states("web") == ["unhealthy", "healthy"])
    assert {through_tcp(shop, arn, REQUEST)[-3:] for _ in range(4)} == {b"two"}
    second.kill()
    assert through_tcp(shop, arn, REQUEST) == b""
    shop.put(replace(shop.targets("web"), targets=()))
    assert through_tcp(shop, arn, REQUEST) == b""


def test_a_program_finds_a_network_load_balancer_by_its_name(shop: Stage) -> None:
    arn = shop.listener(FixedResponse(200), protocol="TCP")
    name = shop.snapshot.load_balancers[BALANCER].dns_name
    assert shop.balancers.url_of_dns(name.upper()) == f"http://127.0.0.1:{port_of(shop, arn)}"
    assert shop.balancers.url_of_dns(name, 81) is None


def test_tcp_clients_stay_by_their_address(shop: Stage) -> None:
    shop.group("web", saying("one"), saying("two"), check=TCP_CHECK)
    healthy(shop, "web", 2)
    shop.put(replace(shop.targets("web"), stickiness=Stickiness("source_ip", 0)))
    arn = shop.listener(shop.forward("web"), protocol="TCP")
    assert len({through_tcp(shop, arn, REQUEST)[-3:] for _ in range(4)}) == 1


def test_a_deleted_tcp_listener_ends_its_connections(shop: Stage) -> None:
    shop.group("web", saying("one"), check=TCP_CHECK)
    healthy(shop, "web")
    arn = shop.listener(shop.forward("web"), protocol="TCP")
    with socket.create_connection(("127.0.0.1", port_of(shop, arn)), timeout=20) as connection:
        connection.sendall(REQUEST)
        assert connection.recv(10)
        shop.remove_listener(arn)
        with suppress(ConnectionResetError):
            while connection.recv(65536):
                pass


def test_a_silent_tcp_connection_is_ended(shop: Stage) -> None:
    shop.group("web", saying("one"), check=TCP_CHECK)
    healthy(shop, "web")
    arn = shop.listener(shop.forward("web"), protocol="TCP")
    quick = replace(shop.snapshot.listeners[arn], idle_timeout=0.2)
    shop.snapshot = replace(shop.snapshot, listeners={arn: quick})
    shop.balancers.sync()
    with (
        socket.create_connection(("127.0.0.1", port_of(shop, arn)), timeout=20) as connection,
        suppress(OSError),
    ):
        assert connection.recv(1) == b""


def test_a_listener_that_cannot_be_opened_is_explained(shop: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        shop.balancers, "_explain", lambda listener, why: told.append(f"{listener.port}: {why}")
    )
    wrong = replace(certificate("a"), key=certificate("b").key)
    arn = shop.listener(FixedResponse(200), port=443, protocol="HTTPS", certificate=wrong)
    other = shop.listener(FixedResponse(200, body="fine"), port=80)
    assert len(told) == 1
    assert told[0].startswith("443: ")
    assert "mismatch" in told[0].lower()
    assert shop.balancers.url(arn) is None
    assert shop.balancers.url(other) is not None
    shop.listener(FixedResponse(200, body="fine"), port=443, protocol="HTTPS", certificate=certificate("a"))
    assert ask_tls(port_of(shop, arn))[0] == b"fine"


# Sticky sessions


def cookies_of(headers: http.client.HTTPMessage) -> str:
    return "; ".join(header.partition(";")[0] for header in headers.get_all("Set-Cookie", []))


def test_a_client_with_the_cookie_stays_with_its_target(shop: Stage) -> None:
    programs = shop.group("web", saying("one"), saying("two"))
    healthy(shop, "web", 2)
    shop.put(replace(shop.targets("web"), stickiness=Stickiness("lb_cookie", 60)))
    shop.listener(shop.forward("web"))
    _, first, headers = shop.ask()
    cookie = cookies_of(headers)
    assert "AWSALB=" in cookie
    assert {shop.ask(Cookie=cookie)[1] for _ in range(5)} == {first}
    assert {shop.ask()[1] for _ in range(4)} == {b"one", b"two"}
    programs[0 if first == b"one" else 1].kill()
    wait_for(lambda: "unhealthy" in shop.states("web"))
    status, other, headers = shop.ask(Cookie=cookie)
    assert (status, other) == (200, b"two" if first == b"one" else b"one")
    assert shop.ask(Cookie=cookies_of(headers))[1] == other


def test_application_cookies(shop: Stage) -> None:
    def program(name: str) -> object:
        def behave(request: Received, connection: socket.socket) -> bytes:
            extra = ("Set-Cookie: session=7; Path=/",) if request.path == "/login" else ()
            return answer(name.encode(), "200 OK", *extra)

        return behave

    shop.group("web", program("one"), program("two"))  # type: ignore[arg-type]
    healthy(shop, "web", 2)
    shop.put(replace(shop.targets("web"), stickiness=Stickiness("app_cookie", 60, "session")))
    shop.listener(shop.forward("web"))
    assert "AWSALBAPP" not in cookies_of(shop.ask()[2])
    _, first, headers = shop.ask("/login")
    cookie = cookies_of(headers)
    assert cookie.startswith("session=7; AWSALBAPP-0=")
    assert {shop.ask(Cookie=cookie)[1] for _ in range(5)} == {first}


def test_a_client_stays_with_its_target_group(shop: Stage) -> None:
    shop.group("blue", saying("blue"))
    shop.group("green", saying("green"))
    healthy(shop, "blue")
    healthy(shop, "green")
    arns = [shop.targets(name).arn for name in ("blue", "green")]
    shop.listener(Forward(((arns[0], 1), (arns[1], 1)), sticky=60))
    _, first, headers = shop.ask()
    cookie = cookies_of(headers)
    assert cookie.startswith("AWSALBTG=")
    assert {shop.ask(Cookie=cookie)[1] for _ in range(10)} == {first}
    # A group that gets nothing any more keeps nobody.
    left = arns[1] if first == b"blue" else arns[0]
    shop.listener(Forward(tuple((arn, int(arn == left)) for arn in arns), sticky=60))
    assert shop.ask(Cookie=cookie)[1] != first


def test_least_outstanding_requests(shop: Stage) -> None:
    release = threading.Event()

    def slow(request: Received, connection: socket.socket) -> bytes:
        if request.path == "/slow":
            release.wait(20)
        return answer(b"one")

    first, second = shop.group("web", slow, slow)
    healthy(shop, "web", 2)
    shop.put(replace(shop.targets("web"), algorithm="least_outstanding_requests"))
    shop.listener(shop.forward("web"))
    waiting = threading.Thread(target=shop.ask, args=("/slow",))
    waiting.start()
    try:
        wait_for(lambda: first.seen or second.seen)
        idle = second if first.seen else first
        for _ in range(4):
            shop.ask()
        assert len(idle.seen) == 4
    finally:
        release.set()
        waiting.join()


# Out of reach, out of bounds


def test_a_blocked_target_is_a_504_and_times_out_its_checks(shop: Stage) -> None:
    check = HealthCheck(interval=0.1, timeout=1, unhealthy_threshold=2)
    [program] = shop.group("web", saying("never"), check=check)
    group = shop.targets("web")
    why = "the inbound rules of sg-1 do not allow port 8080 from sg-2"
    shop.put(replace(group, targets=(replace(group.targets[0], blocked=why, check_blocked=why),)))
    shop.listener(shop.forward("web"))
    assert shop.ask()[0] == 504
    assert not program.seen
    entry = wait_for(lambda: shop.balancers.log(BALANCER)[-1:])[0]
    assert why in entry.error_reason
    state = wait_for(
        lambda: (now := shop.health.state(group.arn, group.targets[0].id, 8080)).state == "unhealthy" and now
    )
    assert (state.reason, state.description) == ("Target.Timeout", "Request timed out")


def test_a_target_outside_the_load_balancers_zones_is_unused(shop: Stage) -> None:
    shop.group("web", saying("never"))
    group = shop.targets("web")
    shop.put(replace(group, targets=(replace(group.targets[0], served=False),)))
    shop.listener(shop.forward("web"))
    state = shop.health.state(group.arn, group.targets[0].id, 8080)
    assert (state.state, state.reason) == ("unused", "Target.NotInUse")
    assert "Availability Zone" in (state.description or "")
    assert shop.ask()[0] == 503


def test_headers_beyond_64_kilobytes_are_a_400(shop: Stage) -> None:
    shop.listener(FixedResponse(200))
    few = {f"X_{number}": "v" * 10_000 for number in range(6)}
    assert shop.ask(**few)[0] == 200
    assert shop.ask(**few, X_last="v" * 10_000)[0] == 400


def test_an_answer_with_headers_beyond_32_kilobytes_is_a_502(shop: Stage) -> None:
    lines = [f"X-{number}: {'v' * 10_000}" for number in range(4)]
    shop.group(
        "web", lambda request, connection: answer(b"ok", "200 OK", *lines[: 3 + (request.path == "/more")])
    )
    healthy(shop, "web")
    shop.listener(shop.forward("web"))
    assert shop.ask()[0] == 200
    assert shop.ask("/more")[0] == 502
    assert shop.ask()[0] == 200


def test_a_request_too_broken_to_route_is_in_the_log(shop: Stage) -> None:
    shop.listener(FixedResponse(200))
    shop.raw(b"nonsense\r\n\r\n")
    entry = wait_for(lambda: shop.balancers.log(BALANCER)[-1:])[0]
    assert (entry.elb_status_code, entry.request.startswith("- http://shop-1")) == (400, True)


def test_slow_start_begins_beside_a_settled_target(shop: Stage) -> None:
    shop.group("web", saying("one"))
    group = replace(shop.targets("web"), slow_start=1000)
    shop.put(group)
    healthy(shop, "web")
    assert shop.health.share(group, group.targets[0]) == 1.0
    newcomer = replace(group.targets[0], id="10.0.0.9", address="10.0.0.9")
    shop.addresses.bind("10.0.0.9", 8080, "127.0.0.1", shop.programs[0].port)
    shop.put(replace(group, targets=(*group.targets, newcomer)))
    healthy(shop, "web", 2)
    assert shop.health.share(group, newcomer) < 0.1
    assert ARN in group.arn


def test_an_idle_client_connection_is_closed_after_the_idle_timeout(shop: Stage) -> None:
    shop.listener(FixedResponse(200, body="x"))
    shop.attributes(idle_timeout__timeout_seconds="1")
    assert b"200" in shop.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", seconds=50)  # AWS's own is 60

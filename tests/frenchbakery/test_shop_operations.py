"""What operators ask: health, readiness, metrics, topology, logs, faults."""

from __future__ import annotations

import json
import time

import pytest

from frenchbakery.common.lifecycle import Lifecycle
from tests.frenchbakery.bakery import KEY, Bakery, error_of, logged, open_bakery

SERVICES = ("frontend", "products", "orders", "reviews")


@pytest.mark.parametrize("service", SERVICES)
def test_each_answers_at_the_root_and_behind_the_load_balancer(bakery: Bakery, service: str) -> None:
    client = bakery.client(service)
    for prefix in ("", f"/api/{service}/ops"):
        assert client.get(f"{prefix}/healthz").json() == {"status": "ok"}
        assert client.get(f"{prefix}/readyz").json()["status"] == "ready"
        assert client.get(f"{prefix}/topology").json()["service"] == service
        assert "http_requests_total" in client.get(f"{prefix}/metrics").text
    assert client.get("/healthz").headers["x-served-by"].startswith(f"{service}/")


def test_topology_says_who_calls_whom(bakery: Bakery) -> None:
    calls = {
        service: {call["name"] for call in bakery.client(service).get("/topology").json()["calls"]}
        for service in SERVICES
    }
    assert calls == {
        "frontend": {"products", "orders", "reviews"},
        "products": set(),
        "orders": {"products", "orders-store"},
        "reviews": {"reviews-store"},
    }


def test_not_ready_without_what_is_required_but_alive(bakery: Bakery) -> None:
    bakery.rules.down = {"products"}
    for service in ("orders", "frontend"):
        answer = bakery.client(service).get("/readyz")
        assert (answer.status_code, answer.json()["checks"]["products"]) == (503, "failed")
        assert bakery.client(service).get("/healthz").status_code == 200


def test_the_frontend_is_ready_without_reviews(bakery: Bakery) -> None:
    bakery.rules.down = {"reviews"}
    answer = bakery.client("frontend").get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["reviews"]) == (200, "failed")


def test_draining_is_not_ready_but_still_serves(bakery: Bakery) -> None:
    bakery.rules.apps["products"].state.lifecycle.begin_drain()
    client = bakery.client("products")
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "draining")
    served = client.get("/api/products")
    assert (served.status_code, served.headers["connection"]) == (200, "close")
    assert client.get("/healthz").status_code == 200


def test_drained_after_its_time_and_not_before() -> None:
    now = [100.0]
    lifecycle = Lifecycle(drain=5, monotonic=lambda: now[0])
    assert not lifecycle.draining
    lifecycle.begin_drain()
    now[0] = 104.9
    lifecycle.begin_drain()  # a second signal does not start the time again
    assert lifecycle.draining and not lifecycle.drained
    now[0] = 105.0
    assert lifecycle.drained


def test_metrics_count_by_route_not_by_path(bakery: Bakery) -> None:
    client = bakery.client("products")
    for product in ("croissant", "eclair", "pizza"):
        client.get(f"/api/products/{product}")
    client.get("/anything/at/all")
    text = client.get("/metrics").text
    labels = 'method="GET",route="/api/products/{product_id}",service="products"'
    assert f'http_requests_total{{{labels},status="200"}} 2.0' in text
    assert f'http_requests_total{{{labels},status="404"}} 1.0' in text
    assert 'route="unmatched"' in text
    assert "/anything" not in text and "croissant" not in text


def test_one_request_id_crosses_the_services(bakery: Bakery) -> None:
    with logged() as log:
        page = bakery.browser.get("/", headers={"X-Request-Id": "visit-42"})
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert page.headers["x-request-id"] == "visit-42"
    assert {line["request_id"] for line in lines} == {"visit-42"}
    assert {line["path"] for line in lines} == {"/", "/api/products", "/api/reviews", "/api/reviews/summary"}


@pytest.mark.parametrize("hostile", ['a"b', "a b", "x" * 65, "é", "a\tb", "<script>", ""])
def test_a_request_id_that_is_not_safe_is_replaced(bakery: Bakery, hostile: str) -> None:
    answer = bakery.client("products").get("/healthz", headers={"X-Request-Id": hostile.encode()})
    assert answer.headers["x-request-id"] != hostile
    assert len(answer.headers["x-request-id"]) == 32


def test_a_log_line_has_facts_and_nothing_personal(bakery: Bakery) -> None:
    body = {"product_id": "eclair", "author": "Confidential Name", "rating": 5, "text": "Private words"}
    with logged() as log:
        answer = bakery.client("reviews").post(
            "/api/reviews?lang=fr&secret=Query", json=body, headers={"Idempotency-Key": KEY}
        )
    assert answer.status_code == 201
    line = json.loads(log.getvalue())
    assert set(line) == {
        *("time", "level", "service", "task", "request_id", "message"),
        *("method", "path", "status", "ms"),
    }
    assert (line["method"], line["path"], line["status"]) == ("POST", "/api/reviews", 201)
    assert not any(word in log.getvalue() for word in ("Confidential", "Private", "Query", KEY))


def test_health_checks_do_not_fill_the_log(bakery: Bakery) -> None:
    with logged() as log:
        bakery.client("products").get("/healthz")
    assert log.getvalue() == ""


@pytest.mark.parametrize("service", SERVICES)
def test_faults_are_absent_unless_enabled(bakery: Bakery, service: str) -> None:
    client = bakery.client(service)
    for prefix in ("", f"/api/{service}/ops"):
        for path in ("/fault/errors", "/fault/latency", "/fault/memory", "/fault/crash", "/load"):
            assert client.post(prefix + path).status_code in (404, 405)
    assert "/fault" not in client.get("/openapi.json").text


@pytest.fixture
def faulty() -> Bakery:
    return open_bakery(faults=True)


def test_injected_errors_and_their_end(faulty: Bakery) -> None:
    client = faulty.client("products")
    assert client.post("/fault/errors?rate=1").status_code == 200
    broken = client.get("/api/products")
    assert (broken.status_code, error_of(broken)["code"]) == (500, "fault_injected")
    assert client.get("/healthz").status_code == 500
    client.delete("/fault")
    assert client.get("/api/products").status_code == 200


def test_injected_latency(faulty: Bakery) -> None:
    client = faulty.client("products")
    client.post("/fault/latency?ms=200")
    start = time.monotonic()
    client.get("/api/products")
    assert time.monotonic() - start >= 0.2


@pytest.mark.parametrize(
    "query",
    [
        "/fault/errors?rate=1.1",
        "/fault/errors?rate=nan",
        "/fault/latency?ms=5001",
        "/fault/latency?seconds=301",
        "/fault/memory?mib=257",
        "/load?seconds=61",
        "/load?seconds=0",
    ],
)
def test_faults_are_bounded(faulty: Bakery, query: str) -> None:
    assert faulty.client("products").post(query).status_code == 422


def test_leaked_memory_is_really_held_until_healed(faulty: Bakery) -> None:
    client = faulty.client("products")

    def resident() -> float:
        line = next(
            line
            for line in client.get("/metrics").text.splitlines()
            if line.startswith("process_resident_memory_bytes ")
        )
        return float(line.split()[1])

    before = resident()
    client.post("/fault/memory?mib=64")
    assert resident() - before > 50 * 2**20
    client.delete("/fault")
    assert resident() - before < 50 * 2**20

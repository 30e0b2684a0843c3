"""The services as processes, started as a task starts them."""

from __future__ import annotations

import json
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.frenchbakery.bakery import KEY, ORDER, ROOT, eventually, running

Ports = Callable[[], int]
BACKEND = {"BACKEND_URL": "http://127.0.0.1:9"}  # nobody listens there


@pytest.mark.parametrize("service", ["frontend", "products", "orders", "reviews"])
def test_starts_and_stops_with_zero(service: str, free_port: Ports, tmp_path: Path) -> None:
    with running(service, free_port(), tmp_path / "log", DRAIN_SECONDS="0", **BACKEND) as process:
        process.popen.send_signal(signal.SIGTERM)
        assert process.popen.wait(30) == 0
    lines = [json.loads(line) for line in process.log.read_text().splitlines()]
    assert {line["service"] for line in lines} == {service}


def test_boto3_is_not_loaded_without_a_table() -> None:
    check = "import sys, frenchbakery.orders.app; sys.exit('boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT).returncode == 0


def test_sigterm_drains(free_port: Ports, tmp_path: Path) -> None:
    environment = {"FAULTS": "on", "DRAIN_SECONDS": "1"}
    with (
        running("products", free_port(), tmp_path / "log", **environment) as process,
        socket.create_connection(
            ("127.0.0.1", int(process.url.rpartition(":")[2])), timeout=15
        ) as connection,
    ):
        httpx.post(f"{process.url}/fault/latency?ms=3000&seconds=60")
        connection.sendall(b"GET /api/products HTTP/1.1\r\nHost: shop\r\n\r\n")
        httpx.delete(f"{process.url}/fault")  # later requests are quick; that one is being late
        process.popen.send_signal(signal.SIGTERM)
        ready = eventually(
            lambda: (answer := httpx.get(f"{process.url}/readyz")).status_code == 503 and answer
        )
        assert ready.json()["status"] == "draining"
        assert select.select([connection], [], [], 0)[0] == [], "the first request is still in flight"
        assert connection.recv(20).startswith(b"HTTP/1.1 200"), "what had begun was finished"
        assert process.popen.wait(30) == 0
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{process.url}/healthz")


def process_metrics(url: str) -> str:
    """The metrics of a process; with patience, it is busy."""
    return httpx.get(f"{url}/metrics", timeout=10).text


def test_a_second_signal_stops_at_once(free_port: Ports, tmp_path: Path) -> None:
    with running("products", free_port(), tmp_path / "log", DRAIN_SECONDS="20") as process:
        process.popen.send_signal(signal.SIGTERM)
        eventually(lambda: httpx.get(f"{process.url}/readyz").status_code == 503)
        process.popen.send_signal(signal.SIGTERM)
        assert process.popen.wait(15) == 0, "long before it has drained"


def test_load_burns_cpu_one_burn_at_a_time_and_a_crash_is_not_a_clean_exit(
    free_port: Ports, tmp_path: Path
) -> None:
    with running("products", free_port(), tmp_path / "log", FAULTS="on") as process:
        before = cpu_seconds(process_metrics(process.url))
        assert httpx.post(f"{process.url}/load?seconds=3").status_code == 202
        busy = httpx.post(f"{process.url}/api/products/ops/load?seconds=1", timeout=10)
        assert (busy.status_code, busy.json()["error"]["code"]) == (409, "load_running")
        eventually(lambda: httpx.post(f"{process.url}/load?seconds=1").status_code == 202)
        assert cpu_seconds(process_metrics(process.url)) - before > 0.5
        assert httpx.post(f"{process.url}/fault/crash").status_code == 200
        assert process.popen.wait(30) == 1


def cpu_seconds(metrics: str) -> float:
    """Processor time spent by the process."""
    return float(metrics.split("\nprocess_cpu_seconds_total ")[1].split()[0])


@pytest.mark.parametrize(
    ("environment", "named"),
    [({"PORT": "http"}, "PORT"), ({}, "PRODUCTS_URL"), ({"BACKEND_URL": "balancer"}, "http://")],
)
def test_a_wrong_environment_is_said_before_anything_starts(environment: dict[str, str], named: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "frenchbakery.orders"],
        cwd=ROOT,
        env={"PORT": "0", "HOST": "127.0.0.1", **environment},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 2
    assert named in done.stderr and "Traceback" not in done.stderr


def test_two_tasks_of_orders_share_a_file(free_port: Ports, tmp_path: Path) -> None:
    with running("products", free_port(), tmp_path / "p") as products:
        environment = {
            "PRODUCTS_URL": products.url,
            "DATABASE": str(tmp_path / "orders.db"),
            "DRAIN_SECONDS": "0",
        }
        with (
            running("orders", free_port(), tmp_path / "o1", HOSTNAME="one", **environment) as one,
            running("orders", free_port(), tmp_path / "o2", HOSTNAME="two", **environment) as two,
            ThreadPoolExecutor(8) as pool,
        ):

            def place(number: int) -> httpx.Response:
                url = (one, two)[number % 2].url
                headers = {"Idempotency-Key": f"{KEY}-{number // 4}"}
                return httpx.post(f"{url}/api/orders", json=ORDER, headers=headers, timeout=20)

            answers = list(pool.map(place, range(40)))
            assert sorted(answer.status_code for answer in answers) == [200] * 30 + [201] * 10
            assert {answer.headers["x-served-by"] for answer in answers} == {"orders/one", "orders/two"}
            for service in (one, two):
                assert len(httpx.get(f"{service.url}/api/orders?limit=50").json()["orders"]) == 10

"""The four services in one process, behind the path rules of a load balancer; and as processes."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.testclient import TestClient

from frenchbakery.common.logs import JsonFormatter
from frenchbakery.common.settings import Settings
from frenchbakery.common.task import Task
from frenchbakery.frontend.app import create_app as frontend_app
from frenchbakery.orders.app import create_app as orders_app
from frenchbakery.orders.repository import Orders
from frenchbakery.products.app import create_app as products_app
from frenchbakery.reviews.app import create_app as reviews_app

ROOT = Path(__file__).parents[2]
EVERYTHING = dict.fromkeys(("products", "orders", "reviews", "frontend"), "http://balancer")
KEY = "a-key-of-this-test"
ORDER = {"lines": [{"product_id": "croissant", "quantity": 2}], "pickup": "noon"}
REVIEW = {"product_id": "croissant", "author": "Ana", "rating": 4, "text": "Good."}
BROWSER = {"Accept": "text/html", "Accept-Language": "en"}
PATIENT = "30"  # seconds: what a test asks about is not how fast a busy machine is


class PathRules(httpx.AsyncBaseTransport):
    """Sends /api/<service>… to that service; a service in `down` refuses connections, one in `hanging` times out."""

    def __init__(self) -> None:
        self.apps: dict[str, FastAPI] = {}
        self.down: set[str] = set()
        self.hanging: set[str] = set()
        self.seen: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer in process."""
        service = request.url.path.split("/")[2]
        self.seen.append(request)
        if service in self.down:
            raise httpx.ConnectError("refused", request=request)
        if service in self.hanging:
            raise httpx.ReadTimeout("too late", request=request)
        return await httpx.ASGITransport(self.apps[service]).handle_async_request(request)


@dataclass
class Bakery:
    """All four, and how to talk to each."""

    rules: PathRules

    def client(self, service: str, **arguments: Any) -> TestClient:
        """A client of one service; a browser's cookies stay in it."""
        return TestClient(self.rules.apps[service], **arguments)

    @property
    def browser(self) -> TestClient:
        """A browser that does not follow redirects by itself."""
        return self.client("frontend", headers=BROWSER, follow_redirects=False)


def settings(service: str, **changes: Any) -> Settings:
    """Settings of a test's service."""
    return Settings(service=service, backends=EVERYTHING, **changes)


def open_bakery(store: Orders | None = None, **changes: Any) -> Bakery:
    """Start the four services on fresh in-memory stores."""
    rules = PathRules()
    rules.apps = {
        "products": products_app(settings("products", **changes), Task("p1")),
        "orders": orders_app(settings("orders", **changes), Task("o1"), store, rules),
        "reviews": reviews_app(settings("reviews", **changes), Task("r1")),
        "frontend": frontend_app(settings("frontend", **changes), Task("f1", zone="zone-a"), rules),
    }
    return Bakery(rules)


def error_of(answer: httpx.Response) -> dict[str, Any]:
    """The error inside an answer of the common shape."""
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "fields", "request_id"}
    return dict(error)


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """What the services log, as they would print it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter("test", "task"))
    logger = logging.getLogger("frenchbakery")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield stream
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def eventually(question: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true answer; fails after a deadline."""
    end = time.monotonic() + seconds
    while True:
        try:
            if answer := question():
                return answer
        except httpx.TransportError:
            pass
        assert time.monotonic() < end, "it never became true"
        time.sleep(0.02)


@dataclass
class Process:
    """A service as an operating-system process."""

    popen: subprocess.Popen[str]
    url: str
    log: Path


@contextmanager
def running(service: str, port: int, log: Path, **environment: str) -> Iterator[Process]:
    """`python -m frenchbakery.<service>`, from its start until it answers /healthz; killed at the end."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COV_")}
    with log.open("w") as output:
        popen = subprocess.Popen(
            [sys.executable, "-m", f"frenchbakery.{service}"],
            cwd=ROOT,
            env={**inherited, "HOST": "127.0.0.1", "PORT": str(port), "CALL_TIMEOUT": PATIENT, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        with httpx.Client() as client:  # each `httpx.get` would read the certificate authorities anew

            def alive() -> bool:
                assert popen.poll() is None, log.read_text()
                return client.get(f"{url}/healthz").status_code == 200

            eventually(alive)
        yield Process(popen, url, log)
    finally:
        popen.kill()
        popen.wait()

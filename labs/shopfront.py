"""The shop as a customer reaches it: plain HTTP through the load balancer."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

TIMEOUT = 10  # seconds for one request
TRIES = 24  # requests after which a second task should have answered: 1 in 2^24 to miss by chance


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; `task` is "service/task id" as the shop's X-Served-By header says."""

    status: int
    headers: Message  # names in any case
    body: bytes

    @property
    def task(self) -> str:
        """Which task answered."""
        return str(self.headers.get("X-Served-By", ""))

    def json(self) -> Any:
        """The body, decoded. Raises ValueError when it is not JSON."""
        return json.loads(self.body)


def ask(url: str, *, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """GET, or POST when there is `data`; an error status is an answer too. Raises OSError when none comes."""
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"not a web address: {url}")
    request = urllib.request.Request(url, data=data, headers=dict(headers or {}))  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


@dataclass(frozen=True)
class Visit:
    """What a customer found: whether the shop is open, the latest order, and which tasks could read it."""

    status: int | None = None  # of the front page; None when nobody answers
    order: str | None = None
    readers: frozenset[str] = frozenset()
    blind: frozenset[str] = frozenset()  # tasks that did not know the order


def visit(url: str) -> Visit:
    """Look at the front page, then ask for the latest order until two tasks have answered."""
    base = url.rstrip("/")
    try:
        front = ask(f"{base}/").status
        listed = ask(f"{base}/api/orders")
        orders = listed.json().get("orders", []) if listed.status == 200 else []
        if not orders:
            return Visit(front)
        latest = str(orders[0]["id"])
        readers: set[str] = set()
        blind: set[str] = set()
        for _ in range(TRIES):
            answer = ask(f"{base}/api/orders/{latest}")
            (readers if answer.status == 200 else blind).add(answer.task)
            if len(readers | blind) >= 2:
                break
        return Visit(front, latest, frozenset(readers), frozenset(blind))
    except (OSError, ValueError, KeyError, AttributeError):
        return Visit()

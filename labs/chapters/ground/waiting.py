"""How long a notebook waits for AWS."""

from __future__ import annotations

import time
from collections.abc import Callable

DEADLINE = 600.0  # seconds that AWS may take to start, to end or to free something
POLL = 0.5  # seconds between two looks
PATIENCE = {"Delay": POLL, "MaxAttempts": round(DEADLINE / POLL)}  # of boto3's waiters


def until(done: Callable[[], bool]) -> None:
    """Wait, where boto3 has no waiter; once the deadline is over, the next call says what stands in the way."""
    deadline = time.monotonic() + DEADLINE
    while not done() and time.monotonic() < deadline:
        time.sleep(POLL)

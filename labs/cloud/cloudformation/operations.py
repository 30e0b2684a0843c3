"""The stack operations under way, ended when the cloud is reset or stops."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labs.cloud.cloudformation.engine import Operation

PATIENCE = 5.0  # seconds for calls that are on their way to come back


class StackOperations:
    """A controller (see controllers/loop.py) that acts only at the end: operations have threads of their own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: list[Operation] = []

    def add(self, operation: Operation) -> None:
        """It starts."""
        with self._lock:
            self._running.append(operation)

    def remove(self, operation: Operation) -> None:
        """It is over."""
        with self._lock:
            if operation in self._running:
                self._running.remove(operation)

    def tick(self, now: float) -> float | None:
        """Nothing to do of its own accord."""
        return None

    def reset(self) -> None:
        """Abandon every operation and wait until its last call is over, lest it reach the emptied cloud."""
        with self._lock:
            running, self._running = self._running, []
        for operation in running:
            operation.abandon()
        deadline = time.monotonic() + PATIENCE
        for operation in running:
            if operation.stack.thread is not None:
                operation.stack.thread.join(max(0.0, deadline - time.monotonic()))

    def close(self) -> None:
        """The same: the API goes away."""
        self.reset()

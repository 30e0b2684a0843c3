"""From "running" to "draining" to gone: how a service stops without losing a request."""

from __future__ import annotations

import time
from collections.abc import Callable


class Lifecycle:
    """Whether the service is draining, and since when."""

    def __init__(self, drain: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._drain, self._monotonic = drain, monotonic
        self._since: float | None = None

    def begin_drain(self) -> None:
        """SIGTERM came: answer "not ready" from now on, keep serving."""
        if self._since is None:
            self._since = self._monotonic()

    @property
    def draining(self) -> bool:
        """True from SIGTERM on."""
        return self._since is not None

    @property
    def drained(self) -> bool:
        """True once load balancers had the time to look elsewhere: stop accepting connections."""
        return self._since is not None and self._monotonic() - self._since >= self._drain

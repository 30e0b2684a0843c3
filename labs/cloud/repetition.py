"""The log says once what goes wrong every second."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

AGAIN = 600.0  # seconds until the same failure is worth another entry
MOST = 1000  # failures that are remembered


class Unrepeated(logging.Filter):
    """Lets the same failure (its message and its exception) through once in ten minutes.

    A controller comes back to what it could not do, each second, and a traceback a second would fill the disk.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic):
        super().__init__()
        self._monotonic = monotonic
        self._told: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether `record` is news."""
        if not record.exc_info:
            return True
        now, what = self._monotonic(), (record.getMessage(), repr(record.exc_info[1]))
        if now - self._told.get(what, -AGAIN) < AGAIN:
            return False
        if len(self._told) >= MOST:
            self._told.clear()
        self._told[what] = now
        return True

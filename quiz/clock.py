"""Times, and a clock that is never set back."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its zone: what comes from a file without one is refused."""


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class SteadyClock:
    """The wall clock, but never before `floor`, and never slower than the time that passes in this process.

    A machine that sleeps stops `monotonic` but not the wall; a wall clock set back does the opposite: the later of
    the two counts.
    """

    def __init__(
        self,
        floor: datetime | None = None,
        wall: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ):
        self._wall, self._monotonic = wall, monotonic
        self._latest = max(wall(), floor) if floor else wall()
        self._read_at = monotonic()

    def __call__(self) -> datetime:
        """The time."""
        read_at = self._monotonic()
        passed = self._latest + timedelta(seconds=read_at - self._read_at)
        self._latest, self._read_at = max(passed, self._wall()), read_at
        return self._latest

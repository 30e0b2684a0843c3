"""The controller loop: what one controller's failure means for the others and for the log."""

from __future__ import annotations

import logging
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from labs.cloud.clock import SystemClock
from labs.cloud.controllers.loop import Controllers


class Recorder:
    """A controller that fails as it is told, and counts its rounds."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.rounds = 0

    def tick(self, now: float) -> float | None:
        self.rounds += 1
        if self.failure is not None:
            raise self.failure
        return None

    def reset(self) -> None: ...

    def close(self) -> None: ...


def test_a_failing_controller_stops_no_other_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    class Poisoned(Recorder): ...

    poisoned, healthy = Poisoned(), Recorder()
    runtime: Any = SimpleNamespace(clock=SystemClock(), wake=threading.Event())
    loop = Controllers(runtime, [cast(Any, poisoned), cast(Any, healthy)])

    def logged() -> int:
        return sum("Poisoned failed" in record.getMessage() for record in caplog.records)

    with caplog.at_level(logging.ERROR):
        poisoned.failure = ValueError("poison")
        assert [loop.tick() for _ in range(3)] == [1.0] * 3  # it is tried again every second
        assert (healthy.rounds, logged()) == (3, 1)
        poisoned.failure = ValueError("another")
        loop.tick()
        assert logged() == 2
        poisoned.failure = None
        loop.tick()
        poisoned.failure = ValueError("another")  # it came back: that is news
        loop.tick()
        assert logged() == 3

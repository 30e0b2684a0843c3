"""The controller loop: what one controller's failure means for the others and for the log."""

from __future__ import annotations

import logging
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from labs.cloud.clock import SystemClock
from labs.cloud.controllers.loop import Controllers
from labs.cloud.repetition import AGAIN, MOST, Unrepeated


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
    poisoned, healthy = Recorder(), Recorder()
    runtime: Any = SimpleNamespace(clock=SystemClock(), wake=threading.Event())
    loop = Controllers(runtime, [cast(Any, poisoned), cast(Any, healthy)])
    only_news = Unrepeated(lambda: 0.0)
    caplog.handler.addFilter(only_news)
    try:
        poisoned.failure = ValueError("poison")
        assert [loop.tick() for _ in range(3)] == [1.0] * 3  # it is tried again every second
        assert (healthy.rounds, len(caplog.records)) == (3, 1)
        poisoned.failure = ValueError("another")
        loop.tick()
        assert len(caplog.records) == 2
    finally:
        caplog.handler.removeFilter(only_news)


def failure(text: str) -> logging.LogRecord:
    error = ValueError(text)
    return logging.LogRecord("cloud", logging.ERROR, "", 0, "failed", (), (ValueError, error, None))


def test_a_failure_is_told_again_after_a_while() -> None:
    now = [0.0]
    only_news = Unrepeated(lambda: now[0])
    assert [only_news.filter(failure("x")) for _ in range(2)] == [True, False]
    now[0] = AGAIN
    assert only_news.filter(failure("x"))


def test_messages_without_a_failure_pass_and_memory_ends() -> None:
    only_news = Unrepeated(lambda: 0.0)
    plain = logging.LogRecord("cloud", logging.INFO, "", 0, "stopping", (), None)
    assert all(only_news.filter(plain) for _ in range(2))
    assert all(only_news.filter(failure(str(number))) for number in range(MOST + 1))
    assert only_news.filter(failure("0"))  # forgotten: rather told twice than remembered for ever

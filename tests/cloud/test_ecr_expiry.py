"""When lifecycle policies are evaluated: on a period of CloudWatch's time, by a clock of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labs.cloud.api.signing import Keyring
from labs.cloud.controllers import image_expiry
from labs.cloud.controllers.image_expiry import PERIOD, ImageExpiry
from labs.cloud.runtime import Runtime


class TestsClock:
    """A clock that the test moves."""

    __test__ = False

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()


@pytest.mark.parametrize("pace", [60, 6])
def test_policies_are_evaluated_once_a_period_at_the_pace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pace: int
) -> None:
    clock = TestsClock()
    runtime = Runtime(home=tmp_path, port=1, credentials=Keyring(), clock=clock)
    if pace != 60:
        runtime.minutes.change(pace, clock.now())
    times: list[datetime] = []
    monkeypatch.setattr(image_expiry, "expire_images", lambda runtime: times.append(runtime.clock.now()))
    monkeypatch.setattr(image_expiry, "_backends", lambda runtime: [])
    expiry = ImageExpiry(runtime)
    assert expiry.tick(0) == PERIOD * pace  # real seconds
    clock.time += timedelta(seconds=PERIOD * pace - 1)
    assert expiry.tick(0) == pytest.approx(1)
    assert times == []
    clock.time += timedelta(seconds=1)
    expiry.tick(0)
    expiry.tick(0)
    assert times == [clock.time]
    expiry.reset()
    clock.time += timedelta(seconds=1)
    assert expiry.tick(0) == PERIOD * pace

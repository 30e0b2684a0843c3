"""Runs the health checks of containers: each in a thread of a pool, none under the cloud's lock."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from labs.cloud.aws.ecs.health import Health, HealthCheck
from labs.cloud.clock import Clock
from labs.cloud.engine.base import Engine

PROBERS = 8  # threads: probes that run at once

log = logging.getLogger(__name__)


@dataclass
class _Probed:
    """One container that has a health check."""

    check: HealthCheck
    started: float  # monotonic seconds
    due: float
    health: Health = field(default_factory=Health)
    asked: float = 0.0  # when the probe that runs now began
    probe: Future[bool] | None = None


class Probes:
    """The health of running containers. Used by one thread; the probes run in others."""

    def __init__(self, engine: Engine, clock: Clock, wake: Callable[[], object]):
        self._engine = engine
        self._clock = clock
        self._wake = wake
        self._pool = ThreadPoolExecutor(PROBERS, thread_name_prefix="probe")
        self._probed: dict[str, _Probed] = {}  # by the engine's container id

    def look(self, running: Iterable[tuple[str, HealthCheck]]) -> dict[str, Health]:
        """Take in the probes that ended, begin those that are due; the health of each container of `running`."""
        now = self._clock.monotonic()
        checks = dict(running)
        for gone in self._probed.keys() - checks.keys():
            del self._probed[gone]
        for container_id, check in checks.items():
            one = self._probed.setdefault(container_id, _Probed(check, now, now + check.interval))
            if one.probe is not None and one.probe.done():
                one.health = one.health.after(check, _passed(one.probe), one.asked - one.started)
                one.probe, one.due = None, now + check.interval
            if one.probe is None and now >= one.due:
                one.asked = now
                one.probe = self._pool.submit(self._probe, container_id, check)
                one.probe.add_done_callback(lambda _: self._wake())
        return {container_id: self._probed[container_id].health for container_id in checks}

    def due(self) -> float | None:
        """Monotonic time of the next probe; None when none is planned."""
        return min((one.due for one in self._probed.values() if one.probe is None), default=None)

    def reset(self) -> None:
        """Forget every container."""
        self._probed.clear()

    def close(self) -> None:
        """Begin no more probes."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _probe(self, container_id: str, check: HealthCheck) -> bool:
        try:
            return self._engine.execute(container_id, check.command, check.timeout) == 0
        except TimeoutError:
            return False


def _passed(probe: Future[bool]) -> bool:
    try:
        return probe.result()
    except Exception:
        log.exception("health check")
        return False

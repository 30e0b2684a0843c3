"""The controller loop: one thread in which the cloud acts of its own accord.

It sleeps until something changed (`runtime.wake`: an API call, a container that ended, a start that finished)
or until a controller's next due time; there is no busy polling.
"""

from __future__ import annotations

import logging
import threading
from typing import Protocol

from labs.cloud.runtime import Runtime

LONGEST_SLEEP = 30.0  # seconds
SHORTEST_SLEEP = 0.02  # seconds between two rounds, so that a storm of changes is handled in batches

log = logging.getLogger(__name__)


class Controller(Protocol):
    """One concern: looks at the state, acts, and says when it wants to look again at the latest."""

    def tick(self, now: float) -> float | None:
        """One round at monotonic time `now`; seconds until the next one at the latest, None for no wish."""
        ...

    def reset(self) -> None:
        """End what it runs and forget everything: moto is about to be emptied."""
        ...

    def close(self) -> None:
        """The cloud stops."""
        ...


class Controllers:
    """Runs the controllers in turn on one thread."""

    def __init__(self, runtime: Runtime, controllers: list[Controller]):
        self._runtime = runtime
        self._controllers = controllers
        self._round = threading.Lock()  # held during a round: a reset waits for it
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="controllers", daemon=True)

    def start(self) -> None:
        """Start acting."""
        self._thread.start()

    def tick(self) -> float:
        """One round of every controller; seconds until the next one. One failing controller stops no other."""
        now = self._runtime.clock.monotonic()
        pause = LONGEST_SLEEP
        with self._round:
            for controller in self._controllers:
                try:
                    wish = controller.tick(now)
                except Exception:
                    log.exception("%s failed; it goes on", type(controller).__name__)
                    wish = 1.0
                if wish is not None:
                    pause = min(pause, wish)
        return max(SHORTEST_SLEEP, pause)

    def reset(self) -> None:
        """Empty moto and every controller between two rounds; containers are stopped."""
        from labs.cloud.aws import patches

        with self._round:
            for controller in self._controllers:
                controller.reset()
            with self._runtime.lock:
                patches.empty()
            self._runtime.addresses.clear()
            self._runtime.timeline.clear()
            self._runtime.load_balancers.sync()

    def close(self) -> None:
        """Stop acting; returns when the last round is over."""
        self._stopping = True
        self._runtime.wake.set()
        if self._thread.is_alive():
            self._thread.join(10)
        for controller in self._controllers:
            controller.close()

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping:
            self._runtime.wake.wait(pause)
            self._runtime.wake.clear()
            pause = self.tick()

"""Memory limits that the operating system does not keep for an engine: look, and kill what uses too much.

Linux kills at the very page that is too many. A look every quarter of a second may come late, by what a
program takes meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

PAUSE = 0.25  # seconds between two looks, at the least
SHARE = 0.02  # of a processor: what looking may cost; waiting for an engine's answer costs nothing
MIB = 1024 * 1024


@dataclass(frozen=True)
class Limited:
    """A running container whose memory is watched."""

    container_id: str
    task_id: str
    limit_mib: int | None  # its own
    task_limit_mib: int | None  # of all containers of its task together


def too_much(watched: Iterable[Limited], used: Mapping[str, int]) -> set[str]:
    """Who must be killed: whoever exceeds his own limit, and the largest of a task that exceeds the task's.

    `used` is in bytes, by container id.
    """
    killed = set()
    tasks = defaultdict(list)
    for one in watched:
        tasks[one.task_id].append(one)
        if one.limit_mib is not None and used.get(one.container_id, 0) > one.limit_mib * MIB:
            killed.add(one.container_id)
    for members in tasks.values():
        limit = members[0].task_limit_mib
        left = {m.container_id: used.get(m.container_id, 0) for m in members if m.container_id not in killed}
        if limit is not None and sum(left.values()) > limit * MIB:
            killed.add(max(left, key=lambda container_id: left[container_id]))
    return killed


class MemoryWatch:
    """Looks at the containers it was given, from a thread that lives as long as there are any."""

    def __init__(
        self, usage: Callable[[Iterable[str]], Mapping[str, int]], kill: Callable[[str], None]
    ) -> None:
        self._usage = usage
        self._kill = kill
        self._lock = threading.Lock()
        self._watched: dict[str, Limited] = {}
        self._thread: threading.Thread | None = None

    def add(self, limited: Limited) -> None:
        """Watch a container, until `remove`."""
        with self._lock:
            self._watched[limited.container_id] = limited
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="memory", daemon=True)
                self._thread.start()

    def remove(self, container_id: str) -> None:
        """Watch it no longer; nothing happens when it is not watched."""
        with self._lock:
            self._watched.pop(container_id, None)

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            with self._lock:
                watched = list(self._watched.values())
                if not watched:
                    self._thread = None
                    return
            began = time.thread_time()
            used = self._usage([one.container_id for one in watched])
            for container_id in too_much(watched, used):
                self._kill(container_id)
            pause.wait(max(PAUSE, (time.thread_time() - began) / SHARE))

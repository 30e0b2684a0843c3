"""Doing something for every resource in the order of a graph, several at a time."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from labs.cloud.cloudformation.context import Abandoned
from labs.cloud.cloudformation.graph import Graph, ready

AT_ONCE = 16  # resources handled at a time: most of that time they wait for the cloud

log = logging.getLogger(__name__)


def walk(graph: Graph, work: Callable[[str], bool], halted: Callable[[], bool]) -> list[str]:
    """Call `work` for each resource after all that it depends on; it says whether it succeeded.

    What depends on a failure is not started, nor is anything once `halted`. Returns when nothing runs any more:
    the names that were started and failed, in the order in which they did.
    """
    results: queue.SimpleQueue[tuple[str, bool]] = queue.SimpleQueue()
    started: set[str] = set()
    finished: set[str] = set()
    failed: list[str] = []

    def run(name: str) -> None:
        success = False
        try:
            success = work(name)
        except Abandoned:
            pass  # whoever walks finds out too
        except Exception:
            log.exception("%s failed in an unforeseen way", name)
        finally:
            results.put((name, success))

    while True:
        if not halted():
            under_way = len(started) - len(finished) - len(failed)
            for name in ready(graph, finished, started)[: AT_ONCE - under_way]:
                started.add(name)
                # Daemons: what hangs in a call must not keep the cloud's process alive.
                threading.Thread(target=run, args=(name,), name=f"stack-{name}", daemon=True).start()
        if len(started) == len(finished) + len(failed):
            return failed
        name, success = results.get()
        if success:
            finished.add(name)
        else:
            failed.append(name)

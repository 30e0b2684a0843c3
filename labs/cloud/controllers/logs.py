"""The awslogs driver: containers' output to CloudWatch Logs, in batches so that no line waits for the lock."""

from __future__ import annotations

import logging
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from moto.logs.models import logs_backends

from labs.cloud.runtime import Runtime

PAUSE = 0.2  # seconds during which lines are gathered
BATCH = 1000  # lines per hold of the lock
WAITING = 20_000  # lines; a container that writes faster than they are taken is slowed down, as on AWS

log = logging.getLogger(__name__)


class LogsUnavailable(Exception):
    """The log driver cannot be set up; the text follows "ResourceInitializationError: " in stoppedReason."""


@dataclass(frozen=True)
class Stream:
    """Where one container's lines go."""

    region: str
    group: str
    name: str


class LogShipper:
    """Takes lines from any thread and puts them into the log streams from its own."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._lines: queue.Queue[tuple[Stream, int, str]] = queue.Queue(WAITING)
        self._arrived = threading.Event()
        self._closing = threading.Event()
        self._shipping = threading.Lock()  # whoever takes lines ships them before anybody takes more
        self._thread = threading.Thread(target=self._run, name="logs", daemon=True)
        self._thread.start()

    def open(self, definition: Mapping[str, Any], task_id: str, region: str) -> Callable[[bytes], None]:
        """What a container's lines are given to. The caller holds the lock.

        Only the awslogs driver keeps lines. Raises LogsUnavailable when its group does not exist.
        """
        configuration = definition.get("logConfiguration") or {}
        if configuration.get("logDriver") != "awslogs":
            return lambda line: None
        options = configuration.get("options") or {}
        stream = Stream(
            options.get("awslogs-region") or region,
            options["awslogs-group"],
            self.stream_name(definition, task_id),
        )
        self._create(stream, create_group=options.get("awslogs-create-group") == "true")

        def put(line: bytes) -> None:
            now = int(self._runtime.clock.now().timestamp() * 1000)
            self._lines.put((stream, now, line.decode("utf-8", errors="replace")))
            self._arrived.set()

        return put

    def stream_name(self, definition: Mapping[str, Any], task_id: str) -> str:
        """Prefix, container and task, as the awslogs driver on Fargate names a container's stream."""
        options = (definition.get("logConfiguration") or {}).get("options") or {}
        prefix = options.get("awslogs-stream-prefix")
        return f"{prefix}/{definition['name']}/{task_id}" if prefix else task_id

    def flush(self) -> None:
        """Put every line that was taken so far into its stream; not those that keep coming meanwhile."""
        with self._shipping:
            left = self._lines.qsize()
            while left > 0 and (batch := self._take()):
                self._ship(batch)
                left -= len(batch)

    def close(self) -> None:
        """Stop; lines still waiting are dropped with the cloud."""
        self._closing.set()
        self._arrived.set()

    def _create(self, stream: Stream, create_group: bool) -> None:
        backend = logs_backends[self._runtime.account_id][stream.region]
        if stream.group not in backend.groups:
            if not create_group:
                raise LogsUnavailable(
                    "failed to validate logger args: create stream has been retried 1 times: failed to create "
                    "Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : "
                    "exit status 1"
                )
            backend.create_log_group(stream.group, {})
        if stream.name not in backend.groups[stream.group].streams:
            backend.create_log_stream(stream.group, stream.name)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._arrived.wait()
            self._closing.wait(PAUSE)
            self._arrived.clear()
            self.flush()

    def _take(self) -> list[tuple[Stream, int, str]]:
        lines: list[tuple[Stream, int, str]] = []
        with suppress(queue.Empty):
            while len(lines) < BATCH:
                lines.append(self._lines.get_nowait())
        return lines

    def _ship(self, lines: list[tuple[Stream, int, str]]) -> None:
        by_stream: dict[Stream, list[dict[str, Any]]] = defaultdict(list)
        for stream, time, message in lines:
            if message:  # CloudWatch Logs refuses empty messages
                by_stream[stream].append({"timestamp": time, "message": message})
        with self._runtime.lock:
            for stream, events in by_stream.items():
                backend = logs_backends[self._runtime.account_id][stream.region]
                group = backend.groups.get(stream.group)
                if group is None or stream.name not in group.streams:
                    continue  # somebody deleted it: the lines are lost, as on AWS
                try:
                    backend.put_log_events(
                        stream.group, stream.name, sorted(events, key=lambda event: event["timestamp"])
                    )
                except Exception:  # such as a subscription whose destination is gone; other streams go on
                    log.exception("lines of %s lost", stream)

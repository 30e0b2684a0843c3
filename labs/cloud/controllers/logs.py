"""The awslogs driver: containers' output to CloudWatch Logs, in batches so that no line waits for the lock."""

from __future__ import annotations

import logging
import queue
import re
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
BUFFER = 10 * 1024 * 1024  # bytes that wait of one container; what is too much is lost [API LogConfiguration]
BLOCKING_BUFFER = 1024 * 1024  # bytes, in mode blocking; a container that writes faster waits
SIZES = {"k": 1024, "m": 1024**2, "g": 1024**3}
KNOWN_OPTIONS = frozenset(
    ("awslogs-create-group", "awslogs-region", "awslogs-endpoint", "awslogs-group", "awslogs-stream-prefix",
     "awslogs-datetime-format", "awslogs-multiline-pattern", "mode", "max-buffer-size")
)  # fmt: skip

log = logging.getLogger(__name__)


class LogsUnavailable(Exception):
    """The log driver cannot be set up; the text follows "ResourceInitializationError: " in stoppedReason."""


@dataclass(frozen=True)
class Stream:
    """Where one container's lines go."""

    region: str
    group: str
    name: str


@dataclass(frozen=True)
class Delivery:
    """How the awslogs driver delivers: the mode is non-blocking unless the options say otherwise [API]."""

    blocking: bool = False
    buffer: int = BUFFER  # bytes

    @classmethod
    def of(cls, options: Mapping[str, str]) -> Delivery:
        """As the driver's options say. Raises LogsUnavailable in the driver's words."""
        failed = "failed to validate logger args: "
        unknown = sorted(options.keys() - KNOWN_OPTIONS)
        if unknown:
            raise LogsUnavailable(
                f"{failed}unknown log opt '{unknown[0]}' for awslogs log driver : exit status 1"
            )
        mode = options.get("mode", "non-blocking")
        if mode not in ("blocking", "non-blocking"):
            raise LogsUnavailable(f"{failed}logger: unsupported log mode: {mode} : exit status 1")
        size = re.fullmatch(r"(\d+)([kmg]?)b?", options.get("max-buffer-size", "10m").strip().lower())
        if size is None:
            raise LogsUnavailable(f"{failed}invalid size: '{options['max-buffer-size']}' : exit status 1")
        if mode == "blocking":
            return cls(True, BLOCKING_BUFFER)
        return cls(False, int(size[1]) * SIZES.get(size[2], 1))


class LogShipper:
    """Takes lines from any thread and puts them into the log streams from its own."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._lines: queue.SimpleQueue[tuple[Stream, int, str]] = queue.SimpleQueue()
        self._waiting: dict[Stream, int] = defaultdict(int)  # bytes that are not shipped yet
        self._room = threading.Condition()
        self._arrived = threading.Event()
        self._closing = threading.Event()
        self._shipping = threading.Lock()  # whoever takes lines ships them before anybody takes more
        self._thread = threading.Thread(target=self._run, name="logs", daemon=True)
        self._thread.start()

    def open(self, definition: Mapping[str, Any], task_id: str, region: str) -> Callable[[bytes], None]:
        """What a container's lines are given to. The caller holds the lock.

        Only the awslogs driver keeps lines. Raises LogsUnavailable when its options make no sense, or its group
        does not exist.
        """
        configuration = definition.get("logConfiguration") or {}
        if configuration.get("logDriver") != "awslogs":
            return lambda line: None
        options = configuration.get("options") or {}
        delivery = Delivery.of(options)
        stream = Stream(
            options.get("awslogs-region") or region,
            options["awslogs-group"],
            self.stream_name(definition, task_id),
        )
        self._create(stream, create_group=options.get("awslogs-create-group") == "true")

        def put(line: bytes) -> None:
            now = int(self._runtime.clock.now().timestamp() * 1000)
            if self._admit(stream, len(line), delivery):
                self._lines.put((stream, now, line.decode("utf-8", errors="replace")))
                self._arrived.set()

        return put

    def _admit(self, stream: Stream, size: int, delivery: Delivery) -> bool:
        """Whether a line gets room in its container's buffer; in mode blocking it waits for some."""
        with self._room:
            while self._waiting[stream] and self._waiting[stream] + size > delivery.buffer:
                if not delivery.blocking or self._closing.is_set():
                    return False
                self._arrived.set()
                self._room.wait(1)
            self._waiting[stream] += size
        return True

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
                self._make_room(batch)

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

    def _make_room(self, shipped: list[tuple[Stream, int, str]]) -> None:
        with self._room:
            for stream, _, message in shipped:
                self._waiting[stream] -= len(message.encode())
                if self._waiting[stream] <= 0:
                    del self._waiting[stream]
            self._room.notify_all()

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

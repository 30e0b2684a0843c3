"""What the cloud did, in order: a short memory for the views and the narration."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from labs.learner import Language, language

KEPT = 2000  # events; older ones are forgotten


@dataclass(frozen=True)
class Event:
    """Something that happened to `subject` (an ARN or a name); `kind` is a stable word such as task-running."""

    number: int
    time: datetime
    kind: str
    subject: str
    texts: Mapping[
        Language, str
    ]  # in every language: who reads it may have another one than who started the cloud


class Timeline:
    """The latest events, numbered from 1. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._events: deque[Event] = deque(maxlen=KEPT)

    def add(self, time: datetime, kind: str, subject: str, texts: Mapping[Language, str]) -> None:
        """Append one event."""
        with self._lock:
            self._events.append(Event(next(self._numbers), time, kind, subject, texts))

    def since(self, number: int = 0) -> list[dict[str, Any]]:
        """The events after `number`, oldest first, ready for JSON; `text` is in the learner's language."""
        with self._lock:
            events = [event for event in self._events if event.number > number]
        chosen = language()
        return [
            asdict(event) | {"time": event.time.isoformat(), "text": event.texts[chosen]} for event in events
        ]

    def clear(self) -> None:
        """Forget every event; numbers go on."""
        with self._lock:
            self._events.clear()

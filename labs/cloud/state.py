"""The state file: how others of the same user find the running cloud, and how a dead one is recognised."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class State:
    """What a running cloud says about itself. Holds the cloud's key: 0600, in a 0700 folder."""

    pid: int
    process_started: float  # seconds since the epoch: with the pid, it tells a process from a later one
    port: int
    endpoint: str
    region: str
    access_key_id: str
    secret_access_key: str
    engine: str
    started_at: str  # ISO 8601, UTC

    @property
    def alive(self) -> bool:
        """Whether the very process that wrote this still runs."""
        import psutil

        try:
            process = psutil.Process(self.pid)
            return (
                abs(process.create_time() - self.process_started) < 1
                and process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.Error:
            return False


def state_file(home: Path) -> Path:
    """Where the cloud of that folder keeps its state."""
    return home / "state.json"


def read_state(home: Path) -> State | None:
    """The state as last written, by a cloud that may have died since; None when there is none to read."""
    try:
        return State(**json.loads(state_file(home).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_state(home: Path, state: State) -> None:
    """Write the state so that a reader sees the old one or the new one, never half of one."""
    scratch = home / "state.tmp"
    scratch.unlink(missing_ok=True)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(state), file)
    scratch.replace(state_file(home))

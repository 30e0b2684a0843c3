"""The ledger of a run: what the course set out to make on AWS and what came of it.

One file per run, `<home>/ledger/<run>.jsonl`, appended line by line and flushed to the disk before the
call it announces is sent. Whatever kills the process, the file says what may exist: an intent without
an outcome is settled later by looking for the resource that carries the intent's tag. The ledger holds
names, ids and error codes; never credentials, documents or values of environment variables.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labs.learner import home

COURSE_TAG = "frenchbakery-course"
RUN_TAG = "frenchbakery-course:run"
INTENT_TAG = "frenchbakery-course:intent"
TAG_KEYS = frozenset({COURSE_TAG, RUN_TAG, INTENT_TAG})


@dataclass(frozen=True, order=True)
class Resource:
    """One thing on AWS: its kind (`ecs:service`) and its id within the run's account and Region."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id.rpartition(':')[2] if self.id.startswith('arn:') else self.id}"


@dataclass(frozen=True)
class Run:
    """Where a run's resources live. `endpoint` is None on AWS itself."""

    id: str
    world: str
    account: str
    region: str
    endpoint: str | None = None

    def tags(self, intent: str) -> dict[str, str]:
        """The tags of everything that `intent` makes."""
        return {COURSE_TAG: "1", RUN_TAG: self.id, INTENT_TAG: intent}


@dataclass
class Intent:
    """A create call: announced, and perhaps answered.

    `open` while more may exist than `made` says: no answer came, or the call was sent more than once.
    """

    kind: str
    made: set[str] = field(default_factory=set)
    open: bool = True


@dataclass
class Record:
    """What a ledger says, folded from its entries."""

    run: Run | None = None
    intents: dict[str, Intent] = field(default_factory=dict)
    deleted: set[Resource] = field(default_factory=set)
    closed: bool = False

    @property
    def made(self) -> set[Resource]:
        """Every resource the run is known to have made, gone or not."""
        return {Resource(intent.kind, id_) for intent in self.intents.values() for id_ in intent.made}

    def agrees(self, resource: Resource, tags: Mapping[str, str]) -> bool:
        """Whether the resource's tags and this ledger tell the same story: the run made it."""
        intent = self.intents.get(tags.get(INTENT_TAG, ""))
        return (
            self.run is not None
            and tags.get(RUN_TAG) == self.run.id
            and intent is not None
            and intent.kind == resource.kind
            and (resource.id in intent.made or intent.open)
        )


def fold(entries: Iterable[Mapping[str, Any]]) -> Record:
    """Read a ledger's entries in order. Unknown events are skipped: a newer course may have written them."""
    record = Record()
    for entry in entries:
        match entry.get("event"):
            case "run":
                record.run = Run(
                    entry["id"], entry["world"], entry["account"], entry["region"], entry.get("endpoint")
                )
            case "intent":
                record.intents[entry["intent"]] = Intent(entry["kind"])
                record.closed = False
            case "made" if intent := record.intents.get(entry["intent"]):
                intent.made.update(entry["resources"])
                intent.open = entry["open"]
                record.deleted -= {Resource(intent.kind, id_) for id_ in entry["resources"]}
            case "refused" if intent := record.intents.get(entry["intent"]):
                intent.open = False
            case "deleted":
                record.deleted.add(Resource(entry["kind"], entry["resource"]))
            case "closed":
                record.closed = True
    return record


class Ledger:
    """One run's file. Raises OSError when the disk does not take an entry: then the call must not be sent."""

    def __init__(self, path: Path):
        self.path = path
        self._read = -1

    @classmethod
    def of(cls, run: Run, where: Path) -> Ledger:
        """The ledger of `run` in the folder `where`, begun if there is none."""
        ledger = cls(where / f"{run.id}.jsonl")
        if ledger.record.run is None:
            ledger._append("run", **vars(run))
        return ledger

    @property
    def record(self) -> Record:
        """What the ledger says now, entries of other kernels of the same run included."""
        size = _size(self.path)  # before reading: what another kernel appends meanwhile is read next time
        if size != self._read:
            self._record, self._read = fold(_entries(self.path)), size
        return self._record

    @property
    def run(self) -> Run:
        """The run this ledger is of. Raises ValueError when the file does not begin with one."""
        if self.record.run is None:
            raise ValueError(f"{self.path} is not a ledger")
        return self.record.run

    @staticmethod
    def new_intent() -> str:
        """An id for one create call, to be tagged on whatever it makes."""
        return secrets.token_hex(6)

    def intend(self, intent: str, operation: str, kind: str, name: str | None) -> None:
        """Announce a create call."""
        self._append("intent", intent=intent, operation=operation, kind=kind, name=name)

    def made(self, intent: str, ids: Iterable[str], *, open: bool = False) -> None:
        """AWS made these. `open` when the call was sent more than once, so that there may be twins."""
        self._append("made", intent=intent, resources=list(ids), open=open)

    def refused(self, intent: str, code: str) -> None:
        """AWS said no: nothing was made."""
        self._append("refused", intent=intent, code=code)

    def unanswered(self, intent: str, code: str) -> None:
        """Nobody knows whether the call was carried out; the intent stays open."""
        self._append("unanswered", intent=intent, code=code)

    def deleted(self, resource: Resource) -> None:
        """AWS accepted to delete this."""
        self._append("deleted", kind=resource.kind, resource=resource.id)

    def close(self) -> None:
        """Nothing of the run is left."""
        self._append("closed")

    def _append(self, event: str, **details: object) -> None:
        line = json.dumps(
            {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **details}
        )
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # A process killed while writing leaves half a line: the next entry must not continue it.
            size = os.fstat(file).st_size
            torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
            entry = (b"\n" if torn else b"") + line.encode() + b"\n"
            if os.write(file, entry) != len(
                entry
            ):  # a disk that is nearly full takes a part, and raises nothing
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
            os.fsync(file)
        finally:
            os.close(file)


def folder() -> Path:
    """Where the ledgers of real accounts are kept."""
    return home() / "ledger"


def ledgers(where: Path) -> list[Ledger]:
    """Every ledger in a folder, the one last written at the end; files that are not ledgers are passed over."""
    files = sorted(where.glob("*.jsonl"), key=lambda path: (path.stat().st_mtime, path.name))
    return [ledger for ledger in map(Ledger, files) if ledger.record.run is not None]


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    """The whole entries of a file; a torn line (the process was killed while writing it) is passed over."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0

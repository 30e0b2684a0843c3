"""What the local cloud does of AWS, told by operation: one table, in `services/<service>.yaml`.

A test asks a running cloud whether the table is true (tests/cloud/test_coverage.py). Imports no moto, and the
libraries it needs only when they are needed: `course` starts fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from labs.learner import Language

FOLDER = Path(__file__).parent / "services"
ORDER = (
    "ecs",
    "ecr",
    "elbv2",
    "application-autoscaling",
    "cloudwatch",
    "logs",
    "eks",
    "cloudformation",
    "iam",
    "sts",
)
"""The services that are shown first; the others follow by name."""


class Level(StrEnum):
    """How far an operation, or a feature of one, is what it is on AWS."""

    faithful = "faithful"  # does what AWS does, and is tested
    partly = "partly"  # does the main thing; the note says what differs
    kept = "kept"  # stored and given back, without effect
    moto = "moto"  # moto answers as it is; this project has not checked it
    absent = "absent"  # an error that names it


Note = Mapping[Language, str]


@dataclass(frozen=True)
class Row:
    """One operation, or one feature of it. An empty note: there is nothing to add to the level."""

    operation: str
    level: Level
    note: Note = field(default_factory=dict)
    feature: Note = field(default_factory=dict)  # empty: the operation as a whole


@dataclass(frozen=True)
class Service:
    """What is known of one service."""

    key: str  # as boto3 calls it
    name: str
    rest: Level | None  # of the operations that are not listed; None when all are
    operations: tuple[Row, ...]
    features: tuple[Row, ...]
    resource_types: tuple[str, ...] = ()  # of CloudFormation
    checked: tuple[str, ...] = ()  # operations that moto answers, and that this project compared with AWS

    def level(self, operation: str) -> Level | None:
        """An operation's level; None when the table knows nothing of it."""
        return next((row.level for row in self.operations if row.operation == operation), self.rest)


@cache
def services() -> tuple[Service, ...]:
    """The whole table."""
    found = [_service(path) for path in FOLDER.glob("*.yaml")]
    return tuple(sorted(found, key=lambda each: (_place(each.key), each.key)))


def _place(key: str) -> int:
    return ORDER.index(key) if key in ORDER else len(ORDER)


def _service(path: Path) -> Service:
    import yaml

    # The C parser takes a tenth of the time; not every build of PyYAML has it.
    told = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    notes = {name: _note(each) for each in told.get("notes", ()) for name in each["of"]}
    return Service(
        key=told["service"],
        name=told["name"],
        rest=Level(told["rest"]) if "rest" in told else None,
        operations=tuple(_operations(told["levels"], notes)),
        features=tuple(
            Row(each["of"], Level(each["level"]), _note(each), each["what"])
            for each in told.get("features", ())
        ),
        resource_types=tuple(told.get("resource_types", ())),
        checked=tuple(told.get("checked", ())),
    )


def _operations(levels: Mapping[str, list[str]], notes: Mapping[str, Note]) -> Iterable[Row]:
    listed = {name: Level(level) for level, names in levels.items() for name in names}
    if nowhere := sorted(notes.keys() - listed.keys()):
        raise ValueError(f"notes on operations without a level: {', '.join(nowhere)}")
    return (Row(name, listed[name], notes.get(name, {})) for name in sorted(listed))


def _note(told: Mapping[str, Any]) -> Note:
    return {"en": told["en"], "fr": told["fr"]} if "en" in told else {}

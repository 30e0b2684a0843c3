"""Where a learner sits: language, record, and the lines that go in and out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from labs.learner import Language
from quiz.clock import utc_now
from quiz.store import Record

Read = Callable[[], str]
Write = Callable[[str], None]


@dataclass(frozen=True)
class Desk:
    """`seed` orders options. `read` gives a line and raises EOFError when there are no more."""

    lang: Language
    record: Record
    read: Read
    write: Write
    seed: int = 0
    now: Callable[[], datetime] = utc_now

"""The points that the course teaches, by topic: what questions say they cover."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from quiz.model import Slug, Text, Topic

FILE = Path(__file__).parent / "syllabus.yaml"


@cache
def points() -> dict[Topic, dict[Slug, Text]]:
    """The title of each point, by topic and id, in the order of the course."""
    return msgspec.yaml.decode(FILE.read_bytes(), type=dict[Topic, dict[Slug, Text]])

"""The playground's repository after a year of work, and the policy that it starts with."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from labs.cloud.registry.lifecycle import StoredImage
from labs.playgrounds.lifecycle.texts import say

NOW = datetime(2026, 11, 21, tzinfo=UTC)

START = """{
  "rules": [
    {"rulePriority": 1, "description": "three releases",
     "selection": {"tagStatus": "tagged", "tagPatternList": ["release-*"],
                   "countType": "imageCountMoreThan", "countNumber": 3},
     "action": {"type": "expire"}},

    {"rulePriority": 2, "description": "untagged for a week",
     "selection": {"tagStatus": "untagged",
                   "countType": "sinceImagePushed",
                   "countUnit": "days", "countNumber": 7},
     "action": {"type": "expire"}},

    {"rulePriority": 9, "description": "the rest after a month",
     "selection": {"tagStatus": "any",
                   "countType": "sinceImagePushed",
                   "countUnit": "days", "countNumber": 30},
     "action": {"type": "expire"}}
  ]
}"""


@dataclass(frozen=True)
class Kept:
    """An image of the playground's repository."""

    image: StoredImage
    megabytes: int  # compressed
    member: bool = False  # of a manifest list

    @property
    def label(self) -> str:
        """Its tags, or the beginning of its digest."""
        return ", ".join(sorted(self.image.tags)) or self.image.digest[7:14]

    @property
    def note(self) -> str:
        """What is worth knowing of an image that has no tag."""
        return "" if self.image.tags else say("member" if self.member else "untagged")

    @property
    def name(self) -> str:
        """Label and note."""
        return f"{self.label} ({self.note})" if self.note else self.label


def _digest(name: str) -> str:
    return "sha256:" + hashlib.sha256(name.encode()).hexdigest()


def _kept(tags: str, pushed: float, pulled: float | None, megabytes: int) -> Kept:
    """An image by its tags, or by a name in brackets; ages in days."""
    return Kept(
        StoredImage(
            digest=_digest(tags),
            tags=frozenset() if tags.startswith("(") else frozenset(tags.split()),
            pushed_at=NOW - timedelta(days=pushed),
            last_pulled_at=None if pulled is None else NOW - timedelta(days=pulled),
            members=frozenset(map(_digest, MEMBERS)) if tags == "multi-1.0" else frozenset(),
        ),
        megabytes,
        member=tags in MEMBERS,
    )


MEMBERS = ("(amd64)", "(arm64)")
REPOSITORY: Sequence[Kept] = tuple(
    _kept(*row)
    for row in (
        ("release-1.0", 400, 380, 310),
        ("release-1.1", 300, 190, 310),
        ("release-1.2", 210, 120, 320),
        ("release-2.0", 120, 40, 240),
        ("release-2.1 rollback", 60, 20, 240),
        ("release-2.2 prod", 21, 0.2, 240),
        ("multi-1.0", 100, 95, 0),
        ("(amd64)", 100, 95, 250),
        ("(arm64)", 100, None, 250),
        ("build-201", 75, None, 245),
        ("build-214 test-load", 45, 44, 245),
        ("build-230", 33, None, 245),
        ("build-241", 20, None, 245),
        ("build-248", 9, None, 245),
        ("build-252", 1, 0.9, 245),
        ("nightly", 0.4, 0.3, 245),
        ("(nightly, a day before)", 1.4, 1.3, 245),
        ("(nightly, a week before)", 7.4, None, 245),
        ("(nightly, in October)", 31.4, None, 245),
    )
)

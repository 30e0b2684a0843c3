"""What a lifecycle policy does with images: a pure function of both and of the time.

Plain data in, plain data out, nothing of moto: the cloud acts by it, a preview shows it, a lesson plays with it.

Source: Amazon ECR User Guide, "Automate the cleanup of images by using lifecycle policies", evaluation rules.
Every rule marks images as if it were alone. Then priorities decide: an image belongs to the first rule whose tag
and storage-class criteria it meets, and only that rule may act on it, even if that rule keeps it. So what a
rule with a higher priority has marked still counts as present for the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

# The words of the policy document.
STANDARD, ARCHIVE = "standard", "archive"
TAGGED, UNTAGGED, ANY = "tagged", "untagged", "any"
COUNT, PUSHED, PULLED, TRANSITIONED = (
    "imageCountMoreThan",
    "sinceImagePushed",
    "sinceImagePulled",
    "sinceImageTransitioned",
)
EXPIRE, TRANSITION = "expire", "transition"


@dataclass(frozen=True)
class StoredImage:
    """An image of a repository, as far as a lifecycle policy looks at it. Times are aware."""

    digest: str
    tags: frozenset[str]
    pushed_at: datetime
    last_pulled_at: datetime | None = None
    archived_at: datetime | None = None  # the last time it went to the archive storage class
    activated_at: datetime | None = None  # the last time it came back from there
    storage_class: str = STANDARD
    members: frozenset[str] = frozenset()  # digests of the images that it lists, if it is a manifest list


@dataclass(frozen=True)
class Rule:
    """One rule of a policy. `count` is a number of images, or of days."""

    priority: int
    tag_status: str
    count_type: str
    count: int
    patterns: tuple[str, ...] = ()  # all must match some tag; a prefix is a pattern that ends with *
    storage_class: str = STANDARD
    action: str = EXPIRE
    description: str = ""

    def selects(self, image: StoredImage) -> bool:
        """Whether the image meets the rule's tag and storage-class criteria."""
        if image.storage_class != self.storage_class:
            return False
        if self.tag_status == UNTAGGED:
            return not image.tags
        return self.tag_status == ANY or all(_matches(pattern, image.tags) for pattern in self.patterns)


@dataclass(frozen=True)
class Policy:
    """A lifecycle policy; the rules' order does not matter, their priorities do."""

    rules: tuple[Rule, ...]


class Reason(Enum):
    """Why an image stays or goes."""

    TOO_MANY = "too-many"  # older than the `count` youngest
    TOO_OLD = "too-old"  # more than `count` days since the moment that the rule counts from
    WITHIN = "within"  # its rule keeps it, and no other rule may act on it
    LISTED = "listed"  # marked, but a manifest list refers to it
    UNSELECTED = "unselected"  # no rule's criteria fit


@dataclass(frozen=True)
class Verdict:
    """What happens to one image, by which rule, and why."""

    image: StoredImage
    rule: Rule | None
    reason: Reason
    rank: int | None = None  # 1 is the youngest of those that the rule selects; for imageCountMoreThan
    days: float | None = None  # since the moment that the rule counts from; for the rules by age

    @property
    def action(self) -> str | None:
        """`expire`, `transition`, or None when the image stays as it is."""
        acts = self.reason in (Reason.TOO_MANY, Reason.TOO_OLD)
        return self.rule.action if self.rule and acts else None


def evaluate(images: Iterable[StoredImage], policy: Policy, now: datetime) -> list[Verdict]:
    """A verdict for every image, oldest image first."""
    ordered = sorted(images, key=lambda image: (_since_push(image), image.digest))
    listed = {digest for image in ordered for digest in image.members}
    rules = sorted(policy.rules, key=lambda rule: rule.priority)
    ranks = {rule.priority: _ranks(rule, ordered) for rule in rules}
    return [_verdict(image, rules, ranks, image.digest in listed, now) for image in ordered]


def _verdict(
    image: StoredImage, rules: list[Rule], ranks: dict[int, dict[str, int]], listed: bool, now: datetime
) -> Verdict:
    rule = next((rule for rule in rules if rule.selects(image)), None)
    if rule is None:
        return Verdict(image, None, Reason.UNSELECTED)
    if rule.count_type == COUNT:
        rank = ranks[rule.priority][image.digest]
        marked = Verdict(image, rule, Reason.TOO_MANY if rank > rule.count else Reason.WITHIN, rank=rank)
    else:
        age = now - _counted_from(rule, image)
        reason = Reason.TOO_OLD if age > timedelta(days=rule.count) else Reason.WITHIN
        marked = Verdict(image, rule, reason, days=age / timedelta(days=1))
    if marked.action and listed:
        return Verdict(image, rule, Reason.LISTED, marked.rank, marked.days)
    return marked


def _ranks(rule: Rule, oldest_first: list[StoredImage]) -> dict[str, int]:
    """The place of each image that the rule selects, counted from the youngest."""
    selected = [image for image in oldest_first if rule.selects(image)]
    return {image.digest: place for place, image in enumerate(reversed(selected), 1)}


def _since_push(image: StoredImage) -> datetime:
    """An image that was restored from the archive counts as if it had been pushed then."""
    return image.activated_at or image.pushed_at


def _counted_from(rule: Rule, image: StoredImage) -> datetime:
    if rule.count_type == PULLED:
        moments = (image.last_pulled_at, image.activated_at)
        return max((moment for moment in moments if moment), default=image.pushed_at)
    if rule.count_type == TRANSITIONED:
        return image.archived_at or image.pushed_at
    return _since_push(image)


def _matches(pattern: str, tags: frozenset[str]) -> bool:
    expression = re.compile(".*".join(map(re.escape, pattern.split("*"))))
    return any(expression.fullmatch(tag) for tag in tags)

"""Every question rests on a page that somebody read not long ago."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from quiz.checking.findings import Finding
from quiz.model import AnyQuestion

PUBLISHERS = (
    *(
        "Amazon ",
        "AWS",
        "Elastic Load Balancing",
        "Application Auto Scaling",
        "Service Authorization Reference",
    ),
    *("IAM ", "Savings Plans ", "Kubernetes", "Docker", "OCI ", "Open Container Initiative", "Karpenter"),
)
OLDEST = 18  # months: AWS changes its containers often


def check(question: AnyQuestion, today: date) -> Iterator[Finding]:
    """Sources of an unknown publisher, checked too long ago, or in the future."""
    for source in question.sources:
        if not source.title.startswith(PUBLISHERS):
            yield Finding(question.id, "unknown_publisher", {"title": source.title})
        year, month = map(int, source.checked.split("-"))
        age = (today.year - year) * 12 + today.month - month
        if age < 0:
            yield Finding(question.id, "checked_in_future", {"checked": source.checked})
        elif age > OLDEST:
            yield Finding(question.id, "checked_long_ago", {"checked": source.checked, "months": age})

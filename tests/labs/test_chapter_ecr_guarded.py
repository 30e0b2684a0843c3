"""The ECR notebook's ground and challenges under the guard of a real account."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from labs.chapters import challenge, chapter
from labs.chapters.ecr import GROUND, scanning
from labs.lab import Lab
from labs.real.guard import Refused
from labs.session import CourseSession

GUARDED = [each.name for each in chapter("ecr").challenges if each.name != "ecr-scan-on-push"]


def names(lab: Lab) -> set[str]:
    found = lab.session.client("ecr").describe_repositories()["repositories"]
    return {each["repositoryName"] for each in found}


def test_the_guard_lets_the_ground_be_laid_solved_and_cleared(connect: Callable[..., CourseSession]) -> None:
    lab = Lab(connect())
    lab.prepare("ecr")
    for name in GUARDED:
        for part in challenge(name).solution:
            part(lab)
    assert names(lab) == set(GROUND)
    with pytest.raises(Refused):  # the setting of a whole registry, which is not the course's
        scanning.scan_the_bakehouse_on_push(lab)
    lab.clean_up("ecr")
    assert not names(lab)

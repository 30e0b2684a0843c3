"""The Fargate notebook's ground and its definitions under the guard of a real account.

Running tasks and deleting the network are left to the local cloud: moto alone starts no task, and keeps the
association of a subnet that is gone.
"""

from __future__ import annotations

from collections.abc import Callable

from labs.chapters import challenge, chapter
from labs.chapters.fargate import ground
from labs.lab import Lab
from labs.session import CourseSession


def test_the_guard_lets_the_ground_be_laid_and_built_upon(
    connect: Callable[..., CourseSession],
) -> None:
    lab = Lab(connect())
    for part in chapter("fargate").prepare:
        if part is not ground.push_image:  # it needs a container engine here
            part(lab)
    lab.session.client("ecr").create_repository(repositoryName=ground.REPOSITORY)
    for name in ("fargate-photos", "fargate-advice"):
        for part in challenge(name).solution:
            part(lab)
        assert challenge(name).check(lab.session).state == "passed"
    for part in chapter("fargate").clean:
        if part is not ground.delete_network:
            part(lab)
    assert not lab.session.client("ecr").describe_repositories()["repositories"]
    roles = lab.session.client("iam").list_roles()["Roles"]
    assert ground.ROLE not in {role["RoleName"] for role in roles}
    assert challenge("fargate-photos").check(lab.session).state == "not_attempted"

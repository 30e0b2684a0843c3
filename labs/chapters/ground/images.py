"""What tasks run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab


def push_products(lab: Lab, repository: str) -> None:
    """A repository that holds the image of the shop's catalogue, pushed unless there is one."""
    ecr = lab.session.client("ecr")
    with unless_it_exists():
        ecr.create_repository(repositoryName=repository)
    [found] = ecr.describe_repositories(repositoryNames=[repository])["repositories"]
    if not ecr.list_images(repositoryName=repository)["imageIds"]:
        lab.push(lab.build("products"), found["repositoryUri"])


def delete(lab: Lab, *repositories: str) -> None:
    """Delete repositories with their images."""
    ecr = lab.session.client("ecr")
    for name in repositories:
        with unless_it_is_gone():
            ecr.describe_repositories(repositoryNames=[name])
            ecr.delete_repository(repositoryName=name, force=True)

"""ECR: repositories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labs.real.resources.model import Aws, Kind, Tagged, Tags, absent, pages, pairs


def _repository_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("ecr").describe_repositories, repositoryNames=[name])
    return _ecr_tags(aws, found["repositories"][0]) if found else None


def _ecr_tags(aws: Aws, repository: Mapping[str, Any]) -> Tags:
    return pairs(aws("ecr").list_tags_for_resource(resourceArn=repository["repositoryArn"])["tags"])


def _repositories(aws: Aws) -> Iterator[Tagged]:
    for repository in pages(aws("ecr"), "describe_repositories", "repositories"):
        yield repository["repositoryName"], _ecr_tags(aws, repository)


ECR: Mapping[str, Kind] = {
    "ecr:repository": Kind(_repository_tags, _repositories, "repository/"),
}

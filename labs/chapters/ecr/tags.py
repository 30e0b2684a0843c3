"""Challenge: tags that never move, but for `latest`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

REPOSITORY = "bakehouse/catalogue"
FREE = "latest"
FROZEN = ("1.0", "release-7", "latest-2026", "not-latest")

say = Texts(
    {
        "title": {"fr": "tout est figé, sauf latest", "en": "all frozen but latest"},
        "absent": {
            "fr": "le dépôt {repository} n’existe plus",
            "en": "the repository {repository} does not exist any more",
        },
        "free": {
            "fr": "dans {repository}, l’étiquette {tag} peut encore passer à une autre image",
            "en": "in {repository}, the tag {tag} can still move to another image",
        },
        "frozen": {
            "fr": "dans {repository}, l’étiquette {tag} ne peut plus suivre la dernière image",
            "en": "in {repository}, the tag {tag} can no longer follow the newest image",
        },
        "hint_1": {
            "fr": "Un dépôt qui existe change de réglage par put_image_tag_mutability.",
            "en": "A repository that exists changes its setting through put_image_tag_mutability.",
        },
        "hint_2": {
            "fr": "Deux des quatre valeurs admettent des exceptions, que l’on donne sous forme de filtres. "
            "Un filtre sans astérisque ne vaut que pour une étiquette.",
            "en": "Two of the four values take exceptions, which are given as filters. A filter without an asterisk "
            "stands for one tag only.",
        },
        "hint_3": {
            "fr": "imageTagMutability vaut IMMUTABLE_WITH_EXCLUSION et imageTagMutabilityExclusionFilters contient "
            "un filtre de type WILDCARD, « latest ».",
            "en": "imageTagMutability is IMMUTABLE_WITH_EXCLUSION and imageTagMutabilityExclusionFilters holds one "
            "filter of type WILDCARD, “latest”.",
        },
        "solution": {
            "fr": "Un réglage et une exception, sans astérisque.",
            "en": "One setting and one exception, without an asterisk.",
        },
    }
)


@dataclass(frozen=True)
class Mutability:
    """A repository's setting, and the filters of the tags that it excepts."""

    kind: str
    filters: tuple[str, ...] = ()

    def moves(self, tag: str) -> bool:
        """Whether the tag may pass to another image [User Guide: Preventing image tags from being overwritten]."""
        excepted = any(re.fullmatch(".*".join(map(re.escape, each.split("*"))), tag) for each in self.filters)
        return self.kind.startswith("MUTABLE") != excepted


def look(session: CourseSession) -> Mutability | None:
    """The repository's setting; None when there is no repository."""
    ecr = session.client("ecr")
    try:
        [repository] = ecr.describe_repositories(repositoryNames=[REPOSITORY])["repositories"]
    except ecr.exceptions.RepositoryNotFoundException:
        return None
    filters = repository.get("imageTagMutabilityExclusionFilters") or []
    return Mutability(repository["imageTagMutability"], tuple(each["filter"] for each in filters))


def attempted(found: Mutability | None) -> bool:
    """Whether the setting differs from the one that was prepared."""
    return found != Mutability("MUTABLE")


def problems(found: Mutability | None) -> Iterator[str]:
    """Tags that should move and do not, tags that should not and do."""
    if found is None:
        yield say("absent", repository=REPOSITORY)
        return
    if not found.moves(FREE):
        yield say("frozen", repository=REPOSITORY, tag=FREE)
    yield from (say("free", repository=REPOSITORY, tag=tag) for tag in FROZEN if found.moves(tag))


def freeze_all_but_latest(lab: Lab) -> None:
    """Make every tag immutable, with one exception."""
    lab.session.client("ecr").put_image_tag_mutability(
        repositoryName="bakehouse/catalogue",
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "latest"}],
    )


CHALLENGE = Challenge("ecr-all-but-latest", attempted, problems, say, (freeze_all_but_latest,), look=look)

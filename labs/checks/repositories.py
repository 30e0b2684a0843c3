"""Step 1: one repository per service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.checks.model import Step, unless_it_exists
from labs.inventory import NAME, SERVICES, Repository
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

say = Texts(
    {
        "title": {"fr": "les dépôts d’images", "en": "the image repositories"},
        "missing": {"fr": "le dépôt {name} n’existe pas", "en": "the repository {name} does not exist"},
        "stray": {
            "fr": "{name} n’est le dépôt d’aucun service de la boutique",
            "en": "{name} is not the repository of any service of the shop",
        },
        "mutable": {
            "fr": "dans {name}, une étiquette déjà publiée peut encore changer d’image",
            "en": "in {name}, a tag that is already published can still move to another image",
        },
        "hint_1": {
            "fr": "Il faut quatre dépôts, un par service ; leur nom commence par celui de la boutique.",
            "en": "There are four repositories, one per service; their names start with the shop’s.",
        },
        "hint_2": {
            "fr": "L’appel est create_repository, du client « ecr ». Un paramètre décide si une étiquette "
            "peut changer d’image.",
            "en": "The call is create_repository, of the “ecr” client. One parameter decides whether a tag "
            "may move to another image.",
        },
        "hint_3": {
            "fr": "repositoryName vaut « frenchbakery/ » suivi du service ; imageTagMutability vaut IMMUTABLE.",
            "en": "repositoryName is “frenchbakery/” followed by the service; imageTagMutability is IMMUTABLE.",
        },
        "solution": {
            "fr": "Un appel par service ; un dépôt qui existe déjà est laissé tel quel.",
            "en": "One call per service; a repository that exists already is left as it is.",
        },
    }
)

EXPECTED = tuple(f"{NAME}/{service}" for service in SERVICES)


def attempted(repositories: tuple[Repository, ...]) -> bool:
    """Whether any repository of the shop exists."""
    return bool(repositories)


def problems(repositories: tuple[Repository, ...]) -> Iterator[str]:
    """Missing and stray names first, then tags that can move."""
    names = {repository.name for repository in repositories}
    yield from (say("missing", name=name) for name in EXPECTED if name not in names)
    yield from (say("stray", name=name) for name in sorted(names.difference(EXPECTED)))
    yield from (
        say("mutable", name=repository.name)
        for repository in repositories
        if repository.name in EXPECTED and not repository.immutable
    )


def create_repositories(lab: Lab) -> None:
    """Create the four repositories."""
    ecr = lab.session.client("ecr")
    for service in ("frontend", "products", "orders", "reviews"):
        with unless_it_exists():
            ecr.create_repository(repositoryName=f"frenchbakery/{service}", imageTagMutability="IMMUTABLE")


STEP = Step("repositories", attempted, problems, say, (create_repositories,), reads=("repositories",))

"""Step 2: an image in each repository."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.checks.model import Step
from labs.checks.repositories import EXPECTED
from labs.inventory import TAG, Repository
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

say = Texts(
    {
        "title": {"fr": "les images", "en": "the images"},
        "no_repository": {
            "fr": "{name} n’a pas de dépôt où ranger son image",
            "en": "{name} has no repository to keep its image in",
        },
        "empty": {"fr": "le dépôt {name} est vide", "en": "the repository {name} is empty"},
        "untagged": {
            "fr": "dans {name}, aucune image ne porte l’étiquette {tag}",
            "en": "in {name}, no image carries the tag {tag}",
        },
        "same": {
            "fr": "{first} et {second} contiennent la même image, au condensat près : l’une des deux est au "
            "mauvais endroit",
            "en": "{first} and {second} hold the very same image, down to the digest: one of them is in the "
            "wrong place",
        },
        "hint_1": {
            "fr": "Une image se construit d’abord ici, puis se pousse vers son dépôt.",
            "en": "An image is first built here, then pushed to its repository.",
        },
        "hint_2": {
            "fr": "L’adresse du dépôt est dans la réponse de describe_repositories, champ repositoryUri.",
            "en": "The repository’s address is in the answer of describe_repositories, field repositoryUri.",
        },
        "hint_3": {
            "fr": "Pour chaque service : lab.push(lab.build(service), adresse). L’étiquette est 1.0, sauf si "
            "vous en donnez une autre.",
            "en": "For each service: lab.push(lab.build(service), address). The tag is 1.0 unless you give "
            "another one.",
        },
        "solution": {
            "fr": "On demande à ECR l’adresse de chaque dépôt et l’on y pousse l’image du service.",
            "en": "Ask ECR for each repository’s address and push the service’s image there.",
        },
    }
)


def attempted(repositories: tuple[Repository, ...]) -> bool:
    """Whether any repository holds an image."""
    return any(repository.images for repository in repositories)


def problems(repositories: tuple[Repository, ...]) -> Iterator[str]:
    """Each service has its own image, under the lab's tag."""
    by_name = {repository.name: repository for repository in repositories}
    holder: dict[str, str] = {}
    for name in EXPECTED:
        if name not in by_name:
            yield say("no_repository", name=name)
            continue
        images = by_name[name].images
        tagged = next((image for image in images if TAG in image.tags), None)
        if not images:
            yield say("empty", name=name)
        elif tagged is None:
            yield say("untagged", name=name, tag=TAG)
        elif (first := holder.setdefault(tagged.digest, name)) != name:
            yield say("same", first=first, second=name)


def push_images(lab: Lab) -> None:
    """Build and push the image of each repository that lacks it."""
    ecr = lab.session.client("ecr")
    for service in ("frontend", "products", "orders", "reviews"):
        name = f"frenchbakery/{service}"
        [repository] = ecr.describe_repositories(repositoryNames=[name])["repositories"]
        if not ecr.list_images(repositoryName=name)["imageIds"]:
            lab.push(lab.build(service), repository["repositoryUri"])


STEP = Step("images", attempted, problems, say, (push_images,), reads=("repositories",))

"""An image to build and push: judged by what the repository holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.checks.model import Challenge, unless_it_exists
from labs.images.published import Published, published
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

REPOSITORY = "containers/orders"
TAG = "2.0"

say = Texts(
    {
        "title": {"fr": "l’image des commandes", "en": "the orders image"},
        "empty": {"fr": "le dépôt {name} est vide", "en": "the repository {name} is empty"},
        "untagged": {
            "fr": "aucune image de {name} ne porte l’étiquette {tag}",
            "en": "no image of {name} carries the tag {tag}",
        },
        "root": {"fr": "l’image tourne sous root", "en": "the image runs as root"},
        "other": {
            "fr": "l’image ne lance pas le service des commandes",
            "en": "the image does not start the orders service",
        },
        "hint_1": {
            "fr": "Il faut trois choses, dans l’ordre : un dépôt, une image, un envoi.",
            "en": "Three things are needed, in this order: a repository, an image, a push.",
        },
        "hint_2": {
            "fr": "create_repository répond avec l’adresse du dépôt ; lab.build accepte tag=.",
            "en": "create_repository answers with the repository’s address; lab.build takes tag=.",
        },
        "hint_3": {
            "fr": 'lab.push(lab.build("orders", tag="2.0"), adresse)',
            "en": 'lab.push(lab.build("orders", tag="2.0"), address)',
        },
        "solution": {
            "fr": "Un dépôt, puis l’image du service des commandes construite sous l’étiquette voulue.",
            "en": "A repository, then the image of the orders service, built under the tag that is asked for.",
        },
    }
)


@dataclass(frozen=True)
class Held:
    """What the repository holds."""

    images: int
    wanted: Published | None  # the image under the tag


def look(session: CourseSession) -> Held | None:
    """Read the repository; None when there is none."""
    ecr = session.client("ecr")
    try:
        images = ecr.list_images(repositoryName=REPOSITORY)["imageIds"]
    except ecr.exceptions.RepositoryNotFoundException:
        return None
    return Held(len(images), published(ecr, REPOSITORY, TAG))


def attempted(held: Held | None) -> bool:
    """Whether the repository exists."""
    return held is not None


def problems(held: Held) -> Iterator[str]:
    """The image is there, without root, and is the right one."""
    if not held.images:
        yield say("empty", name=REPOSITORY)
    elif held.wanted is None:
        yield say("untagged", name=REPOSITORY, tag=TAG)
    else:
        if held.wanted.user.partition(":")[0] in ("", "0", "root"):
            yield say("root")
        if "frenchbakery.orders" not in held.wanted.command:
            yield say("other")


def push_orders(lab: Lab) -> None:
    """Create the repository, build the image, push it."""
    ecr = lab.session.client("ecr")
    with unless_it_exists():
        ecr.create_repository(repositoryName="containers/orders")
    [repository] = ecr.describe_repositories(repositoryNames=["containers/orders"])["repositories"]
    lab.push(lab.build("orders", tag="2.0"), repository["repositoryUri"])


CHALLENGE = Challenge("containers-image", attempted, problems, say, (push_orders,), look=look)

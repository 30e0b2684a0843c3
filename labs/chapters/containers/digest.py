"""A task definition whose image cannot change behind one's back: judged by how it names its image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters.containers.ground import push_products
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

FAMILY = "containers-pinned"
REPOSITORY = "containers/products"

say = Texts(
    {
        "title": {"fr": "l’image épinglée", "en": "the pinned image"},
        "elsewhere": {
            "fr": "l’image de {family} ne vient pas du dépôt {repository}",
            "en": "the image of {family} does not come from the repository {repository}",
        },
        "by_tag": {
            "fr": "{family} désigne son image par une étiquette",
            "en": "{family} names its image by a tag",
        },
        "absent": {
            "fr": "le dépôt {repository} n’a aucune image de ce condensat",
            "en": "the repository {repository} has no image of that digest",
        },
        "hint_1": {
            "fr": "Une référence s’écrit dépôt:étiquette ou dépôt@condensat.",
            "en": "A reference is written repository:tag or repository@digest.",
        },
        "hint_2": {
            "fr": "describe_images donne imageDigest ; ce que renvoie lab.push le porte aussi, sous le nom digest.",
            "en": "describe_images gives imageDigest; what lab.push returns carries it too, as digest.",
        },
        "hint_3": {
            "fr": 'image=f"{{adresse}}@{{condensat}}", dans une définition de la famille containers-pinned.',
            "en": 'image=f"{{address}}@{{digest}}", in a definition of the family containers-pinned.',
        },
        "solution": {
            "fr": "On demande à ECR le condensat de l’étiquette 1.0, et l’on n’emploie plus que lui.",
            "en": "Ask ECR for the digest behind the tag 1.0, and use nothing but that from then on.",
        },
    }
)


@dataclass(frozen=True)
class Pinned:
    """The definition's image, and what the repository holds."""

    image: str
    uri: str | None  # None: no such repository
    digests: frozenset[str]


def look(session: CourseSession) -> Pinned | None:
    """Read the definition and the repository; None while there is no definition."""
    ecs, ecr = session.client("ecs"), session.client("ecr")
    if not ecs.list_task_definitions(familyPrefix=FAMILY)["taskDefinitionArns"]:
        return None
    definition = ecs.describe_task_definition(taskDefinition=FAMILY)["taskDefinition"]
    image = definition["containerDefinitions"][0]["image"]
    try:
        [repository] = ecr.describe_repositories(repositoryNames=[REPOSITORY])["repositories"]
    except ecr.exceptions.RepositoryNotFoundException:
        return Pinned(image, None, frozenset())
    held = ecr.list_images(repositoryName=REPOSITORY)["imageIds"]
    return Pinned(image, repository["repositoryUri"], frozenset(each["imageDigest"] for each in held))


def attempted(pinned: Pinned | None) -> bool:
    """Whether the family has a definition."""
    return pinned is not None


def problems(pinned: Pinned) -> Iterator[str]:
    """The right repository, by digest, and an image that is there."""
    named, _, digest = pinned.image.partition("@")
    host, _, name = named.rpartition("/")
    repository = f"{host}/{name.partition(':')[0]}"  # a tag before a digest is but a comment
    if repository != pinned.uri:
        yield say("elsewhere", family=FAMILY, repository=REPOSITORY)
    if not digest:
        yield say("by_tag", family=FAMILY)
    elif digest not in pinned.digests:
        yield say("absent", repository=REPOSITORY)


def register_pinned(lab: Lab) -> None:
    """Name the image by the digest behind its tag."""
    ecr, ecs, iam = (lab.session.client(name) for name in ("ecr", "ecs", "iam"))
    [repository] = ecr.describe_repositories(repositoryNames=["containers/products"])["repositories"]
    address = repository["repositoryUri"]
    [image] = ecr.describe_images(repositoryName="containers/products", imageIds=[{"imageTag": "1.0"}])[
        "imageDetails"
    ]
    ecs.register_task_definition(
        family="containers-pinned",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=iam.get_role(RoleName="containers-execution")["Role"]["Arn"],
        containerDefinitions=[{"name": "products", "image": f"{address}@{image['imageDigest']}"}],
    )


CHALLENGE = Challenge(
    "containers-digest", attempted, problems, say, (push_products, register_pinned), look=look
)

"""Challenge: a repository under a KMS key, which cannot be put on one that exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.checks.model import Challenge, unless_it_exists, unless_it_is_gone
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

REPOSITORY = "bakehouse/recipes"
BY_KMS = ("KMS", "KMS_DSSE")

say = Texts(
    {
        "title": {"fr": "les recettes sous clé", "en": "the recipes under a key"},
        "absent": {
            "fr": "le dépôt {repository} n’existe plus",
            "en": "the repository {repository} does not exist any more",
        },
        "not_kms": {
            "fr": "le chiffrement de {repository} est {kind} : aucune clé KMS n’y intervient",
            "en": "{repository} is encrypted by {kind}: no KMS key takes part in it",
        },
        "mutable": {
            "fr": "dans {repository}, une étiquette publiée peut encore changer d’image",
            "en": "in {repository}, a published tag can still move to another image",
        },
        "hint_1": {
            "fr": "Parcourez les appels du client « ecr » : aucun ne modifie le chiffrement d’un dépôt qui existe.",
            "en": "Go through the calls of the “ecr” client: none changes the encryption of a repository that exists.",
        },
        "hint_2": {
            "fr": "Le chiffrement se choisit à la création. Ce dépôt est vide : rien n’empêche de le refaire.",
            "en": "Encryption is chosen at creation. This repository is empty: nothing keeps you from making it again.",
        },
        "hint_3": {
            "fr": "delete_repository, puis create_repository avec imageTagMutability, et encryptionConfiguration dont "
            "encryptionType vaut KMS. Sans kmsKey, ECR prend la clé gérée par AWS, alias aws/ecr.",
            "en": "delete_repository, then create_repository with imageTagMutability, and encryptionConfiguration whose "
            "encryptionType is KMS. Without kmsKey, ECR takes the key that AWS manages, alias aws/ecr.",
        },
        "solution": {
            "fr": "Supprimer, recréer. Avec des images dedans, il faudrait d’abord les copier ailleurs.",
            "en": "Delete, create again. With images inside, they would first have to be copied elsewhere.",
        },
    }
)


def look(session: CourseSession) -> tuple[str, str] | None:
    """How the repository is encrypted and whether its tags can move; None when there is no repository."""
    ecr = session.client("ecr")
    try:
        [repository] = ecr.describe_repositories(repositoryNames=[REPOSITORY])["repositories"]
    except ecr.exceptions.RepositoryNotFoundException:
        return None
    return repository["encryptionConfiguration"]["encryptionType"], repository["imageTagMutability"]


def attempted(settings: tuple[str, str] | None) -> bool:
    """Whether anything differs from the plain repository that was prepared."""
    return settings != ("AES256", "MUTABLE")


def problems(settings: tuple[str, str] | None) -> Iterator[str]:
    """A repository that is gone, or not the one asked for."""
    if settings is None:
        yield say("absent", repository=REPOSITORY)
        return
    kind, mutability = settings
    if kind not in BY_KMS:
        yield say("not_kms", repository=REPOSITORY, kind=kind)
    if mutability != "IMMUTABLE":
        yield say("mutable", repository=REPOSITORY)


def make_it_again_under_a_key(lab: Lab) -> None:
    """Delete the empty repository and create it under a KMS key."""
    ecr = lab.session.client("ecr")
    with unless_it_is_gone():
        ecr.delete_repository(repositoryName="bakehouse/recipes")
    with unless_it_exists():
        ecr.create_repository(
            repositoryName="bakehouse/recipes",
            encryptionConfiguration={"encryptionType": "KMS"},
            imageTagMutability="IMMUTABLE",
        )


CHALLENGE = Challenge("ecr-own-key", attempted, problems, say, (make_it_again_under_a_key,), look=look)

"""The notebook on Amazon ECR: the repositories its challenges are about, and everything it leaves behind.

Challenges happen in `bakehouse/*`. The shop's own repositories are created by the notebook's cells, which mark
them: those of a lab under way stay when the notebook is cleaned up.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from labs.chapters.ecr import encryption, lifecycle, partners, scanning, tags
from labs.chapters.model import Chapter
from labs.checks.model import unless_it_exists, unless_it_is_gone
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

PREFIX = "bakehouse/"
COURIER = "bakehouse-courier"
MARK = {"Key": "chapter", "Value": "ecr"}  # on the shop's repositories that the notebook creates

say = Texts(
    {
        "ready": {
            "fr": "Les quatre dépôts du fournil, où se passent les défis, existent.",
            "en": "The four repositories of the bakehouse, where the challenges happen, exist.",
        },
        "cleaned": {
            "fr": "Ce que ce cahier a créé dans ECR et dans IAM a disparu.",
            "en": "What this notebook created in ECR and in IAM is gone.",
        },
    }
)

GROUND = (lifecycle.REPOSITORY, partners.REPOSITORY, tags.REPOSITORY, encryption.REPOSITORY)


def create_repositories(lab: Lab) -> None:
    """Create the repositories that the challenges are about, with the settings of a plain one."""
    for name in GROUND:
        with unless_it_exists():
            lab.session.client("ecr").create_repository(repositoryName=name)


def undo_the_cells(lab: Lab) -> None:
    """Delete what the cells create, so that they can be run again from the top; the challenges' repositories stay.

    On a real account what an earlier run created is not this run's to delete: there, teardown takes it away.
    """
    if lab.session.world == "local":
        delete_courier(lab)
        _delete_repositories(lab, but=GROUND)


def delete_repositories(lab: Lab) -> None:
    """Delete those of the challenges, and those of the shop that this notebook created, with their images."""
    _delete_repositories(lab)


def _delete_repositories(lab: Lab, but: Collection[str] = ()) -> None:
    ecr = lab.session.client("ecr")
    for page in ecr.get_paginator("describe_repositories").paginate():
        for repository in page["repositories"]:
            arn, name = repository["repositoryArn"], repository["repositoryName"]
            marked = MARK in ecr.list_tags_for_resource(resourceArn=arn)["tags"]
            if name not in but and (marked or name.startswith(PREFIX)):
                with unless_it_is_gone():
                    ecr.delete_repository(repositoryName=name, force=True)


def stop_scanning(lab: Lab) -> None:
    """Take the rules about the challenges' repositories out of the registry's scanning configuration."""
    ecr = lab.session.client("ecr")
    rules = ecr.get_registry_scanning_configuration()["scanningConfiguration"]["rules"]
    kept = [rule for rule in rules if not scanning.names_the_bakehouse(rule)]
    if kept != rules:
        ecr.put_registry_scanning_configuration(scanType="BASIC", rules=kept)


def delete_courier(lab: Lab) -> None:
    """Delete the IAM user of the lesson on access: its keys and its policies first."""
    iam = lab.session.client("iam")
    with unless_it_is_gone():
        for key in iam.list_access_keys(UserName=COURIER)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=COURIER, AccessKeyId=key["AccessKeyId"])
        for name in iam.list_user_policies(UserName=COURIER)["PolicyNames"]:
            iam.delete_user_policy(UserName=COURIER, PolicyName=name)
        iam.delete_user(UserName=COURIER)


CHAPTER = Chapter(
    name="ecr",
    say=say,
    prepare=(undo_the_cells, create_repositories),
    clean=(delete_repositories, stop_scanning, delete_courier),
    challenges=(
        partners.CHALLENGE,
        encryption.CHALLENGE,
        tags.CHALLENGE,
        lifecycle.CHALLENGE,
        scanning.CHALLENGE,
    ),
)

"""Lifecycle policies: kept, previewed and applied; and the archive storage class that they move images to.

What a policy does is decided in `labs.cloud.registry.lifecycle`; when, by `controllers.image_expiry`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.ecr import models
from moto.ecr.exceptions import LifecyclePolicyNotFoundException

from labs.cloud.aws.ecr.errors import (
    ImageStorageClassUpdateNotSupportedException,
    LifecyclePolicyPreviewInProgressException,
    LifecyclePolicyPreviewNotFoundException,
    invalid,
)
from labs.cloud.aws.ecr.images import Image, ImagesBackend
from labs.cloud.registry import lifecycle, lifecycle_policy
from labs.cloud.registry.lifecycle import ARCHIVE, EXPIRE, STANDARD, StoredImage, Verdict

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # what ECR says of a policy that was not evaluated yet


@dataclass
class Preview:
    """A policy tried out: IN_PROGRESS until a controller has evaluated it."""

    text: str
    status: str = "IN_PROGRESS"
    verdicts: list[Verdict] = field(default_factory=list)  # of the images that it would act on


@dataclass
class Lifecycle:
    """What a repository's lifecycle policy did so far."""

    evaluated_at: datetime = NEVER
    preview: Preview | None = None


def stored(image: Image) -> StoredImage:
    """The image as a lifecycle policy sees it."""
    return StoredImage(
        digest=image.image_digest,
        tags=frozenset(image.image_tags),
        pushed_at=image.image_pushed_at,
        last_pulled_at=image.last_pulled_at,
        archived_at=image.archived_at,
        activated_at=image.activated_at,
        storage_class=ARCHIVE if image.status == "ARCHIVED" else STANDARD,
        members=frozenset(member.digest for member in image.manifest.manifests),
    )


class LifecycleBackend(ImagesBackend):
    """Images with lifecycle policies."""

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.lifecycles: dict[str, Lifecycle] = {}  # by repository name

    def delete_repository(
        self, repository_name: str, registry_id: str | None = None, force: bool = False
    ) -> models.Repository:
        """As below; what its policy did is forgotten with it."""
        repository = super().delete_repository(repository_name, registry_id, force)
        self.lifecycles.pop(repository_name, None)
        return repository

    def _lifecycle(self, repository_name: str) -> Lifecycle:
        return self.lifecycles.setdefault(repository_name, Lifecycle())

    # Policies

    def put_lifecycle_policy(
        self, registry_id: str, repository_name: str, lifecycle_policy_text: str
    ) -> dict[str, Any]:
        """Give the repository a policy. Raises InvalidParameterException in ECR's words."""
        repository = self._get_repository(repository_name, registry_id)
        _read(lifecycle_policy_text)
        repository.lifecycle_policy = lifecycle_policy_text
        return self._policy_answer(repository, lifecycle_policy_text)

    def get_lifecycle_policy(self, registry_id: str, repository_name: str) -> dict[str, Any]:
        """The policy and when it was evaluated last."""
        repository = self._get_repository(repository_name, registry_id)
        text = _text(repository)
        evaluated = {"lastEvaluatedAt": self._lifecycle(repository_name).evaluated_at}
        return self._policy_answer(repository, text) | evaluated

    def delete_lifecycle_policy(self, registry_id: str, repository_name: str) -> dict[str, Any]:
        """Take the policy away."""
        answer = self.get_lifecycle_policy(registry_id, repository_name)
        self._get_repository(repository_name, registry_id).lifecycle_policy = None
        self._lifecycle(repository_name).evaluated_at = NEVER
        return answer

    def _policy_answer(self, repository: models.Repository, text: str) -> dict[str, Any]:
        return {
            "registryId": repository.registry_id,
            "repositoryName": repository.name,
            "lifecyclePolicyText": text,
        }

    # Previews

    def start_lifecycle_policy_preview(
        self, repository_name: str, registry_id: str | None, text: str | None
    ) -> dict[str, Any]:
        """Ask what a policy (by default the repository's own) would do."""
        repository = self._get_repository(repository_name, registry_id)
        text = _text(repository) if text is None else text
        _read(text)
        kept = self._lifecycle(repository_name)
        if kept.preview and kept.preview.status == "IN_PROGRESS":
            raise LifecyclePolicyPreviewInProgressException(repository_name, repository.registry_id)
        kept.preview = Preview(text)
        return self._policy_answer(repository, text) | {"status": kept.preview.status}

    def get_lifecycle_policy_preview(
        self, repository_name: str, registry_id: str | None
    ) -> tuple[Preview, dict[str, Any]]:
        """The repository's preview, and the answer without its results."""
        repository = self._get_repository(repository_name, registry_id)
        preview = self._lifecycle(repository_name).preview
        if preview is None:
            raise LifecyclePolicyPreviewNotFoundException(repository_name, repository.registry_id)
        return preview, self._policy_answer(repository, preview.text) | {"status": preview.status}

    def complete_previews(self) -> None:
        """Evaluate every preview that was asked for."""
        for name, kept in self.lifecycles.items():
            if kept.preview and kept.preview.status == "IN_PROGRESS":
                verdicts = self._evaluate(self.repositories[name], kept.preview.text)
                kept.preview.verdicts = [verdict for verdict in verdicts if verdict.action]
                kept.preview.status = "COMPLETE"

    def _evaluate(self, repository: models.Repository, text: str) -> list[Verdict]:
        images = [stored(image) for image in repository.images if image.status != "ACTIVATING"]
        return lifecycle.evaluate(images, _read(text), self.runtime.clock.now())

    # Effects

    def apply_lifecycle_policy(self, repository: models.Repository) -> list[Verdict]:
        """Do what the repository's policy says now; the verdicts on the images that it acted on."""
        if not repository.lifecycle_policy:
            return []
        acted = [v for v in self._evaluate(repository, repository.lifecycle_policy) if v.action]
        expired = [{"imageDigest": v.image.digest} for v in acted if v.action == EXPIRE]
        if expired:
            self.batch_delete_image(repository.name, image_ids=expired)
        for verdict in acted:
            if verdict.action != EXPIRE:
                self._archive(self.find_image(repository.name, digest=verdict.image.digest))
        self._lifecycle(repository.name).evaluated_at = self.runtime.clock.now()
        return acted

    def update_image_storage_class(
        self, repository_name: str, registry_id: str | None, image_id: dict[str, str], target: str
    ) -> Image:
        """Archive an image, or begin to restore an archived one."""
        image = self.identified(self._get_repository(repository_name, registry_id), image_id)
        if (target == "ARCHIVE") == (image.status == "ARCHIVED") or image.status == "ACTIVATING":
            raise ImageStorageClassUpdateNotSupportedException(target, image.status)
        if target == "ARCHIVE":
            self._archive(image)
        else:
            image.status = "ACTIVATING"
        return image

    def _archive(self, image: Image) -> None:
        image.status, image.archived_at = "ARCHIVED", self.runtime.clock.now()

    def complete_activations(self) -> list[Image]:
        """End the restoring of images from the archive; those that are back."""
        back = [
            image
            for repository in self.repositories.values()
            for image in repository.images
            if image.status == "ACTIVATING"
        ]
        for image in back:
            image.activate(self.runtime.clock.now())
        return back


def _text(repository: models.Repository) -> str:
    if not repository.lifecycle_policy:
        raise LifecyclePolicyNotFoundException(repository.name, repository.registry_id)
    return repository.lifecycle_policy


def _read(text: str) -> lifecycle.Policy:
    try:
        return lifecycle_policy.read(text)
    except lifecycle_policy.InvalidPolicy as error:
        raise invalid("LifecyclePolicyText", f"Lifecycle policy validation failure: {error}") from None

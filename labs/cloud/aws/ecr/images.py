"""ECR's repositories and images, as both ECR's API and the registry's own act on them.

Every call is made under `runtime.lock`.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moto.ecr import models
from moto.ecr.exceptions import (
    ImageAlreadyExistsException,
    ImageNotFoundException,
)

from labs.cloud.aws.ecr.errors import (
    ImageDigestDoesNotMatchException,
    ImageTagAlreadyExistsException,
    LayersNotFoundException,
    ReferencedImagesNotFoundException,
    invalid,
    required,
)
from labs.cloud.aws.ecr.layers import LayersBackend, cancel_uploads, used
from labs.cloud.registry import manifests
from labs.cloud.registry.manifests import InvalidManifest, Manifest

if TYPE_CHECKING:
    from labs.cloud.aws.ecr.scanning import Scan

TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
EXCLUSION = re.compile(r"[0-9a-zA-Z._*-]{1,128}")
MOST_WILDCARDS = 2  # in a filter of tags; User Guide, "Preventing image tags from being overwritten"


class Image(models.Image):
    """An image of a repository: moto's, with what its manifest really says."""

    def __init__(
        self, repository: models.Repository, text: str, manifest: Manifest, size: int, pushed_at: datetime
    ):
        super().__init__(
            repository.account_id,
            None,
            text,
            repository.name,
            manifest.media_type,
            manifest.digest,
            repository.registry_id,
        )
        self.manifest = manifest
        self.size = size
        self.image_pushed_at = pushed_at
        self.last_pulled_at: datetime | None = None
        self.status = "ACTIVE"  # or ARCHIVED, or ACTIVATING: on the way back
        self.archived_at: datetime | None = None
        self.activated_at: datetime | None = None
        self.scan: Scan | None = None

    def activate(self, now: datetime) -> None:
        """Bring it back from the archive."""
        self.status, self.activated_at = "ACTIVE", now

    def remove_tag(self, tag: str) -> None:
        """Take a tag away; the image stays, untagged if it was the last."""
        self.image_tags.remove(tag)
        self.image_tag = self.image_tags[-1] if self.image_tags else None

    def get_image_size_in_bytes(self) -> int:
        """Compressed bytes: configuration and layers; for an index, those of its largest image."""
        return self.size


class ImagesBackend(LayersBackend):
    """One Region's repositories and images."""

    # Repositories

    def create_repository(self, repository_name: str, *args: Any, **kwargs: Any) -> models.Repository:
        """moto's, with the address at which this cloud's registry really answers."""
        _check_exclusions(kwargs.get("image_tag_mutability_exclusion_filters"))
        repository = super().create_repository(repository_name, *args, **kwargs)
        repository.uri = f"127.0.0.1:{self.runtime.port}/{repository_name}"
        repository.created_at = self.runtime.clock.now()
        return repository

    def delete_repository(
        self, repository_name: str, registry_id: str | None = None, force: bool = False
    ) -> models.Repository:
        """moto's; uploads under way are cancelled and bytes that nothing else holds are removed."""
        repository = super().delete_repository(repository_name, registry_id, force)
        cancel_uploads(repository)
        self.collect()
        return repository

    def put_image_tag_mutability(
        self,
        registry_id: str,
        repository_name: str,
        image_tag_mutability: str,
        image_tag_mutability_exclusion_filters: list[dict[str, str]] | None = None,
    ) -> dict[str, Any]:
        """moto's; the filters go with the kinds that have exclusions, are well-formed and are answered."""
        filters = image_tag_mutability_exclusion_filters
        self.validate_image_tag_mutability_params_compatibility(image_tag_mutability, filters)
        _check_exclusions(filters)
        answer = super().put_image_tag_mutability(registry_id, repository_name, image_tag_mutability, filters)
        return answer | ({"imageTagMutabilityExclusionFilters": filters} if filters else {})

    # Images

    def find_image(self, repository_name: str, *, tag: str | None = None, digest: str | None = None) -> Image:
        """The image by tag, digest or both. Raises RepositoryNotFound- or ImageNotFoundException."""
        return self._get_repository(repository_name)._get_image(tag, digest)

    def identified(self, repository: models.Repository, image_id: dict[str, str]) -> Image:
        """The image that a call's ImageIdentifier names. Raises InvalidParameter- or ImageNotFoundException."""
        if not image_id.get("imageDigest") and not image_id.get("imageTag"):
            raise invalid("imageId", "both tag and digest cannot be null")
        return repository._get_image(image_id.get("imageTag"), image_id.get("imageDigest"))

    def put_image(
        self,
        repository_name: str,
        image_manifest: str,
        image_tag: str | None = None,
        image_manifest_mediatype: str | None = None,
        digest: str | None = None,
    ) -> Image:
        """Keep an image, or give one that is there another tag. A tag leaves the image that had it."""
        repository = self._get_repository(repository_name)
        manifest = _parse(image_manifest, image_manifest_mediatype)
        if digest and digest != manifest.digest:
            raise ImageDigestDoesNotMatchException
        if image_tag and not TAG.fullmatch(image_tag):
            raise invalid("imageTag", f"must satisfy regular expression '{TAG.pattern}'")

        image = _first(repository, digest=manifest.digest)
        if image and image.status != "ACTIVE":  # pushing it again is a way to restore it
            image.activate(self.runtime.clock.now())
        elif image and (image_tag is None or image_tag in image.image_tags):
            raise ImageAlreadyExistsException(
                repository_name, repository.registry_id, manifest.digest, image_tag or "null"
            )
        holder = _first(repository, tag=image_tag) if image_tag else None
        if holder and holder is not image and _is_immutable(repository, image_tag or ""):
            raise ImageTagAlreadyExistsException(repository_name, image_tag or "")
        if image is None:
            size = self._size(repository, manifest)
            image = Image(repository, image_manifest, manifest, size, self.runtime.clock.now())
            repository.images.append(image)
        if holder and image_tag:
            holder.remove_tag(image_tag)
        image.update_tag(image_tag)
        return image

    def pull(self, repository_name: str, *, tag: str | None = None, digest: str | None = None) -> Image:
        """The image, to be downloaded now: the time is recorded. An archived one cannot be had."""
        image = self.find_image(repository_name, tag=tag, digest=digest)
        if image.status != "ACTIVE":
            raise ImageNotFoundException(
                f"{{imageDigest:'{digest or 'null'}', imageTag:'{tag or 'null'}'}}",
                repository_name,
                image.registry_id,
            )
        image.last_pulled_at = self.runtime.clock.now()
        return image

    def _size(self, repository: models.Repository, manifest: Manifest) -> int:
        """The image's size, once everything it refers to is known to be here."""
        missing = [blob.digest for blob in manifest.blobs if blob.digest not in repository.layers]
        if missing:
            raise LayersNotFoundException(required("Layers", missing, repository))
        wrong = [blob.digest for blob in manifest.blobs if repository.layers[blob.digest] != blob.size]
        if wrong:
            raise invalid("ImageManifest", f"sizes differ from those of the layers {', '.join(wrong)}")
        members = {member.digest: _first(repository, digest=member.digest) for member in manifest.manifests}
        missing = [digest for digest, member in members.items() if member is None]
        if missing:
            raise ReferencedImagesNotFoundException(required("Images", missing, repository))
        if manifest.config is None:
            return max((member.size for member in members.values() if member), default=0)
        return sum(blob.size for blob in set(manifest.blobs))

    def describe_images(
        self,
        repository_name: str,
        registry_id: str | None = None,
        image_ids: list[dict[str, str]] | None = None,
    ) -> list[Image]:
        """The images asked for, each once, in the order of their pushes."""
        repository = self._get_repository(repository_name, registry_id)
        if not image_ids:
            return list(repository.images)
        wanted = [self.identified(repository, image_id) for image_id in image_ids]
        return [image for image in repository.images if image in wanted]

    def referrers(self, repository_name: str, digest: str) -> list[Image]:
        """The images that say something about the one with that digest: signatures, bills of materials."""
        images = self._get_repository(repository_name).images
        return [image for image in images if image.manifest.subject == digest]

    def batch_get_image(
        self,
        repository_name: str,
        registry_id: str | None = None,
        image_ids: list[dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """The manifests of the images asked for, and a failure for each that is not there."""
        repository = self._get_repository(repository_name, registry_id)
        found, failures = [], []
        for image_id in image_ids or []:
            image = _find(repository, image_id)
            if image is None:
                failures.append(_not_found(image_id))
                continue
            if image.status != "ACTIVE":
                reason = f"Requested image is not accessible: its status is {image.status}"
                failures.append(_failure(image_id, "ImageInaccessible", reason))
                continue
            image.last_pulled_at = self.runtime.clock.now()
            found.append(image_answer(image, image_id.get("imageTag")))
        return {"images": found, "failures": failures}

    def batch_delete_image(
        self,
        repository_name: str,
        registry_id: str | None = None,
        image_ids: list[dict[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Take tags away (an image goes with its last one), or delete images by digest with all their tags."""
        repository = self._get_repository(repository_name, registry_id)
        deleted: list[dict[str, str]] = []
        failures: list[dict[str, Any]] = []
        before = used(repository)
        for image_id in image_ids or []:
            failure = _bad_image_id(image_id)
            image = None if failure else _find(repository, image_id)
            if failure or image is None:
                failures.append(failure or _not_found(image_id))
                continue
            tag = image_id.get("imageTag")
            gone = [tag] if tag else list(image.image_tags)
            if len(gone) == len(image.image_tags):
                indexes = [i.image_digest for i in repository.images if _lists(i, image.image_digest)]
                if indexes:
                    reason = f"Requested image referenced by manifest list: [{', '.join(indexes)}]"
                    failures.append(_failure(image_id, "ImageReferencedByManifestList", reason))
                    continue
                repository.images.remove(image)
            for name in gone:
                image.remove_tag(name)
                deleted.append({"imageDigest": image.image_digest, "imageTag": name})
            if not gone:
                deleted.append({"imageDigest": image.image_digest})
        for digest in before - used(repository):
            del repository.layers[digest]
        self.collect()
        return {"imageIds": deleted, "failures": failures}


def _check_exclusions(filters: list[dict[str, str]] | None) -> None:
    """Refuse what is no filter of tags [API: ImageTagMutabilityExclusionFilter]."""
    for each in filters or []:
        text = each.get("filter", "")
        if not EXCLUSION.fullmatch(text) or text.count("*") > MOST_WILDCARDS:
            raise invalid(
                "imageTagMutabilityExclusionFilters",
                f"filter must satisfy regular expression '{EXCLUSION.pattern}' with at most {MOST_WILDCARDS} wildcards",
            )


def _is_immutable(repository: models.Repository, tag: str) -> bool:
    """Whether the tag stays with its image [User Guide: Preventing image tags from being overwritten]."""
    filters = [each["filter"] for each in repository.image_tag_mutability_exclusion_filters or []]
    excluded = any(re.fullmatch(".*".join(map(re.escape, each.split("*"))), tag) for each in filters)
    return repository.is_tag_immutable() != excluded


def _first(repository: models.Repository, tag: str | None = None, digest: str | None = None) -> Image | None:
    """The image that has the tag (if given) and the digest (if given)."""
    return next(
        (
            image
            for image in repository.images
            if (tag is None or tag in image.image_tags) and digest in (None, image.image_digest)
        ),
        None,
    )


def _find(repository: models.Repository, image_id: dict[str, str]) -> Image | None:
    return _first(repository, image_id.get("imageTag"), image_id.get("imageDigest"))


def _lists(image: Image, digest: str) -> bool:
    return any(member.digest == digest for member in image.manifest.manifests)


def _parse(text: str, media_type: str | None) -> Manifest:
    try:
        return manifests.parse(text.encode(), media_type)
    except InvalidManifest as error:
        raise invalid("ImageManifest", str(error)) from None


def _failure(image_id: dict[str, str], code: str, reason: str) -> dict[str, Any]:
    return {"imageId": image_id, "failureCode": code, "failureReason": reason}


def _not_found(image_id: dict[str, str]) -> dict[str, Any]:
    return _failure(image_id, "ImageNotFound", "Requested image not found")


def _bad_image_id(image_id: dict[str, str]) -> dict[str, Any] | None:
    if "imageDigest" not in image_id and "imageTag" not in image_id:
        reason = "Invalid request parameters: both tag and digest cannot be null"
        return _failure({}, "MissingDigestAndTag", reason)
    digest = image_id.get("imageDigest")
    if digest and not re.fullmatch(r"[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+", digest):
        reason = "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"
        return _failure(image_id, "InvalidImageDigest", reason)
    return None


def image_answer(image: Image, tag: str | None) -> dict[str, Any]:
    """The image as PutImage and BatchGetImage answer it, under the tag that was asked for."""
    return {
        "registryId": image.registry_id,
        "repositoryName": image.repository_name,
        "imageId": {"imageDigest": image.image_digest} | ({"imageTag": tag} if tag else {}),
        "imageManifest": image.image_manifest,
        "imageManifestMediaType": image.manifest.media_type,
    }

"""ECR's repositories, images and layers, as both ECR's API and the registry's own act on them.

Every call is made under `runtime.lock`.
"""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from moto.ecr import models
from moto.ecr.exceptions import (
    ImageAlreadyExistsException,
    ImageNotFoundException,
    InvalidLayerPartException,
    UploadNotFoundException,
)

from labs.cloud.aws.ecr.errors import (
    EmptyUploadException,
    ImageDigestDoesNotMatchException,
    ImageTagAlreadyExistsException,
    InvalidLayerException,
    LayerAlreadyExistsException,
    LayerInaccessibleException,
    LayersNotFoundException,
    ReferencedImagesNotFoundException,
    invalid,
    required,
)
from labs.cloud.registry import manifests
from labs.cloud.registry.blobs import BlobStore, TooLarge, Upload
from labs.cloud.registry.manifests import InvalidManifest, Manifest
from labs.cloud.registry.tickets import Tickets

if TYPE_CHECKING:
    from labs.cloud.aws.ecr.scanning import Scan
    from labs.cloud.runtime import Runtime

TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
EXCLUSION = re.compile(r"[0-9a-zA-Z._*-]{1,128}")
MOST_WILDCARDS = 2  # in a filter of tags; User Guide, "Preventing image tags from being overwritten"
TOKEN_LIFETIME = timedelta(hours=12)  # ECR API reference, GetAuthorizationToken
DOWNLOAD_LIFETIME = timedelta(hours=1)


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


class ImagesBackend(models.ECRBackend):
    """One Region's repositories."""

    # One cloud per process, as moto has one set of backends per process; set by install().
    runtime: ClassVar[Runtime]
    blobs: ClassVar[BlobStore]
    tickets: ClassVar[Tickets]

    def reset(self) -> None:
        """Forget every repository, and the bytes only they held."""
        for repository in self.repositories.values():
            _cancel_uploads(repository)
        super().reset()
        self.collect()

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
        _cancel_uploads(repository)
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
        before = _used(repository)
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
        for digest in before - _used(repository):
            del repository.layers[digest]
        self.collect()
        return {"imageIds": deleted, "failures": failures}

    # Layers

    def initiate_layer_upload(self, repository_name: str, registry_id: str | None = None) -> dict[str, Any]:
        """Start an upload, to be continued here or in the registry's API."""
        upload = self.start_upload(self._get_repository(repository_name, registry_id))
        return {"uploadId": upload.upload_id, "partSize": models.DEFAULT_LAYER_PART_SIZE}

    def start_upload(self, repository: models.Repository) -> Upload:
        """A new upload of the repository."""
        upload = self.blobs.start_upload()
        repository.uploads[upload.upload_id] = upload
        return upload

    def find_upload(self, repository: models.Repository, upload_id: str) -> Upload:
        """An upload under way. Raises UploadNotFoundException."""
        upload = repository.uploads.get(upload_id)
        if upload is None:
            raise UploadNotFoundException(upload_id, repository.name, repository.registry_id)
        return upload

    def upload_layer_part(
        self,
        repository_name: str,
        upload_id: str,
        part_first_byte: int,
        part_last_byte: int,
        layer_part_blob: bytes,
        registry_id: str | None = None,
    ) -> dict[str, Any]:
        """Add the next part of a layer; parts come in order."""
        repository = self._get_repository(repository_name, registry_id)
        upload = self.find_upload(repository, upload_id)
        expected = (upload.size, upload.size + len(layer_part_blob or b"") - 1)
        if (part_first_byte, part_last_byte) != expected:
            raise InvalidLayerPartException(
                repository.registry_id, repository_name, upload_id, upload.size - 1
            )
        try:
            upload.append(io.BytesIO(layer_part_blob or b""))
        except TooLarge as error:
            raise invalid("layerPartBlob", f"the layer is too large: {error}") from None
        return {
            "registryId": repository.registry_id,
            "repositoryName": repository_name,
            "uploadId": upload_id,
            "lastByteReceived": upload.size - 1,
        }

    def complete_layer_upload(
        self,
        repository_name: str,
        upload_id: str,
        layer_digests: list[str],
        registry_id: str | None = None,
    ) -> dict[str, Any]:
        """End an upload whose bytes are those of one of `layer_digests`."""
        repository = self._get_repository(repository_name, registry_id)
        upload = self.find_upload(repository, upload_id)
        if not upload.size:
            raise EmptyUploadException
        if upload.digest not in layer_digests:
            raise InvalidLayerException(
                f"The layer digest calculation performed by Amazon ECR upon receipt of the layer "
                f"({upload.digest}) does not match the digest specified."
            )
        if upload.digest in repository.layers:
            raise LayerAlreadyExistsException(
                f"The layer with digest '{upload.digest}' already exists "
                f"in the repository with name '{repository_name}'"
            )
        self.keep_layer(repository, upload)
        return {
            "registryId": repository.registry_id,
            "repositoryName": repository_name,
            "uploadId": upload_id,
            "layerDigest": upload.digest,
        }

    def keep_layer(self, repository: models.Repository, upload: Upload) -> None:
        """Make a complete upload a layer of the repository."""
        self.blobs.keep(upload)
        repository.layers[upload.digest] = upload.size
        repository.uploads.pop(upload.upload_id, None)

    def get_download_url_for_layer(
        self, repository_name: str, layer_digest: str, registry_id: str | None = None
    ) -> dict[str, str]:
        """A URL that gives the layer to whoever has it, for an hour."""
        repository = self._get_repository(repository_name, registry_id)
        if layer_digest not in repository.layers:
            raise LayersNotFoundException(
                f"The layer with digest '{layer_digest}' does not exist "
                f"in the repository with name '{repository_name}' "
                f"in the registry with id '{repository.registry_id}'"
            )
        if layer_digest not in _used(repository):
            raise LayerInaccessibleException
        claims = self._claims("download") | {"repository": repository_name, "digest": layer_digest}
        ticket, _ = self.tickets.issue(claims, DOWNLOAD_LIFETIME)
        url = (
            f"http://127.0.0.1:{self.runtime.port}/v2/{repository_name}/blobs/{layer_digest}?ticket={ticket}"
        )
        return {"downloadUrl": url, "layerDigest": layer_digest}

    def registry_token(self, caller: str | None = None) -> tuple[str, datetime]:
        """The password that opens this account's registry in this Region, and when it ends.

        It lets its bearer do what the owner of the access key `caller` may do; by default the administrator.
        """
        owner = {"caller": caller or self.runtime.credentials.access_key_id}
        return self.tickets.issue(self._claims("registry") | owner, TOKEN_LIFETIME)

    def _claims(self, use: str) -> dict[str, str]:
        return {"use": use, "account": self.account_id, "region": self.region_name}

    def collect(self) -> None:
        """Remove from disk every blob that no repository of any Region holds."""
        held = {
            digest
            for account in models.ecr_backends.values()
            for backend in account.values()
            for repository in backend.repositories.values()
            for digest in repository.layers
        }
        for digest in self.blobs.digests() - held:
            self.blobs.discard(digest)


def _cancel_uploads(repository: models.Repository) -> None:
    for upload in repository.uploads.values():
        upload.cancel()
    repository.uploads.clear()


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


def _used(repository: models.Repository) -> set[str]:
    return {blob.digest for image in repository.images for blob in image.manifest.blobs}


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

"""ECR's layers, and the passwords and addresses by which they are had: what images are made of.

Every call is made under `runtime.lock`.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from moto.ecr import models
from moto.ecr.exceptions import InvalidLayerPartException, UploadNotFoundException

from labs.cloud.aws.ecr.errors import (
    EmptyUploadException,
    InvalidLayerException,
    LayerAlreadyExistsException,
    LayerInaccessibleException,
    LayersNotFoundException,
    invalid,
)
from labs.cloud.registry.blobs import BlobStore, TooLarge, Upload
from labs.cloud.registry.tickets import Tickets

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime

TOKEN_LIFETIME = timedelta(hours=12)  # ECR API reference, GetAuthorizationToken
DOWNLOAD_LIFETIME = timedelta(hours=1)


class LayersBackend(models.ECRBackend):
    """One Region's layers."""

    # One cloud per process, as moto has one set of backends per process; set by install().
    runtime: ClassVar[Runtime]
    blobs: ClassVar[BlobStore]
    tickets: ClassVar[Tickets]

    def reset(self) -> None:
        """Forget every repository, and the bytes only they held."""
        for repository in self.repositories.values():
            cancel_uploads(repository)
        super().reset()
        self.collect()

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
        if layer_digest not in used(repository):
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


def cancel_uploads(repository: models.Repository) -> None:
    """End every upload under way."""
    for upload in repository.uploads.values():
        upload.cancel()
    repository.uploads.clear()


def used(repository: models.Repository) -> set[str]:
    """The digests of the layers and configurations that images of the repository name."""
    return {blob.digest for image in repository.images for blob in image.manifest.blobs}

"""The registry's addresses of blobs: downloads, and uploads in one part or many."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moto.ecr.models import Repository
from werkzeug.utils import send_file
from werkzeug.wrappers import Request, Response

from labs.cloud.aws.ecr.backend import EcrBackend
from labs.cloud.registry.access import Access
from labs.cloud.registry.blobs import TooLarge, Upload
from labs.cloud.registry.errors import RegistryError, check_digest

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime


class BlobRoutes:
    """Each public method answers one method of HTTP at one address."""

    def __init__(self, runtime: Runtime, access: Access):
        self._runtime = runtime
        self._access = access

    def blob(self, request: Request, backend: EcrBackend, name: str, digest: str) -> Response:
        """The bytes of a blob, or a range of them."""
        with self._runtime.lock:
            if digest not in backend._get_repository(name).layers:
                raise _unknown_blob(digest)
            path = backend.blobs.path(digest)
        try:
            response = send_file(
                path, request.environ, "application/octet-stream", etag=digest, conditional=True, max_age=None
            )
        except FileNotFoundError:  # deleted since we looked
            raise _unknown_blob(digest) from None
        response.headers["Docker-Content-Digest"] = digest
        response.headers.pop("Content-Disposition", None)
        return response

    def start(self, request: Request, backend: EcrBackend, name: str) -> Response:
        """Begin an upload, take a whole one, or share a blob of another repository."""
        digest = request.args.get("digest")
        if digest:
            check_digest(digest)
        with self._runtime.lock:
            repository = backend._get_repository(name)
            mounted = self._mount(request, backend, repository)
            if mounted:
                return _created(name, mounted)
            upload = backend.start_upload(repository)
        if digest:
            return self._complete(request, backend, name, upload, digest)
        return _accepted(name, upload)

    def _mount(self, request: Request, backend: EcrBackend, repository: Repository) -> str | None:
        """Share a blob that another repository of the same registry holds; its digest if that worked."""
        digest, name = request.args.get("mount"), request.args.get("from", "")
        source = backend.repositories.get(name)
        if digest is None or source is None or digest not in source.layers:
            return None
        if self._access.denial(self._access.claims(request, "registry"), "GetDownloadUrlForLayer", name):
            return None  # who may not read the layer there uploads it
        repository.layers[digest] = source.layers[digest]
        return digest

    def status(self, request: Request, backend: EcrBackend, name: str, upload_id: str) -> Response:
        """How far an upload is."""
        return _accepted(name, self._upload(backend, name, upload_id), status=204)

    def go_on(self, request: Request, backend: EcrBackend, name: str, upload_id: str) -> Response:
        """The next part."""
        upload = self._upload(backend, name, upload_id)
        with upload.lock:
            _receive(request, upload)
        return _accepted(name, upload)

    def finish(self, request: Request, backend: EcrBackend, name: str, upload_id: str) -> Response:
        """The last part, and the digest of the whole."""
        digest = request.args.get("digest", "")
        check_digest(digest)
        return self._complete(request, backend, name, self._upload(backend, name, upload_id), digest)

    def _complete(
        self, request: Request, backend: EcrBackend, name: str, upload: Upload, digest: str
    ) -> Response:
        """Take what the request still brings, check the whole against its digest, and keep it."""
        with upload.lock:
            _receive(request, upload)
            with self._runtime.lock:
                repository = backend._get_repository(name)
                backend.find_upload(repository, upload.upload_id)
                if upload.digest != digest:
                    self._forget(repository, upload)
                    raise RegistryError(
                        "DIGEST_INVALID",
                        "The digest calculated from the upload does not match the digest specified.",
                        {"digest": digest, "calculated": upload.digest},
                    )
                backend.keep_layer(repository, upload)
        return _created(name, digest)

    def cancel(self, request: Request, backend: EcrBackend, name: str, upload_id: str) -> Response:
        """Forget an upload."""
        upload = self._upload(backend, name, upload_id)
        with self._runtime.lock:
            self._forget(backend._get_repository(name), upload)
        return Response(status=204)

    def _forget(self, repository: Repository, upload: Upload) -> None:
        repository.uploads.pop(upload.upload_id, None)
        upload.cancel()

    def _upload(self, backend: EcrBackend, name: str, upload_id: str) -> Upload:
        with self._runtime.lock:
            return backend.find_upload(backend._get_repository(name), upload_id)


def _receive(request: Request, upload: Upload) -> None:
    """Append the request's body, which must start where the upload ends."""
    content_range = request.headers.get("Content-Range")
    if content_range:
        match = re.fullmatch(r"(?:bytes )?(\d{1,18})-(\d{1,18})(?:/.*)?", content_range)
        if match is None or int(match[1]) != upload.size:
            raise RegistryError(
                "BLOB_UPLOAD_INVALID",
                "The chunk does not start where the upload ends.",
                {"size": upload.size},
            )
    try:
        upload.append(request.stream)
    except TooLarge as error:
        raise RegistryError("SIZE_INVALID", f"The layer is too large: {error}.") from None
    except FileNotFoundError:  # cancelled meanwhile
        raise RegistryError("BLOB_UPLOAD_UNKNOWN", "The upload is not known to the registry.") from None


def _unknown_blob(digest: str) -> RegistryError:
    return RegistryError("BLOB_UNKNOWN", "The layer does not exist in the repository.", {"digest": digest})


def _created(name: str, digest: str) -> Response:
    headers = {"Location": f"/v2/{name}/blobs/{digest}", "Docker-Content-Digest": digest}
    return Response(status=201, headers=headers)


def _accepted(name: str, upload: Upload, status: int = 202) -> Response:
    headers = {
        "Location": f"/v2/{name}/blobs/uploads/{upload.upload_id}",
        "Docker-Upload-UUID": upload.upload_id,
        "Range": f"0-{max(upload.size - 1, 0)}",
    }
    return Response(status=status, headers=headers)

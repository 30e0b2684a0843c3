"""The registry's own API under /v2/: what `docker push`, `skopeo copy` and task starts speak to.

Docker Registry HTTP API v2, now the OCI distribution specification, over the repositories of ECR
(`aws/ecr/`), with ECR's authentication (user AWS, password from GetAuthorizationToken) and ECR's texts.
Bytes are streamed between socket and disk outside the cloud's lock; the lock is held only to look at, or
change, what ECR knows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import ServiceException
from moto.ecr.exceptions import ImageAlreadyExistsException
from moto.ecr.models import ECR_REPOSITORY_NAME_PATTERN, Repository, ecr_backends
from werkzeug.datastructures import Authorization
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.utils import send_file
from werkzeug.wrappers import Request, Response

from labs.cloud.aws.ecr.backend import TAG, EcrBackend, Image
from labs.cloud.registry.blobs import DIGEST, TooLarge, Upload, digest_of
from labs.cloud.registry.manifests import MANIFEST_LIMIT, MEDIA_TYPES, OCI_INDEX

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime

NAME = re.compile(ECR_REPOSITORY_NAME_PATTERN)
NAME_LIMIT = 256  # characters; ECR API reference, repositoryName
TAGS_LIMIT = 1000  # tags in one answer; ECR's own page

STATUS = {  # error codes of the distribution specification
    "UNAUTHORIZED": 401,
    "DENIED": 403,
    "NAME_UNKNOWN": 404,
    "NAME_INVALID": 400,
    "MANIFEST_UNKNOWN": 404,
    "MANIFEST_INVALID": 400,
    "MANIFEST_BLOB_UNKNOWN": 400,
    "TAG_INVALID": 400,
    "DIGEST_INVALID": 400,
    "BLOB_UNKNOWN": 404,
    "BLOB_UPLOAD_UNKNOWN": 404,
    "BLOB_UPLOAD_INVALID": 416,
    "SIZE_INVALID": 413,
    "UNSUPPORTED": 405,
}

FROM_ECR = {  # ECR's exceptions as the registry's error codes
    "RepositoryNotFoundException": "NAME_UNKNOWN",
    "ImageNotFoundException": "MANIFEST_UNKNOWN",
    "InvalidParameterException": "MANIFEST_INVALID",
    "ImageDigestDoesNotMatchException": "DIGEST_INVALID",
    "ImageTagAlreadyExistsException": "TAG_INVALID",
    "LayersNotFoundException": "MANIFEST_BLOB_UNKNOWN",
    "ReferencedImagesNotFoundException": "MANIFEST_BLOB_UNKNOWN",
    "UploadNotFoundException": "BLOB_UPLOAD_UNKNOWN",
}


class RegistryError(Exception):
    """An answer in the registry's error shape."""

    def __init__(self, code: str, message: str, detail: object = None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail


class Registry:
    """The WSGI application."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._routes: tuple[tuple[re.Pattern[str], dict[str, tuple[Callable[..., Response], str]]], ...] = (
            # Each method with ECR's action that it stands for.
            (_route("blobs/uploads/?"), {"POST": (self._start_upload, "InitiateLayerUpload")}),
            (
                _route("blobs/uploads/(?P<upload_id>[^/]+)"),
                {
                    "GET": (self._upload_status, "UploadLayerPart"),
                    "PATCH": (self._continue_upload, "UploadLayerPart"),
                    "PUT": (self._finish_upload, "CompleteLayerUpload"),
                    "DELETE": (self._cancel_upload, "UploadLayerPart"),
                },
            ),
            (
                _route("blobs/(?P<digest>[^/]+)"),
                {
                    "GET": (self._blob, "GetDownloadUrlForLayer"),
                    "HEAD": (self._blob, "BatchCheckLayerAvailability"),
                },
            ),
            (
                _route("manifests/(?P<reference>[^/]+)"),
                {
                    "GET": (self._manifest, "BatchGetImage"),
                    "HEAD": (self._manifest, "BatchGetImage"),
                    "PUT": (self._put_manifest, "PutImage"),
                    "DELETE": (self._delete_manifest, "BatchDeleteImage"),
                },
            ),
            (
                _route("referrers/(?P<digest>[^/]+)"),
                {"GET": (self._referrers, "ListImageReferrers")},
            ),
            (_route("tags/list"), {"GET": (self._tags, "ListImages")}),
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request; every refusal has the registry's JSON shape."""
        request = Request(environ)
        try:
            response = self._answer(request)
        except RegistryError as error:
            response = self._refusal(error)
        except ServiceException as error:
            response = self._refusal(RegistryError(FROM_ECR.get(error.code, "DENIED"), error.message))
        except RequestedRangeNotSatisfiable as error:
            response = Response(status=416, headers=error.get_headers())
        response.headers["Docker-Distribution-Api-Version"] = "registry/2.0"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path.rstrip("/") == "/v2":
            self._claims(request, "registry")
            return _json({})
        for route, methods in self._routes:
            match = route.fullmatch(request.path)
            if match is None:
                continue
            name, arguments = match["name"], {k: v for k, v in match.groupdict().items() if k != "name"}
            if request.method not in methods:
                raise RegistryError("UNSUPPORTED", "The operation is unsupported.")
            if len(name) > NAME_LIMIT or not NAME.fullmatch(name):
                raise RegistryError("NAME_INVALID", f"Invalid repository name: {name[:NAME_LIMIT]!r}")
            if "digest" in arguments:
                _check_digest(arguments["digest"])
            method, action = methods[request.method]
            return method(
                request, self._backend(request, name, action, arguments.get("digest")), name, **arguments
            )
        raise RegistryError("NAME_UNKNOWN", "There is nothing at this address of the registry.")

    # Who is asking

    def knows(self, authorization: str) -> bool:
        """Whether an Authorization header carries a password that this registry gave out and that still counts."""
        given = Authorization.from_header(authorization)
        if given is None or given.type != "basic":
            return False
        return EcrBackend.tickets.read(given.password or "") is not None

    def _backend(self, request: Request, name: str, action: str, digest: str | None) -> EcrBackend:
        """The account and Region that the request's password, or the ticket of a download URL, opens."""
        if "ticket" in request.args and request.method in ("GET", "HEAD"):
            claims = EcrBackend.tickets.read(request.args["ticket"])
            expected = {"use": "download", "repository": name, "digest": digest}
            if claims is None or expected.items() - claims.items():
                raise RegistryError("DENIED", "The download URL is not valid any more.")
            with self._runtime.lock:
                return ecr_backends[claims["account"]][claims["region"]]
        claims = self._claims(request, "registry")
        denial = self._denial(claims, action, name)
        if denial is not None:
            raise RegistryError("DENIED", denial)
        with self._runtime.lock:
            return ecr_backends[claims["account"]][claims["region"]]

    def _denial(self, claims: dict[str, str], action: str, name: str) -> str | None:
        """None when the owner of a password may do ECR's `action` on the repository, else AWS's message."""
        repository = f"arn:aws:ecr:{claims['region']}:{claims['account']}:repository/{name}"
        with self._runtime.lock:
            return self._runtime.authorizer.key_denial(claims["caller"], f"ecr:{action}", repository)

    def _claims(self, request: Request, use: str) -> dict[str, str]:
        given = request.authorization
        if given is None or given.type != "basic":
            raise RegistryError("UNAUTHORIZED", "Not Authorized")
        claims = EcrBackend.tickets.read(given.password or "") if given.username == "AWS" else None
        if claims is None or claims.get("use") != use:
            raise RegistryError(
                "UNAUTHORIZED", "Your authorization token has expired. Reauthenticate and try again."
            )
        return claims

    def _refusal(self, error: RegistryError) -> Response:
        entry: dict[str, object] = {"code": error.code, "message": error.message}
        if error.detail is not None:
            entry["detail"] = error.detail
        response = _json({"errors": [entry]}, STATUS[error.code])
        if error.code == "UNAUTHORIZED":
            challenge = f'Basic realm="{self._runtime.endpoint}/",service="ecr.amazonaws.com"'
            response.headers["WWW-Authenticate"] = challenge
        return response

    # Blobs

    def _blob(self, request: Request, backend: EcrBackend, name: str, digest: str) -> Response:
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

    def _start_upload(self, request: Request, backend: EcrBackend, name: str) -> Response:
        digest = request.args.get("digest")
        if digest:
            _check_digest(digest)
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
        if self._denial(self._claims(request, "registry"), "GetDownloadUrlForLayer", name):
            return None  # who may not read the layer there uploads it
        repository.layers[digest] = source.layers[digest]
        return digest

    def _upload_status(self, request: Request, backend: EcrBackend, name: str, upload_id: str) -> Response:
        return _accepted(name, self._upload(backend, name, upload_id), status=204)

    def _continue_upload(self, request: Request, backend: EcrBackend, name: str, upload_id: str) -> Response:
        upload = self._upload(backend, name, upload_id)
        with upload.lock:
            _receive(request, upload)
        return _accepted(name, upload)

    def _finish_upload(self, request: Request, backend: EcrBackend, name: str, upload_id: str) -> Response:
        digest = request.args.get("digest", "")
        _check_digest(digest)
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

    def _cancel_upload(self, request: Request, backend: EcrBackend, name: str, upload_id: str) -> Response:
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

    # Manifests and tags

    def _manifest(self, request: Request, backend: EcrBackend, name: str, reference: str) -> Response:
        with self._runtime.lock:
            wanted = _tag_or_digest(reference)
            find = backend.pull if request.method == "GET" else backend.find_image
            image = find(name, **wanted)
            content, media_type, digest = image.image_manifest, image.manifest.media_type, image.image_digest
        return Response(content, mimetype=media_type, headers={"Docker-Content-Digest": digest})

    def _put_manifest(self, request: Request, backend: EcrBackend, name: str, reference: str) -> Response:
        wanted = _tag_or_digest(reference)
        content = request.stream.read(MANIFEST_LIMIT + 1)
        if len(content) > MANIFEST_LIMIT:
            raise RegistryError("SIZE_INVALID", f"A manifest has at most {MANIFEST_LIMIT} bytes.")
        if request.mimetype not in MEDIA_TYPES:
            raise RegistryError("MANIFEST_INVALID", f"Unsupported manifest media type: {request.mimetype!r}")
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            raise RegistryError("MANIFEST_INVALID", "The manifest is not UTF-8 text.") from None
        with self._runtime.lock:
            digest = self._put_image(backend, name, text, request.mimetype, **wanted)
            subject = backend.find_image(name, digest=digest).manifest.subject
        self._runtime.wake.set()
        headers = {"Location": f"/v2/{name}/manifests/{digest}", "Docker-Content-Digest": digest}
        if subject:
            headers["OCI-Subject"] = subject  # so that the client knows that referrers are listed
        return Response(status=201, headers=headers)

    def _put_image(
        self,
        backend: EcrBackend,
        name: str,
        text: str,
        media_type: str,
        tag: str | None = None,
        digest: str | None = None,
    ) -> str:
        try:
            return backend.put_image(name, text, tag, media_type, digest).image_digest
        except ImageAlreadyExistsException:  # pushing again what is there is no error in this API
            return digest_of(text.encode())

    def _delete_manifest(self, request: Request, backend: EcrBackend, name: str, reference: str) -> Response:
        wanted = _tag_or_digest(reference)
        image_id = {"imageTag": wanted["tag"]} if "tag" in wanted else {"imageDigest": wanted["digest"]}
        with self._runtime.lock:
            backend.find_image(name, **wanted)
            failures = backend.batch_delete_image(name, image_ids=[image_id])["failures"]
        if failures:
            raise RegistryError("DENIED", failures[0]["failureReason"])
        return Response(status=202)

    def _referrers(self, request: Request, backend: EcrBackend, name: str, digest: str) -> Response:
        """An index of what says something about a manifest [OCI distribution specification]; empty for none."""
        with self._runtime.lock:
            found = [image for image in backend.referrers(name, digest) if image.status == "ACTIVE"]
            entries = [_referrer(image) for image in found]
        wanted = request.args.get("artifactType")
        if wanted:
            entries = [entry for entry in entries if entry.get("artifactType") == wanted]
        index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries}
        response = Response(json.dumps(index), mimetype=OCI_INDEX)
        if wanted:
            response.headers["OCI-Filters-Applied"] = "artifactType"
        return response

    def _tags(self, request: Request, backend: EcrBackend, name: str) -> Response:
        with self._runtime.lock:
            images = backend.describe_images(name)
            tags = sorted(tag for image in images for tag in image.image_tags)
        after, limit = request.args.get("last", ""), request.args.get("n", TAGS_LIMIT, type=int)
        if limit < 0:
            raise RegistryError("UNSUPPORTED", "n must not be negative.")
        remaining = [tag for tag in tags if tag > after]
        page = remaining[: min(limit, TAGS_LIMIT)]
        response = _json({"name": name, "tags": page})
        if page and len(page) < len(remaining):
            response.headers["Link"] = f'</v2/{name}/tags/list?n={len(page)}&last={page[-1]}>; rel="next"'
        return response


def _route(rest: str) -> re.Pattern[str]:
    # The name is taken loosely here and checked afterwards, so that a bad one gets NAME_INVALID.
    return re.compile(rf"/v2/(?P<name>.+?)/{rest}")


def _check_digest(digest: str) -> None:
    if not DIGEST.fullmatch(digest):
        raise RegistryError("DIGEST_INVALID", "A digest is sha256: and 64 hexadecimal digits.")


def _tag_or_digest(reference: str) -> dict[str, str]:
    if ":" in reference:
        _check_digest(reference)
        return {"digest": reference}
    if not TAG.fullmatch(reference):
        raise RegistryError("TAG_INVALID", "Invalid image tag.")
    return {"tag": reference}


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


def _referrer(image: Image) -> dict[str, Any]:
    """The descriptor of an image in a list of referrers."""
    manifest = image.manifest
    return {
        "mediaType": manifest.media_type,
        "digest": manifest.digest,
        "size": len(image.image_manifest.encode()),
        **({"artifactType": manifest.artifact_type} if manifest.artifact_type else {}),
        **({"annotations": manifest.annotations} if manifest.annotations else {}),
    }


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


def _json(content: object, status: int = 200) -> Response:
    return Response(json.dumps(content), status, mimetype="application/json")

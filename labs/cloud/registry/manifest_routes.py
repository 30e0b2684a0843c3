"""The registry's addresses of manifests, what refers to them, and tags."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.ecr.exceptions import ImageAlreadyExistsException
from werkzeug.wrappers import Request, Response

from labs.cloud.aws.ecr.backend import TAG, EcrBackend, Image
from labs.cloud.registry.blobs import digest_of
from labs.cloud.registry.errors import RegistryError, check_digest
from labs.cloud.registry.manifests import MANIFEST_LIMIT, MEDIA_TYPES, OCI_INDEX

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime

TAGS_LIMIT = 1000  # tags in one answer; ECR's own page


class ManifestRoutes:
    """Each public method answers one method of HTTP at one address."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime

    def manifest(self, request: Request, backend: EcrBackend, name: str, reference: str) -> Response:
        """A manifest, by tag or digest; GET counts as a pull."""
        with self._runtime.lock:
            wanted = _tag_or_digest(reference)
            find = backend.pull if request.method == "GET" else backend.find_image
            image = find(name, **wanted)
            content, media_type, digest = image.image_manifest, image.manifest.media_type, image.image_digest
        return Response(content, mimetype=media_type, headers={"Docker-Content-Digest": digest})

    def put(self, request: Request, backend: EcrBackend, name: str, reference: str) -> Response:
        """Keep a manifest, under a tag if one is given."""
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

    def delete(self, request: Request, backend: EcrBackend, name: str, reference: str) -> Response:
        """Delete an image, or take a tag from it."""
        wanted = _tag_or_digest(reference)
        image_id = {"imageTag": wanted["tag"]} if "tag" in wanted else {"imageDigest": wanted["digest"]}
        with self._runtime.lock:
            backend.find_image(name, **wanted)
            failures = backend.batch_delete_image(name, image_ids=[image_id])["failures"]
        if failures:
            raise RegistryError("DENIED", failures[0]["failureReason"])
        return Response(status=202)

    def referrers(self, request: Request, backend: EcrBackend, name: str, digest: str) -> Response:
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

    def tags(self, request: Request, backend: EcrBackend, name: str) -> Response:
        """A page of a repository's tags, in order."""
        with self._runtime.lock:
            images = backend.describe_images(name)
            tags = sorted(tag for image in images for tag in image.image_tags)
        after, limit = request.args.get("last", ""), request.args.get("n", TAGS_LIMIT, type=int)
        if limit < 0:
            raise RegistryError("UNSUPPORTED", "n must not be negative.")
        remaining = [tag for tag in tags if tag > after]
        page = remaining[: min(limit, TAGS_LIMIT)]
        response = Response(json.dumps({"name": name, "tags": page}), mimetype="application/json")
        if page and len(page) < len(remaining):
            response.headers["Link"] = f'</v2/{name}/tags/list?n={len(page)}&last={page[-1]}>; rel="next"'
        return response


def _tag_or_digest(reference: str) -> dict[str, str]:
    if ":" in reference:
        check_digest(reference)
        return {"digest": reference}
    if not TAG.fullmatch(reference):
        raise RegistryError("TAG_INVALID", "Invalid image tag.")
    return {"tag": reference}


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

"""ECR as AWS answers, over moto's: images have the digest and size of their manifest, layers are kept on disk.

moto computes digests that are not the manifest's, drops an image when its tag moves, keeps layers nowhere and
gives a token that ended in 2015. What is kept is in `ecr_model.py`; here are the answers, and what is installed.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from moto.core.responses import ActionResult
from moto.ecr import models
from moto.ecr.responses import ECRResponse

from labs.cloud.aws.ecr_errors import invalid
from labs.cloud.aws.ecr_model import EcrBackend, Image, image_answer
from labs.cloud.registry.blobs import BlobStore
from labs.cloud.registry.tickets import Tickets

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime

PAGE_SIZE = 100  # ECR API reference: maxResults when none is given

Item = TypeVar("Item")


def _image_detail(image: Image) -> dict[str, Any]:
    config = image.manifest.config
    detail = {
        "registryId": image.registry_id,
        "repositoryName": image.repository_name,
        "imageDigest": image.image_digest,
        "imageTags": image.image_tags or None,
        "imageSizeInBytes": image.size,
        "imagePushedAt": image.image_pushed_at,
        "imageManifestMediaType": image.manifest.media_type,
        "artifactMediaType": config.media_type if config else None,
        "lastRecordedPullTime": image.last_pulled_at,
        "imageStatus": "ACTIVE",
    }
    return {name: value for name, value in detail.items() if value is not None}


# Methods put into moto's ECRResponse: reading a request and shaping an answer, nothing else.


def _page(response: ECRResponse, items: Sequence[Item]) -> tuple[Sequence[Item], dict[str, str]]:
    """The page of `items` that the request asks for, and the token of the next one, if there is one."""
    token = response._get_param("nextToken")
    try:
        start = int(base64.urlsafe_b64decode(token)) if token else 0
    except ValueError:
        raise invalid("nextToken", "Invalid token") from None
    end = start + int(response._get_param("maxResults") or PAGE_SIZE)
    following = (
        {"nextToken": base64.urlsafe_b64encode(str(end).encode()).decode()} if end < len(items) else {}
    )
    return items[max(start, 0) : end], following


def _of_status(response: ECRResponse, images: Sequence[Image]) -> list[Image]:
    status = (response._get_param("filter") or {}).get("tagStatus", "ANY")
    return [image for image in images if status == "ANY" or bool(image.image_tags) == (status == "TAGGED")]


def _describe_repositories(self: ECRResponse) -> ActionResult:
    found = self.ecr_backend.describe_repositories(
        repository_names=self._get_param("repositoryNames"), registry_id=self._get_param("registryId")
    )
    page, following = _page(self, found)
    return ActionResult({"repositories": page} | following)


def _describe_images(self: ECRResponse) -> ActionResult:
    image_ids = self._get_param("imageIds")
    images = self.ecr_backend.describe_images(
        self._get_param("repositoryName"), self._get_param("registryId"), image_ids
    )
    page, following = _page(self, images if image_ids else _of_status(self, images))
    return ActionResult({"imageDetails": [_image_detail(image) for image in page]} | following)


def _list_images(self: ECRResponse) -> ActionResult:
    images = self.ecr_backend.describe_images(
        self._get_param("repositoryName"), self._get_param("registryId")
    )
    image_ids = [
        {"imageDigest": image.image_digest} | ({"imageTag": tag} if tag else {})
        for image in _of_status(self, images)
        for tag in image.image_tags or [None]
    ]
    page, following = _page(self, image_ids)
    return ActionResult({"imageIds": page} | following)


def _put_image(self: ECRResponse) -> ActionResult:
    tag = self._get_param("imageTag")
    image = self.ecr_backend.put_image(
        self._get_param("repositoryName"),
        self._get_param("imageManifest"),
        tag,
        self._get_param("imageManifestMediaType"),
        self._get_param("imageDigest"),
    )
    return ActionResult({"image": image_answer(image, tag)})


def _get_authorization_token(self: ECRResponse) -> ActionResult:
    backend = self.ecr_backend
    token, expires = backend.registry_token(self.access_key)
    data = {
        "authorizationToken": base64.b64encode(f"AWS:{token}".encode()).decode(),
        "expiresAt": expires,
        "proxyEndpoint": f"http://127.0.0.1:{backend.runtime.port}",
    }
    return ActionResult({"authorizationData": [data]})


def _get_download_url_for_layer(self: ECRResponse) -> ActionResult:
    return ActionResult(
        self.ecr_backend.get_download_url_for_layer(
            self._get_param("repositoryName"), self._get_param("layerDigest"), self._get_param("registryId")
        )
    )


def install(runtime: Runtime) -> None:
    """Make moto's ECR this one. Called once, before the first request."""
    EcrBackend.runtime = runtime
    EcrBackend.blobs = BlobStore(runtime.home / "registry")
    EcrBackend.tickets = Tickets(runtime.clock)
    EcrBackend.__module__ = models.__name__  # moto finds a service's URLs through its backend's module
    models.ecr_backends.backend = EcrBackend
    for method in (
        _describe_repositories,
        _describe_images,
        _list_images,
        _put_image,
        _get_authorization_token,
        _get_download_url_for_layer,
    ):
        setattr(ECRResponse, method.__name__.removeprefix("_"), method)

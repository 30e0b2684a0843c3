"""What ECR answers: requests read, answers shaped, and what is installed in moto's place.

What is kept and decided is in the backend's layers: images, lifecycle, scanning.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from moto.core.responses import ActionResult
from moto.ecr import models
from moto.ecr.responses import ECRResponse

from labs.cloud.aws.ecr.backend import EcrBackend, Image, image_answer
from labs.cloud.aws.ecr.errors import invalid
from labs.cloud.aws.ecr.scanning import status, summary
from labs.cloud.registry.blobs import BlobStore
from labs.cloud.registry.lifecycle import TRANSITION, StoredImage, Verdict
from labs.cloud.registry.tickets import Tickets

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime

PAGE_SIZE = 100  # ECR API reference: maxResults when none is given

Item = TypeVar("Item")


def _image_detail(image: Image) -> dict[str, Any]:
    detail = {
        "registryId": image.registry_id,
        "repositoryName": image.repository_name,
        "imageDigest": image.image_digest,
        "imageTags": image.image_tags or None,
        "imageSizeInBytes": image.size,
        "imagePushedAt": image.image_pushed_at,
        "imageManifestMediaType": image.manifest.media_type,
        "artifactMediaType": image.manifest.artifact_type,
        "subjectManifestDigest": image.manifest.subject,
        "lastRecordedPullTime": image.last_pulled_at,
        "imageStatus": image.status,
        "lastArchivedAt": image.archived_at,
        "lastActivatedAt": image.activated_at,
    }
    if image.scan:
        detail["imageScanStatus"] = status(image.scan)
        detail["imageScanFindingsSummary"] = summary(image.scan) if image.scan.status == "COMPLETE" else None
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


def _filtered(response: ECRResponse, images: Sequence[Image]) -> list[Image]:
    """The images that the request's filter wants."""
    wanted = response._get_param("filter") or {}
    state = wanted.get("imageStatus", "ANY")
    return [
        image
        for image in images
        if _has_tag_status(wanted, image.image_tags) and state in ("ANY", image.status)
    ]


def _has_tag_status(wanted: Mapping[str, str], tags: Collection[str]) -> bool:
    tag_status = wanted.get("tagStatus", "ANY")
    return tag_status == "ANY" or bool(tags) == (tag_status == "TAGGED")


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
    page, following = _page(self, images if image_ids else _filtered(self, images))
    return ActionResult({"imageDetails": [_image_detail(image) for image in page]} | following)


def _list_images(self: ECRResponse) -> ActionResult:
    images = self.ecr_backend.describe_images(
        self._get_param("repositoryName"), self._get_param("registryId")
    )
    image_ids = [
        {"imageDigest": image.image_digest} | ({"imageTag": tag} if tag else {})
        for image in _filtered(self, images)
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
    """One password for each registry asked for: with another account's key, that is how its images are pulled."""
    answers = []
    for account in self._get_param("registryIds") or [self.current_account]:
        backend = _registry(self, account)
        token, expires = backend.registry_token(self.access_key)
        answers.append(
            {
                "authorizationToken": base64.b64encode(f"AWS:{token}".encode()).decode(),
                "expiresAt": expires,
                "proxyEndpoint": f"http://127.0.0.1:{backend.runtime.port}",
            }
        )
    return ActionResult({"authorizationData": answers})


def _get_download_url_for_layer(self: ECRResponse) -> ActionResult:
    return ActionResult(
        self.ecr_backend.get_download_url_for_layer(
            self._get_param("repositoryName"), self._get_param("layerDigest"), self._get_param("registryId")
        )
    )


def _list_image_referrers(self: ECRResponse) -> ActionResult:
    digest, wanted = self._get_param("subjectId")["imageDigest"], self._get_param("filter") or {}
    types, state = wanted.get("artifactTypes"), wanted.get("artifactStatus", "ANY")
    found = [
        image
        for image in self.ecr_backend.referrers(self._get_param("repositoryName"), digest)
        if (not types or image.manifest.artifact_type in types) and state in ("ANY", image.status)
    ]
    page, following = _page(self, found)
    return ActionResult({"referrers": [_referrer(image) for image in page]} | following)


def _referrer(image: Image) -> dict[str, Any]:
    artifact_type = image.manifest.artifact_type
    return {
        "digest": image.image_digest,
        "mediaType": image.manifest.media_type,
        "size": len(image.image_manifest.encode()),
        "annotations": dict(image.manifest.annotations),
        "artifactStatus": image.status,
    } | ({"artifactType": artifact_type} if artifact_type else {})


# Lifecycle policies and the archive


def _start_lifecycle_policy_preview(self: ECRResponse) -> ActionResult:
    return ActionResult(
        self.ecr_backend.start_lifecycle_policy_preview(
            self._get_param("repositoryName"),
            self._get_param("registryId"),
            self._get_param("lifecyclePolicyText"),
        )
    )


def _get_lifecycle_policy_preview(self: ECRResponse) -> ActionResult:
    preview, answer = self.ecr_backend.get_lifecycle_policy_preview(
        self._get_param("repositoryName"), self._get_param("registryId")
    )
    if preview.status != "COMPLETE":
        return ActionResult(answer)
    wanted, asked = self._get_param("filter") or {}, self._get_param("imageIds")
    shown = [
        verdict
        for verdict in preview.verdicts
        if _has_tag_status(wanted, verdict.image.tags) and (not asked or _is_one_of(verdict.image, asked))
    ]
    page, following = _page(self, shown)
    answer["previewResults"] = [_preview_result(verdict) for verdict in page]
    return ActionResult(answer | {"summary": _preview_summary(preview.verdicts)} | following)


def _is_one_of(image: StoredImage, image_ids: Sequence[Mapping[str, str]]) -> bool:
    return any(
        each.get("imageDigest", image.digest) == image.digest
        and ("imageTag" not in each or each["imageTag"] in image.tags)
        for each in image_ids
    )


def _preview_result(verdict: Verdict) -> dict[str, Any]:
    image, rule = verdict.image, verdict.rule
    target = {"targetStorageClass": "ARCHIVE"} if verdict.action == TRANSITION else {}
    result = {
        "imageTags": sorted(image.tags) or None,
        "imageDigest": image.digest,
        "imagePushedAt": image.pushed_at,
        "action": {"type": str(verdict.action).upper()} | target,
        "appliedRulePriority": rule.priority if rule else None,
        "storageClass": image.storage_class.upper(),
    }
    return {name: value for name, value in result.items() if value is not None}


def _preview_summary(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    moving = sum(verdict.action == TRANSITION for verdict in verdicts)
    totals = [{"targetStorageClass": "ARCHIVE", "imageTotalCount": moving}] if moving else []
    return {
        "expiringImageTotalCount": len(verdicts) - moving,
        "transitioningImageTotalCounts": totals,
    }


def _update_image_storage_class(self: ECRResponse) -> ActionResult:
    image_id = self._get_param("imageId")
    image = self.ecr_backend.update_image_storage_class(
        self._get_param("repositoryName"),
        self._get_param("registryId"),
        image_id,
        self._get_param("targetStorageClass"),
    )
    names = {"registryId": image.registry_id, "repositoryName": image.repository_name}
    shown = {"imageDigest": image.image_digest} | image_id
    return ActionResult(names | {"imageId": shown, "imageStatus": image.status})


# Scanning


def _describe_image_scan_findings(self: ECRResponse) -> ActionResult:
    answer = self.ecr_backend.describe_image_scan_findings(
        self._get_param("registryId"), self._get_param("repositoryName"), self._get_param("imageId")
    )
    following: dict[str, str] = {}
    if "imageScanFindings" in answer:
        found = answer["imageScanFindings"]
        found["findings"], following = _page(self, found["findings"])
    return ActionResult(answer | following)


def _put_registry_scanning_configuration(self: ECRResponse) -> ActionResult:
    if self._get_param("scanType") == "ENHANCED":  # Amazon Inspector is not here
        raise NotImplementedError
    return _MOTO_PUT_SCANNING(self)


# The registry as a whole: what is not there is refused, what may be asked is answered as on a new account.


def _put_replication_configuration(self: ECRResponse) -> ActionResult:
    if (self._get_param("replicationConfiguration") or {}).get("rules"):
        raise NotImplementedError
    return _MOTO_PUT_REPLICATION(self)


def _describe_pull_through_cache_rules(self: ECRResponse) -> ActionResult:
    return ActionResult({"pullThroughCacheRules": []})


def _describe_repository_creation_templates(self: ECRResponse) -> ActionResult:
    return ActionResult({"registryId": self.current_account, "repositoryCreationTemplates": []})


def _describe_image_replication_status(self: ECRResponse) -> ActionResult:
    name, image_id = self._get_param("repositoryName"), self._get_param("imageId")
    backend = self.ecr_backend
    backend.identified(backend._get_repository(name), image_id)
    return ActionResult({"repositoryName": name, "imageId": image_id, "replicationStatuses": []})


def _list_pull_time_update_exclusions(self: ECRResponse) -> ActionResult:
    return ActionResult({"pullTimeUpdateExclusions": []})


# Which registry a call is for


def _registry(response: ECRResponse, account: str | None) -> EcrBackend:
    """The registry of `account` (the caller's own by default); only the cloud's own account has images."""
    return models.ecr_backends[account or response.current_account][response.region]


_MOTO_PUT_SCANNING = ECRResponse.put_registry_scanning_configuration
_MOTO_PUT_REPLICATION = ECRResponse.put_replication_configuration


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
        _list_image_referrers,
        _start_lifecycle_policy_preview,
        _get_lifecycle_policy_preview,
        _update_image_storage_class,
        _describe_image_scan_findings,
        _put_registry_scanning_configuration,
        _put_replication_configuration,
        _describe_pull_through_cache_rules,
        _describe_repository_creation_templates,
        _describe_image_replication_status,
        _list_pull_time_update_exclusions,
    ):
        setattr(ECRResponse, method.__name__.removeprefix("_"), method)
    ECRResponse.ecr_backend = property(lambda self: _registry(self, self._get_param("registryId")))

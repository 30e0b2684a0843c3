"""Basic scanning: asked for or on push, kept with the image. What is found: `labs.cloud.registry.vulnerabilities`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from moto.ecr import models
from moto.ecr.exceptions import LimitExceededException, ScanNotFoundException

from labs.cloud.aws.ecr.errors import ImageArchivedException, UnsupportedImageTypeException
from labs.cloud.aws.ecr.images import Image
from labs.cloud.aws.ecr.lifecycle import LifecycleBackend
from labs.cloud.registry.vulnerabilities import Finding, OfflineList, offline_list

ONE_SCAN_IN = timedelta(
    hours=24
)  # User Guide, "Scan images for OS vulnerabilities": once in 24 hours per image

DONE = "The scan was completed successfully."
UNSUPPORTED = "UnsupportedImageError: The operating system and/or package manager are not supported."


@dataclass
class Scan:
    """A scan of one image: IN_PROGRESS until a controller has read its layers."""

    asked_at: datetime
    status: str = "IN_PROGRESS"
    description: str | None = None
    completed_at: datetime | None = None
    findings: list[Finding] = field(default_factory=list)


class ScanningBackend(LifecycleBackend):
    """Images that are scanned."""

    def put_image(
        self,
        repository_name: str,
        image_manifest: str,
        image_tag: str | None = None,
        image_manifest_mediatype: str | None = None,
        digest: str | None = None,
    ) -> Image:
        """As below; a new image of a repository that scans on push is scanned."""
        image = super().put_image(
            repository_name, image_manifest, image_tag, image_manifest_mediatype, digest
        )
        if image.scan is None and image.manifest.config and _on_push(self.repositories[repository_name]):
            image.scan = Scan(self.runtime.clock.now())
        return image

    def start_image_scan(
        self, registry_id: str, repository_name: str, image_id: dict[str, str]
    ) -> dict[str, Any]:
        """Ask for a scan of an image, at most once in 24 hours."""
        repository, image = self._image(registry_id, repository_name, image_id)
        if image.manifest.config is None:
            raise UnsupportedImageTypeException
        if image.status != "ACTIVE":
            raise ImageArchivedException
        now = self.runtime.clock.now()
        if image.scan and now - image.scan.asked_at < ONE_SCAN_IN:
            raise LimitExceededException
        image.scan = Scan(now)
        return self._scan_answer(repository, image, image_id) | {"imageScanStatus": status(image.scan)}

    def describe_image_scan_findings(
        self, registry_id: str, repository_name: str, image_id: dict[str, Any]
    ) -> dict[str, Any]:
        """The last scan's status and all its findings."""
        repository, image = self._image(registry_id, repository_name, image_id)
        scan = image.scan
        if scan is None:
            wanted = f"imageDigest:'{image_id.get('imageDigest', 'null')}', imageTag:'{image_id.get('imageTag', 'null')}'"
            raise ScanNotFoundException(f"{{{wanted}}}", repository_name, repository.registry_id)
        answer = self._scan_answer(repository, image, image_id) | {"imageScanStatus": status(scan)}
        if scan.status == "COMPLETE":
            findings = [_finding(finding, offline_list()) for finding in scan.findings]
            answer["imageScanFindings"] = summary(scan) | {"findings": findings}
        return answer

    def pending_scans(self) -> list[tuple[models.Repository, Image]]:
        """The images whose scan was asked for and is not done."""
        return [
            (repository, image)
            for repository in self.repositories.values()
            for image in repository.images
            if image.scan and image.scan.status == "IN_PROGRESS"
        ]

    def _image(
        self, registry_id: str | None, repository_name: str, image_id: dict[str, str]
    ) -> tuple[models.Repository, Image]:
        repository = self._get_repository(repository_name, registry_id)
        return repository, self.identified(repository, image_id)

    def _scan_answer(
        self, repository: models.Repository, image: Image, image_id: dict[str, str]
    ) -> dict[str, Any]:
        tag = image_id.get("imageTag")
        return {
            "registryId": repository.registry_id,
            "repositoryName": repository.name,
            "imageId": {"imageDigest": image.image_digest} | ({"imageTag": tag} if tag else {}),
        }


def status(scan: Scan) -> dict[str, str]:
    """The API's ImageScanStatus."""
    return {"status": scan.status} | ({"description": scan.description} if scan.description else {})


def summary(scan: Scan) -> dict[str, Any]:
    """The API's ImageScanFindingsSummary of a complete scan."""
    return {
        "imageScanCompletedAt": scan.completed_at,
        "vulnerabilitySourceUpdatedAt": offline_list().date,
        "findingSeverityCounts": dict(Counter(finding.vulnerability.severity for finding in scan.findings)),
    }


def _finding(finding: Finding, known: OfflineList) -> dict[str, Any]:
    label = f"[local cloud: offline list of {known.date:%Y-%m-%d} after {known.source}; incomplete]"
    return {
        "name": finding.vulnerability.name,
        "description": f"{finding.vulnerability.description} {label}",
        "uri": f"https://www.cve.org/CVERecord?id={finding.vulnerability.name}",
        "severity": finding.vulnerability.severity,
        "attributes": [
            {"key": "package_name", "value": finding.package.name},
            {"key": "package_version", "value": finding.package.version},
            {"key": "fixed_in_version", "value": finding.fixed_in},
        ],
    }


def _on_push(repository: models.Repository) -> bool:
    asked = repository.image_scanning_configuration.get("scanOnPush")
    return bool(asked) or repository.scanning_config["scanFrequency"] == "SCAN_ON_PUSH"

"""What says something about an image: signatures and bills of materials, by the OCI referrers API and by ECR's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cloud.registry_client import OCI_INDEX, RegistryClient, SmallImage, digest_of, error
from tests.cloud.running import RunningCloud

SIGNATURE = "application/vnd.example.signature.v1"


def artifact(registry: RegistryClient, image: SmallImage, **changes: Any) -> dict[str, Any]:
    registry.upload(b"{}")
    empty = {"mediaType": "application/vnd.oci.empty.v1+json", "digest": digest_of(b"{}"), "size": 2}
    return {
        "schemaVersion": 2,
        "mediaType": image.media_type,
        "artifactType": SIGNATURE,
        "config": empty,
        "layers": [empty],
        "subject": {
            "mediaType": image.media_type,
            "digest": image.digest,
            "size": len(image.manifest),
        },
        "annotations": {"who": "FrenchBakery"},
    } | changes


@pytest.fixture(scope="module")
def registry(cloud: RunningCloud) -> RegistryClient:
    cloud.client("ecr").create_repository(repositoryName="shop/signed")
    return RegistryClient(cloud, "shop/signed")


def test_referrers_are_listed(cloud: RunningCloud, registry: RegistryClient) -> None:
    image = SmallImage.of("signed")
    registry.push(image)
    assert registry.get(f"referrers/{image.digest}").json()["manifests"] == []
    content = json.dumps(artifact(registry, image)).encode()
    answer = registry.put_manifest(content, digest_of(content), image.media_type)
    assert (answer.status_code, answer.headers["OCI-Subject"]) == (201, image.digest)

    listed = registry.get(f"referrers/{image.digest}")
    assert listed.headers["Content-Type"] == OCI_INDEX
    [entry] = listed.json()["manifests"]
    assert entry == {
        "mediaType": image.media_type,
        "digest": digest_of(content),
        "size": len(content),
        "artifactType": SIGNATURE,
        "annotations": {"who": "FrenchBakery"},
    }
    other = registry.get(f"referrers/{image.digest}", params={"artifactType": "other/type"})
    assert other.json()["manifests"] == [] and other.headers["OCI-Filters-Applied"] == "artifactType"

    ecr = cloud.client("ecr")
    call = {"repositoryName": "shop/signed", "subjectId": {"imageDigest": image.digest}}
    [referrer] = ecr.list_image_referrers(**call)["referrers"]
    assert (referrer["digest"], referrer["artifactType"]) == (digest_of(content), SIGNATURE)
    assert ecr.list_image_referrers(**call, filter={"artifactTypes": ["other/type"]})["referrers"] == []
    found = ecr.describe_images(repositoryName="shop/signed", imageIds=[{"imageDigest": digest_of(content)}])
    [detail] = found["imageDetails"]
    assert (detail["subjectManifestDigest"], detail["artifactMediaType"]) == (image.digest, SIGNATURE)


@pytest.mark.parametrize(
    "changes",
    [{"subject": []}, {"subject": {"digest": "x"}}, {"annotations": {"a": 1}}, {"annotations": "a"}],
)
def test_what_is_no_artifact_is_refused(registry: RegistryClient, changes: dict[str, Any]) -> None:
    image = SmallImage.of("other")
    content = json.dumps(artifact(registry, image, **changes)).encode()
    assert error(registry.put_manifest(content, "wrong", image.media_type))[:2] == (400, "MANIFEST_INVALID")


def test_referrers_of_a_bad_digest(registry: RegistryClient) -> None:
    assert error(registry.get("referrers/latest"))[:2] == (400, "DIGEST_INVALID")

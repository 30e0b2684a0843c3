"""Lifecycle policies, the archive and scanning in a running cloud."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import tarfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from labs.cloud import client as client_of_cloud
from labs.cloud.cli import app
from tests.cloud.registry_client import RegistryClient, SmallImage, digest_of, error, index_of
from tests.cloud.running import RunningCloud, run_cloud, wait_for


def refused(code: str) -> Any:
    return pytest.raises(ClientError, match=code)


def policy(count: int = 1, tag_status: str = "any", **selection: Any) -> str:
    selected = {"tagStatus": tag_status, "countType": "imageCountMoreThan", "countNumber": count} | selection
    rule = {"rulePriority": 1, "description": "few", "selection": selected, "action": {"type": "expire"}}
    return json.dumps({"rules": [rule]})


ARCHIVE_ALL_BUT_ONE = policy().replace(
    '"type": "expire"', '"type": "transition", "targetStorageClass": "archive"'
)


def push(registry: RegistryClient, *tags: str) -> list[SmallImage]:
    images = [SmallImage.of(tag) for tag in tags]
    for image, tag in zip(images, tags, strict=True):
        registry.push(image, tag)
    return images


def tags_left(ecr: Any, name: str) -> set[str]:
    details = ecr.describe_images(repositoryName=name)["imageDetails"]
    return {tag for detail in details for tag in detail.get("imageTags", [])}


def test_a_policy_is_kept_and_taken_away(ecr: Any, repository: str) -> None:
    with refused("LifecyclePolicyNotFoundException"):
        ecr.get_lifecycle_policy(repositoryName=repository)
    ecr.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=policy())
    kept = ecr.get_lifecycle_policy(repositoryName=repository)
    assert json.loads(kept["lifecyclePolicyText"]) == json.loads(policy())
    assert kept["lastEvaluatedAt"].year == 1970
    ecr.delete_lifecycle_policy(repositoryName=repository)
    with refused("LifecyclePolicyNotFoundException"):
        ecr.delete_lifecycle_policy(repositoryName=repository)


def test_a_policy_that_is_none_is_refused(ecr: Any, repository: str) -> None:
    with pytest.raises(ClientError) as caught:
        ecr.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=policy(tag_status="tagged"))
    assert caught.value.response["Error"] == {
        "Code": "InvalidParameterException",
        "Message": "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy "
        "validation failure: Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.'",
    }


def test_images_expire_with_a_reason_and_free_their_bytes(
    cloud: RunningCloud, ecr: Any, repository: str, registry: RegistryClient
) -> None:
    old, *_ = push(registry, "v1", "v2", "v3")
    ecr.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=policy(2))
    assert tags_left(ecr, repository) == {"v1", "v2", "v3"}
    assert cloud.control("POST", "/expire-images") == {"expired": 1, "archived": 0}
    assert tags_left(ecr, repository) == {"v2", "v3"}
    assert not (cloud.home / "registry" / "sha256" / digest_of(old.layers[0])[7:]).exists()
    assert ecr.get_lifecycle_policy(repositoryName=repository)["lastEvaluatedAt"].year > 2000
    told = [e for e in cloud.control("GET", "/timeline")["events"] if e["kind"] == "image-expired"]
    assert "v1" in told[-1]["texts"]["en"] and "rule 1 (few)" in told[-1]["texts"]["en"]
    assert "24 heures" in told[-1]["texts"]["fr"]
    ecr.delete_repository(repositoryName=repository, force=True)


def test_a_preview_shows_and_does_nothing(ecr: Any, repository: str, registry: RegistryClient) -> None:
    with refused("LifecyclePolicyPreviewNotFoundException"):
        ecr.get_lifecycle_policy_preview(repositoryName=repository)
    with refused("LifecyclePolicyNotFoundException"):
        ecr.start_lifecycle_policy_preview(repositoryName=repository)
    one, two, _ = push(registry, "v1", "v2", "v3")
    started = ecr.start_lifecycle_policy_preview(repositoryName=repository, lifecyclePolicyText=policy())
    assert started["status"] == "IN_PROGRESS"
    ecr.get_waiter("lifecycle_policy_preview_complete").wait(
        repositoryName=repository, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )
    shown = ecr.get_lifecycle_policy_preview(repositoryName=repository, maxResults=1)
    assert shown["summary"] == {"expiringImageTotalCount": 2, "transitioningImageTotalCounts": []}
    [first] = shown["previewResults"]
    assert first["imageDigest"] == one.digest
    assert (first["action"], first["appliedRulePriority"]) == ({"type": "EXPIRE"}, 1)
    rest = ecr.get_lifecycle_policy_preview(repositoryName=repository, nextToken=shown["nextToken"])
    assert [result["imageDigest"] for result in rest["previewResults"]] == [two.digest]
    asked = ecr.get_lifecycle_policy_preview(repositoryName=repository, imageIds=[{"imageTag": "v2"}])
    assert [result["imageTags"] for result in asked["previewResults"]] == [["v2"]]
    untagged = ecr.get_lifecycle_policy_preview(repositoryName=repository, filter={"tagStatus": "UNTAGGED"})
    assert untagged["previewResults"] == []
    assert tags_left(ecr, repository) == {"v1", "v2", "v3"}


def test_archived_images_are_listed_not_pulled_and_come_back(
    cloud: RunningCloud, ecr: Any, repository: str, registry: RegistryClient
) -> None:
    old, _ = push(registry, "v1", "v2")
    ecr.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=ARCHIVE_ALL_BUT_ONE)
    assert cloud.control("POST", "/expire-images") == {"expired": 0, "archived": 1}
    ecr.delete_lifecycle_policy(repositoryName=repository)
    [archived] = ecr.describe_images(repositoryName=repository, filter={"imageStatus": "ARCHIVED"})[
        "imageDetails"
    ]
    assert archived["imageDigest"] == old.digest and "lastArchivedAt" in archived
    assert error(registry.get("manifests/v1"))[:2] == (404, "MANIFEST_UNKNOWN")
    failures = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": "v1"}])["failures"]
    assert failures[0]["failureCode"] == "ImageInaccessible"
    with refused("ImageArchivedException"):
        ecr.start_image_scan(repositoryName=repository, imageId={"imageTag": "v1"})
    call = {"repositoryName": repository, "imageId": {"imageTag": "v1"}}
    with refused("ImageStorageClassUpdateNotSupportedException"):
        ecr.update_image_storage_class(**call, targetStorageClass="ARCHIVE")
    assert (
        ecr.update_image_storage_class(**call, targetStorageClass="STANDARD")["imageStatus"] == "ACTIVATING"
    )
    wait_for(lambda: registry.get("manifests/v1").status_code == 200)
    assert ecr.update_image_storage_class(**call, targetStorageClass="ARCHIVE")["imageStatus"] == "ARCHIVED"
    registry.push(old, "v1")  # pushing it again restores it
    assert registry.get("manifests/v1").status_code == 200


def test_the_time_of_a_real_pull_is_recorded(ecr: Any, repository: str, registry: RegistryClient) -> None:
    push(registry, "v1")
    [detail] = ecr.describe_images(repositoryName=repository)["imageDetails"]
    assert "lastRecordedPullTime" not in detail
    registry.head("manifests/v1")
    assert "lastRecordedPullTime" not in ecr.describe_images(repositoryName=repository)["imageDetails"][0]
    registry.get("manifests/v1")
    assert "lastRecordedPullTime" in ecr.describe_images(repositoryName=repository)["imageDetails"][0]


# Scanning


def system_image(*files: tuple[str, str]) -> SmallImage:
    """An image whose one layer has these files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, content in files:
            member = tarfile.TarInfo(path)
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
    return SmallImage(b'{"os": "linux"}', (gzip.compress(packed.getvalue(), mtime=0),))


OLD_DEBIAN = system_image(
    ("usr/lib/os-release", 'ID=debian\nVERSION_ID="11"\n'),
    (
        "var/lib/dpkg/status",
        "Package: libssl1.1\nStatus: install ok installed\nSource: openssl\nVersion: 1.1.1k-1\n\n"
        "Package: zlib1g\nStatus: install ok installed\nSource: zlib\nVersion: 1:1.2.11.dfsg-2+deb11u2\n",
    ),
)


def scanned(ecr: Any, name: str, tag: str) -> dict[str, Any]:
    def done() -> Any:
        answer = ecr.describe_image_scan_findings(repositoryName=name, imageId={"imageTag": tag})
        return answer["imageScanStatus"]["status"] != "IN_PROGRESS" and answer

    return wait_for(done)


def test_a_scan_reads_the_packages_and_names_its_list(
    ecr: Any, repository: str, registry: RegistryClient
) -> None:
    registry.push(OLD_DEBIAN)
    image_id = {"imageTag": "v1"}
    with refused("ScanNotFoundException"):
        ecr.describe_image_scan_findings(repositoryName=repository, imageId=image_id)
    started = ecr.start_image_scan(repositoryName=repository, imageId=image_id)
    assert started["imageScanStatus"]["status"] == "IN_PROGRESS"
    ecr.get_waiter("image_scan_complete").wait(
        repositoryName=repository, imageId=image_id, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300}
    )
    found = scanned(ecr, repository, "v1")["imageScanFindings"]
    assert [finding["name"] for finding in found["findings"]] == ["CVE-2021-3711", "CVE-2022-0778"]
    assert found["findingSeverityCounts"] == {"CRITICAL": 1, "HIGH": 1}
    assert "offline list" in found["findings"][0]["description"]
    assert {"key": "package_name", "value": "libssl1.1"} in found["findings"][0]["attributes"]
    page = ecr.describe_image_scan_findings(repositoryName=repository, imageId=image_id, maxResults=1)
    assert len(page["imageScanFindings"]["findings"]) == 1 and "nextToken" in page
    [detail] = ecr.describe_images(repositoryName=repository)["imageDetails"]
    assert detail["imageScanFindingsSummary"]["findingSeverityCounts"] == {"CRITICAL": 1, "HIGH": 1}
    with refused("LimitExceededException"):
        ecr.start_image_scan(repositoryName=repository, imageId=image_id)


def test_a_push_is_scanned_where_the_repository_says_so(
    ecr: Any, repository: str, registry: RegistryClient
) -> None:
    ecr.put_image_scanning_configuration(
        repositoryName=repository, imageScanningConfiguration={"scanOnPush": True}
    )
    registry.push(
        system_image(
            ("lib/apk/db/installed", "P:zlib\nV:1.2.11-r3\no:zlib\n"),
            ("etc/os-release", "ID=alpine\nVERSION_ID=3.15.0\n"),
        )
    )
    names = [finding["name"] for finding in scanned(ecr, repository, "v1")["imageScanFindings"]["findings"]]
    assert names == ["CVE-2022-37434", "CVE-2018-25032"]


def test_images_without_packages_and_broken_layers(
    ecr: Any, repository: str, registry: RegistryClient
) -> None:
    registry.push(system_image(("app", "a program and nothing else")), "scratch")
    push(registry, "broken")  # a layer that is no tar file
    for tag, why in (("scratch", "UnsupportedImageError"), ("broken", "could not be read")):
        ecr.start_image_scan(repositoryName=repository, imageId={"imageTag": tag})
        status = scanned(ecr, repository, tag)["imageScanStatus"]
        assert status["status"] == "FAILED" and why in status["description"]


def test_an_index_is_not_scanned(ecr: Any, repository: str, registry: RegistryClient) -> None:
    member = SmallImage.of("m")
    registry.push(member, member.digest)
    registry.put_manifest(index_of((member, "amd64")), "v1", "application/vnd.oci.image.index.v1+json")
    with refused("UnsupportedImageTypeException"):
        ecr.start_image_scan(repositoryName=repository, imageId={"imageTag": "v1"})


# Tags that stay, but for some


def test_exclusions_from_immutability(ecr: Any, repository: str, registry: RegistryClient) -> None:
    ecr.put_image_tag_mutability(
        repositoryName=repository,
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "dev*"}],
    )
    first, second = SmallImage.of("first"), SmallImage.of("second")
    for tag in ("v1", "dev-1"):
        assert registry.push(first, tag).status_code == 201
    assert registry.push(second, "dev-1").status_code == 201
    status, code, message = error(registry.push(second, "v1"))
    assert (status, code) == (400, "TAG_INVALID") and "immutable" in message
    assert registry.push(first, "v1").status_code == 201  # the same image is no change
    ecr.put_image_tag_mutability(
        repositoryName=repository,
        imageTagMutability="MUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "dev*"}],
    )
    assert registry.push(second, "v1").status_code == 201
    with refused("ImageTagAlreadyExistsException"):
        ecr.put_image(repositoryName=repository, imageManifest=first.manifest.decode(), imageTag="dev-1")
    for wrong in ("a b", "*a*b*"):
        with refused("InvalidParameterException"):
            ecr.put_image_tag_mutability(
                repositoryName=repository,
                imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
                imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": wrong}],
            )
    with refused("InvalidParameterException"):
        ecr.put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE_WITH_EXCLUSION")
    with refused("InvalidParameterException"):
        ecr.put_image_tag_mutability(
            repositoryName=repository,
            imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters=[
                {"filterType": "WILDCARD", "filter": f"{n}"} for n in range(6)
            ],
        )


# The registry as a whole


def test_what_the_registry_does_not_have_is_refused_by_name(ecr: Any) -> None:
    rules = [{"destinations": [{"region": "eu-west-3", "registryId": "123456789012"}]}]
    calls = (
        lambda: ecr.put_replication_configuration(replicationConfiguration={"rules": rules}),
        lambda: ecr.put_registry_scanning_configuration(scanType="ENHANCED", rules=[]),
        lambda: ecr.create_pull_through_cache_rule(
            ecrRepositoryPrefix="pub", upstreamRegistryUrl="public.ecr.aws"
        ),
        lambda: ecr.put_account_setting(name="BASIC_SCAN_TYPE_VERSION", value="AWS_NATIVE"),
    )
    for call in calls:
        with refused("not emulated"):
            call()
    assert ecr.describe_registry()["replicationConfiguration"] == {"rules": []}
    assert ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"] == []
    assert ecr.describe_repository_creation_templates()["repositoryCreationTemplates"] == []


def test_the_public_registry_is_refused_by_name(cloud: RunningCloud) -> None:
    public = cloud.client("ecr-public")
    for call in (public.get_authorization_token, public.describe_repositories):
        with refused("not emulated"):
            call()


def test_an_image_must_be_named(ecr: Any, repository: str, registry: RegistryClient) -> None:
    push(registry, "v1")
    call = {"repositoryName": repository, "imageId": {}}
    calls = (
        lambda: ecr.start_image_scan(**call),
        lambda: ecr.describe_image_scan_findings(**call),
        lambda: ecr.update_image_storage_class(**call, targetStorageClass="ARCHIVE"),
        lambda: ecr.describe_image_replication_status(**call),
        lambda: ecr.describe_images(repositoryName=repository, imageIds=[{}]),
    )
    for each in calls:
        with refused("both tag and digest cannot be null"):
            each()


def _ended(cloud: RunningCloud) -> bool:
    return not cloud.state.alive


def test_a_killed_cloud_leaves_no_half_blob(tmp_path: Path) -> None:
    for cloud in run_cloud(tmp_path):
        cloud.client("ecr").create_repository(repositoryName="shop/cut")
        with RegistryClient(cloud, "shop/cut") as client:
            place = client.place(client.post("blobs/uploads/"))
            client.patch(place, content=b"half a layer")
        assert list((tmp_path / "registry" / "uploads").iterdir())
        os.kill(cloud.state.pid, signal.SIGKILL)
        wait_for(partial(_ended, cloud), what="the end of the killed cloud")
        client_of_cloud.start(engine="process")
        assert not list((tmp_path / "registry" / "uploads").iterdir())
        assert not list((tmp_path / "registry" / "sha256").iterdir())


def test_policies_are_applied_at_once_from_the_terminal(cloud: RunningCloud) -> None:
    ecr = cloud.client("ecr")
    ecr.create_repository(repositoryName="terminal")
    for number in (1, 2):
        with RegistryClient(cloud, "terminal") as registry:
            image = SmallImage(json.dumps({"number": number}).encode(), (b"layer",))
            assert registry.push(image, f"v{number}").status_code == 201
    keep_one = {
        "rulePriority": 1,
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1},
    }
    policy = {"rules": [keep_one | {"action": {"type": "expire"}}]}
    ecr.put_lifecycle_policy(repositoryName="terminal", lifecyclePolicyText=json.dumps(policy))
    told = CliRunner().invoke(app, ["expire-images", "--json"])
    assert json.loads(told.output)["expired"] >= 1
    assert [
        image["imageTags"] for image in ecr.describe_images(repositoryName="terminal")["imageDetails"]
    ] == [["v2"]]

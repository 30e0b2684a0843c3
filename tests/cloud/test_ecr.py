"""ECR's API: images with their true digests and sizes, tags that move, layers, tokens."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.cloud.registry_client import (
    DOCKER_MANIFEST,
    OCI_INDEX,
    RegistryClient,
    SmallImage,
    digest_of,
    index_of,
    token,
)
from tests.cloud.running import RunningCloud


def details(ecr: Any, name: str, **others: Any) -> list[dict[str, Any]]:
    return ecr.describe_images(repositoryName=name, **others)["imageDetails"]


def blobs(cloud: RunningCloud) -> set[str]:
    return {f"sha256:{path.name}" for path in (cloud.home / "registry" / "sha256").iterdir()}


def refused(code: str) -> Any:
    return pytest.raises(ClientError, match=code)


def test_addresses_are_those_of_the_local_registry(cloud: RunningCloud, ecr: Any, repository: str) -> None:
    [described] = ecr.describe_repositories(repositoryNames=[repository])["repositories"]
    host = cloud.endpoint.removeprefix("http://")
    assert described["repositoryUri"] == f"{host}/{repository}"
    assert described["repositoryArn"] == f"arn:aws:ecr:us-east-1:123456789012:repository/{repository}"
    [data] = ecr.get_authorization_token()["authorizationData"]
    assert data["proxyEndpoint"] == cloud.endpoint
    assert base64.b64decode(data["authorizationToken"]).startswith(b"AWS:")
    left = data["expiresAt"] - datetime.now(UTC)
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12)


@pytest.mark.parametrize("media_type", [DOCKER_MANIFEST, SmallImage.media_type])
def test_a_pushed_image_has_the_digest_and_size_of_its_manifest(
    ecr: Any, repository: str, registry: RegistryClient, media_type: str
) -> None:
    image = SmallImage.of("one", "two", media_type=media_type)
    registry.push(image)
    [detail] = details(ecr, repository)
    assert detail["imageDigest"] == "sha256:" + hashlib.sha256(image.manifest).hexdigest()
    assert detail["imageSizeInBytes"] == sum(map(len, image.blobs))
    assert detail["imageManifestMediaType"] == media_type
    assert detail["imageTags"] == ["v1"]
    assert abs(datetime.now(UTC) - detail["imagePushedAt"]) < timedelta(minutes=1)


def test_a_layer_used_twice_is_stored_once(ecr: Any, repository: str, registry: RegistryClient) -> None:
    image = SmallImage.of("same", "same")
    registry.push(image)
    [detail] = details(ecr, repository)
    assert detail["imageSizeInBytes"] == len(image.config) + len(image.layers[0])


def test_an_index_is_as_large_as_its_largest_image(
    ecr: Any, repository: str, registry: RegistryClient
) -> None:
    small, large = SmallImage.of("s"), SmallImage.of("larger " * 100 + "content")
    for image in (small, large):
        registry.push(image, image.digest)
    registry.put_manifest(index_of((small, "amd64"), (large, "arm64")), "v1", OCI_INDEX)
    [detail] = details(ecr, repository, imageIds=[{"imageTag": "v1"}])
    assert detail["imageSizeInBytes"] == sum(map(len, large.blobs))
    assert detail["imageManifestMediaType"] == OCI_INDEX


def test_a_tag_moves_and_leaves_the_older_image_untagged(
    ecr: Any, repository: str, registry: RegistryClient
) -> None:
    older, newer = SmallImage.of("older"), SmallImage.of("newer")
    registry.push(older)
    registry.push(newer)
    listed = ecr.list_images(repositoryName=repository)["imageIds"]
    assert {"imageDigest": older.digest} in listed
    assert {"imageDigest": newer.digest, "imageTag": "v1"} in listed
    untagged = ecr.list_images(repositoryName=repository, filter={"tagStatus": "UNTAGGED"})["imageIds"]
    assert untagged == [{"imageDigest": older.digest}]
    [detail] = details(ecr, repository, filter={"tagStatus": "UNTAGGED"})
    assert "imageTags" not in detail
    registry.push(older)  # and back
    [tagged] = details(ecr, repository, filter={"tagStatus": "TAGGED"})
    assert tagged["imageDigest"] == older.digest


def test_put_image_gives_another_tag(ecr: Any, repository: str, registry: RegistryClient) -> None:
    """The way to promote an image without moving its layers."""
    image = SmallImage.of("x")
    registry.push(image)
    [found] = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": "v1"}])["images"]
    assert found["imageManifest"].encode() == image.manifest
    assert found["imageId"] == {"imageDigest": image.digest, "imageTag": "v1"}
    put = ecr.put_image(repositoryName=repository, imageManifest=found["imageManifest"], imageTag="stable")
    assert put["image"]["imageId"] == {"imageDigest": image.digest, "imageTag": "stable"}
    [detail] = details(ecr, repository)
    assert sorted(detail["imageTags"]) == ["stable", "v1"]
    assert registry.get("manifests/stable").content == image.manifest


def test_put_image_refuses(ecr: Any, repository: str, registry: RegistryClient) -> None:
    image = SmallImage.of("x")
    registry.push(image)
    manifest = image.manifest.decode()
    put = {"repositoryName": repository, "imageManifest": manifest}
    with refused("ImageAlreadyExistsException"):
        ecr.put_image(**put, imageTag="v1")
    with refused("ImageAlreadyExistsException"):
        ecr.put_image(**put)
    with refused("ImageDigestDoesNotMatchException"):
        ecr.put_image(**put, imageTag="v2", imageDigest="sha256:" + "0" * 64)
    with refused("LayersNotFoundException"):
        ecr.put_image(repositoryName=repository, imageManifest=SmallImage.of("unsent").manifest.decode())
    with refused("ReferencedImagesNotFoundException"):
        ecr.put_image(
            repositoryName=repository, imageManifest=index_of((SmallImage.of("no"), "amd64")).decode()
        )
    with refused("InvalidParameterException"):
        ecr.put_image(repositoryName=repository, imageManifest="{")
    with refused("InvalidParameterException"):
        ecr.put_image(**put, imageTag="-bad")
    with refused("RepositoryNotFoundException"):
        ecr.put_image(repositoryName="absent", imageManifest=manifest)


def test_an_immutable_tag_stays(ecr: Any, repository: str, registry: RegistryClient) -> None:
    first, second = SmallImage.of("first"), SmallImage.of("second")
    registry.push(first)
    registry.push(second, "v2")
    ecr.put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE")
    with refused("ImageTagAlreadyExistsException"):
        ecr.put_image(repositoryName=repository, imageManifest=second.manifest.decode(), imageTag="v1")
    ecr.put_image(repositoryName=repository, imageManifest=second.manifest.decode(), imageTag="v3")
    ecr.put_image_tag_mutability(repositoryName=repository, imageTagMutability="MUTABLE")
    ecr.put_image(repositoryName=repository, imageManifest=second.manifest.decode(), imageTag="v1")


def test_deleting_a_tag_and_deleting_an_image(
    cloud: RunningCloud, ecr: Any, repository: str, registry: RegistryClient
) -> None:
    image = SmallImage.of("only here")
    registry.push(image, "v1")
    registry.put_manifest(image.manifest, "v2", image.media_type)
    gone = ecr.batch_delete_image(repositoryName=repository, imageIds=[{"imageTag": "v1"}])
    assert gone["imageIds"] == [{"imageDigest": image.digest, "imageTag": "v1"}]
    assert details(ecr, repository)[0]["imageTags"] == ["v2"]
    assert digest_of(image.layers[0]) in blobs(cloud)
    gone = ecr.batch_delete_image(repositoryName=repository, imageIds=[{"imageDigest": image.digest}])
    assert gone["imageIds"] == [{"imageDigest": image.digest, "imageTag": "v2"}]
    assert details(ecr, repository) == []
    assert digest_of(image.layers[0]) not in blobs(cloud)


def test_deleting_an_untagged_image_and_what_is_not_there(
    ecr: Any, repository: str, registry: RegistryClient
) -> None:
    image = SmallImage.of("x")
    registry.push(image, image.digest)
    answer = ecr.batch_delete_image(
        repositoryName=repository,
        imageIds=[
            {"imageDigest": image.digest},
            {"imageTag": "absent"},
            {"imageDigest": "nonsense"},
            {},
        ],
    )
    assert answer["imageIds"] == [{"imageDigest": image.digest}]
    assert [failure["failureCode"] for failure in answer["failures"]] == [
        "ImageNotFound",
        "InvalidImageDigest",
        "MissingDigestAndTag",
    ]


def test_a_shared_layer_stays_until_its_last_image_goes(
    cloud: RunningCloud, ecr: Any, repository: str, registry: RegistryClient
) -> None:
    first, second = SmallImage.of("shared base", "a"), SmallImage.of("shared base", "b")
    registry.push(first, "a")
    registry.push(second, "b")
    base = digest_of(first.layers[0])
    ecr.batch_delete_image(repositoryName=repository, imageIds=[{"imageTag": "a"}])
    assert base in blobs(cloud)
    assert registry.get(f"blobs/{base}").content == first.layers[0]
    ecr.batch_delete_image(repositoryName=repository, imageIds=[{"imageTag": "b"}])
    assert base not in blobs(cloud)


def test_layers_of_a_push_under_way_survive_a_deletion(
    ecr: Any, repository: str, registry: RegistryClient
) -> None:
    old, new = SmallImage.of("old", Cmd=["old"]), SmallImage.of("new", Cmd=["new"])
    registry.push(old)
    for blob in new.blobs:
        registry.upload(blob)
    ecr.batch_delete_image(repositoryName=repository, imageIds=[{"imageTag": "v1"}])
    assert registry.put_manifest(new.manifest, "v1", new.media_type).status_code == 201


def test_a_repository_with_images_is_deleted_by_force_only(
    cloud: RunningCloud, ecr: Any, repository: str, registry: RegistryClient
) -> None:
    image = SmallImage.of("goes with its repository")
    registry.push(image)
    upload = registry.post("blobs/uploads/").headers["Docker-Upload-UUID"]
    with refused("RepositoryNotEmptyException"):
        ecr.delete_repository(repositoryName=repository)
    ecr.delete_repository(repositoryName=repository, force=True)
    assert digest_of(image.layers[0]) not in blobs(cloud)
    assert not (cloud.home / "registry" / "uploads" / upload).exists()
    ecr.create_repository(repositoryName=repository)
    assert details(ecr, repository) == []


def test_what_is_not_there(ecr: Any, repository: str) -> None:
    with refused("RepositoryNotFoundException"):
        details(ecr, "absent")
    with pytest.raises(ClientError) as caught:
        details(ecr, repository, imageIds=[{"imageTag": "absent"}])
    assert caught.value.response["Error"] == {
        "Code": "ImageNotFoundException",
        "Message": "The image with imageId {imageDigest:'null', imageTag:'absent'} does not exist within the "
        f"repository with name '{repository}' in the registry with id '123456789012'",
    }
    answer = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": "absent"}])
    assert answer["failures"][0]["failureCode"] == "ImageNotFound"


def test_a_layer_uploaded_through_the_api_is_there_for_the_registry(
    ecr: Any, repository: str, registry: RegistryClient
) -> None:
    image = SmallImage.of("through the API")
    content = image.layers[0]
    upload = ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    half = len(content) // 2
    part = {"repositoryName": repository, "uploadId": upload}
    ecr.upload_layer_part(**part, partFirstByte=0, partLastByte=half - 1, layerPartBlob=content[:half])
    with refused("InvalidLayerPartException"):
        ecr.upload_layer_part(**part, partFirstByte=half + 1, partLastByte=half + 1, layerPartBlob=b"x")
    last = ecr.upload_layer_part(
        **part, partFirstByte=half, partLastByte=len(content) - 1, layerPartBlob=content[half:]
    )
    assert last["lastByteReceived"] == len(content) - 1
    with refused("InvalidLayerException"):
        ecr.complete_layer_upload(**part, layerDigests=["sha256:" + "0" * 64])
    digest = ecr.complete_layer_upload(**part, layerDigests=[digest_of(content)])["layerDigest"]
    with refused("UploadNotFoundException"):
        ecr.complete_layer_upload(**part, layerDigests=[digest])
    assert registry.get(f"blobs/{digest}").content == content
    registry.upload(image.config)
    ecr.put_image(repositoryName=repository, imageManifest=image.manifest.decode(), imageTag="v1")
    assert registry.get("manifests/v1").content == image.manifest


def test_an_empty_or_repeated_layer_upload_is_refused(
    ecr: Any, repository: str, registry: RegistryClient
) -> None:
    digest = registry.upload(b"there already")
    upload = ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    part = {"repositoryName": repository, "uploadId": upload}
    with refused("EmptyUploadException"):
        ecr.complete_layer_upload(**part, layerDigests=[digest])
    ecr.upload_layer_part(**part, partFirstByte=0, partLastByte=12, layerPartBlob=b"there already")
    with refused("LayerAlreadyExistsException"):
        ecr.complete_layer_upload(**part, layerDigests=[digest])


def test_layer_availability(ecr: Any, repository: str, registry: RegistryClient) -> None:
    digest = registry.upload(b"a layer")
    absent = "sha256:" + "0" * 64
    answer = ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=[digest, absent])
    [layer] = answer["layers"]
    assert (layer["layerDigest"], layer["layerAvailability"], layer["layerSize"]) == (digest, "AVAILABLE", 7)
    [failure] = answer["failures"]
    assert (failure["layerDigest"], failure["failureCode"]) == (absent, "MissingLayerDigest")


def test_a_download_url_gives_its_layer_and_no_other(
    ecr: Any, repository: str, registry: RegistryClient
) -> None:
    image, other = SmallImage.of("layer"), SmallImage.of("other")
    registry.push(image)
    registry.push(other, "v2")
    digest, another = digest_of(image.layers[0]), digest_of(other.layers[0])
    url = ecr.get_download_url_for_layer(repositoryName=repository, layerDigest=digest)["downloadUrl"]
    assert httpx.get(url).content == image.layers[0]
    assert httpx.get(url.replace(digest, another)).status_code == 403
    assert httpx.get(url[:-4] + "AAAA").status_code == 403
    assert httpx.get(url.replace(repository, "absent")).status_code == 403
    assert httpx.post(url).status_code in (401, 405)
    with refused("LayersNotFoundException"):
        ecr.get_download_url_for_layer(repositoryName=repository, layerDigest="sha256:" + "0" * 64)
    unused = registry.upload(b"of no image")
    with refused("LayerInaccessibleException"):
        ecr.get_download_url_for_layer(repositoryName=repository, layerDigest=unused)


def test_a_download_url_is_no_password(
    cloud: RunningCloud, ecr: Any, repository: str, registry: RegistryClient
) -> None:
    image = SmallImage.of("layer")
    registry.push(image)
    url = ecr.get_download_url_for_layer(repositoryName=repository, layerDigest=digest_of(image.layers[0]))[
        "downloadUrl"
    ]
    ticket = url.partition("ticket=")[2]
    assert httpx.get(cloud.url("/v2/"), auth=("AWS", ticket)).status_code == 401
    assert httpx.get(url.replace(ticket, token(cloud))).status_code == 403


def test_lists_come_in_pages(ecr: Any, repository: str, registry: RegistryClient) -> None:
    image = SmallImage.of("x")
    registry.push(image, "t0")
    for number in range(1, 5):
        registry.put_manifest(image.manifest, f"t{number}", image.media_type)
    for number in range(3):
        registry.push(SmallImage.of(str(number)), f"own-{number}")
    pages = list(
        ecr.get_paginator("list_images").paginate(repositoryName=repository, PaginationConfig={"PageSize": 3})
    )
    assert [len(page["imageIds"]) for page in pages] == [3, 3, 2]
    assert len({i["imageTag"] for page in pages for i in page["imageIds"]}) == 8
    described = ecr.get_paginator("describe_images").paginate(
        repositoryName=repository, PaginationConfig={"PageSize": 3}
    )
    assert [len(page["imageDetails"]) for page in described] == [3, 1]
    with refused("InvalidParameterException"):
        ecr.list_images(repositoryName=repository, nextToken="!")
    repositories = ecr.get_paginator("describe_repositories").paginate(PaginationConfig={"PageSize": 2})
    assert repository in {r["repositoryName"] for page in repositories for r in page["repositories"]}


def test_a_pull_is_recorded(ecr: Any, repository: str, registry: RegistryClient) -> None:
    registry.push(SmallImage.of("x"))
    assert "lastRecordedPullTime" not in details(ecr, repository)[0]
    registry.get("manifests/v1")
    assert details(ecr, repository)[0]["lastRecordedPullTime"] >= details(ecr, repository)[0]["imagePushedAt"]


def test_regions_are_apart(cloud: RunningCloud, ecr: Any, repository: str, registry: RegistryClient) -> None:
    elsewhere = cloud.client("ecr", "eu-west-3")
    elsewhere.create_repository(repositoryName=repository)
    image = SmallImage.of("in both Regions")
    registry.push(image)
    assert details(elsewhere, repository) == []
    with RegistryClient(cloud, repository, region="eu-west-3") as paris:
        assert paris.head(f"blobs/{digest_of(image.config)}").status_code == 404
        paris.push(image)
    ecr.delete_repository(repositoryName=repository, force=True)
    with RegistryClient(cloud, repository, region="eu-west-3") as paris:
        assert paris.get(f"blobs/{digest_of(image.config)}").content == image.config


def test_manifests_keep_their_bytes(ecr: Any, repository: str, registry: RegistryClient) -> None:
    """Spaces, order and accents count: the digest is of the bytes."""
    image = SmallImage.of("x")
    registry.push(image)
    spaced = json.dumps(
        json.loads(image.manifest) | {"annotations": {"nom": "blé"}}, indent=3, ensure_ascii=False
    )
    registry.put_manifest(spaced.encode(), "v2", image.media_type)
    [detail] = details(ecr, repository, imageIds=[{"imageTag": "v2"}])
    assert detail["imageDigest"] == digest_of(spaced.encode())
    [found] = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": "v2"}])["images"]
    assert found["imageManifest"] == spaced


def test_a_reset_leaves_no_bytes(cloud: RunningCloud, registry: RegistryClient) -> None:
    registry.push(SmallImage.of("x"))
    registry.post("blobs/uploads/")
    assert blobs(cloud)
    cloud.control("POST", "/reset")
    assert not blobs(cloud)
    assert not list((cloud.home / "registry" / "uploads").iterdir())
    assert registry.get("tags/list").status_code == 404

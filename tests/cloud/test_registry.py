"""The registry's API over plain HTTP: what the distribution specification asks, and what ECR says."""

from __future__ import annotations

import base64
import json
import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import httpx
import pytest

from tests.cloud.registry_client import (
    DOCKER_MANIFEST,
    OCI_INDEX,
    RegistryClient,
    SmallImage,
    digest_of,
    error,
    index_of,
)
from tests.cloud.running import RunningCloud

NAMES = (f"shop/case-{number}" for number in count())
ABSENT = "sha256:" + "0" * 64


@pytest.fixture
def registry(cloud: RunningCloud, ecr: Any) -> Iterator[RegistryClient]:
    """A repository of this test's own."""
    name = next(NAMES)
    ecr.create_repository(repositoryName=name)
    with RegistryClient(cloud, name) as client:
        yield client


# Who may come in


def test_a_stranger_is_asked_for_a_password(cloud: RunningCloud) -> None:
    answer = httpx.get(cloud.url("/v2/"))
    assert error(answer)[:2] == (401, "UNAUTHORIZED")
    assert (
        answer.headers["WWW-Authenticate"] == f'Basic realm="{cloud.endpoint}/",service="ecr.amazonaws.com"'
    )
    assert answer.headers["Docker-Distribution-Api-Version"] == "registry/2.0"


@pytest.mark.parametrize(
    "user, password", [("AWS", "guess"), ("AWS", ""), ("root", "right"), ("AWS", "é" * 40)]
)
def test_wrong_passwords_are_refused(
    cloud: RunningCloud, registry: RegistryClient, user: str, password: str
) -> None:
    password = registry.password if password == "right" else password
    credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
    answer = httpx.get(cloud.url("/v2/"), headers={"Authorization": f"Basic {credentials}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Bearer x", "Basic " + base64.b64encode(b"AWS").decode()]
)
def test_malformed_credentials_are_refused(cloud: RunningCloud, header: str) -> None:
    assert httpx.get(cloud.url("/v2/"), headers={"Authorization": header}).status_code == 401


def test_a_changed_token_is_refused(cloud: RunningCloud, registry: RegistryClient) -> None:
    raw = bytearray(base64.urlsafe_b64decode(registry.password))
    raw[-10] ^= 1
    forged = base64.urlsafe_b64encode(raw).decode()
    assert httpx.get(cloud.url("/v2/"), auth=("AWS", forged)).status_code == 401


def test_the_right_password_opens(cloud: RunningCloud, registry: RegistryClient) -> None:
    assert httpx.get(cloud.url("/v2/"), auth=("AWS", registry.password)).json() == {}


def test_a_token_opens_its_own_region_only(cloud: RunningCloud, registry: RegistryClient) -> None:
    with RegistryClient(cloud, registry.repository, region="eu-west-3") as elsewhere:
        status, code, message = error(elsewhere.get("tags/list"))
    assert (status, code) == (404, "NAME_UNKNOWN")
    assert message == (
        f"The repository with name '{registry.repository}' does not exist in the registry with id '123456789012'"
    )


def test_a_web_page_is_refused_even_with_the_password(cloud: RunningCloud, registry: RegistryClient) -> None:
    assert registry.get("tags/list", headers={"Origin": "https://example.com"}).status_code == 403
    assert registry.get("tags/list", headers={"Host": "example.com"}).status_code == 403


def test_a_tls_greeting_is_answered_at_once(cloud: RunningCloud) -> None:
    """Container engines try TLS first and would wait ten seconds for an answer."""
    host, port = cloud.endpoint.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=8) as connection:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100)
        assert connection.recv(20).startswith(b"HTTP/1.0 400")


# Blobs


def test_a_blob_comes_back_as_it_went_in(registry: RegistryClient) -> None:
    content = bytes(range(256)) * 20_000
    digest = registry.upload(content)
    head = registry.head(f"blobs/{digest}")
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(content)))
    assert head.headers["Docker-Content-Digest"] == digest
    assert registry.get(f"blobs/{digest}").content == content


def test_parts_of_a_blob(registry: RegistryClient) -> None:
    digest = registry.upload(b"0123456789")
    part = registry.get(f"blobs/{digest}", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert part.headers["Content-Range"] == "bytes 2-4/10"
    assert registry.get(f"blobs/{digest}", headers={"Range": "bytes=20-30"}).status_code == 416


def test_chunks_then_the_digest(registry: RegistryClient) -> None:
    started = registry.post("blobs/uploads/")
    assert started.status_code == 202
    place = registry.place(started)
    first = registry.patch(place, content=b"abc", headers={"Content-Range": "0-2"})
    assert (first.status_code, first.headers["Range"]) == (202, "0-2")
    assert first.headers["Docker-Upload-UUID"] == started.headers["Docker-Upload-UUID"]
    second = registry.patch(registry.place(first), content=b"def")
    assert second.headers["Range"] == "0-5"
    status = registry.get(place)
    assert (status.status_code, status.headers["Range"]) == (204, "0-5")
    digest = digest_of(b"abcdefghi")
    done = registry.put(place, params={"digest": digest}, content=b"ghi")
    assert (done.status_code, done.headers["Docker-Content-Digest"]) == (201, digest)
    assert registry.get(registry.place(done)).content == b"abcdefghi"
    assert error(registry.get(place))[:2] == (404, "BLOB_UPLOAD_UNKNOWN")


def test_a_chunked_transfer_of_unknown_length(registry: RegistryClient) -> None:
    place = registry.place(registry.post("blobs/uploads/"))
    assert registry.patch(place, content=iter([b"x" * 100_000, b"y"])).headers["Range"] == "0-100000"


def test_a_chunk_out_of_order_changes_nothing(registry: RegistryClient) -> None:
    place = registry.place(registry.post("blobs/uploads/"))
    registry.patch(place, content=b"abc")
    for content_range in ("1-3", "7-9", "nonsense", "-1-2"):
        refused = registry.patch(place, content=b"def", headers={"Content-Range": content_range})
        assert refused.status_code == 416
    assert registry.get(place).headers["Range"] == "0-2"


def test_a_wrong_digest_is_refused_and_nothing_is_kept(cloud: RunningCloud, registry: RegistryClient) -> None:
    place = registry.place(registry.post("blobs/uploads/"))
    refused = registry.put(place, params={"digest": ABSENT}, content=b"something else")
    assert error(refused)[:2] == (400, "DIGEST_INVALID")
    assert registry.head(f"blobs/{ABSENT}").status_code == 404
    assert not list((cloud.home / "registry" / "uploads").glob(place.rpartition("/")[2]))


def test_a_cancelled_upload_is_gone(cloud: RunningCloud, registry: RegistryClient) -> None:
    place = registry.place(registry.post("blobs/uploads/"))
    registry.patch(place, content=b"abc")
    assert registry.delete(place).status_code == 204
    assert error(registry.patch(place, content=b"def"))[:2] == (404, "BLOB_UPLOAD_UNKNOWN")
    assert not (cloud.home / "registry" / "uploads" / place.rpartition("/")[2]).exists()


def test_a_blob_is_mounted_from_another_repository(
    cloud: RunningCloud, ecr: Any, registry: RegistryClient
) -> None:
    digest = registry.upload(b"shared")
    name = next(NAMES)
    ecr.create_repository(repositoryName=name)
    with RegistryClient(cloud, name) as other:
        assert other.head(f"blobs/{digest}").status_code == 404  # not shared without asking
        mounted = other.post("blobs/uploads/", params={"mount": digest, "from": registry.repository})
        assert (mounted.status_code, mounted.headers["Docker-Content-Digest"]) == (201, digest)
        assert other.get(f"blobs/{digest}").content == b"shared"
        refused = other.post("blobs/uploads/", params={"mount": ABSENT, "from": registry.repository})
        assert refused.status_code == 202  # an ordinary upload instead


def test_another_repository_s_upload_is_unknown(
    cloud: RunningCloud, ecr: Any, registry: RegistryClient
) -> None:
    upload = registry.post("blobs/uploads/").headers["Docker-Upload-UUID"]
    name = next(NAMES)
    ecr.create_repository(repositoryName=name)
    with RegistryClient(cloud, name) as other:
        assert other.patch(f"blobs/uploads/{upload}", content=b"x").status_code == 404


def test_blobs_lie_in_a_private_folder(cloud: RunningCloud, registry: RegistryClient) -> None:
    digest = registry.upload(b"private")
    blob = cloud.home / "registry" / "sha256" / digest.removeprefix("sha256:")
    assert stat.S_IMODE((cloud.home / "registry").stat().st_mode) == 0o700
    assert stat.S_IMODE(blob.stat().st_mode) == 0o600


# Manifests


@pytest.mark.parametrize("media_type", [DOCKER_MANIFEST, SmallImage.media_type])
def test_an_image_comes_back_by_tag_and_by_digest(registry: RegistryClient, media_type: str) -> None:
    image = SmallImage.of("one", "two", media_type=media_type)
    pushed = registry.push(image)
    assert (pushed.status_code, pushed.headers["Docker-Content-Digest"]) == (201, image.digest)
    for reference in ("v1", image.digest):
        pulled = registry.get(f"manifests/{reference}")
        assert pulled.content == image.manifest
        assert pulled.headers["Content-Type"] == media_type
        assert pulled.headers["Docker-Content-Digest"] == image.digest
        head = registry.head(f"manifests/{reference}")
        assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(image.manifest)))


def test_pushing_again_is_no_error(registry: RegistryClient) -> None:
    image = SmallImage.of("one")
    assert [registry.push(image).status_code for _ in range(2)] == [201, 201]


def test_missing_layers_are_named(registry: RegistryClient) -> None:
    image = SmallImage.of("never sent")
    registry.upload(image.config)
    status, code, message = error(registry.put_manifest(image.manifest, "v1", image.media_type))
    assert (status, code) == (400, "MANIFEST_BLOB_UNKNOWN")
    assert message == (
        f"Layers with digests '[{digest_of(image.layers[0])}]' required for pushing image into repository with name "
        f"'{registry.repository}' in the registry with id '123456789012' do not exist"
    )


def test_an_index_needs_its_images(registry: RegistryClient) -> None:
    here, absent = SmallImage.of("amd64"), SmallImage.of("arm64")
    registry.push(here, here.digest)
    index = index_of((here, "amd64"), (absent, "arm64"))
    status, code, message = error(registry.put_manifest(index, "v1", OCI_INDEX))
    assert (status, code) == (400, "MANIFEST_BLOB_UNKNOWN")
    assert absent.digest in message and here.digest not in message
    registry.push(absent, absent.digest)
    assert registry.put_manifest(index, "v1", OCI_INDEX).status_code == 201
    assert registry.get("manifests/v1").content == index


def _manifest(**changes: Any) -> bytes:
    return json.dumps(json.loads(SmallImage.of("x").manifest) | changes).encode()


@pytest.mark.parametrize(
    "content, media_type",
    [
        (b"{", SmallImage.media_type),
        (b"[]", SmallImage.media_type),
        (b"\xff\xfe", SmallImage.media_type),
        (b"[" * 100_000, SmallImage.media_type),
        (_manifest(schemaVersion=1), SmallImage.media_type),
        (_manifest(), "application/json"),
        (_manifest(), "application/vnd.docker.distribution.manifest.v1+prettyjws"),
        (_manifest(), DOCKER_MANIFEST),  # calls itself an OCI manifest
        (_manifest(config=None), SmallImage.media_type),
        (_manifest(layers={}), SmallImage.media_type),
        (_manifest(layers=[{"digest": "../../etc/passwd", "size": 1}]), SmallImage.media_type),
        (_manifest(layers=[{"digest": ABSENT, "size": -1}]), SmallImage.media_type),
        (_manifest(layers=[{"digest": ABSENT, "size": True}]), SmallImage.media_type),
    ],
)
def test_what_is_no_manifest_is_refused(registry: RegistryClient, content: bytes, media_type: str) -> None:
    answer = registry.put_manifest(content, "v1", media_type)
    assert error(answer)[:2] == (400, "MANIFEST_INVALID")


def test_a_manifest_too_large_is_refused(registry: RegistryClient) -> None:
    answer = registry.put_manifest(b" " * (4 * 1024 * 1024 + 1), "v1", SmallImage.media_type)
    assert error(answer)[:2] == (413, "SIZE_INVALID")


def test_a_manifest_under_another_digest_is_refused(registry: RegistryClient) -> None:
    image = SmallImage.of("x")
    registry.push(image)
    answer = registry.put_manifest(image.manifest, ABSENT, image.media_type)
    assert error(answer)[:2] == (400, "DIGEST_INVALID")


def test_a_layer_of_another_size_is_refused(registry: RegistryClient) -> None:
    image = SmallImage.of("x")
    registry.push(image)
    wrong = json.loads(image.manifest)
    wrong["layers"][0]["size"] += 1
    answer = registry.put_manifest(json.dumps(wrong).encode(), "v2", image.media_type)
    assert error(answer)[:2] == (400, "MANIFEST_INVALID")


def test_deleting_by_tag_and_by_digest(registry: RegistryClient) -> None:
    image = SmallImage.of("x")
    registry.push(image, "v1")
    registry.put_manifest(image.manifest, "v2", image.media_type)
    assert registry.delete("manifests/v1").status_code == 202
    assert registry.get("tags/list").json()["tags"] == ["v2"]
    assert registry.delete(f"manifests/{image.digest}").status_code == 202
    assert error(registry.get("manifests/v2"))[:2] == (404, "MANIFEST_UNKNOWN")
    assert error(registry.delete("manifests/v2"))[:2] == (404, "MANIFEST_UNKNOWN")
    assert registry.head(f"blobs/{digest_of(image.config)}").status_code == 404


def test_an_image_of_an_index_cannot_be_deleted_under_it(registry: RegistryClient) -> None:
    image = SmallImage.of("x")
    registry.push(image, image.digest)
    registry.put_manifest(index_of((image, "amd64")), "v1", OCI_INDEX)
    status, code, message = error(registry.delete(f"manifests/{image.digest}"))
    assert (status, code) == (403, "DENIED")
    assert message.startswith("Requested image referenced by manifest list: [sha256:")


def test_an_immutable_tag_is_refused_with_ecr_s_words(cloud: RunningCloud, ecr: Any) -> None:
    name = next(NAMES)
    ecr.create_repository(repositoryName=name, imageTagMutability="IMMUTABLE")
    with RegistryClient(cloud, name) as registry:
        first, second = SmallImage.of("first"), SmallImage.of("second")
        assert registry.push(first).status_code == 201
        assert registry.push(first).status_code == 201  # the same image under the same tag
        assert error(registry.push(second)) == (
            400,
            "TAG_INVALID",
            f"The image tag 'v1' already exists in the '{name}' repository and cannot be overwritten because the "
            "repository is immutable.",
        )
        assert registry.get("manifests/v1").content == first.manifest
        assert registry.push(second, "v2").status_code == 201


# Tags


def test_tags_come_in_pages(registry: RegistryClient) -> None:
    image = SmallImage.of("x")
    registry.push(image, "a")
    for tag in ("d", "b", "c", "e"):
        registry.put_manifest(image.manifest, tag, image.media_type)
    seen, url = [], "tags/list?n=2"
    for _ in range(3):
        answer = registry.get(url)
        seen.append(answer.json()["tags"])
        link = answer.headers.get("Link", "")
        url = registry.endpoint + link.partition(">")[0].removeprefix("<")
    assert seen == [["a", "b"], ["c", "d"], ["e"]]
    assert not link
    assert registry.get("tags/list?n=nonsense").json()["tags"] == ["a", "b", "c", "d", "e"]
    assert registry.get("tags/list?n=0").json()["tags"] == []
    assert registry.get("tags/list?n=-1").status_code == 405


# What is not there, and what is hostile


def test_an_unknown_repository(cloud: RunningCloud) -> None:
    with RegistryClient(cloud, "shop/absent") as absent:
        for answer in (
            absent.get("tags/list"),
            absent.post("blobs/uploads/"),
            absent.get("manifests/v1"),
            absent.get(f"blobs/{ABSENT}"),
            absent.put_manifest(SmallImage.of("x").manifest, "v1", SmallImage.media_type),
        ):
            assert error(answer)[:2] == (404, "NAME_UNKNOWN")


@pytest.mark.parametrize(
    "path, status",
    [
        ("/v2/../../etc/passwd/blobs/" + ABSENT, 400),
        ("/v2/UPPER/tags/list", 400),
        ("/v2/a//b/tags/list", 400),
        ("/v2/" + "a" * 300 + "/tags/list", 400),
        ("/v2/a/%2e%2e/tags/list", 400),
        ("/v2/a/blobs/sha256:..%2f..%2fx", 404),
        ("/v2/a/blobs/md5:0", 400),
        ("/v2/a/blobs/" + ABSENT.upper(), 400),
        ("/v2/a/manifests/-bad", 400),
        ("/v2/a/manifests/" + "t" * 129, 400),
        ("/v2/a/manifests/sha256:short", 400),
        ("/v2/_catalog", 404),
        ("/v2/a/nothing", 404),
    ],
)
def test_hostile_addresses_are_refused(
    cloud: RunningCloud, registry: RegistryClient, path: str, status: int
) -> None:
    """Sent raw: HTTP clients would tidy the path."""
    host, port = cloud.endpoint.removeprefix("http://").split(":")
    credentials = base64.b64encode(f"AWS:{registry.password}".encode()).decode()
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(
            f"GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\nAuthorization: Basic {credentials}\r\n\r\n".encode()
        )
        answer = connection.makefile("rb").read()
    assert int(answer.split()[1]) == status
    assert b'"errors"' in answer


def test_methods_that_ecr_does_not_offer(registry: RegistryClient) -> None:
    assert error(registry.delete(f"blobs/{ABSENT}"))[:2] == (405, "UNSUPPORTED")
    assert error(registry.post("tags/list"))[:2] == (405, "UNSUPPORTED")


def test_many_pushes_at_once_end_in_one_image(
    cloud: RunningCloud, ecr: Any, registry: RegistryClient
) -> None:
    """Eight clients send the same layers and different images under the same tag."""
    shared = "x" * 200_000
    candidates = [SmallImage.of(shared, f"own {number}", Cmd=[str(number)]) for number in range(8)]

    def push(image: SmallImage) -> int:
        with RegistryClient(cloud, registry.repository) as client:
            return client.push(image).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(push, candidates)) == {201}
    details = ecr.describe_images(repositoryName=registry.repository)["imageDetails"]
    assert {detail["imageDigest"] for detail in details} == {image.digest for image in candidates}
    [tagged] = [detail for detail in details if detail.get("imageTags") == ["v1"]]
    assert digest_of(registry.get("manifests/v1").content) == tagged["imageDigest"]
    for image in candidates:
        for blob in image.blobs:
            assert registry.get(f"blobs/{digest_of(blob)}").content == blob

"""From an image reference in a task definition to the image, or to ECS's words for why not."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from moto.ecr import models

from labs.cloud.api.signing import Keyring
from labs.cloud.aws.ecr.backend import EcrBackend
from labs.cloud.registry.blobs import BlobStore
from labs.cloud.registry.images import ImageNotFound, Images, Reference
from labs.cloud.registry.manifests import OCI_INDEX
from labs.cloud.registry.tickets import Tickets
from labs.cloud.runtime import ACCOUNT_ID, Runtime
from tests.cloud.registry_client import SmallImage, digest_of, index_of

PORT = 5678
AWS = f"{ACCOUNT_ID}.dkr.ecr.{{}}.amazonaws.com"


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """A cloud without a server: ECR in two Regions."""
    runtime = Runtime(home=tmp_path, port=PORT, credentials=Keyring())
    for name, value in {
        "runtime": runtime,
        "blobs": BlobStore(tmp_path / "registry"),
        "tickets": Tickets(runtime.clock),
    }.items():
        monkeypatch.setattr(EcrBackend, name, value, raising=False)
    backends = {ACCOUNT_ID: {region: EcrBackend(region, ACCOUNT_ID) for region in ("us-east-1", "eu-west-3")}}
    monkeypatch.setattr("labs.cloud.registry.images.ecr_backends", backends)
    monkeypatch.setattr(models, "ecr_backends", backends)
    return runtime


@pytest.fixture
def images(runtime: Runtime) -> Images:
    return Images(runtime)


def push(
    image: SmallImage, tag: str | None = "v1", name: str = "shop/orders", region: str = "us-east-1"
) -> None:
    backend = models.ecr_backends[ACCOUNT_ID][region]
    if name not in backend.repositories:
        backend.create_repository(name, None, None, None, None, [])
    repository = backend.repositories[name]
    for blob in image.blobs:
        upload = backend.start_upload(repository)
        upload.append(io.BytesIO(blob))
        backend.keep_layer(repository, upload)
    backend.put_image(name, image.manifest.decode(), tag)


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", AWS.format("us-east-1")])
def test_an_image_is_found_under_each_of_its_names(images: Images, host: str) -> None:
    image = SmallImage.of("one", "two", Cmd=["python"])
    push(image)
    for reference in (
        f"{host}/shop/orders:v1",
        f"{host}/shop/orders@{image.digest}",
        f"{host}/shop/orders:v1@{image.digest}",
    ):
        found = images.resolve(reference)
        assert (found.digest, found.repository, found.region) == (image.digest, "shop/orders", "us-east-1")
        assert found.config == json.loads(image.config)
        assert found.config_digest == digest_of(image.config)
        assert [path.read_bytes() for path in found.layers] == list(image.layers)


def test_no_tag_means_latest(images: Images) -> None:
    image = SmallImage.of("x")
    push(image, "latest")
    assert images.resolve(f"127.0.0.1:{PORT}/shop/orders").digest == image.digest


def test_a_loopback_name_is_looked_up_in_every_region(images: Images) -> None:
    paris, virginia = SmallImage.of("paris"), SmallImage.of("virginia")
    push(paris, region="eu-west-3")
    reference = f"127.0.0.1:{PORT}/shop/orders:v1"
    assert images.resolve(reference).region == "eu-west-3"
    push(virginia)
    assert images.resolve(reference).digest == virginia.digest  # the default Region comes first
    assert images.resolve(AWS.format("eu-west-3") + "/shop/orders:v1").digest == paris.digest


def test_an_index_gives_this_machine_s_image(images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    amd64, arm64 = SmallImage.of("a", Cmd=["a"]), SmallImage.of("b", Cmd=["b"])
    push(amd64, None)
    push(arm64, None)
    backend = models.ecr_backends[ACCOUNT_ID]["us-east-1"]
    index = index_of((amd64, "amd64"), (arm64, "arm64"))
    backend.put_image("shop/orders", index.decode(), "v1", OCI_INDEX)
    reference = f"127.0.0.1:{PORT}/shop/orders:v1"
    for machine, image in (("x86_64", amd64), ("aarch64", arm64), ("arm64", arm64)):
        monkeypatch.setattr("platform.machine", lambda machine=machine: machine)
        assert images.resolve(reference).digest == image.digest
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(ImageNotFound, match="does not contain descriptor matching platform 'linux/riscv64'"):
        images.resolve(reference)


@pytest.mark.parametrize("name", ["absent:v1", "shop/orders:absent", "shop/orders@sha256:" + "0" * 64])
def test_a_missing_repository_or_tag_has_ecs_s_words(images: Images, name: str) -> None:
    push(SmallImage.of("x"))
    reference = f"{AWS.format('us-east-1')}/{name}"
    with pytest.raises(ImageNotFound) as caught:
        images.resolve(reference)
    assert str(caught.value) == (
        f"pull image manifest has been retried 1 time(s): failed to resolve ref {reference}: {reference}: not found"
    )


@pytest.mark.parametrize(
    "reference, full, url",
    [
        ("nginx", "docker.io/library/nginx:latest", "docker.io/v2/library/nginx/manifests/latest"),
        ("example/app:1", "docker.io/example/app:1", "docker.io/v2/example/app/manifests/1"),
        ("ghcr.io/example/app:1", "ghcr.io/example/app:1", "ghcr.io/v2/example/app/manifests/1"),
        ("127.0.0.1:1/app:1", "127.0.0.1:1/app:1", "127.0.0.1:1/v2/app/manifests/1"),
    ],
)
def test_other_registries_cannot_be_reached(images: Images, reference: str, full: str, url: str) -> None:
    with pytest.raises(ImageNotFound) as caught:
        images.resolve(reference)
    assert str(caught.value) == (
        f"pull image manifest has been retried 5 time(s): failed to resolve ref {full}: failed to do request: "
        f'Head "https://{url}": dial tcp: i/o timeout (the local cloud pulls from its own registry only)'
    )


def test_another_account_s_registry_is_closed(images: Images) -> None:
    with pytest.raises(ImageNotFound, match="pull access denied"):
        images.resolve("111122223333.dkr.ecr.us-east-1.amazonaws.com/app:1")


def test_a_region_that_is_none(images: Images) -> None:
    with pytest.raises(ImageNotFound, match="i/o timeout"):
        images.resolve(f"{AWS.format('mars-1')}/app:1")


@pytest.mark.parametrize(
    "reference", ["", "UPPER", "a:b:c", "a b", "app@sha256:short", "app:", "/app", "app/", "../x", "a@b@c"]
)
def test_what_is_no_reference(reference: str) -> None:
    with pytest.raises(ImageNotFound, match="invalid reference format"):
        Reference.parse(reference)


def test_the_engine_is_given_a_password_that_opens_the_image_s_region(
    runtime: Runtime, images: Images
) -> None:
    image = SmallImage.of("x")
    push(image, region="eu-west-3")
    address, credentials = images.registry(images.resolve(f"127.0.0.1:{PORT}/shop/orders:v1"))
    assert address == f"127.0.0.1:{PORT}/shop/orders@{image.digest}"
    claims: Any = EcrBackend.tickets.read(credentials["password"])
    assert (credentials["username"], claims["region"], claims["use"]) == ("AWS", "eu-west-3", "registry")


@pytest.mark.parametrize(
    "config", [b"[]", b"{", b"\xff", b"[" * 100_000, b'{"config": []}', b" " * (4 * 1024 * 1024 + 1)]
)
def test_a_configuration_that_is_none(images: Images, config: bytes) -> None:
    push(SmallImage(config, ()))
    with pytest.raises(ImageNotFound, match="image configuration"):
        images.resolve(f"127.0.0.1:{PORT}/shop/orders:v1")

"""The registry under the clients that people use: the Docker Engine and skopeo."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.base_image import python_image
from tests.cloud.registry_client import OCI_INDEX, RegistryClient, SmallImage, index_of, token
from tests.cloud.running import RunningCloud

NAMES = (f"shop/clients-{number}" for number in count())


@pytest.fixture
def address(cloud: RunningCloud) -> str:
    """The address of a repository of this test's own."""
    created = cloud.client("ecr").create_repository(repositoryName=next(NAMES))
    return created["repository"]["repositoryUri"]


@pytest.fixture
def credentials(cloud: RunningCloud) -> dict[str, str]:
    return {"username": "AWS", "password": token(cloud)}


# The Docker Engine, through the docker SDK


@pytest.fixture
def small_image(engine: Any, tmp_path: Path) -> Iterator[Any]:
    """An image of one small layer, built by the engine."""
    (tmp_path / "Dockerfile").write_text('FROM scratch\nCOPY menu.txt /\nCMD ["/menu"]\n')
    (tmp_path / "menu.txt").write_text("croissant\n" * 1000)
    image, _ = engine.images.build(path=str(tmp_path), tag="course-test:menu", rm=True)
    yield image
    engine.images.remove(image.id, force=True)


def push(engine: Any, address: str, tag: str, credentials: dict[str, str]) -> list[dict[str, Any]]:
    return list(engine.api.push(address, tag, auth_config=credentials, stream=True, decode=True))


@pytest.mark.engine
def test_the_engine_pushes_and_pulls_by_digest(
    cloud: RunningCloud, engine: Any, small_image: Any, address: str, credentials: dict[str, str]
) -> None:
    small_image.tag(address, "v1")
    events = push(engine, address, "v1", credentials)
    [digest] = [event["aux"]["Digest"] for event in events if "aux" in event]
    name = address.partition("/")[2]
    [detail] = cloud.client("ecr").describe_images(repositoryName=name)["imageDetails"]
    assert (detail["imageDigest"], detail["imageTags"]) == (digest, ["v1"])
    again = push(engine, address, "v1", credentials)
    assert "Layer already exists" in [event.get("status") for event in again]

    engine.images.remove(f"{address}:v1")
    pulled = engine.images.pull(f"{address}@{digest}", auth_config=credentials)
    assert pulled.id == small_image.id


@pytest.mark.engine
def test_the_engine_hears_why_it_is_refused(
    cloud: RunningCloud, engine: Any, small_image: Any, address: str, credentials: dict[str, str]
) -> None:
    host = address.partition("/")[0]

    def refusal(where: str, auth: dict[str, str]) -> str:
        small_image.tag(where, "v1")
        return next(event["error"] for event in push(engine, where, "v1", auth) if "error" in event)

    assert refusal(f"{host}/absent", credentials) == (
        "name unknown: The repository with name 'absent' does not exist in the registry with id '123456789012'"
    )
    assert refusal(address, credentials | {"password": "guess"}).startswith("unauthorized:")


@pytest.mark.engine
def test_a_layer_is_mounted_between_repositories(
    cloud: RunningCloud, engine: Any, small_image: Any, address: str, credentials: dict[str, str]
) -> None:
    small_image.tag(address, "v1")
    push(engine, address, "v1", credentials)
    other = cloud.client("ecr").create_repository(repositoryName=next(NAMES))["repository"]["repositoryUri"]
    small_image.tag(other, "v1")
    statuses = [event.get("status", "") for event in push(engine, other, "v1", credentials)]
    assert f"Mounted from {address.partition('/')[2]}" in statuses


@pytest.mark.engine
def test_a_large_image_goes_through(
    cloud: RunningCloud, engine: Any, address: str, credentials: dict[str, str]
) -> None:
    """Tens of megabytes: chunked transfers, spooled and streamed."""
    engine.images.get(python_image(engine)).tag(address, "v1")
    events = push(engine, address, "v1", credentials)
    engine.images.remove(f"{address}:v1", noprune=True)
    assert not [event for event in events if "error" in event]
    name = address.partition("/")[2]
    [detail] = cloud.client("ecr").describe_images(repositoryName=name)["imageDetails"]
    assert detail["imageSizeInBytes"] > 20_000_000


@pytest.mark.engine
def test_the_course_s_commands_log_in_push_and_pull(
    cloud: RunningCloud, engine: Any, small_image: Any, address: str, tmp_path: Path
) -> None:
    """`aws ecr get-login-password | docker login`, `docker push`, `docker pull` by digest, as learners type them."""
    docker = shutil.which("docker")
    if docker is None:
        pytest.skip("an engine, but no docker command")
    host = address.partition("/")[0]
    settings = os.environ | {
        "DOCKER_CONFIG": str(tmp_path / "docker"),
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": cloud.state.access_key_id,
        "AWS_SECRET_ACCESS_KEY": cloud.state.secret_access_key,
        "AWS_DEFAULT_REGION": "us-east-1",
    }

    def run(*command: str, given: str | None = None) -> str:
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, env=settings)
        assert done.returncode == 0, done.stderr
        return done.stdout

    aws = str(Path(sys.executable).with_name("aws"))
    password = run(aws, "ecr", "get-login-password")
    assert "Login Succeeded" in run(
        docker, "login", "--username", "AWS", "--password-stdin", host, given=password
    )
    small_image.tag(address, "v1")
    assert "digest: sha256:" in run(docker, "push", f"{address}:v1")
    [detail] = cloud.client("ecr").describe_images(repositoryName=address.partition("/")[2])["imageDetails"]
    assert detail["imageDigest"] in run(docker, "pull", f"{address}@{detail['imageDigest']}")


# skopeo


@pytest.fixture
def skopeo(cloud: RunningCloud, tmp_path: Path) -> Any:
    """Runs skopeo with the registry's password in its own credentials file."""
    if shutil.which("skopeo") is None:
        if os.environ.get("REQUIRE_ENGINE") == "1":
            pytest.fail("no skopeo, and REQUIRE_ENGINE=1")
        pytest.skip("no skopeo")
    import base64

    auth = base64.b64encode(f"AWS:{token(cloud)}".encode()).decode()
    host = cloud.endpoint.removeprefix("http://")
    (tmp_path / "auth.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))

    def run(command: str, *arguments: str) -> str:
        done = subprocess.run(
            ["skopeo", "--insecure-policy", command, f"--authfile={tmp_path / 'auth.json'}", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_skopeo_copies_out_and_in_without_changing_a_byte(
    cloud: RunningCloud, skopeo: Any, address: str, tmp_path: Path
) -> None:
    image = SmallImage.of("one", "two")
    with RegistryClient(cloud, address.partition("/")[2]) as registry:
        registry.push(image)
        skopeo("copy", "--src-tls-verify=false", f"docker://{address}:v1", f"dir:{tmp_path}/copy")
        assert (tmp_path / "copy" / "manifest.json").read_bytes() == image.manifest
        skopeo("copy", "--dest-tls-verify=false", f"dir:{tmp_path}/copy", f"docker://{address}:again")
        assert registry.get("manifests/again").headers["Docker-Content-Digest"] == image.digest
    listed = json.loads(skopeo("list-tags", "--tls-verify=false", f"docker://{address}"))
    assert listed["Tags"] == ["again", "v1"]
    skopeo("delete", "--tls-verify=false", f"docker://{address}:again")


def test_skopeo_copies_an_index_with_all_its_images(
    cloud: RunningCloud, skopeo: Any, address: str, tmp_path: Path
) -> None:
    amd64, arm64 = SmallImage.of("amd64", Cmd=["a"]), SmallImage.of("arm64", Cmd=["b"])
    index = index_of((amd64, "amd64"), (arm64, "arm64"))
    with RegistryClient(cloud, address.partition("/")[2]) as registry:
        for image in (amd64, arm64):
            registry.push(image, image.digest)
        registry.put_manifest(index, "v1", OCI_INDEX)
        copied = ["copy", "--all", "--src-tls-verify=false", "--dest-tls-verify=false"]
        skopeo(*copied, f"docker://{address}:v1", f"docker://{address}:copy")
        assert registry.get("manifests/copy").content == index

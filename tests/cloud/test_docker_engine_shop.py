"""The FrenchBakery on a real engine: its Dockerfiles built, pushed, run as tasks, stopped, killed, swept."""

from __future__ import annotations

import os
import shutil
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labs import images
from labs.cloud import client as cloud_client
from labs.images import BuiltImage, ImageError
from tests.base_image import OFFLINE, ROOT, python_image, wheels
from tests.cloud.running import RunningCloud, run_cloud, wait_for
from tests.cloud.stack import Stack

pytestmark = pytest.mark.engine

SERVICES = ("products", "orders")


@pytest.fixture(scope="module")
def cloud(engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    yield from run_cloud(tmp_path_factory.mktemp("cloud"), engine="docker")


@pytest.fixture(scope="module")
def source(engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with a wheelhouse beside its sources."""
    python_image(engine)
    copy = tmp_path_factory.mktemp("source") / "frenchbakery"
    shutil.copytree(ROOT / "frenchbakery", copy, ignore=shutil.ignore_patterns("__pycache__"))
    wheels(engine, copy / "wheels")
    return copy


class Session:
    """As much of a boto3 session as a push needs."""

    def __init__(self, cloud: RunningCloud):
        self._cloud = cloud

    def client(self, service: str, region_name: str = "us-east-1") -> Any:
        return self._cloud.client(service, region_name)


def silently(subject: str, line: str) -> None:
    pass


@pytest.fixture(scope="module")
def built(source: Path) -> dict[str, BuiltImage]:
    return {
        service: images.build(service, source, tag="1.0", build_args=OFFLINE, report=silently)
        for service in SERVICES
    }


@pytest.fixture(scope="module")
def pushed(cloud: RunningCloud, built: dict[str, BuiltImage]) -> dict[str, str]:
    """service → image reference."""
    session, references = Session(cloud), {}
    for service, image in built.items():
        name = f"frenchbakery/{service}"
        made = session.client("ecr").create_repository(repositoryName=name)["repository"]
        answer = images.push(image, made["repositoryUri"], session, report=silently)
        references[service] = f"{made['repositoryUri']}:{answer.tag}"
    return references


def ask(cloud: RunningCloud, engine: Any, task: dict[str, Any], path: str) -> bytes:
    """What the task's program answers on its published port."""
    [container] = engine.containers.list(
        filters={"label": f"course.task={task['taskArn'].rpartition('/')[2]}"}
    )
    [binding] = container.attrs["NetworkSettings"]["Ports"]["8080/tcp"]
    assert binding["HostIp"] == "127.0.0.1"

    def answer() -> bytes | None:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{binding['HostPort']}{path}", timeout=2).read()
        except OSError:
            return None

    return wait_for(answer, what=f"an answer to {path}")


def containers(engine: Any, cloud: RunningCloud) -> list[Any]:
    return engine.containers.list(all=True, filters={"label": f"course.home={cloud.home.resolve()}"})


# Building and pushing


def test_the_dockerfiles_build_unmodified(engine: Any, built: dict[str, BuiltImage]) -> None:
    for service, image in built.items():
        config = engine.images.get(image.digest).attrs["Config"]
        assert config["Cmd"] == ["python", "-m", f"frenchbakery.{service}"]
        assert config["User"] == "10001:10001"
        assert not image.engine_free


def test_a_push_says_what_ecr_has(
    cloud: RunningCloud, engine: Any, built: dict[str, BuiltImage], pushed: dict[str, str]
) -> None:
    lines: list[str] = []
    uri = pushed["orders"].rpartition(":")[0]
    again = images.push(built["orders"], uri, Session(cloud), report=lambda subject, line: lines.append(line))
    [detail] = cloud.client("ecr").describe_images(repositoryName="frenchbakery/orders")["imageDetails"]
    assert (again.digest, again.size) == (detail["imageDigest"], detail["imageSizeInBytes"])
    assert len(again.layers) == len(built["orders"].layers)
    assert len([line for line in lines if line.endswith("layer already exists")]) == len(again.layers)
    names = engine.images.get(built["orders"].digest).attrs["RepoTags"]
    assert "frenchbakery/orders:1.0" in names and f"{uri}:1.0" not in names


def test_a_refused_push_gives_the_registry_s_words(cloud: RunningCloud, built: dict[str, BuiltImage]) -> None:
    absent = cloud.endpoint.removeprefix("http://") + "/frenchbakery/absent"
    with pytest.raises(ImageError, match="The repository with name 'frenchbakery/absent' does not exist"):
        images.push(built["orders"], absent, Session(cloud), report=silently)


def test_a_build_that_fails_shows_the_end_of_its_output(source: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(source, tmp_path / "copy", ignore=shutil.ignore_patterns("wheels"))
    dockerfile = copy / "orders" / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text().replace("RUN python", "RUN echo before && no-such-program"))
    with pytest.raises(ImageError, match=r"(?s)could not build frenchbakery/orders:latest.*no-such-program"):
        images.build("orders", copy, report=silently)


# Running


def test_a_task_of_the_shop_runs_and_stops(
    cloud: RunningCloud, engine: Any, stack: Stack, pushed: dict[str, str]
) -> None:
    container = stack.container("products", image=pushed["products"], portMappings=[{"containerPort": 8080}])
    arn = stack.run(stack.define(container, family="products"))
    task = stack.until(arn, "RUNNING")
    assert b"croissant" in ask(cloud, engine, task, "/api/products")
    [described] = task["containers"]
    [detail] = cloud.client("ecr").describe_images(repositoryName="frenchbakery/products")["imageDetails"]
    assert described["imageDigest"] == detail["imageDigest"]
    stack.ecs.stop_task(cluster=stack.cluster, task=arn, reason="test")
    stopped = stack.until(arn, "STOPPED")
    assert stopped["stopCode"] == "UserInitiated"
    assert stopped["containers"][0]["exitCode"] == 0  # SIGTERM drains
    assert not containers(engine, cloud)
    assert any("/api/products" in line for line in stack.log_lines())


def run_python(stack: Stack, image: str, program: str, **properties: Any) -> dict[str, Any]:
    """A task that runs a program to its end; its description."""
    container = stack.container("web", image=image, entryPoint=["python", "-c"], command=[program])
    arn = stack.run(stack.define(container, **properties))
    return stack.until(arn, "STOPPED")


def test_memory_is_a_limit(stack: Stack, pushed: dict[str, str]) -> None:
    task = run_python(stack, pushed["orders"], "x = b'x' * 2**31", family="hungry")
    [container] = task["containers"]
    assert container["exitCode"] == 137
    assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    assert task["stopCode"] == "EssentialContainerExited"


def test_a_task_calls_the_cloud_under_its_role(stack: Stack, pushed: dict[str, str]) -> None:
    """Through the forwarder: signed calls with the task role's credentials, nothing else."""
    program = (
        "import boto3, os, urllib.request, urllib.error\n"
        "print('I am', boto3.client('sts').get_caller_identity()['Arn'])\n"
        "for path in ('/', '/_course/', '/v2/'):\n"
        "    try: urllib.request.urlopen(os.environ['AWS_ENDPOINT_URL'] + path, timeout=5)\n"
        "    except urllib.error.HTTPError as error: print(path, error.code)\n"
    )
    role = stack.make_role("task")
    task = run_python(stack, pushed["orders"], program, family="caller", taskRoleArn=role)
    assert task["containers"][0]["exitCode"] == 0, stack.log_lines()
    lines = wait_for(lambda: (found := stack.log_lines()) and "/v2/ 403" in found and found)
    assert any(line.startswith("I am arn:aws:sts::123456789012:assumed-role/") for line in lines)
    assert {"/ 403", "/_course/ 403", "/v2/ 403"} <= set(lines)


def test_an_image_that_is_not_there(stack: Stack, cloud: RunningCloud) -> None:
    reference = cloud.endpoint.removeprefix("http://") + "/frenchbakery/orders:absent"
    arn = stack.run(stack.define(stack.container(image=reference), family="absent"))
    stopped = stack.until(arn, "STOPPED")
    assert stopped["stopCode"] == "TaskFailedToStart"
    assert stopped["stoppedReason"].startswith(
        "CannotPullContainerError: pull image manifest has been retried"
    )


def test_an_image_made_without_an_engine_is_refused(stack: Stack) -> None:
    image = stack.image({"app/main.py": "print('never')"}, Labels={"course.engine-free": "true"})
    arn = stack.run(stack.define(stack.container(image=image), family="enginefree"))
    stopped = stack.until(arn, "STOPPED")
    assert stopped["stoppedReason"].startswith(
        "CannotStartContainerError: this image was built without a container engine"
    )


def test_what_a_killed_cloud_leaves_is_removed_by_the_next(
    engine: Any, tmp_path: Path, built: dict[str, BuiltImage]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CLOUD_HOME", str(tmp_path))
        for cloud in run_cloud(tmp_path, engine="docker"):
            stack = Stack(cloud)
            made = cloud.client("ecr").create_repository(repositoryName="left")["repository"]
            images.push(built["orders"], made["repositoryUri"], Session(cloud), report=silently)
            stack.serve(
                count=2, definition=stack.define(stack.container(image=made["repositoryUri"] + ":1.0"))
            )
            wait_for(lambda stack=stack: len(stack.running()) == 2)
            assert len(containers(engine, cloud)) == 2
            os.kill(cloud.state.pid, signal.SIGKILL)
            wait_for(lambda cloud=cloud: not cloud.state.alive)
            assert len(containers(engine, cloud)) == 2
            cloud_client.start(engine="docker")
            assert not containers(engine, cloud)

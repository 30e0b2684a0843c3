"""The images on a real engine: they build, run as nobody on a read-only disk, and stop when told."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.base_image import python_image
from tests.frenchbakery.bakery import KEY, ORDER, PATIENT, ROOT, eventually

pytestmark = pytest.mark.engine

SERVICES = ("frontend", "products", "orders", "reviews")
RUN = uuid.uuid4().hex[:8]
LABEL = {"frenchbakery-test": RUN}
OFFLINE = {"PIP_OPTIONS": "--no-index --find-links=/build"}


@pytest.fixture(scope="module")
def context(engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build context with wheels for the base image's Python in it, so that the build needs no network."""
    folder = tmp_path_factory.mktemp("context") / "frenchbakery"
    shutil.copytree(ROOT / "frenchbakery", folder, ignore=shutil.ignore_patterns("__pycache__", "wheels"))
    command = ["python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    version = (
        engine.containers.run(python_image(engine), command, remove=True, network_mode="none")
        .decode()
        .strip()
    )
    download = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--only-binary",
        ":all:",
        "--python-version",
        version,
    ]
    done = subprocess.run(
        [*download, "-d", str(folder / "wheels"), "-r", str(folder / "requirements.txt")],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        missing(f"no wheels for Python {version}: {done.stderr}")
    return folder


@pytest.fixture(scope="module")
def images(engine: Any, context: Path) -> Iterator[dict[str, str]]:
    """The four images by service, built by the SDK from the Dockerfiles as they are."""
    tags = {}
    for service in SERVICES:
        tags[service] = f"frenchbakery-test/{service}:{RUN}"
        engine.images.build(
            path=str(context),
            dockerfile=f"{service}/Dockerfile",
            tag=tags[service],
            buildargs=OFFLINE,
            network_mode="none",
            rm=True,
        )
    yield tags
    for tag in tags.values():
        engine.images.remove(tag, force=True)


@pytest.fixture
def run(engine: Any, images: dict[str, str]) -> Iterator[Any]:
    """Starts a container the way a careful task definition would; gives it and its address."""

    def start(service: str, **environment: str) -> tuple[Any, str]:
        container = engine.containers.run(
            images[service],
            detach=True,
            labels=LABEL,
            environment=environment,
            ports={"8080/tcp": ("127.0.0.1", None)},
            read_only=True,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true"],
            mem_limit="256m",
        )
        container.reload()
        port = container.ports["8080/tcp"][0]["HostPort"]
        url = f"http://127.0.0.1:{port}"
        eventually(lambda: httpx.get(f"{url}/healthz").status_code == 200)
        return container, url

    yield start
    for container in engine.containers.list(all=True, filters={"label": f"frenchbakery-test={RUN}"}):
        container.remove(force=True)


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_is_small_in_what_it_allows(engine: Any, images: dict[str, str], service: str) -> None:
    config = engine.images.get(images[service]).attrs["Config"]
    assert config["User"] == "10001:10001"
    assert config["Cmd"] == ["python", "-m", f"frenchbakery.{service}"]
    assert list(config["ExposedPorts"]) == ["8080/tcp"]
    listing = engine.containers.run(
        images[service], ["find", "/app", "-type", "f"], remove=True, network_mode="none"
    ).decode()
    assert f"/app/frenchbakery/{service}/app.py" in listing
    others = [other for other in SERVICES if other != service]
    assert not re.search(rf"/frenchbakery/({'|'.join(others)})/|Dockerfile|README|compose|\.whl", listing)


@pytest.mark.parametrize("service", SERVICES)
def test_it_runs_as_nobody_on_a_read_only_disk_and_stops_with_zero(run: Any, service: str) -> None:
    container, url = run(service, BACKEND_URL="http://127.0.0.1:9")
    assert container.exec_run(["id", "-u"]).output.strip() == b"10001"
    assert container.exec_run(["touch", "/app/x"]).exit_code != 0
    assert httpx.get(f"{url}/topology").json()["task"] == container.short_id
    container.stop(timeout=20)  # then the engine kills, and the exit code is another
    container.reload()
    assert container.attrs["State"]["ExitCode"] == 0
    for line in container.logs().decode().splitlines():
        assert json.loads(line)["service"] == service


def test_a_leak_is_killed_by_the_memory_limit(run: Any) -> None:
    container, url = run("products", FAULTS="on")
    with pytest.raises(httpx.TransportError):
        for _ in range(4):
            httpx.post(f"{url}/fault/memory?mib=256", timeout=20).raise_for_status()
    assert container.wait(timeout=20)["StatusCode"] == 137


def compose_command() -> list[str]:
    """Version 2 of compose, a plug-in of docker, else version 1."""
    for command in (["docker", "compose"], ["docker-compose"]):
        with contextlib.suppress(FileNotFoundError):
            if subprocess.run([*command, "version"], capture_output=True).returncode == 0:
                return command
    missing("no docker compose")
    return []


def missing(what: str) -> None:
    """Skip, or fail where the real thing was promised."""
    if os.environ.get("REQUIRE_ENGINE") == "1":
        pytest.fail(what)
    pytest.skip(what)


def test_compose_serves_a_page_and_takes_an_order(images: dict[str, str], context: Path) -> None:
    # The images under this test's own names: a learner's frenchbakery/* images stay as they are.
    patient = {"CALL_TIMEOUT": PATIENT}
    own = {"services": {service: {"image": tag, "environment": patient} for service, tag in images.items()}}
    (context / "own.yaml").write_text(json.dumps(own))
    project = f"bakerytest{RUN}"
    environment = {**os.environ, "SHOP_PORT": "0"}

    def compose(*arguments: str) -> str:
        files = ["-f", "compose.yaml", "-f", "own.yaml"]
        command = [*compose_command(), *files, "--project-name", project, *arguments]
        done = subprocess.run(
            command, cwd=context, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    try:
        compose("up", "--detach", "--no-build")
        url = f"http://{compose('port', 'frontend', '8080').strip()}"
        assert url.startswith("http://127.0.0.1:")
        page = eventually(lambda: (answer := httpx.get(url)).status_code == 200 and answer, seconds=40)
        assert "Butter croissant" in page.text
        with httpx.Client(base_url=url, follow_redirects=True) as browser:
            browser.post("/basket/add", data={"product_id": "croissant"})
            fields = {"key": KEY, "contents": "croissant:2", "pickup": ORDER["pickup"]}
            taken = browser.post("/order", data=fields)
        assert taken.status_code == 200 and "€2.80" in taken.text
    finally:
        compose("down", "--volumes", "--timeout", "10")

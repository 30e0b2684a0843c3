"""What every test shares: a home folder of its own, no AWS settings, and the real engine and browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import settings

# The same examples on every machine; a loaded one takes its time.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def _away_from_the_real_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads the user's course folder, language or AWS settings, nor writes there."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("AWS_", "COURSE_")):
                patch.delenv(name)
        patch.setenv("COURSE_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("COURSE_LANG", "en")
        nowhere = tmp_path_factory.mktemp("aws") / "absent"
        patch.setenv("AWS_CONFIG_FILE", str(nowhere))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nowhere))
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(scope="module", autouse=True)
def _no_session_of_another_module() -> None:
    """boto3 keeps one default session in a process; what one module's tests leave there is no other's affair."""
    boto3.DEFAULT_SESSION = None


@pytest.fixture
def course_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course home of this test's own."""
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "course"))
    return tmp_path / "course"


def _missing(what: str, required_by: str) -> None:
    """Skip, or fail where the real thing was promised: a real-thing test must not vanish in silence."""
    if os.environ.get(required_by) == "1":
        pytest.fail(f"{what}, and {required_by}=1")
    pytest.skip(what)


@pytest.fixture(scope="session")
def engine() -> Iterator[Any]:
    """A docker SDK client on a real Docker Engine."""
    import docker

    try:
        client = docker.from_env(timeout=60)
        client.ping()
    except docker.errors.DockerException as error:
        socket = os.environ.get("DOCKER_HOST", "the default socket")
        _missing(f"no Docker Engine answers on {socket}: {error}", "REQUIRE_ENGINE")
    yield client
    client.close()


@pytest.fixture(scope="module")  # while it lives, no other test of this process can run an asyncio loop
def chromium() -> Iterator[Any]:
    """A headless Chromium, driven by playwright."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        _missing(f"no Chromium at {CHROMIUM}", "REQUIRE_BROWSER")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()

"""Running private clouds for the tests.

`cloud` has the process engine and is empty when a module begins: one process serves all modules of a worker and is
reset between them, for a start costs more than most modules. What stops, kills or breaks a cloud starts one of its own
with `run_cloud`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

import boto3
import pytest

from labs.cloud import client
from labs.cloud.pace import USUAL
from labs.cloud.state import State, read_state

Value = TypeVar("Value")


def wait_for(condition: Callable[[], Value], seconds: float = 20.0, what: str = "the condition") -> Value:
    """The first true value of `condition`, asked again and again until the deadline."""
    deadline = monotonic() + seconds
    while not (value := condition()):
        assert monotonic() < deadline, f"{what} did not come true within {seconds} s"
        sleep(0.02)
    return value


class RunningCloud:
    """A cloud in a folder of its own."""

    def __init__(self, home: Path, state: State):
        self.home = home
        self.state = state
        self.endpoint = state.endpoint

    @cache  # noqa: B019  a cloud lives as long as its tests; making a client costs more than a call
    def session(self, region: str = "us-east-1") -> boto3.Session:
        return boto3.Session(
            aws_access_key_id=self.state.access_key_id,
            aws_secret_access_key=self.state.secret_access_key,
            region_name=region,
        )

    @cache  # noqa: B019
    def client(self, service: str, region: str = "us-east-1", **options: Any) -> Any:
        """A boto3 client of this cloud."""
        return self.session(region).client(service, endpoint_url=self.endpoint, **options)

    def url(self, path: str) -> str:
        """The URL of `path` (with its leading slash) on this cloud."""
        return self.endpoint + path

    def control(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return client.control(method, path, body)


def run_cloud(home: Path, engine: str = "process") -> Iterator[RunningCloud]:
    """Start a cloud in `home`, yield it, stop it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CLOUD_HOME", str(home))
        state = client.start(engine=engine)
        try:
            yield RunningCloud(home, state)
        finally:
            _stop(home)


def _stop(home: Path) -> None:
    try:
        client.stop()
    finally:
        if os.environ.get("SHOW_CLOUD_LOG"):
            print((home / "cloud.log").read_text())


@pytest.fixture(scope="session", autouse=True)
def _no_machine_images_in_this_process() -> Iterator[None]:
    """moto makes a thousand AMIs with every EC2 backend; benches, which make many, need none. A running cloud has them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        yield


@pytest.fixture(scope="session")
def lasting_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    """The cloud behind `cloud`, for as long as the worker lives."""
    started = contextmanager(run_cloud)(tmp_path_factory.mktemp("cloud"))
    with started as running, pytest.MonkeyPatch.context() as patch:
        patch.delenv("COURSE_CLOUD_HOME")  # who does not ask for `cloud` does not find it
        yield running


@pytest.fixture(scope="module")
def cloud(lasting_cloud: RunningCloud) -> Iterator[RunningCloud]:
    """A running cloud with the process engine, empty at first, shared by the tests of one module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CLOUD_HOME", str(lasting_cloud.home))
        yield lasting_cloud
        assert read_state(lasting_cloud.home) == lasting_cloud.state, (
            "a test has ended the cloud of all modules"
        )
        client.reset()
        client.set_pace(USUAL)

"""Clouds that tests start, ask and stop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

import boto3
import psutil
import pytest

from labs.cloud import client
from labs.cloud.pace import USUAL
from labs.cloud.state import State, read_state

Value = TypeVar("Value")

DEADLINE = 60.0  # seconds, for a busy machine: what comes true sooner is not waited for


def wait_for(condition: Callable[[], Value], seconds: float = DEADLINE, what: str = "the condition") -> Value:
    """The first true value of `condition`, asked again and again until the deadline."""
    deadline = monotonic() + seconds
    while not (value := condition()):
        assert monotonic() < deadline, f"{what} did not come true within {seconds} s"
        sleep(0.02)
    return value


def runs(pid: int) -> bool:
    """Whether a process runs. One that has ended may stay listed until whoever adopted it has asked for its end."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


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


@contextmanager
def lasting(home: Path) -> Iterator[RunningCloud]:
    """A cloud for the modules of a worker that ask for it; the others do not find it."""
    with contextmanager(run_cloud)(home) as running, pytest.MonkeyPatch.context() as patch:
        patch.delenv("COURSE_CLOUD_HOME")
        yield running


def emptied(running: RunningCloud) -> None:
    """Make a lasting cloud as the next module expects it."""
    assert read_state(running.home) == running.state, "a test has ended the cloud of all modules"
    client.reset()
    client.set_pace(USUAL)


def _stop(home: Path) -> None:
    try:
        client.stop()
    finally:
        if os.environ.get("SHOW_CLOUD_LOG"):
            print((home / "cloud.log").read_text())

"""What needs no Docker Engine of the Docker engine: finding one, and what a container may ask of the cloud."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
import requests

from labs.cloud.engine.base import ContainerSpec, Mount
from labs.cloud.engine.docker import client
from labs.cloud.engine.docker.answers import whole_lines, words
from labs.cloud.engine.docker.forwarder import passes
from labs.cloud.engine.docker.options import options

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/…"}
BASIC = {"Authorization": "Basic QVdTOng="}


@pytest.mark.parametrize(
    "path, headers, query",
    [
        ("/", SIGNED, {}),
        ("/2015-03-31/functions", SIGNED, {}),
        ("/bucket/key", {}, {"X-Amz-Signature": "0"}),
        ("/_course/tasks/secret/credentials", {}, {}),
        ("/_course/tasks/secret/v4/web/task", {}, {}),
    ],
)
def test_what_a_task_needs_passes(path: str, headers: dict[str, str], query: dict[str, str]) -> None:
    assert passes(path, headers, query)


@pytest.mark.parametrize(
    "path, headers, query",
    [
        ("/", {}, {}),
        ("/", BASIC, {}),
        ("/_course/status", SIGNED, {}),
        ("/_course/reset", SIGNED, {"X-Amz-Signature": "0"}),
        ("/_course", SIGNED, {}),
        ("/_course/tasks", SIGNED, {}),
        ("/v2/", BASIC, {}),
        ("/v2", SIGNED, {}),
        ("/v2/shop/manifests/v1", SIGNED, {}),
    ],
)
def test_everything_else_stays_out(path: str, headers: dict[str, str], query: dict[str, str]) -> None:
    assert not passes(path, headers, query)


def test_without_an_engine_there_is_no_client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/absent.sock")
    assert client() is None
    monkeypatch.setenv("DOCKER_HOST", "nonsense://")
    assert client() is None


@pytest.fixture
def silent_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A socket that takes connections and never answers, like an engine that hangs."""
    path = tmp_path_factory.mktemp("s") / "s"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        yield path


def test_an_engine_that_hangs_does_not_hold_the_cloud_up(
    monkeypatch: pytest.MonkeyPatch, silent_socket: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{silent_socket}")
    started = monotonic()
    assert client() is None
    assert monotonic() - started < 40, "docker's own patience is a minute"


def test_one_volume_may_be_mounted_at_two_places() -> None:
    shelf, window = Mount("bread", "/shelf"), Mount("bread", "/window", read_only=True)
    spec = ContainerSpec(
        "1", "web", "bread:1", None, None, {}, None, None, (), None, None, mounts=(shelf, window)
    )
    asked = options(spec, 2, {}, {shelf: "course-1", window: "course-1"}, None)
    mounted = [(mount["Source"], mount["Target"], mount["ReadOnly"]) for mount in asked["mounts"]]
    assert mounted == [("course-1", "/shelf", False), ("course-1", "/window", True)]


def test_very_long_lines_are_cut() -> None:
    pieces = iter([(b"a" * 300_000, None), (b"b\nc", b"err")])
    assert [len(line) for line in whole_lines(pieces)] == [262_144, 37_857, 1, 3]


def test_lines_of_two_streams_stay_whole() -> None:
    pieces = iter([(b"one, ", None), (None, b"error\r\n"), (b"two\n", b"\n"), (b"end", None)])
    assert list(whole_lines(pieces)) == [b"error", b"one, two", b"", b"end"]


def test_an_engine_that_is_gone_is_said_in_words() -> None:
    gone = requests.exceptions.ConnectionError("Connection aborted.", FileNotFoundError(2, "No such file"))
    assert words(gone) == "Cannot connect to the Docker Engine. Is it running?"

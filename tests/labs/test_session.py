"""The switch between the worlds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import boto3
import pytest

import labs
from labs import session as sessions

CLOUD = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:5999",
    "AWS_ACCESS_KEY_ID": "AKIALOCALCLOUD",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The local cloud's client, replaced by one that notes its calls."""
    made: list[str] = []

    def start() -> None:
        made.append("start")

    fake = SimpleNamespace(
        status=lambda: None if not made else object(), start=start, environment=lambda: CLOUD
    )
    monkeypatch.setitem(sys.modules, "labs.cloud.client", fake)
    monkeypatch.setattr("labs.cloud.client", fake, raising=False)
    default = boto3.DEFAULT_SESSION
    yield made
    sessions._environment.restore()
    boto3.DEFAULT_SESSION = default


def test_importing_labs_does_not_import_boto3():
    code = "import sys, labs; sys.exit('boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_local_starts_the_cloud_once(calls: list[str]):
    labs.connect()
    labs.connect()
    assert calls == ["start"]


def test_local_clients_go_to_the_cloud_with_its_key(calls: list[str]):
    client = labs.connect("local", region="eu-west-3").client("ecs")
    assert client.meta.endpoint_url == CLOUD["AWS_ENDPOINT_URL"]
    assert client.meta.region_name == "eu-west-3"
    assert client._request_signer._credentials.access_key == CLOUD["AWS_ACCESS_KEY_ID"]


def test_plain_boto3_clients_go_to_the_connected_world(calls: list[str]):
    labs.connect()
    assert boto3.client("ecr").meta.endpoint_url == CLOUD["AWS_ENDPOINT_URL"]


def test_local_hides_the_learners_own_settings(calls: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "mine")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", "https://elsewhere.example.com")
    client = labs.connect().client("ecs")
    assert client.meta.endpoint_url == CLOUD["AWS_ENDPOINT_URL"]
    assert client._request_signer._credentials.token is None
    assert {
        name for name in os.environ if name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_ECS")
    } == set()
    assert os.environ["AWS_CONFIG_FILE"] == os.environ["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert os.environ["AWS_ENDPOINT_URL"] == CLOUD["AWS_ENDPOINT_URL"]


def test_leaving_a_world_gives_the_environment_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_PROFILE", "work")
    before = dict(os.environ)
    environment = sessions.Environment()
    environment.replace({"AWS_REGION": "eu-west-3"})
    environment.replace({"AWS_REGION": "us-east-1", "NO_PROXY": "127.0.0.1"})
    assert (os.environ["AWS_REGION"], "AWS_PROFILE" in os.environ) == ("us-east-1", False)
    environment.restore()
    assert dict(os.environ) == before


def test_loopback_is_not_asked_of_a_proxy(calls: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_PROXY", "example.com")
    labs.connect()
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == "127.0.0.1,example.com"


def test_an_unknown_world_is_refused(calls: list[str]):
    with pytest.raises(sessions.ConnectError, match="neither"):
        labs.connect("mars")
    assert calls == []

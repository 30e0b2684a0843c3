"""The switch between the worlds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

import labs
from labs import session as sessions
from labs.cloud import client
from labs.cloud.state import State

STATE = State(
    pid=1,
    process_started=0,
    port=5999,
    endpoint="http://127.0.0.1:5999",
    region="us-east-1",
    access_key_id="AKIALOCALCLOUD",
    secret_access_key="local",
    engine="process",
    started_at="2026-01-02T03:04:05+00:00",
)


@pytest.fixture
def local(course_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A local cloud that only has a state, and is up once `start` was called."""
    monkeypatch.setattr(client, "start", lambda: STATE)
    monkeypatch.setattr(client, "_running", lambda: STATE)
    default = boto3.DEFAULT_SESSION
    yield
    sessions._environment.restore()
    boto3.DEFAULT_SESSION = default


def test_importing_labs_does_not_import_boto3():
    code = "import sys, labs; sys.exit('boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_local_clients_go_to_the_cloud_with_its_key(local: None):
    client = labs.connect("local", region="eu-west-3").client("ecs")
    assert client.meta.endpoint_url == STATE.endpoint
    assert client.meta.region_name == "eu-west-3"
    assert client._request_signer._credentials.access_key == STATE.access_key_id


def test_plain_boto3_clients_go_to_the_connected_world(local: None):
    labs.connect()
    assert boto3.client("ecr").meta.endpoint_url == STATE.endpoint


def test_local_hides_the_learners_own_settings(local: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "mine")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", "https://elsewhere.example.com")
    client = labs.connect().client("ecs")
    assert client.meta.endpoint_url == STATE.endpoint
    assert client._request_signer._credentials.token is None
    assert {
        name for name in os.environ if name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_ECS")
    } == set()
    assert os.environ["AWS_CONFIG_FILE"] == os.environ["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert os.environ["AWS_ENDPOINT_URL"] == STATE.endpoint


def test_leaving_a_world_gives_the_environment_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_PROFILE", "work")
    before = dict(os.environ)
    environment = sessions.Environment()
    environment.replace({"AWS_REGION": "eu-west-3"})
    environment.replace({"AWS_REGION": "us-east-1", "NO_PROXY": "127.0.0.1"})
    assert (os.environ["AWS_REGION"], "AWS_PROFILE" in os.environ) == ("us-east-1", False)
    environment.restore()
    assert dict(os.environ) == before


def test_loopback_is_not_asked_of_a_proxy(local: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_PROXY", "example.com")
    labs.connect()
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == "127.0.0.1,example.com"


def test_an_unknown_world_is_refused(local: None):
    with pytest.raises(sessions.ConnectError, match="neither"):
        labs.connect("mars")

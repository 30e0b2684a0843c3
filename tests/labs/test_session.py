"""The switch between the worlds."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from aws_lab import REGION, Account
from aws_lab_parts import ACCOUNT
from botocore.config import Config
from botocore.exceptions import NoCredentialsError

import labs
from labs import session as sessions
from labs.cloud import client
from labs.cloud.state import State
from labs.real import prices
from labs.real.guard import Refused

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


def test_a_cloud_that_stopped_is_told_in_one_sentence(local: None):
    """Nothing listens at STATE's port: what a learner meets after `course cloud stop`, or a crash."""
    with pytest.raises(sessions.ConnectError, match=r"labs\.connect\(\)") as told:
        labs.connect().client("ecs", config=Config(retries={"total_max_attempts": 1})).list_clusters()
    assert told.value.__suppress_context__, "botocore's own traceback is not shown beside it"


def test_an_unknown_world_is_refused(local: None):
    with pytest.raises(sessions.ConnectError, match="neither"):
        labs.connect("mars")


# A real account


def real(account: Account, **changes: str | None) -> sessions.CourseSession:
    settings = {"account_id": ACCOUNT, "region": REGION, "endpoint_url": account.endpoint, **changes}
    return labs.connect("real", **settings)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"account_id": None}, "in so many words"),
        ({"region": None}, "in so many words"),
        ({"account_id": "1234"}, "12 digits"),
        ({"account_id": "12345678901a"}, "12 digits"),
        ({"region": "mars-north-1"}, "not a Region"),
        ({"account_id": "111122223333"}, f"111122223333.*{ACCOUNT}"),
        ({"run": "../elsewhere"}, "lower-case"),
        ({"profile": "nobody"}, "did not recognise"),
    ],
)
def test_a_real_account_is_opened_on_purpose_only(
    account: Account, changes: dict[str, str | None], message: str
):
    with pytest.raises(sessions.ConnectError, match=message):
        real(account, **changes)
    assert boto3.DEFAULT_SESSION is None or not isinstance(boto3.DEFAULT_SESSION, sessions.CourseSession)


def test_the_root_user_is_refused(account: Account, monkeypatch: pytest.MonkeyPatch):
    class Sts:
        meta = SimpleNamespace(endpoint_url=account.endpoint)

        def get_caller_identity(self) -> dict[str, str]:
            return {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:root"}

    monkeypatch.setattr(boto3.Session, "client", lambda *_, **__: Sts())
    with pytest.raises(sessions.ConnectError, match="root user"):
        real(account)


def test_the_price_is_shown_before_aws_is_asked(account: Account, monkeypatch: pytest.MonkeyPatch):
    happened: list[str] = []
    monkeypatch.setattr(prices, "show", lambda items: happened.append("price"))

    def client(*_: object, **__: object) -> None:
        happened.append("call")
        raise NoCredentialsError

    monkeypatch.setattr(boto3.Session, "client", client)
    with pytest.raises(sessions.ConnectError):
        real(account)
    assert happened == ["price", "call"]


def test_credentials_are_needed(account: Account, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(sessions.ConnectError, match="Unable to locate credentials"):
        real(account)


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"])
def test_settings_that_lead_elsewhere_are_refused(
    account: Account, monkeypatch: pytest.MonkeyPatch, variable: str
):
    monkeypatch.setenv(variable, "https://aws.example.com")
    with pytest.raises(sessions.ConnectError, match=r"aws\.example\.com"):
        real(account, endpoint_url=None)


def test_a_profile_that_leads_elsewhere_is_refused(
    account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    config = tmp_path / "config"
    config.write_text("[profile work]\nendpoint_url = https://aws.example.com\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    with pytest.raises(sessions.ConnectError, match=r"aws\.example\.com"):
        real(account, endpoint_url=None, profile="work")


def test_a_client_cannot_leave_the_session(account: Account):
    session = real(account)
    for settings in ({"endpoint_url": "https://aws.example.com"}, {"aws_access_key_id": "x"}):
        with pytest.raises(sessions.ConnectError, match="no others"):
            session.client("ecr", **settings)


def test_plain_boto3_is_guarded_as_well(account: Account):
    real(account)
    with pytest.raises(Refused):
        boto3.client("iam", region_name=REGION).create_user(UserName="eve")


def test_going_real_leaves_the_local_clouds_environment(account: Account, local: None):
    labs.connect()
    assert os.environ["AWS_ACCESS_KEY_ID"] == STATE.access_key_id
    assert "AWS_ENDPOINT_URL" in os.environ
    real(account)
    assert os.environ["AWS_ACCESS_KEY_ID"] == "testing"
    assert "AWS_ENDPOINT_URL" not in os.environ


def test_a_refused_account_is_not_left_within_reach(account: Account, local: None):
    labs.connect()
    before = dict(os.environ)
    with pytest.raises(sessions.ConnectError):
        real(account, account_id="111122223333")
    assert dict(os.environ) == before
    assert boto3.client("ecr").meta.endpoint_url == STATE.endpoint
    sessions._environment.restore()
    assert os.environ["AWS_ACCESS_KEY_ID"] == "testing"


def test_a_run_belongs_to_one_place(account: Account):
    real(account, run="mine")
    with pytest.raises(sessions.ConnectError, match="took place elsewhere"):
        real(account, run="mine", region="eu-west-3")
    assert real(account, region="eu-west-3").guard.run.region == "eu-west-3"


def test_a_local_run_is_one_life_of_the_cloud(local: None, monkeypatch: pytest.MonkeyPatch):
    first = labs.connect().guard.run
    assert labs.connect().guard.run == first
    later = dataclasses.replace(STATE, started_at="2026-01-02T04:00:00+00:00")
    monkeypatch.setattr(client, "start", lambda: later)
    assert labs.connect().guard.run != first
    with pytest.raises(sessions.ConnectError, match="has stopped"):
        sessions.reconnect(first)

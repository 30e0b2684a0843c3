"""The same, in the course's own cloud reached as a remote endpoint, where tasks really start and stop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_lab
import boto3
import pytest
from aws_lab import REGION, Account
from aws_lab_parts import ACCOUNT
from typer.testing import CliRunner

import labs
from labs import images, session
from labs.cloud import client
from labs.real import prices
from labs.real.guard import Refused
from labs.real.ledger import RUN_TAG
from labs.real.resources import KINDS
from labs.real.teardown import app


@pytest.fixture
def cloud(course_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """A cloud of this test's own, and its owner's view of it."""
    monkeypatch.setenv("COURSE_CLOUD_HOME", str(tmp_path / "cloud"))
    monkeypatch.setattr(prices, "show", lambda items: None)
    default = boto3.DEFAULT_SESSION
    state = client.start(engine="process")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", state.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", state.secret_access_key)
    yield Account(state.endpoint)
    client.stop()
    session._environment.restore()
    boto3.DEFAULT_SESSION = default


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def run_task(owner: Any, cluster: str, ids: dict[str, str]) -> str:
    network = {"subnets": [ids["ec2:subnet"]], "securityGroups": [ids["ec2:security-group"]]}
    (task,) = owner.client("ecs").run_task(
        cluster=cluster,
        taskDefinition=ids["ecs:task-definition"],
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"]
    return f"{cluster}/{task['taskArn'].rpartition('/')[2]}"


def test_a_real_run_is_taken_away_and_its_neighbours_stay(cloud: Account):
    aws_lab.make(cloud, "frenchbakery-prod")
    mine = labs.connect("real", account_id=ACCOUNT, region=REGION, run="mine", endpoint_url=cloud.endpoint)
    before = aws_lab.everything(cloud)
    ids = aws_lab.make(mine)
    task = run_task(mine, "frenchbakery", ids)
    tags = KINDS["ecs:task"].tags(mine.aws, task)
    assert tags is None or tags[RUN_TAG] == "mine"  # its image is not there: it may have stopped by now
    for kind, id_ in ids.items():
        assert (KINDS[kind].tags(mine.aws, id_) or {}).get(RUN_TAG) == "mine", kind
    result = run("teardown", "--run", "mine", "--yes")
    assert result.exit_code == 0, result.output
    assert aws_lab.everything(cloud) == before
    assert run("verify-empty", "--run", "mine").exit_code == 0


def a_task_of_a_service(owner: Any, cluster: str) -> str:
    """Running or stopped, whichever there is first."""
    ecs, deadline = owner.client("ecs"), time.monotonic() + 30
    while time.monotonic() < deadline:
        for status in ("RUNNING", "STOPPED"):
            arns = ecs.list_tasks(cluster=cluster, serviceName="orders", desiredStatus=status)["taskArns"]
            if arns:
                return str(arns[0])
    raise AssertionError("the service started no task within 30 s")


def test_a_services_task_is_as_much_the_runs_as_its_service(cloud: Account):
    aws_lab.make(cloud, "frenchbakery-prod")
    mine = labs.connect("real", account_id=ACCOUNT, region=REGION, run="mine", endpoint_url=cloud.endpoint)
    aws_lab.make(mine)
    ecs = mine.client("ecs")
    ecs.stop_task(cluster="frenchbakery", task=a_task_of_a_service(cloud, "frenchbakery"))
    with pytest.raises(Refused, match="frenchbakery-prod"):
        ecs.stop_task(cluster="frenchbakery-prod", task=a_task_of_a_service(cloud, "frenchbakery-prod"))


def test_no_image_is_pushed_into_a_repository_of_others(cloud: Account, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COURSE_ENGINE", "process")
    ecr = cloud.client("ecr")
    uri = ecr.create_repository(repositoryName="frenchbakery/orders")["repository"]["repositoryUri"]
    mine = labs.connect("real", account_id=ACCOUNT, region=REGION, run="mine", endpoint_url=cloud.endpoint)
    with pytest.raises(Refused, match="frenchbakery/orders"):
        images.push(images.build("orders"), uri, mine)
    assert ecr.list_images(repositoryName="frenchbakery/orders")["imageIds"] == []


def test_a_local_run_is_taken_away(cloud: Account):
    before = aws_lab.everything(cloud)
    aws_lab.make(labs.connect())
    result = run("teardown", "--run", "local", "--yes")
    assert result.exit_code == 0, result.output
    assert aws_lab.everything(cloud) == before


def test_a_local_run_ends_with_its_cloud(cloud: Account):
    labs.connect().client("ecr").create_repository(repositoryName="bread")
    assert "local-us-east-1" in run("list").output
    client.stop()
    assert run("teardown").exit_code == 0
    assert run("teardown", "--run", "local").exit_code == 2
    client.start(engine="process")

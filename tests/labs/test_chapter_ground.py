"""What the chapters' grounds share, where its order or its patience matters; the chapters' own tests cover the rest."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.stub import Stubber

from labs.chapters.ground import cluster, images, waiting
from labs.lab import Lab


@pytest.fixture
def ecs() -> Iterator[Stubber]:
    yield from stub("ecs")


@pytest.fixture
def ecr() -> Iterator[Stubber]:
    yield from stub("ecr")


def stub(service: str) -> Iterator[Stubber]:
    """A client that expects just the calls it is told of, in their order."""
    client = boto3.client(
        service, region_name="eu-west-3", aws_access_key_id="none", aws_secret_access_key="none"
    )
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def lab(stubber: Stubber) -> Lab:
    return cast(Lab, SimpleNamespace(session=SimpleNamespace(client=lambda _: stubber.client)))


def services(**status: str) -> dict[str, Any]:
    return {"services": [{"serviceName": name, "status": found} for name, found in status.items()]}


def test_each_service_is_waited_for_by_itself(ecs: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked about several, boto3's waiter is content when the first of them is gone."""
    monkeypatch.setitem(waiting.PATIENCE, "Delay", 0)
    here = {"cluster": "bakery"}
    ecs.add_response("list_services", {"serviceArns": ["bread", "cake"]}, here)
    ecs.add_response("delete_service", {}, {**here, "service": "bread", "force": True})
    ecs.add_client_error(
        "delete_service",
        "ServiceNotActiveException",
        expected_params={**here, "service": "cake", "force": True},
    )
    ecs.add_response("list_tasks", {"taskArns": ["baking"]}, here)
    ecs.add_response("stop_task", {}, {**here, "task": "baking"})
    ecs.add_response("describe_services", services(bread="INACTIVE"), {**here, "services": ["bread"]})
    ecs.add_response("describe_services", services(cake="DRAINING"), {**here, "services": ["cake"]})
    ecs.add_response("describe_services", services(cake="INACTIVE"), {**here, "services": ["cake"]})
    stopped = {"tasks": [{"lastStatus": "STOPPED"}]}
    ecs.add_response("describe_tasks", stopped, {**here, "tasks": ["baking"]})
    ecs.add_response("list_container_instances", {"containerInstanceArns": []}, here)
    ecs.add_response("delete_cluster", {}, here)
    cluster.delete(lab(ecs), "bakery")


def test_nothing_is_deleted_in_a_cluster_that_is_gone(ecs: Stubber) -> None:
    ecs.add_client_error("list_services", "ClusterNotFoundException")
    ecs.add_client_error("list_container_instances", "ClusterNotFoundException")
    cluster.delete(lab(ecs), "bakery")


@pytest.mark.parametrize(("status", "there"), [("ACTIVE", True), ("DRAINING", False), ("INACTIVE", False)])
def test_a_service_that_goes_is_not_there(ecs: Stubber, status: str, there: bool) -> None:
    ecs.add_response("describe_services", services(bread=status))
    assert cluster.has(lab(ecs), "bakery", "bread") is there


def test_a_repository_is_looked_for_before_it_is_deleted(ecr: Stubber) -> None:
    ecr.add_client_error("describe_repositories", "RepositoryNotFoundException")
    ecr.add_response("describe_repositories", {}, {"repositoryNames": ["cakes"]})
    ecr.add_response("delete_repository", {}, {"repositoryName": "cakes", "force": True})
    images.delete(lab(ecr), "breads", "cakes")


def test_waiting_ends_when_it_is_done_or_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: now, sleep=sleep))
    waiting.until(lambda: now >= 2)
    assert now == 2
    waiting.until(lambda: False)
    assert now == 2 + waiting.DEADLINE

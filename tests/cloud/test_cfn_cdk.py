"""Templates that the AWS CDK synthesised: deployed on a running cloud, compared, and deleted to nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.conftest import RunningCloud
from tests.cloud.templates.kept import Kept, everything
from tests.cloud.templates.stacks import push_web, until

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture(scope="module", autouse=True)
def image(cloud: RunningCloud) -> None:
    push_web(cloud)


def template_of(name: str) -> dict[str, Any]:
    return json.loads((TEMPLATES / f"{name}.json").read_text())


@contextmanager
def deployed(cloud: RunningCloud, name: str) -> Iterator[Kept]:
    """The stack of a template. In the end it is deleted, and only what its template retains is left."""
    before = everything(cloud)
    template, client = template_of(name), cloud.client("cloudformation")
    stack = client.create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": "shop", "Value": "frenchbakery"}],
    )["StackId"]
    until(cloud, stack, "CREATE_COMPLETE")
    kept = Kept(cloud, name, template)
    yield kept
    client.delete_stack(StackName=stack)
    until(cloud, stack, "DELETE_COMPLETE")
    retained = {
        kept.physical[logical]
        for logical, resource in template["Resources"].items()
        if resource.get("DeletionPolicy") == "Retain"
    }
    assert {what for _, what in everything(cloud) - before} == retained
    assert everything(cloud) >= before
    for group in retained:
        cloud.client("logs").delete_log_group(logGroupName=group)


def services(cloud: RunningCloud, kept: Kept) -> list[Mapping[str, Any]]:
    """The stack's services, as ECS describes them."""
    arns = [
        kept.physical[logical]
        for logical, resource in kept.template["Resources"].items()
        if resource["Type"] == "AWS::ECS::Service"
    ]
    found = []
    for arn in arns:
        answer = cloud.client("ecs").describe_services(cluster=arn.split("/")[1], services=[arn])
        found += answer["services"]
    return found


def assert_steady(cloud: RunningCloud, kept: Kept) -> None:
    """Every service has the tasks that it wants, and every target of theirs is healthy."""
    for service in services(cloud, kept):
        assert service["runningCount"] == service["desiredCount"] > 0, service["events"]
        for balancer in service["loadBalancers"]:
            health = cloud.client("elbv2").describe_target_health(TargetGroupArn=balancer["targetGroupArn"])
            states = [target["TargetHealth"]["State"] for target in health["TargetHealthDescriptions"]]
            assert states == ["healthy"] * service["desiredCount"]


def test_a_load_balanced_service_with_scaling_and_circuit_breaker(cloud: RunningCloud) -> None:
    with deployed(cloud, "load-balanced-service") as kept:
        assert kept.lost() == []
        assert_steady(cloud, kept)
        (service,) = services(cloud, kept)
        assert service["deploymentConfiguration"]["deploymentCircuitBreaker"] == {
            "enable": True,
            "rollback": True,
        }


def test_several_services_behind_path_rules(cloud: RunningCloud) -> None:
    with deployed(cloud, "path-rules") as kept:
        assert kept.lost() == []
        assert_steady(cloud, kept)
        assert sorted(service["desiredCount"] for service in services(cloud, kept)) == [1, 1, 1, 2]


def test_scheduled_tasks(cloud: RunningCloud) -> None:
    with deployed(cloud, "scheduled-task") as kept:
        assert kept.lost() == []


def test_a_repository_and_capacity_providers(cloud: RunningCloud) -> None:
    with deployed(cloud, "spot-and-repository") as kept:
        assert kept.lost() == []
        assert_steady(cloud, kept)


def test_secrets_and_a_table(cloud: RunningCloud) -> None:
    with deployed(cloud, "secrets-and-table") as kept:
        assert kept.lost() == []
        assert_steady(cloud, kept)


def test_machines_of_an_auto_scaling_group(cloud: RunningCloud) -> None:
    with deployed(cloud, "instances") as kept:
        assert kept.lost() == []
        assert_steady(cloud, kept)


def test_resources_that_a_lambda_function_makes_are_refused_by_name(cloud: RunningCloud) -> None:
    before = everything(cloud)
    with pytest.raises(ClientError) as refused:
        cloud.client("cloudformation").create_stack(
            StackName="custom-resource",
            TemplateBody=json.dumps(template_of("custom-resource")),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
    message = refused.value.response["Error"]["Message"]
    assert "Custom::ECRAutoDeleteImages" in message
    assert "Lambda" in message
    assert everything(cloud) == before

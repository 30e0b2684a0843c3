"""Templates that the AWS CDK synthesised: deployed on a running cloud, compared, and deleted to nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.running import RunningCloud
from tests.cloud.templates.kept import Kept, Unknown, differences, everything
from tests.cloud.templates.stacks import push_web, until

TEMPLATES = Path(__file__).parent / "templates"
DEPLOYED = (
    "instances",
    "load-balanced-service",
    "path-rules",
    "scheduled-task",
    "secrets-and-table",
    "spot-and-repository",
)


def template_of(name: str) -> dict[str, Any]:
    return json.loads((TEMPLATES / f"{name}.json").read_text())


class Stacks:
    """All stacks, deployed side by side."""

    def __init__(self, cloud: RunningCloud):
        self.cloud, self.before = cloud, everything(cloud)
        self.client = cloud.client("cloudformation")
        self.ids = {
            name: self.client.create_stack(
                StackName=name,
                TemplateBody=json.dumps(template_of(name)),
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Tags=[{"Key": "shop", "Value": "frenchbakery"}],
            )["StackId"]
            for name in DEPLOYED
        }
        self._kept: dict[str, Kept] = {}

    def __getitem__(self, name: str) -> Kept:
        """A stack, once it is complete."""
        if name not in self._kept:
            until(self.cloud, self.ids[name], "CREATE_COMPLETE")
            self._kept[name] = Kept(self.cloud, name, template_of(name))
        return self._kept[name]

    def services(self, name: str) -> list[Mapping[str, Any]]:
        """The stack's services, as ECS describes them."""
        kept, ecs, found = self[name], self.cloud.client("ecs"), []
        for logical, resource in kept.template["Resources"].items():
            if resource["Type"] == "AWS::ECS::Service":
                arn = kept.physical[logical]
                found += ecs.describe_services(cluster=arn.split("/")[1], services=[arn])["services"]
        return found

    def assert_steady(self, name: str) -> None:
        """Every service has the tasks that it wants, and every target of theirs is healthy."""
        elbv2 = self.cloud.client("elbv2")
        for service in self.services(name):
            assert service["runningCount"] == service["desiredCount"] > 0, service["events"]
            for balancer in service["loadBalancers"]:
                health = elbv2.describe_target_health(TargetGroupArn=balancer["targetGroupArn"])
                states = [target["TargetHealth"]["State"] for target in health["TargetHealthDescriptions"]]
                assert states == ["healthy"] * service["desiredCount"]


@pytest.fixture(scope="module")
def stacks(cloud: RunningCloud) -> Stacks:
    push_web(cloud)
    return Stacks(cloud)


def test_a_lost_property_would_be_noticed() -> None:
    wanted = {"Cpu": 256, "On": True, "Rules": [{"Port": "80"}, {"Port": "81"}], "Arn": Unknown()}
    found = {"cpu": "256", "on": "true", "rules": [{"port": 80, "id": "r"}, {"port": 81}], "arn": "arn:x"}
    assert list(differences(wanted, found)) == []
    assert list(differences(wanted, {**found, "cpu": "512"})) == ["/Cpu: 256 became '512'"]
    assert len(list(differences(wanted, {**found, "rules": [{"port": 80}]}))) == 1
    assert list(differences(wanted, {**found, "arn": ""})) == ["/Arn: nothing found"]
    del found["on"]
    assert list(differences(wanted, found)) == ["/On: not found"]


@pytest.mark.parametrize("name", DEPLOYED)
def test_every_property_is_kept_and_every_task_healthy(stacks: Stacks, name: str) -> None:
    assert stacks[name].lost() == []
    stacks.assert_steady(name)


def test_what_was_asked_for_runs(stacks: Stacks) -> None:
    """Counted without the comparison above, which would also pass for a template that says nothing."""
    (front,) = stacks.services("load-balanced-service")
    assert front["deploymentConfiguration"]["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert front["runningCount"] == 2
    counts = [service["runningCount"] for service in stacks.services("path-rules")]
    assert sorted(counts) == [1, 1, 1, 2]
    (spot,) = stacks.services("spot-and-repository")
    assert [entry["capacityProvider"] for entry in spot["capacityProviderStrategy"]] == [
        "FARGATE",
        "FARGATE_SPOT",
    ]
    scaling = stacks.cloud.client("application-autoscaling")
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 6)


def test_stack_tags_reach_the_resources(stacks: Stacks) -> None:
    (service,) = stacks.services("load-balanced-service")
    answer = stacks.cloud.client("ecs").list_tags_for_resource(resourceArn=service["serviceArn"])
    tags = {tag["key"]: tag["value"] for tag in answer["tags"]}
    assert tags["shop"] == "frenchbakery"
    assert tags["team"] == "bakery"
    assert tags["aws:cloudformation:stack-name"] == "load-balanced-service"
    assert tags["aws:cloudformation:logical-id"].startswith("FrontService")


def test_all_is_deleted_but_what_the_templates_retain(stacks: Stacks, cloud: RunningCloud) -> None:
    retained = {
        stacks[name].physical[logical]
        for name in DEPLOYED
        for logical, resource in stacks[name].template["Resources"].items()
        if resource.get("DeletionPolicy") == "Retain"
    }
    for stack in stacks.ids.values():
        stacks.client.delete_stack(StackName=stack)
    for stack in stacks.ids.values():
        until(cloud, stack, "DELETE_COMPLETE")
    after = everything(cloud)
    assert after >= stacks.before
    assert {what for _, what in after - stacks.before} == retained
    groups = [group["logGroupName"] for group in cloud.client("logs").describe_log_groups()["logGroups"]]
    assert retained <= set(groups)  # the CDK retains log groups, and nothing else here


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

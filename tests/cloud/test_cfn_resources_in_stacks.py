"""Resource types in a stack: what fails, rolls back, is replaced or changed, on a running cloud."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.policies import trust
from tests.cloud.running import RunningCloud
from tests.cloud.templates.kept import everything
from tests.cloud.templates.stacks import push_web, reasons, until

CAPABILITIES = ["CAPABILITY_NAMED_IAM"]


class Stack:
    """One stack of a test."""

    def __init__(self, cloud: RunningCloud, name: str):
        self.cloud, self.name, self.client = cloud, name, cloud.client("cloudformation")

    def create(self, status: str = "CREATE_COMPLETE", **resources: Any) -> dict[str, Any]:
        self.client.create_stack(StackName=self.name, TemplateBody=body(resources), Capabilities=CAPABILITIES)
        return until(self.cloud, self.name, status)

    def update(self, status: str = "UPDATE_COMPLETE", **resources: Any) -> dict[str, Any]:
        self.client.update_stack(StackName=self.name, TemplateBody=body(resources), Capabilities=CAPABILITIES)
        return until(self.cloud, self.name, status)

    def ids(self) -> dict[str, str]:
        answer = self.client.describe_stack_resources(StackName=self.name)
        return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in answer["StackResources"]}

    def reasons(self) -> list[str]:
        return reasons(self.cloud, self.name)


def body(resources: dict[str, Any]) -> str:
    return json.dumps({"Resources": resources})


def resource(kind: str, depends: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties, **({"DependsOn": depends} if depends else {})}


@pytest.fixture
def stack(cloud: RunningCloud, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """A stack named after the test; in the end it is deleted and nothing is left."""
    before = everything(cloud)
    made = Stack(cloud, request.node.name.replace("_", "-")[:60])
    yield made
    made.client.delete_stack(StackName=made.name)
    found = [
        entry for entry in made.client.list_stacks()["StackSummaries"] if entry["StackName"] == made.name
    ]
    if found:
        until(cloud, found[0]["StackId"], "DELETE_COMPLETE")
    assert everything(cloud) == before


def test_an_unknown_type_is_refused_at_once(stack: Stack) -> None:
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::ECS::Oven\]"):
        stack.create(Oven=resource("AWS::ECS::Oven"))


def test_an_unknown_property_fails_the_stack_and_rolls_back(stack: Stack) -> None:
    stack.create(
        "ROLLBACK_COMPLETE",
        Logs=resource("AWS::Logs::LogGroup", RetentionInDays=7),
        Cluster=resource("AWS::ECS::Cluster", ["Logs"], ClusterNam="bakery"),
    )
    (reason,) = stack.reasons()
    assert reason == (
        "Cluster CREATE_FAILED: Properties validation failed for resource Cluster with message:\n"
        "#: extraneous key [ClusterNam] is not permitted"
    )


def test_what_the_api_refuses_rolls_back(stack: Stack, cloud: RunningCloud) -> None:
    stack.create(
        "ROLLBACK_COMPLETE",
        Table=resource(
            "AWS::DynamoDB::Table",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        ),
        Task=resource(
            "AWS::ECS::TaskDefinition",
            ["Table"],
            Cpu="256",
            Memory="8192",
            NetworkMode="awsvpc",
            RequiresCompatibilities=["FARGATE"],
            ContainerDefinitions=[{"Name": "web", "Image": "web"}],
        ),
    )
    (reason,) = stack.reasons()
    assert "No Fargate configuration exists for given values" in reason
    assert cloud.client("dynamodb").list_tables()["TableNames"] == []


def test_a_change_set_tells_what_is_replaced_and_the_update_replaces_it(
    stack: Stack, cloud: RunningCloud
) -> None:
    def resources(name: str, days: int) -> dict[str, Any]:
        return {
            "Logs": resource("AWS::Logs::LogGroup", LogGroupName=name, RetentionInDays=days),
            "Opening": resource("AWS::SSM::Parameter", Type="String", Value={"Ref": "Logs"}),
        }

    stack.create(**resources("/shop/one", 7))
    before = stack.ids()
    stack.client.create_change_set(
        StackName=stack.name,
        ChangeSetName="rename",
        TemplateBody=body(resources("/shop/two", 7)),
    )
    stack.client.get_waiter("change_set_create_complete").wait(
        StackName=stack.name, ChangeSetName="rename", WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    change_set = stack.client.describe_change_set(StackName=stack.name, ChangeSetName="rename")
    changes = {
        change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"]
        for change in change_set["Changes"]
    }
    assert changes["Logs"]["Replacement"] == "True"
    assert changes["Opening"]["Replacement"] == "False"
    assert stack.ids() == before
    stack.client.execute_change_set(StackName=stack.name, ChangeSetName="rename")
    until(cloud, stack.name, "UPDATE_COMPLETE")
    groups = cloud.client("logs").describe_log_groups(logGroupNamePrefix="/shop/")["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["/shop/two"]
    value = cloud.client("ssm").get_parameter(Name=stack.ids()["Opening"])["Parameter"]["Value"]
    assert value == "/shop/two"
    stack.update(**resources("/shop/two", 14))
    (group,) = cloud.client("logs").describe_log_groups(logGroupNamePrefix="/shop/")["logGroups"]
    assert group["retentionInDays"] == 14


def shop(image: str, cloud: RunningCloud) -> dict[str, Any]:
    """A service of one task in the default VPC, with the circuit breaker and roll-back."""
    subnets = [subnet["SubnetId"] for subnet in cloud.client("ec2").describe_subnets()["Subnets"][:2]]
    execution = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    container = {
        "Name": "web",
        "Image": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{image}",
        "PortMappings": [{"ContainerPort": 8080}],
        "HealthCheck": {"Command": ["CMD-SHELL", "exit 0"], "Interval": 5},
    }
    return {
        "Cluster": resource("AWS::ECS::Cluster"),
        "Role": resource(
            "AWS::IAM::Role",
            AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"),
            ManagedPolicyArns=[execution],
        ),
        "Task": resource(
            "AWS::ECS::TaskDefinition",
            Family="shop",
            Cpu="256",
            Memory="512",
            NetworkMode="awsvpc",
            RequiresCompatibilities=["FARGATE"],
            ExecutionRoleArn={"Fn::GetAtt": ["Role", "Arn"]},
            ContainerDefinitions=[container],
        ),
        "Service": resource(
            "AWS::ECS::Service",
            Cluster={"Ref": "Cluster"},
            TaskDefinition={"Ref": "Task"},
            LaunchType="FARGATE",
            DesiredCount=1,
            DeploymentConfiguration={"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}},
            NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": subnets, "AssignPublicIp": "ENABLED"}},
        ),
    }


def test_a_service_that_does_not_start_fails_the_update_which_rolls_back(
    stack: Stack, cloud: RunningCloud
) -> None:
    push_web(cloud)
    stack.create(**shop("frenchbakery/web:1.0", cloud))
    first = stack.ids()
    stack.update("UPDATE_ROLLBACK_COMPLETE", **shop("frenchbakery/web:lost", cloud))
    message = (
        "Resource handler returned message: "
        "\"Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.\" (RequestToken: "
    )
    assert any(message in reason for reason in stack.reasons())
    ecs = cloud.client("ecs")
    service = ecs.describe_services(cluster=first["Cluster"], services=[first["Service"]])["services"][0]
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    assert definition["containerDefinitions"][0]["image"].endswith("/frenchbakery/web:1.0")
    assert service["runningCount"] == service["desiredCount"] == 1
    assert stack.ids()["Service"] == first["Service"]
    cloud.client("ecr").delete_repository(repositoryName="frenchbakery/web", force=True)

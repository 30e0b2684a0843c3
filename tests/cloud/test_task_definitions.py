"""RegisterTaskDefinition: refused with AWS's texts, kept whole otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.ecs.exceptions import EcsClientException

from labs.cloud.aws.ecs.validation import FARGATE_SIZES, check_task_definition, task_size
from tests.cloud.conftest import RunningCloud
from tests.cloud.stack import Stack

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/bakery/web:1"


def definition(*containers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "family": "web",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "containerDefinitions": list(containers) or [{"name": "web", "image": ECR}],
    }
    return {key: value for key, value in (settings | changes).items() if value is not None}


def waiting(condition: str, **other: Any) -> dict[str, Any]:
    """A container that waits for another, which is `other`."""
    return definition(
        {"name": "web", "image": ECR, "dependsOn": [{"containerName": "first", "condition": condition}]},
        {"name": "first", "image": ECR} | other,
    )


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        (definition(cpu="300"), "Invalid 'cpu' setting for task."),
        (definition(cpu="many"), "Invalid 'cpu' setting for task."),
        (definition(memory="a lot"), "Invalid 'memory' setting for task."),
        (
            definition(memory="4096"),
            "No Fargate configuration exists for given values: 256 CPU, 4096 memory.",
        ),
        (definition(cpu="1024", memory="512"), "No Fargate configuration exists for given values"),
        (definition(cpu=None), "Fargate requires that 'cpu' be defined at the task level."),
        (definition(memory=None), "Fargate requires that 'memory' be defined at the task level."),
        (definition(networkMode="bridge"), "Fargate only supports network mode ‘awsvpc’."),
        (definition(networkMode=None), "Fargate only supports network mode ‘awsvpc’."),
        (definition(executionRoleArn=None), "execution role ARN to support ECR images."),
        (
            definition({"name": "web", "image": "127.0.0.1:5000/web"}, executionRoleArn=None),
            "execution role ARN to support ECR images.",
        ),
        (
            definition(
                {
                    "name": "web",
                    "image": "nginx",
                    "logConfiguration": {
                        "logDriver": "awslogs",
                        "options": {
                            "awslogs-group": "g",
                            "awslogs-region": "r",
                            "awslogs-stream-prefix": "p",
                        },
                    },
                },
                executionRoleArn=None,
            ),
            "execution role ARN to support log driver awslogs.",
        ),
        (
            definition(
                {"name": "web", "image": ECR, "logConfiguration": {"logDriver": "awslogs", "options": {}}}
            ),
            "Log driver awslogs requires options: awslogs-region, awslogs-group, awslogs-stream-prefix",
        ),
        (definition(family=""), "Family should not be null or empty."),
        (definition(family="a b"), "Invalid family name"),
        (definition(containerDefinitions=[]), "Container list cannot be empty."),
        (definition({"image": ECR}), "Container.name should not be null or empty."),
        (definition({"name": "web"}), "Container.image should not be null or empty."),
        (definition({"name": "web", "image": ECR}, {"name": "web", "image": ECR}), "must be unique"),
        (definition({"name": "web", "image": ECR, "essential": False}), "at least one essential container"),
        (
            definition(
                {"name": "web", "image": ECR, "portMappings": [{"containerPort": 80, "hostPort": 8080}]}
            ),
            "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
        ),
        (
            definition({"name": "web", "image": ECR, "portMappings": [{"containerPort": 70000}]}),
            "Invalid 'containerPort' setting for container 'web'.",
        ),
        (
            definition(
                {"name": "a", "image": ECR, "portMappings": [{"containerPort": 80}]},
                {"name": "b", "image": ECR, "portMappings": [{"containerPort": 80}]},
            ),
            "TCP host port '80' is mapped multiple times in task.",
        ),
        (
            definition({"name": "web", "image": ECR, "cpu": 512}),
            "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
        ),
        (
            definition({"name": "web", "image": ECR, "memory": 1024}),
            "cannot be greater than the task 'memory'",
        ),
        (
            definition({"name": "web", "image": ECR, "memory": 100, "memoryReservation": 200}),
            "greater than or equal to",
        ),
        (
            definition({"name": "web", "image": ECR, "privileged": True}),
            "do not support privileged containers",
        ),
        (definition({"name": "web", "image": ECR, "stopTimeout": 121}), "invalid stopTimeout"),
        (definition(pidMode="host"), "do not support pidMode 'host'"),
        (
            definition(
                {"name": "web", "image": "x"}, requiresCompatibilities=["EC2"], memory=None, networkMode=None
            ),
            "At least one of 'memory' or 'memoryReservation' must be specified.",
        ),
        (
            waiting("COMPLETE"),
            "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
        ),
        (waiting("HEALTHY"), "no health check"),
        (waiting("SOON"), "Invalid dependency condition"),
        (waiting("START", name="other"), "not in the task definition"),
        (waiting("START", dependsOn=[{"containerName": "web", "condition": "START"}]), "circular dependency"),
    ],
)
def test_refused(parameters: dict[str, Any], text: str) -> None:
    with pytest.raises(EcsClientException) as refused:
        check_task_definition(parameters)
    assert text in refused.value.message


@pytest.mark.parametrize(
    "parameters",
    [
        definition(),
        definition(cpu=".25 vCPU", memory="0.5 GB"),
        definition(cpu="1 vcpu", memory="2GB"),
        definition({"name": "web", "image": "nginx"}, executionRoleArn=None),
        waiting("SUCCESS", essential=False),
        definition(
            {"name": "web", "image": "x", "memory": 128},
            requiresCompatibilities=None,
            networkMode=None,
            cpu=None,
            memory=None,
        ),
    ],
)
def test_accepted(parameters: dict[str, Any]) -> None:
    check_task_definition(parameters)


def test_the_table_of_fargate_sizes() -> None:  # RULES 8
    assert {cpu: (min(sizes), max(sizes), len(sizes)) for cpu, sizes in FARGATE_SIZES.items()} == {
        256: (512, 2048, 3),
        512: (1024, 4096, 4),
        1024: (2048, 8192, 7),
        2048: (4096, 16384, 13),
        4096: (8192, 30720, 23),
        8192: (16384, 61440, 12),
        16384: (32768, 122880, 12),
        32768: (61440, 249856, 3),
    }
    assert task_size("0.5 vCPU", "1 GB") == (512, 1024)
    assert task_size(None, None) == (None, None)


def test_every_property_is_kept(cloud: RunningCloud) -> None:
    stack = Stack(cloud)
    given = {
        "name": "web",
        "image": ECR,
        "cpu": 128,
        "memory": 256,
        "portMappings": [
            {
                "containerPort": 8080,
                "hostPort": 8080,
                "protocol": "tcp",
                "name": "http",
                "appProtocol": "http",
            }
        ],
        "essential": True,
        "environment": [{"name": "A", "value": "b"}],
        "healthCheck": {"command": ["CMD", "true"], "interval": 10, "timeout": 2, "retries": 3},
        "stopTimeout": 5,
        "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 2048}],
        "dockerLabels": {"team": "bread"},
        "readonlyRootFilesystem": True,
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
        "user": "10001",
        "workingDirectory": "/app",
        "mountPoints": [{"sourceVolume": "data", "containerPath": "/data", "readOnly": False}],
    }
    registered = stack.ecs.register_task_definition(
        **definition(given),
        taskRoleArn="arn:aws:iam::123456789012:role/task",
        volumes=[{"name": "data"}],
        runtimePlatform={"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        ephemeralStorage={"sizeInGiB": 30},
        tags=[{"key": "team", "value": "bread"}],
    )
    assert registered["tags"] == [{"key": "team", "value": "bread"}]
    described = stack.ecs.describe_task_definition(taskDefinition="web", include=["TAGS"])
    assert described["tags"] == [{"key": "team", "value": "bread"}]
    found = described["taskDefinition"]
    assert {key: found["containerDefinitions"][0][key] for key in given} == given
    assert found["compatibilities"] == ["EC2", "FARGATE"] and found["requiresCompatibilities"] == ["FARGATE"]
    assert found["runtimePlatform"]["cpuArchitecture"] == "X86_64"
    assert found["ephemeralStorage"] == {"sizeInGiB": 30} and found["volumes"] == [{"name": "data"}]
    assert found["registeredBy"].endswith("user/learner") and found["registeredAt"]
    assert (found["taskRoleArn"], found["status"]) == ("arn:aws:iam::123456789012:role/task", "ACTIVE")


def test_the_host_port_is_filled_in_and_revisions_count_up(cloud: RunningCloud) -> None:
    stack = Stack(cloud)
    first = stack.define(stack.container(image=ECR, portMappings=[{"containerPort": 80}]))
    described = stack.ecs.describe_task_definition(taskDefinition=first)["taskDefinition"]
    assert described["containerDefinitions"][0]["portMappings"] == [
        {"containerPort": 80, "hostPort": 80, "protocol": "tcp"}
    ]
    assert stack.define(stack.container(image=ECR)).endswith(f"{stack.name}:2")
    stack.ecs.deregister_task_definition(taskDefinition=first)
    with pytest.raises(ClientError, match="TaskDefinition is inactive"):
        stack.run(first)
    with pytest.raises(ClientError, match=r"TaskDefinition not found\."):
        stack.run(f"{stack.name}:9")


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        (definition(cpu="inf vcpu"), "Invalid 'cpu' setting for task."),
        (definition(memory="inf GB"), "Invalid 'memory' setting for task."),
        (definition({"name": "web", "image": ECR, "stopTimeout": -5}), "Invalid 'stopTimeout' setting"),
        (definition({"name": "web", "image": ECR, "cpu": -1}), "Invalid 'cpu' setting for container"),
        (definition({"name": "web", "image": ECR, "memory": -1}), "Invalid 'memory' setting for container"),
    ],
)
def test_numbers_out_of_this_world_are_refused(parameters: dict[str, Any], text: str) -> None:
    with pytest.raises(EcsClientException, match=text):
        check_task_definition(parameters)


def test_the_latest_active_revision_stands_for_its_family(cloud: RunningCloud) -> None:
    stack = Stack(cloud)
    first, second, third = (stack.define(stack.container(image=ECR)) for _ in range(3))
    ecs = stack.ecs
    ecs.deregister_task_definition(taskDefinition=third)
    described = ecs.describe_task_definition(taskDefinition=stack.name)["taskDefinition"]
    assert described["taskDefinitionArn"] == second

    def listed(**how: str) -> list[str]:
        return ecs.list_task_definitions(familyPrefix=stack.name, **how)["taskDefinitionArns"]

    def families(**how: str) -> list[str]:
        return ecs.list_task_definition_families(familyPrefix=stack.name, **how)["families"]

    assert (listed(), listed(sort="DESC")) == ([first, second], [second, first])
    assert listed(status="INACTIVE") == [third]
    assert (families(status="ACTIVE"), families(status="INACTIVE")) == ([stack.name], [])
    with pytest.raises(ClientError, match="sort should be one of"):
        listed(sort="SIDEWAYS")
    for arn in (first, second):
        ecs.deregister_task_definition(taskDefinition=arn)
    assert (families(), families(status="ACTIVE"), families(status="INACTIVE")) == (
        [stack.name],
        [],
        [stack.name],
    )
    with pytest.raises(ClientError, match="Unable to describe task definition"):
        ecs.describe_task_definition(taskDefinition=stack.name)

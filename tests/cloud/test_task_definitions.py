"""RegisterTaskDefinition: refused with AWS's texts, kept whole otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.ecs.exceptions import EcsClientException

from labs.cloud.aws.ecs.errors import NotEmulated
from labs.cloud.aws.ecs.validation import check_task_definition, task_size
from labs.facts import fargate_sizes
from tests.cloud.running import RunningCloud
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
        (definition({"name": "web", "image": ECR, "stopTimeout": 121}), "It must be between 2 and 120."),
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


def web(**properties: Any) -> dict[str, Any]:
    """A Fargate task definition whose one container has these properties."""
    return definition({"name": "web", "image": ECR} | properties)


def on_ec2(**properties: Any) -> dict[str, Any]:
    """An EC2 task definition in bridge mode whose one container has these properties."""
    container = {"name": "web", "image": ECR, "memory": 64} | properties
    return definition(container, requiresCompatibilities=["EC2"], networkMode="bridge")


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        (web(healthCheck={"command": []}), "It must start with CMD or CMD-SHELL"),
        (web(healthCheck={"command": ["curl", "localhost"]}), "It must start with CMD or CMD-SHELL"),
        (web(healthCheck={"command": ["CMD-SHELL"]}), "It must start with CMD or CMD-SHELL"),
        (web(healthCheck={"command": ["CMD", "true"], "interval": 4}), "It must be between 5 and 300."),
        (web(healthCheck={"command": ["CMD", "true"], "timeout": 61}), "It must be between 2 and 60."),
        (web(healthCheck={"command": ["CMD", "true"], "retries": 0}), "It must be between 1 and 10."),
        (web(healthCheck={"command": ["CMD", "true"], "startPeriod": 301}), "It must be between 0 and 300."),
        (web(startTimeout=1), "'startTimeout'"),
        (web(restartPolicy={"enabled": True, "restartAttemptPeriod": 30}), "It must be between 60 and 1800."),
        (web(restartPolicy={"enabled": True, "ignoredExitCodes": list(range(51))}), "At most 50"),
        (
            web(secrets=[{"name": "A", "valueFrom": "/a"}], environment=[{"name": "A", "value": "1"}]),
            "such as 'A'",
        ),
        (
            web(secrets=[{"name": "A", "valueFrom": "a b"}]),
            "parameter name specified for secret A is invalid",
        ),
        (web(secrets=[{"name": "A", "valueFrom": "arn:aws:s3:::x"}]), "secret A is invalid"),
        (web(secrets=[{"name": "A", "valueFrom": ""}]), "valueFrom should not be null"),
        (
            definition(
                {"name": "web", "image": "nginx", "secrets": [{"name": "A", "valueFrom": "/a"}]},
                executionRoleArn=None,
            ),
            "you must also specify a value for 'executionRoleArn'",
        ),
        (web(mountPoints=[{"sourceVolume": "shelf", "containerPath": "/x"}]), "Unknown volume 'shelf'."),
        (
            definition(
                {"name": "web", "image": ECR, "mountPoints": [{"sourceVolume": "s", "containerPath": "x"}]},
                volumes=[{"name": "s"}],
            ),
            "'containerPath'",
        ),
        (definition(volumes=[{"name": "s"}, {"name": "s"}]), "Duplicate volume name 's'"),
        (definition(volumes=[{"name": "s", "host": {"sourcePath": "/x"}}]), "do not support sourcePath"),
        (
            definition(volumes=[{"name": "s", "dockerVolumeConfiguration": {"scope": "task"}}]),
            "do not support dockerVolumeConfiguration",
        ),
        (web(volumesFrom=[{"sourceContainer": "nobody"}]), "takes volumes from 'nobody'"),
        (
            definition(
                {"name": "a", "image": ECR, "volumesFrom": [{"sourceContainer": "b"}]},
                {"name": "b", "image": ECR, "volumesFrom": [{"sourceContainer": "a"}]},
            ),
            "circular dependency",
        ),
        (web(ulimits=[{"name": "nproc", "softLimit": 1, "hardLimit": 2}]), "do not support ulimit nproc"),
        (web(ulimits=[{"name": "nofile", "softLimit": 3, "hardLimit": 2}]), "Invalid ulimit 'nofile'"),
        (web(privileged=True), "do not support privileged containers"),
        (web(linuxParameters={"sharedMemorySize": 64}), "do not support sharedMemorySize"),
        (web(linuxParameters={"capabilities": {"add": ["SYS_ADMIN"]}}), "other than SYS_PTRACE"),
        (web(linuxParameters={"tmpfs": [{"containerPath": "/x", "size": 0}]}), "Invalid 'tmpfs'"),
        (web(hostname="oven"), "Hostname is not supported when networkMode=awsvpc."),
        (web(links=["a"]), "Links are not supported when networkMode=awsvpc."),
        (
            web(resourceRequirements=[{"type": "GPU", "value": "1"}]),
            "do not support GPU resource requirements",
        ),
        (web(logConfiguration={"logDriver": "json-file"}), "do not support log driver json-file"),
        (web(logConfiguration={"logDriver": "paper"}), "Invalid log driver 'paper'."),
        (web(portMappings=[{"containerPort": 80, "protocol": "icmp"}]), "Invalid protocol 'icmp'"),
        (definition(ephemeralStorage={"sizeInGiB": 20}), "between 21 GiB and 200 GiB"),
        (definition(ephemeralStorage={"sizeInGiB": 201}), "between 21 GiB and 200 GiB"),
        (on_ec2() | {"ephemeralStorage": {"sizeInGiB": 30}}, "for tasks on Fargate only"),
        (definition(runtimePlatform={"cpuArchitecture": "Z80"}), "Invalid cpuArchitecture 'Z80'"),
        (definition(ipcMode="task"), "do not support ipcMode"),
        (
            definition(placementConstraints=[{"type": "memberOf", "expression": "x"}]),
            "do not support constraints",
        ),
        (definition(*[{"name": f"c{n}", "image": ECR} for n in range(11)]), "Too many containers."),
        (
            definition(*[{"name": n, "image": ECR, "memory": 300} for n in ("a", "b")]),
            "The sum of all container 'memory' values",
        ),
    ],
)
def test_refused_too(parameters: dict[str, Any], text: str) -> None:
    with pytest.raises(EcsClientException) as refused:
        check_task_definition(parameters)
    assert text in refused.value.message


@pytest.mark.parametrize(
    ("parameters", "what"),
    [
        (web(repositoryCredentials={"credentialsParameter": "arn:x"}), "repositoryCredentials"),
        (web(environmentFiles=[{"value": "arn:aws:s3:::b/x.env", "type": "s3"}]), "environmentFiles"),
        (web(logConfiguration={"logDriver": "awsfirelens"}), "awsfirelens"),
        (web(firelensConfiguration={"type": "fluentbit"}), "FireLens"),
        (web(portMappings=[{"containerPortRange": "80-90"}]), "ranges of container ports"),
        (on_ec2(links=["a"]), "links between containers"),
        (on_ec2(resourceRequirements=[{"type": "GPU", "value": "1"}]), "GPU"),
        (on_ec2(linuxParameters={"swappiness": 60}), "swappiness"),
        (definition(volumes=[{"name": "s", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]), "EFS"),
        (definition(volumes=[{"name": "s", "configuredAtLaunch": True}]), "EBS"),
        (definition(runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}), "WINDOWS"),
        (definition(pidMode="task"), "pidMode"),
    ],
)
def test_what_is_not_emulated_is_refused_by_name(parameters: dict[str, Any], what: str) -> None:
    with pytest.raises(NotEmulated) as refused:
        check_task_definition(parameters)
    assert what in refused.value.message and "does not emulate" in refused.value.message
    assert refused.value.code == "UnsupportedFeatureException"


def test_everything_that_is_emulated_is_accepted() -> None:
    check_task_definition(
        definition(
            {
                "name": "web", "image": ECR, "essential": True, "cpu": 128, "memory": 256, "memoryReservation": 128,
                "startTimeout": 2, "stopTimeout": 120, "user": "1000:1000", "workingDirectory": "/app",
                "readonlyRootFilesystem": True, "interactive": True, "pseudoTerminal": True,
                "dockerLabels": {"team": "bread"}, "systemControls": [{"namespace": "net.core.somaxconn", "value": "64"}],
                "restartPolicy": {"enabled": True, "restartAttemptPeriod": 60, "ignoredExitCodes": [0]},
                "healthCheck": {"command": ["CMD-SHELL", "exit 0"], "interval": 5, "timeout": 2, "retries": 1},
                "linuxParameters": {
                    "initProcessEnabled": True, "capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]},
                    "tmpfs": [{"containerPath": "/cache", "size": 16, "mountOptions": ["noexec"]}],
                },
                "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 2048}],
                "secrets": [
                    {"name": "A", "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf:k::"},
                    {"name": "B", "valueFrom": "/bakery/b"},
                ],
                "mountPoints": [{"sourceVolume": "shelf", "containerPath": "/shelf", "readOnly": True}],
            },
            {
                "name": "side", "image": ECR, "essential": False, "volumesFrom": [{"sourceContainer": "web"}],
                "dependsOn": [{"containerName": "web", "condition": "HEALTHY"}],
                "logConfiguration": {"logDriver": "awslogs", "options": {
                    "awslogs-group": "g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p",
                    "awslogs-create-group": "true", "mode": "non-blocking", "max-buffer-size": "4m"}},
            },
            volumes=[{"name": "shelf"}], ephemeralStorage={"sizeInGiB": 21},
            runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        )
    )  # fmt: skip
    check_task_definition(on_ec2(hostname="oven", logConfiguration={"logDriver": "json-file"}))


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
    assert {cpu: (min(sizes), max(sizes), len(sizes)) for cpu, sizes in fargate_sizes().items()} == {
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


def test_a_size_written_with_units_is_described_without(cloud: RunningCloud) -> None:
    stack = Stack(cloud)
    given = definition(family="units", cpu="1 vCPU", memory="2 GB")
    registered = stack.ecs.register_task_definition(**given)["taskDefinition"]
    assert (registered["cpu"], registered["memory"]) == ("1024", "2048")


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

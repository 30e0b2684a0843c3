"""Tasks of the cloud on a real Docker Engine: roles, secrets, health, memory, companions, kills."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from labs.cloud import client as cloud_client
from tests.base_image import python_image
from tests.cloud.running import RunningCloud, run_cloud, wait_for
from tests.cloud.stack import EXECUTION_POLICY, Stack

pytestmark = pytest.mark.engine

SLEEP = "import time; print('up', flush=True); time.sleep(60)"


@pytest.fixture(scope="module")
def cloud(engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    yield from run_cloud(tmp_path_factory.mktemp("cloud"), engine="docker")


@pytest.fixture(scope="module")
def python(cloud: RunningCloud, stack: Stack, engine: Any) -> str:
    """A reference in the cloud's ECR to an image with Python."""
    base = engine.images.get(python_image(engine))
    made = cloud.client("ecr").create_repository(repositoryName="python")["repository"]
    address = f"127.0.0.1:{cloud.endpoint.rpartition(':')[2]}/python"
    base.tag(address, "1")
    from base64 import b64decode

    token = cloud.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = b64decode(token).decode().partition(":")
    said = engine.images.push(address, "1", auth_config={"username": user, "password": password})
    assert "error" not in said, said
    engine.images.remove(f"{address}:1")
    return f"{made['repositoryUri']}:1"


def program(stack: Stack, python: str, text: str, name: str = "web", **properties: Any) -> dict[str, Any]:
    return stack.container(name, image=python, command=["python3", "-u", "-c", text], **properties)


def lines(stack: Stack, arn: str, name: str = "web") -> list[str]:
    stream = f"test/{name}/{arn.rpartition('/')[2]}"
    events = stack.logs.get_log_events(logGroupName=stack.group, logStreamName=stream, startFromHead=True)
    return [event["message"] for event in events["events"]]


def left(engine: Any, cloud: RunningCloud) -> list[Any]:
    return engine.containers.list(all=True, filters={"label": f"course.home={cloud.home.resolve()}"})


ASK = """
import json, os, urllib.request
ask = urllib.request.Request(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
                             headers={"Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]})
role = json.load(urllib.request.urlopen(ask))["RoleArn"]
base = os.environ["ECS_CONTAINER_METADATA_URI_V4"]
task = json.load(urllib.request.urlopen(base + "/task"))
stats = json.load(urllib.request.urlopen(base + "/stats"))
print(json.dumps([role, task["TaskARN"], stats["memory_stats"]["usage"] > 0, os.environ["KEY"]]))
"""


def test_role_metadata_and_secrets(stack: Stack, python: str, cloud: RunningCloud) -> None:
    cloud.client("ssm").put_parameter(Name="key", Value="rye", Type="SecureString")
    reader = stack.make_role("reader", EXECUTION_POLICY, "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess")
    role = stack.make_role("task")
    container = program(stack, python, ASK, secrets=[{"name": "KEY", "valueFrom": "key"}])
    arn = stack.run(stack.define(container, executionRoleArn=reader, taskRoleArn=role))
    task = stack.until(arn, "STOPPED")
    assert task["containers"][0].get("exitCode") == 0, (task["stoppedReason"], lines(stack, arn))
    assert json.loads(lines(stack, arn)[0]) == [role, arn, True, "rye"]


def test_companions_health_and_order(stack: Stack, python: str, cloud: RunningCloud, engine: Any) -> None:
    serve = "import http.server as h; h.HTTPServer(('', 8080), h.SimpleHTTPRequestHandler).serve_forever()"
    check = "python3 -c \"import urllib.request; urllib.request.urlopen('http://localhost:8080/')\""
    oven = program(
        stack, python, serve, "oven", portMappings=[{"containerPort": 8080}], essential=False, stopTimeout=2,
        healthCheck={"command": ["CMD-SHELL", check], "interval": 5, "timeout": 5},
        mountPoints=[{"sourceVolume": "shelf", "containerPath": "/shelf"}],
    )  # fmt: skip
    ask = "import urllib.request; print(urllib.request.urlopen('http://localhost:8080/').status); import time; time.sleep(60)"
    web = program(
        stack, python, ask, dependsOn=[{"containerName": "oven", "condition": "HEALTHY"}], stopTimeout=2,
        healthCheck={"command": ["CMD", "false"], "interval": 5, "retries": 1},
        volumesFrom=[{"sourceContainer": "oven", "readOnly": True}],
    )  # fmt: skip
    arn = stack.run(stack.define(web, oven, volumes=[{"name": "shelf"}]))
    stack.until(arn, "RUNNING")
    wait_for(lambda: lines(stack, arn) == ["200"], what="the answer of the companion")
    wait_for(
        lambda: (
            {c["name"]: c["healthStatus"] for c in stack.task(arn)["containers"]}
            == {"web": "UNHEALTHY", "oven": "HEALTHY"}
        ),
        60,
        "the health of both",
    )
    assert stack.task(arn)["healthStatus"] == "UNHEALTHY"
    stack.ecs.stop_task(cluster=stack.cluster, task=arn)
    assert {c["exitCode"] for c in stack.until(arn, "STOPPED")["containers"]} == {
        137
    }  # deaf to SIGTERM as PID 1
    mine = {"label": f"course.task={arn.rpartition('/')[2]}"}
    assert not engine.containers.list(all=True, filters=mine) and not engine.volumes.list(filters=mine)


def test_the_kernel_kills_who_takes_too_much(stack: Stack, python: str) -> None:
    greedy = "x = []\nwhile True: x.append(bytearray(5_000_000))"
    arn = stack.run(stack.define(program(stack, python, greedy, memory=64)))
    task = stack.until(arn, "STOPPED")
    (container,) = task["containers"]
    assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    assert (container["exitCode"], task["stopCode"]) == (137, "EssentialContainerExited")


def test_a_killed_container_is_noticed(stack: Stack, python: str, engine: Any) -> None:
    arn = stack.run(stack.define(program(stack, python, SLEEP)))
    stack.until(arn, "RUNNING")
    (container,) = engine.containers.list(filters={"label": f"course.task={arn.rpartition('/')[2]}"})
    container.kill()
    task = stack.until(arn, "STOPPED")
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", 137)


def test_a_reset_leaves_nothing(stack: Stack, python: str, engine: Any, cloud: RunningCloud) -> None:
    pair = [program(stack, python, SLEEP), program(stack, python, SLEEP, "side")]
    stack.until(stack.run(stack.define(*pair)), "RUNNING")
    assert len(left(engine, cloud)) == 3  # two and the one that holds their network
    cloud_client.control("POST", "/reset")
    assert left(engine, cloud) == []

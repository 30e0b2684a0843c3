"""RULES.md, 1 to 8: a task's life, as AWS documents it. One cloud, real programs."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.ecs.exceptions import EcsClientException

from labs.cloud.aws.ecs.validation import check_task_definition
from tests.cloud.running import wait_for
from tests.cloud.stack import Stack

STATES = [
    "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED",
]  # fmt: skip
SLEEP = "import time; print('up'); time.sleep(60)"
DEAF = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up'); time.sleep(60)"
STOPS = """
import signal, sys, time
signal.signal(signal.{signal}, lambda number, frame: (print(time.time(), flush=True), sys.exit(number)))
print('up', flush=True)
time.sleep(60)
"""


def program(stack: Stack, text: str, name: str = "web", **properties: Any) -> dict[str, Any]:
    """A container that runs `text`."""
    return stack.container(name, image=stack.image({"app/main.py": text}), **properties)


def lines(stack: Stack, arn: str, name: str = "web") -> list[str]:
    stream = f"test/{name}/{arn.rpartition('/')[2]}"
    events = stack.logs.get_log_events(logGroupName=stack.group, logStreamName=stream, startFromHead=True)
    return [event["message"] for event in events["events"]]


def up(stack: Stack, arn: str, *names: str) -> None:
    """Wait until the programs said so: their signal handlers are in place."""
    stack.until(arn, "RUNNING")
    wanted = names or ("web",)
    wait_for(lambda: all(lines(stack, arn, name) for name in wanted), what="the first lines")


def test_rule_01_states_in_order_and_two_statuses(stack: Stack) -> None:
    setup = program(stack, "import time; time.sleep(.5)", "setup", essential=False)
    waiting = [{"containerName": "setup", "condition": "COMPLETE"}]
    web = program(stack, DEAF, stopTimeout=2, dependsOn=waiting)
    arn = stack.run(stack.define(web, setup))
    seen = ["PROVISIONING"]  # in RunTask's answer

    def look() -> dict[str, Any]:
        task = stack.task(arn)
        if task["lastStatus"] != seen[-1]:
            seen.append(task["lastStatus"])
        return task

    wait_for(lambda: look()["lastStatus"] == "RUNNING" and lines(stack, arn))
    assert look()["desiredStatus"] == "RUNNING"
    stopping = stack.ecs.stop_task(cluster=stack.cluster, task=arn)["task"]
    assert (stopping["lastStatus"], stopping["desiredStatus"]) == ("RUNNING", "STOPPED")
    wait_for(lambda: look()["lastStatus"] == "STOPPED")
    assert seen == [state for state in STATES if state in seen]
    assert {"PROVISIONING", "PENDING", "RUNNING", "STOPPING", "STOPPED"} <= set(seen)


def test_rule_02_stop_codes(stack: Stack) -> None:
    ended = stack.run(stack.define(program(stack, "pass")))
    missing = stack.run(stack.define(stack.container(image=stack.web.replace(":v1", ":v9"))))
    user = stack.run(stack.define(program(stack, SLEEP)))
    stack.serve("codes", count=1, definition=stack.define(program(stack, SLEEP)))
    (scheduled,) = wait_for(lambda: stack.running("codes"))
    stack.ecs.update_service(cluster=stack.cluster, service="codes", desiredCount=0)
    stack.until(user, "RUNNING")
    stack.ecs.stop_task(cluster=stack.cluster, task=user)
    arns = (ended, missing, user, scheduled["taskArn"])
    assert [stack.until(arn, "STOPPED")["stopCode"] for arn in arns] == [
        "EssentialContainerExited",
        "TaskFailedToStart",
        "UserInitiated",
        "ServiceSchedulerInitiated",
    ]


def test_rule_03_reasons_and_stopped_tasks_stay_visible(stack: Stack) -> None:
    arn = stack.run(stack.define(program(stack, "raise SystemExit(3)")))
    user = stack.run(stack.define(program(stack, SLEEP)))
    stack.ecs.stop_task(cluster=stack.cluster, task=user, reason="the oven is cold")
    task = stack.until(arn, "STOPPED")
    assert task["stoppedReason"] == "Essential container in task exited"
    assert task["containers"][0]["exitCode"] == 3
    assert stack.until(user, "STOPPED")["stoppedReason"] == "the oven is cold"
    listed = stack.ecs.list_tasks(cluster=stack.cluster, desiredStatus="STOPPED")["taskArns"]
    assert {arn, user} <= set(listed)


def test_rule_04_essential_and_the_order_of_dependencies(stack: Stack) -> None:
    assert (
        stack.container("x", image="y").get("essential") is None
    )  # true by default: the next task ends by it
    db = program(stack, STOPS.format(signal="SIGTERM"), "db", essential=False)
    web = program(
        stack,
        STOPS.format(signal="SIGTERM"),
        dependsOn=[{"containerName": "db", "condition": "START"}],
    )
    aside = program(stack, "pass", "aside", essential=False)
    arn = stack.run(stack.define(web, db, aside))
    up(stack, arn, "web", "db")
    wait_for(
        lambda: {c["name"]: c["lastStatus"] for c in stack.task(arn)["containers"]}["aside"] == "STOPPED"
    )
    assert stack.task(arn)["desiredStatus"] == "RUNNING"
    stack.ecs.stop_task(cluster=stack.cluster, task=arn)
    stack.until(arn, "STOPPED")
    assert float(lines(stack, arn, "web")[-1]) < float(lines(stack, arn, "db")[-1])


def test_rule_05_stop_signal_timeout_and_kill(stack: Stack) -> None:
    image = stack.image({"app/main.py": STOPS.format(signal="SIGINT")}, StopSignal="SIGINT")
    polite = stack.run(stack.define(stack.container(image=image)))
    deaf = stack.run(stack.define(program(stack, DEAF, stopTimeout=2)))
    for arn in (polite, deaf):
        up(stack, arn)
        stack.ecs.stop_task(cluster=stack.cluster, task=arn)
    assert stack.until(polite, "STOPPED")["containers"][0]["exitCode"] == 2  # the signal's number
    task = stack.until(deaf, "STOPPED")
    assert task["containers"][0]["exitCode"] == 137
    assert 2 <= (task["executionStoppedAt"] - task["stoppingAt"]).total_seconds() < 30
    with pytest.raises(ClientError, match="It must be between 2 and 120"):
        stack.define(program(stack, SLEEP, stopTimeout=121))


def test_rule_06_only_the_task_definitions_health_check_counts(stack: Stack) -> None:
    never = {"Test": ["CMD-SHELL", "exit 1"], "Interval": 10**9, "Retries": 1}
    image = stack.image({"app/main.py": SLEEP}, Healthcheck=never)
    unchecked = stack.run(stack.define(stack.container(image=image)))
    sick = {"command": ["CMD-SHELL", "test -f /nowhere"], "interval": 5, "retries": 1}
    checked = stack.run(
        stack.define(
            stack.container(image=image, healthCheck={"command": ["CMD", "true"], "interval": 5}),
            stack.container("sick", image=image, essential=False, healthCheck=sick),
        )
    )

    def health() -> dict[str, str]:
        return {each["name"]: each["healthStatus"] for each in stack.task(checked)["containers"]}

    stack.until(checked, "RUNNING")
    started = time.monotonic()
    assert health() == {"web": "UNKNOWN", "sick": "UNKNOWN"}
    wait_for(lambda: health() == {"web": "HEALTHY", "sick": "UNHEALTHY"}, what="the health")
    assert time.monotonic() - started >= 4  # an interval after the start, not at once
    task = stack.task(checked)
    assert (task["healthStatus"], task["lastStatus"], task["desiredStatus"]) == (
        "HEALTHY", "RUNNING", "RUNNING",
    )  # fmt: skip
    assert stack.task(unchecked)["healthStatus"] == "UNKNOWN"
    for arn in (unchecked, checked):
        stack.ecs.stop_task(cluster=stack.cluster, task=arn)


def test_rule_07_why_a_task_does_not_start(stack: Stack) -> None:
    options = {"awslogs-group": "/nowhere", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "x"}
    logs = {"logDriver": "awslogs", "options": options}
    causes: dict[str, dict[str, Any]] = {
        "CannotPullContainerError: ": {"image": stack.web.replace(":v1", ":v2")},
        "ResourceInitializationError: ": {"image": stack.web, "logConfiguration": logs},
        "CannotStartContainerError: ": {"image": stack.web, "command": ["no-such-thing"]},
    }
    arns = {
        start: stack.run(stack.define(stack.container(**properties))) for start, properties in causes.items()
    }
    for start, arn in arns.items():
        task = stack.until(arn, "STOPPED")
        assert task["stoppedReason"].startswith(start) and task["stopCode"] == "TaskFailedToStart"


SIZES = {
    256: [512, 1024, 2048],
    512: range(1024, 4097, 1024),
    1024: range(2048, 8193, 1024),
    2048: range(4096, 16385, 1024),
    4096: range(8192, 30721, 1024),
    8192: range(16384, 61441, 4096),
    16384: range(32768, 122881, 8192),
    32768: [61440, 122880, 249856],
}


def fargate(**changes: Any) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "family": "web",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [{"name": "web", "image": "nginx"}],
    }
    return settings | changes


def test_rule_08_fargate_sizes() -> None:
    for cpu, memories in SIZES.items():
        for memory in range(512, 250_369, 512):
            size = fargate(cpu=str(cpu), memory=str(memory))
            if memory in memories:
                check_task_definition(size)
                continue
            with pytest.raises(EcsClientException, match="No Fargate configuration exists for given values"):
                check_task_definition(size)
    with pytest.raises(EcsClientException, match="Invalid 'cpu' setting for task"):
        check_task_definition(fargate(cpu="128"))
    with pytest.raises(EcsClientException, match="Fargate only supports network mode"):
        check_task_definition(fargate(networkMode="bridge"))


def test_rule_08_fargate_needs_an_execution_role() -> None:
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/bakery/web:1"
    with pytest.raises(EcsClientException, match="execution role ARN to support ECR images"):
        check_task_definition(fargate(containerDefinitions=[{"name": "web", "image": image}]))
    options = {"awslogs-group": "g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"}
    logging = {
        "name": "web",
        "image": "nginx",
        "logConfiguration": {"logDriver": "awslogs", "options": options},
    }
    with pytest.raises(EcsClientException, match="execution role ARN to support log driver awslogs"):
        check_task_definition(fargate(containerDefinitions=[logging]))

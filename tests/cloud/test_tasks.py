"""Tasks: their life cycle by what really happens, and what they can reach."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from labs.cloud import client
from tests.cloud.running import RunningCloud, runs, wait_for
from tests.cloud.stack import EXECUTION_POLICY, Stack


def program(stack: Stack, text: str, **properties: Any) -> str:
    """A task definition of one container that runs `text`."""
    return stack.define(stack.container(image=stack.image({"app/main.py": text}), **properties))


def lines(stack: Stack, arn: str, name: str = "web") -> list[str]:
    """What a container wrote."""
    stream = f"test/{name}/{arn.rpartition('/')[2]}"
    events = stack.logs.get_log_events(logGroupName=stack.group, logStreamName=stream, startFromHead=True)
    return [event["message"] for event in events["events"]]


def test_from_run_to_stop(stack: Stack) -> None:
    definition = stack.define()
    arn = stack.run(definition, startedBy="a learner", tags=[{"key": "team", "value": "bread"}])
    waiter = stack.ecs.get_waiter("tasks_running")
    waiter.config.delay = 0.1
    waiter.wait(cluster=stack.cluster, tasks=[arn])
    task = stack.task(arn)
    container = task["containers"][0]
    details = {detail["name"]: detail["value"] for detail in task["attachments"][0]["details"]}
    assert (task["lastStatus"], task["desiredStatus"], container["lastStatus"]) == ("RUNNING",) * 3
    assert task["taskDefinitionArn"] == definition and task["group"] == f"family:{stack.name}"
    assert (task["launchType"], task["platformVersion"], task["cpu"], task["memory"]) == (
        "FARGATE",
        "1.4.0",
        "256",
        "512",
    )
    assert task["startedBy"] == "a learner" and task["connectivity"] == "CONNECTED"
    assert task["createdAt"] <= task["pullStartedAt"] <= task["pullStoppedAt"] <= task["startedAt"]
    assert container["imageDigest"].startswith("sha256:") and container["runtimeId"]
    assert details["subnetId"] in stack.subnets
    assert container["networkInterfaces"][0]["privateIpv4Address"] == details["privateIPv4Address"]
    eni = stack.ec2.describe_network_interfaces(NetworkInterfaceIds=[details["networkInterfaceId"]])[
        "NetworkInterfaces"
    ][0]
    assert (eni["PrivateIpAddress"], eni["Status"]) == (details["privateIPv4Address"], "in-use")
    assert task["availabilityZone"] == eni["AvailabilityZone"]
    tagged = stack.ecs.describe_tasks(cluster=stack.cluster, tasks=[arn], include=["TAGS"])["tasks"][0]
    assert tagged["tags"] == [{"key": "team", "value": "bread"}] and "tags" not in task

    wait_for(lambda: lines(stack, arn), what="the first line")
    stopping = stack.ecs.stop_task(cluster=stack.cluster, task=arn, reason="enough bread")["task"]
    assert stopping["desiredStatus"] == "STOPPED"
    waiter = stack.ecs.get_waiter("tasks_stopped")
    waiter.config.delay = 0.1
    waiter.wait(cluster=stack.cluster, tasks=[arn])
    task = stack.task(arn)
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "enough bread")
    assert task["containers"][0]["exitCode"] == 0
    assert task["stoppingAt"] <= task["executionStoppedAt"] <= task["stoppedAt"]
    assert lines(stack, arn)[-1] == "told to stop"
    with pytest.raises(ClientError, match="NotFound"):
        stack.ec2.describe_network_interfaces(NetworkInterfaceIds=[details["networkInterfaceId"]])
    assert arn not in stack.ecs.list_tasks(cluster=stack.cluster)["taskArns"]
    assert arn in stack.ecs.list_tasks(cluster=stack.cluster, desiredStatus="STOPPED")["taskArns"]


def test_nothing_advances_by_being_described(stack: Stack) -> None:
    arn = stack.run(program(stack, "import time; time.sleep(60)"))
    stack.until(arn, "RUNNING")
    assert {stack.task(arn)["lastStatus"] for _ in range(20)} == {"RUNNING"}
    stack.ecs.stop_task(cluster=stack.cluster, task=arn)


@pytest.mark.parametrize(
    ("text", "code"),
    [("print('done')", 0), ("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)],
)
def test_the_end_of_an_essential_container_ends_the_task(stack: Stack, text: str, code: int) -> None:
    task = stack.until(stack.run(program(stack, text)), "STOPPED")
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert task["containers"][0]["exitCode"] == code


def test_a_program_that_does_not_honour_port_is_told_why(stack: Stack) -> None:
    taken = (
        "import socket; one = socket.create_server(('127.0.0.1', 0)); socket.create_server(one.getsockname())"
    )
    task = stack.until(stack.run(program(stack, taken, portMappings=[{"containerPort": 80}])), "STOPPED")
    assert task["stoppedReason"].startswith("Essential container in task exited (")
    assert "$HOST:$PORT" in task["stoppedReason"]


def test_a_missing_image_fails_the_start(stack: Stack) -> None:
    image = stack.web.replace(":v1", ":v2")
    task = stack.until(stack.run(stack.define(stack.container(image=image))), "STOPPED")
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotPullContainerError: ") and ":v2" in task["stoppedReason"]
    assert task["containers"][0]["reason"] == task["stoppedReason"]
    assert "exitCode" not in task["containers"][0] and "startedAt" not in task


def test_a_command_that_is_not_there_fails_the_start(stack: Stack) -> None:
    task = stack.until(
        stack.run(stack.define(stack.container(image=stack.web, command=["no-such-thing"]))), "STOPPED"
    )
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotStartContainerError: ")


def test_a_missing_log_group_fails_the_start(stack: Stack) -> None:
    options = {"awslogs-group": "/ecs/nowhere", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "x"}
    logs = {"logDriver": "awslogs", "options": options}
    task = stack.until(stack.run(program(stack, "print(1)", logConfiguration=logs)), "STOPPED")
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("ResourceInitializationError: failed to validate logger args")
    created = {"logDriver": "awslogs", "options": options | {"awslogs-create-group": "true"}}
    definition = program(stack, "print('made')", logConfiguration=created)
    task = stack.until(stack.run(definition), "STOPPED")
    assert "is not authorized to perform: logs:CreateLogGroup" in task["stoppedReason"]
    role = stack.make_role("creator", EXECUTION_POLICY, "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess")
    arn = stack.run(definition, overrides={"executionRoleArn": role})
    stack.until(arn, "STOPPED")
    events = stack.logs.filter_log_events(logGroupName="/ecs/nowhere")["events"]
    assert [(event["logStreamName"], event["message"]) for event in events] == [
        (f"x/web/{arn.rpartition('/')[2]}", "made")
    ]


def test_every_line_arrives_in_order(stack: Stack) -> None:
    arn = stack.run(program(stack, "for n in range(3000): print('line', n)"))
    stack.until(arn, "STOPPED")
    streams = {"logGroupName": stack.group, "logStreamNames": [f"test/web/{arn.rpartition('/')[2]}"]}
    pages = stack.logs.get_paginator("filter_log_events").paginate(**streams)
    assert [event["message"] for page in pages for event in page["events"]] == [
        f"line {n}" for n in range(3000)
    ]


def test_overrides(stack: Stack) -> None:
    definition = program(stack, "import os, sys; print(sys.argv[1:], os.environ['A'], os.environ['B'])",
                         environment=[{"name": "A", "value": "1"}, {"name": "B", "value": "1"}])  # fmt: skip
    override = {
        "name": "web",
        "command": ["python", "main.py", "x"],
        "environment": [{"name": "B", "value": "2"}],
    }
    arn = stack.run(definition, overrides={"containerOverrides": [override]})
    assert stack.until(arn, "STOPPED")["overrides"]["containerOverrides"] == [override]
    assert lines(stack, arn) == ["['x'] 1 2"]
    with pytest.raises(ClientError, match="is not a container in the TaskDefinition"):
        stack.run(definition, overrides={"containerOverrides": [{"name": "other"}]})


def test_containers_start_in_order_and_stop_in_reverse(stack: Stack) -> None:
    stays = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\nprint('up'); time.sleep(60)"
    setup, app = (
        stack.image({"app/main.py": "import time; time.sleep(.3)"}),
        stack.image({"app/main.py": stays}),
    )
    arn = stack.run(
        stack.define(
            stack.container("web", image=app, dependsOn=[
                {"containerName": "setup", "condition": "SUCCESS"}, {"containerName": "proxy", "condition": "START"}]),
            stack.container("proxy", image=app, essential=False),
            stack.container("setup", image=setup, essential=False),
        )
    )  # fmt: skip
    wait_for(lambda: {c["name"]: c["lastStatus"] for c in stack.task(arn)["containers"]} == {
        "web": "PENDING", "proxy": "RUNNING", "setup": "RUNNING"}, what="the first two containers")  # fmt: skip
    assert stack.task(arn)["lastStatus"] == "PENDING"
    task = stack.until(arn, "RUNNING")
    assert {c["name"]: (c["lastStatus"], c.get("exitCode")) for c in task["containers"]} == {
        "web": ("RUNNING", None),
        "proxy": ("RUNNING", None),
        "setup": ("STOPPED", 0),
    }
    for name in ("web", "proxy"):
        wait_for(lambda name=name: lines(stack, arn, name) == ["up"], what=f"the first line of {name}")
    stack.ecs.stop_task(cluster=stack.cluster, task=arn)
    assert {c["exitCode"] for c in stack.until(arn, "STOPPED")["containers"]} == {0}


def test_a_failed_dependency_fails_the_start(stack: Stack) -> None:
    fails = stack.image({"app/main.py": "raise SystemExit(2)"})
    task = stack.until(
        stack.run(
            stack.define(
                stack.container(
                    "web", image=stack.web, dependsOn=[{"containerName": "setup", "condition": "SUCCESS"}]
                ),
                stack.container("setup", image=fails, essential=False),
            )
        ),
        "STOPPED",
    )
    assert task["stopCode"] == "TaskFailedToStart" and "setup" in task["stoppedReason"]


def test_the_end_of_a_container_that_is_not_essential_ends_nothing(stack: Stack) -> None:
    short = stack.image({"app/main.py": "pass"})
    web = stack.container(image=stack.web, portMappings=[{"containerPort": 8080}])
    arn = stack.run(stack.define(web, stack.container("aside", image=short, essential=False)))
    wait_for(lambda: "STOPPED" in {c["lastStatus"] for c in stack.task(arn)["containers"]})
    assert stack.until(arn, "RUNNING")["desiredStatus"] == "RUNNING"
    stack.ecs.stop_task(cluster=stack.cluster, task=arn)


def test_one_who_ignores_the_stop_signal_is_killed_after_its_timeout(stack: Stack) -> None:
    text = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up'); time.sleep(60)"
    arn = stack.run(program(stack, text, stopTimeout=2))
    wait_for(lambda: stack.task(arn)["lastStatus"] == "RUNNING" and lines(stack, arn))
    stack.ecs.stop_task(cluster=stack.cluster, task=arn)
    task = stack.until(arn, "STOPPED")
    assert task["containers"][0]["exitCode"] == 137
    assert (task["stoppedAt"] - task["stoppingAt"]).total_seconds() >= 2


ASK = """
import json, os, urllib.request, boto3
print(boto3.client("sts").get_caller_identity()["Arn"])
base = os.environ["ECS_CONTAINER_METADATA_URI_V4"]
for path in ("", "/task"):
    print(urllib.request.urlopen(base + path).read().decode())
"""


def test_a_task_acts_under_its_role_and_knows_itself(stack: Stack) -> None:
    role = stack.make_role("task")
    definition = stack.define(stack.container(image=stack.image({"app/main.py": ASK})), taskRoleArn=role)
    arn = stack.run(definition)
    assert stack.until(arn, "STOPPED")["containers"][0]["exitCode"] == 0, lines(stack, arn)
    who, container, task = lines(stack, arn)
    assert who == f"arn:aws:sts::123456789012:assumed-role/{role.rpartition('/')[2]}/{arn.rpartition('/')[2]}"
    assert json.loads(container)["Name"] == "web"
    assert (json.loads(task)["TaskARN"], json.loads(task)["Revision"]) == (arn, definition.rpartition(":")[2])


def test_without_a_task_role_there_are_no_credentials(stack: Stack) -> None:
    arn = stack.run(program(stack, ASK))
    assert stack.until(arn, "STOPPED")["containers"][0]["exitCode"] == 1
    assert any("Unable to locate credentials" in line for line in lines(stack, arn))


def test_credentials_want_the_tasks_token_and_end_with_it(stack: Stack) -> None:
    text = "import json, os, time; print(json.dumps(dict(os.environ))); time.sleep(60)"
    definition = stack.define(
        stack.container(image=stack.image({"app/main.py": text})), taskRoleArn=stack.make_role("reader")
    )
    arn = stack.run(definition)
    environment = json.loads(
        wait_for(lambda: stack.task(arn)["lastStatus"] == "RUNNING" and lines(stack, arn))[0]
    )
    url, token = (
        environment[f"AWS_CONTAINER_{name}"] for name in ("CREDENTIALS_FULL_URI", "AUTHORIZATION_TOKEN")
    )
    assert (
        environment["AWS_ENDPOINT_URL"] == stack.cloud.endpoint and environment["AWS_REGION"] == "us-east-1"
    )
    given = requests.get(url, headers={"Authorization": token}).json()
    assert set(given) == {"RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
    for headers in ({}, {"Authorization": "guess"}, {"Authorization": token, "Host": "evil.example.com"}):
        assert requests.get(url, headers=headers).status_code in (403, 404)
    assert (
        requests.get(
            url.replace("/credentials", "x/credentials"), headers={"Authorization": token}
        ).status_code
        == 404
    )
    stack.ecs.stop_task(cluster=stack.cluster, task=arn)
    stack.until(arn, "STOPPED")
    assert requests.get(url, headers={"Authorization": token}).status_code == 404


def test_a_role_that_does_not_exist_is_refused(stack: Stack) -> None:
    for name in ("taskRoleArn", "executionRoleArn"):
        definition = stack.define(**{name: "arn:aws:iam::123456789012:role/nobody"})
        with pytest.raises(
            ClientError, match="ECS was unable to assume the role 'arn:aws:iam::123456789012:role/nobody'"
        ):
            stack.run(definition)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"launchType": "EC2"}, "No Container Instances were found in your cluster."),
        ({"networkConfiguration": {}}, "Network Configuration must be provided"),
        ({"networkConfiguration": {"awsvpcConfiguration": {"subnets": []}}}, "subnets can not be empty."),
        (
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0"]}}},
            "The subnet ID 'subnet-0' does not exist",
        ),
        ({"count": 11}, "count must be between 1 and 10"),
        ({"cluster": "nowhere"}, "Cluster not found."),
        (
            {"launchType": "FARGATE", "capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]},
            "but not both",
        ),
    ],
)
def test_run_task_refusals(stack: Stack, changes: dict[str, Any], text: str) -> None:
    call = {
        "cluster": stack.cluster,
        "taskDefinition": stack.define(),
        "launchType": "FARGATE",
        "networkConfiguration": stack.network,
    }
    with pytest.raises(ClientError) as refused:
        stack.ecs.run_task(**(call | changes))
    assert text in refused.value.response["Error"]["Message"]


def test_capacity_providers_run_tasks_too(stack: Stack) -> None:
    arn = stack.ecs.run_task(
        cluster=stack.cluster,
        taskDefinition=program(stack, "pass"),
        capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
        networkConfiguration=stack.network,
    )["tasks"][0]["taskArn"]
    assert stack.until(arn, "STOPPED")["capacityProviderName"] == "FARGATE_SPOT"


def test_unknown_tasks_are_failures_not_errors(stack: Stack) -> None:
    answer = stack.ecs.describe_tasks(cluster=stack.cluster, tasks=["nothing"])
    assert answer["tasks"] == [] and answer["failures"][0]["reason"] == "MISSING"
    with pytest.raises(ClientError, match="The referenced task was not found"):
        stack.ecs.stop_task(cluster=stack.cluster, task="nothing")
    with pytest.raises(ClientError, match="Cluster not found"):
        stack.ecs.describe_tasks(cluster="nowhere", tasks=[])


def test_lists_come_in_pages(stack: Stack) -> None:
    arns = {stack.run(program(stack, "import time; time.sleep(60)")) for _ in range(3)}
    pages = list(
        stack.ecs.get_paginator("list_tasks").paginate(
            cluster=stack.cluster, PaginationConfig={"PageSize": 2}
        )
    )
    assert len(pages) >= 2 and arns <= {arn for page in pages for arn in page["taskArns"]}
    for arn in arns:
        stack.ecs.stop_task(cluster=stack.cluster, task=arn)


def test_a_cluster_with_tasks_is_not_deleted(cloud: RunningCloud) -> None:
    stack = Stack(cloud)
    arn = stack.run()
    with pytest.raises(ClientError, match="ClusterContainsTasksException"):
        stack.ecs.delete_cluster(cluster=stack.cluster)
    stack.until(arn, "RUNNING")
    assert stack.ecs.describe_clusters(clusters=[stack.cluster])["clusters"][0]["runningTasksCount"] == 1
    stack.ecs.stop_task(cluster=stack.cluster, task=arn)
    stack.until(arn, "STOPPED")
    assert stack.ecs.delete_cluster(cluster=stack.cluster)["cluster"]["status"] == "INACTIVE"
    with pytest.raises(ClientError, match="ClusterNotFoundException"):
        stack.run()


def test_the_timeline_tells_what_happened(stack: Stack) -> None:
    arn = stack.run(program(stack, "pass"))
    stack.until(arn, "STOPPED")
    events = client.control("GET", "/timeline")["events"]
    told = [event for event in events if event["subject"] == arn]
    assert [event["kind"] for event in told] == ["task-running", "task-stopped"]
    assert told[-1]["texts"]["en"].endswith("is STOPPED.")
    assert told[-1]["texts"]["fr"].endswith("est arrêtée (STOPPED).")
    assert told[-1]["text"] in told[-1]["texts"].values()
    assert client.control("GET", f"/timeline/{events[-1]['number']}") == {"events": []}


def test_a_stop_during_the_start_is_obeyed(stack: Stack) -> None:
    arn = stack.run(program(stack, "import time; time.sleep(60)"))
    stack.ecs.stop_task(cluster=stack.cluster, task=arn)
    assert stack.until(arn, "STOPPED")["stopCode"] == "UserInitiated"


def test_a_killed_process_is_noticed_at_once(stack: Stack) -> None:
    arn = stack.run(program(stack, "import os, time; print(os.getpid()); time.sleep(60)"))
    pid = int(wait_for(lambda: stack.task(arn)["lastStatus"] == "RUNNING" and lines(stack, arn))[0])
    os.kill(pid, signal.SIGKILL)
    task = stack.until(arn, "STOPPED")
    assert task["containers"][0]["exitCode"] == 137
    assert not runs(pid)

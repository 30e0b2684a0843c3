"""What a task needs before and while it runs: permissions, secrets, network, volumes, companions, memory."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labs.cloud import client
from tests.cloud.running import wait_for
from tests.cloud.stack import EXECUTION_POLICY, Stack

SHOW = "import json, os; print(json.dumps(dict(os.environ)))"
PULL = "ResourceInitializationError: unable to pull secrets or registry auth: "


@pytest.fixture(scope="module")
def show(stack: Stack) -> str:
    return stack.image({"app/main.py": SHOW})


def allow(stack: Stack, name: str, *statements: tuple[str, str, str], managed: bool = True) -> str:
    """An execution role with these (effect, action, resource) beside AWS's managed policy; its ARN."""
    role = stack.make_role(name, *([EXECUTION_POLICY] if managed else []))
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": e, "Action": a, "Resource": r} for e, a, r in statements],
    }
    stack.iam.put_role_policy(
        RoleName=role.rpartition("/")[2], PolicyName="more", PolicyDocument=json.dumps(policy)
    )
    return role


def lines(stack: Stack, arn: str, name: str = "web") -> list[str]:
    stream = f"test/{name}/{arn.rpartition('/')[2]}"
    events = stack.logs.get_log_events(logGroupName=stack.group, logStreamName=stream, startFromHead=True)
    return [event["message"] for event in events["events"]]


def secret(name: str, value: str) -> list[dict[str, str]]:
    return [{"name": name, "valueFrom": value}]


def reason(stack: Stack, container: dict[str, Any], **properties: Any) -> str:
    """Why the task with that container does not start."""
    task = stack.until(stack.run(stack.define(container, **properties)), "STOPPED")
    assert task["stopCode"] == "TaskFailedToStart", task["stoppedReason"]
    return str(task["stoppedReason"])


def test_secrets_of_both_services_reach_the_program_alone(stack: Stack, show: str) -> None:
    manager, store = stack.cloud.client("secretsmanager"), stack.cloud.client("ssm")
    made = manager.create_secret(Name="oven", SecretString=json.dumps({"user": "baker", "grams": 500}))
    old = made["VersionId"]
    manager.put_secret_value(SecretId="oven", SecretString=json.dumps({"user": "owner"}))
    store.put_parameter(Name="/bakery/key", Value="rye", Type="SecureString")
    store.put_parameter(Name="plain", Value="wheat", Type="String")
    arn = made["ARN"]
    role = allow(
        stack, "reader",
        ("Allow", "secretsmanager:GetSecretValue", arn),
        ("Allow", "ssm:GetParameters", "arn:aws:ssm:us-east-1:123456789012:parameter/*"),
    )  # fmt: skip
    wanted = {
        "WHOLE": arn,
        "KEY": f"{arn}:user::",
        "STAGE": f"{arn}:user:AWSPREVIOUS:",
        "VERSION": f"{arn}:grams::{old}",
        "SECURE": "/bakery/key",
        "ARN": "arn:aws:ssm:us-east-1:123456789012:parameter/bakery/key",
        "PLAIN": "plain",
    }
    secrets = [{"name": name, "valueFrom": value} for name, value in wanted.items()]
    task = stack.run(stack.define(stack.container(image=show, secrets=secrets), executionRoleArn=role))
    described = stack.until(task, "STOPPED")
    assert described["stopCode"] == "EssentialContainerExited", described["stoppedReason"]
    environment = json.loads(lines(stack, task)[0])
    assert {name: environment[name] for name in wanted} == {
        "WHOLE": '{"user": "owner"}', "KEY": "owner", "STAGE": "baker", "VERSION": "500",
        "SECURE": "rye", "ARN": "rye", "PLAIN": "wheat",
    }  # fmt: skip
    assert "rye" not in json.dumps(described, default=str)
    assert b"baker" not in (stack.cloud.home / "cloud.log").read_bytes()


def test_secrets_that_cannot_be_had(stack: Stack, show: str) -> None:
    made = stack.cloud.client("secretsmanager").create_secret(Name="word", SecretString="plain words")
    known, gone = made["ARN"], made["ARN"].replace("word", "gone")
    role = allow(
        stack, "all", ("Allow", "secretsmanager:GetSecretValue", "*"), ("Allow", "ssm:GetParameters", "*")
    )
    failed = f"{PULL}execution resource retrieval failed: unable to retrieve secret"
    retried = "service call has been retried 1 time(s): "
    causes = {
        known: (
            None,
            f"{failed} from asm: {retried}failed to fetch secret {known} from secrets manager: AccessDeniedException: "
            f"User: arn:aws:sts::123456789012:assumed-role/{stack.role.rpartition('/')[2]}/",
        ),
        gone: (role, "ResourceNotFoundException: Secrets Manager can't find the specified secret."),
        f"{known}:user::": (role, "it is no JSON object"),
        "/nowhere": (role, f"{failed}s from ssm: {retried}invalid parameters: /nowhere"),
        "/denied": (None, "is not authorized to perform: ssm:GetParameters on resource: "),
    }
    for value, (execution_role, text) in causes.items():
        container = stack.container(image=show, secrets=secret("A", value))
        assert text in reason(stack, container, executionRoleArn=execution_role or stack.role)
    stack.cloud.client("secretsmanager").put_secret_value(SecretId="word", SecretString='{"a": 1}')
    container = stack.container(image=show, secrets=secret("A", f"{known}:user::"))
    assert reason(stack, container, executionRoleArn=role).endswith(
        "retrieved secret from Secrets Manager did not contain json key user"
    )


def test_an_execution_role_without_permissions(stack: Stack, show: str) -> None:
    repository = f"arn:aws:ecr:us-east-1:123456789012:repository/{show.partition('/')[2].partition(':')[0]}"
    logs = ("Allow", "logs:*", "*")
    token = ("Allow", "ecr:GetAuthorizationToken", "*")
    container = stack.container(image=show)
    bare = reason(stack, container, executionRoleArn=stack.make_role("bare"))
    nothing = reason(stack, container, executionRoleArn=allow(stack, "logs", logs, managed=False))
    for refused in (bare, nothing):
        assert refused.startswith(
            f"{PULL}execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been "
            "retried 1 time(s): AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/"
        )
    pull = ("Allow", "ecr:*", "*")
    mute = reason(stack, container, executionRoleArn=allow(stack, "mute", pull, managed=False))
    assert "is not authorized to perform: logs:CreateLogStream on resource: arn:aws:logs:" in mute
    role = allow(stack, "token", logs, token, managed=False)
    task = stack.until(stack.run(stack.define(container, executionRoleArn=role)), "STOPPED")
    assert task["stoppedReason"].startswith(
        "CannotPullContainerError: pull image manifest has been retried 1 time(s)"
    )
    assert task["stoppedReason"].endswith("[manifests v1]: 403 Forbidden")
    assert task["containers"][0]["reason"] == task["stoppedReason"]
    role = allow(stack, "manifest", logs, token, ("Allow", "ecr:BatchGetImage", repository), managed=False)
    assert "/blobs/: 403 Forbidden" in reason(stack, container, executionRoleArn=role)


def test_a_role_that_tasks_may_not_assume(stack: Stack, show: str) -> None:
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    )
    made = stack.iam.create_role(RoleName=f"{stack.name}-machine", AssumeRolePolicyDocument=trust)
    role = made["Role"]["Arn"]
    text = reason(stack, stack.container(image=show), executionRoleArn=role)
    assert text.startswith(f"ECS was unable to assume the role '{role}'")


def test_a_task_without_a_way_to_aws(stack: Stack, show: str) -> None:
    hidden = {"awsvpcConfiguration": {"subnets": stack.subnets, "assignPublicIp": "DISABLED"}}

    def stopped(container: dict[str, Any]) -> str:
        answer = stack.ecs.run_task(
            cluster=stack.cluster, taskDefinition=stack.define(container), launchType="FARGATE",
            networkConfiguration=hidden,
        )  # fmt: skip
        return str(stack.until(answer["tasks"][0]["taskArn"], "STOPPED")["stoppedReason"])

    text = stopped(stack.container(image=show))
    assert text.startswith(
        f"{PULL}The task cannot pull registry auth from Amazon ECR: There is a connection issue"
    )
    assert "https://api.ecr.us-east-1.amazonaws.com/" in text
    elsewhere = stack.container(image="nginx:latest")  # not in ECR: the logs are asked for first
    assert "There is a connection issue between the task and Amazon CloudWatch" in stopped(elsewhere)
    silent = {"name": "web", "image": show}
    asking = silent | {"secrets": secret("A", "/a")}
    assert "between the task and AWS Systems Manager Parameter Store" in stopped(asking)


@pytest.mark.parametrize(
    ("image", "text"),
    [
        ("{base}/nothing:v1", "nothing:v1: not found"),
        ("{web}@sha256:" + "0" * 64, "not found"),
        ("nginx:latest", 'Head "https://docker.io/v2/library/nginx/manifests/latest": dial tcp: i/o timeout'),
        ("999999999999.dkr.ecr.us-east-1.amazonaws.com/x:1", "pull access denied"),
    ],
)  # fmt: skip
def test_images_that_cannot_be_had(stack: Stack, show: str, image: str, text: str) -> None:
    reference = image.format(base=show.partition("/")[0], web=show.partition(":v1")[0])
    said = reason(stack, stack.container(image=reference))
    assert said.startswith("CannotPullContainerError: ") and text in said


def test_an_image_for_another_processor(stack: Stack, show: str) -> None:
    platform = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    arn = stack.run(stack.define(stack.container(image=show), runtimePlatform=platform))
    task = stack.until(arn, "STOPPED")
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", 255)
    assert lines(stack, arn) == ["exec python: exec format error"]


SERVE = """
import http.server, os
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"bread")
    def log_message(self, *_): pass
http.server.HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Answer).serve_forever()
"""
ASK = "import os, urllib.request; print(urllib.request.urlopen(os.environ['OVEN']).read().decode())"


def test_companions_share_localhost_and_wait_for_health(stack: Stack) -> None:
    check = "python -c \"import urllib.request; urllib.request.urlopen('http://localhost:8080/')\""
    oven = stack.container(
        "oven", image=stack.image({"app/main.py": SERVE}), essential=False,
        portMappings=[{"containerPort": 8080}],
        healthCheck={"command": ["CMD-SHELL", check], "interval": 5, "timeout": 5},
    )  # fmt: skip
    ask = stack.container(
        image=stack.image({"app/main.py": ASK}),
        environment=[{"name": "OVEN", "value": "http://localhost:8080/"}],
        dependsOn=[{"containerName": "oven", "condition": "HEALTHY"}],
    )
    arn = stack.run(stack.define(ask, oven))
    task = stack.until(arn, "STOPPED")
    assert lines(stack, arn) == ["bread"], task["stoppedReason"]
    assert (task["startedAt"] - task["pullStartedAt"]).total_seconds() >= 5


def test_who_never_gets_healthy_in_time_stops_the_task(stack: Stack, show: str) -> None:
    sick = stack.container(
        "oven", image=stack.image({"app/main.py": "import time; time.sleep(60)"}), startTimeout=2,
        healthCheck={"command": ["CMD", "false"], "interval": 5}, essential=False,
    )  # fmt: skip
    web = stack.container(image=show, dependsOn=[{"containerName": "oven", "condition": "HEALTHY"}])
    task = stack.until(stack.run(stack.define(web, sick)), "STOPPED")
    containers = {each["name"]: each for each in task["containers"]}
    assert task["stopCode"] == "TaskFailedToStart"
    assert "[oven] for target [web] has timed out." in task["stoppedReason"]
    assert (containers["web"]["exitCode"], containers["oven"]["exitCode"]) == (143, 143)
    events = [e for e in client.control("GET", "/timeline")["events"] if e["subject"] == task["taskArn"]]
    assert events[0]["kind"] == "container-blocked"


def test_volumes_are_shared_read_only_where_asked_and_end_with_the_task(stack: Stack) -> None:
    write = "import os; open(os.environ['SHELF'] + '/bread', 'w').write('baguette')"
    read = "import os, sys; print(open(sys.argv[1]).read())"
    baker = stack.container(
        "baker", image=stack.image({"app/main.py": write}), essential=False,
        environment=[{"name": "SHELF", "value": "/shelf"}],
        mountPoints=[{"sourceVolume": "shelf", "containerPath": "/shelf"}],
    )  # fmt: skip
    seller = stack.container(
        image=stack.image({"app/main.py": read}), command=["python", "main.py", "/shelf/bread"],
        volumesFrom=[{"sourceContainer": "baker", "readOnly": True}],
        dependsOn=[{"containerName": "baker", "condition": "SUCCESS"}],
    )  # fmt: skip
    arn = stack.run(stack.define(seller, baker, volumes=[{"name": "shelf"}]))
    stack.until(arn, "STOPPED")
    assert lines(stack, arn) == ["baguette"]
    assert not (stack.cloud.home / "engine" / "volumes" / arn.rpartition("/")[2]).exists()


def test_too_much_memory_is_the_end(stack: Stack) -> None:
    greedy = "import time\nx = []\nprint('up', flush=True)\nwhile True: x.append(bytearray(5_000_000)); time.sleep(.02)"
    arn = stack.run(stack.define(stack.container(image=stack.image({"app/main.py": greedy}), memory=64)))
    task = stack.until(arn, "STOPPED")
    (container,) = task["containers"]
    assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    assert (container["exitCode"], task["stoppedReason"]) == (137, "Essential container in task exited")
    events = [e for e in client.control("GET", "/timeline")["events"] if e["subject"] == arn]
    assert "64 MiB" in next(e for e in events if e["kind"] == "container-out-of-memory")["texts"]["fr"]


METADATA = """
import json, os, time, urllib.request
base = os.environ["ECS_CONTAINER_METADATA_URI_V4"]
def get(path): return json.load(urllib.request.urlopen(base + path))
time.sleep(.3)
print(json.dumps({path: get(path) for path in ("", "/task", "/taskWithTags", "/stats", "/task/stats")}))
"""


def test_metadata_and_statistics(stack: Stack) -> None:
    image = stack.image({"app/main.py": METADATA})
    arn = stack.run(
        stack.define(stack.container(image=image, dockerLabels={"team": "bread"})),
        tags=[{"key": "shop", "value": "FrenchBakery"}],
    )
    task = stack.until(arn, "STOPPED")
    assert task["containers"][0]["exitCode"] == 0, lines(stack, arn)
    said = json.loads(lines(stack, arn)[0])
    own, whole = said[""], said["/task"]
    assert own["Name"] == "web" and own["Labels"]["team"] == "bread" and own["KnownStatus"] == "RUNNING"
    assert own["Networks"][0]["IPv4SubnetCIDRBlock"].startswith("172.31.")
    assert (whole["TaskARN"], whole["Limits"], whole["LaunchType"]) == (
        arn, {"CPU": 0.25, "Memory": 512}, "FARGATE",
    )  # fmt: skip
    assert said["/taskWithTags"]["TaskTags"] == {"shop": "FrenchBakery"}
    assert said["/stats"]["memory_stats"]["usage"] > 1_000_000
    assert said["/task/stats"][own["DockerId"]]["cpu_stats"]["cpu_usage"]["total_usage"] > 0


def test_a_sick_standalone_task_goes_on_and_that_is_told(stack: Stack) -> None:
    sleep = stack.image({"app/main.py": "import time; time.sleep(60)"})
    check = {"command": ["CMD", "false"], "interval": 5, "retries": 1}
    arn = stack.run(stack.define(stack.container(image=sleep, healthCheck=check)))
    wait_for(lambda: stack.task(arn)["healthStatus"] == "UNHEALTHY")
    task = stack.task(arn)
    assert (task["lastStatus"], task["desiredStatus"]) == ("RUNNING", "RUNNING")
    events = [e for e in client.control("GET", "/timeline")["events"] if e["subject"] == arn]
    assert [e["kind"] for e in events] == ["task-running", "container-unhealthy", "standalone-unhealthy"]
    stack.ecs.stop_task(cluster=stack.cluster, task=arn)


def test_a_chatty_program_does_not_fill_the_memory(stack: Stack) -> None:
    chatty = "import sys\nfor n in range(30_000): sys.stdout.write(f'line {n}\\n')"
    container = stack.container(image=stack.image({"app/main.py": chatty}))
    container["logConfiguration"]["options"]["mode"] = "blocking"
    arn = stack.run(stack.define(container))
    stack.until(arn, "STOPPED")
    stream = {"logGroupName": stack.group, "logStreamNames": [f"test/web/{arn.rpartition('/')[2]}"]}
    pages = stack.logs.get_paginator("filter_log_events").paginate(**stream)
    kept = [event["message"] for page in pages for event in page["events"]]
    assert kept[-1] == "line 29999" and 10_000 <= len(kept) <= 11_000
    assert kept == [f"line {n}" for n in range(30_000 - len(kept), 30_000)]
    events = client.control("GET", "/timeline")["events"]
    assert any(
        event["kind"] == "logs-trimmed" and arn.rpartition("/")[2] in event["text"] for event in events
    )


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"colour": "red"}, "unknown log opt 'colour' for awslogs log driver"),
        ({"mode": "loud"}, "unsupported log mode: loud"),
        ({"max-buffer-size": "much"}, "invalid size: 'much'"),
    ],
)
def test_log_options_that_the_driver_refuses(
    stack: Stack, show: str, options: dict[str, str], text: str
) -> None:
    container = stack.container(image=show)
    container["logConfiguration"]["options"] |= options
    said = reason(stack, container)
    assert said.startswith("ResourceInitializationError: failed to validate logger args: ") and text in said


def test_deregistered_and_deleted_definitions(stack: Stack, show: str) -> None:
    definition = stack.define(stack.container(image=show), family="deleted")
    ecs = stack.ecs
    refused = ecs.delete_task_definitions(taskDefinitions=[definition, "deleted:99", "deleted", "deleted:x"])
    assert [failure["reason"].partition(".")[0] for failure in refused["failures"]] == [
        "The specified task definition is still in ACTIVE status",
        "The specified task definition does not exist",
        "The specified task definition identifier is invalid",
        "The specified task definition identifier is invalid",
    ]
    gone = ecs.deregister_task_definition(taskDefinition=definition)["taskDefinition"]
    assert gone["status"] == "INACTIVE" and gone["deregisteredAt"] >= gone["registeredAt"]
    (deleted,) = ecs.delete_task_definitions(taskDefinitions=[definition])["taskDefinitions"]
    assert deleted["status"] == "DELETE_IN_PROGRESS"
    found = ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    assert found["status"] == "DELETE_IN_PROGRESS"
    assert ecs.list_task_definitions(familyPrefix="deleted", status="DELETE_IN_PROGRESS")[
        "taskDefinitionArns"
    ] == [definition]
    with pytest.raises(ecs.exceptions.ClientException, match="TaskDefinition is inactive"):
        stack.run(definition)
    assert stack.define(stack.container(image=show), family="deleted").endswith("deleted:2")

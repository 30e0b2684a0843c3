"""What one learner's odd resource must not do: stop the controllers, lose other tasks, outlive its container."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import botocore.session
import pytest
from botocore import serialize
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from labs.cloud.authorization.actions import questions
from tests.cloud.running import RunningCloud, runs, wait_for
from tests.cloud.stack import Stack

SLEEP = "import time; time.sleep(60)"


def one_runs(stack: Stack, name: str) -> None:
    wait_for(lambda: len(stack.running(name)) == 1, what=f"a running task of {name}")


def test_a_deleted_log_group_stops_nothing_but_its_lines(stack: Stack) -> None:
    stack.logs.create_log_group(logGroupName="/ecs/doomed")
    options = {"awslogs-group": "/ecs/doomed", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "t"}
    image = stack.image({"app/main.py": "import time\nwhile True: print('noise'); time.sleep(0.01)"})
    doomed = stack.run(
        stack.define(
            stack.container(image=image, logConfiguration={"logDriver": "awslogs", "options": options}),
            family="doomed",
        )
    )
    stack.until(doomed, "RUNNING")
    stack.logs.delete_log_group(logGroupName="/ecs/doomed")
    loud = stack.run(
        stack.define(
            stack.container(image=stack.image({"app/main.py": "print('still heard')"})), family="loud"
        )
    )
    stack.until(loud, "STOPPED")
    assert "still heard" in stack.log_lines()
    stack.ecs.stop_task(cluster=stack.cluster, task=doomed)
    stack.until(doomed, "STOPPED")


def test_megabytes_without_a_newline_come_in_pieces(stack: Stack) -> None:
    image = stack.image({"app/main.py": "import sys; sys.stdout.write('y' * 600_000)"})
    stack.until(stack.run(stack.define(stack.container(image=image), family="wide")), "STOPPED")
    sizes = [len(line) for line in stack.log_lines() if line.startswith("yy")]
    assert sum(sizes) == 600_000 and max(sizes) == 256 * 1024


def test_an_environment_variable_without_a_value_is_empty(stack: Stack) -> None:
    image = stack.image({"app/main.py": "import os, time; print(repr(os.environ['EMPTY'])); time.sleep(60)"})
    container = stack.container(image=image, environment=[{"name": "EMPTY"}])
    stack.serve("empty", 1, stack.define(container, family="empty"))
    one_runs(stack, "empty")
    wait_for(lambda: "''" in stack.log_lines(), what="the variable")
    stack.ecs.delete_service(cluster=stack.cluster, service="empty", force=True)


def test_a_service_whose_subnets_are_gone_says_so_and_hinders_no_other(stack: Stack) -> None:
    vpc = stack.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    subnet = stack.ec2.create_subnet(VpcId=vpc, CidrBlock="172.31.200.0/24")["Subnet"]["SubnetId"]
    missing = stack.define(stack.container(image=stack.web.replace(":v1", ":missing")), family="missing")
    stack.serve("lost", 1, missing, networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}})

    def deleted() -> bool:
        try:
            stack.ec2.delete_subnet(SubnetId=subnet)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "DependencyViolation"
            return False
        return True

    wait_for(lambda: stack.messages("lost"), what="the first start")
    wait_for(deleted, what="a subnet without interfaces")
    wait_for(lambda: any("subnets" in text for text in stack.messages("lost")), what="the event")
    stack.serve("other", 1)
    one_runs(stack, "other")
    for name in ("lost", "other"):
        stack.ecs.delete_service(cluster=stack.cluster, service=name, force=True)


def test_a_program_that_ends_at_once_is_not_started_in_a_storm(stack: Stack) -> None:
    image = stack.image({"app/main.py": "print('bye')"})
    stack.serve("brief", 1, stack.define(stack.container(image=image), family="brief"))
    stopped = wait_for(
        lambda: (
            len(found := stack.tasks("brief", "STOPPED")) > 1
            and all("stoppedAt" in task for task in found)
            and sorted(found, key=lambda task: task["createdAt"])
        )
    )
    stack.ecs.delete_service(cluster=stack.cluster, service="brief", force=True)
    assert (stopped[1]["createdAt"] - stopped[0]["stoppedAt"]).total_seconds() > 1


def test_down_to_zero_without_the_target_group(stack: Stack) -> None:
    balancer, group = stack.balancer()
    stack.serve("orphan", 1, loadBalancers=stack.behind(group))
    stack.elbv2.delete_load_balancer(LoadBalancerArn=balancer)
    stack.elbv2.delete_target_group(TargetGroupArn=group)
    update = {"cluster": stack.cluster, "service": "orphan"}
    assert stack.ecs.update_service(**update, desiredCount=0)["service"]["desiredCount"] == 0
    with pytest.raises(ClientError, match="target group does not exist"):
        stack.ecs.update_service(**update, forceNewDeployment=True)
    with pytest.raises(ClientError, match="desiredCount must be between"):
        stack.ecs.update_service(**update, desiredCount=-1)
    stack.ecs.delete_service(cluster=stack.cluster, service="orphan")
    wait_for(lambda: stack.service("orphan")["status"] == "INACTIVE", what="the end of the service")


def test_a_child_that_left_its_session_ends_with_its_container(stack: Stack) -> None:
    text = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)\n"
        "print('child', child.pid)"
    )
    arn = stack.run(stack.define(stack.container(image=stack.image({"app/main.py": text})), family="forks"))
    stack.until(arn, "STOPPED")
    pid = next(int(line.split()[1]) for line in stack.log_lines() if line.startswith("child"))
    wait_for(lambda: not runs(pid), what="the end of the child")


@pytest.mark.parametrize("name", ["é", "a b", "a/b", "a:b", "x" * 256])
def test_names_are_letters_digits_hyphens_and_underscores(stack: Stack, name: str) -> None:
    for create in (lambda: stack.ecs.create_cluster(clusterName=name), lambda: stack.serve(name, 0)):
        with pytest.raises(ClientError) as refused:
            create()
        assert refused.value.response["Error"]["Code"] == "InvalidParameterException"


def test_no_task_is_not_one_task(stack: Stack) -> None:
    with pytest.raises(ClientError, match="count must be between 1 and 10"):
        stack.run(count=0)


def test_idle_connections_keep_nobody_out(cloud: RunningCloud) -> None:
    with ExitStack() as idle:
        for _ in range(150):
            idle.enter_context(socket.create_connection(("127.0.0.1", cloud.state.port)))
        fresh = cloud.session().client(
            "ecs",
            endpoint_url=cloud.endpoint,
            config=Config(read_timeout=30, retries={"total_max_attempts": 1}),
        )
        assert "clusterArns" in fresh.list_clusters()


# Every operation of every service of the course, called wrongly over raw signed HTTP.

SERVICES = [
    "ecs",
    "ecr",
    "elbv2",
    "eks",
    "logs",
    "cloudwatch",
    "application-autoscaling",
    "cloudformation",
    "iam",
    "sts",
    "events",
    "secretsmanager",
    "ssm",
    "dynamodb",
]
WRONG = {"string": [1], "list": "x", "map": "x", "structure": "x", "boolean": "x"}
HUGE = "x" * 100_000


def without(shape: Any, service: str) -> Any:
    """No parameters, but for those in a REST path."""
    return {
        name: "nothing"
        for name, member in (shape.members if shape else {}).items()
        if member.serialization.get("location") == "uri"
    }


def filled(shape: Any, text: str, depth: int = 0) -> Any:
    """A value of the right type in which every text is `text`."""
    match shape.type_name:
        case "structure":
            members = shape.required_members if depth else shape.members
            return {name: filled(shape.members[name], text, depth + 1) for name in members if depth < 4}
        case "list":
            return [filled(shape.member, text, depth + 1)] if depth < 4 else []
        case "map":
            return {text: filled(shape.value, text, depth + 1)} if depth < 4 else {}
        case "string":
            return text
        case "blob":
            return text.encode()
        case "boolean":
            return True
        case "timestamp":
            return datetime(2026, 1, 1, tzinfo=UTC)
    return 10**12 if text is HUGE else -1


def unknown(shape: Any, service: str) -> Any:
    return filled(shape, "unknown") if shape else {}


def huge(shape: Any, service: str) -> Any:
    values: dict[str, Any] = filled(shape, HUGE) if shape else {}
    located = {name for name in values if shape.members[name].serialization.get("location")}
    return {name: "long" * 50 if name in located else value for name, value in values.items()}


def request_for(service: str, operation: Any, parameters: Any) -> tuple[str, str, dict[str, str], bytes]:
    """Method, path, headers and body of an operation, as botocore would send it, unchecked."""
    protocol = operation.service_model.metadata["protocols"][-1 if service != "cloudwatch" else 1]
    made = serialize.create_serializer(protocol, include_validation=False).serialize_to_request(
        parameters, operation
    )
    body = made["body"]
    if isinstance(body, dict):
        body = urlencode(body).encode()
    query = urlencode(made["query_string"], doseq=True) if made["query_string"] else ""
    headers = {name: str(value) for name, value in made["headers"].items()}
    path = made["url_path"] + (f"?{query}" if query else "")
    return made["method"], path, headers, body if isinstance(body, bytes) else str(body).encode()


def wrongly_typed(service: str, operation: Any) -> tuple[str, str, dict[str, str], bytes]:
    shape = operation.input_shape
    method, path, headers, body = request_for(service, operation, without(shape, service))
    members = shape.members if shape else {}
    in_body = {name: member for name, member in members.items() if "location" not in member.serialization}
    if "Action" in body.decode("latin-1"):
        fields = {name: "x" for name, member in in_body.items() if member.type_name != "boolean"}
        return method, path, headers, body + b"&" + urlencode(fields).encode()
    wrong = {
        member.serialization.get("name", name): WRONG.get(member.type_name, "x")
        for name, member in in_body.items()
    }
    return method, path, headers, json.dumps(wrong).encode() if method != "GET" else body


@pytest.mark.parametrize("service", SERVICES)
def test_no_bad_call_crashes_the_cloud(cloud: RunningCloud, service: str) -> None:
    model = botocore.session.get_session().get_service_model(service)
    key = Credentials(cloud.state.access_key_id, cloud.state.secret_access_key)
    connection = http.client.HTTPConnection("127.0.0.1", cloud.state.port, timeout=20)
    bad = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        shape = operation.input_shape
        calls = {
            how.__name__: request_for(service, operation, how(shape, service))
            for how in (without, unknown, huge)
        } | {"wrongly_typed": wrongly_typed(service, operation)}
        for how, (method, path, headers, body) in calls.items():
            request = AWSRequest(method, cloud.endpoint + path, data=body, headers=headers)
            SigV4Auth(key, model.signing_name, "us-east-1").add_auth(request)
            connection.request(method, path, body, dict(request.headers))
            answer = connection.getresponse()
            text = answer.read()
            crashed = answer.status >= 500 and answer.status != 501
            shaped = b"__type" in text or b"<Code>" in text or answer.getheader("x-amzn-ErrorType")
            if crashed or (answer.status >= 400 and not shaped) or b"<Code>InternalFail" in text:
                bad.append((name, how, answer.status, text[:300]))
    assert not bad, "\n".join(map(str, bad))


@pytest.mark.parametrize("service", [*SERVICES, "ec2", "s3", "sqs"])
def test_every_operation_has_its_questions(service: str) -> None:
    """Whatever its parameters: at least one, and all with a resource."""

    class Nothing:
        def task_roles(self, region: str, definition: str) -> list[str]:
            return []

        def definition_arn(self, region: str, definition: str) -> None:
            return None

        def secret_arn(self, region: str, name: str) -> None:
            return None

        def secret_arns(self, region: str) -> list[str]:
            return []

        def iam_arn(self, kind: str, name: str) -> None:
            return None

        def launch_template(self, region: str, named: Mapping[str, Any]) -> dict[str, Any]:
            return {}

        def configuration_profile(self, region: str, name: str) -> list[str]:
            return []

        def change_set_stack(self, region: str, arn: str) -> None:
            return None

        def profile_roles(self, profile: str) -> list[str]:
            return []

    model = botocore.session.get_session().get_service_model(service)
    for name in model.operation_names:
        shape = model.operation_model(name).input_shape
        for parameters in ({}, unknown(shape, service)):
            asked = questions(service, name, parameters, "us-east-1", "123456789012", Nothing())
            assert asked and all(
                question.resource == "*" or isinstance(question.resource, str) for question in asked
            )
            assert all(":" in question.action for question in asked), name


def test_a_page_has_at_least_one_entry(stack: Stack) -> None:
    with pytest.raises(ClientError, match="greater than or equal to 1"):
        stack.ecs.list_clusters(maxResults=-1)


def test_what_an_sdk_has_compressed_is_read(cloud: RunningCloud) -> None:
    points = [{"MetricName": f"m{number}", "Value": 1.0} for number in range(300)]
    cloud.client("cloudwatch").put_metric_data(Namespace="Bakery", MetricData=points)
    found = cloud.client("cloudwatch").list_metrics(Namespace="Bakery", MetricName="m299")["Metrics"]
    assert len(found) == 1


def test_a_form_of_thousands_of_fields_is_refused(stack: Stack) -> None:
    names = [f"sg-{number}" for number in range(5000)]
    with pytest.raises(ClientError) as refused:
        stack.ec2.describe_security_groups(GroupIds=names)
    assert refused.value.response["Error"]["Code"] == "MalformedQueryString"


def test_an_answer_that_repeats_what_xml_cannot_carry_is_readable(cloud: RunningCloud) -> None:
    with pytest.raises(ClientError, match="a\ufffdb"):
        cloud.client("elbv2").create_load_balancer(Name="bakery", Type="a\x07b")

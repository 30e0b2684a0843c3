"""What the playgrounds of notebook 03 say of a task is what the running cloud does with one."""

from __future__ import annotations

from typing import Any

import pytest

from labs.playgrounds.network_path.way import HOST, REGION, Setup, start
from labs.playgrounds.task_life.story import IMAGE, Case, live
from tests.cloud.running import wait_for
from tests.cloud.stack import Stack

LISTENS = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\nprint('up'); time.sleep(60)"
DEAF = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up'); time.sleep(60)"
EXITS = "raise SystemExit(3)"
GREEDY = "import time\nx = []\nwhile True: x.append(bytearray(5_000_000)); time.sleep(.02)"


@pytest.mark.parametrize(
    ("case", "program"),
    [
        (Case("stop", listens=True), LISTENS),
        (Case("stop", listens=False, timeout=2), DEAF),
        (Case("exit", code=3), EXITS),
        (Case("memory"), GREEDY),
        (Case("image"), None),
    ],
    ids=["listens", "deaf", "exit", "memory", "image"],
)
def test_a_task_ends_as_the_playground_says(stack: Stack, case: Case, program: str | None) -> None:
    life = live(case)
    assert life is not None
    image = stack.web.replace(":v1", ":v9") if program is None else stack.image({"app/main.py": program})
    container = stack.container("shop", image=image, stopTimeout=case.timeout, memory=64)
    arn = stack.run(stack.define(container))
    if case.event == "stop":
        said = {"logGroupName": stack.group, "logStreamNamePrefix": f"test/shop/{arn.rpartition('/')[2]}"}
        wait_for(lambda: stack.logs.filter_log_events(**said)["events"], what="the program's first line")
        stack.ecs.stop_task(cluster=stack.cluster, task=arn)
    task = stack.until(arn, "STOPPED")
    told: dict[str, Any] = life.described()
    (expected,) = told.pop("containers")
    assert {key: task[key] for key in told} == {
        key: value.replace(IMAGE, image) for key, value in told.items()
    }
    (found,) = task["containers"]
    assert found.get("exitCode") == expected.get("exitCode")
    assert found.get("reason") == (expected["reason"].replace(IMAGE, image) if "reason" in expected else None)


def test_each_endpoint_takes_the_task_one_call_further_in_both(stack: Stack) -> None:
    ec2, image = stack.ec2, stack.web
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.1.0/24")["Subnet"]["SubnetId"]
    tasks, endpoints = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("tasks", "endpoints")
    )
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": tasks}]}
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    definition = stack.define(stack.container("shop", image=image))

    def endpoint(service: str, **settings: Any) -> None:
        name = f"com.amazonaws.{REGION}.{service}"
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name, **settings)

    def interface(service: str) -> None:
        endpoint(service, VpcEndpointType="Interface", SubnetIds=[subnet], SecurityGroupIds=[endpoints])

    def run() -> str:
        network = {"subnets": [subnet], "securityGroups": [tasks], "assignPublicIp": "DISABLED"}
        answer = stack.ecs.run_task(
            cluster=stack.cluster, taskDefinition=definition, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network},
        )  # fmt: skip
        return str(answer["tasks"][0]["taskArn"])

    def agrees(setup: Setup) -> None:
        reason = start(setup).reason
        arn = run()
        if reason is None:
            stack.until(arn, "RUNNING")
            stack.ecs.stop_task(cluster=stack.cluster, task=arn)
            return
        host, _, path = image.partition("/")
        for ours, theirs in (
            ("/v2/shop/manifests/v3", f"/v2/{path.replace(':', '/manifests/')}"),
            ("/shop:v3", f"/{path}"),
            (HOST, host),
        ):
            reason = reason.replace(ours, theirs)
        assert stack.until(arn, "STOPPED")["stoppedReason"] == reason

    agrees(Setup())
    interface("ecr.api")
    agrees(Setup(endpoints=frozenset({"ecr.api"}), open_group=False))
    ec2.authorize_security_group_ingress(GroupId=endpoints, IpPermissions=[https])
    agrees(Setup(endpoints=frozenset({"ecr.api"})))
    interface("ecr.dkr")
    agrees(Setup(endpoints=frozenset({"ecr.api", "ecr.dkr"})))
    endpoint("s3", VpcEndpointType="Gateway", RouteTableIds=[table["RouteTableId"] for table in tables])
    agrees(Setup(endpoints=frozenset({"ecr.api", "ecr.dkr"}), s3=True))
    interface("logs")
    agrees(Setup(endpoints=frozenset({"ecr.api", "ecr.dkr", "logs"}), s3=True))

"""Notebook 06c: five stacks released broken; each challenge untouched, mended badly, and mended in every legitimate way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from labs.chapters import challenge, chapter
from labs.chapters.ground import network, security_groups
from labs.chapters.troubleshooting import brest, dijon, lille, lyon, nantes, release, town
from labs.chapters.troubleshooting.ground import PRIVATE, TASKS
from labs.chapters.troubleshooting.stacks import NAME, STACKS, name_of
from labs.chapters.troubleshooting.town import Check, Town, as_released
from labs.lab import Lab

pytest_plugins = ["lasting_lab"]

CASES = {"lille": lille, "brest": brest, "nantes": nantes, "lyon": lyon, "dijon": dijon}
WAIT = 90.0  # seconds: the most that a town may take to be served
PATIENCE = {"Delay": 1, "MaxAttempts": 300}


# What is judged, without a cloud


def mended(name: str, **changes: Any) -> Town:
    """A town that is served, unless `changes` say otherwise."""
    return replace(as_released(name), **{"running": 1, "healthy": 1} | changes)


def judged(found: Town) -> str:
    return "; ".join(challenge(f"troubleshooting-{found.name}").problems(found))


def check(name: str, **changes: Any) -> Check:
    released = as_released(name).check
    assert released is not None
    return replace(released, **changes)


def test_nothing_there_is_not_attempted() -> None:
    assert not town.attempted(None)


@pytest.mark.parametrize("name", STACKS)
def test_what_was_released_is_not_attempted_however_it_does(name: str) -> None:
    assert not town.attempted(as_released(name))
    assert not town.attempted(mended(name, running=2, rolling=True, last_words="OutOfMemoryError"))
    assert town.attempted(mended(name, rights=("ecr:GetAuthorizationToken",)))


def test_each_town_has_one_fault_of_its_own() -> None:
    assert list(STACKS) == list(CASES)
    for name in STACKS:
        assert judged(as_released(name)) == f"{name}: no task of the current version is running"


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"desired": 2, "running": 2, "healthy": 3}, ""),
        ({"desired": 0, "running": 0, "healthy": 0}, "silence is not a cure"),
        ({"check": None, "healthy": 0}, "registered in no target group"),
        ({"running": 0, "healthy": 0}, "no task of the current version is running"),
        ({"running": 0, "last_words": "AccessDeniedException: User"}, "was refused something"),
        ({"running": 0, "last_words": "[manifests v1]: 403 Forbidden"}, "was refused something"),
        ({"running": 0, "last_words": "There is a connection issue"}, "got no answer"),
        ({"running": 0, "last_words": "dial tcp: i/o timeout"}, "got no answer"),
        ({"running": 0, "last_words": "OutOfMemoryError: Container killed"}, "killed once more"),
        ({"rolling": True}, "the roll-out of"),
        ({"healthy": 0}, "healthy targets 0, tasks asked for 1"),
        ({"healthy": 0, "last_words": "Task failed ELB health checks in"}, "yet another task replaced"),
    ],
)
def test_every_town_must_be_served(name: str, changes: dict[str, Any], words: str) -> None:
    said = judged(mended(name, **changes))
    assert (said == "") == (words == "")
    assert words in said


@pytest.mark.parametrize("right", ["*", "ecr:*", "AdministratorAccess", "PowerUserAccess"])
def test_lille_with_far_too_many_rights(right: str) -> None:
    assert f"far more than start them ({right})" in judged(mended("lille", rights=(right,)))


def test_nantes_with_far_too_much_memory() -> None:
    assert judged(mended("nantes", memory=None, task_memory="1024")) == ""
    assert "2048 MiB for the task" in judged(mended("nantes", memory=None, task_memory="2048"))


def test_lyon_with_a_health_check_that_looks_elsewhere() -> None:
    found = mended("lyon", check=check("lyon", port="8080"))
    assert judged(found) == "the health check knocks at port 8080, customers at port 8000"
    assert judged(replace(found, target_port=8080)) == ""


@pytest.mark.parametrize(
    ("codes", "blind"), [("200", False), ("200,202-399", False), ("200-499", True), ("200,404", True)]
)
def test_dijon_with_a_health_check_that_takes_anything(codes: str, blind: bool) -> None:
    said = judged(mended("dijon", check=check("dijon", codes=codes)))
    assert (f"takes an error ({codes})" in said) == blind == bool(said)


# In a cloud


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Lab:
    """The lab, its ground laid twice and everything released twice."""
    for _ in range(2):
        lab.prepare("troubleshooting")
        assert release(lab).text.startswith("Released: lille, brest, nantes, lyon, dijon.")
    return lab


def state(lab: Lab, name: str) -> str:
    return challenge(f"troubleshooting-{name}").check(lab.session).state


def reasons(lab: Lab, name: str) -> str:
    return "; ".join(challenge(f"troubleshooting-{name}").check(lab.session).reasons)


def solve(lab: Lab, name: str) -> None:
    for part in challenge(f"troubleshooting-{name}").solution:
        part(lab)


def eventually(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WAIT
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return value


def again(lab: Lab, name: str, **changes: Any) -> None:
    """Have ECS try again."""
    lab.session.client("ecs").update_service(
        cluster=NAME, service=name, **changes or {"forceNewDeployment": True}
    )


def revise(lab: Lab, name: str, task: dict[str, Any] | None = None, **container: Any) -> str:
    """A revision whose container, or task, is changed; its ARN."""
    ecs = lab.session.client("ecs")
    known = ecs.describe_task_definition(taskDefinition=name_of(name))["taskDefinition"]
    kept = ("family", "requiresCompatibilities", "networkMode", "cpu", "memory", "executionRoleArn")
    [old] = known["containerDefinitions"]
    new = {key: value for key, value in (old | container).items() if value is not None}
    made = ecs.register_task_definition(
        **{key: known[key] for key in kept} | (task or {}), containerDefinitions=[new]
    )
    return str(made["taskDefinition"]["taskDefinitionArn"])


def target_group(lab: Lab, name: str) -> str:
    [found] = lab.session.client("elbv2").describe_target_groups(Names=[name_of(name)])["TargetGroups"]
    return str(found["TargetGroupArn"])


def stopped(lab: Lab, name: str, words: str) -> dict[str, Any] | None:
    """A stopped task of the town whose reasons hold these words."""
    ecs = lab.session.client("ecs")
    arns = ecs.list_tasks(cluster=NAME, serviceName=name, desiredStatus="STOPPED")["taskArns"]
    tasks = ecs.describe_tasks(cluster=NAME, tasks=arns)["tasks"] if arns else []
    return next((task for task in tasks if words in json.dumps(task, default=str)), None)


def unhealthy(lab: Lab, name: str) -> dict[str, Any] | None:
    health = lab.session.client("elbv2").describe_target_health(TargetGroupArn=target_group(lab, name))
    found = [target["TargetHealth"] for target in health["TargetHealthDescriptions"]]
    return next((each for each in found if each["State"] == "unhealthy"), None)


def test_lille(lab: Lab) -> None:
    task = eventually(lambda: stopped(lab, "lille", "ecr:GetAuthorizationToken"))
    assert task["stopCode"] == "TaskFailedToStart"
    assert "startedAt" not in task
    assert "exitCode" not in task["containers"][0]
    assert state(lab, "lille") == "not_attempted"
    iam = lab.session.client("iam")
    some = {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [some]}
    iam.put_role_policy(
        RoleName="troubleshooting-lille", PolicyName="some", PolicyDocument=json.dumps(document)
    )
    again(lab, "lille")
    eventually(lambda: "was refused something" in reasons(lab, "lille"))
    document["Statement"] = [some | {"Action": "*"}]
    iam.put_role_policy(
        RoleName="troubleshooting-lille", PolicyName="some", PolicyDocument=json.dumps(document)
    )
    again(lab, "lille")
    eventually(lambda: reasons(lab, "lille").startswith("the role that starts"))
    iam.delete_role_policy(RoleName="troubleshooting-lille", PolicyName="some")
    for _ in range(2):
        solve(lab, "lille")
        assert state(lab, "lille") == "passed"
    again(lab, "lille", desiredCount=0)
    assert "silence is not a cure" in reasons(lab, "lille")


def test_lille_with_the_role_of_the_others(lab: Lab) -> None:
    role = lab.session.client("iam").get_role(RoleName="troubleshooting-execution")["Role"]["Arn"]
    iam = lab.session.client("iam")
    for policy in iam.list_attached_role_policies(RoleName="troubleshooting-lille")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="troubleshooting-lille", PolicyArn=policy["PolicyArn"])
    again(lab, "lille", desiredCount=1, taskDefinition=revise(lab, "lille", {"executionRoleArn": role}))
    eventually(lambda: state(lab, "lille") == "passed")


def tasks_group(lab: Lab) -> str:
    return security_groups.group_id(lab, network.vpc_id(lab, NAME), TASKS)


def placed(lab: Lab, name: str, public: str) -> dict[str, Any]:
    return {
        "awsvpcConfiguration": {
            "subnets": network.subnet_ids(lab, name),
            "securityGroups": [tasks_group(lab)],
            "assignPublicIp": public,
        }
    }


def test_brest(lab: Lab) -> None:
    task = eventually(lambda: stopped(lab, "brest", "connection issue between the task and Amazon ECR"))
    assert task["stopCode"] == "TaskFailedToStart"
    assert state(lab, "brest") == "not_attempted"
    again(lab, "brest", networkConfiguration=placed(lab, NAME, "DISABLED"))
    eventually(lambda: "got no answer" in reasons(lab, "brest"))
    for _ in range(2):
        solve(lab, "brest")
        assert state(lab, "brest") == "passed"


def test_brest_by_endpoints(lab: Lab) -> None:
    ec2 = lab.session.client("ec2")
    again(lab, "brest", networkConfiguration=placed(lab, PRIVATE, "DISABLED"))
    eventually(lambda: state(lab, "brest") == "not_attempted")
    vpc, subnets = network.vpc_id(lab, NAME), network.subnet_ids(lab, PRIVATE)
    here = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}]
    [main] = ec2.describe_route_tables(Filters=here)["RouteTables"]
    doors = ec2.create_security_group(GroupName="doors", Description="endpoints", VpcId=vpc)["GroupId"]
    tasks = [{"GroupId": tasks_group(lab)}]
    ec2.authorize_security_group_ingress(
        GroupId=doors,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": tasks}],
    )

    def interface(service: str) -> None:
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            VpcEndpointType="Interface",
            ServiceName=f"com.amazonaws.us-east-1.{service}",
            SubnetIds=subnets,
            SecurityGroupIds=[doors],
            PrivateDnsEnabled=True,
        )

    interface("ecr.api")
    interface("ecr.dkr")
    again(lab, "brest")
    eventually(lambda: "got no answer" in reasons(lab, "brest"))
    interface("logs")
    ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[main["RouteTableId"]]
    )
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    again(lab, "brest")
    eventually(lambda: state(lab, "brest") == "passed")
    endpoints = ec2.describe_vpc_endpoints(Filters=here[:1])["VpcEndpoints"]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"] for endpoint in endpoints])


def test_brest_by_a_nat_gateway(lab: Lab) -> None:
    ec2 = lab.session.client("ec2")
    again(lab, "brest", networkConfiguration=placed(lab, PRIVATE, "DISABLED"))
    eventually(lambda: "got no answer" in reasons(lab, "brest") or state(lab, "brest") == "not_attempted")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=network.subnet_ids(lab, NAME)[0], AllocationId=address)
    gateway = made["NatGateway"]["NatGatewayId"]
    ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[gateway])
    table = ec2.create_route_table(VpcId=network.vpc_id(lab, NAME))["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
    for subnet in network.subnet_ids(lab, PRIVATE):
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    again(lab, "brest")
    eventually(lambda: state(lab, "brest") == "passed")


def test_nantes(lab: Lab) -> None:
    task = eventually(
        lambda: stopped(lab, "nantes", "OutOfMemoryError: Container killed due to memory usage")
    )
    assert task["stopCode"] == "EssentialContainerExited"
    assert task["containers"][0]["exitCode"] == 137
    assert state(lab, "nantes") == "not_attempted"
    again(lab, "nantes", taskDefinition=revise(lab, "nantes", {"memory": "1024"}))
    eventually(lambda: "killed once more" in reasons(lab, "nantes"))
    for _ in range(2):
        solve(lab, "nantes")
        assert state(lab, "nantes") == "passed"
    again(lab, "nantes", taskDefinition=revise(lab, "nantes", memory=None))
    eventually(lambda: state(lab, "nantes") == "passed")


def test_lyon(lab: Lab) -> None:
    assert eventually(lambda: unhealthy(lab, "lyon"))["Reason"] == "Target.FailedHealthChecks"
    eventually(lambda: stopped(lab, "lyon", "Task failed ELB health checks in"))
    assert state(lab, "lyon") == "not_attempted"
    elbv2 = lab.session.client("elbv2")
    elbv2.modify_target_group(TargetGroupArn=target_group(lab, "lyon"), HealthCheckPort="8080")
    assert "knocks at port 8080, customers at port 8000" in reasons(lab, "lyon")
    elbv2.modify_target_group(TargetGroupArn=target_group(lab, "lyon"), HealthCheckPort="traffic-port")
    for _ in range(2):
        solve(lab, "lyon")
        assert state(lab, "lyon") == "passed"


def test_lyon_by_the_other_port(lab: Lab) -> None:
    ports = revise(
        lab,
        "lyon",
        environment=[{"name": "PORT", "value": "8080"}],
        portMappings=[{"containerPort": 8080}],
    )
    behind = {"targetGroupArn": target_group(lab, "lyon"), "containerName": "lyon", "containerPort": 8080}
    again(lab, "lyon", taskDefinition=ports, loadBalancers=[behind])
    eventually(lambda: state(lab, "lyon") == "passed" and not unhealthy(lab, "lyon"))


def test_dijon(lab: Lab) -> None:
    found = eventually(lambda: unhealthy(lab, "dijon"))
    assert found["Reason"] == "Target.ResponseCodeMismatch"
    assert found["Description"] == "Health checks failed with these codes: [404]"
    assert state(lab, "dijon") == "not_attempted"
    elbv2, arn = lab.session.client("elbv2"), target_group(lab, "dijon")
    elbv2.modify_target_group(TargetGroupArn=arn, HealthCheckPath="/")
    eventually(lambda: "healthy targets 0" in reasons(lab, "dijon"))
    elbv2.modify_target_group(TargetGroupArn=arn, Matcher={"HttpCode": "200-499"})
    eventually(lambda: reasons(lab, "dijon").startswith("the health check takes an error (200-499)"))
    elbv2.modify_target_group(TargetGroupArn=arn, Matcher={"HttpCode": "200"})
    for _ in range(2):
        solve(lab, "dijon")
        assert state(lab, "dijon") == "passed"
    elbv2.modify_target_group(TargetGroupArn=arn, HealthCheckPath="/api/products")
    eventually(lambda: state(lab, "dijon") == "passed")


def test_every_town_answers_its_own_customers(lab: Lab) -> None:
    [balancer] = lab.session.client("elbv2").describe_load_balancers(Names=[NAME])["LoadBalancers"]
    shop = lab.open(balancer["LoadBalancerArn"])
    for name in STACKS:
        answer = shop.ask("/api/products", headers={"Host": f"{name}.frenchbakery.example"})
        assert (answer.status, name) == (200, name)
    assert shop.ask("/api/products").status == 404


def left(lab: Lab) -> list[str]:
    """What exists of the notebook's, and of what mended it."""
    ecs, ec2, elbv2, ecr, iam, logs = (
        lab.session.client(name) for name in ("ecs", "ec2", "elbv2", "ecr", "iam", "logs")
    )
    clusters = ecs.describe_clusters(clusters=[NAME])["clusters"]
    active = [{"Name": "state", "Values": ["pending", "available"]}]
    return [
        *(cluster["clusterName"] for cluster in clusters if cluster["status"] != "INACTIVE"),
        *ecs.list_task_definitions(familyPrefix=NAME)["taskDefinitionArns"],
        *(arn for name in STACKS for arn in ecs.list_task_definitions(familyPrefix=name_of(name))["taskDefinitionArns"]),
        *(vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]),
        *(each["VpcEndpointId"] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"] if each["State"].lower() != "deleted"),
        *(each["NatGatewayId"] for each in ec2.describe_nat_gateways(Filters=active)["NatGateways"]),
        *(each["AllocationId"] for each in ec2.describe_addresses()["Addresses"]),
        *(each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"] if each["GroupName"] != "default"),
        *(each["LoadBalancerArn"] for each in elbv2.describe_load_balancers()["LoadBalancers"]),
        *(each["TargetGroupArn"] for each in elbv2.describe_target_groups()["TargetGroups"]),
        *(each["repositoryName"] for each in ecr.describe_repositories()["repositories"]),
        *(each["RoleName"] for each in iam.list_roles()["Roles"] if each["RoleName"].startswith(NAME)),
        *(each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]),
    ]  # fmt: skip


def test_the_clean_up_leaves_nothing_and_runs_twice(lab: Lab) -> None:
    assert len(left(lab)) > 20
    for _ in range(2):
        for part in chapter("troubleshooting").clean:
            part(lab)
        assert left(lab) == []
    for name in STACKS:
        assert state(lab, name) == "not_attempted"

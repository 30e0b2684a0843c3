"""The lab against the local cloud: every check untouched, wrong and solved; the shop from empty to clean."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from labs.chapters import challenge
from labs.checks import STEPS
from labs.checks.removal import delete_services
from labs.cloud import client
from labs.lab import Lab

pytest_plugins = ["lasting_lab"]

WAIT = 60.0  # seconds: the most that any change in the cloud may take


@pytest.fixture
def empty(lab: Lab) -> Lab:
    """The lab in an empty cloud."""
    client.reset()
    return lab


def state(lab: Lab, name: str) -> str:
    return STEPS[name].check(lab._inventory()).state


def reasons(lab: Lab, name: str) -> str:
    return "; ".join(STEPS[name].check(lab._inventory()).reasons)


def solve(lab: Lab, name: str) -> None:
    for part in STEPS[name].solution:
        part(lab)


def eventually(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WAIT
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return value


def test_repositories(empty: Lab) -> None:
    ecr = empty.session.client("ecr")
    assert state(empty, "repositories") == "not_attempted"
    ecr.create_repository(repositoryName="frenchbakery/frontend")
    assert "frenchbakery/orders does not exist" in reasons(empty, "repositories")
    assert "frenchbakery/frontend, a tag" in reasons(empty, "repositories")
    ecr.delete_repository(repositoryName="frenchbakery/frontend", force=True)
    solve(empty, "repositories")
    assert state(empty, "repositories") == "passed"


def test_catching_up_tells_which_name_two_things_carry(empty: Lab) -> None:
    ec2 = empty.session.client("ec2")
    name = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "frenchbakery"}]}]
    for _ in range(2):
        ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=name)
    with pytest.raises(RuntimeError, match="2 VPCs carry the name frenchbakery"):
        empty.catch_up("task_definitions")
    empty.clean_up()
    assert state(empty, "network") == "not_attempted"


def test_images(empty: Lab) -> None:
    empty.catch_up("images")
    assert state(empty, "images") == "not_attempted"
    ecr = empty.session.client("ecr")
    [orders] = ecr.describe_repositories(repositoryNames=["frenchbakery/orders"])["repositories"]
    empty.push(empty.build("orders", tag="try"), orders["repositoryUri"])
    assert "frenchbakery/orders, no image carries the tag 1.0" in reasons(empty, "images")
    ecr.batch_delete_image(repositoryName="frenchbakery/orders", imageIds=[{"imageTag": "try"}])
    empty.push(empty.build("products"), orders["repositoryUri"])
    solve(empty, "images")
    assert "the very same image" in reasons(empty, "images")
    ecr.batch_delete_image(repositoryName="frenchbakery/orders", imageIds=[{"imageTag": "1.0"}])
    solve(empty, "images")
    assert state(empty, "images") == "passed"


def test_cluster(empty: Lab) -> None:
    ecs = empty.session.client("ecs")
    assert state(empty, "cluster") == "not_attempted"
    ecs.create_cluster(clusterName="frenchbakery")
    assert "no capacity provider" in reasons(empty, "cluster")
    ecs.delete_cluster(cluster="frenchbakery")
    solve(empty, "cluster")
    assert state(empty, "cluster") == "passed"


def test_network(empty: Lab) -> None:
    assert state(empty, "network") == "not_attempted"
    create_network, create_security_groups, create_load_balancer, create_table = STEPS["network"].solution
    create_network(empty)
    assert "frenchbakery-alb does not exist" in reasons(empty, "network")
    create_security_groups(empty)
    ec2, elbv2 = empty.session.client("ec2"), empty.session.client("elbv2")
    [tasks] = ec2.describe_security_groups(
        Filters=[{"Name": "group-name", "Values": ["frenchbakery-tasks"]}]
    )["SecurityGroups"]
    opening = {
        "GroupId": tasks["GroupId"],
        "IpPermissions": [
            {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ],
    }
    ec2.authorize_security_group_ingress(**opening)
    assert "frenchbakery-tasks lets in others" in reasons(empty, "network")
    ec2.revoke_security_group_ingress(**opening)
    create_load_balancer(empty)
    assert reasons(empty, "network") == "the table frenchbakery-orders does not exist"
    create_table(empty)
    assert state(empty, "network") == "passed"

    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
    [listener] = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    rules = elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    elbv2.delete_rule(RuleArn=next(rule["RuleArn"] for rule in rules if rule["Priority"] == "20"))
    assert reasons(empty, "network") == "/api/orders* does not lead to the service orders"
    elbv2.delete_listener(ListenerArn=listener["ListenerArn"])
    assert reasons(empty, "network") == "the load balancer does not listen on port 80"
    solve(empty, "network")
    assert state(empty, "network") == "passed"

    [route_table] = ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": ["frenchbakery"]}])[
        "RouteTables"
    ]
    ec2.delete_route(RouteTableId=route_table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
    assert "no route leads from the subnet 10.0.1.0/24" in reasons(empty, "network")


def test_task_definitions(empty: Lab) -> None:
    empty.catch_up("task_definitions")
    assert state(empty, "task_definitions") == "not_attempted"
    create_roles, register = STEPS["task_definitions"].solution
    create_roles(empty)
    assert "no active task definition is called frenchbakery-frontend" in reasons(empty, "task_definitions")
    register(empty)
    assert state(empty, "task_definitions") == "passed"

    ecs, iam = empty.session.client("ecs"), empty.session.client("iam")
    table = {"Effect": "Allow", "Action": ["dynamodb:*"], "Resource": "*"}
    iam.put_role_policy(
        RoleName="frenchbakery-orders-task",
        PolicyName="orders-table",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [table]}),
    )
    assert "allows more than the table" in reasons(empty, "task_definitions")
    create_roles(empty)
    orders = ecs.describe_task_definition(taskDefinition="frenchbakery-orders")["taskDefinition"]
    ecs.register_task_definition(
        family="frenchbakery-orders",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="512",
        memory="1024",
        executionRoleArn=orders["executionRoleArn"],
        containerDefinitions=orders["containerDefinitions"],
    )
    found = reasons(empty, "task_definitions")
    assert "512 CPU units and 1024 MiB" in found
    assert "its code cannot reach the table" in found
    ecs.deregister_task_definition(taskDefinition="frenchbakery-orders:2")
    assert reasons(empty, "task_definitions") == ""


def test_right_in_other_ways(empty: Lab) -> None:
    """Rules and rights that do the same by other words; and a rule in front that takes what is another's."""
    for name in ("repositories", "images", "network", "task_definitions"):
        solve(empty, name)
    ecr, elbv2, iam = (empty.session.client(name) for name in ("ecr", "elbv2", "iam"))

    def judged(name: str) -> tuple[str, ...]:
        return challenge(name).check(empty.session).reasons

    def rule(priority: int, *conditions: Any, forward: str = "frontend") -> str:
        [target] = elbv2.describe_target_groups(Names=[f"frenchbakery-{forward}"])["TargetGroups"]
        made = elbv2.create_rule(
            ListenerArn=listener["ListenerArn"],
            Priority=priority,
            Conditions=conditions,
            Actions=[{"Type": "forward", "TargetGroupArn": target["TargetGroupArn"]}],
        )
        return str(made["Rules"][0]["RuleArn"])

    def path(*values: str) -> dict[str, Any]:
        return {"Field": "path-pattern", "PathPatternConfig": {"Values": list(values)}}

    host = {"Field": "host-header", "HostHeaderConfig": {"Values": ["bread.example"]}}
    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
    [listener] = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    [of_orders] = [
        each["RuleArn"]
        for each in elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
        if each["Priority"] == "20"
    ]
    elbv2.delete_rule(RuleArn=of_orders)
    rule(21, path("/api/orders", "/api/orders/*"), forward="orders")
    rule(1, host)
    assert reasons(empty, "network") == ""
    in_front = rule(2, path("/api/*"))
    assert "/api/orders* does not lead to the service orders" in reasons(empty, "network")
    elbv2.delete_rule(RuleArn=in_front)

    rule(3, host, path("/ping"))
    assert judged("lab-ping") == (
        "the rule that speaks of /ping has further conditions: a plain request escapes it",
    )
    for part in challenge("lab-ping").solution:
        part(empty)
    assert judged("lab-ping") == ()

    assert challenge("lab-scan").check(empty.session).state == "not_attempted"
    filters = [{"filter": "frenchbakery/*", "filterType": "WILDCARD"}]
    scanning = {"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": filters}
    ecr.put_registry_scanning_configuration(scanType="BASIC", rules=[scanning])
    assert challenge("lab-scan").check(empty.session).state == "passed"

    execution = "frenchbakery-execution"
    iam.detach_role_policy(
        RoleName=execution,
        PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    )
    iam.attach_role_policy(
        RoleName=execution, PolicyArn="arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
    )
    assert "it lacks logs:CreateLogStream, logs:PutLogEvents" in reasons(empty, "task_definitions")
    writing = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    iam.put_role_policy(
        RoleName=execution,
        PolicyName="logs",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [writing]}),
    )
    assert reasons(empty, "task_definitions") == ""
    ecr.put_registry_scanning_configuration(scanType="BASIC", rules=[])
    empty.clean_up()
    assert state(empty, "clean") == "passed"


def test_from_the_services_to_nothing(empty: Lab) -> None:
    """The rest in one story, because services take seconds: services, shop, a lost task, clean-up."""
    lab = empty
    ecs = lab.session.client("ecs")
    lab.catch_up("services")
    assert state(lab, "services") == "not_attempted"
    assert state(lab, "shop") == "not_attempted"
    ecs.create_service(
        cluster="frenchbakery",
        serviceName="reviews",
        taskDefinition="frenchbakery-products",
        launchType="FARGATE",
        desiredCount=1,
        networkConfiguration=one_zone(lab),
    )
    found = reasons(lab, "services")
    assert "the service orders does not exist" in found
    assert "reviews runs the task definition frenchbakery-products" in found
    assert "reviews asks for only 1 task" in found
    assert "reviews registers its tasks in no target group" in found
    assert "nothing would stop a bad deployment of reviews" in found
    ecs.delete_service(cluster="frenchbakery", service="reviews", force=True)
    eventually(lambda: not lab._inventory().services)

    lab.catch_up("shop")
    assert state(lab, "services") == "passed"
    assert reasons(lab, "shop") == "no order has been placed"
    solve(lab, "shop")
    assert state(lab, "shop") == "passed"
    assert len(lab._inventory().visit.readers) == 2
    assert state(lab, "clean") == "not_attempted"

    before = {task.id for task in lab._inventory().tasks}
    lost = next(task for task in lab._inventory().tasks if task.service == "products")
    ecs.stop_task(cluster="frenchbakery", task=lost.id)
    eventually(lambda: state(lab, "services") == "failed")
    eventually(lambda: state(lab, "services") == "passed")
    assert lost.id not in {task.id for task in lab._inventory().tasks}
    assert len({task.id for task in lab._inventory().tasks} - before) == 1
    assert "task 3 runs" in lab.timeline().html

    assert repr(lab.catch_up("clean")).startswith("Everything before this is in place")
    ecs.update_service(cluster="frenchbakery", service="orders", desiredCount=1)
    eventually(lambda: "orders asks for only 1 task" in reasons(lab, "services"))

    delete_services(lab)
    assert state(lab, "clean") == "failed"
    assert "the load balancer frenchbakery" in reasons(lab, "clean")
    assert repr(lab.clean_up()) == "✔ the clean-up: passed"
    assert repr(lab.clean_up()) == "✔ the clean-up: passed"
    assert repr(lab.diagram()) == "Diagram: nothing yet"


def one_zone(lab: Lab) -> dict[str, Any]:
    network = lab._inventory().networks[0]
    return {"awsvpcConfiguration": {"subnets": [network.subnets[0].id], "assignPublicIp": "ENABLED"}}

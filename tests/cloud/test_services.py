"""Services: as many tasks as wanted, replaced when lost, rolled out, drained and told about."""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import Any

import psutil
import pytest
import requests
from botocore.exceptions import ClientError

from labs.cloud import client
from tests.cloud.running import RunningCloud, wait_for
from tests.cloud.stack import WEB, Stack


@pytest.fixture
def stack(cloud: RunningCloud) -> Stack:
    return Stack(cloud)


@pytest.fixture(scope="module", autouse=True)
def deaf(cloud: RunningCloud) -> tuple[Stack, str]:
    """A service whose program listens elsewhere, and its target group; its checks fail while other tests run."""
    stack = Stack(cloud)
    _, group = stack.balancer()
    image = stack.image({"app/main.py": WEB.replace('int(os.environ["PORT"])', "0")})
    definition = stack.define(stack.container(image=image, portMappings=[{"containerPort": 8080}]))
    stack.serve(count=1, definition=definition, loadBalancers=stack.behind(group))
    return stack, group


def url_of(balancer: str) -> str:
    return client.control("GET", "/load-balancers")[balancer]


def answers(balancer: str, path: str = "/", times: int = 8) -> Counter[str]:
    """What comes back through the load balancer, by text."""
    return Counter(requests.get(url_of(balancer) + path, timeout=30).text for _ in range(times))


def ids(tasks: list[dict[str, Any]]) -> set[str]:
    return {task["taskArn"].rpartition("/")[2] for task in tasks}


def process_of(cloud: RunningCloud, task_id: str) -> psutil.Process:
    """The process of a task, found by the path of its own endpoints in its environment."""
    listed = psutil.Process(cloud.state.pid).children(recursive=True)
    ours = client.control("GET", "/status")
    assert ours["pid"] == cloud.state.pid
    for process in listed:
        uri = process.environ().get("ECS_CONTAINER_METADATA_URI_V4", "")
        if uri and requests.get(f"{uri}/task").json()["TaskARN"].endswith(task_id):
            return process
    raise AssertionError(f"no process of task {task_id}")


def test_two_tasks_over_two_zones_behind_a_load_balancer(stack: Stack) -> None:
    balancer, group = stack.balancer()
    created = stack.serve(loadBalancers=stack.behind(group), tags=[{"key": "team", "value": "bread"}])
    assert (created["status"], created["runningCount"]) == ("ACTIVE", 0)
    waiter = stack.ecs.get_waiter("services_stable")
    waiter.config.delay = 0.1
    waiter.wait(cluster=stack.cluster, services=["web"])
    service = stack.until_steady()
    assert (service["runningCount"], service["pendingCount"], service["desiredCount"]) == (2, 0, 2)
    tasks = stack.running()
    assert len({task["availabilityZone"] for task in tasks}) == 2  # RULES 17
    deployment = service["deployments"][0]
    assert {task["startedBy"] for task in tasks} == {deployment["id"]}
    assert {task["group"] for task in tasks} == {"service:web"}
    assert (deployment["status"], deployment["runningCount"], deployment["failedTasks"]) == ("PRIMARY", 2, 0)
    health = stack.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    addresses = {
        d["value"]
        for task in tasks
        for d in task["attachments"][0]["details"]
        if d["name"] == "privateIPv4Address"
    }
    assert {(target["Target"]["Id"], target["TargetHealth"]["State"]) for target in health} == {
        (a, "healthy") for a in addresses
    }
    assert answers(balancer) == {"hello": 8}
    first, second = sorted(ids(tasks))
    told = stack.messages()
    assert told[0] in (
        f"(service web) has started 2 tasks: (task {first}) (task {second}).",
        f"(service web) has started 2 tasks: (task {second}) (task {first}).",
    )
    assert f"(service web) registered 1 targets in (target-group {group})" in told or (
        f"(service web) registered 2 targets in (target-group {group})" in told
    )
    assert told[-2:] == [
        f"(service web) (deployment {deployment['id']}) deployment completed.",
        "(service web) has reached a steady state.",
    ]


def test_a_killed_task_is_replaced(stack: Stack) -> None:
    balancer, group = stack.balancer()
    stack.serve(loadBalancers=stack.behind(group))
    stack.until_steady()
    before = ids(stack.running())
    victim = sorted(before)[0]
    os.kill(process_of(stack.cloud, victim).pid, signal.SIGKILL)
    wait_for(lambda: len(ids(stack.running()) - before) == 1, what="the replacement")
    after = stack.until_steady()
    assert after["runningCount"] == 2 and victim not in ids(stack.running())
    stopped = next(task for task in stack.tasks(status="STOPPED") if task["taskArn"].endswith(victim))
    assert stopped["stopCode"] == "EssentialContainerExited" and stopped["containers"][0]["exitCode"] == 137
    assert answers(balancer) == {"hello": 8}
    assert len(stack.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]) == 2


def version(stack: Stack, text: str, **properties: Any) -> str:
    """A task definition of the web program that answers `text`."""
    return stack.define(
        stack.container(
            image=stack.web,
            portMappings=[{"containerPort": 8080}],
            environment=[{"name": "SAY", "value": text}],
            **properties,
        )
    )


def test_a_new_version_rolls_in_without_a_gap(stack: Stack) -> None:
    balancer, group = stack.balancer(delay=1)
    stack.serve(definition=version(stack, "one"), loadBalancers=stack.behind(group))
    stack.until_steady()
    old = ids(stack.running())
    second = version(stack, "two")
    updated = stack.ecs.update_service(cluster=stack.cluster, service="web", taskDefinition=second)["service"]
    assert [(d["status"], d["desiredCount"]) for d in updated["deployments"]] == [
        ("PRIMARY", 2),
        ("ACTIVE", 2),
    ]
    assert updated["taskDefinition"] == second and updated["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    seen: Counter[str] = Counter()
    healthy_counts: set[int] = set()
    while len(stack.service()["deployments"]) > 1:
        seen += answers(balancer, times=3)
        targets = stack.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        healthy_counts.add(sum(target["TargetHealth"]["State"] == "healthy" for target in targets))
    assert set(seen) <= {"one", "two"}, seen
    assert min(healthy_counts) >= 2  # RULES 9
    stack.until_steady()
    assert answers(balancer) == {"two": 8} and not old & ids(stack.running())
    stopped = [task for task in stack.tasks(status="STOPPED") if ids([task]) <= old]
    assert {task["stopCode"] for task in stopped} == {"ServiceSchedulerInitiated"}
    assert {task["containers"][0]["exitCode"] for task in stopped} == {0}
    # RULES 18: out of the target group first, then the delay, then the stop signal
    assert all((task["executionStoppedAt"] - task["stoppingAt"]).total_seconds() >= 1 for task in stopped)
    told = stack.messages()
    assert f"(service web) deregistered 1 targets in (target-group {group})" in told
    assert any("has begun draining connections on" in message for message in told)


def test_force_new_deployment_replaces_the_tasks(stack: Stack) -> None:
    _, group = stack.balancer()
    stack.serve(count=1, loadBalancers=stack.behind(group))
    before = stack.until_steady()
    old = ids(stack.running())
    same = stack.ecs.update_service(
        cluster=stack.cluster, service="web", taskDefinition=before["taskDefinition"]
    )
    assert len(same["service"]["deployments"]) == 1
    stack.ecs.update_service(cluster=stack.cluster, service="web", forceNewDeployment=True)
    after = stack.until_steady()
    assert after["deployments"][0]["id"] != before["deployments"][0]["id"]
    assert not old & ids(stack.running())


def test_scaling_out_and_in(stack: Stack) -> None:
    stack.serve(count=1)
    wait_for(lambda: len(stack.running()) == 1)
    first = ids(stack.running())
    updated = stack.ecs.update_service(cluster=stack.cluster, service="web", desiredCount=3)["service"]
    assert len(updated["deployments"]) == 1
    wait_for(lambda: len(stack.running()) == 3)
    assert first <= ids(stack.running())
    stack.ecs.update_service(cluster=stack.cluster, service="web", desiredCount=0)
    wait_for(lambda: not stack.tasks())
    wait_for(lambda: stack.service()["runningCount"] == 0)
    reasons = {task["stoppedReason"] for task in stack.tasks(status="STOPPED")}
    assert reasons == {f"Scaling activity initiated by (deployment {updated['deployments'][0]['id']})"}


def test_an_unhealthy_task_is_replaced(stack: Stack) -> None:
    balancer, group = stack.balancer()
    stack.serve(count=2, loadBalancers=stack.behind(group))
    stack.until_steady()
    before = ids(stack.running())
    requests.get(url_of(balancer) + "/fail", timeout=30)
    wait_for(
        lambda: any("is unhealthy in" in message for message in stack.messages()), what="the failed check"
    )
    wait_for(lambda: stack.tasks(status="STOPPED"), what="the stop")
    stopped = stack.tasks(status="STOPPED")[0]
    assert ids([stopped]) <= before and stopped["stopCode"] == "ServiceSchedulerInitiated"
    assert stopped["stoppedReason"].startswith(f"Task failed ELB health checks in (target-group {group})")
    wait_for(lambda: stack.service()["runningCount"] == 2 == len(stack.running()), what="two tasks")
    assert any("due to (reason Health checks failed with these codes: [500])" in m for m in stack.messages())


def test_a_deaf_program_is_told_why_its_health_checks_fail(deaf: tuple[Stack, str]) -> None:
    stack, group = deaf
    stopped = wait_for(lambda: stack.tasks(status="STOPPED"), what="the failure")[0]
    assert stopped["stoppedReason"].startswith(f"Task failed ELB health checks in (target-group {group})")
    assert "$HOST:$PORT" in stopped["stoppedReason"]
    stack.ecs.delete_service(cluster=stack.cluster, service="web", force=True)


def test_tasks_that_never_start_are_held_back(stack: Stack) -> None:  # RULES 16
    stack.serve(count=1, definition=stack.define(stack.container(image=stack.web.replace(":v1", ":none"))))
    wait_for(
        lambda: any("unable to consistently start tasks" in m for m in stack.messages()), what="the event"
    )
    stopped = stack.tasks(status="STOPPED")
    assert {task["stopCode"] for task in stopped} == {"TaskFailedToStart"}
    assert len(stopped) == 1
    assert stack.service()["deployments"][0]["failedTasks"] == 1
    working = version(stack, "fixed")
    stack.ecs.update_service(cluster=stack.cluster, service="web", taskDefinition=working)
    wait_for(lambda: stack.running(), 3, "the start of the new definition")


def test_delete_drains_then_ends(stack: Stack) -> None:  # RULES 19
    _, group = stack.balancer(delay=1)
    stack.serve(loadBalancers=stack.behind(group))
    stack.until_steady()
    with pytest.raises(ClientError, match="cannot be stopped while it is scaled above 0"):
        stack.ecs.delete_service(cluster=stack.cluster, service="web")
    deleted = stack.ecs.delete_service(cluster=stack.cluster, service="web", force=True)["service"]
    assert (deleted["status"], deleted["desiredCount"]) == ("DRAINING", 0)
    with pytest.raises(ClientError, match="still Draining"):
        stack.serve()
    waiter = stack.ecs.get_waiter("services_inactive")
    waiter.config.delay = 0.1
    waiter.wait(cluster=stack.cluster, services=["web"])
    assert stack.tasks() == [] and stack.ecs.list_services(cluster=stack.cluster)["serviceArns"] == []
    assert stack.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"] == []
    with pytest.raises(ClientError, match="ServiceNotActiveException"):
        stack.ecs.update_service(cluster=stack.cluster, service="web", desiredCount=1)
    stack.serve(count=1)
    wait_for(lambda: len(stack.running()) == 1)


def test_a_task_that_a_user_stops_does_not_wait_for_connections(stack: Stack) -> None:
    _, group = stack.balancer(delay=60)
    stack.serve(count=1, loadBalancers=stack.behind(group))
    stack.until_steady()
    victim = stack.running()[0]["taskArn"]
    stack.ecs.stop_task(cluster=stack.cluster, task=victim)
    assert stack.until(victim, "STOPPED")["stopCode"] == "UserInitiated"
    wait_for(lambda: stack.running(), what="the replacement")


def test_every_property_is_kept(stack: Stack) -> None:
    _, group = stack.balancer()
    given: dict[str, Any] = {
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "maximumPercent": 150,
            "minimumHealthyPercent": 50,
            "strategy": "ROLLING",
        },
        "healthCheckGracePeriodSeconds": 30,
        "loadBalancers": stack.behind(group),
        "propagateTags": "SERVICE",
        "enableECSManagedTags": True,
        "enableExecuteCommand": True,
        "availabilityZoneRebalancing": "DISABLED",
        "platformVersion": "LATEST",
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
    }
    tags = [{"key": "team", "value": "bread"}]
    stack.serve(count=1, tags=tags, **given)
    service = stack.service()
    assert {name: service[name] for name in given} == given
    network = service["networkConfiguration"]["awsvpcConfiguration"]
    assert network["subnets"] == stack.subnets and "tags" not in service
    described = stack.ecs.describe_services(
        cluster=stack.cluster, services=[service["serviceArn"]], include=["TAGS"]
    )
    assert described["services"][0]["tags"] == tags
    wait_for(lambda: stack.running())
    arn = stack.running()[0]["taskArn"]
    task = stack.ecs.describe_tasks(cluster=stack.cluster, tasks=[arn], include=["TAGS"])["tasks"][0]
    own = [
        {"key": "aws:ecs:clusterName", "value": stack.cluster},
        {"key": "aws:ecs:serviceName", "value": "web"},
    ]
    assert task["tags"] == [*tags, *own] and task["enableExecuteCommand"]


def test_capacity_provider_strategy(stack: Stack) -> None:
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    stack.ecs.create_service(
        cluster=stack.cluster, serviceName="web", taskDefinition=stack.define(), desiredCount=1,
        capacityProviderStrategy=strategy, networkConfiguration=stack.network,
    )  # fmt: skip
    wait_for(lambda: stack.running())
    service = stack.service()
    assert service["capacityProviderStrategy"] == strategy and "launchType" not in service
    assert stack.running()[0]["capacityProviderName"] == "FARGATE_SPOT"


def test_without_instances_an_ec2_service_says_why_it_waits(stack: Stack) -> None:
    network = {"awsvpcConfiguration": {"subnets": stack.subnets}}
    stack.serve(launchType="EC2", networkConfiguration=network)
    wait_for(lambda: any("No Container Instances were found in your cluster" in m for m in stack.messages()))
    assert stack.tasks() == []


def test_creation_is_idempotent_or_refused(stack: Stack) -> None:
    definition = stack.define()
    assert (
        stack.serve(definition=definition)["serviceArn"] == stack.serve(definition=definition)["serviceArn"]
    )
    with pytest.raises(ClientError, match="Creation of service was not idempotent"):
        stack.serve(count=5, definition=definition)


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"desiredCount": -1}, "InvalidParameterException", "desiredCount must be between"),
        ({"taskDefinition": "nothing"}, "ClientException", "TaskDefinition not found."),
        ({"cluster": "nowhere"}, "ClusterNotFoundException", "Cluster not found."),
        ({"networkConfiguration": {}}, "InvalidParameterException", "Network Configuration must be provided"),
        ({"deploymentController": {"type": "CODE_DEPLOY"}}, "UnsupportedFeatureException", "CODE_DEPLOY"),
        (
            {"deploymentConfiguration": {"strategy": "BLUE_GREEN"}},
            "UnsupportedFeatureException",
            "BLUE_GREEN",
        ),
        (
            {"deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 100}},
            "InvalidParameterException",
            "this will block deployments",
        ),
        ({"schedulingStrategy": "DAEMON"}, "InvalidParameterException", "DAEMON"),
        (
            {"healthCheckGracePeriodSeconds": -1},
            "InvalidParameterException",
            "healthCheckGracePeriodSeconds must be between",
        ),
        (
            {"loadBalancers": [{"targetGroupArn": "arn:x", "containerName": "other", "containerPort": 8080}]},
            "InvalidParameterException",
            "The container other does not exist in the task definition.",
        ),
        (
            {"loadBalancers": [{"targetGroupArn": "arn:x", "containerName": "web", "containerPort": 1}]},
            "InvalidParameterException",
            "The container web did not have a container port 1 defined.",
        ),
        (
            {"loadBalancers": [{"targetGroupArn": "arn:x", "containerName": "web", "containerPort": 8080}]},
            "InvalidParameterException",
            "The specified target group does not exist",
        ),
    ],
)
def test_create_service_refusals(stack: Stack, changes: dict[str, Any], code: str, text: str) -> None:
    call = {
        "cluster": stack.cluster, "serviceName": "web", "taskDefinition": stack.define(), "desiredCount": 1,
        "launchType": "FARGATE", "networkConfiguration": stack.network,
    }  # fmt: skip
    with pytest.raises(ClientError) as refused:
        stack.ecs.create_service(**(call | changes))
    assert refused.value.response["Error"]["Code"] == code
    assert text in refused.value.response["Error"]["Message"]


def test_unknown_services_are_failures_not_errors(stack: Stack) -> None:
    """AWS makes the short ARN of a name that it does not know, and repeats an ARN."""
    start = f"arn:aws:ecs:{stack.ecs.meta.region_name}:123456789012:service/"
    answer = stack.ecs.describe_services(
        cluster=stack.cluster, services=["nobody", f"{start}{stack.cluster}/none"]
    )
    assert answer["services"] == []
    assert answer["failures"] == [
        {"arn": f"{start}nobody", "reason": "MISSING"},
        {"arn": f"{start}{stack.cluster}/none", "reason": "MISSING"},
    ]


def test_a_target_group_without_a_load_balancer_is_refused(stack: Stack) -> None:
    vpc = stack.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    make = stack.elbv2.create_target_group
    alone = make(Name=f"{stack.name}-a", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")[
        "TargetGroups"
    ][0]
    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        stack.serve(loadBalancers=stack.behind(alone["TargetGroupArn"]))
    hosts = make(Name=f"{stack.name}-i", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="instance")[
        "TargetGroups"
    ][0]
    with pytest.raises(ClientError, match="incompatible with the awsvpc network mode"):
        stack.serve(loadBalancers=stack.behind(hosts["TargetGroupArn"]))


def test_a_missing_role_is_told_in_the_events(stack: Stack) -> None:
    stack.serve(definition=stack.define(taskRoleArn="arn:aws:iam::123456789012:role/nobody"))
    told = "failed to launch a task with (error ECS was unable to assume the role"
    wait_for(lambda: any(told in message for message in stack.messages()), what="the event")
    assert stack.tasks() == []


def test_the_address_of_a_load_balancer_in_an_environment_is_real(stack: Stack) -> None:
    balancer, group = stack.balancer()
    name = stack.elbv2.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"][0]["DNSName"]
    container = stack.container(
        image=stack.web,
        portMappings=[{"containerPort": 8080}],
        environment=[
            {"name": "BACKEND_URL", "value": f"http://{name}/api"},
            {"name": "OTHER", "value": name},
        ],
    )
    stack.serve(count=1, definition=stack.define(container), loadBalancers=stack.behind(group))
    stack.until_steady()
    environment = requests.get(url_of(balancer) + "/env", timeout=30).json()
    assert environment["BACKEND_URL"] == f"{url_of(balancer)}/api"
    assert environment["OTHER"] == name


def test_the_waiters_of_tasks_see_a_services_task_run_and_stop(stack: Stack) -> None:
    stack.serve(count=1)
    arn = wait_for(lambda: stack.tasks(), what="a task")[0]["taskArn"]
    for name in ("tasks_running", "tasks_stopped"):
        waiter = stack.ecs.get_waiter(name)
        waiter.config.delay = 0.1
        waiter.wait(cluster=stack.cluster, tasks=[arn])
        stack.ecs.update_service(cluster=stack.cluster, service="web", desiredCount=0)
    listed = stack.ecs.list_services(cluster=stack.cluster, schedulingStrategy="REPLICA")["serviceArns"]
    assert listed == [stack.service()["serviceArn"]]
    assert stack.ecs.list_services(cluster=stack.cluster, schedulingStrategy="DAEMON")["serviceArns"] == []


def test_service_deployments_over_the_wire(stack: Stack) -> None:
    stack.serve(count=1)
    for _ in range(3):
        stack.ecs.update_service(cluster=stack.cluster, service="web", forceNewDeployment=True)
    query = {"cluster": stack.cluster, "service": "web"}
    first = stack.ecs.list_service_deployments(**query, maxResults=3)
    rest = stack.ecs.list_service_deployments(**query, nextToken=first["nextToken"])
    assert (len(first["serviceDeployments"]), len(rest["serviceDeployments"])) == (3, 1)
    current = stack.service()["currentServiceDeployment"]
    assert first["serviceDeployments"][0]["serviceDeploymentArn"] == current
    assert stack.ecs.stop_service_deployment(serviceDeploymentArn=current)["serviceDeploymentArn"] == current
    early = first["serviceDeployments"][-1]["createdAt"]
    assert (
        len(stack.ecs.list_service_deployments(**query, createdAt={"before": early})["serviceDeployments"])
        == 1
    )
    missing = current[:-1] + ("x" if current[-1] != "x" else "y")
    described = stack.ecs.describe_service_deployments(serviceDeploymentArns=[current, missing])
    assert described["failures"] == [{"arn": missing, "reason": "MISSING"}]
    assert len(described["serviceDeployments"]) == 1
    for call in (
        lambda: stack.ecs.list_services_by_namespace(namespace="shop"),
        lambda: stack.ecs.continue_service_deployment(serviceDeploymentArn=current, hookId="x"),
        lambda: stack.ecs.create_task_set(
            cluster=stack.cluster, service="web", taskDefinition=stack.service()["taskDefinition"]
        ),
    ):
        with pytest.raises(ClientError, match="UnsupportedFeatureException"):
            call()


def test_many_tasks_at_once(stack: Stack) -> None:
    stack.serve(count=20)
    wait_for(lambda: stack.service()["runningCount"] == 20, what="20 tasks")
    zones = Counter(task["availabilityZone"] for task in stack.running())
    assert set(zones.values()) == {10}
    stack.ecs.delete_service(cluster=stack.cluster, service="web", force=True)
    wait_for(lambda: stack.service()["status"] == "INACTIVE", 30)


def test_a_deleted_cluster_is_described_and_not_listed(cloud: RunningCloud) -> None:
    ecs = cloud.client("ecs")
    arn = ecs.create_cluster(clusterName="gone")["cluster"]["clusterArn"]
    assert arn in ecs.list_clusters()["clusterArns"]
    ecs.delete_cluster(cluster="gone")
    assert ecs.describe_clusters(clusters=["gone"])["clusters"][0]["status"] == "INACTIVE"
    assert arn not in ecs.list_clusters()["clusterArns"]

"""Services in EC2 capacity: placed by strategy, behind a load balancer by instance and port, moved, one per instance."""

from __future__ import annotations

import urllib.request
from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.fleet import SLEEP, Fleet
from tests.cloud.running import DEADLINE, wait_for


def serve(fleet: Fleet, definition: str, name: str = "web", **properties: Any) -> dict[str, Any]:
    """CreateService in EC2 capacity."""
    settings: dict[str, Any] = {"launchType": "EC2", "cluster": fleet.cluster, "serviceName": name}
    return fleet.ecs.create_service(taskDefinition=definition, **(settings | properties))["service"]


def places(fleet: Fleet, name: str = "web") -> Counter[str]:
    """How many running tasks of the service each instance has."""
    return Counter(task["containerInstanceArn"] for task in fleet.running(name))


def until_running(fleet: Fleet, count: int, name: str = "web") -> list[dict[str, Any]]:
    wait_for(lambda: len(fleet.running(name)) == count, what=f"{count} running tasks of {name}")
    return fleet.running(name)


def test_a_load_balancer_reaches_tasks_by_instance_and_host_port(fleet: Fleet) -> None:
    fleet.machines(2)
    fleet.until_joined(2)
    balancer, _ = fleet.balancer()
    vpc = fleet.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    group = fleet.elbv2.create_target_group(
        Name=f"{fleet.name}-instances", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="instance",
        HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2, HealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
    fleet.elbv2.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=81,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )  # fmt: skip
    definition = fleet.define_on_ec2()
    refused = fleet.elbv2.create_target_group(
        Name=f"{fleet.name}-ip", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    with pytest.raises(
        ClientError, match="has target type ip, which is incompatible with the bridge network mode"
    ):
        serve(fleet, definition, desiredCount=1, loadBalancers=fleet.behind(refused))
    spread = [{"type": "spread", "field": "instanceId"}]
    serve(fleet, definition, desiredCount=4, loadBalancers=fleet.behind(group), placementStrategy=spread)
    tasks = until_running(fleet, 4)
    bindings = {task["containers"][0]["networkBindings"][0]["hostPort"] for task in tasks}

    def healthy() -> list[dict[str, Any]]:
        found = fleet.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return [each["Target"] for each in found if each["TargetHealth"]["State"] == "healthy"]

    wait_for(lambda: len(healthy()) == 4, what="healthy targets")
    assert {target["Id"] for target in healthy()} == {each["ec2InstanceId"] for each in fleet.instances()}
    assert {target["Port"] for target in healthy()} == bindings
    urls = fleet.cloud.control("GET", "/load-balancers")
    listeners = fleet.elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    url = next(urls[each["ListenerArn"]] for each in listeners if each["Port"] == 81)
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.read() == b"hello"
    assert places(fleet).total() == 4 and len(places(fleet)) == 2


def test_without_room_the_service_names_the_closest_instance(fleet: Fleet) -> None:
    fleet.machines()
    instance = fleet.until_joined(1)[0]["containerInstanceArn"].rpartition("/")[2]
    serve(fleet, fleet.define_on_ec2(memory=3000, program=SLEEP), desiredCount=2)
    text = (
        "(service web) was unable to place a task because no container instance met all of its requirements. The "
        f"closest matching (container-instance {instance}) has insufficient memory available. For more information, "
        "see the Troubleshooting section of the Amazon ECS Developer Guide."
    )
    wait_for(lambda: text in fleet.messages(), what="the event")
    until_running(fleet, 1)


def test_scale_in_gives_back_the_emptiest_instance(fleet: Fleet) -> None:
    fleet.machines(2)
    fleet.until_joined(2)
    strategy = [{"type": "binpack", "field": "memory"}]
    definition = fleet.define_on_ec2(memory=1300, program=SLEEP, container={"stopTimeout": 1})
    serve(fleet, definition, desiredCount=4, placementStrategy=strategy)
    until_running(fleet, 4)
    assert sorted(places(fleet).values()) == [1, 3]
    fleet.ecs.update_service(cluster=fleet.cluster, service="web", desiredCount=3)
    until_running(fleet, 3)
    assert list(places(fleet).values()) == [3]


def test_service_tasks_leave_a_draining_instance(fleet: Fleet) -> None:
    fleet.machines(2)
    first, second = fleet.until_joined(2)
    definition = fleet.define_on_ec2(program=SLEEP, container={"stopTimeout": 1})
    alone = fleet.ecs.start_task(
        cluster=fleet.cluster, taskDefinition=definition, containerInstances=[first["containerInstanceArn"]]
    )["tasks"][0]["taskArn"]
    serve(
        fleet, definition, desiredCount=2, deploymentConfiguration={"minimumHealthyPercent": 0},
        placementStrategy=[{"type": "spread", "field": "instanceId"}],
    )  # fmt: skip
    until_running(fleet, 2)
    assert sorted(places(fleet).values()) == [1, 1]
    fleet.ecs.update_container_instances_state(
        cluster=fleet.cluster, containerInstances=[first["containerInstanceArn"]], status="DRAINING"
    )
    # Nothing checks these tasks: the replacement counts as healthy 40 s after RUNNING, then the old one stops.
    wait_for(lambda: places(fleet)[second["containerInstanceArn"]] == 2, what="the replacement")
    assert fleet.task(alone)["desiredStatus"] == "RUNNING"


def test_a_daemon_follows_the_instances(fleet: Fleet) -> None:
    fleet.machines(2)
    fleet.until_joined(2)
    definition = fleet.define_on_ec2(program=SLEEP, container={"stopTimeout": 1})
    for changes, message in (
        ({"desiredCount": 2}, "does not support a desired count"),
        ({"placementStrategy": [{"type": "random"}]}, "does not support placement strategies"),
    ):
        with pytest.raises(ClientError, match=message):
            serve(fleet, definition, "agent", schedulingStrategy="DAEMON", **changes)
    serve(fleet, definition, "agent", schedulingStrategy="DAEMON")
    until_running(fleet, 2, "agent")
    assert sorted(places(fleet, "agent").values()) == [1, 1]
    assert fleet.service("agent")["desiredCount"] == 2
    newcomer = fleet.machines()[0]
    until_running(fleet, 3, "agent")
    assert set(places(fleet, "agent").values()) == {1}
    fleet.ec2.terminate_instances(InstanceIds=[newcomer])
    until_running(fleet, 2, "agent")
    again = fleet.define_on_ec2(program=SLEEP, container={"stopTimeout": 1})
    fleet.ecs.update_service(cluster=fleet.cluster, service="agent", taskDefinition=again)
    wait_for(
        lambda: [task["taskDefinitionArn"] for task in fleet.running("agent")] == [again, again],
        DEADLINE,
        "the new revision on both instances",
    )
    assert sorted(places(fleet, "agent").values()) == [1, 1]


def test_fargate_runs_no_daemons(fleet: Fleet) -> None:
    with pytest.raises(ClientError, match="do not support the DAEMON scheduling strategy"):
        fleet.ecs.create_service(
            cluster=fleet.cluster, serviceName="agent", taskDefinition=fleet.define(), launchType="FARGATE",
            schedulingStrategy="DAEMON", networkConfiguration=fleet.network,
        )  # fmt: skip


def test_zones_without_instances_are_not_rebalanced_into(fleet: Fleet) -> None:
    fleet.machines(type_="t3.xlarge", SubnetId=fleet.subnets[0])
    fleet.until_joined(1)
    definition = fleet.define_on_ec2(networkMode="awsvpc", program=SLEEP, container={"stopTimeout": 1})
    network = {"awsvpcConfiguration": {"subnets": fleet.subnets}}
    serve(fleet, definition, desiredCount=2, networkConfiguration=network)
    until_running(fleet, 2)
    assert len({task["availabilityZone"] for task in fleet.running()}) == 1
    assert len(fleet.tasks(status="STOPPED")) == 0

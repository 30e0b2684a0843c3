"""EC2 capacity in a running cloud: instances join and leave, tasks are placed, run and are reached on them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from labs.cloud.controllers.instances import agent_settings
from tests.cloud.fleet import ECS_AMI, SLEEP, Fleet, resource
from tests.cloud.running import DEADLINE, wait_for


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config", {"ECS_CLUSTER": "shop"}),
        ('echo "ECS_CLUSTER=shop" >> /etc/ecs/ecs.config; yum update', {"ECS_CLUSTER": "shop"}),
        (
            "cat <<'EOF' >> /etc/ecs/ecs.config\nECS_CLUSTER=shop\nECS_RESERVED_MEMORY=256\nEOF",
            {"ECS_CLUSTER": "shop", "ECS_RESERVED_MEMORY": "256"},
        ),
        ("ECS_CLUSTER=shop", {"ECS_CLUSTER": "shop"}),
        (
            'echo \'ECS_INSTANCE_ATTRIBUTES={"rack": "7"}\' >> /etc/ecs/ecs.config',
            {"ECS_INSTANCE_ATTRIBUTES": '{"rack": "7"}'},
        ),
        ("# ECS_CLUSTER=commented", {}),
        ("#!/bin/bash\nyum install -y nginx", {}),
    ],
)
def test_the_agent_reads_its_settings_in_user_data(text: str, settings: dict[str, str]) -> None:
    assert agent_settings(text) == settings


def test_the_public_parameter_is_json(fleet: Fleet) -> None:
    value = fleet.ssm.get_parameter(Name=ECS_AMI)["Parameter"]["Value"]
    assert json.loads(value)["image_id"] == fleet.ami


def test_machines_join_run_a_reached_task_and_leave(fleet: Fleet) -> None:
    machines = fleet.machines(2)
    joined = fleet.until_joined(2)
    assert {instance["ec2InstanceId"] for instance in joined} == set(machines)
    first = joined[0]
    assert (first["status"], first["agentConnected"]) == ("ACTIVE", True)
    assert resource(first, "CPU", "registeredResources") == 2048
    assert 3900 < resource(first, "MEMORY", "registeredResources") < 4096
    attributes = {each["name"]: each.get("value") for each in first["attributes"]}
    assert attributes["ecs.instance-type"] == "t3.medium"
    assert attributes["ecs.os-type"] == "linux" and attributes["ecs.cpu-architecture"] == "x86_64"
    assert attributes["ecs.ami-id"] == fleet.ami
    assert (
        fleet.ecs.describe_clusters(clusters=[fleet.cluster])["clusters"][0][
            "registeredContainerInstancesCount"
        ]
        == 2
    )

    started = fleet.run_on_ec2(fleet.define_on_ec2(memory=256))
    assert started["failures"] == []
    task = fleet.until(started["tasks"][0]["taskArn"], "RUNNING")
    assert task["launchType"] == "EC2" and "platformVersion" not in task
    binding = task["containers"][0]["networkBindings"][0]
    assert binding["containerPort"] == 8080 and binding["hostPort"] >= 32768
    where = next(
        each for each in fleet.instances() if each["containerInstanceArn"] == task["containerInstanceArn"]
    )
    assert resource(where, "MEMORY") == resource(where, "MEMORY", "registeredResources") - 256
    assert resource(where, "CPU") == 2048 - 64
    assert where["runningTasksCount"] == 1

    fleet.ec2.terminate_instances(InstanceIds=[where["ec2InstanceId"]])
    stopped = fleet.until(task["taskArn"], "STOPPED")
    assert stopped["stopCode"] == "TerminationNotice"
    assert stopped["stoppedReason"] == f"Host EC2 (instance {where['ec2InstanceId']}) terminated."
    assert [each["ec2InstanceId"] for each in fleet.until_joined(1)] == [
        each for each in machines if each != where["ec2InstanceId"]
    ]
    assert any(f"Instance {machines[0]} (t3.medium" in text for text in fleet.story())


def test_a_stopped_machine_loses_its_agent_and_its_tasks(fleet: Fleet) -> None:
    machine = fleet.machines()[0]
    fleet.until_joined(1)
    arn = fleet.run_on_ec2(fleet.define_on_ec2(program=SLEEP, container={"stopTimeout": 2}))["tasks"][0][
        "taskArn"
    ]
    fleet.until(arn, "RUNNING")
    fleet.ec2.stop_instances(InstanceIds=[machine])
    assert fleet.until(arn, "STOPPED")["stoppedReason"] == f"Host EC2 (instance {machine}) stopped."
    assert fleet.instances()[0]["agentConnected"] is False
    refused = fleet.run_on_ec2(fleet.define_on_ec2(program=SLEEP))
    assert [failure["reason"] for failure in refused["failures"]] == ["AGENT"]
    fleet.ec2.start_instances(InstanceIds=[machine])
    wait_for(lambda: fleet.instances()[0]["agentConnected"], what="the agent's return")


def test_who_does_not_join_is_told_why(fleet: Fleet) -> None:
    plain = fleet.ec2.describe_images(
        Owners=["amazon"], Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-*"]}]
    )
    image = plain["Images"][0]["ImageId"]
    alone = fleet.ec2.run_instances(
        MinCount=1, MaxCount=1, ImageId=fleet.ami, InstanceType="t3.micro", UserData=fleet.script()
    )["Instances"][0]["InstanceId"]
    elsewhere = fleet.machines(UserData=fleet.script("nowhere"))[0]
    without_agent = fleet.machines(ImageId=image)[0]
    powerless = f"{fleet.name}-powerless"
    fleet.iam.create_role(RoleName=powerless, AssumeRolePolicyDocument="{}")
    fleet.iam.create_instance_profile(InstanceProfileName=powerless)
    fleet.iam.add_role_to_instance_profile(InstanceProfileName=powerless, RoleName=powerless)
    denied = fleet.machines(IamInstanceProfile={"Name": powerless})[0]
    for machine, why in (
        (alone, "without an instance profile"),
        (elsewhere, "there is no such cluster"),
        (without_agent, "is not ECS-optimised"),
        (denied, "not authorized to perform: ecs:RegisterContainerInstance"),
    ):
        wait_for(
            lambda machine=machine, why=why: any(machine in text and why in text for text in fleet.story()),  # type: ignore[misc]
            DEADLINE,
            why,
        )
    assert fleet.instances() == []
    fleet.ec2.terminate_instances(InstanceIds=[alone, elsewhere, without_agent, denied])


def test_a_launch_template_and_a_group_bring_instances_in_several_zones(fleet: Fleet) -> None:
    fleet.scaling_group(size=2)
    joined = fleet.until_joined(2)
    zones = {
        each["value"]
        for one in joined
        for each in one["attributes"]
        if each["name"] == "ecs.availability-zone"
    }
    assert len(zones) == 2
    fleet.scaling.update_auto_scaling_group(AutoScalingGroupName=fleet.name, DesiredCapacity=0)
    wait_for(lambda: not fleet.instances(), what="no instance")


def test_three_strategies_side_by_side(fleet: Fleet) -> None:
    fleet.machines(3)
    fleet.until_joined(3)
    spread_in: dict[str, list[int]] = {}
    strategies: dict[str, list[dict[str, str]]] = {
        "binpack": [{"type": "binpack", "field": "memory"}],
        "spread": [{"type": "spread", "field": "instanceId"}],
        "random": [{"type": "random"}],
    }
    definition = fleet.define_on_ec2(program=SLEEP, container={"stopTimeout": 1})
    for name, strategy in strategies.items():
        placed = fleet.run_on_ec2(definition, count=9, placementStrategy=strategy)
        assert placed["failures"] == []
        counts = Counter(task["containerInstanceArn"] for task in placed["tasks"])
        spread_in[name] = sorted(counts.values())
        for task in placed["tasks"]:
            fleet.ecs.stop_task(cluster=fleet.cluster, task=task["taskArn"])
        wait_for(lambda: all(each["runningTasksCount"] == each["pendingTasksCount"] == 0 and resource(each, "CPU") == 2048
                             for each in fleet.instances()), DEADLINE, "empty instances")  # fmt: skip
    assert spread_in["binpack"] == [9]
    assert spread_in["spread"] == [3, 3, 3]
    assert sum(spread_in["random"]) == 9


def test_what_finds_no_room_is_told_for_each_instance(fleet: Fleet) -> None:
    fleet.machines(2)
    joined = fleet.until_joined(2)
    refused = fleet.run_on_ec2(fleet.define_on_ec2(memory=8000))
    assert refused["tasks"] == []
    assert sorted((each["arn"], each["reason"]) for each in refused["failures"]) == sorted(
        (each["containerInstanceArn"], "RESOURCE:MEMORY") for each in joined
    )
    fixed = fleet.define_on_ec2(
        program=SLEEP, container={"portMappings": [{"containerPort": 80, "hostPort": 8088}]}
    )
    placed = fleet.run_on_ec2(fixed, count=3)
    assert len(placed["tasks"]) == 2
    assert {failure["reason"] for failure in placed["failures"]} == {"RESOURCE:PORTS"}
    assert all("8088" in resource(each, "PORTS") for each in fleet.instances())
    member = {"type": "memberOf", "expression": "attribute:ecs.instance-type == m5.large"}
    nowhere = fleet.run_on_ec2(fleet.define_on_ec2(program=SLEEP), placementConstraints=[member])
    assert {f["reason"] for f in nowhere["failures"]} == {"MemberOf placement constraint unsatisfied."}
    alone = fleet.run_on_ec2(
        fleet.define_on_ec2(program=SLEEP),
        count=3,
        group="alone",
        placementConstraints=[{"type": "distinctInstance"}],
    )
    assert len(alone["tasks"]) == 2
    assert {f["reason"] for f in alone["failures"]} == {"DistinctInstance placement constraint unsatisfied."}


def test_attributes_filters_and_states(fleet: Fleet) -> None:
    fleet.machines(2)
    one, other = fleet.until_joined(2)
    target = {"targetType": "container-instance", "targetId": one["containerInstanceArn"]}
    fleet.ecs.put_attributes(cluster=fleet.cluster, attributes=[{"name": "stack", "value": "blue", **target}])
    assert [each["containerInstanceArn"] for each in fleet.instances(filter="attribute:stack == blue")] == [
        one["containerInstanceArn"]
    ]
    listed = fleet.ecs.list_attributes(
        cluster=fleet.cluster, targetType="container-instance", attributeName="stack", attributeValue="blue"
    )["attributes"]
    assert listed == [{"name": "stack", "value": "blue", "targetId": one["containerInstanceArn"]}]
    fleet.ecs.delete_attributes(cluster=fleet.cluster, attributes=[{"name": "stack", **target}])
    assert fleet.instances(filter="attribute:stack exists") == []
    with pytest.raises(ClientError, match="Expression is not valid"):
        fleet.instances(filter="stack is blue")

    changed = fleet.ecs.update_container_instances_state(
        cluster=fleet.cluster,
        containerInstances=[other["containerInstanceArn"], "nothing"],
        status="DRAINING",
    )
    assert [each["status"] for each in changed["containerInstances"]] == ["DRAINING"]
    assert [failure["reason"] for failure in changed["failures"]] == ["MISSING"]
    assert len(fleet.instances(status="DRAINING")) == 1
    placed = fleet.run_on_ec2(fleet.define_on_ec2(program=SLEEP), count=4)["tasks"]
    assert {task["containerInstanceArn"] for task in placed} == {one["containerInstanceArn"]}
    with pytest.raises(ClientError, match="Found running tasks on the instance"):
        fleet.ecs.deregister_container_instance(
            cluster=fleet.cluster, containerInstance=one["containerInstanceArn"]
        )
    gone = fleet.ecs.deregister_container_instance(
        cluster=fleet.cluster, containerInstance=one["containerInstanceArn"], force=True
    )
    assert gone["containerInstance"]["status"] == "INACTIVE"
    fleet.until(placed[0]["taskArn"], "STOPPED")


def test_start_task_goes_where_it_is_told(fleet: Fleet) -> None:
    fleet.machines(2)
    one, _ = fleet.until_joined(2)
    definition = fleet.define_on_ec2(memory=3000, program=SLEEP)
    call = {"cluster": fleet.cluster, "taskDefinition": definition}
    started = fleet.ecs.start_task(containerInstances=[one["containerInstanceArn"], "missing"], **call)
    assert [task["containerInstanceArn"] for task in started["tasks"]] == [one["containerInstanceArn"]]
    assert [failure["reason"] for failure in started["failures"]] == ["MISSING"]
    again = fleet.ecs.start_task(containerInstances=[one["containerInstanceArn"]], **call)
    assert [failure["reason"] for failure in again["failures"]] == ["RESOURCE:MEMORY"]
    arns = fleet.ecs.list_tasks(cluster=fleet.cluster, containerInstance=one["containerInstanceArn"])[
        "taskArns"
    ]
    assert arns == [started["tasks"][0]["taskArn"]]
    with pytest.raises(ClientError, match="Container Instances cannot be empty"):
        fleet.ecs.start_task(containerInstances=[], **call)


def test_an_awsvpc_task_goes_where_its_subnet_is(fleet: Fleet) -> None:
    zone_of = {s["SubnetId"]: s["AvailabilityZone"] for s in fleet.ec2.describe_subnets()["Subnets"]}
    for subnet in fleet.subnets:
        fleet.machines(SubnetId=subnet)
    fleet.until_joined(2)
    definition = fleet.define_on_ec2(networkMode="awsvpc")
    chosen = fleet.subnets[1]
    placed = fleet.run_on_ec2(
        definition, count=3, networkConfiguration={"awsvpcConfiguration": {"subnets": [chosen]}}
    )
    # A t3.medium has three network interfaces, one of them its own.
    assert len(placed["tasks"]) == 2
    assert {failure["reason"] for failure in placed["failures"]} == {"LOCATION", "RESOURCE:ENI"}
    assert {task["availabilityZone"] for task in placed["tasks"]} == {zone_of[chosen]}
    task = fleet.until(placed["tasks"][0]["taskArn"], "RUNNING")
    assert task["attachments"][0]["type"] == "ElasticNetworkInterface"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"placementStrategy": [{"type": "binpack", "field": "disk"}]}, "field 'disk' is not valid"),
        ({"placementConstraints": [{"type": "memberOf", "expression": "x"}]}, "Expression is not valid"),
        ({"platformVersion": "1.4.0"}, "must be null when specifying an EC2 launch type"),
        ({"launchType": "FARGATE", "placementStrategy": [{"type": "random"}]}, "not supported with FARGATE"),
        ({"launchType": "EXTERNAL"}, "ECS Anywhere"),
        ({"launchType": "MANAGED_INSTANCES"}, "Managed Instances"),
    ],
)
def test_bad_placement_calls_are_refused(fleet: Fleet, changes: dict[str, Any], message: str) -> None:
    call = {"cluster": fleet.cluster, "taskDefinition": fleet.define_on_ec2(), "launchType": "EC2"}
    with pytest.raises(ClientError, match=message):
        fleet.ecs.run_task(**(call | changes))


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"cpu": "much"}, "Invalid 'cpu' setting for task"),
        ({"containerOverrides": [{"name": "web", "memory": -5}]}, "It must be at least 6"),
        ({"containerOverrides": [{"name": "other"}]}, "is not a container in the TaskDefinition"),
    ],
)
def test_impossible_overrides_are_refused(fleet: Fleet, overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        fleet.run(overrides=overrides)


def test_an_external_instance_is_not_emulated(fleet: Fleet) -> None:
    with pytest.raises(ClientError, match="does not emulate external instances"):
        fleet.ecs.register_container_instance(
            cluster=fleet.cluster, instanceIdentityDocument=json.dumps({"instanceId": "mi-0123456789abcdef0"})
        )
    with pytest.raises(ClientError, match="Instance identity document is not valid"):
        fleet.ecs.register_container_instance(cluster=fleet.cluster, instanceIdentityDocument="[]")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"placementConstraints": [{"type": "distinctInstance"}]}, "should be one of .memberOf."),
        ({"placementConstraints": [{"type": "memberOf", "expression": "x"}]}, "Expression is not valid"),
        (
            {"networkMode": "host", "container": {"portMappings": [{"containerPort": 80, "hostPort": 81}]}},
            "When networkMode=host, the host ports and container ports",
        ),
        ({"networkMode": "none"}, "not supported when networkMode=none"),
    ],
)
def test_bad_definitions_for_ec2_are_refused(fleet: Fleet, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        fleet.define_on_ec2(**changes)


def test_host_mode_takes_the_instances_port(fleet: Fleet) -> None:
    fleet.machines()
    fleet.until_joined(1)
    definition = fleet.define_on_ec2(networkMode="host")
    placed = fleet.run_on_ec2(definition, count=2)
    assert [failure["reason"] for failure in placed["failures"]] == ["RESOURCE:PORTS"]
    task = fleet.until(placed["tasks"][0]["taskArn"], "RUNNING")
    assert [each["hostPort"] for each in task["containers"][0]["networkBindings"]] == [8080]
    alone = fleet.define_on_ec2(networkMode="none", program=SLEEP)
    arn = fleet.run_on_ec2(alone)["tasks"][0]["taskArn"]
    assert fleet.until(arn, "RUNNING")["containers"][0]["networkBindings"] == []

"""Capacity providers: shares by base and weight, groups that follow their tasks, Spot interruptions."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from labs.cloud.client import CloudError
from labs.cloud.controllers.capacity import needed_instances, reservation
from labs.cloud.controllers.cluster_scaling import POINTS_TO_SHRINK, Limits, wanted_size
from labs.cloud.controllers.placement import Demand
from tests.cloud.fleet import SLEEP, Fleet
from tests.cloud.running import wait_for

LIMITS = Limits(target=100, smallest_step=1, largest_step=10_000, minimum=0, maximum=100)


@pytest.mark.parametrize(
    ("needed", "running", "value"), [(0, 0, 100), (2, 0, 200), (3, 3, 100), (6, 3, 200), (1, 4, 25)]
)
def test_the_reservation_is_needed_over_running(needed: int, running: int, value: float) -> None:
    assert reservation(needed, running) == value


def test_needed_are_the_busy_ones_or_a_lower_bound_for_what_waits() -> None:
    small, large = Demand(cpu=256, memory=500), Demand(cpu=1024, memory=1500)
    assert needed_instances(2, 3, [], 2048, 3900) == 2
    assert needed_instances(2, 3, [small] * 7, 2048, 3900) == 4
    assert needed_instances(2, 3, [small] * 7 + [large] * 5, 2048, 3900) == 6
    assert needed_instances(1, 1, [Demand(memory=9000)], 2048, 3900) == 1
    assert needed_instances(0, 0, [Demand(memory=10, ports=frozenset({("tcp", 80)}))] * 3, 2048, 3900) == 3


@pytest.mark.parametrize(
    ("value", "running", "below", "limits", "size"),
    [
        (200, 0, 0, LIMITS, 2),
        (100, 3, 0, LIMITS, 3),
        (167, 3, 0, LIMITS, 6),
        (50, 4, POINTS_TO_SHRINK - 1, LIMITS, 4),
        (50, 4, POINTS_TO_SHRINK, LIMITS, 2),
        (0, 4, POINTS_TO_SHRINK, LIMITS, 0),
        (100, 4, 0, Limits(80, 1, 10_000, 0, 100), 5),
        (200, 4, 0, Limits(100, 1, 2, 0, 100), 6),
        (110, 10, 0, Limits(100, 5, 10, 0, 100), 15),
        (200, 4, 0, Limits(100, 1, 100, 0, 6), 6),
        (0, 4, POINTS_TO_SHRINK, Limits(100, 1, 100, 2, 6), 2),
    ],
)
def test_a_group_follows_its_target(
    value: float, running: int, below: int, limits: Limits, size: int
) -> None:
    assert wanted_size(value, running, below, limits) == size


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 100), st.integers(0, 20))
def test_a_group_never_shrinks_below_what_is_needed(
    needed: int, running: int, target: int, below: int
) -> None:
    limits = Limits(target, 1, 10_000, 0, 10_000)
    size = wanted_size(reservation(needed, running), running, below, limits)
    assert size >= min(needed, running)
    assert running == 0 or size <= max(running + 1, math.ceil(needed * 100 / target))


def test_run_task_splits_by_base_and_weight(fleet: Fleet) -> None:
    definition = fleet.define(fleet.container(image=fleet.image({"app/main.py": "pass"})))
    placed = fleet.ecs.run_task(
        cluster=fleet.cluster, taskDefinition=definition, count=10, networkConfiguration=fleet.network,
        capacityProviderStrategy=[
            {"capacityProvider": "FARGATE", "base": 2, "weight": 1},
            {"capacityProvider": "FARGATE_SPOT", "weight": 3},
        ],
    )  # fmt: skip
    assert Counter(task["capacityProviderName"] for task in placed["tasks"]) == {
        "FARGATE": 4,
        "FARGATE_SPOT": 6,
    }


def test_a_spot_task_is_interrupted(fleet: Fleet) -> None:
    program = (
        "import signal, sys\n"
        "signal.signal(15, lambda *_: (print('two minutes left'), sys.exit(0)))\n"
        f"print('ready', flush=True)\n{SLEEP}"
    )
    definition = fleet.define(fleet.container(image=fleet.image({"app/main.py": program})))
    arns = [
        fleet.ecs.run_task(
            cluster=fleet.cluster, taskDefinition=definition, networkConfiguration=fleet.network,
            capacityProviderStrategy=[{"capacityProvider": provider, "weight": 1}],
        )["tasks"][0]["taskArn"]
        for provider in ("FARGATE_SPOT", "FARGATE")
    ]  # fmt: skip
    for arn in arns:
        fleet.until(arn, "RUNNING")
    wait_for(lambda: fleet.log_lines().count("ready") == 2, what="both programs")
    fleet.cloud.control("POST", "/interrupt", {"task": arns[0]})
    stopped = fleet.until(arns[0], "STOPPED")
    assert (stopped["stopCode"], stopped["stoppedReason"]) == (
        "SpotInterruption",
        "Your Spot Task was interrupted.",
    )
    assert stopped["containers"][0]["exitCode"] == 0 and "two minutes left" in fleet.log_lines()
    for arn in arns:
        with pytest.raises(CloudError, match="no running FARGATE_SPOT task"):
            fleet.cloud.control("POST", "/interrupt", {"task": arn})
    assert any("Fargate Spot" in text for text in fleet.story())


def strategy(*items: tuple[str, int, int]) -> list[dict[str, Any]]:
    return [{"capacityProvider": name, "base": base, "weight": weight} for name, base, weight in items]


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        (strategy(("nothing", 0, 1)), "The specified capacity provider was not found"),
        (strategy(("FARGATE", 1, 1), ("FARGATE_SPOT", 1, 1)), "more than one capacity provider with a base"),
        (strategy(("FARGATE", 0, 0), ("FARGATE_SPOT", 0, 0)), "weight greater than 0"),
        (strategy(("FARGATE", 0, 1), ("FARGATE", 0, 1)), "twice"),
    ],
)
def test_bad_strategies_are_refused(fleet: Fleet, given_: Any, message: str) -> None:
    with pytest.raises(ClientError, match=message):
        fleet.ecs.run_task(
            cluster=fleet.cluster, taskDefinition=fleet.define(), networkConfiguration=fleet.network,
            capacityProviderStrategy=given_,
        )  # fmt: skip
    fleet.ecs.put_cluster_capacity_providers(
        cluster=fleet.cluster, capacityProviders=["FARGATE"], defaultCapacityProviderStrategy=[]
    )
    with pytest.raises(ClientError, match="not associated with the cluster"):
        fleet.ecs.run_task(
            cluster=fleet.cluster, taskDefinition=fleet.define(), networkConfiguration=fleet.network,
            capacityProviderStrategy=strategy(("FARGATE_SPOT", 0, 1)),
        )  # fmt: skip


def test_a_provider_is_created_described_changed_and_deleted(fleet: Fleet) -> None:
    group = fleet.scaling_group(size=0)
    create = fleet.ecs.create_capacity_provider
    for settings, message in (
        ({"name": "aws-mine"}, 'cannot be prefixed with "aws"'),
        (
            {"autoScalingGroupProvider": {"autoScalingGroupArn": "nothing"}},
            "Auto Scaling group ARN is invalid",
        ),
        (
            {
                "autoScalingGroupProvider": {
                    "autoScalingGroupArn": group,
                    "managedScaling": {"targetCapacity": 101},
                }
            },
            "must have value less than or equal to 100",
        ),
        (
            {
                "autoScalingGroupProvider": {
                    "autoScalingGroupArn": group,
                    "managedTerminationProtection": "ENABLED",
                }
            },
            "managed termination protection setting for the capacity provider is invalid",
        ),
    ):
        with pytest.raises(ClientError, match=message):
            create(
                **(
                    {"name": fleet.name, "autoScalingGroupProvider": {"autoScalingGroupArn": group}}
                    | settings
                )
            )
    made = create(name=fleet.name, autoScalingGroupProvider={"autoScalingGroupArn": group})[
        "capacityProvider"
    ]
    assert made["autoScalingGroupProvider"]["managedScaling"]["status"] == "DISABLED"
    assert made["autoScalingGroupProvider"]["managedDraining"] == "ENABLED"
    with pytest.raises(ClientError, match="already exists"):
        create(name=fleet.name, autoScalingGroupProvider={"autoScalingGroupArn": group})
    names = {each["name"] for each in fleet.ecs.describe_capacity_providers()["capacityProviders"]}
    assert {"FARGATE", "FARGATE_SPOT", fleet.name} <= names
    changed = fleet.ecs.update_capacity_provider(
        name=fleet.name, autoScalingGroupProvider={"managedScaling": {"targetCapacity": 80}}
    )["capacityProvider"]["autoScalingGroupProvider"]
    assert changed["managedScaling"]["targetCapacity"] == 80 and changed["autoScalingGroupArn"] == group
    fleet.ecs.put_cluster_capacity_providers(
        cluster=fleet.cluster, capacityProviders=[fleet.name], defaultCapacityProviderStrategy=[]
    )
    with pytest.raises(ClientError, match="is in use and cannot be removed"):
        fleet.ecs.delete_capacity_provider(capacityProvider=fleet.name)
    fleet.ecs.put_cluster_capacity_providers(
        cluster=fleet.cluster, capacityProviders=[], defaultCapacityProviderStrategy=[]
    )
    fleet.ecs.delete_capacity_provider(capacityProvider=fleet.name)
    assert (
        fleet.ecs.describe_capacity_providers(capacityProviders=[fleet.name])["failures"][0]["reason"]
        == "MISSING"
    )


def test_the_group_grows_for_waiting_tasks_and_shrinks_when_idle(fleet: Fleet) -> None:
    group = fleet.scaling_group(size=0, type_="t3.small", NewInstancesProtectedFromScaleIn=True)
    fleet.ecs.create_capacity_provider(
        name=fleet.name,
        autoScalingGroupProvider={
            "autoScalingGroupArn": group,
            "managedScaling": {"status": "ENABLED", "targetCapacity": 100},
            "managedTerminationProtection": "ENABLED",
        },
    )
    fleet.ecs.put_cluster_capacity_providers(
        cluster=fleet.cluster,
        capacityProviders=[fleet.name],
        defaultCapacityProviderStrategy=[{"capacityProvider": fleet.name, "weight": 1}],
    )
    fleet.cloud.control("PUT", "/pace", {"minute": 1})
    try:
        definition = fleet.define_on_ec2(memory=900, program=SLEEP, container={"stopTimeout": 1})
        started = fleet.ecs.run_task(cluster=fleet.cluster, taskDefinition=definition, count=4)
        assert started["failures"] == []
        assert {task["lastStatus"] for task in started["tasks"]} == {"PROVISIONING"}
        arns = [task["taskArn"] for task in started["tasks"]]
        for arn in arns:
            task = fleet.until(arn, "RUNNING")
            assert task["capacityProviderName"] == fleet.name and task["launchType"] == "EC2"
        # Two tasks of 900 MiB fit on one t3.small.
        assert len(fleet.instances()) == 2
        assert {each["capacityProviderName"] for each in fleet.instances()} == {fleet.name}
        for arn in arns:
            fleet.ecs.stop_task(cluster=fleet.cluster, task=arn)
        wait_for(lambda: not fleet.instances(), what="an empty group")
        metrics = fleet.cloud.client("cloudwatch").list_metrics(Namespace="AWS/ECS/ManagedScaling")["Metrics"]
        assert "CapacityProviderReservation" in {each["MetricName"] for each in metrics}
        told = [text for text in fleet.story() if f"Capacity provider {fleet.name}" in text]
        assert len(told) == 2 and "from 0 to 2" in told[0] and "from 2 to 0" in told[1]
    finally:
        fleet.cloud.control("PUT", "/pace", {"minute": 60})


def test_a_cluster_is_created_with_providers_that_exist(fleet: Fleet) -> None:
    with pytest.raises(ClientError, match="The specified capacity provider was not found"):
        fleet.ecs.create_cluster(clusterName=f"{fleet.name}-other", capacityProviders=["nothing"])
    with pytest.raises(ClientError, match="not associated with the cluster"):
        fleet.ecs.create_cluster(
            clusterName=f"{fleet.name}-other", capacityProviders=["FARGATE"],
            defaultCapacityProviderStrategy=strategy(("FARGATE_SPOT", 0, 1)),
        )  # fmt: skip
    assert fleet.ecs.describe_clusters(clusters=[f"{fleet.name}-other"])["clusters"] == []


def test_a_client_token_starts_tasks_once(fleet: Fleet) -> None:
    definition = fleet.define(fleet.container(image=fleet.image({"app/main.py": "pass"})))
    call = {"clientToken": "one", "taskDefinition": definition, "networkConfiguration": fleet.network}
    arns = [
        fleet.ecs.run_task(cluster=fleet.cluster, launchType="FARGATE", **call)["tasks"][0]["taskArn"]
        for _ in range(2)
    ]
    assert arns[0] == arns[1]
    with pytest.raises(ClientError) as refused:
        fleet.ecs.run_task(cluster=fleet.cluster, launchType="FARGATE", count=2, **call)
    assert refused.value.response["Error"]["Code"] == "ConflictException"

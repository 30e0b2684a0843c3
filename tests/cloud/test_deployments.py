"""Deployments beyond the numbered rules: what begins one, alarms, the service deployments API, capacity strategies."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from moto.core.exceptions import ServiceException

from labs.cloud.controllers.capacity import split
from tests.cloud.service_bench import Bench, Version

ALARMS = {"alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True}}
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


def complete(desired: int = 2, **properties: Any) -> Bench:
    bench = Bench()
    bench.create(desired=desired, **({"loadBalancers": bench.behind(bench.target_group())} | properties))
    bench.until_steady()
    bench.mark()
    return bench


def statuses(bench: Bench) -> list[str]:
    return [run.status for run in bench.service.runs]


# What begins a deployment


@pytest.mark.parametrize(
    ("change", "begins"),
    [
        ({"desiredCount": 3}, False),
        ({"deploymentConfiguration": {"maximumPercent": 150}}, False),
        ({"healthCheckGracePeriodSeconds": 5}, False),
        ({"enableExecuteCommand": True}, False),
        ({"propagateTags": "SERVICE"}, False),
        ({"availabilityZoneRebalancing": "DISABLED"}, False),
        ({"platformVersion": "LATEST"}, False),
        ({"platformVersion": "1.4.0"}, True),
        ({"forceNewDeployment": True}, True),
        ({"loadBalancers": []}, True),
    ],
)
def test_what_begins_a_deployment(change: dict[str, Any], begins: bool) -> None:
    bench = complete()
    before = bench.service.primary.id
    described = bench.update(**change)
    assert (described.primary.id != before) is begins
    assert len(described.deployments) == 1 + begins
    bench.step()
    bench.until_steady()
    assert bench.rollouts == [(1, "PRIMARY", "COMPLETED")]


def test_another_network_is_another_deployment_in_its_subnets() -> None:
    bench = complete()
    network = {"awsvpcConfiguration": {"subnets": [bench.subnets[2]]}}
    bench.update(networkConfiguration=network)
    bench.until(lambda: len(bench.service.deployments) == 1)
    assert {task.subnet_id for task in bench.running()} == {bench.subnets[2]}
    assert bench.described["networkConfiguration"] == network


def test_another_target_group_is_another_deployment_and_the_old_tasks_leave_the_old_group() -> None:
    bench = complete()
    (old,) = (balancer["targetGroupArn"] for balancer in bench.service.load_balancers)
    new = bench.target_group()
    bench.update(loadBalancers=bench.behind(new))
    bench.step()
    assert {arn for task in bench.running() for arn, _ in task.targets} == {old}
    bench.until(lambda: len(bench.service.deployments) == 1)
    assert {arn for task in bench.running() for arn, _ in task.targets} == {new}


def test_a_roll_back_brings_back_the_load_balancers_and_the_network() -> None:
    bench = complete(deploymentConfiguration=BREAKER)
    before = {
        key: bench.described[key] for key in ("loadBalancers", "networkConfiguration", "taskDefinition")
    }
    network = {"awsvpcConfiguration": {"subnets": [bench.subnets[2]]}}
    bench.update(Version(starts=False), loadBalancers=[], networkConfiguration=network)
    bench.until(lambda: statuses(bench)[0] == "ROLLBACK_SUCCESSFUL")
    assert {key: bench.described[key] for key in before} == before


def test_a_new_deployment_stops_the_one_under_way() -> None:
    bench = complete()
    bench.update(Version(boot=60))
    bench.run(3)
    bench.update(Version())
    assert statuses(bench) == ["PENDING", "STOPPED", "SUCCESSFUL"]
    assert bench.rollouts[1:] == [(2, "ACTIVE", "IN_PROGRESS"), (1, "ACTIVE", "COMPLETED")]
    bench.until(lambda: bench.rollouts == [(3, "PRIMARY", "COMPLETED")])
    assert statuses(bench) == ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"] and bench.lowest >= 2


def test_deployment_configurations_are_merged() -> None:
    bench = complete(deploymentConfiguration={**BREAKER, "maximumPercent": 150})
    bench.update(deploymentConfiguration={"minimumHealthyPercent": 50})
    assert bench.described["deploymentConfiguration"] == {
        **BREAKER, "maximumPercent": 150, "minimumHealthyPercent": 50, "strategy": "ROLLING"
    }  # fmt: skip


# Alarms


def test_an_alarm_fails_a_deployment_and_rolls_it_back() -> None:
    bench = complete(deploymentConfiguration=ALARMS)
    bench.alarm("errors", "OK")
    bench.update(Version())
    failed = bench.service.primary.id
    bench.until(lambda: bench.rollouts == [(2, "PRIMARY", "IN_PROGRESS"), (1, "ACTIVE", "COMPLETED")])
    bench.until(lambda: not bench.running(1))
    bench.run(10)
    assert bench.rollouts[0] == (2, "PRIMARY", "IN_PROGRESS")  # the bake time: all is healthy and watched
    bench.alarm("errors", "ALARM")
    bench.step()
    assert bench.rollouts == [(1, "PRIMARY", "IN_PROGRESS"), (2, "ACTIVE", "FAILED")]
    assert f"(service web) (deployment {failed}) deployment failed: alarm detected." in bench.messages
    run = bench.ecs.describe_service_deployments([bench.service.runs[0].arn])[0][0]
    assert run["alarms"] == {
        "status": "TRIGGERED",
        "alarmNames": ["errors"],
        "triggeredAlarmNames": ["errors"],
    }
    bench.until(lambda: bench.rollouts == [(1, "PRIMARY", "COMPLETED")])
    assert bench.lowest >= 2 and len(bench.running(1)) == 2 and statuses(bench)[0] == "ROLLBACK_SUCCESSFUL"


def test_the_bake_time_ends_with_a_complete_deployment() -> None:
    bench = complete(deploymentConfiguration=ALARMS)
    bench.alarm("errors", "OK", period=30)
    bench.update(Version())
    bench.until(lambda: not bench.running(1))
    steady = bench.clock.seconds
    bench.until(lambda: bench.rollouts == [(2, "PRIMARY", "COMPLETED")])
    assert 30 <= bench.clock.seconds - steady <= 40
    assert any(kind == "deployment-baking" and "30 s" in text for kind, text in bench.story)
    bench.alarm("errors", "ALARM")
    bench.run(5)
    assert bench.rollouts == [(2, "PRIMARY", "COMPLETED")]  # nobody watches any more


def test_an_alarm_that_rings_already_is_not_watched() -> None:
    bench = complete(deploymentConfiguration=ALARMS)
    bench.alarm("errors", "ALARM")
    bench.update(Version())
    bench.until(lambda: bench.rollouts == [(2, "PRIMARY", "COMPLETED")])


def test_without_rollback_an_alarm_stalls_the_deployment() -> None:
    bench = complete(deploymentConfiguration={"alarms": ALARMS["alarms"] | {"rollback": False}})
    bench.alarm("errors", "OK")
    bench.update(Version(boot=20))
    bench.run(5)
    bench.alarm("errors", "ALARM")
    bench.run(60)
    assert bench.rollouts == [(2, "PRIMARY", "FAILED"), (1, "ACTIVE", "COMPLETED")]
    assert statuses(bench)[0] == "STOPPED" and bench.lowest >= 2


# The service deployments API


def test_a_deployment_is_stopped_by_rolling_it_back() -> None:
    bench = complete()
    bench.update(Version(boot=60))
    bench.run(3)
    run = bench.service.runs[0]
    assert bench.ecs.stop_service_deployment(run.arn, None) == run.arn
    assert run.status == "ROLLBACK_REQUESTED"
    assert bench.ecs.stop_service_deployment(run.arn, "ROLLBACK") == run.arn  # it goes on
    bench.step()
    assert run.status == "ROLLBACK_IN_PROGRESS"
    bench.until(lambda: run.status == "ROLLBACK_SUCCESSFUL")
    assert bench.rollouts == [(1, "PRIMARY", "COMPLETED")] and not bench.running(2)
    with pytest.raises(ServiceException, match="ConflictException"):
        bench.ecs.stop_service_deployment(run.arn, "ROLLBACK")
    with pytest.raises(ServiceException, match="ABORT"):
        bench.ecs.stop_service_deployment(run.arn, "ABORT")
    with pytest.raises(ServiceException, match="stopType should be one of"):
        bench.ecs.stop_service_deployment(run.arn, "SOON")
    with pytest.raises(ServiceException, match="ServiceDeploymentNotFoundException"):
        bench.ecs.stop_service_deployment(run.arn + "x", None)


def test_the_first_deployment_can_not_be_rolled_back() -> None:
    bench = Bench()
    bench.create(Version(boot=60))
    bench.run(2)
    bench.ecs.stop_service_deployment(bench.service.runs[0].arn, "ROLLBACK")
    bench.step()
    run = bench.service.runs[0]
    assert (run.status, run.reason) == (
        "ROLLBACK_FAILED",
        "No rollback candidate was found to run the rollback.",
    )


def test_the_life_of_a_service_deployment() -> None:
    bench = Bench()
    bench.create(desired=3)
    (brief,), _ = bench.ecs.list_service_deployments({"cluster": "shop", "service": "web"})
    assert brief["status"] == "PENDING" and brief["startedAt"] is None
    assert brief["serviceDeploymentArn"].startswith(
        "arn:aws:ecs:us-east-1:123456789012:service-deployment/shop/web/"
    )
    bench.step()
    (run,), failures = bench.ecs.describe_service_deployments([brief["serviceDeploymentArn"]])
    assert failures == [] and run["status"] == "IN_PROGRESS" and run["sourceServiceRevisions"] == []
    counts = {"requestedTaskCount": 3, "runningTaskCount": 0, "pendingTaskCount": 3}
    assert run["targetServiceRevision"] == {"arn": brief["targetServiceRevisionArn"], **counts}
    assert bench.described["currentServiceDeployment"] == brief["serviceDeploymentArn"]
    assert bench.described["currentServiceRevisions"] == [run["targetServiceRevision"]]
    assert run["deploymentCircuitBreaker"]["status"] == run["alarms"]["status"] == "DISABLED"
    bench.until_steady()
    bench.update(desiredCount=1)
    bench.run(5)
    (run,), _ = bench.ecs.describe_service_deployments([brief["serviceDeploymentArn"]])
    assert run["status"] == "SUCCESSFUL" and run["finishedAt"] > run["startedAt"]
    assert run["targetServiceRevision"]["runningTaskCount"] == 3  # as it was when it ended


def test_listing_service_deployments_by_pages_status_and_time() -> None:
    bench = complete(desired=1)
    for _ in range(4):
        bench.clock.seconds += 100
        bench.update(forceNewDeployment=True)
    query = {"cluster": "shop", "service": "web"}
    first, token = bench.ecs.list_service_deployments({**query, "maxResults": 2})
    rest, end = bench.ecs.list_service_deployments({**query, "maxResults": 100, "nextToken": token})
    assert len(first) == 2 and len(rest) == 3 and end is None
    times = [run["createdAt"] for run in (*first, *rest)]
    assert times == sorted(times, reverse=True)
    stopped, _ = bench.ecs.list_service_deployments({**query, "status": ["STOPPED"]})
    assert len(stopped) == 3
    late, _ = bench.ecs.list_service_deployments({**query, "createdAt": {"after": times[2].timestamp()}})
    assert [run["createdAt"] for run in late] == times[:2]
    for wrong in (
        {"status": ["DONE"]},
        {"maxResults": 0},
        {"nextToken": "?"},
        {"createdAt": {"after": "soon"}},
    ):
        with pytest.raises(ServiceException, match="InvalidParameterException"):
            bench.ecs.list_service_deployments({**query, **wrong})
    with pytest.raises(ServiceException, match="ServiceNotFoundException"):
        bench.ecs.list_service_deployments({"cluster": "shop", "service": "none"})


def test_service_revisions_keep_what_was_deployed() -> None:
    bench = complete()
    first = bench.service.revision_arn(bench.service.primary)
    bench.update(Version(), loadBalancers=[])
    bench.until(lambda: len(bench.service.deployments) == 1)
    (revision,), failures = bench.ecs.describe_service_revisions([first])
    assert failures == [] and revision["taskDefinition"].endswith("/web:1")
    assert len(revision["loadBalancers"]) == 1 and revision["launchType"] == "FARGATE"
    assert [image["image"] for image in revision["containerImages"]] == ["web:1"]
    missing = first.rpartition("/")[0] + "/1"
    assert bench.ecs.describe_service_revisions([missing]) == ([], [{"arn": missing, "reason": "MISSING"}])
    for wrong in ([], ["web"], [first] * 21):
        with pytest.raises(ServiceException, match="InvalidParameterException"):
            bench.ecs.describe_service_revisions(wrong)


# Capacity


MIX = [
    {"capacityProvider": "FARGATE", "base": 2, "weight": 1},
    {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 3},
]


@pytest.mark.parametrize("desired", [1, 2, 3, 6, 10])
def test_tasks_are_split_by_base_and_weight(desired: int) -> None:
    bench = complete(desired, capacityProviderStrategy=MIX)
    counts = Counter(task.capacity_provider for task in bench.running())
    assert counts == Counter({name: count for name, count in split(MIX, {}, desired).items() if count})


def test_scaling_in_keeps_the_split() -> None:
    bench = complete(10, capacityProviderStrategy=MIX)
    for desired in (6, 3, 8):
        bench.update(desiredCount=desired)
        bench.step()
        bench.until_steady()
        counts = Counter(task.capacity_provider for task in bench.running())
        assert counts == Counter({name: n for name, n in split(MIX, {}, desired).items() if n}), desired


def test_a_change_of_strategy_needs_a_forced_deployment() -> None:
    bench = complete()
    with pytest.raises(ServiceException, match="you must force a new deployment"):
        bench.update(capacityProviderStrategy=MIX)
    bench.update(capacityProviderStrategy=MIX, forceNewDeployment=True)
    bench.until(lambda: len(bench.service.deployments) == 1)
    assert "launchType" not in bench.described
    assert {task.capacity_provider for task in bench.running()} == {"FARGATE"}
    bench.update(capacityProviderStrategy=MIX)  # the same


def test_one_provider_without_weight_takes_everything() -> None:
    bench = complete(3, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT"}])
    assert {task.capacity_provider for task in bench.running()} == {"FARGATE_SPOT"}


# Refusals


@pytest.mark.parametrize(
    ("parameters", "code", "text"),
    [
        ({"deploymentController": {"type": "EXTERNAL"}}, "UnsupportedFeatureException", "EXTERNAL"),
        ({"deploymentController": {"type": "x"}}, "InvalidParameterException", "deploymentController.type"),
        ({"deploymentConfiguration": {"strategy": "CANARY"}}, "UnsupportedFeatureException", "CANARY"),
        ({"deploymentConfiguration": {"strategy": "LINEAR"}}, "UnsupportedFeatureException", "LINEAR"),
        ({"deploymentConfiguration": {"strategy": "?"}}, "InvalidParameterException", "strategy should be one of"),
        ({"deploymentConfiguration": {"lifecycleHooks": [{"targetType": "PAUSE"}]}}, "UnsupportedFeatureException", "hooks"),
        ({"deploymentConfiguration": {"earlySuccessCriteria": {"enable": True}}}, "UnsupportedFeatureException", "early"),
        ({"deploymentConfiguration": {"alarms": {"enable": True}}}, "InvalidParameterException", "alarmNames"),
        (
            {"deploymentConfiguration": {"deploymentCircuitBreaker": {
                "enable": True, "rollback": True, "thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 101}}}},
            "InvalidParameterException", "between 1 and 100",
        ),
        (
            {"deploymentConfiguration": {"deploymentCircuitBreaker": {
                "enable": True, "rollback": True, "thresholdConfiguration": {"type": "COUNT", "value": 0}}}},
            "InvalidParameterException", "at least 1",
        ),
        ({"serviceConnectConfiguration": {"enabled": True}}, "UnsupportedFeatureException", "Service Connect"),
        ({"serviceRegistries": [{"registryArn": "arn:x"}]}, "UnsupportedFeatureException", "Cloud Map"),
        ({"vpcLatticeConfigurations": [{"portName": "x"}]}, "UnsupportedFeatureException", "VPC Lattice"),
        ({"volumeConfigurations": [{"name": "x"}]}, "UnsupportedFeatureException", "volumes"),
        ({"propagateTags": "ALL"}, "InvalidParameterException", "propagateTags should be one of"),
        ({"schedulingStrategy": "SOME"}, "InvalidParameterException", "schedulingStrategy should be one of"),
        ({"platformVersion": "9.9"}, "PlatformUnknownException", "does not exist"),
        ({"placementStrategy": [{"type": "random"}]}, "InvalidParameterException", "Placement strategies are not"),
        ({"placementConstraints": [{"type": "distinctInstance"}]}, "InvalidParameterException", "Placement constraints"),
        ({"role": "ecs"}, "InvalidParameterException", "require a service linked role"),
        (
            {"availabilityZoneRebalancing": "ENABLED",
             "deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 50}},
            "InvalidParameterException", "maximumPercent must be more than 100",
        ),
        ({"launchType": "FARGATE", "capacityProviderStrategy": MIX}, "InvalidParameterException", "capacity provider"),
    ],
)  # fmt: skip
def test_refusals_of_both_calls(parameters: dict[str, Any], code: str, text: str) -> None:
    bench = Bench()
    with pytest.raises(ServiceException, match=text) as refused:
        bench.create(**parameters)
    assert refused.value.code == code and not bench.ecs.services
    if "capacityProviderStrategy" in parameters or "role" in parameters:
        return
    bench.create()
    before = dict(bench.service.properties)
    with pytest.raises(ServiceException, match=text) as refused:
        bench.update(**parameters)
    assert refused.value.code == code
    assert bench.service.properties == before and len(bench.service.deployments) == 1


# Whatever happens

VERSIONS = st.builds(
    Version,
    starts=st.sampled_from((True, True, False)),
    boot=st.sampled_from((1.0, 4.0)),
    ends=st.sampled_from((None, None, 3.0, 12.0)),
    target=st.sampled_from(("healthy", "healthy", "unhealthy")),
    container=st.sampled_from((None, None, "HEALTHY", "UNHEALTHY")),
    check=st.sampled_from((2.0, 6.0)),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("deploy"), VERSIONS),
        st.tuples(st.just("scale"), st.integers(0, 6)),
        st.tuples(st.just("kill"), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.integers(1, 25)),
        st.tuples(st.just("stop"), st.none()),
    ),
    max_size=8,
)


@given(
    desired=st.integers(0, 5),
    least=st.sampled_from((0, 50, 100)),
    most=st.sampled_from((100, 150, 200)),
    rollback=st.booleans(),
    strategy=st.sampled_from((None, MIX)),
    script=STEPS,
)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a simulation is too long to be shrunk
)
def test_whatever_happens_a_good_version_comes_to_rest(
    desired: int, least: int, most: int, rollback: bool, strategy: Any, script: list[tuple[str, Any]]
) -> None:
    """Deploys, failures, roll-backs, losses, scaling: the ceiling holds, the floor is never broken by the scheduler,
    and a good version deployed last is all there is in the end, and stays so."""
    most = most if (least, most) != (100, 100) else 200
    bench = Bench()
    bench.create(
        desired=desired,
        loadBalancers=bench.behind(bench.target_group()),
        deploymentConfiguration={
            "minimumHealthyPercent": least,
            "maximumPercent": most,
            "deploymentCircuitBreaker": {"enable": True, "rollback": rollback},
        },
        **({"capacityProviderStrategy": strategy} if strategy else {}),
    )

    def step() -> None:
        """The scheduler itself starts nothing above the ceiling and stops nothing healthy below the floor."""
        wanted = bench.service.desired_count
        floor, ceiling = -(-wanted * least // 100), wanted * most // 100
        bench.clock.seconds += 1
        for task in bench.tasks:
            bench._live(task)
        before = {task.id for task in bench.tasks if task.active}
        healthy = {task.id for task in bench.tasks if bench.healthy(task)}
        bench.look()
        active = {task.id for task in bench.tasks if task.active}
        if active - before:
            assert len(active) <= ceiling
        if (healthy & before) - active:
            assert len(healthy & active) >= min(floor, len(healthy))

    for kind, value in script:
        if kind == "deploy":
            bench.update(value)
        elif kind == "scale":
            bench.update(desiredCount=value)
        elif kind == "kill" and (running := bench.running()):
            bench.kill(running[value % len(running)])
        elif kind == "stop" and bench.service.run is not None:
            bench.ecs.stop_service_deployment(bench.service.run.arn, "ROLLBACK")
        for _ in range(value if kind == "wait" else 3):
            step()
    bench.update(Version())
    latest = bench.service.primary.definition.revision
    for _ in range(200):
        step()
        if bench.service.steady:
            break
    wanted = bench.service.desired_count
    stuck = any("was unable to stop or start tasks" in text for text in bench.messages[-30:])
    assert bench.service.steady or stuck, bench.messages[-5:]
    if bench.service.steady:
        assert bench.rollouts == [(latest, "PRIMARY", "COMPLETED")]
        assert len(bench.running(latest)) == wanted == len(bench.running())
        told = len(bench.service.events)
        for _ in range(20):
            step()
        assert len(bench.service.events) == told or len(bench.service.events) == 100

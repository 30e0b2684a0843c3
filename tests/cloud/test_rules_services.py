"""RULES.md 9 to 20 on the bench: the real controller and backend, a clock of the test's own, no process started.

One test at the end runs the whole in a cloud: a broken version 3 goes back to version 2.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError
from moto.core.exceptions import ServiceException

from labs.cloud.aws.ecs.model import DEACTIVATING
from labs.cloud.controllers.circuit_breaker import CircuitBreaker
from labs.cloud.controllers.scheduler import SETTLE
from tests.cloud.running import wait_for
from tests.cloud.service_bench import Bench, Version
from tests.cloud.stack import WEB, Stack

UNHEALTHY = Version(target="unhealthy")
BROKEN = Version(starts=False)


def breaker(rollback: bool = True, **settings: Any) -> dict[str, Any]:
    return {
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": True, "rollback": rollback, **settings}
        }
    }


def behind_a_balancer(bench: Bench) -> dict[str, Any]:
    return {"loadBalancers": bench.behind(bench.target_group())}


def complete(desired: int = 2, zones: int = 2, **properties: Any) -> Bench:
    """A service behind a load balancer whose first version is complete."""
    bench = Bench()
    bench.create(desired=desired, zones=zones, **(behind_a_balancer(bench) | properties))
    bench.until_steady()
    bench.mark()
    return bench


@pytest.mark.parametrize(
    ("desired", "least", "most", "floor", "ceiling"),
    [(2, 100, 200, 2, 4), (3, 50, 150, 2, 4), (4, 50, 100, 2, 4), (5, 60, 120, 3, 6), (1, 0, 100, 0, 1)],
)
def test_rule_09_a_roll_out_keeps_floor_and_ceiling(
    desired: int, least: int, most: int, floor: int, ceiling: int
) -> None:
    configuration = {"minimumHealthyPercent": least, "maximumPercent": most}
    bench = complete(desired, deploymentConfiguration=configuration)
    bench.update(Version())
    bench.until(lambda: bench.rollouts == [(2, "PRIMARY", "COMPLETED")])
    assert bench.lowest >= floor and bench.highest <= ceiling
    assert len(bench.running(2)) == desired and not bench.running(1)


def test_rule_09_what_can_neither_start_nor_stop_says_so_once() -> None:
    bench = complete(1, deploymentConfiguration={"maximumPercent": 150})
    bench.update(Version())
    bench.run(20)
    told = [
        text for text in bench.messages if "was unable to stop or start tasks during a deployment" in text
    ]
    assert told == [
        "(service web) was unable to stop or start tasks during a deployment because of the service deployment "
        "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
    ]
    assert bench.rollouts == [(2, "PRIMARY", "IN_PROGRESS"), (1, "ACTIVE", "COMPLETED")]
    bench.update(
        deploymentConfiguration={"maximumPercent": 200}
    )  # starts no deployment, frees the one there is
    bench.until(lambda: bench.rollouts == [(2, "PRIMARY", "COMPLETED")])


def test_rule_09_the_defaults_of_a_daemon() -> None:
    bench = Bench()
    bench.create()
    assert bench.described["deploymentConfiguration"]["minimumHealthyPercent"] == 100
    assert bench.described["deploymentConfiguration"]["maximumPercent"] == 200
    bench.service.properties["schedulingStrategy"] = "DAEMON"
    daemon = bench.described["deploymentConfiguration"]
    assert (daemon["minimumHealthyPercent"], daemon["maximumPercent"]) == (0, 100)


def test_rule_10_without_checks_a_task_is_healthy_forty_seconds_after_running() -> None:
    bench = Bench()
    bench.create(Version(boot=2))
    bench.until_steady()
    assert bench.clock.seconds - 1000 == pytest.approx(2 + SETTLE, abs=2)


def test_rule_10_container_checks_count_when_they_are_defined() -> None:
    bench = Bench()
    bench.create(Version(container="HEALTHY", check=7))
    bench.until_steady()
    assert bench.clock.seconds - 1000 == pytest.approx(7, abs=2)


def test_rule_10_both_checks_must_pass_when_there_are_both() -> None:
    bench = Bench()
    bench.create(Version(container="UNKNOWN"), **behind_a_balancer(bench))
    bench.run(60)
    assert not bench.service.steady and len(bench.running()) == 2
    bench.versions[1].container = "HEALTHY"
    bench.until_steady()


def test_rule_11_a_replacement_starts_before_the_unhealthy_task_stops() -> None:
    bench = complete()
    bench.sick_zones = {bench.zones[1]}
    (sick,) = (task for task in bench.running() if task.availability_zone == bench.zones[1])
    bench.step()
    assert sick.active and sum(task.active for task in bench.tasks) == 3
    assert bench.messages[-1].endswith("Amazon ECS replaced 1 tasks due to an unhealthy status.")
    bench.until(lambda: not sick.active)
    assert len(bench.running()) == 2
    assert (sick.stopped_reason or "").startswith("Task failed ELB health checks in (target-group arn:")
    assert any("is unhealthy in (target-group" in text for text in bench.messages)


def test_rule_11_without_room_unhealthy_tasks_stop_one_by_one() -> None:
    bench = complete(3, deploymentConfiguration={"maximumPercent": 100, "minimumHealthyPercent": 34})
    bench.versions[1].target = "unhealthy"
    bench.step()
    assert sum(not task.active for task in bench.tasks) == 1
    bench.step(bench.delay - 1)
    assert sum(not task.active for task in bench.tasks) == 1  # the next one, once that is gone
    assert bench.highest <= 3


def test_rule_12_a_lost_task_is_replaced_with_its_own_revision() -> None:
    bench = complete()
    bench.update(Version(boot=30))
    bench.step()
    bench.kill(bench.running(1)[0])
    bench.run(10)
    assert len(bench.running(1)) == 2 and not bench.running(2)
    bench.until(lambda: bench.rollouts == [(2, "PRIMARY", "COMPLETED")])


def test_rule_12_scaling_reaches_both_revisions() -> None:
    bench = complete()
    bench.update(Version(boot=60))
    bench.step()
    bench.update(desiredCount=4)
    bench.run(10)
    assert len(bench.running(1)) == 4  # the demand is met before the new version is up
    bench.update(desiredCount=2)
    bench.run(10)
    assert len(bench.running(1)) == 2 and bench.service.primary.desired_count == 2


@pytest.mark.parametrize("container", [None, "UNHEALTHY"])
def test_rule_13_the_grace_period_covers_load_balancer_and_container(container: str | None) -> None:
    bench = Bench()
    version = Version(target="unhealthy", container=container, boot=2, check=3)
    bench.create(version, desired=1, healthCheckGracePeriodSeconds=20, **behind_a_balancer(bench))
    bench.run(21)
    assert all(task.active for task in bench.tasks)
    bench.run(3)
    assert not all(task.active for task in bench.tasks) or len(bench.tasks) > 1
    without = Bench()
    without.create(version, desired=1, **behind_a_balancer(without))
    assert without.described["healthCheckGracePeriodSeconds"] == 0
    without.run(5)
    assert len(without.tasks) > 1


@pytest.mark.parametrize(("desired", "threshold"), [(1, 3), (6, 3), (7, 4), (25, 13), (400, 200), (800, 200)])
def test_rule_14_the_threshold(desired: int, threshold: int) -> None:
    assert CircuitBreaker.of({}).threshold(desired) == threshold


def test_rule_14_the_configurable_threshold() -> None:
    def of(kind: str, value: int) -> CircuitBreaker:
        return CircuitBreaker.of(
            breaker(thresholdConfiguration={"type": kind, "value": value})["deploymentConfiguration"]
        )

    assert of("UNBOUNDED_PERCENT", 50).threshold(800) == 400
    assert of("UNBOUNDED_PERCENT", 50).threshold(1) == 1
    assert of("BOUNDED_PERCENT", 10).threshold(100) == 10
    assert of("COUNT", 5).threshold(800) == 5


@pytest.mark.parametrize(
    ("broken", "stage"),
    [(BROKEN, 1), (UNHEALTHY, 2), (Version(container="UNHEALTHY"), 2), (Version(ends=3), 2)],
)
def test_rule_14_three_failed_tasks_fail_a_deployment(broken: Version, stage: int) -> None:
    bench = complete(**breaker(rollback=False))
    bench.update(broken)
    bench.until(lambda: bench.rollouts[0] == (2, "PRIMARY", "FAILED"))
    deployment = bench.described["deployments"][0]
    assert deployment["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    assert deployment["failedTasks"] in (3, 4)  # both tasks of a round may fail at once
    assert (
        f"(service web) (deployment {deployment['id']}) deployment failed: tasks failed to start."
        in bench.messages
    )
    before = len(bench.tasks)
    bench.run(120)
    assert len(bench.tasks) == before  # a failed deployment launches nothing
    assert len(bench.running(1)) == 2 and bench.lowest >= 2
    assert len(bench.service.deployments) == 2  # for ever: services_stable times out


@pytest.mark.parametrize(("reset", "state"), [(True, "IN_PROGRESS"), (False, "FAILED")])
def test_rule_14_a_healthy_task_sets_the_count_back_unless_told_otherwise(reset: bool, state: str) -> None:
    bench = complete(**breaker(rollback=False, resetOnHealthyTask=reset))
    bench.update(Version(target="unhealthy", check=3))
    primary = bench.service.primary
    bench.until(lambda: primary.failed_tasks == 2)
    bench.versions[2].target, bench.sick_zones = "healthy", {bench.zones[1]}
    bench.until(lambda: primary.proven)
    assert primary.failed_tasks == (0 if reset else 2)
    bench.until(lambda: primary.failed_tasks == (1 if reset else 3))
    bench.step()
    assert primary.rollout_state == state


def test_rule_14_without_a_circuit_breaker_a_deployment_goes_on_for_ever() -> None:
    bench = complete()
    bench.update(UNHEALTHY)
    bench.run(300)
    assert bench.rollouts == [(2, "PRIMARY", "IN_PROGRESS"), (1, "ACTIVE", "COMPLETED")]
    assert bench.service.primary.failed_tasks > 3 and bench.lowest >= 2


def test_rule_15_the_roll_back_goes_to_the_latest_complete_deployment() -> None:
    bench = complete(**breaker())
    bench.update(Version())
    bench.until(lambda: bench.rollouts == [(2, "PRIMARY", "COMPLETED")])
    good = bench.service.primary.id
    bench.mark()
    bench.update(BROKEN)
    bench.until(lambda: bench.rollouts[0] == (2, "PRIMARY", "IN_PROGRESS"))
    assert bench.rollouts[1] == (3, "ACTIVE", "FAILED")
    primary = bench.described["deployments"][0]
    assert primary["id"] == good
    assert (
        primary["rolloutStateReason"]
        == f"ECS deployment circuit breaker: rolling back to deploymentId {good}."
    )
    failed = bench.described["deployments"][1]["id"]
    at = bench.messages.index(
        f"(service web) (deployment {failed}) deployment failed: tasks failed to start."
    )
    assert bench.messages[at + 1] == f"(service web) rolling back to deployment {good}."
    run = bench.ecs.describe_service_deployments([bench.service.runs[0].arn])[0][0]
    assert run["status"] == "ROLLBACK_IN_PROGRESS"
    assert run["rollback"]["serviceRevisionArn"].endswith(good.rpartition("/")[2])
    bench.until(lambda: bench.rollouts == [(2, "PRIMARY", "COMPLETED")])
    assert bench.described["deployments"][0]["rolloutStateReason"] == f"ECS deployment {good} completed."
    assert bench.service.runs[0].status == "ROLLBACK_SUCCESSFUL"
    assert bench.lowest >= 2 and len(bench.running(2)) == 2
    assert ("rollback-started", "Service web: going back to web:2, the latest revision whose deployment was "
            "complete; web:3 is given up.") in bench.story  # fmt: skip


def test_rule_15_with_nothing_to_go_back_to_the_deployment_stalls() -> None:
    bench = Bench()
    bench.create(BROKEN, **breaker())
    bench.until(lambda: bench.rollouts == [(1, "PRIMARY", "FAILED")])
    assert bench.service.runs[0].status == "ROLLBACK_FAILED"
    assert bench.service.runs[0].reason == "No rollback candidate was found to run the rollback."
    bench.run(60)
    assert not [task for task in bench.tasks if task.active]
    bench.update(Version())  # what AWS says to do: repair and deploy
    bench.until(lambda: bench.rollouts == [(2, "PRIMARY", "COMPLETED")])


def test_rule_15_what_is_being_rolled_back_to_is_no_candidate() -> None:
    """AWS's own example: deployment 3 starts while 1 is IN_PROGRESS again, and can go back to nothing."""
    bench = complete(**breaker())
    bench.update(BROKEN)
    bench.until(lambda: bench.rollouts[0] == (1, "PRIMARY", "IN_PROGRESS"))
    bench.update(BROKEN)
    bench.until(lambda: bench.rollouts[0] == (3, "PRIMARY", "FAILED"))
    assert not any(status == "COMPLETED" for _, _, status in bench.rollouts)
    bench.run(60)
    assert bench.rollouts[0] == (3, "PRIMARY", "FAILED") and len(bench.running(1)) == 2


def test_rule_16_only_tasks_that_never_ran_are_throttled_and_a_new_version_at_once() -> None:
    bench = Bench()
    bench.create(Version(starts=False, boot=1), desired=1)
    gaps = []
    for _ in range(5):
        before = len(bench.tasks)
        started = bench.clock.seconds
        bench.until(lambda before=before: len(bench.tasks) > before, 3000)
        gaps.append(bench.clock.seconds - started)
    assert gaps[-1] > 4 * gaps[1] > 0
    said = [text for text in bench.messages if "is unable to consistently start tasks successfully" in text]
    assert len(said) == 1
    assert (
        "(service web) was unable to place a task. Reason: CannotPullContainerError: not found."
        in bench.messages
    )
    bench.update(Version())
    bench.step()
    assert any(task.definition.revision == 2 for task in bench.tasks)
    crashing = Bench()
    crashing.create(Version(ends=20), desired=1)
    crashing.run(200)
    assert len(crashing.tasks) >= 8  # it ran each time: no growing delay


def test_rule_17_tasks_are_spread_and_stopped_by_zone() -> None:
    bench = complete(5, zones=3)
    counts = Counter(task.availability_zone for task in bench.running())
    assert sorted(counts.values()) == [1, 2, 2]
    bench.update(desiredCount=3)
    bench.until_steady()
    assert set(Counter(task.availability_zone for task in bench.running()).values()) == {1}


def test_rule_17_rebalancing_is_on_by_default_and_evens_out_the_zones() -> None:
    bench = Bench()
    bench.create(desired=4, zones=2, **behind_a_balancer(bench))
    assert bench.described["availabilityZoneRebalancing"] == "ENABLED"
    bench.until_steady()
    lost = bench.zones[1]
    for task in bench.running():  # the zone's tasks come back elsewhere
        if task.availability_zone == lost:
            task.availability_zone = bench.zones[0]
    bench.mark()
    bench.step()
    bench.until_steady()
    counts = Counter(task.availability_zone for task in bench.running())
    assert counts == {bench.zones[0]: 2, bench.zones[1]: 2}
    assert bench.lowest >= 4 and bench.highest <= 8
    first, second = bench.zones[:2]
    told = bench.messages
    assert (
        f"(service web) is not AZ balanced with 4 tasks in {first} and 0 tasks in {second}. AZ Rebalancing in progress."
        in told
    )
    assert any(f"has started 2 tasks in {second} to AZ Rebalance: (task " in text for text in told)
    assert any(
        f"has stopped 2 running tasks in {first} due to AZ rebalancing: (task " in text for text in told
    )
    assert f"(service web) is AZ balanced with 2 tasks in {first} and 2 tasks in {second}." in told


def test_rule_17_rebalancing_can_be_off() -> None:
    bench = complete(4, availabilityZoneRebalancing="DISABLED")
    for task in bench.running():
        task.availability_zone = bench.zones[0]
    bench.run(30)
    assert {task.availability_zone for task in bench.running()} == {bench.zones[0]}
    bench.update(availabilityZoneRebalancing="ENABLED")
    bench.run(30)
    assert Counter(task.availability_zone for task in bench.running()) == dict.fromkeys(bench.zones[:2], 2)
    full = complete(2, deploymentConfiguration={"maximumPercent": 100, "minimumHealthyPercent": 50})
    assert full.described["availabilityZoneRebalancing"] == "DISABLED"  # it could start nothing


def test_rule_18_a_task_leaves_the_load_balancer_before_it_is_stopped() -> None:
    bench = complete()
    bench.delay = 30
    bench.update(Version())
    bench.until(lambda: any(task.last_status == DEACTIVATING for task in bench.tasks))
    bench.run(25)
    assert any(task.last_status == DEACTIVATING for task in bench.tasks)
    assert bench.rollouts[0] == (2, "PRIMARY", "IN_PROGRESS")  # not over before they are gone
    bench.until(lambda: bench.rollouts == [(2, "PRIMARY", "COMPLETED")], 20)


def test_rule_19_delete_goes_through_draining_to_inactive() -> None:
    bench = complete()
    with pytest.raises(ServiceException, match="cannot be stopped while it is scaled above 0"):
        bench.ecs.close_service(bench.cluster, "web", force=False)
    assert bench.ecs.close_service(bench.cluster, "web", force=True).status == "DRAINING"
    with pytest.raises(ServiceException, match="was not ACTIVE"):
        bench.update(desiredCount=1)
    bench.step()
    assert bench.service.status == "DRAINING"
    bench.until(lambda: bench.service.status == "INACTIVE")
    assert all(task.last_status == "STOPPED" for task in bench.tasks)
    assert bench.described["runningCount"] == 0 and bench.service.runs == []


def test_rule_20_the_latest_hundred_events_in_awss_words() -> None:
    bench = Bench()
    group = bench.target_group()
    bench.create(desired=1, loadBalancers=bench.behind(group))
    bench.until_steady()
    (task,) = bench.running()
    deployment = bench.service.primary.id
    assert bench.messages == [
        f"(service web) has started 1 tasks: (task {task.id}).",
        f"(service web) registered 1 targets in (target-group {group})",
        f"(service web) (deployment {deployment}) deployment completed.",
        "(service web) has reached a steady state.",
    ]
    bench.update(desiredCount=0)
    bench.step()
    assert bench.messages[4:6] == [
        f"(service web) has stopped 1 running tasks: (task {task.id}).",
        f"(service web, taskSet {deployment}) has begun draining connections on 1 tasks.",
    ]
    bench.update(desiredCount=1)
    bench.step()
    bench.update(desiredCount=0)
    bench.step()
    assert "(service web) stopped 1 pending tasks." in bench.messages
    for _ in range(60):
        bench.update(desiredCount=1)
        bench.run(8)
        bench.update(desiredCount=0)
        bench.run(8)
    assert len(bench.service.events) == 100
    assert len({event["id"] for event in bench.service.events}) == 100


def test_rule_20_a_problem_is_told_once_until_it_is_resolved_or_six_hours_pass() -> None:
    bench = Bench()
    bench.create()
    now = bench.clock.now
    bench.service.complain("is unwell.", now())
    bench.service.tell("does something.", now())
    bench.service.complain("is unwell.", now())
    assert sum("unwell" in text for text in bench.messages) == 1
    bench.clock.seconds += 6 * 3600
    bench.service.complain("is unwell.", now())
    assert sum("unwell" in text for text in bench.messages) == 2
    bench.service.resolved()
    bench.service.complain("is unwell.", now())
    assert sum("unwell" in text for text in bench.messages) == 3


# The whole, once


def test_rules_14_and_15_in_a_running_cloud(stack: Stack) -> None:
    """Version 2 rolls in, a broken version 3 is rolled back, and the waiters see it as on AWS."""
    _, group = stack.balancer(delay=1)

    def version(**container: Any) -> str:
        settings = {"image": stack.web, "portMappings": [{"containerPort": 8080}], **container}
        return stack.define(stack.container(**settings))

    stack.serve(definition=version(), loadBalancers=stack.behind(group), **breaker())
    stack.until_steady(seconds=60)
    second = version(environment=[{"name": "SAY", "value": "two"}])
    stack.ecs.update_service(cluster=stack.cluster, service="web", taskDefinition=second)
    good = stack.until_steady(seconds=60)["deployments"][0]["id"]
    third = version(image=stack.image({"app/main.py": WEB.replace("import http", "import nothing, http")}))
    updated = stack.ecs.update_service(cluster=stack.cluster, service="web", taskDefinition=third)["service"]
    failed = updated["deployments"][0]["id"]
    waiter = stack.ecs.get_waiter("services_stable")
    waiter.config.delay, waiter.config.max_attempts = 0.1, 1
    with pytest.raises(WaiterError):
        waiter.wait(cluster=stack.cluster, services=["web"])

    def rolled_back() -> dict[str, Any] | None:
        service = stack.service()
        return service if service["taskDefinition"] == second else None

    service = wait_for(rolled_back, what="the roll-back")
    assert service["deployments"][0]["id"] == good
    told = stack.messages()
    assert f"(service web) (deployment {failed}) deployment failed: tasks failed to start." in told
    assert f"(service web) rolling back to deployment {good}." in told
    waiter.config.max_attempts = 600
    waiter.wait(cluster=stack.cluster, services=["web"])
    assert stack.until_steady(seconds=60)["taskDefinition"] == second
    listed = stack.ecs.list_service_deployments(cluster=stack.cluster, service="web")["serviceDeployments"]
    assert [run["status"] for run in listed] == ["ROLLBACK_SUCCESSFUL", "SUCCESSFUL", "SUCCESSFUL"]
    described = stack.ecs.describe_service_deployments(
        serviceDeploymentArns=[listed[0]["serviceDeploymentArn"]]
    )["serviceDeployments"][0]
    assert described["statusReason"] == (
        "Service deployment rolled back because the circuit breaker threshold was exceeded."
    )
    tripped = described["deploymentCircuitBreaker"]
    assert (tripped["status"], tripped["threshold"]) == ("TRIGGERED", 3)
    assert tripped["failureCount"] >= 3  # a task that was starting when it tripped may fail too
    assert described["rollback"]["serviceRevisionArn"] == described["sourceServiceRevisions"][0]["arn"]
    revisions = stack.ecs.describe_service_revisions(
        serviceRevisionArns=[
            described["targetServiceRevision"]["arn"],
            described["rollback"]["serviceRevisionArn"],
        ]
    )["serviceRevisions"]
    assert [revision["taskDefinition"] for revision in revisions] == [third, second]
    assert revisions[1]["containerImages"][0]["imageDigest"].startswith("sha256:")
    with pytest.raises(ClientError, match="ConflictException"):
        stack.ecs.stop_service_deployment(serviceDeploymentArn=listed[0]["serviceDeploymentArn"])

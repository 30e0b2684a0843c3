"""CloudWatch's minutes, points and arithmetic, and what the cloud measures of itself: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.cloud.aws.cloudwatch.expressions import ExpressionError, evaluate
from labs.cloud.aws.cloudwatch.points import Metric, Periods, Point, Points, statistic
from labs.cloud.controllers.metrics import ecs, load_balancing
from labs.cloud.load_balancer.access_log import LogEntry
from labs.cloud.pace import Pace

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


# --- The pace


def test_minutes_are_the_clocks_until_a_lesson_hurries() -> None:
    pace = Pace()
    minute = int(pace.position(later(59)))
    assert pace.moment(minute) == NOON and pace.position(later(60)) == minute + 1


def test_a_change_of_pace_leaves_what_was_as_it_was() -> None:
    pace = Pace()
    before = pace.position(NOON)
    pace.change(6, later(30.2))
    assert pace.minute == 6 and pace.position(NOON) == before
    first = int(pace.position(later(31)))
    assert first == before + 1 and pace.moment(first) == later(31) and pace.moment(first + 1) == later(37)
    pace.change(60, later(43))
    assert pace.moment(first + 1) == later(37) and pace.moment(first + 3) == later(103)


@pytest.mark.parametrize("wrong", [0, 61, -1, 1.5, "6", True, None])
def test_a_pace_is_a_whole_number_of_seconds(wrong: Any) -> None:
    with pytest.raises(ValueError, match="whole number"):
        Pace().change(wrong, NOON)


@given(
    st.lists(st.tuples(st.integers(1, 60), st.floats(0.1, 500)), max_size=6),
    st.floats(0, 4000),
    st.floats(0, 4000),
)
def test_time_never_goes_back_at_any_pace(changes: list[tuple[int, float]], one: float, other: float) -> None:
    pace, at = Pace(), 0.0
    for seconds, wait in changes:
        at += wait
        pace.change(seconds, later(at))
    early, late = sorted((one, other))
    assert pace.position(later(early)) <= pace.position(later(late))
    assert abs((pace.moment(pace.position(later(early))) - later(early)).total_seconds()) < 1.1


# --- Points


def test_percentiles_are_of_the_samples() -> None:
    points = [Point.of(NOON, [float(number) for number in range(1, 100)]), Point.counted(NOON, [(100.0, 1)])]
    found = {name: statistic(name, points) for name in ("p50", "p90", "p99", "p99.9", "p100")}
    assert found == {"p50": 50, "p90": 90, "p99": 99, "p99.9": 100, "p100": 100}
    assert statistic("Average", points) == 50.5 and statistic("SampleCount", points) == 100


def test_a_statistic_set_has_a_percentile_only_when_all_its_values_are_the_same() -> None:
    assert statistic("p90", [Point(NOON, 4, 10, 1, 4)]) is None
    assert statistic("p90", [Point(NOON, 4, 8, 2, 2)]) == 2


def test_points_that_come_late_lie_where_they_belong() -> None:
    points, metric = Points(), Metric.of("shop", "orders")
    for seconds in (120, 0, 60):
        points.add(metric, Point.of(later(seconds), [float(seconds)]))
    assert [point.total for point in points.between(metric, NOON, later(120))] == [0, 60]
    assert points.between(Metric.of("shop", "orders", {"shop": "paris"}), NOON, later(999)) == []


def test_a_period_of_60_is_a_minute_of_the_pace_that_it_was_made_at() -> None:
    pace = Pace()
    pace.change(6, NOON)
    periods = Periods(pace, 60)
    sorted_ = periods.sort([Point.of(later(seconds), [1.0]) for seconds in (0, 5, 6, 18)])
    assert [len(points) for points in sorted_.values()] == [2, 1, 1]
    assert [periods.start(number) for number in sorted_] == [NOON, later(6), later(18)]


# --- Metric math


def test_arithmetic_over_series() -> None:
    a, b = {NOON: 10.0, later(60): 20.0}, {NOON: 5.0, later(60): 0.0}
    assert evaluate("100 * b / a", {"a": a, "b": b}) == {NOON: 50.0, later(60): 0.0}
    assert evaluate("a / b", {"a": a, "b": b}) == {NOON: 2.0}  # no point where it divides by zero
    assert evaluate("SUM([a, b]) ^ 2", {"a": a, "b": b}) == {NOON: 225.0, later(60): 400.0}
    assert evaluate("FILL(b, 7) + MAX(METRICS())", {"a": a, "b": {NOON: 1.0}}) == {
        NOON: 11.0,
        later(60): 27.0,
    }


@pytest.mark.parametrize(
    "expression",
    ["", "a +", "c", "5", "__import__('os')", "a.b", "ANOMALY_DETECTION_BAND(a)", "SEARCH('x')", "[a]", "a if a else a",
     "-" * 500 + "a", "a" * 2000, "9**9**9**9 * a", "True * a"],
)  # fmt: skip
def test_what_it_cannot_compute_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, {"a": {NOON: 1.0}})


# --- AWS/ECS


def task(**changes: Any) -> ecs.TaskFacts:
    facts: dict[str, Any] = {
        "region": "us-east-1", "cluster": "shop", "service": "orders", "family": "orders", "containers": ("c1",),
        "cpu_units": 256.0, "memory_mib": 512.0, "running_for": 600.0, "limited": True, "insights": False,
    }  # fmt: skip
    return ecs.TaskFacts(**(facts | changes))


def named(points: Any) -> dict[tuple[str, tuple[tuple[str, str], ...]], Point]:
    return {(metric.name, metric.dimensions): point for _, metric, point in points}


SERVICE = (("ClusterName", "shop"), ("ServiceName", "orders"))


def test_utilization_is_the_share_of_what_the_task_definition_reserves() -> None:
    before = {"c1": ecs.Reading(0, 10, 0), "c2": ecs.Reading(0, 0, 0)}
    after = {"c1": ecs.Reading(60, 17.5, 256 * ecs.MIB), "c2": ecs.Reading(60, 0, 128 * ecs.MIB)}
    found = named(ecs.points([task(), task(containers=("c2",))], [], before, after, NOON))
    cpu, memory = found["CPUUtilization", SERVICE], found["MemoryUtilization", SERVICE]
    # 7.5 s of a vCPU in 60 s are 128 units: half of 256.
    assert (cpu.count, cpu.most, cpu.least, cpu.unit) == (2, 50.0, 0.0, "Percent")
    assert (memory.most, memory.least) == (50.0, 25.0)
    assert len(found) == 2  # Container Insights is off


def test_fargate_holds_a_task_to_its_size_and_ec2_does_not() -> None:
    after = {"c1": ecs.Reading(10, 10, 0)}
    for limited, percent in ((True, 100.0), (False, 400.0)):
        found = named(ecs.points([task(limited=limited, running_for=10.0)], [], {}, after, NOON))
        assert found["CPUUtilization", SERVICE].most == percent


def test_a_task_that_cannot_be_read_gives_no_point_rather_than_a_wrong_one() -> None:
    assert not named(ecs.points([task()], [], {}, {}, NOON))
    lonely = task(service=None)
    assert not named(ecs.points([lonely], [], {}, {"c1": ecs.Reading(1, 1, 1)}, NOON))


def test_container_insights_counts_tasks_and_units() -> None:
    counts = [ecs.ServiceCounts("us-east-1", "shop", "orders", True, 3, 1, 2, 2)]
    after = {"c1": ecs.Reading(60, 7.5, ecs.MIB)}
    found = named(ecs.points([task(insights=True, running_for=60.0)], counts, {}, after, NOON))
    values = {name: point.total for (name, dimensions), point in found.items() if dimensions == SERVICE}
    assert values | {"MemoryUtilization": 0} == {
        "CPUUtilization": 50, "MemoryUtilization": 0, "DesiredTaskCount": 3, "RunningTaskCount": 1,
        "PendingTaskCount": 2, "DeploymentCount": 2, "CpuUtilized": 128, "CpuReserved": 256, "MemoryUtilized": 1,
        "MemoryReserved": 512,
    }  # fmt: skip
    assert ("CpuUtilized", (("ClusterName", "shop"), ("TaskDefinitionFamily", "orders"))) in found


def test_a_clusters_own_metrics_are_about_its_instances() -> None:
    cluster = ecs.ClusterCapacity("us-east-1", "shop", 2048, 4096, 1536, 1024)
    after = {"c1": ecs.Reading(10, 5, 512 * ecs.MIB), "c2": ecs.Reading(10, 10, 0)}
    tasks = [task(limited=False, running_for=10.0), task(containers=("c2",), running_for=10.0)]
    found = named(ecs.points(tasks, [], {}, after, NOON, [cluster]))
    values = {name: point.total for (name, dimensions), point in found.items() if dimensions == (SERVICE[0],)}
    assert values == {
        "CPUReservation": 25, "CPUUtilization": 25, "MemoryReservation": 75, "MemoryUtilization": 12.5
    }  # fmt: skip


# --- AWS/ApplicationELB

BALANCER = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:loadbalancer/app/shop/50dc6c495c0c9188"
GROUP = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/orders/73e2d6bc24d8a067"


def entry(**changes: Any) -> LogEntry:
    facts: dict[str, Any] = {
        "time": later(30), "elb": "app/shop/50dc6c495c0c9188", "client": "127.0.0.1:5", "request": "GET /",
        "user_agent": "-", "target": "10.0.0.1:8080", "target_group_arn": GROUP, "target_status_code": 200,
        "elb_status_code": 200, "target_processing_time": 0.2, "actions_executed": "forward",
    }  # fmt: skip
    return LogEntry(**(facts | changes))


def group(*states: str) -> load_balancing.GroupFacts:
    targets = [
        load_balancing.TargetFacts(f"10.0.0.{number}", state, f"eu-west-3{'ab'[number % 2]}")
        for number, state in enumerate(states, 1)
    ]
    return load_balancing.GroupFacts(GROUP, (BALANCER,), tuple(targets))


LB = ("LoadBalancer", "app/shop/50dc6c495c0c9188")
TG = ("TargetGroup", "targetgroup/orders/73e2d6bc24d8a067")


def test_requests_are_counted_by_load_balancer_group_and_zone() -> None:
    requests = [entry(), entry(target_status_code=404, elb_status_code=404, target_processing_time=0.4)]
    found = named(load_balancing.points(requests, [group("healthy", "unhealthy")], NOON, Pace()))
    for place in (
        (LB,),
        (LB, TG),
        (("AvailabilityZone", "eu-west-3b"), LB),
        (("AvailabilityZone", "eu-west-3b"), LB, TG),
    ):
        assert found["RequestCount", place].total == 2, place
        assert found["HTTPCode_Target_4XX_Count", place].total == 1
        assert statistic("p100", [found["TargetResponseTime", place]]) == 0.4
    assert found["HealthyHostCount", (LB, TG)].total == found["UnHealthyHostCount", (LB, TG)].total == 1
    assert found["RequestCountPerTarget", (TG,)].total == 2  # one healthy target got both
    assert found["RequestCount", (LB,)].time == NOON


def test_the_load_balancers_own_answers_are_its_own() -> None:
    own = {
        "target": "-",
        "target_group_arn": GROUP,
        "target_status_code": None,
        "target_processing_time": -1.0,
    }
    requests = [
        entry(elb_status_code=503, **own),
        entry(elb_status_code=301, actions_executed="redirect", **own),
    ]
    found = named(load_balancing.points(requests, [group("unhealthy")], NOON, Pace()))
    assert found["HTTPCode_ELB_503_Count", (LB,)].total == found["HTTPCode_ELB_5XX_Count", (LB,)].total == 1
    assert found["HTTP_Redirect_Count", (LB,)].total == 1
    assert not any(name in ("RequestCount", "TargetResponseTime") for name, _ in found)


def test_without_requests_the_hosts_and_zero_requests_per_target_are_told() -> None:
    found = named(
        load_balancing.points(
            [], [group("healthy"), load_balancing.GroupFacts(GROUP + "9", (), ())], NOON, Pace()
        )
    )
    assert found["RequestCountPerTarget", (LB, TG)].total == 0
    assert {name for name, _ in found} == {"RequestCountPerTarget", "HealthyHostCount", "UnHealthyHostCount"}

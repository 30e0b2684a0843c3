"""The scheduler's decisions: the numbered rules one by one, then any service whatever."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.cloud.controllers.scheduler import (
    LONGEST_DELAY,
    SETTLE,
    DeploymentFacts,
    Health,
    Plan,
    ServiceFacts,
    TaskFacts,
    Why,
    health,
    plan,
    start_delay,
)

HEALTHY, UNHEALTHY, PENDING = Health.HEALTHY, Health.UNHEALTHY, Health.PENDING


def tasks(deployment: str, *states: Health, zones: str = "ab") -> tuple[TaskFacts, ...]:
    return tuple(
        TaskFacts(f"{deployment}{number}", deployment, zones[number % len(zones)], state)
        for number, state in enumerate(states)
    )


def service(
    desired: int, *members: TaskFacts, deployments: tuple[DeploymentFacts, ...] | None = None, **more: object
) -> ServiceFacts:
    facts = ServiceFacts(
        desired, 100, 200, deployments or (DeploymentFacts("new", desired),), members, ("a", "b")
    )
    return replace(facts, **more)  # type: ignore[arg-type]


OLD_AND_NEW = (DeploymentFacts("new", 2), DeploymentFacts("old", 2, stable=True))


def test_starts_what_is_missing_spread_over_the_zones() -> None:  # rule 17
    assert Counter(start.zone for start in plan(service(4)).starts) == {"a": 2, "b": 2}
    crowded = tasks("new", HEALTHY, HEALTHY, zones="a")
    assert [start.zone for start in plan(service(4, *crowded)).starts] == ["b", "b"]


def test_stops_in_the_fullest_zone() -> None:  # rule 17
    members = tasks("new", HEALTHY, HEALTHY, HEALTHY, zones="aab")
    assert [stop.task for stop in plan(service(2, *members)).stops] == ["new0"]


def test_scaling_in_prefers_tasks_that_do_not_work_yet() -> None:
    decided = plan(service(1, *tasks("new", HEALTHY, PENDING)))
    assert [(stop.task, stop.why) for stop in decided.stops] == [("new1", Why.SCALING)]


def test_floor_and_ceiling_round_as_documented() -> None:  # rule 9
    facts = service(3, minimum_percent=50, maximum_percent=150)
    assert (facts.floor, facts.ceiling) == (2, 4)
    assert (service(1, minimum_percent=1).floor, service(0).ceiling) == (1, 0)


def test_a_roll_out_starts_the_new_before_it_stops_the_old() -> None:
    old = tasks("old", HEALTHY, HEALTHY)
    first = plan(service(2, *old, deployments=OLD_AND_NEW))
    assert len(first.starts) == 2 and not first.stops
    one = plan(service(2, *old, *tasks("new", HEALTHY, PENDING), deployments=OLD_AND_NEW))
    assert [stop.why for stop in one.stops] == [Why.DEPLOYMENT] and one.desired == {"old": 1}
    both = plan(service(2, *old, *tasks("new", HEALTHY, HEALTHY), deployments=OLD_AND_NEW))
    assert {stop.task for stop in both.stops} == {"old0", "old1"} and both.desired == {"old": 0}


def test_without_room_the_old_makes_room_within_the_floor() -> None:
    facts = service(
        2, *tasks("old", HEALTHY, HEALTHY), deployments=OLD_AND_NEW, minimum_percent=50, maximum_percent=100
    )
    decided = plan(facts)
    assert len(decided.stops) == 1 and not decided.starts and decided.desired == {"old": 1}


def test_a_configuration_that_allows_nothing_is_stuck() -> None:  # rule 9
    facts = service(
        1,
        *tasks("old", HEALTHY),
        deployments=(DeploymentFacts("new", 1), DeploymentFacts("old", 1, stable=True)),
        maximum_percent=150,
    )
    assert plan(facts) == Plan(desired={"old": 1}, stuck=True)


def test_a_lost_task_comes_back_with_its_own_revision() -> None:  # rule 12
    decided = plan(service(2, *tasks("old", HEALTHY), *tasks("new", PENDING), deployments=OLD_AND_NEW))
    assert Counter(start.deployment for start in decided.starts) == {"old": 1, "new": 1}


def test_an_older_deployment_never_grows_back() -> None:
    facts = service(
        2,
        *tasks("old", HEALTHY),
        *tasks("new", PENDING),
        deployments=(OLD_AND_NEW[0], DeploymentFacts("old", 1, stable=True)),
    )
    assert {start.deployment for start in plan(facts).starts} == {"new"}


def test_a_failing_version_gives_way_before_the_stable_one() -> None:
    deployments = (
        DeploymentFacts("new", 2),
        DeploymentFacts("bad", 2),
        DeploymentFacts("old", 2, stable=True),
    )
    decided = plan(
        service(2, *tasks("old", HEALTHY, HEALTHY), *tasks("bad", PENDING, PENDING), deployments=deployments)
    )
    assert {stop.task for stop in decided.stops} == {"bad0", "bad1"}


def test_the_replacement_of_an_unhealthy_task_starts_first() -> None:  # rule 11
    first = plan(service(2, *tasks("new", HEALTHY, UNHEALTHY)))
    assert len(first.starts) == 1 and not first.stops
    waiting = plan(service(2, *tasks("new", HEALTHY, UNHEALTHY, PENDING)))
    assert not waiting.starts and not waiting.stops
    then = plan(service(2, *tasks("new", HEALTHY, UNHEALTHY, HEALTHY)))
    assert [(stop.task, stop.why) for stop in then.stops] == [("new1", Why.UNHEALTHY)]


def test_without_room_unhealthy_tasks_stop_one_by_one() -> None:  # rule 11
    facts = service(2, *tasks("new", UNHEALTHY, UNHEALTHY), maximum_percent=100, minimum_percent=50)
    assert len(plan(facts).stops) == 1
    assert not plan(replace(facts, replacing=True)).stops


def test_a_held_deployment_starts_nothing() -> None:  # rule 16
    assert plan(service(2, deployments=(DeploymentFacts("new", 2, held=True),))) == Plan()


def test_the_delay_of_starts_grows_to_its_limit() -> None:  # rule 16
    assert [start_delay(failures, 2) for failures in range(7)] == [0, 0, 5, 5, 10, 10, 20]
    assert start_delay(10_000, 1) == LONGEST_DELAY == 27 * 60


def test_a_deleted_service_stops_everything() -> None:  # rule 19
    facts = service(0, *tasks("new", HEALTHY, PENDING, UNHEALTHY), minimum_percent=0)
    assert len(plan(facts).stops) == 3


def test_a_failed_deployment_starts_nothing_and_loses_its_unhealthy_tasks() -> None:  # rule 14
    failed = (DeploymentFacts("new", 2, failed=True), DeploymentFacts("old", 2, stable=True))
    decided = plan(service(2, *tasks("old", HEALTHY), *tasks("new", UNHEALTHY, PENDING), deployments=failed))
    assert [start.deployment for start in decided.starts] == ["old"]
    assert [(stop.task, stop.why) for stop in decided.stops] == [("new0", Why.UNHEALTHY)]


def test_after_a_roll_back_what_works_of_the_failed_one_stays_until_it_is_replaced() -> None:  # rule 15
    back = (DeploymentFacts("old", 2, stable=True), DeploymentFacts("bad", 2, failed=True))
    decided = plan(service(2, *tasks("bad", HEALTHY, PENDING), *tasks("old", HEALTHY), deployments=back))
    assert [stop.task for stop in decided.stops] == ["bad1"] and len(decided.starts) == 1
    done = plan(service(2, *tasks("bad", HEALTHY), *tasks("old", HEALTHY, HEALTHY), deployments=back))
    assert [stop.task for stop in done.stops] == ["bad0"]


def test_uneven_zones_are_evened_out_within_the_ceiling() -> None:  # rule 17
    crowded = tasks("new", HEALTHY, HEALTHY, HEALTHY, HEALTHY, zones="a")
    first = plan(service(4, *crowded, rebalance=True))
    assert [(start.zone, start.rebalancing) for start in first.starts] == [("b", True), ("b", True)]
    assert not first.stops and not plan(service(4, *crowded)).starts
    assert len(plan(service(4, *crowded, rebalance=True, maximum_percent=125)).starts) == 1
    moved = tuple(TaskFacts(f"m{n}", "new", "b", PENDING, rebalancing=True) for n in range(2))
    assert plan(service(4, *crowded, *moved)) == Plan()  # they are beyond what is wanted on purpose
    healthy = tuple(replace(task, health=HEALTHY) for task in moved)
    then = plan(service(4, *crowded, *healthy))
    assert [stop.why for stop in then.stops] == [Why.REBALANCING] * 2
    assert {stop.task[:3] for stop in then.stops} == {"new"}


def test_starts_and_stops_follow_the_capacity_provider_strategy() -> None:
    mix = ({"capacityProvider": "OD", "base": 1, "weight": 1}, {"capacityProvider": "SPOT", "weight": 3})
    only = (DeploymentFacts("new", 5, strategy=mix),)
    assert Counter(start.provider for start in plan(service(5, deployments=only)).starts) == {
        "OD": 2,
        "SPOT": 3,
    }
    members = tuple(
        TaskFacts(f"t{n}", "new", "ab"[n % 2], HEALTHY, "OD" if n < 3 else "SPOT") for n in range(6)
    )
    assert [
        stop.task[0:2] in ("t0", "t1", "t2") for stop in plan(service(5, *members, deployments=only)).stops
    ] == [True]


@pytest.mark.parametrize(
    ("running_for", "targets", "container", "grace", "expected"),
    [
        (None, ["healthy"], None, 0, PENDING),
        (SETTLE - 1, [], None, 0, PENDING),  # rule 10
        (SETTLE, [], None, 0, HEALTHY),
        (1, ["healthy"], None, 0, HEALTHY),
        (1, ["initial"], None, 0, PENDING),
        (1, ["healthy", "unhealthy"], None, 0, UNHEALTHY),
        (1, ["healthy", "initial"], None, 0, PENDING),
        (1, ["unhealthy"], None, 10, PENDING),  # rule 13
        (10, ["unhealthy"], None, 10, UNHEALTHY),
        (1, ["healthy"], "UNKNOWN", 0, PENDING),
        (1, ["healthy"], "HEALTHY", 0, HEALTHY),
        (1, [], "UNHEALTHY", 0, UNHEALTHY),
        (1, [], "HEALTHY", 0, HEALTHY),
    ],
)
def test_health(
    running_for: float | None, targets: list[str], container: str | None, grace: float, expected: Health
) -> None:
    assert health(running_for=running_for, targets=targets, container=container, grace=grace) is expected


@st.composite
def services(draw: st.DrawFn) -> ServiceFacts:
    names = ("new", "mid", "old")[: draw(st.integers(1, 3))]
    desired = draw(st.integers(0, 8))
    members = draw(
        st.lists(
            st.tuples(st.sampled_from(names), st.sampled_from("abc"), st.sampled_from(Health)), max_size=16
        )
    )
    return ServiceFacts(
        desired=desired,
        minimum_percent=draw(st.integers(0, 100)),
        maximum_percent=draw(st.integers(100, 300)),
        deployments=tuple(
            DeploymentFacts(
                name,
                desired if not index else draw(st.integers(0, 8)),
                draw(st.booleans()),
                failed=bool(index) and draw(st.booleans()),
            )
            for index, name in enumerate(names)
        ),
        tasks=tuple(TaskFacts(f"t{number}", *member) for number, member in enumerate(members)),
        zones=("a", "b", "c"),
        replacing=draw(st.booleans()),
        rebalance=draw(st.booleans()),
    )


@given(services())
@settings(max_examples=500, deadline=None)
def test_any_plan_keeps_the_floor_and_the_ceiling(facts: ServiceFacts) -> None:  # rule 9
    decided = plan(facts)
    states = {task.id: task.health for task in facts.tasks}
    stopped = [stop.task for stop in decided.stops]
    assert len(set(stopped)) == len(stopped) and set(stopped) <= states.keys()
    healthy = sum(state is HEALTHY for state in states.values())
    left = healthy - sum(states[task] is HEALTHY for task in stopped)
    assert left >= min(healthy, facts.floor)
    if decided.starts:
        assert len(facts.tasks) + len(decided.starts) <= facts.ceiling
    older = {deployment.id: deployment.desired for deployment in facts.deployments[1:]}
    assert decided.desired.keys() == older.keys()
    assert all(decided.desired[name] <= had for name, had in older.items())
    begun = Counter(start.deployment for start in decided.starts)
    assert all(decided.desired[name] >= begun[name] for name in older)  # nobody starts what is to go
    assert not (decided.stuck and (decided.starts or decided.stops))


@given(services())
@settings(max_examples=150, deadline=None)
def test_any_service_that_can_converges(facts: ServiceFacts) -> None:
    """With every task turning healthy, the service ends with exactly what it wants, on the primary."""
    numbers = count()
    facts = replace(facts, replacing=False)
    for _ in range(60):
        decided = plan(facts)
        if not (decided.starts or decided.stops or any(task.health is PENDING for task in facts.tasks)):
            break
        stopped = {stop.task for stop in decided.stops}
        kept = tuple(
            replace(task, health=HEALTHY) if task.health is PENDING else task
            for task in facts.tasks
            if task.id not in stopped
        )
        started = tuple(
            TaskFacts(f"s{next(numbers)}", s.deployment, s.zone, PENDING, rebalancing=s.rebalancing)
            for s in decided.starts
        )
        deployments = tuple(
            replace(d, desired=decided.desired.get(d.id, d.desired)) for d in facts.deployments
        )
        facts = replace(facts, tasks=kept + started, deployments=deployments)
    else:
        pytest.fail("no end")
    if not plan(facts).stuck:
        assert Counter((task.deployment, task.health) for task in facts.tasks) == Counter(
            {("new", HEALTHY): facts.desired} if facts.desired else {}
        )
        spread = Counter(dict.fromkeys(facts.zones, 0))
        spread.update(task.zone for task in facts.tasks)
        if facts.rebalance and facts.ceiling > facts.desired and len(facts.deployments) == 1:
            assert max(spread.values()) - min(spread.values()) <= 1

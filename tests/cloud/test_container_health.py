"""Container health, dependencies, restarts and memory: the decisions, without programs or time."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.cloud.aws.ecs.health import HEALTHY, UNHEALTHY, UNKNOWN, Health, HealthCheck, task_health
from labs.cloud.aws.ecs.model import PENDING, RUNNING, STOPPED, Container
from labs.cloud.controllers.dependencies import may_start, may_stop, never_starts, next_timeout
from labs.cloud.controllers.probes import Probes
from labs.cloud.controllers.restarts import restarts
from labs.cloud.engine.memory import MIB, Limited, too_much


def check(**changes: Any) -> HealthCheck:
    return HealthCheck(("true",), **({"interval": 10, "retries": 3} | changes))


def judged(what: HealthCheck, *probes: tuple[float, bool]) -> Health:
    """After probes at these ages."""
    health = Health()
    for age, passed in probes:
        health = health.after(what, passed, age)
    return health


def test_defaults_and_commands() -> None:
    found = HealthCheck.of({"healthCheck": {"command": ["CMD-SHELL", "curl -f localhost || exit 1"]}})
    assert found == HealthCheck(("/bin/sh", "-c", "curl -f localhost || exit 1"), 30, 5, 3, 0)
    given = {"command": ["CMD", "check", "me"], "interval": 5, "timeout": 2, "retries": 1, "startPeriod": 7}
    assert HealthCheck.of({"healthCheck": given}) == HealthCheck(("check", "me"), 5, 2, 1, 7)
    assert HealthCheck.of({}) is None and HealthCheck.of({"healthCheck": {"command": ["NONE"]}}) is None


def test_unhealthy_after_as_many_failures_in_a_row_as_retries() -> None:
    failed = [(10.0 * n, False) for n in range(1, 4)]
    assert judged(check(), *failed[:2]).status == UNKNOWN
    assert judged(check(), *failed).status == UNHEALTHY
    assert judged(check(), failed[0], failed[1], (30, True), (40, False), (50, False)).status == HEALTHY
    assert judged(check(), *failed, (40, True)).status == HEALTHY


def test_failures_in_the_start_period_do_not_count_but_a_success_ends_it() -> None:
    slow = check(start_period=60, retries=2)
    assert judged(slow, (10, False), (20, False), (30, False)) == Health()
    assert judged(slow, (50, False), (60, False), (70, False)).status == UNHEALTHY
    assert judged(slow, (10, True), (20, False), (30, False)).status == UNHEALTHY


@given(
    st.lists(st.booleans(), max_size=40),
    st.integers(1, 10),
    st.integers(0, 300),
)
def test_health_follows_the_last_probes(probes: list[bool], retries: int, start_period: int) -> None:
    what = check(retries=retries, start_period=start_period)
    states = [Health()]
    for number, passed in enumerate(probes, 1):
        states.append(states[-1].after(what, passed, 10.0 * number))
    for before, after in pairwise(states):
        assert after.failures in (0, before.failures, before.failures + 1)
        if after.status == UNHEALTHY and before.status != UNHEALTHY:
            assert after.failures == retries
        if before.status != UNKNOWN:
            assert after.status != UNKNOWN
    if probes and probes[-1]:
        assert states[-1].status == HEALTHY


@pytest.mark.parametrize(
    ("essential", "expected"),
    [
        ([], UNKNOWN),
        ([HEALTHY], HEALTHY),
        ([HEALTHY, UNKNOWN], UNKNOWN),
        ([UNKNOWN, UNHEALTHY, HEALTHY], UNHEALTHY),
    ],
)
def test_a_tasks_health_is_its_essential_containers(essential: list[str], expected: str) -> None:
    assert task_health(essential) == expected


class SteppedClock:
    """Time that the test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> Any:
        raise NotImplementedError


class AskedEngine:
    """Answers health checks as the test says; remembers when it was asked."""

    def __init__(self, clock: SteppedClock):
        self.clock = clock
        self.answers: list[int | Exception] = []
        self.asked: list[float] = []

    def execute(self, container_id: str, command: tuple[str, ...], timeout: float) -> int:
        self.asked.append(self.clock.seconds)
        answer = self.answers.pop(0) if self.answers else 0
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_probes_run_an_interval_apart_and_a_timeout_is_a_failure() -> None:
    clock = SteppedClock()
    engine = AskedEngine(clock)
    engine.answers = [TimeoutError(), 1, RuntimeError("exec"), 0]
    ended = threading.Event()
    probes = Probes(engine, clock, ended.set)  # type: ignore[arg-type]
    what = check(interval=10, retries=3)

    def look() -> Health:
        return probes.look([("c", what)])["c"]

    assert look() == Health() and probes.due() == 1010 and engine.asked == []
    seen = []
    for _ in range(4):
        clock.seconds += 10
        look()
        assert ended.wait(10)
        ended.clear()
        seen.append(look().status)
    assert seen == [UNKNOWN, UNKNOWN, UNHEALTHY, HEALTHY]
    assert engine.asked == [1010, 1020, 1030, 1040]
    assert probes.look([]) == {} and probes.due() is None
    probes.close()


def container(name: str, status: str = PENDING, **properties: Any) -> Container:
    known = {"exit_code", "health", "running_since"}
    state = {key: properties.pop(key) for key in known & properties.keys()}
    return Container(f"arn:{name}", {"name": name} | properties, status, **state)


def waits(condition: str, status: str = PENDING) -> Container:
    return container("app", status, dependsOn=[{"containerName": "db", "condition": condition}])


@pytest.mark.parametrize(
    ("condition", "other", "starts"),
    [
        ("START", container("db"), False),
        ("START", container("db", RUNNING), True),
        ("START", container("db", STOPPED, exit_code=1), True),
        ("COMPLETE", container("db", RUNNING), False),
        ("COMPLETE", container("db", STOPPED, exit_code=1), True),
        ("SUCCESS", container("db", STOPPED, exit_code=1), False),
        ("SUCCESS", container("db", STOPPED, exit_code=0), True),
        ("HEALTHY", container("db", RUNNING), False),
        ("HEALTHY", container("db", RUNNING, health=HEALTHY), True),
    ],
)
def test_dependencies(condition: str, other: Container, starts: bool) -> None:
    app = waits(condition)
    assert may_start([app, other], app) is starts


@pytest.mark.parametrize(
    ("condition", "other", "text"),
    [
        ("SUCCESS", container("db", STOPPED, exit_code=2), "did not exit successfully. Exit: 2"),
        ("HEALTHY", container("db", STOPPED, exit_code=0), "will never start"),
        ("START", container("db", STOPPED), "will never start"),
        ("HEALTHY", container("db", RUNNING, running_since=100.0, startTimeout=30), "has timed out."),
    ],
)
def test_what_can_never_come_true(condition: str, other: Container, text: str) -> None:
    app = waits(condition)
    vain = never_starts([app, other], app, now=130.0)
    assert vain is not None and text in vain and "[db] for target [app]" in vain


def test_there_is_hope_before_the_start_timeout() -> None:
    app, db = waits("HEALTHY"), container("db", RUNNING, running_since=100.0, startTimeout=30)
    assert never_starts([app, db], app, now=129.9) is None
    assert next_timeout([app, db]) == 130.0 and next_timeout([app]) is None


def test_shutdown_reverses_the_order_of_the_start() -> None:
    db = container("db", RUNNING)
    assert not may_stop([waits("START", RUNNING), db], db)
    assert may_stop([waits("START", STOPPED), db], db)


@pytest.mark.parametrize(
    ("policy", "code", "ran", "expected"),
    [
        (None, 1, 1000, False),
        ({"enabled": False}, 1, 1000, False),
        ({"enabled": True}, 1, 299, False),
        ({"enabled": True}, 1, 300, True),
        ({"enabled": True, "restartAttemptPeriod": 60}, 0, 60, True),
        ({"enabled": True, "restartAttemptPeriod": 60, "ignoredExitCodes": [0]}, 0, 60, False),
        ({"enabled": True, "restartAttemptPeriod": 60}, None, 60, False),
    ],
)
def test_restart_policy(policy: Any, code: int | None, ran: float, expected: bool) -> None:
    assert restarts({"restartPolicy": policy}, code, ran) is expected


def test_who_uses_too_much_memory() -> None:
    one = Limited("one", "t", 100, 150)
    two = Limited("two", "t", None, 150)
    alone = Limited("alone", "u", 10, None)
    assert too_much([one, two, alone], {"one": 90 * MIB, "two": 60 * MIB, "alone": 10 * MIB}) == set()
    assert too_much([one, two], {"one": 101 * MIB, "two": 60 * MIB}) == {"one"}
    assert too_much([one, two], {"one": 90 * MIB, "two": 61 * MIB}) == {"one"}
    assert too_much([one, two], {"one": 70 * MIB, "two": 81 * MIB}) == {"two"}
    assert too_much([alone], {"alone": 11 * MIB}) == {"alone"}
    assert too_much([alone], {}) == set()

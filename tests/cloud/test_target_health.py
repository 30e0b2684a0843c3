"""Target health: the book of states by a made-up clock, then real probes of real programs."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.cloud.aws.elbv2 import narrate
from labs.cloud.controllers.target_health import TargetHealth, _connects
from labs.cloud.controllers.target_states import (
    CHECKING,
    DISABLED,
    DRAINING,
    FAILED,
    HEALTHY,
    NOT_IN_USE,
    NOT_REGISTERED,
    REGISTERING,
    REGISTRATION_SECONDS,
    STOPPED,
    TIMED_OUT,
    Book,
    Change,
    HealthState,
    accepts,
    mismatch,
)
from labs.cloud.load_balancer.model import HealthCheck, Snapshot, Target, TargetGroup
from labs.cloud.network import AddressBook
from labs.learner import LANGUAGES
from tests.cloud.balancing import Received, Stage, answer, saying, stage
from tests.cloud.running import wait_for

CHECK = HealthCheck(interval=30, timeout=5, healthy_threshold=3, unhealthy_threshold=2)
ONE = Target("10.0.0.1", 8080, "10.0.0.1")
GROUP = TargetGroup("arn:tg", "tg", "HTTP", (ONE,), CHECK)
KEY = (GROUP.arn, ONE.id, ONE.port)


class Story:
    """A book, its clock, and what a target would answer."""

    def __init__(self, group: TargetGroup = GROUP):
        self.book = Book()
        self.now = 1000.0
        self.observe(group)

    def observe(self, *groups: TargetGroup) -> None:
        self.changes = self.book.observe(groups, self.now)

    @property
    def health(self) -> HealthState | None:
        record = self.book.records.get(KEY)
        return record.health if record else None

    def accept(self) -> None:
        """The target opens its port."""
        for record in self.book.take_due(self.now):
            self.book.knocked(record, True, self.now)

    def check(self, outcome: HealthState) -> HealthState | None:
        """Wait for the next check and let it end so."""
        due = self.book.next_due()
        assert due is not None
        self.now = max(self.now, due)
        (record,) = self.book.take_due(self.now)
        assert self.book.take_due(self.now) == [], "one check at a time"
        self.changes = self.book.checked(record, outcome)
        return self.health


def checking() -> Story:
    story = Story()
    story.accept()
    return story


def test_a_new_target_is_registering_then_checked_then_healthy_after_one_pass() -> None:
    story = Story()
    assert story.health == REGISTERING
    assert story.health.description == "Target registration is in progress"
    story.accept()
    assert story.health == CHECKING
    assert story.check(HEALTHY) == HEALTHY
    assert [(change.before, change.now) for change in story.changes] == [(CHECKING, HEALTHY)]


def test_a_target_that_opens_no_port_is_checked_all_the_same_after_the_registration_time() -> None:
    story = Story()
    began = story.now
    while story.health == REGISTERING:
        (record,) = story.book.take_due(story.now)
        story.book.knocked(record, False, story.now)
        due = story.book.next_due()
        assert due is not None
        story.now = max(story.now, due)
    assert REGISTRATION_SECONDS <= story.now - began <= REGISTRATION_SECONDS + 1


def test_failures_in_a_row_make_it_unhealthy_and_passes_in_a_row_healthy_again() -> None:
    story = checking()
    assert story.check(HEALTHY) == HEALTHY
    assert story.check(mismatch(500)) == HEALTHY
    assert story.check(HEALTHY) == HEALTHY
    assert story.check(mismatch(500)) == HEALTHY  # the row was broken
    assert story.check(mismatch(503)) == mismatch(503)
    assert story.check(TIMED_OUT) == TIMED_OUT  # the latest reason is told
    assert story.check(HEALTHY) == TIMED_OUT
    assert story.check(HEALTHY) == TIMED_OUT
    assert story.check(FAILED) == FAILED
    assert [story.check(HEALTHY) for _ in range(3)] == [FAILED, FAILED, HEALTHY]


def test_an_initial_target_needs_the_unhealthy_threshold_of_failures() -> None:
    story = checking()
    assert story.check(FAILED) == CHECKING
    assert story.check(FAILED) == FAILED


def test_reasons_and_descriptions_are_those_of_aws() -> None:
    assert mismatch(404) == HealthState(
        "unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]"
    )
    assert (TIMED_OUT.reason, TIMED_OUT.description) == ("Target.Timeout", "Request timed out")
    assert (FAILED.reason, FAILED.description) == ("Target.FailedHealthChecks", "Health checks failed")
    assert HEALTHY.reason is None
    assert HEALTHY.description is None


def test_checks_come_at_the_interval_and_are_not_due_before() -> None:
    story = checking()
    story.check(HEALTHY)
    first = story.now
    story.now += CHECK.interval - 0.1
    assert story.book.take_due(story.now) == []
    story.check(HEALTHY)
    assert story.now - first == CHECK.interval


def test_deregistration_drains_for_the_delay_then_forgets() -> None:
    story = checking()
    story.check(HEALTHY)
    story.observe(replace(GROUP, targets=(), deregistration_delay=60))
    assert story.health == DRAINING
    until = story.book.next_due()
    assert until == story.now + 60
    story.observe(replace(GROUP, targets=()))  # another change meanwhile does not prolong it
    assert story.book.next_due() == until
    story.book.take_due(story.now + 59.9)
    assert story.health == DRAINING
    story.book.take_due(story.now + 60)
    assert story.health is None
    assert story.book.next_due() is None


def test_no_delay_no_draining() -> None:
    story = checking()
    story.observe(replace(GROUP, targets=(), deregistration_delay=0))
    assert story.health is None


def test_a_check_that_ends_after_deregistration_says_nothing() -> None:
    story = checking()
    story.now += 1
    (record,) = story.book.take_due(story.now)
    story.observe(replace(GROUP, targets=()))
    assert story.book.checked(record, HEALTHY) == []
    assert story.health == DRAINING
    story.now += 1
    story.observe(GROUP)  # and registered anew
    story.book.take_due(story.now)
    story.book.checked(record, HEALTHY)
    assert story.health == REGISTERING


def test_registering_again_while_draining_starts_over() -> None:
    story = checking()
    story.check(HEALTHY)
    story.observe(replace(GROUP, targets=()))
    story.observe(GROUP)
    assert story.health == REGISTERING


def test_unused_and_unavailable() -> None:
    assert Story(replace(GROUP, in_use=False)).health == NOT_IN_USE
    assert Story(replace(GROUP, targets=(replace(ONE, address=None),))).health == STOPPED
    assert Story(replace(GROUP, check=replace(CHECK, enabled=False))).health == DISABLED
    story = Story(replace(GROUP, in_use=False))
    assert story.book.next_due() is None, "an unused target is not probed"
    story.observe(GROUP)
    assert story.health == REGISTERING
    story.observe(replace(GROUP, in_use=False))
    story.observe(replace(GROUP, in_use=False, targets=()))
    assert story.health is None, "an unused target does not drain"


def test_a_deleted_group_is_forgotten() -> None:
    story = checking()
    story.observe()
    assert story.book.records == {}


def test_a_health_check_changed_on_the_way_keeps_the_state() -> None:
    story = checking()
    story.check(HEALTHY)
    story.observe(replace(GROUP, check=replace(CHECK, unhealthy_threshold=1)))
    assert story.health == HEALTHY
    assert story.check(FAILED) == FAILED


@given(st.lists(st.booleans(), max_size=60), st.integers(2, 10), st.integers(2, 10))
def test_a_state_changes_only_after_its_threshold(outcomes: list[bool], up: int, down: int) -> None:
    story = Story(replace(GROUP, check=replace(CHECK, healthy_threshold=up, unhealthy_threshold=down)))
    story.accept()
    state, row, last = "initial", 0, None
    for passed in outcomes:
        row = row + 1 if passed == last else 1
        last = passed
        if passed and (state == "initial" or row >= up):
            state = "healthy"
        elif not passed and row >= down:
            state = "unhealthy"
        story.check(HEALTHY if passed else FAILED)
        assert story.health is not None
        assert story.health.state == state


@pytest.mark.parametrize(
    ("codes", "status", "accepted"),
    [
        ("200", 200, True),
        ("200", 201, False),
        ("200,202", 202, True),
        ("200-299", 204, True),
        ("200-299,404", 404, True),
        ("200-299", 300, False),
    ],
)
def test_matcher(codes: str, status: int, accepted: bool) -> None:
    assert accepts(codes, status) is accepted


# Real probes


def become(shop: Stage, name: str, *states: str) -> None:
    wait_for(
        lambda: shop.states(name) == list(states), what=f"{name} becoming {states}, not {shop.states(name)}"
    )


def reason(shop: Stage, name: str) -> tuple[str | None, str | None]:
    group = shop.targets(name)
    state = shop.health.state(group.arn, group.targets[0].id, 8080)
    return state.reason, state.description


def test_probes_look_like_an_elb_health_checker() -> None:
    requests: list[Received] = []

    def behave(request: Received, connection: socket.socket) -> bytes:
        requests.append(request)
        return answer()

    with stage() as shop:
        check = HealthCheck(path="/healthz?deep=1", interval=0.1, timeout=1)
        shop.group("web", behave, check=check)
        become(shop, "web", "healthy")
    assert requests[0].path == "/healthz?deep=1"
    assert requests[0].header("User-Agent") == "ELB-HealthChecker/2.0"
    assert requests[0].header("Host") == "10.0.0.0:8080"


def test_reasons_of_real_failures() -> None:
    def slow(request: Received, connection: socket.socket) -> bytes:
        time.sleep(3)
        return answer()

    def garbage(request: Received, connection: socket.socket) -> bytes:
        return b"this is not HTTP\r\n\r\n"

    with stage() as shop:
        quick = HealthCheck(interval=0.1, timeout=0.3, unhealthy_threshold=2)
        patient = replace(quick, timeout=5)  # what answers must not time out on a busy machine
        shop.group("failing", lambda request, connection: answer(b"no", "500 Oops"), check=patient)
        shop.group("slow", slow, check=quick)
        shop.group("garbage", garbage, check=patient)
        for name in ("failing", "slow", "garbage"):
            become(shop, name, "unhealthy")
        assert reason(shop, "failing") == (
            "Target.ResponseCodeMismatch",
            "Health checks failed with these codes: [500]",
        )
        assert reason(shop, "slow") == ("Target.Timeout", "Request timed out")
        assert reason(shop, "garbage") == ("Target.FailedHealthChecks", "Health checks failed")


def test_a_killed_target_becomes_unhealthy_and_a_restarted_one_healthy() -> None:
    with stage() as shop:
        (program,) = shop.group("web", saying("hello"))
        become(shop, "web", "healthy")
        program.kill()
        become(shop, "web", "unhealthy")
        assert reason(shop, "web") == ("Target.FailedHealthChecks", "Health checks failed")
        (again,) = shop.group("other", saying("hello"))
        shop.addresses.bind("10.0.0.0", 8080, "127.0.0.1", again.port)
        become(shop, "web", "healthy")


def test_an_address_where_nothing_is_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labs.cloud.controllers.target_states.REGISTRATION_SECONDS", 0.3)
    with stage() as shop:
        shop.group("web", saying("hello"))
        shop.addresses.release("10.0.0.0")
        become(shop, "web", "unhealthy")
        assert reason(shop, "web") == ("Target.Timeout", "Request timed out")


def test_a_separate_health_check_port() -> None:
    with stage() as shop:
        (program,) = shop.group("web", saying("hello"), check=HealthCheck(port=9000, interval=0.1, timeout=1))
        (admin,) = shop.group("admin", saying("fine"))
        shop.addresses.bind("10.0.0.0", 9000, "127.0.0.1", admin.port)
        become(shop, "web", "healthy")
        assert program.checks == 0


def test_one_broken_check_stops_no_other() -> None:
    with stage() as shop:
        shop.group("broken", saying("x"), check=HealthCheck(codes="two hundred", interval=0.1, timeout=1))
        shop.group("web", saying("hello"))
        become(shop, "web", "healthy")
        become(shop, "broken", "unhealthy")
        assert reason(shop, "broken")[0] == "Elb.InternalError"


def test_changes_are_told() -> None:
    with stage() as shop:
        shop.group("web", saying("hello"))
        become(shop, "web", "healthy")
        states = [change.now for change in shop.changes]
        assert states == [REGISTERING, CHECKING, HEALTHY]


def test_an_unknown_target_is_not_registered() -> None:
    health = TargetHealth(AddressBook())
    assert health.state("arn:none", "10.9.9.9", 80) == NOT_REGISTERED


def test_nothing_to_probe_nothing_to_do() -> None:
    """The loop sleeps until the next check: with targets that are not in use, for ever."""

    async def looks() -> int:
        health = TargetHealth(AddressBook())
        health.observe(Snapshot(target_groups={GROUP.arn: replace(GROUP, in_use=False)}))
        count = 0
        take_due = health._book.take_due

        def counted(now: float) -> list[object]:
            nonlocal count
            count += 1
            return list(take_due(now))

        health._book.take_due = counted  # type: ignore[method-assign,assignment]
        running = asyncio.create_task(health.run())
        await asyncio.sleep(0.3)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return count

    assert asyncio.run(looks()) <= 1


def test_every_state_is_told_in_both_languages_with_its_numbers() -> None:
    told: list[tuple[str, dict[str, object]]] = []
    runtime = SimpleNamespace(
        narrate=lambda kind, subject, say, key, **values: told.extend(
            (say(key, lang=language, **values), values) for language in LANGUAGES
        ),
        wake=threading.Event(),
    )
    target = Target("10.0.0.1", 8080, "10.0.0.1")
    group = TargetGroup("arn:shop", "shop", "HTTP", (target,), deregistration_delay=30)
    for now in (CHECKING, HEALTHY, TIMED_OUT, DRAINING, NOT_IN_USE, DISABLED):
        narrate(runtime, Change(group, target, None, now, in_a_row=2))  # type: ignore[arg-type]
    texts = [text for text, _ in told]
    assert len(texts) == len(set(texts)) == 12
    assert all("shop" in text and "10.0.0.1:8080" in text for text in texts)
    assert "10.0.0.1:8080 is unhealthy in shop (checks failed in a row: 2; Request timed out)" in " ".join(
        texts
    )
    assert "30 s" in " ".join(texts)
    narrate(runtime, Change(group, target, TIMED_OUT, FAILED))  # type: ignore[arg-type]
    assert len(told) == 12  # another reason for the same state


def test_who_accepts_and_hangs_up_does_not_listen() -> None:
    """As a Docker Engine does on the published port of a container in which no program listens yet."""

    async def knock() -> list[bool]:
        hangs_up = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        greets = await asyncio.start_server(lambda _, writer: writer.write(b"220"), "127.0.0.1", 0)
        silent = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        servers = (hangs_up, greets, silent)
        answers = [await _connects(server.sockets[0].getsockname(), 5) for server in servers]
        for server in servers:
            server.close()
        return answers

    assert asyncio.run(knock()) == [False, True, True]

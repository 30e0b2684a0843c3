"""Which target gets a request, cookies, and log lines: decisions without sockets."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from labs.cloud.load_balancer.access_log import KEPT, AccessLog, LogEntry
from labs.cloud.load_balancer.balancing import Picker, eligible, ramp
from labs.cloud.load_balancer.model import Stickiness, Target, TargetGroup
from labs.cloud.load_balancer.routing import host_for_target
from labs.cloud.load_balancer.stickiness import Cookies

TARGETS = tuple(Target(f"10.0.0.{number}", 8080, f"10.0.0.{number}") for number in range(1, 5))
GROUP = TargetGroup("arn:group/shop", "shop", "HTTP", TARGETS)
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def ids(targets: list[Target]) -> list[str]:
    return [target.id[-1] for target in targets]


# Who may get a request


@pytest.mark.parametrize(
    ("states", "changes", "expected"),
    [
        ("healthy unhealthy initial healthy", {}, "14"),
        ("unhealthy unhealthy initial unhealthy", {}, "1234"),
        ("unused unhealthy unused unused", {}, "2"),
        ("healthy unhealthy unhealthy unhealthy", {"minimum_count": 2}, "1234"),
        ("healthy unhealthy unhealthy unhealthy", {"minimum_percentage": 50.0}, "1234"),
        ("healthy healthy unhealthy unhealthy", {"minimum_percentage": 50.0}, "12"),
    ],
)
def test_who_may_get_a_request(states: str, changes: dict[str, int], expected: str) -> None:
    state = dict(zip(TARGETS, states.split(), strict=True))
    assert "".join(ids(eligible(replace(GROUP, **changes), state.__getitem__))) == expected


# Whose turn it is


def test_targets_take_turns() -> None:
    picker = Picker()
    turns = [picker.pick(GROUP, TARGETS).id for _ in range(8)]
    assert turns[:4] == turns[4:]
    assert len(set(turns)) == 4


def test_a_slow_starter_gets_its_share_and_no_more() -> None:
    picker = Picker()
    share = {target.id: 1.0 for target in TARGETS} | {TARGETS[0].id: 0.25}
    seen = Counter(picker.pick(GROUP, TARGETS, lambda each: share[each.id]).id for _ in range(130))
    assert seen[TARGETS[0].id] == 10
    assert {seen[target.id] for target in TARGETS[1:]} == {40}


def test_slow_start_is_a_straight_line() -> None:
    assert [ramp(age, 30) for age in (-1, 0, 15, 30, 99)] == [0, 0, 0.5, 1, 1]
    assert ramp(0, 0) == 1


def test_least_outstanding_requests_prefers_the_idle() -> None:
    group = replace(GROUP, algorithm="least_outstanding_requests")
    picker = Picker()
    for target in TARGETS[:3]:
        picker.under_way[group.arn, (target.id, target.port)] = 1
    assert {picker.pick(group, TARGETS).id for _ in range(5)} == {TARGETS[3].id}
    picker.under_way.clear()
    assert len({picker.pick(group, TARGETS).id for _ in range(4)}) == 4


def test_without_cross_zone_each_zone_gets_the_same() -> None:
    group = replace(GROUP, cross_zone=False)
    zones = [replace(target, zone="a" if number else "b") for number, target in enumerate(TARGETS)]
    picker = Picker()
    alone = sum(picker.pick(group, zones).zone == "b" for _ in range(20))
    assert alone == 10
    across = Picker()
    assert sum(across.pick(GROUP, zones).zone == "b" for _ in range(20)) == 5


def test_what_is_no_longer_known_is_forgotten() -> None:
    picker = Picker()
    first = picker.pick(GROUP, TARGETS)
    picker.forget([])
    assert picker.pick(GROUP, TARGETS) == first


# Cookies

STICKY = replace(GROUP, stickiness=Stickiness("lb_cookie", 60))
BY_PROGRAM = replace(GROUP, stickiness=Stickiness("app_cookie", 60, "session"))


def sent(headers: list[str]) -> dict[str, str]:
    return dict(header.partition(";")[0].split("=", 1) for header in headers)  # type: ignore[misc]


def test_a_cookie_leads_back_until_it_expires() -> None:
    cookies = Cookies()
    headers = cookies.for_target(STICKY, TARGETS[2], (), {}, NOW, secure=False)
    given = sent(headers)
    assert set(given) == {"AWSALB", "AWSALBCORS"}
    assert all("Expires=Mon, 11 May 2026 12:00:00 GMT; Path=/" in header for header in headers)
    assert cookies.target(STICKY, TARGETS, given, NOW + timedelta(seconds=59)) == TARGETS[2]
    assert cookies.target(STICKY, TARGETS, given, NOW + timedelta(seconds=61)) is None


def test_a_cookie_says_nothing_of_its_target_and_cannot_be_made() -> None:
    cookies = Cookies()
    value = sent(cookies.for_target(STICKY, TARGETS[2], (), {}, NOW, secure=False))["AWSALB"]
    assert "10.0.0" not in value
    for wrong in (
        "x",
        value[:-5],
        "",
        "\u00e9",
        sent(Cookies().for_target(STICKY, TARGETS[2], (), {}, NOW, False))["AWSALB"],
    ):
        assert cookies.target(STICKY, TARGETS, {"AWSALB": wrong}, NOW) is None


def test_a_cookie_leads_neither_to_a_lost_target_nor_to_another_group() -> None:
    cookies = Cookies()
    given = sent(cookies.for_target(STICKY, TARGETS[2], (), {}, NOW, secure=False))
    assert cookies.target(STICKY, TARGETS[:2], given, NOW) is None
    assert cookies.target(replace(STICKY, arn="arn:group/other"), TARGETS, given, NOW) is None
    assert cookies.target(GROUP, TARGETS, given, NOW) is None


def test_other_sites_get_a_cookie_that_browsers_keep() -> None:
    _, plain = Cookies().for_target(STICKY, TARGETS[0], (), {}, NOW, secure=False)
    _, secure = Cookies().for_target(STICKY, TARGETS[0], (), {}, NOW, secure=True)
    assert plain.endswith("; SameSite=None")
    assert secure.endswith("; SameSite=None; Secure")


def test_application_cookies_need_the_programs_own() -> None:
    cookies = Cookies()
    assert cookies.for_target(BY_PROGRAM, TARGETS[0], ("theme=dark; Path=/",), {}, NOW, False) == []
    headers = cookies.for_target(BY_PROGRAM, TARGETS[0], ("session=1; Path=/",), {}, NOW, False)
    given = sent(headers)
    assert set(given) == {"AWSALBAPP-0"}
    assert cookies.target(BY_PROGRAM, TARGETS, given, NOW) is None
    assert cookies.target(BY_PROGRAM, TARGETS, given | {"session": "1"}, NOW) == TARGETS[0]


def test_a_client_stays_with_its_group() -> None:
    cookies = Cookies()
    given = sent(cookies.for_group("arn:group/blue", NOW, secure=False))
    assert set(given) == {"AWSALBTG", "AWSALBTGCORS"}
    assert cookies.group(given, 60, NOW) == "arn:group/blue"
    assert cookies.group(given, 60, NOW + timedelta(seconds=61)) is None
    assert cookies.group({}, 60, NOW) is None


# Headers and log


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        ("shop.example.com", 80, "shop.example.com"),
        ("shop.example.com:80", 80, "shop.example.com"),
        ("shop.example.com", 8080, "shop.example.com:8080"),
        ("shop.example.com:8080", 8080, "shop.example.com:8080"),
        ("", 8080, ""),
    ],
)
def test_the_host_header_for_the_target(host: str, port: int, expected: str) -> None:
    assert host_for_target(host, port) == expected


def entry(request: str = "GET http://shop:80/ HTTP/1.1") -> LogEntry:
    return LogEntry(NOW, "app/shop/1", "127.0.0.1:5", request, 'curl "7"\n')


def test_a_log_line_has_awss_fields_in_order() -> None:
    made = entry()
    made.target_processing_time = 0.0123
    line = made.line()
    assert line.startswith(
        "http 2026-05-04T12:00:00.000000Z app/shop/1 127.0.0.1:5 - -1 0.012 -1 460 - 0 0 "
        r'"GET http://shop:80/ HTTP/1.1" "curl \x227\x22\x0a" - - - "-" "-" "-" - 2026-05-04T12:00:00.000000Z '
    )
    assert "\n" not in line


def test_the_log_is_bounded_and_numbered() -> None:
    log = AccessLog()
    for _ in range(KEPT + 5):
        log.add("arn:balancer", entry())
    kept = log.of("arn:balancer")
    assert (len(kept), kept[0].number, kept[-1].number) == (KEPT, 6, KEPT + 5)
    log.forget([])
    assert log.of("arn:balancer") == ()

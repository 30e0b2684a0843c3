"""The pure half of an ALB: rules, patterns, weights, redirects, forwarded headers."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labs.cloud.load_balancer.model import Condition, FixedResponse, Forward, Redirect, Rule
from labs.cloud.load_balancer.routing import (
    Request,
    choose,
    draw,
    forwarded_for,
    holds,
    in_order,
    like,
    location,
    trace_id,
)

GET = Request(
    "GET", "shop.example.com", "/api/orders/7", "sort=Asc&page=2", (("Accept", "text/html"),), "10.0.3.4"
)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("/api/orders*", "/api/orders", True),
        ("/api/orders*", "/api/orders/7/lines", True),
        ("/api/orders*", "/api/order", False),
        ("/api/orders*", "/API/orders", False),
        ("/img/?.png", "/img/a.png", True),
        ("/img/?.png", "/img/.png", False),
        ("/img/?.png", "/img/ab.png", False),
        ("*", "", True),
        ("?", "", False),
        ("", "", True),
        ("", "a", False),
        ("/a.c", "/abc", False),  # a dot is a dot
        ("/a[b]", "/ab", False),  # and brackets are brackets
        ("*.png", "/x/y.png", True),
        ("/*/edit", "/a/b/edit", True),
        ("/*/edit", "/edit", False),
    ],
)
def test_path_patterns(pattern: str, text: str, matches: bool) -> None:
    assert like(pattern, text) is matches


small = st.text(alphabet="ab*?\\/.", max_size=8)


@given(small, st.text(alphabet="ab/.", max_size=10))
def test_patterns_agree_with_a_regular_expression(pattern: str, text: str) -> None:
    wild = {"*": ".*", "?": "."}
    meant = "".join(wild.get(character, re.escape(character)) for character in pattern)
    assert like(pattern, text) == bool(re.fullmatch(meant, text, re.DOTALL))


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_a_star_swallows_anything(before: str, middle: str, after: str) -> None:
    literal = {"*": "\\*", "?": "\\?", "\\": "\\\\"}
    quoted = ["".join(literal.get(character, character) for character in part) for part in (before, after)]
    assert like("*".join(quoted), before + middle + after, escapes=True)


@given(st.text(alphabet="ab*?\\", max_size=12))
@example("\\")
def test_an_escaped_pattern_matches_only_itself(text: str) -> None:
    quoted = "".join("\\" + character for character in text)
    assert like(quoted, text, escapes=True)
    assert not like(quoted, text + "a", escapes=True)


def test_a_hostile_pattern_takes_no_time() -> None:
    began = time.process_time()
    assert not like("*a" * 60 + "b", "a" * 8000)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("path-pattern", ("/nothing", "/api/*")), True),
        (Condition("path-pattern", ("/API/*",)), False),
        (Condition("path-pattern", ("*page=2*",)), False),  # the query is no part of the path
        (Condition("host-header", ("*.EXAMPLE.com",)), True),
        (Condition("host-header", ("example.com",)), False),
        (Condition("http-header", ("*HTML*",), header="accept"), True),
        (Condition("http-header", ("*",), header="X-Absent"), False),
        (Condition("http-request-method", ("POST", "GET")), True),
        (Condition("http-request-method", ("get",)), False),
        (Condition("http-request-method", ("*",)), False),
        (Condition("query-string", pairs=(("sort", "asc"),)), True),
        (Condition("query-string", pairs=((None, "2"),)), True),
        (Condition("query-string", pairs=(("page", "1"), ("page", "?"))), True),
        (Condition("query-string", pairs=(("page", "\\?"),)), False),
        (Condition("source-ip", ("192.168.0.0/16", "10.0.0.0/16")), True),
        (Condition("source-ip", ("10.1.0.0/16",)), False),
        (Condition("source-ip", ("::1/128",)), False),
    ],
)
def test_conditions(condition: Condition, expected: bool) -> None:
    assert holds(condition, GET) is expected


def test_an_encoded_query_is_decoded_before_it_is_compared() -> None:
    request = Request("GET", "h", "/", "na%6De=caf%C3%A9")
    assert holds(Condition("query-string", pairs=(("name", "café"),)), request)


def test_an_unknown_condition_is_an_error_not_a_match() -> None:
    with pytest.raises(ValueError, match="moon-phase"):
        holds(Condition("moon-phase", ("full",)), GET)


def rule(priority: int | None, *conditions: Condition) -> Rule:
    return Rule(f"rule-{priority}", priority, conditions, FixedResponse(200))


def test_all_conditions_must_hold_and_the_lowest_priority_wins() -> None:
    orders, never = Condition("path-pattern", ("/api/*",)), Condition("http-request-method", ("DELETE",))
    rules = in_order([rule(None), rule(30, orders), rule(10, orders, never), rule(20, orders)])
    assert [each.priority for each in rules] == [10, 20, 30, None]
    chosen = choose(rules, GET)
    assert chosen and chosen.priority == 20


@given(st.lists(st.integers(1, 50000), unique=True, max_size=8), st.randoms())
def test_evaluation_order_does_not_depend_on_creation_order(priorities: list[int], random: object) -> None:
    rules = [rule(priority) for priority in priorities] + [rule(None)]
    random.shuffle(rules)  # type: ignore[attr-defined]
    assert [each.priority for each in in_order(rules)] == [*sorted(priorities), None]


def test_no_rule_no_match() -> None:
    assert choose([], GET) is None


@given(st.lists(st.integers(0, 999), min_size=1, max_size=5), st.floats(0, 1, exclude_max=True))
def test_weights_share_out_the_requests(weights: list[int], chance: float) -> None:
    forward = Forward(tuple((f"group-{index}", weight) for index, weight in enumerate(weights)))
    drawn = draw(forward, chance)
    if sum(weights) == 0:
        assert drawn is None
    else:
        assert drawn is not None
        assert weights[int(drawn.removeprefix("group-"))] > 0


def test_weights_are_proportions() -> None:
    forward = Forward((("blue", 3), ("green", 1)))
    drawn = [draw(forward, step / 1000) for step in range(1000)]
    assert (drawn.count("blue"), drawn.count("green")) == (750, 250)


@pytest.mark.parametrize(
    ("redirect", "expected"),
    [
        (
            Redirect(301, protocol="HTTPS", port="443"),
            "https://shop.example.com:443/api/orders/7?sort=Asc&page=2",
        ),
        (Redirect(302, path="/new/#{path}"), "http://shop.example.com:80/new/api/orders/7?sort=Asc&page=2"),
        (Redirect(302, host="www.#{host}", query=""), "http://www.shop.example.com:80/api/orders/7"),
        (
            Redirect(302, path="/x", query="#{query}&via=alb"),
            "http://shop.example.com:80/x?sort=Asc&page=2&via=alb",
        ),
        (Redirect(302, path="/#{nothing}", query=""), "http://shop.example.com:80/#{nothing}"),
    ],
)
def test_redirects(redirect: Redirect, expected: str) -> None:
    assert location(redirect, GET) == expected


def test_a_keyword_in_the_request_is_not_filled_in() -> None:
    request = Request("GET", "h", "/#{query}", "secret")
    assert location(Redirect(302, query=""), request) == "http://h:80/#{query}"


def test_forwarded_for() -> None:
    assert forwarded_for([], "1.2.3.4", "append") == "1.2.3.4"
    assert (
        forwarded_for(["9.9.9.9, 8.8.8.8", "7.7.7.7"], "1.2.3.4", "append")
        == "9.9.9.9, 8.8.8.8, 7.7.7.7, 1.2.3.4"
    )
    assert forwarded_for(["9.9.9.9"], "1.2.3.4", "preserve") == "9.9.9.9"
    assert forwarded_for([], "1.2.3.4", "preserve") is None
    assert forwarded_for(["9.9.9.9"], "1.2.3.4", "remove") is None


def test_trace_ids() -> None:
    assert trace_id(None, "1-a-b") == "Root=1-a-b"
    assert trace_id("Root=1-x-y;Sampled=1", "1-a-b") == "Self=1-a-b;Root=1-x-y;Sampled=1"
    assert trace_id("Self=1-o-o;Root=1-x-y", "1-a-b") == "Self=1-a-b;Root=1-x-y"
    assert trace_id("CalledFrom=app", "1-a-b") == "Root=1-a-b;CalledFrom=app"

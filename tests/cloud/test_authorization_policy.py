"""Policy evaluation, pure: what AWS's documentation says, and what must hold for any policies."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.cloud.authorization.conditions import meets
from labs.cloud.authorization.patterns import matches, matches_arn
from labs.cloud.authorization.policy import (
    Decision,
    Kind,
    Named,
    Policy,
    Principal,
    Request,
    evaluate,
    trusted,
)

ACCOUNT = "123456789012"
BAKER = Principal(f"arn:aws:iam::{ACCOUNT}:user/baker", ACCOUNT)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/oven"
SESSION = Principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/oven/monday", ACCOUNT, ROLE)
STRANGER = Principal("arn:aws:iam::999999999999:user/rival", "999999999999")
REPOSITORY = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/frenchbakery/orders"


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
    return Policy.read(json.dumps({"Version": version, "Statement": list(statements)}))


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return allow(action, resource, **more) | {"Effect": "Deny"}


def ask(principal: Principal = BAKER, action: str = "ecr:BatchGetImage", **context: Any) -> Request:
    return Request(action, REPOSITORY, principal, {key.lower(): value for key, value in context.items()})


def test_nothing_is_allowed_unless_a_policy_allows_it() -> None:
    assert evaluate(ask(), []) == Decision(False, Kind.IDENTITY)
    assert evaluate(ask(), [policy(allow("ecr:*"))]).allowed
    assert not evaluate(ask(), [policy(allow("ecs:*"))]).allowed


def test_an_explicit_deny_wins_wherever_it_is() -> None:
    everything, nothing = policy(allow()), policy(deny("ecr:Batch*"))
    for kind, where in (
        (Kind.IDENTITY, {"identity": [everything, nothing]}),
        (Kind.RESOURCE, {"identity": [everything], "resource": [policy(deny(Principal="*"))]}),
        (Kind.BOUNDARY, {"identity": [everything], "boundary": policy(allow(), deny())}),
        (Kind.SESSION, {"identity": [everything], "session": nothing}),
    ):
        assert evaluate(ask(), **where) == Decision(False, kind, explicit=True)


def test_boundaries_and_session_policies_only_limit() -> None:
    everything, pull = policy(allow()), policy(allow("ecr:BatchGetImage"))
    assert evaluate(ask(), [everything], boundary=pull, session=pull).allowed
    assert evaluate(ask(), [], boundary=everything) == Decision(False, Kind.IDENTITY)
    assert evaluate(ask(), [everything], boundary=policy(allow("ecs:*"))) == Decision(False, Kind.BOUNDARY)
    assert evaluate(ask(), [everything], session=policy(allow("ecs:*"))) == Decision(False, Kind.SESSION)


def test_a_resource_s_policy_in_the_same_account() -> None:
    def by(name: str, principal: Principal, **more: Any) -> bool:
        return evaluate(ask(principal), [], [policy(allow(Principal={"AWS": name}))], **more).allowed

    limit = policy(allow("ecs:*"))
    assert by(BAKER.arn, BAKER) and by(BAKER.arn, BAKER, boundary=limit)
    assert by(ROLE, SESSION) and not by(ROLE, SESSION, boundary=limit)
    assert by(SESSION.arn, SESSION, boundary=limit, session=limit)
    assert not by(f"arn:aws:iam::{ACCOUNT}:root", BAKER)  # leaves it to the account's own policies
    assert not by("arn:aws:iam::123456789012:user/other", BAKER)


def test_between_accounts_both_sides_must_allow() -> None:
    everything, named = policy(allow()), policy(allow(Principal={"AWS": "999999999999"}))
    assert evaluate(ask(STRANGER), [everything], [named], same_account=False).allowed
    assert evaluate(ask(STRANGER), [everything], [], same_account=False) == Decision(False, Kind.RESOURCE)
    assert evaluate(ask(STRANGER), [], [named], same_account=False) == Decision(False, Kind.IDENTITY)


def test_not_elements() -> None:
    assert evaluate(ask(), [policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})]).allowed
    assert not evaluate(ask(), [policy({"Effect": "Allow", "NotAction": "ecr:*", "Resource": "*"})]).allowed
    spared = {"Effect": "Deny", "Action": "*", "NotResource": REPOSITORY}
    assert evaluate(ask(), [policy(allow(), spared)]).allowed
    others = {"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": BAKER.arn}}
    assert evaluate(ask(), [policy(allow())], [policy(others)]).allowed
    assert evaluate(ask(SESSION), [policy(allow())], [policy(others)]).kind is Kind.RESOURCE


def test_variables_are_values_not_wildcards() -> None:
    own = policy(allow(resource=f"arn:aws:ecr:*:{ACCOUNT}:repository/${{aws:PrincipalTag/team}}/*"))
    assert evaluate(ask(**{"aws:PrincipalTag/team": ("frenchbakery",)}), [own]).allowed
    for tags in ({}, {"aws:PrincipalTag/team": ("other",)}, {"aws:PrincipalTag/team": ("*",)}):
        assert not evaluate(ask(**tags), [own]).allowed
    default = policy(
        allow(resource=f"arn:aws:ecr:*:{ACCOUNT}:repository/${{aws:PrincipalTag/team, 'frenchbakery'}}/*")
    )
    assert evaluate(ask(), [default]).allowed
    old = policy(allow(resource="arn:aws:ecr:*:*:repository/${aws:username}/*"), version="2008-10-17")
    assert not evaluate(ask(**{"aws:username": ("frenchbakery",)}), [old]).allowed
    assert matches("a${*}b", "a*b", lambda _: None) and not matches("a${*}b", "axb", lambda _: None)


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-3"}}, True),
        ({"StringEquals": {"AWS:requestedregion": ["us-east-1", "eu-west-3"]}}, True),
        ({"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-3"]}}, False),
        ({"StringNotEquals": {"aws:RequestTag/none": "x"}}, True),
        ({"StringEquals": {"aws:RequestTag/none": "x"}}, False),
        ({"StringEqualsIfExists": {"aws:RequestTag/none": "x"}}, True),
        ({"StringLike": {"aws:RequestedRegion": "eu-*"}}, True),
        ({"StringEqualsIgnoreCase": {"aws:RequestedRegion": "EU-WEST-3"}}, True),
        ({"ArnLike": {"ecs:cluster": "arn:aws:ecs:*:*:cluster/shop*"}}, True),
        ({"ArnNotEquals": {"ecs:cluster": "arn:aws:ecs:eu-west-3:123456789012:cluster/shop"}}, False),
        ({"NumericLessThan": {"s3:max-keys": "10"}}, True),
        ({"NumericGreaterThanEquals": {"s3:max-keys": 9}}, True),
        ({"NumericEquals": {"s3:max-keys": "nine"}}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": False}}, False),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8"]}}, True),
        ({"NotIpAddress": {"aws:SourceIp": "127.0.0.1/32"}}, False),
        ({"IpAddress": {"aws:SourceIp": "no address"}}, False),
        ({"Null": {"aws:RequestTag/none": "true"}}, True),
        ({"Null": {"aws:SourceIp": "true"}}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage", "x"]}}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}, False),
        ({"ForAllValues:StringEquals": {"aws:none": ["team"]}}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}}, True),
        ({"ForAnyValue:StringEquals": {"aws:none": ["team"]}}, False),
        ({"StringEquals": {"aws:SourceIp": "127.0.0.1", "aws:RequestedRegion": "us-east-1"}}, False),
        ({"Nonsense": {"aws:SourceIp": "127.0.0.1"}}, False),
        ("nonsense", False),
    ],
)  # fmt: skip
def test_conditions(condition: Any, met: bool) -> None:
    context = {
        "aws:requestedregion": ("eu-west-3",),
        "ecs:cluster": ("arn:aws:ecs:eu-west-3:123456789012:cluster/shop",),
        "s3:max-keys": ("9",),
        "aws:currenttime": ("2026-11-21T04:00:00+00:00",),
        "aws:securetransport": ("true",),
        "aws:sourceip": ("127.0.0.1",),
        "aws:tagkeys": ("team", "stage"),
    }
    assert meets(condition, context, None) is met


@pytest.mark.parametrize(
    ("pattern", "arn", "covered"),
    [
        ("arn:aws:ecr:*:*:repository/*", REPOSITORY, True),
        ("arn:aws:ecr:us-east-?:*:repository/frenchbakery/orders", REPOSITORY, True),
        ("arn:aws:ecr:*", REPOSITORY, True),
        ("arn:aws:*:repository/frenchbakery/orders", REPOSITORY, False),  # a * stays inside its part
        ("arn:aws:ecr:us-east-1:123456789012:repository/FrenchBakery/orders", REPOSITORY, False),
        ("arn:aws:s3:::orders/*", "arn:aws:s3:::orders/a/b:c", True),
        ("arn:aws:logs:*:*:log-group:/ecs/*:*", "arn:aws:logs:us-east-1:1:log-group:/ecs/web:log-stream:a/b", True),
        ("", REPOSITORY, False),
    ],
)  # fmt: skip
def test_arns(pattern: str, arn: str, covered: bool) -> None:
    assert matches_arn(pattern, arn) is covered


def test_trust_policies() -> None:
    document = policy(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}},
    )

    def by(principal: Principal) -> Named | Decision:
        return trusted(Request("sts:AssumeRole", ROLE, principal), document)

    assert by(Principal("ecs-tasks.amazonaws.com")) is Named.SELF
    assert by(BAKER) is Named.ACCOUNT
    assert by(Principal("ec2.amazonaws.com")) == Decision(False, Kind.TRUST)
    assert by(STRANGER) == Decision(False, Kind.TRUST)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"Statement": 1}', '{"Statement": [1, null]}', '{"Statement": {"Effect": "Allow"}}',
             '{"Statement": {"Effect": "Allow", "Action": {"a": 1}, "Resource": [1]}}', "[" * 100_000]
)  # fmt: skip
def test_documents_that_make_no_sense_allow_nothing(text: str) -> None:
    assert not evaluate(ask(), [Policy.read(text)]).allowed


def test_no_pattern_keeps_the_cloud_busy() -> None:
    assert not matches("*a" * 400 + "b", "a" * 2000)


# What must hold for any policies.

ACTIONS = ["*", "ecr:*", "ecr:BatchGetImage", "ecr:Put*", "ecs:*"]
RESOURCES = ["*", REPOSITORY, "arn:aws:ecr:*:*:repository/*", "arn:aws:ecr:*:*:repository/other"]
statements = st.builds(
    lambda effect, action, resource, name: {"Effect": effect, "Principal": {"AWS": name}} | action | resource,
    st.sampled_from(["Allow", "Deny"]),
    st.builds(lambda key, value: {key: value}, st.sampled_from(["Action", "NotAction"]), st.sampled_from(ACTIONS)),
    st.builds(lambda key, value: {key: value}, st.sampled_from(["Resource", "NotResource"]), st.sampled_from(RESOURCES)),
    st.sampled_from(["*", ACCOUNT, BAKER.arn, ROLE]),
)  # fmt: skip
documents = st.lists(statements, max_size=4)
situations = st.fixed_dictionaries(
    {
        "identity": documents,
        "resource": documents,
        "boundary": st.none() | documents,
        "session": st.none() | documents,
        "same_account": st.booleans(),
    }
)
principals = st.sampled_from([BAKER, SESSION])


def decide(situation: dict[str, Any], principal: Principal) -> Decision:
    read = {name: situation[name] for name in ("boundary", "session")}
    return evaluate(
        ask(principal),
        [policy(*situation["identity"])],
        [policy(*situation["resource"])],
        **{name: None if found is None else policy(*found) for name, found in read.items()},
        same_account=situation["same_account"],
    )


@given(situations, principals, statements, st.sampled_from(["identity", "resource", "boundary", "session"]))
def test_one_deny_more_never_allows_more(
    situation: dict[str, Any], principal: Principal, statement: dict[str, Any], where: str
) -> None:
    if situation[where] is not None:
        changed = situation | {where: [*situation[where], statement | {"Effect": "Deny"}]}
        assert decide(situation, principal).allowed or not decide(changed, principal).allowed


@given(situations, principals, statements, st.sampled_from(["identity", "resource"]))
def test_one_allow_more_never_denies_more(
    situation: dict[str, Any], principal: Principal, statement: dict[str, Any], where: str
) -> None:
    changed = situation | {where: [*situation[where], statement | {"Effect": "Allow"}]}
    assert decide(changed, principal).allowed or not decide(situation, principal).allowed


@given(situations, principals, st.randoms(use_true_random=False))
def test_the_order_of_statements_means_nothing(
    situation: dict[str, Any], principal: Principal, chance: random.Random
) -> None:
    shuffled = {k: chance.sample(v, len(v)) if isinstance(v, list) else v for k, v in situation.items()}
    assert decide(shuffled, principal) == decide(situation, principal)


@given(situations, principals, documents)
def test_a_boundary_never_allows_more(
    situation: dict[str, Any], principal: Principal, boundary: list[dict[str, Any]]
) -> None:
    without = decide(situation | {"boundary": None}, principal)
    assert without.allowed or not decide(situation | {"boundary": boundary}, principal).allowed


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_wildcards_are_those_of_a_shell(pattern: str, text: str) -> None:
    from fnmatch import fnmatchcase

    assert matches(pattern, text) == fnmatchcase(text, pattern)

"""The playground of network paths: what a start needs, each call's way, and AWS's words when one does not arrive."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.facts import number
from labs.playgrounds.network_path import chosen, playground, show
from labs.playgrounds.network_path.way import CALLS, INTERFACES, Setup, remarks, start

SETUPS = st.builds(
    Setup,
    public=st.booleans(),
    address=st.booleans(),
    nat=st.booleans(),
    endpoints=st.frozensets(st.sampled_from(INTERFACES)),
    s3=st.booleans(),
    private_dns=st.booleans(),
    open_group=st.booleans(),
    role=st.booleans(),
    secret=st.booleans(),
)
ALL = frozenset(INTERFACES)
PRIVATE = Setup(endpoints=ALL, s3=True, secret=True)


def settings(setup: Setup) -> dict[str, Any]:
    return {
        "subnet": "public" if setup.public else "private",
        "address": setup.address,
        "nat": setup.nat,
        **{service.replace(".", "_"): service in setup.endpoints for service in INTERFACES},
        "s3": setup.s3,
        "dns": setup.private_dns,
        "group": setup.open_group,
        "role": setup.role,
        "secret": setup.secret,
    }


@given(SETUPS)
def test_a_task_starts_when_every_call_arrives_and_stops_at_the_first_that_does_not(setup: Setup) -> None:
    found = start(setup)
    order = [call.service for call in found.calls]
    assert order == [service for service in CALLS if setup.secret or service != "secretsmanager"]
    broken = [call for call in found.calls if call.problem]
    assert found.failed == (broken[0] if broken else None)
    assert (found.reason is not None) == (bool(broken) and setup.role)
    shown = show(settings(setup))
    assert chosen(settings(setup)) == setup
    assert shown.text.startswith("✔" if setup.role and not broken else "✘")
    assert all(call.action in shown.html for call in found.calls)


@given(SETUPS)
def test_the_internet_is_a_way_for_every_call_unless_an_endpoint_takes_its_name(setup: Setup) -> None:
    outside = setup.address if setup.public else setup.nat
    for call in start(setup).calls:
        taken = call.service in setup.endpoints and setup.private_dns
        if taken:
            assert call.through == f"vpce-{call.service}"
            assert (call.problem is None) == setup.open_group
        elif call.service == "s3" and setup.s3:
            assert (call.through, call.problem) == ("vpce-s3", None)
        else:
            assert call.through == ("igw-shop" if setup.public else "nat-shop" if setup.nat else None)
            assert (call.problem is None) == outside


@given(SETUPS)
def test_the_same_text_in_every_run_and_no_price_without_a_source(setup: Setup) -> None:
    shown = show(settings(setup))
    assert shown == show(settings(setup))
    paid = setup.nat or bool(setup.endpoints) or (setup.address and setup.public)
    assert (" USD" in shown.html) == paid == ("Prices of us-east-1: " in shown.html)


def test_a_private_subnet_needs_each_of_its_endpoints() -> None:
    assert start(PRIVATE).failed is None
    for service in INTERFACES:
        failed = start(replace(PRIVATE, endpoints=ALL - {service})).failed
        assert failed is not None
        assert failed.service == service
    failed = start(replace(PRIVATE, s3=False)).failed
    assert failed is not None
    assert failed.service == "s3"


def test_without_a_secret_its_endpoint_is_not_needed() -> None:
    assert start(replace(PRIVATE, endpoints=ALL - {"secretsmanager"}, secret=False)).failed is None


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"endpoints": ALL - {"ecr.api"}}, "The task cannot pull registry auth from Amazon ECR"),
        ({"endpoints": ALL - {"ecr.dkr"}}, "CannotPullContainerError: pull image manifest has been retried 5 time(s)"),
        ({"s3": False}, "starport-layer-bucket.s3.us-east-1.amazonaws.com"),
        ({"endpoints": ALL - {"logs"}}, "failed to validate logger args"),
        ({"endpoints": ALL - {"secretsmanager"}}, "unable to retrieve secret from asm"),
        ({"open_group": False}, "the inbound rules of sg-endpoints do not allow port 443 from sg-tasks"),
        ({"private_dns": False}, "has no route to 0.0.0.0/0 and no VPC endpoint takes its place"),
        ({"public": True, "endpoints": frozenset(), "s3": False}, "needs a public IP address"),
        ({"role": False}, "Fargate requires task definition to have execution role ARN to support ECR images."),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(missing: dict[str, Any], words: str) -> None:
    shown = show(settings(replace(PRIVATE, **missing)))
    assert shown.text.startswith("✘")
    assert words in shown.text


def test_without_a_role_nothing_is_started() -> None:
    shown = show(settings(replace(PRIVATE, role=False, s3=False)))
    assert "RegisterTaskDefinition refuses" in shown.text
    assert "stoppedReason" not in shown.html
    assert "No call is tried" in shown.html and "The first call that fails" not in shown.html
    assert "✔ GetAuthorizationToken" not in shown.html and "· GetAuthorizationToken" in shown.html


@pytest.mark.parametrize(
    ("setup", "key"),
    [
        (Setup(endpoints=ALL), "layers-in-s3"),
        (Setup(address=True, nat=True), "address-idle"),
        (Setup(public=True, address=True, nat=True), "nat-idle"),
        (Setup(nat=True, endpoints=ALL, private_dns=False), "endpoints-idle"),
        (Setup(nat=True, endpoints=ALL), "secret-idle"),
    ],
)
def test_what_is_forgotten_or_idle_is_noted(setup: Setup, key: str) -> None:
    assert key in remarks(setup, start(setup))
    assert remarks(PRIVATE, start(PRIVATE)) == []


def test_what_is_paid_by_the_hour() -> None:
    month = 730
    assert (
        f"{(number('nat_hour') + number('public_ipv4_hour')) * month:.2f} USD"
        in show(settings(Setup(nat=True))).html
    )
    assert f"(4) {number('vpc_endpoint_hour') * month * 4:.2f} USD" in show(settings(PRIVATE)).html
    assert "None of this is paid by the hour" in show(settings(Setup(s3=True))).html


def test_the_playground_begins_with_the_forgotten_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    board = playground()
    assert "GetObject" in board.output
    assert board.set(s3=True).text.startswith("✔")
    assert "GetAuthorizationToken" in board.set(ecr_api=False).text
    monkeypatch.setenv("COURSE_LANG", "fr")
    assert "la table de routage de subnet-tasks n’a pas de route" in playground().output

"""What other parts of the cloud ask the authorizer: about roles of tasks, and people of other accounts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from moto.ecr.models import ecr_backends
from moto.iam.models import iam_backends

from labs.cloud.authorization.authorizer import Authorizer

ACCOUNT = "210987654321"  # of these tests alone: moto's state is one for the whole process
BASE = f"arn:aws:iam::{ACCOUNT}"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/execution/0123456789abcdef"
REPOSITORY = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/shop"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def iam() -> Iterator[Any]:
    backend = iam_backends[ACCOUNT]["aws"]
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    }
    backend.create_role("execution", document(trust), "/service/", None, "", [], None)
    yield backend
    iam_backends[ACCOUNT].clear()
    ecr_backends[ACCOUNT].clear()


@pytest.fixture
def authorizer() -> Authorizer:
    clock = SimpleNamespace(now=lambda: datetime(2026, 11, 21, tzinfo=UTC))
    return Authorizer(SimpleNamespace(account_id=ACCOUNT, clock=clock))  # type: ignore[arg-type]


def test_what_a_task_s_execution_role_may_do(iam: Any, authorizer: Authorizer) -> None:
    assert authorizer.denial(SESSION, "ecr:GetAuthorizationToken", "*") == (
        f"User: {SESSION} is not authorized to perform: ecr:GetAuthorizationToken on resource: * "
        "because no identity-based policy allows the ecr:GetAuthorizationToken action"
    )
    pull = {"Effect": "Allow", "Action": "ecr:Batch*", "Resource": REPOSITORY}
    iam.put_role_policy("execution", "pull", document(pull))
    assert authorizer.denial(SESSION, "ecr:BatchGetImage", REPOSITORY) is None
    assert authorizer.denial(f"{BASE}:role/service/execution", "ecr:BatchGetImage", REPOSITORY) is None
    assert authorizer.denial(SESSION, "ecr:BatchGetImage", REPOSITORY + "s")


def test_a_role_that_is_gone_may_do_nothing(iam: Any, authorizer: Authorizer) -> None:
    assert authorizer.denial(SESSION.replace("execution", "gone"), "ecr:BatchGetImage", REPOSITORY)
    assert authorizer.denial(f"{BASE}:role/gone", "ecr:BatchGetImage", REPOSITORY)
    assert authorizer.denial("nonsense", "ecr:BatchGetImage", REPOSITORY)


def test_the_administrator_may_do_everything(iam: Any, authorizer: Authorizer) -> None:
    for arn in (f"{BASE}:user/learner", f"{BASE}:root"):
        assert authorizer.denial(arn, "iam:DeleteRole", "*") is None


def test_whom_a_role_trusts(iam: Any, authorizer: Authorizer) -> None:
    role = f"{BASE}:role/service/execution"
    assert authorizer.trusts(role, "ecs-tasks.amazonaws.com")
    assert not authorizer.trusts(role, "ecs.amazonaws.com")
    assert not authorizer.trusts(f"{BASE}:role/execution", "ecs-tasks.amazonaws.com")  # another path


def test_conditions_see_the_caller_s_context(iam: Any, authorizer: Authorizer) -> None:
    key = {"StringEquals": {"ecs:cluster": "shop"}}
    statement = {"Effect": "Allow", "Action": "ecs:*", "Resource": "*", "Condition": key}
    iam.put_role_policy("execution", "shop", document(statement))
    assert authorizer.denial(SESSION, "ecs:RunTask", "*", {"ecs:cluster": "shop"}) is None
    assert authorizer.denial(SESSION, "ecs:RunTask", "*", {"ecs:cluster": "bank"})


def test_another_account_needs_the_repository_s_policy(iam: Any, authorizer: Authorizer) -> None:
    ecr = ecr_backends[ACCOUNT]["us-east-1"]
    ecr.create_repository("shop", None, None, None, "MUTABLE", [], None)
    partner = "arn:aws:iam::999999999999:user/partner"
    assert str(authorizer.denial(partner, "ecr:BatchGetImage", REPOSITORY)).endswith(
        "because no resource-based policy allows the ecr:BatchGetImage action"
    )
    account = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
        "Action": "ecr:BatchGetImage",
    }
    ecr.repositories["shop"].policy = document(account)
    assert authorizer.denial(partner, "ecr:BatchGetImage", REPOSITORY) is None
    assert authorizer.denial(partner, "ecr:PutImage", REPOSITORY)
    assert authorizer.denial(partner.replace("999", "888", 1), "ecr:BatchGetImage", REPOSITORY)

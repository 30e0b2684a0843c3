"""The table of operations, held against botocore's own models of the services."""

from __future__ import annotations

import json
from collections.abc import Iterator

import botocore.session
import pytest
from botocore.model import OperationModel

from labs.real.ledger import Run
from labs.real.operations import TABLE, is_read
from labs.real.operations.elbv2 import ACTIONS, SUBNETS
from labs.real.operations.model import Operation
from labs.real.resources import KINDS, short

TAGS = Run("mine", "real", "111122223333", "eu-west-3").tags("1a2b")


def rows() -> Iterator[tuple[str, str, Operation]]:
    for service, table in TABLE.items():
        for name, operation in table.items():
            yield service, name, operation


@pytest.fixture(scope="module")
def model() -> Iterator[object]:
    session = botocore.session.get_session()
    yield lambda service, name: session.get_service_model(service).operation_model(name)


def test_every_operation_exists(model):
    for service, name, _ in rows():
        assert isinstance(model(service, name), OperationModel)


def test_every_tag_goes_where_the_api_takes_it(model):
    for service, name, operation in rows():
        if operation.tags:
            given = operation.tags({"policyDocument": '{"Statement": {}}'}, TAGS)
            assert given.keys() <= model(service, name).input_shape.members.keys(), name
            assert "1a2b" in json.dumps(given), name


def test_every_result_is_where_the_api_gives_it(model):
    for service, name, operation in rows():
        if operation.made:
            first = operation.made.split(".")[0].removesuffix("[]")
            assert first in model(service, name).output_shape.members, name


def test_every_make_is_tagged_and_known():
    for _, name, operation in rows():
        if operation.makes:
            assert operation.tags, name
            assert operation.makes in KINDS, name
            assert operation.made or operation.name, name


def test_a_listed_operation_passes_as_a_read_only_where_it_may_decrypt():
    reads = {f"{service}:{name}" for service, name, _ in rows() if is_read(service, name)}
    assert reads == {"ssm:GetParameter", "ssm:GetParameters"}


@pytest.mark.parametrize(
    ("service", "name", "read"),
    [
        ("ecs", "DescribeServices", True),
        ("ecr", "GetAuthorizationToken", True),
        ("sts", "GetCallerIdentity", True),
        ("dynamodb", "Query", True),
        ("sts", "GetSessionToken", False),
        ("sts", "GetDelegatedAccessToken", False),
        ("sts", "GetWebIdentityToken", False),
        ("ec2", "GetFlowLogsIntegrationTemplate", False),
        ("s3", "ListBuckets", False),
        ("ecs", "TagResource", False),
        ("ssm", "DescribeParameters", True),
        ("ssm", "GetParametersByPath", False),
        ("ssm", "GetAccessToken", False),
        ("secretsmanager", "DescribeSecret", True),
        ("secretsmanager", "GetSecretValue", False),
        ("secretsmanager", "BatchGetSecretValue", False),
        ("iam", "GenerateCredentialReport", False),
    ],
)
def test_reads(service: str, name: str, read: bool):
    assert is_read(service, name) is read


def test_both_forms_of_a_forward_action_name_their_target_groups():
    request = {
        "Actions": [
            {"Type": "forward", "TargetGroupArn": "arn:a"},
            {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "arn:b"}]}},
            {"Type": "fixed-response"},
        ]
    }
    assert ACTIONS.names(request) == ["arn:a", "arn:b"]
    assert SUBNETS.names({}) == []


@pytest.mark.parametrize(
    ("kind", "value", "id_"),
    [
        ("ecr:repository", "arn:aws:ecr:us-east-1:1:repository/frenchbakery/orders", "frenchbakery/orders"),
        ("ecs:service", "arn:aws:ecs:us-east-1:1:service/frenchbakery/orders", "frenchbakery/orders"),
        ("ecs:task-definition", "arn:aws:ecs:us-east-1:1:task-definition/orders:3", "orders:3"),
        ("iam:role", "arn:aws:iam::1:role/path/to/execution", "execution"),
        (
            "logs:log-group",
            "arn:aws:logs:us-east-1:1:log-group:/frenchbakery/orders:*",
            "/frenchbakery/orders",
        ),
        ("eks:nodegroup", "arn:aws:eks:us-east-1:1:nodegroup/bakery/small/12ab", "bakery/small"),
        ("iam:instance-profile", "arn:aws:iam::1:instance-profile/path/ecs-instance", "ecs-instance"),
        (
            "autoscaling:group",
            "arn:aws:autoscaling:us-east-1:1:autoScalingGroup:1a2b:autoScalingGroupName/pool",
            "pool",
        ),
        ("ecs:container-instance", "arn:aws:ecs:us-east-1:1:container-instance/ecs/0af1", "ecs/0af1"),
        ("events:rule", "arn:aws:events:us-east-1:1:rule/morning", "morning"),
        ("elbv2:listener", "arn:aws:elasticloadbalancing:x", "arn:aws:elasticloadbalancing:x"),
        ("ec2:vpc", "vpc-1", "vpc-1"),
    ],
)
def test_ids_are_what_requests_use(kind: str, value: str, id_: str):
    assert short(kind, value) == id_

"""Is the coverage table true? A running cloud is asked every operation, and the code whose it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import Shape
from typer.testing import CliRunner

from labs.cloud.cli import app
from labs.cloud.cloudformation import catalogue
from labs.cloud.cloudformation import resources as resource_types
from labs.cloud.coverage import Level, Service, services
from labs.cloud.coverage.show import page
from tests.cloud.running import RunningCloud

ROOT = Path(__file__).parents[2]
PAGE = ROOT / ".github" / "COVERAGE.md"
TABLE = {service.key: service for service in services()}
WHOLE = (
    "ecs",
    "ecr",
    "elbv2",
    "eks",
    "logs",
    "cloudwatch",
    "application-autoscaling",
    "cloudformation",
)  # of which the table lists every operation
SAMPLED = 40  # one in so many of the operations that a table leaves to moto: EC2 has 800
NOT_EMULATED = ("NotImplemented", "UnsupportedFeatureException")


def operations(service: str) -> list[str]:
    return list(botocore.session.get_session().get_service_model(service).operation_names)


SUITE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))


# The table itself


@pytest.mark.parametrize("service", WHOLE)
def test_every_operation_of_the_container_services_is_listed(service: str) -> None:
    assert TABLE[service].rest is None
    assert {row.operation for row in TABLE[service].operations} == set(operations(service))


@pytest.mark.parametrize("service", TABLE.values(), ids=TABLE)
def test_only_operations_of_aws_are_listed(service: Service) -> None:
    listed = [row.operation for row in service.operations]
    assert len(listed) == len(set(listed))
    assert set(listed) <= set(operations(service.key))
    assert {row.operation for row in service.features} <= set(listed)
    assert service.rest is not None or set(listed) == set(operations(service.key))


@pytest.mark.parametrize("service", TABLE.values(), ids=TABLE)
def test_what_is_partly_there_says_what_differs(service: Service) -> None:
    for row in (*service.operations, *service.features):
        if row.level in (Level.partly, Level.kept):
            assert row.note, row
        assert set(row.note) in (set(), {"en", "fr"})


@pytest.mark.parametrize("service", TABLE.values(), ids=TABLE)
def test_what_is_faithful_is_called_by_a_test(service: Service) -> None:
    told = {row.operation for row in service.operations if row.level is Level.faithful}
    uncalled = {name for name in told if xform_name(name) not in SUITE and name not in SUITE}
    assert not uncalled
    assert set(service.checked) <= told


def test_cloudformations_types_are_those_of_the_code() -> None:
    assert list(TABLE["cloudformation"].resource_types) == sorted(
        {**resource_types._types(), **catalogue._OWN}
    )


# Who answers


@pytest.fixture(scope="module")
def own() -> Mapping[str, list[str]]:
    command = [sys.executable, "-m", "tests.cloud.own_code", *TABLE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("service", TABLE.values(), ids=TABLE)
def test_levels_agree_with_whose_code_answers(service: Service, own: Mapping[str, list[str]]) -> None:
    for row in service.operations:
        if row.operation in own[service.key]:
            assert row.level is not Level.moto, f"{row.operation} has code of its own"
        else:
            unchecked = row.level is Level.faithful and row.operation not in service.checked
            assert not unchecked, f"{row.operation} is moto's alone"
    unlisted = set(own[service.key]) - {row.operation for row in service.operations}
    assert not unlisted, "code of its own, but not in the table"


# What answers


def plausible(shape: Shape, depth: int = 0) -> Any:
    """The least that satisfies the service's model; what it names does not exist."""
    match shape.type_name:
        case "structure":
            return {name: plausible(shape.members[name], depth + 1) for name in shape.required_members}
        case "list":
            return [plausible(shape.member, depth + 1)] * max(1, shape.metadata.get("min", 1))
        case "map":
            return {plausible(shape.key, depth + 1): plausible(shape.value, depth + 1)}
        case "string" if shape.enum:
            return shape.enum[0]
        case "string":
            least, most = shape.metadata.get("min", 1), shape.metadata.get("max", 7)
            return ("unknown" * (1 + least // 7))[: max(least, min(7, most))]
        case "blob":
            return b"x"
        case "boolean":
            return True
        case "timestamp":
            return datetime(2026, 1, 1, tzinfo=UTC)
    return max(shape.metadata.get("min", 1), 1)


def client(cloud: RunningCloud, service: str) -> Any:
    config = Config(
        retries={"total_max_attempts": 1},
        parameter_validation=False,
        inject_host_prefix=False,
        read_timeout=30,
    )
    return cloud.session().client(service, endpoint_url=cloud.endpoint, config=config)


def refusal(client: Any, operation: str, parameters: Mapping[str, Any]) -> str | None:
    """The message of an error that says: not emulated. None for any other answer."""
    try:
        getattr(client, xform_name(operation))(**parameters)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], str(error.response["Error"].get("Message"))
        return message if code in NOT_EMULATED or "not emulated" in message else None
    return None


@pytest.mark.parametrize("service", TABLE.values(), ids=TABLE)
def test_what_is_absent_says_so_by_name_and_nothing_else_does(cloud: RunningCloud, service: Service) -> None:
    asked = client(cloud, service.key)
    listed = {row.operation for row in service.operations}
    wrong = []
    sample = operations(service.key)[:: SAMPLED if service.rest else 1]
    for name in sorted(listed.union(sample)):
        shape = asked.meta.service_model.operation_model(name).input_shape
        message = refusal(asked, name, plausible(shape) if shape else {})
        if message is not None and name not in message:
            wrong.append(f"{name} is not named: {message}")
        if name in listed and (message is not None) != (service.level(name) is Level.absent):
            wrong.append(f"{name} is {service.level(name)}: {message}")
    assert not wrong, "\n".join(wrong)


UNKNOWN_TO_MOTO = {
    "apprunner": ("list_services", {}, "ListServices"),  # JSON with a target
    "mgn": ("describe_jobs", {}, "DescribeJobs"),  # REST
    "cloudsearch": ("list_domain_names", {}, "ListDomainNames"),  # form
    "imagebuilder": ("list_images", {}, "ListImages"),
}


@pytest.mark.parametrize("service", UNKNOWN_TO_MOTO)
def test_services_that_moto_does_not_have_are_refused_alike(cloud: RunningCloud, service: str) -> None:
    method, parameters, name = UNKNOWN_TO_MOTO[service]
    with pytest.raises(ClientError) as refused:
        getattr(client(cloud, service), method)(**parameters)
    error = refused.value.response["Error"]
    assert error["Code"] == "NotImplemented"
    assert error["Message"] == f"{service}:{name} is not emulated by the local cloud."


def test_an_operation_known_by_its_path_only_is_named(cloud: RunningCloud) -> None:
    with pytest.raises(ClientError, match="vpc-lattice:ListTargets is not emulated by the local cloud"):
        client(cloud, "vpc-lattice").list_targets(targetGroupIdentifier="tg-0123456789abcdef0")


def test_the_aws_cli_tells_the_gap(cloud: RunningCloud, tmp_path: Path) -> None:
    environment = os.environ | {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": cloud.state.access_key_id,
        "AWS_SECRET_ACCESS_KEY": cloud.state.secret_access_key,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
    }
    command = [sys.executable, "-m", "awscli", "ecs", "get-task-protection", "--cluster", "c", "--tasks", "t"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 255 or done.returncode == 254
    assert "ecs:GetTaskProtection is not emulated by the local cloud." in done.stderr


CONTAINER = {"name": "c", "image": "nginx", "memory": 64}
ABSENT_FEATURES: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "CANARY": ("ecs", "CreateService", {"deploymentConfiguration": {"strategy": "CANARY"}}),
    "CODE_DEPLOY": ("ecs", "CreateService", {"deploymentController": {"type": "CODE_DEPLOY"}}),
    "Service Connect": ("ecs", "CreateService", {"serviceConnectConfiguration": {"enabled": True}}),
    "EFS volumes": (
        "ecs",
        "RegisterTaskDefinition",
        {
            "family": "f",
            "containerDefinitions": [CONTAINER],
            "volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}],
        },
    ),
    "log driver splunk": (
        "ecs",
        "RegisterTaskDefinition",
        {
            "family": "f",
            "containerDefinitions": [CONTAINER | {"logConfiguration": {"logDriver": "splunk"}}],
        },
    ),
    "environment files": (
        "ecs",
        "RegisterTaskDefinition",
        {
            "family": "f",
            "containerDefinitions": [
                CONTAINER | {"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/k"}]}
            ],
        },
    ),
    "Gateway Load Balancer": ("elbv2", "CreateLoadBalancer", {"Name": "g", "Type": "gateway"}),
    "namespace dynamodb": (
        "application-autoscaling",
        "RegisterScalableTarget",
        {
            "ServiceNamespace": "dynamodb",
            "ResourceId": "table/t",
            "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
        },
    ),
}


@pytest.mark.parametrize("feature", ABSENT_FEATURES)
def test_features_that_are_absent_are_refused_by_name(cloud: RunningCloud, feature: str) -> None:
    service, operation, parameters = ABSENT_FEATURES[feature]
    if operation == "CreateService":
        cloud.client("ecs").create_cluster(clusterName="gaps")
        parameters = {"cluster": "gaps", "serviceName": "s", "taskDefinition": "t"} | dict(parameters)
    message = refusal(client(cloud, service), operation, parameters)
    assert message is not None and feature in message


# The page and the command


def test_the_page_is_fresh_and_linked_in_both_languages() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(services()), (
        f"course cloud coverage --markdown > {PAGE.relative_to(ROOT)}"
    )
    english, _, french = (ROOT / "README.md").read_text(encoding="utf-8").partition("## En français")
    assert ".github/COVERAGE.md" in english and ".github/COVERAGE.md" in french


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["coverage", *arguments], env={"COLUMNS": "120"})


def test_the_command_shows_one_service_and_level() -> None:
    shown = run("--service", "ecs", "--level", "absent")
    assert shown.exit_code == 0
    assert "ExecuteCommand" in shown.output and "RunTask" not in shown.output
    assert "Elastic Load Balancing" not in shown.output


def test_the_command_speaks_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_LANG", "fr")
    shown = run("--service", "eks").output
    assert "en partie (partly)" in shown and "aucune API Kubernetes" in " ".join(shown.split())


def test_a_service_out_of_the_table_is_an_error() -> None:
    shown = run("--service", "nope")
    assert shown.exit_code == 1 and "nope" in shown.output


def test_nothing_to_show_is_said() -> None:
    assert "No row matches" in run("--service", "application-autoscaling", "--level", "moto").output


def test_the_command_starts_without_moto() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from labs.cloud.cli import app\n"
        "assert 'yaml' not in sys.modules\n"
        "CliRunner().invoke(app, ['coverage', '--markdown'], catch_exceptions=False)\n"
        "assert not {'moto', 'boto3', 'botocore'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


# Operations that are told to be faithful and that no other test calls


def test_a_scaling_policy_and_a_scheduled_action_are_deleted_once(cloud: RunningCloud) -> None:
    ecs, scaling = cloud.client("ecs"), cloud.client("application-autoscaling")
    ecs.create_cluster(clusterName="scaled")
    ecs.register_task_definition(family="scaled", containerDefinitions=[CONTAINER])
    ecs.create_service(cluster="scaled", serviceName="web", taskDefinition="scaled", desiredCount=0)
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/scaled/web",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=0, MaxCapacity=2)
    step = {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
    }
    scaling.put_scaling_policy(
        PolicyName="p", PolicyType="StepScaling", StepScalingPolicyConfiguration=step, **target
    )
    scaling.put_scheduled_action(
        ScheduledActionName="a",
        Schedule="cron(0 3 * * ? *)",
        ScalableTargetAction={"MinCapacity": 1},
        **target,
    )
    for delete, name in (
        (scaling.delete_scaling_policy, {"PolicyName": "p"}),
        (scaling.delete_scheduled_action, {"ScheduledActionName": "a"}),
    ):
        delete(**name, **target)
        with pytest.raises(scaling.exceptions.ObjectNotFoundException):
            delete(**name, **target)
    assert scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []
    assert scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"] == []


def test_one_kubernetes_version_is_the_default(cloud: RunningCloud) -> None:
    versions = cloud.client("eks").describe_cluster_versions()["clusterVersions"]
    (default,) = cloud.client("eks").describe_cluster_versions(defaultOnly=True)["clusterVersions"]
    assert [each for each in versions if each["defaultVersion"]] == [default]
    assert default["versionStatus"] == "STANDARD_SUPPORT"
    assert {each["versionStatus"] for each in versions} == {"STANDARD_SUPPORT", "EXTENDED_SUPPORT"}


def test_a_schedule_group_is_deleted_once(cloud: RunningCloud) -> None:
    scheduler = cloud.client("scheduler")
    scheduler.create_schedule_group(Name="nightly")
    scheduler.delete_schedule_group(Name="nightly")
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.delete_schedule_group(Name="nightly")


def test_a_default_vpc_leads_to_the_internet(cloud: RunningCloud) -> None:
    ec2 = cloud.client("ec2", "eu-west-3")
    assert ec2.describe_vpcs()["Vpcs"][0]["IsDefault"]
    with pytest.raises(ClientError, match="DefaultVpcAlreadyExists"):
        ec2.create_default_vpc()
    routes = ec2.describe_route_tables()["RouteTables"][0]["Routes"]
    assert any(route["DestinationCidrBlock"] == "0.0.0.0/0" for route in routes)

"""CloudFormation's API in a running cloud, as boto3 and the AWS CLI use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.policies import trust
from tests.cloud.running import DEADLINE, RunningCloud, wait_for

QUICK = {"Delay": 0.2, "MaxAttempts": 300}  # of waiters
SHELF = """
AWSTemplateFormatVersion: 2010-09-09
Description: One log group and one repository
Parameters:
  Name: {Type: String, Default: shelf}
  Days: {Type: Number, Default: 7}
  Token: {Type: String, Default: s3cret, NoEcho: true}
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub "/shop/${Name}", RetentionInDays: !Ref Days}
  Repository:
    Type: AWS::ECR::Repository
    DependsOn: Logs
    Properties: {RepositoryName: !Ref Name}
Outputs:
  Address:
    Value: !GetAtt Repository.RepositoryUri
    Export: {Name: !Sub "${Name}-address"}
"""


@pytest.fixture
def cfn(cloud: RunningCloud) -> Iterator[Any]:
    """The client; every stack that a test leaves is deleted."""
    client = cloud.client("cloudformation")
    yield client
    remaining = {stack["StackName"] for stack in client.describe_stacks()["Stacks"]}
    while remaining:  # importers go before exporters
        for name in remaining:
            client.update_termination_protection(StackName=name, EnableTerminationProtection=False)
            client.delete_stack(StackName=name)
        wait_for(lambda: settled(client), what="the stacks' deletion")
        remaining = {stack["StackName"] for stack in client.describe_stacks()["Stacks"]}


def settled(cfn: Any) -> bool:
    return not any(
        stack["StackStatus"].endswith("_IN_PROGRESS") and stack["StackStatus"] != "REVIEW_IN_PROGRESS"
        for stack in cfn.describe_stacks()["Stacks"]
    )


def parameters(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


def create(cfn: Any, name: str, template: str = SHELF, **options: Any) -> None:
    cfn.create_stack(StackName=name, TemplateBody=template, **options)
    cfn.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=QUICK)


def stack(cfn: Any, name: str) -> dict[str, Any]:
    [found] = cfn.describe_stacks(StackName=name)["Stacks"]
    return dict(found)


def refusal(call: Any, /, **values: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**values)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_stack_lives_and_dies(cloud: RunningCloud, cfn: Any) -> None:
    create(cfn, "shop", Tags=[{"Key": "team", "Value": "bakery"}])
    found = stack(cfn, "shop")
    assert found["StackStatus"] == "CREATE_COMPLETE"
    assert found["StackId"].startswith("arn:aws:cloudformation:us-east-1:123456789012:stack/shop/")
    assert {"ParameterKey": "Token", "ParameterValue": "****"} in found["Parameters"]
    [output] = found["Outputs"]
    assert output["ExportName"] == "shelf-address"
    [repository] = cloud.client("ecr").describe_repositories(repositoryNames=["shelf"])["repositories"]
    assert output["OutputValue"] == repository["repositoryUri"]
    events = cfn.describe_stack_events(StackName="shop")["StackEvents"][::-1]
    assert [f"{event['LogicalResourceId']} {event['ResourceStatus']}" for event in events] == [
        "shop CREATE_IN_PROGRESS",
        *["Logs CREATE_IN_PROGRESS"] * 2,
        "Logs CREATE_COMPLETE",
        *["Repository CREATE_IN_PROGRESS"] * 2,
        "Repository CREATE_COMPLETE",
        "shop CREATE_COMPLETE",
    ]
    summaries = cfn.list_stack_resources(StackName="shop")["StackResourceSummaries"]
    assert [summary["PhysicalResourceId"] for summary in summaries] == ["/shop/shelf", "shelf"]
    detail = cfn.describe_stack_resource(StackName="shop", LogicalResourceId="Logs")["StackResourceDetail"]
    assert detail["ResourceStatus"] == "CREATE_COMPLETE"
    [owned] = cfn.describe_stack_resources(PhysicalResourceId="/shop/shelf")["StackResources"][:1]
    assert owned["StackName"] == "shop"
    assert cfn.get_template(StackName="shop")["TemplateBody"] == SHELF

    cfn.delete_stack(StackName="shop")
    cfn.get_waiter("stack_delete_complete").wait(StackName="shop", WaiterConfig=QUICK)
    assert refusal(cfn.describe_stacks, StackName="shop") == (
        "ValidationError",
        "Stack with id shop does not exist",
    )
    assert stack(cfn, found["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    assert found["StackId"] in {
        summary["StackId"]
        for summary in cfn.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    }
    assert cloud.client("ecr").describe_repositories()["repositories"] == []
    assert cloud.client("logs").describe_log_groups()["logGroups"] == []
    cfn.delete_stack(StackName="never-was")


def test_updates_replace_what_must_be_and_refuse_what_is_nothing(cloud: RunningCloud, cfn: Any) -> None:
    create(cfn, "shop")
    assert refusal(cfn.update_stack, StackName="shop", UsePreviousTemplate=True) == (
        "ValidationError",
        "No updates are to be performed.",
    )
    cfn.update_stack(StackName="shop", UsePreviousTemplate=True, Parameters=parameters(Days="14"))
    cfn.get_waiter("stack_update_complete").wait(StackName="shop", WaiterConfig=QUICK)
    [group] = cloud.client("logs").describe_log_groups()["logGroups"]
    assert (group["logGroupName"], group["retentionInDays"]) == ("/shop/shelf", 14)
    cfn.update_stack(
        StackName="shop",
        UsePreviousTemplate=True,
        Parameters=[*parameters(Name="rack"), {"ParameterKey": "Days", "UsePreviousValue": True}],
    )
    cfn.get_waiter("stack_update_complete").wait(StackName="shop", WaiterConfig=QUICK)
    [group] = cloud.client("logs").describe_log_groups()["logGroups"]
    assert (group["logGroupName"], group["retentionInDays"]) == ("/shop/rack", 14)
    assert [export["Name"] for export in cfn.list_exports()["Exports"]] == ["rack-address"]


def test_a_failed_creation_rolls_back_and_is_told(cloud: RunningCloud, cfn: Any) -> None:
    cloud.client("ecr").create_repository(repositoryName="shelf")
    try:
        cfn.create_stack(StackName="clash", TemplateBody=SHELF)
        wait_for(lambda: stack(cfn, "clash")["StackStatus"] == "ROLLBACK_COMPLETE")
        events = cfn.describe_stack_events(StackName="clash")["StackEvents"]
        [failed] = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
        assert failed["LogicalResourceId"] == "Repository"
        assert "already exists" in failed["ResourceStatusReason"]
        assert cloud.client("logs").describe_log_groups()["logGroups"] == []
        assert refusal(cfn.update_stack, StackName="clash", UsePreviousTemplate=True)[1].endswith(
            "is in ROLLBACK_COMPLETE state and can not be updated."
        )
        with pytest.raises(Exception, match="ROLLBACK_COMPLETE"):
            cfn.get_waiter("stack_create_complete").wait(StackName="clash", WaiterConfig=QUICK)
    finally:
        cloud.client("ecr").delete_repository(repositoryName="shelf")
    told = [event for event in cloud.control("GET", "/timeline")["events"] if event["subject"] == "clash"]
    assert [event["kind"] for event in told] == ["stack-create", "stack-create-failed", "stack-rolled-back"]
    assert "clash" in told[0]["texts"]["fr"]


def test_a_failed_update_rolls_back(cloud: RunningCloud, cfn: Any) -> None:
    create(cfn, "shop")
    worse = SHELF.replace("RepositoryName: !Ref Name", "RepositoryName: !Ref Name, Colour: red").replace(
        "Default: 7", "Default: 30"
    )
    cfn.update_stack(StackName="shop", TemplateBody=worse)
    cfn.get_waiter("stack_rollback_complete").wait(StackName="shop", WaiterConfig=QUICK)
    assert stack(cfn, "shop")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    [group] = cloud.client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 7
    events = cfn.describe_stack_events(StackName="shop")["StackEvents"]
    [failed] = [event for event in events if event["ResourceStatus"] == "UPDATE_FAILED"]
    assert "Colour" in failed["ResourceStatusReason"]
    assert cfn.get_template(StackName="shop")["TemplateBody"] == SHELF


def test_change_sets(cfn: Any) -> None:
    made = cfn.create_change_set(
        StackName="shop", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=SHELF, Description="New"
    )
    cfn.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"], WaiterConfig=QUICK)
    assert stack(cfn, "shop")["StackStatus"] == "REVIEW_IN_PROGRESS"
    described = cfn.describe_change_set(ChangeSetName="first", StackName="shop")
    assert described["ExecutionStatus"] == "AVAILABLE"
    assert [
        (change["ResourceChange"]["Action"], change["ResourceChange"]["LogicalResourceId"])
        for change in described["Changes"]
    ] == [("Add", "Logs"), ("Add", "Repository")]
    cfn.execute_change_set(ChangeSetName=made["Id"])
    cfn.get_waiter("stack_create_complete").wait(StackName="shop", WaiterConfig=QUICK)
    assert refusal(cfn.execute_change_set, ChangeSetName=made["Id"])[0] == "InvalidChangeSetStatus"

    cfn.create_change_set(StackName="shop", ChangeSetName="none", UsePreviousTemplate=True)
    none = cfn.describe_change_set(ChangeSetName="none", StackName="shop")
    assert (none["Status"], none["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert none["StatusReason"].startswith("The submitted information didn't contain changes.")

    rename = {"StackName": "shop", "ChangeSetName": "rename", "UsePreviousTemplate": True}
    cfn.create_change_set(**rename, Parameters=parameters(Name="rack"))
    assert refusal(cfn.create_change_set, **rename) == (
        "AlreadyExistsException",
        "ChangeSet rename already exists",
    )
    changes = cfn.describe_change_set(ChangeSetName="rename", StackName="shop")["Changes"]
    assert {change["ResourceChange"]["Replacement"] for change in changes} == {"True"}
    assert {summary["ChangeSetName"] for summary in cfn.list_change_sets(StackName="shop")["Summaries"]} == {
        "first",
        "none",
        "rename",
    }
    cfn.update_stack(StackName="shop", UsePreviousTemplate=True, Parameters=parameters(Days="14"))
    cfn.get_waiter("stack_update_complete").wait(StackName="shop", WaiterConfig=QUICK)
    described = cfn.describe_change_set(ChangeSetName="rename", StackName="shop")
    assert described["ExecutionStatus"] == "OBSOLETE"
    cfn.delete_change_set(ChangeSetName="rename", StackName="shop")
    cfn.delete_change_set(ChangeSetName="rename", StackName="shop")
    assert (
        refusal(cfn.describe_change_set, ChangeSetName="rename", StackName="shop")[0] == "ChangeSetNotFound"
    )


def test_exports_are_protected(cfn: Any) -> None:
    create(cfn, "owner")
    user = json.dumps(
        {
            "Resources": {
                "Logs": {
                    "Type": "AWS::Logs::LogGroup",
                    "Properties": {
                        "LogGroupName": {"Fn::Join": ["", ["/of/", {"Fn::ImportValue": "shelf-address"}]]}
                    },
                }
            }
        }
    ).replace(
        '{"Fn::ImportValue": "shelf-address"}',
        '{"Fn::Select": [1, {"Fn::Split": ["/", {"Fn::ImportValue": "shelf-address"}]}]}',
    )
    create(cfn, "user", user)
    assert cfn.list_imports(ExportName="shelf-address")["Imports"] == ["user"]
    cfn.delete_stack(StackName="owner")
    owner = stack(cfn, "owner")
    assert owner["StackStatus"] == "CREATE_COMPLETE"
    assert owner["StackStatusReason"] == (
        "Delete canceled. Cannot delete export shelf-address as it is in use by user."
    )
    cfn.update_stack(StackName="owner", UsePreviousTemplate=True, Parameters=parameters(Name="rack"))
    cfn.get_waiter("stack_rollback_complete").wait(StackName="owner", WaiterConfig=QUICK)
    reasons = {
        event.get("ResourceStatusReason")
        for event in cfn.describe_stack_events(StackName="owner")["StackEvents"]
    }
    assert "Export shelf-address cannot be deleted as it is in use by user" in reasons


def test_termination_protection(cfn: Any) -> None:
    create(cfn, "shop", EnableTerminationProtection=True)
    assert refusal(cfn.delete_stack, StackName="shop") == (
        "ValidationError",
        "Stack [shop] cannot be deleted while TerminationProtection is enabled",
    )


def test_capabilities_and_summaries(cfn: Any) -> None:
    template = json.dumps({"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}}}})
    assert refusal(cfn.create_stack, StackName="iam", TemplateBody=template) == (
        "InsufficientCapabilitiesException",
        "Requires capabilities : [CAPABILITY_NAMED_IAM]",
    )
    assert cfn.validate_template(TemplateBody=template)["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    summary = cfn.get_template_summary(TemplateBody=SHELF)
    assert summary["ResourceTypes"] == ["AWS::ECR::Repository", "AWS::Logs::LogGroup"]
    assert [parameter["ParameterKey"] for parameter in summary["Parameters"]] == ["Name", "Days", "Token"]
    assert summary["Parameters"][2]["NoEcho"] is True


def test_templates_from_this_clouds_s3(cloud: RunningCloud, cfn: Any) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="a b/shelf.yaml", Body=SHELF.encode())
    for url in (
        cloud.url("/templates/a%20b/shelf.yaml"),
        "https://templates.s3.us-east-1.amazonaws.com/a%20b/shelf.yaml",
        "https://s3.amazonaws.com/templates/a%20b/shelf.yaml",
    ):
        assert cfn.validate_template(TemplateURL=url)["Description"] == "One log group and one repository"
    for url, words in {
        "https://example.com/x": "TemplateURL must be a supported URL",
        "https://none.s3.amazonaws.com/x": "S3 error: The specified bucket does not exist",
        "https://templates.s3.amazonaws.com/x": "S3 error: The specified key does not exist.",
    }.items():
        code, message = refusal(cfn.validate_template, TemplateURL=url)
        assert code == "ValidationError"
        assert message.startswith(words)


def test_values_that_the_cloud_holds(cloud: RunningCloud, cfn: Any) -> None:
    cloud.client("ssm").put_parameter(Name="/shop/name", Value="stored", Type="String")
    cloud.client("secretsmanager").create_secret(Name="db", SecretString='{"user": "ada"}')
    [vpc] = cloud.client("ec2").describe_vpcs()["Vpcs"][:1]
    template = json.dumps(
        {
            "Parameters": {
                "Name": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/shop/name"},
                "Vpc": {"Type": "AWS::EC2::VPC::Id"},
                "Zones": {
                    "Type": "List<AWS::EC2::AvailabilityZone::Name>",
                    "Default": "us-east-1a,us-east-1b",
                },
                "BootstrapVersion": {
                    "Type": "AWS::SSM::Parameter::Value<String>",
                    "Default": "/cdk-bootstrap/hnb659fds/version",
                },
            },
            "Resources": {
                name: {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": value}}
                for name, value in {
                    "A": {"Fn::Sub": "/a/${Name}/${Vpc}"},
                    "B": "/b/{{resolve:ssm:/shop/name}}",
                    "C": "/c/{{resolve:secretsmanager:db:SecretString:user}}",
                    "D": {
                        "Fn::Join": [
                            "/",
                            [{"Fn::Select": [1, {"Ref": "Zones"}]}, {"Fn::Select": [0, {"Fn::GetAZs": ""}]}],
                        ]
                    },
                }.items()
            },
        }
    )
    create(cfn, "held", template, Parameters=parameters(Vpc=vpc["VpcId"]))
    assert {group["logGroupName"] for group in cloud.client("logs").describe_log_groups()["logGroups"]} == {
        f"/a/stored/{vpc['VpcId']}",
        "/b/stored",
        "/c/ada",
        "us-east-1b/us-east-1a",
    }
    shown = {parameter["ParameterKey"]: parameter for parameter in stack(cfn, "held")["Parameters"]}
    assert shown["Name"]["ResolvedValue"] == "stored"
    assert refusal(
        cfn.create_stack, StackName="x", TemplateBody=template, Parameters=parameters(Vpc="vpc-0")
    ) == (
        "ValidationError",
        "Parameter validation failed: parameter value vpc-0 for parameter name Vpc does not exist",
    )


@pytest.mark.parametrize(
    ("call", "values", "code", "words"),
    [
        (
            "create_stack",
            {"StackName": "1x", "TemplateBody": SHELF},
            "ValidationError",
            "failed to satisfy constraint",
        ),
        (
            "create_stack",
            {"StackName": "x" * 129, "TemplateBody": SHELF},
            "ValidationError",
            "less than or equal to 128",
        ),
        ("create_stack", {"StackName": "x"}, "ValidationError", "Either Template URL or Template Body"),
        ("create_stack", {"StackName": "x", "TemplateBody": "#" * 51201}, "ValidationError", "51200"),
        (
            "create_stack",
            {"StackName": "x", "TemplateBody": '{"Resources": {"A": {"Type": "AWS::Foo::Bar"}}}'},
            "ValidationError",
            "Template format error: Unrecognized resource types: [AWS::Foo::Bar]",
        ),
        (
            "create_stack",
            {"StackName": "x", "TemplateBody": '{"Resources": {"A": {"Type": "Custom::Bar"}}}'},
            "ValidationError",
            "a custom resource is created by an AWS Lambda function",
        ),
        (
            "create_stack",
            {"StackName": "x", "TemplateBody": SHELF, "Parameters": parameters(Days="many")},
            "ValidationError",
            "Parameter 'Days' must be a number.",
        ),
        (
            "create_stack",
            {"StackName": "x", "TemplateBody": SHELF.replace("/shop/${Name}", "${Repository}")},
            "ValidationError",
            "Circular dependency between resources: [Logs, Repository]",
        ),
        (
            "create_stack",
            {
                "StackName": "x",
                "TemplateBody": SHELF,
                "NotificationARNs": ["arn:aws:sns:us-east-1:123456789012:t"],
            },
            "ValidationError",
            "NotificationARNs is not emulated by the local cloud.",
        ),
        (
            "create_stack",
            {"StackName": "x", "TemplateBody": SHELF, "RoleARN": "arn:aws:iam::123456789012:role/nobody"},
            "ValidationError",
            "Role arn:aws:iam::123456789012:role/nobody is invalid or cannot be assumed",
        ),
        (
            "update_stack",
            {"StackName": "x", "TemplateBody": SHELF},
            "ValidationError",
            "Stack with id x does not exist",
        ),
        ("describe_stack_events", {"StackName": "x"}, "ValidationError", "Stack [x] does not exist"),
        ("describe_stacks", {"NextToken": "%%"}, "ValidationError", "NextToken is not valid."),
        ("cancel_update_stack", {"StackName": "x"}, "ValidationError", "Stack with id x does not exist"),
        (
            "create_change_set",
            {"StackName": "x", "ChangeSetName": "c", "ChangeSetType": "IMPORT", "TemplateBody": SHELF},
            "ValidationError",
            "Importing existing resources is not emulated",
        ),
        (
            "detect_stack_drift",
            {"StackName": "x"},
            "NotImplemented",
            "cloudformation:DetectStackDrift is not emulated",
        ),
        ("list_stack_sets", {}, "NotImplemented", "cloudformation:ListStackSets is not emulated"),
        (
            "set_stack_policy",
            {"StackName": "x"},
            "NotImplemented",
            "cloudformation:SetStackPolicy is not emulated",
        ),
    ],
)
def test_refusals(cfn: Any, call: str, values: dict[str, Any], code: str, words: str) -> None:
    found = refusal(getattr(cfn, call), **values)
    assert found[0] == code
    assert words in found[1]
    assert cfn.describe_stacks()["Stacks"] == []


def test_a_stack_acts_with_its_roles_rights(cloud: RunningCloud, cfn: Any) -> None:
    iam = cloud.client("iam")
    role = iam.create_role(
        RoleName="deployer", AssumeRolePolicyDocument=json.dumps(trust("cloudformation.amazonaws.com"))
    )["Role"]["Arn"]
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="deployer", PolicyName="p", PolicyDocument=json.dumps(allow))
    cfn.create_stack(StackName="shop", TemplateBody=SHELF, RoleARN=role)
    wait_for(lambda: stack(cfn, "shop")["StackStatus"] == "ROLLBACK_COMPLETE")
    events = cfn.describe_stack_events(StackName="shop")["StackEvents"]
    [failed] = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert failed["LogicalResourceId"] == "Repository"
    assert "is not authorized to perform: ecr:CreateRepository" in failed["ResourceStatusReason"]


def test_the_aws_cli_deploys(cloud: RunningCloud, cfn: Any, tmp_path: Path) -> None:
    template = tmp_path / "shelf.yaml"
    template.write_text(SHELF)
    environment = os.environ | {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": cloud.state.access_key_id,
        "AWS_SECRET_ACCESS_KEY": cloud.state.secret_access_key,
        "AWS_DEFAULT_REGION": "us-east-1",
    }

    def deploy() -> str:
        """Up to the change set: the CLI's own wait for a stack has pauses of 30 seconds."""
        command = [sys.executable, "-m", "awscli", "cloudformation", "deploy", "--stack-name", "cli"]
        options = ["--parameter-overrides", "Name=cli", "--no-execute-changeset"]
        done = subprocess.run(
            [*command, "--template-file", str(template), "--no-fail-on-empty-changeset", *options],
            env=environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    assert "Changeset created successfully" in deploy()
    [made] = cfn.list_change_sets(StackName="cli")["Summaries"]
    cfn.execute_change_set(ChangeSetName=made["ChangeSetId"])
    cfn.get_waiter("stack_create_complete").wait(StackName="cli", WaiterConfig=QUICK)
    assert "No changes to deploy" in deploy()


def test_a_failure_left_as_it_is_can_be_rolled_back_later(cloud: RunningCloud, cfn: Any) -> None:
    cloud.client("ecr").create_repository(repositoryName="shelf")
    cfn.create_stack(StackName="left", TemplateBody=SHELF, OnFailure="DO_NOTHING")
    wait_for(lambda: stack(cfn, "left")["StackStatus"] == "CREATE_FAILED")
    assert cloud.client("logs").describe_log_groups()["logGroups"]
    cloud.client("ecr").delete_repository(repositoryName="shelf")
    cfn.rollback_stack(StackName="left")
    wait_for(lambda: stack(cfn, "left")["StackStatus"] == "ROLLBACK_COMPLETE")
    assert cloud.client("logs").describe_log_groups()["logGroups"] == []
    assert "can not be rolled back" in refusal(cfn.rollback_stack, StackName="left")[1]
    assert "can not continue rolling back" in refusal(cfn.continue_update_rollback, StackName="left")[1]


SERVICE = """
Parameters:
  Count: {Type: Number, Default: 0}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.9.0.0/24}}
  Cluster: {Type: AWS::ECS::Cluster}
  Definition:
    Type: AWS::ECS::TaskDefinition
    Properties:
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      Cpu: 256
      Memory: 512
      ContainerDefinitions: [{Name: web, Image: "no-such-image:1"}]
  Service:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Definition
      DesiredCount: !Ref Count
      LaunchType: FARGATE
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref Subnet]}}
"""


def test_an_update_that_waits_can_be_cancelled(cloud: RunningCloud, cfn: Any) -> None:
    """Its service never becomes stable: there is no such image."""
    create(cfn, "web", SERVICE)
    cfn.update_stack(StackName="web", UsePreviousTemplate=True, Parameters=parameters(Count="1"))
    [resource] = cfn.describe_stack_resources(StackName="web", LogicalResourceId="Service")["StackResources"]
    _, cluster, service = resource["PhysicalResourceId"].rsplit("/", 2)

    def desired() -> int:
        [found] = cloud.client("ecs").describe_services(cluster=cluster, services=[service])["services"]
        return int(found["desiredCount"])

    wait_for(lambda: desired() == 1)
    message = refusal(cfn.delete_stack, StackName="web")[1]
    assert message.endswith("cannot be deleted while in status UPDATE_IN_PROGRESS")
    cfn.cancel_update_stack(StackName="web")
    cfn.get_waiter("stack_rollback_complete").wait(StackName="web", WaiterConfig=QUICK)
    assert desired() == 0
    assert stack(cfn, "web")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_a_stack_can_be_deleted_while_it_is_created(cloud: RunningCloud, cfn: Any) -> None:
    cfn.create_stack(StackName="web", TemplateBody=SERVICE, Parameters=parameters(Count="1"))
    wait_for(lambda: cloud.client("ecs").list_services(cluster=_cluster(cfn))["serviceArns"])
    cfn.delete_stack(StackName="web")
    cfn.get_waiter("stack_delete_complete").wait(StackName="web", WaiterConfig=QUICK)
    assert "10.9.0.0/16" not in {vpc["CidrBlock"] for vpc in cloud.client("ec2").describe_vpcs()["Vpcs"]}


def _cluster(cfn: Any) -> str:
    def found() -> str:
        resources = cfn.describe_stack_resources(StackName="web")["StackResources"]
        return next(
            (one.get("PhysicalResourceId", "") for one in resources if one["LogicalResourceId"] == "Cluster"),
            "",
        )

    return wait_for(found)


def test_a_reset_ends_what_is_under_way(cloud: RunningCloud, cfn: Any) -> None:
    cfn.create_stack(StackName="shop", TemplateBody=SHELF)
    cloud.control("POST", "/reset")
    assert cfn.describe_stacks()["Stacks"] == []
    assert cloud.client("ecr").describe_repositories()["repositories"] == []
    create(cfn, "shop")


def test_secrets_stay_out_of_events(cloud: RunningCloud, cfn: Any) -> None:
    """Neither a NoEcho parameter nor what a dynamic reference stands for is told, whatever fails."""
    cloud.client("secretsmanager").create_secret(Name="recipe", SecretString="butter, twice")
    reference = "{{resolve:secretsmanager:recipe}}"
    kind = "AWS::ECR::Repository"
    template = {
        "Parameters": {"Token": {"Type": "String", "NoEcho": True}},
        "Resources": {
            "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Ref": "Token"}}},
            "Odd": {"Type": kind, "DependsOn": "Group", "Properties": {"ImageTagMutability": reference}},
        },
    }
    given = [{"ParameterKey": "Token", "ParameterValue": "yeast-1889"}]
    cfn.create_stack(StackName="quiet", TemplateBody=json.dumps(template), Parameters=given)
    wait_for(lambda: settled(cfn), what="the end of the creation")
    told = json.dumps(
        [
            cfn.describe_stack_events(StackName="quiet")["StackEvents"],
            cfn.describe_stack_resources(StackName="quiet")["StackResources"],
            cfn.describe_stacks(StackName="quiet")["Stacks"],
        ],
        default=str,
    )
    assert f"{reference} is not a valid enum value" in told
    assert '\\"LogGroupName\\": \\"****\\"' in told
    assert "butter" not in told


def test_a_dynamic_reference_is_read_by_the_operations_rights(cloud: RunningCloud, cfn: Any) -> None:
    """Who may create stacks does not read every secret through them."""
    cloud.client("secretsmanager").create_secret(Name="safe", SecretString="/gold")
    iam = cloud.client("iam")
    document = json.dumps(trust("cloudformation.amazonaws.com"))
    role = iam.create_role(RoleName="logs-only", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="logs-only", PolicyName="p", PolicyDocument=json.dumps(allow))
    properties = {"LogGroupName": "{{resolve:secretsmanager:safe}}"}
    template = json.dumps({"Resources": {"Group": {"Type": "AWS::Logs::LogGroup", "Properties": properties}}})

    def outcome(name: str, **options: Any) -> str:
        cfn.create_stack(StackName=name, TemplateBody=template, OnFailure="DO_NOTHING", **options)
        wait_for(lambda: settled(cfn), what="the end of the creation")
        [group] = cfn.describe_stack_resources(StackName=name)["StackResources"]
        return f"{group['ResourceStatus']} {group.get('ResourceStatusReason')}"

    assert "is not authorized to perform: secretsmanager:GetSecretValue" in outcome("thief", RoleARN=role)
    assert outcome("owner").startswith("CREATE_COMPLETE")

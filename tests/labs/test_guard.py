"""What a session may do on a real account, and what it leaves behind in tags and ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import aws_lab
import aws_lab_parts
import pytest
from aws_lab import Account
from aws_lab_parts import ACCOUNT
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, EndpointConnectionError

from labs.checks.model import unless_it_is_gone
from labs.real.guard import Guard, Refused
from labs.real.ledger import COURSE_TAG, INTENT_TAG, RUN_TAG, Ledger, Resource, folder
from labs.real.operations import TABLE
from labs.real.resources import KINDS
from labs.session import CourseSession

Connect = Callable[..., CourseSession]


def entries(run: str = "mine") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder() / f"{run}.jsonl").read_text().splitlines()]


@pytest.fixture
def session(connect: Connect) -> CourseSession:
    return connect()


@pytest.fixture
def sent(session: CourseSession) -> list[str]:
    """The writes that leave this process."""
    return aws_lab.writes_of(session)


# Tags and ledger


def test_everything_made_carries_the_tags_in_its_apis_own_shape(session: CourseSession):
    ids = aws_lab.make(session)
    assert set(ids) == {operation.makes for table in TABLE.values() for operation in table.values()} - {
        None,
        "ecs:task",
        "eks:cluster",
        "eks:nodegroup",
        "eks:fargate-profile",
    }
    for kind, id_ in ids.items():
        tags = KINDS[kind].tags(session.aws, id_) or {}
        assert (tags.get(COURSE_TAG), tags.get(RUN_TAG)) == ("1", "mine"), kind
        assert tags[INTENT_TAG] in session.guard.ledger.record.intents, kind
        assert Resource(kind, id_) in session.guard.ledger.record.made, kind


def test_the_learners_own_tags_stay(session: CourseSession):
    mine = [{"Key": "team", "Value": "bread"}, {"Key": RUN_TAG, "Value": "another"}]
    ec2 = session.client("ec2")
    given = [{"ResourceType": "vpc", "Tags": mine}]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=given)["Vpc"]["VpcId"]
    tags = KINDS["ec2:vpc"].tags(session.aws, vpc) or {}
    assert (tags["team"], tags[RUN_TAG]) == ("bread", "mine")
    assert given == [{"ResourceType": "vpc", "Tags": mine}]  # the cell's own value is not touched


def test_eks_resources_are_tagged(session: CourseSession):
    trust = aws_lab_parts.TRUST.replace("ecs-tasks", "eks")
    role = session.client("iam").create_role(RoleName="eks", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    eks = session.client("eks")
    eks.create_cluster(name="bakery", roleArn=role, resourcesVpcConfig={}, tags={"team": "bread"})
    eks.create_fargate_profile(
        fargateProfileName="shop",
        clusterName="bakery",
        podExecutionRoleArn=role,
        selectors=[{"namespace": "shop"}],
    )
    for kind, id_ in (("eks:cluster", "bakery"), ("eks:fargate-profile", "bakery/shop")):
        assert Resource(kind, id_) in session.guard.ledger.record.made
        assert (KINDS[kind].tags(session.aws, id_) or {})[RUN_TAG] == "mine"


def test_the_intent_is_on_disk_before_the_call_leaves(session: CourseSession):
    seen: list[str] = []

    def look(request: Any, event_name: str, **_: Any) -> None:
        seen.append(json.dumps(entries()[-1]))

    session.events.register("before-send", look)
    session.client("ecr").create_repository(repositoryName="bread")
    announced = json.loads(seen[-1])
    assert (announced["event"], announced["operation"], announced["name"]) == (
        "intent",
        "ecr:CreateRepository",
        "bread",
    )


def test_a_call_whose_intent_cannot_be_written_is_not_sent(
    session: CourseSession, account: Account, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Ledger, "_append", full)
    with pytest.raises(OSError, match="disk full"):
        session.client("ecr").create_repository(repositoryName="bread")
    assert account.client("ecr").describe_repositories()["repositories"] == []


def test_a_call_without_an_answer_stays_open(session: CourseSession):
    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://example.com")

    ecr = session.client("ecr")
    ecr.meta.events.register("before-send", fail)
    with pytest.raises(EndpointConnectionError):
        ecr.create_repository(repositoryName="bread")
    (intent,) = session.guard.ledger.record.intents.values()
    assert intent.open
    assert entries()[-1]["event"] == "unanswered"


def test_a_refusal_of_aws_closes_the_intent(session: CourseSession):
    ecr = session.client("ecr")
    ecr.create_repository(repositoryName="bread")
    with pytest.raises(ClientError, match="RepositoryAlreadyExists"):
        ecr.create_repository(repositoryName="bread")
    assert [intent.open for intent in session.guard.ledger.record.intents.values()] == [False, False]
    assert entries()[-1]["code"] == "RepositoryAlreadyExistsException"


def test_a_call_that_was_sent_twice_stays_open(session: CourseSession):
    """botocore repeats a call whose answer was lost: the first one may have made a twin."""
    answers = iter([500])

    def flaky(request: Any, **_: Any) -> Any:
        status = next(answers, None)
        raw = SimpleNamespace(stream=lambda: [b"<Response/>"])
        return AWSResponse(request.url, status, {}, raw) if status else None

    ec2 = session.client("ec2")
    ec2.meta.events.register("before-send.ec2.CreateVpc", flaky)
    ec2.create_vpc(CidrBlock="10.0.0.0/16")
    (intent,) = session.guard.ledger.record.intents.values()
    assert intent.open
    assert len(intent.made) == 1


def test_the_ledger_keeps_no_secrets(session: CourseSession):
    aws_lab.make(session)
    text = (folder() / "mine.jsonl").read_text()
    for secret in ("croissant", "Statement", "sts:AssumeRole", "testing"):
        assert secret not in text


# What is not sent


UNLISTED = [
    ("iam", "delete_user", {"UserName": "eve"}),
    ("sts", "get_session_token", {}),
    ("sts", "get_web_identity_token", {"Audience": ["eve"], "SigningAlgorithm": "RS256"}),
    ("sts", "assume_role", {"RoleArn": "arn:aws:iam::123456789012:role/admin", "RoleSessionName": "eve"}),
    ("s3", "delete_bucket", {"Bucket": "bread"}),
    ("s3", "list_buckets", {}),
    ("organizations", "leave_organization", {}),
    ("ec2", "stop_instances", {"InstanceIds": ["i-1"]}),
    ("ec2", "request_spot_instances", {}),
    ("ec2", "delete_tags", {"Resources": ["vpc-1"]}),
    ("ecs", "put_account_setting_default", {"name": "containerInsights", "value": "enabled"}),
    ("logs", "delete_destination", {"destinationName": "x"}),
    ("secretsmanager", "batch_get_secret_value", {}),
    ("secretsmanager", "replicate_secret_to_regions", {"SecretId": "x", "AddReplicaRegions": []}),
    ("ssm", "get_parameters_by_path", {"Path": "/"}),
    ("ssm", "get_access_token", {"AccessRequestId": "oi-0123456789ab"}),
    ("ssm", "send_command", {"DocumentName": "AWS-RunShellScript"}),
    ("sns", "publish", {"Message": "x"}),
    ("events", "put_permission", {}),
]


@pytest.mark.parametrize(("service", "call", "request_"), UNLISTED)
def test_what_the_lab_does_not_need_is_not_sent(
    session: CourseSession, service: str, call: str, request_: dict[str, Any]
):
    client = session.client(service)

    def never(**_: Any) -> None:
        pytest.fail("sent")

    client.meta.events.register("before-send", never)
    with pytest.raises(Refused, match="does not need"):
        getattr(client, call)(**request_)


@pytest.fixture
def others(account: Account, connect: Connect, once: Callable[..., Any]) -> dict[str, str]:
    """Ids of the owner's own lab of a like name; another run's lab is there as well."""
    return once(labs_of_others, account, connect)


def labs_of_others(account: Account, connect: Connect) -> dict[str, str]:
    aws_lab.make(connect(run="theirs"), "theirs")
    return aws_lab.make(account, "frenchbakery-prod")


QUERY = {"startTime": 0, "endTime": 1, "queryString": "fields @message"}
THEIR_GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/frenchbakery-prod/orders:*"
GROUPS = f"arn:aws:autoscaling:us-east-1:{ACCOUNT}:autoScalingGroup:1a2b:autoScalingGroupName"
S3 = "com.amazonaws.us-east-1.s3"
FOREIGN: list[tuple[str, str, Callable[[dict[str, str]], dict[str, Any]]]] = [
    ("ecr", "delete_repository", lambda ids: {"repositoryName": ids["ecr:repository"], "force": True}),
    ("ecr", "batch_delete_image", lambda ids: {"repositoryName": ids["ecr:repository"], "imageIds": []}),
    ("ecs", "delete_cluster", lambda ids: {"cluster": ids["ecs:cluster"]}),
    (
        "ecs",
        "delete_service",
        lambda ids: {"cluster": ids["ecs:cluster"], "service": "orders", "force": True},
    ),
    (
        "ecs",
        "update_service",
        lambda ids: {
            "cluster": "frenchbakery-prod",
            "service": f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/frenchbakery-prod/orders",
            "desiredCount": 0,
        },
    ),
    ("ecs", "deregister_task_definition", lambda ids: {"taskDefinition": ids["ecs:task-definition"]}),
    ("ecs", "create_service", lambda ids: {"cluster": ids["ecs:cluster"], "serviceName": "mine"}),
    ("ecs", "create_cluster", lambda ids: {"clusterName": ids["ecs:cluster"]}),
    (
        "ecs",
        "register_task_definition",
        lambda ids: {"family": "frenchbakery-prod-orders", "containerDefinitions": []},
    ),
    ("ec2", "delete_vpc", lambda ids: {"VpcId": ids["ec2:vpc"]}),
    ("ec2", "create_subnet", lambda ids: {"VpcId": ids["ec2:vpc"], "CidrBlock": "10.9.9.0/24"}),
    ("ec2", "delete_subnet", lambda ids: {"SubnetId": ids["ec2:subnet"]}),
    ("ec2", "delete_security_group", lambda ids: {"GroupId": ids["ec2:security-group"]}),
    ("ec2", "authorize_security_group_ingress", lambda ids: {"GroupId": ids["ec2:security-group"]}),
    ("ec2", "delete_route_table", lambda ids: {"RouteTableId": ids["ec2:route-table"]}),
    ("ec2", "run_instances", lambda ids: aws_lab_parts.machine(ids["ec2:subnet"], "new")),
    ("ec2", "delete_launch_template", lambda ids: {"LaunchTemplateName": ids["ec2:launch-template"]}),
    (
        "ec2",
        "create_launch_template",
        lambda ids: {
            "LaunchTemplateName": "new",
            "LaunchTemplateData": aws_lab_parts.started(ids["iam:instance-profile"]),
        },
    ),
    (
        "ec2",
        "create_launch_template",
        lambda ids: {
            "LaunchTemplateName": "new",
            "LaunchTemplateData": {
                "InstanceType": "t3.small",
                "NetworkInterfaces": [{"Groups": [ids["ec2:security-group"]]}],
            },
        },
    ),
    (
        "autoscaling",
        "create_auto_scaling_group",
        lambda ids: aws_lab_parts.group("new", ids["ec2:launch-template"], ["subnet-1"]),
    ),
    (
        "autoscaling",
        "delete_auto_scaling_group",
        lambda ids: {"AutoScalingGroupName": ids["autoscaling:group"], "ForceDelete": True},
    ),
    (
        "ecs",
        "create_capacity_provider",
        lambda ids: {
            "name": "new",
            "autoScalingGroupProvider": {"autoScalingGroupArn": f"{GROUPS}/{ids['autoscaling:group']}"},
        },
    ),
    ("ecs", "delete_capacity_provider", lambda ids: {"capacityProvider": ids["ecs:capacity-provider"]}),
    (
        "ecs",
        "create_cluster",
        lambda ids: {"clusterName": "new", "capacityProviders": [ids["ecs:capacity-provider"]]},
    ),
    ("ec2", "terminate_instances", lambda ids: {"InstanceIds": [ids["ec2:instance"]]}),
    ("ec2", "delete_vpc_endpoints", lambda ids: {"VpcEndpointIds": [ids["ec2:vpc-endpoint"]]}),
    ("ec2", "create_vpc_endpoint", lambda ids: {"VpcId": ids["ec2:vpc"], "ServiceName": S3}),
    (
        "iam",
        "add_role_to_instance_profile",
        lambda ids: {"InstanceProfileName": ids["iam:instance-profile"], "RoleName": "new"},
    ),
    (
        "iam",
        "delete_instance_profile",
        lambda ids: {"InstanceProfileName": ids["iam:instance-profile"]},
    ),
    ("ec2", "create_tags", lambda ids: {"Resources": [ids["ec2:vpc"]], "Tags": [{"Key": "a", "Value": "b"}]}),
    (
        "ec2",
        "detach_internet_gateway",
        lambda ids: {"InternetGatewayId": ids["ec2:internet-gateway"], "VpcId": ids["ec2:vpc"]},
    ),
    ("elbv2", "delete_load_balancer", lambda ids: {"LoadBalancerArn": ids["elbv2:load-balancer"]}),
    ("elbv2", "delete_target_group", lambda ids: {"TargetGroupArn": ids["elbv2:target-group"]}),
    ("elbv2", "delete_listener", lambda ids: {"ListenerArn": ids["elbv2:listener"]}),
    ("elbv2", "modify_rule", lambda ids: {"RuleArn": ids["elbv2:rule"]}),
    ("elbv2", "create_load_balancer", lambda ids: {"Name": "frenchbakery-prod"}),
    (
        "elbv2",
        "create_load_balancer",
        lambda ids: {"Name": "new", "SubnetMappings": [{"SubnetId": ids["ec2:subnet"]}]},
    ),
    ("elbv2", "create_target_group", lambda ids: {"Name": "frenchbakery-prod-orders"}),
    (
        "elbv2",
        "create_listener",
        lambda ids: {"LoadBalancerArn": ids["elbv2:load-balancer"], "DefaultActions": []},
    ),
    ("iam", "delete_role", lambda ids: {"RoleName": ids["iam:role"]}),
    (
        "iam",
        "put_role_policy",
        lambda ids: {"RoleName": ids["iam:role"], "PolicyName": "x", "PolicyDocument": "{}"},
    ),
    ("logs", "delete_log_group", lambda ids: {"logGroupName": ids["logs:log-group"]}),
    ("logs", "start_query", lambda ids: {"logGroupNames": [ids["logs:log-group"]], **QUERY}),
    (
        "logs",
        "put_resource_policy",
        lambda ids: {"policyName": ids["logs:resource-policy"], "policyDocument": "{}"},
    ),
    (
        "logs",
        "put_resource_policy",
        lambda ids: {"policyName": "new", "policyDocument": aws_lab_parts.let_events_write(THEIR_GROUP)},
    ),
    ("logs", "delete_resource_policy", lambda ids: {"policyName": ids["logs:resource-policy"]}),
    (
        "ecs",
        "update_cluster_settings",
        lambda ids: {"cluster": ids["ecs:cluster"], "settings": [{"name": "containerInsights"}]},
    ),
    ("events", "put_rule", lambda ids: {"Name": ids["events:rule"], "ScheduleExpression": "rate(1 minute)"}),
    ("events", "put_targets", lambda ids: {"Rule": ids["events:rule"], "Targets": []}),
    ("events", "remove_targets", lambda ids: {"Rule": ids["events:rule"], "Ids": ["logs"]}),
    ("events", "disable_rule", lambda ids: {"Name": ids["events:rule"]}),
    ("events", "delete_rule", lambda ids: {"Name": ids["events:rule"]}),
    ("sns", "create_topic", lambda ids: {"Name": "frenchbakery-prod-alarms"}),
    ("sns", "delete_topic", lambda ids: {"TopicArn": ids["sns:topic"]}),
    ("secretsmanager", "get_secret_value", lambda ids: {"SecretId": ids["secretsmanager:secret"]}),
    (
        "secretsmanager",
        "put_secret_value",
        lambda ids: {"SecretId": "frenchbakery-prod/key", "SecretString": "mine"},
    ),
    ("secretsmanager", "update_secret", lambda ids: {"SecretId": ids["secretsmanager:secret"][:-7]}),
    ("secretsmanager", "delete_secret", lambda ids: {"SecretId": ids["secretsmanager:secret"]}),
    (
        "ssm",
        "put_parameter",
        lambda ids: {"Name": ids["ssm:parameter"], "Value": "07:00", "Overwrite": True},
    ),
    ("ssm", "get_parameter", lambda ids: {"Name": ids["ssm:parameter"], "WithDecryption": True}),
    ("ssm", "delete_parameters", lambda ids: {"Names": ["/nothing", ids["ssm:parameter"]]}),
    ("dynamodb", "delete_table", lambda ids: {"TableName": ids["dynamodb:table"]}),
    ("dynamodb", "put_item", lambda ids: {"TableName": ids["dynamodb:table"], "Item": {"id": {"S": "1"}}}),
    ("dynamodb", "batch_write_item", lambda ids: {"RequestItems": {ids["dynamodb:table"]: []}}),
    ("cloudwatch", "delete_alarms", lambda ids: {"AlarmNames": [ids["cloudwatch:alarm"]]}),
    (
        "cloudwatch",
        "put_metric_alarm",
        lambda ids: {
            "AlarmName": ids["cloudwatch:alarm"],
            "ComparisonOperator": "LessThanThreshold",
            "EvaluationPeriods": 1,
        },
    ),
    (
        "cloudwatch",
        "put_metric_alarm",
        lambda ids: {
            "AlarmName": "new",
            "ComparisonOperator": "LessThanThreshold",
            "EvaluationPeriods": 1,
            "AlarmActions": [
                f"arn:aws:autoscaling:us-east-1:{ACCOUNT}:scalingPolicy:1:resource/ecs/service/"
                "frenchbakery-prod/orders:policyName/cpu"
            ],
        },
    ),
    (
        "application-autoscaling",
        "deregister_scalable_target",
        lambda ids: {
            "ServiceNamespace": "ecs",
            "ResourceId": "service/frenchbakery-prod/orders",
            "ScalableDimension": "ecs:service:DesiredCount",
        },
    ),
]


def test_foreign_resources_are_neither_changed_nor_deleted_nor_built_upon(
    session: CourseSession, others: dict[str, str], sent: list[str], account: Account
):
    before = aws_lab.everything(account)
    for service, call, request_of in FOREIGN:
        with pytest.raises(Refused, match=r"(?s)was not sent.*(does not belong|exists already)") as refusal:
            getattr(session.client(service), call)(**request_of(others))
        assert any(id_ in str(refusal.value) for id_ in others.values()), (call, refusal.value)
    assert sent == []
    assert aws_lab.everything(account) == before


BORROWED: list[tuple[str, Callable[[dict[str, str]], dict[str, Any]]]] = [
    ("run_task", lambda ids: {"taskDefinition": "frenchbakery-prod-orders"}),
    ("run_task", lambda ids: {"taskDefinition": ids["ecs:task-definition"]}),
    (
        "run_task",
        lambda ids: {
            "taskDefinition": "frenchbakery-orders",
            "overrides": {"taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{ids['iam:role']}"},
        },
    ),
    ("update_service", lambda ids: {"service": "orders", "taskDefinition": ids["ecs:task-definition"]}),
    (
        "update_service",
        lambda ids: {"service": "orders", "loadBalancers": [{"targetGroupArn": ids["elbv2:target-group"]}]},
    ),
    (
        "create_service",
        lambda ids: {
            "serviceName": "x",
            "taskDefinition": "frenchbakery-orders",
            "loadBalancers": [
                {
                    "advancedConfiguration": {
                        "alternateTargetGroupArn": ids["elbv2:target-group"],
                        "productionListenerRule": ids["elbv2:rule"],
                        "roleArn": ids["iam:role"],
                    }
                }
            ],
        },
    ),
]


def test_the_runs_own_cluster_borrows_nothing(
    session: CourseSession, others: dict[str, str], account: Account
):
    aws_lab.make(session)
    before = aws_lab.everything(account)
    sent = aws_lab.writes_of(session)
    ecs = session.client("ecs")
    for call, request_of in BORROWED:
        with pytest.raises(Refused, match="does not belong"):
            getattr(ecs, call)(cluster="frenchbakery", **request_of(others))
    assert sent == []
    assert aws_lab.everything(account) == before
    ecs.update_service(cluster="frenchbakery", service="orders", taskDefinition="frenchbakery-orders")


SET_OFF: list[Callable[[dict[str, str]], dict[str, Any]]] = [
    lambda ids: {"Arn": THEIR_GROUP},
    lambda ids: {"Arn": CLUSTER.format("frenchbakery-prod")},
    lambda ids: {"Arn": CLUSTER.format("frenchbakery"), "RoleArn": ROLE.format(ids["iam:role"])},
    lambda ids: runs(TaskDefinitionArn=DEFINITION.format(ids["ecs:task-definition"])),
    lambda ids: runs(TaskDefinitionArn=DEFINITION.format("frenchbakery-prod-orders")),
    lambda ids: runs(
        TaskDefinitionArn=DEFINITION.format("frenchbakery-orders"),
        NetworkConfiguration={"awsvpcConfiguration": {"Subnets": [ids["ec2:subnet"]]}},
    ),
]
CLUSTER, ROLE, DEFINITION = (
    f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/{{}}",
    f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/{{}}",
)


def runs(**parameters: Any) -> dict[str, Any]:
    return {"Arn": CLUSTER.format("frenchbakery"), "EcsParameters": parameters}


def test_a_rule_sets_off_nothing_of_others(session: CourseSession, others: dict[str, str]):
    aws_lab.make(session)
    sent = aws_lab.writes_of(session)
    events = session.client("events")
    for target_of in SET_OFF:
        with pytest.raises(Refused, match="does not belong"):
            events.put_targets(Rule="frenchbakery-events", Targets=[{"Id": "x", **target_of(others)}])
    with pytest.raises(Refused, match="does not exist"):  # yet
        target = runs(TaskDefinitionArn=DEFINITION.format("tomorrow"))
        events.put_targets(Rule="frenchbakery-events", Targets=[{"Id": "x", **target}])
    assert sent == []
    mine = runs(TaskDefinitionArn=DEFINITION.format("frenchbakery-orders"))
    events.put_targets(Rule="frenchbakery-events", Targets=[{"Id": "x", **mine}])


def test_what_takes_no_tags_twice_is_made_once(session: CourseSession, account: Account):
    sns, ssm = session.client("sns"), session.client("ssm")
    topics = {sns.create_topic(Name="alarms")["TopicArn"] for _ in range(2)}
    for value in ("06:30", "07:00"):
        ssm.put_parameter(Name="/opening", Value=value, Type="String", Overwrite=True)
    assert len(topics) == 1
    assert len(session.guard.ledger.record.intents) == 2
    assert account.client("ssm").get_parameter(Name="/opening")["Parameter"]["Value"] == "07:00"
    with pytest.raises(ClientError, match="ParameterAlreadyExists"):
        ssm.put_parameter(Name="/opening", Value="08:00", Type="String")
    ssm.delete_parameters(Names=["/opening", "/never-there"])
    assert account.client("ssm").describe_parameters()["Parameters"] == []


def test_a_resource_policy_is_signed_in_its_first_statement(session: CourseSession, account: Account):
    session.client("logs").create_log_group(logGroupName="/bread")
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/bread:*"
    document = aws_lab_parts.let_events_write(group, Sid="theirs")
    session.client("logs").put_resource_policy(policyName="bread", policyDocument=document)
    [policy] = account.client("logs").describe_resource_policies()["resourcePolicies"]
    [statement] = json.loads(policy["policyDocument"])["Statement"]
    assert statement == {**json.loads(document)["Statement"][0], "Sid": statement["Sid"]}
    tags = KINDS["logs:resource-policy"].tags(account.client, "bread") or {}
    assert tags[RUN_TAG] == "mine"
    assert session.guard.ledger.record.agrees(Resource("logs:resource-policy", "bread"), tags)
    account.client("logs").put_resource_policy(policyName="bread", policyDocument=document)
    with pytest.raises(Refused, match="does not belong"):
        session.client("logs").delete_resource_policy(policyName="bread")


def test_the_group_of_container_insights_is_made_first(session: CourseSession, account: Account):
    aws_lab.without_moto(session, "ecs.UpdateClusterSettings")
    ecs, group = session.client("ecs"), "/aws/ecs/containerinsights/bread/performance"
    ecs.create_cluster(clusterName="bread")
    enhanced = [{"name": "containerInsights", "value": "enhanced"}]
    for _ in range(2):
        ecs.update_cluster_settings(cluster="bread", settings=enhanced)
    assert Resource("logs:log-group", group) in session.guard.ledger.record.made
    assert (KINDS["logs:log-group"].tags(account.client, group) or {})[RUN_TAG] == "mine"
    ecs.create_cluster(clusterName="old")
    account.client("logs").create_log_group(logGroupName=group.replace("bread", "old"))
    with pytest.raises(Refused, match="insights/old/performance does not belong"):
        ecs.update_cluster_settings(cluster="old", settings=enhanced)


def test_the_main_route_table_is_as_much_the_runs_as_its_vpc(
    session: CourseSession, others: dict[str, str], account: Account
):
    ids, ec2 = aws_lab.make(session), account.client("ec2")

    def lead_to_s3(vpc: str) -> None:
        main = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}]
        [routes] = ec2.describe_route_tables(Filters=main)["RouteTables"]
        session.client("ec2").create_vpc_endpoint(
            VpcId=ids["ec2:vpc"],
            ServiceName="com.amazonaws.us-east-1.dynamodb",
            RouteTableIds=[routes["RouteTableId"]],
        )

    lead_to_s3(ids["ec2:vpc"])
    with pytest.raises(Refused, match="does not belong"):
        lead_to_s3(others["ec2:vpc"])


def test_instances_of_others_take_no_task_and_no_attribute(
    session: CourseSession, others: dict[str, str], account: Account
):
    ids, ecs = aws_lab.make(session), session.client("ecs")
    mine = aws_lab.join(account, "frenchbakery", ids["ec2:instance"])
    theirs = aws_lab.join(account, "frenchbakery", others["ec2:instance"])
    with pytest.raises(Refused, match="does not belong"):
        session.client("ec2").run_instances(
            **aws_lab_parts.machine(ids["ec2:subnet"], others["iam:instance-profile"])
        )
    calls: list[tuple[Callable[..., Any], Callable[[str], dict[str, Any]]]] = [
        (ecs.put_attributes, lambda arn: {"attributes": [{"name": "oven", "targetId": arn}]}),
        (
            ecs.start_task,
            lambda arn: {"taskDefinition": "frenchbakery-orders", "containerInstances": [arn]},
        ),
        (ecs.deregister_container_instance, lambda arn: {"containerInstance": arn, "force": True}),
    ]
    for call, request_of in calls:
        with pytest.raises(Refused, match="does not belong"):
            call(cluster="frenchbakery", **request_of(theirs))
    for call, request_of in (calls[0], calls[2]):  # moto starts a task only from a definition for EC2
        call(cluster="frenchbakery", **request_of(mine))


def test_a_run_has_no_more_than_three_instances(session: CourseSession, account: Account):
    ids, ec2 = aws_lab.make(session), session.client("ec2")

    def start(count: int) -> list[str]:
        place = aws_lab_parts.machine(ids["ec2:subnet"], ids["iam:instance-profile"])
        started = ec2.run_instances(**place | {"MinCount": count, "MaxCount": count})["Instances"]
        return [instance["InstanceId"] for instance in started]

    account.client("ec2").run_instances(ImageId="ami-12c6146b", MinCount=3, MaxCount=3)  # not this run's
    with pytest.raises(Refused, match=r"at most 3 at a time.* has 1 already"):
        start(3)
    more = start(2)
    with pytest.raises(Refused, match="has 3 already"):
        start(1)
    ec2.terminate_instances(InstanceIds=more)
    start(1)


def test_a_groups_instances_are_as_much_the_runs_as_their_group(
    session: CourseSession, others: dict[str, str], account: Account
):
    aws_lab.make(session)
    groups, ecs = account.client("autoscaling"), session.client("ecs")
    instances, nodes = {}, {}
    for name in ("frenchbakery-pool", others["autoscaling:group"]):
        groups.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=1)
        [group] = groups.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        [instances[name]] = [one["InstanceId"] for one in group["Instances"]]
        nodes[name] = aws_lab.join(account, "frenchbakery", instances[name])
    mine, theirs = nodes.values()
    ecs.put_attributes(cluster="frenchbakery", attributes=[{"name": "oven", "targetId": mine}])
    with pytest.raises(Refused, match="does not belong"):
        ecs.put_attributes(cluster="frenchbakery", attributes=[{"name": "oven", "targetId": theirs}])
    mine, theirs = instances.values()
    with pytest.raises(Refused, match="does not belong"):
        session.client("ec2").terminate_instances(InstanceIds=[theirs])
    session.client("ec2").terminate_instances(InstanceIds=[mine])


def test_a_run_has_one_group_in_its_own_subnets(session: CourseSession, others: dict[str, str]):
    ids, groups = aws_lab.make(session), session.client("autoscaling")
    subnets = {
        ids["ec2:subnet"]: r"at most 1 at a time.* has 1 already",
        others["ec2:subnet"]: "does not belong",
    }
    for subnet, problem in subnets.items():
        with pytest.raises(Refused, match=problem):
            groups.create_auto_scaling_group(
                **aws_lab_parts.group("another", ids["ec2:launch-template"], [ids["ec2:subnet"], subnet])
            )


def test_what_instances_burst_is_not_paid_for(session: CourseSession):
    asked: list[str] = []
    session.events.register(
        "before-call.ec2.RunInstances",
        lambda params, **_: asked.append(params["body"]["CreditSpecification.CpuCredits"]),
    )
    aws_lab.make(session)
    assert asked == ["standard"]


def test_an_event_sets_off_the_runs_rules_only(session: CourseSession, account: Account):
    events, entry = session.client("events"), {"Source": "bread", "DetailType": "hot", "Detail": "{}"}
    events.put_rule(Name="mine", EventPattern=json.dumps({"source": ["bread"]}))
    account.client("events").put_rule(Name="cake", EventPattern=json.dumps({"source": ["cake"]}))
    account.client("events").put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    events.put_events(Entries=[entry])
    for pattern in ({"source": [{"prefix": "br"}]}, {"detail-type": ["cold"]}, {"source": ["bread"]}):
        account.client("events").put_rule(Name="theirs", EventPattern=json.dumps(pattern))
        with pytest.raises(Refused, match="theirs does not belong"):
            events.put_events(Entries=[entry])


def test_a_rules_task_is_as_much_the_runs_as_its_rule(session: CourseSession, account: Account):
    aws_lab.make(account, "frenchbakery-prod")
    aws_lab.make(session)
    mine, theirs = (
        aws_lab.set_off(account, "frenchbakery", rule)
        for rule in ("frenchbakery-events", "frenchbakery-prod-events")
    )
    guarded = session.client("ecs")
    with pytest.raises(Refused, match="does not belong"):
        guarded.stop_task(cluster="frenchbakery", task=theirs)
    session.client("events").remove_targets(Rule="frenchbakery-events", Ids=["logs"])
    session.client("events").delete_rule(Name="frenchbakery-events")
    guarded.stop_task(cluster="frenchbakery", task=mine)


@pytest.mark.parametrize("place", ["us-east-1:999999999999", f"eu-west-3:{ACCOUNT}"])
def test_the_same_name_elsewhere_is_not_the_runs(session: CourseSession, sent: list[str], place: str):
    """DynamoDB takes a table's ARN for its name, of another account's table too."""
    dynamodb = session.client("dynamodb")
    dynamodb.create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with pytest.raises(Refused, match="does not belong"):
        session.client("dynamodb").delete_table(TableName=f"arn:aws:dynamodb:{place}:table/orders")
    assert sent == ["dynamodb:CreateTable"]
    dynamodb.delete_table(TableName=f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders")


def test_what_goes_past_boto3_may_ask_the_guard(session: CourseSession, account: Account):
    account.client("ecr").create_repository(repositoryName="theirs")
    session.client("ecr").create_repository(repositoryName="mine")
    session.guard.require(Resource("ecr:repository", "mine"))
    with pytest.raises(Refused, match="theirs does not belong"):
        session.guard.require(Resource("ecr:repository", "theirs"))


def test_a_composite_alarm_that_took_a_name_answers_for_it():
    def describe_alarms(AlarmNames: list[str], AlarmTypes: list[str]) -> dict[str, Any]:
        assert "CompositeAlarm" in AlarmTypes
        return {"MetricAlarms": [], "CompositeAlarms": [{"AlarmArn": f"arn:{AlarmNames[0]}"}]}

    cloudwatch = SimpleNamespace(
        describe_alarms=describe_alarms,
        list_tags_for_resource=lambda ResourceARN: {"Tags": [{"Key": "of", "Value": ResourceARN}]},
    )
    assert KINDS["cloudwatch:alarm"].tags(lambda _: cloudwatch, "cpu") == {"of": "arn:cpu"}


def test_another_runs_resources_are_foreign(session: CourseSession, others: dict[str, str]):
    with pytest.raises(Refused, match="dynamodb:table theirs-orders"):
        session.client("dynamodb").delete_table(TableName="theirs-orders")


def test_a_resource_in_the_ledger_that_lost_its_tag_is_left(session: CourseSession, account: Account):
    session.client("ecr").create_repository(repositoryName="bread")
    ecr = account.client("ecr")
    ecr.delete_repository(repositoryName="bread")
    ecr.create_repository(repositoryName="bread")
    with pytest.raises(Refused, match="ecr:repository bread"):
        session.client("ecr").delete_repository(repositoryName="bread")


def test_a_resource_with_the_tag_that_the_ledger_does_not_know_is_left(
    session: CourseSession, account: Account
):
    account.client("ecr").create_repository(
        repositoryName="bread",
        tags=[{"Key": RUN_TAG, "Value": "mine"}, {"Key": INTENT_TAG, "Value": "000000000000"}],
    )
    with pytest.raises(Refused, match="ecr:repository bread"):
        session.client("ecr").delete_repository(repositoryName="bread")


def test_what_was_never_there_is_not_asked_of_aws(session: CourseSession, sent: list[str]):
    with pytest.raises(Refused, match="does not exist"):
        session.client("ecr").delete_repository(repositoryName="nothing")
    assert sent == []


def test_code_that_passes_over_what_is_gone_passes_over_what_was_never_there(session: CourseSession):
    with unless_it_is_gone():
        session.client("logs").delete_log_group(logGroupName="/nothing")


def test_what_the_run_deleted_already_gets_awss_own_answer(session: CourseSession):
    ecr = session.client("ecr")
    ecr.create_repository(repositoryName="bread")
    ecr.delete_repository(repositoryName="bread")
    with pytest.raises(ClientError, match="RepositoryNotFoundException"):
        ecr.delete_repository(repositoryName="bread")


def definition(**log: str) -> dict[str, Any]:
    return {
        "family": "f",
        "containerDefinitions": [
            {"name": "a", "image": "b", "logConfiguration": {"logDriver": "awslogs", "options": log}}
        ],
    }


def policy(action: object, **principal: object) -> str:
    return json.dumps({"Statement": {"Effect": "Allow", "Action": action, "Resource": "*", **principal}})


MANAGED = {"infrastructureRoleArn": "x", "instanceLaunchTemplate": {}}
FORBIDDEN: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "iam",
        "attach_role_policy",
        {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "lab’s roles need",
    ),
    (
        "iam",
        "attach_role_policy",
        {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/service-role/Own"},
        "lab’s roles need",
    ),
    ("iam", "put_role_policy", {"PolicyName": "p", "PolicyDocument": policy("*")}, "everything"),
    (
        "iam",
        "put_role_policy",
        {"PolicyName": "p", "PolicyDocument": policy(["s3:GetObject", "iam:*"])},
        "everything",
    ),
    (
        "iam",
        "create_role",
        {"AssumeRolePolicyDocument": policy("sts:AssumeRole", Principal="*")},
        "AWS services",
    ),
    (
        "iam",
        "create_role",
        {"AssumeRolePolicyDocument": policy("sts:AssumeRole", Principal={"AWS": "111122223333"})},
        "AWS services",
    ),
    ("ecs", "register_task_definition", definition(**{"awslogs-create-group": "true"}), "log group"),
    (
        "ecs",
        "create_cluster",
        {"clusterName": "c", "settings": [{"name": "containerInsights", "value": "enabled"}]},
        "Insights",
    ),
    ("iam", "put_role_policy", {"PolicyName": "p", "PolicyDocument": policy("*:*")}, "everything"),
    ("iam", "put_role_policy", {"PolicyName": "p", "PolicyDocument": policy("iam:Put*")}, "everything"),
    ("ecs", "create_capacity_provider", {"name": "p", "managedInstancesProvider": MANAGED}, "parameters"),
    ("ecs", "delete_capacity_provider", {"capacityProvider": "p", "cluster": "c"}, "parameters"),
    *(
        (
            "autoscaling",
            "create_auto_scaling_group",
            aws_lab_parts.group("g", "t", ["subnet-1"], **odd),
            "at most four",
        )
        for odd in (
            {"MaxSize": 5},
            {"VPCZoneIdentifier": ""},
            {"LaunchTemplate": {"LaunchTemplateId": "lt-1"}},
            {"LaunchConfigurationName": "theirs"},
            {"DeletionProtection": "prevent-all-deletion"},
            {"TargetGroupARNs": ["theirs"]},
        )
    ),
    *(
        (
            "ec2",
            "create_launch_template",
            {"LaunchTemplateName": "t", "LaunchTemplateData": aws_lab_parts.started("p", **odd)},
            "only t3.micro",
        )
        for odd in (
            {"InstanceType": "m7i.large"},
            {"CreditSpecification": {"CpuCredits": "unlimited"}},
            {"BlockDeviceMappings": []},
            {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"}]},
            {"InstanceMarketOptions": {}},
        )
    ),
    ("ec2", "delete_launch_template", {"LaunchTemplateId": "lt-1"}, "parameters"),
    (
        "ecs",
        "create_cluster",
        {"clusterName": "c", "serviceConnectDefaults": {"namespace": "n"}},
        "parameters",
    ),
    (
        "ecs",
        "run_task",
        {"taskDefinition": "f", "volumeConfigurations": [{"name": "disk"}]},
        "parameters",
    ),
    (
        "dynamodb",
        "update_table",
        {"TableName": "t", "ReplicaUpdates": [{"Create": {"RegionName": "eu-west-3"}}]},
        "parameters",
    ),
    ("dynamodb", "update_table", {"TableName": "t", "DeletionProtectionEnabled": True}, "parameters"),
    (
        "elbv2",
        "modify_load_balancer_attributes",
        {"LoadBalancerArn": "a", "Attributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]},
        "parameters",
    ),
    (
        "eks",
        "update_cluster_config",
        {"name": "c", "logging": {"clusterLogging": [{"types": ["api"], "enabled": True}]}},
        "parameters",
    ),
    (
        "cloudwatch",
        "put_metric_alarm",
        {
            "AlarmName": "a",
            "ComparisonOperator": "LessThanThreshold",
            "EvaluationPeriods": 1,
            "AlarmActions": ["arn:aws:automate:us-east-1:ec2:terminate"],
        },
        "tells people",
    ),
    ("ec2", "delete_security_group", {"GroupId": "sg-1", "GroupName": "default"}, "does not name"),
    (
        "cloudformation",
        "create_stack",
        {"StackName": "s", "TemplateBody": "{}"},
        "makes its resources itself",
    ),
    ("cloudformation", "delete_stack", {"StackName": "s"}, "makes its resources itself"),
    ("iam", "create_user", {"UserName": "eve"}, "without passing the safeguard"),
    ("iam", "create_access_key", {}, "without passing the safeguard"),
    ("ecr", "delete_registry_policy", {}, "whole registry"),
    ("ecr", "put_registry_scanning_configuration", {"scanType": "BASIC"}, "one by one"),
    ("ec2", "create_tags", {"Resources": ["i-1"], "Tags": []}, "does not name"),
    *(
        ("ec2", "run_instances", aws_lab_parts.machine("subnet-1", "p", **odd), "only t3.micro")
        for odd in (
            {"InstanceType": "t3.large"},
            {"NetworkInterfaces": []},
            {"DisableApiTermination": True},
            {"LaunchTemplate": {"LaunchTemplateName": "theirs"}},
            {"BlockDeviceMappings": [{"DeviceName": "/dev/sdb", "Ebs": {"DeleteOnTermination": False}}]},
        )
    ),
    ("ec2", "run_instances", {"MinCount": 1, "MaxCount": 1, "InstanceType": "t3.micro"}, "only t3.micro"),
    (
        "ec2",
        "create_vpc_endpoint",
        {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1"},
        "parameters",
    ),
    ("ec2", "create_vpc_endpoint", {"VpcId": "vpc-1", "ServiceName": "marketplace"}, "parameters"),
    (
        "ec2",
        "create_vpc_endpoint",
        {"VpcId": "vpc-1", "ServiceName": S3, "VpcEndpointType": "ServiceNetwork"},
        "parameters",
    ),
    ("ecs", "put_attributes", {"attributes": [{"name": "oven"}]}, "parameters"),
    ("events", "put_events", {"Entries": [{"Source": "bread", "EventBusName": "theirs"}]}, "parameters"),
    ("events", "put_events", {"Entries": [{"Source": "bread"}], "EndpointId": "x"}, "parameters"),
    ("events", "put_events", {"Entries": [{"Source": "bread"}]}, "does not name"),
    (
        "ec2",
        "create_tags",
        {"Resources": ["vpc-1"], "Tags": [{"Key": RUN_TAG, "Value": "x"}]},
        "not to be changed",
    ),
    ("ec2", "delete_security_group", {"GroupName": "default"}, "does not name"),
    ("logs", "put_resource_policy", {"policyName": "p", "policyDocument": policy("logs:*")}, "AWS services"),
    (
        "logs",
        "put_resource_policy",
        {"policyName": "p", "policyDocument": policy("logs:*", Principal={"Service": "events"})},
        "other log groups",
    ),
    ("logs", "start_query", {"queryString": "SOURCE logGroups()", "startTime": 0, "endTime": 1}, "not name"),
    ("secretsmanager", "create_secret", {"Name": "s", "KmsKeyId": "alias/theirs"}, "parameters"),
    ("secretsmanager", "create_secret", {"Name": "s", "AddReplicaRegions": [{}]}, "parameters"),
    ("ssm", "put_parameter", {"Name": "p", "Value": "v", "Tier": "Advanced"}, "parameters"),
    ("events", "put_rule", {"Name": "r", "EventBusName": "theirs"}, "parameters"),
    (
        "events",
        "put_targets",
        {"Rule": "r", "Targets": [{"Id": "x", "Arn": "arn:aws:lambda:us-east-1:1:function:f"}]},
        "does nothing else",
    ),
    ("ecr", "create_repository", {"repositoryName": "r", "registryId": "111122223333"}, "not your account’s"),
]


@pytest.mark.parametrize(("service", "call", "request_", "reason"), FORBIDDEN)
def test_what_would_be_dangerous_or_leave_traces_is_refused(
    session: CourseSession, sent: list[str], service: str, call: str, request_: dict[str, Any], reason: str
):
    if service == "iam":
        request_ = {"RoleName": "role", **request_}
    with pytest.raises(Refused, match=reason):
        getattr(session.client(service), call)(**request_)
    assert sent == []


def test_the_accounts_own_default_does_not_turn_container_insights_on(session: CourseSession):
    cluster = session.client("ecs").create_cluster(clusterName="c")["cluster"]
    assert cluster["settings"] == [{"name": "containerInsights", "value": "disabled"}]


def test_another_region_is_out_of_reach(session: CourseSession):
    with pytest.raises(Refused, match="us-east-1"):
        session.client("ecr", region_name="eu-west-3").describe_repositories()


def test_refusals_speak_french(session: CourseSession, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COURSE_LANG", "fr")
    with pytest.raises(Refused, match="n’a pas été envoyé"):
        session.client("iam").create_user(UserName="eve")


def test_the_local_cloud_refuses_nothing_but_still_tags_and_writes(session: CourseSession, account: Account):
    import boto3

    local = CourseSession(world="local", endpoint_url=account.endpoint, region_name="us-east-1")
    local.watch(session.guard.ledger)
    local.client("iam").create_user(UserName="ada")
    local.client("ecr").create_repository(repositoryName="bread")
    assert Resource("ecr:repository", "bread") in local.guard.ledger.record.made
    assert isinstance(local.guard, Guard) and isinstance(local, boto3.Session)


def test_no_write_is_signed_for_use_elsewhere(session: CourseSession):
    session.client("ecr").create_repository(repositoryName="bread")
    with pytest.raises(Refused):
        session.client("ecr").generate_presigned_url("delete_repository", Params={"repositoryName": "bread"})
    assert session.client("ecr").generate_presigned_url("describe_repositories")


def test_the_resource_interface_is_guarded_too(session: CourseSession):
    vpc = session.resource("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    assert {"Key": RUN_TAG, "Value": "mine"} in vpc.tags

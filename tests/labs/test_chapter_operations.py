"""Notebook 07: its challenges untouched, wrong and solved; its ground laid twice and taken away twice."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from labs.chapters import challenge, chapter, rights
from labs.chapters.ground import roles
from labs.chapters.operations import errors, ground, labels, orders, payments, reviews
from labs.chapters.operations.errors import Alarm
from labs.chapters.operations.labels import Run
from labs.chapters.operations.payments import GROUP, Found
from labs.chapters.operations.reviews import Service
from labs.cloud import client
from labs.lab import Lab

pytest_plugins = ["lasting_lab"]


def judged(module: Any, found: Any) -> str:
    return "; ".join(module.problems(found))


@pytest.mark.parametrize("module", [errors, labels, orders, reviews])
def test_nothing_there_is_not_attempted(module: Any) -> None:
    assert not module.attempted(None)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Found(True, 90, (GROUP,)), ""),
        (Found(True, 90, (GROUP, GROUP)), ""),
        (Found(False, None, (GROUP,)), "does not exist"),
        (Found(True, None, (GROUP,)), "never expire"),
        (Found(True, 60, (GROUP,)), "go after 60 days"),
        (Found(True, 120, (GROUP,)), "stay for 120 days"),
        (Found(True, 90, None), "no active definition"),
        (Found(True, 90, (GROUP, "")), "does not go to"),
        (Found(True, 90, ("/operations/planner",)), "does not go to"),
    ],
)
def test_payments(found: Found, words: str) -> None:
    assert payments.attempted(found)
    assert (judged(payments, found) == "") == (words == "")
    assert words in judged(payments, found)


def test_only_awslogs_writes_to_a_group() -> None:
    options = {"options": {"awslogs-group": GROUP}}
    assert payments.group_of({"logConfiguration": {"logDriver": "awslogs", **options}}) == GROUP
    assert payments.group_of({"logConfiguration": {"logDriver": "splunk", **options}}) == ""
    assert payments.group_of({}) == ""


def test_payments_untouched() -> None:
    assert not payments.attempted(Found(False, None, None))


RIGHT = Alarm(
    dimensions={"LoadBalancer": "app/operations/1"},
    balancer="app/operations/1",
    targets="targetgroup/operations/2",
)


def seen(**more: str) -> Alarm:
    """The right alarm with more dimensions."""
    return replace(RIGHT, dimensions={**RIGHT.dimensions, **more})


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (RIGHT, ""),
        (replace(RIGHT, threshold=6, comparison="GreaterThanOrEqualToThreshold"), ""),
        (replace(RIGHT, threshold=5.5), ""),
        (seen(TargetGroup="targetgroup/operations/2"), ""),
        (seen(TargetGroup="targetgroup/other/3"), "only a part of the load balancer: TargetGroup"),
        (seen(AvailabilityZone="us-east-1a"), "only a part of the load balancer: AvailabilityZone"),
        (replace(RIGHT, unit="Seconds"), "does not watch the 5xx"),
        (replace(RIGHT, metric=("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count")), "does not watch the 5xx"),
        (replace(RIGHT, metric=("AWS/ECS", errors.METRIC)), "does not watch the 5xx"),
        (replace(RIGHT, dimensions={}), "this notebook’s load balancer"),
        (replace(RIGHT, dimensions={"LoadBalancer": "app/other/2"}), "this notebook’s load balancer"),
        (replace(RIGHT, statistic="Average"), "statistic Average"),
        (replace(RIGHT, statistic=""), "statistic —"),
        (replace(RIGHT, period=300), "lasts 300 seconds"),
        (replace(RIGHT, threshold=6), "5 errors in a minute and 6"),
        (replace(RIGHT, comparison="GreaterThanOrEqualToThreshold"), "5 errors in a minute and 6"),
        (replace(RIGHT, comparison="LessThanThreshold"), "5 errors in a minute and 6"),
        (replace(RIGHT, bad=3), "3 bad minute(s) out of 3"),
        (replace(RIGHT, of=2), "2 bad minute(s) out of 2"),
        (replace(RIGHT, missing="missing"), "has no point"),
        (replace(RIGHT, topics=()), "nobody is told"),
        (replace(RIGHT, topics=("other",)), "nobody is told"),
    ],
)
def test_errors(found: Alarm, words: str) -> None:
    assert (judged(errors, found) == "") == (words == "")
    assert words in judged(errors, found)


KEY = "arn:aws:ssm:us-east-1:123456789012:parameter/operations/printer-key"
READ = Run("SecureString", {"PRINTER_KEY": KEY}, (), "operations-labels", (KEY,), "STOPPED", 0)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (READ, ""),
        (replace(READ, secrets={"PRINTER_KEY": "/operations/printer-key"}), ""),
        (replace(READ, parameter=None), "does not exist"),
        (replace(READ, parameter="String"), "in plain text"),
        (replace(READ, secrets={}, environment=("PRINTER_KEY",)), "can be read in the definition"),
        (replace(READ, secrets={}), "does not get"),
        (replace(READ, secrets={"KEY": KEY}), "does not get"),
        (replace(READ, secrets={"PRINTER_KEY": f"{KEY}-2"}), "does not get"),
        (replace(READ, role="operations-execution"), "everybody’s execution role"),
        (replace(READ, reads=("*",)), "other parameters or secrets"),
        (replace(READ, reads=(KEY, KEY.replace("printer-key", "recipe"))), "other parameters or secrets"),
        (replace(READ, status="RUNNING", exit_code=None), "has not ended"),
        (replace(READ, exit_code=None, code="TaskFailedToStart"), "did not start"),
        (replace(READ, exit_code=1), "exit code 1"),
    ],
)
def test_labels(found: Run, words: str) -> None:
    assert (judged(labels, found) == "") == (words == "")
    assert words in judged(labels, found)


EVERYTHING = {"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}
BUT_OURS = {"Effect": "Deny", "Action": "ssm:*", "NotResource": KEY}
BUT_ALL_OF_OPERATIONS = BUT_OURS | {"NotResource": KEY.replace("printer-key", "*")}
BUT_ANOTHER = {"Effect": "Deny", "Action": "ssm:*", "Resource": KEY.replace("printer-key", "recipe")}
OTHER_SECRETS = {"Effect": "Allow", "NotAction": "ssm:*", "NotResource": KEY}


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ([EVERYTHING], "other parameters or secrets"),
        ([EVERYTHING, BUT_OURS], ""),
        ([EVERYTHING, BUT_ALL_OF_OPERATIONS], "other parameters or secrets"),
        ([EVERYTHING, BUT_ANOTHER], "other parameters or secrets"),
        ([EVERYTHING, BUT_OURS, OTHER_SECRETS], "other parameters or secrets"),
    ],
)
def test_what_a_role_is_denied_it_does_not_read(statements: list[dict[str, Any]], words: str) -> None:
    found = replace(READ, reads=tuple(labels.reads([json.dumps({"Statement": statements})])))
    assert (judged(labels, found) == "") == (words == "")
    assert words in judged(labels, found)


HARDENED: dict[str, Any] = {
    "requiresCompatibilities": ["FARGATE"],
    "executionRoleArn": "arn:aws:iam::123456789012:role/operations-execution",
    "taskRoleArn": "arn:aws:iam::123456789012:role/operations-orders",
    "containerDefinitions": [
        {
            "name": "orders",
            "user": "10001:10001",
            "readonlyRootFilesystem": True,
            "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/scratch"}],
            "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
        }
    ],
}


def container(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda found: found["containerDefinitions"][0].update(changes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (container(), ""),
        (container(user="10001"), ""),
        (container(user=None), "runs as root"),
        (container(user="root"), "runs as root"),
        (container(user="0:10001"), "runs as root"),
        (container(readonlyRootFilesystem=False), "rewrite its own file system"),
        (container(mountPoints=[]), "nowhere to write"),
        (
            container(mountPoints=[{"containerPath": "/scratch", "readOnly": True}]),
            "nowhere to write",
        ),
        (container(linuxParameters={}), "keeps capabilities"),
        (container(linuxParameters={"capabilities": {"drop": ["NET_RAW"]}}), "keeps capabilities"),
        (
            container(linuxParameters={"capabilities": {"drop": ["ALL"], "add": ["SYS_PTRACE"]}}),
            "keeps capabilities",
        ),
        (container(privileged=True), "has the host’s powers"),
        (lambda found: found.pop("taskRoleArn"), "no role of its own"),
        (lambda found: found.update(taskRoleArn=found["executionRoleArn"]), "rights of the execution role"),
        (
            lambda found: found.update(taskRoleArn="arn:aws:iam::1:role/operations-reader"),
            "operations-reader, a role",
        ),
        (lambda found: found.pop("requiresCompatibilities"), "not made for Fargate"),
        (lambda found: found["containerDefinitions"].append({"name": "helper"}), "“helper” runs as root"),
    ],
)
def test_orders(change: Callable[[dict[str, Any]], None], words: str) -> None:
    found = copy.deepcopy(HARDENED)
    change(found)
    assert (judged(orders, found) == "") == (words == "")
    assert words in judged(orders, found)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Service((256, 512), ((256, 512),)), ""),
        (Service((256, 1024), ((256, 1024),)), "cost more than"),
        (Service((512, 1024), ((512, 1024),)), "cost more than"),
        (Service((128, 512), ((128, 512),)), "not enough for the busiest day"),
        (Service((256, 256), ((256, 256),)), "not enough for the busiest day"),
        (Service((0, 0), ((1024, 4096),)), "not enough for the busiest day"),
        (Service((256, 512), ()), "no task of the service is running"),
        (Service((256, 512), ((256, 512), (1024, 4096))), "still running: 1024/4096"),
    ],
)
def test_reviews(found: Service, words: str) -> None:
    assert reviews.attempted(found)
    assert (judged(reviews, found) == "") == (words == "")
    assert words in judged(reviews, found)


def test_reviews_untouched() -> None:
    assert not reviews.attempted(Service(ground.FIRST_SIZE, (ground.FIRST_SIZE,)))


def left(lab: Lab) -> list[str]:
    """What exists of the notebook's."""
    names = (
        "ecs",
        "ec2",
        "ecr",
        "elbv2",
        "iam",
        "logs",
        "cloudwatch",
        "events",
        "sns",
        "secretsmanager",
        "ssm",
    )
    ecs, ec2, ecr, elbv2, iam, logs, cloudwatch, events, sns, secrets, ssm = map(lab.session.client, names)
    ours = [{"Name": "tag:Name", "Values": [ground.NAME]}]
    groups = [{"Name": "group-name", "Values": [ground.BALANCER_GROUP, ground.TASKS_GROUP]}]
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    clusters = ecs.describe_clusters(clusters=[ground.NAME])["clusters"]
    return [
        *(cluster["clusterName"] for cluster in clusters if cluster["status"] != "INACTIVE"),
        *ecs.list_task_definitions()["taskDefinitionArns"],
        *(vpc["VpcId"] for vpc in ec2.describe_vpcs(Filters=ours)["Vpcs"]),
        *(found["GroupName"] for found in ec2.describe_security_groups(Filters=groups)["SecurityGroups"]),
        *(found["LoadBalancerName"] for found in elbv2.describe_load_balancers()["LoadBalancers"]),
        *(found["TargetGroupName"] for found in elbv2.describe_target_groups()["TargetGroups"]),
        *(found["repositoryName"] for found in ecr.describe_repositories()["repositories"]),
        *(role for role in roles if role.startswith(ground.NAME)),
        *(found["logGroupName"] for found in logs.describe_log_groups()["logGroups"]),
        *(found["AlarmName"] for found in cloudwatch.describe_alarms()["MetricAlarms"]),
        *(found["Name"] for found in events.list_rules()["Rules"]),
        *(found["TopicArn"] for found in sns.list_topics()["Topics"]),
        *(found["Name"] for found in secrets.list_secrets()["SecretList"]),
        *(found["Name"] for found in ssm.get_parameters_by_path(Path="/operations")["Parameters"]),
    ]


def leave_signals(lab: Lab) -> None:
    """What the notebook's own cells make besides: events, a secret, parameters, a shorter minute."""
    events, logs, secrets, ssm = map(lab.session.client, ("events", "logs", "secretsmanager", "ssm"))
    for group in ground.GROUPS:
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            logs.create_log_group(logGroupName=group)
    [told] = logs.describe_log_groups(logGroupNamePrefix="/aws/events/operations")["logGroups"]
    logs.put_resource_policy(policyName=ground.NAME, policyDocument="{}")
    events.put_rule(Name=ground.RULE, EventPattern='{"source": ["aws.ecs"]}')
    events.put_targets(Rule=ground.RULE, Targets=[{"Id": "logs", "Arn": told["arn"]}])
    secrets.create_secret(Name=ground.DATABASE, SecretString="{}")
    ssm.put_parameter(Name="/operations/recipe", Value="24 h", Type="String")
    client.set_pace(30)


def test_the_ground_and_every_challenge_in_the_local_cloud(lab: Lab) -> None:
    for _ in range(2):
        lab.prepare("operations")
    for found in chapter("operations").challenges:
        assert found.check(lab.session).state == "not_attempted", found.name
        for _ in range(2):
            for part in found.solution:
                part(lab)
            outcome = found.check(lab.session)
            assert outcome.state == "passed", outcome
    leave_signals(lab)
    assert left(lab)
    for _ in range(2):
        lab.clean_up("operations")
    assert left(lab) == []
    assert client.pace() == ground.USUAL_MINUTE
    for found in chapter("operations").challenges:
        assert found.check(lab.session).state == "not_attempted", found.name


def look_through_the_alarm(lab: Lab) -> None:
    """An alarm written as a query is read like any other; one whose actions are off tells nobody."""
    cloudwatch, elbv2, sns = map(lab.session.client, ("cloudwatch", "elbv2", "sns"))
    [balancer] = elbv2.describe_load_balancers(Names=[ground.NAME])["LoadBalancers"]
    name = balancer["LoadBalancerArn"].partition("loadbalancer/")[2]
    metric = {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": errors.METRIC,
        "Dimensions": [{"Name": "LoadBalancer", "Value": name}],
    }
    cloudwatch.delete_alarms(AlarmNames=[errors.ALARM])
    query = {
        "AlarmName": errors.ALARM,
        "Metrics": [{"Id": "e", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}],
        "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold",
        "DatapointsToAlarm": 2,
        "EvaluationPeriods": 3,
        "TreatMissingData": "notBreaching",
        "AlarmActions": [sns.create_topic(Name=ground.TOPIC)["TopicArn"]],
    }
    cloudwatch.put_metric_alarm(**query)
    assert challenge("operations-errors").check(lab.session).state == "passed"
    cloudwatch.put_metric_alarm(**query, ActionsEnabled=False)
    [reason] = challenge("operations-errors").check(lab.session).reasons
    assert "nobody is told" in reason


def look_through_the_role(lab: Lab) -> None:
    """Rights count wherever they come from, and only those to read a value; a role that is gone has none."""
    iam = lab.session.client("iam")
    role = "operations-labels"
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps({"Statement": trust}))
    allowed = {"Effect": "Allow", "Action": ["ssm:GetParameter*", "ssm:PutParameter"], "Resource": KEY}
    others = {"Effect": "Allow", "Action": "ssm:DescribeParameters", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed, others]})
    iam.put_role_policy(RoleName=role, PolicyName="key", PolicyDocument=document)
    assert list(labels.reads(rights.policies(lab.session, role))) == [KEY]
    iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess")
    assert list(labels.reads(rights.policies(lab.session, role))) == [KEY, "*"]
    roles.delete(lab, role)
    assert list(labels.reads(rights.policies(lab.session, role))) == []


def look_at_a_size_of_none(lab: Lab) -> None:
    """A definition without a size, as EC2 allows, is too small rather than an error."""
    ecs = lab.session.client("ecs")
    [service] = ecs.describe_services(cluster=ground.NAME, services=["reviews"])["services"]
    found = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    [container] = found["containerDefinitions"]
    arn = ecs.register_task_definition(
        family=found["family"], networkMode="awsvpc", containerDefinitions=[container | {"memory": 400}]
    )["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster=ground.NAME, service="reviews", taskDefinition=arn)
    assert "0 units and 0 MiB" in challenge("operations-reviews").check(lab.session).reasons[0]


def test_a_wrong_world_is_told(lab: Lab) -> None:
    lab.prepare("operations")
    cloudwatch, logs, sns = map(lab.session.client, ("cloudwatch", "logs", "sns"))
    logs.create_log_group(logGroupName=GROUP)
    assert challenge("operations-payments").check(lab.session).state == "failed"
    cloudwatch.put_metric_alarm(
        AlarmName=errors.ALARM,
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Statistic="Average",
        Period=60,
        Threshold=50,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        AlarmActions=[sns.create_topic(Name="somebody-else")["TopicArn"]],
    )
    outcome = challenge("operations-errors").check(lab.session)
    assert outcome.state == "failed"
    assert len(outcome.reasons) == 7, outcome.reasons
    look_through_the_alarm(lab)
    look_through_the_role(lab)
    look_at_a_size_of_none(lab)
    sns.delete_topic(TopicArn=sns.create_topic(Name="somebody-else")["TopicArn"])
    lab.clean_up("operations")
    assert left(lab) == []

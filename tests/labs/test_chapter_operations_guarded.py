"""The operations notebook under the guard of a real account.

Services, waiting for tasks and deleting the network are left to the local cloud: moto alone starts no task, and keeps the
association of a subnet that is gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import aws_lab
import aws_lab_parts
from aws_lab import Account

from labs.chapters import challenge, chapter
from labs.chapters.operations import ground
from labs.lab import Lab
from labs.real.teardown.effects import Patience, carry_out
from labs.real.teardown.plan import plan
from labs.real.teardown.survey import survey
from labs.session import CourseSession

WATCHED = "/operations/planner"
TOLD = "/aws/events/operations"


def lay_the_ground(lab: Lab) -> None:
    for part in chapter("operations").prepare:
        if part is ground.push_image:  # it needs a container engine here
            lab.session.client("ecr").create_repository(repositoryName=ground.REPOSITORY)
        elif part is not ground.create_reviews:
            part(lab)


def see(session: CourseSession) -> None:
    """The notebook's first half: logs, metrics, alarms, events."""
    aws_lab.without_moto(session, "ecs.UpdateClusterSettings")
    ecs, events, logs = (session.client(name) for name in ("ecs", "events", "logs"))
    logs.create_log_group(logGroupName=WATCHED)
    logs.put_retention_policy(logGroupName=WATCHED, retentionInDays=14)
    ecs.update_cluster_settings(
        cluster=ground.NAME, settings=[{"name": "containerInsights", "value": "enhanced"}]
    )
    logs.create_log_group(logGroupName=TOLD)
    [told] = logs.describe_log_groups(logGroupNamePrefix=TOLD)["logGroups"]
    logs.put_resource_policy(
        policyName=ground.NAME, policyDocument=aws_lab_parts.let_events_write(told["arn"])
    )
    pattern = json.dumps({"source": ["aws.ecs", "aws.cloudwatch"]})
    events.put_rule(Name=ground.RULE, EventPattern=pattern)
    events.put_targets(Rule=ground.RULE, Targets=[{"Id": "logs", "Arn": told["arn"]}])
    query = "fields @timestamp, @message | limit 2"
    logs.start_query(logGroupName=WATCHED, startTime=0, endTime=1, queryString=query)
    session.client("cloudwatch").put_metric_alarm(
        AlarmName="operations-planner",
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=2,
        Threshold=50,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[session.client("sns").create_topic(Name=ground.TOPIC)["TopicArn"]],
    )


def protect(session: CourseSession) -> None:
    """Its second half: what is secret, and who reads it."""
    iam, secrets, ssm = (session.client(name) for name in ("iam", "secretsmanager", "ssm"))
    secret = secrets.create_secret(Name=ground.DATABASE, SecretString="levain-1")["ARN"]
    ssm.put_parameter(Name="/operations/opening", Value="06:30", Type="SecureString")
    opening = ssm.get_parameter(Name="/operations/opening")["Parameter"]["ARN"]
    read = {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": opening}
    iam.put_role_policy(
        RoleName=ground.ROLE,
        PolicyName="secrets",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
    )
    secrets.put_secret_value(SecretId=secret, SecretString="levain-2")
    assert secrets.get_secret_value(SecretId=ground.DATABASE)["SecretString"] == "levain-2"


def test_the_guard_lets_the_notebook_through_and_its_ground_be_cleared(
    connect: Callable[..., CourseSession], account: Account
) -> None:
    lab = Lab(connect())
    lay_the_ground(lab)
    see(lab.session)
    protect(lab.session)
    for name in ("operations-payments", "operations-errors", "operations-orders"):
        for part in challenge(name).solution:
            part(lab)
        assert challenge(name).check(lab.session).state == "passed"
    for part in chapter("operations").clean:  # without the challenge on labels: what it makes was never there
        if part is not ground.delete_network:
            part(lab)
    left = survey(lab.session.aws, lab.session.guard.ledger)
    others = {resource.kind for resource in left.mine if not resource.kind.startswith("ec2:")}
    assert others == {"ecs:task-definition"}  # deregistered


def test_a_notebook_that_was_left_halfway_is_taken_away(
    connect: Callable[..., CourseSession], account: Account
) -> None:
    before = aws_lab.everything(account)
    lab = Lab(connect())
    lay_the_ground(lab)
    see(lab.session)
    protect(lab.session)
    for step in plan(survey(lab.session.aws, lab.session.guard.ledger).mine):
        assert carry_out(step, lab.session.aws, Patience(sleep=lambda seconds: None)) is None
    assert survey(lab.session.aws, lab.session.guard.ledger).empty
    assert aws_lab.everything(account) == before

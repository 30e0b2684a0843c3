"""Schedules and events in a running cloud, at a fast pace."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.running import RunningCloud, wait_for
from tests.cloud.stack import Stack

ONCE = "import os; print('ran with', os.environ.get('MODE'))"


@pytest.fixture(scope="module")
def stack(hurried: RunningCloud) -> Stack:
    return Stack(hurried)


@pytest.fixture(scope="module")
def job(stack: Stack) -> str:
    container = stack.container(image=stack.image({"app/main.py": ONCE}))
    return stack.define(container, family=f"{stack.name}-job")


def role(stack: Stack, name: str, service: str, *statements: dict[str, Any]) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    made = stack.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))["Role"]
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    if statements:
        stack.iam.put_role_policy(RoleName=name, PolicyName="run", PolicyDocument=json.dumps(policy))
    return str(made["Arn"])


RUN = {"Effect": "Allow", "Action": ["ecs:RunTask", "iam:PassRole"], "Resource": "*"}


def parameters(stack: Stack, job: str) -> dict[str, Any]:
    vpc = {"Subnets": stack.subnets, "AssignPublicIp": "ENABLED"}
    return {
        "TaskDefinitionArn": job,
        "LaunchType": "FARGATE",
        "TaskCount": 1,
        "NetworkConfiguration": {"awsvpcConfiguration": vpc},
    }


def cluster_arn(stack: Stack) -> str:
    return str(stack.ecs.describe_clusters(clusters=[stack.cluster])["clusters"][0]["clusterArn"])


def started_by(stack: Stack, who: str) -> list[str]:
    found = []
    for status in ("RUNNING", "STOPPED"):
        found += stack.ecs.list_tasks(cluster=stack.cluster, startedBy=who, desiredStatus=status)["taskArns"]
    return found


def narrated(stack: Stack, kind: str) -> list[str]:
    events = stack.cloud.control("GET", "/timeline")["events"]
    return [event["text"] for event in events if event["kind"] == kind]


def test_a_rule_runs_its_task_on_time_with_its_input(stack: Stack, job: str) -> None:
    events = stack.cloud.client("events")
    events.put_rule(Name="nightly", ScheduleExpression="rate(1 minute)")
    target = {
        "Id": "job", "Arn": cluster_arn(stack), "RoleArn": role(stack, "may-run", "events.amazonaws.com", RUN),
        "EcsParameters": parameters(stack, job),
        "Input": json.dumps({"containerOverrides": [{"name": "web", "environment": [{"name": "MODE", "value": "night"}]}]}),
    }  # fmt: skip
    assert events.put_targets(Rule="nightly", Targets=[target])["FailedEntryCount"] == 0
    wait_for(lambda: started_by(stack, "events-rule/nightly"), what="a scheduled task")
    events.disable_rule(Name="nightly")
    wait_for(lambda: "ran with night" in stack.log_lines(), what="the task's output")


def test_a_role_that_may_not_pass_the_tasks_role_runs_nothing(stack: Stack, job: str) -> None:
    events = stack.cloud.client("events")
    half = {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*"}
    events.put_rule(Name="weak", ScheduleExpression="rate(1 minute)")
    target = {
        "Id": "job", "Arn": cluster_arn(stack), "RoleArn": role(stack, "may-half", "events.amazonaws.com", half),
        "EcsParameters": parameters(stack, job),
    }  # fmt: skip
    events.put_targets(Rule="weak", Targets=[target])
    told = wait_for(lambda: narrated(stack, "rule-failed"), what="the refusal")
    events.disable_rule(Name="weak")
    assert "iam:PassRole" in told[0] and not started_by(stack, "events-rule/weak")


def test_a_schedule_of_the_scheduler_runs_once_and_goes(stack: Stack, job: str) -> None:
    scheduler = stack.cloud.client("scheduler")
    target = {
        "Arn": cluster_arn(stack),
        "RoleArn": role(stack, "scheduler-may-run", "scheduler.amazonaws.com", RUN),
        "EcsParameters": parameters(stack, job),
    }
    scheduler.create_schedule(
        Name="once", ScheduleExpression="at(2020-01-01T00:00:00)", FlexibleTimeWindow={"Mode": "OFF"},
        Target=target, ActionAfterCompletion="DELETE",
    )  # fmt: skip
    wait_for(lambda: started_by(stack, "chronos-schedule/once"), what="the task")
    wait_for(lambda: not scheduler.list_schedules()["Schedules"], what="the schedule's end")


def test_targets_and_expressions_that_cannot_be_kept_are_refused(stack: Stack) -> None:
    events = stack.cloud.client("events")
    with pytest.raises(ClientError, match="ScheduleExpression is not valid"):
        events.put_rule(Name="bad", ScheduleExpression="cron(0 8 * * *)")
    events.put_rule(Name="good", EventPattern=json.dumps({"source": ["aws.ecs"]}))
    for arn, words in (
        ("arn:aws:lambda:us-east-1:123456789012:function:f", "does not emulate the EventBridge target"),
        (cluster_arn(stack), "RoleArn is required"),
    ):
        with pytest.raises(ClientError, match=words):
            events.put_targets(Rule="good", Targets=[{"Id": "1", "Arn": arn}])
    events.delete_rule(Name="good")


def test_ecs_tells_queues_and_topics_of_its_tasks(stack: Stack, job: str) -> None:
    events, sqs = stack.cloud.client("events"), stack.cloud.client("sqs")
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {"lastStatus": ["STOPPED"]},
    }
    events.put_rule(Name="stopped", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="stopped", Targets=[{"Id": "queue", "Arn": arn}])
    task = stack.run(job)

    def bodies() -> list[dict[str, Any]]:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [body for each in found if task in (body := json.loads(each["Body"]))["resources"]]

    told = wait_for(bodies, what="the event")[0]
    assert told["detail"]["stopCode"] == "EssentialContainerExited" and told["source"] == "aws.ecs"
    events.remove_targets(Rule="stopped", Ids=["queue"])
    events.delete_rule(Name="stopped")


def test_an_event_is_written_anew_for_its_target_and_kept_in_an_archive(stack: Stack) -> None:
    events, sqs = stack.cloud.client("events"), stack.cloud.client("sqs")
    queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    bus = events.describe_event_bus()["Arn"]
    events.create_archive(ArchiveName="all", EventSourceArn=bus)
    events.put_rule(Name="sold", EventPattern=json.dumps({"source": ["bakery"]}))
    paths = {"what": "$.detail.product", "count": "$.detail.count"}
    written = {"InputPathsMap": paths, "InputTemplate": '"<count> of <what>"'}
    events.put_targets(Rule="sold", Targets=[{"Id": "queue", "Arn": arn, "InputTransformer": written}])
    sold = {"Source": "bakery", "DetailType": "sale", "Detail": '{"product": "fougasse", "count": 2}'}
    assert events.put_events(Entries=[sold])["FailedEntryCount"] == 0
    [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == '"2 of fougasse"'
    assert events.describe_archive(ArchiveName="all")["EventCount"] == 1
    events.delete_archive(ArchiveName="all")


def test_no_topic_posts_to_a_web_address(stack: Stack) -> None:
    sns = stack.cloud.client("sns")
    topic = sns.create_topic(Name="loud")["TopicArn"]
    with pytest.raises(ClientError, match="does not emulate http subscriptions"):
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://127.0.0.1:1/")

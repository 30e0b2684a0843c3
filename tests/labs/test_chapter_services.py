"""Notebook 03b: its challenges untouched, wrong and solved; its ground laid twice and taken away twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from labs.chapters import challenge, chapter
from labs.chapters.ground.waiting import PATIENCE
from labs.chapters.services import archive, ground, labels, orders, saturday, window
from labs.chapters.services.archive import Plan
from labs.chapters.services.labels import Service
from labs.chapters.services.orders import Group
from labs.chapters.services.saturday import PARIS, Action
from labs.chapters.services.window import METRIC, Scaling, Tracking
from labs.lab import Lab

pytest_plugins = ["lasting_lab"]

NAMES = [each.name for each in chapter("services").challenges]
WEDNESDAY = datetime(2026, 11, 18, 12, tzinfo=UTC)
NEXT_YEAR = WEDNESDAY + timedelta(days=365)


def judged(module: Any, found: Any) -> str:
    return "; ".join(module.problems(found))


@pytest.mark.parametrize("module", [orders, labels, window, archive])
def test_nothing_there_is_not_attempted(module: Any) -> None:
    assert not module.attempted(None)


def test_limits_alone_are_no_attempt_at_a_policy_and_no_schedule_is_none() -> None:
    assert not window.attempted(Scaling(2, 8, ()))
    assert not saturday.attempted(saturday.Plan((), 8, WEDNESDAY))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Group("ip", "/healthz", 15, 30), ""),
        (Group("instance", "/healthz", 15, 30), "does not take a Fargate task’s address"),
        (Group("ip", "/", 15, 30), "health is asked for at /,"),
        (Group("ip", "/healthz", 15, 30, port="8080"), ""),
        (Group("ip", "/healthz", 15, 30, port="80"), "asked for at port 80"),
        (Group("ip", "/healthz", 15, 30, here=False), "in another VPC"),
        (Group("ip", "/healthz", 60, 30), "still gets requests for 60 seconds"),
        (Group("ip", "/healthz", 15, 5), "cut off after 5 seconds"),
        (Group("ip", "/healthz", 15, 300), "keeps the deployment waiting for 300 seconds"),
    ],
)
def test_orders(found: Group, words: str) -> None:
    assert (judged(orders, found) == "") == (words == "")
    assert words in judged(orders, found)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Service(3, 3, 50, 100), ""),
        (Service(3, 3, 34, 100), ""),
        (Service(3, 3, 100, 200), "may have 6 tasks at a time"),
        (Service(3, 3, 50, 133), ""),
        (Service(3, 3, 50, 134), "may have 4 tasks at a time"),
        (Service(3, 3, 0, 100), "stop all the printers at once"),
        (Service(3, 3, 67, 100), "neither stop a task nor start one"),
        (Service(3, 3, 100, 100), "neither stop a task nor start one"),
        (Service(2, 3, 50, 100), "wants 2 task(s) instead of 3"),
        (Service(3, 1, 50, 100), "1 task(s) run out of 3"),
        (Service(3, 3, 50, 100, "services-counter"), "services-counter instead of services-window"),
    ],
)
def test_labels(found: Service, words: str) -> None:
    assert (judged(labels, found) == "") == (words == "")
    assert words in judged(labels, found)


def tracked(
    metric: str = METRIC, value: float = 60, down: bool = True, pause: int = 600, wait: int = 0
) -> Tracking:
    return Tracking(metric, value, down, pause, wait)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Scaling(2, 8, (tracked(),)), ""),
        (Scaling(2, 8, (tracked("ALBRequestCountPerTarget", 100), tracked())), ""),
        (Scaling(1, 8, (tracked(),)), "from 1 to 8"),
        (Scaling(2, 8, (tracked("ECSServiceAverageMemoryUtilization"),)), "another metric"),
        (Scaling(2, 8, (tracked(value=90),)), "aims at 90%"),
        (Scaling(2, 8, (tracked(down=False, pause=0),)), "never comes down"),
        (Scaling(2, 8, (tracked(pause=300),)), "300 seconds apart"),
        (Scaling(2, 8, (tracked(wait=60),)), ""),
        (Scaling(2, 8, (tracked(wait=300),)), "between two additions the service waits for 300"),
    ],
)
def test_window(found: Scaling, words: str) -> None:
    assert (judged(window, found) == "") == (words == "")
    assert words in judged(window, found)


def by_hand(statistic: str = "Average", service: str = "window") -> dict[str, Any]:
    dimensions = [{"Name": "ServiceName", "Value": service}, {"Name": "ClusterName", "Value": "services"}]
    metric = {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Statistic": statistic}
    return {"CustomizedMetricSpecification": metric | {"Dimensions": dimensions}}


@pytest.mark.parametrize(
    ("policy", "metric"),
    [
        ({"PredefinedMetricSpecification": {"PredefinedMetricType": METRIC}}, METRIC),
        (by_hand(), METRIC),
        (by_hand("Maximum"), ""),
        (by_hand(service="counter"), ""),
    ],
)
def test_a_metric_may_be_written_out(policy: dict[str, Any], metric: str) -> None:
    assert window._metric(policy) == metric


def action(
    name: str, expression: str, least: int | None, most: int | None = 8, zone: str = "Europe/Paris"
) -> Action:
    return Action(name, saturday.falls(expression, zone, WEDNESDAY, NEXT_YEAR), least, most)


RUSH = action("rush", "cron(30 6 ? * SAT *)", 4)
CALM = action("calm", "cron(0 13 ? * SAT *)", 2)


@pytest.mark.parametrize(
    ("actions", "words"),
    [
        ((RUSH, CALM), ""),
        ((action("rush", "cron(0 7 ? * 7 *)", 5), CALM), ""),
        ((action("rush", "cron(0/30 5-6 ? * SAT *)", 4), CALM), ""),
        ((action("rush", "cron(30 6 ? * SAT *)", 4, 12), CALM), ""),
        ((action("rush", "cron(30 6 ? * SAT *)", 4, None), action("calm", "cron(0 13 ? * SAT *)", 2, None)), ""),
        ((action("rush", "cron(30 6 ? * SAT *)", 4, zone="Europe/Brussels"), CALM), ""),
        ((RUSH,), "on Saturday night the minimum is 4 instead of 2"),
        ((CALM,), "nothing guarantees 4 tasks"),
        ((action("rush", "cron(30 7 ? * SAT *)", 4), CALM), "nothing guarantees 4 tasks"),
        ((action("rush", "cron(30 6 ? * SAT *)", 3), CALM), "nothing guarantees 4 tasks"),
        ((action("rush", "cron(30 6 ? * SAT *)", 4, 4), CALM), "could not go beyond 4 tasks"),
        ((action("rush", "cron(0 3 ? * SAT *)", 4), CALM), "long before opening time: from 3:00"),
        ((action("rush", "cron(30 6 ? * * *)", 4), CALM), "“rush” also falls on another day"),
        ((action("rush", "cron(30 6 ? * SAT *)", 4, zone="UTC"), CALM), "nothing guarantees"),
        ((action("rush", "cron(30 5 ? * SAT *)", 4, zone="UTC"), CALM), "nothing guarantees"),  # in summer
        ((action("rush", "cron(30 6 ? 1-6 SAT *)", 4), CALM), "“rush” does not come back every week"),
        ((RUSH, action("calm", "at(2026-11-21T13:00:00)", 2)), "“calm” does not come back every week"),
        ((RUSH, action("calm", "cron(30 12 ? * SAT *)", 2)), "until 13:00: the minimum becomes 2"),
        ((RUSH, action("calm", "cron(0 13 ? * SAT *)", 1)), "the minimum is 1 instead of 2"),
        ((RUSH, action("calm", "cron(0 13 ? * SAT *)", 2, 2)), "the maximum is 2 instead of 8"),
        ((action("rush", "cron(30 6 ? * SAT *)", 4, 12), action("calm", "cron(0 13 ? * SAT *)", 2, None)), "the maximum is 12 instead of 8"),
    ],
)  # fmt: skip
def test_saturday(actions: tuple[Action, ...], words: str) -> None:
    found = saturday.Plan(actions, 8, WEDNESDAY)
    assert (judged(saturday, found) == "") == (words == ""), judged(saturday, found)
    assert words in judged(saturday, found)
    assert judged(saturday, found).count(words) == 1 or not words  # and once for the whole year


def test_when_a_schedule_falls() -> None:
    first, second, *_ = all_year = saturday.falls(
        "cron(30 6 ? * SAT *)", "Europe/Paris", WEDNESDAY, NEXT_YEAR
    )
    assert first == datetime(2026, 11, 21, 6, 30, tzinfo=PARIS) and second - first == timedelta(days=7)
    assert len(all_year) == 52
    ended = saturday.falls("cron(30 6 ? * SAT *)", "Europe/Paris", WEDNESDAY, first + timedelta(days=20))
    assert len(ended) == 3
    assert saturday.falls("rate(5 minutes)", "UTC", WEDNESDAY, NEXT_YEAR) == ()


def test_a_schedule_that_begins_late_misses_saturdays() -> None:
    late = saturday.falls("cron(30 6 ? * SAT *)", "Europe/Paris", WEDNESDAY + timedelta(days=30), NEXT_YEAR)
    found = saturday.Plan((Action("rush", late, 4, 8), CALM), 8, WEDNESDAY)
    assert "does not come back every week" in judged(saturday, found)


def plan(
    stack: str = "REVIEW_IN_PROGRESS",
    execution: str = "AVAILABLE",
    changes: tuple[tuple[str, str], ...] = (("Add", archive.REPOSITORY),),
    retain: str | None = "Retain",
    **properties: str | None,
) -> Plan:
    given = {"RepositoryName": "services/archive", "ImageTagMutability": "IMMUTABLE"} | properties
    resource = {"Type": archive.REPOSITORY, "Properties": given, "DeletionPolicy": retain}
    return Plan(stack, execution, changes, (resource,))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (plan(), ""),
        (plan(stack="CREATE_COMPLETE", execution="EXECUTE_COMPLETE"), "exists for good already"),
        (plan(execution="UNAVAILABLE"), "not ready to be executed (UNAVAILABLE)"),
        (plan(changes=()), "would do nothing, instead"),
        (plan(changes=(("Add", archive.REPOSITORY), ("Add", "AWS::S3::Bucket"))), "Add AWS::S3::Bucket"),
        (plan(retain=None), "delete the repository along with it"),
        (plan(retain="Delete"), "delete the repository along with it"),
        (plan(ImageTagMutability="MUTABLE"), "could move from one image to another"),
        (plan(ImageTagMutability="IMMUTABLE_WITH_EXCLUSION"), "could move from one image to another"),
        (plan(RepositoryName="archive"), "would be called archive"),
        (plan(RepositoryName=None), "CloudFormation itself would choose"),
    ],
)
def test_archive(found: Plan, words: str) -> None:
    assert (judged(archive, found) == "") == (words == "")
    assert words in judged(archive, found)


TEMPLATE = """
Parameters: {Tags: {Type: String, Default: IMMUTABLE}, Owner: {Type: String}}
Resources:
  Archive:
    Type: AWS::ECR::Repository
    DeletionPolicy: Retain
    Properties: {RepositoryName: !Sub "${Owner}/archive", ImageTagMutability: !Ref Tags}
  Unmade: {Type: AWS::ECR::Repository, Condition: Never}
  Bucket: {Type: AWS::S3::Bucket}
"""


def test_a_template_is_read_with_its_parameters() -> None:
    [found] = archive._repositories(TEMPLATE, {"Owner": "services"}, {"Archive", "Bucket"})
    assert found["Properties"] == {"RepositoryName": "services/archive", "ImageTagMutability": "IMMUTABLE"}
    [moved] = archive._repositories(TEMPLATE, {"Owner": "x", "Tags": "MUTABLE"}, {"Archive"})
    assert moved["Properties"]["ImageTagMutability"] == "MUTABLE"
    assert list(archive._repositories({"Resources": {}}, {}, set())) == []


def left(lab: Lab) -> list[str]:
    """What exists of the notebook's."""
    names = [
        "ecs",
        "ec2",
        "ecr",
        "iam",
        "elbv2",
        "cloudwatch",
        "cloudformation",
        "application-autoscaling",
        "autoscaling",
    ]
    ecs, ec2, ecr, iam, elbv2, cloudwatch, cloudformation, scaling, autoscaling = map(
        lab.session.client, names
    )
    ours = [{"Name": "tag:Name", "Values": [ground.NAME]}]
    clusters = ecs.describe_clusters(clusters=[ground.NAME])["clusters"]
    groups = ec2.describe_security_groups()["SecurityGroups"]
    return [
        *(cluster["clusterName"] for cluster in clusters if cluster["status"] != "INACTIVE"),
        *ecs.list_task_definitions()["taskDefinitionArns"],
        *(
            each["name"]
            for each in ecs.describe_capacity_providers()["capacityProviders"]
            if not each["name"].startswith("FARGATE")
        ),
        *(vpc["VpcId"] for vpc in ec2.describe_vpcs(Filters=ours)["Vpcs"]),
        *(group["GroupName"] for group in groups if group["GroupName"] != "default"),
        *(each["LaunchTemplateName"] for each in ec2.describe_launch_templates()["LaunchTemplates"]),
        *(each["repositoryName"] for each in ecr.describe_repositories()["repositories"]),
        *(each["RoleName"] for each in iam.list_roles()["Roles"] if each["RoleName"].startswith("services")),
        *(each["InstanceProfileName"] for each in iam.list_instance_profiles()["InstanceProfiles"]),
        *(each["LoadBalancerName"] for each in elbv2.describe_load_balancers()["LoadBalancers"]),
        *(each["TargetGroupName"] for each in elbv2.describe_target_groups()["TargetGroups"]),
        *(each["AlarmName"] for each in cloudwatch.describe_alarms()["MetricAlarms"]),
        *(each["StackName"] for each in cloudformation.describe_stacks()["Stacks"]),
        *(
            each["ResourceId"]
            for each in scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
        ),
        *(
            each["AutoScalingGroupName"]
            for each in autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
        ),
    ]


def test_from_an_empty_cloud_to_an_empty_cloud(lab: Lab) -> None:
    def states() -> set[str]:
        return {challenge(name).check(lab.session).state for name in NAMES}

    assert states() == {"not_attempted"}
    lab.clean_up("services")  # of what is not there
    for _ in range(2):
        lab.prepare("services")
    assert states() == {"not_attempted"}
    # cluster, family, VPC, two groups, repository, role, load balancer; launch template, profile and its role
    assert len(left(lab)) == 11

    cloudformation, elbv2 = (lab.session.client(name) for name in ("cloudformation", "elbv2"))
    template = (
        "Resources: {One: {Type: AWS::ECR::Repository, Properties: {RepositoryName: services/archive}}}"
    )
    wrong = {"StackName": archive.STACK, "ChangeSetName": archive.CHANGE_SET}
    cloudformation.create_change_set(**wrong, ChangeSetType="CREATE", TemplateBody=template)
    cloudformation.get_waiter("change_set_create_complete").wait(**wrong, WaiterConfig=PATIENCE)
    outcome = challenge("services-archive").check(lab.session)
    assert outcome.reasons == (
        "a tag of this repository could move from one image to another",
        "deleting the stack would delete the repository along with it",
    )
    cloudformation.delete_stack(StackName=archive.STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=archive.STACK, WaiterConfig=PATIENCE)
    made = elbv2.create_target_group(
        Name=orders.GROUP, TargetType="instance", Protocol="HTTP", Port=8080, VpcId=vpc(lab)
    )
    assert len(challenge("services-orders").check(lab.session).reasons) == 4
    elbv2.delete_target_group(TargetGroupArn=made["TargetGroups"][0]["TargetGroupArn"])

    for _ in range(2):
        for name in NAMES:
            for part in challenge(name).solution:
                part(lab)
    outcomes = [challenge(name).check(lab.session) for name in NAMES]
    assert [outcome.state for outcome in outcomes] == ["passed"] * len(NAMES), outcomes

    for _ in range(2):
        lab.clean_up("services")
        assert left(lab) == []
    assert states() == {"not_attempted"}


def vpc(lab: Lab) -> str:
    ours = [{"Name": "tag:Name", "Values": [ground.NAME]}]
    return str(lab.session.client("ec2").describe_vpcs(Filters=ours)["Vpcs"][0]["VpcId"])

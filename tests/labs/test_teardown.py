"""Taking a run away: all of it, nothing else, whatever happens on the way."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import aws_lab
import aws_lab_parts
import boto3
import pytest
from aws_lab import Account
from aws_lab_parts import ACCOUNT, PARTS, Part, Site
from botocore.exceptions import ClientError, EndpointConnectionError
from typer.testing import CliRunner

from labs.real.guard import Refused
from labs.real.ledger import INTENT_TAG, RUN_TAG, Ledger, Resource, folder
from labs.real.resources import KINDS
from labs.real.teardown import app
from labs.real.teardown.effects import Patience, carry_out
from labs.real.teardown.plan import ACTIONS, Action, Step, plan
from labs.real.teardown.survey import adopt, survey
from labs.session import CourseSession

Connect = Callable[..., CourseSession]


def run(*arguments: str, typed: str = "") -> Any:
    return CliRunner().invoke(app, list(arguments), input=typed)


@pytest.fixture
def neighbours(account: Account, connect: Connect, once: Callable[..., Any]) -> dict[str, Any]:
    """What was there before: the owner's shop of almost the same name, and another run's lab."""
    return once(labs_of_neighbours, account, connect)


def labs_of_neighbours(account: Account, connect: Connect) -> dict[str, Any]:
    aws_lab.make(account, "frenchbakery-prod")
    aws_lab.make(connect(run="theirs"), "frenchbakery2")
    return aws_lab.everything(account)


def take_away(session: CourseSession) -> None:
    """Every step of a teardown, without its screen."""
    for step in plan(survey(session.aws, session.guard.ledger).mine):
        assert carry_out(step, session.aws, Patience(sleep=lambda seconds: None)) is None


# The plan


def order(*kinds: str) -> list[str]:
    steps = plan(Resource(kind, "x/y") for kind in kinds)
    return [f"{step.action.verb} {step.resource.kind}" for step in steps]


def test_a_service_is_stopped_before_what_it_stands_on():
    assert order("ec2:vpc", "iam:role", "ecs:cluster", "elbv2:target-group", "ecs:service", "ec2:subnet") == [
        "stop scaling ecs:service",
        "scale to zero ecs:service",
        "delete ecs:service",
        "stop scheduled tasks ecs:cluster",
        "wait ecs:service",
        "delete elbv2:target-group",
        "delete ecs:cluster",
        "delete ec2:subnet",
        "delete ec2:vpc",
        "delete iam:role",
    ]


def test_every_listed_kind_has_a_way_to_go():
    from labs.real.operations import TABLE

    made = {operation.makes for table in TABLE.values() for operation in table.values() if operation.makes}
    with_their_balancer = {"elbv2:listener", "elbv2:rule"}
    assert made - {action.kind for action in ACTIONS if action.do} == with_their_balancer


def test_the_plan_does_not_depend_on_the_order_of_the_survey():
    resources = [Resource("ec2:subnet", id_) for id_ in ("b", "a")] + [Resource("ec2:vpc", "v")]
    assert plan(resources) == plan(reversed(resources))


# The whole way


def test_a_run_is_taken_away_and_its_neighbours_stay(connect: Connect, account: Account, neighbours: Any):
    aws_lab.make(connect())
    result = run("teardown", "--run", "mine", typed=f"{ACCOUNT}\n")
    assert result.exit_code == 0, result.output
    assert aws_lab.everything(account) == neighbours
    assert run("verify-empty", "--run", "mine").exit_code == 0
    again = run("teardown", "--run", "mine", "--yes")
    assert again.exit_code == 0
    assert "Nothing to delete" in again.output
    assert aws_lab.everything(account) == neighbours


def test_services_own_scaling_and_alarms_go_with_it(connect: Connect, account: Account):
    session = connect()
    aws_lab.make(session)
    session.client("application-autoscaling").put_scaling_policy(
        PolicyName="cpu",
        ServiceNamespace="ecs",
        ResourceId="service/frenchbakery/orders",
        ScalableDimension="ecs:service:DesiredCount",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 50.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        },
    )
    assert len(account.client("cloudwatch").describe_alarms()["MetricAlarms"]) == 3
    take_away(session)
    assert account.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    scaling = account.client("application-autoscaling")
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []


def test_what_a_rule_started_is_stopped_before_its_cluster_goes(connect: Connect, account: Account):
    session = connect()
    aws_lab.make(session)
    task = aws_lab.set_off(account, "frenchbakery", "frenchbakery-events")
    for step in plan(survey(session.aws, session.guard.ledger).mine):
        if step.action.kind == "ecs:cluster" and step.action.verb == "delete":
            [found] = account.client("ecs").describe_tasks(cluster="frenchbakery", tasks=[task])["tasks"]
            assert found["lastStatus"] == "STOPPED"
        assert carry_out(step, session.aws, Patience(sleep=lambda seconds: None)) is None
    assert survey(session.aws, session.guard.ledger).empty


def test_a_dry_run_changes_nothing(connect: Connect, account: Account, monkeypatch: pytest.MonkeyPatch):
    aws_lab.make(connect())
    before = aws_lab.everything(account)
    sent: list[str] = []
    watch = CourseSession.watch

    def watched(self: CourseSession, ledger: Ledger) -> None:
        watch(self, ledger)
        sent.extend(aws_lab.writes_of(self))

    monkeypatch.setattr(CourseSession, "watch", watched)
    result = run("teardown", "--dry-run")
    assert result.exit_code == 0
    assert "delete ecs:service frenchbakery/orders" in result.output
    assert sent == []
    assert aws_lab.everything(account) == before


@pytest.mark.parametrize("typed", ["\n", "999999999999\n", "yes\n"])
def test_only_the_account_id_confirms(connect: Connect, account: Account, typed: str):
    connect().client("ecr").create_repository(repositoryName="bread")
    assert run("teardown", typed=typed).exit_code == 1
    assert len(account.client("ecr").describe_repositories()["repositories"]) == 1


def test_verify_says_what_is_left(connect: Connect):
    connect().client("ecr").create_repository(repositoryName="bread")
    result = run("verify-empty")
    assert result.exit_code == 1
    assert "ecr:repository bread" in result.output


def test_with_no_run_there_is_nothing_to_do(account: Account):
    assert run("teardown").exit_code == 0
    assert run("teardown", "--run", "mine").exit_code == 2


def test_between_two_runs_one_must_choose(connect: Connect):
    connect("one").client("ecr").create_repository(repositoryName="one")
    connect("two").client("ecr").create_repository(repositoryName="two")
    result = run("teardown", "--yes")
    assert result.exit_code == 2
    assert "Run one" in result.output
    assert "Run two" in result.output


def test_runs_are_listed(connect: Connect):
    connect("one").client("ecr").create_repository(repositoryName="one")
    connect("two")
    run("verify-empty", "--run", "two")
    lines = run("list").output.splitlines()
    assert any("one" in line and "to clean up" in line for line in lines)
    assert any("two" in line and "clean" in line and "to clean up" not in line for line in lines)


def test_a_clean_run_is_closed_and_the_next_connect_begins_another(connect: Connect):
    first = connect(run=None)
    first.client("ecr").create_repository(repositoryName="bread")
    assert connect(run=None).guard.run == first.guard.run
    assert run("teardown", "--yes").exit_code == 0
    assert connect(run=None).guard.run != first.guard.run


# What ledger and tag do not agree on


def test_what_only_the_tag_claims_is_reported_and_left(connect: Connect, account: Account):
    session = connect()
    ecr = account.client("ecr")
    ecr.create_repository(repositoryName="copied", tags=[{"Key": RUN_TAG, "Value": "mine"}])
    result = run("teardown", "--yes")
    assert result.exit_code == 1
    assert "ecr:repository copied" in result.output
    assert survey(session.aws, session.guard.ledger).only_tagged == {Resource("ecr:repository", "copied")}


def test_what_only_the_ledger_claims_is_reported_and_left(connect: Connect, account: Account):
    session = connect()
    session.client("ecr").create_repository(repositoryName="bread")
    account.client("ecr").delete_repository(repositoryName="bread")
    account.client("ecr").create_repository(repositoryName="bread")  # somebody else's, of the same name
    result = run("teardown", "--yes")
    assert result.exit_code == 1
    assert survey(session.aws, session.guard.ledger).only_written == {Resource("ecr:repository", "bread")}


def test_a_name_that_was_given_back_may_be_anothers(connect: Connect, account: Account):
    session = connect()
    session.client("ecr").create_repository(repositoryName="bread")
    session.client("ecr").delete_repository(repositoryName="bread")
    account.client("ecr").create_repository(repositoryName="bread")
    assert survey(session.aws, session.guard.ledger).empty


def test_a_lost_ledger_is_made_anew_from_tags(connect: Connect, account: Account, neighbours: Any):
    aws_lab.make(connect())
    (folder() / "mine.jsonl").unlink()
    session = connect()
    there = survey(session.aws, session.guard.ledger)
    assert not there.mine
    assert len(there.only_tagged) > 15
    assert run("teardown", "--run", "mine", "--yes").exit_code == 1  # the tag alone is not enough
    result = run("teardown", "--run", "mine", "--yes", "--by-tag")
    assert result.exit_code == 0, result.output
    assert aws_lab.everything(account) == neighbours
    assert survey(session.aws, session.guard.ledger).empty


def test_a_lost_run_must_be_named_in_full(account: Account):
    result = run("teardown", "--account", ACCOUNT, "--by-tag")
    assert result.exit_code == 2
    assert "--region" in result.output


def denied(*_: Any) -> Any:
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "ListClusters")


def test_what_may_not_be_listed_is_named(connect: Connect, monkeypatch: pytest.MonkeyPatch):
    connect()
    kind = dataclasses.replace(KINDS["eks:cluster"], each=denied)
    monkeypatch.setattr("labs.real.teardown.survey.KINDS", {**KINDS, "eks:cluster": kind})
    result = run("verify-empty")
    assert result.exit_code == 0
    assert "do not allow listing: eks:cluster" in result.output


@pytest.mark.parametrize("looks", [{"each": denied}, {"each": lambda aws: (), "tags": denied}])
def test_a_denied_look_at_the_runs_own_resources_is_no_all_clear(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, looks: dict[str, Any]
):
    connect().client("ecr").create_repository(repositoryName="bread")
    kind = dataclasses.replace(KINDS["ecr:repository"], **looks)
    monkeypatch.setattr("labs.real.teardown.survey.KINDS", {**KINDS, "ecr:repository": kind})
    result = run("verify-empty")
    assert result.exit_code == 2
    assert "AccessDenied" in result.output


# Killed on the way


@pytest.mark.parametrize("answered", [False, True])
def test_a_teardown_killed_at_every_write_still_ends(
    connect: Connect, account: Account, neighbours: Any, answered: bool
):
    session = connect()
    kill = aws_lab.Kill(session, answered=answered)
    aws_lab.make(session)
    sent: set[str] = set()
    while True:
        kill.when = lambda call: call not in sent and not sent.add(call)  # each write dies once
        try:
            take_away(session)
        except aws_lab.Killed:
            continue
        break
    assert len(sent) > 20
    session = connect()
    assert survey(session.aws, session.guard.ledger).empty
    assert aws_lab.everything(account) == neighbours


@pytest.mark.parametrize("answered", [False, True])
def test_a_lab_killed_at_any_create_is_taken_away(connect: Connect, account: Account, answered: bool):
    """A lab for each create, no larger than that create needs: the test grows with creates, not with their square."""
    kinds = kinds_made(connect(run="theirs"))
    before = aws_lab.everything(account)
    session = connect()
    kill = aws_lab.Kill(session, answered=answered)
    labs = (Site(session, f"shop-{number}") for number in itertools.count())
    for part, made in kinds.items():
        needs = aws_lab_parts.before(part)
        if aws_lab_parts.group_of_instances in needs:  # of which a run has one
            take_away(session)
        for number in range(len(made)):
            kill.when, site = None, next(labs)
            for needed in needs:
                needed(site)
            later = iter([False] * number + [True])
            kill.when = lambda call: aws_lab.kind_made(call) is not None and next(later)  # noqa: B023
            with pytest.raises(aws_lab.Killed):
                part(site)
    kill.when = None
    take_away(session)
    assert survey(session.aws, session.guard.ledger).empty
    assert aws_lab.everything(account) == before


def kinds_made(session: CourseSession) -> dict[Part, list[str]]:
    """What each part of the lab makes, create by create: the whole lab is made for that."""
    kill, site = aws_lab.Kill(session, answered=False), Site(session, "whole")
    calls: list[str] = []
    kill.when = calls.append  # type: ignore[assignment]  # nobody dies
    kinds = {}
    for part in PARTS:
        calls.clear()
        part(site)
        kinds[part] = [kind for call in calls if (kind := aws_lab.kind_made(call))]
    assert set(itertools.chain(*kinds.values())) == site.ids.keys()
    return kinds


# Waiting for AWS


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "not now"}}, "DeleteVpc")


def step(do: Callable[..., None]) -> Step:
    return Step(Action("ec2:vpc", "delete", do), Resource("ec2:vpc", "vpc-1"))


def test_a_dependency_is_waited_for():
    answers = [refusal("DependencyViolation"), refusal("DependencyViolation"), None]
    slept: list[float] = []

    def delete(aws: Any, id_: str) -> None:
        if answer := answers.pop(0):
            raise answer

    assert carry_out(step(delete), boto3.client, Patience(sleep=slept.append)) is None
    assert slept == [1.0, 1.5]


def test_patience_ends_and_says_why():
    slept: list[float] = []

    def delete(aws: Any, id_: str) -> None:
        raise refusal("DependencyViolation")

    problem = carry_out(step(delete), boto3.client, Patience(60, sleep=slept.append))
    assert problem is not None and "DependencyViolation" in problem
    assert sum(slept) == 60


@pytest.mark.parametrize(
    ("code", "expected"), [("InvalidVpcID.NotFound", None), ("AccessDenied", "AccessDenied")]
)
def test_gone_is_done_and_a_refusal_is_told_at_once(code: str, expected: str | None):
    def delete(aws: Any, id_: str) -> None:
        raise refusal(code)

    def never(seconds: float) -> None:
        pytest.fail("waited")

    problem = carry_out(step(delete), boto3.client, Patience(sleep=never))
    assert problem is None if expected is None else expected in (problem or "")


def test_a_service_in_deployment_is_waited_for():
    said = {"Code": "InvalidParameterException", "Message": "cannot be stopped while deployments are active."}
    answers = [ClientError({"Error": said}, "DeleteService"), None]

    def delete(aws: Any, id_: str) -> None:
        if answer := answers.pop(0):
            raise answer

    assert carry_out(step(delete), boto3.client, Patience(sleep=lambda seconds: None)) is None


@pytest.mark.parametrize(
    "error", [EndpointConnectionError(endpoint_url="https://x"), Refused("not the run's")]
)
def test_one_step_that_fails_does_not_end_the_teardown(error: Exception):
    def delete(aws: Any, id_: str) -> None:
        raise error

    assert carry_out(step(delete), boto3.client, Patience()) == str(error)


def test_what_could_not_be_deleted_is_not_waited_for(
    connect: Connect, account: Account, monkeypatch: pytest.MonkeyPatch
):
    aws_lab.make(connect())

    def refuse(aws: Any, id_: str) -> None:
        raise refusal("AccessDenied [/frenchbakery]")

    kept = [
        dataclasses.replace(action, do=refuse)
        if (action.kind, action.verb) == ("elbv2:load-balancer", "delete")
        else action
        for action in ACTIONS
    ]
    monkeypatch.setattr("labs.real.teardown.plan.ACTIONS", kept)
    monkeypatch.setattr("labs.real.teardown.effects.Patience", lambda: Patience(0))
    result = run("teardown", "--run", "mine", "--yes")
    assert result.exit_code == 1
    assert "AccessDenied [/frenchbakery]" in result.output  # no markup of the screen's
    assert (
        len([line for line in result.output.splitlines() if line.startswith("✗ ") and "balancer" in line])
        == 1
    )


def test_a_tag_copied_to_another_kind_is_not_adopted(connect: Connect, account: Account):
    session = connect()
    session.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    (intent,) = session.guard.ledger.record.intents
    tags = [{"Key": RUN_TAG, "Value": "mine"}, {"Key": INTENT_TAG, "Value": intent}]
    account.client("ecr").create_repository(repositoryName="bread", tags=tags)
    assert adopt(session.aws, session.guard.ledger) == []
    assert survey(session.aws, session.guard.ledger).only_tagged == {Resource("ecr:repository", "bread")}

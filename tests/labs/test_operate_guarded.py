"""Step 8's scaling and alarms under the guard of a real account, and what of the lab stays untouched there."""

from __future__ import annotations

from collections.abc import Callable

import aws_lab
import pytest
from aws_lab import Account

from labs.chapters.operate.pace import set_the_pace
from labs.chapters.operate.sick import watch_the_sick
from labs.checks import STEPS, removal
from labs.checks.alarm import put_alarm
from labs.checks.scaling import follow_requests
from labs.lab import Lab
from labs.real.guard import Refused
from labs.session import CourseSession

Connect = Callable[..., CourseSession]


def a_service(session: CourseSession) -> None:
    """One service of the lab, with the target group that the policy of step 8 counts requests of."""
    aws_lab.make(session)
    elbv2 = session.client("elbv2")
    [group] = elbv2.describe_target_groups(Names=["frenchbakery-orders"])["TargetGroups"]
    elbv2.create_target_group(
        Name="frenchbakery-products", Protocol="HTTP", Port=8080, VpcId=group["VpcId"], TargetType="ip"
    )


def test_alarms_are_put_up_and_taken_down(connect: Connect, account: Account) -> None:
    lab = Lab(connect())
    a_service(lab.session)
    put_alarm(lab)
    watch_the_sick(lab)
    names = {alarm["AlarmName"] for alarm in account.client("cloudwatch").describe_alarms()["MetricAlarms"]}
    assert {"frenchbakery-shop-errors", "frenchbakery-orders-sick"} <= names
    removal.delete_alarms(lab)
    assert account.client("cloudwatch").describe_alarms()["MetricAlarms"] == []


def test_scaling_is_set_and_taken_away(connect: Connect, account: Account) -> None:
    lab = Lab(connect())
    a_service(lab.session)
    scaling = account.client("application-autoscaling")
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    removal.delete_scaling(lab)
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []


def test_nobody_else_s_service_is_scaled_or_changed(connect: Connect, account: Account) -> None:
    a_service(account)  # type: ignore[arg-type]
    account.client("ecs").create_service(
        cluster="frenchbakery", serviceName="reviews", taskDefinition="frenchbakery-orders", desiredCount=1
    )
    lab = Lab(connect())
    with pytest.raises(Refused, match="frenchbakery/products"):
        follow_requests(lab)
    with pytest.raises(Refused, match="frenchbakery/reviews"):
        set_the_pace(lab)
    with pytest.raises(Refused, match="frenchbakery-orders"):
        removal.delete_alarms(lab)
    with pytest.raises(Refused, match="frenchbakery/orders"):
        removal.delete_scaling(lab)


def test_a_stack_of_the_same_name_stays(connect: Connect) -> None:
    session = connect()
    sent = aws_lab.writes_of(session)
    removal.delete_stack(Lab(session))
    assert sent == []


def test_cleaning_up_where_nothing_was_ever_made_sends_nothing(connect: Connect) -> None:
    session = connect()
    sent = aws_lab.writes_of(session)
    for part in STEPS["clean"].solution:
        part(Lab(session))
    assert sent == []

"""EC2, Fargate or Lambda: bills by hand, and what must hold for any work."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.facts import number
from labs.playgrounds.break_even import (
    Work,
    ec2,
    fargate,
    instances,
    lambda_,
    playground,
    tasks,
)

WORK = Work(rate=20, duration=0.1, hours=24)  # two vCPUs around the clock

works = st.builds(
    Work,
    rate=st.integers(1, 200),
    duration=st.sampled_from([0.01, 0.1, 0.5, 1.0]),
    hours=st.integers(1, 24),
    instance=st.sampled_from(["m7i", "m7g", "t4g"]),
)
shares = st.floats(0.05, 1)


def test_the_bills_of_a_work_computed_by_hand() -> None:
    assert (tasks(WORK, 0.5), instances(WORK, 0.5)) == (4, 2)
    assert ec2(WORK, 0.5) == pytest.approx(2 * 0.1008 * 730)
    assert fargate(WORK, 0.5) == pytest.approx(4 * (0.04048 + 4 * 0.004445) * 730)
    requests = 20 * 3600 * 730
    assert lambda_(WORK, 0.5) == pytest.approx(
        requests * 0.1 * 1769 / 1024 * 0.0000166667 + requests / 1e6 * 0.20
    )


def test_a_burstable_instance_pays_for_what_is_above_its_baseline() -> None:
    calm = Work(rate=1, duration=0.5, hours=24, instance="t4g")
    assert ec2(calm, 1) == pytest.approx(0.0672 * 730)
    strained = replace(WORK, instance="t4g")  # two vCPUs of two: 1.4 above the baseline
    assert ec2(strained, 1) == pytest.approx((0.0672 + 1.4 * 0.04) * 730)


def test_closing_at_night_saves_nothing_on_instances_that_stay_on() -> None:
    night = replace(WORK, hours=12)
    assert ec2(night, 0.5) == ec2(WORK, 0.5)
    assert fargate(night, 0.5) == pytest.approx(fargate(WORK, 0.5) / 2)
    assert lambda_(night, 0.5) == pytest.approx(lambda_(WORK, 0.5) / 2)


@given(works, shares, shares)
def test_capacity_that_works_more_never_costs_more(work: Work, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert fargate(work, high) <= fargate(work, low)
    assert ec2(work, high) <= ec2(work, low)
    assert lambda_(work, high) == lambda_(work, low)


@given(works, shares)
def test_there_is_room_for_the_work(work: Work, share: float) -> None:
    assert tasks(work, share) * share >= work.busy * (1 - 1e-6)
    assert instances(work, share) * number("ec2_large_vcpu") >= tasks(work, share)


def test_the_picture_is_in_the_reader_s_language_and_described(monkeypatch: pytest.MonkeyPatch) -> None:
    output = playground().output
    assert "The cheapest: EC2." in output
    assert '<title id="break-even-title">Monthly cost by utilisation</title>' in output
    assert "currentColor" in output
    assert "AWS Lambda Pricing, 20" in output
    assert playground().output == output  # the same picture every time
    monkeypatch.setenv("COURSE_LANG", "fr")
    assert "Le moins cher\u00a0: EC2." in playground().output


def test_each_instance_shows_the_prices_that_it_uses() -> None:
    plot = playground()
    assert "0.04048" in plot.set(instance="m7i").html
    assert "surplus" not in plot.set(instance="m7g").html
    assert "0.03238" in plot.set(instance="m7g").html
    assert "above the baseline" in plot.set(instance="t4g").html

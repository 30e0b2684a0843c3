"""What the lab costs, as the learner is told before anything is made."""

from __future__ import annotations

import pytest

from labs.facts import facts
from labs.real import prices


def test_the_lab_by_hand():
    """8 tasks of .25 vCPU and .5 GB, one load balancer, 10 addresses, 1 GB of images, 10 MB of logs."""
    items = {item.key: item.hourly for item in prices.estimate()}
    assert items["fargate_vcpu_hour"] == pytest.approx(2 * 0.04048)
    assert items["fargate_gb_hour"] == pytest.approx(4 * 0.004445)
    assert items["public_ipv4_hour"] == pytest.approx(0.05)
    assert items["ecr_gb_month"] == pytest.approx(0.1 / 730)
    assert sum(items.values()) == pytest.approx(0.18438, abs=1e-4)


def test_what_other_notebooks_add_by_hand():
    items = {item.key: item.hourly for item in prices.others()}
    assert items["secret_month"] == pytest.approx(0.40 / 730)
    assert items["ec2_t3_medium_hour"] == pytest.approx(3 * 0.0416)
    assert items["ec2_t3_small_hour"] == pytest.approx(2 * 0.0208)
    assert items["ebs_gp3_gb_month"] == pytest.approx(90 * 0.08 / 730)
    assert items["public_ipv4_hour"] == pytest.approx(3 * 0.005)
    assert items["vpc_endpoint_hour"] == pytest.approx(4 * 0.01)


def test_no_tasks_still_cost_the_load_balancer():
    items = {item.key: item.hourly for item in prices.estimate(tasks=0)}
    assert items["fargate_vcpu_hour"] == 0
    assert items["alb_hour"] == 0.0225
    assert items["public_ipv4_hour"] == pytest.approx(0.01)


@pytest.mark.parametrize(("lang", "total"), [("fr", "Total par heure"), ("en", "Total per hour")])
def test_every_price_is_shown_with_its_source(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, lang: str, total: str
):
    monkeypatch.setenv("COURSE_LANG", lang)
    monkeypatch.setenv("COLUMNS", "200")
    prices.show(prices.estimate())
    shown = capsys.readouterr().out
    assert total in shown
    for item in (*prices.estimate(), *prices.others()):
        assert item.label() in shown
        assert facts()[item.key].reference in shown

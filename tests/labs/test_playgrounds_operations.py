"""The cost playgrounds of notebook 07: sums that can be done by hand, and what changes which."""

from __future__ import annotations

import pytest

from labs.facts import number
from labs.playgrounds import log_cost, nat_or_endpoints
from labs.playgrounds.nat_or_endpoints import Traffic, designs
from labs.real.prices import HOURS_PER_MONTH

QUIET = Traffic(layers=0, calls=0, internet=0)


def test_what_stands_there_is_paid_without_any_traffic() -> None:
    found = designs(2, 4, QUIET)
    nat = 2 * (number("nat_hour") + number("public_ipv4_hour")) * HOURS_PER_MONTH
    assert found["nat"].total == found["s3"].total == pytest.approx(nat)
    assert found["private"].total == pytest.approx(8 * number("vpc_endpoint_hour") * HOURS_PER_MONTH)


def test_image_layers_cost_nothing_through_the_gateway_of_s3() -> None:
    quiet, busy = designs(2, 4, QUIET), designs(2, 4, Traffic(layers=1000, calls=0, internet=0))
    assert busy["nat"].total - quiet["nat"].total == pytest.approx(1000 * number("nat_gb"))
    assert busy["s3"] == quiet["s3"]
    assert busy["private"] == quiet["private"]


def test_the_internet_brings_the_nat_gateway_back() -> None:
    found = designs(2, 4, Traffic(layers=0, calls=0, internet=10))
    assert found.keys() == {"nat", "s3", "both"}
    assert found["both"].total > found["nat"].total


def test_many_endpoints_cost_more_than_nat() -> None:
    assert designs(2, 4, QUIET)["private"].total < designs(2, 4, QUIET)["nat"].total
    assert designs(2, 10, QUIET)["private"].total > designs(2, 10, QUIET)["nat"].total


def test_the_way_out_is_shown_with_its_prices_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = nat_or_endpoints.playground().set(layers=0, calls=0)
    assert shown.text == (
        "A month: NAT for everything 73.00 USD; NAT except for S3 73.00 USD; Endpoints 58.40 USD.\nThe cheapest: Endpoints."
    )
    assert "AWS PrivateLink Pricing" in shown.html
    assert "<svg" in shown.html
    monkeypatch.setenv("COURSE_LANG", "fr")
    assert "73,00 USD" in nat_or_endpoints.playground().set(layers=0, calls=0).text


@pytest.mark.parametrize(
    ("retention", "years", "days"), [("7", 1, 7), ("7", 3, 7), ("365", 1, 365), ("never", 1, 365), ("never", 3, 1095)]
)  # fmt: skip
def test_what_is_kept_grows_until_the_retention_stops_it(retention: str, years: int, days: int) -> None:
    expected = 2 * days * number("logs_kept_share") / 100 * number("logs_stored_gb_month")
    assert log_cost.kept(2, 0, retention, years) == pytest.approx(expected)
    assert log_cost.kept(2, 50, retention, years) == pytest.approx(expected / 2)


def test_what_is_kept_is_billed_after_compression(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's example: 30 GB collected in a month are 6 GB to keep, at 0.03 USD each."""
    assert log_cost.kept(1, 0, "30", 1) == pytest.approx(6 * 0.03)
    assert "after compression, here to 20% of what was written" in log_cost.playground().set(quiet=0).html
    monkeypatch.setenv("COURSE_LANG", "fr")
    assert (
        "après compression, ici à 20\u00a0% de ce qui a été écrit" in log_cost.playground().set(quiet=0).html
    )


def test_collecting_does_not_depend_on_keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    assert log_cost.collected(2, 0) == pytest.approx(60 * number("logs_gb"))
    playground = log_cost.playground()
    week = playground.set(retention="7").text
    assert week.startswith("A month: 75.00 USD to collect; to keep, 0.21 USD after one year and 0.21 USD")
    assert playground.set(retention="never").text != week
    monkeypatch.setenv("COURSE_LANG", "fr")
    assert "75,00 USD pour collecter" in log_cost.playground().set(retention="7").text

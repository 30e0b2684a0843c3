"""The lab object without a cloud: hints, solutions, names, links."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from labs import lab as lab_module
from labs.checks import STEPS
from labs.lab import Lab, Shop, _through_the_hub

Fake = Any


@pytest.fixture
def lab() -> Lab:
    session: Fake = SimpleNamespace(world="local", region_name="us-east-1")
    return Lab(session)


def test_hints_grow_and_end_with_the_third(lab: Lab) -> None:
    shown = [repr(lab.hint("network")) for _ in range(4)]
    assert [text.split(":")[0] for text in shown] == [
        "Hint 1 of 3",
        "Hint 2 of 3",
        "Hint 3 of 3",
        "Hint 3 of 3",
    ]
    assert repr(lab.hint("cluster")).startswith("Hint 1 of 3")


def test_a_solution_is_shown_as_code(lab: Lab) -> None:
    assert "ecs.create_cluster(" in repr(lab.solution("cluster"))
    assert "<pre" in lab.solution("cluster").html


@pytest.mark.parametrize("call", ["check", "hint", "solution", "catch_up"])
def test_an_unknown_step_is_named_with_the_nearest_that_exist(lab: Lab, call: str) -> None:
    with pytest.raises(ValueError, match=r"“kluster” is neither a step .* The nearest names: cluster"):
        getattr(lab, call)("kluster")


def test_nothing_precedes_the_first_step(lab: Lab) -> None:
    assert repr(lab.catch_up(next(iter(STEPS)))) == "This is the first step, nothing comes before it."


@pytest.mark.parametrize(
    ("prefix", "url", "link"),
    [
        (None, "http://127.0.0.1:4321", "http://127.0.0.1:4321/"),
        ("/user/ada/", "http://127.0.0.1:4321", "/user/ada/proxy/4321/"),
        (
            "/user/ada/",
            "http://frenchbakery-1.us-east-1.elb.amazonaws.com",
            "http://frenchbakery-1.us-east-1.elb.amazonaws.com/",
        ),
    ],
)
def test_the_link_goes_through_the_hub_when_there_is_one(
    monkeypatch: pytest.MonkeyPatch, prefix: str | None, url: str, link: str
) -> None:
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    if prefix:
        monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", prefix)
    assert _through_the_hub(url) == link


def test_a_shop_shows_a_link_whose_port_tests_do_not_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop("http://127.0.0.1:4321", 'http://127.0.0.1:4321/"><script>')
    assert "<script" not in shop._repr_html_()
    assert "4321" in repr(shop)
    monkeypatch.setattr(lab_module, "in_notebook", lambda: True)
    assert repr(shop) == "The shop: follow the link."


def test_on_a_real_account_the_shop_is_at_the_balancers_name() -> None:
    balancers = SimpleNamespace(
        describe_load_balancers=lambda LoadBalancerArns: {"LoadBalancers": [{"DNSName": "shop.example.com"}]}
    )
    session: Fake = SimpleNamespace(world="real", client=lambda service: balancers)
    assert Lab(session).open("arn:x").url == "http://shop.example.com"


def test_a_balancer_that_does_not_listen_cannot_be_opened(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labs.cloud.client.control", lambda method, path: {})
    with pytest.raises(LookupError, match="not listening yet"):
        lab.open("arn:x")


def test_an_engine_free_image_is_refused_for_a_real_account(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(
        "labs.images.build", lambda service, **settings: asked.update(settings, service=service)
    )
    session: Fake = SimpleNamespace(world="real")
    Lab(session).build("orders")
    assert asked == {"service": "orders", "tag": "1.0", "real": True}

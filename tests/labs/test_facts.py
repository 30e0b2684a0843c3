"""Every number has its source and date."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from labs import facts
from labs.facts import Fact, fargate_sizes, number


def test_every_fact_is_sourced():
    assert len(facts.facts()) > 40
    for key, fact in facts.facts().items():
        assert fact.reference.startswith(fact.source), key


@pytest.mark.parametrize(
    "stated",
    [
        {"value": 1, "unit": "s", "checked": "2026"},
        {"value": 1, "unit": "s", "source": "", "checked": "2026"},
        {"value": 1, "unit": "s", "source": "AWS", "checked": "recently"},
        {"value": "one", "unit": "s", "source": "AWS", "checked": "2026-03"},
        {"value": 1, "unit": "s", "source": "AWS", "checked": "2026-03", "url": "https://example.com"},
        {"value": 1, "unit": "s", "source": "AWS", "checked": "2026-03", "surprise": 1},
    ],
)
def test_an_unsourced_fact_is_refused(stated: dict[str, object]):
    with pytest.raises(ValidationError):
        Fact.model_validate(stated)


def test_the_exam_adds_up():
    assert number("exam_scored_questions") + number("exam_unscored_questions") == number("exam_questions")
    domains = [key for key in facts.facts() if key.startswith("exam_domain_")]
    assert sum(map(number, domains)) == 100


def test_fargate_sizes_follow_awss_steps():
    gib = {cpu: [memory / 1024 for memory in sizes] for cpu, sizes in fargate_sizes().items()}
    assert gib[256] == [0.5, 1, 2]
    assert gib[512] == [1, 2, 3, 4]
    assert gib[1024] == list(range(2, 9))
    assert gib[2048] == list(range(4, 17))
    assert gib[4096] == list(range(8, 31))
    assert gib[8192] == list(range(16, 61, 4))
    assert gib[16384] == list(range(32, 121, 8))
    assert gib[32768] == [60, 120, 244]


def test_a_table_is_no_number():
    with pytest.raises(TypeError, match="fargate_sizes"):
        number("fargate_sizes")
    with pytest.raises(KeyError):
        number("price of bread")

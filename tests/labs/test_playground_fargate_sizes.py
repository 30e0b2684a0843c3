"""The size picker: AWS's own words for what is refused, a price for what is offered."""

from __future__ import annotations

import pytest

from labs.cloud.fargate_sizes import refusal
from labs.facts import fargate_sizes
from labs.playgrounds.fargate_sizes import NOT_OFFERED, playground, show


def test_every_size_offered_has_a_price() -> None:
    for cpu, offered in fargate_sizes().items():
        for memory in offered:
            shown = show({"cpu": str(cpu), "memory": str(memory)})
            assert shown.text.startswith("✔"), (cpu, memory)
            assert "USD" in shown.text


@pytest.mark.parametrize(
    ("cpu", "memory", "words"),
    [
        (512, 6144, "No Fargate configuration exists for given values: 512 CPU, 6144 memory"),
        (256, 1536, "No Fargate configuration exists"),
        (32768, 122880 + 1024, "No Fargate configuration exists"),
        (NOT_OFFERED, 8192, "Invalid 'cpu' setting for task"),
    ],
)
def test_what_aws_refuses_is_refused_in_its_words(cpu: int, memory: int, words: str) -> None:
    shown = show({"cpu": str(cpu), "memory": str(memory)})
    assert shown.text.startswith("✘")
    assert words in shown.text
    assert "mark-bad" in shown.html.partition("</style>")[2]


def test_a_task_on_fargate_has_both_numbers() -> None:
    assert "'cpu' be defined" in (refusal(None, 512) or "")
    assert "'memory' be defined" in (refusal(256, None) or "")


def test_every_size_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    picker = playground()
    for cpu, offered in fargate_sizes().items():
        for memory in offered:
            picker.set(cpu=str(cpu), memory=str(memory))
    with pytest.raises(ValueError, match="memory"):
        picker.set(memory="7")
    monkeypatch.setenv("COURSE_LANG", "fr")
    assert "0,25\u00a0vCPU et 0,5\u00a0Go" in playground().output

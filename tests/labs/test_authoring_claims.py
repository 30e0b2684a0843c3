"""What counts as a price or a limit in prose, and which facts bear it out."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell

from labs import facts, figures
from labs.authoring import check, claims
from labs.facts import Fact
from labs.learner import LANGUAGES, Language


def fact(value: float | dict[int, tuple[int, ...]], unit: str) -> Fact:
    return Fact(value=value, unit=unit, source="A page of AWS", checked="2026")


def found(text: str) -> list[str]:
    return [claim.text for claim in claims.claims(text)]


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("0.04048 USD per vCPU-hour and $5", ["0.04048 USD", "$5"]),
        ("0,045\u00a0USD de l’heure, soit 3\u00a0centimes", ["0,045\u00a0USD", "3\u00a0centimes"]),
        ("You may ask for up to 200 GiB.", ["200 GiB"]),
        ("Chaque tâche attend 30 secondes par défaut.", ["30 secondes"]),
        ("A list of rules, 50 at most.", ["50"]),
        ("Une liste d’au plus cinquante règles.", ["cinquante"]),
        ("> It takes **at\n> most 15 minutes**.", ["15 minutes"]),
        ("La banque a plus de deux cents questions.", ["deux cents"]),
        ("| limit | 10 |", []),  # told apart by the reader, not by this rule
        ("Six weeks ago, two machines and 12 croissants.", []),
        ("At least one.", []),
        ("`--memory 64` MiB at most", []),
        ("Task 2.1, version 1.36, 2026-03, 137 − 128 = 9.", []),
        ("```\nat most 15 minutes\n```", []),
    ],
)
def test_prices_and_limits_are_told_from_a_storys_numbers(text: str, stated: list[str]) -> None:
    assert found(text) == stated


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("at most 2 hours", fact(120, "minutes")),
        ("up to 20 Go", fact(20, "GiB")),
        ("0,10 USD", fact(0.10, "USD per GB-month")),
        ("10 cents", fact(0.10, "USD per hour")),
        ("at most 70%", fact(70, "per cent off (at most)")),
        ("up to 4 vCPU", fact({4096: (8192,)}, "MiB of memory by CPU units")),
        ("at most 8 GB", fact({4096: (8192,)}, "MiB of memory by CPU units")),
        ("50 at most", fact(50, "rules")),
        ("at most fifty", fact(50, "rules")),
        ("up to 1,769 MB", fact(1769, "MB")),
    ],
)
def test_a_fact_of_the_same_kind_and_size_bears_it_out(text: str, known: Fact) -> None:
    assert not list(claims.unsourced(text, [known]))
    assert list(claims.unsourced(text, []))


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("at most 120 minutes", fact(120, "seconds")),
        ("0.10 USD", fact(0.10, "seconds")),
        ("0,045 USD", fact(45, "USD per hour")),
        ("at most 70%", fact(70, "USD")),
    ],
)
def test_the_same_number_of_something_else_does_not(text: str, known: Fact) -> None:
    assert list(claims.unsourced(text, [known]))


def test_a_notebook_that_states_an_unknown_limit_is_a_problem() -> None:
    text = "Keep at most 51 rules."
    everything = nbformat.v4.new_notebook(cells=[new_markdown_cell(text)])
    [problem] = check.unsourced(everything, "src/02_ecr.py")
    assert "51" in str(problem) and "src/02_ecr.py, cell 1" in str(problem)
    everything.cells[0].metadata["tags"] = ["own-numbers"]
    assert not list(check.unsourced(everything, "src/02_ecr.py"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_figures_state_only_known_limits(lang: Language) -> None:
    known = facts.facts().values()
    texts = {
        name: "\n\n".join(words(lang) for words in (found.title, found.description, *found.words.values()))
        for name in figures.names()
        if (found := figures.captions(name))
    }
    assert {
        name: unknown for name, text in texts.items() if (unknown := list(claims.unsourced(text, known)))
    } == {}

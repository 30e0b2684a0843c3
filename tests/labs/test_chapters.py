"""Every chapter: its challenges have their words, and a solution that is code."""

from __future__ import annotations

import ast
import builtins

import pytest

from labs import chapters
from labs.checks.model import Challenge
from labs.lab import HINTS
from labs.learner import LANGUAGES, Language
from labs.view import outcome

CHALLENGES = [challenge for name in chapters.NAMES for challenge in chapters.chapter(name).challenges]
FEWEST = 4  # challenges in a notebook


@pytest.mark.parametrize("name", chapters.NAMES)
def test_a_chapter_has_challenges_of_its_name(name: str) -> None:
    found = chapters.chapter(name)
    names = [challenge.name for challenge in found.challenges]
    assert len(set(names)) == len(names) >= FEWEST
    assert all(each.startswith(f"{name}-") for each in names)
    assert [chapters.challenge(each).name for each in names] == names
    for lang in LANGUAGES:
        assert found.say("ready", lang)
        assert found.say("cleaned", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda challenge: challenge.name)
def test_hints_and_solution_can_be_shown(
    monkeypatch: pytest.MonkeyPatch, challenge: Challenge, lang: Language
) -> None:
    monkeypatch.setenv("COURSE_LANG", lang)
    hints = [outcome.hint(challenge, number, HINTS).text for number in range(1, HINTS + 1)]
    assert len(set(hints)) == HINTS
    assert outcome.solution(challenge).text
    assert ast.parse(challenge.code()).body


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda challenge: challenge.name)
def test_a_solution_runs_in_a_cell_of_its_own(challenge: Challenge) -> None:
    """It names only what it makes or imports itself, and the lab."""
    nodes = list(ast.walk(ast.parse(challenge.code())))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    made = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    made |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    made |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    assert {name.id for name in names} <= made | imported | set(dir(builtins)) | {"lab"}


@pytest.mark.parametrize("name", ["nothing", "nothing-at-all", "ecr-nothing", ""])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(KeyError):
        chapters.challenge(name)

"""Every chapter: its challenges have their words, and a solution that is code."""

from __future__ import annotations

import ast

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


@pytest.mark.parametrize("name", ["nothing", "nothing-at-all", "ecr-nothing", ""])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(KeyError):
        chapters.challenge(name)

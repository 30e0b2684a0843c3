"""One slip in a long word is forgiven; another word is another word."""

from __future__ import annotations

import pytest

from quiz.open_answer.spelling import Spelling

SPELLING = Spelling(
    ["fargate", "ecr", "ecs", "lifecycle", "delet*", "container*", "role", "images", "kubernetes", "never"],
    known=frozenset({"stage", "never"}),
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("fargate", "fargate"),
        ("fragate", "fargate"),
        ("fargatte", "fargate"),
        ("deleting", "delet*"),
        ("dleeting", "delet*"),
        ("containr", "container*"),
        ("conatiners", "container*"),
        ("lyfecicle", "lifecycle"),
        ("imge", None),
        ("imges", "images"),
        ("kubrnetes", "kubernetes"),
    ],
)
def test_finds_what_was_meant(typed: str, meant: str | None) -> None:
    if meant is None:
        assert SPELLING.atoms(typed) == frozenset()
    else:
        assert meant in SPELLING.atoms(typed)


@pytest.mark.parametrize("typed", ["ecx", "ec2", "eks", "roel", "stage", "nevr"])
def test_leaves_acronyms_short_and_known_words_alone(typed: str) -> None:
    assert SPELLING.atoms(typed) == frozenset()


def test_guesses_only_when_allowed() -> None:
    assert SPELLING.atoms("fargatte", may_guess=False) == frozenset()
    assert SPELLING.atoms("fargatte") == {"fargate"}

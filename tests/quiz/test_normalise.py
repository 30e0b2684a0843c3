"""What was typed becomes plain words and sentences."""

from __future__ import annotations

import pytest

from quiz.open_answer.normalise import normalise
from quiz.open_answer.tokens import tokenise


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Dépôt privé", "depot prive"),
        ("F\u200bar\u200dgate", "fargate"),
        ("\u202eFargate", "fargate"),
        ("ЕСR", "ecr"),  # Cyrillic Е and С
        ("Ｆａｒｇａｔｅ", "fargate"),
        ("nœud", "noeud"),
        ("don’t", "do not"),
        ("can't", "can not"),
        ("isnt", "is not"),
        ("EKS &amp; EC2", "eks and ec2"),
    ],
)
def test_reads_as_plain_text(typed: str, read: str) -> None:
    assert " ".join(normalise(typed).split()) == read


def test_dont_is_a_negation_in_english_and_a_pronoun_in_french() -> None:
    assert "not" in normalise("we dont care", "en")
    assert "not" not in normalise("les images dont on parle", "fr")


@pytest.mark.parametrize(
    "typed",
    [
        "<b>ecr</b>",
        "<script>alert(1)</script>ecr",
        "<!-- no --> ecr",
        "<style>p{}</style> ecr",
        "ecr <script>x",
    ],
)
def test_markup_is_removed(typed: str) -> None:
    assert [token.text for token in tokenise(normalise(typed))] == ["ecr"]


def test_a_comparison_is_not_markup() -> None:
    assert "14" in normalise("age < 14 days and > 3")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0.25 vcpu", ["0", "25", "vcpu"]),
        ("ecr:batchgetimage", ["ecr", "batchgetimage"]),
        ("l'auto scaling", ["l", "auto", "scaling"]),
        ("principal *", ["principal", "*"]),
        ("**ecr**", ["ecr"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert [token.text for token in tokenise(text)] == words


def test_sentences_end_at_marks_not_inside_numbers() -> None:
    assert [token.sentence for token in tokenise("use 0.25 vcpu. then stop") if token.is_word] == [
        0,
        0,
        0,
        0,
        1,
        1,
    ]

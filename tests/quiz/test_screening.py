"""What is set aside before marking: copies of the question and bare lists, but no answer beside them."""

from __future__ import annotations

import pytest

from labs.learner import Language
from quiz import bank
from quiz.open_answer import grade
from quiz.open_answer.spelling import is_slip_for


@pytest.mark.parametrize(
    ("word", "other", "slip"),
    [
        ("containers", "contaniers", True),
        ("serveurs", "serveur", True),
        ("monde", "moindre", False),
        ("commun", "comment", False),
        ("tasks", "masks", False),
        ("ecr", "ecs", False),
    ],
)
def test_slips_in_a_copy_are_those_of_the_spelling(word: str, other: str, slip: bool) -> None:
    assert is_slip_for(word, other) is slip


@pytest.mark.parametrize(
    ("id", "lang", "answer"),
    [
        ("serverless-containers", "en", "The containerised web application must run on AWS Fargate."),
        ("serverless-containers", "fr", "L'application web conteneurisée doit tourner sur AWS Fargate."),
        ("central-registry", "fr", "Un endroit unique et sûr pour les images de conteneurs : ECR."),
        ("central-registry", "en", "One safe place for container images: ECR."),
    ],
)
def test_a_sentence_that_names_something_new_is_no_copy(id: str, lang: Language, answer: str) -> None:
    assert grade(bank.chapter()[id], answer, lang).verdict == "correct"


@pytest.mark.parametrize(
    ("lang", "answer", "expected"),
    [
        ("fr", "ECR (chiffré, scan, droits IAM), pull depuis ECS, EKS, Lambda", "correct"),
        ("en", "ECR (encrypted, scanned, IAM), pulled from ECS, EKS, Lambda", "correct"),
        ("fr", "ECR, S3, SQS, SNS, RDS, EC2", "incorrect"),
        ("en", "ECR S3 SQS SNS RDS EC2", "incorrect"),
    ],
)
def test_a_list_that_says_where_or_what_for_states_something(
    lang: Language, answer: str, expected: str
) -> None:
    assert grade(bank.chapter()["central-registry"], answer, lang).verdict == expected

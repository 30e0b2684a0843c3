"""The bank: what it holds is complete, and what is wrong in it is named."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from quiz import bank
from quiz.bank import BankError
from quiz.open_answer import thesaurus

QUESTIONS = bank.chapter()
CHAPTER = [
    "isolate-services",
    "central-registry",
    "expire-images",
    "serverless-containers",
    "kubernetes-control",
    "seasonal-scaling",
    "survive-instance-failure",
    "restrict-image-access",
    "least-privilege-containers",
]


def test_holds_the_chapters_nine_questions_in_order() -> None:
    assert list(QUESTIONS) == CHAPTER


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.id)
def test_rubrics_refer_to_concepts_of_the_thesaurus(question: Any) -> None:
    used = {c for idea in question.rubric.ideas for needed in idea.alternatives for c in needed}
    assert used <= thesaurus.load().concepts.keys()


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.id)
def test_the_two_languages_are_not_the_same_text(question: Any) -> None:
    texts = [question.scenario, question.model_answer]
    texts += [idea.why for idea in question.rubric.rejected + question.rubric.undoing]
    for text in texts:
        assert text.fr != text.en


@pytest.fixture
def entry() -> dict[str, Any]:
    """The first question of the bank as it is written."""
    file = bank.FOLDER / bank.CHAPTER
    return copy.deepcopy(yaml.safe_load(file.read_text(encoding="utf-8"))[0])


def load(folder: Path, *entries: Any) -> bank.Bank:
    (folder / "some.yaml").write_text(yaml.safe_dump(list(entries), allow_unicode=True), encoding="utf-8")
    loaded = bank.load(folder)
    list(loaded)
    return loaded


def test_loads_a_valid_question(tmp_path: Path, entry: dict[str, Any]) -> None:
    assert list(load(tmp_path, entry)) == ["isolate-services"]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("scenario", "en"), None, "scenario"),
        (("model_answer", "fr"), "", "model_answer.fr"),
        (("difficulty",), 9, "difficulty"),
        (("domain",), "fun", "domain"),
        (("task",), "9.9", "task"),
        (("colour",), "red", "colour"),
        (("rubric", "at_least"), 5, "at_least"),
        (("rubric", "required"), [], "rubric.required"),
    ],
)
def test_an_error_names_file_question_and_field(
    tmp_path: Path, entry: dict[str, Any], path: tuple[str, ...], value: object, words: str
) -> None:
    *parents, last = path
    place = entry
    for name in parents:
        place = place[name]
    place[last] = value
    with pytest.raises(BankError) as error:
        load(tmp_path, entry)
    for part in ("some.yaml", "isolate-services", words):
        assert part in str(error.value)


def test_refuses_an_id_twice(tmp_path: Path, entry: dict[str, Any]) -> None:
    with pytest.raises(BankError, match="already taken"):
        load(tmp_path, entry, entry)


def test_refuses_an_idea_twice(tmp_path: Path, entry: dict[str, Any]) -> None:
    entry["rubric"]["required"] *= 2
    with pytest.raises(BankError, match="appears twice"):
        load(tmp_path, entry)


@pytest.mark.parametrize("text", ["{", "a: 1", "- id: x"])
def test_refuses_what_is_no_list_of_questions(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BankError, match=r"broken\.yaml"):
        list(bank.load(tmp_path))


def test_the_version_changes_with_the_wording(tmp_path: Path, entry: dict[str, Any]) -> None:
    before = QUESTIONS["isolate-services"].version
    entry["scenario"]["en"] += " Now?"
    assert load(tmp_path, entry)["isolate-services"].version != before

"""`course report` and `course record`, as a learner or a teacher runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quiz.cli import app
from quiz.contested import entry
from quiz.store import Attempt, Record
from tests.quiz.banks import choice, matching, ordering
from tests.quiz.examples import NOON

pytestmark = pytest.mark.usefixtures("course_home")


def run(*arguments: str, input: str | None = None) -> Any:
    return CliRunner().invoke(app, arguments, input=input)


@pytest.fixture
def answered() -> Record:
    """A record with one wrong answer, contested."""
    run("quiz", "--question", "central-registry", input="Docker Hub,\nof course\n\n")
    run("record", "contest", "I meant <ECR>")
    return Record()


def test_a_report_without_answers_says_so() -> None:
    result = run("report")
    assert result.exit_code == 0
    assert "Not enough answers yet" in result.output
    assert "By topic" in result.output


def test_a_report_in_french_with_a_page(answered: Record, tmp_path: Path) -> None:
    result = run("report", "--lang", "fr", "--html", str(tmp_path / "r.html"))
    assert result.exit_code == 0
    assert "Réponses données" in result.output and "Par thème" in result.output
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and "<svg" in page and 'lang="fr"' in page


def test_a_page_that_cannot_be_written_is_told(answered: Record, tmp_path: Path) -> None:
    result = run("report", "--html", str(tmp_path / "no" / "r.html"))
    assert result.exit_code == 2
    assert "r.html" in result.stderr


def test_the_export_goes_to_a_file_or_to_standard_output(answered: Record, tmp_path: Path) -> None:
    printed = json.loads(run("record", "export").stdout)
    assert printed["attempts"][0]["answer"] == "Docker Hub,\nof course"
    assert run("record", "export", str(tmp_path / "r.json")).exit_code == 0
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["attempts"] == printed["attempts"]
    assert run("record", "export", str(tmp_path)).exit_code == 2


def test_erasing_shows_what_and_asks(answered: Record) -> None:
    result = run("record", "erase", input="n\n")
    assert result.exit_code == 1
    assert "1 answers, 0 exams" in result.output and str(answered.path) in result.output
    assert len(answered.attempts()) == 1


def test_a_dry_run_erases_nothing(answered: Record) -> None:
    assert run("record", "erase", "--dry-run", "--yes").exit_code == 0
    assert len(answered.attempts()) == 1


@pytest.mark.parametrize(("arguments", "input"), [(("--yes",), None), ((), "yes\n")])
def test_erasing_leaves_nothing(answered: Record, arguments: tuple[str, ...], input: str | None) -> None:
    result = run("record", "erase", *arguments, input=input)
    assert result.exit_code == 0 and "Record erased." in result.output
    assert list(answered.path.parent.glob("record*sqlite*")) == []
    assert "no record to erase" in run("record", "erase", "--yes").output


def test_a_damaged_record_can_be_erased(course_home: Path) -> None:
    Record().path.write_bytes(b"no database" * 1000)
    result = run("record", "erase", "--yes")
    assert result.exit_code == 0
    assert "? answers" in result.output and "record.damaged-" in result.output
    assert list(course_home.glob("record*sqlite*")) == []


def test_a_teacher_sees_contested_verdicts(answered: Record, tmp_path: Path) -> None:
    output = tmp_path / "contested.jsonl"
    result = run("record", "contested", "--output", str(output))
    assert result.exit_code == 0
    for words in ("central-registry", "Docker Hub,", "Incorrect", "I meant <ECR>", "DevOps team"):
        assert words in result.stdout
    (line,) = output.read_text(encoding="utf-8").splitlines()
    entry = json.loads(line)
    assert (entry["question"], entry["verdict"], entry["comment"]) == (
        "central-registry",
        "incorrect",
        "I meant <ECR>",
    )
    assert entry["answer"] == "Docker Hub,\nof course"
    assert entry["scenario"].startswith("A DevOps team")


def test_nothing_contested_is_said() -> None:
    assert "No verdict is contested." in run("record", "contested").output


def test_another_answer_can_be_contested_by_its_number(answered: Record) -> None:
    run("quiz", "--question", "expire-images", input="tags\n\n\n")
    assert run("record", "contest", "--attempt", "1", "again").exit_code == 0
    assert answered.contested()[0].comment == "again"
    missing = run("record", "contest", "--attempt", "99")
    assert missing.exit_code == 2 and "no such answer" in missing.stderr


def test_a_record_that_cannot_be_read_is_told(course_home: Path) -> None:
    (course_home / "record.sqlite").mkdir(parents=True)
    for command in (("report",), ("record", "export"), ("record", "contested"), ("quiz", "review")):
        result = run(*command)
        assert result.exit_code == 2, command
        assert "record.sqlite" in result.stderr


def contested(question: Any, response: str, bank_version: str | None = None) -> str:
    """How a teacher reads an answer in French."""
    attempt = Attempt(
        id=1,
        question=question.id,
        bank_version=bank_version or question.version,
        lang="fr",
        answer=response,
        verdict="partial",
        credit=0.5,
        asked_at=NOON,
        answered_at=NOON,
        contested=True,
        comment="",
    )
    return str(entry(attempt, {question.id: question})["answer"])


def test_a_closed_answer_is_shown_in_words() -> None:
    assert (
        contested(choice("c", keys=(0, 2), options=5), "[0, 3]") == "option 0 of c (fr); option 3 of c (fr)"
    )
    assert contested(ordering("s"), "[2, 0, 1]") == "step 2 (fr); step 0 (fr); step 1 (fr)"
    assert contested(matching("m"), "[1, null, 2]").startswith(
        "item 0 (fr) → target one (fr); item 1 (fr) → –"
    )


def test_an_answer_to_another_wording_is_shown_as_it_was_kept() -> None:
    assert contested(choice("c"), "[3]", "older") == "[3]"


@pytest.mark.parametrize("response", ["[99]", "[-1]", "[true]", '{"a": 1}', "nonsense", "[[[[", "[0, 1]"])
def test_an_edited_answer_is_shown_as_it_was_kept(response: str) -> None:
    assert contested(choice("c"), response) == response
    assert contested(matching("m"), "[0]") == "[0]"


def test_an_answer_cannot_steer_the_teachers_terminal(answered: Record) -> None:
    run("record", "contest", "\x1b[2Jcleared \x9b31m \u202eback\rover")
    shown = run("record", "contested").output
    assert r"\x1b[2Jcleared \x9b31m \u202eback\rover" in shown
    assert not {"\x1b", "\x9b", "\u202e", "\r"} & set(shown)


def test_erasing_is_agreed_to_in_the_learners_language(
    answered: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_LANG", "fr")
    assert run("record", "erase", input="").exit_code == 1
    assert run("record", "erase", input="non\n").exit_code == 1
    assert len(answered.attempts()) == 1
    assert "Carnet effacé" in run("record", "erase", input="Oui\n").output

"""`course grade` and `course quiz`, as a learner runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quiz import text
from quiz.cli import app
from quiz.store import Record

GOOD = {"id": 7, "question": "central-registry", "lang": "fr", "answer": "ECR", "extra": {"a": [1, None]}}


def run(*arguments: str, input: str | bytes | None = None) -> Any:
    return CliRunner().invoke(app, arguments, input=input)


def graded(folder: Path, *lines: object) -> tuple[list[dict[str, Any]], Any]:
    """The lines that `grade` writes for these (objects, or raw text), and its result."""
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    written = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    source.write_text("\n".join(written) + "\n", encoding="utf-8")
    result = run("grade", str(source), "--output", str(target))
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()], result


def test_adds_the_verdict_and_keeps_every_field_in_order(tmp_path: Path) -> None:
    lines, result = graded(tmp_path, GOOD)
    assert result.exit_code == 0
    assert list(lines[0]) == [*GOOD, "verdict", "found", "missing", "contradicted"]
    assert {key: lines[0][key] for key in GOOD} == GOOD
    assert lines[0]["verdict"] == "correct"
    assert lines[0]["found"][0] == "ecr"
    assert lines[0]["missing"] == lines[0]["contradicted"] == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("{bad", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[1]", "object"),
        (GOOD | {"question": "nope"}, "unknown question: nope"),
        (GOOD | {"lang": "de"}, "unknown language: de"),
        (GOOD | {"answer": 3}, "“answer” must be a text"),
        (GOOD | {"question": ["x"]}, "“question” must be a text"),
        ({"question": "central-registry", "lang": "fr"}, "“answer” is missing"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_line_is_named_and_the_others_are_marked(tmp_path: Path, bad: object, words: str) -> None:
    lines, result = graded(tmp_path, GOOD, bad, GOOD)
    assert result.exit_code == 1
    assert [line.get("verdict") for line in lines] == ["correct", None, "correct"]
    assert "Line 2" in lines[1]["error"]
    assert words in lines[1]["error"]
    assert lines[1]["error"] in result.stderr
    kept = {key: value for key, value in lines[1].items() if key != "error"}
    assert kept == (bad if isinstance(bad, dict) else {"line": bad})


def test_errors_are_in_the_learners_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_LANG", "fr")
    lines, _ = graded(tmp_path, "{bad")
    assert lines[0]["error"].startswith("Ligne 1")


def test_blank_lines_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    lines, result = graded(tmp_path, "\ufeff" + json.dumps(GOOD), "", "  ", GOOD)
    assert (result.exit_code, len(lines)) == (0, 2)


def test_half_a_character_is_written_as_it_came(tmp_path: Path) -> None:
    lines, result = graded(tmp_path, GOOD | {"answer": "ECR \ud83d"})
    assert (result.exit_code, lines[0]["answer"]) == (0, "ECR \ud83d")


def test_bytes_that_are_no_text_do_not_stop_it(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b'{"question": "central-registry", "lang": "fr", "answer": "ECR \xff"}\n')
    result = run("grade", str(source))
    assert json.loads(result.stdout)["verdict"] == "correct"


def test_reads_standard_input_and_writes_standard_output() -> None:
    result = run("grade", "-", input=json.dumps(GOOD) + "\n")
    assert (result.exit_code, json.loads(result.stdout)["verdict"]) == (0, "correct")


def test_refuses_to_overwrite_what_it_reads(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(GOOD), encoding="utf-8")
    result = run("grade", str(source), "--output", str(source))
    assert result.exit_code == 2
    assert json.loads(source.read_text(encoding="utf-8")) == GOOD


def test_says_which_file_cannot_be_read_or_written(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    missing = run("grade", str(source))
    source.touch()
    unwritable = run("grade", str(source), "--output", str(tmp_path / "no" / "out.jsonl"))
    assert (missing.exit_code, unwritable.exit_code) == (2, 2)
    assert "in.jsonl" in missing.stderr
    assert "out.jsonl" in unwritable.stderr


def test_quiz_lists_the_questions_in_the_language_asked_for() -> None:
    result = run("quiz", "--list", "--lang", "fr")
    assert result.stdout.count("\n  ") == 9
    assert "Quelle fonction activer" in result.stdout


@pytest.mark.parametrize("arguments", [("--question", "nope"), ("--lang", "de")])
def test_quiz_refuses_what_it_does_not_know(arguments: tuple[str, str]) -> None:
    result = run("quiz", *arguments)
    assert result.exit_code == 2
    assert arguments[1] in result.stderr


def test_quiz_marks_an_answer_of_several_lines_and_keeps_it(course_home: Path) -> None:
    result = run("quiz", "--question", "central-registry", input="Amazon ECR,\nbut public\n\n")
    assert result.exit_code == 0
    assert "PARTLY CORRECT" in result.stdout
    assert "Docker Hub is outside AWS" in result.stdout
    assert "0 of 1 correct" in result.stdout
    assert [attempt.answer for attempt in Record().attempts()] == ["Amazon ECR,\nbut public"]


def test_quiz_passes_a_question_left_empty_and_ends_with_the_input(course_home: Path) -> None:
    result = run("quiz", input="\nECR\n\n")
    assert result.exit_code == 0
    assert "Question skipped" in result.stdout
    assert "1 of 1 correct" in result.stdout


def test_ctrl_c_leaves_cleanly(course_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(text, "run", interrupt)
    result = run("quiz")
    assert result.exit_code == 0
    assert "See you soon" in result.stdout


def test_quiz_lets_an_unrecognised_answer_be_put_another_way(course_home: Path) -> None:
    result = run("quiz", "--question", "central-registry", input="We shall see\n\nAmazon ECR, private\n\n")
    assert result.exit_code == 0
    first, _, second = result.output.partition("An empty line moves on.")
    assert "NOT RECOGNISED" in first and "ECR" not in first
    assert "CORRECT" in second and "1 of 1 correct." in second


def test_quiz_gives_the_answer_to_who_gives_up(course_home: Path) -> None:
    result = run("quiz", "--question", "central-registry", input="We shall see\n\n\n")
    first, _, second = result.output.partition("An empty line moves on.")
    assert "ECR" not in first and "Amazon ECR" in second
    assert "0 of 1 correct." in second

"""`course grade` and `course quiz`, as a learner runs them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quiz import bank, quiz_cli
from quiz.cli import app
from quiz.model import ChoiceQuestion
from quiz.store import Record
from quiz.terminal import practice

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

    monkeypatch.setattr(practice, "run", interrupt)
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


# The modes


def test_practice_asks_the_topic_and_counts(course_home: Path) -> None:
    result = run("quiz", "practice", "--topic", "fargate", "--count", "2", input="\n\n")
    assert result.exit_code == 0
    assert "Question 2 of 2" in result.stdout and "Question skipped" in result.stdout


def test_quiz_with_a_topic_is_practice(course_home: Path) -> None:
    result = run("quiz", "--topic", "eks", "--count", "3", "--list")
    assert result.stdout.count("\n  ") == 3


def test_any_question_of_the_bank_can_be_named(course_home: Path) -> None:
    id = next(id for id, question in bank.load().items() if isinstance(question, ChoiceQuestion))
    result = run("quiz", "--question", id, input="A\n")
    assert result.exit_code == 0
    assert len(bank.load()[id].options) <= result.stdout.count("✓") + result.stdout.count("✗")


@pytest.mark.parametrize(
    "arguments",
    [
        ("practice", "--topic", "lambda"),
        ("adaptive", "--topic", "lambda"),
        ("custom", "--topic", "lambda"),
        ("custom", "--domain", "lambda"),
        ("custom", "--kind", "lambda"),
        ("custom", "--era", "lambda"),
        ("exam", "--form", "lambda"),
    ],
)
def test_a_value_that_does_not_exist_is_answered_with_those_that_do(arguments: tuple[str, ...]) -> None:
    result = run("quiz", *arguments)
    assert result.exit_code == 2
    assert arguments[1] in result.stderr and "lambda" in result.stderr
    assert "Possible values: " in result.stderr


@pytest.mark.parametrize("mode", ["practice", "adaptive", "custom", "review", "exam"])
def test_every_mode_explains_itself(mode: str) -> None:
    result = run("quiz", mode, "--help")
    assert result.exit_code == 0
    assert "--lang" in result.stdout


def test_adaptive_practice_never_asks_twice(course_home: Path) -> None:
    result = run("quiz", "adaptive", "--topic", "ecs", "--count", "6", input="\n" * 6)
    scenarios = re.findall(r"Question \d of 6\n(.+)", result.stdout)
    assert len(set(scenarios)) == 6


def test_adaptive_practice_ends_with_the_topic(course_home: Path) -> None:
    size = sum(question.topic == "fargate" for question in bank.load().values())
    result = run("quiz", "adaptive", "--topic", "fargate", "--count", "1000", input="\n" * 1000)
    assert re.findall(r"Question (\d+) of (\d+)\n", result.stdout)[-1] == (str(size), str(size))


def test_options_before_a_mode_are_not_lost_in_silence(course_home: Path) -> None:
    result = run("quiz", "--topic", "ecr", "practice")
    assert result.exit_code == 2 and "course quiz practice" in result.stderr


def test_a_terminal_that_is_gone_has_no_more_lines(
    course_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(EOFError):
        quiz_cli._line()


def test_two_terminals_begin_one_exam(course_home: Path) -> None:
    desk = quiz_cli._desk("en", Record())
    begun = quiz_cli._begun("short", 1, desk)
    assert quiz_cli._begun("full", 2, desk).state == begun.state


@pytest.mark.parametrize("command", ["quiz", "quiz practice", "quiz adaptive", "quiz exam", "record contest"])
def test_a_home_that_cannot_be_made_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file"))
    result = run(*command.split(), input="Docker Hub\n\n")
    assert isinstance(result.exception, SystemExit | None)
    assert str(tmp_path) in result.output


def test_custom_sets_meet_their_conditions(course_home: Path) -> None:
    nothing = run("quiz", "custom", "--missed")
    assert nothing.exit_code == 2 and "No question meets" in nothing.stderr
    run("quiz", "--question", "central-registry", input="Docker Hub\n\n")
    result = run("quiz", "custom", "--missed", input="Amazon ECR, private\n\n")
    assert "Question 1 of 1" in result.stdout and "DevOps team" in result.stdout
    assert [attempt.mode for attempt in Record().attempts()] == ["practice", "custom"]


def test_review_says_when_there_is_nothing_and_asks_what_is_due(course_home: Path) -> None:
    assert "Nothing to review yet" in run("quiz", "review").stdout
    run("quiz", "--question", "central-registry", input="ECR private\n\n")
    assert re.search(r"comes back on 20\d\d-\d\d-\d\d", run("quiz", "review").stdout)
    record = Record()
    with record._database.transaction() as connection:
        connection.execute("UPDATE card SET due = '2020-01-01T00:00:00+00:00'")
    result = run("quiz", "review", input="ECR private\n\n")
    assert "Question 1 of 1" in result.stdout
    assert [attempt.mode for attempt in record.attempts()] == ["practice", "review"]
    assert "comes back on" in run("quiz", "review").stdout


def test_an_exam_is_resumed_and_its_result_shown_again(course_home: Path) -> None:
    none = run("quiz", "exam", "--last")
    assert none.exit_code == 2 and "No exam handed in yet" in none.stderr
    begun = run("quiz", "exam", "--seed", "4", input="m\n7\n")
    assert begun.exit_code == 0
    assert "20 questions, 40 minutes" in begun.stdout and "To resume" in begun.stdout
    resumed = run("quiz", "exam", "--form", "full", input="l\nh\nyes\n")
    assert "goes on" in resumed.stdout and "exam of the other form" in resumed.stdout
    assert "Question 7 of 20" in resumed.stdout and "1·!" in resumed.stdout
    assert "0 of 20 correct" in resumed.stdout
    again = run("quiz", "exam", "--last", "--lang", "fr")
    assert "Réponses correctes\u00a0: 0 sur 20" in again.stdout
    assert Record().attempts() == []


def test_the_same_seed_draws_the_same_exam(course_home: Path) -> None:
    drawn = []
    for seed in ("4", "4", "5"):
        run("quiz", "exam", "--seed", seed, input="h\nyes\n")
        drawn.append([asked.id for asked in Record().exams()[-1].questions])
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_bank_too_small_for_the_form_is_told(course_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "load", bank.chapter)
    result = run("quiz", "exam")
    assert result.exit_code == 2
    assert "0 exam questions; 20 are needed" in result.stderr


def test_the_commands_start_fast() -> None:
    code = (
        "import sys, quiz.cli; print(sorted({'fsrs', 'matplotlib', 'rich.table', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("[]", "['rich.table']")

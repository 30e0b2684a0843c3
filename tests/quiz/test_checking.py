"""`course bank check`: each check finds what it is for, and leaves a sound question alone."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from typer.testing import CliRunner

from labs.facts import facts
from quiz import bank, bank_cli, syllabus
from quiz.checking import bank as checking
from quiz.checking import bias, coverage, review, similarity, sources, wording
from quiz.checking.findings import Finding
from quiz.model import AnyQuestion, ChoiceQuestion, Question

TODAY = date(2026, 11, 21)
WRITTEN: dict[str, Any] = {
    "id": "fargate-stop-warning",
    "type": "choice",
    "domain": "resilient",
    "task": "2.2",
    "topic": "fargate",
    "covers": ["fargate-spot"],
    "difficulty": 2,
    "bloom": "apply",
    "sources": [{"title": "Amazon ECS Developer Guide: Fargate capacity providers", "checked": "2026-11"}],
    "facts": ["fargate_spot_warning"],
    "scenario": {
        "fr": "Un musée exécute ses conversions d’images sur Fargate Spot, qui prévient 2 minutes avant. Que faire ?",
        "en": "A museum runs its image conversions on Fargate Spot, which warns 2 minutes ahead. What should it do?",
    },
    "options": [
        {
            "text": {"fr": f"Choisir la solution {letter}", "en": f"Choose solution {letter}"},
            "correct": letter == "b",
            "rationale": {"fr": f"Parce que {letter}.", "en": f"Because {letter}."},
        }
        for letter in "abcd"
    ],
}


def question(**changes: Any) -> Any:
    """The sound question, with changes by dotted path, such as `options.0.text.en`."""
    entry = copy.deepcopy(WRITTEN)
    for path, value in changes.items():
        *parents, last = path.split(".")
        place: Any = entry
        for name in parents:
            place = place[int(name) if name.isdigit() else name]
        place[int(last) if last.isdigit() else last] = value
    return msgspec.convert(entry, AnyQuestion)


def keys(findings: Iterable[Finding]) -> list[str]:
    found = list(findings)
    for finding in found:
        for lang in ("fr", "en"):
            assert "{" not in finding.message(lang)
    return [finding.key for finding in found]


def of_one(candidate: Question) -> list[str]:
    """What the checks of single questions find."""
    return keys(
        finding
        for findings in (
            wording.languages(candidate),
            wording.typography(candidate),
            wording.number_to_choose(candidate),
            wording.facts(candidate, facts()),
            sources.check(candidate, TODAY),
        )
        for finding in findings
    )


def test_a_sound_question_has_nothing_to_mend() -> None:
    assert of_one(question()) == []


LONG = "The company must keep all of its images in one registry that it owns."


@pytest.mark.parametrize(
    ("path", "value", "finding"),
    [
        ("options.1.rationale", {"fr": LONG, "en": LONG}, "same_text"),
        (
            "scenario.fr",
            "The team keeps the images in a registry that it owns, with 2 minutes.",
            "wrong_language",
        ),
        (
            "scenario.en",
            "Le musée garde les images dans un registre qui est à lui, en 2 minutes.",
            "wrong_language",
        ),
        ("options.0.text.fr", "Choisir l'une", "straight_apostrophe"),
        ("options.0.text.en", "Choose it, don't wait", "straight_apostrophe"),
        ("options.0.text.fr", "Que faire ?", "french_space"),
        ("options.0.text.fr", "Attention: rien", "french_space"),
        ("options.0.text.fr", "Dire «rien»", "french_space"),
        ("options.0.correct", True, "number_to_choose"),
        ("facts", ["no_such_fact"], "unknown_fact"),
        ("facts", ["ecr_lifecycle_rules"], "fact_not_stated"),
        ("sources.0.title", "Somebody’s blog", "unknown_publisher"),
        ("sources.0.checked", "2026-12", "checked_in_future"),
        ("sources.0.checked", "2025-01", "checked_long_ago"),
    ],
)
def test_finds_what_is_wrong_with_one_question(path: str, value: Any, finding: str) -> None:
    assert finding in of_one(question(**{path: value}))


def test_colons_inside_names_and_urls_are_no_french_punctuation() -> None:
    for words in (
        "l’action ecr:BatchGetImage",
        "https://example.com/a?b",
        "l’image web:1.2",
        "de 10:30 à 11:00",
    ):
        assert of_one(question(**{"options.0.text.fr": words})) == []


def test_a_fact_is_stated_with_the_decimal_sign_of_the_language() -> None:
    scenario = {"fr": "Le prix est de 0,10 USD.", "en": "The price is 0.1 USD."}
    assert of_one(question(facts=["ecr_gb_month"], scenario=scenario)) == ["fact_not_stated"]
    scenario["fr"] = "Le prix est de 0,1 USD."
    assert of_one(question(facts=["ecr_gb_month"], scenario=scenario)) == []


def test_two_keys_must_be_announced() -> None:
    options = [*WRITTEN["options"], WRITTEN["options"][0] | {"correct": True}]
    scenario = {
        "fr": WRITTEN["scenario"]["fr"] + " (Choisissez DEUX réponses.)",
        "en": WRITTEN["scenario"]["en"] + " (Choose TWO.)",
    }
    assert of_one(question(options=options)) == ["number_to_choose"] * 2
    assert of_one(question(options=options, scenario=scenario)) == []


def test_near_duplicates_are_found_in_either_language() -> None:
    words = "A museum uses Fargate Spot, which warns 2 minutes ahead, to run image conversions. What should it do?"
    near = question(id="other", **{"scenario.en": words, "scenario.fr": "Tout autre chose."})
    far = question(id="far", scenario={"fr": "Combien de zones ?", "en": "How many zones are there?"})
    assert keys(similarity.check([question(), near, far])) == ["near_duplicate"]


def keyed(place: int, text: str = "Choose solution b") -> ChoiceQuestion:
    changes: dict[str, Any] = {f"options.{number}.correct": number == place for number in range(4)}
    changed: ChoiceQuestion = question(**changes, **{f"options.{place}.text.en": text})
    return changed


def test_a_key_much_longer_than_its_distractors_is_found() -> None:
    assert "long_key" in keys(bias.check([keyed(0, "Choose the one and only solution that fits")]))


def test_keys_that_are_mostly_the_longest_option_are_found() -> None:
    longest = [keyed(n % 4, "Choose solution bb") for n in range(12)]
    assert keys(bias.check(longest)) == ["longest_share"]
    assert keys(bias.check([keyed(n % 4) for n in range(12)])) == []
    assert bias.lengths(longest, "en").share == 1
    assert bias.lengths([], "en").share == 0


def test_keys_that_stand_too_often_at_one_place_are_found() -> None:
    found = list(bias.check([keyed(0) for _ in range(20)]))
    assert ("key_positions", "a") in [(f.key, f.values["place"]) for f in found if "place" in f.values]


def test_absolute_words_in_distractors_alone_give_the_key_away() -> None:
    changes = {f"options.{n}.text.en": f"Always choose {n} here" for n in (0, 2, 3)}
    assert keys(bias.check([question(**changes)])) == ["absolute_words"]
    assert keys(bias.check([question(**changes, **{"options.1.text.en": "Always choose 1 here"})])) == []


def test_tags_that_contradict_each_other_are_found() -> None:
    wrong = [question(task="1.1"), question(topic="ecs"), question(covers=["nothing"])]
    found = keys(coverage.check(wrong, syllabus.points(), checking.exam_weights()))
    assert {"other_domain", "other_topic", "unknown_point", "uncovered", "domain_share", "too_few"} <= set(
        found
    )


def test_a_second_solving_holds_for_the_wording_and_key_that_was_solved() -> None:
    solved = question()
    reviews = {
        solved.id: review.Review(fingerprint=review.fingerprint(solved), solved="2026-11", outcome="agreed")
    }
    reworded = question(**{"options.0.text.en": "Choose something else"})
    rekeyed = question(**{"options.1.correct": False, "options.2.correct": True})
    explained = question(**{"options.0.rationale.en": "Because it says so."})
    assert keys(review.check([solved], reviews)) == []
    assert keys(review.check([explained], reviews)) == []
    assert keys(review.check([reworded], reviews)) == ["changed_since_review"]
    assert keys(review.check([rekeyed], reviews)) == ["changed_since_review"]
    assert keys(review.check([question(id="new")], reviews)) == ["not_reviewed", "review_of_nothing"]


@pytest.mark.parametrize("candidate", bank.load().values(), ids=lambda candidate: candidate.id)
def test_a_solver_sees_neither_key_nor_rationale(candidate: Any) -> None:
    shown = msgspec.json.encode(review.sheet(candidate)).decode()
    assert "correct" not in review.sheet(candidate) and '"rationale"' not in shown and '"match"' not in shown
    assert set(review.sheet(candidate)) <= {"id", "type", "scenario", "options", "steps", "targets", "items"}


ORDERING = msgspec.convert(
    {
        **{key: value for key, value in WRITTEN.items() if key != "options"},
        "type": "ordering",
        "steps": [
            {"text": {"fr": f"étape {name}", "en": f"step {name}"}, "rationale": {"fr": "Car.", "en": "For."}}
            for name in "cab"
        ],
    },
    AnyQuestion,
)


@pytest.mark.parametrize(
    ("candidate", "answer", "agreed"),
    [
        (question(), [1], True),
        (question(), [0], False),
        (question(), [1, 2], None),
        (question(), "b", None),
        (question(), [[1]], None),
        (ORDERING, [2, 0, 1], True),  # the sheet shows a, b, c
        (ORDERING, [0, 1, 2], False),
        (ORDERING, [0, 1, 7], None),
        (bank.chapter()["central-registry"], "Amazon ECR", True),
        (bank.chapter()["central-registry"], "Docker Hub", False),
        (bank.chapter()["central-registry"], [1], None),
    ],
)
def test_a_solvers_answer_agrees_differs_or_is_refused(
    candidate: Any, answer: Any, agreed: bool | None
) -> None:
    if agreed is None:
        with pytest.raises(ValueError):
            review.agrees(candidate, answer)
    else:
        assert review.agrees(candidate, answer) is agreed


def test_a_question_that_was_reviewed_before_and_changed_is_recorded_as_rewritten() -> None:
    first = review.recorded({}, [question()], "2026-10")
    assert first["fargate-stop-warning"].outcome == "agreed"
    assert review.recorded(first, [question()], "2026-11") == first
    reworded = question(**{"options.0.text.en": "Choose something else"})
    again = review.recorded(first, [reworded], "2026-11")["fargate-stop-warning"]
    assert (again.outcome, again.solved) == ("rewritten", "2026-11")


def test_the_second_solving_goes_from_sheet_to_review_file(tmp_path: Path) -> None:
    sheet, answers, file = tmp_path / "sheet.json", tmp_path / "answers.jsonl", tmp_path / "review.yaml"
    runner = CliRunner()
    chosen = ["--question", "central-registry", "--question", "expire-images"]
    assert runner.invoke(bank_cli.app, ["sheet", str(sheet), *chosen]).exit_code == 0
    assert [entry["id"] for entry in msgspec.json.decode(sheet.read_bytes())] == chosen[1::2]
    told = [{"id": "central-registry", "answer": "Amazon ECR"}, {"id": "expire-images", "answer": "by hand"}]
    answers.write_bytes(msgspec.json.Encoder().encode_lines(told))
    result = runner.invoke(
        bank_cli.app, ["review", str(answers), "--file", str(file)], env={"COURSE_LANG": "en"}
    )
    assert result.exit_code == 1
    assert "expire-images: disagrees with the key" in result.output
    assert list(review.load(file)) == ["central-registry"]


@pytest.mark.parametrize(
    "line", ["{", "[]", "{}", '{"id": "nothing", "answer": [1]}', '{"id": "central-registry", "answer": [1]}']
)
def test_a_line_that_is_no_answer_is_named_and_nothing_is_recorded(tmp_path: Path, line: str) -> None:
    (tmp_path / "answers.jsonl").write_text(line, encoding="utf-8")
    file = tmp_path / "review.yaml"
    result = CliRunner().invoke(
        bank_cli.app, ["review", str(tmp_path / "answers.jsonl"), "--file", str(file)]
    )
    assert result.exit_code == 2
    assert "1" in result.output
    assert not file.exists()


def run(*args: str) -> Any:
    return CliRunner().invoke(bank_cli.app, ["check", *args], env={"COURSE_LANG": "en"})


def test_every_bad_question_of_a_folder_is_named_and_the_command_fails(tmp_path: Path) -> None:
    entries = [WRITTEN, {**WRITTEN, "id": "Bad id"}, {**WRITTEN, "difficulty": 9}, WRITTEN]
    (tmp_path / "some.yaml").write_text(yaml.safe_dump(entries), encoding="utf-8")
    (tmp_path / "worse.yaml").write_text("{", encoding="utf-8")
    result = run(str(tmp_path))
    assert result.exit_code == 1
    for words in ("Bad id", "difficulty", "already taken", "worse.yaml: not valid YAML", "to mend"):
        assert words in result.output


def test_a_folder_without_questions_is_refused(tmp_path: Path) -> None:
    result = run(str(tmp_path))
    assert result.exit_code == 2
    assert str(tmp_path) in result.output


def test_the_courses_own_bank_has_nothing_to_mend() -> None:
    result = run()
    assert "Nothing to mend." in result.output
    assert result.exit_code == 0

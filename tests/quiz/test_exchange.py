"""Other programs' formats: what goes out comes back, and what does not fit is listed."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from quiz import bank, bank_cli
from quiz.exchange import anki, formats, gift, jupyterquiz, moodle, plain, qti
from quiz.exchange.plain import ExchangeError, Line, Loss, Plain
from quiz.model import AnyQuestion

HOSTILE = "<script>alert(1)</script> & ~ = # { } : \\ -> %50% \\n ]] [tag:x]"
TAGS = (
    "type:choice",
    "domain:secure",
    "task:1.1",
    "topic:ecr",
    "source:2026-11:Amazon ECR User Guide: Image [1]",
)
ONE = Plain(
    "one-of-four",
    "choice",
    f"Which one? {HOSTILE}",
    tuple(Line(f"Option {n} {HOSTILE}", f"Because {n}. {HOSTILE}", correct=n == 2) for n in range(4)),
    tags=TAGS,
)
TWO = replace(
    ONE, id="two-of-five", lines=tuple(Line(f"Option {n}", f"Because {n}.", correct=n < 2) for n in range(5))
)
ORDER = Plain(
    "steps",
    "ordering",
    "In which order?",
    tuple(Line(f"Step {n}", f"Why {n}.") for n in "abcd"),
    tags=("type:ordering",),
)
MATCH = Plain(
    "roles",
    "matching",
    "Which role?",
    (Line("pulls", "Why.", match=0), Line("reads S3", "Why.", match=1), Line("writes logs", "Why.", match=0)),
    ("execution role", "task role", "instance profile"),
    tags=("type:matching",),
)
OPEN = Plain(
    "say-it",
    "open",
    "What would you do?",
    model_answer="Use ECR.",
    notes=("Expected: ECR",),
    tags=("type:open",),
)
ALL = (ONE, TWO, ORDER, MATCH, OPEN)


def keys(losses: list[Loss]) -> set[tuple[str, str]]:
    for loss in losses:
        for lang in ("fr", "en"):
            assert loss.message(lang)
    return {(loss.question, loss.key) for loss in losses}


def without_rationales(question: Plain) -> Plain:
    return replace(question, lines=tuple(replace(line, rationale="") for line in question.lines))


def test_gift_brings_back_what_it_can_hold_and_lists_the_rest() -> None:
    text, lost = gift.write(ALL)
    read, unread = gift.read(text)
    match = without_rationales(replace(MATCH, targets=MATCH.targets[:2]))
    assert read == [ONE, TWO, without_rationales(ORDER), match, OPEN]
    assert unread == []
    assert keys(lost) == {
        ("steps", "ordering_as_matching"),
        ("steps", "joint_rationales"),
        ("roles", "joint_rationales"),
        ("roles", "unused_targets"),
        ("say-it", "rubric"),
    }


def test_moodle_brings_back_what_it_can_hold_and_lists_the_rest() -> None:
    text, lost = moodle.write(ALL)
    read, unread = moodle.read(text)
    by_first_use = replace(without_rationales(MATCH), targets=MATCH.targets)
    assert read == [ONE, TWO, without_rationales(ORDER), by_first_use, OPEN]
    assert unread == []
    assert keys(lost) == {("steps", "joint_rationales"), ("roles", "joint_rationales"), ("say-it", "rubric")}


def test_jupyterquiz_brings_back_choices_and_lists_the_rest() -> None:
    text, lost = jupyterquiz.write(ALL)
    read, unread = jupyterquiz.read(text)
    assert [(q.kind, q.text, q.lines) for q in read] == [(q.kind, q.text, q.lines) for q in (ONE, TWO)]
    assert unread == []
    assert {("steps", "other_kind"), ("roles", "other_kind"), ("say-it", "other_kind")} < keys(lost)
    assert "<script>" not in text


WORDS = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Cs")), min_size=1)
    .map(str.strip)
    .filter(bool)
)


@given(stem=WORDS, options=st.lists(WORDS, min_size=4, max_size=4, unique=True), key=st.integers(0, 3))
@pytest.mark.parametrize("form", [gift, moodle, jupyterquiz], ids=lambda form: form.__name__)
def test_any_text_survives_the_round_trip(form: Any, stem: str, options: list[str], key: int) -> None:
    lines = tuple(Line(text, text, correct=place == key) for place, text in enumerate(options))
    (read,), _ = form.read(form.write([Plain("some-id", "choice", stem, lines)])[0])
    assert (read.text, read.lines) == (stem, lines)


@pytest.mark.parametrize("form", [gift, moodle], ids=lambda form: form.__name__)
def test_the_courses_bank_comes_back_whole_but_for_what_is_listed(form: Any) -> None:
    """Both languages out and in again: choice questions are the same entries of the bank."""
    known = bank.load()
    read = {}
    for lang in ("fr", "en"):
        read[lang], unread = form.read(form.write([plain.of(q, lang) for q in known.values()])[0])
        assert unread == []
    entries, incomplete = plain.entries(read)
    assert [entry["id"] for entry in entries] == list(known)
    for entry in entries:
        question = known[entry["id"]]
        if entry["type"] == "choice":
            for source in entry["sources"]:  # an address is kept in no tag
                source.update(
                    {s.title: {"url": s.url} for s in question.sources if s.url}.get(source["title"], {})
                )
            assert msgspec.convert(entry, AnyQuestion) == question
        else:
            assert entry["scenario"] == {"fr": question.scenario.fr, "en": question.scenario.en}
    assert {loss.question for loss in incomplete} == {
        id for id, q in known.items() if plain.of(q, "en").kind == "open"
    }


MOODLE_MADE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>$course$/top/Containers</text></category></question>
  <question type="multichoice">
    <name><text>Which registry?</text></name>
    <questiontext format="html"><text><![CDATA[<p>Which <b>registry</b>?</p><p>Say &amp; choose.</p>]]></text><file name="a.png"/></questiontext>
    <single>true</single>
    <answer fraction="100" format="html"><text><![CDATA[<p>ECR</p>]]></text><feedback format="html"><text>Yes</text></feedback></answer>
    <answer fraction="50" format="html"><text>Docker Hub</text></answer>
    <answer fraction="0" format="html"><text>S3</text></answer>
  </question>
  <question type="numerical"><name><text>How many?</text></name><questiontext format="html"><text>n</text></questiontext></question>
  <question type="multichoice">
    <name><text>None right</text></name><questiontext format="html"><text>n</text></questiontext>
    <answer fraction="0"><text>a</text></answer>
  </question>
</quiz>"""


def test_reads_what_moodle_itself_writes_and_lists_what_is_reduced() -> None:
    read, losses = moodle.read(MOODLE_MADE)
    assert [(q.id, q.text) for q in read] == [("which-registry", "Which registry?\nSay & choose.")]
    assert [(line.text, line.rationale, line.correct) for line in read[0].lines] == [
        ("ECR", "Yes", True),
        ("Docker Hub", "", True),
        ("S3", "", False),
    ]
    assert keys(losses) == {
        ("which-registry", "formatting"),
        ("which-registry", "attachments"),
        ("which-registry", "partial_credit"),
        ("how-many", "question_type"),
        ("none-right", "no_key"),
    }


GIFT_MADE = r"""
// A comment that is no question
$CATEGORY: $course$/top/Containers

::Q1:: [html]Which registry\: public or private? {
  =ECR # Right
  ~Docker Hub#Outside AWS
  ~%50%GHCR
}

Just a description, without a question.

Fargate is {~a server =serverless} compute.

Match. {=a -> 1 =b -> 2 =c -> 1}

The sky is blue. {TRUE}

How many tasks? {#3}

Who? {=Ada =Grace}

Say why. {}
"""


def test_reads_gift_written_by_hand() -> None:
    read, losses = gift.read(GIFT_MADE)
    assert [(q.id, q.kind) for q in read] == [
        ("q1", "choice"),
        ("fargate-is-compute", "choice"),
        ("match", "matching"),
        ("say-why", "open"),
    ]
    assert read[0].text == "Which registry: public or private?"
    assert read[1].text == "Fargate is _____ compute."
    assert read[2].targets == ("1", "2")
    kinds = {loss.values.get("kind") for loss in losses if loss.key == "question_type"}
    assert kinds == {"description", "truefalse", "numerical", "shortanswer"}
    assert ("q1", "partial_credit") in keys(losses)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (gift, "Never closed {=a ~b"),
        (moodle, "<quiz>"),
        (moodle, "<html/>"),
        (moodle, '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>'),
        (moodle, '<!DOCTYPE q [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>'),
        (jupyterquiz, "{"),
        (jupyterquiz, "{}"),
        (jupyterquiz, "[" * 100_000),
        (jupyterquiz, '[{"question": "x"}]'),
        (jupyterquiz, '[{"question": "x", "type": "many_choice", "answers": [1]}]'),
    ],
)
def test_what_is_not_the_format_is_refused(form: Any, text: str) -> None:
    with pytest.raises(ExchangeError):
        form.read(text)


def test_gift_leaves_out_code_points_that_are_no_characters() -> None:
    (read,), _ = gift.read(gift.write([replace(ONE, text="a\ufdd0b")])[0])
    assert read.text == "ab"


@given(st.text(alphabet="ab ={}~#%:\\->/[]\n", max_size=60))
def test_gift_reads_or_refuses_anything(text: str) -> None:
    with suppress(ExchangeError):
        gift.read(text)


def test_two_languages_of_different_shape_are_not_joined() -> None:
    entries, losses = plain.entries({"fr": [ONE], "en": [replace(ONE, lines=ONE.lines[:3])]})
    assert entries == []
    assert keys(losses) == {("one-of-four", "languages_differ")}


def test_a_draft_says_what_is_to_be_filled_in() -> None:
    entries, losses = plain.entries({"en": [replace(ONE, tags=())]})
    assert entries[0]["scenario"] == {"en": ONE.text}
    assert losses[0].values["fields"] == "domain, task, topic, covers, difficulty, bloom, sources, fr"


def test_qti_is_a_package_whose_items_name_keys_that_exist() -> None:
    content, losses = qti.write(ALL, "en")
    assert content == qti.write(ALL, "en")[0]
    archive = zipfile.ZipFile(io.BytesIO(content))
    space = {"q": qti.QTI, "p": qti.PACKAGE}
    manifest = ET.fromstring(archive.read("imsmanifest.xml"))
    files = [node.get("href") for node in manifest.iterfind(".//p:resource", space)]
    assert files == [f"{question.id}.xml" for question in ALL]
    assert set(archive.namelist()) == {*files, "imsmanifest.xml"}
    for question in ALL:
        item = ET.fromstring(archive.read(f"{question.id}.xml"))
        offered = {node.get("identifier") for node in item.iterfind(".//q:itemBody//*", space)}
        key = [str(node.text) for node in item.iterfind(".//q:correctResponse/q:value", space)]
        assert bool(key) == (question.kind != "open")
        assert {part for value in key for part in value.split()} <= offered
        assert "".join(item.itertext()).count(question.text) == 1
    one = ET.fromstring(archive.read("one-of-four.xml"))
    assert one.find(".//q:choiceInteraction", space).get("maxChoices") == "1"  # type: ignore[union-attr]
    assert [node.text for node in one.iterfind(".//q:value", space)] == ["L2"]
    assert ("say-it", "rubric") in keys(losses)


def test_anki_makes_a_deck_with_escaped_notes_that_keep_their_identity(tmp_path: Path) -> None:
    def notes(content: bytes) -> list[tuple[str, str]]:
        (tmp_path / "deck.apkg").write_bytes(content)
        zipfile.ZipFile(tmp_path / "deck.apkg").extract("collection.anki2", tmp_path)
        database = sqlite3.connect(tmp_path / "collection.anki2")
        try:
            return database.execute("SELECT guid, flds FROM notes ORDER BY id").fetchall()
        finally:
            database.close()

    first, again = notes(anki.write(ALL, "en")[0]), notes(anki.write(ALL, "en")[0])
    assert [guid for guid, _ in first] == [guid for guid, _ in again]
    assert len({guid for guid, _ in first}) == len(ALL)
    assert {guid for guid, _ in first}.isdisjoint(guid for guid, _ in notes(anki.write(ALL, "fr")[0]))
    assert not any("<script>" in fields for _, fields in first)
    steps = next(fields for _, fields in first if fields.startswith("steps"))
    _, front, back = steps.split("\x1f")
    assert (
        front.index("Step a") != min(front.index(f"Step {n}") for n in "abcd")
        or "Step b" not in front.split("Step a")[1].split("</li>")[1]
    )
    assert [back.index(f"Step {n}") for n in "abcd"] == sorted(back.index(f"Step {n}") for n in "abcd")


def run(*args: object, lang: str = "en") -> Any:
    return CliRunner().invoke(bank_cli.app, [str(arg) for arg in args], env={"COURSE_LANG": lang})


@pytest.mark.parametrize("name", [f"out{form.endings[0]}" for form in formats.FORMATS.values()])
def test_exports_by_the_files_ending_and_tells_what_is_lost(tmp_path: Path, name: str) -> None:
    result = run("export", tmp_path / name, "--topic", "ecr")
    assert result.exit_code == 0, result.output
    assert (tmp_path / name).stat().st_size > 1000
    assert "could not be carried over" in result.output


def test_exports_nothing_over_a_file_that_exists(tmp_path: Path) -> None:
    (tmp_path / "out.xml").write_text("mine")
    assert run("export", tmp_path / "out.xml").exit_code == 2
    assert (tmp_path / "out.xml").read_text() == "mine"
    assert run("export", tmp_path / "out.xml", "--force").exit_code == 0


def test_imports_both_languages_into_a_draft_that_the_check_accepts(tmp_path: Path) -> None:
    for lang in ("fr", "en"):
        assert run("export", tmp_path / f"{lang}.gift", "--lang", lang, "--topic", "ecr").exit_code == 0
    (tmp_path / "bank").mkdir()
    result = run(
        "import", tmp_path / "bank/draft.yaml", "--fr", tmp_path / "fr.gift", "--en", tmp_path / "en.gift"
    )
    assert result.exit_code == 0, result.output
    choices = [q for q in yaml.safe_load((tmp_path / "bank/draft.yaml").read_text()) if q["type"] == "choice"]
    assert choices
    for entry in choices:
        assert msgspec.convert(entry, AnyQuestion).id == entry["id"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["export", "out.doc"], "unknown format"),
        (["export", "out.xml", "--topic", "nothing"], "No question"),
        (["export", "no/folder/out.xml"], "out.xml"),
        (["import", "out.yaml"], "--fr FILE"),
        (["import", "out.yaml", "--en", "absent.gift"], "absent.gift"),
        (["import", "out.yaml", "--en", "deck.apkg"], "only be written"),
        (["import", "out.yaml", "--en", "bad.gift"], "line 1"),
        (["import", "out.yaml", "--en", "bytes.gift"], "cannot be read as gift"),
    ],
)
def test_each_mistake_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.gift").write_text("Never closed {=a")
    Path("bytes.gift").write_bytes(b"\xff\xfe\x00")
    Path("deck.apkg").touch()
    result = run(*args)
    assert result.exit_code == 2
    assert words in result.output
    assert not Path("out.yaml").exists()


def test_a_missing_genanki_is_told_with_the_way_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "genanki", None)
    with pytest.raises(ExchangeError, match=r"\[anki\]"):
        anki.write(ALL, "en")


def test_jupyterquiz_json_has_the_shape_its_documentation_gives() -> None:
    (question,) = json.loads(jupyterquiz.write([TWO])[0])
    assert set(question) == {"question", "type", "answers"}
    assert question["type"] == "many_choice"
    assert {frozenset(answer) for answer in question["answers"]} == {
        frozenset({"answer", "correct", "feedback"})
    }

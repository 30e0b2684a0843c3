"""The language of the thesaurus, and that its data hold together."""

from __future__ import annotations

from pathlib import Path

import pytest

from quiz.open_answer import cues, thesaurus
from quiz.open_answer.matching import Reading, _Index
from quiz.open_answer.thesaurus import ThesaurusError
from quiz.open_answer.tokens import tokenise

SAMPLE = """
fillers: [the, of]
classes:
  erase: ["delet*|purge", "throw away"]
concepts:
  image: {says: ["image|images"], is_not: ["machine image"]}
  cleaning:
    names: ["lifecycle policy"]
    says:
      - "@erase & @image & !script"
      - "keep .. last|latest"
      - "clean up? repository"
"""


def concepts(text: str, folder: Path) -> set[str]:
    (folder / "sample.yaml").write_text(SAMPLE, encoding="utf-8")
    index = _Index(thesaurus.load(folder))
    return {mention.concept for mention in Reading(tokenise(text), index).mentions()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lifecycle policy", {"cleaning"}),
        ("policy lifecycle", set()),
        ("lifecycle of the policy", {"cleaning"}),
        ("lifecycle some policy", set()),
        ("deleting the images", {"cleaning", "image"}),
        ("images we throw away", {"cleaning", "image"}),
        ("a script deletes images", {"image"}),
        ("images here. delete there", {"image"}),
        ("keep only my five latest", {"cleaning"}),
        ("keep. the latest", set()),
        ("keep not the latest", set()),
        ("clean repository", {"cleaning"}),
        ("clean up repository", {"cleaning"}),
        ("machine image", set()),
        ("machine image and image", {"image"}),
    ],
)
def test_phrases(tmp_path: Path, text: str, expected: set[str]) -> None:
    assert concepts(text, tmp_path) == expected


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("concepts: {a: {says: ['@missing']}}", "missing"),
        ("concepts: {a: {implies: [b]}}", "unknown concept b"),
        ("concepts: {a: {sais: ['x']}}", "sais"),
        ("concepts: [", "bad.yaml"),
        ("{classes: {a: ['x']}, concepts: {a: {says: ['y']}}}", "twice"),
    ],
)
def test_errors_say_what_is_wrong(tmp_path: Path, data: str, words: str) -> None:
    (tmp_path / "bad.yaml").write_text(data, encoding="utf-8")
    with pytest.raises(ThesaurusError, match=words):
        thesaurus.load(tmp_path)


def test_two_files_may_not_define_the_same(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("concepts: {a: {says: ['x']}}", encoding="utf-8")
    with pytest.raises(ThesaurusError, match=r"b\.yaml: defined twice: a"):
        thesaurus.load(tmp_path)


def test_every_phrase_is_written_as_normalised_text_is() -> None:
    for atom in thesaurus.load().atoms:
        assert atom.rstrip("*").isascii(), atom
        assert atom == atom.lower(), atom
        assert atom.rstrip("*").isalnum() or atom == "*", atom


def test_every_cue_is_written_as_normalised_text_is() -> None:
    for word in cues.WORDS:
        assert word.isascii(), word
        assert word == word.lower(), word

"""The pages' side as one module: complete, without two things of one name, with the words it needs."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from quiz.widget_texts import say as card_say
from quiz.widgets.bundle import STATIC, bundle
from quiz.widgets.exam_texts import say as exam_say

ENTRIES = ["cards.js", "exam.js"]


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_bundle_is_one_module_on_its_own(entry: str) -> None:
    text = bundle(entry)
    assert not re.search(r"^\s*import\b", text, re.MULTILINE)
    assert re.findall(r"^export .*", text, re.MULTILINE) == re.findall(
        r"^export default .*", text, re.MULTILINE
    )
    assert len(re.findall(r"^export default", text, re.MULTILINE)) == 1


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_name_is_taken_twice(entry: str) -> None:
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", bundle(entry), re.MULTILINE)
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert "element" in names


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_file_comes_after_what_it_needs_and_once(entry: str) -> None:
    text = bundle(entry)
    assert text.count("function guardKeys(") == 1
    assert text.index("function element(") < text.index("function guardKeys(") < text.index("export default")


def test_every_import_names_what_its_file_exports() -> None:
    for file in STATIC.glob("*.js"):
        for names, source in re.findall(
            r'^import \{([^}]*)\} from "\./([\w-]+\.js)";', file.read_text(), re.MULTILINE
        ):
            exported = re.findall(
                r"^export (?:function|const) (\w+)", (STATIC / source).read_text(), re.MULTILINE
            )
            assert {name.strip() for name in names.split(",")} <= set(exported), (file.name, source)


def test_every_file_is_in_a_bundle() -> None:
    texts = [bundle(entry) for entry in ENTRIES]
    for file in STATIC.glob("*.js"):
        first_line = file.read_text().splitlines()[0]
        assert any(first_line in text for text in texts), file.name


def test_nothing_is_written_as_html_or_fetched() -> None:
    for file in STATIC.glob("*.js"):
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "fetch(",
            "import(",
        ):
            assert word not in file.read_text(), file.name


def test_texts_have_the_same_gaps_in_both_languages() -> None:
    for say in (card_say, exam_say):
        for key, texts in say.catalogue.items():
            assert set(texts) == {"fr", "en"}, key
            gaps = [set(re.findall(r"\{(\w+)\}", text)) for text in texts.values()]
            assert gaps[0] == gaps[1], key


def test_french_typography() -> None:
    for say in (card_say, exam_say):
        for key, texts in say.catalogue.items():
            text = texts["fr"]
            assert "'" not in text, key
            assert not re.search(r"(?<![\u00a0\u202f:/])[;:!?»](?!\w|//)", text), f"{key}: {text}"
            assert not re.search(r"«(?!\u00a0)", text), key

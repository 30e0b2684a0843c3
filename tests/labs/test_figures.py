"""Every figure can be drawn in both languages, read without seeing it, and shown in light and dark."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pydantic import ValidationError

from labs import figures
from labs.learner import LANGUAGES, Language

FOLDER = Path(figures.__file__).parent
BOTH = [(name, lang) for name in figures.names() for lang in LANGUAGES]


@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_a_figure_is_sound_svg_with_title_and_description(name: str, lang: Language) -> None:
    figure = figures.figure(name, lang)
    root = ET.fromstring(figure._repr_html_())
    ids = root.get("aria-labelledby", "").split()
    named = {node.get("id"): node.text for node in root}
    assert [named[id] for id in ids] == [figure.title, figure.description]
    assert root.get("role") == "img"
    assert root.get("viewBox")
    assert repr(figure) == f"{figure.title}\n{figure.description}"


@pytest.mark.parametrize("name", figures.names())
def test_every_word_is_used_and_none_is_missing(name: str) -> None:
    used = set(re.findall(r"\$\{(\w+)\}", (FOLDER / f"{name}.svg").read_text(encoding="utf-8"))) - {"id"}
    assert used == figures.captions(name).words.keys()


@pytest.mark.parametrize("name", figures.names())
def test_colours_come_from_the_theme_and_texts_from_the_captions(name: str) -> None:
    drawing = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert not re.search(r"(fill|stroke)=\"(?!none|currentColor|url)", drawing)
    texts = [text.strip() for text in re.findall(r"<(?:text|tspan)[^>]*>([^<]*)", drawing)]
    assert not [text for text in texts if re.search(r"[A-Za-zÀ-ÿ]{3}", re.sub(r"\$\{\w+\}", "", text))]


@pytest.mark.parametrize("name", figures.names())
def test_the_two_languages_say_the_same_in_their_own_words(name: str) -> None:
    captions = figures.captions(name)
    assert captions.title.fr != captions.title.en
    assert captions.description.fr != captions.description.en


def test_an_unknown_figure_is_refused_with_those_that_exist() -> None:
    with pytest.raises(LookupError, match="nothing"):
        figures.figure("nothing")


def test_a_hostile_word_stays_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>${a}</text></svg>'
    )
    word = "{fr: '<script>x</script>', en: '<script>y</script>'}"
    (tmp_path / "x.yaml").write_text(f"title: {word}\ndescription: {word}\nwords: {{a: {word}}}\n")
    monkeypatch.setattr(figures, "_folder", lambda: tmp_path)
    figures.captions.cache_clear()
    assert "<script>" not in figures.figure("x", "en").svg
    (tmp_path / "x.yaml").write_text(f"title: {word}\n")
    figures.captions.cache_clear()
    with pytest.raises(ValidationError):
        figures.figure("x", "en")
    figures.captions.cache_clear()

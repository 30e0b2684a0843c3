"""Playgrounds: settings in, a picture out; what the page sends is checked, and paper shows something too."""

from __future__ import annotations

from typing import Any

import pytest

from labs.playgrounds.controls import Check, Choice, Editor, Range
from labs.playgrounds.widget import Playground
from labs.view.display import Shown

CONTROLS = (
    Range(name="tasks", label="Tasks <b>", value=2, least=0, most=10, unit="tasks"),
    Choice(
        name="strategy",
        label="Strategy",
        value="spread",
        options=(("spread", "Spread"), ("binpack", "Bin pack")),
    ),
    Check(name="spot", label="Spot", value=False),
    Editor(name="policy", label="Policy", value="<script>", rows=3, most=100),
)


def show(settings: Any) -> Shown:
    told = f"{settings['tasks']} × {settings['strategy']}"
    return Shown(told, f"<p>{told}</p>")


@pytest.fixture
def playground() -> Playground:
    return Playground("example", "Try it", CONTROLS, show)


def test_shows_what_the_settings_lead_to(playground: Playground) -> None:
    assert playground.output == "<p>2 × spread</p>"
    assert repr(playground.set(tasks=4, strategy="binpack")) == "4 × binpack"
    assert playground.output == "<p>4 × binpack</p>"


@pytest.mark.parametrize(
    "setting",
    [
        {"tasks": 11},
        {"tasks": "2"},
        {"strategy": "other"},
        {"spot": 1},
        {"policy": "x" * 101},
        {"unknown": 1},
    ],
)
def test_a_setting_that_is_not_possible_is_refused(playground: Playground, setting: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(setting))):
        playground.set(**setting)
    playground.values = {**playground.values, **setting}  # as a page that was tampered with would
    assert "not possible" in playground.output


def test_the_static_form_shows_settings_and_consequence_with_every_text_escaped(
    playground: Playground,
) -> None:
    data, _ = playground._repr_mimebundle_()
    assert data["text/plain"] == "Playground('example')"
    for words in (
        "Tasks &lt;b&gt;",
        "2\N{NO-BREAK SPACE}tasks",
        "Spread",
        "☐",
        "<pre>&lt;script&gt;</pre>",
        "2 × spread",
    ):
        assert words in data["text/html"]


def test_the_page_gets_all_that_it_draws(playground: Playground) -> None:
    drawn = playground.form["controls"]
    assert [control["kind"] for control in drawn] == ["range", "choice", "check", "editor"]
    assert {"name", "label", "value", "least", "most", "step", "unit"} < drawn[0].keys()


@pytest.mark.parametrize(
    ("lang", "unit", "written"),
    [
        ("en", "%", "30%"),
        ("fr", "%", "30\N{NO-BREAK SPACE}%"),
        ("en", "s", "30\N{NO-BREAK SPACE}s"),
        ("fr", "", "30"),
    ],
)
def test_a_unit_stands_where_the_language_puts_it(
    lang: str, unit: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_LANG", lang)
    control = Range(name="share", label="Share", value=30, least=0, most=100, unit=unit)
    assert control.written(30) == f"30{control.drawn()['unit']}" == written

"""The learner's home, language and texts."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from labs import learner


def test_home_is_private(course_home: Path) -> None:
    assert stat.S_IMODE(learner.home().stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"COURSE_LANG": "fr", "LANG": "en_GB.UTF-8"}, "fr"),
        ({"LANG": "fr_CA.UTF-8"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"COURSE_LANG": "klingon", "LANG": "fr_FR"}, "fr"),
    ],
)
def test_language_is_the_asked_one_then_the_locale_then_english(
    course_home: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    for name in ("COURSE_LANG", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert learner.language() == expected


def test_a_chosen_language_is_remembered(course_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_LANG")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    learner.choose_language("fr")
    assert learner.language() == "fr"


def test_damaged_settings_do_not_stop_the_course(course_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_LANG")
    (learner.home() / "settings.json").write_text("{not json")
    assert learner.language() in learner.LANGUAGES
    learner.choose_language("fr")
    assert learner.language() == "fr"


def test_another_language_is_refused(course_home: Path) -> None:
    with pytest.raises(ValueError, match="de"):
        learner.choose_language("de")  # type: ignore[arg-type]


def test_texts_fill_their_placeholders() -> None:
    say = learner.Texts({"hello": {"fr": "Bonjour {name}", "en": "Hello {name}"}})
    assert say("hello", lang="fr", name="Ada") == "Bonjour Ada"
    with pytest.raises(KeyError):
        say("goodbye")

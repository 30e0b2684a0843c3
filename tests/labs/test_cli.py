"""The `course` command: made of what the packages offer, and every mistake told in the learner's language."""

from __future__ import annotations

import sys

import pytest

from labs import cli, cli_texts


def course(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    monkeypatch.setattr(sys, "argv", ["course", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.app()
    return end.value.code


def test_every_package_offers_its_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not course(monkeypatch, "--help")
    shown = capsys.readouterr().out
    for command in ("start", "doctor", "cloud", "notebooks", "lab", "quiz", "grade"):
        assert f" {command} " in shown


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_a_learner_needs_is_shown_first_and_nothing_is_left_without_a_heading(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    monkeypatch.setenv("COURSE_LANG", lang)
    assert not course(monkeypatch, "--help")
    shown = capsys.readouterr().out
    placed = [name for names in cli.PANELS.values() for name in names]
    positions = [shown.index(f"│ {name} ") for name in placed]
    assert positions == sorted(positions)
    assert sorted(placed) == sorted(cli.command().commands)
    assert ("Apprendre" in shown) is (lang == "fr")


def test_help_marks_are_french_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_LANG", "fr")
    course(monkeypatch, "grade", "--help")
    course(monkeypatch, "start", "--help")
    shown = capsys.readouterr().out
    assert "[obligatoire]" in shown and "[défaut\u00a0: browser]" in shown and "required" not in shown


@pytest.mark.parametrize(
    ("arguments", "french"),
    [
        (["nope"], "Commande inconnue : nope."),
        (["start", "--nope"], "Option inconnue : --nope"),
        (["start", "--lang", "de"], "Valeur refusée pour --lang : « de » n’est pas parmi"),
        (["start", "--port", "0"], "Valeur refusée pour --port : au moins 1."),
        (["start", "--port", "70000"], "au plus 65535."),
        (["start", "--port", "x"], "un nombre entier est attendu."),
        (["start", "--port"], "L’option --port attend une valeur."),
        (["grade"], "Il manque l’argument file."),
        (["grade", "a", "b"], "De trop : b."),
    ],
)
def test_a_mistake_is_explained_in_french(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], french: str
) -> None:
    monkeypatch.setenv("COURSE_LANG", "fr")
    assert course(monkeypatch, *arguments) == 2
    assert french in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_english_messages_stay_typers_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert course(monkeypatch, "nope") == 2
    assert "No such command 'nope'." in capsys.readouterr().err


def test_an_unknown_message_is_shown_as_it_is() -> None:
    assert cli_texts.in_french("Something new.") == "Something new."


def test_ctrl_c_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from labs import doctor

    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "examine", interrupt)
    assert course(monkeypatch, "doctor") == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(("lang", "words"), [("fr", "Montrer cette aide."), ("en", "Show this help.")])
def test_help_speaks_the_learners_language_at_every_level(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str, words: str
) -> None:
    monkeypatch.setenv("COURSE_LANG", lang)
    for arguments in ([], ["cloud"], ["cloud", "start"], ["quiz", "exam"]):
        assert course(monkeypatch, *arguments, "--help") == 0
        shown = capsys.readouterr().out
        assert words in shown
        assert "Show this message" not in shown

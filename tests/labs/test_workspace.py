"""The working copy follows the course without ever losing what the learner changed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from labs import workspace

NOON = datetime(2026, 11, 21, 12, 0, 0)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for lang, word in (("fr", "bonjour"), ("en", "hello")):
        (tmp_path / "course" / lang).mkdir(parents=True)
        (tmp_path / "course" / lang / "00_start.ipynb").write_text(word)
    return tmp_path / "course"


@pytest.fixture
def refresh(course: Path, tmp_path: Path):
    return lambda lang="fr": workspace.refresh(tmp_path / "home", lang, notebooks=course)


@pytest.fixture
def reset(course: Path, tmp_path: Path):
    return lambda name="00": workspace.reset(name, tmp_path / "home", "fr", now=NOON, notebooks=course)


def test_the_first_refresh_delivers_one_language(refresh) -> None:
    done = refresh("en")
    assert (done.added, done.updated, done.kept) == (["00_start.ipynb"], [], {})
    assert (done.folder / "00_start.ipynb").read_text() == "hello"
    assert done.folder.parts[-2:] == ("notebooks", "en")


def test_untouched_notebooks_follow_the_course(refresh, course: Path) -> None:
    refresh()
    (course / "fr/00_start.ipynb").write_text("bonjour v2")
    (course / "fr/01_new.ipynb").write_text("nouveau")
    done = refresh()
    assert (done.added, done.updated) == (["01_new.ipynb"], ["00_start.ipynb"])
    assert (done.folder / "00_start.ipynb").read_text() == "bonjour v2"
    again = refresh()
    assert (again.added, again.updated, again.kept) == ([], [], {})


def test_changed_notebooks_stay_and_the_new_version_lies_beside(refresh, course: Path) -> None:
    mine = refresh().folder / "00_start.ipynb"
    mine.write_text("my notes")
    assert refresh().kept == {}, "nothing newer to offer"
    (course / "fr/00_start.ipynb").write_text("bonjour v2")
    assert refresh().kept == {"00_start.ipynb": "00_start.new.ipynb"}
    assert mine.read_text() == "my notes"
    assert mine.with_name("00_start.new.ipynb").read_text() == "bonjour v2"

    mine.write_text("bonjour v2")
    assert refresh().kept == {}
    assert not mine.with_name("00_start.new.ipynb").exists()


def test_what_is_delivered_has_not_run(refresh, reset, course: Path) -> None:
    ran = {
        "cell_type": "code",
        "source": ["lab.open()"],
        "outputs": [{"text": "an old link"}],
        "execution_count": 6,
    }
    told = {"cell_type": "markdown", "source": ["é"], "metadata": {}}
    (course / "fr/00_start.ipynb").write_text(json.dumps({"cells": [told, ran], "nbformat": 4}))
    mine = refresh().folder / "00_start.ipynb"
    fresh = {"cells": [told, ran | {"outputs": [], "execution_count": None}], "nbformat": 4}
    assert json.loads(mine.read_text()) == fresh
    mine.write_text(json.dumps({"cells": [ran]}))
    reset()
    assert json.loads(mine.read_text()) == fresh


def test_running_a_notebook_is_no_change(refresh, course: Path) -> None:
    def notebook(text: str, outputs: list[object]) -> str:
        return json.dumps({"cells": [{"cell_type": "code", "source": [text], "outputs": outputs}]})

    (course / "fr/00_start.ipynb").write_text(notebook("print(1)", []))
    mine = refresh().folder / "00_start.ipynb"
    mine.write_text(notebook("print(1)", [{"text": "1"}]))
    assert refresh().updated == [] and '"1"' in mine.read_text(), (
        "the learner's outputs stay while nothing is new"
    )
    (course / "fr/00_start.ipynb").write_text(notebook("print(2)", []))
    done = refresh()
    assert (done.updated, done.kept) == (["00_start.ipynb"], {})
    assert "print(2)" in mine.read_text()


@pytest.mark.parametrize("damage", ["", "[]", "{"])
def test_when_what_was_delivered_is_unknown_nothing_is_overwritten(
    refresh, course: Path, damage: str
) -> None:
    folder = refresh().folder
    (folder / ".delivered.json").write_text(damage)
    (course / "fr/00_start.ipynb").write_text("bonjour v2")
    assert refresh().kept
    assert (folder / "00_start.ipynb").read_text() == "bonjour"


def test_a_file_of_the_learners_own_stays(refresh) -> None:
    notes = refresh().folder / "notes.ipynb"
    notes.write_text("mine")
    refresh()
    assert notes.read_text() == "mine"


def test_reset_keeps_dated_backups(refresh, reset) -> None:
    mine = refresh().folder / "00_start.ipynb"
    backups = []
    for text in ("first", "second"):
        mine.write_text(text)
        backups.append(reset())
        assert mine.read_text() == "bonjour"
    assert [path.name for path in backups] == [
        "00_start.2026-11-21_12-00-00.ipynb",
        "00_start.2026-11-21_12-00-00_2.ipynb",
    ]
    assert [path.read_text() for path in backups] == ["first", "second"]


def test_after_a_reset_the_notebook_follows_the_course_again(refresh, reset, course: Path) -> None:
    mine = refresh().folder / "00_start.ipynb"
    mine.write_text("mine")
    (course / "fr/00_start.ipynb").write_text("bonjour v2")
    refresh()
    reset()
    assert not mine.with_name("00_start.new.ipynb").exists()
    (course / "fr/00_start.ipynb").write_text("bonjour v3")
    assert refresh().updated == ["00_start.ipynb"]


def test_reset_of_an_absent_notebook_delivers_it(reset) -> None:
    assert reset() is None


def test_names_may_be_shortened_but_not_ambiguous() -> None:
    names = ["00_start", "06_lab", "06_limits"]
    assert workspace.find("00", names) == "00_start"
    assert workspace.find("06", ["06_lab", "06b_operate", "06c_repair"]) == "06_lab"
    assert workspace.find("06b", ["06_lab", "06b_operate", "06c_repair"]) == "06b_operate"
    assert workspace.find("06_lab.ipynb", names) == "06_lab"
    for name, known in (("06", ["06_lab", "06_limits"]), ("99", names), ("../00_start", names)):
        with pytest.raises(workspace.UnknownNotebook) as error:
            workspace.find(name, names)
        assert error.value.known == known

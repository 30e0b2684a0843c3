"""`course start` as a learner runs it: JupyterLab answers on loopback, and no way to end it leaves anything running."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labs import start, start_jupyterlab
from labs.cloud import client

DEADLINE = 120  # seconds, for two cores that others use too


# A shell's background jobs, which tests may be, ignore SIGINT and so do their children; a terminal's do not.
COMMAND = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from labs.cli import app
app()
"""

# Says where it listens and lives until it is ended: all that `course start` asks of a JupyterLab, for less.
STAND_IN = """
import json, os, pathlib, signal
told = {"pid": os.getpid(), "url": "http://127.0.0.1:9/", "token": "any"}
runtime = pathlib.Path(os.environ["JUPYTER_RUNTIME_DIR"])
(runtime / f"jpserver-{os.getpid()}.json").write_text(json.dumps(told))
signal.pause()
"""


class Course:
    """A `course start` in a session of its own, with a terminal for its keyboard when `terminal`.

    Modules in the folder `before` are found before the installed ones.
    """

    def __init__(self, output: Path, *options: str, terminal: bool = False, before: Path | None = None):
        self._output = output
        self._terminal = pty.openpty() if terminal else ()
        with output.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", COMMAND, "start", "--no-browser", *options],
                env=os.environ
                | {"COURSE_ENGINE": "process"}
                | ({"PYTHONPATH": str(before)} if before else {}),
                stdin=self._terminal[1] if self._terminal else subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self._output.read_text(encoding="utf-8")

    def until(self, words: str) -> None:
        """Wait until it says the words."""
        deadline = time.monotonic() + DEADLINE
        while words not in self.said:
            assert time.monotonic() < deadline, self.said
            if self.process.poll() is not None:
                assert words in self.said
            time.sleep(0.05)

    def opened(self) -> str:
        """The address that it gives once the course is open."""
        self.until("Ctrl+C")
        found = re.search(r"http://127\.0\.0\.1:\d+/lab/tree/00_start\.ipynb\?token=\w+", self.said)
        assert found, self.said
        return found[0]

    def end(self, *signals: signal.Signals) -> int:
        for each in signals:
            self.process.send_signal(each)
        return self.process.wait(DEADLINE)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        start_jupyterlab.stop_those_left()
        client.stop()
        for end in self._terminal:
            os.close(end)


@pytest.fixture
def course(course_home: Path, tmp_path: Path) -> Iterator[Callable[..., Course]]:
    """Run `course start` with these options, as often as wanted; all end with the test."""
    started: list[Course] = []

    def begin(*options: str, **how: Any) -> Course:
        started.append(Course(tmp_path / f"said-{len(started)}", *options, **how))
        return started[-1]

    yield begin
    for each in started:
        each.close()


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A folder with a stand-in for JupyterLab."""
    folder = tmp_path / "stand-in"
    folder.mkdir()
    (folder / "jupyterlab.py").write_text(STAND_IN)
    return folder


def nothing_runs() -> bool:
    return client.status() is None and not list(start_jupyterlab.running())


def test_it_opens_the_working_copy_once_and_leaves_nothing_running(
    course: Callable[..., Course], course_home: Path
) -> None:
    window = course("--lang", "fr")
    address = window.opened()
    assert "Le cours est ouvert" in window.said and "ServerApp" not in window.said
    root, token = address.split("lab/tree/")[0], address.split("token=")[1]
    with pytest.raises(urllib.error.HTTPError, match="403"):  # no token, no course
        urllib.request.urlopen(f"{root}api/contents", timeout=30)
    with urllib.request.urlopen(f"{root}api/contents?token={token}", timeout=30) as answer:
        contents = json.load(answer)["content"]
    assert start_jupyterlab.FIRST_NOTEBOOK in [entry["name"] for entry in contents]
    assert client.status() is not None

    second = course("--lang", "en")
    assert second.end() == 0
    assert "open already" in second.said and address in second.said
    assert not nothing_runs()

    assert window.end(signal.SIGTERM) == 0
    assert "Arrêté." in window.said
    assert nothing_runs()
    language = json.loads((course_home / "settings.json").read_text())["language"]
    assert language == "fr", "of the window that was opened, not of the second"


def test_one_interruption_asks_and_a_second_stops_also_what_a_kill_left(
    course: Callable[..., Course], stand_in: Path
) -> None:
    killed = course()
    killed.opened()
    [left] = [told["pid"] for told in start_jupyterlab.running()]
    killed.end(signal.SIGKILL)
    again = course(terminal=True, before=stand_in)
    again.opened()
    [mine] = [told["pid"] for told in start_jupyterlab.running()]
    assert mine != left, "the next start has put it away"
    again.process.send_signal(signal.SIGINT)
    again.until("again within 5 seconds")
    assert again.process.poll() is None and not nothing_runs()
    assert again.end(signal.SIGINT) == 0
    assert "Stopped." in again.said
    assert nothing_runs(), "the cloud of the killed one is ours to stop"


def test_closing_the_window_stops_everything(course: Callable[..., Course], stand_in: Path) -> None:
    window = course(before=stand_in)
    window.opened()
    window.end(signal.SIGHUP, signal.SIGTERM)  # a desktop that shuts down sends both
    assert nothing_runs()
    assert "Traceback" not in window.said


def test_a_jupyterlab_that_dies_takes_the_cloud_along(course: Callable[..., Course], stand_in: Path) -> None:
    window = course(before=stand_in)
    window.opened()
    [server] = [told["pid"] for told in start_jupyterlab.running()]
    os.kill(server, signal.SIGKILL)
    assert window.end() == 1
    assert "jupyterlab.log" in window.said
    assert nothing_runs()


def test_a_cloud_started_by_hand_outlives_the_course(course: Callable[..., Course], stand_in: Path) -> None:
    by_hand = client.start("process")
    window = course(before=stand_in)
    window.opened()
    window.end(signal.SIGTERM)
    assert "goes on" in window.said
    found = client.status()
    assert found is not None and found.pid == by_hand.pid
    assert not list(start_jupyterlab.running())


def test_a_jupyterlab_that_does_not_start_shows_the_end_of_its_log(course: Callable[..., Course]) -> None:
    settings = start_jupyterlab.configure("en") / "jupyter_server_config.json"
    settings.write_text(json.dumps({"ServerApp": {"certfile": "/there/is/none"}}))
    window = course()
    assert window.end() == 1
    assert "JupyterLab did not start" in window.said and "jupyterlab.log" in window.said
    assert nothing_runs()


def test_a_course_folder_that_cannot_be_used_is_told(
    monkeypatch: pytest.MonkeyPatch, course_home: Path
) -> None:
    from typer.testing import CliRunner

    course_home.mkdir()
    (course_home / "notebooks").write_text("a file where a folder should be")
    done = CliRunner().invoke(start.app, ["--no-browser"])
    assert done.exit_code == 1
    assert "course doctor" in done.output


@pytest.mark.parametrize(("lang", "locale"), [("fr", "fr_FR"), ("en", "en")])
def test_jupyterlab_speaks_the_learners_language_and_asks_nothing_of_the_internet(
    course_home: Path, lang: str, locale: str
) -> None:
    folder = start_jupyterlab.configure(lang)  # type: ignore[arg-type]
    settings = json.loads((folder / "labconfig" / "default_setting_overrides.json").read_text())
    assert settings["@jupyterlab/translation-extension:plugin"] == {"locale": locale}
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_it_never_listens_beyond_loopback(tmp_path: Path) -> None:
    command = start_jupyterlab.command(tmp_path, browser=False, port=None)
    assert "--ServerApp.ip=127.0.0.1" in command
    assert not any("token=" in part or "password" in part for part in command)


@pytest.mark.parametrize(
    ("release", "redirected"), [("6.1.0", True), ("5.15-microsoft-standard-WSL2", False)]
)
def test_on_wsl_the_browser_is_sent_to_an_address_not_to_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, release: str, redirected: bool
) -> None:
    monkeypatch.setattr(start_jupyterlab.platform, "release", lambda: release)
    command = start_jupyterlab.command(tmp_path, browser=True, port=None)
    assert ("--ServerApp.use_redirect_file=False" not in command) is redirected


def test_a_wrong_language_or_port_is_refused_with_a_reason() -> None:
    from typer.testing import CliRunner

    for wrong, reason in ((["--lang", "de"], "de"), (["--port", "70000"], "65535")):
        done = CliRunner().invoke(start.app, wrong)
        assert done.exit_code == 2
        assert reason in done.output
